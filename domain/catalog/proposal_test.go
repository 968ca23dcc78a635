package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// Nothing of a base item, its locks or the library changes before another person agrees; nobody agrees to their own, nor
// anybody who answers for one unit only.
func TestProposals(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		var told []string
		s.Log = func(_ *db.Tx, who auth.Actor, act, about string, _ any) error {
			told = append(told, who.Name+" "+act)
			return nil
		}
		it := current(t, s, foodItem)
		lib := libraryEntry(t, s, attorney)
		form := &catalog.File{Name: "表.pdf", Type: "application/pdf", Hash: "00", Size: 1}
		base, on := baseOf(t, s, it.BaseCode)
		reword := func() catalog.LibraryMaterial {
			m := libraryEntry(t, s, attorney)
			m.Points = append(slices.Clone(m.Points), "附受托人联系电话")
			return m
		}
		cases := []struct {
			name    string
			propose func(key string, who auth.Actor) (int64, error)
			done    func() bool
		}{
			{"base", func(key string, who auth.Actor) (int64, error) {
				b := base
				b.Result = "另一种许可证"
				return s.ProposeForBase(ctx, who, key, on, b, "统一结果名称")
			}, func() bool { b, _ := baseOf(t, s, it.BaseCode); return b.Result == "另一种许可证" }},
			{"locks", func(key string, who auth.Actor) (int64, error) {
				return s.ProposeForLocks(ctx, who, key, it.BaseCode[:2], 0, catalog.Locks{catalog.ElementResult: catalog.LockFree}, "本省各地不同")
			}, func() (free bool) {
				read(t, d, func(tx *db.Tx) error {
					l, _, err := s.LocksOf(tx, it.BaseCode[:2])
					free = l.Of(catalog.ElementResult) == catalog.LockFree
					return err
				})
				return free
			}},
			{"words", func(key string, who auth.Actor) (int64, error) {
				return s.ProposeForLibrary(ctx, who, key, lib.Version, reword(), "")
			}, func() bool {
				return slices.Contains(libraryEntry(t, s, attorney).Points, "附受托人联系电话")
			}},
			{"form", func(key string, who auth.Actor) (int64, error) {
				return s.ProposeForm(ctx, who, key, lib.Version+1, attorney, catalog.BlankForm, form)
			}, func() bool {
				return libraryEntry(t, s, attorney).Blank != nil && libraryEntry(t, s, attorney).Blank.Hash == "00"
			}},
			{"retirement", func(key string, who auth.Actor) (int64, error) {
				return s.ProposeRetirement(ctx, who, key, lib.Version+2, attorney, true, "不再要求")
			}, func() bool { return libraryEntry(t, s, attorney).Retired }},
		}
		for _, c := range cases {
			if _, err := c.propose("", auth.Actor{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: proposed without the right: %v", c.name, err)
			}
			id, err := c.propose("key-"+c.name, officer)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if again, err := c.propose("key-"+c.name, officer); err != nil || again != id {
				t.Errorf("%s: the second click made %d, %v", c.name, again, err)
			}
			if _, err := c.propose("other-"+c.name, reviewer); fault.Code(err) != "catalog.proposal.waits" {
				t.Errorf("%s: a second one waits: %v", c.name, err)
			}
			if again, err := c.propose("", officer); err != nil || again != id {
				t.Errorf("%s: the same without a key made %d, %v", c.name, again, err)
			}
			if err := s.Agree(ctx, officer, id); fault.Code(err) != "catalog.proposal.own" {
				t.Errorf("%s: agreed to their own: %v", c.name, err)
			}
			if err := s.Agree(ctx, auth.Actor{ID: 72, Staff: officer.Staff, Kind: auth.Staff, Rights: officer.Rights}, id); fault.Code(err) != "catalog.proposal.own" {
				t.Errorf("%s: agreed to their own by another account: %v", c.name, err)
			}
			if err := s.Agree(ctx, keeper, id); fault.Code(err) != "catalog.proposal.right" {
				t.Errorf("%s: agreed without the right: %v", c.name, err)
			}
			if err := s.TakeBack(ctx, reviewer, id); fault.Code(err) != "catalog.proposal.not_own" {
				t.Errorf("%s: taken back by another: %v", c.name, err)
			}
			if c.done() {
				t.Fatalf("%s: in force by one person alone", c.name)
			}
			if err := s.SendBack(ctx, reviewer, id, " "); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: sent back without words: %v", c.name, err)
			}
			if err := s.SendBack(ctx, reviewer, id, "请补充依据"); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if err := s.Agree(ctx, reviewer, id); fault.Code(err) != "catalog.proposal.decided" || c.done() {
				t.Errorf("%s: agreed to what was sent back: %v", c.name, err)
			}
			taken, err := c.propose("taken-"+c.name, officer)
			if err == nil {
				err = s.TakeBack(ctx, officer, taken)
			}
			if err != nil || c.done() {
				t.Errorf("%s: taken back: %v", c.name, err)
			}
			if id, err = c.propose("better-"+c.name, officer); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for range 2 {
				if err := s.Agree(ctx, reviewer, id); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			if !c.done() {
				t.Errorf("%s: agreed to, and not in force", c.name)
			}
		}
		for _, want := range []string{"李事 catalog.proposed", "邵核 catalog.proposal_returned", "李事 catalog.proposal_withdrawn", "邵核 catalog.proposal_agreed", "李事 catalog.base_put", "李事 catalog.locks_set", "李事 catalog.material_changed", "李事 catalog.material_retired"} {
			if !slices.Contains(told, want) {
				t.Errorf("no evidence of %s", want)
			}
		}
		b, now := baseOf(t, s, it.BaseCode)
		if _, err := s.ProposeForBase(ctx, officer, "", now, b, "没有变化"); fault.Code(err) != "catalog.proposal.same" {
			t.Errorf("nothing new: %v", err)
		}
		b.Result = "又一种"
		if _, err := s.ProposeForBase(ctx, officer, "", on, b, "看的是旧的"); !fault.Is(err, fault.Stale) {
			t.Errorf("on an older version: %v", err)
		}
		id, err := s.ProposeForBase(ctx, officer, "", now, b, "看的是新的")
		if err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			mine, err := s.ProposalsOf(tx, officer)
			others, oerr := s.ProposalsToDecide(tx, reviewer)
			none, nerr := s.ProposalsToDecide(tx, officer)
			if err != nil || oerr != nil || nerr != nil || len(mine) < 1 || mine[0].ID != id || len(others) != 1 || len(none) != 0 {
				t.Errorf("%d of their own, %d for the other, %d for themselves", len(mine), len(others), len(none))
			}
			return nil
		})
		b.Result = "第三种"
		if err := s.PutBase(ctx, keeper, now, b, "先到的修改"); err != nil {
			t.Fatal(err)
		}
		if err := s.Agree(ctx, reviewer, id); !fault.Is(err, fault.Stale) {
			t.Errorf("agreed to what was made on an older version: %v", err)
		}
		checkAll := func() error { return d.Read(ctx, func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) }) }
		if err := checkAll(); err != nil {
			t.Error(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE catalog_proposal SET decider = author WHERE state = 'agreed'`)
		}); err != nil {
			t.Fatal(err)
		}
		if err := checkAll(); err == nil {
			t.Error("agreed to by its author, and not found")
		}
	})
}
