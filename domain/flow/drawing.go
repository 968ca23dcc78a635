package flow

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/workflow"
)

// Picture is the diagram of a drawing, read from its diagram interchange.
type Picture struct {
	Shapes []Shape
	Lines  []Line
	Left   int
	Top    int
	Width  int
	Height int
	Names  []string // of the steps in it, in the order in which the drawing comes to them
}

// Shape is a node of the diagram.
type Shape struct {
	Node       *workflow.Node
	X, Y, W, H int
	Mark       string // how it is shown: "", "bad", "done" or "passed"
}

// Line is a flow of the diagram: the points of an SVG polyline.
type Line struct {
	ID     string
	Points string
	// X, Y is where its words stand.
	X, Y int
	Name string
}

// pictureMargin is the room around what is drawn.
const pictureMargin = 20

// Draw reads the diagram of a drawing; false when the file has none.
func Draw(def *workflow.Def) (p Picture, ok bool) {
	dec := xml.NewDecoder(strings.NewReader(string(def.Source())))
	flows := map[string]*workflow.Flow{}
	for _, f := range def.Flows() {
		flows[f.ID] = f
	}
	var element, line string
	var points [][2]int
	var boxed bool
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) || err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "BPMNShape":
				element, boxed = attr(t, "bpmnElement"), false
			case "BPMNEdge":
				line, points = attr(t, "bpmnElement"), nil
			case "Bounds":
				if n := def.Node(element); n != nil && !boxed {
					p.Shapes = append(p.Shapes, Shape{Node: n, X: number(t, "x"), Y: number(t, "y"), W: number(t, "width"), H: number(t, "height")})
				}
				boxed = true // the bounds after those of a shape are of its label
			case "waypoint":
				points = append(points, [2]int{number(t, "x"), number(t, "y")})
			}
		case xml.EndElement:
			if f := flows[line]; t.Name.Local == "BPMNEdge" && f != nil && len(points) > 1 {
				p.Lines = append(p.Lines, lineOf(f, points))
			}
		}
	}
	p.frame()
	for _, n := range steps(def) {
		if slices.ContainsFunc(p.Shapes, func(s Shape) bool { return s.Node == n }) {
			p.Names = append(p.Names, n.Name)
		}
	}
	return p, len(p.Shapes) > 0
}

func lineOf(f *workflow.Flow, points [][2]int) Line {
	var text []string
	for _, at := range points {
		text = append(text, strconv.Itoa(at[0])+","+strconv.Itoa(at[1]))
	}
	return Line{ID: f.ID, Name: f.Name, Points: strings.Join(text, " "), X: points[0][0] + 6, Y: points[0][1] - 6}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number reads a length; what is none, or out of all bounds, is 0.
func number(t xml.StartElement, name string) int {
	v, err := strconv.ParseFloat(attr(t, name), 64)
	if err != nil || v < -100_000 || v > 100_000 {
		return 0
	}
	return int(v)
}

// frame works out where the picture begins and how large it is.
func (p *Picture) frame() {
	if len(p.Shapes) == 0 {
		return
	}
	left, top := p.Shapes[0].X, p.Shapes[0].Y
	right, low := left, top
	take := func(x, y int) { left, top, right, low = min(left, x), min(top, y), max(right, x), max(low, y) }
	for _, s := range p.Shapes {
		take(s.X, s.Y)
		take(s.X+s.W, s.Y+s.H)
	}
	for _, l := range p.Lines {
		for _, at := range strings.Fields(l.Points) {
			x, y, _ := strings.Cut(at, ",")
			px, _ := strconv.Atoi(x)
			py, _ := strconv.Atoi(y)
			take(px, py)
		}
	}
	p.Left, p.Top = left-pictureMargin, top-pictureMargin
	p.Width, p.Height = right-left+2*pictureMargin, low-top+2*pictureMargin
}

// Mark shows nodes in a way.
func (p *Picture) Mark(how string, ids ...string) {
	for i := range p.Shapes {
		for _, id := range ids {
			if p.Shapes[i].Node.ID == id {
				p.Shapes[i].Mark = how
			}
		}
	}
}

// textLine is how many characters of a name stand on one line of a box, textLines how many lines.
const (
	textLine  = 8
	textLines = 3
)

// Lines breaks the name of a task for its box.
func (s Shape) Lines() (lines []string) {
	name := []rune(s.Node.Name)
	for len(name) > 0 && len(lines) < textLines {
		n := min(textLine, len(name))
		lines = append(lines, string(name[:n]))
		name = name[n:]
	}
	if len(name) > 0 {
		last := []rune(lines[textLines-1])
		lines[textLines-1] = string(last[:len(last)-1]) + "…"
	}
	return lines
}
