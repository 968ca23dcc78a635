package rule

import (
	"fmt"
	"strings"
)

// operand takes back the value just written, for "x in [1..5]" and "x between".
func (p *translator) operand(t lexeme) (string, error) {
	i, depth := len(p.out), 0
	for i > 0 {
		s := p.out[i-1]
		switch {
		case s == ")" || s == "]":
			depth++
		case s == "(" || s == "[":
			depth--
		}
		if depth < 0 || depth == 0 && strings.Contains(" && || ! == != < <= > >= , ? : ", " "+s+" ") {
			break
		}
		i--
	}
	if i == len(p.out) {
		return "", p.fail(t.at, "nothing stands before %q", t.text)
	}
	value := joinTokens(p.out[i:])
	p.out = p.out[:i]
	return value, nil
}

// bound reads one end of a range: a number, a string or a dotted name.
func (p *translator) bound() (string, error) {
	t := p.peek(0)
	sign := ""
	if t.text == "-" {
		sign, t = "-", p.peek(1)
		p.at++
	}
	if t.kind == 0 || t.kind == 'o' || sign != "" && t.kind != '0' {
		return "", p.fail(t.at, "a range must run from one plain value to another")
	}
	p.at++
	text := sign + t.text
	for t.kind == 'n' && p.peek(0).text == "." && p.peek(1).kind == 'n' {
		text += "." + p.peek(1).text
		p.at += 2
	}
	return text, nil
}

func (p *translator) between(t lexeme) error {
	value, err := p.operand(t)
	if err != nil {
		return err
	}
	p.at++
	low, err := p.bound()
	if err != nil {
		return err
	}
	if and := p.peek(0); and.text != "and" {
		return p.fail(t.at, "\"between\" needs \"and\"")
	}
	p.at++
	high, err := p.bound()
	if err != nil {
		return err
	}
	p.out = append(p.out, fmt.Sprintf("(%s >= %s && %s <= %s)", value, low, value, high))
	return nil
}

func (p *translator) member(t lexeme) error {
	open := p.peek(1)
	close := p.matching(1)
	switch {
	case open.kind == 'n':
		p.out = append(p.out, "in")
		p.at++
		return nil
	case open.text != "[" && open.text != "(" && open.text != "]" || close < 0:
		return p.fail(t.at, "\"in\" needs a list or a range")
	case p.hasRange(close):
		return p.inRange(t)
	case open.text == "]":
		return p.fail(t.at, "\"in\" needs a list or a range")
	}
	if open.text == "(" { // FEEL's x in (1, 2)
		p.in[p.at+1].text, p.in[close].text = "[", "]"
	}
	p.out = append(p.out, "in")
	p.at++
	return nil
}

// matching finds the bracket that closes the one `ahead` tokens on. FEEL also
// writes open ranges as ]1..5[, so there any bracket after ".." closes.
func (p *translator) matching(ahead int) int {
	depth := 0
	for i := p.at + ahead; i < len(p.in); i++ {
		switch p.in[i].text {
		case "(", "[":
			if p.in[i].text == "[" && depth == 1 && p.in[p.at+ahead].text == "]" {
				return i
			}
			depth++
		case ")", "]":
			if i == p.at+ahead {
				depth++
				continue
			}
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (p *translator) hasRange(close int) bool {
	for i := p.at + 1; i < close; i++ {
		if p.in[i].text == ".." {
			return true
		}
	}
	return false
}

func (p *translator) inRange(t lexeme) error {
	value, err := p.operand(t)
	if err != nil {
		return err
	}
	lowOp, highOp := ">=", "<="
	if p.peek(1).text != "[" {
		lowOp = ">"
	}
	p.at += 2
	low, err := p.bound()
	if err != nil {
		return err
	}
	if dots := p.peek(0); dots.text != ".." {
		return p.fail(dots.at, "a range must run from one plain value to another")
	}
	p.at++
	high, err := p.bound()
	if err != nil {
		return err
	}
	switch p.peek(0).text {
	case "]":
	case ")", "[":
		highOp = "<"
	default:
		return p.fail(t.at, "the range is not closed")
	}
	p.at++
	p.out = append(p.out, fmt.Sprintf("(%s %s %s && %s %s %s)", value, lowOp, low, value, highOp, high))
	return nil
}
