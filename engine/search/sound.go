package search

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// readingText holds the Mandarin readings of the characters of GB 2312 without tones, ü
// written as v: a line for each syllable with the characters that are usually read so (a
// dash for none), then those that often are. The usual readings are facts of the field
// kMandarin of the Unicode Han Database; which characters have a second one is our choice.
//
//go:embed readings.txt
var readingText string

// readingTable tells characters from syllables and back.
type readingTable struct {
	of        map[rune][]string // folded, the usual one first
	syllables map[string]bool   // as they are typed
	longest   int
}

// interjections are readings that nobody types inside a word.
var interjections = map[string]bool{"n": true, "m": true, "ng": true, "o": true}

var sounds = sync.OnceValue(func() readingTable {
	t := readingTable{of: map[rune][]string{}, syllables: map[string]bool{}}
	add := func(r rune, syllable string) {
		if s := fold(syllable); !slices.Contains(t.of[r], s) {
			t.of[r] = append(t.of[r], s)
		}
	}
	var later [][]string
	for line := range strings.Lines(readingText) {
		parts := strings.Fields(line)
		syllable := parts[0]
		for _, typed := range []string{syllable, strings.Replace(syllable, "v", "u", 1)} {
			if !interjections[typed] {
				t.syllables[typed] = true
			}
			t.longest = max(t.longest, len(typed))
		}
		for _, r := range strings.Trim(parts[1], "-") {
			add(r, syllable)
		}
		if len(parts) == 3 {
			later = append(later, []string{syllable, parts[2]})
		}
	}
	for _, l := range later {
		for _, r := range l[1] {
			add(r, l[0])
		}
	}
	return t
})

// fold takes away what many speakers do not tell apart: zh, ch and sh from z, c and s, and
// n from ng at the end; and v, which stands for ü, from u.
func fold(syllable string) string {
	s := strings.Replace(syllable, "v", "u", 1)
	if len(s) > 1 && s[1] == 'h' && (s[0] == 'z' || s[0] == 'c' || s[0] == 's') {
		s = s[:1] + s[2:]
	}
	if n := strings.TrimSuffix(s, "ng"); n != "" && n != s {
		s = n + "n"
	}
	return s
}

// soundMark sets grams of sounds apart from words and initials.
const soundMark = "^"

// Sounds writes how a text is read, syllable by syllable, each with an apostrophe before and
// after: "'kai'fan'dian'". Two texts that sound alike to most ears are written alike. Runs of
// Han characters are set apart by blanks; what is not Han, and characters outside GB 2312,
// end a run.
func Sounds(text string) string {
	var b strings.Builder
	runs(text, func(run []rune, han bool) {
		open := false
		for _, r := range run {
			of := sounds().of[r]
			if !han || len(of) == 0 {
				open = false
				continue
			}
			if !open {
				b.WriteString(" '")
			}
			open = true
			b.WriteString(of[0] + "'")
		}
	})
	return strings.TrimPrefix(b.String(), " ")
}

// soundGrams cuts a text into overlapping pairs of syllables, in every reading.
func soundGrams(text string) []string {
	var list []string
	runs(text, func(run []rune, han bool) {
		for i := 0; han && i+1 < len(run); i++ {
			for _, a := range sounds().of[run[i]] {
				for _, b := range sounds().of[run[i+1]] {
					list = append(list, soundMark+a+"'"+b)
				}
			}
		}
	})
	return unique(list)
}

// askSounds is how typed Chinese asks for what sounds like it: the usual readings only.
func askSounds(text string) []string {
	var list []string
	for run := range strings.FieldsSeq(Sounds(text)) {
		list = append(list, pairs(strings.Split(strings.Trim(run, "'"), "'"))...)
	}
	return unique(list)
}

// pairs are the grams of syllables that were folded.
func pairs(syllables []string) []string {
	var list []string
	for i := range len(syllables) - 1 {
		list = append(list, soundMark+syllables[i]+"'"+syllables[i+1])
	}
	return list
}

// The bounds of reading letters as syllables.
const (
	maxLetters  = 40
	mostSpelled = 4
)

// Spelled reads letters as syllables of pinyin: every way to part them, those of fewest
// syllables first and at most four, each folded as Sounds does. What cannot be parted whole
// gives nothing.
func Spelled(letters string) [][]string {
	if len(letters) < 2 || len(letters) > maxLetters || !plainLetters(letters) {
		return nil
	}
	var list [][]string
	for size := 1; size <= len(letters) && len(list) < mostSpelled; size++ {
		part(letters, size, nil, &list)
	}
	return list
}

// part adds the ways to part letters into just so many syllables.
func part(letters string, size int, before []string, list *[][]string) {
	if letters == "" && size == 0 {
		*list = append(*list, slices.Clone(before))
		return
	}
	if size == 0 || len(letters) < size || len(letters) > size*sounds().longest {
		return
	}
	for n := min(sounds().longest, len(letters)); n > 0 && len(*list) < mostSpelled; n-- {
		if sounds().syllables[letters[:n]] {
			part(letters[n:], size-1, append(before, fold(letters[:n])), list)
		}
	}
}

// spelledInPart finds the pairs of syllables in letters that hold a typing error: the way to
// read them that leaves the fewest letters over, which part their neighbours.
func spelledInPart(letters string) []string {
	if len(letters) < 4 || len(letters) > maxLetters || !plainLetters(letters) {
		return nil
	}
	type way struct {
		cost, back int
		syllable   string
	}
	best := make([]way, len(letters)+1)
	for at := 1; at <= len(letters); at++ {
		best[at] = way{cost: best[at-1].cost + 3, back: at - 1}
		for n := 1; n <= min(sounds().longest, at); n++ {
			s := letters[at-n : at]
			if c := best[at-n].cost + 1; sounds().syllables[s] && c < best[at].cost {
				best[at] = way{c, at - n, fold(s)}
			}
		}
	}
	var list, run []string
	for at := len(letters); at > 0; at = best[at].back {
		if s := best[at].syllable; s != "" {
			run = append([]string{s}, run...)
			continue
		}
		list, run = append(list, pairs(run)...), nil
	}
	return append(list, pairs(run)...)
}

func plainLetters(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII || r < 'a' || r > 'z' }) < 0
}
