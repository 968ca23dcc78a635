package change

import (
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
)

// lies is where what a code speaks of is written: its section, and the field there. With a list, the first word of where
// it lies is the id of an entry.
type lies struct{ section, field, list string }

// places are where the faults of items lie, by the ends of their codes; rules of quality begin with "rule.".
var places = map[string]lies{
	"item.code": {"basics", "base_code", ""}, "item.name": {"basics", "name", ""}, "item.type": {"basics", "type", ""}, "item.unit": {"basics", "unit", ""},
	"item.no_type": {"basics", "type", ""}, "item.no_project_type": {"basics", "project_type", ""},
	"item.audience": {"basics", "audience", ""}, "item.project_type": {"basics", "project_type", ""},
	"item.limit": {"limits", "promised_limit.value", ""}, "item.promise": {"limits", "promised_limit.value", ""},
	"item.basis": {"grounds", "basis", ""}, "item.acts_on": {"service", "acts_on.certificate", ""}, "item.declared": {"form", "", ""},
	"item.material": {"materials", "", "materials"}, "item.library": {"materials", "", "materials"},
	"item.library_retired": {"materials", "", "materials"}, "item.library_moved": {"materials", "", "materials"},
	"item.material_name": {"materials", "name", "materials"}, "item.material_necessity": {"materials", "necessity", "materials"}, "item.material_defer": {"materials", "defer_days", "materials"},
	"item.field_label": {"form", "label", "fields"}, "item.field_type": {"form", "type", "fields"}, "item.field_pattern": {"form", "pattern", "fields"},
	"item.field_options": {"form", "options", "fields"}, "item.field_not_before": {"form", "not_before", "fields"},
	"item.question_text": {"situations", "question", "situations"}, "item.question_options": {"situations", "options", "situations"}, "item.option_label": {"situations", "options", "situations"},
	"item.step_name": {"steps", "name", "steps"}, "item.step_slot": {"steps", "slot", "steps"}, "item.step_unit": {"steps", "unit", "steps"}, "item.step_post": {"steps", "post", "steps"},
	"item.step_days": {"steps", "days", "steps"}, "item.step_clock": {"steps", "clock", "steps"}, "item.step_stop": {"steps", "clock", "steps"},
	"item.field": {"form", "", "fields"}, "item.element": {"form", "element", "fields"}, "item.element_type": {"form", "element", "fields"},
	"item.question": {"situations", "", "situations"}, "item.option": {"situations", "", "situations"}, "item.effect": {"situations", "", "answers"},
	"item.set_limit": {"situations", "", "answers"}, "item.rule": {"situations", "when", "answers"}, "item.rule_shape": {"situations", "", "rules"},
	"item.rule_question": {"situations", "when", "answers"}, "item.rule_value": {"situations", "when", "answers"}, "item.contradiction": {"situations", "", "answers"},
	"item.situation_flow": {"situations", "", ""}, "item.situation_days": {"situations", "", ""}, "item.situation_loop": {"situations", "", ""},
	"item.situation_nobody": {"situations", "", ""}, "item.too_much": {"situations", "", ""}, "item.unknown": {"situations", "", ""},
	"item.step": {"steps", "", "steps"}, "item.stop": {"steps", "clock", "steps"}, "item.decide": {"steps", "steps", ""}, "item.days": {"steps", "steps", ""},
	"item.flow": {"steps", "flow", ""}, "item.slot": {"steps", "flow", ""}, "item.unsound": {"steps", "flow", ""}, "item.no_post": {"steps", "steps", ""},
	"item.section_body": {"basics", "body", ""},
	"item.untold_fee":   {"limits", "fee.charged", ""}, "item.untold_visits": {"service", "visits", ""}, "item.untold_ways": {"service", "service", ""},
	"item.no_unit": {"basics", "unit", ""}, "item.handle_taken": {"basics", "handle_code", ""},

	"deviates.name": {"basics", "main_item", ""}, "deviates.code": {"basics", "base_code", ""}, "deviates.type": {"basics", "type", ""},
	"deviates.audience": {"basics", "audience", ""}, "deviates.level": {"basics", "use_level", ""}, "deviates.body": {"basics", "body", ""},
	"deviates.basis": {"grounds", "basis", ""}, "deviates.conditions": {"grounds", "conditions", ""}, "deviates.materials": {"materials", "", ""},
	"deviates.procedure": {"steps", "steps", ""}, "deviates.limit": {"limits", "statutory_limit.value", ""},
	"deviates.promise": {"limits", "promised_limit.value", ""}, "deviates.result": {"service", "result.name", ""},

	"rule.no_basis": {"grounds", "basis", ""}, "rule.no_conditions": {"grounds", "conditions", ""}, "rule.vague_condition": {"grounds", "conditions", ""},
	"rule.power_source": {"grounds", "power_source", ""}, "rule.body_kind": {"grounds", "body_kind", ""}, "rule.entrusted": {"grounds", "entrusted", ""},
	"rule.intermediary_basis": {"grounds", "intermediaries", ""},
	"rule.licence_over_law":   {"limits", "statutory_limit.value", ""}, "rule.promise_over_statute": {"limits", "promised_limit.value", ""}, "rule.spot_kind": {"limits", "promised", ""},
	"rule.fee_basis": {"limits", "fee.items", ""}, "rule.fee_standard": {"limits", "fee.items", ""}, "rule.fee_none": {"limits", "fee.charged", ""}, "rule.fee_online": {"limits", "fee", ""},
	"rule.fee_free": {"limits", "fee.charged", ""}, "rule.fee_reduction": {"limits", "fee.items", ""},
	"rule.code_parts": {"basics", "base_code", ""}, "rule.code_missing": {"basics", "base_code", ""}, "rule.no_theme": {"basics", "themes", ""},
	"rule.no_keywords": {"basics", "keywords", ""}, "rule.regulator": {"basics", "regulator", ""}, "rule.name_form": {"basics", "name", ""},
	"rule.online_visit": {"service", "visits", ""}, "rule.no_way": {"service", "service", ""}, "rule.depth_offline": {"service", "online_depth", ""},
	"rule.visits": {"service", "visits", ""}, "rule.visit_reason": {"service", "visit_reason", ""}, "rule.result_name": {"service", "result.name", ""},
	"rule.result_kind": {"service", "result.kind", ""}, "rule.complaints": {"service", "complaints", ""}, "rule.level_place": {"service", "place", ""},
	"rule.bare": {"materials", "", ""}, "rule.vague_material": {"materials", "", ""}, "rule.asked_again": {"materials", "", ""}, "rule.no_points": {"materials", "", ""},
	"rule.no_copies": {"materials", "", ""}, "rule.same_material": {"materials", "", ""},
	"rule.certificate_asked": {"form", "", ""}, "rule.loose_field": {"form", "", ""},
	"rule.idle_question": {"situations", "", ""}, "rule.undecided_material": {"situations", "", ""}, "rule.idle_rule": {"situations", "", ""}, "rule.quarrel": {"situations", "", ""},
	"rule.step_standard": {"steps", "steps", ""}, "rule.special_days": {"steps", "special", ""}, "rule.library_retired": {"materials", "", ""},
}

// record are where parts of the record lie that have a form, by the first word of where.
var record = map[string]lies{
	"from": {"service", "from", ""}, "until": {"service", "until", ""}, "place": {"service", "place", ""}, "intermediaries": {"grounds", "intermediaries", ""},
	"oversights": {"grounds", "oversights", ""}, "questions": {"words", "questions", ""}, "audience": {"basics", "audience", ""}, "use_level": {"basics", "use_level", ""},
	"power_source": {"grounds", "power_source", ""}, "body_kind": {"grounds", "body_kind", ""}, "handle_forms": {"service", "handle_forms", ""},
	"system_level": {"service", "system_level", ""}, "online_depth": {"service", "online_depth", ""}, "service": {"service", "service.area", ""}, "result_type": {"service", "result.kind", ""},
}

// locate says where a fault lies. What has no place of its own is told on the first page.
func locate(it *catalog.Item, x catalog.Wrong) Trouble {
	code := strings.TrimPrefix(x.Code, "catalog.")
	first, _, more := strings.Cut(x.Where, " ")
	l, ok := places[code]
	switch {
	case strings.HasPrefix(code, "item.legal."):
		l = lies{"legal", "legal", ""}
		if end := strings.TrimPrefix(code, "item."); slices.Contains([]string{"legal.quota", "legal.units", "legal.opens", "legal.notice", "legal.extension", "legal.delivery"}, end) {
			l.field = end
		}
	case code == "item.certificate" && more:
		l = lies{"materials", "replaced_by", "materials"}
	case code == "item.certificate":
		l = lies{"service", "result.certificate", ""}
	case (code == "item.no_code" || code == "item.record") && record[first].section != "":
		l = record[first]
	case code == "item.no_code":
		l = lies{"materials", "", "materials"}
	case code == "item.code" && x.Where == it.ImplementCode:
		l.field = "implement_code"
	case code == "item.code" && x.Where == it.HandleCode:
		l.field = "handle_code"
	case code == "item.slot": // the flow stands before the step
		_, step, _ := strings.Cut(x.Where, " ")
		first, _, _ = strings.Cut(step, " ")
		l = lies{"steps", "slot", "steps"}
	case code == "item.limit" && x.Where == "statutory_limit":
		l.field = "statutory_limit.value"
	case !ok:
		l = lies{"basics", "name", ""}
	}
	t := Trouble{Section: l.section, Field: l.field}
	if l.list == "answers" {
		l.list = "rules"
		if it.Situation(first) != nil {
			l.list = "situations"
		}
	}
	if l.list != "" && first != "" {
		t.Row = l.list + "." + first
		return t
	}
	t.Row = named(it, l.section, x.Where)
	return t
}

// named finds the entry that a rule of quality names as people call it.
func named(it *catalog.Item, section, name string) string {
	switch section {
	case "materials":
		for _, m := range it.Materials {
			if m.Name == name {
				return "materials." + m.ID
			}
		}
	case "form":
		for _, f := range it.Fields {
			if f.Label == name {
				return "fields." + f.Key
			}
		}
	case "situations":
		for _, q := range it.Situations {
			if q.Question == name {
				return "situations." + q.ID
			}
		}
		for _, r := range it.Rules {
			if r.ID == name {
				return "rules." + r.ID
			}
		}
	case "steps":
		for _, s := range it.Steps {
			if s.Name == name {
				return "steps." + s.ID
			}
		}
	}
	return ""
}

// Sections lists the sections of the editor to which troubles lead.
func Sections() []string {
	keys := []string{"legal"}
	for _, all := range []map[string]lies{places, record} {
		for _, l := range all {
			if !slices.Contains(keys, l.section) {
				keys = append(keys, l.section)
			}
		}
	}
	slices.Sort(keys)
	return keys
}
