package workflow

import (
	"slices"
	"strings"

	"onedoor.app/engine/rule"
)

// runner prepares one use of Step's machinery: gateways with a choice rest.
func (x *explorer) runner(touched *[]*Flow, to *mark) *run {
	return &run{
		def: x.def,
		assume: &assumption{
			choose: func(n *Node) decision {
				if ways := x.ways(n, to.known); len(ways) == 1 {
					to.known = x.questions.learn(n, ways[0], to.known)
					return decision{flows: ways[0]}
				}
				return decision{pause: true}
			},
			count:  x.instances,
			enough: func(n *Node) bool { return x.single[n] },
		},
		watch: func(f *Flow) {
			x.reached[f.To] = true
			if touched != nil {
				*touched = append(*touched, f)
			}
			switch f.To.Kind {
			case End, Terminate:
				to.ended = true
			case RuleTask:
				to.known = nil
			}
		},
	}
}

// instances is how many instances of an activity are looked at: one stands for all, but for two
// where an act could be done twice.
func (x *explorer) instances(n *Node) int {
	if x.set.Law != nil && x.acts[n] {
		return 2
	}
	return 1
}

// singles finds the activities that are over as soon as one instance is done, however many there
// are: one of several decides (或签).
func singles(d *Def) map[*Node]bool {
	found := map[*Node]bool{}
	for _, n := range d.nodes {
		if n.Instances == nil || n.Instances.Until == nil {
			continue
		}
		names, err := rule.Names(n.Instances.Until.Text())
		if err != nil || slices.ContainsFunc(names, func(s string) bool { return s != "instances" && !strings.HasPrefix(s, "nrOf") }) {
			continue
		}
		found[n] = true
		for total := 2; total <= maxTried; total++ {
			vars := map[string]any{}
			n.Instances.tell(vars, &Scope{Total: total, Begun: total, Ended: 1}, 0)
			if enough, err := n.Instances.Until.Bool(vars); err != nil || !enough {
				found[n] = false
			}
		}
	}
	return found
}

// maxTried is up to how many instances a condition of completion is tried.
const maxTried = 20

// acting finds the activities in which an act is performed.
func acting(d *Def) map[*Node]bool {
	found := map[*Node]bool{}
	for _, n := range d.nodes {
		if len(n.Acts()) == 0 {
			continue
		}
		for at := n; at != nil; at = at.Body.Owner {
			found[at] = true
		}
	}
	return found
}
