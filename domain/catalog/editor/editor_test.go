package editor

import (
	"context"
	"io/fs"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/i18n"
)

func speaking(t testing.TB) context.Context {
	t.Helper()
	b := &i18n.Bundle{}
	c := (&change.Pages{}).Module()
	for _, f := range []fs.FS{texts, c.Texts} {
		if err := b.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	return i18n.With(t.Context(), b, i18n.Chinese)
}

// everyElement goes through what the sections ask for, with the value that it belongs to.
func everyElement(visit func(owner reflect.Value, base string, e element)) {
	rows := func(owner reflect.Value, base string, l *list) {
		row := reflect.New(at(owner, l.path, false).Type().Elem()).Elem()
		for _, e := range l.elements {
			visit(row, base+l.path+".", e)
		}
		if l.inner != nil {
			inner := reflect.New(at(row, l.inner.path, false).Type().Elem()).Elem()
			for _, e := range l.inner.elements {
				visit(inner, base+l.path+"."+l.inner.path+".", e)
			}
		}
	}
	for _, s := range sections {
		it := reflect.ValueOf(&catalog.Item{}).Elem()
		for _, g := range s.groups {
			for _, e := range g.elements {
				visit(it, "", e)
			}
			if g.list != nil {
				rows(it, "", g.list)
			}
		}
		for _, l := range s.paged {
			rows(it, "", l)
		}
	}
	for _, e := range libraryMaterial {
		visit(reflect.ValueOf(&catalog.Material{}).Elem(), "materials.", e)
	}
}

// TestEveryElementIsThereAndHasWords makes sure that no section asks for what items do not have, or without a name.
func TestEveryElementIsThereAndHasWords(t *testing.T) {
	ctx, n := speaking(t), 0
	everyElement(func(owner reflect.Value, base string, e element) {
		n++
		paths := []string{e.path}
		if e.kind == marks {
			paths = e.of
			if said(ctx, "editor.marks."+base+e.path) == "" {
				t.Errorf("no words for the boxes %s%s", base, e.path)
			}
		}
		for _, p := range paths {
			if !at(owner, p, true).IsValid() {
				t.Errorf("items have no %s%s", base, p)
			}
			if said(ctx, "editor.el."+base+p)+said(ctx, "change.el."+base+p)+said(ctx, "editor.mark."+base+p) == "" {
				t.Errorf("no words for %s%s", base, p)
			}
		}
	})
	if n < 100 {
		t.Errorf("looked at %d elements only", n)
	}
}

// TestWhatIsShownIsRead sends every element back as it is shown: nothing may change.
func TestWhatIsShownIsRead(t *testing.T) {
	for _, tt := range []struct {
		value any
		kind  kind
		typed []string
		code  string
		want  any
	}{
		{"", line, []string{" 名称\n二 "}, "", "名称 二"},
		{"", area, []string{"一\r\n二"}, "", "一\n二"},
		{"", line, []string{strings.Repeat("长", mostLine+1)}, "editor.wrong.long", ""},
		{"", line, []string{"\xff"}, "editor.wrong.text", ""},
		{0, whole, []string{"7"}, "", 7},
		{3, whole, []string{""}, "", 0},
		{3, whole, []string{"五"}, "editor.wrong.whole", 3},
		{3, whole, []string{"-1"}, "editor.wrong.whole", 3},
		{int64(0), money, []string{"10.5"}, "", int64(1050)},
		{int64(0), money, []string{"0.05"}, "", int64(5)},
		{int64(0), money, []string{"1.234"}, "editor.wrong.money", int64(0)},
		{int64(0), money, []string{"1.-5"}, "editor.wrong.money", int64(0)},
		{[]string(nil), lines, []string{"甲\r\n\r\n 乙 \n甲"}, "", []string{"甲", "乙"}},
		{[]string(nil), tags, []string{"甲、乙,丙"}, "", []string{"甲", "乙", "丙"}},
		{[]string{"x"}, many, nil, "", []string(nil)},
		{true, marks, nil, "", false},
		{[]catalog.Effect(nil), effects, []string{"set_limit|4 workday|", "", "set_limit|4 workday|", "x"}, "", []catalog.Effect{{Op: "set_limit", Target: "4 workday"}}},
	} {
		v := reflect.New(reflect.TypeOf(tt.value)).Elem()
		v.Set(reflect.ValueOf(tt.value))
		if code := put(v, tt.kind, tt.typed); code != tt.code || !reflect.DeepEqual(v.Interface(), tt.want) {
			t.Errorf("%q: got %v %q, want %v %q", tt.typed, v.Interface(), code, tt.want, tt.code)
		}
	}
	n := 3
	for _, v := range []any{&catalog.Legal{Notice: &n}, &catalog.Legal{}} {
		x := at(reflect.ValueOf(v).Elem(), "notice", true)
		was := shown(x, whole)
		if code := put(x, whole, was); code != "" || !slices.Equal(shown(x, whole), was) {
			t.Errorf("%v becomes %v %q", was, shown(x, whole), code)
		}
	}
}

// TestRowsKeepWhatIsNotShown adds, drops and reads rows.
func TestRowsKeepWhatIsNotShown(t *testing.T) {
	it := &catalog.Item{Basis: []catalog.Basis{{Law: "甲法", Confidence: "high"}, {Law: "乙法", Confidence: "high"}}}
	r := &reader{form: url.Values{
		"basis.rows": {"3"}, "basis.0.was": {"1"}, "basis.0.law": {"乙法"}, "basis.0.gist": {"要点"}, "basis.0.confidence": {"high"},
		"basis.1.was": {"0"}, "basis.1.confidence": {"high"}, "basis.2.law": {"丙法"}, "basis.2.confidence": {"low"},
	}, wrong: map[string]string{}}
	s, _ := known("grounds")
	w, err := placeOf(it, s, "", false)
	if err != nil {
		t.Fatal(err)
	}
	r.rows(w.value, s.list("basis"))
	want := []catalog.Basis{{Law: "乙法", Gist: "要点", Confidence: "high"}, {Law: "丙法", Confidence: "low"}}
	if !reflect.DeepEqual(it.Basis, want) || len(r.wrong) > 0 {
		t.Errorf("got %+v %v", it.Basis, r.wrong)
	}
	for _, n := range []string{"-1", "x", "99999999"} {
		r.form.Set("basis.rows", n)
		if r.rows(w.value, s.list("basis")); len(it.Basis) != 2 {
			t.Errorf("%s rows: got %d", n, len(it.Basis))
		}
	}
}

// TestAnEntryThatIsGoneKeepsWhatWasTyped finds places, and makes those anew that somebody else took away.
func TestAnEntryThatIsGoneKeepsWhatWasTyped(t *testing.T) {
	s, _ := known("materials")
	it := &catalog.Item{Materials: []catalog.Material{{ID: "m1", Name: "表"}}}
	if _, err := placeOf(it, s, "materials.m2", false); err == nil {
		t.Error("found what is not there")
	}
	if _, err := placeOf(it, s, "steps.s1", true); err == nil {
		t.Error("found a list of another section")
	}
	w, err := placeOf(it, s, "materials.m2", true)
	if err != nil || len(it.Materials) != 2 || w.row != "m2" {
		t.Fatal(err, it.Materials)
	}
}

// TestAConditionInWords says conditions as people would, and leaves alone what it cannot say.
func TestAConditionInWords(t *testing.T) {
	ctx := speaking(t)
	it := &catalog.Item{Situations: []catalog.Situation{
		{ID: "q1", Question: "新办还是换证", Options: []catalog.Option{{Value: "a", Label: "新办"}, {Value: "b", Label: "换证"}}},
		{ID: "q2", Question: "自有场地吗", Options: []catalog.Option{{Value: "a", Label: "是"}}},
	}}
	for text, want := range map[string]string{
		`q1 == "a"`:                 "“新办还是换证”选“新办”",
		`q1 != 'b' && q2=="a"`:      "“新办还是换证”不选“换证”，并且“自有场地吗”选“是”",
		`!(q1 == "a" || q2 == "a")`: "并非（“新办还是换证”选“新办”，或者“自有场地吗”选“是”）",
		`q2 != ""`:                  "“自有场地吗”已回答",
		`q2 == ""`:                  "“自有场地吗”没有回答",
		`q1 == "z"`:                 "“新办还是换证”选“z”",
		`q9 == "a"`:                 `q9 == "a"`,
		`q1 in ["a", "b"]`:          `q1 in ["a", "b"]`,
		`q1 == "a`:                  `q1 == "a`,
		`size(q1) > 0`:              `size(q1) > 0`,
		"":                          "",
	} {
		if got := sayCondition(ctx, it, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func FuzzSayCondition(f *testing.F) {
	for _, s := range []string{`q1 == "a"`, `!(q1 != 'b')`, `q1 == "\"`, "q1 == \xff", `"`} {
		f.Add(s)
	}
	ctx := speaking(f)
	it := &catalog.Item{Situations: []catalog.Situation{{ID: "q1", Question: "问", Options: []catalog.Option{{Value: "a", Label: "答"}}}}}
	f.Fuzz(func(t *testing.T, text string) {
		if got := sayCondition(ctx, it, text); got == "" && strings.TrimSpace(text) != "" {
			t.Errorf("%q is said as nothing", text)
		}
	})
}

// TestEveryRuleHasAPlace makes sure that every fault and every rule of quality leads to a section that there is.
func TestEveryRuleHasAPlace(t *testing.T) {
	for _, r := range catalog.Rules() {
		if _, ok := places["rule."+r.Code]; !ok {
			t.Errorf("the rule %s has no place", r.Code)
		}
	}
	for code, l := range places {
		if _, ok := known(l.section); !ok {
			t.Errorf("%s leads to no section: %s", code, l.section)
		}
	}
	it := &catalog.Item{Materials: []catalog.Material{{ID: "m1"}}, Situations: []catalog.Situation{{ID: "q1"}}}
	for _, tt := range []struct {
		code, where, section, row string
	}{
		{"catalog.item.material", "m1", "materials", "materials.m1"},
		{"catalog.item.certificate", "m1 X", "materials", "materials.m1"},
		{"catalog.item.certificate", "X", "service", ""},
		{"catalog.item.rule", "q1 1:2", "situations", "situations.q1"},
		{"catalog.item.rule", "r1", "situations", "rules.r1"},
		{"catalog.item.limit", "statutory_limit", "limits", ""},
		{"catalog.item.legal.quota", "3", "legal", ""},
		{"catalog.item.record", "until", "service", ""},
		{"catalog.item.no_code", "m1 kind 9", "materials", "materials.m1"},
	} {
		if got := locate(it, catalog.Wrong{Code: tt.code, Where: tt.where}); got.Section != tt.section || got.Row != tt.row {
			t.Errorf("%s %s: got %s %s", tt.code, tt.where, got.Section, got.Row)
		}
	}
}
