package catalog_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/domain/catalog"
)

// copied is an item with nothing in common with the original.
func copied(t rapid.TB, it *catalog.Item) *catalog.Item {
	body, err := json.Marshal(it)
	next := &catalog.Item{}
	if err == nil {
		err = json.Unmarshal(body, next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// mutate changes something somewhere in a value, as the numbers say.
func mutate(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		switch {
		case v.IsNil():
			v.Set(reflect.New(v.Type().Elem()))
		case rapid.Bool().Draw(t, "drop"):
			v.SetZero()
		default:
			mutate(t, v.Elem())
		}
	case reflect.Struct:
		mutate(t, v.Field(rapid.IntRange(0, v.NumField()-1).Draw(t, v.Type().Name())))
	case reflect.Slice:
		mutateList(t, v)
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		v.SetMapIndex(reflect.ValueOf(rapid.StringN(1, 4, 8).Draw(t, "key")), reflect.ValueOf("x"))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "一", "二", "1", "10", "a b"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + int64(rapid.IntRange(-2, 2).Draw(t, "n")))
	case reflect.Float64:
		v.SetFloat(v.Float() + 1.5)
	default:
		t.Fatalf("an item holds a %s", v.Kind())
	}
}

func mutateList(t *rapid.T, v reflect.Value) {
	n := v.Len()
	switch do := rapid.IntRange(0, 4).Draw(t, "list"); {
	case n == 0 || do == 0:
		entry := reflect.New(v.Type().Elem()).Elem()
		mutate(t, entry)
		v.Set(reflect.Append(v, entry))
	case do == 1:
		v.Set(v.Slice(0, n-1))
		if v.Len() == 0 {
			v.SetZero()
		}
	case do == 2 && n > 1:
		one, other := reflect.ValueOf(v.Index(0).Interface()), reflect.ValueOf(v.Index(n-1).Interface())
		v.Index(0).Set(other)
		v.Index(n - 1).Set(one)
	case do == 3: // the same entry twice
		v.Set(reflect.Append(v, v.Index(0)))
	default:
		mutate(t, v.Index(rapid.IntRange(0, n-1).Draw(t, "at")))
	}
}

// TestDiffIsTotal: what has another content differs in something, what has the same in
// nothing, and every difference names an element that has words.
func TestDiffIsTotal(t *testing.T) {
	t.Parallel()
	all := slices.SortedFunc(maps.Values(items(t)), func(a, b *catalog.Item) int { return strings.Compare(a.Code, b.Code) })
	known := catalog.Paths()
	rapid.Check(t, func(t *rapid.T) {
		old := copied(t, all[rapid.IntRange(0, len(all)-1).Draw(t, "item")])
		next := copied(t, old)
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			mutate(t, reflect.ValueOf(next).Elem())
		}
		next = copied(t, next)
		a, err := json.Marshal(old)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		found := catalog.Diff(old, next)
		if same := string(a) == string(b); same != (len(found) == 0) {
			t.Fatalf("the same: %v, differences: %+v\n%s\n%s", same, found, a, b)
		}
		for _, d := range found {
			if !slices.Contains(known, d.Path) {
				t.Fatalf("%s is no element", d.Path)
			}
		}
		if back := catalog.Diff(next, old); len(back) != len(found) {
			t.Fatalf("%d one way, %d the other: %+v %+v", len(found), len(back), found, back)
		}
	})
}

func TestDiffSaysWhat(t *testing.T) {
	t.Parallel()
	old := items(t)[foodItem]
	old = copied(t, old)
	old.Questions = nil
	next := copied(t, old)
	next.PromisedLimit.Value = 3
	next.Materials[1].Necessity = "3"
	next.Materials = slices.Delete(next.Materials, 0, 1)
	next.Materials = append(next.Materials, catalog.Material{ID: "m77", Name: "平面图"})
	next.Situations[0].Options[0].Label = "开一家小店"
	next.Situations[0].Options[0].Effects = append(next.Situations[0].Options[0].Effects, catalog.Effect{Op: catalog.OpDropMaterial, Target: "m77"})
	next.Questions = []catalog.Question{{Question: "多久", Answer: "三天"}}
	next.Conditions[0], next.Conditions[1] = next.Conditions[1], next.Conditions[0]
	var said []string
	for _, d := range catalog.Diff(old, next) {
		said = append(said, fmt.Sprintf("%s %s %v", d.Kind, d.Path, d.Of))
	}
	want := []string{
		"order conditions []",
		"set promised_limit []",
		"added questions []",
		fmt.Sprintf("set situations.options.label [%s %s]", old.Situations[0].Question, old.Situations[0].Options[0].Label),
		fmt.Sprintf("added situations.options.effects [%s %s]", old.Situations[0].Question, old.Situations[0].Options[0].Label),
		"removed materials []",
		fmt.Sprintf("set materials.necessity [%s]", old.Materials[1].Name),
		"added materials []",
	}
	slices.Sort(said)
	slices.Sort(want)
	if !slices.Equal(said, want) {
		t.Errorf("got  %q\nwant %q", said, want)
	}
}
