package workflow_test

import (
	"encoding/json"
	"testing"

	"onedoor.app/engine/workflow"
)

// BenchmarkTransitions is Step in memory on one core: a start with three approvals, and a licence
// with departments in parallel and an inspection. Each event is one transition.
func BenchmarkTransitions(b *testing.B) {
	for _, c := range []struct{ name, flows string }{
		{"three approvals", "S>a a>b b>c c>E"},
		{"licence", "S>receive receive>P1 P1>fire P1>health P1>town fire>P2 health>P2 town>P2 P2>X1 X1>inspect[inspect] X1>X2* inspect>X2 X2>decide decide>E"},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := plainly(b, sketch(c.flows, ""))
			vars := map[string]any{"inspect": true}
			steps, bytes := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
				for steps++; err == nil && !s.Done; steps++ {
					if bytes == 0 && len(s.Tokens) > 1 {
						stored, _ := json.Marshal(s)
						bytes = len(stored)
					}
					s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: s.Tokens[0].ID, Vars: vars})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "transitions/s")
			b.ReportMetric(float64(bytes), "stored-bytes")
		})
	}
}

// BenchmarkSoundness judges a building project with calls, and a block of ten branches of five.
func BenchmarkSoundness(b *testing.B) {
	for name, src := range map[string][]byte{"project": project(), "ten by five": block(10, 5)} {
		b.Run(name, func(b *testing.B) {
			d := plainly(b, held(src))
			states := 0
			for b.Loop() {
				states = workflow.Check(d, nil).States
			}
			b.ReportMetric(float64(states), "states")
		})
	}
}
