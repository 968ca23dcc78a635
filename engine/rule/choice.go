package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Choice is a rule about answers out of closed lists: it only compares variables that hold texts,
// by ==, != and in, and joins comparisons by &&, || and !. Whatever it says CEL says too; what
// CEL says besides is refused, so that one evaluation touches no more than it has words. It is
// immutable and needs no [Env].
type Choice struct {
	top      choiceNode
	names    []string
	literals []Literal
}

// Literal is a text that a rule compares with a variable: in q1 == "a" it is "a" of q1.
type Literal struct{ Name, Value string }

// choiceNode is one comparison, or the joining of some; the spending of an evaluation is counted by it.
type choiceNode struct {
	op      byte // '=', '!' for differs, 'i' in, '&', '|', 'n' not, 't' true, 'f' false
	nodes   []choiceNode
	operand []choiceOperand // of a comparison: what is compared, and with what
}

// choiceOperand is a variable or, with an empty name, a text.
type choiceOperand struct{ name, text string }

// ParseChoice reads a rule about answers. The error is an *[Error].
func ParseChoice(text string) (*Choice, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return nil, &Error{Text: fmt.Sprintf("the rule is longer than %d characters", MaxText)}
	}
	p := &choiceParser{text: text}
	c := &Choice{}
	p.into = c
	p.next()
	top, err := p.or(0)
	if err == nil && p.kind != 0 {
		err = p.unexpected()
	}
	if err != nil {
		return nil, err
	}
	c.top = top
	slices.Sort(c.names)
	c.names = slices.Compact(c.names)
	return c, nil
}

// Names lists the variables that the rule names, each once and sorted.
func (c *Choice) Names() []string { return c.names }

// Literals lists the texts that the rule compares with variables, as they stand in it, so that
// whoever knows the values of a variable can tell a rule that asks for one that it never has.
func (c *Choice) Literals() []Literal { return c.literals }

// Holds works the rule out for the values of its variables; one that is not there is "".
func (c *Choice) Holds(values map[string]string) bool {
	work := 0
	return c.HoldsCounting(values, &work)
}

// HoldsCounting is Holds that adds the work it did to a sum: one for each comparison, joining and
// entry of a list that it touched.
func (c *Choice) HoldsCounting(values map[string]string, work *int) bool {
	return c.top.holds(values, work)
}

func (n *choiceNode) holds(values map[string]string, work *int) bool {
	*work++
	switch n.op {
	case '&', '|':
		for i := range n.nodes {
			if n.nodes[i].holds(values, work) == (n.op == '|') {
				return n.op == '|'
			}
		}
		return n.op == '&'
	case 'n':
		return !n.nodes[0].holds(values, work)
	case 't', 'f':
		return n.op == 't'
	}
	value := n.operand[0].value(values)
	for _, o := range n.operand[1:] {
		*work++
		if o.value(values) == value {
			return n.op != '!'
		}
	}
	return n.op == '!'
}

func (o choiceOperand) value(values map[string]string) string {
	if o.name == "" {
		return o.text
	}
	return values[o.name]
}

// choiceParser reads from left to right. The token under it is of a kind: 0 for the end, 'n' a name,
// 's' a text, '?' what is none, else the first character of an operator or bracket.
type choiceParser struct {
	text  string
	at    int // where the token begins
	end   int
	kind  byte
	token string // the name, the text in the quotes, or the operator
	into  *Choice
}

// next goes on to the token after this one.
func (p *choiceParser) next() {
	for p.end < len(p.text) && strings.IndexByte(" \t\r\n\f", p.text[p.end]) >= 0 {
		p.end++
	}
	p.at = p.end
	rest := p.text[p.at:]
	if rest == "" {
		p.kind, p.token = 0, ""
		return
	}
	for _, op := range []string{"==", "!=", "&&", "||", "(", ")", "[", "]", ",", "!"} {
		if strings.HasPrefix(rest, op) {
			p.kind, p.token, p.end = op[0], op, p.at+len(op)
			return
		}
	}
	if name := nameAt(rest); name != "" {
		p.kind, p.token, p.end = 'n', name, p.at+len(name)
		return
	}
	if text, n := textAt(rest); n > 0 {
		p.kind, p.token, p.end = 's', text, p.at+n
		return
	}
	_, n := utf8.DecodeRuneInString(rest)
	p.kind, p.token, p.end = '?', rest[:n], p.at+n
}

func nameAt(rest string) string {
	for i := range len(rest) {
		c := rest[i] | 0x20
		if rest[i] != '_' && (c < 'a' || c > 'z') && (i == 0 || rest[i] < '0' || rest[i] > '9') {
			return rest[:i]
		}
	}
	return rest
}

// textAt reads a text in double or single quotes, and says how long it stands there, 0 for none.
func textAt(rest string) (text string, n int) {
	quote := rest[0]
	if quote != '"' && quote != '\'' {
		return "", 0
	}
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case quote:
			inner := rest[1:i]
			if !utf8.ValidString(inner) {
				return "", 0
			}
			if !strings.Contains(inner, `\`) {
				return inner, i + 1
			}
			if quote == '\'' {
				inner = strings.ReplaceAll(strings.ReplaceAll(inner, `\'`, `'`), `"`, `\"`)
			}
			text, err := strconv.Unquote(`"` + inner + `"`)
			if err != nil {
				return "", 0
			}
			return text, i + 1
		}
	}
	return "", 0
}

func (p *choiceParser) unexpected() error {
	before := p.text[:p.at]
	line := strings.LastIndexByte(before, '\n') + 1
	e := &Error{Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[line:]) + 1, Text: "a comparison of answers is wanted"}
	if p.kind != 0 {
		e.Text = fmt.Sprintf("%q is not what may stand here", p.token)
	}
	return e
}

func (p *choiceParser) or(depth int) (choiceNode, error) {
	return p.joined(depth, '|', func(d int) (choiceNode, error) { return p.joined(d, '&', p.comparison) })
}

// joined reads one part, or several with an operator between them.
func (p *choiceParser) joined(depth int, op byte, part func(depth int) (choiceNode, error)) (choiceNode, error) {
	first, err := part(depth)
	if err != nil || p.kind != op {
		return first, err
	}
	all := choiceNode{op: op, nodes: []choiceNode{first}}
	for p.kind == op {
		p.next()
		one, err := part(depth)
		if err != nil {
			return one, err
		}
		all.nodes = append(all.nodes, one)
	}
	return all, nil
}

func (p *choiceParser) comparison(depth int) (n choiceNode, err error) {
	switch {
	case depth > maxDepth:
		return n, p.unexpected()
	case p.token == "!":
		p.next()
		if p.token != "!" && p.kind != '(' && !p.constant() {
			return n, p.unexpected() // !q1 == "a" would deny q1, which is no yes or no
		}
		one, err := p.comparison(depth + 1)
		return choiceNode{op: 'n', nodes: []choiceNode{one}}, err
	case p.kind == '(':
		p.next()
		if n, err = p.or(depth + 1); err != nil {
			return n, err
		}
		return n, p.take(')')
	case p.constant():
		n.op = p.token[0]
		p.next()
		return n, nil
	}
	began := *p
	left, err := p.one()
	if err != nil {
		return n, err
	}
	n.operand = []choiceOperand{left}
	switch {
	case p.token == "==" || p.token == "!=":
		n.op = p.token[0]
		p.next()
		right, err := p.one()
		n.operand = append(n.operand, right)
		p.compared(left, right)
		p.compared(right, left)
		return n, err
	case p.kind == 'n' && p.token == "in":
		n.op = 'i'
		p.next()
		return n, p.list(&n)
	case p.kind == 0 || p.kind == ')' || p.kind == '&' || p.kind == '|':
		return n, began.unexpected() // an answer alone is no yes or no
	}
	return n, p.unexpected()
}

// constant reports whether true or false stands here.
func (p *choiceParser) constant() bool {
	return p.kind == 'n' && (p.token == "true" || p.token == "false")
}

// list reads the entries of which an answer may be one.
func (p *choiceParser) list(n *choiceNode) error {
	if err := p.take('['); err != nil {
		return err
	}
	for p.kind != ']' {
		if len(n.operand) > 1 {
			if err := p.take(','); err != nil {
				return err
			}
		}
		one, err := p.one()
		if err != nil {
			return err
		}
		n.operand = append(n.operand, one)
		p.compared(n.operand[0], one)
	}
	return p.take(']')
}

func (p *choiceParser) take(kind byte) error {
	if p.kind != kind {
		return p.unexpected()
	}
	p.next()
	return nil
}

// one reads a variable or a text.
func (p *choiceParser) one() (o choiceOperand, err error) {
	switch {
	case p.kind == 's':
		o.text = p.token
	case p.kind == 'n' && p.token != "in" && p.token != "null" && !p.constant():
		o.name = p.token
		p.into.names = append(p.into.names, o.name)
	default:
		return o, p.unexpected()
	}
	p.next()
	return o, nil
}

func (p *choiceParser) compared(variable, with choiceOperand) {
	if variable.name != "" && with.name == "" {
		p.into.literals = append(p.into.literals, Literal{variable.name, with.text})
	}
}
