package catalog_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var withJobs = append(slices.Clone(schemas), dbtest.Schema{Module: "job", Files: job.Schema})

// busCard, socialCard and disabilityCard are the bases that the sample city leaves, each at one level.
const (
	busCard        = "372099002000"
	socialCard     = "372099010000"
	disabilityCard = "370799001000"
)

func baseOf(t *testing.T, s *catalog.Service, code string) (b catalog.Base, number int) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) error {
		now, n, err := s.Base(tx, code)
		if err == nil {
			b, number = *now, n
		}
		return err
	})
	return b, number
}

func conformity(t *testing.T, s *catalog.Service) (c catalog.Conformity) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) (err error) { c, err = s.Conformity(tx); return err })
	return c
}

// check runs the part of verify and returns how many items it compared with the base catalogue.
func check(t *testing.T, s *catalog.Service) int {
	t.Helper()
	looked := map[string]int{}
	read(t, s.DB, func(tx *db.Tx) error { return s.Module().Check(tx, func(what string, n int) { looked[what] += n }) })
	return looked["items compared with the base item that they name"]
}

func TestPutBase(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var kept []string
		catalog.Upgraded(t, s).Log = func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			kept = append(kept, act+" "+about)
			return catalog.LedgerLog(tx, who, act, about, facts)
		}
		b, on := baseOf(t, s, busCard)
		if err := s.PutBase(t.Context(), auth.Actor{}, on, b, "依据某文件"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		bad := b
		bad.Name, bad.Type, bad.UseLevels, bad.From, bad.Until = "", "01", []string{"8"}, "2026-02-01", "2026-01-01"
		if err := s.PutBase(t.Context(), keeper, on, bad, "短"); !fault.Is(err, fault.Invalid) || !hasFields(err, "name", "type", "use_levels", "from", "why") {
			t.Errorf("what is wrong: %v", err)
		}
		b.StatutoryLimit.Value = 1
		for range 2 { // the double click
			if err := s.PutBase(t.Context(), keeper, on, b, "依据《云川市办卡规定》"); err != nil {
				t.Fatal(err)
			}
		}
		other := b
		other.Name = "乘车卡"
		if err := s.PutBase(t.Context(), keeper, on, other, "改名的理由"); !fault.Is(err, fault.Stale) {
			t.Errorf("on what is no longer in force: %v", err)
		}
		if now, n := baseOf(t, s, busCard); n != 2 || now.StatutoryLimit.Value != 1 || now.Name != "免费乘车卡" {
			t.Errorf("in force: version %d %+v", n, now)
		}
		read(t, d, func(tx *db.Tx) error {
			all, err := s.BaseVersions(tx, busCard, 0, 10)
			if err != nil || len(all) != 2 || all[0].Why != "依据《云川市办卡规定》" || all[0].Who != keeper.Name || all[1].Base.StatutoryLimit.Value != 5 {
				t.Errorf("versions: %+v, %v", all, err)
			}
			older, err := s.BaseVersions(tx, busCard, 2, 10)
			if err != nil || len(older) != 1 || older[0].Number != 1 {
				t.Errorf("before the second: %+v, %v", older, err)
			}
			// Every implementation promises two working days now, where one is the most.
			list, _, err := s.Implementations(tx, busCard, "", 10)
			if err != nil || len(list) != 4 {
				t.Fatalf("implementations: %+v, %v", list, err)
			}
			for _, x := range list {
				if len(x.Deviations) != 2 || x.Deviations[0].Element != catalog.ElementLimit || x.Deviations[1].Element != catalog.ElementPromise || x.Off != 2 {
					t.Errorf("%s: %+v", x.Code, x.Deviations)
				}
			}
			return nil
		})
		if !slices.Equal(kept, []string{"catalog.base_put catalog.base:" + busCard}) {
			t.Errorf("evidence: %v", kept)
		}
		if n := check(t, s); n != 70 {
			t.Errorf("looked at %d items", n)
		}
		// The same package again does not undo what was changed on the page.
		if r, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil || r.Changed > 0 {
			t.Fatalf("loaded again: %+v, %v", r, err)
		}
		if _, n := baseOf(t, s, busCard); n != 2 {
			t.Errorf("the package undid the change: version %d", n)
		}
	})
}

func hasFields(err error, names ...string) bool {
	var e *fault.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, n := range names {
		if e.Fields[n] == "" {
			return false
		}
	}
	return true
}

// Many officers at once: one change comes through, the others are told, and no version is lost or doubled.
func TestPutBaseAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		b, on := baseOf(t, s, socialCard)
		var wg sync.WaitGroup
		outcome := make([]error, 6)
		for i := range outcome {
			wg.Go(func() {
				mine := b
				mine.LocalCode = fmt.Sprintf("YC-%d", i)
				outcome[i] = s.PutBase(t.Context(), keeper, on, mine, "登记地方编码")
			})
		}
		wg.Wait()
		done := 0
		for _, err := range outcome {
			switch {
			case err == nil:
				done++
			case !fault.Is(err, fault.Stale):
				t.Error(err)
			}
		}
		if _, n := baseOf(t, s, socialCard); done != 1 || n != 2 {
			t.Errorf("%d came through, version %d", done, n)
		}
	})
}

func TestBasesInLists(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			if n, err := s.CountBases(tx); n != 53 || err != nil {
				t.Errorf("%d bases, %v", n, err)
			}
			var walked []string
			for after := ""; ; {
				list, next, err := s.Bases(tx, catalog.BaseFilter{}, after, 7)
				if err != nil {
					return err
				}
				for _, e := range list {
					walked = append(walked, e.Code)
				}
				if after = next; next == "" {
					break
				}
			}
			if len(walked) != 53 || !slices.IsSorted(walked) || len(slices.Compact(walked)) != 53 {
				t.Errorf("walked %d", len(walked))
			}
			for text, want := range map[string]int{"乘车": 1, "3720990": 10, "100%": 0, "_": 0, "种子": 2} {
				if list, _, err := s.Bases(tx, catalog.BaseFilter{Text: text}, "", 100); err != nil || len(list) != want {
					t.Errorf("%q: %d, %v", text, len(list), err)
				}
			}
			list, _, err := s.Bases(tx, catalog.BaseFilter{Type: catalog.TypePublic, Text: "卡"}, "", 100)
			if err != nil || len(list) != 2 || list[0].Items != 4 || list[0].Off != 1 {
				t.Errorf("cards: %+v, %v", list, err)
			}
			if _, _, err := s.Base(tx, "000000000000"); !fault.Is(err, fault.Unknown) {
				t.Errorf("no such base: %v", err)
			}
			return nil
		})
	})
}

func TestCodesAreMade(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			for _, tt := range []struct{ source, kind, main, want string }{
				{"37", "01", "", "370199053000"}, {"37", "05", "", "370599003000"}, {"00", "01", "", "000100001000"}, {"", "", "370199001000", "370199001001"},
			} {
				if code, err := s.NextBaseCode(tx, tt.source, tt.kind, tt.main); code != tt.want || err != nil {
					t.Errorf("%+v: %s, %v", tt, code, err)
				}
			}
			if _, err := s.NextBaseCode(tx, "3", "01", ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("a source of one digit: %v", err)
			}
			if _, err := s.NextBaseCode(tx, "", "", "370199001001"); !fault.Is(err, fault.Invalid) {
				t.Errorf("below a sub-item: %v", err)
			}
			if _, _, err := s.NextItemCodes(tx, "SPJ", "3", "370199001000"); fault.Code(err) != "catalog.code.no_body" {
				t.Errorf("without credit codes: %v", err)
			}
			s.USCC = func(_ *db.Tx, unit string) (string, error) {
				return map[string]string{"SPJ-SY": "113799009901Y1710E", "WRONG": "113799009901Y1710A"}[unit], nil
			}
			impl, handle, err := s.NextItemCodes(tx, "SPJ-SY", "3", "370199001000") // new, change and renewal are there
			if impl != "113799009901Y1710E3370199001000" || handle != impl+"04" || err != nil {
				t.Errorf("codes: %s %s, %v", impl, handle, err)
			}
			impl, handle, err = s.NextItemCodes(tx, "SPJ-SY", "4", "370199001000")
			if handle != impl+"01" || err != nil {
				t.Errorf("first of a level: %s %s, %v", impl, handle, err)
			}
			if _, _, err := s.NextItemCodes(tx, "nobody", "3", "370199001000"); fault.Code(err) != "catalog.code.no_body" {
				t.Errorf("no credit code: %v", err)
			}
			if _, _, err := s.NextItemCodes(tx, "WRONG", "3", "370199001000"); !fault.Is(err, fault.Invalid) {
				t.Errorf("a credit code that is none: %v", err)
			}
			return nil
		})
	})
}

// The sample city leaves its base catalogue in three places, and in no other.
func TestMatrix(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if c := conformity(t, s); c != (catalog.Conformity{Items: 70, Off: 3, Deviations: 3}) {
			t.Errorf("%+v", c)
		}
		read(t, d, func(tx *db.Tx) error {
			rows, next, err := s.DeviationMatrix(tx, catalog.DeviationFilter{}, "", 2)
			if err != nil || len(rows) != 2 || next != rows[1].Code || rows[0].Code != disabilityCard || rows[0].Name != "残疾人证" {
				t.Fatalf("first page: %+v %s, %v", rows, next, err)
			}
			town := rows[0].Levels[catalog.LevelTownship]
			if town.Items != 1 || town.Off != 1 || town.Elements[catalog.ElementMaterials] != 1 || rows[0].Levels[catalog.LevelCity].Off != 0 || rows[0].Levels[catalog.LevelVillage].Items != 1 {
				t.Errorf("levels: %+v", rows[0].Levels)
			}
			rows, next, err = s.DeviationMatrix(tx, catalog.DeviationFilter{}, next, 2)
			if err != nil || len(rows) != 1 || next != "" || rows[0].Code != socialCard {
				t.Errorf("second page: %+v, %v", rows, err)
			}
			for _, tt := range []struct {
				f    catalog.DeviationFilter
				want int
			}{
				{catalog.DeviationFilter{Element: catalog.ElementLimit}, 1}, {catalog.DeviationFilter{Level: catalog.LevelCity}, 0},
				{catalog.DeviationFilter{Unit: "T901001"}, 1}, {catalog.DeviationFilter{Level: catalog.LevelVillage, All: true}, 6},
				{catalog.DeviationFilter{All: true}, 49}, {catalog.DeviationFilter{Element: "nonsense"}, 0},
			} {
				if rows, _, err := s.DeviationMatrix(tx, tt.f, "", 100); err != nil || len(rows) != tt.want {
					t.Errorf("%+v: %d, %v", tt.f, len(rows), err)
				}
			}
			first, next, err := s.Implementations(tx, busCard, "", 3)
			if err != nil || len(first) != 3 || next == "" || first[1].Level != catalog.LevelCounty || len(first[1].Deviations) != 1 {
				t.Errorf("implementations: %+v %s, %v", first, next, err)
			}
			last, next, err := s.Implementations(tx, busCard, next, 3)
			if err != nil || len(last) != 1 || next != "" || last[0].Level != catalog.LevelVillage {
				t.Errorf("the rest: %+v, %v", last, err)
			}
			return nil
		})
	})
}

// What is put right goes into a draft that another person reviews; the same click twice is one.
func TestFix(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if _, err := s.Fix(t.Context(), auth.Actor{}, "wh-free-bus-card", catalog.ElementLimit, "一致"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		if _, err := s.Fix(t.Context(), officer, "wh-free-bus-card", "nonsense", "一致"); !fault.Is(err, fault.Unknown) {
			t.Errorf("no such element: %v", err)
		}
		if _, err := s.Fix(t.Context(), officer, "nothing", catalog.ElementLimit, "一致"); !fault.Is(err, fault.Unknown) {
			t.Errorf("no such item: %v", err)
		}
		for i, fix := range []struct {
			code string
			e    catalog.Element
		}{{"wh-free-bus-card", catalog.ElementLimit}, {"wh-town-disability-card", catalog.ElementMaterials}, {"wh-village-social-card-apply", catalog.ElementName}} {
			var drafts []*catalog.Change
			for range 2 { // the double click
				c, err := s.Fix(t.Context(), officer, fix.code, fix.e, "与基本目录一致")
				if err != nil {
					t.Fatal(err)
				}
				drafts = append(drafts, c)
			}
			if drafts[0].ID != drafts[1].ID || drafts[0].Lock != drafts[1].Lock {
				t.Errorf("%s: two clicks made %d and %d", fix.code, drafts[0].ID, drafts[1].ID)
			}
			if c := conformity(t, s); c.Deviations != 3-i {
				t.Errorf("%s was published without being agreed to: %+v", fix.code, c)
			}
			approved(t, s, drafts[0])
			if c := conformity(t, s); c.Deviations != 2-i {
				t.Errorf("after %s: %+v", fix.code, c)
			}
			read(t, d, func(tx *db.Tx) error {
				it, err := s.Current(tx, fix.code)
				if err == nil && (it.Version != 2 || len(it.Flaws()) > 0) {
					t.Errorf("%s: version %d, %v", fix.code, it.Version, it.Flaws())
				}
				return err
			})
			if c, err := s.Fix(t.Context(), officer, fix.code, fix.e, "一致"); err != nil || c != nil {
				t.Errorf("%s agrees and got the draft %v, %v", fix.code, c, err)
			}
		}
		// A road that lacks a station wants a post and days: no click gives them.
		b, on := baseOf(t, s, busCard)
		b.Procedure = append(b.Procedure, "check")
		if err := s.PutBase(t.Context(), keeper, on, b, "增加现场核查"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Fix(t.Context(), officer, "wh-free-bus-card", catalog.ElementProcedure, "与基本目录一致"); fault.Code(err) != "catalog.fix.by_hand" {
			t.Errorf("the road: %v", err)
		}
	})
}

func TestSetLocks(t *testing.T) {
	dbtest.Each(t, withJobs, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		free := catalog.Locks{catalog.ElementName: catalog.LockFree, catalog.ElementMaterials: catalog.LockFree}
		if err := s.SetLocks(t.Context(), auth.Actor{}, "37", 0, free, "省级口径"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		if err := s.SetLocks(t.Context(), keeper, "3x", 0, catalog.Locks{catalog.ElementType: catalog.LockFree}, ""); !hasFields(err, "source", "type", "why") {
			t.Errorf("what is wrong: %v", err)
		}
		for range 2 {
			if err := s.SetLocks(t.Context(), keeper, "37", 0, free, "省级口径"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetLocks(t.Context(), keeper, "37", 0, catalog.Locks{}, "改回默认"); !fault.Is(err, fault.Stale) {
			t.Errorf("on what is no longer in force: %v", err)
		}
		if c := conformity(t, s); c.Deviations != 1 {
			t.Errorf("%+v", c)
		}
		read(t, d, func(tx *db.Tx) error {
			l, n, err := s.LocksOf(tx, "37")
			if n != 1 || l.Of(catalog.ElementName) != catalog.LockFree || l.Of(catalog.ElementLimit) != catalog.LockSame {
				t.Errorf("locks: %d %v", n, l)
			}
			all, err2 := s.LockChanges(tx, "37", 0, 10)
			if len(all) != 1 || all[0].Why != "省级口径" {
				t.Errorf("changes: %+v", all)
			}
			return errors.Join(err, err2)
		})
		if err := s.SetLocks(t.Context(), keeper, "37", 1, catalog.Locks{}, "改回默认"); err != nil {
			t.Fatal(err)
		}
		if c := conformity(t, s); c.Deviations != 3 {
			t.Errorf("%+v", c)
		}
		check(t, s)
	})
}

// partOf is a package of some files of the sample city's.
func partOf(t *testing.T, patterns ...string) fstest.MapFS {
	t.Helper()
	pack := fstest.MapFS{}
	for _, pattern := range patterns {
		names, err := fs.Glob(yunchuan(t), pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(yunchuan(t), name)
			if err != nil {
				t.Fatal(err)
			}
			pack[name] = &fstest.MapFile{Data: text}
		}
	}
	return pack
}

// A base that hundreds carry out is compared in batches, the first at once and the others by jobs.
func TestManyImplementations(t *testing.T) {
	dbtest.Each(t, withJobs, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		pack := partOf(t, "flows.yaml", "standards.yaml", "materials.yaml", "forms/*", "base.yaml", "items/social-card-apply.yaml")
		const many = 230
		for i := range many {
			code := fmt.Sprintf("v%03d", i)
			pack["items/"+code+".yaml"] = &fstest.MapFile{Data: []byte("id: " + code + "\nlike: social-card-apply\nuse_level: '6'\ncodes: {implement_code: '', handle_code: ''}\n")}
		}
		if r, err := s.LoadPackage(t.Context(), pack); err != nil || r.Added != many+1 {
			t.Fatalf("%+v, %v", r, err)
		}
		b, on := baseOf(t, s, socialCard)
		b.Result = "社保卡"
		if err := s.PutBase(t.Context(), keeper, on, b, "统一结果名称"); err != nil {
			t.Fatal(err)
		}
		if c := conformity(t, s); c.Off != 100 {
			t.Errorf("at once: %+v", c)
		}
		runner := &job.Runner{DB: d}
		runner.Register(s.Module().Jobs...)
		for range 2 {
			if n, err := runner.Once(t.Context()); n != 1 || err != nil {
				t.Fatalf("%d jobs, %v", n, err)
			}
		}
		if n, _ := runner.Once(t.Context()); n != 0 {
			t.Errorf("%d jobs left", n)
		}
		if c := conformity(t, s); c.Off != many+1 {
			t.Errorf("in the end: %+v", c)
		}
		check(t, s)
	})
}

// A package may say what an item is like; what is like itself, or like what is like another, is refused.
func TestLike(t *testing.T) {
	t.Parallel()
	pack := partOf(t, "flows.yaml", "standards.yaml", "materials.yaml", "forms/*", "items/elder-card.yaml")
	elder := pack["items/elder-card.yaml"]
	elder.Data = []byte(strings.Replace(string(elder.Data), "suggest_item, target: free-bus-card", "drop_material, target: m3", 1))
	for name, text := range map[string]string{
		"items/a.yaml": "id: a\nlike: elder-card\nconditions: [年满65周岁]\n", "items/b.yaml": "id: b\nlike: a\n",
		"items/c.yaml": "id: c\nlike: c\n", "items/d.yaml": "id: d\nlike: ../d\n",
		"base.yaml": "bases:\n  - {code: '370199001000', name: 甲, type: '05'}\n  - {code: '370199002000', name: 乙, type: '01'}\n" +
			"  - {code: '370199002000', name: 丙, type: '01'}\n  - {code: '370199003001', name: 丁, type: '01', main: '370199003000'}\n",
	} {
		pack[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := catalog.ReadPackage(pack)
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, r := range p.Refused {
		refused = append(refused, r.Name+" "+r.Code)
	}
	slices.Sort(refused)
	want := []string{"b catalog.package.unreadable", "c catalog.package.unreadable", "d catalog.package.unreadable", "丁 catalog.base.main", "丙 catalog.base.twice", "甲 catalog.base.type"}
	if !slices.Equal(refused, want) {
		t.Errorf("refused %q", refused)
	}
	if len(p.Bases) != 1 || len(p.Items) != 2 || p.Items[0].Code != "a" || !slices.Equal(p.Items[0].Conditions, []string{"年满65周岁"}) || len(p.Items[0].Materials) != 5 {
		t.Errorf("%d bases, items %+v", len(p.Bases), p.Items)
	}
}

// The check notices what is kept wrongly.
func TestCheckOfDeviations(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		check(t, s)
		for _, damage := range []string{
			`DELETE FROM catalog_deviation WHERE element = 'name'`,
			`UPDATE catalog_deviation SET element = 'result' WHERE element = 'limit'`,
			`UPDATE catalog_base SET version = (SELECT version FROM catalog_base WHERE code = '` + disabilityCard + `') WHERE code = '` + busCard + `'`,
		} {
			back := errors.New("thrown away")
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if err := tx.Exec(damage); err != nil {
					return err
				}
				if s.Module().Check(tx, func(string, int) {}) == nil {
					t.Errorf("nobody noticed %s", damage)
				}
				return back
			})
			if !errors.Is(err, back) {
				t.Fatal(err)
			}
		}
	})
}
