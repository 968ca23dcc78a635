package cases

import (
	"context"
	"slices"

	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// worked is what becomes of an open task besides what the drawing says: who has it, where it stands, or, of what was asked
// beside a step, that it is over. Replaying a case keeps the last of each token.
type worked struct {
	Token  int64  `json:"token"`
	Post   string `json:"post,omitempty"`
	Holder int64  `json:"holder,omitempty"`
	Kind   Aside  `json:"kind,omitempty"`
	Parent int64  `json:"parent,omitempty"`
	Over   bool   `json:"over,omitempty"`
}

func (t Task) worked() worked {
	return worked{Token: t.Token, Post: t.Post, Holder: t.Holder, Kind: t.Kind, Parent: t.Parent}
}

// action is the right that acting at the task takes: who received a case has no hand in its decision.
func (t Task) action() string {
	if t.Slot == slotDecide {
		return mayDecide
	}
	return mayReview
}

// heldByOther reports whether somebody other than the actor has the task. Who has left its post has it no longer.
func (s *Service) heldByOther(tx *db.Tx, who auth.Actor, t Task) (bool, error) {
	if t.Holder == 0 || slices.Contains(persons(who), t.Holder) {
		return false, nil
	}
	list, err := s.Office.Holders(tx, t.Post)
	return slices.ContainsFunc(list, func(h office.Holder) bool { return h.Staff == t.Holder }), err
}

// free checks that the actor may act at a task that is theirs by their post: nobody else of the post has taken it.
func (ch *change) free(t Task) error {
	held, err := ch.s.heldByOther(ch.tx, ch.who, t)
	if err == nil && held {
		err = ch.s.taken(ch.tx, "cases.task_held", t)
	}
	return err
}

// taken is a fault that names the post at which somebody has a task.
func (s *Service) taken(tx *db.Tx, code string, t Task) error {
	post, err := s.Office.Post(tx, t.Post)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, code, "post", s.unitName(tx, t.Unit)+" "+post.Name)
}

// Claim takes a task for the actor (签收): others of the same post see who has it and leave it alone until it is released.
// Who stands in for whoever has it acts for them. Claiming one's own once more changes nothing. Faults: Forbidden for whose
// post it is not; cases.task_held while somebody else has it.
func (s *Service) Claim(ctx context.Context, who auth.Actor, on On, task int64) (Done, error) {
	return s.change(ctx, who, "claim", on, task, func(ch *change) error {
		t, err := ch.openAt(task)
		if err != nil || t.Holder == who.Staff {
			return err
		}
		if err := ch.free(t); err != nil {
			return err
		}
		if err := seeTask(ch.tx, t.ID, who.Staff); err != nil { // whoever takes it from a list has not opened it
			return err
		}
		t.Holder = who.Staff
		return ch.hold(t, "claim")
	})
}

// Release gives a task back to everybody of its post (释放). Whoever has it may, who stands in for them, and the head.
// Faults: cases.task_free where nobody has it; Forbidden for everybody else.
func (s *Service) Release(ctx context.Context, who auth.Actor, on On, task int64) (Done, error) {
	return s.change(ctx, who, "release", on, task, func(ch *change) error {
		t, err := ch.task(task)
		if err != nil {
			return err
		}
		if t.Holder == 0 {
			return fault.New(fault.Conflict, "cases.task_free")
		}
		if !slices.Contains(persons(who), t.Holder) {
			if err := s.may(ch.tx, who, mayHandOut, ch.c, t.Post); err != nil {
				return err
			}
		}
		t.Holder = 0
		return ch.hold(t, "release")
	})
}

func (ch *change) hold(t Task, act string) error {
	if err := holdTask(ch.tx, t.ID, t.Holder); err != nil {
		return err
	}
	return ch.do(move{act: act, note: t.Name, hidden: true, work: []worked{t.worked()}})
}

// task is an open task of the case.
func (ch *change) task(id int64) (Task, error) {
	t, err := findTask(ch.tx, id)
	switch {
	case err != nil:
		return t, err
	case t.Case != ch.c.ID:
		return t, fault.New(fault.Unknown, "cases.task_unknown")
	case !t.Closed.IsZero():
		return t, fault.New(fault.Stale, "cases.task_done")
	}
	return t, nil
}

// openAt is an open task at a post of the actor, whoever has it.
func (ch *change) openAt(id int64) (Task, error) {
	t, err := ch.task(id)
	if err == nil {
		err = ch.s.may(ch.tx, ch.who, t.action(), ch.c, t.Post)
	}
	return t, err
}

// Seen keeps that the actor has opened a task that waits at their post: what led to it cannot be recalled any more.
// Somebody else's is left as it is.
func (s *Service) Seen(ctx context.Context, who auth.Actor, task int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		t, err := findTask(tx, task)
		if err != nil {
			return err
		}
		if _, mine := who.Holds(t.Post); !mine || t.Seen != 0 || !t.Closed.IsZero() {
			return nil
		}
		held, err := s.heldByOther(tx, who, t)
		if err != nil || held {
			return err
		}
		return seeTask(tx, task, who.Staff)
	})
}

// HeldByOther reports whether somebody other than the actor, and other than those they stand in for, has a task.
func (s *Service) HeldByOther(tx *db.Tx, who auth.Actor, t Task) (bool, error) {
	return s.heldByOther(tx, who, t)
}
