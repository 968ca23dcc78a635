package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Finding is the answer of a verification, said before anything else.
type Finding struct {
	Tone  Tone // ToneGood: genuine and in force; ToneWarn: genuine but not in force; ToneBad: cannot be confirmed
	Title string
	Text  string
}

func (f Finding) class() string {
	switch f.Tone {
	case ToneWarn:
		return "answer answer--warn"
	case ToneBad:
		return "answer answer--bad"
	default:
		return "answer"
	}
}

// Stamped is a seal as drawn on screen and paper: the unit around the star, the purpose below it.
type Stamped struct {
	ID      string // unique on the page
	Unit    string
	Purpose string // 电子证照专用章
	Mark    string // optional, above the star: tells a trial from the real one
}

// arc is the length of the line on which the unit's name stands, in the seal's own measure.
const arc = 189.0

// letters says how large the unit's name is written and how far it spreads: ten characters fill the arc.
func (s Stamped) letters() (size, length string) {
	n := float64(max(utf8.RuneCountInString(s.Unit), 1))
	font, width := 13.5, n*19.6
	if width > arc {
		width = arc
		font = max(6, min(font, arc/n*.78))
	}
	return percentless(font), percentless(width)
}

func percentless(value float64) string { return strings.TrimSuffix(percent(value), "%") }

// Bitmap is a code to scan, such as *qr.Code of rsc.io/qr.
type Bitmap interface {
	// Black tells whether the square at column x, row y is dark.
	Black(x, y int) bool
}

// Code is a code to scan as it is drawn.
type Code struct {
	Bits  Bitmap
	Size  int    // squares a side
	Label string // for screen readers; 查验二维码 unless given
}

// path draws each run of dark squares as one stroke of the outline.
func (c Code) path() string {
	var d strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			start := x
			for x < c.Size && c.Bits.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
	return d.String()
}

func (c Code) box() string { return fmt.Sprintf("-2 -2 %d %d", c.Size+4, c.Size+4) }

func (c Code) side() string { return fmt.Sprint(c.Size + 4) }

// Certificate is a certificate as the screen shows it, for comparing; the original is the signed file.
type Certificate struct {
	Title string
	Rows  []Fact // Label, Value and Code
	Unit  string
	Date  string // 2026年10月16日
	Seal  Stamped
	Code  *Code
	Level int // of the title's heading; 2 unless 1
}

// Notice is a sheet with a unit's seal: receipt, notice, decision.
type Notice struct {
	Title string
	No    string // 云行审补告〔2026〕427 号
	To    string // 罗一舟：
	Paras []string
	List  []string // numbered, between the first paragraphs and After
	After []string
	Unit  string
	Date  string
	Seal  *Stamped
	Code  *Code
	Check []string // beside the code: how to verify this paper
	Slots []string // lines to sign, on paper only: 签收人, 日期
	Page  bool     // the title is the page's own, level 1
}
