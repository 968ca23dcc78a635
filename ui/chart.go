package ui

import (
	"context"
	"math"
	"strconv"
	"strings"
)

// Series is one line or one kind of column.
type Series struct {
	Name   string
	Values []float64
}

// Chart is columns (stacked, where there are several series) or lines. The axis starts at zero. Leave out
// today's unfinished count.
type Chart struct {
	Title  string
	Unit   string
	Head   string   // of the table's first column: 月
	Labels []string // below the columns or points
	Series []Series // three at most
	Lines  bool
	Tall   bool
}

// BarChart is one bar a row, made of parts that add up: who holds how much.
type BarChart struct {
	Title string
	Unit  string
	Head  string // of the table's first column
	Parts []Part
	Rows  []BarRow
}

// Part is what one colour of a bar means. With Lamp it takes that light's colour.
type Part struct {
	Name string
	Lamp Lamp
}

// BarRow is one bar.
type BarRow struct {
	Name   string
	Href   string
	Values []float64 // one for each part
	Words  string    // at the right: 437 件
	Red    string    // the number in red, if any, beside a red light
}

// The plot lies between these percentages of the picture.
const (
	plotLeft, plotTop, plotBottom = 7.0, 4.0, 86.0
)

// ceiling is the top of the axis: the smallest 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten that holds
// the largest value.
func ceiling(largest float64) float64 {
	if largest <= 0 {
		return 1
	}
	scale := math.Pow(10, math.Floor(math.Log10(largest)))
	for _, m := range []float64{1, 2, 3, 4, 5, 6, 8, 10} {
		if largest <= m*scale*(1+1e-9) {
			return m * scale
		}
	}
	return 10 * scale
}

func (c Chart) max() float64 {
	largest := 0.0
	for i := range c.Labels {
		sum := 0.0
		for _, s := range c.Series {
			if v := s.at(i); c.Lines {
				sum = max(sum, v)
			} else {
				sum += v
			}
		}
		largest = max(largest, sum)
	}
	return ceiling(largest)
}

func (s Series) at(i int) float64 {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return 0
}

// gridLine is one level of the axis.
type gridLine struct{ Y, Text, Class string }

func (c Chart) grid() []gridLine {
	top := c.max()
	lines := []gridLine{{percent(plotBottom), "0", "axis"}}
	for _, share := range []float64{.5, 1} {
		lines = append(lines, gridLine{percent(c.y(top*share, top)), figure(top * share), "grid-line"})
	}
	return lines
}

func (c Chart) y(value, top float64) float64 {
	return plotBottom - value/top*(plotBottom-plotTop)
}

// figure writes a number with separators and one decimal at most.
func figure(value float64) string {
	text := strconv.FormatFloat(math.Round(value*10)/10, 'f', -1, 64)
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		return whole + "." + rest
	}
	return whole
}

// column is one rectangle.
type column struct{ X, Width, Y, Height, Class string }

func (c Chart) columns() (all []column) {
	top, slot := c.max(), (100-plotLeft)/float64(max(len(c.Labels), 1))
	for i := range c.Labels {
		base := 0.0
		for n, s := range c.Series {
			v := s.at(i)
			all = append(all, column{
				X: percent(plotLeft + slot*(float64(i)+.18)), Width: percent(slot * .64),
				Y: percent(c.y(base+v, top)), Height: percent(v / top * (plotBottom - plotTop)),
				Class: "f-" + strconv.Itoa(n+1),
			})
			base += v
		}
	}
	return all
}

// axisLabel is a word below the plot.
type axisLabel struct{ X, Text, Class string }

func (c Chart) labels() (all []axisLabel) {
	n := len(c.Labels)
	every := (n + 7) / 8 // eight at most, so that they do not touch
	for i, text := range c.Labels {
		if every > 1 && (n-1-i)%every != 0 {
			continue
		}
		x, class := plotLeft+(100-plotLeft)/float64(n)*(float64(i)+.5), "mid"
		if c.Lines && n > 1 {
			x = plotLeft + (100-plotLeft)*float64(i)/float64(n-1)
			switch i {
			case 0:
				class = ""
			case n - 1:
				class = "end"
			}
		}
		all = append(all, axisLabel{percent(x), text, class})
	}
	return all
}

// points places a line in a box of 100 by 100.
func (c Chart) points(s Series) string {
	top := c.max()
	var out []string
	for i := range c.Labels {
		x := 100 * float64(i) / float64(max(len(c.Labels)-1, 1))
		out = append(out, percentless(x)+","+percentless(100-s.at(i)/top*100))
	}
	return strings.Join(out, " ")
}

func (c Chart) size() string {
	if c.Tall {
		return "chart chart--l"
	}
	return "chart chart--m"
}

// lineClass gives each line a colour and, after the first, dashes: colour never stands alone.
func lineClass(n int) string {
	switch n {
	case 0:
		return "line s-1"
	case 1:
		return "line s-4 dash"
	default:
		return "line s-2 dash"
	}
}

func (c Chart) table() Grid {
	g := Grid{Label: c.Title, Cols: []Col{{Text: c.Head, Row: true}}, Tight: true, Scroll: true}
	for _, s := range c.Series {
		g.Cols = append(g.Cols, Col{Text: s.Name, Num: true})
	}
	for i, label := range c.Labels {
		line := Line{Cells: []Cell{{Text: label}}}
		for _, s := range c.Series {
			line.Cells = append(line.Cells, Cell{Text: figure(s.at(i))})
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func (p Part) class(n int) string {
	if p.Lamp != "" {
		return "f-" + string(p.Lamp)
	}
	return "f-" + strconv.Itoa(n+1)
}

// bars places the parts of one row; the longest row nearly fills its box.
func (b BarChart) bars(row BarRow) (all []column) {
	top := 0.0
	for _, r := range b.Rows {
		sum := 0.0
		for _, v := range r.Values {
			sum += v
		}
		top = max(top, sum)
	}
	if top == 0 {
		top = 1
	}
	at := 0.0
	for n, p := range b.Parts {
		if n >= len(row.Values) {
			break
		}
		all = append(all, column{X: percent(at / top * 100), Width: percent(row.Values[n] / top * 100), Class: p.class(n)})
		at += row.Values[n]
	}
	return all
}

func (b BarChart) table() Grid {
	g := Grid{Label: b.Title, Cols: []Col{{Text: b.Head, Row: true}}, Tight: true, Scroll: true}
	for _, p := range b.Parts {
		g.Cols = append(g.Cols, Col{Text: p.Name, Num: true})
	}
	for _, r := range b.Rows {
		line := Line{Cells: []Cell{{Text: r.Name, Href: r.Href}}}
		for _, v := range r.Values {
			line.Cells = append(line.Cells, Cell{Text: figure(v)})
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func plotWords(ctx context.Context, c Chart) string {
	if c.Lines {
		return say(ctx, "ui.chart.lines")
	}
	return say(ctx, "ui.chart.columns")
}
