package workflow

import "cmp"

// From explores all ways from where a case stands, which the law says is in state law, as [Checker.Check]
// does from the start. Nothing found proves that the case can be completed whatever happens. What is
// wrong with the drawing as it stands is not reported. Of instances that stand alike two are looked at.
func (c Checker) From(d *Def, s State, law string) *Report {
	if s.Seq == 0 {
		return c.Check(d)
	}
	limit := cmp.Or(c.MaxStates, 200_000)
	x := newExplorer(d, c, limit)
	first := &mark{law: law}
	if err := (&run{def: d}).fits(s); err != nil || s.Done {
		return &Report{Findings: []Finding{{Kind: Deadlock, Law: law}}}
	}
	r := x.runner(nil, first)
	first.state = s.sketch(d)
	for _, t := range first.state.Tokens {
		if n := d.byID[t.Node]; n.Activity() && n.halts(t) { // somebody will let it try again
			next, _, err := r.apply(first.state, Event{Kind: EventRetry})
			if err != nil {
				return &Report{Findings: []Finding{{Kind: Endless, Node: n.ID, Name: n.Name, Law: law}}}
			}
			first.state = next
			break
		}
	}
	x.enter(first, -1)
	x.walk()
	report := &Report{States: len(x.marks), TooLarge: x.tooLarge}
	for _, k := range x.order {
		report.Findings = append(report.Findings, x.found[k])
	}
	return report
}
