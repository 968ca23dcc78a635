package ui

import "github.com/a-h/templ"

// Head is the head of a case page: the same place on every one, two lines at most.
type Head struct {
	Title string // who and what: 知味小馆　食品经营许可（新办）
	Tags  []Badge
	No    string // the case's number
	Facts []Fact // 申请人 周雨桐; label and value
	Meter *Meter
	Lamp  Lamp
	Words string // of the light
}

// Group is one light's part of an inbox.
type Group struct {
	Lamp  Lamp
	Words string // 超期
	Note  string // 1 件，已报督查
	More  *Link  // 看全部
	Rows  []Row
}

// Row is one case in an inbox; the whole row opens it.
type Row struct {
	ID    string // optional, of the element
	Lamp  Lamp
	Words string // 剩 1 天
	Title string
	Href  string
	Tags  []Badge
	No    string
	Who   string
	Step  string // 写意见
	From  string // from whom it came
	Due   string // 10月16日
	On    bool   // chosen
}

// Moment is one line of what happened.
type Moment struct {
	Title string
	When  string // 10月14日 16:20
	At    string // optional, for machines: 2026-10-14T16:20:00+08:00
	Text  string
	Links []Link // papers
	State string // "", "now" or "next"
	Body  templ.Component
}

// Leg is one part of an item's road.
type Leg struct {
	Name string
	Note []string // 2 个工作日, 餐饮许可科
}

// Check is one material on the receiving desk, or one document of a case.
type Check struct {
	ID      string
	No      string
	Name    string
	Href    string // opens the original
	Tags    []Badge
	Note    string // 布局图.pdf　2 页
	Digest  string // SHA-256 or page, small
	On      bool   // shown at the right
	Bad     bool
	Stamps  *Stamps // the verdict to give
	Reason  *Input  // shown when the verdict is bad: what is missing, and how to mend it
	Verdict *Mark   // the verdict given
	Foot    string  // a line below: 最晚 10月30日补齐
	Ticks   *Ticked // what was looked at, one by one
	Attrs   templ.Attributes
}

// Ticked is a list of things looked at, each found good or not.
type Ticked struct {
	Summary string // 受理标准 2/3
	Lang    string // of the texts
	Open    bool
	Rows    []Tick
}

// Tick is one of them; Word says in words what its mark shows.
type Tick struct {
	Text string
	Good bool
	Word string
}

// Tile is one number of a board.
type Tile struct {
	Lamp  Lamp // optional
	Label string
	Value string
	Unit  string
	Note  string
	Href  string
}
