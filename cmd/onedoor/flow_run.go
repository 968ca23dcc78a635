package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"onedoor.app/app"
	"onedoor.app/engine/workflow"
)

const flowRunHelp = `onedoor flow run [--auto] [--no-law] FILE.bpmn

Reads one event in JSON a line and answers each with one line:
  {"op":"start","vars":{}}
  {"op":"complete","element":"id","task":1,"vars":{}}   task when several are open
  {"op":"fire","element":"timerId"}
  {"op":"message","name":"…"}
Variables add to those of the events before. --auto completes the open tasks in the order of
their numbers after each event, and begins by itself when there is none. A process that the
drawing calls is looked for in the file and beside it, as ID.bpmn. Without --no-law the drawing
must be sound under the law too. A drawing that is refused ends the program with 2.
`

// maxLine is the longest event, in bytes.
const maxLine = 4 << 20

// flowRun plays a drawing.
func flowRun(ctx context.Context, p program, args []string) error {
	fs := flag.NewFlagSet("onedoor flow run", flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	fs.Usage = func() { fmt.Fprint(p.stderr, flowRunHelp) }
	auto := fs.Bool("auto", false, "complete the open tasks in the order of their numbers")
	noLaw := fs.Bool("no-law", false, "run any BPMN of the subset, whatever the law says of it")
	path, err := lastFile(fs, args)
	if err != nil {
		return err
	}
	src, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	out := json.NewEncoder(p.stdout)
	out.SetEscapeHTML(false)
	d, err := compiler(path, *noLaw).Compile(src)
	if bad := refusals(d, err, *noLaw); len(bad) > 0 {
		return errors.Join(out.Encode(map[string]any{"refused": bad}), errFileRefused)
	}
	if err != nil {
		return err
	}
	r := &rehearsal{def: d, out: out, auto: *auto, vars: map[string]any{}}
	if err := r.read(ctx, p.stdin); err != nil {
		return err
	}
	if r.auto && r.state.Seq == 0 {
		return r.play(ctx, order{Op: "start"})
	}
	return nil
}

// lastFile parses flags before and after the one file that they are about.
func lastFile(fs *flag.FlagSet, args []string) (string, error) {
	var files []string
	for {
		if err := fs.Parse(args); err != nil {
			return "", err
		}
		if fs.NArg() == 0 {
			break
		}
		files, args = append(files, fs.Arg(0)), fs.Args()[1:]
	}
	if len(files) != 1 {
		return "", fmt.Errorf("%s wants one FILE.bpmn", fs.Name())
	}
	return files[0], nil
}

// compiler reads called processes from files beside the drawing.
func compiler(path string, plain bool) workflow.Compiler {
	return workflow.Compiler{Plain: plain, Callee: func(process string) []byte {
		if process != filepath.Base(process) {
			return nil
		}
		src, err := os.ReadFile(filepath.Join(filepath.Dir(path), process+".bpmn")) //nolint:gosec // beside the file that the operator names
		if err != nil {
			return nil
		}
		return src
	}}
}

// refusal is one reason why a drawing is not run.
type refusal struct {
	Element string `json:"element"`
	Code    string `json:"code"`
	Text    string `json:"text,omitempty"`
	Line    int    `json:"line,omitempty"`
}

func refusals(d *workflow.Def, err error, noLaw bool) (list []refusal) {
	if bad, ok := errors.AsType[*workflow.CompileError](err); ok {
		for _, p := range bad.Problems {
			list = append(list, refusal{p.Element, string(p.Fault), p.Text, p.Line})
		}
	}
	if d == nil || noLaw {
		return list
	}
	report := app.CheckFlow(d)
	for _, f := range report.Findings {
		list = append(list, refusal{Element: f.Node, Code: string(f.Kind), Text: meaning(f)})
	}
	if report.TooLarge {
		list = append(list, refusal{Code: "too_large", Text: "nothing is proved about so large a drawing"})
	}
	return list
}

// rehearsal is a drawing that is played.
type rehearsal struct {
	def   *workflow.Def
	state workflow.State
	vars  map[string]any
	out   *json.Encoder
	auto  bool
}

// order is one line of the input.
type order struct {
	Op      string         `json:"op"`
	Element string         `json:"element"`
	Task    uint32         `json:"task"`
	Name    string         `json:"name"`
	Outcome string         `json:"outcome"`
	Vars    map[string]any `json:"vars"`
}

type openTask struct {
	Task    uint32 `json:"task"`
	Element string `json:"element"`
	Name    string `json:"name"`
}

type incident struct {
	Element string `json:"element"`
	Code    string `json:"code"`
	Text    string `json:"text,omitempty"`
}

// answer is one line of the output.
type answer struct {
	Open     []openTask `json:"open"`
	Done     []string   `json:"done"`
	Ended    bool       `json:"ended"`
	Incident *incident  `json:"incident"`
}

type mistake struct {
	Code    string `json:"code"`
	Element string `json:"element"`
}

func (r *rehearsal) read(ctx context.Context, in io.Reader) error {
	if f, ok := in.(*os.File); ok && r.auto {
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
			return nil // nobody types: it begins by itself
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var o order
		if err := json.Unmarshal(line, &o); err != nil {
			if err := r.out.Encode(map[string]mistake{"error": {Code: "json"}}); err != nil {
				return err
			}
			continue
		}
		if err := r.play(ctx, o); err != nil {
			return err
		}
	}
	return lines.Err()
}

// play answers one event, and with --auto those that follow by themselves.
func (r *rehearsal) play(ctx context.Context, o order) error {
	ok, err := r.answer(o)
	for err == nil && ok && r.auto && ctx.Err() == nil && !r.state.Done {
		next, waits := r.next()
		if !waits {
			break
		}
		ok, err = r.answer(next)
	}
	return errors.Join(err, ctx.Err())
}

// next is what happens when nobody steers: the open task with the lowest number is done; when
// there is none, what has been waited for longest comes.
func (r *rehearsal) next() (order, bool) {
	if open := r.state.Open(r.def); len(open) > 0 {
		t := slices.MinFunc(open, func(a, b workflow.OpenTask) int { return int(a.Task) - int(b.Task) })
		return order{Op: "complete", Task: t.Task, Element: t.Node.Element}, true
	}
	if waits := r.state.Waits(r.def); len(waits) > 0 {
		if n := waits[0].Node; n.Trigger == workflow.OnMessage {
			return order{Op: "message", Name: n.Message}, true
		}
		return order{Op: "fire", Element: waits[0].Node.Element}, true
	}
	return order{}, false
}

// answer applies one event and reports whether it was taken.
func (r *rehearsal) answer(o order) (bool, error) {
	vars := make(map[string]any, len(r.vars)+len(o.Vars))
	for _, from := range []map[string]any{r.vars, o.Vars} {
		for k, v := range from {
			vars[k] = v
		}
	}
	e, err := r.event(o)
	e.Vars = vars
	var next workflow.State
	var fx []workflow.Effect
	if err == nil {
		next, fx, err = workflow.Step(r.def, r.state, e)
	}
	if err != nil {
		return false, r.out.Encode(map[string]mistake{"error": {Code: codeOf(err), Element: o.Element}})
	}
	r.state, r.vars = next, vars
	a := answer{Open: []openTask{}, Done: []string{}, Ended: next.Done}
	for _, t := range next.Open(r.def) {
		a.Open = append(a.Open, openTask{t.Task, t.Node.Element, t.Node.Name})
	}
	for _, f := range fx {
		switch f.Kind {
		case workflow.TaskClosed, workflow.Decided, workflow.Ordered, workflow.Finished:
			if f.Kind != workflow.Finished || f.Node.Inner != nil { // else each instance has been told already
				a.Done = append(a.Done, f.Node.Element)
			}
		case workflow.Incident:
			if a.Incident == nil {
				a.Incident = &incident{f.Node.Element, string(f.Reason), f.Detail}
			}
		}
	}
	return true, r.out.Encode(a)
}

// event turns a line into an event of the engine.
func (r *rehearsal) event(o order) (workflow.Event, error) {
	switch o.Op {
	case "start", "cancel", "retry":
		return workflow.Event{Kind: workflow.EventKind(o.Op)}, nil
	case "complete":
		for _, t := range r.state.Open(r.def) {
			if (o.Task == 0 || t.Task == o.Task) && (o.Element == "" || o.Element == t.Node.Element || o.Element == t.Node.ID) {
				return workflow.Event{Kind: workflow.EventComplete, Task: t.Task, Outcome: o.Outcome}, nil
			}
		}
		if r.state.Seq == 0 || r.state.Done {
			return workflow.Event{Kind: workflow.EventComplete}, nil // refused by the engine for that
		}
		return workflow.Event{}, workflow.ErrNoTask
	case "fire":
		for _, w := range r.state.Waits(r.def) {
			if w.Node.Trigger == workflow.OnTimer && (o.Element == w.Node.Element || o.Element == w.Node.ID) {
				return workflow.Event{Kind: workflow.EventFire, Task: w.Token}, nil
			}
		}
		return workflow.Event{Kind: workflow.EventFire, Element: o.Element}, nil
	case "message":
		return workflow.Event{Kind: workflow.EventMessage, Message: o.Name}, nil
	case "return":
		return workflow.Event{Kind: workflow.EventReturn, Task: o.Task, Element: o.Element}, nil
	}
	return workflow.Event{}, workflow.ErrEvent
}

// codeOf names what the engine refused.
func codeOf(err error) string {
	for code, known := range map[string]error{
		"begun": workflow.ErrBegun, "not_begun": workflow.ErrNotBegun, "done": workflow.ErrDone, "no_task": workflow.ErrNoTask,
		"no_wait": workflow.ErrNoWait, "no_return": workflow.ErrReturn, "nothing": workflow.ErrNothing, "event": workflow.ErrEvent,
		"state": workflow.ErrState, "bound": workflow.ErrBound,
	} {
		if errors.Is(err, known) {
			return code
		}
	}
	return "error"
}
