package cases

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// The entries of what can be recalled: an opinion that has no effect in law, and handing a step on.
const (
	actOpinion = "opinion"
	actHandOn  = "hand_on"
)

// recalled is what was done, found again: an opinion in the ledger, or a step that was handed on.
type recalled struct {
	handed Task // as it stands now, zero for an opinion

	seq    int64
	back   workflow.State // before it
	result map[string]string
	task   Task // that it closed or took away, as it stood
}

// ExplainRecall says why the actor cannot take back what they did last on a case; nil: they can. Faults:
// cases.recall_nothing where the case did not last move by an opinion of theirs, nor has a step that they handed on; cases.recall_law where that had an effect in
// law; cases.recall_late once somebody has claimed or opened what it led to, with the post.
func (s *Service) ExplainRecall(tx *db.Tx, who auth.Actor, c *Case) error {
	_, err := s.recallable(tx, who, c)
	return err
}

// Recall takes the actor's own last opinion back (撤回) while nobody has picked up what it led to, or a step that they handed
// on. The step opens again for them with its old limit; an opinion stays as history and says so, and the ledger keeps the state
// that the case goes back to.
func (s *Service) Recall(ctx context.Context, who auth.Actor, on On) (Done, error) {
	return s.change(ctx, who, "recall", on, nil, func(ch *change) error {
		was, err := s.recallable(ch.tx, who, ch.c)
		switch {
		case err != nil:
			return err
		case was.handed.ID != 0:
			return ch.takeBack(was)
		}
		return ch.goBack(was, "recall", "")
	})
}

// takeBack brings a step that was handed on back to where it stood.
func (ch *change) takeBack(was recalled) error {
	if err := closeTask(ch.tx, ch.c.ID, was.handed.Token, ch.who.Staff, "recall"); err != nil {
		return err
	}
	t := was.task
	t.ID, t.Opened, t.Closed, t.Closer, t.Outcome = ch.tx.NewID(), ch.tx.Now(), time.Time{}, 0, ""
	t.Handed = true // its way is in the ledger, see worked
	if err := insertTask(ch.tx, t); err != nil {
		return err
	}
	return ch.do(move{
		act: "recall", note: t.Name, hidden: true, work: []worked{t.worked()},
		facts: map[string]any{"entry": was.seq, "task": t.ID, "from": was.handed.Post, "to": t.Post},
	})
}

// goBack undoes an opinion: its step opens again as it stood.
func (ch *change) goBack(was recalled, act, words string) error {
	list, err := listOpinions(ch.tx, ch.c.ID)
	if err != nil {
		return err
	}
	var undone []int64
	for _, o := range slices.Backward(list) {
		if o.Node == was.task.Node && o.Staff == was.task.Closer && o.Undone == "" {
			undone = []int64{o.ID}
			break
		}
	}
	ch.c.Vars.Result = was.result
	note := was.task.Name
	if words != "" {
		note = clip(note + "：" + words)
	}
	return ch.do(move{
		act: act, note: note, hidden: true, undone: undone, again: &was.task,
		event: &workflow.Event{Kind: workflow.EventRecall, Back: &was.back, Vars: ch.c.Vars.workflow()},
		facts: map[string]any{"entry": was.seq, "words": digestText(words)},
	})
}

func (s *Service) recallable(tx *db.Tx, who auth.Actor, c *Case) (r recalled, err error) {
	nothing := fault.New(fault.Conflict, "cases.recall_nothing")
	if c.Flow.Done || who.Kind != auth.Staff {
		return r, nothing
	}
	trail, err := listTrail(tx, c.ID)
	if err != nil {
		return r, err
	}
	tasks, err := listTasks(tx, c.ID)
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(trail, func(t Trail) bool { return t.Actor == who.ID && (t.Act == actOpinion || t.Act == actHandOn) })
	if i >= 0 && trail[i].Act == actHandOn {
		if r = handed(tasks, trail[i], who.Staff); r.handed.ID != 0 && r.handed.Seen != 0 {
			err = s.taken(tx, "cases.recall_late", r.handed)
		}
		if r.handed.ID != 0 {
			return r, err
		}
		i = slices.IndexFunc(trail, func(t Trail) bool { return t.Actor == who.ID && t.Act == actOpinion })
	}
	if i < 0 || c.Flow.Seq < 2 {
		return r, nothing
	}
	if r, err = s.closed(tx, c, trail, trail[i], who.Staff); err != nil {
		return r, err
	}
	for _, t := range tasks { // the rows of what it opened: tokens that were not given out before
		if max(t.Token, t.Parent) >= int64(r.back.Next) && (t.Holder != 0 || t.Seen != 0 || !t.Closed.IsZero()) {
			return r, s.taken(tx, "cases.recall_late", t)
		}
	}
	return r, nil
}

// handed finds the step that somebody handed on, if it still waits where it went.
func handed(tasks []Task, at Trail, staff int64) recalled {
	for _, now := range tasks {
		if !now.Handed || !now.Closed.IsZero() || !now.Opened.Equal(at.At) {
			continue
		}
		var last Task // the row before
		for _, t := range tasks {
			if t.Token == now.Token && t.ID < now.ID && t.ID > last.ID {
				last = t
			}
		}
		if last.Outcome == actHandOn && last.Closer == staff && last.Closed.Equal(at.At) {
			return recalled{handed: now, task: last, seq: at.Seq}
		}
	}
	return recalled{}
}

// closed finds the step that an opinion of somebody closed, 0: of anybody, and where the case stood before it. Steps know the
// person in office, the trail the account.
func (s *Service) closed(tx *db.Tx, c *Case, trail []Trail, at Trail, staff int64) (r recalled, err error) {
	tasks, err := listTasks(tx, c.ID)
	if err != nil {
		return r, err
	}
	for _, t := range tasks {
		if t.Kind == "" && (t.Closer == staff || staff == 0) && t.Closed.Equal(at.At) && t.Outcome == actOpinion {
			r.task = t
		}
	}
	if r.task.ID == 0 {
		return r, fault.New(fault.Conflict, "cases.recall_nothing")
	}
	for _, t := range trail { // what the law was told together with it stays told
		if t.At.Equal(at.At) && t.Actor == at.Actor && (t.Act == string(ActGiveOpinion) || t.Act == string(ActPublish)) {
			return r, fault.New(fault.Conflict, "cases.recall_law")
		}
	}
	err = s.stood(tx, c, at.Seq, &r)
	return r, err
}

// stood finds in the ledger where the flow stood before an entry, which must be the last that moved it.
func (s *Service) stood(tx *db.Tx, c *Case, seq int64, r *recalled) error {
	entries, err := ledger.Chain(tx, Chain(c.ID))
	if err != nil {
		return err
	}
	var def *workflow.Def
	var flow workflow.State
	var results map[string]string
	last := int64(0)
	for _, e := range entries {
		var b entry
		if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
			return err
		}
		was := def
		if b.Def != "" {
			if def, err = s.flow(tx, b.Def); err != nil {
				return err
			}
		}
		if b.Carried != nil {
			if flow, _, err = b.Carried.carry(was, def, flow); err != nil {
				return err
			}
			results, last = b.Carried.keys(results), e.Seq
		}
		if b.Event == nil {
			continue
		}
		r.back, r.result, last = flow, maps.Clone(results), e.Seq
		if flow, _, err = workflow.Step(def, flow, *b.Event); err != nil {
			return err
		}
		results = map[string]string{}
		told, _ := b.Event.Vars["result"].(map[string]any)
		for node, outcome := range told {
			if text, ok := outcome.(string); ok {
				results[node] = text
			}
		}
	}
	if r.seq = seq; last != seq {
		return fault.New(fault.Conflict, "cases.recall_nothing")
	}
	return nil
}
