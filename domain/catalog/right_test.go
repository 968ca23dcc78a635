package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// Whoever may not keep the catalogue keeps nothing of it, whichever way they come.
func TestKeepingNeedsTheRight(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		nobody := auth.Actor{ID: 99, Staff: 99, Kind: auth.Staff, Name: "无权", Rights: []string{catalog.Review}}
		var lib catalog.LibraryMaterial
		var words catalog.Synonym
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Library(tx, "", "")
			if err == nil && len(list) > 0 {
				lib = list[0]
			}
			return err
		})
		id, err := s.KeepSynonym(t.Context(), keeper, "k", catalog.Synonym{Said: []string{"开饭馆"}, Meant: []string{"食品经营"}})
		if err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) (err error) { words, err = s.Synonym(tx, id); return err })
		added := lib
		added.Code = "another"
		ctx := t.Context()
		for name, act := range map[string]func() error{
			"add a material":    func() error { return s.AddMaterial(ctx, nobody, "a", added) },
			"change a material": func() error { return s.ChangeMaterial(ctx, nobody, "b", lib.Version, lib) },
			"attach a form":     func() error { return s.AttachForm(ctx, nobody, "c", lib.Version, lib.Code, catalog.BlankForm, nil) },
			"retire a material": func() error { return s.RetireMaterial(ctx, nobody, "d", lib.Version, lib.Code, true, "停用") },
			"add words": func() error {
				_, err := s.KeepSynonym(ctx, nobody, "e", catalog.Synonym{Said: []string{"开店"}, Meant: []string{"食品经营"}})
				return err
			},
			"change words": func() error { _, err := s.KeepSynonym(ctx, nobody, "f", words); return err },
			"retire words": func() error { return s.RetireSynonym(ctx, nobody, words.ID, words.Lock, true) },
			"keep a file": func() error {
				_, err := s.KeepFile(ctx, nobody, "a.pdf", strings.NewReader("%PDF-1.7"))
				return err
			},
		} {
			if err := act(); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			now, err := s.LibraryMaterial(tx, lib.Code)
			if err != nil || now.Version != lib.Version {
				t.Errorf("the entry is %+v, %v", now, err)
			}
			if _, err := s.LibraryMaterial(tx, "another"); !fault.Is(err, fault.Unknown) {
				t.Errorf("the refused entry: %v", err)
			}
			w, err := s.Synonym(tx, id)
			if w.Lock != words.Lock || w.Retired {
				t.Errorf("the words are %+v", w)
			}
			return err
		})
	})
}

// Heads see, rehearse and count the changes of their own unit's items alone; whoever keeps the
// catalogue and leaders see all, and nobody loses sight of what they had a hand in.
func TestHeadsSeeTheirOwnUnit(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		it := current(t, s, foodItem)
		over(s, pastOf(it, 10))
		c := proposed(t, s, "k", shorter)
		head := func(unit string, staff int64) auth.Actor {
			return auth.Actor{ID: staff, Staff: staff, Kind: auth.Staff, Name: "科长", Unit: unit, Rights: []string{catalog.Review}, Roles: []string{"section_chief"}}
		}
		leader := head("SPJ", 13)
		leader.Roles = []string{"leader"}
		hand := head("ELSE", officer.Staff)
		day := calendar.DateOf(d.Now())
		trial, err := s.Rehearse(t.Context(), officer, "first", c.ID, day-365, day)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]struct {
			who  auth.Actor
			sees bool
		}{
			"the unit's head": {head(it.Unit, 11), true}, "another head": {head("ELSE", 12), false},
			"a leader": {leader, true}, "who keeps the catalogue": {keeps, true}, "who had a hand in it": {hand, true},
		} {
			has := func(list []catalog.ChangeLine) bool {
				return slices.ContainsFunc(list, func(l catalog.ChangeLine) bool { return l.ID == c.ID })
			}
			read(t, d, func(tx *db.Tx) error {
				_, err := s.ChangeFor(tx, x.who, c.ID)
				if x.sees != (err == nil) || err != nil && !fault.Is(err, fault.Unknown) {
					t.Errorf("%s: %v", name, err)
				}
				for _, f := range []catalog.ChangeFilter{{Code: foodItem}, {State: catalog.ChangeSubmitted}} {
					list, _, err := s.Changes(tx, x.who, f, 0, 100)
					if err != nil || has(list) != x.sees {
						t.Errorf("%s lists %+v for %+v, %v", name, list, f, err)
					}
				}
				open, err := s.OpenChanges(tx, x.who, foodItem)
				if err != nil || has(open) != x.sees {
					t.Errorf("%s lists %+v as open, %v", name, open, err)
				}
				waiting, err := s.ToReview(tx, x.who)
				if err != nil || (waiting > 0) != (x.sees && x.who.Staff != officer.Staff) {
					t.Errorf("for %s %d wait, %v", name, waiting, err)
				}
				_, _, err = s.RehearsedCases(tx, x.who, trial, catalog.EffectMore, 0, 10)
				if x.sees != (err == nil) {
					t.Errorf("%s looks at rehearsed cases: %v", name, err)
				}
				return nil
			})
			if _, err := s.Rehearse(t.Context(), x.who, "trial"+name, c.ID, day-365, day); x.sees != (err == nil) {
				t.Errorf("%s rehearses: %v", name, err)
			}
		}
	})
}
