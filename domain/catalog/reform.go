package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// ReformKind is what became of an item or power.
type ReformKind string

// The kinds of reform.
const (
	ReformCancelled   ReformKind = "cancelled"   // 取消
	ReformDelegated   ReformKind = "delegated"   // 下放: given to a lower level
	ReformUndertaken  ReformKind = "undertaken"  // 承接: taken from a higher level
	ReformTransferred ReformKind = "transferred" // 划转: moved to the bureau
	ReformMerged      ReformKind = "merged"      // 合并
	ReformAdjusted    ReformKind = "adjusted"    // 调整
)

// ReformKinds lists the kinds, in the order of pages.
func ReformKinds() []ReformKind {
	return []ReformKind{ReformTransferred, ReformUndertaken, ReformDelegated, ReformCancelled, ReformMerged, ReformAdjusted}
}

// moves reports whether a reform of the kind takes something from one unit to another.
func (k ReformKind) moves() bool {
	return k == ReformDelegated || k == ReformUndertaken || k == ReformTransferred
}

// Spent is what an item takes of people. Nil is what the entry does not say.
type Spent struct {
	Materials *int `yaml:"materials" json:"materials,omitempty"`
	Steps     *int `yaml:"steps" json:"steps,omitempty"`
	Days      *int `yaml:"days" json:"days,omitempty"` // working days
	Visits    *int `yaml:"visits" json:"visits,omitempty"`
}

// Reform is one entry of the ledger of reform (改革台账). Entries are never changed and never removed: a later one takes the
// place of one that was wrong.
type Reform struct {
	ID          int64      `yaml:"-" json:"id"`
	Kind        ReformKind `yaml:"kind" json:"kind"`
	Item        string     `yaml:"item" json:"item,omitempty"` // code, "" for what the catalogue does not hold
	Name        string     `yaml:"name" json:"name"`
	Base        string     `yaml:"base" json:"base,omitempty"` // 基本编码
	From        string     `yaml:"from" json:"from,omitempty"` // unit: its code, or its name where it is no unit of this place
	To          string     `yaml:"to" json:"to,omitempty"`
	Document    string     `yaml:"document" json:"document"` // its name and number
	DocumentDay string     `yaml:"document_date" json:"document_date,omitempty"`
	Effective   string     `yaml:"effective" json:"effective"`
	Before      Spent      `yaml:"before" json:"before,omitzero"`
	After       Spent      `yaml:"after" json:"after,omitzero"`
	Note        string     `yaml:"note" json:"note,omitempty"`

	Corrects    int64     `yaml:"-" json:"corrects,omitempty"`     // the entry whose place it takes
	Reason      string    `yaml:"-" json:"reason,omitempty"`       // why it does
	Void        bool      `yaml:"-" json:"void,omitempty"`         // it only says that the other does not hold
	CorrectedBy int64     `yaml:"-" json:"corrected_by,omitempty"` // the entry that has taken its place
	At          time.Time `yaml:"-" json:"-"`                      // of the entry
}

// Standing reports whether the entry holds: nothing has taken its place, and it takes nothing away.
func (r Reform) Standing() bool { return r.CorrectedBy == 0 && !r.Void }

// Bounds of what is typed.
const (
	longestName = 200 // characters
	longestText = 500
	mostSpent   = 9999
)

// wrong says by field what is wrong with an entry.
func (r Reform) wrong(now time.Time) error {
	bad := fault.Fields{}
	short := func(text string, most int) bool { return utf8.RuneCountInString(text) <= most }
	bad.Need(slices.Contains(ReformKinds(), r.Kind), "kind", "catalog.reform.kind")
	bad.Need(r.Name != "" && short(r.Name, longestName), "name", "catalog.reform.name")
	bad.Need(r.Item == "" || codeShape.MatchString(r.Item), "item", "catalog.reform.item")
	bad.Need(r.Base == "" || baseShape.MatchString(r.Base), "base", "catalog.reform.base")
	bad.Need(r.From != "" && short(r.From, longestName), "from", "catalog.reform.from")
	bad.Need(short(r.To, longestName) && (!r.Kind.moves() || r.To != "" && r.To != r.From), "to", "catalog.reform.to")
	bad.Need(r.Document != "" && short(r.Document, longestName), "document", "catalog.reform.document")
	bad.Need(r.DocumentDay == "" || dayUpTo(r.DocumentDay, now), "document_day", "catalog.reform.day")
	_, err := calendar.ParseDate(r.Effective)
	bad.Need(err == nil, "effective", "catalog.reform.effective")
	bad.Need(short(r.Note, longestText), "note", "catalog.reform.note")
	for name, n := range map[string]*int{
		"before_materials": r.Before.Materials, "before_steps": r.Before.Steps, "before_days": r.Before.Days, "before_visits": r.Before.Visits,
		"after_materials": r.After.Materials, "after_steps": r.After.Steps, "after_days": r.After.Days, "after_visits": r.After.Visits,
	} {
		bad.Need(n == nil || *n >= 0 && *n <= mostSpent, name, "catalog.reform.spent")
	}
	return bad.Err()
}

// dayUpTo reports whether text is a day that is not still to come.
func dayUpTo(text string, now time.Time) bool {
	day, err := calendar.ParseDate(text)
	return err == nil && day <= calendar.DateOf(now)
}

// tidy drops spaces around what was typed.
func (r *Reform) tidy() {
	for _, text := range []*string{&r.Item, &r.Name, &r.Base, &r.From, &r.To, &r.Document, &r.DocumentDay, &r.Effective, &r.Note, &r.Reason} {
		*text = strings.TrimSpace(*text)
	}
}

// EnterReform writes an entry into the ledger of reform, for whoever holds catalog.keep; sent twice under one key it is
// written once. What is wrong is an Invalid fault by field. The entry is kept as evidence, and the rates take what it says
// there was before.
func (s *Service) EnterReform(ctx context.Context, who auth.Actor, key string, r Reform) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	r.tidy()
	r.Corrects, r.Reason, r.Void = 0, "", false
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.reform", key, r, &id, func() (err error) {
			id, err = s.enter(tx, who, r, "")
			return err
		})
	})
	return id, err
}

// CorrectReform lets a new entry take the place of one that was wrong, which stays in the ledger as it was; with Void
// nothing takes its place. A reason is needed. An entry that was corrected already is the Stale fault
// catalog.reform.corrected: the later one is the one to correct. Otherwise as EnterReform.
func (s *Service) CorrectReform(ctx context.Context, who auth.Actor, key string, wrong int64, r Reform) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	r.tidy()
	r.Corrects = wrong
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.reform_correct", key, r, &id, func() error {
			was, err := lockReform(tx, wrong)
			switch {
			case err != nil:
				return err
			case !was.Standing():
				return fault.New(fault.Stale, "catalog.reform.corrected")
			case r.Reason == "" || utf8.RuneCountInString(r.Reason) > longestText:
				return fault.Fields{"reason": "catalog.reform.reason"}.Err()
			}
			next := r
			if r.Void {
				next = was
				next.Corrects, next.Reason, next.Void = wrong, r.Reason, true
			}
			if id, err = s.enter(tx, who, next, ""); err != nil {
				return err
			}
			if err := markCorrected(tx, wrong, id); err != nil {
				return err
			}
			if err := changeBefore(tx, was.Item); err != nil {
				return err
			}
			return changeBefore(tx, next.Item)
		})
	})
	return id, err
}

func (s *Service) enter(tx *db.Tx, who auth.Actor, r Reform, source string) (int64, error) {
	if err := r.wrong(tx.Now()); err != nil {
		return 0, err
	}
	r.ID, r.At, r.CorrectedBy = tx.NewID(), tx.Now(), 0
	if err := insertReform(tx, r, who.ID, source); err != nil {
		return 0, err
	}
	if err := changeBefore(tx, r.Item); err != nil {
		return 0, err
	}
	return r.ID, s.prove(tx, who, actReform, reformChain(r.ID), r)
}

// prove keeps an entry of the ledger of reform, or an act on a seal, as evidence, also one that a package brought: Check wants
// every row proved.
func (s *Service) prove(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	if s.Log == nil {
		return nil
	}
	return s.Log(tx, who, act, about, facts)
}

const (
	actReform    = "catalog.reform_entered"
	reformsOfAll = "catalog:reform:" // begins the names of chains
)

func reformChain(id int64) string { return reformsOfAll + strconv.FormatInt(id, 10) }

// Reform returns an entry of the ledger; no such entry is an Unknown fault.
func (s *Service) Reform(tx *db.Tx, id int64) (Reform, error) { return findReform(tx, id, "") }

// ReformFilter narrows the ledger. All takes the entries that were corrected too.
type ReformFilter struct {
	Kind ReformKind
	All  bool
}

// Reforms returns a page of the ledger, the latest in effect first: up to limit entries after a key, and the key of the next
// page, "" for none.
func (s *Service) Reforms(tx *db.Tx, f ReformFilter, after string, limit int) (list []Reform, next string, err error) {
	limit = min(max(limit, 1), maxPage)
	day, id, _ := strings.Cut(after, ".")
	n, wrong := strconv.ParseInt(id, 10, 64)
	if wrong != nil {
		day, n = lastDay, 0
	}
	list, err = listReforms(tx, f, day, n, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Effective + "." + strconv.FormatInt(list[limit-1].ID, 10)
	}
	return list, next, err
}

// CountReforms counts the entries that hold, by kind.
func (s *Service) CountReforms(tx *db.Tx) (map[ReformKind]int, error) { return countReforms(tx) }

// LedgerState is how many entries hold, or how many seals are registered, and when there was news last.
type LedgerState struct {
	Entries int
	Changed time.Time // zero: never
}

// LedgerStates tells how the ledger of reform and the register of seals stand.
func (s *Service) LedgerStates(tx *db.Tx) (reforms, seals LedgerState, err error) {
	return ledgerStates(tx)
}
