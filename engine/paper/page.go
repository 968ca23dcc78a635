package paper

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
)

// point is one typographic point in millimetres.
const point = 25.4 / 72

// private is where characters beyond the first 65,536 get a code inside one document: the PDF writer has two bytes per
// character. What is copied from the file is nevertheless the real character (see actual).
const private = 0xE000

// ink is a colour, red, green and blue from 0 to 255.
type ink [3]int

var (
	black  = ink{27, 27, 24}
	brown  = ink{93, 88, 69}    // labels
	grey   = ink{110, 110, 104} // remarks
	gold   = ink{201, 191, 156} // frame
	straw  = ink{229, 223, 201} // inner frame, guilloche
	ivory  = ink{253, 252, 247} // ground of a certificate
	red    = ink{189, 42, 31}   // seal
	hairln = ink{150, 150, 142} // lines of tables
)

// style is how letters look: their size in points, weight and colour.
type style struct {
	size float64
	bold bool
	ink  ink
}

// page draws. A paper is drawn twice: the first time without pdf, to learn which characters it uses; the second time
// with fonts that hold just these. Whatever is drawn must therefore go through page.
type page struct {
	fonts   *Fonts
	pdf     *fpdf.Fpdf // nil the first time
	width   float64
	height  float64
	regular map[rune]int // code in the document to glyph
	bold    map[rune]int
	codes   map[rune]rune // characters beyond the first 65,536 to their codes here
	marked  bool          // inside a mark of actual
	missing []rune        // characters without a glyph, each once, as they come
	failed  error
}

// paperMeta is what a file says about itself.
type paperMeta struct {
	title     string
	created   time.Time
	landscape bool
	a3        bool
}

// render runs draw twice and writes the file. Nothing is written if draw met a problem.
func (f *Fonts) render(w io.Writer, meta paperMeta, draw func(*page)) error {
	p := &page{fonts: f, width: 210, height: 297, regular: map[rune]int{}, bold: map[rune]int{}, codes: map[rune]rune{}}
	orientation, size := "P", "A4"
	if meta.a3 {
		p.width, p.height, size = 297, 420, "A3"
	}
	if meta.landscape {
		p.width, p.height, orientation = 297, 210, "L"
	}
	draw(p)
	p.gaps()
	if p.failed != nil {
		return p.failed
	}
	p.pdf = fpdf.New(orientation, "mm", size, "")
	p.pdf.SetCatalogSort(true)
	p.pdf.SetCreationDate(meta.created.UTC())
	p.pdf.SetModificationDate(meta.created.UTC())
	p.pdf.SetProducer("OneDoor", true)
	p.pdf.SetTitle(meta.title, true)
	p.pdf.SetLang("zh-CN")
	p.pdf.SetMargins(0, 0, 0)
	p.pdf.SetAutoPageBreak(false, 0)
	if err := errors.Join(p.embed("regular", f.regular, p.regular), p.embed("bold", f.bold, p.bold)); err != nil {
		return err
	}
	draw(p)
	p.gaps()
	if p.failed != nil {
		return p.failed
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write paper: %w", err)
	}
	return nil
}

// geta stands where a character has no glyph, as in print for a piece of type that the case lacks.
const geta = '〓'

// gaps tells at the foot of the last leaf which characters have geta in their place, by their code points. The text of the
// file has the characters themselves.
func (p *page) gaps() {
	if len(p.missing) == 0 {
		return
	}
	var points []string
	for _, r := range p.missing {
		points = append(points, fmt.Sprintf("%U", r))
	}
	small := style{8, false, black}
	p.text(36, p.height-16.8, p.wrap(string(geta)+" 字库没有的字，依次为 "+strings.Join(points, "、"), small, 0, p.width-72)[0], small, 0)
}

func (p *page) embed(name string, from func() *face, glyphs map[rune]int) error {
	if len(glyphs) == 0 {
		return nil
	}
	font, err := from().cut(glyphs, false)
	if err != nil {
		return err
	}
	p.pdf.AddUTF8FontFromBytes(name, "", font)
	return p.pdf.Error()
}

// add begins a new leaf.
func (p *page) add() {
	if p.pdf != nil {
		p.pdf.AddPage()
	}
}

// measure returns the width of text in millimetres.
func (p *page) measure(text string, s style) float64 {
	var ems float64
	for _, r := range text {
		ems += p.advance(r, s.bold)
	}
	return ems * s.size * point
}

func (p *page) advance(r rune, bold bool) float64 {
	if bold && p.fonts.bold().glyph(r) != 0 {
		return p.fonts.bold().advance(r)
	}
	return p.fonts.regular().advance(r)
}

// wrap breaks text into lines for the style; indent shortens the first one. Both lengths are millimetres.
func (p *page) wrap(text string, s style, indent, width float64) []string {
	em := s.size * point
	return wrap(text, indent/em, width/em, func(r rune) float64 { return p.advance(r, s.bold) })
}

// code returns the character's code in this document and whether it is set from the bold font.
func (p *page) code(r rune, bold bool) (rune, bool) {
	from, codes := p.fonts.regular(), p.regular
	if bold && p.fonts.bold().glyph(r) != 0 {
		from, codes = p.fonts.bold(), p.bold
	} else {
		bold = false
	}
	glyph := from.glyph(r)
	if glyph == 0 {
		if !slices.Contains(p.missing, r) {
			p.missing = append(p.missing, r)
		}
		glyph = from.glyph(geta)
	}
	code := r
	if r > 0xFFFF {
		if p.codes[r] == 0 {
			p.codes[r] = private + rune(len(p.codes))
		}
		code = p.codes[r]
	}
	codes[code] = glyph
	return code, bold
}

// text sets one line with its left end at x and its base line at y, letters set apart by the extra space in
// millimetres.
func (p *page) text(x, y float64, text string, s style, extra float64) {
	if text == "" {
		return
	}
	spread := extra != 0
	if spread {
		p.raw("%.4f Tc", extra/point)
	}
	var run []rune
	start, at, runBold, rare := x, x, false, false
	flush := func() {
		if len(run) > 0 {
			p.show(start, y, string(run), s, runBold)
		}
		run = run[:0]
	}
	for _, r := range text {
		code, bold := p.code(r, s.bold)
		if len(run) == 0 || bold != runBold || rare || code != r {
			flush()
			start, runBold = at, bold
		}
		if rare = code != r; rare {
			p.actual(string(r), func() { p.show(at, y, string(code), s, bold) })
		} else {
			run = append(run, code)
		}
		at += p.advance(r, s.bold)*s.size*point + extra
	}
	flush()
	if spread {
		p.raw("0 Tc")
	}
}

// show sets codes of this document. Bold that has to come from the regular font gets a thicker outline.
func (p *page) show(x, y float64, codes string, s style, fromBold bool) {
	if p.pdf == nil {
		return
	}
	p.pdf.SetTextColor(s.ink[0], s.ink[1], s.ink[2])
	if fromBold {
		p.pdf.SetFont("bold", "", s.size)
		p.pdf.Text(x, y, codes)
		return
	}
	p.pdf.SetFont("regular", "", s.size)
	if !s.bold {
		p.pdf.Text(x, y, codes)
		return
	}
	p.raw("q 2 Tr %.3f w %s RG", s.size*0.03, s.ink.operands())
	p.pdf.Text(x, y, codes)
	p.raw("Q")
}

// actual marks what draw draws as the given text, for search, copy and reading aloud. A mark inside another is left
// out, because readers would drop the rest of the outer one.
func (p *page) actual(text string, draw func()) {
	if p.marked {
		draw()
		return
	}
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	p.raw("/Span <</ActualText <FEFF%s>>> BDC", hex.String())
	p.marked = true
	draw()
	p.marked = false
	p.raw("EMC")
}

// centre sets one line with its middle at x.
func (p *page) centre(x, y float64, text string, s style) {
	p.text(x-p.measure(text, s)/2, y, text, s, 0)
}

// right sets one line that ends at x.
func (p *page) right(x, y float64, text string, s style) {
	p.text(x-p.measure(text, s), y, text, s, 0)
}

// justify sets one line so that its first letter begins at x and its last ends at x+width. A single letter stays left.
func (p *page) justify(x, y, width float64, text string, s style) {
	n := len([]rune(text))
	if n < 2 {
		p.text(x, y, text, s, 0)
		return
	}
	p.actual(text, func() { p.text(x, y, text, s, (width-p.measure(text, s))/float64(n-1)) })
}

// raw writes PDF operators, in points from the bottom left corner.
func (p *page) raw(format string, args ...any) {
	if p.pdf != nil {
		p.pdf.RawWriteStr(fmt.Sprintf(format, args...) + "\n")
	}
}

func (i ink) operands() string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(i[0])/255, float64(i[1])/255, float64(i[2])/255)
}

// turned draws with the paper turned by degrees, anticlockwise, around (x, y), and stretched sideways.
func (p *page) turned(degrees, stretch, x, y float64, draw func()) {
	if p.pdf == nil {
		draw()
		return
	}
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(degrees, x, y)
	if stretch != 1 {
		p.pdf.TransformScaleX(stretch*100, x, y)
	}
	draw()
	p.pdf.TransformEnd()
}

// through draws as if with a half transparent marker, so that what lies beneath stays legible.
func (p *page) through(alpha float64, draw func()) {
	if p.pdf == nil {
		draw()
		return
	}
	p.pdf.SetAlpha(alpha, "Multiply")
	draw()
	p.pdf.SetAlpha(1, "Normal")
}

// box fills a rectangle; frame draws the outline of one, with lines of the given width in millimetres.
func (p *page) box(x, y, w, h float64, c ink) {
	p.raw("q %s rg %.3f %.3f %.3f %.3f re f Q", c.operands(), x/point, (p.height-y-h)/point, w/point, h/point)
}

func (p *page) frame(x, y, w, h, line float64, c ink) {
	p.raw("q %s RG %.3f w %.3f %.3f %.3f %.3f re S Q", c.operands(), line/point, x/point, (p.height-y-h)/point, w/point, h/point)
}

func (p *page) line(x1, y1, x2, y2, width float64, c ink) {
	p.raw("q %s RG %.3f w %.3f %.3f m %.3f %.3f l S Q", c.operands(), width/point, x1/point, (p.height-y1)/point, x2/point, (p.height-y2)/point)
}
