package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Back is an earlier step to which a case may be given back.
type Back struct {
	Node, Name string
	Withdraws  []string // the names of other open steps that end by it
}

// Backs lists the earlier steps to which an open step may be given back, the nearest first: those that the engine itself
// takes.
func (s *Service) Backs(tx *db.Tx, c *Case, t Task) ([]Back, error) {
	if t.Kind != "" || c.Flow.Seq == 0 {
		return nil, nil
	}
	def, err := s.flow(tx, c.FlowHash)
	if err != nil {
		return nil, err
	}
	was, err := listTasks(tx, c.ID)
	if err != nil {
		return nil, err
	}
	var list []Back
	seen := map[string]bool{}
	for _, old := range slices.Backward(was) {
		if old.Kind != "" || old.Closed.IsZero() || seen[old.Node] {
			continue
		}
		seen[old.Node] = true
		ev := workflow.Event{Kind: workflow.EventReturn, Task: uint32(t.Token), Element: old.Node, Vars: c.Vars.workflow()}
		_, effects, err := workflow.Step(def, c.Flow, ev)
		if errors.Is(err, workflow.ErrReturn) {
			continue
		}
		if err != nil {
			return nil, err
		}
		b := Back{Node: old.Node, Name: old.Name}
		for _, fx := range effects {
			if fx.Kind == workflow.TaskWithdrawn && int64(fx.Token) != t.Token {
				b.Withdraws = append(b.Withdraws, fx.Node.Name)
			}
		}
		list = append(list, b)
	}
	return list, nil
}

// GiveBack returns an open step to an earlier one (退回), with words for whoever does it again. What came of that step
// since is withdrawn; the opinions stay as history and say so. The law's clocks go on. Faults: Forbidden for whose post it is
// not; cases.task_held while somebody else has it; cases.no_way_back where the drawing has no one way from there.
func (s *Service) GiveBack(ctx context.Context, who auth.Actor, on On, task int64, node, words string) (Done, error) {
	words = strings.TrimSpace(words)
	return s.change(ctx, who, "give_back", on, []any{task, node, words}, func(ch *change) error {
		t, err := ch.at(task, "")
		if err != nil {
			return err
		}
		if t.Kind != "" {
			return fault.New(fault.Conflict, "cases.no_way_back")
		}
		bad := spoken(words)
		backs, err := s.Backs(ch.tx, ch.c, t)
		if err != nil {
			return err
		}
		to := slices.IndexFunc(backs, func(b Back) bool { return b.Node == node })
		bad.Need(to >= 0, "node", "cases.no_way_back")
		if err := bad.Err(); err != nil {
			return err
		}
		undone, err := ch.since(ch.def.Node(node), ch.def.Node(t.Node))
		if err != nil {
			return err
		}
		return ch.do(move{
			act: "give_back", note: clip(t.Name + " → " + backs[to].Name + "：" + words), hidden: true, undone: undone,
			event: &workflow.Event{Kind: workflow.EventReturn, Task: uint32(t.Token), Element: node, Vars: ch.c.Vars.workflow()},
			facts: map[string]any{"task": t.ID, "words": digestText(words)},
		})
	})
}

// since lists the opinions that a return from one node to an earlier one undoes, and forgets what these steps had come to.
func (ch *change) since(to, at *workflow.Node) (ids []int64, err error) {
	undone := ch.def.Undone(to, at)
	list, err := listOpinions(ch.tx, ch.c.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		if n := ch.def.Node(o.Node); o.Undone == "" && n != nil && undone[n] {
			ids = append(ids, o.ID)
		}
	}
	for id := range ch.c.Vars.Result {
		if n := ch.def.Node(id); n != nil && undone[n] {
			delete(ch.c.Vars.Result, id)
		}
	}
	return ids, nil
}
