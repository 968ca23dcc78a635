package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

// The table names each element once, in both languages, and every field of the sample city is
// bound to one of it.
func TestElements(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range catalog.DataElements() {
		if e.Key == "" || seen[e.Key] || len(e.Types) == 0 {
			t.Errorf("%+v", e)
		}
		seen[e.Key] = true
		if zh, en := e.Called(i18n.Chinese), e.Called(i18n.English); zh == "" || en == "" || strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s is called %q and %q", e.Key, zh, en)
		}
		if _, err := regexp.Compile(e.Shape); err != nil {
			t.Error(err)
		}
	}
	for _, it := range items(t) {
		for _, f := range it.Fields {
			if e := catalog.DataElementOf(f.Element); !slices.Contains(e.Types, f.Type) {
				t.Errorf("%s %s: %s is no element of type %s", it.Code, f.Key, f.Element, f.Type)
			}
		}
	}
	if e := catalog.DataElementOf("none"); e.Key != "" {
		t.Errorf("an element that is none: %+v", e)
	}
}

func TestWrongElements(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field catalog.Field
		want  string
	}{
		{catalog.Field{Key: "x", Label: "姓名", Type: catalog.FieldText, Element: "applyer_name"}, ""},
		{catalog.Field{Key: "x", Label: "备注", Type: catalog.FieldText}, ""},
		{catalog.Field{Key: "x", Label: "姓名", Type: catalog.FieldText, Element: "name"}, "element"},
		{catalog.Field{Key: "x", Label: "姓名", Type: catalog.FieldDate, Element: "applyer_name"}, "element_type"},
		{catalog.Field{Key: "x", Label: "手机", Type: catalog.FieldMobile, Element: "contact_mobile", Pattern: `^1\d{10}$`}, "element_type"},
	} {
		it := ruled()
		it.Fields = append(it.Fields, tt.field)
		got := it.Wrong()
		if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.ContainsFunc(got, func(w catalog.Wrong) bool { return w.Code == "catalog.item."+tt.want }) {
			t.Errorf("%+v: %v, want %q", tt.field, got, tt.want)
		}
	}
}
