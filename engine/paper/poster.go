package paper

import (
	"io"
	"strings"
	"time"
)

// Poster is one leaf to hang up: a name that is read from afar, what one must know, and a code
// that leads to the rest. Empty parts are left out; what does not fit is shortened by whole
// lines with a mark, never cut through.
type Poster struct {
	Head    string // small, above the title
	Title   string
	Lead    string // what it is, in a sentence or two
	Parts   []PosterPart
	QR      string
	QRNote  string
	Foot    []string // label and words in turn, at the foot: where, when, phone
	Created time.Time
}

// PosterPart is a label with lines below it.
type PosterPart struct {
	Label string
	Lines []string
}

// Poster writes the leaf as a PDF. A character that cannot be drawn is refused with
// *MissingGlyph, a code that holds too much with an error.
func (f *Fonts) Poster(w io.Writer, s Poster) error {
	title := strings.Join(strings.Fields(clean(s.Title)), " ")
	return f.render(w, paperMeta{title: title, created: s.Created}, func(p *page) { p.poster(s) })
}

// The measures of a poster, in millimetres.
const (
	posterSide  = 20.0
	posterQR    = 78.0
	posterFoot  = 42.0 // height of the band at the foot
	posterParts = 108.0
)

func (p *page) poster(s Poster) {
	p.add()
	room := p.width - 2*posterSide
	p.box(0, 0, p.width, 6, black)
	p.text(posterSide, 20, clean(s.Head), style{13, false, grey}, 0)
	y := 38.0
	title := style{38, true, black}
	lines := p.wrap(clean(s.Title), title, 0, room)
	for size := 38.0; len(lines) > 2 && size > 20; {
		size -= 2
		title.size = size
		lines = p.wrap(clean(s.Title), title, 0, room)
	}
	for _, line := range balance(strings.Join(lines, ""), func(t string) []string { return p.wrap(t, title, 0, room) }) {
		p.text(posterSide, y, line, title, 0)
		y += title.size * 0.46
	}
	lead := style{16, false, black}
	y += 2
	for _, line := range p.atMost(p.wrap(clean(s.Lead), lead, 0, room), 4) {
		p.text(posterSide, y, line, lead, 0)
		y += 9
	}
	top := max(y+4, posterParts)
	p.line(posterSide, top-6, p.width-posterSide, top-6, 0.3, hairln)
	column := room - posterQR - 10
	bottom := p.height - posterFoot - 8
	at := top + 4
	for _, part := range s.Parts {
		at = p.posterPart(part, posterSide, at, column, bottom)
	}
	if s.QR != "" {
		x := p.width - posterSide - posterQR
		p.qr(x, top+2, posterQR, s.QR)
		note := style{14, true, black}
		ny := top + posterQR + 14
		for _, line := range balance(clean(s.QRNote), func(t string) []string { return p.wrap(t, note, 0, posterQR+8) }) {
			p.centre(x+posterQR/2, ny, line, note)
			ny += 7.5
		}
	}
	p.posterBand(s.Foot)
}

// posterPart sets a label and its lines from y on, and returns where the next part begins.
func (p *page) posterPart(part PosterPart, x, y, width, bottom float64) float64 {
	if len(part.Lines) == 0 || y+16 > bottom {
		return y
	}
	label, body := style{12, false, brown}, style{15, false, black}
	p.text(x, y, clean(part.Label), label, 0)
	y += 8.5
	var lines []string
	for _, text := range part.Lines {
		lines = append(lines, p.wrap(clean(text), body, 0, width)...)
	}
	for _, line := range p.atMost(lines, max(1, int((bottom-y)/8))) {
		p.text(x, y, line, body, 0)
		y += 8
	}
	return y + 5
}

// atMost keeps the first lines; a mark tells that there is more.
func (p *page) atMost(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	lines = append([]string(nil), lines[:n]...)
	last := []rune(strings.TrimRight(lines[n-1], "，。；、 "))
	lines[n-1] = string(last[:max(0, len(last)-1)]) + "…"
	return lines
}

// posterBand sets pairs of label and words beside each other at the foot.
func (p *page) posterBand(foot []string) {
	if len(foot) < 2 {
		return
	}
	y := p.height - posterFoot
	p.box(0, y, p.width, posterFoot, ink{242, 242, 238})
	n := len(foot) / 2
	width := (p.width - 2*posterSide) / float64(n)
	for i := range n {
		x := posterSide + float64(i)*width
		p.text(x, y+11, clean(foot[2*i]), style{11, false, brown}, 0)
		words := style{15, true, black}
		at := y + 20
		lines := p.wrap(clean(foot[2*i+1]), words, 0, width-6)
		if len(lines) > 2 {
			words.size = 11
			lines = p.wrap(clean(foot[2*i+1]), words, 0, width-6)
		}
		for _, line := range p.atMost(lines, 3) {
			p.text(x, at, line, words, 0)
			at += words.size * 0.46
		}
	}
}

// Wall is leaves of cards to hang up in one place, each with a code.
type Wall struct {
	Title   string // on each leaf
	Note    string // below it
	Cards   []Card
	A3      bool   // larger leaves with more cards
	Footer  string // small, at the foot of each leaf
	Created time.Time
}

// Card is one code with its name.
type Card struct {
	Title string
	Note  string // one line
	QR    string
}

// Wall writes the leaves as a PDF. A character that cannot be drawn is refused with
// *MissingGlyph, a code that holds too much with an error.
func (f *Fonts) Wall(w io.Writer, s Wall) error {
	title := strings.Join(strings.Fields(clean(s.Title)), " ")
	return f.render(w, paperMeta{title: title, created: s.Created, a3: s.A3}, func(p *page) { p.wall(s) })
}

func (p *page) wall(s Wall) {
	const side, top, gap = 14.0, 40.0, 5.0
	columns, rows := 3, 4
	if s.A3 {
		columns, rows = 4, 6
	}
	width := (p.width - 2*side - gap*float64(columns-1)) / float64(columns)
	height := (p.height - top - 18 - gap*float64(rows-1)) / float64(rows)
	for from := 0; from == 0 || from < len(s.Cards); from += columns * rows {
		p.add()
		p.text(side, 22, clean(s.Title), style{26, true, black}, 0)
		p.text(side, 32, clean(s.Note), style{12, false, grey}, 0)
		for i, c := range s.Cards[from:min(len(s.Cards), from+columns*rows)] {
			x := side + float64(i%columns)*(width+gap)
			p.card(c, x, top+float64(i/columns)*(height+gap), width, height)
		}
		p.centre(p.width/2, p.height-8, clean(s.Footer), style{8.5, false, grey})
	}
}

func (p *page) card(c Card, x, y, width, height float64) {
	p.frame(x, y, width, height, 0.3, hairln)
	const text = 17.0 // for two lines of title and the note
	side := min(width-14, height-text-7)
	p.qr(x+(width-side)/2, y+4.5, side, c.QR)
	title := style{12, true, black}
	lines := p.wrap(clean(c.Title), title, 0, width-6)
	if len(lines) > 2 {
		title.size = 9.5
		lines = p.wrap(clean(c.Title), title, 0, width-6)
	}
	at := y + height - text + 4.5
	for _, line := range p.atMost(lines, 2) {
		p.centre(x+width/2, at, line, title)
		at += title.size * 0.45
	}
	if note := p.wrap(clean(c.Note), style{9, false, grey}, 0, width-6); note[0] != "" {
		p.centre(x+width/2, y+height-2.2, p.atMost(note, 1)[0], style{9, false, grey})
	}
}
