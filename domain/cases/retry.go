package cases

import (
	"context"
	"maps"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Stuck reports whether the flow of a case can move no further by itself.
func (s *Service) Stuck(tx *db.Tx, c *Case) (bool, error) {
	if c.Flow.Seq == 0 || c.Flow.Done {
		return false, nil
	}
	def, err := s.flow(tx, c.FlowHash)
	if err != nil {
		return false, err
	}
	return c.Matter.Has(FlagIncident) && !freed(def, c.Flow), nil
}

// Retry lets a case that can move no further try again (重试流程). answers correct what the conditions of the drawing are
// told about the questions of the item; what the applicant declared stays as it is. The head may, with words. Faults:
// Forbidden for everybody else; cases.not_stuck where nothing waits for it; cases.ask_choice for an answer that the item does
// not offer; cases.still_stuck where nothing would come of it.
func (s *Service) Retry(ctx context.Context, who auth.Actor, on On, answers map[string]string, words string) (Done, error) {
	words = strings.TrimSpace(words)
	return s.change(ctx, who, "retry", on, []any{answers, words}, func(ch *change) error {
		if err := ch.stuck(words); err != nil {
			return err
		}
		it, err := s.Catalog.Version(ch.tx, ch.c.ItemVersion)
		if err != nil {
			return err
		}
		told := maps.Clone(ch.c.Vars.Answer)
		if told == nil {
			told = map[string]string{}
		}
		for question, answer := range answers {
			if !offered(it, question, answer) {
				return fault.Fields{"answer." + question: "cases.ask_choice"}.Err()
			}
			told[question] = answer
		}
		ch.c.Vars.Answer = told
		ev := workflow.Event{Kind: workflow.EventRetry, Vars: ch.c.Vars.workflow()}
		next, _, err := workflow.Step(ch.def, ch.c.Flow, ev)
		if err != nil {
			return fault.New(fault.Conflict, "cases.not_stuck")
		}
		if slices.Equal(next.Tokens, ch.c.Flow.Tokens) {
			return fault.New(fault.Conflict, "cases.still_stuck")
		}
		return ch.do(move{
			act: "retry", note: clip(words), hidden: true, event: &ev,
			facts: map[string]any{"answers": answers, "words": digestText(words)},
		})
	})
}

func offered(it *catalog.Item, question, answer string) bool {
	for _, q := range it.Situations {
		if q.ID == question {
			return slices.ContainsFunc(q.Options, func(o catalog.Option) bool { return o.Value == answer })
		}
	}
	return false
}

// Unstick takes a case that can move no further back to before the opinion by which it got stuck: that step opens again at
// its post (退回卡住前一步). The head may, with words. Faults as those of Retry; cases.recall_law where the flow did not get
// stuck by an opinion without effect in law.
func (s *Service) Unstick(ctx context.Context, who auth.Actor, on On, words string) (Done, error) {
	words = strings.TrimSpace(words)
	return s.change(ctx, who, "unstick", on, words, func(ch *change) error {
		if err := ch.stuck(words); err != nil {
			return err
		}
		trail, err := listTrail(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(trail, func(t Trail) bool { return t.Act == actOpinion })
		if i < 0 {
			return fault.New(fault.Conflict, "cases.recall_law")
		}
		was, err := s.closed(ch.tx, ch.c, trail, trail[i], 0)
		if fault.Code(err) == "cases.recall_nothing" {
			return fault.New(fault.Conflict, "cases.recall_law")
		}
		if err != nil {
			return err
		}
		was.task.Holder = 0
		return ch.goBack(was, "unstick", words)
	})
}

// stuck checks that the case is stuck and that the actor may mend it.
func (ch *change) stuck(words string) error {
	if err := ch.s.may(ch.tx, ch.who, mayHandOut, ch.c, ""); err != nil {
		return err
	}
	stuck, err := ch.s.Stuck(ch.tx, ch.c)
	if err != nil {
		return err
	}
	if !stuck {
		return fault.New(fault.Conflict, "cases.not_stuck")
	}
	return spoken(words).Err()
}

// freed reports whether everything can go on: every token rests at work or at what is waited for.
func freed(d *workflow.Def, f workflow.State) bool {
	return len(f.Open(d))+len(f.Waits(d)) == len(f.Tokens)
}
