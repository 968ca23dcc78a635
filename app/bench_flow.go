package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/observe"
)

// FlowFigures is what the workflow costs: in memory, and with everything that belongs to the acts of a case.
type FlowFigures struct {
	Steps     []StepFigure  `json:"steps"`
	Soundness []SoundFigure `json:"soundness"`
	Case      CaseFigure    `json:"case"`
}

// StepFigure is workflow.Step on one drawing in memory, by one caller.
type StepFigure struct {
	Drawing   string  `json:"drawing"`
	PerSecond float64 `json:"transitions_per_second"`
	PerCPU    float64 `json:"transitions_per_cpu_second"` // steadier on a shared machine
	Heap      int     `json:"heap_bytes"`                 // of a live case with most tokens
	Stored    int     `json:"stored_bytes"`               // of the same
}

// SoundFigure is the judgement of one drawing.
type SoundFigure struct {
	Drawing string  `json:"drawing"`
	Nodes   int     `json:"nodes"`
	States  int     `json:"states"` // that were looked at
	Took    float64 `json:"ms"`     // the median
}

// CaseFigure is a case of a start and three approvals through the use cases.
type CaseFigure struct {
	ActFigures
	PerSecond float64 `json:"cases_per_second"`
	Bare      float64 `json:"bare_per_second"` // the same rows written with nothing around them
}

// Transitions is how many a second are stored: four a case.
func (f CaseFigure) Transitions() float64 { return 4 * f.PerSecond }

// Share is how much of the bare speed is left.
func (f CaseFigure) Share() float64 { return f.PerSecond / f.Bare }

// approved is the item whose drawing is three steps one after the other: a review, an opinion of another unit, the decision.
const approved = "road-passenger"

// BenchFlow measures the workflow in memory, the judgement of drawings, and n cases from their acceptance through three
// approvals with so many callers at once. The databases are as for BenchActs.
func (a *App) BenchFlow(ctx context.Context, bare *db.DB, callers, n int) (f FlowFigures, err error) {
	for _, d := range drawings() {
		def, err := workflow.Encode("p", d.name, d.root)
		if err != nil {
			return f, fmt.Errorf("app: %s: %w", d.name, err)
		}
		if d.steps {
			figure, err := benchSteps(def)
			if err != nil {
				return f, fmt.Errorf("app: %s: %w", d.name, err)
			}
			f.Steps = append(f.Steps, figure)
		}
		figure, err := benchSound(def)
		if err != nil {
			return f, fmt.Errorf("app: %s: %w", d.name, err)
		}
		f.Soundness = append(f.Soundness, figure)
	}
	b := a.actBench(approved, callers, "")
	f.Case.ActFigures, err = b.run(ctx, bare, n, []benchAct{{"start", b.accept}, {"review", b.opine}, {"consult", b.opine}, {"decide", b.decide}})
	var whole, alone float64 // seconds of one case
	for _, act := range f.Case.Acts {
		whole += 1 / act.PerSecond
		alone += 1 / act.Bare
	}
	f.Case.PerSecond, f.Case.Bare = 1/whole, 1/alone
	return f, err
}

// drawing is one that is measured; steps says whether it is also executed.
type drawing struct {
	name  string
	root  workflow.Block
	steps bool
}

func drawings() []drawing {
	task := func(id string) workflow.Block { return workflow.Task{ID: id, Name: id, Unit: "u", Post: "p"} }
	line := func(ids ...string) (all workflow.Sequence) {
		for _, id := range ids {
			all = append(all, task(id))
		}
		return all
	}
	beside := func(name string, branches, tasks int) (all workflow.Concurrent) {
		for i := range branches {
			var branch workflow.Sequence
			for k := range tasks {
				branch = append(branch, task(fmt.Sprintf("%s%d_%d", name, i, k)))
			}
			all.Branches = append(all.Branches, branch)
		}
		return all
	}
	decision := workflow.Task{ID: "decide", Name: "decide", Unit: "u", Post: "p", Act: "grant|refuse"}
	var project workflow.Sequence // four stages, each with departments side by side and a choice
	for i := range 4 {
		name := fmt.Sprintf("s%d", i)
		project = append(project, task(name), beside(name+"d", 6, 2), workflow.Choice{
			Branches: []workflow.Branch{{When: fmt.Sprintf("form.again%d", i), Then: line(name+"expert", name+"hearing")}},
		})
	}
	return []drawing{
		{"three approvals", append(line("review", "consult"), decision), true},
		{"licence, three departments", workflow.Sequence{task("review"), beside("d", 3, 1), workflow.Choice{
			Branches: []workflow.Branch{{When: "form.inspect", Then: task("inspect")}},
		}, decision}, true},
		{"ten branches of five", workflow.Sequence{beside("d", 10, 5), decision}, false},
		{"building project", append(project, decision), false},
	}
}

// benchSteps lets cases live in memory for about a second of the processor.
func benchSteps(d *workflow.Def) (StepFigure, error) {
	f := StepFigure{Drawing: d.Name()}
	vars := map[string]any{"form": map[string]any{"inspect": true}}
	cpu, whole := observe.CPU(), observe.Stopwatch()
	n := 0
	var most workflow.State
	for observe.CPU()-cpu < 1e9 {
		for range 1000 {
			s, err := live(d, vars, func(s workflow.State) {
				if n++; len(s.Tokens) > len(most.Tokens) {
					most = s
				}
			})
			if err != nil {
				return f, err
			}
			if !s.Done {
				return f, errors.New("the case did not end")
			}
		}
	}
	f.PerSecond, f.PerCPU = float64(n)/whole().Seconds(), float64(n)/(observe.CPU()-cpu).Seconds()
	stored, err := json.Marshal(most)
	f.Stored = len(stored)
	if err == nil {
		f.Heap, err = heapOf(stored)
	}
	return f, err
}

// live takes one case through its drawing and shows each state.
func live(d *workflow.Def, vars map[string]any, see func(workflow.State)) (workflow.State, error) {
	s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
	for see(s); err == nil && !s.Done; see(s) {
		s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: s.Tokens[0].ID, Vars: vars})
	}
	return s, err
}

// heapOf is what one case takes in memory after it was read.
func heapOf(stored []byte) (int, error) {
	const many = 20_000
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := used()
	all := make([]workflow.State, many)
	for i := range all {
		if err := json.Unmarshal(stored, &all[i]); err != nil {
			return 0, err
		}
	}
	after := used()
	runtime.KeepAlive(all)
	return int(after-before) / many, nil
}

// benchSound judges a drawing until a second has passed, three times at least.
func benchSound(d *workflow.Def) (SoundFigure, error) {
	f := SoundFigure{Drawing: d.Name(), Nodes: len(d.Nodes())}
	var times []float64
	for whole := observe.Stopwatch(); len(times) < 3 || whole() < 1e9; {
		one := observe.Stopwatch()
		report := CheckFlow(d)
		times = append(times, float64(one().Microseconds())/1000)
		if !report.Sound() {
			return f, fmt.Errorf("it is not sound: %v", report.Findings)
		}
		f.States = report.States
	}
	slices.Sort(times)
	f.Took = times[len(times)/2]
	return f, nil
}
