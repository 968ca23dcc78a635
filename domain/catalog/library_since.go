package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// libraryMoved is the code of what is said of a material whose entry of the library has changed since the draft took its
// words over. They are not put in silently: whoever approves has to have read what comes in force.
const libraryMoved = "catalog.item.library_moved"

// olderWords names the materials of an item that carry other words than the library has today.
func olderWords(tx *db.Tx, it *Item) (w []Wrong, err error) {
	for _, m := range it.Materials {
		if m.Library == "" {
			continue
		}
		lib, err := findLibrary(tx, m.Library)
		if fault.Is(err, fault.Unknown) {
			continue // Inherit refuses it
		}
		if err != nil {
			return nil, err
		}
		next := m
		if next.take(lib); !next.as(m) {
			w = append(w, Wrong{libraryMoved, m.ID + " " + m.Name})
		}
	}
	return w, nil
}
