package catalog

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

// Implementation is an item in force that carries out a base item.
type Implementation struct {
	Entry
	Base          string
	Level         string // 行使层级
	ImplementCode string
	HandleCode    string
	Off           int         // in how many elements it leaves the base item; -1: there is no base item of its code
	Deviations    []Deviation // each of them
}

// implementationKey is the key of a line of implementations.
type implementationKey struct {
	level string
	item  int64
}

// noBase is Off of an item whose base code nobody keeps.
const noBase = -1

// Implementations lists up to limit items that carry out a base item after a key ("" for the first), by level, with their
// deviations. next is "" on the last page.
func (s *Service) Implementations(tx *db.Tx, base, after string, limit int) (list []Implementation, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	level, item, _ := strings.Cut(after, "-")
	id, _ := strconv.ParseInt(item, 10, 64)
	list, err = listImplementations(tx, base, implementationKey{level, id}, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = last.Level + "-" + strconv.FormatInt(last.item, 10)
	}
	items := make([]int64, len(list))
	for i, x := range list {
		items[i] = x.item
	}
	found, err := listDeviationsOf(tx, items)
	for i := range list {
		list[i].Deviations = found[list[i].item]
	}
	return list, next, err
}

// DeviationFilter narrows the matrix of deviations; the zero value takes the base items that some item leaves.
type DeviationFilter struct {
	Element Element
	Level   string
	Unit    string // in whose name
	All     bool   // also those that every item keeps to
}

// BaseRow is one base item with how it is carried out at each level.
type BaseRow struct {
	Code   string
	Name   string
	Levels map[string]LevelCell
}

// LevelCell is how the items of one base at one level stand.
type LevelCell struct {
	Items    int
	Off      int             // of them, those that leave the base
	Elements map[Element]int // in what, and how many of them
}

// DeviationMatrix lists up to limit base items after a code ("" for the first), each with its levels. next is "" on the
// last page.
func (s *Service) DeviationMatrix(tx *db.Tx, f DeviationFilter, after string, limit int) (rows []BaseRow, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	codes, err := listOffBases(tx, f, after, limit+1)
	if err != nil || len(codes) == 0 {
		return nil, "", err
	}
	if len(codes) > limit {
		codes = codes[:limit]
		next = codes[limit-1]
	}
	names, err := listBaseNames(tx, codes)
	if err != nil {
		return nil, "", err
	}
	at := map[string]map[string]LevelCell{}
	for _, c := range codes {
		at[c] = map[string]LevelCell{}
		rows = append(rows, BaseRow{Code: c, Name: names[c], Levels: at[c]})
	}
	cells, err := listCells(tx, codes)
	if err != nil {
		return nil, "", err
	}
	for _, c := range cells {
		at[c.base][c.level] = LevelCell{Items: c.items, Off: c.off, Elements: map[Element]int{}}
	}
	off, err := listOff(tx, codes)
	for _, o := range off {
		if cell, ok := at[o.base][o.level]; ok {
			cell.Elements[o.element] = o.items
		}
	}
	return rows, next, err
}

// Conformity is how the catalogue as a whole stands to the base catalogue.
type Conformity struct {
	Items      int // that carry out a base item
	Off        int // of them, those that leave it
	Deviations int // in how many elements together
	Loose      int // items whose base code nobody keeps
}

// Conformity says how the items in force stand to their base items.
func (s *Service) Conformity(tx *db.Tx) (Conformity, error) { return countOff(tx) }

// OffUnits are the units in whose name items leave their base items, with how many deviations, the most first.
func (s *Service) OffUnits(tx *db.Tx) ([]Facet, error) { return listOffUnits(tx) }

// Sources are those that keep base items: 00 is the nation, others the first two digits of a province.
func (s *Service) Sources(tx *db.Tx) ([]string, error) { return listSources(tx) }

// LockChange is one change of what a source locks.
type LockChange struct {
	Source string
	Number int // from 1
	Locks  Locks
	Why    string
	Who    string
	Agreed Doer // who agreed to it, nobody where it was not proposed
	At     time.Time
}

// LocksOf is what a source locks, our reading where it has set nothing, with the number of the change that made it so.
func (s *Service) LocksOf(tx *db.Tx, source string) (Locks, int, error) {
	set, number, err := findLocks(tx, source)
	l := DefaultLocks()
	maps.Copy(l, set)
	return l, number, err
}

// LockChanges lists up to limit changes of a source before a number (0: the newest first).
func (s *Service) LockChanges(tx *db.Tx, source string, before, limit int) ([]LockChange, error) {
	return listLocks(tx, source, before, min(max(limit, 1), maxPage))
}

// enactLocks sets how far items may leave the base items of a source, for whoever holds catalog.keep, and compares them
// anew: the first hundred at once, the others in a job. on is the number of the change that was looked at: if another has
// come since, it is the Stale fault catalog.base.stale. What is set already makes no change. A lock that an element does
// not have is an Invalid fault of the field by its name.
func (s *Service) enactLocks(tx *db.Tx, who writer, source string, on int, l Locks, why string) error {
	bad := fault.Fields{}
	_, err := BaseCodeOf(source, TypeLicence, 1, 0)
	bad.Need(err == nil, "source", "catalog.lock.source")
	for e, lock := range l {
		bad.Need(slices.Contains(LocksFor(e), lock), string(e), "catalog.lock.none")
	}
	checkReason(bad, why)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := lockSource(tx, source); err != nil {
		return err
	}
	now, number, err := s.LocksOf(tx, source)
	if err != nil {
		return err
	}
	next := DefaultLocks()
	maps.Copy(next, l)
	switch {
	case maps.Equal(now, next):
		return nil
	case number != on:
		return fault.New(fault.Stale, "catalog.base.stale")
	}
	c := LockChange{Source: source, Number: number + 1, Locks: next, Why: why, Who: who.Name, At: tx.Now()}
	if err := insertLocks(tx, c, who.Staff); db.IsUnique(err) {
		return fault.New(fault.Stale, "catalog.base.stale") // somebody else's at the same moment
	} else if err != nil {
		return err
	}
	if err := s.compare(tx, reach{Low: source, High: source + "9999999999"}); err != nil {
		return err
	}
	return s.log(tx, who.acts(), "catalog.locks_set", "catalog.locks:"+source, who.facts(map[string]any{"source": source, "number": c.Number, "locks": next, "why": why}))
}

// keepInheritance compares an item that is to be in force with its base item. It waits for whoever changes the base or the
// locks of its source, so that neither overlooks the other.
func keepInheritance(tx *db.Tx, item int64, it *Item) error {
	if it.BaseCode == "" {
		return saveCarried(tx, item, it, 0, nil)
	}
	if err := lockSource(tx, sourceOf(it.BaseCode)); err != nil {
		return err
	}
	b, _, err := findBase(tx, it.BaseCode, "")
	if err != nil {
		return err
	}
	if b == nil {
		return saveCarried(tx, item, it, noBase, nil)
	}
	l, _, err := findLocks(tx, b.Source())
	if err != nil {
		return err
	}
	list := Deviations(b, it, l)
	return saveCarried(tx, item, it, len(list), list)
}

// reach are the items to compare with their bases anew: those that name base codes from Low to High, after one of them.
type reach struct {
	Low, High string
	AfterBase string
	AfterItem int64
}

// carriedVersions reads the versions of items past the memory: they are looked at once.
func carriedVersions(tx *db.Tx, list []carried) ([]*Item, error) {
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.version
	}
	found, err := listItems(tx, ids)
	all := make([]*Item, len(list))
	for i, id := range ids {
		if all[i] = found[id]; all[i] == nil && err == nil {
			err = fault.New(fault.Unknown, "catalog.item.none")
		}
	}
	return all, err
}

// inheritNumber is the number of the rules by which items are compared with their base items: raised when the elements change,
// so that Recompare goes over every item again.
const inheritNumber = 1

// Recompare compares every item that was compared by older rules with its base item, as after an upgrade. It is run when the
// program starts; done twice or stopped in between it goes on with what is left.
func (s *Service) Recompare(ctx context.Context) error {
	for {
		n := 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			list, err := listUncompared(tx, maxPage)
			if n = len(list); err != nil {
				return err
			}
			versions, err := carriedVersions(tx, list)
			for i := 0; i < n && err == nil; i++ {
				err = keepInheritance(tx, list[i].item, versions[i])
			}
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// jobCompare compares what one unit of work cannot.
const jobCompare = "catalog.compare"

// compare holds the items of a reach against their bases, a batch at once and the rest in a job. The source of the reach is
// locked before.
func (s *Service) compare(tx *db.Tx, r reach) error {
	list, err := listCarried(tx, r, maxPage+1)
	if err != nil {
		return err
	}
	versions, err := carriedVersions(tx, list)
	if err != nil {
		return err
	}
	for i, c := range list {
		if i == maxPage {
			return job.Add(tx, jobCompare, time.Time{}, r)
		}
		if err := keepInheritance(tx, c.item, versions[i]); err != nil {
			return err
		}
		r.AfterBase, r.AfterItem = c.base, c.item
	}
	return nil
}

// compareJob goes on with a comparison. Comparing again changes nothing.
func (s *Service) compareJob(ctx context.Context, body []byte) error {
	r, err := job.Decode[reach](body)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := lockSource(tx, sourceOf(r.Low)); err != nil { // so that the versions read are those in force until the end
			return err
		}
		return s.compare(tx, r)
	})
}

// Fix puts one element of an item in force into a draft as its base item has it, for whoever holds catalog.keep: into the
// draft that they have open, else into a new one, with why as its reason. An item that does not deviate in the element
// gets none (nil), and the same click twice is one. A road that lacks stations is the Conflict fault catalog.fix.by_hand:
// posts and days cannot be guessed; nor can the level of several, the Conflict fault catalog.fix.choose, nor the body, catalog.fix.choose_body.
func (s *Service) Fix(ctx context.Context, who auth.Actor, code string, e Element, why string) (c *Change, err error) {
	if !who.May(Keep) {
		return nil, fault.New(fault.Forbidden, "right.missing")
	}
	if LocksFor(e) == nil {
		return nil, fault.New(fault.Unknown, "catalog.fix.element")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := lockItem(tx, code); err != nil {
			return err
		}
		now, err := s.Current(tx, code)
		if err != nil {
			return err
		}
		b, _, err := s.Base(tx, now.BaseCode)
		if err != nil {
			return err
		}
		l, _, err := s.LocksOf(tx, b.Source())
		if err != nil {
			return err
		}
		d, off := deviation(b, now, e, l.Of(e))
		switch {
		case !off:
			return nil
		case e == ElementProcedure && len(d.Base) > 0:
			return fault.New(fault.Conflict, "catalog.fix.by_hand")
		case e == ElementLevel && len(d.Base) > 1:
			return fault.New(fault.Conflict, "catalog.fix.choose")
		case e == ElementBody && len(d.Base) > 1:
			return fault.New(fault.Conflict, "catalog.fix.choose_body")
		}
		if c, err = s.openDraft(tx, who, now); err == nil && c == nil {
			c, err = s.draft(tx, who, now)
		}
		if err != nil {
			return err
		}
		if next := c.Reason + "；" + why; c.Reason == "" {
			c.Reason = why
		} else if !strings.Contains(c.Reason, why) && utf8.RuneCountInString(next) <= mostReason {
			c.Reason = next
		}
		writer, err := findBaseWriter(tx, b.Code)
		if err != nil {
			return err
		}
		if err := addHand(tx, c, writer); err != nil {
			return err
		}
		return s.edit(tx, who, c, c.Lock, func(it *Item) error {
			*it = *Conform(b, it, e, l)
			return nil
		})
	})
	return c, err
}

// checkInheritance looks at every item in force that carries out a base item and tells the first whose deviations are not
// those that are kept. What the rules of today have not seen yet (Recompare) is not compared.
func (s *Service) checkInheritance(tx *db.Tx, count module.Count) error {
	r := reach{Low: "", High: "999999999999"}
	for {
		list, err := listCarried(tx, r, maxPage)
		if err != nil || len(list) == 0 {
			return err
		}
		items := make([]int64, len(list))
		for i, c := range list {
			items[i] = c.item
		}
		kept, err := listDeviationsOf(tx, items)
		if err != nil {
			return err
		}
		versions, err := carriedVersions(tx, list)
		if err != nil {
			return err
		}
		for i, c := range list {
			it := versions[i]
			b, _, err := findBase(tx, it.BaseCode, "")
			if err != nil {
				return err
			}
			var due []Deviation
			if b != nil {
				l, _, err := s.LocksOf(tx, b.Source())
				if err != nil {
					return err
				}
				due = Deviations(b, it, l)
			}
			if c.rules == inheritNumber && !slices.EqualFunc(due, kept[c.item], Deviation.equal) {
				return differs("inheritance", "code", it.Code)
			}
			r.AfterBase, r.AfterItem = c.base, c.item
		}
		count("items compared with the base item that they name", len(list))
	}
}

func (d Deviation) equal(o Deviation) bool {
	return d.Element == o.Element && d.Kind == o.Kind && slices.Equal(d.Base, o.Base) && slices.Equal(d.Item, o.Item)
}
