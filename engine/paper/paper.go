package paper

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Fonts is the embedded type from which all papers are set. It is safe for use by many goroutines at once; the first
// use unpacks about 18 MB and takes a fifth of a second, later ones are free.
type Fonts struct {
	regular func() *face
	bold    func() *face
}

// Open returns the embedded fonts. It does no work yet; the fonts are unpacked when they are first needed.
func Open() *Fonts {
	return &Fonts{
		regular: sync.OnceValue(func() *face { return mustUnpack(regularType) }),
		bold:    sync.OnceValue(func() *face { return mustUnpack(boldType) }),
	}
}

// Missing returns the characters of text that no embedded font can draw, each once, in ascending order: a paper has 〓 in
// their place and tells at its foot which they are. Line ends, tabs and marks without ink (zero-width ones, say) never count as missing.
func (f *Fonts) Missing(text string) []rune {
	var missing []rune
	for _, r := range clean(text) {
		if r != '\n' && f.regular().glyph(r) == 0 {
			missing = append(missing, r)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// clean makes pasted text printable: one kind of line end, blanks for tabs, no marks without ink.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, text)
}
