package paper

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Seal is the round red stamp of an organisation: a ring, a five-pointed star, the name along the arc. It is a drawing
// and proves nothing; what proves a paper is its signature or the record behind its code. The zero Seal draws nothing.
type Seal struct {
	Name string // the organisation, along the arc; up to about 30 characters stay legible
	Foot string // the kind of seal, on a line below the star
	Mark string // a word above the star that tells a trial from the real one
}

// The proportions of a seal, in shares of its radius.
const (
	sealRing   = 0.055 // width of the ring
	sealLetter = 0.205 // size of the name's letters
	sealBase   = 0.705 // radius of their base line
	sealStar   = 0.29
	sealFoot   = 0.60 // base line of the foot, below the middle
	sealSmall  = 0.145
	sealMark   = -0.37 // above the star
	sealTiny   = 0.115
)

// sealArc places the letters of the name: degrees clockwise from the top, and how far each is squeezed sideways. It
// leaves the lower third of the ring free for the foot and for the lines of the signature.
func sealArc(name string) (degrees []float64, squeeze float64) {
	n := len([]rune(name))
	step := min(21, 204/float64(max(n-1, 1)))
	for i := range n {
		degrees = append(degrees, (float64(i)-float64(n-1)/2)*step)
	}
	return degrees, min(1, 0.96*step*math.Pi/180*(sealBase+0.03)/sealLetter)
}

// sealLine returns the squeeze that keeps a line of n letters inside the ring.
func sealLine(n int, size, base float64) float64 {
	room := 2 * math.Sqrt(0.88*0.88-base*base)
	return min(1, room/(float64(n)*size*1.08))
}

// starPoints returns the ten corners of the star for the radius 1, the first on top, y downwards.
func starPoints() (points [10][2]float64) {
	inner := math.Sin(math.Pi/10) / math.Sin(7*math.Pi/10) // of a regular pentagram
	for i := range points {
		r := 1.0
		if i%2 == 1 {
			r = inner
		}
		a := float64(i) * math.Pi / 5
		points[i] = [2]float64{r * math.Sin(a), -r * math.Cos(a)}
	}
	return points
}

// seal draws the seal around (x, y), over what is there already.
func (p *page) seal(x, y, radius float64, s Seal) {
	if s == (Seal{}) {
		return
	}
	p.through(0.86, func() {
		k := radius / point
		cx, cy := x/point, (p.height-y)/point
		p.raw("q %s RG %.3f w %s S Q", red.operands(), sealRing*k, circle(cx, cy, k*(1-sealRing/2)))
		var path strings.Builder
		for i, c := range starPoints() {
			operator := "l"
			if i == 0 {
				operator = "m"
			}
			fmt.Fprintf(&path, "%.3f %.3f %s ", cx+c[0]*sealStar*k, cy-c[1]*sealStar*k, operator)
		}
		p.raw("q %s rg %sh f Q", red.operands(), path.String())
		p.sealName(x, y, radius, clean(s.Name))
		p.sealText(x, y+sealFoot*radius, radius, sealSmall, sealFoot, clean(s.Foot))
		p.sealText(x, y+sealMark*radius, radius, sealTiny, sealMark, clean(s.Mark))
	})
}

func (p *page) sealName(x, y, radius float64, name string) {
	if name == "" {
		return
	}
	st := style{sealLetter * radius / point, true, red}
	degrees, squeeze := sealArc(name)
	p.actual(name, func() {
		for i, r := range []rune(name) {
			p.turned(-degrees[i], 1, x, y, func() {
				p.turned(0, squeeze, x, y, func() { p.centre(x, y-sealBase*radius, string(r), st) })
			})
		}
	})
}

func (p *page) sealText(x, y, radius, size, base float64, text string) {
	if text == "" {
		return
	}
	n := len([]rune(text))
	st := style{size * radius / point, true, red}
	p.turned(0, sealLine(n, size, base), x, y, func() {
		width := p.measure(text, st) * 1.08
		p.justify(x-width/2, y, width, text, st)
	})
}

// circle returns the operators of a circle made of four curves.
func circle(x, y, r float64) string {
	const c = 0.5522847498
	return fmt.Sprintf("%.3f %.3f m %.3f %.3f %.3f %.3f %.3f %.3f c %.3f %.3f %.3f %.3f %.3f %.3f c %.3f %.3f %.3f %.3f %.3f %.3f c %.3f %.3f %.3f %.3f %.3f %.3f c h",
		x+r, y, x+r, y+c*r, x+c*r, y+r, x, y+r, x-c*r, y+r, x-r, y+c*r, x-r, y,
		x-r, y-c*r, x-c*r, y-r, x, y-r, x+c*r, y-r, x+r, y-c*r, x+r, y)
}

// SealSVG returns the same seal as an inline SVG element of the class "seal", in the current colour, without style
// attributes. Its letters take the font of the page. It is empty for the zero Seal.
func SealSVG(s Seal) string {
	if s == (Seal{}) {
		return ""
	}
	const middle, radius = 70.0, 68.0
	var b strings.Builder
	label := html.EscapeString(strings.Join(strings.Fields(s.Name+" "+s.Foot+" "+s.Mark), " "))
	fmt.Fprintf(&b, `<svg class="seal" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 140 140" role="img" aria-label="%s">`, label)
	fmt.Fprintf(&b, `<circle cx="70" cy="70" r="%.2f" fill="none" stroke="currentColor" stroke-width="%.2f"/><path fill="currentColor" d="`, radius*(1-sealRing/2), radius*sealRing)
	for i, c := range starPoints() {
		operator := "L"
		if i == 0 {
			operator = "M"
		}
		fmt.Fprintf(&b, "%s%.2f %.2f", operator, middle+c[0]*sealStar*radius, middle+c[1]*sealStar*radius)
	}
	b.WriteString(`Z"/><g fill="currentColor" font-weight="700" text-anchor="middle">`)
	letter := func(degrees, base, squeeze, size float64, text string) {
		if text == "" {
			return
		}
		fmt.Fprintf(&b, `<text font-size="%.2f" transform="rotate(%.2f 70 70) translate(70 %.2f)`, size*radius, degrees, middle+base*radius)
		if squeeze < 1 {
			fmt.Fprintf(&b, ` scale(%.3f 1)`, squeeze)
		}
		fmt.Fprintf(&b, `">%s</text>`, html.EscapeString(text))
	}
	degrees, squeeze := sealArc(clean(s.Name))
	for i, r := range []rune(clean(s.Name)) {
		letter(degrees[i], -sealBase, squeeze, sealLetter, string(r))
	}
	letter(0, sealFoot, sealLine(len([]rune(s.Foot)), sealSmall, sealFoot), sealSmall, clean(s.Foot))
	letter(0, sealMark, sealLine(len([]rune(s.Mark)), sealTiny, sealMark), sealTiny, clean(s.Mark))
	b.WriteString(`</g></svg>`)
	return b.String()
}
