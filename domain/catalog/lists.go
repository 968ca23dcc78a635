package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// The lists that the law wants to be public, each made from the records of the items.
const (
	ListApprovals    = "approvals"    // 行政审批事项目录
	ListPowers       = "powers"       // 权力清单
	ListDuties       = "duties"       // 责任清单
	ListAccess       = "access"       // 市场准入负面清单
	ListIntermediary = "intermediary" // 中介服务清单
	ListProofs       = "proofs"       // 证明事项清单
	ListPledge       = "pledge"       // 告知承诺清单
	ListTolerance    = "tolerance"    // 容缺受理清单
	ListSpot         = "spot"         // 即办清单
	ListOnce         = "once"         // 一次办清单
	ListOnline       = "online"       // 网上办清单
)

// List is one public list: what it rests on, which items are on it and what it says of each.
type List struct {
	Kind    string
	Grounds []Basis              // why it is published; what is not of high confidence is still to be checked
	Has     func(it *Item) bool  // whether an item belongs on it
	Powers  bool                 // it also holds the powers of the base catalogue that no item carries out
	Columns []Column             // in order
	split   func(it *Item) []Row // the rows of an item, nil for one
}

// Row is one line of a list: an item or a power, with the part of it that the line is about.
type Row struct {
	Item     *Item // nil for a power that no item carries out
	Base     *Base // nil for an item
	Material *Material
	Service  *Intermediary
}

// Column is one thing that a list says of each row. Key is its name for programs and never changes.
type Column struct {
	Key   string
	Width int  // in Chinese characters, for sheets
	Shown bool // on the page; the others are in the downloads alone
	Of    func(r Row) any
}

// What a column may say, besides text, numbers and yes or no: codes that readers want the words of.
type (
	TypeCode  string // of the kind of an item, 事项类型
	UnitCode  string // of a unit
	LevelCode string // 行使层级
	DepthCode string // 网上办理深度
)

// Lists returns every public list, in the order of pages.
func Lists() []List { return lists }

// ListOf returns a list by its kind.
func ListOf(kind string) (List, bool) {
	if i := slices.IndexFunc(lists, func(l List) bool { return l.Kind == kind }); i >= 0 {
		return lists[i], true
	}
	return List{}, false
}

// Rows are the lines of an item on the list.
func (l List) Rows(it *Item) []Row {
	if l.split == nil {
		return []Row{{Item: it}}
	}
	return l.split(it)
}

// facetList finds the items on a public list.
const facetList = "list"

// mayList reports whether an item may stand on public lists at all. Whether its dates allow it today is for the query to
// say (inForce), because days pass without anything being published.
func mayList(it *Item) bool { return it.Name != "" }

// listFacets are the lists that the item stands on, for the index.
func (it *Item) listFacets() (all [][2]string) {
	if !mayList(it) {
		return nil
	}
	for _, l := range lists {
		if l.Has(it) {
			all = append(all, [2]string{facetList, l.Kind})
		}
	}
	return all
}

// ListFilter narrows a list; the zero value takes all of it.
type ListFilter struct{ Type, Body, Text string }

// ListState is how a list stands today.
type ListState struct {
	List    List
	Entries int
	Changed time.Time // zero: never
}

// ListStates tells how every public list stands.
func (s *Service) ListStates(tx *db.Tx) (all []ListState, err error) {
	counts, err := countLists(tx)
	if err != nil {
		return nil, err
	}
	idle, err := countPowers(tx, ListFilter{})
	if err != nil {
		return nil, err
	}
	changed, err := listChanged(tx)
	for _, l := range lists {
		state := ListState{l, counts[l.Kind], changed[l.Kind]}
		if l.Powers {
			state.Entries += idle
		}
		all = append(all, state)
	}
	return all, err
}

// ListStateOf tells how one list stands; an unknown one is an Unknown fault.
func (s *Service) ListStateOf(tx *db.Tx, kind string) (state ListState, err error) {
	l, ok := ListOf(kind)
	if !ok {
		return state, fault.New(fault.Unknown, "catalog.list.none")
	}
	changed, err := listChanged(tx)
	if err != nil {
		return state, err
	}
	state = ListState{List: l, Changed: changed[kind]}
	if state.Entries, err = countMembers(tx, kind, ListFilter{}); err != nil || !l.Powers {
		return state, err
	}
	idle, err := countPowers(tx, ListFilter{})
	state.Entries += idle
	return state, err
}

// ListMark marks what a list says today without reading it: the same mark is the same list, as long as no unit gets another
// name.
func (s *Service) ListMark(tx *db.Tx, state ListState) (string, error) {
	mark, err := findListMark(tx, state.List.Kind)
	if err != nil {
		return "", err
	}
	return hashOf([]any{state.List.Kind, today(tx), state.Entries, state.Changed.UnixMilli(), mark})
}

// ListPage is one page of a list.
type ListPage struct {
	Rows  []Row
	Items int    // on the whole list, with the filter
	Next  string // key of the next page, "" for none
}

// powerKey begins the keys of pages after the last item. Places of items never begin like this.
const powerKey = "power:"

// ListRows returns a page of a list: limit entries after a key, each with all its rows. The page, the count and every
// download take what Members takes. An unknown list is an Unknown fault.
func (s *Service) ListRows(tx *db.Tx, kind string, f ListFilter, after string, limit int) (p ListPage, err error) {
	l, ok := ListOf(kind)
	if !ok {
		return p, fault.New(fault.Unknown, "catalog.list.none")
	}
	limit = min(max(limit, 1), maxPage)
	if f.Text != "" {
		return s.searchList(tx, l, f, after, limit)
	}
	if p.Items, err = countMembers(tx, kind, f); err != nil {
		return p, err
	}
	powersAfter, powers := strings.CutPrefix(after, powerKey)
	if !powers {
		entries, err := listMembers(tx, kind, f, after, limit+1)
		if err != nil {
			return p, err
		}
		more := len(entries) > limit
		entries = entries[:min(len(entries), limit)]
		if p.Rows, err = s.rowsOf(tx, l, entries); err != nil {
			return p, err
		}
		if more {
			p.Next = entries[limit-1].Place
		}
		limit -= len(entries)
	}
	return p, s.fillPowers(tx, l, f, &p, powersAfter, limit)
}

// fillPowers adds powers that no item carries out, up to limit, once the items have come to their end.
func (s *Service) fillPowers(tx *db.Tx, l List, f ListFilter, p *ListPage, after string, limit int) error {
	if !l.Powers {
		return nil
	}
	n, err := countPowers(tx, f)
	p.Items += n
	if err != nil || n == 0 || p.Next != "" {
		return err
	}
	if limit == 0 {
		p.Next = powerKey + after
		return nil
	}
	powers, err := listPowers(tx, f, after, limit+1)
	if len(powers) > limit {
		powers = powers[:limit]
		p.Next = powerKey + powers[limit-1].Code
	}
	for _, b := range powers {
		p.Rows = append(p.Rows, Row{Base: b})
	}
	return err
}

func (s *Service) rowsOf(tx *db.Tx, l List, entries []Entry) (rows []Row, err error) {
	items, err := listItems(tx, versionsOf(entries))
	for _, e := range entries {
		if it := items[e.ID]; it != nil {
			rows = append(rows, l.Rows(it)...)
		}
	}
	return rows, err
}

// versionsOf are the ids of the versions of entries.
func versionsOf(entries []Entry) []int64 {
	ids := make([]int64, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return ids
}

// searchList finds the items of a list by words, the best first. The key of a page is how many were shown, because the
// best that the search gives are few and ranked anew each time.
func (s *Service) searchList(tx *db.Tx, l List, f ListFilter, after string, limit int) (p ListPage, err error) {
	t, err := s.words(tx)
	if err != nil {
		return p, err
	}
	hits, _, err := look(tx, t, f.Text)
	if err != nil || len(hits) == 0 {
		return p, err
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.Doc
	}
	found, err := listMembersOf(tx, l.Kind, f, ids)
	if err != nil {
		return p, err
	}
	var entries []Entry
	for _, id := range ids {
		if e, ok := found[id]; ok {
			entries = append(entries, e)
		}
	}
	p.Items = len(entries)
	from, _ := strconv.Atoi(after) // what is no number is the beginning
	from = min(max(from, 0), len(entries))
	to := min(from+limit, len(entries))
	if to < len(entries) {
		p.Next = strconv.Itoa(to)
	}
	p.Rows, err = s.rowsOf(tx, l, entries[from:to])
	return p, err
}

// Member is one entry of a whole list: the version of an item, or a power.
type Member struct {
	Version int64
	Base    *Base    // nil for an item
	Bodies  []string // codes of the units in whose name
}

// Members returns everything on a list as it stands at this moment, in the order of its pages. Versions never change, so
// that what they say can be read afterwards, a part at a time (MemberRows).
func (s *Service) Members(tx *db.Tx, kind string) ([]Member, error) {
	l, ok := ListOf(kind)
	if !ok {
		return nil, fault.New(fault.Unknown, "catalog.list.none")
	}
	all, err := listWhole(tx, kind)
	if err != nil || !l.Powers {
		return all, err
	}
	for after := ""; ; {
		powers, err := listPowers(tx, ListFilter{}, after, maxPage)
		if err != nil || len(powers) == 0 {
			return all, err
		}
		for _, b := range powers {
			all = append(all, Member{Base: b, Bodies: b.Bodies})
		}
		after = powers[len(powers)-1].Code
	}
}

// MemberRows reads the rows of some members of a list. Unlike Version it keeps nothing in memory: a whole list is read
// once and let go.
func (s *Service) MemberRows(tx *db.Tx, l List, members []Member) (rows []Row, err error) {
	var ids []int64
	for _, m := range members {
		if m.Base == nil {
			ids = append(ids, m.Version)
		}
	}
	items, err := listItems(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		switch it := items[m.Version]; {
		case m.Base != nil:
			rows = append(rows, Row{Base: m.Base})
		case it != nil:
			rows = append(rows, l.Rows(it)...)
		}
	}
	return rows, nil
}

// ListGroups counts the entries of a list by body and by type, for those who narrow it.
func (s *Service) ListGroups(tx *db.Tx, kind string) (bodies, types []Facet, err error) {
	groups, err := listGroups(tx, kind)
	byBody, byType := map[string]int{}, map[string]int{}
	for _, g := range groups {
		byBody[g.body] += g.n
		byType[g.kind] += g.n
	}
	return facetsOf(byBody), facetsOf(byType), err
}

// facetsOf sorts counted values, the most frequent first.
func facetsOf(count map[string]int) (all []Facet) {
	for value, n := range count {
		all = append(all, Facet{value, n})
	}
	slices.SortFunc(all, func(a, b Facet) int { return cmp.Or(b.Items-a.Items, strings.Compare(a.Value, b.Value)) })
	return all
}

// today is the day on which a unit of work happens.
func today(tx *db.Tx) string { return calendar.DateOf(tx.Now()).String() }
