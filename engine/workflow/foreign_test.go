package workflow_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

// TestForeignFiles reads files as other tools write them: each runs, or is refused by name, as
// testdata/foreign/golden.txt tells; none is changed.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/foreign/*.[bx]*m*")
	if err != nil || len(paths) < 8 {
		t.Fatal(err, paths)
	}
	var out strings.Builder
	for _, path := range paths {
		src, err := os.ReadFile(path) //nolint:gosec // from the glob above
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s\n", filepath.Base(path))
		d, err := workflow.Compiler{Plain: true}.Compile(src)
		if bad, ok := errors.AsType[*workflow.CompileError](err); ok {
			for _, p := range bad.Problems {
				fmt.Fprintf(&out, "refused %s\n", p)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(d.Source(), src) {
			t.Errorf("%s: its source has changed", path)
		}
		for _, n := range d.Notes() {
			fmt.Fprintf(&out, "note %s: %s\n", n.Element, n.What)
		}
		for _, n := range d.Tasks() {
			fmt.Fprintf(&out, "task %s %s %v\n", n.ID, n.Name, n.Attr)
		}
		for _, n := range d.Nodes() {
			if n.Kind == workflow.ServiceTask {
				fmt.Fprintf(&out, "service %s %q %q\n", n.ID, n.Service(), n.Send())
			}
		}
		rehearse(&out, d)
	}
	golden := "testdata/foreign/golden.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || out.String() != string(want) {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// rehearse runs a drawing with what its conditions ask for, and lets what is waited for come.
func rehearse(out *strings.Builder, d *workflow.Def) {
	vars := map[string]any{"area": 12.0, "people": []any{"甲", "乙"}, "volume": 1.0, "park": true, "road": true, "private": false, "items": []any{"a", "b"}, "again": false}
	var s workflow.State
	e := workflow.Event{Kind: workflow.EventStart, Vars: vars}
	for range 50 {
		next, fx, err := workflow.Step(d, s, e)
		if err != nil && s.Seq == 0 && e.Kind == workflow.EventStart {
			e = workflow.Event{Kind: workflow.EventMessage, Message: "申请到达", Vars: vars}
			continue
		}
		if err != nil {
			fmt.Fprintf(out, "error %v\n", err)
			return
		}
		fmt.Fprintf(out, "  %s\n", tell(fx))
		if s = next; s.Done {
			return
		}
		e = workflow.Event{Kind: workflow.EventComplete, Vars: vars}
		if open := s.Open(d); len(open) > 0 {
			e.Task = open[0].Task
		} else if w := s.Waits(d); len(w) > 0 && w[0].Node.Trigger == workflow.OnTimer {
			e.Kind, e.Task = workflow.EventFire, w[0].Token
		} else if len(w) > 0 {
			e.Kind, e.Message = workflow.EventMessage, w[0].Node.Message
		}
	}
}
