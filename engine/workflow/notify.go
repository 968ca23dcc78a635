package workflow

import "strings"

// Notify is a [Block]: an order to another system, at once. ID is as in [Task].
type Notify struct {
	ID, Name string
	Service  string   // see [Node.Service]
	Send     []string // see [Node.Send]
}

func (n Notify) size() (width, height int) { return taskWidth, taskHeight }

func (n Notify) place(g *draft, x, y int) (first, last *shape) {
	t := Task{ID: n.ID, Name: n.Name, Attr: map[string]string{}}
	if n.Service != "" {
		t.Attr["service"] = n.Service
	}
	if len(n.Send) > 0 {
		t.Attr["send"] = strings.Join(n.Send, " ")
	}
	if err := t.check(); err != nil && g.err == nil {
		g.err = err
	}
	s := g.add("serviceTask", t.ID, t.Name, x, y, taskWidth, taskHeight)
	s.task = &t
	return s, s
}
