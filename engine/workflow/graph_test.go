package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

// drawing writes BPMN from flows such as "S>a, a>x, x>b, x>E". The first letter
// of a name says what it is: S start, E end, T terminate end, X exclusive and P
// parallel gateway; anything else is a task. "a[grant|refuse]>b" gives the task
// an act. Flows out of an exclusive gateway get the condition step["<id>"], the
// last one is the default.
func drawing(flows string) []byte {
	var nodes []string
	acts := map[string]string{}
	var edges [][2]string
	for _, f := range strings.Split(flows, ",") {
		from, to, _ := strings.Cut(strings.TrimSpace(f), ">")
		name := func(s string) string {
			id, act, _ := strings.Cut(strings.TrimSuffix(s, "]"), "[")
			if act != "" {
				acts[id] = act
			}
			if !slices.Contains(nodes, id) {
				nodes = append(nodes, id)
			}
			return id
		}
		edges = append(edges, [2]string{name(from), name(to)})
	}
	outs := map[string][]int{}
	for i, e := range edges {
		outs[e[0]] = append(outs[e[0]], i)
	}
	var b strings.Builder
	b.WriteString(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="https://onedoor.app/bpmn"><process id="process">`)
	for _, n := range nodes {
		switch n[0] {
		case 'S':
			fmt.Fprintf(&b, `<startEvent id="%s"/>`, n)
		case 'E':
			fmt.Fprintf(&b, `<endEvent id="%s"/>`, n)
		case 'T':
			fmt.Fprintf(&b, `<endEvent id="%s"><terminateEventDefinition/></endEvent>`, n)
		case 'X':
			fmt.Fprintf(&b, `<exclusiveGateway id="%s" default="f%d"/>`, n, outs[n][len(outs[n])-1])
		case 'P':
			fmt.Fprintf(&b, `<parallelGateway id="%s"/>`, n)
		default:
			fmt.Fprintf(&b, `<userTask id="%s" name="Task %s" gov:unit="u" gov:act="%s"/>`, n, n, acts[n])
		}
	}
	for i, e := range edges {
		cond := ""
		if e[0][0] == 'X' && i != outs[e[0]][len(outs[e[0]])-1] {
			cond = fmt.Sprintf(`<conditionExpression>step["f%d"]</conditionExpression>`, i)
		}
		fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, i, e[0], e[1], cond)
	}
	b.WriteString(`</process></definitions>`)
	return []byte(b.String())
}

func draw(t testing.TB, flows string) *workflow.Def {
	t.Helper()
	return compile(t, drawing(flows))
}

// table is a law written as "state act next" lines; states ending in "!" are final.
type table struct {
	start string
	next  map[[2]string]string
}

func law(start string, rows ...string) table {
	l := table{start, map[[2]string]string{}}
	for _, r := range rows {
		f := strings.Fields(r)
		l.next[[2]string{f[0], f[1]}] = f[2]
	}
	return l
}

func (l table) Start() string { return l.start }
func (l table) Do(state, act string) (string, bool) {
	next, ok := l.next[[2]string{state, act}]
	return next, ok
}
func (l table) Final(state string) bool { return strings.HasSuffix(state, "!") }

// licensing is a small licensing law.
var licensing = law("drafted",
	"drafted accept accepted", "accepted opinion accepted",
	"accepted grant granted", "accepted refuse refused!",
	"granted certify certified", "certified deliver delivered!", "refused! deliver delivered!",
	"drafted reject rejected!",
)
