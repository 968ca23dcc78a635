package catalog_test

import (
	"slices"
	"strings"
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
		catalog.Upgraded(t, s).Log = func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			line := who.Name + " " + act
			if in := facts.(map[string]any); in["proposal"] != nil {
				line += " for " + in["author"].(catalog.Doer).Name
			}
			told = append(told, line)
			return catalog.LedgerLog(tx, who, act, about, facts)
		}
		it := current(t, s, foodItem)
		lib := libraryEntry(t, s, attorney)
		form := &catalog.File{Name: "表.pdf", Type: "application/pdf", Hash: "00", Size: 1}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`INSERT INTO catalog_file (hash, name, type, size, at) VALUES ('00', '表.pdf', 'application/pdf', 1, 0)`)
		}); err != nil {
			t.Fatal(err)
		}
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
				return s.ProposeForLibrary(ctx, who, key, lib.Version, reword(), "补充联系方式")
			}, func() bool {
				return slices.Contains(libraryEntry(t, s, attorney).Points, "附受托人联系电话")
			}},
			{"form", func(key string, who auth.Actor) (int64, error) {
				return s.ProposeForm(ctx, who, key, lib.Version+1, attorney, catalog.BlankForm, form, "启用新表格")
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
		for _, want := range []string{"李事 catalog.proposed", "邵核 catalog.proposal_returned", "李事 catalog.proposal_withdrawn", "邵核 catalog.proposal_agreed", "邵核 catalog.base_put for 李事", "邵核 catalog.locks_set for 李事", "邵核 catalog.material_changed for 李事", "邵核 catalog.material_retired for 李事"} {
			if !slices.Contains(told, want) {
				t.Errorf("no evidence of %s", want)
			}
		}
		s.Log = nil
		read(t, d, func(tx *db.Tx) error {
			versions, err := s.BaseVersions(tx, it.BaseCode, 0, 1)
			locks, lerr := s.LockChanges(tx, it.BaseCode[:2], 0, 1)
			if err != nil || lerr != nil || versions[0].Who != officer.Name || versions[0].Agreed.Name != reviewer.Name || locks[0].Who != officer.Name || locks[0].Agreed.Name != reviewer.Name {
				t.Errorf("the histories do not name both: %+v %+v", versions[0], locks[0])
			}
			return nil
		})
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
			mine, _, err := s.ProposalsOf(tx, officer, 0, 20)
			others, _, oerr := s.ProposalsToDecide(tx, reviewer, 0, 20)
			none, _, nerr := s.ProposalsToDecide(tx, officer, 0, 20)
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

// Whoever wrote the base that a fix takes over does not review that fix, from whichever account: the writer is kept as a
// member of staff, not as an account.
func TestWritersAreStaff(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		b, on := baseOf(t, s, busCard)
		b.Result = "另一种卡"
		writes := auth.Actor{ID: 901, Staff: 9, Kind: auth.Staff, Name: "写的人", Rights: []string{catalog.Keep}}
		if err := s.PutBase(ctx, writes, on, b, "统一结果名称"); err != nil {
			t.Fatal(err)
		}
		var off []catalog.Implementation
		read(t, d, func(tx *db.Tx) (err error) { off, _, err = s.Implementations(tx, busCard, "", 1); return err })
		c, err := s.Fix(ctx, officer, off[0].Code, catalog.ElementResult, "与基本目录一致")
		if err != nil {
			t.Fatal(err)
		}
		if !c.EditedBy(writes.Staff) || c.EditedBy(writes.ID) {
			t.Errorf("hands: %+v", c.Editors)
		}
		if err := s.SetLocks(ctx, writes, "37", 0, catalog.Locks{catalog.ElementResult: catalog.LockFree}, "省级口径"); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"catalog_base_version", "catalog_lock"} {
			read(t, d, func(tx *db.Tx) error {
				var n int
				err := tx.One(`SELECT COUNT(*) FROM `+table+` WHERE staff = $1`, []any{writes.Staff}, &n)
				if n != 1 {
					t.Errorf("%s keeps %d of the member of staff", table, n)
				}
				return err
			})
		}
	})
}

// Other words or another form of an entry of the library need a reason, a new entry none; and what is wrong besides is told
// at once.
func TestLibraryReasons(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		m := libraryEntry(t, s, attorney)
		m.Points = append(slices.Clone(m.Points), "附受托人联系电话")
		if _, err := s.ProposeForLibrary(ctx, officer, "", m.Version, m, " "); fieldsOf(err)["why"] != "catalog.why.short" {
			t.Errorf("other words without a reason: %v", err)
		}
		bad := m
		bad.Name = ""
		if _, err := s.ProposeForLibrary(ctx, officer, "", m.Version, bad, ""); fieldsOf(err)["why"] == "" || fieldsOf(err)["name"] == "" {
			t.Errorf("told one after the other: %v", err)
		}
		if _, err := s.ProposeForm(ctx, officer, "", m.Version, attorney, catalog.BlankForm, &catalog.File{Name: "表.pdf", Hash: "00"}, ""); fieldsOf(err)["why"] == "" {
			t.Errorf("another form without a reason: %v", err)
		}
		fresh := m
		fresh.Code, fresh.Name = "quite-new", "一份新材料"
		if _, err := s.ProposeForLibrary(ctx, officer, "", 0, fresh, ""); err != nil {
			t.Errorf("a new entry: %v", err)
		}
	})
}

// What waits is read in pages by key, and what was sent back can be opened again, nothing else.
func TestProposalPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		fresh := libraryEntry(t, s, attorney)
		var ids []int64
		for i := range 7 {
			fresh.Code, fresh.Name = "new-"+string(rune('a'+i)), "新材料"+string(rune('a'+i))
			who := officer
			if i == 3 {
				who = reviewer // their own waits for another
			}
			id, err := s.ProposeForLibrary(ctx, who, "", 0, fresh, "")
			if err != nil {
				t.Fatal(err)
			}
			if who.ID == officer.ID {
				ids = append(ids, id)
			}
		}
		slices.Reverse(ids)
		for name, list := range map[string]func(tx *db.Tx, before int64) ([]*catalog.Proposal, int64, error){
			"to decide": func(tx *db.Tx, before int64) ([]*catalog.Proposal, int64, error) {
				return s.ProposalsToDecide(tx, reviewer, before, 2)
			},
			"own": func(tx *db.Tx, before int64) ([]*catalog.Proposal, int64, error) {
				return s.ProposalsOf(tx, officer, before, 2)
			},
		} {
			var got []int64
			pages := 0
			for before := int64(0); pages < 9; {
				read(t, d, func(tx *db.Tx) error {
					found, next, err := list(tx, before)
					for _, p := range found {
						got = append(got, p.ID)
					}
					before = next
					return err
				})
				if pages++; before == 0 {
					break
				}
			}
			if !slices.Equal(got, ids) || pages != 3 {
				t.Errorf("%s: %v in %d pages, want %v", name, got, pages, ids)
			}
		}
		if err := s.SendBack(ctx, reviewer, ids[0], "请补充说明"); err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			p, err := s.SentBack(tx, ids[0], "")
			if err != nil || p.Material == nil || p.Material.Name != "新材料g" {
				t.Errorf("%+v, %v", p, err)
			}
			if _, err := s.SentBack(tx, ids[1], ""); fault.Code(err) != "catalog.proposal.none" {
				t.Errorf("one that waits is opened again: %v", err)
			}
			if _, err := s.SentBack(tx, ids[0], catalog.AboutMaterial(attorney)); fault.Code(err) != "catalog.proposal.none" {
				t.Errorf("in the form of another: %v", err)
			}
			return nil
		})
	})
}

// What is in force already is refused whatever is proposed, and so is what nobody can read.
func TestProposalsOfNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		m := libraryEntry(t, s, attorney)
		if _, err := s.ProposeForLibrary(ctx, officer, "", m.Version, m, "没有变化"); fault.Code(err) != "catalog.proposal.same" {
			t.Errorf("the same words: %v", err)
		}
		if _, err := s.ProposeForm(ctx, officer, "", m.Version, attorney, catalog.BlankForm, m.Blank, "没有变化"); fault.Code(err) != "catalog.proposal.same" {
			t.Errorf("the same form: %v", err)
		}
		if _, err := s.ProposeRetirement(ctx, officer, "", m.Version, attorney, m.Retired, "没有变化"); fault.Code(err) != "catalog.proposal.same" {
			t.Errorf("the same use: %v", err)
		}
		b, on := baseOf(t, s, busCard)
		for name, change := range map[string]func(b *catalog.Base){
			"lines": func(b *catalog.Base) { b.Conditions = slices.Repeat([]string{"条件"}, 201) },
			"line":  func(b *catalog.Base) { b.Conditions = []string{strings.Repeat("长", 2001)} },
			"basis": func(b *catalog.Base) { b.Basis = slices.Repeat([]catalog.Basis{{Law: "法", Confidence: "high"}}, 201) },
			"gist": func(b *catalog.Base) {
				b.Basis = []catalog.Basis{{Law: "法", Confidence: "high", Gist: strings.Repeat("长", 2001)}}
			},
			"materials": func(b *catalog.Base) { b.Materials = slices.Repeat([]catalog.BaseMaterial{{Name: "材料"}}, 201) },
			"access":    func(b *catalog.Base) { b.Access = &catalog.Access{Measure: strings.Repeat("长", 2001)} },
		} {
			large := b
			change(&large)
			if _, err := s.ProposeForBase(ctx, officer, "", on, large, "很大的事项"); fieldsOf(err)["most"] != "catalog.base.most" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A proposal stays beside what it was made on, and says once something else has come in force.
func TestProposalSides(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		was := libraryEntry(t, s, attorney)
		m := was
		m.Plain = "另一种说法"
		entry, err := s.ProposeForLibrary(ctx, officer, "", was.Version, m, "换一种说法")
		if err != nil {
			t.Fatal(err)
		}
		b, on := baseOf(t, s, busCard)
		result := b.Result
		b.Result = "另一种卡"
		base, err := s.ProposeForBase(ctx, officer, "", on, b, "统一结果名称")
		if err != nil {
			t.Fatal(err)
		}
		check := func(overtaken bool) {
			t.Helper()
			read(t, d, func(tx *db.Tx) error {
				for _, id := range []int64{entry, base} {
					p, err := s.Proposal(tx, id)
					if err != nil {
						return err
					}
					x, err := s.Sides(tx, p)
					if err != nil || x.Overtaken != overtaken || x.Unknown {
						t.Errorf("%s %s: %+v, %v", p.Kind, p.State, x, err)
					}
					if p.Kind == catalog.ProposeBase && (x.Base[0].Result != result || x.Base[1].Result != "另一种卡") || p.Kind == catalog.ProposeMaterial && (x.Material[0].Plain != was.Plain || x.Material[1].Plain != "另一种说法") {
						t.Errorf("%s %s: not what it was made on: %+v", p.Kind, p.State, x)
					}
				}
				return nil
			})
		}
		check(false)
		for _, id := range []int64{entry, base} {
			if err := s.Agree(ctx, reviewer, id); err != nil {
				t.Fatal(err)
			}
		}
		check(false)
		m.Plain, b.Result = "第三种说法", "第三种卡"
		if err := s.ChangeMaterial(ctx, keeper, "", was.Version+1, m); err != nil {
			t.Fatal(err)
		}
		if err := s.PutBase(ctx, keeper, on+1, b, "再改一次"); err != nil {
			t.Fatal(err)
		}
		check(true)
	})
}

// What was sent back is done with once a later one about the same is agreed to; one number counts what waits.
func TestProposalLists(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		ctx := t.Context()
		counts := func(mine, waiting int) {
			t.Helper()
			read(t, d, func(tx *db.Tx) error {
				list, _, err := s.ProposalsOf(tx, officer, 0, 20)
				n, nerr := s.AwaitsReview(tx, reviewer)
				own, oerr := s.AwaitsReview(tx, officer)
				if err != nil || nerr != nil || oerr != nil || len(list) != mine || n != waiting || own != 0 {
					t.Errorf("%d of their own, want %d; %d wait, want %d; %d for themselves; %v %v %v", len(list), mine, n, waiting, own, err, nerr, oerr)
				}
				return nil
			})
		}
		m := libraryEntry(t, s, attorney)
		m.Plain = "另一种说法"
		propose := func() int64 {
			t.Helper()
			id, err := s.ProposeForLibrary(ctx, officer, "", m.Version, m, "换一种说法")
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		counts(0, 0)
		first := propose()
		counts(1, 1)
		if err := s.SendBack(ctx, reviewer, first, "请补充依据"); err != nil {
			t.Fatal(err)
		}
		counts(1, 0)
		second := propose()
		counts(2, 1)
		if err := s.Agree(ctx, reviewer, second); err != nil {
			t.Fatal(err)
		}
		counts(0, 0)
	})
}
