package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onedoor.app/engine/rule"
)

// Fault is the class of a Problem.
type Fault string

// The classes of problems.
const (
	FaultFile      Fault = "file"      // not BPMN, or not readable at all
	FaultLater     Fault = "later"     // BPMN of the wider subset, not executed yet
	FaultRefused   Fault = "refused"   // BPMN that is not executed by design
	FaultReference Fault = "reference" // an id is missing, doubled or unknown
	FaultShape     Fault = "shape"     // the drawing does not hang together
	FaultCondition Fault = "condition" // a condition is missing, misplaced or wrong
	FaultAttribute Fault = "attribute" // an extension attribute is malformed
)

// Problem is one reason why a drawing is not accepted.
type Problem struct {
	Fault   Fault
	Element string // element id, "" when it has none
	Name    string // name of the element, if any
	Tag     string // BPMN element, such as complexGateway
	Line    int    // line in the file, from 1; 0 when no place is meant
	Text    string // what is wrong, in English
}

func (p Problem) String() string {
	var b strings.Builder
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
	})
	if err != nil {
		panic(err) // the declarations above are constants
	}
	return env
})

type compiler struct {
	def      *Def
	seen     map[string]bool
	outside  map[string]bool // ids of elements that are not executed
	elems    map[*Node]*elem
	problems []Problem
}

// Compile reads a BPMN file, refuses what is not executed and compiles the
// conditions. The error is a *[CompileError] with every problem found.
func Compile(src []byte) (*Def, error) {
	c := &compiler{
		def:  &Def{source: bytes.Clone(src), hash: hashOf(src), byID: map[string]*Node{}},
		seen: map[string]bool{}, outside: map[string]bool{},
		elems: map[*Node]*elem{},
	}
	root, err := parse(src)
	switch {
	case err != nil:
		c.add(nil, FaultFile, "not readable as XML: %v", err)
	case !root.is("definitions"):
		c.add(root, FaultFile, "not a BPMN 2.0 file: its root is not definitions")
	default:
		if process := c.process(root); process != nil {
			c.read(process)
			c.shape()
		}
	}
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
		return nil, &CompileError{c.problems}
	}
	return c.def, nil
}

func hashOf(src []byte) string {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// maxProblems bounds the report on a file that is wrong all over.
const maxProblems = 500

func (c *compiler) add(e *elem, fault Fault, format string, args ...any) {
	if len(c.problems) >= maxProblems {
		return
	}
	p := Problem{Fault: fault, Text: fmt.Sprintf(format, args...)}
	if e != nil {
		p.Element, p.Name, p.Tag, p.Line = e.get("id"), e.get("name"), e.name.Local, e.line
	}
	c.problems = append(c.problems, p)
}

// process finds the one process that has content.
func (c *compiler) process(root *elem) *elem {
	var found *elem
	for _, e := range root.kids {
		switch {
		case e.name.Space != nsModel:
		case strings.Contains(strings.ToLower(e.name.Local), "choreography"):
			c.add(e, FaultRefused, "choreographies are not executed")
		case e.name.Local != "process":
			// Messages, pools and the like mean nothing by themselves.
		case found == nil:
			found = e
		default:
			c.add(e, FaultRefused, "a file holds one process; put the others into files of their own")
		}
	}
	if found == nil {
		c.add(root, FaultFile, "the file holds no process")
		return nil
	}
	c.def.id, c.def.name = found.get("id"), found.get("name")
	return found
}

// read makes nodes first and flows second, so that flows may come in any order.
func (c *compiler) read(process *elem) {
	c.unique(process)
	var flows []*elem
	for _, e := range process.kids {
		if e.name.Space != nsModel || drawn[e.name.Local] {
			continue
		}
		tag := e.name.Local
		switch {
		case tag == "sequenceFlow":
			flows = append(flows, e)
		case kinds[tag] != "":
			c.node(e, kinds[tag])
		default:
			c.refuse(e)
		}
	}
	for _, e := range flows {
		c.flow(e)
	}
	for _, n := range c.def.nodes {
		c.defaultFlow(n, c.elems[n])
	}
}

func (c *compiler) refuse(e *elem) {
	c.outside[e.get("id")] = true
	tag := e.name.Local
	switch {
	case later[tag] != "":
		c.add(e, FaultLater, "%s are not executed yet", later[tag])
	case refused[tag] != "":
		c.add(e, FaultRefused, "%s", refused[tag])
	default:
		c.add(e, FaultRefused, "this element is not executed")
	}
}

// unique reports whether the element has an id of its own.
func (c *compiler) unique(e *elem) bool {
	id := e.get("id")
	if id == "" {
		c.add(e, FaultReference, "the element has no id")
		return false
	}
	if c.seen[id] {
		c.add(e, FaultReference, "the id is used twice")
		return false
	}
	c.seen[id] = true
	return true
}

func (c *compiler) node(e *elem, kind Kind) {
	if !c.unique(e) {
		return
	}
	n := &Node{ID: e.get("id"), Name: e.get("name"), Kind: kind, Attr: map[string]string{}, ix: len(c.def.nodes)}
	for _, a := range e.attr {
		if a.Name.Space == Namespace {
			n.Attr[a.Name.Local] = strings.TrimSpace(a.Value)
		}
	}
	for _, q := range []string{"startQuantity", "completionQuantity"} {
		if v := e.get(q); v != "" && v != "1" {
			c.add(e, FaultRefused, "%s other than 1 is not executed", q)
		}
	}
	if e.get("isForCompensation") == "true" {
		c.add(e, FaultRefused, "compensation is not executed")
	}
	if e.get("instantiate") == "true" {
		c.add(e, FaultLater, "a gateway or task that begins a case is not executed yet")
	}
	c.content(n, e)
	c.attributes(n, e)
	c.elems[n] = e
	c.def.nodes = append(c.def.nodes, n)
	c.def.byID[n.ID] = n
}

// content looks at what a node carries inside.
func (c *compiler) content(n *Node, e *elem) {
	for _, k := range e.kids {
		tag := k.name.Local
		switch {
		case k.name.Space != nsModel || drawn[tag]:
		case tag == "terminateEventDefinition" && n.Kind == End:
			n.Kind = Terminate
		case tag == "multiInstanceLoopCharacteristics":
			c.add(e, FaultLater, "several instances of one task are not executed yet")
		case tag == "standardLoopCharacteristics":
			c.add(e, FaultRefused, "loop marks are not executed; draw the loop with an exclusive gateway")
		case tag == "timerEventDefinition" || tag == "messageEventDefinition" || tag == "signalEventDefinition" || tag == "eventDefinitionRef":
			c.add(e, FaultLater, "events with a %s are not executed yet", strings.TrimSuffix(tag, "EventDefinition"))
		case strings.HasSuffix(tag, "EventDefinition"):
			c.add(e, FaultRefused, "events with a %s are not executed", strings.TrimSuffix(tag, "EventDefinition"))
		default:
			c.add(e, FaultRefused, "its %s is not executed", tag)
		}
	}
}

func (c *compiler) attributes(n *Node, e *elem) {
	if v, ok := n.Attr["limit"]; ok {
		if days, err := strconv.Atoi(v); err != nil || days < 1 {
			c.add(e, FaultAttribute, "limit must be a whole number of 1 or more, not %q", v)
		}
	}
	switch v := n.Attr["clock"]; Clock(v) {
	case "", ClockNone, ClockStatutory, ClockStopped:
	default:
		c.add(e, FaultAttribute, "clock must be statutory, stopped or none, not %q", v)
	}
	if n.StopsClock() != "" && n.Clock() != ClockStopped {
		c.add(e, FaultAttribute, "stopsClock gives a reason, but clock is %s", n.Clock())
	}
}
