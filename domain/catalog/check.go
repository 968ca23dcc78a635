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
	need(slices.Contains(Types(), it.Type), "type", it.Type)
	need(it.Unit != "" && it.Body != "", "unit", "unit")
	need(it.BaseCode == "" || baseShape.MatchString(it.BaseCode), "code", it.BaseCode)
	need(it.ImplementCode == "" || implShape.MatchString(it.ImplementCode), "code", it.ImplementCode)
	need(it.HandleCode == "" || wholeCode.MatchString(it.HandleCode), "code", it.HandleCode)
	need(len(it.Audience) > 0, "audience", "audience")
	need(it.ProjectType == projectSpot || it.ProjectType == projectTerm, "project_type", it.ProjectType)
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
	once := func(kind, id string) bool {
		twice := seen[kind+id]
		seen[kind+id] = true
		return id != "" && !twice
	}
	for _, m := range it.Materials {
		if !once("m", m.ID) || m.Name == "" || !slices.Contains([]string{"1", "2", "3"}, m.Necessity) || m.DeferDays < 0 {
			w = append(w, Wrong{"catalog.item.material", m.ID})
		}
	}
	for _, f := range it.Fields {
		_, err := regexp.Compile(f.Pattern)
		closed := f.Type == FieldChoice || f.Type == FieldMulti
		if !once("f", f.Key) || f.Label == "" || !slices.Contains(fieldTypes, f.Type) || err != nil || closed && len(f.Options) == 0 || !it.follows(f) {
			w = append(w, Wrong{"catalog.item.field", f.Key})
		}
	}
	for i, b := range it.Basis {
		if !slices.Contains([]string{"high", "medium", "low"}, b.Confidence) {
			w = append(w, Wrong{"catalog.item.basis", strconv.Itoa(i + 1)})
		}
	}
	return w
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
		if q.ID == "" || q.Question == "" || seen[q.ID] || len(q.Options) < 2 {
			w = append(w, Wrong{"catalog.item.question", q.ID})
		}
		seen[q.ID] = true
		for _, o := range q.Options {
			if key := q.ID + " " + o.Value; o.Value == "" || o.Label == "" || seen[key] {
				w = append(w, Wrong{"catalog.item.option", key})
			} else {
				seen[key] = true
			}
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
		if s.ID == "" || seen[s.ID] || s.Name == "" || s.Slot == "" || s.Unit == "" || s.Post == "" || s.Days < 0 ||
			!slices.Contains([]string{"statutory", "stopped", "none"}, s.Clock) || s.Clock == "stopped" && stops[s.Slot] == "" {
			w = append(w, Wrong{"catalog.item.step", s.ID})
		}
		if it.Type == TypeBenefit && s.Clock == "stopped" && slices.Contains(inside, s.Slot) {
			w = append(w, Wrong{"catalog.item.stop", s.ID})
		}
		seen[s.ID] = true
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
