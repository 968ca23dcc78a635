package catalog

import (
	"regexp"
	"slices"
	"strconv"
)

// Wrong is one thing that keeps an item from being published.
type Wrong struct {
	Code  string // of the words
	Where string // "materials m4"
}

var (
	codeShape = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,119}$`)
	baseShape = regexp.MustCompile(`^[0-9]{12}$`)
	implShape = regexp.MustCompile(`^[0-9A-Z]{31}$`)
	wholeCode = regexp.MustCompile(`^[0-9A-Z]{33}$`)
)

// necessityNo is 非必要: the material is asked for only in some situations.
const necessityNo = "2"

// Wrong lists what is wrong with the item by itself; an empty list means that it
// may be published.
func (it *Item) Wrong() []Wrong { return it.wrong(it.try) }

// wrong is Wrong with the trial of the item.
func (it *Item) wrong(try func() trial) []Wrong {
	if it.tooLarge() {
		return []Wrong{{"catalog.item.too_much", ""}} // what is compared with each other below would take too long
	}
	var w []Wrong
	need := func(ok bool, code, where string) {
		if !ok {
			w = append(w, Wrong{"catalog.item." + code, where})
		}
	}
	need(codeShape.MatchString(it.Code), "code", it.Code)
	need(it.Name != "" && len(it.Name) <= 600, "name", "name")
	need(it.Type != "", "no_type", "type")
	need(it.Type == "" || slices.Contains(Types(), it.Type), "type", it.Type)
	need(it.Unit != "" && it.Body != "", "unit", "unit")
	need(it.BaseCode == "" || baseShape.MatchString(it.BaseCode), "code", it.BaseCode)
	need(it.ImplementCode == "" || implShape.MatchString(it.ImplementCode), "code", it.ImplementCode)
	need(it.HandleCode == "" || wholeCode.MatchString(it.HandleCode), "code", it.HandleCode)
	need(len(it.Audience) > 0, "audience", "audience")
	need(it.ProjectType != "", "no_project_type", "project_type")
	need(it.ProjectType == "" || it.ProjectType == projectSpot || it.ProjectType == projectTerm, "project_type", it.ProjectType)
	need(it.StatutoryLimit.ok(), "limit", "statutory_limit")
	need(it.PromisedLimit.ok() && it.PromisedLimit.Value > 0, "limit", "promised_limit")
	need(!it.PromisedLimit.exceeds(it.lawfulLimit()), "promise", "promised_limit")
	w = append(w, it.wrongCodes()...)
	w = append(w, it.wrongRecord()...)
	w = append(w, it.wrongLegal()...)
	w = append(w, it.wrongParts()...)
	w = append(w, it.wrongEffects()...)
	w = append(w, it.wrongElements()...)
	w = append(w, it.wrongActsOn()...)
	w = append(w, it.wrongSteps()...)
	if rules := it.wrongRules(); len(rules) > 0 || len(w) > 0 {
		return append(w, rules...) // what is written wrongly is not tried
	}
	return try().wrong
}

// wrongParts checks materials and fields.
func (it *Item) wrongParts() []Wrong {
	var w []Wrong
	seen := map[string]bool{}
	for _, m := range it.Materials {
		need := needing(&w, m.ID)
		need(single(seen, "m", m.ID), "material")
		need(m.Name != "", "material_name")
		need(slices.Contains([]string{"1", "2", "3"}, m.Necessity), "material_necessity")
		need(m.DeferDays >= 0, "material_defer")
	}
	for _, f := range it.Fields {
		_, err := regexp.Compile(f.Pattern)
		closed := f.Type == FieldChoice || f.Type == FieldMulti
		need := needing(&w, f.Key)
		need(single(seen, "f", f.Key), "field")
		need(f.Label != "", "field_label")
		need(slices.Contains(fieldTypes, f.Type), "field_type")
		need(err == nil, "field_pattern")
		need(!closed || len(f.Options) > 0, "field_options")
		need(it.follows(f), "field_not_before")
	}
	for i, b := range it.Basis {
		if !slices.Contains([]string{"high", "medium", "low"}, b.Confidence) {
			w = append(w, Wrong{"catalog.item.basis", strconv.Itoa(i + 1)})
		}
	}
	return w
}

// needing notes what one entry of a list lacks, each cause by its own code.
func needing(w *[]Wrong, where string) func(ok bool, code string) {
	return func(ok bool, code string) {
		if !ok {
			*w = append(*w, Wrong{"catalog.item." + code, where})
		}
	}
}

// single reports whether an entry has an id that no entry before it has.
func single(seen map[string]bool, kind, id string) bool {
	twice := seen[kind+id]
	seen[kind+id] = true
	return id != "" && !twice
}

var fieldTypes = []string{
	FieldText, FieldTextarea, FieldAddress, FieldIDNo, FieldUSCC, FieldMobile, FieldDate, FieldInteger, FieldDecimal,
	FieldChoice, FieldMulti, FieldYesNo,
}

// wrongEffects checks the questions and what their answers point at.
func (it *Item) wrongEffects() []Wrong {
	var w []Wrong
	seen := map[string]bool{}
	for _, q := range it.Situations {
		need := needing(&w, q.ID)
		need(single(seen, "q", q.ID), "question")
		need(q.Question != "", "question_text")
		need(len(q.Options) >= 2, "question_options")
		for i, o := range q.Options {
			where := q.ID + " " + o.Value
			if o.Value == "" {
				where = q.ID + " " + strconv.Itoa(i+1)
			}
			need := needing(&w, where)
			need(o.Value != "" && single(seen, "o", where), "option")
			need(o.Label != "", "option_label")
		}
	}
	for where, e := range it.effects() {
		if _, ok := it.shorter(e.Target); e.Op == OpSetLimit && !ok {
			w = append(w, Wrong{"catalog.item.set_limit", where + " " + e.Target})
		} else if !it.aims(e) {
			w = append(w, Wrong{"catalog.item.effect", where + " " + e.Op + " " + e.Target})
		}
	}
	return w
}

// aims reports whether an effect points at something that is there.
func (it *Item) aims(e Effect) bool {
	switch e.Op {
	case OpRequireMaterial, OpDropMaterial:
		return slices.ContainsFunc(it.Materials, func(m Material) bool { return m.ID == e.Target })
	case OpRequireField, OpHideField:
		return slices.ContainsFunc(it.Fields, func(f Field) bool { return f.Key == e.Target })
	case OpRequireStep, OpSkipStep:
		return slices.ContainsFunc(it.Steps, func(s Step) bool { return s.ID == e.Target && s.Optional })
	case OpAssignPost:
		return e.Post != "" && slices.ContainsFunc(it.Steps, func(s Step) bool { return s.ID == e.Target })
	case OpRequireFee, OpDropFee:
		return e.Target != "" && it.Fee.Charged && slices.ContainsFunc(it.Fee.Items, func(f FeeItem) bool { return f.ID == e.Target })
	case OpUseFlow, OpRedirectItem, OpSuggestItem, OpSetLimit:
		return e.Target != ""
	}
	return e.Op == OpNotNeeded
}

// inside are the steps of a benefit that are tasks inside its limit: being made public and visits to the household stop
// nothing.
var inside = []string{"publicity", "survey", "town", "check"}

// wrongSteps checks the steps against each other and against the promise.
func (it *Item) wrongSteps() []Wrong {
	var w []Wrong
	seen, decides, days, group := map[string]bool{}, 0, 0, map[string]int{}
	for _, s := range it.Steps {
		need := needing(&w, s.ID)
		need(single(seen, "s", s.ID), "step")
		need(s.Name != "", "step_name")
		need(s.Slot != "", "step_slot")
		need(s.Unit != "", "step_unit")
		need(s.Post != "", "step_post")
		need(s.Days >= 0, "step_days")
		need(slices.Contains([]string{"statutory", "stopped", "none"}, s.Clock), "step_clock")
		need(s.Clock != "stopped" || stops[s.Slot] != "", "step_stop")
		if it.Type == TypeBenefit && s.Clock == "stopped" && slices.Contains(inside, s.Slot) {
			w = append(w, Wrong{"catalog.item.stop", s.ID})
		}
		if s.Slot == "decide" {
			decides++
		}
		switch {
		case s.Clock != "statutory":
		case s.Parallel != "":
			group[s.Parallel] = max(group[s.Parallel], s.Days)
		default:
			days += s.Days
		}
	}
	for _, d := range group {
		days += d
	}
	if decides != 1 {
		w = append(w, Wrong{"catalog.item.decide", strconv.Itoa(decides)})
	}
	if days > it.PromisedLimit.workdays() {
		w = append(w, Wrong{"catalog.item.days", strconv.Itoa(days)})
	}
	return w
}

// dangling lists references to flows, items and certificate types that nobody knows,
// and steps that have no place in a flow that the item may take.
func (it *Item) dangling(known map[string]bool, templates map[string]Template) []Wrong {
	var w []Wrong
	for _, id := range it.flowIDs() {
		t, ok := templates[id]
		if !ok {
			w = append(w, Wrong{"catalog.item.flow", id})
			continue
		}
		if t.drawn != nil && (!t.follows(it) || id == it.FlowID && it.Drawn != "" && it.Drawn != t.drawn.Hash) {
			w = append(w, Wrong{"catalog.item.drawn", id})
		}
		slots := t.Root.slots()
		for _, s := range it.Steps {
			if !slices.Contains(slots, s.Slot) && !slices.Contains(outside, s.Slot) && !s.Optional {
				w = append(w, Wrong{"catalog.item.slot", id + " " + s.ID + " " + s.Slot})
			}
		}
	}
	for _, e := range it.effects() {
		if (e.Op == OpRedirectItem || e.Op == OpSuggestItem) && !known[e.Target] {
			w = append(w, Wrong{"catalog.item.unknown", e.Target})
		}
	}
	for _, m := range it.Materials {
		for _, c := range m.ReplacedBy {
			if !known[c] {
				w = append(w, Wrong{"catalog.item.certificate", m.ID + " " + c})
			}
		}
	}
	if c := it.Result.Certificate; c != "" && !known[c] {
		w = append(w, Wrong{"catalog.item.certificate", c})
	}
	if a := it.ActsOn; a != nil && !known[a.Certificate] {
		w = append(w, Wrong{"catalog.item.certificate", a.Certificate})
	}
	return w
}
