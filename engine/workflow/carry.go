package workflow

import "slices"

// carrier carries one state over to another drawing.
type carrier struct {
	*Migration
	run
	was       State
	loose     []Token // of branches that are done and that the new drawing does not have
	obstacles []Obstacle
}

func (c *carrier) carry() {
	for _, sc := range c.was.Scopes {
		if to := c.follow(c.from.byID[sc.Node]); to != nil {
			sc.Node = to.ID
			c.scopes = append(c.scopes, sc)
		}
	}
	chosen := map[uint32]bool{} // choices between events that were looked at
	for _, t := range c.was.Tokens {
		n := c.from.byID[t.Node]
		switch {
		case n.Kind == Boundary:
			c.event(n, t)
		case waitsAtJoin(n, t):
			c.branch(n, t)
		case n.Kind == Catch && t.For != 0:
			if !chosen[t.For] {
				chosen[t.For] = true
				c.choice(t.For)
			}
		default:
			c.place(n, t)
		}
	}
	if len(c.obstacles) > 0 {
		return
	}
	c.watchFor()
	c.forget()
	c.check()
}

func (c *carrier) refuse(kind ObstacleKind, n, to *Node) {
	o := Obstacle{Kind: kind, Node: n.ID, Name: n.Name}
	if to != nil {
		o.To = to.ID
	}
	if !slices.Contains(c.obstacles, o) {
		c.obstacles = append(c.obstacles, o)
	}
}

// follow finds what stands for a node at which something stands, nil after an obstacle.
func (c *carrier) follow(n *Node) *Node {
	to := c.image[n]
	if to == nil {
		c.refuse(Unmapped, n, nil)
		return nil
	}
	if kind := unlike(n, to); kind != "" {
		c.refuse(kind, n, to)
		return nil
	}
	return to
}

// unlike says why what stands at one node cannot stand at another, "" when it can.
func unlike(n, to *Node) ObstacleKind {
	switch {
	case n.Kind != to.Kind, n.joins() != to.joins(), n.Trigger != to.Trigger, n.Message != to.Message, (n.behind() == nil) != (to.behind() == nil):
		return OtherKind
	case (n.Instances == nil) != (to.Instances == nil):
		return OtherNumber
	case n.Instances != nil && n.Instances.Sequential != to.Instances.Sequential:
		return OtherNumber
	}
	return ""
}

// behind is the event-based gateway that an event stands behind, nil: none.
func (n *Node) behind() *Node {
	if n.Kind == Catch && len(n.In) == 1 && n.In[0].From.Kind == EventBased {
		return n.In[0].From
	}
	return nil
}

// lay puts a token down at a node.
func (c *carrier) lay(t Token, at *Node) {
	t.Node = at.ID
	c.tokens = append(c.tokens, t)
}

// place puts a token down at what stands for its node. One that could not go on yet keeps a way by
// which it came; which one changes nothing there.
func (c *carrier) place(n *Node, t Token) {
	to := c.follow(n)
	if to == nil {
		return
	}
	if t.Flow != "" {
		f := c.way(flowByID(n.In, t.Flow), to)
		if f == nil {
			f = to.In[0]
		}
		t.Flow = f.ID
	}
	c.lay(t, to)
}

// event goes on waiting at an activity, or ends it where the new drawing does not wait.
func (c *carrier) event(n *Node, t Token) {
	to := c.image[n]
	switch {
	case to == nil:
		c.fx = append(c.fx, Effect{Kind: WaitWithdrawn, Token: t.ID, Node: n})
	case unlike(n, to) != "":
		c.refuse(unlike(n, to), n, to)
	case to.Host != c.image[n.Host]:
		c.refuse(Elsewhere, n, to)
	default:
		c.lay(t, to)
	}
}

// branch lets a branch that is done go on waiting for the others.
func (c *carrier) branch(n *Node, t Token) {
	to := c.image[n]
	if to != nil && unlike(n, to) == "" {
		if f := c.way(flowByID(n.In, t.Flow), to); f != nil {
			t.Flow = f.ID
			c.lay(t, to)
			return
		}
	}
	c.loose = append(c.loose, t)
}

// choice goes on waiting for the first of several events: those that are new are waited for as well.
func (c *carrier) choice(common uint32) {
	var gateway, first *Node
	sofar := len(c.obstacles)
	for _, t := range c.was.Tokens {
		n := c.from.byID[t.Node]
		if n.Kind != Catch || t.For != common {
			continue
		}
		first = n
		to := c.image[n]
		switch {
		case to == nil:
			c.fx = append(c.fx, Effect{Kind: WaitWithdrawn, Token: t.ID, Node: n})
		case unlike(n, to) != "":
			c.refuse(unlike(n, to), n, to)
		case gateway != nil && to.behind() != gateway:
			c.refuse(Elsewhere, n, to)
		default:
			gateway = to.behind()
			c.lay(t, to)
		}
	}
	if gateway == nil {
		if len(c.obstacles) == sofar {
			c.refuse(Unmapped, first, nil)
		}
		return
	}
	for _, f := range gateway.Out {
		if !c.meant[f.To] {
			c.wait(f.To, c.tokens[len(c.tokens)-1].Scope, common)
		}
	}
}

// watchFor begins to wait for the events at activities under way that the old drawing did not have.
func (c *carrier) watchFor() {
	begin := func(n *Node, scope, activity uint32) {
		for _, b := range n.Boundaries {
			if !c.meant[b] {
				c.wait(b, scope, activity)
			}
		}
	}
	for _, sc := range c.scopes {
		if sc.Index == 0 {
			begin(c.to.byID[sc.Node], sc.Parent, sc.ID)
		}
	}
	for _, t := range slices.Clone(c.tokens) {
		if n := c.to.byID[t.Node]; n.Kind == UserTask && t.Flow == "" && t.Index == 0 {
			begin(n, t.Scope, t.ID)
		}
	}
}

// forget drops the tokens of branches that are done and that are no branches of the new drawing, if it does not
// ask for their work once more. That nobody waits for them in vain is for the proof to see.
func (c *carrier) forget() {
	if len(c.loose) == 0 {
		return
	}
	comes := c.to.ahead(State{Tokens: c.tokens, Scopes: c.scopes})
	for _, t := range c.loose {
		n := c.from.byID[t.Node]
		for at := range own(n, flowByID(n.In, t.Flow)) {
			if to := c.image[at]; at.Activity() && to != nil && comes[to] {
				c.refuse(DoneAgain, at, to)
			}
		}
	}
	slices.SortFunc(c.obstacles, func(a, b Obstacle) int { return c.from.byID[a.Node].ix - c.from.byID[b.Node].ix })
}

// check holds everything to where it was put.
func (c *carrier) check() {
	s := State{Next: c.next, Tokens: c.tokens, Scopes: c.scopes}
	if len(s.Tokens) == 0 {
		c.obstacles = append(c.obstacles, Obstacle{Kind: NothingLeft})
		return
	}
	for i, sc := range s.Scopes {
		if n := c.from.byID[c.was.Scopes[i].Node]; !c.possible(s, i) {
			c.refuse(Elsewhere, n, c.to.byID[sc.Node])
		}
	}
	for _, t := range s.Tokens {
		if to := c.to.byID[t.Node]; !stands(s, to, t) {
			c.refuse(Elsewhere, c.stood(t.ID, to), to)
		}
	}
}

// stood is where a token was before.
func (c *carrier) stood(token uint32, to *Node) *Node {
	for _, t := range c.was.Tokens {
		if t.ID == token {
			return c.from.byID[t.Node]
		}
	}
	return to // it is new
}

// way finds the flow into a join of the new drawing that a flow into the old one is: the one from
// what stands for the same node, else the only one whose branch holds something of the same branch.
func (c *carrier) way(f *Flow, to *Node) *Flow {
	var same []*Flow
	for _, in := range to.In {
		if from := c.image[f.From]; from != nil && in.From == from {
			same = append(same, in)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	if i := slices.IndexFunc(same, func(in *Flow) bool { return in.ID == f.ID }); i >= 0 {
		return same[i]
	}
	branch := map[*Node]bool{}
	for n := range own(f.To, f) {
		if at := c.image[n]; at != nil {
			branch[at] = true
		}
	}
	var found *Flow
	for _, in := range to.In {
		for n := range own(to, in) {
			if !branch[n] {
				continue
			}
			if found != nil && found != in {
				return nil
			}
			found = in
		}
	}
	return found
}

// own are the nodes of one branch before a join: those that lead to it by this flow only.
func own(join *Node, f *Flow) map[*Node]bool {
	mine := upstream(join, []*Flow{f})
	others := slices.DeleteFunc(slices.Clone(join.In), func(in *Flow) bool { return in == f })
	for n := range upstream(join, others) {
		delete(mine, n)
	}
	return mine
}
