package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
)

// TestNoPromiseEndsAfterTheStatute: what counts alike by its number, days and working days by where they end.
func TestNoPromiseEndsAfterTheStatute(t *testing.T) {
	t.Parallel()
	limit := func(value int, unit string) catalog.Limit { return catalog.Limit{Value: value, Unit: unit} }
	const minute, hour, work, day, month = catalog.Minute, catalog.Hour, catalog.Workday, catalog.Day, catalog.Month
	for _, tt := range []struct {
		statute, promise catalog.Limit
		refused          bool
	}{
		{limit(20, work), limit(20, work), false},
		{limit(20, work), limit(21, work), true},
		{limit(8, hour), limit(15, hour), true},
		{limit(1, minute), limit(2, minute), true},
		{limit(1, work), limit(8, hour), false},
		{limit(1, work), limit(9, hour), true},
		{limit(28, day), limit(29, day), true},
		{limit(1, day), limit(2, day), true},
		{limit(28, day), limit(20, work), false},
		{limit(27, day), limit(20, work), true},
		{limit(7, day), limit(2, work), false},
		{limit(1, month), limit(21, work), true}, // in a February
		{limit(1, month), limit(20, work), false},
		{limit(20, work), limit(1, month), true},
		{limit(30, day), limit(1, month), true},
		{limit(0, ""), limit(21, work), true}, // 行政许可法 42¶1
		{limit(0, ""), limit(20, work), false},
	} {
		it := &catalog.Item{Type: catalog.TypeLicence, StatutoryLimit: tt.statute, PromisedLimit: tt.promise}
		got := slices.ContainsFunc(it.Wrong(), func(w catalog.Wrong) bool { return w.Code == "catalog.item.promise" })
		if got != tt.refused {
			t.Errorf("%+v promised under %+v: refused %v", tt.promise, tt.statute, got)
		}
	}
}

// TestXKF42WithoutAStatuteALicenceTakesTwentyDays: forty-five where several units handle it; other kinds have no such limit.
func TestXKF42WithoutAStatuteALicenceTakesTwentyDays(t *testing.T) {
	t.Parallel()
	flawed := func(it *catalog.Item) bool {
		return slices.ContainsFunc(it.Flaws(), func(f catalog.Flaw) bool { return f.Rule == "licence_over_law" })
	}
	it := &catalog.Item{Type: catalog.TypeLicence, StatutoryLimit: catalog.Limit{Value: 60, Unit: catalog.Workday}}
	for basis, want := range map[string]bool{
		"": true, "导入时未提供": true, "有关规定": true, "烟花爆竹安全管理条例 第十九条": false, "《建筑法》第8条": false,
	} {
		it.StatutoryLimit.Basis = basis
		if flawed(it) != want {
			t.Errorf("sixty days by %q: flawed %v", basis, !want)
		}
	}
	it.StatutoryLimit = catalog.Limit{Value: 45, Unit: catalog.Workday}
	if it.Modes.Joint = true; flawed(it) {
		t.Error("forty-five days of several units need a statute")
	}
}
