package catalog

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The bounds of what is kept of a search.
const (
	fewDigits  = 5  // so many digits may be part of a number of somebody
	mostHan    = 12 // characters
	mostLatin  = 4  // words
	mostOfText = 60 // characters typed: whoever writes more tells a story
)

// confessions are words after which people write about themselves.
var confessions = []string{
	"我叫", "我是", "我的名字", "名字", "姓名", "名叫", "本人", "身份证号", "证号", "号码", "手机", "电话", "微信", "邮箱", "住址", "地址", "家住", "住在", "户主", "联系人",
	"my name", "i am", "name is", "phone", "mobile", "email", "address", "live at", "passport no", "id no",
}

// serviceText are words that say what is sought at a counter, and nothing about who seeks it.
//
//go:embed service_words.txt
var serviceText string

// serviceEnds are what a word may end with; none of them is a surname.
const serviceEnds = "证店厂所馆院站税照班点场室"

// serviceWords are the words of the program and of its thesaurus.
var serviceWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(serviceText) {
		if !strings.HasPrefix(line, "#") {
			for word := range strings.FieldsSeq(line) {
				words[spelling(word)] = true
			}
		}
	}
	return words
})

// Anonymous is what may be kept of what somebody typed, by the words that come with the program: a
// few Chinese or Latin words, all of them known, or nothing at all.
func Anonymous(text string) string { return builtinThesaurus().anonymous(text) }

var builtinThesaurus = sync.OnceValue(func() *thesaurus { return newThesaurus(builtin(), 0) })

// anonymous keeps nothing unless every word is one of the catalogue: a list of what names look like
// would never be long enough.
func (t *thesaurus) anonymous(text string) string {
	text = strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(text, "")))
	if utf8.RuneCountInString(text) > mostOfText || strings.ContainsAny(text, "@/\\<>") || strings.Contains(text, "www.") {
		return ""
	}
	for _, c := range confessions {
		text, _, _ = strings.Cut(text, c)
	}
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) || strings.ContainsRune("〇零一二三四五六七八九十百千", r) {
			digits++
		}
	}
	if digits >= fewDigits {
		return ""
	}
	typed, _ := t.read(text)
	var kept []string
	han, latin := 0, 0
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch {
		case !isLatin(word):
			if utf8.RuneCountInString(word) == 1 {
				continue // what is left of how people talk
			}
			if !t.made(word) {
				return ""
			}
			han += utf8.RuneCountInString(word)
		case t.knows(word):
			latin++
		default:
			return ""
		}
		kept = append(kept, word)
	}
	if han > mostHan || latin > mostLatin || han+latin == 0 {
		return ""
	}
	return strings.Join(kept, " ")
}

// knows reports whether a word is one of the catalogue: of its thesaurus, or one that says what is
// sought at a counter.
func (t *thesaurus) knows(word string) bool { return t.parts[word] || serviceWords()[word] }

// longestPart is how many characters a known word may have, in a word made of such.
const longestPart = 10

// made reports whether a Chinese word is made of known ones and nothing else.
func (t *thesaurus) made(word string) bool {
	runes := []rune(word)
	reached := make([]bool, len(runes)+1)
	reached[0] = true
	for to := 1; to <= len(runes); to++ {
		if to > 1 && reached[to-1] && strings.ContainsRune(serviceEnds, runes[to-1]) {
			reached[to] = true
			continue
		}
		for from := max(0, to-longestPart); from < to-1 && !reached[to]; from++ {
			reached[to] = reached[from] && t.knows(string(runes[from:to]))
		}
	}
	return reached[len(runes)]
}
