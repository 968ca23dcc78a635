package cases

import (
	"context"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
)

// Handing is a step that goes to somebody else.
type Handing struct {
	Task  int64
	To    string // of a Taker
	Words string // why; required
}

// HandOn gives an open step to another person or post (转办). Who has it may within its unit; the head may, also to another
// unit. Its limit goes on, and so does what was asked beside it. Faults: Forbidden for everybody else;
// cases.other_unit for another unit by somebody who is not the head; cases.taker_received and cases.taker_reviewed where
// the law keeps the new person from deciding; cases.task_held while somebody else has it.
func (s *Service) HandOn(ctx context.Context, who auth.Actor, on On, h Handing) (Done, error) {
	h.To, h.Words = strings.TrimSpace(h.To), strings.TrimSpace(h.Words)
	return s.change(ctx, who, "hand_on", on, h, func(ch *change) error {
		t, err := ch.task(h.Task)
		if err != nil {
			return err
		}
		head := s.may(ch.tx, who, mayHandOut, ch.c, t.Post) == nil
		if !head {
			if err := s.may(ch.tx, who, mayReview, ch.c, t.Post); err != nil {
				return err
			}
			if err := ch.free(t); err != nil {
				return err
			}
		}
		if err := spoken(h.Words).Err(); err != nil {
			return err
		}
		k, err := ch.taker(h.To)
		if err != nil {
			return err
		}
		switch {
		case k.post.Code == t.Post && (k.staff == 0 || k.staff == t.Holder):
			return fault.Fields{"to": "cases.taker_same"}.Err()
		case k.post.Unit != t.Unit && !head:
			return fault.Fields{"to": "cases.other_unit"}.Err()
		}
		if err := ch.apart(t, k); err != nil {
			return err
		}
		next, err := ch.pass(t, k, actHandOn)
		if err != nil {
			return err
		}
		return ch.do(move{
			act: actHandOn, note: clip(t.Name + "：" + h.Words), hidden: true, work: []worked{next.worked()},
			facts: map[string]any{"task": t.ID, "from": t.Post, "to": k.post.Code, "words": digestText(h.Words)},
		})
	})
}

// pass closes the row of an open step and opens another with the same token and limit where it goes.
func (ch *change) pass(t Task, k taker, outcome string) (Task, error) {
	if err := closeTask(ch.tx, ch.c.ID, t.Token, ch.who.Staff, outcome); err != nil {
		return t, err
	}
	t.ID, t.Unit, t.Post, t.Holder, t.Seen, t.Handed, t.Opened = ch.tx.NewID(), k.post.Unit, k.post.Code, k.staff, 0, true, ch.tx.Now()
	return t, insertTask(ch.tx, t)
}

// spoken checks the words of an act that says why.
func spoken(words string) fault.Fields {
	bad := fault.Fields{}
	bad.Need(len([]rune(words)) >= 4, "words", "cases.reason_missing")
	bad.Need(len([]rune(words)) <= 500, "words", "cases.ask_long")
	return bad
}
