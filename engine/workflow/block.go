package workflow

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Block is a piece of work with one way in and one way out. Drawings made of
// blocks cannot deadlock and leave nothing behind. The blocks are [Task], [Notify],
// [Sequence], [Concurrent], [Choice] and [Loop].
type Block interface {
	size() (width, height int)
	place(g *draft, x, y int) (first, last *shape)
}

// Task is one piece of work for one person. ID must be an XML name, unlike any
// other in the drawing, and must not begin with "gw_" or "flow_". The other
// fields become the attributes of the same name; see [Node].
type Task struct {
	ID, Name   string
	Slot       string
	Act        string // acts that completing may perform, separated by "|" or ","
	Unit, Post string
	Limit      int // 0: no limit of its own
	LimitUnit  string
	Clock      Clock
	StopsClock string
	Standard   string
	// Optional tasks are done only when step["<ID>"] holds; else they are passed over.
	Optional bool
	// Attr holds further attributes by local name.
	Attr map[string]string
}

// Sequence is one block after the other. An empty one is nothing to do.
type Sequence []Block

// Concurrent is several blocks at the same time; the way on opens when all are done.
type Concurrent struct {
	ID, Name string // of the gateway that divides; a missing ID is made up
	Branches []Block
}

// Choice is exactly one of several blocks: the first whose condition holds, else Default.
type Choice struct {
	ID, Name string // of the gateway that divides; a missing ID is made up
	Branches []Branch
	Default  Block // nil: nothing to do
}

// Branch is one way through a Choice.
type Branch struct {
	Name string
	When string // in CEL; see the package comment for the variables
	Then Block  // nil: nothing to do
}

// Loop does Body once, and again, after Again, for as long as While holds.
type Loop struct {
	ID, Name string // of the gateway that decides; a missing ID is made up
	Body     Block
	While    string // in CEL
	Again    Block  // between two rounds; nil: nothing to do
}

var xmlName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.\-]*$`)

// Encode draws a definition: BPMN 2.0 with the extension attributes and with a
// left-to-right diagram, see [Def.Source]. The same input gives the same bytes. The
// error is a *[CompileError] when the drawing does not pass [Compile].
func Encode(id, name string, root Block) (*Def, error) {
	if !xmlName.MatchString(id) {
		return nil, fmt.Errorf("workflow: %q cannot be the id of a process", id)
	}
	g := &draft{id: id, name: name}
	if root == nil {
		root = Sequence{}
	}
	_, height := root.size()
	x, y := margin, margin+max(height, eventSize)/2
	start := g.add("startEvent", "start", "", x, y, eventSize, eventSize)
	first, last := root.place(g, x+eventSize+gap, y)
	end := g.add("endEvent", "end", "", g.right(start, last)+gap, y, eventSize, eventSize)
	if first == nil {
		g.connect(start, end, y)
	} else {
		g.connect(start, first, y)
		g.connect(last, end, y)
	}
	if g.err != nil {
		return nil, g.err
	}
	return Compile(g.xml())
}

func (t Task) attributes() [][2]string {
	limit := ""
	if t.Limit != 0 {
		limit = strconv.Itoa(t.Limit)
	}
	known := [][2]string{
		{"slot", t.Slot}, {"act", t.Act}, {"unit", t.Unit}, {"post", t.Post},
		{"limit", limit}, {"limitUnit", t.LimitUnit}, {"clock", string(t.Clock)},
		{"stopsClock", t.StopsClock}, {"standard", t.Standard},
	}
	out := known[:0]
	for _, a := range known {
		if a[1] != "" {
			out = append(out, a)
		}
	}
	return out
}

func (t Task) check() error {
	switch {
	case !xmlName.MatchString(t.ID):
		return fmt.Errorf("workflow: %q cannot be the id of a task", t.ID)
	case strings.HasPrefix(t.ID, "gw_") || strings.HasPrefix(t.ID, "flow_") || t.ID == "start" || t.ID == "end":
		return fmt.Errorf("workflow: the task id %q is kept for the drawing itself", t.ID)
	}
	for k := range t.Attr {
		if !xmlName.MatchString(k) {
			return fmt.Errorf("workflow: task %q: %q cannot be the name of an attribute", t.ID, k)
		}
	}
	return nil
}
