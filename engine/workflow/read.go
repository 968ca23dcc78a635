package workflow

import (
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/rule"
)

// file reads one process of one file into the drawing.
type file struct {
	*reader
	process string   // the called process, "" for the drawing itself
	prefix  string   // what stands before its ids: the calls that led here
	calls   []string // the processes that called, the outermost first

	root    *elem
	main    *elem
	seen    map[string]bool
	outside map[string]bool   // ids of elements that are not executed
	named   map[string]string // names of messages by id

	elements map[string]bool // ids of what a called process holds
}

// open parses a file and finds the process that it is about: the only one that no other
// process of the file calls.
func (f *file) open(src []byte) *elem {
	root, err := parse(src, f.process)
	switch {
	case err != nil:
		f.add(&elem{process: f.process}, FaultFile, "not readable as XML: %v", err)
		return nil
	case !root.is("definitions"):
		f.add(root, FaultFile, "not a BPMN 2.0 file: its root is not definitions")
		return nil
	}
	f.root = root
	called := map[string]bool{}
	gather(root, called)
	for _, e := range root.kids {
		switch {
		case e.name.Space != nsModel:
		case strings.Contains(strings.ToLower(e.name.Local), "choreography"):
			f.add(e, FaultRefused, "choreographies are not executed")
		case e.name.Local == "message":
			f.named[e.get("id")] = e.get("name")
		case e.name.Local != "process" || called[e.get("id")] && e.get("id") != f.process:
			// Pools and the like mean nothing by themselves; called processes are read with their calls.
		case f.process != "" && e.get("id") != f.process:
		case f.main == nil:
			f.main = e
		default:
			f.add(e, FaultRefused, "a file holds one process and those that it calls; put the others into files of their own")
		}
	}
	if f.main == nil { // all of them are called: the first is tried, and found to call itself
		f.main = root.first("process")
	}
	if f.main == nil {
		f.add(root, FaultFile, "the file holds no process")
	}
	return f.main
}

// gather collects the ids of the processes that a file calls.
func gather(e *elem, called map[string]bool) {
	if e.is("callActivity") {
		called[local(e.get("calledElement"))] = true
	}
	for _, k := range e.kids {
		gather(k, called)
	}
}

// local leaves out the prefix of a name.
func local(name string) string {
	if _, after, ok := strings.Cut(name, ":"); ok {
		return after
	}
	return name
}

// body makes nodes first and flows second, so that flows may come in any order.
func (f *file) body(holder *elem, owner *Node) *Body {
	b := &Body{Owner: owner}
	if owner == nil || owner.Kind == Call {
		f.unique(holder)
	}
	var flows []*elem
	for _, e := range holder.kids {
		if e.name.Space != nsModel || drawn[e.name.Local] {
			continue
		}
		tag := e.name.Local
		switch {
		case tag == "sequenceFlow":
			flows = append(flows, e)
		case kinds[tag] != "":
			f.node(b, e, kinds[tag])
		case strings.HasSuffix(tag, "LoopCharacteristics") && owner != nil: // said of the subprocess itself
		default:
			f.refuse(e)
		}
	}
	for _, e := range flows {
		f.flow(b, e)
	}
	for _, n := range slices.Clone(b.Nodes) {
		f.host(b, n)
		f.defaultFlow(n)
	}
	for _, n := range slices.Clone(b.Nodes) {
		f.divide(b, n)
	}
	return b
}

func (f *file) refuse(e *elem) {
	f.outside[e.get("id")] = true
	if why := refused[e.name.Local]; why != "" {
		f.add(e, FaultRefused, "%s", why)
		return
	}
	f.add(e, FaultRefused, "this element is not executed")
}

// unique reports whether the element has an id of its own.
func (f *file) unique(e *elem) bool {
	id := e.get("id")
	if id == "" {
		f.add(e, FaultReference, "the element has no id")
		return false
	}
	if f.seen[id] {
		f.add(e, FaultReference, "the id is used twice")
		return false
	}
	f.seen[id] = true
	return true
}

func (f *file) node(b *Body, e *elem, kind Kind) {
	if !f.unique(e) {
		return
	}
	n := &Node{
		ID: f.prefix + e.get("id"), Element: e.get("id"), Name: e.get("name"), Kind: kind,
		Attr: map[string]string{}, Body: b, ix: len(f.def.nodes),
	}
	for _, a := range e.attr {
		if a.Name.Space == Namespace {
			n.Attr[a.Name.Local] = strings.TrimSpace(a.Value)
		}
	}
	f.elems[n] = e
	f.def.nodes = append(f.def.nodes, n)
	f.def.byID[n.ID] = n
	b.Nodes = append(b.Nodes, n)
	if kind == Start {
		b.Starts = append(b.Starts, n)
	}
	f.foreign(n, e)
	f.flags(n, e)
	f.content(n, e)
	f.attributes(n, e)
}

// flags looks at the attributes of BPMN that change how a node works.
func (f *file) flags(n *Node, e *elem) {
	for _, q := range []string{"startQuantity", "completionQuantity"} {
		if v := e.get(q); v != "" && v != "1" {
			f.add(e, FaultRefused, "%s other than 1 is not executed", q)
		}
	}
	if e.get("isForCompensation") == "true" {
		f.add(e, FaultRefused, "compensation is not executed")
	}
	if e.get("instantiate") == "true" {
		f.add(e, FaultRefused, "a gateway or task that begins a case is not executed; use start events")
	}
	if e.get("triggeredByEvent") == "true" {
		f.add(e, FaultRefused, "subprocesses that an event begins are not executed; use a boundary event")
	}
	if e.get("parallelMultiple") == "true" || e.get("eventGatewayType") == "Parallel" {
		f.add(e, FaultRefused, "waiting for several events together is not executed")
	}
}

// content looks at what a node carries inside.
func (f *file) content(n *Node, e *elem) {
	events := 0
	for _, k := range e.kids {
		tag := k.name.Local
		switch {
		case k.name.Space != nsModel || drawn[tag]:
		case strings.HasSuffix(tag, "EventDefinition") || tag == "eventDefinitionRef":
			if events++; events > 1 {
				f.add(e, FaultRefused, "an event waits for one thing; draw an event for each")
				continue
			}
			f.event(n, e, k)
		case tag == "multiInstanceLoopCharacteristics" && n.Activity():
			f.loop(n, e, k)
		case tag == "standardLoopCharacteristics":
			f.add(e, FaultRefused, "loop marks are not executed; draw the loop with an exclusive gateway")
		case n.Kind == Subprocess: // its nodes are read as a body
		default:
			f.add(e, FaultRefused, "its %s is not executed", tag)
		}
	}
	if events == 0 && (n.Kind == Catch || n.Kind == Boundary) {
		f.add(e, FaultReference, "the event does not say what it waits for")
	}
	switch n.Kind {
	case Subprocess:
		n.Inner = f.body(e, n)
	case Call:
		f.call(n, e)
	case RuleTask:
		f.table(n, e)
	}
}

// attributes checks the form of what [Namespace] says of a node.
func (f *file) attributes(n *Node, e *elem) {
	if v, ok := n.Attr["limit"]; ok {
		if days, err := strconv.Atoi(v); err != nil || days < 1 {
			f.add(e, FaultAttribute, "limit must be a whole number of 1 or more, not %q", v)
		}
	}
	switch v := n.Attr["clock"]; Clock(v) {
	case "", ClockNone, ClockStatutory, ClockStopped:
	default:
		f.add(e, FaultAttribute, "clock must be statutory, stopped or none, not %q", v)
	}
	if n.StopsClock() != "" && n.Clock() != ClockStopped {
		f.add(e, FaultAttribute, "stopsClock gives a reason, but clock is %s", n.Clock())
	}
}

// rule compiles an expression of the file. It has complained when it returns nil.
func (f *file) rule(e *elem, what, text, language string, yesOrNo bool) *rule.Rule {
	cel := text
	if foreign(text, language) {
		var err error
		if cel, err = rule.Translate(text); err != nil {
			f.add(e, FaultCondition, "%s %q: %v", what, text, err)
			return nil
		}
	}
	cel = f.own(cel)
	env, compile := conditions(), rule.Compile
	if f.set.Plain {
		env = rule.Open(cel)
	}
	if yesOrNo {
		compile = rule.CompileBool
	}
	r, err := compile(env, cel)
	if err != nil {
		f.add(e, FaultCondition, "%s %q: %v", what, text, err)
		return nil
	}
	return r
}
