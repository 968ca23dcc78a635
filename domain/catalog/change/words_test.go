package change_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/i18n"
	"onedoor.app/sample"
)

func bundle(t *testing.T) *i18n.Bundle {
	t.Helper()
	words := &i18n.Bundle{}
	for _, files := range []fs.FS{(&catalog.Service{}).Module().Texts, (&change.Pages{Catalog: &catalog.Service{}}).Module().Texts} {
		if err := words.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	return words
}

// Every element that can differ is called by a name in both languages.
func TestEveryElementHasWords(t *testing.T) {
	t.Parallel()
	words := bundle(t)
	for _, lang := range i18n.Languages() {
		for _, path := range catalog.Paths() {
			if !words.Has(lang, "change.el."+path) {
				t.Errorf("%s: %s has no words", lang, path)
			}
		}
		for _, op := range []string{
			catalog.OpRequireMaterial, catalog.OpDropMaterial, catalog.OpRequireField, catalog.OpHideField, catalog.OpRequireStep, catalog.OpSkipStep,
			catalog.OpAssignPost, catalog.OpUseFlow, catalog.OpRedirectItem, catalog.OpSuggestItem, catalog.OpNotNeeded, catalog.OpSetLimit,
			catalog.OpRequireFee, catalog.OpDropFee,
		} {
			if !words.Has(lang, "change.op."+op) {
				t.Errorf("%s: %s has no words", lang, op)
			}
		}
		for _, e := range catalog.RehearsalEffects {
			if !words.Has(lang, "change.rehearsal.effect."+string(e)) {
				t.Errorf("%s: %s has no words", lang, e)
			}
		}
		for _, s := range catalog.ChangeStates {
			if !words.Has(lang, "change.state."+string(s)) || !words.Has(lang, "catalog.change.state."+string(s)) {
				t.Errorf("%s: %s has no words", lang, s)
			}
		}
	}
}

func food(t *testing.T) (old, next *catalog.Item) {
	t.Helper()
	sub, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		p, err := catalog.ReadPackage(sub)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(p.Items, func(it *catalog.Item) bool { return it.Code == "food-operation-new" })
		if old, next = next, p.Items[at]; i == 0 {
			old = nil
		}
	}
	return old, next
}

func TestSentences(t *testing.T) {
	t.Parallel()
	words := bundle(t)
	for _, tt := range []struct {
		name   string
		edit   func(it *catalog.Item)
		zh, en string
	}{
		{
			"a limit", func(it *catalog.Item) { it.PromisedLimit.Value = 3 },
			"承诺办结时限由 5 个工作日改为 3 个工作日", "promised limit: from 5 working days to 3 working days",
		},
		{
			"a paper that may come later", func(it *catalog.Item) { it.Materials[0].Necessity = "3" },
			"材料《食品经营许可申请书》的必要性由必要改为容缺后补", "material 食品经营许可申请书: necessity: from required to may come later",
		},
		{
			"a question", func(it *catalog.Item) {
				it.Situations = append(it.Situations, catalog.Situation{ID: "q9", Question: "有无外摆"})
			},
			"增加情形“有无外摆”", "added: question 有无外摆",
		},
		{
			"an effect", func(it *catalog.Item) {
				o := &it.Situations[0].Options[0]
				o.Label, o.Effects = "小店", append(o.Effects, catalog.Effect{Op: catalog.OpDropMaterial, Target: it.Materials[0].ID})
			},
			"免交材料《食品经营许可申请书》", "material 食品经营许可申请书 is not needed",
		},
		{
			"money", func(it *catalog.Item) {
				it.Fee = catalog.Fee{Charged: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 1050}}}
			},
			"是否收费由否改为是", "charged: from no to yes",
		},
		{"order", func(it *catalog.Item) { slices.Reverse(it.Conditions) }, "受理条件调整了先后", "conditions in another order"},
		{"gone", func(it *catalog.Item) { it.Keywords = it.Keywords[1:] }, "删去俗称和关键词：", "removed: what people call it: "},
		{"new words", func(it *catalog.Item) { it.Entrusted = "湖滨街道办事处" }, "受委托部门填写为“湖滨街道办事处”", "entrusted body is now 湖滨街道办事处"},
		{"pointer", func(it *catalog.Item) { n := 3; it.Legal.Notice = &n }, "一次性告知期限填写为 3 个工作日", "days for the one-time notice is now 3 working days"},
	} {
		old, next := food(t)
		tt.edit(next)
		for lang, want := range map[string]string{i18n.Chinese: tt.zh, i18n.English: tt.en} {
			ctx := i18n.With(context.Background(), words, lang)
			w := change.Words{Old: old, New: next}
			var said []string
			for _, d := range catalog.Diff(old, next) {
				said = append(said, w.Sentence(ctx, d)+"|"+w.Value(ctx, d.Path, d.New))
			}
			if all := strings.Join(said, "\n"); !strings.Contains(all, want) {
				t.Errorf("%s in %s: %q is not in\n%s", tt.name, lang, want, all)
			}
		}
	}
}
