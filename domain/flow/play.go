package flow

import (
	"maps"
	"slices"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/fault"
)

// Move is one thing that happens while a drawing is played through. Step, Answer and Form are what
// its conditions may ask about from then on.
type Move struct {
	Kind    workflow.EventKind `json:"kind"` // start, complete, fire, message or retry
	Task    uint32             `json:"task,omitempty"`
	Message string             `json:"message,omitempty"`
	Outcome string             `json:"outcome,omitempty"` // of the task that is done
	Step    map[string]bool    `json:"step,omitempty"`
	Answer  map[string]string  `json:"answer,omitempty"`
	Form    map[string]any     `json:"form,omitempty"`
}

// Scene is where a drawing stands after some moves.
type Scene struct {
	Tokens []Place        // each place that holds tokens
	Open   []Waiting      // tasks that somebody could complete
	Waits  []Waiting      // timers and messages
	Stuck  []Place        // what cannot go on, and why
	Passed []string       // elements that have been done with, in order, automatic ones too
	Told   map[string]any // what decision tables have decided
	Over   bool
}

// Place is an element that holds tokens.
type Place struct {
	Element string
	Name    string
	Count   int
	Why     workflow.Reason // of what is stuck
}

// Waiting is a task, a timer or a message that is waited for.
type Waiting struct {
	Token   uint32
	Node    *workflow.Node
	Index   int // among several instances, from 1
	Outcome []string
}

// mostMoves bounds how long a drawing is played.
const mostMoves = 500

// Play does moves one after the other, from the beginning, with the machinery that runs cases. The
// error is Invalid: flow.play.long for too many moves, flow.play.cannot for one that is not
// possible where it comes.
func Play(def *workflow.Def, moves []Move) (Scene, error) {
	if len(moves) > mostMoves {
		return Scene{}, fault.New(fault.Invalid, "flow.play.long")
	}
	var state workflow.State
	var scene Scene
	why := map[uint32]workflow.Reason{}
	result := map[string]string{}
	for _, m := range moves {
		if m.Kind == workflow.EventComplete {
			if i := slices.IndexFunc(state.Open(def), func(o workflow.OpenTask) bool { return o.Task == m.Task }); i >= 0 {
				result[state.Open(def)[i].Node.ID] = m.Outcome
			}
		}
		next, effects, err := workflow.Step(def, state, m.event(result))
		if err != nil {
			return Scene{}, fault.New(fault.Invalid, "flow.play.cannot")
		}
		state = next
		for _, fx := range effects {
			switch fx.Kind {
			case workflow.TaskClosed, workflow.WaitEnded, workflow.Ordered, workflow.Decided, workflow.Finished, workflow.Ended:
				if fx.Node != nil {
					scene.Passed = append(scene.Passed, fx.Node.Element)
				}
			case workflow.Incident:
				why[fx.Token] = fx.Reason
			}
		}
	}
	scene.stand(def, state, why)
	return scene, nil
}

// event is the move as the engine takes it.
func (m Move) event(result map[string]string) workflow.Event {
	switch m.Kind {
	case workflow.EventStart, workflow.EventComplete, workflow.EventFire, workflow.EventMessage, workflow.EventRetry:
	default:
		m.Kind = "" // the others are no part of playing: refused
	}
	return workflow.Event{
		Kind: m.Kind, Task: m.Task, Message: m.Message, Outcome: m.Outcome,
		Vars: map[string]any{"step": m.Step, "answer": m.Answer, "form": m.Form, "result": maps.Clone(result), "case": map[string]any{}},
	}
}

// stand reads off the state what is shown of it.
func (s *Scene) stand(def *workflow.Def, state workflow.State, why map[uint32]workflow.Reason) {
	s.Over, s.Told = state.Done, state.Decided
	put := func(list *[]Place, n *workflow.Node, reason workflow.Reason) {
		shown := n.Element
		if out := outermost(n); out != nil {
			shown = out.Element
		}
		if i := slices.IndexFunc(*list, func(p Place) bool { return p.Element == shown && p.Why == reason }); i >= 0 {
			(*list)[i].Count++
			return
		}
		*list = append(*list, Place{Element: shown, Name: n.Name, Count: 1, Why: reason})
	}
	waiting := map[uint32]bool{}
	for _, o := range state.Open(def) {
		s.Open = append(s.Open, Waiting{Token: o.Task, Node: o.Node, Index: o.Index, Outcome: outcomesOf(o.Node)})
		waiting[o.Task] = true
	}
	for _, w := range state.Waits(def) {
		s.Waits = append(s.Waits, Waiting{Token: w.Token, Node: w.Node})
		waiting[w.Token] = true
	}
	for _, t := range state.Tokens {
		n := def.Node(t.Node)
		if n == nil || n.Implied {
			continue
		}
		put(&s.Tokens, n, "")
		if reason := why[t.ID]; reason != "" && !waiting[t.ID] {
			put(&s.Stuck, n, reason)
		}
	}
}

// outermost is the call in the drawing itself inside which a node is, nil for one that is drawn.
func outermost(n *workflow.Node) (call *workflow.Node) {
	for b := n.Body; b != nil && b.Owner != nil; b = b.Owner.Body {
		if b.Owner.Kind == workflow.Call {
			call = b.Owner
		}
	}
	return call
}

// outcomesOf are the ways in which a step may end that conditions behind it may ask about.
func outcomesOf(n *workflow.Node) []string {
	if n.Slot() == KindDecide {
		return []string{"grant", "refuse"}
	}
	return []string{"agree", "disagree"}
}
