package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"onedoor.app/app"
	"onedoor.app/engine/workflow"
)

// flowCheck compiles a drawing, explores every way through it and prints what
// is wrong with the shortest way there.
func flowCheck(_ context.Context, p program, args []string) error {
	path, err := p.oneFile("flow check", "FILE.bpmn", "The file is a BPMN 2.0 drawing of how a case is examined, from acceptance to decision.\n"+
		"Each problem is printed with the id of its element and the shortest way there, and the program ends with 1.", args)
	if err != nil {
		return err
	}
	src, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	d, err := compiler(path, false).Compile(src)
	if bad, ok := errors.AsType[*workflow.CompileError](err); ok {
		for _, problem := range bad.Problems {
			fmt.Fprintln(p.stdout, problem)
		}
		return fmt.Errorf("%s cannot be executed: problems found: %d", path, len(bad.Problems))
	}
	if err != nil {
		return err
	}
	return printFindings(p.stdout, path, d, app.CheckFlow(d))
}

func printFindings(w io.Writer, path string, d *workflow.Def, r *workflow.Report) error {
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s%s\n", element(d, f), meaning(f))
		for i, hop := range f.Trace {
			fmt.Fprintf(w, "    %d. %s\n", i+1, hop)
		}
	}
	switch {
	case len(r.Findings) > 0:
		return fmt.Errorf("%s is not sound: problems found: %d", path, len(r.Findings))
	case r.TooLarge:
		return fmt.Errorf("%s is too large to be explored: nothing is proved after %d situations", path, r.States)
	}
	_, err := fmt.Fprintf(w, "sound: %d tasks, %d situations, every way leads to one decision and then to the end\n", len(d.Tasks()), r.States)
	return err
}

// element names what a finding is about by kind, id and name.
func element(d *workflow.Def, f workflow.Finding) string {
	n := d.Node(f.Node)
	if n == nil {
		return ""
	}
	name := fmt.Sprintf("%s %q", n.Kind, n.ID)
	if n.Name != "" {
		name += " (" + n.Name + ")"
	}
	return name + ": "
}

// meaning says in plain words what a finding is.
func meaning(f workflow.Finding) string {
	act := ""
	if f.Act != "" {
		act = fmt.Sprintf(" %q", f.Act)
	}
	switch f.Kind {
	case workflow.Deadlock:
		return "the case stands still here; a branch that this join waits for never comes"
	case workflow.LeftOver:
		return "an end was reached, but a branch still waits here for ever"
	case workflow.Twice:
		return "it can be opened a second time before the first is done"
	case workflow.Endless:
		return "from here the end can never be reached again"
	case workflow.OutOfOrder:
		return fmt.Sprintf("its act%s is not lawful when the case is %s; only opinions, special procedures and one decision are drawn", act, f.Law)
	case workflow.DoubleAct:
		return fmt.Sprintf("its act%s can have been done before, so it would be done twice", act)
	case workflow.NotFinal:
		return "the case can leave the drawing without a decision"
	case workflow.DeadTask:
		return "no way leads to this task"
	case workflow.DeadEnd:
		return "no way leads to this end"
	case workflow.DeadAct:
		return fmt.Sprintf("its act%s is never lawful here", act)
	case workflow.NoDefault:
		return "there is no default flow, so it may find no way open"
	case workflow.NoHolder:
		return "neither a unit nor a post is named, so nobody would get it"
	case workflow.Missing:
		return fmt.Sprintf("its %s is missing", f.Attr)
	case workflow.OverLimit:
		return fmt.Sprintf("the longest way takes %d working days, more than the whole may", f.Days)
	}
	return string(f.Kind)
}
