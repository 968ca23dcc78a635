package catalog

import (
	"context"
	"slices"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Spread is what the library says today of one entry, proposed at one act for the items in force that still carry older
// words of it (推送到事项). Versions keep their words: each item gets a change of its own, which goes through review as
// every change does, and reviewers see them together.
type Spread struct {
	ID       int64
	Material string // code of the entry
	On       int    // version of the entry that is proposed
	Chosen   []string
	Reason   string
	State    SpreadState
	By       Person
	At       time.Time

	reached string
	account int64
}

// SpreadState says how far a spread is.
type SpreadState string

// The states of a spread.
const (
	SpreadRuns  SpreadState = "runs"
	SpreadDone  SpreadState = "done"
	SpreadMoved SpreadState = "moved" // the entry was changed meanwhile: the rest was given up
)

// SpreadOutcome is what became of an item. One that carries today's words already has none.
type SpreadOutcome string

// The outcomes.
const (
	SpreadSubmitted SpreadOutcome = "submitted" // a change was made and handed in for review
	SpreadDrafted   SpreadOutcome = "drafted"   // a draft was made; something else in the item keeps it from being handed in
	SpreadOpen      SpreadOutcome = "open"      // it had an open change, which was left to those who write it
)

// SpreadItem is an item of a spread with the change that it has.
type SpreadItem struct {
	Code    string
	Outcome SpreadOutcome
	Change  *Change
	Older   bool // the change carries older words of the entry
}

const (
	spreadJob    = "catalog.spread"
	spreadPage   = 20   // items in one unit of work
	mostChosen   = 50   // as many as a page of uses has
	mostOlder    = 1000 // uses that are looked at when the older ones are counted
	spreadLength = 20   // items of a page
	fewSpreads   = 5    // of an entry that its page lists
)

type dueSpread struct{ Spread int64 }

// Spread proposes what the library says today of an entry for the items in force that carry older words: all of them, or
// those whose codes are given, as many as a page of Uses has at most. on is the version of the entry that was looked at;
// another one since is the Stale fault catalog.library.stale. It needs the right catalog.keep; the same key gives the same
// spread. The first items are done at once, the others by a job.
func (s *Service) Spread(ctx context.Context, who auth.Actor, key, code string, on int, items []string, reason string) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	reason, err = wordsOf(reason, "reason", true)
	if err != nil {
		return 0, err
	}
	bad := fault.Fields{}
	bad.Need(len(items) <= mostChosen, "item", "catalog.spread.many")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.spread", key, []any{code, on, items, reason}, &id, func() error {
			m, err := lockOn(tx, code, on)
			if err != nil {
				return err
			}
			p := Spread{
				ID: tx.NewID(), Material: m.Code, On: on, Chosen: items, Reason: reason, State: SpreadRuns, By: personOf(who), At: tx.Now(), account: who.ID,
			}
			id = p.ID
			if err := insertSpread(tx, p); err != nil {
				return err
			}
			if s.Log != nil {
				facts := map[string]any{"spread": id, "version": on, "items": items, "reason": reason}
				if err := s.Log(tx, who, "catalog.material_spread", "catalog-material:"+m.Code, facts); err != nil {
					return err
				}
			}
			return job.Add(tx, spreadJob, time.Time{}, dueSpread{id})
		})
	})
	if err == nil {
		_, err = s.SpreadPage(ctx, id)
	}
	return id, err
}

// runSpread goes on with a spread behind the last item that was looked at.
func (s *Service) runSpread(ctx context.Context, body []byte) error {
	due, err := job.Decode[dueSpread](body)
	if err != nil {
		return err
	}
	for {
		more, err := s.SpreadPage(ctx, due.Spread)
		if err != nil || !more {
			return err
		}
	}
}

// SpreadPage proposes for the next items of a spread and reports whether there are more. Done by two at a time, each item
// is proposed once.
func (s *Service) SpreadPage(ctx context.Context, id int64) (more bool, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := lockSpread(tx, id)
		if more = p.State == SpreadRuns; err != nil || !more {
			return err
		}
		lib, err := findLibrary(tx, p.Material)
		if err != nil {
			return err
		}
		if lib.Version != p.On {
			more = false
			return changeSpread(tx, id, SpreadMoved, p.reached)
		}
		uses, err := listEntries(tx, [][2]string{{facetMaterial, lib.Code}}, false, p.reached, spreadPage)
		if err != nil {
			return err
		}
		for _, e := range uses {
			p.reached = e.Place
			if len(p.Chosen) > 0 && !slices.Contains(p.Chosen, e.Code) {
				continue
			}
			if err := s.spreadTo(tx, p, lib, e.Code); err != nil {
				return err
			}
		}
		if len(uses) < spreadPage {
			p.State, more = SpreadDone, false
		}
		return changeSpread(tx, id, p.State, p.reached)
	})
	return more, err
}

// spreadTo makes the change of one item and hands it in.
func (s *Service) spreadTo(tx *db.Tx, p Spread, lib LibraryMaterial, code string) error {
	if err := lockItem(tx, code); err != nil {
		return err
	}
	it, err := s.Current(tx, code)
	if err != nil {
		return err
	}
	next := Refresh(it, lib)
	if next == it {
		return nil
	}
	open, err := listOpenChanges(tx, code, p.By.Staff, "", maxPage)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return insertSpreadItem(tx, p.ID, code, SpreadOpen, open[0].ID)
	}
	who := auth.Actor{ID: p.account, Kind: auth.Staff, Staff: p.By.Staff, Name: p.By.Name}
	c, err := s.draft(tx, who, next)
	if err != nil {
		return err
	}
	wrong, err := s.Problems(tx, c)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return insertSpreadItem(tx, p.ID, code, SpreadDrafted, c.ID)
	}
	c.Reason = p.Reason
	if err := s.move(tx, who, c, ActSubmit); err != nil {
		return err
	}
	if err := s.keepEvidence(tx, who, c, "catalog.change_submit", map[string]any{"reason": p.Reason, "spread": p.ID}); err != nil {
		return err
	}
	return insertSpreadItem(tx, p.ID, code, SpreadSubmitted, c.ID)
}

// SpreadOf returns a spread with how many items came to which outcome; none of that id is the Unknown fault
// catalog.spread.none.
func (s *Service) SpreadOf(tx *db.Tx, id int64) (p Spread, counts map[SpreadOutcome]int, err error) {
	if p, err = findSpread(tx, id, ""); err == nil {
		counts, err = countSpread(tx, id)
	}
	return p, counts, err
}

// SpreadItems lists the items of a spread after a code, each with its change; next is the code to go on with, "" at the
// end.
func (s *Service) SpreadItems(tx *db.Tx, p Spread, after string) (list []SpreadItem, next string, err error) {
	rows, err := listSpreadItems(tx, p.ID, after, spreadLength+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > spreadLength {
		rows = rows[:spreadLength]
		next = rows[spreadLength-1].code
	}
	lib, err := findLibrary(tx, p.Material)
	if err != nil {
		return nil, "", err
	}
	for _, r := range rows {
		c, err := s.Change(tx, r.change)
		if err != nil {
			return nil, "", err
		}
		list = append(list, SpreadItem{Code: r.code, Outcome: r.outcome, Change: c, Older: Refresh(c.Item, lib) != c.Item})
	}
	return list, next, nil
}

// Spreads lists the latest spreads of an entry, a few.
func (s *Service) Spreads(tx *db.Tx, code string) ([]Spread, error) {
	return listSpreads(tx, code, fewSpreads)
}

// SpreadOfChange returns the spread that made a change, nil: none did.
func (s *Service) SpreadOfChange(tx *db.Tx, change int64) (*Spread, error) {
	return findSpreadOf(tx, change)
}

// SpreadWaiting is a spread with how many of its changes wait for the review of somebody.
type SpreadWaiting struct {
	Spread  int64
	Name    string // of the entry
	Waiting int
}

// SpreadsToReview lists the spreads of which changes wait for the review of somebody, the latest first, a few.
func (s *Service) SpreadsToReview(tx *db.Tx, who auth.Actor) ([]SpreadWaiting, error) {
	return listSpreadsToReview(tx, who.Staff, scopeOf(who), fewSpreads)
}

// TakeLibrary takes today's words of the library over into a draft that carries older ones: all that a draft says of its
// own stays. Faults and rights as for EditChange.
func (s *Service) TakeLibrary(ctx context.Context, who auth.Actor, change int64, lock int) (*Change, error) {
	return s.EditChange(ctx, who, change, lock, func(*Item) error { return nil }) // an edit inherits
}

// OlderUses counts the items in force that carry older words of an entry; most says that there are too many to look at
// all of them, and that it may be more.
func (s *Service) OlderUses(tx *db.Tx, lib LibraryMaterial) (n int, most bool, err error) {
	seen := 0
	for after := ""; ; {
		uses, err := listEntries(tx, [][2]string{{facetMaterial, lib.Code}}, false, after, maxPage)
		if err != nil {
			return 0, false, err
		}
		ids := make([]int64, len(uses))
		for i, e := range uses {
			ids[i], after = e.ID, e.Place
		}
		items, err := listItems(tx, ids) // not Version: what is only counted need not stay in memory
		if err != nil {
			return 0, false, err
		}
		for _, it := range items {
			if Refresh(it, lib) != it {
				n++
			}
		}
		if seen += len(uses); len(uses) < maxPage || seen >= mostOlder {
			return n, len(uses) == maxPage, nil
		}
	}
}
