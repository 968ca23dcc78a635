package catalog

import (
	"context"
	"errors"
	"slices"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// PastCase is a case that there was, as far as a changed item can be tried on it.
type PastCase struct {
	ID      int64
	No      string
	Version int64 // id of the version that it follows
	Answers map[string]string

	Took  func(promised, statutory Limit) Lateness // how it would stand under other limits
	Suits func(it *Item) (bool, error)             // may its applicant apply for the item
}

// Lateness is by how many working days a case was late under two limits, 0: in time. A
// case that was never accepted has not begun.
type Lateness struct {
	Begun        bool
	Promise, Law int
}

// The bounds of a rehearsal.
const (
	mostSpan     = 366    // days of the period
	mostPast     = 50_000 // cases looked at
	pastPage     = 200    // in one unit of work
	rehearsalJob = "catalog.rehearse"
)

// RehearsalState says how far a rehearsal is.
type RehearsalState string

// The states of a rehearsal.
const (
	RehearsalRuns  RehearsalState = "runs"
	RehearsalDone  RehearsalState = "done"
	RehearsalMoved RehearsalState = "moved" // the words of the change were edited meanwhile: it was given up
)

// Rehearsal is a change tried on the cases of a period (演练).
type Rehearsal struct {
	ID       int64
	Change   int64
	From, To calendar.Date // days of receipt, both included
	State    RehearsalState
	Total    int // cases to look at
	By       Person
	At       time.Time
	Result   RehearsalResult

	hash    string // of the words that were tried
	reached int64  // the last case that was looked at
}

// Tried reports whether the rehearsal was made with an item's present words.
func (r Rehearsal) Tried(it *Item) bool {
	hash, err := it.hash()
	return err == nil && hash == r.hash
}

// RehearsalResult is what came of it.
type RehearsalResult struct {
	Looked int                     `json:"looked"`
	Late   [2]int                  `json:"late"` // over the promise: as it was, and as it would have been
	Cases  map[RehearsalEffect]int `json:"cases"`
}

// RehearsalEffect is what would have been otherwise for a case.
type RehearsalEffect string

// The effects, in the order of pages.
const (
	EffectLatePromise RehearsalEffect = "late_promise" // late by the promise, and was not
	EffectLateLaw     RehearsalEffect = "late_law"     // late by the statute, and was not
	EffectInTime      RehearsalEffect = "in_time"      // in time by the promise, and was late
	EffectLedAway     RehearsalEffect = "led_away"     // told that this is not the right item
	EffectUnfit       RehearsalEffect = "unfit"        // not among those who may apply
	EffectLetIn       RehearsalEffect = "let_in"       // led away then, not now
	EffectAsked       RehearsalEffect = "asked"        // asked a question that nobody asked then: the rest is not known
	EffectMore        RehearsalEffect = "more"         // asked for more papers
	EffectFewer       RehearsalEffect = "fewer"        // asked for fewer
	EffectFields      RehearsalEffect = "fields"       // has more to fill in
	EffectDearer      RehearsalEffect = "dearer"
	EffectCheaper     RehearsalEffect = "cheaper"
)

// RehearsalEffects lists the effects in the order of pages.
var RehearsalEffects = []RehearsalEffect{
	EffectLatePromise, EffectLateLaw, EffectInTime, EffectLedAway, EffectUnfit, EffectLetIn, EffectAsked, EffectMore, EffectFewer,
	EffectFields, EffectDearer, EffectCheaper,
}

// RehearsedCase is a case that would have gone otherwise.
type RehearsedCase struct {
	Case  int64
	No    string
	Facts RehearsedFacts
}

// RehearsedFacts say how; nothing of them is about a person.
type RehearsedFacts struct {
	Days  int       `json:"days,omitempty"`  // working days late
	Names []string  `json:"names,omitempty"` // of papers, fields or questions
	Fee   *[2]int64 `json:"fee,omitempty"`   // fen: then, and under the change
}

// Rehearse tries a change on the cases that were received from one day to another, both
// included, a year at most and not after today, for whoever may look at it (ChangeFor). The same key gives the same rehearsal.
func (s *Service) Rehearse(ctx context.Context, who auth.Actor, key string, change int64, from, to calendar.Date) (id int64, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		request := []any{change, from, to}
		return once.Do(tx, who, "catalog.rehearse", key, request, &id, func() error {
			bad := fault.Fields{}
			bad.Need(from > 0 && from <= to, "from", "catalog.rehearsal.from")
			bad.Need(to <= calendar.DateOf(tx.Now()), "to", "catalog.rehearsal.to")
			bad.Need(to-from < mostSpan, "from", "catalog.rehearsal.span")
			if err := bad.Err(); err != nil {
				return err
			}
			c, err := s.ChangeFor(tx, who, change)
			if err != nil {
				return err
			}
			if s.Past == nil || s.CountPast == nil || c.New() {
				return fault.New(fault.Conflict, "catalog.rehearsal.no_cases")
			}
			r := Rehearsal{ID: tx.NewID(), Change: change, From: from, To: to, State: RehearsalRuns, By: personOf(who), At: tx.Now()}
			if r.hash, err = c.Item.hash(); err != nil {
				return err
			}
			if r.Total, err = s.CountPast(tx, c.Code, from, to); err != nil {
				return err
			}
			id = r.ID
			if err := insertRehearsal(tx, r); err != nil {
				return err
			}
			if err := s.logItem(tx, who, "catalog.rehearsed", c.Code, map[string]any{"change": change, "from": from, "to": to, "hash": r.hash}); err != nil {
				return err
			}
			return job.Add(tx, rehearsalJob, time.Time{}, dueRehearsal{id})
		})
	})
	return id, err
}

type dueRehearsal struct{ Rehearsal int64 }

// runRehearsal looks at all cases of a rehearsal. When the program stops in between, it
// goes on behind the last page that was kept.
func (s *Service) runRehearsal(ctx context.Context, body []byte) error {
	due, err := job.Decode[dueRehearsal](body)
	if err != nil {
		return err
	}
	for {
		more, err := s.RehearsePage(ctx, due.Rehearsal)
		if err != nil || !more {
			return err
		}
	}
}

// RehearsePage looks at the next cases of a rehearsal and reports whether there are more.
// Done twice it does nothing.
func (s *Service) RehearsePage(ctx context.Context, id int64) (more bool, err error) {
	if s.Past == nil {
		return false, errors.New("catalog: nobody knows the cases that there were")
	}
	var r Rehearsal
	var found []tried
	var last int64
	ended := false
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = findRehearsal(tx, id); err != nil {
			return err
		}
		if ended = r.State != RehearsalRuns; ended {
			return nil
		}
		c, err := s.Change(tx, r.Change)
		if err != nil {
			return err
		}
		if !r.Tried(c.Item) {
			r.State = RehearsalMoved
			return nil
		}
		limit := min(pastPage, mostPast-r.Result.Looked)
		list, err := s.Past(tx, c.Code, r.From, r.To, r.reached, limit)
		if err != nil {
			return err
		}
		var versions []int64
		for _, p := range list {
			versions = append(versions, p.Version)
		}
		slices.Sort(versions)
		items, err := listItems(tx, slices.Compact(versions))
		if err != nil {
			return err
		}
		last = r.reached
		for _, p := range list {
			was := items[p.Version]
			if was == nil {
				return fault.New(fault.Unknown, "catalog.item.none")
			}
			t, err := try(p, was, c.Item)
			if err != nil {
				return err
			}
			found, last = append(found, t), p.ID
		}
		if len(list) < pastPage {
			r.State = RehearsalDone
		}
		return nil
	})
	if err != nil || ended {
		return false, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return keepTried(tx, r, found, last) })
	return r.State == RehearsalRuns, err
}

// tried is one case under the version that it has and under the change.
type tried struct {
	id      int64
	no      string
	late    [2]bool
	effects map[RehearsalEffect]RehearsedFacts
}

// try compares what a case met with what it would have met.
func try(p PastCase, was, next *Item) (tried, error) {
	t := tried{id: p.ID, no: p.No, effects: map[RehearsalEffect]RehearsedFacts{}}
	old, now := was.Resolve(p.Answers), next.Resolve(p.Answers)
	before, after := p.Took(old.Limit, was.StatutoryLimit), p.Took(now.Limit, next.StatutoryLimit)
	t.late = [2]bool{before.Promise > 0, after.Promise > 0}
	say := func(on bool, effect RehearsalEffect, f RehearsedFacts) {
		if on {
			t.effects[effect] = f
		}
	}
	say(after.Promise > 0 && before.Promise == 0, EffectLatePromise, RehearsedFacts{Days: after.Promise})
	say(after.Law > 0 && before.Law == 0, EffectLateLaw, RehearsedFacts{Days: after.Law})
	say(after.Promise == 0 && before.Promise > 0, EffectInTime, RehearsedFacts{Days: before.Promise})
	away := func(n Need) bool { return n.NotNeeded || n.Redirect != "" }
	say(away(now) && !away(old), EffectLedAway, RehearsedFacts{})
	say(away(old) && !away(now), EffectLetIn, RehearsedFacts{})
	if !slices.Equal(was.Audience, next.Audience) {
		fits, err := p.Suits(next)
		if err != nil {
			return t, err
		}
		say(!fits, EffectUnfit, RehearsedFacts{})
	}
	asked := less(now.Missing, old.Missing)
	for i, id := range asked {
		if q := next.Situation(id); q != nil {
			asked[i] = q.Question
		}
	}
	say(len(asked) > 0, EffectAsked, RehearsedFacts{Names: asked})
	more, fewer := less(demanded(now), demanded(old)), less(demanded(old), demanded(now))
	say(len(more) > 0, EffectMore, RehearsedFacts{Names: more})
	say(len(fewer) > 0, EffectFewer, RehearsedFacts{Names: fewer})
	fields := less(mandatory(now), mandatory(old))
	say(len(fields) > 0, EffectFields, RehearsedFacts{Names: fields})
	then, under := old.due(), now.due()
	say(under > then, EffectDearer, RehearsedFacts{Fee: &[2]int64{then, under}})
	say(under < then, EffectCheaper, RehearsedFacts{Fee: &[2]int64{then, under}})
	return t, nil
}

// less is what of a list another does not have.
func less(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(other, x) })
}

// demanded are the papers that have to be handed in at once or later.
func demanded(n Need) (names []string) {
	for _, m := range n.Materials {
		if m.Need != Optional {
			names = append(names, m.Name)
		}
	}
	return names
}

func mandatory(n Need) (labels []string) {
	for _, f := range n.Fields {
		if f.Required {
			labels = append(labels, f.Label)
		}
	}
	return labels
}

// due is what is charged in all, in fen.
func (n Need) due() (sum int64) {
	for _, x := range n.Fees {
		sum += x.Amount
	}
	return sum
}

// Rehearsal returns a rehearsal; none of that id is an Unknown fault.
func (s *Service) Rehearsal(tx *db.Tx, id int64) (Rehearsal, error) { return findRehearsal(tx, id) }

// LastRehearsal returns the latest rehearsal of a change, nil where there was none.
func (s *Service) LastRehearsal(tx *db.Tx, change int64) (*Rehearsal, error) {
	list, err := listRehearsals(tx, change, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// RehearsedCases lists up to limit cases after the one of an id that an effect would have
// touched, for whoever may look at the change (ChangeFor).
func (s *Service) RehearsedCases(tx *db.Tx, who auth.Actor, rehearsal int64, e RehearsalEffect, after int64, limit int) (list []RehearsedCase, next int64, err error) {
	r, err := findRehearsal(tx, rehearsal)
	if err != nil {
		return nil, 0, err
	}
	if _, err := s.ChangeFor(tx, who, r.Change); err != nil {
		return nil, 0, err
	}
	limit = min(max(limit, 1), maxPage)
	list, err = listTried(tx, rehearsal, e, after, limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Case
	}
	return list, next, err
}
