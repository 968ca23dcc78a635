package ui

import "github.com/a-h/templ"

// Fact is a term and its value.
type Fact struct {
	Label string
	Value string
	Big   string // a figure before the value, drawn larger: 6 of "6 个工作日"
	Note  string // smaller, after it: 法定 10 个
	Href  string
	Code  bool            // numbers and codes
	Body  templ.Component // instead of the value
}

// Grid is a table. On phones each row becomes a card, unless Scroll.
type Grid struct {
	Caption string // shown above; or give Label
	Label   string // for screen readers
	Cols    []Col
	Rows    []Line
	Scroll  bool // wide tables of figures: scroll sideways in their box instead of becoming cards
	Pairs   bool // cards with two short values a line
	Tight   bool
	Flush   bool // no padding at the sides
	Hover   bool
}

// Col is the head of a column.
type Col struct {
	Text string
	Num  bool // figures, at the right
	Row  bool // names the row: usually the first
	Bare bool // the head is for screen readers only
}

// Line is one row of a table.
type Line struct {
	Cells []Cell
	State string // "", "new", "bad" or "head"
	ID    string
}

// Cell is one value of a table.
type Cell struct {
	Text string
	Href string
	Code bool
	Tag  *Badge
	Body templ.Component // instead of the text
}

func (g Grid) class() string {
	class := "table"
	for _, c := range []struct {
		on   bool
		name string
	}{{!g.Scroll, "cards"}, {g.Pairs, "pairs"}, {g.Tight, "tight"}, {g.Flush, "flush"}, {g.Hover, "hover"}} {
		if c.on {
			class += " table--" + c.name
		}
	}
	return class
}

func (g Grid) name() string {
	if g.Label != "" {
		return g.Label
	}
	return g.Caption
}

func (g Grid) col(i int) Col {
	if i < len(g.Cols) {
		return g.Cols[i]
	}
	return Col{}
}

// Theme is one door of the home page: a subject and what lies behind it.
type Theme struct {
	Text string
	Note string
	Icon string
	Href string
}

// Bundle is a life event that several departments handle as one.
type Bundle struct {
	Title string
	Note  string // 原来分 5 次、交 27 份
	Text  string // 5 个部门，11 份材料
	Big   string // 9 个工作日
	After string // 办结
	Icon  string
	Href  string
}
