package paper

import (
	"strings"
	"unicode"
)

// Punctuation that may not begin a line, and that may not end one.
const (
	noStart = "，。、；：？！）】》〉」』〕〗｝］”’…—～·％‰℃°′″々ー,.;:?!)]}%»"
	noEnd   = "（【《〈「『〔〖｛［“‘([{«￥＄¥$£€№§"
)

// Wrap breaks text set in regular type of the given size into lines at most width millimetres wide. Nothing is lost:
// the lines joined are the text, apart from its line ends (which begin a new line) and marks without ink. Closing
// punctuation does not begin a line and opening punctuation does not end one; words and numbers stay whole as long as
// they fit on a line.
func (f *Fonts) Wrap(text string, points, width float64) []string {
	return wrap(clean(text), 0, width/(points*point), f.regular().advance)
}

// wrap breaks text into lines of at most width ems, the first one shorter by indent. A line that consists of a single
// character may be wider. It always returns at least one line.
func wrap(text string, indent, width float64, advance func(rune) float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		rest := []rune(paragraph)
		for room := width - indent; ; room = width {
			n := fit(rest, room, advance)
			lines = append(lines, string(rest[:n]))
			if rest = rest[n:]; len(rest) == 0 {
				break
			}
		}
		indent = 0
	}
	return lines
}

// fit returns how many leading runes make a good line: all if they fit, else up to the last good break, else up to the
// last tolerable one (inside a word), else as many as fit, at least one.
func fit(text []rune, room float64, advance func(rune) float64) int {
	var used float64
	good, tolerable := 0, 0
	for i, r := range text {
		if i > 0 {
			switch breakBetween(text[i-1], r) {
			case breakGood:
				good, tolerable = i, i
			case breakTolerable:
				tolerable = i
			}
		}
		if r == ' ' { // blanks at the end of a line hang over the edge
			used += advance(r)
			continue
		}
		if used += advance(r); used > room+1e-9 {
			switch {
			case good > 0:
				return good
			case tolerable > 0:
				return tolerable
			}
			return max(i, 1)
		}
	}
	return len(text)
}

type breakKind int

const (
	breakNever breakKind = iota
	breakTolerable
	breakGood
)

func breakBetween(before, after rune) breakKind {
	switch {
	case after == ' ' || strings.ContainsRune(noStart, after) || strings.ContainsRune(noEnd, before):
		return breakNever
	case unicode.Is(unicode.Mn, after) || before == '\u00a0' || after == '\u00a0':
		return breakNever
	case inWord(before) && inWord(after):
		return breakTolerable
	}
	return breakGood
}

// inWord tells the characters of words, numbers, codes and addresses from ideographs, which part anywhere.
func inWord(r rune) bool {
	if r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return true
	}
	return strings.ContainsRune("-_/@#&+=*'\"~.,:%", r)
}
