package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var official = auth.Actor{ID: 7, Staff: 7, Kind: auth.Staff, Rights: []string{catalog.Keep}}

// TestKeepSynonyms adds, changes, retires and brings back an entry: each is in force with the
// next search, on another process too, kept as evidence, and done once.
func TestKeepSynonyms(t *testing.T) {
	dbtest.Each(t, append(slices.Clone(schemas), dbtest.Schema{Module: "once", Files: once.Schema}), func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var acts []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		other := &catalog.Service{DB: d} // another process
		if err := s.SeedSynonyms(t.Context()); err != nil {
			t.Fatal(err)
		}
		first := func(want string) {
			t.Helper()
			for _, x := range []*catalog.Service{s, other} {
				read(t, d, func(tx *db.Tx) error {
					codes := found(t, x, tx, "剧本杀登船")
					if want == "" && len(codes) > 0 || want != "" && (len(codes) == 0 || codes[0] != want) {
						t.Errorf("got %v, want %q first", codes, want)
					}
					return nil
				})
			}
		}
		first("")
		e := catalog.Synonym{Said: []string{" 剧本杀登船 ", "剧本杀登船"}, Meant: []string{"commercial-performance"}}
		read(t, d, func(tx *db.Tx) error {
			now, then, err := s.TrySynonym(tx, "剧本杀登船", e)
			if err != nil || len(now) > 0 || len(then) != 1 || then[0].Code != "commercial-performance" {
				t.Errorf("tried: %v, then %v (%v)", now, then, err)
			}
			return nil
		})
		first("") // trying changes nothing
		id, err := s.KeepSynonym(t.Context(), official, "k1", e)
		again, err2 := s.KeepSynonym(t.Context(), official, "k1", e)
		if err != nil || err2 != nil || again != id {
			t.Fatalf("added %d and %d (%v, %v)", id, again, err, err2)
		}
		first("commercial-performance")
		e.ID, e.Lock, e.Meant = id, 1, []string{"成立商会", "社会团体成立登记"}
		if _, err := s.KeepSynonym(t.Context(), official, "k2", e); err != nil {
			t.Fatal(err)
		}
		first("social-org-register")
		if _, err := s.KeepSynonym(t.Context(), official, "k3", e); fault.Code(err) != "catalog.synonym.stale" {
			t.Errorf("on what was changed meanwhile: %v", err)
		}
		if err := s.RetireSynonym(t.Context(), official, id, 2, true); err != nil {
			t.Fatal(err)
		}
		first("")
		if err := s.RetireSynonym(t.Context(), official, id, 2, true); err != nil { // the second of two clicks
			t.Error(err)
		}
		if err := s.RetireSynonym(t.Context(), official, id, 3, false); err != nil {
			t.Fatal(err)
		}
		first("social-org-register")
		if want := []string{"catalog.synonym_added", "catalog.synonym_changed", "catalog.synonym_retired", "catalog.synonym_restored"}; !slices.Equal(acts, want) {
			t.Errorf("evidence: %v", acts)
		}
		if err := s.SeedSynonyms(t.Context()); err != nil {
			t.Fatal(err)
		}
		first("social-org-register") // the program does not take back what officials keep
	})
}

// TestDoubledSynonyms: what another entry in force says already is refused, and leaves nothing.
func TestDoubledSynonyms(t *testing.T) {
	dbtest.Each(t, append(slices.Clone(schemas), dbtest.Schema{Module: "once", Files: once.Schema}), func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		keep := func(key string, e catalog.Synonym) (int64, error) {
			return s.KeepSynonym(t.Context(), official, key, e)
		}
		first, err := keep("a", catalog.Synonym{Said: []string{"小面馆", "米线铺"}, Meant: []string{"食品经营许可"}})
		if err != nil {
			t.Fatal(err)
		}
		second, err := keep("b", catalog.Synonym{Said: []string{"粉铺"}, Meant: []string{"食品经营许可"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, e := range map[string]catalog.Synonym{
			"added":             {Said: []string{"肠粉", "小面馆"}, Meant: []string{"食品经营许可"}},
			"spelled otherwise": {Said: []string{" 米线铺　"}, Meant: []string{"食品经营许可"}},
			"as an idle word":   {Said: []string{"米线铺"}},
			"changed":           {ID: second, Lock: 1, Said: []string{"粉铺", "米线铺"}, Meant: []string{"食品经营许可"}},
		} {
			if _, err := keep(name, e); fault.Code(err) != "catalog.synonym.double" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := keep("own", catalog.Synonym{ID: first, Lock: 1, Said: []string{"小面馆", "米线铺", "肠粉"}, Meant: []string{"食品经营许可"}}); err != nil {
			t.Errorf("its own words: %v", err)
		}
		if err := s.RetireSynonym(t.Context(), official, first, 2, true); err != nil {
			t.Fatal(err)
		}
		if _, err := keep("free", catalog.Synonym{ID: second, Lock: 1, Said: []string{"粉铺", "米线铺"}, Meant: []string{"食品经营许可"}}); err != nil {
			t.Errorf("words of a retired entry: %v", err)
		}
		if err := s.RetireSynonym(t.Context(), official, first, 3, false); fault.Code(err) != "catalog.synonym.double" {
			t.Errorf("brought back: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Synonyms(tx, "", 0, 10)
			if len(list) != 2 || !list[1].Retired {
				t.Errorf("what was refused left %+v", list)
			}
			return err
		})
	})
}

// TestPointlessSynonyms names the meanings that lead nowhere.
func TestPointlessSynonyms(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			list, err := s.Pointless(tx, catalog.Synonym{Said: []string{"飞船"}, Meant: []string{"食品经营许可", "飞船登月许可", "food-operation-new", "", "外星人"}})
			if !slices.Equal(list, []string{"飞船登月许可", "外星人"}) {
				t.Errorf("got %q", list)
			}
			return err
		})
	})
}

func TestWrongSynonyms(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], append(slices.Clone(schemas), dbtest.Schema{Module: "once", Files: once.Schema}))
	s := &catalog.Service{DB: d}
	for name, e := range map[string]catalog.Synonym{
		"nothing said":  {Meant: []string{"食品经营许可"}},
		"one character": {Said: []string{"店"}, Meant: []string{"食品经营许可"}},
		"a novel":       {Said: []string{strings.Repeat("店", 41)}},
		"too many":      {Said: []string{"饭店"}, Meant: strings.Split("甲,乙,丙,丁,戊,己,庚,辛,壬", ",")},
	} {
		if _, err := s.KeepSynonym(t.Context(), official, name, e); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.RetireSynonym(t.Context(), official, 1, 1, true); !fault.Is(err, fault.Unknown) {
		t.Errorf("an unknown one: %v", err)
	}
	read(t, d, func(tx *db.Tx) error {
		list, _, err := s.Synonyms(tx, "", 0, 10)
		if len(list) > 0 {
			t.Errorf("what was refused left %v", list)
		}
		return err
	})
}
