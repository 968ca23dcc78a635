package change

import (
	"context"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/infra/i18n"
)

func speaking(t testing.TB, lang string) context.Context {
	t.Helper()
	b := &i18n.Bundle{}
	if err := b.Add(catalog.Texts); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(texts); err != nil {
		t.Fatal(err)
	}
	if err := b.Add((&directory.Pages{}).Module().Texts); err != nil {
		t.Fatal(err)
	}
	return i18n.With(t.Context(), b, lang)
}

// TestAConditionInWords says conditions as people would, and leaves alone what it cannot say.
func TestAConditionInWords(t *testing.T) {
	ctx := speaking(t, i18n.Chinese)
	it := &catalog.Item{Situations: []catalog.Situation{
		{ID: "q1", Question: "新办还是换证", Options: []catalog.Option{{Value: "a", Label: "新办"}, {Value: "b", Label: "换证"}}},
		{ID: "q2", Question: "自有场地吗", Options: []catalog.Option{{Value: "a", Label: "是"}}},
	}}
	for text, want := range map[string]string{
		`q1 == "a"`:                 "“新办还是换证”选“新办”",
		`q1 != 'b' && q2=="a"`:      "“新办还是换证”不选“换证”，并且“自有场地吗”选“是”",
		`!(q1 == "a" || q2 == "a")`: "并非（“新办还是换证”选“新办”，或者“自有场地吗”选“是”）",
		`q2 != ""`:                  "“自有场地吗”已回答",
		`q2 == ""`:                  "“自有场地吗”没有回答",
		`q1 == "z"`:                 "“新办还是换证”选“z”",
		`q9 == "a"`:                 `q9 == "a"`,
		`q1 in ["a", "b"]`:          "“新办还是换证”选“新办”或者“换证”",
		`q1 in ['b']&&q2=="a"`:      "“新办还是换证”选“换证”，并且“自有场地吗”选“是”",
		`!(q1 in ["a", "z"])`:       "并非（“新办还是换证”选“新办”或者“z”）",
		`q1 in []`:                  `q1 in []`,
		`q1 in ["a"`:                `q1 in ["a"`,
		`q1 in ["a" "b"]`:           `q1 in ["a" "b"]`,
		`q1 in q2`:                  `q1 in q2`,
		`q1 in`:                     `q1 in`,
		`q1 == "a`:                  `q1 == "a`,
		`size(q1) > 0`:              `size(q1) > 0`,
		"":                          "",
	} {
		if got := SayCondition(ctx, it, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{`q1 == "a"`, `!(q1 != 'b')`, `q1 in ["a", 'b']`, `q1 in ["a",`, `q1 == "\"`, "q1 == \xff", `"`} {
		f.Add(s)
	}
	ctx := speaking(f, i18n.Chinese)
	it := &catalog.Item{Situations: []catalog.Situation{{ID: "q1", Question: "问", Options: []catalog.Option{{Value: "a", Label: "答"}}}}}
	f.Fuzz(func(t *testing.T, text string) {
		if got := SayCondition(ctx, it, text); got == "" && strings.TrimSpace(text) != "" {
			t.Errorf("%q is said as nothing", text)
		}
	})
}

// TestEveryRuleHasAPlace makes sure that every fault and every rule of quality leads to a section that there is.
func TestEveryRuleHasAPlace(t *testing.T) {
	for _, r := range catalog.Rules() {
		if _, ok := places["rule."+r.Code]; !ok {
			t.Errorf("the rule %s has no place", r.Code)
		}
	}
	it := &catalog.Item{Materials: []catalog.Material{{ID: "m1"}}, Situations: []catalog.Situation{{ID: "q1"}}}
	for _, tt := range []struct {
		code, where, section, row string
	}{
		{"catalog.item.material", "m1", "materials", "materials.m1"},
		{"catalog.item.certificate", "m1 X", "materials", "materials.m1"},
		{"catalog.item.certificate", "X", "service", ""},
		{"catalog.item.rule", "q1 1:2", "situations", "situations.q1"},
		{"catalog.item.rule", "r1", "situations", "rules.r1"},
		{"catalog.item.limit", "statutory_limit", "limits", ""},
		{"catalog.item.legal.quota", "3", "legal", ""},
		{"catalog.item.record", "until", "service", ""},
		{"catalog.item.no_code", "m1 kind 9", "materials", "materials.m1"},
	} {
		if got := locate(it, catalog.Wrong{Code: tt.code, Where: tt.where}); got.Section != tt.section || got.Row != tt.row {
			t.Errorf("%s %s: got %s %s", tt.code, tt.where, got.Section, got.Row)
		}
	}
}

// TestTroublesInWords holds faults to words that name the entry as people do and never the codes.
func TestTroublesInWords(t *testing.T) {
	it := &catalog.Item{
		Materials:  []catalog.Material{{ID: "m1", Name: "营业执照"}, {ID: "m2"}},
		Fields:     []catalog.Field{{Key: "field1"}},
		Situations: []catalog.Situation{{ID: "q1", Question: "店多大？", Options: []catalog.Option{{Value: "a", Label: "小"}, {Value: "b"}}}, {ID: "q2"}},
		Rules:      []catalog.Rule{{ID: "r1"}},
		Steps:      []catalog.Step{{ID: "s1", Name: "审查"}},
	}
	for _, tt := range []struct{ code, where, want string }{
		{"material_name", "m2", "第 2 份材料还没有名称。"},
		{"material", "m1", "材料《营业执照》的编号重复。"},
		{"field_label", "field1", "第 1 个表单项还没有名称。"},
		{"question_text", "q2", "第 2 个问题还没有问句。"},
		{"option_label", "q1 b", "情形“店多大？”的第 2 个选项还没有说明。"},
		{"effect", "q1 a require_material m9", "情形“店多大？”的选项“小”的效果指向不存在的材料、字段、环节或者收费项目。"},
		{"set_limit", "r1 4 workday", "第 1 条规则定的承诺时限要写成“3 workday”的样子，而且不能比事项的承诺时限长。"},
		{"rule", "q1 1:4", "情形“店多大？”的条件写得不对：应是比较答案的式子，例如 q1 == \"a\" && q2 == \"b\"。"},
		{"rule_value", "q2 q1 z", "条件里的答案不是这个问题的选项：第 2 个问题：“店多大？”选“z”。"},
		{"limit", "promised_limit", "承诺办结时限没有写完整。"},
		{"step_post", "s1", "环节“审查”还没有选岗位。"},
		{"slot", "standard s1 review", "流程里没有这个环节的位置：环节“审查”。"},
		{"no_code", "m1 kind 9", "不在国家代码表里：材料《营业执照》的材料类型：9。请改成表中的值。"},
		{"record", "until", "取消日期写成 2026-01-31 这样，不早于生效日期。"},
		{"record", "intermediaries ", "有中介服务没有名称，或者没有写谁付费。"},
	} {
		x := catalog.Wrong{Code: "catalog.item." + tt.code, Where: tt.where}
		got := sayWrong(speaking(t, i18n.Chinese), it, locate(it, x), x, nil)
		if got != tt.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", tt.code, tt.where, got, tt.want)
		}
		if english := sayWrong(speaking(t, i18n.English), it, locate(it, x), x, nil); strings.Contains(english, "{") || english == x.Code {
			t.Errorf("%s in English: %s", tt.code, english)
		}
	}
}

// TestNothingIsWrittenInBraces finds every fault of an empty and of a spoilt item in words without a parameter left over.
func TestNothingIsWrittenInBraces(t *testing.T) {
	spoilt := &catalog.Item{
		Code: "面馆 A", Type: "99", ProjectType: "9", BaseCode: "1", ImplementCode: "2", HandleCode: "3",
		Materials: []catalog.Material{{ID: "m1", Kind: "99", DeferDays: -1}, {ID: "m1"}}, Basis: []catalog.Basis{{}},
		Fields:     []catalog.Field{{Key: "f1", Type: catalog.FieldChoice, Pattern: "(", NotBefore: "f9"}, {Element: "nothing"}},
		Situations: []catalog.Situation{{ID: "q1", When: "q9 ==", Options: []catalog.Option{{Effects: []catalog.Effect{{Op: "drop_field"}, {Op: catalog.OpSetLimit}}}}}},
		Rules:      []catalog.Rule{{When: `q1 == "z"`}}, Steps: []catalog.Step{{Clock: "stopped", Days: -1}},
	}
	spoilt.Place, spoilt.From, spoilt.UseLevel = "x", "x", "z"
	spoilt.Questions, spoilt.Oversights, spoilt.Intermediaries = []catalog.Question{{}}, []catalog.Oversight{{}}, []catalog.Intermediary{{}}
	for _, it := range []*catalog.Item{{}, spoilt} {
		for _, lang := range i18n.Languages() {
			ctx := speaking(t, lang)
			for _, x := range it.Wrong() {
				text := sayWrong(ctx, it, locate(it, x), x, nil)
				if strings.Contains(text, "{") || strings.Contains(text, "catalog.") || strings.Contains(text, "change.") {
					t.Errorf("%s %q in %s: %s", x.Code, x.Where, lang, text)
				}
			}
		}
	}
}
