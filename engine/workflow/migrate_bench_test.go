package workflow_test

import (
	"testing"

	"onedoor.app/engine/workflow"
)

// BenchmarkCarryOver carries a case of a building project over to its own drawing, and proves where it stands.
func BenchmarkCarryOver(b *testing.B) {
	d := plainly(b, held(project()))
	s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
	if err != nil {
		b.Fatal(err)
	}
	vars := map[string]any{"x": true, "y": true}
	for range 6 {
		if s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: s.Open(d)[0].Task, Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
	g := workflow.NewMigration(d, d, workflow.Match(d, d, nil))
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			if _, _, no := g.Apply(s); len(no) > 0 {
				b.Fatal(no)
			}
		}
	})
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			if r := (workflow.Checker{}).From(d, s, ""); r.TooLarge || len(r.Findings) > 0 {
				b.Fatal(r)
			}
		}
	})
	b.Run("match", func(b *testing.B) {
		for b.Loop() {
			workflow.Match(d, d, nil)
		}
	})
}
