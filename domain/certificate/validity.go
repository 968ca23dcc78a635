package certificate

import (
	"regexp"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
)

// term is what the rules of an item or a type say about how long its certificate
// is valid (有效期限).
type term int

const (
	termFixed     term = iota // so many months from the decision
	termUnlimited             // 长期
	termUnchanged             // as long as the certificate that it takes the place of
	termOnFace                // only the certificate itself says: 见证面, and whatever else is no plain span
)

// span is "5年", "自准予延续之日起5年", "18个月", with or without a remark in brackets.
var span = regexp.MustCompile(`^(?:自[^，；、]*起)?([0-9]{1,3})(年|个月|月)(?:（[^）]*）)?$`)

// readTerm reads the words of a term; months is for termFixed.
func readTerm(words string) (t term, months int) {
	words = strings.Join(strings.Fields(words), "")
	if m := span.FindStringSubmatch(words); m != nil {
		n, _ := strconv.Atoi(m[1]) // three digits at most
		if m[2] == "年" {
			n *= 12
		}
		if n > 0 {
			return termFixed, n
		}
	}
	switch {
	case strings.HasPrefix(words, "长期"):
		return termUnlimited, 0
	case strings.Contains(words, "不变"):
		return termUnchanged, 0
	}
	return termOnFace, 0
}

// onDecision is a term that is counted from the day on which the decision is made: "自准予延续之日起5年".
var onDecision = regexp.MustCompile(`^自[^，；、]*(?:准予|批准|许可|决定)[^，；、]*起`)

// Span is the days of validity, both included. Until is the zero Date where
// there is no last day.
type Span struct{ From, Until calendar.Date }

// validity works out the days of validity. chosen is what the issuer entered, 0
// for nothing; before is the last day of the certificate that this one takes the
// place of, 0 for none.
func validity(cal *calendar.Calendar, words string, from, chosen, before calendar.Date) Span {
	s := Span{From: from}
	switch t, months := readTerm(words); {
	case chosen != 0:
		s.Until = chosen
	case t == termFixed:
		s.Until = cal.AddMonths(from, months) - 1 // the day of the decision counts
	case t == termUnchanged:
		s.Until = before
	}
	return s
}

// words are how the certificate itself tells its validity; rule is what the item
// or the type says.
func (s Span) words(rule string) string {
	t, _ := readTerm(rule)
	switch {
	case s.Until != 0:
		return "自" + s.From.Chinese() + "至" + s.Until.Chinese()
	case t == termOnFace && rule != "" && !strings.HasPrefix(rule, "见"):
		return rule
	case t == termOnFace && rule != "":
		return "以准予决定载明的期限为准"
	}
	return "长期"
}
