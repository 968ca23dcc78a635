package change

import (
	"context"
	"strings"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

// SayCondition says a condition in plain words: “经营场所”选“自有”，并且…. What it cannot say it returns as it is
// written: it judges nothing, [catalog.Item.Wrong] does.
func SayCondition(ctx context.Context, it *catalog.Item, text string) string {
	tokens, ok := cut(text)
	if !ok || len(tokens) == 0 {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t == "&&":
			out.WriteString(i18n.T(ctx, "change.cond.and"))
		case t == "||":
			out.WriteString(i18n.T(ctx, "change.cond.or"))
		case t == "!":
			out.WriteString(i18n.T(ctx, "change.cond.not"))
		case t == "(":
			out.WriteString(i18n.T(ctx, "change.cond.open"))
		case t == ")":
			out.WriteString(i18n.T(ctx, "change.cond.close"))
		case it.Situation(t) != nil && i+2 < len(tokens) && (tokens[i+1] == "==" || tokens[i+1] == "!=") && isQuoted(tokens[i+2]):
			out.WriteString(SayAnswer(ctx, it.Situation(t), tokens[i+1], strings.Trim(tokens[i+2], `"'`)))
			i += 2
		case it.Situation(t) != nil && i+1 < len(tokens) && tokens[i+1] == "in":
			answers, end := oneOf(tokens, i+2)
			if len(answers) == 0 {
				return text
			}
			out.WriteString(sayOneOf(ctx, it.Situation(t), answers))
			i = end
		default:
			return text
		}
	}
	return out.String()
}

// SayAnswer says one comparison of a question with an answer; op is == or !=.
func SayAnswer(ctx context.Context, q *catalog.Situation, op, value string) string {
	label := value
	if o := q.Option(value); o != nil && o.Label != "" {
		label = o.Label
	}
	key := "change.cond.is"
	switch {
	case op == "!=" && value == "":
		return i18n.T(ctx, "change.cond.answered", "question", q.Question)
	case op == "==" && value == "":
		return i18n.T(ctx, "change.cond.unanswered", "question", q.Question)
	case op == "!=":
		key = "change.cond.isnot"
	}
	return i18n.T(ctx, key, "question", q.Question, "answer", label)
}

// oneOf reads a list of texts, ["a", "b"], from a token on, and returns the number of its last token; none: it is no such list.
func oneOf(tokens []string, at int) (answers []string, end int) {
	if at >= len(tokens) || tokens[at] != "[" {
		return nil, at
	}
	for at++; at+1 < len(tokens) && isQuoted(tokens[at]); at += 2 {
		answers = append(answers, strings.Trim(tokens[at], `"'`))
		switch tokens[at+1] {
		case "]":
			return answers, at + 1
		case ",":
		default:
			return nil, at
		}
	}
	return nil, at
}

// sayOneOf says that a question has one of some answers.
func sayOneOf(ctx context.Context, q *catalog.Situation, answers []string) string {
	words := SayAnswer(ctx, q, "==", answers[0])
	for _, value := range answers[1:] {
		label := value
		if o := q.Option(value); o != nil && o.Label != "" {
			label = o.Label
		}
		words += i18n.T(ctx, "change.cond.else", "answer", label)
	}
	return words
}

func isQuoted(t string) bool {
	return len(t) >= 2 && (t[0] == '"' || t[0] == '\'') && t[len(t)-1] == t[0]
}

// cut takes a condition apart into names, texts and signs; ok is false where it holds anything else.
func cut(text string) (tokens []string, ok bool) {
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case strings.ContainsRune(" \t\n\r", r):
			text = text[n:]
			continue
		case strings.HasPrefix(text, "&&"), strings.HasPrefix(text, "||"), strings.HasPrefix(text, "=="), strings.HasPrefix(text, "!="):
			n = 2
		case strings.ContainsRune("()![],", r):
		case r == '"' || r == '\'':
			end := strings.IndexByte(text[1:], text[0])
			if end < 0 || strings.ContainsRune(text[1:1+end], '\\') {
				return nil, false
			}
			n = end + 2
		default:
			n = strings.IndexFunc(text, func(r rune) bool {
				return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
			})
			if n < 0 {
				n = len(text)
			}
			if n == 0 {
				return nil, false
			}
		}
		tokens, text = append(tokens, text[:n]), text[n:]
	}
	return tokens, true
}
