package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/engine/search"
)

// thesaurus tells what people say from what items are called. It never changes.
type thesaurus struct {
	version int64
	idle    []string            // words that say nothing about what is looked for, longest first
	said    []said              // what people say, longest first
	mean    map[string][]string // what it may mean, the best first
	parts   map[string]bool     // the words of all of them, one by one
	short   map[string][]string // first letters of what people say to the phrases
	heard   map[string][]string // how it is read, as search.Sounds has it, to the phrases
}

// said is one phrase in the forms in which it is compared.
type said struct {
	text   string
	sounds string // as search.Sounds has it, "" for what is not Chinese
	spelt  string // the same as letters in a row
}

func newThesaurus(entries []Synonym, version int64) *thesaurus {
	t := &thesaurus{
		version: version, mean: map[string][]string{}, parts: map[string]bool{},
		short: map[string][]string{}, heard: map[string][]string{},
	}
	for _, e := range entries {
		e.clean()
		if len(e.Meant) == 0 {
			t.idle = append(t.idle, e.Said...)
			continue
		}
		for _, w := range e.Said {
			t.take(w)
			for _, meant := range e.Meant {
				t.take(meant)
				if !slices.Contains(t.mean[w], meant) {
					t.mean[w] = append(t.mean[w], meant)
				}
			}
		}
	}
	longest := func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	}
	for w := range t.mean {
		s := said{text: w}
		if sounds := search.Sounds(w); strings.Count(sounds, "'") > 2 && !strings.Contains(sounds, " ") {
			s.sounds, s.spelt = sounds, strings.ReplaceAll(sounds, "'", "")
		}
		t.said = append(t.said, s)
	}
	slices.SortFunc(t.said, func(a, b said) int { return longest(a.text, b.text) })
	slices.SortFunc(t.idle, longest)
	for _, s := range t.said {
		if s.sounds == "" {
			continue
		}
		t.heard[s.sounds] = append(t.heard[s.sounds], s.text)
		if letters := search.Initials(s.text); len(letters) >= minShort {
			t.short[letters] = append(t.short[letters], s.text)
		}
	}
	return t
}

// take notes the words of a phrase. Single characters are in too many names.
func (t *thesaurus) take(phrase string) {
	for word := range strings.FieldsSeq(spelling(phrase)) {
		if utf8.RuneCountInString(word) > 1 {
			t.parts[word] = true
		}
	}
}

const (
	maxQuery = 100 // characters
	maxAlso  = 8
)

// read takes the idle words out of what was typed and lists what else it may mean.
func (t *thesaurus) read(text string) (typed string, also []string) {
	if r := []rune(text); len(r) > maxQuery {
		text = string(r[:maxQuery])
	}
	text = spelling(text)
	typed = text
	for _, w := range t.idle {
		typed = without(typed, w)
	}
	if typed = strings.Join(strings.Fields(typed), " "); typed == "" {
		typed = text
	}
	rest := text // an idle word may be part of a phrase: "open a restaurant"
	for _, s := range t.said {
		if left := without(rest, s.text); left != rest {
			rest = left // the longest phrase wins
			also = t.add(also, s.text)
		}
	}
	for _, phrase := range slices.Concat(t.lettered(text), t.apart(strings.Fields(typed))) {
		also = t.add(also, phrase)
	}
	return typed, also
}

// minShort is how many first letters tell a phrase: two letters stand for far too many.
const minShort = 3

// lettered lists the phrases that a text of plain letters stands for: their first letters
// (kfd), or all of their pinyin with blanks or without (kaifandian, kai fan dian).
func (t *thesaurus) lettered(text string) (phrases []string) {
	letters := strings.ReplaceAll(text, " ", "")
	for _, syllables := range search.Spelled(letters) {
		phrases = append(phrases, t.heard["'"+strings.Join(syllables, "'")+"'"]...)
	}
	return append(phrases, t.short[letters]...)
}

// apart lists the phrases of which a sentence says one word and later the other: 开小店 in
// 开一家卖面条的小店.
func (t *thesaurus) apart(words []string) (phrases []string) {
	for i, first := range words {
		for _, second := range words[i+1:] {
			if phrase := first + second; len(t.mean[phrase]) > 0 && !inWord(firstRune(phrase)) {
				phrases = append(phrases, phrase)
			}
		}
	}
	return phrases
}

// add puts what a phrase may mean behind other meanings.
func (t *thesaurus) add(also []string, phrase string) []string {
	for _, meant := range t.mean[phrase] {
		if len(also) < maxAlso && !slices.Contains(also, meant) {
			also = append(also, meant)
		}
	}
	return also
}

// without takes a phrase out of a text; one that begins or ends with a Latin letter or a
// digit only where no word goes on there.
func without(text, phrase string) string {
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return text
		}
		at, end := from+i, from+i+len(phrase)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(phrase)
		last, _ := utf8.DecodeLastRuneInString(phrase)
		if inWord(before) && inWord(first) || inWord(last) && inWord(after) {
			from = end
			continue
		}
		text = text[:at] + " " + text[end:]
		from = at + 1
	}
}

// inWord tells letters and digits of words with blanks between them from Chinese.
func inWord(r rune) bool {
	return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// maxGuesses is how many phrases a guess takes in.
const maxGuesses = 3

// guess lists the phrases that somebody may have meant who typed with an error: phrases that
// sound alike, in pinyin too, or that one wrong letter or character, one left out, one too
// many, or two changed round make of them; in long Latin words two errors.
func (t *thesaurus) guess(typed string) (phrases, also []string) {
	sounds := []string{search.Sounds(typed)}
	words := strings.Fields(typed)
	begins := ""
	for _, w := range words {
		for _, syllables := range search.Spelled(w) {
			sounds = append(sounds, "'"+strings.Join(syllables, "'")+"'")
			if len(words) == 1 && len(syllables) == 1 && len(w) >= minShort {
				begins = "'" + syllables[0] + "'" // one syllable of a word that is still being typed
			}
		}
	}
	for _, s := range t.said {
		if len(phrases) == maxGuesses {
			break
		}
		if s.heardIn(sounds) || s.mistypedIn(words) || begins != "" && strings.HasPrefix(s.sounds, begins) {
			phrases = append(phrases, s.text)
			also = t.add(also, s.text)
		}
	}
	return phrases, also
}

func (s said) heardIn(sounds []string) bool {
	return s.sounds != "" && slices.ContainsFunc(sounds, func(heard string) bool { return strings.Contains(heard, s.sounds) })
}

// mistypedIn reports whether some words in a row are the phrase with a typing error.
func (s said) mistypedIn(words []string) bool {
	if inWord(firstRune(s.text)) {
		n := strings.Count(s.text, " ") + 1
		for i := 0; i+n <= len(words); i++ {
			if mistyped(strings.Join(words[i:i+n], " "), s.text) {
				return true
			}
		}
		return false
	}
	for _, w := range words {
		if isLatin(w) {
			if s.spelt != "" && mistyped(foldLetters(w), s.spelt) {
				return true
			}
		} else if mistypedHan([]rune(w), []rune(s.text)) {
			return true
		}
	}
	return false
}

func firstRune(text string) rune { r, _ := utf8.DecodeRuneInString(text); return r }

// foldLetters does to letters that are not parted into syllables what search.Sounds does to each.
func foldLetters(letters string) string {
	return strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n", "v", "u").Replace(letters)
}

// mistyped reports whether a word of plain letters is another with one error, or two where it is long.
func mistyped(typed, meant string) bool {
	most := 1
	switch n := len(meant); {
	case n < 5:
		return false
	case n >= 9:
		most = 2
	}
	return edits([]rune(typed), []rune(meant), most) <= most
}

// mistypedHan reports whether a run of characters is a phrase of three or more with one wrong
// one or two changed round, or one of four or more with one left out, or holds one of four or
// more with a wrong one: of three that stand among others two alike are mere chance.
func mistypedHan(typed, meant []rune) bool {
	n := len(meant)
	if n < 3 || n == 3 && len(typed) != n {
		return false
	}
	for i := 0; i+n <= len(typed); i++ {
		if edits(typed[i:i+n], meant, 1) <= 1 {
			return true
		}
	}
	return len(typed) == n-1 && edits(typed, meant, 1) <= 1
}

// edits is how many letters have to be put in, taken out, replaced or changed round with
// their neighbour to make b of a, or more than most where it takes more.
func edits(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var before []int
	last, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if before != nil && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}
