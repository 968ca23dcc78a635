package paper

import (
	"fmt"
	"html"
	"strings"

	"rsc.io/qr"
)

// QRSVG returns the two-dimensional code of the text as an inline SVG element of the class "qr", four blank modules
// around it, without style attributes. label is its name for those who do not see it; with an empty label the code
// counts as decoration. A text of more than about 2,300 bytes is an error.
func QRSVG(text, label string) (string, error) {
	code, err := encode(text)
	if err != nil {
		return "", err
	}
	access := `aria-hidden="true"`
	if label != "" {
		access = `role="img" aria-label="` + html.EscapeString(label) + `"`
	}
	var path strings.Builder
	eachRun(code, func(x, y, n int) { fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+4, y+4, n, n) })
	side := code.Size + 8
	return fmt.Sprintf(`<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" %s>`+
		`<path fill="#fff" d="M0 0h%dv%dh-%dz"/><path fill="#1b1b18" d="%s"/></svg>`, side, side, access, side, side, side, path.String()), nil
}

func encode(text string) (*qr.Code, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("paper: code of %d bytes: %w", len(text), err)
	}
	return code, nil
}

// eachRun calls draw for every horizontal run of n black modules.
func eachRun(code *qr.Code, draw func(x, y, n int)) {
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			n := 0
			for x+n < code.Size && code.Black(x+n, y) {
				n++
			}
			if n > 0 {
				draw(x, y, n)
				x += n
			}
		}
	}
}

// qr draws the code into the square at (x, y), on white. An empty text draws nothing.
func (p *page) qr(x, y, side float64, text string) {
	if text == "" {
		return
	}
	code, err := encode(text)
	if err != nil {
		p.failed = err
		return
	}
	module := side / float64(code.Size)
	p.box(x-2*module, y-2*module, side+4*module, side+4*module, ink{255, 255, 255})
	var path strings.Builder
	eachRun(code, func(mx, my, n int) {
		fmt.Fprintf(&path, "%.3f %.3f %.3f %.3f re\n", (x+float64(mx)*module)/point,
			(p.height-y-float64(my+1)*module)/point, float64(n)*module/point, module/point)
	})
	p.raw("q %s rg %sf Q", black.operands(), path.String())
}
