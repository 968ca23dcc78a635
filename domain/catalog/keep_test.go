package catalog_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
)

// TestTheOfficersListIsNarrowed by department, kind and state, with a search and without, page by page; what is taken from
// the list is found like all else.
func TestTheOfficersListIsNarrowed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if err := s.Suspend(t.Context(), reviewer, foodItem, "法律修改"); err != nil {
			t.Fatal(err)
		}
		food := current(t, s, foodItem)
		all := func(f catalog.Filter) (list []catalog.Entry) {
			f.All = true
			read(t, d, func(tx *db.Tx) error {
				for after := ""; ; {
					some, next, err := s.Browse(tx, f, after, 7)
					if err != nil {
						return err
					}
					if list = append(list, some...); next == "" {
						return nil
					}
					after = next
				}
			})
			return list
		}
		whole := all(catalog.Filter{})
		for name, f := range map[string]catalog.Filter{
			"by body": {Body: food.Body}, "by kind": {Type: food.Type}, "taken off": {State: catalog.ItemSuspended},
			"on offer": {State: catalog.ItemOffered}, "outside its days": {State: catalog.ItemOutside}, "no such state": {State: "x"},
			"all at once": {Body: food.Body, Type: food.Type, State: catalog.ItemSuspended}, "both": {Body: food.Body, State: catalog.ItemOffered},
		} {
			want := 0
			for _, e := range whole {
				state := catalog.ItemOffered
				if e.Code == foodItem {
					state = catalog.ItemSuspended
				}
				if (f.Body == "" || e.Body == f.Body) && (f.Type == "" || e.Type == f.Type) && (f.State == "" || f.State == state) {
					want++
				}
			}
			got := all(f)
			if len(got) != want {
				t.Errorf("%s: %d of %d", name, len(got), want)
			}
			site := open(t, s, i18n.Chinese)
			_, page := site.get("/catalog?" + url.Values{"body": {f.Body}, "type": {f.Type}, "state": {f.State}}.Encode())
			if said := regexp.MustCompile(`找到 (\d+) 个事项`).FindStringSubmatch(page); said == nil || said[1] != fmt.Sprint(want) {
				t.Errorf("%s: the page says %v, want %d", name, said, want)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			for _, state := range []string{catalog.ItemOffered, catalog.ItemSuspended} {
				hits, _, err := s.Search(tx, "经营许可", catalog.Filter{All: true, State: state}, "", 100)
				if err != nil {
					return err
				}
				has := false
				for _, h := range hits {
					has = has || h.Code == foodItem
				}
				if has != (state == catalog.ItemSuspended) || len(hits) == 0 {
					t.Errorf("a search among %s: %d, %t", state, len(hits), has)
				}
			}
			return nil
		})
	})
}

// TestTheOfficersListKeepsItsFilter over its pages and its search.
func TestTheOfficersListKeepsItsFilter(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	_, page := open(t, s, i18n.English).get("/catalog?state=offered&type=")
	next := regexp.MustCompile(`href="(/catalog\?[^"]*after=[^"]*)"`).FindStringSubmatch(page)
	if next == nil || !strings.Contains(next[1], "state=offered") || !strings.Contains(page, `<input type="hidden" name="state" value="offered"`) {
		t.Fatalf("the next page is %v", next)
	}
	if code, page := open(t, s, i18n.English).get(next[1]); code != 200 || !strings.Contains(page, `<option value="offered" selected`) {
		t.Errorf("%d", code)
	}
}
