package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
)

func items(t *testing.T) map[string]*catalog.Item {
	t.Helper()
	p, err := catalog.ReadPackage(yunchuan(t))
	if err != nil || len(p.Refused) > 0 {
		t.Fatalf("package: %v, refused %+v", err, p.Refused)
	}
	all := map[string]*catalog.Item{}
	for _, it := range p.Items {
		all[it.Code] = it
	}
	return all
}

func needs(n catalog.Need) map[string]catalog.MaterialNeed {
	m := map[string]catalog.MaterialNeed{}
	for _, x := range n.Materials {
		m[x.ID] = x.Need
	}
	return m
}

// TestEveryOption answers every question of every item with every option, alone and
// with the first option of the others, and checks that each effect took hold.
func TestEveryOption(t *testing.T) {
	t.Parallel()
	all := items(t)
	if len(all) != 52 {
		t.Fatalf("%d items", len(all))
	}
	for _, it := range all {
		none := it.Resolve(nil)
		if !slices.Equal(none.Missing, none.Asked) || len(it.Situations) > 0 && !it.Depends() && len(none.Missing) != len(it.Situations) {
			t.Errorf("%s: without answers %v are missing of %v", it.Code, none.Missing, none.Asked)
		}
		for i, q := range it.Situations {
			for _, o := range q.Options {
				answers := map[string]string{}
				for _, other := range it.Situations {
					answers[other.ID] = other.Options[0].Value
				}
				answers[q.ID] = o.Value
				n := it.Resolve(answers)
				if len(n.Missing) != 0 {
					t.Errorf("%s %s=%s: missing %v", it.Code, q.ID, o.Value, n.Missing)
				}
				if o.Notice != "" && !slices.Contains(n.Notices, o.Notice) {
					t.Errorf("%s %s=%s: its notice is not told", it.Code, q.ID, o.Value)
				}
				if n.FlowHash != it.FlowHashes[n.Flow] {
					t.Errorf("%s %s=%s: flow %s has another hash", it.Code, q.ID, o.Value, n.Flow)
				}
				if i == len(it.Situations)-1 { // nothing later can undo it
					checkEffects(t, it, o, n)
				}
				alone := it.Resolve(map[string]string{q.ID: o.Value})
				if len(alone.Missing) != len(it.Situations)-1 {
					t.Errorf("%s %s=%s alone: missing %v", it.Code, q.ID, o.Value, alone.Missing)
				}
				checkEffects(t, it, o, alone)
			}
		}
	}
}

func checkEffects(t *testing.T, it *catalog.Item, o catalog.Option, n catalog.Need) {
	t.Helper()
	m := needs(n)
	field := func(key string) *catalog.Field {
		for i := range n.Fields {
			if n.Fields[i].Key == key {
				return &n.Fields[i]
			}
		}
		return nil
	}
	for _, e := range o.Effects {
		ok := true
		switch e.Op {
		case catalog.OpRequireMaterial:
			ok = m[e.Target] == catalog.Required || m[e.Target] == catalog.Deferrable
		case catalog.OpDropMaterial:
			ok = m[e.Target] == ""
		case catalog.OpRequireField:
			ok = field(e.Target) != nil && field(e.Target).Required
		case catalog.OpHideField:
			ok = field(e.Target) == nil
		case catalog.OpRequireStep:
			ok = n.Steps[e.Target]
		case catalog.OpSkipStep:
			ok = !n.Steps[e.Target]
		case catalog.OpAssignPost:
			ok = n.Posts[e.Target] == e.Post
		case catalog.OpUseFlow:
			ok = n.Flow == e.Target
		case catalog.OpRedirectItem:
			ok = n.Redirect == e.Target && !n.Complete()
		case catalog.OpSuggestItem:
			ok = slices.Contains(n.Suggest, e.Target)
		case catalog.OpNotNeeded:
			ok = n.NotNeeded && !n.Complete() && n.Because == o.Notice
		default:
			t.Errorf("%s: effect %s is unknown", it.Code, e.Op)
		}
		if !ok {
			t.Errorf("%s: %s %s did not take hold", it.Code, e.Op, e.Target)
		}
	}
}

func TestResolveFood(t *testing.T) {
	t.Parallel()
	it := items(t)["food-operation-new"]
	tests := []struct {
		name    string
		answers map[string]string
		check   func(n catalog.Need) bool
	}{
		{"restaurant by its owner", map[string]string{"q1": "a", "q2": "a", "q3": "b", "q4": "b", "q5": "a"}, func(n catalog.Need) bool {
			m := needs(n)
			return n.Complete() && n.Steps["s3"] && m["m1"] == catalog.Required && m["m4"] == catalog.Deferrable &&
				m["m7"] == "" && m["m8"] == "" && m["m9"] == "" && n.Flow == "inspect" && !n.Pledge
		}},
		{"by an agent", map[string]string{"q1": "a", "q2": "a", "q3": "b", "q4": "b", "q5": "b"}, func(n catalog.Need) bool {
			m := needs(n)
			return m["m9"] == catalog.Deferrable && m["m10"] == catalog.Required
		}},
		{"packaged food only", map[string]string{"q1": "a", "q2": "c", "q3": "b", "q4": "b", "q5": "a"}, func(n catalog.Need) bool {
			return n.NotNeeded && !n.Complete() && n.Because != ""
		}},
		{"an answer that does not exist", map[string]string{"q1": "z"}, func(n catalog.Need) bool {
			return slices.Equal(n.Missing, []string{"q1", "q2", "q3", "q4", "q5"}) && needs(n)["m7"] == catalog.Optional
		}},
		{"what the form asks of a canteen", map[string]string{"q2": "d"}, func(n catalog.Need) bool {
			i := slices.IndexFunc(n.Fields, func(f catalog.Field) bool { return f.Key == "kitchen_area" })
			return i >= 0 && n.Fields[i].Required
		}},
	}
	for _, tt := range tests {
		if n := it.Resolve(tt.answers); !tt.check(n) {
			t.Errorf("%s: got %+v", tt.name, n)
		}
	}
}

func TestResolvePledge(t *testing.T) {
	t.Parallel()
	it := items(t)["public-place-hygiene"]
	if n := it.Resolve(map[string]string{"q1": "a"}); !n.Pledge || n.Flow != catalog.FlowPledge || n.Steps["s3"] {
		t.Errorf("pledged: %+v", n)
	}
	if n := it.Resolve(map[string]string{"q1": "b"}); n.Pledge || n.Flow != "inspect" || !n.Steps["s3"] {
		t.Errorf("not pledged: %+v", n)
	}
}

func TestLaterAnswerWins(t *testing.T) {
	t.Parallel()
	it := items(t)["food-operation-change"]
	if n := it.Resolve(map[string]string{"q1": "b", "q2": "b"}); n.Steps["s3"] {
		t.Error("q2 says that no visit is needed, q1 was followed")
	}
	if n := it.Resolve(map[string]string{"q1": "a", "q2": "a"}); !n.Steps["s3"] {
		t.Error("q2 says that a visit is needed, q1 was followed")
	}
}

func TestResolveChangesNothing(t *testing.T) {
	t.Parallel()
	it := items(t)["food-operation-new"]
	n := it.Resolve(map[string]string{"q2": "d"})
	n.Materials[0].Name, n.Fields[0].Label, n.Fields[0].Required = "changed", "changed", false
	if it.Materials[0].Name == "changed" || it.Fields[0].Label == "changed" || !it.Fields[0].Required || it.Materials[0].Need != "" {
		t.Error("the item was changed through what Resolve returned")
	}
}
