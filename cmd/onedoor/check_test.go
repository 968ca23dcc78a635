package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

// drawing writes blocks into a BPMN file and returns its path.
func drawing(t *testing.T, blocks ...workflow.Block) string {
	t.Helper()
	d, err := workflow.Encode("review", "审查", workflow.Sequence(blocks))
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "x.bpmn", string(d.Source()))
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func task(id, act string) workflow.Task {
	return workflow.Task{ID: id, Name: "任务" + id, Act: act, Post: "SPJ-SY." + id}
}

func TestFlowCheck(t *testing.T) {
	t.Parallel()
	opinion, decide := task("rev", "opinion"), task("dec", "grant|refuse")
	nobody := workflow.Task{ID: "lone", Act: "opinion"}
	for _, tt := range []struct {
		name string
		path string
		want []string // in what it prints
		bad  string   // in the error; "" for a sound drawing
	}{
		{"sound", drawing(t, opinion, decide), []string{"sound: 2 tasks"}, ""},
		{"work in parallel", drawing(t, workflow.Concurrent{Branches: []workflow.Block{opinion, task("chk", "opinion")}}, decide), []string{"sound: 3 tasks"}, ""},
		{"no decision", drawing(t, opinion), []string{"without a decision", "1. start", "2. 任务rev [opinion]"}, "problems found: 1"},
		{"two desks that decide", drawing(t, workflow.Concurrent{Branches: []workflow.Block{decide, task("dec2", "grant|refuse")}}),
			[]string{`"dec2" (任务dec2): its act "grant|refuse" can have been done before`, "2. 任务dec [grant]"}, "not sound"},
		{"an opinion after the decision", drawing(t, decide, opinion), []string{`"rev" (任务rev): its act "opinion" is not lawful when the case is granted`}, "not sound"},
		{"acceptance is not drawn", drawing(t, task("acc", "accept"), decide), []string{`"acc"`, "only opinions"}, "not sound"},
		{"a task of nobody", drawing(t, nobody, decide), []string{`"lone": neither a unit nor a post`}, "problems found: 1"},
		{"what is not executed", "../../engine/workflow/testdata/broken.bpmn",
			[]string{`line 6: complexGateway "odd" (任意两项)`, `userTask "many" (会签)`, `scriptTask "script"`}, "cannot be executed"},
		{"no drawing", file(t, "x.bpmn", "hello"), nil, "cannot be executed"},
		{"no file", "/no/such.bpmn", nil, "no such file"},
	} {
		out, err := commandLine(t, t.TempDir(), "flow", "check", tt.path)
		if (err == nil) != (tt.bad == "") || err != nil && !strings.Contains(err.Error(), tt.bad) {
			t.Errorf("%s: got error %v, want %q\n%s", tt.name, err, tt.bad, out)
		}
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in\n%s", tt.name, want, out)
			}
		}
	}
}

func TestEveryFindingHasPlainWords(t *testing.T) {
	t.Parallel()
	kinds := []workflow.FindingKind{
		workflow.Deadlock, workflow.LeftOver, workflow.Twice, workflow.Endless, workflow.OutOfOrder, workflow.DoubleAct,
		workflow.NotFinal, workflow.DeadTask, workflow.DeadEnd, workflow.DeadAct, workflow.NoDefault, workflow.NoHolder,
	}
	for _, kind := range kinds {
		if got := meaning(workflow.Finding{Kind: kind}); !strings.Contains(got, " ") {
			t.Errorf("%s has no words: %q", kind, got)
		}
	}
}

func TestLawCheck(t *testing.T) {
	t.Parallel()
	out, err := commandLine(t, t.TempDir(), "law", "check", "../../domain/cases/scenario/testdata/law-scenarios.jsonl")
	if lines := strings.Count(out, "\n"); err != nil || lines != 150 || strings.Count(out, " pass\n") != 149 ||
		!strings.HasSuffix(out, "149 scenarios: 149 hold, 0 do not\n") {
		t.Errorf("the scenarios of the repository: %v\n%s", err, out)
	}
	const line = `{"id":"X1","title":"Silence is acceptance","item":{"kind":"licence","limit":20},"events":[{"at":"2026-02-12T16:40+08:00","act":"receive","by":"w1"}],` +
		`"expect":{"state":"STATE","asof":"2026-02-27T00:00+08:00",` +
		`"deemed":[{"act":"deem_accepted","fires":"2026-02-27T00:00+08:00","as_of":"2026-02-12"}]}}` + "\n"
	for _, tt := range []struct{ name, text, want, bad string }{
		{"it holds", strings.Replace(line, "STATE", "accepted", 1), "X1 pass", ""},
		{"it does not hold", strings.Replace(line, "STATE", "received", 1), "X1 state: got accepted, want received", "1 of 1 do not hold"},
		{"no scenario", "{", "line-1 not a scenario: ", "do not hold"},
		{"an empty file", "\n", "", "nothing to play"},
	} {
		out, err := commandLine(t, t.TempDir(), "law", "check", file(t, "x.jsonl", tt.text))
		if (err == nil) != (tt.bad == "") || err != nil && !strings.Contains(err.Error(), tt.bad) || !strings.Contains(out, tt.want) {
			t.Errorf("%s: got %v, want %q and %q in\n%s", tt.name, err, tt.bad, tt.want, out)
		}
	}
}

func TestChecksExplainThemselves(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"law", "flow"} {
		var said strings.Builder
		err := run(t.Context(), []string{name, "check", "--help"}, environment(t.TempDir()), strings.NewReader(""), &said, &said)
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(said.String(), "onedoor "+name+" check FILE.") {
			t.Errorf("%s check --help: %v\n%s", name, err, said.String())
		}
		if _, err := commandLine(t, t.TempDir(), name, "check"); err == nil || !strings.Contains(err.Error(), "wants one FILE") {
			t.Errorf("%s check without a file: %v", name, err)
		}
	}
}
