package catalog_test

import (
	"slices"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// The people of these tests: two officers who keep and review, and one who may only keep.
var (
	officer  = auth.Actor{ID: 71, Staff: 7, Kind: auth.Staff, Name: "李事", Rights: []string{catalog.Keep, catalog.Review}}
	reviewer = auth.Actor{ID: 81, Staff: 8, Kind: auth.Staff, Name: "邵核", Rights: []string{catalog.Keep, catalog.Review}}
	keeps    = auth.Actor{ID: 91, Staff: 9, Kind: auth.Staff, Name: "钟录", Rights: []string{catalog.Keep}}
)

const foodItem = "food-operation-new"

// shorter is an edit: another promise and a deferrable paper.
func shorter(it *catalog.Item) error {
	it.PromisedLimit.Value = 4
	for i := range it.Steps {
		if it.Steps[i].Clock == "statutory" {
			it.Steps[i].Days = 1
		}
	}
	return nil
}

func current(t *testing.T, s *catalog.Service, code string) (it *catalog.Item) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) (err error) { it, err = s.Current(tx, code); return err })
	return it
}

func change(t *testing.T, s *catalog.Service, id int64) (c *catalog.Change) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) (err error) { c, err = s.Change(tx, id); return err })
	return c
}

// proposed is a change of the food item, submitted by the officer.
func proposed(t *testing.T, s *catalog.Service, key string, edit func(*catalog.Item) error) *catalog.Change {
	t.Helper()
	c, err := s.Propose(t.Context(), officer, key, foodItem)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, edit); err != nil {
		t.Fatal(err)
	}
	submitted, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "省里要求再压减")
	if err != nil {
		var wrong []catalog.Wrong
		read(t, s.DB, func(tx *db.Tx) (err error) { wrong, err = s.Problems(tx, c); return err })
		t.Fatalf("submit: %v %+v", err, wrong)
	}
	return submitted
}

// approved brings a draft in force today: its author submits it, the reviewer approves.
func approved(t *testing.T, s *catalog.Service, c *catalog.Change) *catalog.Change {
	t.Helper()
	author := officer
	author.Staff = c.Author.Staff
	c, err := s.Submit(t.Context(), author, c.ID, c.Lock, "按上级要求调整")
	if err != nil {
		t.Fatal(err)
	}
	if c, err = s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(s.DB), ""); err != nil {
		t.Fatal(err)
	}
	return c
}

func today(d *db.DB) calendar.Date { return calendar.DateOf(d.Now()) }

func TestAChangeGoesThroughAnotherPerson(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var acts []string
		s.Log = func(_ *db.Tx, who auth.Actor, act, about string, _ any) error {
			acts = append(acts, act+" "+who.Name)
			return nil
		}
		was := current(t, s, foodItem)
		c := proposed(t, s, "k1", shorter)
		if now := current(t, s, foodItem); now.Version != was.Version || c.State != catalog.ChangeSubmitted {
			t.Fatalf("a draft is in force: version %d, %s", now.Version, c.State)
		}
		if again, err := s.Submit(t.Context(), officer, c.ID, c.Lock-1, "省里要求再压减"); err != nil || again.Lock != c.Lock {
			t.Errorf("the double click: %v", err)
		}
		if _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := s.Approve(t.Context(), officer, c.ID, c.Lock, today(d), ""); fault.Code(err) != "catalog.change.own" {
			t.Errorf("who edited it approved it: %v", err)
		}
		if _, err := s.Approve(t.Context(), keeps, c.ID, c.Lock, today(d), ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("approved without the right: %v", err)
		}
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d)-1, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("in force yesterday: %v", err)
		}
		for range 2 { // the double click
			done, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), "同意")
			if err != nil || done.State != catalog.ChangeInForce {
				t.Fatalf("%+v, %v", done, err)
			}
		}
		now := current(t, s, foodItem)
		if now.Version != was.Version+1 || now.PromisedLimit.Value != 4 || was.PromisedLimit.Value == 4 {
			t.Errorf("in force is version %d with %+v", now.Version, now.PromisedLimit)
		}
		if now.FlowHash == was.FlowHash {
			t.Error("other days of steps, and the drawing is the old one")
		}
		read(t, d, func(tx *db.Tx) error {
			for _, hash := range now.FlowHashes {
				if _, err := s.Flow(tx, hash); err != nil {
					return err
				}
			}
			return nil
		})
		want := []string{"catalog.change_proposed 李事", "catalog.change_edited 李事", "catalog.change_submit 李事", "catalog.change_approve 邵核", "catalog.change_enforce "}
		if !slices.Equal(acts, want) {
			t.Errorf("the ledger was told %v", acts)
		}
	})
}

// Everybody who had a hand in it is barred, the last editor and the first alike.
func TestWhoEditedMayNotApprove(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		c := proposed(t, s, "k1", shorter)
		c, err := s.Return(t.Context(), reviewer, c.ID, c.Lock, "再核一下步骤")
		if err != nil || c.State != catalog.ChangeReturned || c.Remark == "" {
			t.Fatalf("%+v, %v", c, err)
		}
		// The reviewer mends it by his own hand: now both are its editors.
		if c, err = s.EditChange(t.Context(), reviewer, c.ID, c.Lock, func(it *catalog.Item) error { it.Keywords = append(it.Keywords, "开饭店"); return nil }); err != nil {
			t.Fatal(err)
		}
		if c, err = s.Submit(t.Context(), officer, c.ID, c.Lock, "理由"); err != nil {
			t.Fatal(err)
		}
		for _, who := range []auth.Actor{officer, reviewer} {
			if _, err := s.Approve(t.Context(), who, c.ID, c.Lock, today(d), ""); fault.Code(err) != "catalog.change.own" {
				t.Errorf("%s approved: %v", who.Name, err)
			}
		}
		third := auth.Actor{ID: 11, Staff: 11, Kind: auth.Staff, Name: "第三", Rights: []string{catalog.Review}}
		if _, err := s.Approve(t.Context(), third, c.ID, c.Lock, today(d), ""); err != nil {
			t.Errorf("the third: %v", err)
		}
	})
}

func TestStaleEditsLoseNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		c, err := s.Propose(t.Context(), officer, "k", foodItem)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Propose(t.Context(), officer, "k", foodItem)
		if err != nil || again.ID != c.ID {
			t.Fatalf("the same key made another draft: %v", err)
		}
		name := func(text string) func(*catalog.Item) error {
			return func(it *catalog.Item) error { it.Name = text; return nil }
		}
		first, err := s.EditChange(t.Context(), officer, c.ID, c.Lock, name("一"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.EditChange(t.Context(), reviewer, c.ID, c.Lock, name("二")); fault.Code(err) != "catalog.change.edited" || !fault.Is(err, fault.Stale) {
			t.Errorf("on a draft that had moved: %v", err)
		}
		same, err := s.EditChange(t.Context(), officer, c.ID, c.Lock, name("一"))
		if err != nil || same.Lock != first.Lock {
			t.Errorf("the double click: %v, lock %d", err, same.Lock)
		}
		// Incomplete may be saved, but not submitted; all that is wrong is said at once.
		broken, err := s.EditChange(t.Context(), officer, c.ID, first.Lock, func(it *catalog.Item) error {
			it.Name, it.Audience, it.Code = "", nil, "another"
			it.Materials = append(it.Materials, catalog.Material{ID: "m99", Name: "其他材料", Kind: "3", Source: "99", Necessity: "1", Form: "1", ReplacedBy: []string{"nothing"}})
			return nil
		})
		if err != nil || broken.Item.Code != foodItem {
			t.Fatalf("%v", err)
		}
		var wrong []catalog.Wrong
		read(t, d, func(tx *db.Tx) (err error) { wrong, err = s.Problems(tx, broken); return err })
		for _, want := range []catalog.Wrong{{Code: "catalog.item.name", Where: "name"}, {Code: "catalog.item.audience", Where: "audience"}, {Code: "catalog.item.certificate", Where: "m99 nothing"}, {Code: "catalog.rule.vague_material", Where: "其他材料"}} {
			if !slices.Contains(wrong, want) {
				t.Errorf("not told: %+v in %+v", want, wrong)
			}
		}
		if _, err := s.Submit(t.Context(), officer, c.ID, broken.Lock, "理由"); fault.Code(err) != "catalog.change.problems" {
			t.Errorf("submitted incomplete: %v", err)
		}
		if c := change(t, s, c.ID); c.State != catalog.ChangeDrafted || c.Lock != broken.Lock {
			t.Errorf("what was refused left a trace: %+v", c)
		}
	})
}

func TestANewItem(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if _, err := s.ProposeNew(t.Context(), officer, "k", foodItem, "食品", catalog.TypeLicence, "SPJ-SY"); fault.Code(err) != "catalog.change.code_taken" {
			t.Errorf("a code in use: %v", err)
		}
		c, err := s.ProposeNew(t.Context(), officer, "k2", "tea-house", "茶馆备案", catalog.TypeOther, "SPJ-SY")
		if err != nil || !c.New() {
			t.Fatal(err)
		}
		model := current(t, s, foodItem)
		c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, func(it *catalog.Item) error {
			name, kind, code := it.Name, it.Type, it.Code
			*it = *model
			it.Name, it.Type, it.Code, it.Situations, it.Rules, it.Legal = name, kind, code, nil, nil, catalog.Legal{}
			it.BaseCode, it.ImplementCode, it.HandleCode = "", "", ""
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if c, err = s.Submit(t.Context(), officer, c.ID, c.Lock, "理由"); err != nil {
			t.Fatal(err)
		}
		if _, err = s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		if it := current(t, s, "tea-house"); it.Version != 1 || it.Name != "茶馆备案" {
			t.Errorf("%+v", it)
		}
	})
}

// On its day a change is in force from 00:00 in China; the job may come too early, late or twice.
func TestOnItsDay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 11, 20, 10, 0, 0, 0, calendar.Zone)
		d = d.WithClock(func() time.Time { return now })
		s := loaded(t, d)
		was := current(t, s, foodItem).Version
		c := proposed(t, s, "k", shorter)
		day := today(d) + 3
		c, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, day, "")
		if err != nil || c.State != catalog.ChangeApproved || current(t, s, foodItem).Version != was {
			t.Fatalf("%v, %s", err, c.State)
		}
		for _, at := range []time.Time{now, day.Start().Add(-time.Millisecond)} {
			now = at
			if err := s.Enforce(t.Context(), c.ID); err != nil || current(t, s, foodItem).Version != was {
				t.Fatalf("at %s: %v", at, err)
			}
		}
		now = day.Start().Add(50 * time.Hour) // the program stood still
		for range 2 {
			if err := s.Enforce(t.Context(), c.ID); err != nil {
				t.Fatal(err)
			}
		}
		if v := current(t, s, foodItem).Version; v != was+1 {
			t.Errorf("version %d after %d", v, was)
		}
		read(t, d, func(tx *db.Tx) error {
			list, err := s.Versions(tx, foodItem)
			if err == nil && !list[0].At.Equal(day.Start()) {
				t.Errorf("in force since %s", list[0].At)
			}
			return err
		})
	})
}

// Another version came in force meanwhile: nothing is overwritten, what both touched is named.
func TestBeginAnew(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		first := proposed(t, s, "first", func(it *catalog.Item) error {
			it.Name, it.Materials[0].Points = "甲名", []string{"甲要点"}
			it.Keywords = append(it.Keywords, "甲词")
			return nil
		})
		second := proposed(t, s, "second", func(it *catalog.Item) error {
			it.Name, it.Visits = "乙名", 0
			it.Keywords = append(it.Keywords, "乙词")
			it.Materials[0].FillNote, it.Materials[1].Remark = "乙须知", "乙备注"
			return nil
		})
		waits := proposed(t, s, "third", shorter)
		waits, err := s.Approve(t.Context(), reviewer, waits.ID, waits.Lock, today(d)+5, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Rebase(t.Context(), officer, second.ID, second.Lock); !fault.Is(err, fault.Conflict) {
			t.Errorf("begun anew while it waits for review: %v", err)
		}
		if _, err := s.Approve(t.Context(), reviewer, first.ID, first.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		if c := change(t, s, waits.ID); c.State != catalog.ChangeReturned || !c.Overtaken {
			t.Errorf("what waited for its day is %s", c.State)
		}
		if err := s.Enforce(t.Context(), waits.ID); err != nil || current(t, s, foodItem).PromisedLimit.Value == 4 {
			t.Errorf("it came in force all the same: %v", err)
		}
		if _, err := s.Approve(t.Context(), reviewer, second.ID, second.Lock, today(d), ""); fault.Code(err) != "catalog.change.overtaken" {
			t.Fatalf("approved over another version: %v", err)
		}
		c, err := s.Return(t.Context(), reviewer, second.ID, second.Lock, "已有新版本")
		if err != nil {
			t.Fatal(err)
		}
		lock := c.Lock
		for range 2 {
			if c, err = s.Rebase(t.Context(), officer, c.ID, lock); err != nil {
				t.Fatal(err)
			}
		}
		now := current(t, s, foodItem)
		if c.Began != now.Version || c.Item.Name != "甲名" || c.Item.Visits != 0 || c.Item.Materials[0].Points[0] != "甲要点" ||
			c.Item.Materials[0].FillNote != "乙须知" || c.Item.Materials[1].Remark != "乙备注" ||
			!slices.Contains(c.Item.Keywords, "甲词") || !slices.Contains(c.Item.Keywords, "乙词") {
			t.Errorf("begun anew: %d %q %d %+v %v", c.Began, c.Item.Name, c.Item.Visits, c.Item.Materials[0], c.Item.Keywords)
		}
		var conflicts []catalog.Difference
		read(t, d, func(tx *db.Tx) (err error) { conflicts, err = s.Conflicts(tx, c); return err })
		if len(conflicts) != 1 || conflicts[0].Path != "name" || conflicts[0].Old != "甲名" || conflicts[0].New != "乙名" {
			t.Errorf("conflicts: %+v", conflicts)
		}
		if c, err = s.Submit(t.Context(), officer, c.ID, c.Lock, "理由"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRollBackIsAChange(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		first := current(t, s, foodItem)
		c := proposed(t, s, "k", shorter)
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.RollBack(t.Context(), officer, "now", foodItem, first.Version+1); fault.Code(err) != "catalog.change.same" {
			t.Errorf("back to what is in force: %v", err)
		}
		if _, err := s.RollBack(t.Context(), officer, "none", foodItem, 99); !fault.Is(err, fault.Unknown) {
			t.Errorf("back to no version: %v", err)
		}
		back, err := s.RollBack(t.Context(), officer, "back", foodItem, first.Version)
		if err != nil || back.Began != first.Version+1 {
			t.Fatalf("%+v, %v", back, err)
		}
		approved(t, s, back)
		if now := current(t, s, foodItem); now.Version != first.Version+2 || len(catalog.Diff(first, now)) != 0 {
			t.Errorf("version %d differs: %+v", now.Version, catalog.Diff(first, now))
		}
	})
}

// An item that is taken from the list is found nowhere, its guide says so, and its version stays.
func TestTakenFromTheList(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		seen := func(f catalog.Filter) (found bool) {
			read(t, d, func(tx *db.Tx) error {
				list, _, err := s.Browse(tx, f, "", 100)
				hits, _, err2 := s.Search(tx, "食品经营许可", catalog.Filter{All: f.All}, "", 100)
				for _, h := range hits {
					list = append(list, h.Entry)
				}
				found = slices.ContainsFunc(list, func(e catalog.Entry) bool { return e.Code == foodItem })
				if err == nil {
					err = err2
				}
				return err
			})
			return found
		}
		count := func() (n int) {
			read(t, d, func(tx *db.Tx) (err error) { n, err = s.Count(tx); return err })
			return n
		}
		all := count()
		if err := s.Suspend(t.Context(), keeps, foodItem, "停办"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		if err := s.Suspend(t.Context(), officer, foodItem, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		for range 2 {
			if err := s.Suspend(t.Context(), officer, foodItem, "法规修订，停止办理"); err != nil {
				t.Fatal(err)
			}
		}
		c := proposed(t, s, "k", shorter)
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil { // a new version does not bring it back
			t.Fatal(err)
		}
		if seen(catalog.Filter{}) || seen(catalog.Filter{Type: catalog.TypeLicence}) || count() != all-1 {
			t.Errorf("it is still found; %d of %d", count(), all)
		}
		if !seen(catalog.Filter{All: true}) {
			t.Error("who keeps the list does not find it")
		}
		read(t, d, func(tx *db.Tx) error {
			if _, err := s.Offered(tx, foodItem); fault.Code(err) != "catalog.item.suspended" {
				t.Errorf("it can be applied for: %v", err)
			}
			return nil
		})
		for range 2 {
			if err := s.Restore(t.Context(), officer, foodItem); err != nil {
				t.Fatal(err)
			}
		}
		if !seen(catalog.Filter{}) || !seen(catalog.Filter{Type: catalog.TypeLicence}) || count() != all {
			t.Error("it did not come back")
		}
	})
}

// Each way past the rules that somebody might take behind the program's back is found.
func TestCheckFindsWhatIsUnsound(t *testing.T) {
	for name, harm := range map[string]string{
		"approved by its author": `UPDATE catalog_change SET reviewer = author WHERE state = 'in_force'`,
		"other words":            `UPDATE catalog_change SET body = REPLACE(body, '"visits":1', '"visits":7') WHERE state = 'in_force'`,
		"no version":             `UPDATE catalog_change SET version = 0 WHERE state = 'in_force'`,
		"no day":                 `UPDATE catalog_change SET effective = '' WHERE state = 'in_force'`,
		"half off the list":      `UPDATE catalog_item SET suspended = TRUE WHERE code = 'food-operation-new'`,
		"without its author":     `DELETE FROM catalog_change_editor`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				s := loaded(t, d)
				c := proposed(t, s, "k", func(it *catalog.Item) error { it.Visits = 1; return shorter(it) })
				if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
					t.Fatal(err)
				}
				check := func() error {
					return d.Read(t.Context(), func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) })
				}
				if err := check(); err != nil {
					t.Fatal(err)
				}
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(harm) }); err != nil {
					t.Fatal(err)
				}
				if check() == nil {
					t.Error("it was not found")
				}
			})
		})
	}
}
