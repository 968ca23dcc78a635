package catalog_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/domain/catalog"
)

// based is a base item with an implementation that keeps to it.
func based() (*catalog.Base, *catalog.Item) {
	it := flawless()
	it.MainItem = "测试许可"
	return &catalog.Base{
		Code: it.BaseCode, Name: "测试许可", Type: it.Type, Basis: slices.Clone(it.Basis), Conditions: slices.Clone(it.Conditions),
		Audience: slices.Clone(it.Audience), Procedure: []string{"review", "decide"}, StatutoryLimit: it.StatutoryLimit, Result: it.Result.Name,
		Materials: []catalog.BaseMaterial{{Name: "营业执照", Required: true}, {Name: "授权委托书"}},
	}, it
}

func TestDeviations(t *testing.T) {
	t.Parallel()
	b, it := based()
	if d := catalog.Deviations(b, it, nil); len(d) > 0 {
		t.Fatalf("the one that keeps to it: %v", d)
	}
	tests := []struct {
		name  string
		edit  func(*catalog.Base, *catalog.Item)
		locks catalog.Locks
		want  catalog.Deviation // the zero value: none
	}{
		{"the name", func(_ *catalog.Base, it *catalog.Item) { it.MainItem = "试验许可" }, nil, catalog.Deviation{Element: "name", Kind: "differs", Base: []string{"测试许可"}, Item: []string{"试验许可"}}},
		{"the name of the sub-item counts", func(_ *catalog.Base, it *catalog.Item) { it.MainItem, it.SubItem = "大类", "测试许可" }, nil, catalog.Deviation{}},
		{"a full stop is no name", func(_ *catalog.Base, it *catalog.Item) { it.MainItem = " 测试许可。" }, nil, catalog.Deviation{}},
		{"the code inside the code", func(_ *catalog.Base, it *catalog.Item) {
			it.ImplementCode = it.ImplementCode[:19] + "000101002000"
			it.HandleCode = it.ImplementCode + "01"
		}, nil, catalog.Deviation{Element: "code", Kind: "differs", Base: []string{"000101001000"}, Item: []string{"11370828MB286029024000101002000"}}},
		{"another article", func(_ *catalog.Base, it *catalog.Item) { it.Basis[0].Article = "第十三条" }, nil,
			catalog.Deviation{Element: "basis", Kind: "differs", Base: []string{"《行政许可法》第十二条"}, Item: []string{"《行政许可法》第十三条"}}},
		{"the gist is in own words", func(_ *catalog.Base, it *catalog.Item) { it.Basis[0].Gist = "另一种说法" }, nil, catalog.Deviation{}},
		{"the kind", func(_ *catalog.Base, it *catalog.Item) { it.Type = catalog.TypeConfirm }, nil, catalog.Deviation{Element: "type", Kind: "differs", Base: []string{"01"}, Item: []string{"07"}}},
		{"a condition more", func(_ *catalog.Base, it *catalog.Item) { it.Conditions = append(it.Conditions, "有注册资金") }, nil,
			catalog.Deviation{Element: "conditions", Kind: "more", Item: []string{"有注册资金"}}},
		{"a condition less", func(_ *catalog.Base, it *catalog.Item) { it.Conditions = nil }, nil, catalog.Deviation{Element: "conditions", Kind: "missing", Base: []string{"有固定场所"}}},
		{"a condition less where fewer are allowed", func(_ *catalog.Base, it *catalog.Item) { it.Conditions = nil }, catalog.Locks{"conditions": catalog.LockFewer}, catalog.Deviation{}},
		{"others may apply", func(_ *catalog.Base, it *catalog.Item) { it.Audience = []string{"2"} }, nil, catalog.Deviation{Element: "audience", Kind: "differs", Base: []string{"1"}, Item: []string{"2"}}},
		{"another road", func(_ *catalog.Base, it *catalog.Item) { it.Steps[0].Slot = "check" }, nil, catalog.Deviation{Element: "procedure", Kind: "differs", Base: []string{"review"}, Item: []string{"check"}}},
		{"a material more", func(_ *catalog.Base, it *catalog.Item) {
			it.Materials = append(it.Materials, catalog.Material{ID: "m2", Name: "户口簿", Necessity: "2"})
		}, nil, catalog.Deviation{Element: "materials", Kind: "more", Item: []string{"户口簿"}}},
		{"a material that only some bring asked of everybody", func(_ *catalog.Base, it *catalog.Item) {
			it.Materials = append(it.Materials, catalog.Material{ID: "m2", Name: "授权委托书", Necessity: "1"})
		}, nil, catalog.Deviation{Element: "materials", Kind: "more", Item: []string{"授权委托书"}}},
		{"the same material of the library under another name", func(b *catalog.Base, it *catalog.Item) {
			b.Materials[0].Library, it.Materials[0].Library, it.Materials[0].Name = "L001", "L001", "工商执照"
		}, nil, catalog.Deviation{}},
		{"a material less", func(_ *catalog.Base, it *catalog.Item) { it.Materials = nil }, nil, catalog.Deviation{}},
		{"a material less where all are the same", func(_ *catalog.Base, it *catalog.Item) { it.Materials = nil }, catalog.Locks{"materials": catalog.LockSame},
			catalog.Deviation{Element: "materials", Kind: "missing", Base: []string{"营业执照", "授权委托书"}}},
		{"a longer statutory limit", func(_ *catalog.Base, it *catalog.Item) { it.StatutoryLimit.Value = 30 }, nil,
			catalog.Deviation{Element: "limit", Kind: "longer", Base: []string{"20 workday"}, Item: []string{"30 workday"}}},
		{"a shorter statutory limit", func(_ *catalog.Base, it *catalog.Item) { it.StatutoryLimit.Value = 10 }, nil,
			catalog.Deviation{Element: "limit", Kind: "differs", Base: []string{"20 workday"}, Item: []string{"10 workday"}}},
		{"a shorter statutory limit where it may be", func(_ *catalog.Base, it *catalog.Item) { it.StatutoryLimit.Value = 10 }, catalog.Locks{"limit": catalog.LockShorter}, catalog.Deviation{}},
		{"a shorter promise", func(_ *catalog.Base, it *catalog.Item) { it.PromisedLimit.Value = 1 }, nil, catalog.Deviation{}},
		{"a longer promise", func(_ *catalog.Base, it *catalog.Item) { it.PromisedLimit.Value = 21 }, nil,
			catalog.Deviation{Element: "promise", Kind: "longer", Base: []string{"20 workday"}, Item: []string{"21 workday"}}},
		{"another result", func(_ *catalog.Base, it *catalog.Item) { it.Result.Name = "批复" }, nil, catalog.Deviation{Element: "result", Kind: "differs", Base: []string{"测试许可证"}, Item: []string{"批复"}}},
		{"another result where it is free", func(_ *catalog.Base, it *catalog.Item) { it.Result.Name = "批复" }, catalog.Locks{"result": catalog.LockFree}, catalog.Deviation{}},
		{"a lock that the element does not have counts as ours", func(_ *catalog.Base, it *catalog.Item) { it.Type = "10" }, catalog.Locks{"type": catalog.LockFree},
			catalog.Deviation{Element: "type", Kind: "differs", Base: []string{"01"}, Item: []string{"10"}}},
		{"in another body's name", func(b *catalog.Base, it *catalog.Item) { b.Bodies, it.Body = []string{"A", "B"}, "C" }, nil,
			catalog.Deviation{Element: "body", Kind: "differs", Base: []string{"A", "B"}, Item: []string{"C"}}},
		{"in the name of one of several", func(b *catalog.Base, it *catalog.Item) { b.Bodies, it.Body = []string{"A", "B"}, "B" }, nil, catalog.Deviation{}},
		{"in whoever's name where it is free", func(b *catalog.Base, it *catalog.Item) { b.Bodies, it.Body = []string{"A"}, "C" }, catalog.Locks{"body": catalog.LockFree}, catalog.Deviation{}},
		{"what the base leaves open binds nobody", func(b *catalog.Base, it *catalog.Item) {
			*b = catalog.Base{Code: b.Code, Name: b.Name, Type: b.Type}
			it.Conditions, it.Audience, it.Result.Name = nil, nil, "批复"
		}, nil, catalog.Deviation{}},
	}
	for _, tt := range tests {
		b, it := based()
		tt.edit(b, it)
		got := catalog.Deviations(b, it, tt.locks)
		if tt.want.Element == "" {
			if len(got) > 0 {
				t.Errorf("%s: %v", tt.name, got)
			}
			continue
		}
		if len(got) != 1 || !reflect.DeepEqual(got[0], tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if left := catalog.Deviations(b, catalog.Conform(b, it, tt.want.Element, tt.locks), tt.locks); len(left) > 0 {
			t.Errorf("%s: put right, and still %v", tt.name, left)
		}
	}
}

// What answers did to a material that is gone is gone with it, and the item that was given stays as it was.
func TestConformLeavesNoLooseEnds(t *testing.T) {
	t.Parallel()
	b, it := based()
	it.Materials = append(it.Materials, catalog.Material{ID: "m2", Name: "户口簿", Necessity: "2"})
	it.Situations = []catalog.Situation{{ID: "q1", Question: "是本人办吗？", Options: []catalog.Option{
		{Value: "a", Label: "是", Effects: []catalog.Effect{{Op: catalog.OpDropMaterial, Target: "m2"}, {Op: catalog.OpRequireMaterial, Target: "m1"}}}, {Value: "b", Label: "不是"},
	}}}
	out := catalog.Conform(b, it, catalog.ElementMaterials, nil)
	if e := out.Situations[0].Options[0].Effects; len(e) != 1 || e[0].Target != "m1" || len(out.Materials) != 1 {
		t.Errorf("effects %v, materials %v", e, out.Materials)
	}
	if e := it.Situations[0].Options[0].Effects; len(e) != 2 || len(it.Materials) != 2 {
		t.Error("the item that was given has changed")
	}
}

// TestConformIsExact: of whatever base and item, conforming an element removes its deviation, leaves the others as they
// are and makes none; after all elements nothing is left, and the item that was given is the same.
func TestConformIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, it, locks := drawBase(t), drawItem(t), drawLocks(t)
		before, err := copyOf(it)
		if err != nil {
			t.Fatal(err)
		}
		was := catalog.Deviations(b, it, locks)
		all := it
		for _, e := range catalog.Elements() {
			left := catalog.Deviations(b, catalog.Conform(b, it, e, locks), locks)
			want := slices.DeleteFunc(slices.Clone(was), func(d catalog.Deviation) bool { return d.Element == e })
			if !reflect.DeepEqual(left, want) && len(left)+len(want) > 0 {
				t.Fatalf("%s: left %v, want %v", e, left, want)
			}
			all = catalog.Conform(b, all, e, locks)
		}
		if left := catalog.Deviations(b, all, locks); len(left) > 0 {
			t.Fatalf("after all of them: %v", left)
		}
		if now, _ := copyOf(it); now != before {
			t.Fatal("the item that was given has changed")
		}
		if out := catalog.Conform(b, it, "no such element", locks); !reflect.DeepEqual(out, it) {
			t.Fatal("an element that is none changed the item")
		}
	})
}

func drawLocks(t *rapid.T) catalog.Locks {
	l := catalog.Locks{}
	for _, e := range catalog.Elements() {
		l[e] = rapid.SampledFrom(append(catalog.LocksFor(e), "", "nonsense")).Draw(t, string(e))
	}
	return l
}

var (
	someTexts  = rapid.SampledFrom([]string{"", "甲", "乙", "乙。", "丙 ", "Ａ", "A"})
	someLists  = rapid.SliceOfN(someTexts, 0, 4)
	someSlots  = rapid.SliceOfN(rapid.SampledFrom([]string{"accept", "review", "decide", "check", ""}), 0, 5)
	someLimits = rapid.Custom(func(t *rapid.T) catalog.Limit {
		return catalog.Limit{Value: rapid.IntRange(0, 40).Draw(t, "value"), Unit: rapid.SampledFrom([]string{"workday", "day", "month", "hour", "minute", ""}).Draw(t, "unit")}
	})
	someBasis = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) catalog.Basis {
		return catalog.Basis{Law: someTexts.Draw(t, "law"), Article: someTexts.Draw(t, "article")}
	}), 0, 3)
	someCodes = rapid.SampledFrom([]string{"", "370101001000", "370107001000", "12"})
	libraries = rapid.SampledFrom([]string{"", "L1", "L2"})
)

func drawBase(t *rapid.T) *catalog.Base {
	return &catalog.Base{
		Code: someCodes.Draw(t, "base code"), Name: someTexts.Draw(t, "base name"), Type: someTexts.Draw(t, "base type"), Basis: someBasis.Draw(t, "base basis"),
		Audience: someLists.Draw(t, "base audience"), Conditions: someLists.Draw(t, "base conditions"), Procedure: someSlots.Draw(t, "base procedure"),
		StatutoryLimit: someLimits.Draw(t, "base limit"), Result: someTexts.Draw(t, "base result"), Bodies: someLists.Draw(t, "base bodies"),
		Materials: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) catalog.BaseMaterial {
			return catalog.BaseMaterial{Name: someTexts.Draw(t, "name"), Required: rapid.Bool().Draw(t, "required"), Library: libraries.Draw(t, "library")}
		}), 0, 4).Draw(t, "base materials"),
	}
}

func drawItem(t *rapid.T) *catalog.Item {
	ids := rapid.SampledFrom([]string{"m1", "m2", "s1", "s2", ""})
	effects := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) catalog.Effect {
		return catalog.Effect{Op: rapid.SampledFrom([]string{catalog.OpRequireMaterial, catalog.OpDropMaterial, catalog.OpSkipStep, catalog.OpHideField}).Draw(t, "op"), Target: ids.Draw(t, "target")}
	}), 0, 3)
	it := &catalog.Item{
		Name: someTexts.Draw(t, "name"), MainItem: someTexts.Draw(t, "main"), SubItem: someTexts.Draw(t, "sub"), Type: someTexts.Draw(t, "type"),
		BaseCode: someCodes.Draw(t, "code"), Basis: someBasis.Draw(t, "basis"), Audience: someLists.Draw(t, "audience"), Conditions: someLists.Draw(t, "conditions"),
		StatutoryLimit: someLimits.Draw(t, "limit"), PromisedLimit: someLimits.Draw(t, "promise"), Result: catalog.Result{Name: someTexts.Draw(t, "result")},
		Body:          someTexts.Draw(t, "body"),
		ImplementCode: rapid.SampledFrom([]string{"", "11370828MB286029024000101002000", "11370828MB286029024370101001000", "short"}).Draw(t, "implement"),
		HandleCode:    rapid.SampledFrom([]string{"", "11370828MB28602902437010100100001", "11370828MB28602902400010100200007", "short"}).Draw(t, "handle"),
		Situations:    []catalog.Situation{{ID: "q", Options: []catalog.Option{{Value: "a", Effects: effects.Draw(t, "effects")}}}},
		Rules:         []catalog.Rule{{ID: "r", Effects: effects.Draw(t, "rule effects")}},
	}
	for range rapid.IntRange(0, 4).Draw(t, "materials") {
		it.Materials = append(it.Materials, catalog.Material{
			ID: ids.Draw(t, "id"), Name: someTexts.Draw(t, "material"), Necessity: rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "necessity"), Library: libraries.Draw(t, "material library"),
		})
	}
	for i, slot := range someSlots.Draw(t, "steps") {
		it.Steps = append(it.Steps, catalog.Step{ID: rapid.SampledFrom([]string{"s1", "s2", "s9"}).Draw(t, "step"), Slot: slot, Days: i})
	}
	return it
}
