package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed synonyms.txt
var synonymText string

// thesaurus tells what people say from what items are called.
type thesaurus struct {
	idle []string            // words that say nothing about what is looked for, longest first
	said []string            // what people say, longest first
	mean map[string][]string // what it may mean
}

// words is the thesaurus of synonyms.txt, read once.
var words = sync.OnceValue(func() *thesaurus { return parseThesaurus(synonymText) })

// parseThesaurus reads lines "said said = meant, meant" and "- idle idle".
func parseThesaurus(text string) *thesaurus {
	t := &thesaurus{mean: map[string][]string{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch left, right, found := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "-"):
			t.idle = append(t.idle, strings.Fields(line[1:])...)
		case found:
			for _, said := range strings.Fields(left) {
				for _, meant := range strings.Fields(right) {
					if !slices.Contains(t.mean[said], meant) {
						t.mean[said] = append(t.mean[said], meant)
					}
				}
			}
		}
	}
	for said := range t.mean {
		t.said = append(t.said, said)
	}
	longest := func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	}
	slices.SortFunc(t.said, longest)
	slices.SortFunc(t.idle, longest)
	return t
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
	typed = strings.TrimSpace(text)
	for _, w := range t.idle {
		typed = strings.ReplaceAll(typed, w, " ")
	}
	if strings.TrimSpace(typed) == "" {
		typed = text
	}
	rest := typed
	for _, said := range t.said {
		if !strings.Contains(rest, said) {
			continue
		}
		rest = strings.ReplaceAll(rest, said, " ") // the longest phrase wins
		for _, meant := range t.mean[said] {
			if len(also) < maxAlso && !slices.Contains(also, meant) {
				also = append(also, meant)
			}
		}
	}
	return typed, also
}
