package paper

import (
	"fmt"
	"math"
	"strings"
)

// ornament draws the ground of a certificate: an ivory field, a band of interlaced waves between golden lines, and a
// rosette in the middle, all faint enough to print under text.
func (p *page) ornament() {
	const edge, band = 9.0, 4.6
	w, h := p.width, p.height
	p.box(edge, edge, w-2*edge, h-2*edge, ivory)
	p.rosette(w/2, h/2, min(w, h)*0.27)
	for phase := range 3 {
		shift := float64(phase) / 3
		p.wave(edge+band, edge+band/2, w-2*(edge+band), band*0.40, shift, false)
		p.wave(edge+band, h-edge-band/2, w-2*(edge+band), band*0.40, shift, false)
		p.wave(edge+band/2, edge+band, h-2*(edge+band), band*0.40, shift, true)
		p.wave(w-edge-band/2, edge+band, h-2*(edge+band), band*0.40, shift, true)
	}
	for _, x := range []float64{edge, w - edge - band} {
		for _, y := range []float64{edge, h - edge - band} {
			p.frame(x, y, band, band, 0.2, gold)
			p.frame(x+0.9, y+0.9, band-1.8, band-1.8, 0.15, gold)
			p.flower(x+band/2, y+band/2, band*0.24)
		}
	}
	p.frame(edge, edge, w-2*edge, h-2*edge, 0.45, gold)
	in := edge + band
	p.frame(in, in, w-2*in, h-2*in, 0.3, gold)
	p.frame(in+1.3, in+1.3, w-2*in-2.6, h-2*in-2.6, 0.15, gold)
}

// wave draws a sine along a line of the given length from (x, y), rightwards or downwards, with a whole number of
// periods of about 6 mm; shift is a share of one period.
func (p *page) wave(x, y, length, height, shift float64, down bool) {
	const steps = 4 // per period
	n := int(math.Round(length/6)) * steps
	var path strings.Builder
	at := func(i int) (along, across, slope float64) {
		a := 2 * math.Pi * (float64(i)/steps + shift)
		return length * float64(i) / float64(n), height * math.Sin(a), height * math.Cos(a) * 2 * math.Pi / steps
	}
	put := func(along, across float64) {
		px, py := x+along, y+across
		if down {
			px, py = x+across, y+along
		}
		fmt.Fprintf(&path, "%.2f %.2f ", px/point, (p.height-py)/point)
	}
	step := length / float64(n)
	along, across, slope := at(0)
	put(along, across)
	path.WriteString("m ")
	for i := range n {
		nextAlong, nextAcross, nextSlope := at(i + 1)
		put(along+step/3, across+slope/3)
		put(nextAlong-step/3, nextAcross-nextSlope/3)
		put(nextAlong, nextAcross)
		path.WriteString("c\n")
		along, across, slope = nextAlong, nextAcross, nextSlope
	}
	p.raw("q %s RG 0.35 w %sS Q", straw.operands(), path.String())
}

// rosette draws two braided rings, each of one petalled line turned again and again.
func (p *page) rosette(x, y, radius float64) {
	const strands, petals, steps = 6, 8, 64
	pale := ink{246, 242, 229}
	for strand := range strands {
		phase := 2 * math.Pi * float64(strand) / strands
		for _, ring := range [][2]float64{{0.80, 0.20}, {0.42, 0.14}} {
			p.closed(steps, 0.5, pale, func(a float64) (float64, float64) {
				d := radius * (ring[0] + ring[1]*math.Cos(petals*a+phase))
				return x + d*math.Cos(a), y + d*math.Sin(a)
			})
		}
	}
}

// flower draws the four petals in a corner of the frame.
func (p *page) flower(x, y, radius float64) {
	p.closed(48, 0.4, gold, func(a float64) (float64, float64) {
		d := radius * (0.55 + 0.45*math.Cos(4*a))
		return x + d*math.Cos(a), y + d*math.Sin(a)
	})
}

// closed draws a smooth closed curve through points at equal angles; width is in points.
func (p *page) closed(steps int, width float64, c ink, at func(angle float64) (x, y float64)) {
	angle := func(i int) float64 { return 2 * math.Pi * float64(i) / float64(steps) }
	var path strings.Builder
	put := func(x, y float64) { fmt.Fprintf(&path, "%.2f %.2f ", x/point, (p.height-y)/point) }
	put(at(0))
	path.WriteString("m ")
	for i := range steps {
		x0, y0 := at(angle(i - 1))
		x1, y1 := at(angle(i))
		x2, y2 := at(angle(i + 1))
		x3, y3 := at(angle(i + 2))
		put(x1+(x2-x0)/6, y1+(y2-y0)/6)
		put(x2-(x3-x1)/6, y2-(y3-y1)/6)
		put(x2, y2)
		path.WriteString("c\n")
	}
	p.raw("q %s RG %.2f w %sS Q", c.operands(), width, path.String())
}

// watermark draws words large and faint across the paper.
func (p *page) watermark(text string) {
	if text = clean(text); text == "" {
		return
	}
	pale := ink{236, 233, 224}
	size := min(72, 0.62*p.width/p.measure(text, style{size: 1}))
	st := style{size, false, pale}
	x, y := p.width/2, p.height/2
	p.turned(28, 1, x, y, func() { p.centre(x, y+size*point*0.38, text, st) })
}
