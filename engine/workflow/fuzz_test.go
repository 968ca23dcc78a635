package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onedoor.app/engine/workflow"
)

// FuzzForeign compiles whatever comes as a file of another tool: it never panics, what it refuses
// it names, and what it takes keeps its source and begins.
func FuzzForeign(f *testing.F) {
	paths, err := filepath.Glob("testdata/foreign/*.[bx]*m*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path) //nolint:gosec // from the glob above
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add(everything())
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := workflow.Compiler{Plain: true}.Compile(src)
		if err != nil {
			if e, ok := errors.AsType[*workflow.CompileError](err); !ok || len(e.Problems) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if string(d.Source()) != string(src) {
			t.Fatal("the source has changed")
		}
		_, _, _ = workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
		workflow.Checker{MaxStates: 50}.Check(d)
	})
}

// FuzzStep applies any event to any state, as it may come out of a damaged store: it never panics,
// and what it takes leads to a state that it takes again.
func FuzzStep(f *testing.F) {
	d := plainly(f, everything())
	f.Add([]byte(`{"seq":1,"next":2,"tokens":[{"id":1,"node":"a"}]}`), []byte(`{"kind":"complete","task":1}`))
	f.Add([]byte(`{"seq":2,"next":9,"tokens":[{"id":5,"scope":3,"node":"vote","index":1},{"id":4,"node":"H9","for":3}],"scopes":[{"id":3,"node":"vote","total":2,"begun":1,"items":["x",1]}]}`), []byte(`{"kind":"fire","element":"H9"}`))
	f.Add([]byte(`{"seq":3,"next":9,"tokens":[{"id":5,"node":"P2","flow":"b_P2_3"}]}`), []byte(`{"kind":"retry","vars":{"x":true}}`))
	f.Add([]byte(`{"seq":2,"next":3,"done":true}`), []byte(`{"kind":"recall","back":{"seq":1,"next":2,"tokens":[{"id":1,"node":"a"}]}}`))
	f.Add([]byte(`{}`), []byte(`{"kind":"start"}`))
	f.Fuzz(func(t *testing.T, state, event []byte) {
		var s workflow.State
		var e workflow.Event
		if json.Unmarshal(state, &s) != nil || json.Unmarshal(event, &e) != nil {
			return
		}
		next, _, err := workflow.Step(d, s, e)
		if err != nil {
			return
		}
		if _, _, err := workflow.Step(d, next, workflow.Event{Kind: workflow.EventCancel}); err != nil && !next.Done {
			after, _ := json.Marshal(next)
			t.Fatalf("%s by %s leads to %s: %v", state, event, after, err)
		}
	})
}

// everything is a drawing with every construct of the subset.
func everything() []byte {
	return sketch("S>a a>P1 P1>b P1>O1 b>P2 O1>c[x] O1>d[y] O1>e* c>O2 d>O2 e>O2 O2>P2 P2>sub sub>V1 V1>M1 V1>H1 M1>vote H1>D1 D1>vote vote>Z1 Z1>X1 X1>a[again] X1>E* H9>T M9>r r>E2",
		inside("sub", "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>", "S>P1 P1>a P1>b a>T b>E", "")+
			fmt.Sprintf(several, ` isSequential="true" collection="people"`, "<completionCondition>nrOfCompletedInstances > 1</completionCondition>")+
			`<boundaryEvent id="H9" attachedToRef="vote"><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`+
			`<boundaryEvent id="M9" attachedToRef="sub" cancelActivity="false"><messageEventDefinition messageRef="news"/></boundaryEvent>`)
}
