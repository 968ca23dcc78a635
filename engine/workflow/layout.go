package workflow

import "strconv"

// Sizes of the diagram, in pixels, as drawing programs have them by custom.
const (
	margin      = 60
	gap         = 50
	rowGap      = 30
	taskWidth   = 120
	taskHeight  = 80
	gatewaySize = 50
	eventSize   = 36
	emptyHeight = 40 // room for a branch in which there is nothing to do
	bypass      = 20 // how far below an optional task the way past it runs
	labelHeight = 14 // also the width of one character of a label
)

// shape is a node of a drawing under construction; x and y are its top left.
type shape struct {
	tag, id, name string
	task          *Task
	byDefault     *edge
	onward        bool // the next edge out of it becomes its default
	x, y, w, h    int
}

func (s *shape) midX() int { return s.x + s.w/2 }
func (s *shape) midY() int { return s.y + s.h/2 }

type point struct{ x, y int }

type edge struct {
	id, name, when string
	from, to       *shape
	points         []point
}

// draft collects the shapes and edges of one drawing.
type draft struct {
	id, name string
	shapes   []*shape
	edges    []*edge
	gateways int
	err      error
}

func (g *draft) add(tag, id, name string, x, midY, w, h int) *shape {
	s := &shape{tag: tag, id: id, name: name, x: x, y: midY - h/2, w: w, h: h}
	g.shapes = append(g.shapes, s)
	return s
}

func (g *draft) gateway(tag, id, name string, x, y int) *shape {
	if id == "" {
		g.gateways++
		id = "gw_" + strconv.Itoa(g.gateways)
	}
	return g.add(tag, id, name, x, y, gatewaySize, gatewaySize)
}

func (g *draft) right(fallback, last *shape) int {
	if last == nil {
		last = fallback
	}
	return last.x + last.w
}

// connect draws an edge that runs at height y between its two ends: straight
// out of a node at that height, else out of its upper or lower corner.
func (g *draft) connect(from, to *shape, y int) *edge {
	e := &edge{from: from, to: to}
	if from.midY() == y {
		e.points = append(e.points, point{from.x + from.w, y})
	} else {
		e.points = append(e.points, corner(from, y), point{from.midX(), y})
	}
	if to.midY() == y {
		e.points = append(e.points, point{to.x, y})
	} else {
		e.points = append(e.points, point{to.midX(), y}, corner(to, y))
	}
	if from.onward {
		from.byDefault, from.onward = e, false
	}
	g.edges = append(g.edges, e)
	return e
}

func corner(s *shape, y int) point {
	if y < s.midY() {
		return point{s.midX(), s.y}
	}
	return point{s.midX(), s.y + s.h}
}

func (t Task) size() (width, height int) {
	if t.Optional {
		return taskWidth + 2*(gatewaySize+gap), taskHeight + 2*bypass
	}
	return taskWidth, taskHeight
}

func (t Task) place(g *draft, x, y int) (first, last *shape) {
	if err := t.check(); err != nil && g.err == nil {
		g.err = err
	}
	if t.Optional {
		return t.placeOptional(g, x, y)
	}
	s := g.add("userTask", t.ID, t.Name, x, y, taskWidth, taskHeight)
	s.task = &t
	return s, s
}

// placeOptional keeps the task on the line and leads the way past it below.
func (t Task) placeOptional(g *draft, x, y int) (first, last *shape) {
	inner := t
	inner.Optional = false
	split := g.gateway("exclusiveGateway", "gw_"+t.ID, t.Name+"?", x, y)
	task, _ := inner.place(g, x+gatewaySize+gap, y)
	join := g.gateway("exclusiveGateway", "", "", task.x+taskWidth+gap, y)
	g.connect(split, task, y).when = "step[" + strconv.Quote(t.ID) + "]"
	g.connect(task, join, y)
	split.byDefault = g.connect(split, join, y+taskHeight/2+bypass)
	return split, join
}

func (q Sequence) size() (width, height int) {
	for _, b := range q {
		if b == nil {
			continue
		}
		w, h := b.size()
		if w == 0 {
			continue
		}
		if width > 0 {
			width += gap
		}
		width, height = width+w, max(height, h)
	}
	return width, height
}

func (q Sequence) place(g *draft, x, y int) (first, last *shape) {
	for _, b := range q {
		if b == nil {
			continue
		}
		w, _ := b.size()
		f, l := b.place(g, x, y)
		if f == nil {
			continue
		}
		if first == nil {
			first = f
		} else {
			g.connect(last, f, y)
		}
		last = l
		x += w + gap
	}
	return first, last
}

// rowHeight is the room a branch needs; nothing to do needs some too.
func rowHeight(b Block) (width, height int) {
	if b != nil {
		width, height = b.size()
	}
	if width == 0 {
		height = emptyHeight
	}
	return width, height
}

func stackSize(rows []Block) (width, height int) {
	for i, b := range rows {
		w, h := rowHeight(b)
		width = max(width, w)
		height += h
		if i > 0 {
			height += rowGap
		}
	}
	return width + 2*(gatewaySize+gap), max(height, gatewaySize)
}

// stack draws rows one below the other between two gateways and returns the edge
// that begins each row.
func stack(g *draft, split, join *shape, rows []Block, y int) []*edge {
	_, height := stackSize(rows)
	top := y - height/2
	firsts := make([]*edge, len(rows))
	for i, b := range rows {
		_, h := rowHeight(b)
		mid := top + h/2
		if len(rows) == 1 {
			mid = y
		}
		var first, last *shape
		if b != nil {
			first, last = b.place(g, split.x+gatewaySize+gap, mid)
		}
		if first == nil {
			firsts[i] = g.connect(split, join, mid)
		} else {
			firsts[i] = g.connect(split, first, mid)
			g.connect(last, join, mid)
		}
		top += h + rowGap
	}
	return firsts
}

func (c Concurrent) size() (width, height int) {
	if len(c.Branches) == 0 {
		return 0, 0
	}
	return stackSize(c.Branches)
}

func (c Concurrent) place(g *draft, x, y int) (first, last *shape) {
	if len(c.Branches) == 0 {
		return nil, nil
	}
	width, _ := c.size()
	split := g.gateway("parallelGateway", c.ID, c.Name, x, y)
	join := g.gateway("parallelGateway", "", "", x+width-gatewaySize, y)
	stack(g, split, join, c.Branches, y)
	return split, join
}

func (c Choice) rows() []Block {
	rows := make([]Block, 0, len(c.Branches)+1)
	for _, b := range c.Branches {
		rows = append(rows, b.Then)
	}
	return append(rows, c.Default)
}

func (c Choice) size() (width, height int) { return stackSize(c.rows()) }

func (c Choice) place(g *draft, x, y int) (first, last *shape) {
	width, _ := c.size()
	split := g.gateway("exclusiveGateway", c.ID, c.Name, x, y)
	join := g.gateway("exclusiveGateway", "", "", x+width-gatewaySize, y)
	edges := stack(g, split, join, c.rows(), y)
	for i, b := range c.Branches {
		edges[i].name, edges[i].when = b.Name, b.When
	}
	split.byDefault = edges[len(edges)-1]
	return split, join
}

func (l Loop) size() (width, height int) {
	bw, bh := rowHeight(l.Body)
	aw, ah := rowHeight(l.Again)
	return max(bw, aw) + 2*(gatewaySize+gap), max(bh, gatewaySize) + 2*(rowGap+ah)
}

// place draws the body on the line and the way back below it. The body keeps the
// middle of the line, so the same room stays free above.
func (l Loop) place(g *draft, x, y int) (first, last *shape) {
	width, _ := l.size()
	join := g.gateway("exclusiveGateway", "", "", x, y)
	split := g.gateway("exclusiveGateway", l.ID, l.Name, x+width-gatewaySize, y)
	inner := x + gatewaySize + gap
	if body, end := placeOrNil(l.Body, g, inner, y); body != nil {
		g.connect(join, body, y)
		g.connect(end, split, y)
	} else {
		g.connect(join, split, y)
	}
	_, bh := rowHeight(l.Body)
	_, ah := rowHeight(l.Again)
	below := y + max(bh, gatewaySize)/2 + rowGap + ah/2
	var back *edge
	if begin, end := placeOrNil(l.Again, g, inner, below); begin != nil {
		// Down on the right, along under everything, and into the row from its left.
		low := below + ah/2 + rowGap/2
		back = g.connect(split, begin, below)
		back.points = []point{corner(split, low), {split.midX(), low}, {begin.x - gap/2, low}, {begin.x - gap/2, below}, {begin.x, below}}
		home := g.connect(end, join, below)
		high := below - ah/2 - rowGap/2
		home.points = []point{{end.x + end.w, below}, {end.x + end.w + gap/4, below}, {end.x + end.w + gap/4, high}, {join.midX(), high}, corner(join, high)}
	} else {
		back = g.connect(split, join, below)
	}
	back.when = l.While
	split.onward = true // the next edge out of it, drawn by whoever placed the loop, is its default
	return join, split
}

func placeOrNil(b Block, g *draft, x, y int) (first, last *shape) {
	if b == nil {
		return nil, nil
	}
	return b.place(g, x, y)
}
