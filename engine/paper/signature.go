package paper

// sealRadius makes a seal of 40 mm across, about the size of a real one.
const sealRadius = 20.0

// The lines of a signature lie below the star: the issuer's name between star and foot, the date under the foot, both
// in millimetres below the middle of the seal. So the seal stands over them and all of it stays legible.
const (
	issuerBase = 8.9
	dateBase   = 16.9
)

// signed is issuer and date, centred under the seal.
type signed struct {
	p      *page
	issuer []string
	date   string
	seal   Seal
	width  float64 // of the whole block
}

var signedText = style{14, false, black}

// signature measures the block; a name wider than room wraps, upwards.
func (p *page) signature(issuer, date string, seal Seal, room float64) signed {
	s := signed{p: p, date: clean(date), seal: seal}
	s.issuer = balance(clean(issuer), func(text string) []string { return p.wrap(text, signedText, 0, room) })
	s.width = p.measure(s.date, signedText)
	for _, line := range s.issuer {
		s.width = max(s.width, p.measure(line, signedText))
	}
	if seal != (Seal{}) {
		s.width = max(s.width, 2*sealRadius)
	}
	return s
}

// draw sets the block with the middle of its seal at (x, y).
func (s signed) draw(x, y float64) {
	const lead = dateBase - issuerBase
	for i, line := range s.issuer {
		s.p.centre(x, y+issuerBase-float64(len(s.issuer)-1-i)*lead, line, signedText)
	}
	s.p.centre(x, y+dateBase, s.date, signedText)
	s.p.seal(x, y, sealRadius, s.seal)
}
