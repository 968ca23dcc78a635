package change

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

func sidesWords(t *testing.T, lang string) (*i18n.Bundle, context.Context) {
	t.Helper()
	words := &i18n.Bundle{}
	if err := words.Add((&Pages{Catalog: &catalog.Service{}}).Module().Texts); err != nil {
		t.Fatal(err)
	}
	return words, i18n.With(t.Context(), words, lang)
}

// filled sets every field of a value, so that each can be changed by itself.
func filled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
				filled(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			filled(v.Index(i))
		}
	case reflect.String:
		v.SetString("1")
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// leaves calls fn with each single value in v, after it was changed, and puts it back.
func leaves(v reflect.Value, name string, fn func(name string)) {
	change := func(name string, next reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		v.Set(next)
		fn(name)
		v.Set(was)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		leaves(v.Elem(), name, fn)
		change(name+" taken away", reflect.Zero(v.Type()))
	case reflect.Struct:
		for i := range v.NumField() {
			if field, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); field != "-" && field != "" {
				leaves(v.Field(i), name+"."+field, fn)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprint(name, i), fn)
		}
		change(name+" emptied", reflect.Zero(v.Type()))
		change(name+" shortened", v.Slice(0, 1))
		change(name+" lengthened", reflect.Append(v, v.Index(0)))
	case reflect.String:
		change(name, reflect.ValueOf("2"))
		change(name+" cleared", reflect.ValueOf(""))
		change(name+" by a space", reflect.ValueOf("1 "))
	case reflect.Int, reflect.Int64:
		change(name, reflect.ValueOf(4).Convert(v.Type()))
	case reflect.Bool:
		change(name, reflect.ValueOf(false))
	}
}

// Whatever a proposal changes of a base item, of locks, of an entry or of a form, the page shows at least one line for it,
// with two sides that read differently.
func TestEveryDifferenceIsShown(t *testing.T) {
	t.Parallel()
	_, ctx := sidesWords(t, "en")
	unit := func(string) string { return "the same name" }
	check := func(kind catalog.ProposalKind, name string, x catalog.Sides) {
		t.Helper()
		g, err := besideTable(ctx, unit, &catalog.Proposal{Kind: kind}, x)
		if err != nil || len(g.Rows) == 0 {
			t.Errorf("%s %s: %d lines, %v", kind, name, len(g.Rows), err)
		}
		for _, row := range g.Rows {
			var now, next strings.Builder
			if err := row.Cells[1].Body.Render(ctx, &now); err != nil {
				t.Fatal(err)
			}
			if err := row.Cells[2].Body.Render(ctx, &next); err != nil {
				t.Fatal(err)
			}
			if now.String() == next.String() {
				t.Errorf("%s %s: both sides read %s", kind, name, now.String())
			}
		}
	}
	var base, otherBase catalog.Base
	filled(reflect.ValueOf(&base).Elem())
	filled(reflect.ValueOf(&otherBase).Elem())
	count := 0
	leaves(reflect.ValueOf(&otherBase).Elem(), "", func(name string) {
		count++
		check(catalog.ProposeBase, name, catalog.Sides{Base: [2]*catalog.Base{&base, &otherBase}})
	})
	var entry, otherEntry catalog.LibraryMaterial
	filled(reflect.ValueOf(&entry).Elem())
	filled(reflect.ValueOf(&otherEntry).Elem())
	leaves(reflect.ValueOf(&otherEntry).Elem(), "", func(name string) {
		count++
		check(catalog.ProposeMaterial, name, catalog.Sides{Material: [2]*catalog.LibraryMaterial{&entry, &otherEntry}})
	})
	var file, otherFile catalog.File
	filled(reflect.ValueOf(&file).Elem())
	filled(reflect.ValueOf(&otherFile).Elem())
	leaves(reflect.ValueOf(&otherFile).Elem(), "", func(name string) {
		count++
		check(catalog.ProposeForm, name, catalog.Sides{File: [2]*catalog.File{&file, &otherFile}})
	})
	for _, e := range catalog.Elements() {
		for _, lock := range catalog.LocksFor(e) {
			was, next := catalog.DefaultLocks(), catalog.DefaultLocks()
			if next[e] = lock; was.Of(e) != lock {
				count++
				check(catalog.ProposeLocks, string(e), catalog.Sides{Locks: [2]catalog.Locks{was, next}})
			}
		}
	}
	check(catalog.ProposeRetiring, "", catalog.Sides{Retired: [2]bool{false, true}})
	if count < 150 {
		t.Errorf("only %d changes were tried", count)
	}
	if g, err := besideTable(ctx, unit, &catalog.Proposal{Kind: catalog.ProposeBase}, catalog.Sides{Base: [2]*catalog.Base{&base, &base}}); err != nil || len(g.Rows) != 0 {
		t.Errorf("nothing changed: %d lines, %v", len(g.Rows), err)
	}
}

// Every place has a name in both languages, and no other is named.
func TestEveryPlaceHasWords(t *testing.T) {
	t.Parallel()
	var places []string
	var gather func(typ reflect.Type, at string)
	gather = func(typ reflect.Type, at string) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
				places = append(places, at+"."+name)
				gather(typ.Field(i).Type, at+"."+name)
			}
		}
	}
	gather(reflect.TypeFor[catalog.Base](), "base")
	gather(reflect.TypeFor[catalog.LibraryMaterial](), "material")
	gather(reflect.TypeFor[catalog.File](), "form")
	places = append(places, "retire.retired")
	slices.Sort(places)
	if all := slices.Sorted(slices.Values(proposalFields)); !slices.Equal(all, places) {
		t.Errorf("named: %v\nthere: %v", all, places)
	}
	words, _ := sidesWords(t, "en")
	for _, lang := range i18n.Languages() {
		for _, place := range places {
			if !words.Has(lang, "change.proposal.at."+place) {
				t.Errorf("%s: %s has no words", lang, place)
			}
		}
	}
}
