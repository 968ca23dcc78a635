package cases

import (
	"context"
	"slices"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
)

// Retry lets a case that can move no further try again (重试流程) with what its conditions see now. The head may. Faults:
// Forbidden for everybody else; cases.not_stuck where nothing waits for it; cases.still_stuck where it would change nothing.
func (s *Service) Retry(ctx context.Context, who auth.Actor, on On) (Done, error) {
	return s.change(ctx, who, "retry", on, nil, func(ch *change) error {
		if err := s.may(ch.tx, who, mayHandOut, ch.c, ""); err != nil {
			return err
		}
		ev := workflow.Event{Kind: workflow.EventRetry, Vars: ch.c.Vars.workflow()}
		if ch.def == nil || ch.c.Flow.Done {
			return fault.New(fault.Conflict, "cases.not_stuck")
		}
		next, _, err := workflow.Step(ch.def, ch.c.Flow, ev)
		if err != nil {
			return fault.New(fault.Conflict, "cases.not_stuck")
		}
		if slices.Equal(next.Tokens, ch.c.Flow.Tokens) {
			return fault.New(fault.Conflict, "cases.still_stuck")
		}
		return ch.do(move{act: "retry", hidden: true, event: &ev})
	})
}

// freed reports whether an event has let everything go on that could not: every token rests at work or at what is waited for.
func freed(d *workflow.Def, f workflow.State) bool {
	return len(f.Open(d))+len(f.Waits(d)) == len(f.Tokens)
}
