package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Certificate is a framed document that somebody hangs on the wall or shows: a title, rows of label and value, the
// issuer with its seal, a code to check it. All texts are the caller's; empty ones are left out.
type Certificate struct {
	Title     string // also the title inside the file
	Subtitle  string // a short line below the title
	Rows      []Row
	Number    string // printed beside the code
	QR        string // what the code says, an address usually
	QRNote    string // printed above the number: what the code is good for
	Issuer    string
	Date      string // as it is to be read
	Seal      Seal
	Note      string // small, at the foot
	Watermark string // large and faint behind everything
	Landscape bool
	Created   time.Time // what the file gives as the moment of its making
}

// Row is one line of a certificate. The labels are spread to equal width; a long value wraps, and a line end in it
// begins a new line.
type Row struct{ Label, Value string }

// certPlan is where things go on a certificate, in millimetres.
type certPlan struct {
	left, right float64
	title       float64 // base line of the title
	top, bottom float64 // of the rows
	foot        float64 // lower edge of the code
	size        float64 // the largest size of the rows, in points
	issuer      float64 // room for the issuer's name
}

// Certificate writes the certificate as a PDF. Many or long rows are set smaller, down to 10.5 points; if they still
// do not fit, they go on on further leaves, and issuer and seal stand on the last one.
// A code that holds too much is an error.
func (f *Fonts) Certificate(w io.Writer, c Certificate) error {
	return f.render(w, paperMeta{title: clean(c.Title), created: c.Created, landscape: c.Landscape}, func(p *page) { p.certificate(c) })
}

func (p *page) certificate(c Certificate) {
	plan := certPlan{left: 32, right: 178, title: 60, top: 80, bottom: 222, foot: 266, size: 16, issuer: 74}
	if c.Landscape {
		plan = certPlan{left: 36, right: 261, title: 45, top: 60, bottom: 139, foot: 181, size: 15, issuer: 96}
	}
	if c.Subtitle != "" {
		plan.top += 6
	}
	leaves := p.certRows(c.Rows, plan)
	for i, leaf := range leaves {
		p.add()
		p.ornament()
		p.watermark(c.Watermark)
		p.certTitle(c, plan)
		y := plan.top
		for _, s := range leaf {
			s.draw(y)
			y += s.height
		}
		sign := p.signature(c.Issuer, c.Date, c.Seal, plan.issuer)
		p.certFoot(c, plan, sign.width)
		if i == len(leaves)-1 {
			sign.draw(plan.right-sign.width/2, plan.foot-sealRadius)
		}
		if len(leaves) > 1 {
			p.centre(p.width/2, p.height-18, fmt.Sprintf("%d / %d", i+1, len(leaves)), style{9, false, grey})
		}
	}
}

// certTitle sets the title in wide letters, smaller if it is long, on two lines if it is very long.
func (p *page) certTitle(c Certificate, plan certPlan) {
	st := style{34, true, black}
	width := plan.right - plan.left
	lines := []string{clean(c.Title)}
	for st.size > 20 && p.measure(lines[0], st)*1.15 > width {
		st.size--
	}
	if p.measure(lines[0], st) > width {
		lines = balance(lines[0], func(s string) []string { return p.wrap(s, st, 0, width) })
	}
	y := plan.title - float64(len(lines)-1)*st.size*point*1.3
	for _, line := range lines {
		natural := p.measure(line, st)
		n := float64(max(len([]rune(line))-1, 1))
		spread := natural + max(0, min(0.32*st.size*point*n, width-natural))
		p.justify(p.width/2-spread/2, y, spread, line, st)
		y += st.size * point * 1.3
	}
	p.centre(p.width/2, plan.title+9, clean(c.Subtitle), style{14, false, brown})
}

// balance evens out the lines of a heading, so that no single character stands alone.
func balance(text string, wrap func(string) []string) []string {
	lines := wrap(text)
	if len(lines) != 2 || strings.Contains(text, "\n") {
		return lines
	}
	runes := []rune(text)
	for i := (len(runes) + 1) / 2; i < len(runes); i++ {
		if breakBetween(runes[i-1], runes[i]) == breakGood {
			return []string{string(runes[:i]), string(runes[i:])}
		}
	}
	return lines
}

// certRows sets the rows as large as they fit on one leaf, or at an easy size on several.
func (p *page) certRows(rows []Row, plan certPlan) [][]strip {
	const smallest, easy = 10.5, 13
	room := plan.bottom - plan.top
	for size := plan.size; size >= smallest; size -= 0.5 {
		strips, gaps := p.certLines(rows, plan, size)
		free := room - total(strips)
		if free < 0 {
			continue
		}
		for i := range strips { // spare room goes between the rows
			if strips[i].last {
				strips[i].height += min(0.45*size*point, free/float64(gaps))
			}
		}
		return [][]strip{strips}
	}
	strips, _ := p.certLines(rows, plan, easy)
	return paginate(strips, room, room)
}

// certLines returns the rows line by line, and how many gaps there are between rows.
func (p *page) certLines(rows []Row, plan certPlan, size float64) (strips []strip, gaps int) {
	label, value := style{size, false, brown}, style{size, false, black}
	em := size * point
	width := 4 * em
	for _, r := range rows {
		width = max(width, min(p.measure(clean(r.Label), label), 9*em))
	}
	left := plan.left + width + 1.4*em
	for _, r := range rows {
		labels := p.wrap(clean(r.Label), label, 0, width)
		values := p.wrap(clean(r.Value), value, 0, plan.right-left)
		lines := max(len(labels), len(values))
		for i := range lines {
			s := strip{height: 1.55 * em, keep: i < lines-1 && lines <= 6}
			if s.last = i == lines-1; s.last {
				s.height += 0.5 * em
				gaps++
			}
			s.draw = func(y float64) {
				if i < len(labels) {
					if len(labels) > 1 {
						p.text(plan.left, y+em, labels[i], label, 0)
					} else {
						p.justify(plan.left, y+em, width, labels[i], label)
					}
				}
				if i < len(values) {
					p.text(left, y+em, values[i], value, 0)
				}
			}
			strips = append(strips, s)
		}
	}
	return strips, gaps
}

// certFoot draws the code with its number at the lower left, beside the signature, and the note below.
func (p *page) certFoot(c Certificate, plan certPlan, sign float64) {
	const side = 27.0
	x := plan.left
	if c.QR != "" {
		p.qr(x, plan.foot-side, side, c.QR)
		x += side + 5
	}
	width := plan.right - sign - 5 - x
	p.upwards(x, plan.foot-0.6, width, clean(c.Number), style{9.5, false, black},
		func(y float64) { p.upwards(x, y-1, width, clean(c.QRNote), style{9, false, grey}, nil) })
	note := style{8.5, false, grey}
	y := plan.foot + 7.5
	for _, line := range p.wrap(clean(c.Note), note, 0, plan.right-plan.left) {
		p.text(plan.left, y, line, note, 0)
		y += 4.2
	}
}

// upwards sets wrapped text whose last base line is y, and calls above with the line above its first.
func (p *page) upwards(x, y, width float64, text string, s style, above func(y float64)) {
	if text != "" {
		lines := p.wrap(text, s, 0, width)
		lead := s.size * point * 1.4
		for i, line := range lines {
			p.text(x, y-float64(len(lines)-1-i)*lead, line, s, 0)
		}
		y -= float64(len(lines)) * lead
	}
	if above != nil {
		above(y)
	}
}
