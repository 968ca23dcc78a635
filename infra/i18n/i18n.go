// Package i18n holds the words of the program in each language it speaks.
//
// A capability brings text/zh.json and text/en.json: flat maps from a key to a
// text in which {name} stands for a value. Chinese is the first language: what
// English lacks is shown in Chinese, and tests keep that from happening.
package i18n

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// The languages, first language first.
const (
	Chinese = "zh"
	English = "en"
)

// Languages lists the languages, first language first.
func Languages() []string { return []string{Chinese, English} }

// Bundle is the words of every capability. It is filled at start and read only
// afterwards.
type Bundle struct {
	words map[string]map[string]string // language, key, text
}

// Add takes the words of one capability from text/*.json in files. A key that
// another capability already brought is an error.
func (b *Bundle) Add(files fs.FS) error {
	if b.words == nil {
		b.words = map[string]map[string]string{}
	}
	for _, lang := range Languages() {
		raw, err := fs.ReadFile(files, "text/"+lang+".json")
		if err != nil {
			return fmt.Errorf("i18n: %w", err)
		}
		var words map[string]string
		if err := json.Unmarshal(raw, &words); err != nil {
			return fmt.Errorf("i18n: text/%s.json: %w", lang, err)
		}
		if b.words[lang] == nil {
			b.words[lang] = map[string]string{}
		}
		for key, text := range words {
			if _, taken := b.words[lang][key]; taken {
				return fmt.Errorf("i18n: two texts for %q in %s", key, lang)
			}
			b.words[lang][key] = text
		}
	}
	return nil
}

// Has reports whether there is a text for key in lang.
func (b *Bundle) Has(lang, key string) bool { _, ok := b.words[lang][key]; return ok }

// Keys returns the keys of lang in order.
func (b *Bundle) Keys(lang string) []string { return slices.Sorted(maps.Keys(b.words[lang])) }

// Text returns the words of key in lang. args are pairs of a name and a value:
// Text("zh", "clock.left", "days", 3). A key without words is returned itself.
func (b *Bundle) Text(lang, key string, args ...any) string {
	text, ok := b.words[lang][key]
	if !ok {
		if text, ok = b.words[Chinese][key]; !ok {
			return key
		}
	}
	if len(args) < 2 {
		return text
	}
	// In one pass: a value that looks like a placeholder stays what it is.
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

type contextKey struct{}

type speech struct {
	bundle *Bundle
	lang   string
}

// With returns a context that speaks lang.
func With(ctx context.Context, b *Bundle, lang string) context.Context {
	if !slices.Contains(Languages(), lang) {
		lang = Chinese
	}
	return context.WithValue(ctx, contextKey{}, speech{b, lang})
}

// Lang is the language of ctx, Chinese unless it was set.
func Lang(ctx context.Context) string {
	if s, ok := ctx.Value(contextKey{}).(speech); ok {
		return s.lang
	}
	return Chinese
}

// T returns the words of key in the language of ctx, see Bundle.Text.
func T(ctx context.Context, key string, args ...any) string {
	if s, ok := ctx.Value(contextKey{}).(speech); ok && s.bundle != nil {
		return s.bundle.Text(s.lang, key, args...)
	}
	return key
}
