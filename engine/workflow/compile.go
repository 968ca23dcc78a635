package workflow

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"onedoor.app/engine/rule"
)

// Fault is the class of a Problem.
type Fault string

// The classes of problems.
const (
	FaultFile      Fault = "file"      // not BPMN, or not readable at all
	FaultRefused   Fault = "refused"   // BPMN that is not executed by design
	FaultReference Fault = "reference" // an id is missing, doubled or unknown
	FaultShape     Fault = "shape"     // the drawing does not hang together
	FaultCondition Fault = "condition" // a condition is missing, misplaced or wrong
	FaultAttribute Fault = "attribute" // an extension attribute is malformed
)

// Problem is one reason why a drawing is not accepted.
type Problem struct {
	Fault   Fault
	Process string // id of the called process whose file it is in, "" for the file itself
	Element string // element id, "" when it has none
	Name    string // name of the element, if any
	Tag     string // BPMN element, such as complexGateway
	Line    int    // line in the file, from 1; 0 when no place is meant
	Text    string // what is wrong, in English
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Process != "" {
		fmt.Fprintf(&b, "process %q: ", p.Process)
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Tag != "" {
		fmt.Fprintf(&b, "%s %q", p.Tag, p.Element)
		if p.Name != "" {
			fmt.Fprintf(&b, " (%s)", p.Name)
		}
		b.WriteString(": ")
	}
	return b.String() + p.Text
}

// CompileError lists everything that is wrong with a drawing, in file order.
type CompileError struct{ Problems []Problem }

func (e *CompileError) Error() string {
	if len(e.Problems) == 1 {
		return "workflow: " + e.Problems[0].String()
	}
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = "\n  " + p.String()
	}
	return fmt.Sprintf("workflow: %d problems:%s", len(e.Problems), strings.Join(lines, ""))
}

// conditions declares what conditions may name; see the package comment.
var conditions = sync.OnceValue(func() *rule.Env {
	env, err := rule.NewEnv(map[string]rule.Type{
		"step": rule.Flags, "form": rule.Map, "answer": rule.Map, "case": rule.Map, "result": rule.Words,
		"decision": rule.Map, "instances": rule.Map,
		"nrOfInstances": rule.Double, "nrOfCompletedInstances": rule.Double, "nrOfActiveInstances": rule.Double, "loopCounter": rule.Double,
	})
	if err != nil {
		panic(err) // the declarations above are constants
	}
	return env
})

// Compiler reads drawings. The zero value is for drawings that are to be deployed.
type Compiler struct {
	// Plain is for files of other tools: conditions may name any variable, and what only a
	// deployment needs may be missing, such as the table of a business rule task.
	Plain bool
	// Callee returns the file that holds a called process, or nil when there is none.
	Callee func(process string) []byte
}

// Compile is [Compiler.Compile] of the zero Compiler.
func Compile(src []byte) (*Def, error) { return Compiler{}.Compile(src) }

// Compile reads a BPMN file and the processes that it calls, refuses what is not
// executed and compiles the conditions. The error is a *[CompileError] with every
// problem found.
func (c Compiler) Compile(src []byte) (*Def, error) {
	def := &Def{source: bytes.Clone(src), byID: map[string]*Node{}}
	r := &reader{set: c, def: def, elems: map[*Node]*elem{}, files: []string{hashOf(src)}}
	f := &file{reader: r, seen: map[string]bool{}, outside: map[string]bool{}, named: map[string]string{}}
	if process := f.open(src); process != nil {
		def.id, def.name = process.get("id"), process.get("name")
		def.root = f.body(process, nil)
		r.shape()
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Process, b.Process), cmp.Compare(a.Line, b.Line))
		})
		return nil, &CompileError{r.problems}
	}
	def.wide = 1
	for _, n := range def.nodes {
		def.wide = max(def.wide, len(n.Out), len(n.Boundaries)+1)
	}
	def.hash = r.files[0]
	if len(r.files) > 1 {
		def.hash = hashOf([]byte(strings.Join(r.files, "\n")))
	}
	return def, nil
}

// reader reads one drawing with all that it calls.
type reader struct {
	set      Compiler
	def      *Def
	elems    map[*Node]*elem // the implied nodes have none
	files    []string        // hashes of the files, the drawing's own first
	problems []Problem
}

func hashOf(src []byte) string {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// maxProblems bounds the report on a file that is wrong all over.
const maxProblems = 500

func (r *reader) add(e *elem, fault Fault, format string, args ...any) {
	if len(r.problems) >= maxProblems {
		return
	}
	p := Problem{Fault: fault, Text: fmt.Sprintf(format, args...)}
	if e != nil {
		p.Element, p.Name, p.Tag, p.Line = e.get("id"), e.get("name"), e.name.Local, e.line
		p.Process = e.process
	}
	r.problems = append(r.problems, p)
}
