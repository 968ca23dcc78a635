package flow

import (
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
)

// Trial is one way through a drawing, as the calendar lets it go.
type Trial struct {
	Turns   []Turn
	Passed  []string // ids of the tasks that were passed over
	End     calendar.Date
	Counted int    // working days that count for the limit of the whole
	Stuck   string // id of what the way ends at before its end, "" when it came through
}

// Turn is one task in somebody's hands, from the day it opens to the day it is due.
type Turn struct {
	Node     *workflow.Node
	From, To calendar.Date
}

// Tried bounds a trial: a drawing may go round in circles.
const mostTurns = 500

// Try runs a drawing from a day on, with every task taking as long as its limit lets it: who holds
// the case when. vars are the answers and the form; no case is made of it.
func Try(d *workflow.Def, cal *calendar.Calendar, start calendar.Date, vars map[string]any) (Trial, error) {
	var t Trial
	opened := map[uint32]calendar.Date{}
	state, effects, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
	t.End = start
	note := func(day calendar.Date) {
		for _, fx := range effects {
			switch fx.Kind {
			case workflow.TaskOpened:
				opened[fx.Token] = day
			case workflow.Incident:
				t.Stuck = fx.Node.ID
			}
		}
	}
	for note(start); err == nil && !state.Done && len(t.Turns) < mostTurns; {
		open := state.Open(d)
		if len(open) == 0 {
			if t.Stuck == "" && len(state.Tokens) > 0 {
				t.Stuck = state.Tokens[0].Node
			}
			break
		}
		due := func(o workflow.OpenTask) calendar.Date { return cal.AddWorkdays(opened[o.Task], o.Node.Limit()) }
		next := slices.MinFunc(open, func(a, b workflow.OpenTask) int { return int(due(a) - due(b)) })
		to := due(next)
		t.Turns = append(t.Turns, Turn{next.Node, opened[next.Task], to})
		t.End = max(t.End, to)
		state, effects, err = workflow.Step(d, state, workflow.Event{Kind: workflow.EventComplete, Task: next.Task, Vars: vars})
		note(to)
	}
	if !state.Done && t.Stuck == "" && len(t.Turns) >= mostTurns {
		t.Stuck = t.Turns[len(t.Turns)-1].Node.ID
	}
	for _, n := range d.Tasks() {
		if !slices.ContainsFunc(t.Turns, func(turn Turn) bool { return turn.Node == n }) {
			t.Passed = append(t.Passed, n.ID)
		}
	}
	t.Counted = t.counted(cal, start)
	return t, err
}

// counted are the working days after the start on which no task has stopped the clock.
func (t Trial) counted(cal *calendar.Calendar, start calendar.Date) (n int) {
	for _, day := range cal.Span(start+1, t.End) {
		stopped := slices.ContainsFunc(t.Turns, func(turn Turn) bool {
			return turn.Node.Clock() == workflow.ClockStopped && turn.From < day.Date && day.Date <= turn.To
		})
		if !stopped && cal.IsWorkday(day.Date) {
			n++
		}
	}
	return n
}
