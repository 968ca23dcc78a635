package catalog

import (
	"context"
	"time"

	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// BookletOf says of what a booklet is (一本通): the items with one facet.
type BookletOf struct {
	Kind  string // FacetTheme, FacetBody or FacetZone
	Value string
}

func (of BookletOf) filter() (Filter, bool) {
	switch of.Kind {
	case FacetTheme:
		return Filter{Theme: of.Value}, of.Value != ""
	case FacetBody:
		return Filter{Body: of.Value}, of.Value != ""
	case FacetZone:
		return Filter{Zone: of.Value}, of.Value != ""
	}
	return Filter{}, false
}

// bookletItems is how many items a volume holds: as many as are set in a second.
const bookletItems = 50

// Booklet is one volume of items as they are in force, with the names that it mentions. It
// belongs to the unit of work in which it was read.
type Booklet struct {
	Of     BookletOf
	Volume int    // its number, 1 for the first; 0 where its key is not the end of a volume, or items were chosen
	Name   string // of the theme, the unit or the zone; "" for chosen items
	Items  []*Item
	Next   string    // the key of the next volume, "" on the last
	At     time.Time // since when the newest of its items is in force
	Hall   Hall

	names names
}

// Booklet reads the volume after a key, "" for the first; one without items is an Unknown fault.
func (s *Service) Booklet(tx *db.Tx, of BookletOf, after string) (*Booklet, error) {
	filter, ok := of.filter()
	if !ok {
		return nil, fault.New(fault.Unknown, "catalog.booklet.none")
	}
	b := &Booklet{Of: of, Name: of.Value, names: s.namesIn(tx)}
	list, next, err := s.Browse(tx, filter, after, bookletItems)
	if err != nil {
		return nil, err
	}
	switch of.Kind {
	case FacetTheme:
		b.Name = s.Theme(tx.Context(), of.Value)
	case FacetBody:
		b.Name = b.names.of(of.Value)
	}
	b.Next = next
	if b.Volume, err = volumeAfter(tx, filter.facets(), after); err != nil {
		return nil, err
	}
	return b, s.fillBooklet(tx, b, list)
}

// Chosen reads a booklet of up to fifty items by their codes, in this order; unknown ones are left out.
func (s *Service) Chosen(tx *db.Tx, codes []string) (*Booklet, error) {
	b := &Booklet{names: s.namesIn(tx)}
	var list []Entry
	for _, code := range codes[:min(len(codes), bookletItems)] {
		e, err := findEntry(tx, code)
		if fault.Is(err, fault.Unknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return b, s.fillBooklet(tx, b, list)
}

func (s *Service) fillBooklet(tx *db.Tx, b *Booklet, list []Entry) (err error) {
	if len(list) == 0 {
		return fault.New(fault.Unknown, "catalog.booklet.none")
	}
	items, err := listItems(tx, versionsOf(list))
	if err != nil {
		return err
	}
	for _, e := range list {
		if items[e.ID] == nil {
			return fault.New(fault.Unknown, "catalog.item.none")
		}
		b.Items = append(b.Items, items[e.ID])
		if e.At.After(b.At) {
			b.At = e.At
		}
	}
	if s.Hall != nil {
		b.Hall, err = s.Hall(tx)
	}
	return err
}

// Printed is a booklet that was made.
type Printed struct {
	ID    string // of what, which volume, in which language
	Hash  string // of what it says
	Blob  string // key of the file
	Size  int64
	Pages int
	At    time.Time
}

// KeepPrinted remembers a booklet that was made, in the place of an older one of the same, whose file SweepPrinted removes later.
func (s *Service) KeepPrinted(tx *db.Tx, p Printed) error { return savePrinted(tx, p) }

// Printed returns the booklet that was made under an id, the zero Printed if none was.
func (s *Service) Printed(tx *db.Tx, id string) (Printed, error) { return findPrinted(tx, id) }

// How long booklets stay.
const (
	formerStays = 7 * 24 * time.Hour  // the file of one that was printed anew: links to it may be open
	unaskedFor  = 90 * 24 * time.Hour // one that was not printed anew: its theme may be gone; who asks for it has it made again
)

// SweepPrinted removes files that no booklet has had for a week, and lets go of booklets that were made three months ago. A file
// that cannot be removed stays on the list for the next time.
func (s *Service) SweepPrinted(ctx context.Context, files blob.Shelf) error {
	var left []string
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err := dropPrinted(tx, tx.Now().Add(-unaskedFor)); err != nil {
			return err
		}
		left, err = listFormer(tx, tx.Now().Add(-formerStays), maxPage)
		return err
	})
	for _, key := range left {
		if err == nil {
			err = files.Remove(ctx, key)
		}
		if err == nil {
			err = s.DB.Write(ctx, func(tx *db.Tx) error { return forgetFormer(tx, key) })
		}
	}
	return err
}
