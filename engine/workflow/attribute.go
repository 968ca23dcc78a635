package workflow

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Clock says what time spent in a task counts as.
type Clock string

// The values of the attribute clock.
const (
	ClockNone      Clock = "none"      // counts for no limit
	ClockStatutory Clock = "statutory" // counts for the limits of the whole
	ClockStopped   Clock = "stopped"   // the limits of the whole stand still
)

// Acts returns the acts that completing the task may perform, in the order
// written; the attribute act separates them by "|" or ",".
func (n *Node) Acts() []string { return splitActs(n.Attr["act"]) }

func splitActs(s string) []string {
	var acts []string
	for _, a := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' }) {
		if a = strings.TrimSpace(a); a != "" && !slices.Contains(acts, a) {
			acts = append(acts, a)
		}
	}
	return acts
}

// Unit returns the attribute unit.
func (n *Node) Unit() string { return n.Attr["unit"] }

// Post returns the attribute post: a post or a rule that finds one.
func (n *Node) Post() string { return n.Attr["post"] }

// Limit returns how long the task may take, in units of [Node.LimitUnit]; 0 when
// it has no limit of its own.
func (n *Node) Limit() int {
	v, _ := strconv.Atoi(n.Attr["limit"])
	return v
}

// LimitUnit returns the attribute limitUnit.
func (n *Node) LimitUnit() string { return n.Attr["limitUnit"] }

// Clock returns what the time in the task counts as: stopped when the task says
// what it stops the clock for, none when nothing is said.
func (n *Node) Clock() Clock {
	switch c := n.Attr["clock"]; {
	case c != "":
		return Clock(c)
	case n.StopsClock() != "":
		return ClockStopped
	}
	return ClockNone
}

// StopsClock returns the reason for which the task stops the clock, or "".
func (n *Node) StopsClock() string { return n.Attr["stopsClock"] }

// Service returns the attribute service: the code of the system that a ServiceTask notifies, or "".
func (n *Node) Service() string { return n.Attr["service"] }

// Send returns what goes along with an order, in the order written: paths that the attribute send separates by spaces or
// commas, as in "form.name form.area".
func (n *Node) Send() []string {
	var paths []string
	for _, p := range strings.FieldsFunc(n.Attr["send"], func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		if !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return paths
}

// Slot returns the attribute slot: the role of the task in a family of drawings.
func (n *Node) Slot() string { return n.Attr["slot"] }

// Standard returns the attribute standard: what the person at the task looks at.
func (n *Node) Standard() string { return n.Attr["standard"] }
