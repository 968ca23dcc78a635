package workflow

// maxNodes bounds a drawing.
const maxNodes = 5000

// shape checks that the drawing hangs together well enough to be executed.
// Whether it always comes to a good end is the matter of Check.
func (c *compiler) shape() {
	if len(c.problems) > 0 {
		return // what was refused would only cause more noise here
	}
	for _, n := range c.def.nodes {
		e := c.elems[n]
		switch n.Kind {
		case Start:
			if c.def.start != nil {
				c.add(e, FaultShape, "the process has a second start event; a case begins in one place")
			}
			c.def.start = n
			c.degree(n, 0, 0, 1, -1)
		case End, Terminate:
			c.degree(n, 1, -1, 0, 0)
		default:
			c.degree(n, 1, -1, 1, -1)
		}
		if n.Kind == Exclusive {
			c.choice(n)
		}
	}
	if len(c.def.nodes) > maxNodes {
		c.add(nil, FaultShape, "the process has more than %d nodes; draw it in parts", maxNodes)
		return
	}
	if c.def.start == nil {
		c.add(nil, FaultShape, "the process has no start event")
	}
	if n := c.idleLoop(); n != nil {
		c.add(c.elems[n], FaultShape, "a loop runs through gateways only; put a task into it")
	}
}

// degree checks the number of flows in and out; -1 means any number.
func (c *compiler) degree(n *Node, minIn, maxIn, minOut, maxOut int) {
	e := c.elems[n]
	switch {
	case len(n.In) < minIn:
		c.add(e, FaultShape, "no flow leads to it")
	case maxIn >= 0 && len(n.In) > maxIn:
		c.add(e, FaultShape, "a flow leads back to the start")
	case len(n.Out) < minOut:
		c.add(e, FaultShape, "no flow leads on; draw an end event")
	case maxOut >= 0 && len(n.Out) > maxOut:
		c.add(e, FaultShape, "a flow leads on after the end")
	}
}

// choice checks that an exclusive gateway can tell its flows apart.
func (c *compiler) choice(n *Node) {
	if len(n.Out) < 2 {
		return
	}
	for _, f := range n.Out {
		switch {
		case f == n.Default && f.When != "":
			c.add(c.elems[n], FaultCondition, "its default flow %q has a condition that would never be asked", f.ID)
		case f != n.Default && f.When == "":
			c.add(c.elems[n], FaultCondition, "its flow %q has neither a condition nor the default mark", f.ID)
		}
	}
}

// idleLoop finds a node on a cycle without any task: one event could go round it
// for ever. A cycle through a join is left to the bound of Step, since the join
// may wait for a task on another way.
func (c *compiler) idleLoop() *Node {
	const (
		fresh = iota
		active
		finished
	)
	mark := make([]int, len(c.def.nodes))
	var visit func(n *Node) *Node
	visit = func(n *Node) *Node {
		mark[n.ix] = active
		defer func() { mark[n.ix] = finished }()
		for _, f := range n.Out {
			switch {
			case f.To.Kind == UserTask || f.To.Kind == Parallel && len(f.To.In) > 1 || mark[f.To.ix] == finished:
			case mark[f.To.ix] == active:
				return f.To
			default:
				if found := visit(f.To); found != nil {
					return found
				}
			}
		}
		return nil
	}
	for _, n := range c.def.nodes {
		if n.Kind == Exclusive && mark[n.ix] == fresh {
			if found := visit(n); found != nil {
				return found
			}
		}
	}
	return nil
}
