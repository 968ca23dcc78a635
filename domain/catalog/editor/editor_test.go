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
		{0, whole, []string{"１５"}, "", 15},
		{int64(0), money, []string{"１０．５"}, "", int64(1050)},
		{[]string(nil), tags, []string{"开饭店 小吃店　面馆、noodle shop"}, "", []string{"开饭店", "小吃店", "面馆", "noodle shop"}},
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

// TestEveryTroubleLeadsToASection makes sure that what troubles lead to is there.
func TestEveryTroubleLeadsToASection(t *testing.T) {
	for _, key := range change.Sections() {
		if _, ok := known(key); !ok {
			t.Errorf("troubles lead to no section: %s", key)
		}
	}
}

// TestALineGivenTwiceIsTold finds what a list says a second time.
func TestALineGivenTwiceIsTold(t *testing.T) {
	for text, want := range map[string]string{"": "", "甲\n\n\n乙": "", "甲\r\n乙\r\n 甲 ": "甲"} {
		if got := twice(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestWhatIsNotWrittenIsNotComplete tells empty sections from those that have all that they should.
func TestWhatIsNotWrittenIsNotComplete(t *testing.T) {
	it := &catalog.Item{}
	it.Result.Validity = "五年"
	for key, want := range map[string]struct {
		any   bool
		blank int
	}{"service": {true, 3}, "legal": {false, 0}, "situations": {false, 0}, "materials": {false, 0}, "words": {false, 0}} {
		s, _ := known(key)
		if any, blank := s.filled(it); any != want.any || blank != want.blank {
			t.Errorf("%s: got %t %d, want %t %d", key, any, blank, want.any, want.blank)
		}
	}
}
