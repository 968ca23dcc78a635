package rule

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Translate rewrites a simple condition of another notation to CEL: the
// ${…} and #{…} of Java engines, and FEEL comparisons, with or without the
// leading "=". It knows =, <>, and, or, not, eq/ne/lt/le/gt/ge, "x in [1..5]",
// "x in (1, 2)", "x between 1 and 5", numbers, strings, names and brackets.
// Text that is CEL already comes back with the same meaning. Anything else is an
// *[Error] that names the part it cannot rewrite; nothing is guessed.
func Translate(text string) (string, error) {
	body, offset := unwrap(text)
	if len(body) > 4*MaxText {
		return "", &Error{Text: "the rule is too long"}
	}
	p := &translator{src: text}
	if err := p.scan(body, offset); err != nil {
		return "", err
	}
	if len(p.in) == 0 {
		return "", &Error{Text: "the rule is empty"}
	}
	for p.at < len(p.in) {
		if err := p.next(); err != nil {
			return "", err
		}
	}
	return p.join(), nil
}

func unwrap(text string) (body string, offset int) {
	start, end := 0, len(text)
	trim := func() {
		for start < end && strings.ContainsRune(" \t\r\n", rune(text[start])) {
			start++
		}
		for end > start && strings.ContainsRune(" \t\r\n", rune(text[end-1])) {
			end--
		}
	}
	trim()
	s := text[start:end]
	switch {
	case (strings.HasPrefix(s, "${") || strings.HasPrefix(s, "#{")) && strings.HasSuffix(s, "}"):
		start, end = start+2, end-1
	case strings.HasPrefix(s, "=") && !strings.HasPrefix(s, "=="):
		start++
	}
	trim()
	return text[start:end], start
}

type lexeme struct {
	kind byte // 'n' name, '0' number, '"' string, 'o' operator
	text string
	at   int // byte offset in the original text
}

type translator struct {
	src string
	in  []lexeme
	at  int
	out []string
}

func (p *translator) fail(at int, format string, args ...any) error {
	before := p.src[:min(at, len(p.src))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return &Error{Line: line, Column: column, Text: fmt.Sprintf(format, args...)}
}

// Longest first, so that ".." is not read as two dots.
var lexOperators = []string{"..", "&&", "||", "==", "!=", "<>", "<=", ">=", "=", "<", ">", "!", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "?", ":", "."}

func (p *translator) scan(s string, offset int) error {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		at := offset + i
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '"' || r == '\'':
			end := stringEnd(s, i)
			if end < 0 {
				return p.fail(at, "the string is not closed")
			}
			p.in = append(p.in, lexeme{'"', s[i:end], at})
			i = end
		case r >= '0' && r <= '9':
			end := i
			for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' && end+1 < len(s) && s[end+1] >= '0' && s[end+1] <= '9') {
				end++
			}
			p.in = append(p.in, lexeme{'0', s[i:end], at})
			i = end
		case r == '_' || r < utf8.RuneSelf && unicode.IsLetter(r):
			end := i
			for end < len(s) && (s[end] == '_' || s[end] < utf8.RuneSelf && (unicode.IsLetter(rune(s[end])) || unicode.IsDigit(rune(s[end])))) {
				end++
			}
			p.in = append(p.in, lexeme{'n', s[i:end], at})
			i = end
		default:
			op := operatorAt(s[i:])
			if op == "" {
				return p.fail(at, "cannot rewrite the character %q", r)
			}
			p.in = append(p.in, lexeme{'o', op, at})
			i += len(op)
		}
	}
	return nil
}

func operatorAt(s string) string {
	for _, op := range lexOperators {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

func stringEnd(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j + 1
		}
	}
	return -1
}

// Words of the other notations; CEL has most of them as operators.
var wordOperators = map[string]string{
	"and": "&&", "or": "||", "not": "!",
	"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
	"mod": "%", "div": "/",
}

// CEL's own functions, which pass as they are.
var celFunctions = map[string]bool{
	"size": true, "has": true, "contains": true, "startsWith": true, "endsWith": true, "matches": true,
	"int": true, "double": true, "string": true, "bool": true,
	"all": true, "exists": true, "exists_one": true, "filter": true, "map": true,
}

func (p *translator) peek(ahead int) lexeme {
	if i := p.at + ahead; i >= 0 && i < len(p.in) {
		return p.in[i]
	}
	return lexeme{}
}

func (p *translator) next() error {
	t := p.in[p.at]
	switch {
	case t.kind == 'n' && p.peek(-1).text == "." && p.peek(1).text != "(":
		p.field(t.text)
	case t.kind == 'n':
		return p.word(t)
	case t.text == "=":
		p.out = append(p.out, "==")
	case t.text == "<>":
		p.out = append(p.out, "!=")
	case t.text == "..":
		return p.fail(t.at, "a range stands only after \"in\"")
	default:
		p.out = append(p.out, t.text)
	}
	p.at++
	return nil
}

// field writes a field of a map, whatever it is called: the few words that CEL
// keeps for itself go into brackets.
func (p *translator) field(name string) {
	switch name {
	case "in", "true", "false", "null":
		p.out = append(p.out[:len(p.out)-1], "[", `"`+name+`"`, "]")
	default:
		p.out = append(p.out, name)
	}
}

func (p *translator) word(t lexeme) error {
	if op, ok := wordOperators[t.text]; ok {
		p.out = append(p.out, op)
		p.at++
		return nil
	}
	switch t.text {
	case "in":
		return p.member(t)
	case "between":
		return p.between(t)
	case "if", "then", "else", "for", "some", "every", "return", "satisfies", "instance", "empty", "function", "list":
		if t.text != "list" || p.peek(1).text == "contains" {
			return p.fail(t.at, "cannot rewrite %q; write it in CEL", t.text)
		}
	}
	if p.peek(1).text == "(" && !celFunctions[t.text] {
		return p.fail(t.at, "cannot rewrite the function %q; write it in CEL", t.text)
	}
	p.out = append(p.out, t.text)
	p.at++
	return nil
}

func (p *translator) join() string { return joinTokens(p.out) }

// joinTokens writes tokens with the spaces a reader expects.
func joinTokens(tokens []string) string {
	var b strings.Builder
	tight := true
	for i, s := range tokens {
		noSpaceBefore := s == ")" || s == "]" || s == "," || s == "." ||
			(s == "(" || s == "[") && i > 0 && calls(tokens[i-1])
		if !tight && !noSpaceBefore {
			b.WriteByte(' ')
		}
		b.WriteString(s)
		sign := s == "-" && (i == 0 || !calls(tokens[i-1]))
		tight = s == "(" || s == "[" || s == "." || s == "!" || sign
	}
	return b.String()
}

// calls reports whether a bracket after s belongs to s, as in size(x) or x["a"].
func calls(s string) bool {
	if s == "in" {
		return false
	}
	last := s[len(s)-1]
	return last == ')' || last == ']' || last == '_' || last == '"' || last == '\'' ||
		last >= '0' && last <= '9' || last >= 'a' && last <= 'z' || last >= 'A' && last <= 'Z'
}
