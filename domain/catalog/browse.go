package catalog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/search"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// The kinds of facets by which items are browsed.
const (
	FacetTheme = "theme"
	FacetType  = "type"
	FacetBody  = "body" // code of the unit in whose name
	FacetWho   = "who"  // WhoPerson or WhoBody
	FacetZone  = "zone" // of the hall, where the windows are
	facetPost  = "post" // code of a post that each case passes through

	facetMaterial = "material" // code of an entry of the library of materials
)

// Who may apply.
const (
	WhoPerson = "person"
	WhoBody   = "body"
)

// Filter narrows a list; the zero Filter takes everything that is on offer.
type Filter struct {
	Theme, Type, Body, Who, Zone string

	// All takes also what nobody may apply for today; it goes with Body, Type and State alone.
	All   bool
	State string // one of ItemStates, "" for any
}

func (f Filter) facets() [][2]string {
	var list [][2]string
	// The rarest first: it is the one that is walked.
	for _, p := range [][2]string{{FacetTheme, f.Theme}, {FacetZone, f.Zone}, {FacetBody, f.Body}, {FacetType, f.Type}, {FacetWho, f.Who}} {
		if p[1] != "" {
			list = append(list, p)
		}
	}
	return list
}

// Entry is one line of a list of items.
type Entry struct {
	ID          int64 // of the version
	Code        string
	Version     int
	Name        string
	Type        string
	ProjectType string
	Unit        string
	Body        string
	Place       string // the key of the line, for the next page
	At          time.Time

	item int64
}

// OnSpot reports whether the item is decided while the applicant waits (即办件).
func (e Entry) OnSpot() bool { return e.ProjectType == projectSpot }

// Facet is one value that items have, with how many have it.
type Facet struct {
	Value string
	Items int
}

const maxPage = 100

// Current returns the version that new cases take; no such item is an Unknown fault.
// The item is shared: do not change it.
func (s *Service) Current(tx *db.Tx, code string) (*Item, error) {
	if !codeShape.MatchString(code) {
		return nil, fault.New(fault.Unknown, "catalog.item.none")
	}
	id, err := findCurrentID(tx, code)
	if err != nil {
		return nil, err
	}
	return s.Version(tx, id)
}

// Version returns a published version by its id. The item is shared: do not change it.
func (s *Service) Version(tx *db.Tx, id int64) (*Item, error) {
	if it, ok := s.versions.get(id); ok {
		return it, nil
	}
	it, size, err := findSized(tx, `WHERE v.id = $1`, id)
	if err == nil {
		s.versions.put(id, it, size, keptVersions)
	}
	return it, err
}

// keptVersions is how many bytes of versions are remembered. Those who read many versions once,
// such as lists and comparisons, read them past the memory (listItems).
const keptVersions = 64 << 20

// Flow returns the BPMN of a drawing by its hash.
func (s *Service) Flow(tx *db.Tx, hash string) ([]byte, error) {
	source, err := findFlow(tx, hash)
	if fault.Is(err, fault.Unknown) && s.Drawing != nil { // no item has taken it, cases may have been carried over to it
		if drawn, other := s.Drawing(tx, hash); other != nil || drawn != nil {
			return drawn, other
		}
	}
	return []byte(source), err
}

// CertificateType returns a kind of certificate by its code.
func (s *Service) CertificateType(tx *db.Tx, code string) (CertificateType, error) {
	return findCertificateType(tx, code)
}

// CertificateTypes lists the kinds of certificates, the first five hundred by their codes.
func (s *Service) CertificateTypes(tx *db.Tx) ([]CertificateType, error) {
	return listCertificateTypes(tx, 500)
}

// Versions lists the versions of an item, newest first.
func (s *Service) Versions(tx *db.Tx, code string) ([]Entry, error) { return listVersions(tx, code) }

// Numbered returns a version of an item by its number; none is an Unknown fault.
func (s *Service) Numbered(tx *db.Tx, code string, number int) (*Item, error) {
	return findNumber(tx, code, number)
}

// Facets lists the values of one kind of facet, the most frequent first.
func (s *Service) Facets(tx *db.Tx, kind string) ([]Facet, error) { return listFacet(tx, kind) }

// Posts is how many items pass each of their cases through a post, or through one
// that a rule such as "@township.clerk" chooses.
func (s *Service) Posts(tx *db.Tx) (map[string]int, error) {
	list, err := listFacet(tx, facetPost)
	posts := make(map[string]int, len(list))
	for _, f := range list {
		posts[f.Value] = f.Items
	}
	return posts, err
}

// Count is how many items there are.
func (s *Service) Count(tx *db.Tx) (int, error) { return countItems(tx, nil) }

// Browse lists up to limit items after a place ("" for the first), complete ones
// first, those of one authority together and by theme. next is "" on the last page.
func (s *Service) Browse(tx *db.Tx, f Filter, after string, limit int) (list []Entry, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	if f.All {
		list, err = listKept(tx, f, after, limit+1)
	} else {
		list, err = listEntries(tx, f.facets(), false, after, limit+1)
	}
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Place
	}
	return list, next, err
}

// Before lists the items by which a person gets a certificate that an item which is
// not for persons asks for, such as the business licence before a food licence.
func (s *Service) Before(tx *db.Tx, it *Item) (list []*Item, err error) {
	var asked []string
	for _, m := range it.Materials {
		asked = append(asked, m.ReplacedBy...)
	}
	entries, _, err := s.Browse(tx, Filter{Who: WhoPerson}, "", maxPage)
	for _, e := range entries {
		other, err := s.Version(tx, e.ID)
		if err != nil {
			return nil, err
		}
		if c := other.Result.Certificate; c != "" && other.Code != it.Code && slices.Contains(asked, c) {
			list = append(list, other)
		}
	}
	slices.SortStableFunc(list, func(a, b *Item) int { return len(a.Audience) - len(b.Audience) }) // the most personal first
	return list, err
}

// Hit is an item that was found.
type Hit struct {
	Entry
	Score int64
}

// Reading is how a search was understood.
type Reading struct {
	How search.How // of the best hit
	As  []string   // what was looked for instead: other words for it, or words that somebody may have meant

	off []int64 // items that are taken from the list, where they would stand among the first
}

// Search finds items by name, by what people call them, by synonyms, by pinyin or its first
// letters, by code, and in spite of single typing errors. What is called just so comes first.
// after is the next of the page before, "" for the first. Only the best search.Most items can
// be paged through.
func (s *Service) Search(tx *db.Tx, text string, f Filter, after string, limit int) (list []Hit, next string, err error) {
	list, next, _, _, err = s.search(tx, text, f, after, limit)
	return list, next, err
}

// search is Search with how many items were found on all pages, and how.
func (s *Service) search(tx *db.Tx, text string, f Filter, after string, limit int) (list []Hit, next string, found int, as Reading, err error) {
	t, err := s.words(tx)
	if err != nil {
		return nil, "", 0, as, err
	}
	return s.searchWith(tx, t, text, f, after, limit)
}

func (s *Service) searchWith(tx *db.Tx, t *thesaurus, text string, f Filter, after string, limit int) (list []Hit, next string, found int, as Reading, err error) {
	limit = min(max(limit, 1), maxPage)
	hits, as, err := look(tx, t, text)
	if err != nil || len(hits) == 0 {
		return nil, "", 0, as, err
	}
	looked := slices.Clone(hits[:min(len(hits), mostOff)])
	if hits, err = narrowed(tx, hits, f); err != nil {
		return nil, "", 0, as, err
	}
	if !f.All && after == "" {
		if as.off, err = suspendedOf(tx, looked); err != nil {
			return nil, "", 0, as, err
		}
	}
	found = len(hits)
	hits = hits[afterHit(hits, after):]
	if len(hits) > limit {
		hits = hits[:limit]
		last := hits[limit-1]
		next = strconv.FormatInt(last.Score, 36) + "-" + strconv.FormatInt(last.Doc, 36)
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.Doc
	}
	entries, err := listEntriesOf(tx, ids)
	for _, h := range hits {
		if e, ok := entries[h.Doc]; ok {
			list = append(list, Hit{e, h.Score})
		}
	}
	return list, next, found, as, err
}

// mostOff is among how many of the first hits one is told of what is not offered at present.
const mostOff = 3

// suspendedOf lists which of some hits nobody may apply for today and are what was asked
// for: who only came near to one need not know.
func suspendedOf(tx *db.Tx, hits []search.Hit) (list []int64, err error) {
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.Doc
	}
	on, err := listOffered(tx, ids)
	for _, h := range hits {
		if !on[h.Doc] && h.How <= search.Sound {
			list = append(list, h.Doc)
		}
	}
	return list, err
}

// look asks for what is called so and for what was typed, then for what it may have been
// meant to be, then for what comes near.
func look(tx *db.Tx, t *thesaurus, text string) (hits []search.Hit, as Reading, err error) {
	titled, err := search.Titled(tx, searchKind, text)
	if err != nil {
		return nil, as, err
	}
	typed, also := t.read(text)
	if hits, err = search.Exact(tx, searchKind, typed, also...); err != nil {
		return nil, as, err
	}
	if hits = before(titled, hits); len(hits) > 0 {
		if as.How = hits[0].How; as.How == search.Said {
			as.As = also
		}
		return hits, as, nil
	}
	if hits, err = search.Alike(tx, searchKind, typed); err != nil || len(hits) > 0 {
		return hits, Reading{How: search.Sound}, err
	}
	if phrases, meant := t.guess(typed); len(phrases) > 0 {
		if hits, err = search.Exact(tx, searchKind, "", append(slices.Clone(phrases), meant...)...); err != nil {
			return nil, as, err
		}
		if len(hits) > 0 {
			return hits, Reading{How: search.Near, As: phrases}, nil
		}
	}
	if hits, err = search.Loose(tx, searchKind, typed); err == nil && len(hits) > 0 {
		as.How = hits[0].How
	}
	return hits, as, err
}

// before puts hits before others, each document once.
func before(first, others []search.Hit) []search.Hit {
	others = slices.DeleteFunc(others, func(h search.Hit) bool {
		return slices.ContainsFunc(first, func(f search.Hit) bool { return f.Doc == h.Doc })
	})
	return append(first, others...)
}

// afterHit is the number of hits up to and with the one that a key names.
func afterHit(hits []search.Hit, after string) int {
	a, b, ok := strings.Cut(after, "-")
	score, err1 := strconv.ParseInt(a, 36, 64)
	doc, err2 := strconv.ParseInt(b, 36, 64)
	if !ok || err1 != nil || err2 != nil {
		return 0
	}
	for i, h := range hits {
		if h.Score < score || h.Score == score && h.Doc > doc {
			return i
		}
	}
	return len(hits)
}

func narrowed(tx *db.Tx, hits []search.Hit, f Filter) ([]search.Hit, error) {
	narrow := func(with func(ids []int64) (map[int64]bool, error)) error {
		ids := make([]int64, len(hits))
		for i, h := range hits {
			ids[i] = h.Doc
		}
		kept, err := with(ids)
		hits = slices.DeleteFunc(hits, func(h search.Hit) bool { return !kept[h.Doc] })
		return err
	}
	if f.All {
		err := narrow(func(ids []int64) (map[int64]bool, error) { return listKeptOf(tx, f, ids) })
		return hits, err
	}
	if err := narrow(func(ids []int64) (map[int64]bool, error) { return listOffered(tx, ids) }); err != nil {
		return nil, err
	}
	for _, facet := range f.facets() {
		if err := narrow(func(ids []int64) (map[int64]bool, error) { return listWith(tx, ids, facet) }); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// searchKind is the kind of document that items are to the search engine.
const searchKind = "catalog"

// found is by what an item is found. A name counts most, then what people call it.
func (it *Item) found(id int64) search.Document {
	name, called := 60, 40
	if it.Bare {
		name, called = 50, 30
	}
	if it.ActsOn != nil { // whoever says no more begins with the licence, and changes and renews it later
		name, called = name-1, called-1
	}
	var gists []string
	for _, b := range it.Basis {
		gists = append(gists, b.Law)
	}
	return search.Document{ID: id, Fields: []search.Field{
		{Text: it.Name, Weight: name, Title: true, Sound: true},
		{Text: strings.Join(it.Keywords, " "), Weight: called, Sound: true},
		{Text: it.MainItem + " " + it.Result.Name, Weight: 20},
		{Text: strings.Join(it.Themes, " "), Weight: 5},
		{Text: strings.Join(gists, " "), Weight: 2},
		{Text: strings.Join([]string{it.Code, it.BaseCode, it.ImplementCode, it.HandleCode, it.LocalCode}, " "), Weight: 10},
	}}
}

// indexItems makes items findable.
func indexItems(tx *db.Tx, items ...search.Document) error {
	for _, d := range items {
		if err := markIndexed(tx, d.ID); err != nil {
			return err
		}
	}
	return search.Index(tx, searchKind, items...)
}

func initials(name string) string { return search.Initials(name) }
