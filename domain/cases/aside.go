package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Aside is what somebody is asked for beside the steps of a drawing. It is a task of its own with its own limit, and the
// step at which it was asked waits for it.
type Aside string

// The kinds of asides.
const (
	AsideBefore  Aside = "before"  // 前加签: somebody's opinion is wanted before one's own
	AsideConsult Aside = "consult" // 征求意见: another unit's, until its limit passes
	AsideExpert  Aside = "expert"  // 专家评审: an expert's
	AsideSign    Aside = "sign"    // 联合勘验: the signature of another unit under the shared record
)

// Asides lists the kinds that people ask for, in the order of pages.
var Asides = []Aside{AsideBefore, AsideConsult, AsideExpert, AsideSign}

// Asking is a request for somebody's opinion.
type Asking struct {
	Task  int64 // the step that waits
	Kind  Aside
	To    []string // of Takers; one, of AsideSign every unit that took part
	Days  int      // working days
	Words string   // what is asked
}

// mostAsked is how many may be asked at once.
const mostAsked = 10

// Ask asks others for their opinion at an open step of the actor (加签、征求意见、专家评审、联合勘验会签). Faults: Forbidden
// for whose post it is not; cases.consult_own where a consultation goes to the own unit; cases.aside_twice where the same post
// is asked already; cases.sign_unmade where there is no record of a site check to sign.
func (s *Service) Ask(ctx context.Context, who auth.Actor, on On, a Asking) (Done, error) {
	a.Words = strings.TrimSpace(a.Words)
	return s.change(ctx, who, "ask", on, a, func(ch *change) error {
		t, err := ch.at(a.Task, "")
		if err != nil {
			return err
		}
		if t.Kind != "" {
			return fault.New(fault.Conflict, "cases.task_unknown")
		}
		asked, err := ch.asides(t, a)
		if err != nil {
			return err
		}
		if err := ch.beginReview(); err != nil {
			return err
		}
		mv := move{
			act: "ask_" + string(a.Kind), note: clip(t.Name + "：" + a.Words), hidden: true,
			facts: map[string]any{"task": t.ID, "days": a.Days, "words": digestText(a.Words)},
		}
		for i := range asked {
			asked[i].Token = -(ch.c.Version+1)*mostAsked - int64(i)
			mv.work = append(mv.work, asked[i].worked())
			if err := insertTask(ch.tx, asked[i]); err != nil {
				return err
			}
		}
		return ch.do(mv)
	})
}

// asides are the tasks of a request. Everything that is wrong with it is told at once.
func (ch *change) asides(t Task, a Asking) ([]Task, error) {
	bad := spoken(a.Words)
	bad.Need(slices.Contains(Asides, a.Kind), "kind", "cases.ask_choice")
	bad.Need(a.Days >= 1 && a.Days <= 60, "days", "cases.aside_days")
	bad.Need(len(a.To) > 0, "to", "cases.ask_choice")
	bad.Need(len(a.To) <= mostAsked, "to", "cases.aside_many")
	bad.Need(a.Kind != AsideSign || ch.c.Matter.Inspected, "kind", "cases.sign_unmade")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	tasks, err := listTasks(ch.tx, ch.c.ID)
	if err != nil {
		return nil, err
	}
	due := ch.law.Cal.AddWorkdays(today(ch.tx), a.Days).String()
	var list []Task
	for _, to := range a.To {
		k, err := ch.taker(to)
		if err != nil {
			return nil, err
		}
		same := func(o Task) bool {
			return o.Closed.IsZero() && o.Kind == a.Kind && o.Parent == t.Token && o.Post == k.post.Code && o.Holder == k.staff
		}
		switch {
		case a.Kind == AsideConsult && k.post.Unit == t.Unit:
			return nil, fault.Fields{"to": "cases.consult_own"}.Err()
		case slices.ContainsFunc(tasks, same) || slices.ContainsFunc(list, same):
			return nil, fault.Fields{"to": "cases.aside_twice"}.Err()
		case slices.Contains(persons(ch.who), k.staff):
			return nil, fault.Fields{"to": "cases.aside_self"}.Err()
		}
		list = append(list, Task{
			ID: ch.tx.NewID(), Case: ch.c.ID, Node: t.Node, Name: t.Name, Slot: slotAside, Unit: k.post.Unit, Post: k.post.Code,
			Opened: ch.tx.Now(), Due: due, Holder: k.staff, Kind: a.Kind, Parent: t.Token, Asker: ch.who.Staff, Asked: a.Words,
		})
	}
	return list, nil
}

// answer keeps what somebody says who was asked beside a step.
func (ch *change) answer(t Task, r Review) error {
	if err := r.check(t).Err(); err != nil {
		return err
	}
	if err := ch.opinion(t, r.Conclusion, r.Text); err != nil {
		return err
	}
	if err := closeTask(ch.tx, ch.c.ID, t.Token, ch.who.Staff, "answer_"+string(t.Kind)); err != nil {
		return err
	}
	over := t.worked()
	over.Over = true
	if err := ch.do(move{
		act: "answer_" + string(t.Kind), note: t.Name, hidden: true, work: []worked{over}, facts: r.facts(t, ch.who),
	}); err != nil {
		return err
	}
	if t.Kind == AsideConsult {
		return ch.message(MessageOpinion)
	}
	return nil
}

// CallOff takes a request back that was not answered yet. Who asked may, and whoever has the step that waits. Faults:
// Forbidden for everybody else; cases.task_unknown for a task that is no request.
func (s *Service) CallOff(ctx context.Context, who auth.Actor, on On, task int64) (Done, error) {
	return s.change(ctx, who, "call_off", on, task, func(ch *change) error {
		t, err := ch.task(task)
		if err != nil {
			return err
		}
		tasks, err := listTasks(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(tasks, func(o Task) bool { return t.Kind != "" && o.Token == t.Parent && o.Closed.IsZero() })
		if i < 0 {
			return fault.New(fault.Unknown, "cases.task_unknown")
		}
		if !slices.Contains(persons(who), t.Asker) {
			if _, err := ch.at(tasks[i].ID, ""); err != nil {
				return err
			}
		}
		if err := closeTask(ch.tx, ch.c.ID, t.Token, who.Staff, "call_off"); err != nil {
			return err
		}
		over := t.worked()
		over.Over = true
		return ch.do(move{act: "call_off", note: t.Name, hidden: true, work: []worked{over}})
	})
}

// ready checks that nothing that was asked at a step is still waited for. A consultation is waited for until its limit has
// passed.
func (ch *change) ready(t Task) error {
	tasks, err := listTasks(ch.tx, ch.c.ID)
	if err != nil {
		return err
	}
	for _, o := range tasks {
		if o.Closed.IsZero() && o.Kind != "" && o.Parent == t.Token && o.awaited(today(ch.tx).String()) {
			return ch.s.taken(ch.tx, "cases.waits_for_aside", o)
		}
		if t.Instance > 0 && o.Node == t.Node && o.Instance > 0 && o.Token != t.Token && o.Outcome == actOpinion && slices.Contains(persons(ch.who), o.Closer) &&
			ch.sameSet(o, t) {
			return fault.New(fault.Conflict, "cases.signed_already")
		}
	}
	return nil
}

// awaited reports whether the step still waits for it on a day.
func (t Task) awaited(day string) bool { return t.Kind != AsideConsult || t.Due >= day }

// sameSet reports whether two instances of one step belong together: nobody signs twice for the same (会签).
func (ch *change) sameSet(o, t Task) bool {
	for _, s := range ch.c.Flow.Scopes {
		if s.Total > 0 && s.Node == t.Node && int64(s.ID) < o.Token && int64(s.ID) < t.Token {
			return true
		}
	}
	return false
}

// signAfter keeps an opinion after which somebody else's is wanted before the case goes on (后加签): the same step stands at
// their post then, with its limit.
func (ch *change) signAfter(t Task, r Review, said string) error {
	if t.Slot != "" && (t.Slot == slotCheck || StopsClock(t.Slot)) || t.Instance > 0 {
		return fault.Fields{"next": "cases.after_not_here"}.Err()
	}
	k, err := ch.taker(r.Next)
	if err != nil {
		return renamed(err, "to", "next")
	}
	if k.post.Code == t.Post && k.staff == 0 || slices.Contains(persons(ch.who), k.staff) {
		return fault.Fields{"next": "cases.aside_self"}.Err()
	}
	if err := ch.opinion(t, r.Conclusion, said); err != nil {
		return err
	}
	next, err := ch.pass(t, k, actOpinion)
	if err != nil {
		return err
	}
	return ch.do(move{act: "sign_after", note: clip(fmt.Sprintf("%s：%s", t.Name, k.post.Name)), hidden: true, work: []worked{next.worked()}, facts: r.facts(t, ch.who)})
}

// joined is what a step comes to that several have signed one after the other: one who disagrees is enough.
func (ch *change) joined(t Task, conclusion string) (string, error) {
	if conclusion != Agree || !t.Handed {
		return conclusion, nil
	}
	tasks, err := listTasks(ch.tx, ch.c.ID)
	if err != nil {
		return "", err
	}
	list, err := listOpinions(ch.tx, ch.c.ID)
	for _, o := range list {
		signed := slices.ContainsFunc(tasks, func(x Task) bool {
			return x.Token == t.Token && x.Outcome == actOpinion && x.Closer == o.Staff && x.Closed.Equal(o.At)
		})
		if signed && o.Node == t.Node && o.Undone == "" && o.Conclusion == Disagree {
			return Disagree, err
		}
	}
	return conclusion, err
}

// renamed puts what is wrong with one field at another.
func renamed(err error, from, to string) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Fields[from] != "" {
		return fault.Fields{to: f.Fields[from]}.Err()
	}
	return err
}

// Urgings lists who urged the open steps of a case, the latest first.
func (s *Service) Urgings(tx *db.Tx, caseID int64) ([]Urging, error) { return listUrgings(tx, caseID) }
