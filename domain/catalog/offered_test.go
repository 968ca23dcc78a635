package catalog_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
)

// What nobody may apply for today stands on no list, in no search, count, booklet or poster: an
// item that is taken from the list, one whose last day is over and one whose first day is to come.
func TestWhatIsNotOfferedIsNowhere(t *testing.T) {
	for name, c := range map[string]struct {
		off   func(t *testing.T, s *catalog.Service)
		fault string
	}{
		"taken from the list": {func(t *testing.T, s *catalog.Service) {
			if err := s.Suspend(t.Context(), reviewer, foodItem, "停办"); err != nil {
				t.Fatal(err)
			}
		}, "catalog.item.suspended"},
		"over":    {planned("2020-01-01", "2021-01-01"), "catalog.item.not_today"},
		"to come": {brought("from: \"2120-01-01\""), "catalog.item.not_today"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				s := loaded(t, d)
				if where, _ := seenAt(t, s); len(where) != 7 {
					t.Fatalf("seen only at %v before", where)
				}
				c.off(t, s)
				where, err := seenAt(t, s)
				if len(where) > 0 || fault.Code(err) != c.fault {
					t.Errorf("still seen at %v; who applies is told %v", where, err)
				}
			})
		})
	}
}

// The last day of an item is a day on which it may be applied for.
func TestTheLastDayIsOffered(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		planned("", today(d).String())(t, s)
		if where, err := seenAt(t, s); len(where) != 7 || err != nil {
			t.Errorf("on its last day it is seen at %v, %v", where, err)
		}
	})
}

func planned(from, until string) func(t *testing.T, s *catalog.Service) {
	return func(t *testing.T, s *catalog.Service) {
		c := proposed(t, s, "k", func(it *catalog.Item) error { it.From, it.Until = from, until; return nil })
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(s.DB), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// brought takes the food item in from a package that says when it begins.
func brought(line string) func(t *testing.T, s *catalog.Service) {
	return func(t *testing.T, s *catalog.Service) {
		files := fstest.MapFS{}
		_ = fs.WalkDir(yunchuan(t), ".", func(p string, e fs.DirEntry, _ error) error {
			if !e.IsDir() {
				text, _ := fs.ReadFile(yunchuan(t), p)
				files[p] = &fstest.MapFile{Data: text}
			}
			return nil
		})
		f := files["items/"+foodItem+".yaml"]
		f.Data = regexp.MustCompile(`(?m)^from: .*$`).ReplaceAll(f.Data, []byte(line))
		if r, err := s.LoadPackage(t.Context(), files); err != nil || r.Changed != 1 {
			t.Fatal(err, r)
		}
	}
}

// seenAt lists where the public meets the food item, and what somebody hears who applies for it.
func seenAt(t *testing.T, s *catalog.Service) (where []string, offered error) {
	t.Helper()
	at := func(place string, seen bool) {
		if seen {
			where = append(where, place)
		}
	}
	is := func(e catalog.Entry) bool { return e.Code == foodItem }
	read(t, s.DB, func(tx *db.Tx) error {
		it, err := s.Current(tx, foodItem)
		if err != nil {
			return err
		}
		_, offered = s.Offered(tx, foodItem)
		all, _, err := s.Browse(tx, catalog.Filter{}, "", 100)
		at("browse", slices.ContainsFunc(all, is))
		if err != nil {
			return err
		}
		licences, _, err := s.Browse(tx, catalog.Filter{Type: it.Type}, "", 100)
		at("facet", slices.ContainsFunc(licences, is))
		if err != nil {
			return err
		}
		types, err := s.Facets(tx, catalog.FacetType)
		at("facet counts", slices.ContainsFunc(types, func(f catalog.Facet) bool { return f.Value == it.Type && f.Items > len(without(licences)) }))
		if err != nil {
			return err
		}
		n, err := s.Count(tx)
		at("count", n > len(without(all)))
		if err != nil {
			return err
		}
		hits, _, err := s.Search(tx, it.Name, catalog.Filter{}, "", 20)
		at("search", slices.ContainsFunc(hits, func(h catalog.Hit) bool { return is(h.Entry) }))
		if err != nil {
			return err
		}
		b, err := s.Chosen(tx, []string{foodItem})
		at("chosen booklet", err == nil && len(b.Items) > 0)
		if err != nil && !fault.Is(err, fault.Unknown) {
			return err
		}
		_, err = s.Poster(tx, it, "https://city.example")
		at("poster", err == nil)
		if fault.Is(err, fault.Unknown) {
			err = nil
		}
		return err
	})
	return where, offered
}

func without(list []catalog.Entry) []catalog.Entry {
	return slices.DeleteFunc(slices.Clone(list), func(e catalog.Entry) bool { return e.Code == foodItem })
}

// The guide of an item that nobody may apply for today says when it opens, or when it ended, and gives no way to apply.
func TestTheGuideSaysWhenItOpens(t *testing.T) {
	for name, c := range map[string]struct {
		off    func(t *testing.T, s *catalog.Service)
		zh, en string
	}{
		"over":    {planned("2020-01-01", "2021-01-01"), "申请到2021年1月1日为止", "Applications ended on"},
		"to come": {brought("from: \"2120-01-01\""), "2120年1月1日起可以申请", "You can apply from"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				s := loaded(t, d)
				c.off(t, s)
				for lang, words := range map[string]string{i18n.Chinese: c.zh, i18n.English: c.en} {
					code, page := open(t, s, lang).get("/items/" + foodItem)
					if code != 200 || strings.Count(page, words) < 2 || strings.Contains(page, `href="/apply/`) {
						t.Errorf("%s: %d, it does not say %q", lang, code, words)
					}
				}
			})
		})
	}
}
