package editor

import "onedoor.app/domain/catalog"

// kind is how an element is shown and read.
type kind int

const (
	line  kind = iota
	area       // several lines of text
	lines      // a list, one a line
	tags       // a list of short words
	pick       // one of a list
	radio      // one of a few
	truth      // yes or no, or neither while nobody has said it
	many       // some of a list
	marks      // several truths, each checked or not
	whole      // a whole number; nothing is 0
	count      // a whole number; 0 is said
	money
	decimal
	date
	effects // what an answer or a rule changes
)

// element is one thing that a form asks for.
type element struct {
	path string // by the keys of JSON, from what the form is about
	kind kind

	codes    string   // of a list of codes
	words    string   // before a value, where its words are kept
	of       []string // the values, or the truths of marks
	from     string   // where the values come from: see view.values
	optional bool
	short    bool // a number or a code: a narrow box
}

// list is a list of entries. Those with elements of their own are asked for in rows of the
// form; those that have a page each have a table.
type list struct {
	path     string
	key      string // by which an entry is known: "id"
	letter   string // with which ids begin, "" where entries have none
	elements []element
	inner    *list // a list in each entry that has a page of its own
	paged    bool
}

// group is a headed part of a section.
type group struct {
	key      string
	elements []element
	list     *list
}

// section is one page of the editor.
type section struct {
	key    string
	groups []group
	paged  []*list // whose entries have pages of their own
}

func (s section) list(path string) *list {
	for _, l := range s.paged {
		if l.path == path {
			return l
		}
	}
	for _, g := range s.groups {
		if g.list != nil && g.list.path == path {
			return g.list
		}
	}
	return nil
}

var (
	confidence = element{path: "confidence", kind: pick, words: "change.value.confidence.", of: []string{"high", "medium", "low"}}
)

func limitOf(which string) []element {
	return []element{
		{path: which + ".value", kind: whole, short: true}, {path: which + ".unit", kind: pick, from: "time", optional: true},
		{path: which + ".starts", kind: line, optional: true}, {path: which + ".basis", kind: line, optional: true},
		{path: which + ".confidence", kind: pick, words: confidence.words, of: confidence.of, optional: true},
	}
}

// sections are the pages of the editor in their order.
var sections = []section{
	{key: "basics", groups: []group{
		{key: "name", elements: []element{
			{path: "name"}, {path: "main_item", optional: true}, {path: "sub_item", optional: true},
			{path: "type", kind: pick, words: "catalog.type.", of: catalog.Types()},
			{path: "project_type", kind: radio, words: "change.value.project.", of: []string{"1", "2"}},
			{path: "audience", kind: many, codes: catalog.CodesAudience},
		}},
		{key: "bodies", elements: []element{
			{path: "unit", kind: pick, from: "units"}, {path: "body", kind: pick, from: "units"},
			{path: "regulator", kind: pick, from: "units", optional: true},
			{path: "use_level", kind: pick, codes: catalog.CodesUseLevel, optional: true},
		}},
		{key: "codes", elements: []element{
			{path: "base_code", short: true, optional: true}, {path: "implement_code", optional: true}, {path: "handle_code", optional: true}, {path: "local_code", optional: true},
		}},
		{key: "find", elements: []element{{path: "themes", kind: tags}, {path: "keywords", kind: tags}}},
	}},
	{key: "grounds", groups: []group{
		{key: "basis", list: &list{path: "basis", elements: []element{
			{path: "law"}, {path: "article"}, {path: "text", optional: true}, {path: "gist", kind: area}, confidence,
		}}},
		{key: "conditions", elements: []element{{path: "conditions", kind: lines}, {path: "quota_note", optional: true}, {path: "procedure", kind: area, optional: true}}},
		{key: "power", elements: []element{
			{path: "power_source", kind: pick, codes: catalog.CodesPowerSource, optional: true},
			{path: "body_kind", kind: pick, codes: catalog.CodesBodyKind, optional: true}, {path: "entrusted", optional: true},
		}},
		{key: "duties", list: &list{path: "duties", elements: []element{{path: "stage"}, {path: "text", kind: area}, {path: "basis", optional: true}}}},
		{key: "oversights", list: &list{path: "oversights", elements: []element{
			{path: "unit", kind: pick, from: "units"}, {path: "task"}, {path: "days", kind: whole, short: true, optional: true}, {path: "basis", optional: true},
		}}},
		{key: "intermediaries", list: &list{path: "intermediaries", elements: []element{
			{path: "name"}, {path: "basis"}, {path: "result"},
			{path: "payer", kind: pick, words: "editor.payer.", of: []string{catalog.PaidByApplicant, catalog.PaidByGovernment}, optional: true},
		}}},
		{key: "access", elements: []element{{path: "access.number", optional: true}, {path: "access.entry", optional: true}, {path: "access.measure", optional: true}}},
	}},
	{key: "limits", groups: []group{
		{key: "promised", elements: append(limitOf("promised_limit"), element{path: "promised", kind: marks, of: []string{"promised_limit.on_spot"}, optional: true})},
		{key: "statutory", elements: limitOf("statutory_limit")},
		{key: "fee", elements: []element{
			{path: catalog.ElementCharged, kind: truth, words: "editor.charged.", of: []string{"true", "false"}},
			{path: "fee", kind: marks, of: []string{"fee.pay_online"}, optional: true},
		}},
		{key: "charges", list: &list{path: "fee.items", key: "id", letter: "f", elements: []element{
			{path: "name"}, {path: "amount", kind: money, short: true}, {path: "unit", short: true}, {path: "standard"}, {path: "basis"}, confidence,
			{path: "reduce", kind: marks, of: []string{"reducible"}, optional: true}, {path: "reduction", optional: true},
		}}},
	}},
	{key: "service", groups: []group{
		{key: "result", elements: []element{
			{path: "result.name"}, {path: "result.kind", kind: radio, codes: catalog.CodesResultType},
			{path: "result.certificate", kind: pick, from: "certificates", optional: true}, {path: "result.validity", optional: true},
			{path: "acts_on.certificate", kind: pick, from: "certificates", optional: true},
			{path: "acts_on.effect", kind: pick, words: "change.value.acts_on.", of: catalog.Effects, optional: true},
		}},
		{key: "ways", elements: []element{
			{path: "service", kind: marks, of: []string{"service.online", "service.mobile", "service.express", "service.reserve", "service.kiosk", "service.outside"}},
			{path: "modes", kind: marks, of: []string{"modes.tolerance", "modes.pledge", "modes.joint", "modes.green", "modes.simulated"}, optional: true},
			{path: "online_depth", kind: pick, codes: catalog.CodesOnlineDepth, optional: true},
			{path: "handle_forms", kind: many, codes: catalog.CodesHandleForm, optional: true},
			{path: "visits", kind: count, short: true}, {path: "visit_reason", optional: true},
			{path: "service.area", kind: pick, codes: catalog.CodesHandleArea, optional: true},
			{path: "system_level", kind: pick, codes: catalog.CodesSystemLevel, optional: true},
		}},
		{key: "where", elements: []element{
			{path: "service.windows", kind: lines, optional: true}, {path: "service.zone", optional: true},
			{path: "address", optional: true}, {path: "hours", optional: true}, {path: "phone", optional: true}, {path: "complaints"},
			{path: "place", short: true, optional: true}, {path: "partners", kind: lines, optional: true},
		}},
		{key: "elsewhere", elements: []element{
			{path: "service.url", optional: true}, {path: "service.mobile_url", optional: true},
			{path: "sign_on", kind: marks, of: []string{"service.sign_on", "service.mobile_sign_on"}, optional: true},
		}},
		{key: "term", elements: []element{{path: "from", kind: date, optional: true}, {path: "until", kind: date, optional: true}}},
	}},
	{key: "words", groups: []group{
		{key: "plain", elements: []element{{path: "plain.what", kind: area, optional: true}, {path: "plain.how", kind: area, optional: true}, {path: "plain.tip", kind: area, optional: true}}},
		{key: "questions", list: &list{path: "questions", elements: []element{{path: "question"}, {path: "answer", kind: area}}}},
	}},
	{key: "legal", groups: []group{{key: "legal", elements: []element{
		{path: "legal", kind: marks, optional: true, of: []string{
			"legal.safety", "legal.first_review", "legal.third_party", "legal.hearing_required", "legal.inspection_item", "legal.test_result", "legal.review_first", "legal.deem",
		}},
		{path: "legal.quota", kind: whole, short: true, optional: true}, {path: "legal.units", kind: many, from: "opiners", optional: true},
		{path: "legal.opens", short: true, optional: true}, {path: "legal.closes", short: true, optional: true},
		{path: "legal.notice", kind: whole, short: true, optional: true}, {path: "legal.extension", kind: whole, short: true, optional: true},
		{path: "legal.delivery", kind: whole, short: true, optional: true},
		{path: "legal.renew_from.days", kind: whole, short: true, optional: true},
		{path: "legal.renew_from.unit", kind: pick, words: "editor.unit.", of: []string{catalog.Workday, catalog.Day}, optional: true},
		{path: "legal.renew_from.basis", optional: true},
		{path: "legal.renew_from.confidence", kind: pick, words: confidence.words, of: confidence.of, optional: true},
	}}}},
	{key: "situations", paged: []*list{
		{path: "situations", key: "id", letter: "q", paged: true, elements: []element{{path: "question"}, {path: "when", kind: area, optional: true}},
			inner: &list{path: "options", key: "value", letter: "a", elements: []element{{path: "label"}, {path: "effects", kind: effects, optional: true}, {path: "notice", optional: true}}}},
		{path: "rules", key: "id", letter: "r", paged: true, elements: []element{
			{path: "when", kind: area}, {path: "effects", kind: effects, optional: true}, {path: "notice", kind: area, optional: true},
		}},
	}},
	{key: "materials", paged: []*list{{path: "materials", key: "id", letter: "m", paged: true, elements: ownMaterial}}},
	{key: "form", paged: []*list{{path: "fields", key: "key", letter: "field", paged: true, elements: []element{
		{path: "element", kind: pick, from: "elements", optional: true}, {path: "label"},
		{path: "type", kind: pick, words: "change.value.field.", of: catalog.FieldTypes()},
		{path: "asked", kind: marks, of: []string{"required"}, optional: true},
		{path: "options", kind: lines, optional: true}, {path: "must", optional: true}, {path: "pattern", optional: true},
		{path: "min_length", kind: whole, short: true, optional: true}, {path: "max_length", kind: whole, short: true, optional: true},
		{path: "min", kind: decimal, short: true, optional: true}, {path: "max", kind: decimal, short: true, optional: true}, {path: "scale", kind: whole, short: true, optional: true},
		{path: "not_before", short: true, optional: true},
	}}}},
	{key: "steps", groups: []group{
		{key: "flow", elements: []element{{path: "flow", kind: pick, from: "flows"}}},
		{key: "special", list: &list{path: "special", elements: []element{
			{path: "kind"}, {path: "days", kind: whole, short: true}, {path: "halts", kind: marks, of: []string{"stops"}, optional: true}, {path: "basis", optional: true}, {path: "remark", optional: true},
		}}},
	}, paged: []*list{{path: "steps", key: "id", letter: "s", paged: true, elements: []element{
		{path: "name"}, {path: "name_en", optional: true}, {path: "slot", kind: pick, from: "slots"}, {path: "unit", kind: pick, from: "units"}, {path: "post", kind: pick, from: "posts"},
		{path: "days", kind: count, short: true}, {path: "clock", kind: radio, words: "change.value.clock.", of: []string{"statutory", "stopped", "none"}},
		{path: "standard", kind: area, optional: true}, {path: "outcome", optional: true}, {path: "parallel", short: true, optional: true},
		{path: "runs", kind: marks, of: []string{"optional"}, optional: true},
	}}}},
}

// ownMaterial are the elements of a material of the item's own; libraryMaterial those that
// stay the item's where the library says the rest.
var (
	ownMaterial = []element{
		{path: "name"}, {path: "necessity", kind: radio, codes: catalog.CodesNeed}, {path: "kind", kind: radio, codes: catalog.CodesMaterial},
		{path: "form", kind: radio, codes: catalog.CodesForm}, {path: "originals", kind: count, short: true}, {path: "copies", kind: count, short: true},
		{path: "defer_days", kind: whole, short: true, optional: true}, {path: "points", kind: lines},
		{path: "source", kind: radio, codes: catalog.CodesSource}, {path: "source_note", optional: true}, {path: "issuer", optional: true},
		{path: "age", optional: true}, {path: "spec", optional: true},
		{path: "trust", kind: pick, words: "library.trust.", of: []string{"A", "B", "C", "D"}},
		{path: "replaced_by", kind: many, from: "certificates", optional: true},
		{path: "law", kind: marks, of: []string{"pledge", "proof"}, optional: true}, {path: "basis", optional: true},
		{path: "fill_note", optional: true}, {path: "plain", optional: true}, {path: "remark", optional: true},
	}
	libraryMaterial = []element{
		{path: "name"}, {path: "necessity", kind: radio, codes: catalog.CodesNeed}, {path: "originals", kind: count, short: true}, {path: "copies", kind: count, short: true},
		{path: "defer_days", kind: whole, short: true, optional: true}, {path: "extra", kind: lines, optional: true}, {path: "remark", optional: true},
	}
)

// known finds a section by its key.
func known(key string) (section, bool) {
	for _, s := range sections {
		if s.key == key {
			return s, true
		}
	}
	return section{}, false
}
