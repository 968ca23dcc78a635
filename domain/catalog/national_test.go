package catalog_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
)

func copyOf(it *catalog.Item) (string, error) {
	body, err := json.Marshal(it)
	return string(body), err
}

// national are the fields of the national tables, as the tables count them.
var national = map[string]string{
	catalog.NationalBase: "row_guid task_name catalog_code local_catalog_code task_type by_law use_level task_state task_version plan_effective_date plan_cancel_date",
	catalog.NationalBasic: "row_guid task_name catalog_code local_catalog_code task_code local_task_code task_handle_item task_type by_law power_source use_level dept_name dept_code dept_type " +
		"entrust_name server_type project_type anticipate_day anticipate_type anticipate_explain promise_day promise_type promise_explain accept_condition handle_flow handle_type special_procedure " +
		"limit_scene_num is_fee fee_basis transact_addr transact_time link_way supervise_way link_addr is_single_login mobile_terminal_url app_is_single_login task_state task_version plan_effective_date plan_cancel_date",
	catalog.NationalExtend: "limit_explain result_name result_type result_guid service_type handle_area is_entry_center is_online online_handle_depth online_handle_url limit_scene_explain is_pay_online " +
		"is_express is_schedule is_service_terminals other_dept user_topic_type corp_topic_type town_name town_code village_name village_code",
	catalog.NationalMaterial:  "order_num material_name material_type material_format is_need source_type source_explain page_num page_format by_law accept_stand fill_explain form_guid example_guid remark",
	catalog.NationalFee:       "fee_name fee_stand by_law is_desc desc_explain",
	catalog.NationalQuestions: "question answer",
}

// TestEveryNationalFieldHasItsPlace: each field of the national tables is listed, once, and its place is there in our own
// record under the names of its JSON.
func TestEveryNationalFieldHasItsPlace(t *testing.T) {
	t.Parallel()
	derived := []string{
		catalog.NationalID, catalog.NationalVersion, catalog.NationalState, catalog.NationalBodyName, catalog.NationalOrder, catalog.NationalUSCC,
		catalog.NationalBaseItem, catalog.NationalPlace,
	}
	seen := map[string]bool{}
	for _, f := range catalog.NationalFields() {
		if seen[f.Table+"."+f.Name] {
			t.Errorf("%s.%s is there twice", f.Table, f.Name)
		}
		seen[f.Table+"."+f.Name] = true
		if f.Zh == "" {
			t.Errorf("%s.%s has no name", f.Table, f.Name)
		}
		of := reflect.TypeFor[catalog.Item]()
		if f.Table == catalog.NationalBase {
			of = reflect.TypeFor[catalog.Base]()
		}
		if !slices.Contains(derived, f.Path) && !hasPath(of, f.Path) {
			t.Errorf("%s.%s: nothing is kept at %q", f.Table, f.Name, f.Path)
		}
	}
	for table, names := range national {
		for _, name := range strings.Fields(names) {
			if !seen[table+"."+name] {
				t.Errorf("%s.%s has no place", table, name)
			}
		}
	}
}

// hasPath reports whether a record has something under the names of its JSON.
func hasPath(of reflect.Type, path string) bool {
	name, rest, more := strings.Cut(path, ".")
	list := strings.HasSuffix(name, "[]")
	name = strings.TrimSuffix(name, "[]")
	for _, f := range reflect.VisibleFields(of) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || tag != name {
			continue
		}
		inner := f.Type
		if list != (inner.Kind() == reflect.Slice) {
			return false
		}
		if list || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		return !more || inner.Kind() == reflect.Struct && hasPath(inner, rest)
	}
	return false
}

// Every list has words in both languages and no value twice, and the sample city uses no value that is not there.
func TestCodeLists(t *testing.T) {
	t.Parallel()
	for _, l := range catalog.CodeLists() {
		seen := map[string]bool{}
		if l.Source == "" || l.Confidence != "high" && l.Confidence != "medium" || !reflect.DeepEqual(catalog.Codes(l.Name), l) {
			t.Errorf("%s: %q %q", l.Name, l.Source, l.Confidence)
		}
		for _, c := range l.Codes {
			if seen[c.Value] || c.Zh == "" || c.En == "" || l.Words(c.Value, "en") != c.En || l.Words(c.Value, "zh") != c.Zh {
				t.Errorf("%s %s: %q %q", l.Name, c.Value, c.Zh, c.En)
			}
			seen[c.Value] = true
		}
	}
	if l := catalog.Codes("no such list"); l.Has("1") || l.Words("1", "zh") != "1" {
		t.Error("a list that is none has values")
	}
	wrong := map[string]func(*catalog.Item){
		"use_level 8": func(it *catalog.Item) { it.UseLevel = "8" }, "audience 7": func(it *catalog.Item) { it.Audience = []string{"7"} },
		"power_source 9": func(it *catalog.Item) { it.PowerSource = "9" }, "body_kind 4": func(it *catalog.Item) { it.BodyKind = "4" },
		"handle_forms 5": func(it *catalog.Item) { it.HandleForms = []string{"5"} }, "system_level 9": func(it *catalog.Item) { it.SystemLevel = "9" },
		"online_depth 9": func(it *catalog.Item) { it.OnlineDepth = "9" }, "service area 5": func(it *catalog.Item) { it.Offer.Area = "5" },
		"result_type 30": func(it *catalog.Item) { it.Result.Kind = "30" }, "m1 kind 4": func(it *catalog.Item) { it.Materials[0].Kind = "4" },
		"m1 source 30": func(it *catalog.Item) { it.Materials[0].Source = "30" }, "m1 form 4": func(it *catalog.Item) { it.Materials[0].Form = "4" },
	}
	for where, edit := range wrong {
		it := flawless()
		if slices.ContainsFunc(it.Wrong(), func(w catalog.Wrong) bool { return w.Code == "catalog.item.no_code" }) {
			t.Fatalf("before: %v", it.Wrong())
		}
		edit(it)
		if !slices.Contains(it.Wrong(), catalog.Wrong{Code: "catalog.item.no_code", Where: where}) {
			t.Errorf("%s: %v", where, it.Wrong())
		}
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	for where, edit := range map[string]func(*catalog.Item){
		"from": func(it *catalog.Item) { it.From = "2026-13-01" }, "until": func(it *catalog.Item) { it.From, it.Until = "2026-02-01", "2026-01-01" },
		"place": func(it *catalog.Item) { it.Place = "3799" }, "intermediaries 检测": func(it *catalog.Item) { it.Intermediaries = []catalog.Intermediary{{Name: "检测", Payer: "bank"}} },
		"oversights ": func(it *catalog.Item) { it.Oversights = []catalog.Oversight{{Task: "抽查"}} }, "questions 能代办吗？": func(it *catalog.Item) { it.Questions = []catalog.Question{{Question: "能代办吗？"}} },
	} {
		it := flawless()
		edit(it)
		if !slices.Contains(it.Wrong(), catalog.Wrong{Code: "catalog.item.record", Where: where}) {
			t.Errorf("%s: %v", where, it.Wrong())
		}
	}
	it := flawless()
	it.Oversights = []catalog.Oversight{{Unit: "SJJ", Task: "抽查", Days: 20}, {Unit: "WJW", Task: "检查"}}
	if r := it.Regulators(); len(r) != 2 || r[0].Task != "抽查" {
		t.Errorf("regulators: %v", r)
	}
	it.Regulator = "XFJ"
	if r := it.Regulators(); len(r) != 3 || r[0].Unit != "XFJ" || len(it.Oversights) != 2 {
		t.Errorf("regulators: %v", r)
	}
}
