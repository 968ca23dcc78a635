package editor

import (
	"reflect"

	"onedoor.app/domain/catalog"
)

// spare are the sections that most items leave empty.
var spare = []string{"words", "legal", "situations"}

// filled reports whether anything is written in a section, and counts the elements that an item should have and that say
// nothing yet.
func (s section) filled(it *catalog.Item) (any bool, blank int) {
	root := reflect.ValueOf(it).Elem()
	has := func(path string, k kind) bool {
		if !it.States(path) {
			return false
		}
		if k == truth {
			return true
		}
		v := at(root, path, false)
		return v.IsValid() && !v.IsZero() && len(shown(v, k)) > 0 && shown(v, k)[0] != ""
	}
	for _, g := range s.groups {
		for _, e := range g.elements {
			paths := []string{e.path}
			if e.kind == marks {
				paths = e.of
			}
			said := false
			for _, p := range paths {
				said = said || has(p, e.kind)
			}
			any = any || said
			if !said && !e.optional && e.kind != marks && (e.kind != count || !it.States(e.path)) { // no box ticked and nought are answers too
				blank++
			}
		}
		if g.list != nil {
			v := at(root, g.list.path, false)
			any = any || v.IsValid() && v.Len() > 0
		}
	}
	for _, l := range s.paged {
		v := at(root, l.path, false)
		any = any || v.IsValid() && v.Len() > 0
	}
	return any, blank
}
