package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Book is a booklet of several chapters: a cover, the contents with page numbers that lead to
// the chapters, then each chapter from a new leaf. Readers show the chapters as bookmarks.
// Empty parts are left out.
type Book struct {
	Title    string // large on the cover; a line end parts it
	Subtitle string
	Lines    []string // at the foot of the cover: who gives it out, the state of what date
	QR       string   // on the cover
	QRNote   string
	Contents string // the heading of the contents
	Chapters []Chapter
	Footer   string    // small, at the foot of each leaf after the cover
	Created  time.Time // what the file gives as the moment of its making
}

// Chapter is one part of a book.
type Chapter struct {
	Title    string
	Note     string // below the title
	QR       string // beside the title
	QRNote   string // below the code
	Sections []Section
}

// Section is a heading with text, a list and a table, in this order.
type Section struct {
	Heading    string
	Paragraphs []string
	Items      []string   // numbered from 1
	Table      [][]string // the first row is the heading, repeated on each leaf
}

// The measures of a book, in points and millimetres.
const (
	bookLead  = 7.4
	bookQR    = 26.0
	bookAfter = 2.6 // below a section
)

var (
	bookBody    = style{11.5, false, black}
	bookHeading = style{13, true, brown}
	bookNote    = style{10, false, grey}
)

// Book writes the booklet as a PDF and returns how many leaves it has. A character that cannot
// be drawn is refused with *MissingGlyph, a code that holds too much with an error.
func (f *Fonts) Book(w io.Writer, b Book) (leaves int, err error) {
	title := strings.Join(strings.Fields(clean(b.Title)), " ")
	err = f.render(w, paperMeta{title: title, created: b.Created}, func(p *page) { leaves = p.book(b) })
	return leaves, err
}

func (p *page) book(b Book) int {
	room := sheetBottom - sheetTop
	chapters := make([][][]strip, len(b.Chapters))
	for i, c := range b.Chapters {
		chapters[i] = paginate(p.chapter(c), room, room)
	}
	links := make([]int, len(b.Chapters))
	if p.pdf != nil {
		for i := range links {
			links[i] = p.pdf.AddLink()
		}
	}
	starts := make([]int, len(b.Chapters)) // the leaf of each chapter
	contents := func() [][]strip { return paginate(p.contents(b, starts, links), room, room) }
	next := 2 + len(contents())
	for i := range chapters {
		starts[i] = next
		next += len(chapters[i])
	}
	all := next - 1
	p.cover(b)
	n := 1
	leaf := func(strips []strip) {
		p.add()
		n++
		y := sheetTop
		for _, s := range strips {
			s.draw(y)
			y += s.height
		}
		p.centre(p.width/2, 284, clean(b.Footer), style{8.5, false, grey})
		p.centre(p.width/2, 277.5, fmt.Sprintf("%d / %d", n, all), style{9.5, false, black})
	}
	for _, strips := range contents() {
		leaf(strips)
	}
	for i, leaves := range chapters {
		for j, strips := range leaves {
			leaf(strips)
			if j == 0 && p.pdf != nil {
				p.pdf.SetLink(links[i], 0, -1)
				p.pdf.Bookmark(strings.Join(strings.Fields(clean(b.Chapters[i].Title)), " "), 0, 0)
			}
		}
	}
	return all
}

// cover sets title and subtitle in the upper third, the code below, and the lines at the foot.
func (p *page) cover(b Book) {
	p.add()
	p.frame(14, 14, p.width-28, p.height-28, 0.5, gold)
	p.frame(16.5, 16.5, p.width-33, p.height-33, 0.2, straw)
	title := style{34, true, black}
	y := 84.0
	for _, line := range balance(clean(b.Title), func(t string) []string { return p.wrap(t, title, 0, p.width-60) }) {
		p.centre(p.width/2, y, line, title)
		y += 17
	}
	sub := style{16, false, brown}
	y += 2
	for _, line := range p.wrap(clean(b.Subtitle), sub, 0, p.width-70) {
		p.centre(p.width/2, y, line, sub)
		y += 9
	}
	if b.QR != "" {
		const side = 40.0
		p.qr((p.width-side)/2, 168, side, b.QR)
		p.centre(p.width/2, 168+side+9, clean(b.QRNote), style{10.5, false, grey})
	}
	small := style{12, false, black}
	y = p.height - 34 - 7.5*float64(len(b.Lines)-1)
	for _, line := range b.Lines {
		p.centre(p.width/2, y, clean(line), small)
		y += 7.5
	}
}

// contents lists the chapters with their leaves; each line leads to its chapter.
func (p *page) contents(b Book, starts, links []int) (strips []strip) {
	head := style{18, true, black}
	strips = append(strips, strip{height: 14, keep: true, draw: func(y float64) { p.text(sheetLeft, y+8, clean(b.Contents), head, 0) }})
	for i, c := range b.Chapters {
		lines := p.wrap(clean(fmt.Sprintf("%d　%s", i+1, strings.ReplaceAll(c.Title, "\n", ""))), bookBody, 0, sheetRight-sheetLeft-22)
		for j, line := range lines {
			last := j == len(lines)-1
			strips = append(strips, strip{height: bookLead + 0.6, keep: !last, draw: func(y float64) {
				p.text(sheetLeft, y+5, line, bookBody, 0)
				if last {
					number := fmt.Sprint(starts[i])
					from := sheetLeft + p.measure(line, bookBody) + 2
					p.dots(from, sheetRight-p.measure(number, bookBody)-2, y+4.2)
					p.right(sheetRight, y+5, number, bookBody)
				}
				if p.pdf != nil {
					p.pdf.Link(sheetLeft, y, sheetRight-sheetLeft, bookLead, links[i])
				}
			}})
		}
	}
	return strips
}

// dots leads the eye from a title to its number.
func (p *page) dots(from, to, y float64) {
	if to > from {
		p.raw("q %s RG 0.5 w [0.6 2.6] 0 d %.3f %.3f m %.3f %.3f l S Q", hairln.operands(), from/point, (p.height-y)/point, to/point, (p.height-y)/point)
	}
}

func (p *page) chapter(c Chapter) (strips []strip) {
	title, width := style{19, true, black}, sheetRight-sheetLeft
	if c.QR != "" {
		width -= bookQR + 6
	}
	lines := p.wrap(clean(c.Title), title, 0, width)
	notes := p.wrap(clean(c.Note), bookNote, 0, width)
	height := 10*float64(len(lines)) + 6*float64(len(notes)) + 4
	if c.QR != "" {
		height = max(height, bookQR+9)
	}
	strips = append(strips, strip{height: height, keep: true, draw: func(y float64) {
		at := y + 7.5
		for _, line := range lines {
			p.text(sheetLeft, at, line, title, 0)
			at += 10
		}
		for _, line := range notes {
			p.text(sheetLeft, at-1.5, line, bookNote, 0)
			at += 6
		}
		if c.QR != "" {
			p.qr(sheetRight-bookQR, y, bookQR, c.QR)
			p.centre(sheetRight-bookQR/2, y+bookQR+5, clean(c.QRNote), style{8, false, grey})
		}
	}})
	strips = append(strips, strip{height: 5, keep: true, draw: func(y float64) { p.line(sheetLeft, y+1, sheetRight, y+1, 0.3, gold) }})
	for _, s := range c.Sections {
		strips = append(strips, p.section(s)...)
	}
	return strips
}

func (p *page) section(s Section) (strips []strip) {
	if s.Heading != "" {
		strips = append(strips, strip{height: 9, keep: true, draw: func(y float64) { p.text(sheetLeft, y+6, clean(s.Heading), bookHeading, 0) }})
	}
	for _, text := range s.Paragraphs {
		strips = append(strips, p.bookLines(text, "")...)
	}
	for i, text := range s.Items {
		strips = append(strips, p.bookLines(text, fmt.Sprintf("%d.", i+1))...)
	}
	if len(s.Table) > 1 {
		strips = append(strips, p.table(s.Table)...)
	}
	return append(strips, strip{height: bookAfter, draw: func(float64) {}})
}

// bookLines sets a paragraph flush left; with a label the text hangs beside it.
func (p *page) bookLines(text, label string) (strips []strip) {
	left := sheetLeft
	if label != "" {
		left += 7.5
	}
	lines := p.wrap(clean(text), bookBody, 0, sheetRight-left)
	for i, line := range lines {
		strips = append(strips, strip{height: bookLead, keep: len(lines) > 2 && (i == 0 || i == len(lines)-2), draw: func(y float64) {
			if i == 0 && label != "" {
				p.text(sheetLeft, y+5, label, bookBody, 0)
			}
			p.text(left, y+5, line, bookBody, 0)
		}})
	}
	return strips
}
