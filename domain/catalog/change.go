package catalog

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Review is the right to send a change back or to approve it. Whoever had a hand in the
// words of a change may not approve it, whatever rights they hold.
const Review = "catalog.review"

// Change is a proposed version of an item (变更), from its first draft until it is in
// force or withdrawn.
type Change struct {
	ID    int64
	Code  string // of the item
	Began int    // number of the version that it began from; 0 for an item that there is not yet
	State ChangeState
	Item  *Item // as proposed; a draft may be incomplete

	Reason    string // why, in the words of who proposes it
	Author    Person
	Editors   []Person // everybody who had a hand in it, the author too
	Reviewer  Person   // who sent it back or approved it
	Remark    string   // of the reviewer
	Effective calendar.Date
	Overtaken bool  // another version came in force before its day, and it was sent back for that
	Version   int64 // id of the version that it became, 0: none yet

	Lock  int       // grows with every act; whoever acts names the one that they looked at
	Begun time.Time //
	Moved time.Time // the last act

	held  string // the unit of the version in force, "" for none
	older *older // what it was before it was begun anew from another version
	act   ChangeAct
	actor int64
}

// Person is one of the staff, as they were called when they acted.
type Person struct {
	Staff int64  `json:"staff"`
	Name  string `json:"name"`
}

// older is a draft as it was before it was begun anew.
type older struct {
	Began int   `json:"began"`
	Item  *Item `json:"item"`
}

// New reports whether the change proposes an item that there is not yet.
func (c *Change) New() bool { return c.Began == 0 }

// EditedBy reports whether somebody had a hand in the words of the change.
func (c *Change) EditedBy(staff int64) bool {
	return slices.ContainsFunc(c.Editors, func(p Person) bool { return p.Staff == staff })
}

const (
	mostReason = 1000 // characters of a reason or a remark
	mostAhead  = 732  // days from today to the day of effect
)

// Propose begins a draft from the version of an item in force, for whoever holds
// catalog.keep. The same key gives the same draft.
func (s *Service) Propose(ctx context.Context, who auth.Actor, key, code string) (c *Change, err error) {
	return s.begin(ctx, who, "catalog.propose", key, code, func(tx *db.Tx) (*Item, error) { return s.Current(tx, code) })
}

// ProposeNew begins a draft of an item that there is not yet, for whoever holds
// catalog.keep: of it there is a code, a name, a kind and the unit that decides. A code
// that is in use is the Conflict fault catalog.change.code_taken. The same key gives
// the same draft.
func (s *Service) ProposeNew(ctx context.Context, who auth.Actor, key, code, name, kind, unit string) (c *Change, err error) {
	bad := fault.Fields{}
	bad.Need(code != "", "code", "catalog.new.no_code")
	bad.Need(codeShape.MatchString(code), "code", "catalog.new.code")
	bad.Need(strings.TrimSpace(name) != "", "name", "catalog.new.no_name")
	bad.Need(len(name) <= 600, "name", "catalog.new.long_name")
	bad.Need(slices.Contains(Types(), kind), "type", "catalog.new.type")
	bad.Need(unit != "", "unit", "catalog.new.unit")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return s.begin(ctx, who, "catalog.propose_new", key, code, func(tx *db.Tx) (*Item, error) {
		if _, err := findCurrentID(tx, code); err == nil {
			return nil, fault.New(fault.Conflict, "catalog.change.code_taken", "code", code)
		} else if !fault.Is(err, fault.Unknown) {
			return nil, err
		}
		return &Item{
			Code: code, Name: strings.TrimSpace(name), Type: kind, Unit: unit, Body: s.bodyOf(tx, unit), ProjectType: projectTerm, FlowID: FlowStandard,
			Unstated: slices.Clone(unstatedFirst),
		}, nil
	})
}

// RollBack begins a draft whose body is that of an older version; it goes the same way
// through review as every change.
func (s *Service) RollBack(ctx context.Context, who auth.Actor, key, code string, number int) (c *Change, err error) {
	return s.begin(ctx, who, "catalog.roll_back", key, code, func(tx *db.Tx) (*Item, error) {
		now, err := s.Current(tx, code)
		if err != nil {
			return nil, err
		}
		if number == now.Version {
			return nil, fault.New(fault.Conflict, "catalog.change.same")
		}
		it, err := findNumber(tx, code, number)
		if err != nil {
			return nil, err
		}
		it.Version = now.Version // from which the draft begins
		return it, nil
	})
}

// begin makes a draft of an item; its Version says from which it begins.
func (s *Service) begin(ctx context.Context, who auth.Actor, what, key, code string, first func(tx *db.Tx) (*Item, error)) (c *Change, err error) {
	if !who.May(Keep) {
		return nil, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var id int64
		err := once.Do(tx, who, what, key, code, &id, func() error {
			it, err := first(tx)
			if err != nil {
				return err
			}
			made, err := s.draft(tx, who, it)
			if err == nil {
				id = made.ID
			}
			return err
		})
		if err == nil {
			c, err = s.Change(tx, id)
		}
		return err
	})
	return c, err
}

// draft keeps a new draft.
func (s *Service) draft(tx *db.Tx, who auth.Actor, it *Item) (*Change, error) {
	copied, err := clone(it)
	if err != nil {
		return nil, err
	}
	c := &Change{
		ID: tx.NewID(), Code: it.Code, Began: it.Version, State: ChangeDrafted, Item: copied, Author: personOf(who), Lock: 1,
		Begun: tx.Now(), Moved: tx.Now(), act: ActPropose, actor: who.Staff,
	}
	if err := insertChange(tx, c); err != nil {
		return nil, err
	}
	if err := addEditor(tx, c, who); err != nil {
		return nil, err
	}
	return c, s.keepEvidence(tx, who, c, "catalog.change_proposed", map[string]any{"began": c.Began})
}

// EditChange saves one step of editing a draft, or one that was sent back: fn changes
// the item in place, as often as it is called. lock is the Lock of the change that was
// looked at; if somebody has acted on it since, that is the Stale fault
// catalog.change.edited, unless what fn does is done already. What fn makes may be
// incomplete; it keeps its code. It needs the right catalog.keep.
func (s *Service) EditChange(ctx context.Context, who auth.Actor, id int64, lock int, fn func(*Item) error) (c *Change, err error) {
	if !who.May(Keep) {
		return nil, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if c, err = lockChange(tx, id); err != nil {
			return err
		}
		return s.edit(tx, who, c, lock, fn)
	})
	return c, err
}

func (s *Service) edit(tx *db.Tx, who auth.Actor, c *Change, lock int, fn func(*Item) error) error {
	next, err := clone(c.Item)
	if err != nil {
		return err
	}
	if err := fn(next); err != nil {
		return err
	}
	typed := next
	if next, err = s.Inherit(tx, next); err != nil {
		return err
	}
	next.Code = c.Code
	next.Bare = next.Bare && reflect.DeepEqual(next.Materials, c.Item.Materials) // whoever mends its papers makes it an item of its own
	tidy(reflect.ValueOf(next))
	same, err := sameContent(c.Item, next)
	if err != nil || same {
		return err
	}
	if _, err := c.State.after(ActEdit); err != nil {
		return err
	}
	if c.Lock != lock {
		return c.stale()
	}
	was := c.Item
	c.Item = next
	if err := s.move(tx, who, c, ActEdit); err != nil {
		return err
	}
	if err := addEditor(tx, c, who); err != nil {
		return err
	}
	if err := addWriters(tx, c, typed, next); err != nil {
		return err
	}
	return s.keepEvidence(tx, who, c, "catalog.change_edited", map[string]any{"elements": paths(Diff(was, next))})
}

// addWriters notes whoever wrote what a draft takes over from the library: words do not come past their author's eyes to
// be approved.
func addWriters(tx *db.Tx, c *Change, typed, taken *Item) error {
	for i, m := range taken.Materials {
		if m.Library == "" || reflect.DeepEqual(m, typed.Materials[i]) {
			continue
		}
		by, err := findLibraryWriter(tx, m.Library)
		if err == nil {
			err = addHand(tx, c, by)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Change returns a change with its editors, whoever asks: pages ask ChangeFor. None of that id is an
// Unknown fault.
func (s *Service) Change(tx *db.Tx, id int64) (*Change, error) {
	return findChange(tx, id, "")
}

// stale says that somebody acted on the change after it was looked at, and when.
func (c *Change) stale() error {
	return fault.New(fault.Stale, "catalog.change.edited", "at", c.Moved.In(calendar.Zone).Format("2006-01-02 15:04"))
}

// keepEvidence tells the chain of the item what was done to a change.
func (s *Service) keepEvidence(tx *db.Tx, who auth.Actor, c *Change, act string, facts map[string]any) error {
	if s.Log == nil {
		return nil
	}
	hash, err := c.Item.hash()
	if err != nil {
		return err
	}
	facts["change"], facts["code"], facts["state"], facts["hash"] = c.ID, c.Code, c.State, hash
	return s.Log(tx, who, act, "catalog:"+c.Code, facts)
}

func personOf(who auth.Actor) Person { return Person{Staff: who.Staff, Name: who.Name} }

// wordsOf cleans what a person wrote; field names it in the fault.
func wordsOf(text, field string, must bool) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	bad := fault.Fields{}
	bad.Need(!must || text != "", field, "catalog.change.words")
	bad.Need(utf8.RuneCountInString(text) <= mostReason, field, "catalog.change.words_long")
	return text, bad.Err()
}
