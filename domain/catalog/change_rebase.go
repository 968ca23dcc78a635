package catalog

import (
	"context"
	"reflect"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Rebase begins a change anew from the version in force, after another one came in force
// since it began: what the change says otherwise than the version from which it began is
// kept where the other did not touch it; where both did, the version in force stands and
// Conflicts names the place. It needs the right catalog.keep.
func (s *Service) Rebase(ctx context.Context, who auth.Actor, id int64, lock int) (*Change, error) {
	same := func(*Change) bool { return true }
	return s.act(ctx, who, id, lock, ActRebase, same, func(tx *db.Tx, c *Change) (map[string]any, error) {
		now, err := s.Current(tx, c.Code)
		if err != nil {
			return nil, err
		}
		was := &older{Began: c.Began, Item: c.Item}
		merged, conflicts, err := s.merged(tx, c.Code, was, now)
		if err != nil {
			return nil, err
		}
		c.older, c.Began, c.Item, c.Overtaken = was, now.Version, merged, false
		return map[string]any{"from": was.Began, "began": now.Version, "conflicts": paths(conflicts)}, addEditor(tx, c, who)
	})
}

// Conflicts lists where the draft said something else than what came in force before it
// was begun anew: Old is in force, New is what the draft said. They are named until the
// change is submitted.
func (s *Service) Conflicts(tx *db.Tx, c *Change) ([]Difference, error) {
	if c.older == nil {
		return nil, nil
	}
	now, err := findNumber(tx, c.Code, c.Began)
	if err != nil {
		return nil, err
	}
	_, conflicts, err := s.merged(tx, c.Code, c.older, now)
	return conflicts, err
}

// merged takes a draft over to another version.
func (s *Service) merged(tx *db.Tx, code string, was *older, now *Item) (*Item, []Difference, error) {
	base := &Item{Code: code}
	if was.Began != 0 {
		var err error
		if base, err = findNumber(tx, code, was.Began); err != nil {
			return nil, nil, err
		}
	}
	return merge(base, was.Item, now)
}

// merge carries what mine changed of base over to theirs. It changes none of them.
func merge(base, mine, theirs *Item) (*Item, []Difference, error) {
	var copies [3]*Item
	for i, it := range []*Item{base, mine, theirs} {
		var err error
		if copies[i], err = clone(it); err != nil {
			return nil, nil, err
		}
	}
	m := &merger{}
	merged := m.value("", nil, reflect.ValueOf(*copies[0]), reflect.ValueOf(*copies[1]), reflect.ValueOf(*copies[2])).Interface().(Item)
	merged.FlowHash, merged.FlowHashes = copies[2].FlowHash, copies[2].FlowHashes // drawn anew when it is published
	tidy(reflect.ValueOf(&merged))
	return &merged, slices.DeleteFunc(m.conflicts, Difference.derived), nil
}

// merger collects where both sides changed the same thing.
type merger struct{ conflicts []Difference }

func (m *merger) conflict(path string, of []string, mine, theirs any) {
	m.conflicts = append(m.conflicts, Difference{Path: path, Of: slices.Clone(of), Kind: DiffSet, Old: theirs, New: mine})
}

func (m *merger) value(path string, of []string, base, mine, theirs reflect.Value) reflect.Value {
	same := func(a, b reflect.Value) bool { return reflect.DeepEqual(a.Interface(), b.Interface()) }
	switch {
	case same(mine, base), same(mine, theirs):
		return theirs
	case same(theirs, base):
		return mine
	}
	switch t := base.Type(); {
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[Limit]():
		out := reflect.New(t).Elem()
		out.Set(theirs)
		for _, f := range elementsOf(t) {
			out.FieldByIndex(f.index).Set(m.value(join(path, f.key), of, base.FieldByIndex(f.index), mine.FieldByIndex(f.index), theirs.FieldByIndex(f.index)))
		}
		return out
	case t.Kind() == reflect.Slice:
		return m.list(path, of, base, mine, theirs)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && !base.IsNil() && !mine.IsNil() && !theirs.IsNil():
		out := reflect.New(t.Elem())
		out.Elem().Set(m.value(path, of, base.Elem(), mine.Elem(), theirs.Elem()))
		return out
	}
	m.conflict(path, of, plainValue(mine), plainValue(theirs))
	return theirs
}

// plainValue is what a Difference says of a value: nil for one that is left out.
func plainValue(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	return v.Interface()
}

// list merges entry by entry, in the order of theirs with what only mine has at the end;
// where theirs kept the order and mine did not, in the order of mine.
func (m *merger) list(path string, of []string, base, mine, theirs reflect.Value) reflect.Value {
	b, a, c := keysOf(base), keysOf(mine), keysOf(theirs)
	at := func(list reflect.Value, keys []string, key string) (reflect.Value, bool) {
		if i := slices.Index(keys, key); i >= 0 {
			return list.Index(i), true
		}
		return reflect.Value{}, false
	}
	order := union(c, a)
	if slices.Equal(common(b, c), common(c, b)) && !slices.Equal(common(b, a), common(a, b)) {
		order = union(a, c)
	}
	out := reflect.MakeSlice(base.Type(), 0, len(order))
	for _, key := range order {
		was, had := at(base, b, key)
		my, keep := at(mine, a, key)
		their, have := at(theirs, c, key)
		called := of
		switch {
		case keep && have:
			if !had {
				was = reflect.Zero(base.Type().Elem())
			}
			if their.Kind() == reflect.Struct {
				called = append(slices.Clone(of), CallOf(their.Interface()))
			}
			out = reflect.Append(out, m.value(path, called, was, my, their))
		case keep && !had:
			out = reflect.Append(out, my)
		case keep: // they took it out
			if !reflect.DeepEqual(my.Interface(), was.Interface()) {
				m.conflict(path, of, my.Interface(), nil)
			}
		case have && !had:
			out = reflect.Append(out, their)
		case have: // the draft took it out
			if !reflect.DeepEqual(their.Interface(), was.Interface()) {
				m.conflict(path, of, nil, their.Interface())
				out = reflect.Append(out, their)
			}
		}
	}
	return out
}

// common are the keys of one list that the other has too, in the order of the first.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(k string) bool { return !slices.Contains(other, k) })
}

// union is a list with what only the other has at its end.
func union(list, other []string) []string {
	all := slices.Clone(list)
	for _, k := range other {
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}
