package catalog

import (
	"encoding/json"
	"testing"
)

// TestADateDoesNotPrecedeTheOneThatItFollows: where both are days, and the later one comes first.
func TestADateDoesNotPrecedeTheOneThatItFollows(t *testing.T) {
	from := Field{Key: "from", Label: "起始日", Type: FieldDate, Required: true}
	to := Field{Key: "to", Label: "截止日", Type: FieldDate, NotBefore: "from"}
	for _, x := range []struct {
		name, from, to, want string
		fields               []Field
	}{
		{"later", "2026-05-01", "2026-06-01", "", []Field{from, to}},
		{"the same day", "2026-05-01", "2026年5月1日", "", []Field{from, to}},
		{"earlier", "2026-05-02", "2026-05-01", "catalog.field.not_before", []Field{from, to}},
		{"earlier, written otherwise", "2026/5/12", "2026.5.2", "catalog.field.not_before", []Field{from, to}},
		{"open", "2026-05-02", "", "", []Field{from, to}},
		{"after what is no day", "下周", "2026-05-01", "", []Field{from, to}},
		{"after what is hidden", "2026-05-02", "2026-05-01", "", []Field{to}},
		{"no day itself", "2026-05-02", "昨天", "catalog.field.date", []Field{from, to}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := (Need{Fields: x.fields}).CheckForm(map[string]string{"from": x.from, "to": x.to})["to"]; got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

// TestWhatADateFollowsIsCheckedAndCarried: it is another date of the form, and a schema brings it back.
func TestWhatADateFollowsIsCheckedAndCarried(t *testing.T) {
	from, text := Field{Key: "from", Label: "起", Type: FieldDate}, Field{Key: "name", Label: "名", Type: FieldText}
	after := func(key string) Field { return Field{Key: "to", Label: "止", Type: FieldDate, NotBefore: key} }
	for key, want := range map[string]bool{"": true, "from": true, "name": false, "to": false, "none": false} {
		it := &Item{Fields: []Field{from, text, after(key)}}
		if got := it.follows(it.Fields[2]); got != want {
			t.Errorf("not before %q: %v, want %v", key, got, want)
		}
	}
	mutual := &Item{Fields: []Field{{Key: "from", Label: "起", Type: FieldDate, NotBefore: "to"}, after("from")}}
	if mutual.follows(mutual.Fields[1]) {
		t.Error("two dates wait for each other")
	}
	it := &Item{Code: "try", Name: "试", Fields: []Field{from, after("from")}}
	schema, err := json.Marshal(it.FormSchema(Need{Fields: it.Fields}))
	if err != nil {
		t.Fatal(err)
	}
	back, err := FieldsOf(schema)
	if err != nil || len(back) != 2 || back[1].NotBefore != "from" {
		t.Errorf("it comes back as %+v, %v", back, err)
	}
}
