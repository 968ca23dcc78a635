package change

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

// Words says differences as a person would.
type Words struct {
	Unit func(code string) string // the name of a unit; nil: codes
	Post func(code string) string // the name of a post, "" for an unknown one; nil: codes
	Item func(code string) string // the name of another item, "" for an unknown one; nil: codes
	Flow func(id string) string   // the name of a flow, "" for an unknown one; nil: codes
	Cert func(code string) string // the name of a type of certificate, "" for an unknown one; nil: codes
	Old  *catalog.Item            // whose entries the codes in effects name
	New  *catalog.Item
}

// entries are the lists whose entries people call by a name: change.of.<path> puts it in
// words.
var entries = []string{
	"basis", "fee.items", "intermediaries", "duties", "oversights", "questions", "situations", "situations.options", "rules",
	"materials", "fields", "steps", "special",
}

// coded are the elements whose values are codes, with the list of their words.
var coded = map[string]string{
	"project_type": "project", "use_level": "level", "online_depth": "depth", "result.kind": "result", "service.area": "area",
	"materials.kind": "paper", "materials.necessity": "necessity", "basis.confidence": "confidence",
	"statutory_limit.confidence": "confidence", "promised_limit.confidence": "confidence", "fee.items.confidence": "confidence",
	"steps.clock": "clock", "steps.slot": "slot", "acts_on.effect": "acts_on", "fields.type": "field", "power_source": "power",
	"body_kind": "body", "handle_forms": "handle", "code_status": "code",
}

// guided are those whose words the guide of the item shows too.
var guided = map[string]string{
	"type": "catalog.type.", "audience": "catalog.applicant.", "materials.source": "catalog.source.", "materials.form": "catalog.form.",
}

var (
	units = []string{"unit", "body", "regulator", "legal.units", "steps.unit", "oversights.unit"}
	days  = []string{"materials.defer_days", "steps.days", "special.days", "oversights.days", "legal.delivery", "legal.notice", "legal.extension"}
)

// certificates are the elements that name types of certificates.
var certificates = []string{"result.certificate", "acts_on.certificate", "materials.replaced_by"}

// longText is how many characters a sentence quotes.
const longText = 40

// Label names the element that differs: 材料《营业执照》的必要性.
func (w Words) Label(ctx context.Context, d catalog.Difference) string {
	parts := w.within(ctx, d)
	return strings.Join(append(parts, i18n.T(ctx, "change.el."+d.Path)), i18n.T(ctx, "change.of"))
}

// within names the entries that a difference lies in, the outermost first.
func (w Words) within(ctx context.Context, d catalog.Difference) []string {
	var parts []string
	for _, path := range entries {
		if strings.HasPrefix(d.Path, path+".") && len(parts) < len(d.Of) {
			parts = append(parts, i18n.T(ctx, "change.of."+path, "name", d.Of[len(parts)]))
		}
	}
	return parts
}

// Sentence says a difference whole: 承诺办结时限由 7 个工作日改为 5 个工作日.
func (w Words) Sentence(ctx context.Context, d catalog.Difference) string {
	label, old, next := w.Label(ctx, d), w.Value(ctx, d.Path, d.Old), w.Value(ctx, d.Path, d.New)
	switch {
	case d.Kind == catalog.DiffOrder:
		return i18n.T(ctx, "change.say.order", "what", label)
	case d.Kind == catalog.DiffAdded:
		return i18n.T(ctx, "change.say.added", "what", w.entry(ctx, d, d.New, label))
	case d.Kind == catalog.DiffRemoved:
		return i18n.T(ctx, "change.say.removed", "what", w.entry(ctx, d, d.Old, label))
	case empty(d.Old):
		return i18n.T(ctx, "change.say.filled", "what", label, "new", figure(ctx, quoted(ctx, d.New, next)))
	case empty(d.New):
		return i18n.T(ctx, "change.say.cleared", "what", label)
	case utf8.RuneCountInString(old) > longText || utf8.RuneCountInString(next) > longText:
		return i18n.T(ctx, "change.say.rewritten", "what", label)
	}
	return i18n.T(ctx, "change.say.set", "what", label, "old", figure(ctx, old), "new", figure(ctx, next))
}

// entry names what came or went: 材料《平面图》.
func (w Words) entry(ctx context.Context, d catalog.Difference, v any, label string) string {
	if slices.Contains(entries, d.Path) {
		parts := append(w.within(ctx, d), i18n.T(ctx, "change.of."+d.Path, "name", catalog.CallOf(v)))
		return strings.Join(parts, i18n.T(ctx, "change.of"))
	}
	return label + i18n.T(ctx, "change.colon") + w.Value(ctx, d.Path, v)
}

// figure sets a figure off from the Chinese word before it.
func figure(ctx context.Context, words string) string {
	if i18n.Lang(ctx) == i18n.Chinese && words != "" && words[0] >= '0' && words[0] <= '9' {
		return " " + words
	}
	return words
}

func quoted(ctx context.Context, v any, words string) string {
	if _, text := v.(string); text && utf8.RuneCountInString(words) <= longText {
		return i18n.T(ctx, "change.quote", "text", words)
	}
	return words
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case catalog.Limit:
		return v.Value == 0 && !v.OnSpot
	}
	return false
}

// Value says one value of an element; what says nothing is "".
func (w Words) Value(ctx context.Context, path string, v any) string {
	if empty(v) {
		return ""
	}
	switch v := v.(type) {
	case bool:
		return i18n.T(ctx, "change.bool."+strconv.FormatBool(v))
	case catalog.Limit:
		return limit(ctx, v)
	case int:
		if slices.Contains(days, path) {
			return count(ctx, "catalog.limit.workday", v)
		}
		return strconv.Itoa(v)
	case int64:
		if path == "fee.items.amount" {
			return yuan(ctx, v)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return w.text(ctx, path, v)
	case []string:
		return strings.Join(w.list(ctx, path, v), i18n.T(ctx, "catalog.list"))
	case map[string]string:
		return strings.Join(slices.Sorted(maps.Keys(v)), i18n.T(ctx, "catalog.list"))
	}
	return w.whole(ctx, v)
}

// list says each text of a list; elements that are left open go by their names.
func (w Words) list(ctx context.Context, path string, all []string) []string {
	if path != "unstated" {
		return all
	}
	var names []string
	for _, p := range all {
		names = append(names, i18n.T(ctx, "change.el."+p))
	}
	return names
}

// text says a text: a code by its words, a unit or post by its name.
func (w Words) text(ctx context.Context, path, v string) string {
	switch {
	case path == "unstated":
		return i18n.T(ctx, "change.el."+v)
	case slices.Contains(units, path) && w.Unit != nil && !strings.HasPrefix(v, "@"):
		return w.Unit(v)
	case path == "steps.post" && w.Post != nil:
		return cmp.Or(w.Post(v), v)
	case path == "flow" && w.Flow != nil:
		return cmp.Or(w.Flow(v), v)
	case slices.Contains(certificates, path) && w.Cert != nil:
		return cmp.Or(w.Cert(v), v)
	case path == "situations.when" || path == "rules.when":
		return w.condition(ctx, v)
	case strings.HasSuffix(path, ".hash") || path == "flow_hash" || path == "flow_version":
		return v[:min(len(v), 12)]
	case coded[path] != "":
		return known(ctx, "change.value."+coded[path]+"."+v, v)
	case guided[path] != "":
		return known(ctx, guided[path]+v, v)
	}
	return v
}

// known is the words of a key, or the code itself where it has none.
func known(ctx context.Context, key, code string) string {
	if words := i18n.T(ctx, key); words != key {
		return words
	}
	return code
}

// whole says an entry as its line in the table does.
func (w Words) whole(ctx context.Context, v any) string {
	if lines := w.lines(ctx, v); len(lines) > 0 {
		return strings.Join(lines, i18n.T(ctx, "change.and"))
	}
	if name := catalog.CallOf(v); name != "" {
		return name
	}
	return fmt.Sprint(v)
}

// Lines says a value of an element, an entry in as many lines as it has things to say.
func (w Words) Lines(ctx context.Context, path string, v any) []string {
	if lines := w.lines(ctx, v); len(lines) > 0 {
		return lines
	}
	if words := w.Value(ctx, path, v); words != "" {
		return []string{words}
	}
	return nil
}

// lines are what an entry says, one thing each; none for what is no entry.
func (w Words) lines(ctx context.Context, v any) []string {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	said := func(parts ...string) []string {
		return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	}
	switch v := v.(type) {
	case catalog.Material:
		return said(w.material(ctx, v)...)
	case catalog.Field:
		return said(v.Label, w.text(ctx, "fields.type", v.Type), map[bool]string{true: t("change.required")}[v.Required], strings.Join(v.Options, " / "))
	case catalog.Step:
		return said(v.Name, w.text(ctx, "steps.unit", v.Unit), w.text(ctx, "steps.post", v.Post), count(ctx, "catalog.limit.workday", v.Days))
	case catalog.FeeItem:
		return said(v.Name, yuan(ctx, v.Amount))
	case catalog.Basis:
		return said(strings.TrimSpace(v.Law+" "+v.Article), v.Gist)
	case catalog.Effect:
		return said(w.Effect(ctx, v))
	case catalog.Rule:
		return said(t("change.cond.rule", "when", w.condition(ctx, v.When), "then", w.Then(ctx, v.Effects, v.Notice)))
	case catalog.Option:
		return said(w.option(ctx, v))
	case catalog.Situation:
		all := []string{v.Question}
		if v.When != "" {
			all = append(all, t("change.cond.asked", "when", w.condition(ctx, v.When)))
		}
		for _, o := range v.Options {
			all = append(all, w.option(ctx, o))
		}
		return said(all...)
	case catalog.Question:
		return said(v.Question, v.Answer)
	case catalog.Duty:
		return said(v.Stage, v.Text)
	case catalog.Oversight:
		return said(w.text(ctx, "oversights.unit", v.Unit), v.Task)
	case catalog.Intermediary:
		return said(v.Name, v.Result)
	case catalog.Special:
		return said(v.Kind, count(ctx, "catalog.limit.workday", v.Days))
	case catalog.Access:
		return said(v.Number, v.Entry)
	case catalog.ActsOn:
		return said(w.text(ctx, "acts_on.effect", v.Effect), w.text(ctx, "acts_on.certificate", v.Certificate))
	}
	return nil
}

// material says what a material is, how many of it, where it comes from and what is looked at.
func (w Words) material(ctx context.Context, m catalog.Material) []string {
	named := func(path, value string) string {
		if value == "" {
			return ""
		}
		return capital(i18n.T(ctx, "change.el."+path)) + i18n.T(ctx, "change.colon") + value
	}
	var copies []string
	for _, c := range []struct {
		key string
		n   int
	}{{"catalog.originals", m.Originals}, {"catalog.copies", m.Copies}} {
		if c.n > 0 {
			copies = append(copies, i18n.T(ctx, c.key, "n", c.n))
		}
	}
	var instead []string
	for _, code := range m.ReplacedBy {
		instead = append(instead, w.text(ctx, "materials.replaced_by", code))
	}
	and := i18n.T(ctx, "catalog.list")
	return []string{
		m.Name, w.text(ctx, "materials.necessity", m.Necessity), w.text(ctx, "materials.form", m.Form), strings.Join(copies, and),
		named("materials.source", strings.Trim(w.text(ctx, "materials.source", m.Source)+and+m.SourceNote, and)),
		named("materials.replaced_by", strings.Join(instead, and)), named("materials.points", strings.Join(m.Points, and)),
	}
}

// option says an answer with what follows from it.
func (w Words) option(ctx context.Context, o catalog.Option) string {
	then := w.Then(ctx, o.Effects, o.Notice)
	if then == "" {
		then = i18n.T(ctx, "change.cond.nothing")
	}
	if o.Label == "" {
		return i18n.T(ctx, "change.cond.unnamed", "then", then)
	}
	return i18n.T(ctx, "change.cond.option", "answer", o.Label, "then", then)
}

// condition says a condition by the questions of the item that has it.
func (w Words) condition(ctx context.Context, text string) string {
	for _, it := range []*catalog.Item{w.New, w.Old} {
		if it == nil {
			continue
		}
		if words := SayCondition(ctx, it, text); words != text {
			return words
		}
	}
	return text
}

// Then says what effects and a notice tell, joined.
func (w Words) Then(ctx context.Context, all []catalog.Effect, notice string) string {
	var parts []string
	for _, e := range all {
		parts = append(parts, w.Effect(ctx, e))
	}
	if notice != "" {
		parts = append(parts, i18n.T(ctx, "change.cond.notice", "text", notice))
	}
	return strings.Join(parts, i18n.T(ctx, "change.comma"))
}

// Effect says what an answer changes, its target by the name that the item gives it.
func (w Words) Effect(ctx context.Context, e catalog.Effect) string {
	return i18n.T(ctx, "change.op."+e.Op, "target", w.target(ctx, e), "post", w.text(ctx, "steps.post", e.Post))
}

func (w Words) target(ctx context.Context, e catalog.Effect) string {
	switch e.Op {
	case catalog.OpSetLimit:
		if l := catalog.ParseLimit(e.Target); l.Value > 0 {
			return limit(ctx, l)
		}
	case catalog.OpUseFlow:
		return w.text(ctx, "flow", e.Target)
	}
	if (e.Op == catalog.OpRedirectItem || e.Op == catalog.OpSuggestItem) && w.Item != nil {
		return cmp.Or(w.Item(e.Target), e.Target)
	}
	for _, it := range []*catalog.Item{w.New, w.Old} {
		if it == nil {
			continue
		}
		for _, m := range it.Materials {
			if m.ID == e.Target && (e.Op == catalog.OpRequireMaterial || e.Op == catalog.OpDropMaterial) {
				return m.Name
			}
		}
		for _, f := range it.Fields {
			if f.Key == e.Target && (e.Op == catalog.OpRequireField || e.Op == catalog.OpHideField) {
				return f.Label
			}
		}
		if s := it.StepByID(e.Target); s != nil && (e.Op == catalog.OpRequireStep || e.Op == catalog.OpSkipStep || e.Op == catalog.OpAssignPost) {
			return s.Name
		}
		for _, f := range it.Fee.Items {
			if f.ID == e.Target && f.ID != "" && (e.Op == catalog.OpRequireFee || e.Op == catalog.OpDropFee) {
				return f.Name
			}
		}
	}
	return e.Target
}

// LimitWords says a limit: 5 个工作日.
func LimitWords(ctx context.Context, l catalog.Limit) string { return limit(ctx, l) }

func limit(ctx context.Context, l catalog.Limit) string {
	if l.OnSpot {
		return i18n.T(ctx, "catalog.spot")
	}
	return count(ctx, "catalog.limit."+l.Unit, l.Value)
}

// count says so many of something: key.one is the singular.
func count(ctx context.Context, key string, n int) string {
	if n == 1 {
		key += ".one"
	}
	return i18n.T(ctx, key, "n", n)
}

// yuan says an amount in fen.
func yuan(ctx context.Context, fen int64) string {
	return i18n.T(ctx, "change.yuan", "amount", catalog.Yuan(fen))
}
