package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// DiffKind says how an element differs.
type DiffKind string

// The kinds of differences.
const (
	DiffSet     DiffKind = "set"     // another value
	DiffAdded   DiffKind = "added"   // an entry that was not there
	DiffRemoved DiffKind = "removed" // an entry that is there no more
	DiffOrder   DiffKind = "order"   // the same entries in another order
)

// Difference is one thing that differs between two versions of an item.
type Difference struct {
	Path string   // of the element, by the keys of its JSON: "promised_limit", "materials", "materials.necessity"
	Of   []string // the entries that it lies in, by what people call them: the name of a material
	Kind DiffKind
	Old  any // a text, number, truth, Limit or whole entry; nil: nothing
	New  any
}

// Diff lists what differs between two versions of an item, in the order of its elements.
// It is total: versions with another content differ in something, those with the same
// content in nothing.
func Diff(old, next *Item) []Difference {
	d := &differ{}
	d.structs("", nil, reflect.ValueOf(*old), reflect.ValueOf(*next))
	if len(d.list) > 1 { // drawings follow from steps and flow: they are news only by themselves
		if told := slices.DeleteFunc(slices.Clone(d.list), Difference.derived); len(told) > 0 {
			return told
		}
	}
	return d.list
}

// derived reports whether the element is made from others when an item is published.
func (d Difference) derived() bool { return strings.HasPrefix(d.Path, "flow_hash") }

// Paths lists the path of every element of an item that a Difference can name.
func Paths() []string {
	var list []string
	var walk func(path string, t reflect.Type)
	walk = func(path string, t reflect.Type) {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if path != "" {
			list = append(list, path)
		}
		if t.Kind() != reflect.Struct || path != "" && t == reflect.TypeFor[Effect]() {
			return
		}
		for _, f := range elementsOf(t) {
			if !inLimit(t, f.key) {
				walk(join(path, f.key), t.FieldByIndex(f.index).Type)
			}
		}
	}
	walk("", reflect.TypeFor[Item]())
	return list
}

// element is one field of a struct as its JSON has it.
type element struct {
	key   string
	index []int
}

// elementsOf lists the fields that belong to the content of a type.
func elementsOf(t reflect.Type) []element {
	var list []element
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && key != "-" && key != "" {
			list = append(list, element{key, f.Index})
		}
	}
	return list
}

// inLimit reports whether a field is part of what a Limit says as a whole.
func inLimit(t reflect.Type, key string) bool {
	return t == reflect.TypeFor[Limit]() && (key == "value" || key == "unit" || key == "on_spot")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// differ collects differences.
type differ struct{ list []Difference }

func (d *differ) say(path string, of []string, kind DiffKind, old, next any) {
	d.list = append(d.list, Difference{Path: path, Of: slices.Clone(of), Kind: kind, Old: old, New: next})
}

func (d *differ) structs(path string, of []string, old, next reflect.Value) {
	t := old.Type()
	if a, ok := old.Interface().(Limit); ok {
		if b := next.Interface().(Limit); a.Value != b.Value || a.Unit != b.Unit || a.OnSpot != b.OnSpot {
			d.say(path, of, DiffSet, a, b)
		}
	}
	for _, f := range elementsOf(t) {
		if !inLimit(t, f.key) {
			d.values(join(path, f.key), of, old.FieldByIndex(f.index), next.FieldByIndex(f.index))
		}
	}
}

func (d *differ) values(path string, of []string, old, next reflect.Value) {
	switch old.Kind() {
	case reflect.Struct:
		d.structs(path, of, old, next)
	case reflect.Slice:
		d.lists(path, of, old, next)
	case reflect.Map:
		if !reflect.DeepEqual(old.Interface(), next.Interface()) && old.Len()+next.Len() > 0 {
			d.say(path, of, DiffSet, old.Interface(), next.Interface())
		}
	case reflect.Pointer:
		switch {
		case !old.IsNil() && !next.IsNil():
			d.values(path, of, old.Elem(), next.Elem())
		case old.IsNil() && !next.IsNil():
			d.say(path, of, cameOrWent(next, DiffAdded), nil, next.Elem().Interface())
		case next.IsNil() && !old.IsNil():
			d.say(path, of, cameOrWent(old, DiffRemoved), old.Elem().Interface(), nil)
		}
	default:
		if a, b := old.Interface(), next.Interface(); a != b {
			d.say(path, of, DiffSet, a, b)
		}
	}
}

// cameOrWent is how something that may be left out differs: a group of elements comes or
// goes, a single value is another.
func cameOrWent(v reflect.Value, group DiffKind) DiffKind {
	if v.Elem().Kind() == reflect.Struct {
		return group
	}
	return DiffSet
}

// lists compares two lists by what makes their entries the same.
func (d *differ) lists(path string, of []string, old, next reflect.Value) {
	was, is := keysOf(old), keysOf(next)
	for i, key := range was {
		j := slices.Index(is, key)
		if j < 0 {
			d.say(path, of, DiffRemoved, old.Index(i).Interface(), nil)
		} else if v := old.Index(i); v.Kind() == reflect.Struct {
			d.values(path, append(slices.Clone(of), CallOf(v.Interface())), v, next.Index(j))
		}
	}
	for j, key := range is {
		if !slices.Contains(was, key) {
			d.say(path, of, DiffAdded, nil, next.Index(j).Interface())
		}
	}
	if before, after := common(was, is), common(is, was); !slices.Equal(before, after) {
		d.say(path, of, DiffOrder, calls(old, was, before), calls(next, is, after))
	}
}

// calls are the entries of keys by what people call them.
func calls(list reflect.Value, keys, kept []string) []string {
	var names []string
	for _, k := range kept {
		names = append(names, CallOf(list.Index(slices.Index(keys, k)).Interface()))
	}
	return names
}

// keysOf gives each entry of a list a key of its own: two that would have the same are
// told apart by their order.
func keysOf(list reflect.Value) []string {
	keys := make([]string, list.Len())
	seen := map[string]int{}
	for i := range keys {
		key := keyOf(list.Index(i).Interface())
		if seen[key]++; seen[key] > 1 {
			key += "\x00" + fmt.Sprint(seen[key])
		}
		keys[i] = key
	}
	return keys
}

// keyOf is what makes an entry the same entry in another version. An entry of a type that
// is not named here is the same in the same place.
func keyOf(entry any) string {
	switch e := entry.(type) {
	case string:
		return e
	case Material:
		return e.ID
	case Field:
		return e.Key
	case Step:
		return e.ID
	case Situation:
		return e.ID
	case Option:
		return e.Value
	case Rule:
		return e.ID
	case Effect:
		return e.Op + "\x00" + e.Target + "\x00" + e.Post
	case FeeItem:
		if e.ID != "" {
			return e.ID
		}
		return e.Name
	case Basis:
		return e.Law + "\x00" + e.Article
	case Special:
		return e.Kind
	case Intermediary:
		return e.Name
	case Duty:
		return e.Stage + "\x00" + e.Text
	case Oversight:
		return e.Unit + "\x00" + e.Task
	case Question:
		return e.Question
	}
	return ""
}

// CallOf is what people call an entry of an item: the name of a material, the words of a
// question.
func CallOf(entry any) string {
	switch e := entry.(type) {
	case string:
		return e
	case Material:
		return e.Name
	case Field:
		return e.Label
	case Step:
		return e.Name
	case Situation:
		return e.Question
	case Option:
		return e.Label
	case Rule:
		return e.ID
	case Effect:
		return e.Op
	case FeeItem:
		return e.Name
	case Basis:
		return strings.TrimSpace(e.Law + " " + e.Article)
	case Special:
		return e.Kind
	case Intermediary:
		return e.Name
	case Duty:
		return e.Stage
	case Oversight:
		return e.Task
	case Question:
		return e.Question
	case File:
		return e.Name
	}
	return ""
}

// paths lists the elements that differ, for the evidence: it says what was touched, not
// with which words.
func paths(list []Difference) []string {
	var all []string
	for _, d := range list {
		if !slices.Contains(all, d.Path) {
			all = append(all, d.Path)
		}
	}
	return all
}
