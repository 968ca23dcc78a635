package search

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// table holds the first letter of the Mandarin reading of each character of GB 2312,
// 94 to a row from row 0xB0 on; a dot where the set has no character.
//
//go:embed initials.txt
var table string

// second holds further first letters of characters that are often read in two ways.
var second = map[rune]byte{
	'行': 'h', '长': 'z', '重': 'c', '调': 't', '会': 'k', '校': 'j', '参': 's', '藏': 'z', '朝': 'z', '传': 'z', '弹': 't',
	'还': 'h', '降': 'x', '乐': 'y', '率': 's', '省': 'x', '石': 'd', '系': 'j', '血': 'x', '种': 'c', '单': 's', '厦': 's',
}

// Initials gives the first letters of the readings of the Han characters of a text,
// and letters and digits as they are, in lower case: 食品经营 is "spjy". Characters
// outside GB 2312 are left out.
func Initials(text string) string {
	var b strings.Builder
	runs(text, func(run []rune, han bool) {
		for _, r := range run {
			switch {
			case !han && r < utf8.RuneSelf:
				b.WriteRune(r)
			case han:
				if c := initial(r); c != 0 {
					b.WriteByte(c)
				}
			}
		}
	})
	return b.String()
}

// readings lists the initials of a text: the usual ones, then those in which one
// character that is read in two ways is read in the other.
func readings(text string) []string {
	first := Initials(text)
	list := []string{first}
	i := 0
	runs(text, func(run []rune, han bool) {
		for _, r := range run {
			if han && initial(r) == 0 || !han && r >= utf8.RuneSelf {
				continue
			}
			if c, ok := second[r]; ok && han && i < len(first) && first[i] != c {
				list = append(list, first[:i]+string(rune(c))+first[i+1:])
			}
			i++
		}
	})
	return list
}

// initial is the first letter of the usual reading, or 0.
func initial(r rune) byte {
	var out [4]byte
	n, _, err := simplifiedchinese.GBK.NewEncoder().Transform(out[:], []byte(string(r)), true)
	if err != nil || n != 2 || out[0] < 0xB0 || out[0] > 0xF7 || out[1] < 0xA1 || out[1] == 0xFF {
		return 0
	}
	c := table[int(out[0]-0xB0)*94+int(out[1]-0xA1)]
	if c == '.' {
		return 0
	}
	return c
}

// initialMark sets grams of initials apart from words.
const initialMark = "~"

// initialGrams cuts initials into overlapping threes and, so that two letters find
// something too, twos.
func initialGrams(letters string) []string {
	var list []string
	for size := 2; size <= 3; size++ {
		for i := 0; i+size <= len(letters); i++ {
			list = append(list, initialMark+letters[i:i+size])
		}
	}
	return list
}

// askInitials is how a typed word asks for initials, or nil when it cannot.
func askInitials(word string) []string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" || len(word) < 2 || len(word) > 24 {
		return nil
	}
	size := min(3, len(word))
	var list []string
	for i := 0; i+size <= len(word); i++ {
		list = append(list, initialMark+word[i:i+size])
	}
	return list
}
