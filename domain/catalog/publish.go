package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/event"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Report says what came of a file or a package that was read in.
type Report struct {
	Added     int
	Changed   int
	Unchanged int
	Refused   []Refusal

	RefusedAll int `json:",omitempty"` // where a kept report lists only the first of them
	Left       int `json:",omitempty"` // entries that were left out; one may have several problems
	Units      int `json:",omitempty"` // departments that are not there yet

	Named     []News   `json:",omitempty"` // what would be added and changed, as a dry run finds it
	NamedAll  int      `json:",omitempty"` // how many there are, where a kept report lists only the first of them
	NamedNew  int      `json:",omitempty"` // of these what is new
	NamedFile string   `json:",omitempty"` // of the blob that lists all of them then
	Older     int      `json:",omitempty"` // items whose content would go back to an older version
	UnitNames []string `json:",omitempty"` // of the departments

	Beside Beside `json:",omitzero"` // what is news besides items

	Again bool `json:",omitempty"` // what it was compared with had changed, so it was compared anew

	compared []compared // what a dry run rests on

	Fault string `json:",omitempty"` // why nothing of the file could be read
	Bound int    `json:",omitempty"` // the number that the words of Fault mention
}

// News is how much would come in force by what was read.
func (r Report) News() int { return r.Added + r.Changed + r.Beside.Total() }

// LeftOut is how many entries were left out.
func (r Report) LeftOut() int {
	if r.Left > 0 {
		return r.Left
	}
	return max(len(r.Refused), r.RefusedAll)
}

// Total is how many entries were read.
func (r Report) Total() int { return r.Added + r.Changed + r.Unchanged + r.LeftOut() }

// draw draws an item's flows. Bare items of one unit share their drawing, so it is
// made once.
func draw(it *Item, templates map[string]Template, drawn map[string]map[string][]byte) (map[string][]byte, error) {
	if !it.Bare {
		return it.drawAll(templates)
	}
	key := it.Unit + "\x00" + it.FlowID
	if sources := drawn[key]; sources != nil {
		for hash := range sources {
			it.FlowHash, it.FlowHashes = hash, map[string]string{it.FlowID: hash}
		}
		return sources, nil
	}
	sources, err := it.drawAll(templates)
	drawn[key] = sources
	return sources, err
}

func (s *Service) publish(tx *db.Tx, who auth.Actor, origin string, it *Item, hash string, old standing, sources map[string][]byte) error {
	return s.publishFrom(tx, who, origin, it, hash, old, sources, tx.Now())
}

// publishFrom publishes a version that is in force since a moment.
func (s *Service) publishFrom(tx *db.Tx, who auth.Actor, origin string, it *Item, hash string, old standing, sources map[string][]byte, since time.Time) error {
	it.ID, it.Version = tx.NewID(), old.number+1
	for flow, source := range sources {
		if err := insertFlow(tx, flow, source); err != nil {
			return err
		}
	}
	if err := insertVersion(tx, it, hash, origin, who.ID, since); err != nil {
		return err
	}
	id := old.item
	if id == 0 {
		id = tx.NewID()
	}
	if err := changeListed(tx, id, it, place(it, id), old.off, since); err != nil {
		return err
	}
	if err := indexItems(tx, it.found(id)); err != nil {
		return err
	}
	return s.follow(tx, who, id, it)
}

// follow does what follows from a version that is in force, beside that it is found: it is judged and told of. Done
// twice it changes nothing.
func (s *Service) follow(tx *db.Tx, who auth.Actor, id int64, it *Item) error {
	if err := keepQuality(tx, id, it, it.flaws(s.trying(it))); err != nil {
		return err
	}
	if err := keepInheritance(tx, id, it); err != nil {
		return err
	}
	return s.Bus.Emit(tx, event.Event{Name: "catalog.published", About: it.ID, Who: who, Body: Published{it.Code, it.Version}})
}

// hash names the content of a version; two versions with one hash are the same.
func (it *Item) hash() (string, error) { return hashOf(it) }

func hashOf(content any) (string, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// facets are what the item is browsed and counted by: pairs of kind and value.
func (it *Item) facets() [][2]string {
	list := [][2]string{{FacetType, it.Type}, {FacetBody, it.Body}}
	for _, t := range it.Themes {
		if f := [2]string{FacetTheme, t}; !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	if it.ForPersons() {
		list = append(list, [2]string{FacetWho, WhoPerson})
	}
	if it.ForBodies() {
		list = append(list, [2]string{FacetWho, WhoBody})
	}
	if it.Offer.Zone != "" {
		list = append(list, [2]string{FacetZone, it.Offer.Zone})
	}
	if it.ActsOn != nil {
		list = append(list, [2]string{facetActsOn, it.ActsOn.Certificate})
	}
	for _, m := range it.Materials {
		if f := [2]string{facetMaterial, m.Library}; m.Library != "" && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	for _, step := range it.Steps {
		if f := [2]string{facetPost, step.Post}; step.Post != "" && !step.Optional && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return append(list, it.listFacets()...)
}

// place is where the item stands in lists: complete items before bare ones, those
// of one authority together and by their theme, then by the initials of the name,
// then by id. Only letters and digits, so that every database sorts it alike.
func place(it *Item, id int64) string {
	rank, theme := "0", ""
	if it.Bare {
		rank = "1"
	}
	if len(it.Themes) > 0 {
		theme = it.Themes[0]
	}
	return fmt.Sprintf("%s%s0%s0%s%016x", rank, plain(it.Body), plainInitials(theme), plainInitials(it.Name), id)
}

// plain keeps the letters and digits of a text, in lower case.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(text))
}

func plainInitials(text string) string { return plain(initials(text)) }
