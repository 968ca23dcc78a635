package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Sheet is a letter: title, number, the person addressed, text, a list, a table, issuer with seal, a code to check it.
// The parts come in the order of the fields; empty ones are left out.
type Sheet struct {
	Title      string // also the title inside the file; a line end parts it
	Number     string // at the right, below the title
	Addressee  string // flush left, with its own colon
	Paragraphs []string
	Items      []string   // numbered from 1
	Table      [][]string // the first row is the heading, repeated on each leaf
	After      []string   // paragraphs after list and table
	Issuer     string
	Date       string // as it is to be read
	Seal       Seal
	QR         string   // what the code at the lower left says
	QRNote     string   // beside the code
	Sign       []string // labels of lines to be filled in by hand, two beside each other
	Footer     string   // small, at the foot of each leaf
	Watermark  string
	Created    time.Time // what the file gives as the moment of its making
}

// The measures of a letter, in millimetres.
const (
	sheetLeft   = 28.0
	sheetRight  = 182.0
	sheetTop    = 30.0
	sheetBottom = 268.0
	sheetLead   = 9.2
)

var sheetBody = style{14, false, black}

// Sheet writes the letter as a PDF on as many leaves as it needs, numbered if there are several. A heading line never
// stands alone at the foot of a leaf, and the signature takes two lines of text with it.
// A code that holds too much is an error.
func (f *Fonts) Sheet(w io.Writer, s Sheet) error {
	title := strings.Join(strings.Fields(clean(s.Title)), " ")
	return f.render(w, paperMeta{title: title, created: s.Created}, func(p *page) { p.sheet(s) })
}

func (p *page) sheet(s Sheet) {
	strips := p.sheetHead(s)
	for _, text := range s.Paragraphs {
		strips = append(strips, p.paragraph(text, 2, 0, "")...)
	}
	for i, text := range s.Items {
		strips = append(strips, p.paragraph(text, 2, 1.6, fmt.Sprintf("%d.", i+1))...)
	}
	if len(s.Table) > 0 {
		strips = append(strips, p.table(s.Table)...)
	}
	for _, text := range s.After {
		strips = append(strips, p.paragraph(text, 2, 0, "")...)
	}
	strips = append(strips, p.sheetFoot(s, strips)...)
	room := sheetBottom - sheetTop
	leaves := paginate(strips, room, room)
	for i, leaf := range leaves {
		p.add()
		p.watermark(s.Watermark)
		y := sheetTop
		for _, s := range leaf {
			s.draw(y)
			y += s.height
		}
		p.centre(p.width/2, 284, clean(s.Footer), style{8.5, false, grey})
		if len(leaves) > 1 {
			p.centre(p.width/2, 277.5, fmt.Sprintf("— %d / %d —", i+1, len(leaves)), style{10.5, false, black})
		}
	}
}

func (p *page) sheetHead(s Sheet) (strips []strip) {
	title := style{22, true, black}
	for _, line := range balance(clean(s.Title), func(t string) []string { return p.wrap(t, title, 0, sheetRight-sheetLeft) }) {
		strips = append(strips, strip{height: 12, keep: true, draw: func(y float64) { p.centre(p.width/2, y+8, line, title) }})
	}
	if s.Number != "" {
		st := style{12, false, black}
		for _, line := range p.wrap(clean(s.Number), st, 0, sheetRight-sheetLeft) {
			strips = append(strips, strip{height: 7, keep: true, draw: func(y float64) { p.right(sheetRight, y+6, line, st) }})
		}
	}
	strips = append(strips, strip{height: 7, keep: true, draw: func(float64) {}})
	if s.Addressee != "" {
		strips = append(strips, p.paragraph(s.Addressee, 0, 0, "")...)
		strips[len(strips)-1].keep = true
	}
	return strips
}

// paragraph sets text over the full width, its first line indented by ems. With a label the text hangs beside it.
// Neither the first nor the last line of three or more stands alone on a leaf.
func (p *page) paragraph(text string, indent, hang float64, label string) (strips []strip) {
	em := sheetBody.size * point
	left := sheetLeft
	if label != "" {
		left += (indent + hang) * em
		indent = 0
	}
	width := sheetRight - left
	for piece := range strings.SplitSeq(clean(text), "\n") {
		lines := p.wrap(piece, sheetBody, indent*em, width)
		for i, line := range lines {
			x, room := left, width
			if i == 0 {
				x, room = left+indent*em, width-indent*em
			}
			extra := 0.0
			if i < len(lines)-1 {
				extra = p.slack(line, room)
			}
			s := strip{height: sheetLead, keep: len(lines) > 2 && (i == 0 || i == len(lines)-2)}
			s.draw = func(y float64) { p.text(x, y+em*1.2, line, sheetBody, extra) }
			if label != "" && len(strips) == 0 {
				s.draw = func(y float64) {
					p.text(sheetLeft+2*em, y+em*1.2, label, sheetBody, 0)
					p.text(x, y+em*1.2, line, sheetBody, extra)
				}
			}
			strips = append(strips, s)
		}
	}
	return strips
}

// slack is the extra space between letters that makes a full line end at the right edge; none if it would show.
func (p *page) slack(line string, room float64) float64 {
	n := len([]rune(line)) - 1
	extra := (room - p.measure(line, sheetBody)) / float64(max(n, 1))
	if extra <= 0 || extra > 0.09*sheetBody.size*point {
		return 0
	}
	return extra
}

// sheetFoot returns the code and the signature as one strip, and the lines to sign. It ties the last lines of the text
// to the signature, so that a seal never stands on a leaf without text.
func (p *page) sheetFoot(s Sheet, body []strip) (strips []strip) {
	const side = 25.0
	if s.Issuer != "" || s.Date != "" || s.QR != "" || s.Seal != (Seal{}) {
		for i := max(0, len(body)-2); i < len(body); i++ {
			body[i].keep = true
		}
		height, middle := 36.0, 15.0
		if s.Seal != (Seal{}) {
			height, middle = 2*sealRadius+6, sealRadius+4
		}
		strips = append(strips, strip{height: height, draw: func(y float64) {
			sign := p.signature(s.Issuer, s.Date, s.Seal, 78)
			x := sheetLeft
			if s.QR != "" {
				p.qr(x, y+height-side-2, side, s.QR)
				x += side + 4
			}
			room := sheetRight - 4 - sign.width - 4 - x
			p.upwards(x, y+height-2.6, room, clean(s.QRNote), style{9, false, grey}, nil)
			sign.draw(sheetRight-4-sign.width/2, y+middle)
		}})
	}
	if len(s.Sign) == 0 {
		return strips
	}
	if n := len(strips); n > 0 {
		strips[n-1].keep = true
	}
	strips = append(strips, strip{height: 6, keep: true, draw: func(y float64) {
		p.line(sheetLeft, y+4, sheetRight, y+4, 0.15, hairln)
	}})
	half := (sheetRight - sheetLeft) / 2
	st := style{12, false, black}
	for i := 0; i < len(s.Sign); i += 2 {
		pair := s.Sign[i:min(i+2, len(s.Sign))]
		strips = append(strips, strip{height: 11, keep: i+2 < len(s.Sign), draw: func(y float64) {
			for j, label := range pair {
				x := sheetLeft + float64(j)*half
				label = clean(label)
				p.text(x, y+8, label, st, 0)
				p.line(min(x+p.measure(label, st)+2, x+half-20), y+9, x+half-6, y+9, 0.2, black)
			}
		}})
	}
	return strips
}
