package catalog

import (
	"slices"

	"onedoor.app/infra/db"
)

// The elements whose empty value is a promise to people: no charge, no visit. Of a new item they are unstated until somebody
// says them, and what nobody has said is told to nobody.
const (
	ElementCharged = "fee.charged"
	ElementVisits  = "visits"
)

// unstatedFirst are the elements that a new item does not state yet.
var unstatedFirst = []string{ElementCharged, ElementVisits}

// States reports whether somebody has said an element, by its path. Items whose record names nothing as unstated came in
// with all of it.
func (it *Item) States(path string) bool { return !slices.Contains(it.Unstated, path) }

// State notes whether an element is said now.
func (it *Item) State(path string, said bool) {
	it.Unstated = slices.DeleteFunc(slices.Clone(it.Unstated), func(p string) bool { return p == path })
	if !said {
		it.Unstated = append(it.Unstated, path)
		slices.Sort(it.Unstated)
	}
	if len(it.Unstated) == 0 {
		it.Unstated = nil
	}
}

// SaysFee reports whether the item tells what is charged.
func (it *Item) SaysFee() bool { return it.Fee.Charged || it.States(ElementCharged) && !it.Bare }

// SaysVisits reports whether the item tells how often people have to come. Never is told only where there is a way that
// needs no visit.
func (it *Item) SaysVisits() bool {
	return it.States(ElementVisits) && (it.Visits > 0 || it.Offer.Online || it.Offer.Express)
}

// SaysWays reports whether the item tells how it is handled: online, at a window, by post.
func (it *Item) SaysWays() bool {
	o := it.Offer
	return o.Online || o.Mobile || o.Express || o.Reserve || o.Kiosk || o.Outside || o.URL != "" || len(o.Windows) > 0 || len(it.HandleForms) > 0
}

// untold lists what people would be told and nobody has said.
func (it *Item) untold() (w []Wrong) {
	if !it.States(ElementCharged) {
		w = append(w, Wrong{"catalog.item.untold_fee", ""})
	}
	if !it.States(ElementVisits) {
		w = append(w, Wrong{"catalog.item.untold_visits", ""})
	}
	if !it.SaysWays() {
		w = append(w, Wrong{"catalog.item.untold_ways", ""})
	}
	return w
}

// bodyOf is the unit in whose name a unit acts.
func (s *Service) bodyOf(tx *db.Tx, unit string) string {
	if s.BodyOf == nil {
		return unit
	}
	return s.BodyOf(tx, unit)
}

// Lodged returns the unit that ought to be the implementing body (实施主体) of an item, where the one that it names is only a
// part of that; "" where nothing is wrong. A section cannot answer for an administrative act.
func (s *Service) Lodged(tx *db.Tx, it *Item) string {
	if body := s.bodyOf(tx, it.Body); it.Body != "" && body != it.Body {
		return body
	}
	return ""
}

// Slower reports whether the item promises more time than another version of it did.
func (it *Item) Slower(was *Item) bool {
	if was.PromisedLimit.OnSpot != it.PromisedLimit.OnSpot {
		return was.PromisedLimit.OnSpot
	}
	return it.PromisedLimit.exceeds(was.PromisedLimit)
}
