package workflow

// overLimit compares the longest way with what the whole may take.
func (c Checker) overLimit(d *Def) []Finding {
	if c.Limit <= 0 {
		return nil
	}
	days, way := d.root.longest()
	if days <= c.Limit {
		return nil
	}
	return []Finding{{Kind: OverLimit, Days: days, Trace: way}}
}

// longest adds up the limits along the longest way through a body, in working days, and tells
// the tasks on it. Work in parallel takes as long as its longest branch. A loop is gone through
// once, and several instances count as one: how often is not in the drawing. The way back of a
// loop is named by its hop, with the flow that leads back.
func (b *Body) longest() (int, []Hop) {
	w := &walk{days: map[*Node]int{}, on: map[*Node]Hop{}, next: map[*Node]*Node{}, mark: map[*Node]int{}}
	days, first := -1, (*Node)(nil)
	for _, s := range b.Starts {
		if n := w.from(s); n > days {
			days, first = n, s
		}
	}
	var way []Hop
	for n := first; n != nil; n = w.next[n] {
		if n.Inner != nil {
			_, inner := n.Inner.longest()
			way = append(way, inner...)
		}
		if hop := w.on[n]; hop.Node != "" {
			way = append(way, hop)
		}
	}
	return days, way
}

// walk goes through a body depth first.
type walk struct {
	days map[*Node]int   // from the node to the end
	on   map[*Node]Hop   // what the node adds to the way
	next map[*Node]*Node // the way on
	mark map[*Node]int   // 1 on the way, 2 done
}

func (w *walk) from(n *Node) int {
	w.mark[n] = 1
	rest := 0
	try := func(to *Node, by *Flow) {
		switch {
		case w.mark[to] == 1: // back to where it came from
			w.on[n] = Hop{Node: n.ID, Name: n.Name, Flow: by.ID}
			return
		case w.mark[to] == 0:
			w.from(to)
		}
		if w.next[n] == nil || w.days[to] > rest {
			rest, w.next[n] = w.days[to], to
		}
	}
	for _, f := range n.Out {
		try(f.To, f)
	}
	for _, b := range n.Boundaries {
		try(b, nil)
	}
	own := n.span()
	if n.Inner != nil {
		own, _ = n.Inner.longest()
	}
	if n.span() > 0 {
		w.on[n] = Hop{Node: n.ID, Name: n.Name, Flow: w.on[n].Flow}
	}
	w.days[n], w.mark[n] = own+rest, 2
	return w.days[n]
}

// Working days for limits in other units, rounded up.
const (
	hoursADay   = 8
	minutesADay = hoursADay * 60
	daysAMonth  = 23
)

// span is the limit of a task in working days, as far as its time counts for the whole. A calendar
// day counts as a working day, which is never too little.
func (n *Node) span() int {
	if n.Kind != UserTask || n.Clock() == ClockStopped || n.Attr["clock"] == string(ClockNone) {
		return 0
	}
	switch limit := n.Limit(); n.LimitUnit() {
	case "hour":
		return (limit + hoursADay - 1) / hoursADay
	case "minute":
		return (limit + minutesADay - 1) / minutesADay
	case "month":
		return limit * daysAMonth
	default:
		return limit
	}
}
