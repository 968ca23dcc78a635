package policy

import (
	"slices"
	"testing"
)

const rules = `
@id("read-own")
permit (principal, action == Action::"read", resource) when { principal.units.contains(resource.unit) };
@id("decide-at-post")
permit (principal, action == Action::"decide", resource) when { principal.posts.contains(resource.post) };
@id("receiver-never-decides")
forbid (principal, action == Action::"decide", resource) when { resource.receivers.containsAny(principal.persons) };
`

func TestDecide(t *testing.T) {
	set, err := Parse("test", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	ann := Entity{"Staff", "1", map[string]any{"units": []string{"A"}, "posts": []string{"A.chief"}, "persons": []int64{1, 9}}}
	file := func(receivers ...int64) Entity {
		return Entity{"Case", "5", map[string]any{"unit": "A", "post": "A.chief", "receivers": receivers}}
	}
	for _, tt := range []struct {
		name, action string
		on           Entity
		want         bool
		by           string
	}{
		{"own unit", "read", file(), true, "read-own"},
		{"own post", "decide", file(2), true, "decide-at-post"},
		{"received it", "decide", file(1), false, "receiver-never-decides"},
		{"deputises for the receiver", "decide", file(9), false, "receiver-never-decides"},
		{"no rule", "delete", file(), false, ""},
	} {
		got, err := set.Decide(ann, tt.action, tt.on)
		if err != nil || got.Allowed != tt.want || tt.by != "" && !slices.Contains(got.By, tt.by) {
			t.Errorf("%s: got %+v (%v), want %v by %s", tt.name, got, err, tt.want, tt.by)
		}
	}
	if _, err := set.Decide(ann, "read", Entity{"Case", "5", nil}); err == nil {
		t.Error("a missing attribute was taken for an answer")
	}
}

func TestARuleWithoutNameIsRefused(t *testing.T) {
	if _, err := Parse("x", []byte(`permit (principal, action, resource);`)); err == nil {
		t.Error("accepted")
	}
}
