package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxText is how many characters of one text are looked at.
const maxText = 4000

// Grams cuts text into what is compared: overlapping pairs of the characters of each
// Han run (a run of one character stands alone) and the words of other scripts, in
// lower case and half width. Each gram comes once, in the order of the text.
func Grams(text string) []string {
	var list []string
	runs(text, func(run []rune, han bool) {
		if !han || len(run) == 1 {
			list = append(list, string(run))
			return
		}
		for i := range len(run) - 1 {
			list = append(list, string(run[i:i+2]))
		}
	})
	return unique(list)
}

// runs calls fn for each run of Han characters and each word of other scripts.
func runs(text string, fn func(run []rune, han bool)) {
	var (
		run []rune
		han bool
		n   int
	)
	flush := func() {
		if len(run) > 0 {
			fn(run, han)
			run = nil
		}
	}
	for _, r := range strings.ToLower(norm.NFKC.String(text)) {
		if n++; n > maxText {
			break
		}
		switch isHan := unicode.Is(unicode.Han, r); {
		case !isHan && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case isHan != han:
			flush()
			han, run = isHan, []rune{r}
		default:
			run = append(run, r)
		}
	}
	flush()
}

// chars lists the single Han characters of a text.
func chars(text string) []string {
	var list []string
	runs(text, func(run []rune, han bool) {
		for _, r := range run {
			if han {
				list = append(list, string(r))
			}
		}
	})
	return unique(list)
}

func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
}
