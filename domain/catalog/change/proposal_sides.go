package change

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// proposalFields are the places of what can be proposed, in the order in which a page shows them. A place that is not here is
// shown too, after them and by its own name: nobody agrees to what they were not shown.
var proposalFields = []string{
	"base.code", "base.name", "base.type", "base.main", "base.local_code",
	"base.basis", "base.basis.law", "base.basis.article", "base.basis.text", "base.basis.gist", "base.basis.confidence",
	"base.power_source", "base.use_levels", "base.bodies", "base.audience", "base.conditions", "base.procedure",
	"base.materials", "base.materials.name", "base.materials.required", "base.materials.library",
	"base.statutory_limit", "base.statutory_limit.value", "base.statutory_limit.unit", "base.statutory_limit.on_spot",
	"base.statutory_limit.starts", "base.statutory_limit.basis", "base.statutory_limit.confidence", "base.result",
	"base.duties", "base.duties.stage", "base.duties.text", "base.duties.basis",
	"base.access", "base.access.number", "base.access.entry", "base.access.measure", "base.from", "base.until",

	"material.code", "material.name", "material.plain", "material.kind", "material.source", "material.source_note", "material.issuer",
	"material.age", "material.form", "material.spec", "material.trust", "material.points", "material.replaced_by", "material.basis",
	"material.defer_days", "material.pledge", "material.proof", "material.fill_note", "material.former",
	"material.blank", "material.blank.name", "material.blank.type", "material.blank.hash", "material.blank.size",
	"material.sample", "material.sample.name", "material.sample.type", "material.sample.hash", "material.sample.size",

	"form.name", "form.type", "form.hash", "form.size", "retire.retired",
}

// sides puts what a proposal was made on beside what it makes of it, a line for each place in which they differ.
type sides struct {
	ctx  context.Context
	unit func(code string) string
	rows []ui.Line
}

// step is one step on the way to a place: the name of a field, and of a list which one, from 1.
type step struct {
	name string
	nth  int
}

// walk adds the lines of two values, as JSON has them.
func (s *sides) walk(at []step, was, next any) {
	if blank(was) && blank(next) || reflect.DeepEqual(was, next) {
		return
	}
	a, isMap := was.(map[string]any)
	b, isMapToo := next.(map[string]any)
	if isMap && isMapToo || len(at) == 1 && (isMap || isMapToo) {
		for _, key := range s.keys(at, a, b) {
			s.walk(append(slices.Clone(at), step{name: key}), a[key], b[key])
		}
		return
	}
	x, isList := was.([]any)
	y, isListToo := next.([]any)
	if isList && isListToo && s.list(at, x, y) {
		return
	}
	s.line(at, was, next)
}

// list compares two lists of things that have parts, of the same length one by one; it reports false where the lists are best
// shown whole.
func (s *sides) list(at []step, was, next []any) bool {
	if len(was) != len(next) || len(was) == 0 {
		return false
	}
	if _, parts := was[0].(map[string]any); !parts {
		return false
	}
	for i := range was {
		one := slices.Clone(at)
		one[len(one)-1].nth = i + 1
		s.walk(one, was[i], next[i])
	}
	return true
}

func (s *sides) line(at []step, was, next any) {
	now, then := s.says(at, was), s.says(at, next)
	if slices.Equal(now, then) { // the same words, and not the same
		now, then = append(now, raw(was)), append(then, raw(next))
	}
	s.rows = append(s.rows, ui.Line{Cells: []ui.Cell{{Text: s.label(at)}, {Body: proposalSays(now)}, {Body: proposalSays(then)}}})
}

func raw(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

func blank(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case []any:
		return len(x) == 0
	}
	return v == "" || v == false || v == float64(0)
}

// keys are the names in either, in the order of proposalFields.
func (s *sides) keys(at []step, a, b map[string]any) []string {
	all := slices.Sorted(maps.Keys(a))
	for k := range b {
		if _, there := a[k]; !there {
			all = append(all, k)
		}
	}
	place := func(key string) int {
		if i := slices.Index(proposalFields, dotted(at)+"."+key); i >= 0 {
			return i
		}
		return len(proposalFields)
	}
	slices.SortFunc(all, func(x, y string) int { return cmp.Or(place(x)-place(y), strings.Compare(x, y)) })
	return all
}

// dotted names a place whichever one of a list it is: base.basis.gist.
func dotted(at []step) string {
	names := make([]string, len(at))
	for i, s := range at {
		names[i] = s.name
	}
	return strings.Join(names, ".")
}

// label calls a place by words: Legal basis 2 · Gist. What has none is called “Other” and by its own name.
func (s *sides) label(at []step) string {
	var words []string
	for i := 1; i < len(at); i++ {
		word := s.field(at[:i+1])
		if at[i].nth > 0 {
			word += " " + strconv.Itoa(at[i].nth)
		}
		words = append(words, word)
	}
	return strings.Join(words, " · ")
}

func (s *sides) field(at []step) string {
	switch place := dotted(at); {
	case at[0].name == "locks":
		return directory.ElementName(s.ctx, catalog.Element(at[len(at)-1].name))
	case slices.Contains(proposalFields, place):
		return i18n.T(s.ctx, "change.proposal.at."+place)
	}
	return i18n.T(s.ctx, "change.proposal.other", "place", at[len(at)-1].name)
}

// says says a value in lines.
func (s *sides) says(at []step, v any) []string {
	if dotted(at) == "retire.retired" {
		if v == true {
			return []string{i18n.T(s.ctx, "library.retired")}
		}
		return []string{i18n.T(s.ctx, "change.proposal.in_use")}
	}
	if blank(v) {
		return nil
	}
	switch x := v.(type) {
	case []any:
		var all []string
		for _, one := range x {
			all = append(all, s.says(at, one)...)
		}
		return all
	case map[string]any:
		var parts []string
		for _, key := range s.keys(at, x, nil) {
			in := append(slices.Clone(at), step{name: key})
			if said := s.says(in, x[key]); len(said) > 0 {
				parts = append(parts, i18n.T(s.ctx, "change.proposal.part", "what", s.field(in), "is", strings.Join(said, " ")))
			}
		}
		return []string{strings.Join(parts, i18n.T(s.ctx, "change.proposal.and"))}
	case string:
		return []string{s.value(dotted(at), x)}
	case bool:
		return []string{i18n.T(s.ctx, "library.yes")}
	case float64:
		n := int64(x)
		if strings.HasSuffix(dotted(at), ".size") {
			return []string{i18n.T(s.ctx, "change.proposal.bytes", "n", n)}
		}
		return []string{strconv.FormatInt(n, 10)}
	}
	return []string{raw(v)}
}

// digestShown is how many digits of the digest of a file a page shows.
const digestShown = 12

// value says what a text means, where it is a code.
func (s *sides) value(place, text string) string {
	lists := map[string]string{
		"base.type": catalog.CodesTaskType, "base.power_source": catalog.CodesPowerSource, "base.use_levels": catalog.CodesUseLevel,
		"base.audience": catalog.CodesAudience,
	}
	name := place[strings.LastIndexByte(place, '.')+1:]
	switch {
	case lists[place] != "":
		return catalog.Codes(lists[place]).Words(text, i18n.Lang(s.ctx))
	case place == "base.bodies" && s.unit != nil:
		return strings.TrimSpace(s.unit(text) + " " + text)
	case name == "confidence" && slices.Contains([]string{"high", "medium", "low"}, text):
		return i18n.T(s.ctx, "change.value.confidence."+text)
	case place == "base.statutory_limit.unit" && slices.Contains([]string{catalog.Workday, catalog.Day, catalog.Month, catalog.Hour, catalog.Minute}, text):
		return i18n.T(s.ctx, "change.proposal.unit."+text)
	case slices.Contains([]string{"material.kind", "material.source", "material.form", "material.trust"}, place):
		return i18n.T(s.ctx, "library."+name+"."+text)
	case strings.HasPrefix(place, "locks."):
		return i18n.T(s.ctx, "directory.lock."+text)
	case name == "hash":
		return text[:min(len(text), digestShown)]
	}
	return text
}
