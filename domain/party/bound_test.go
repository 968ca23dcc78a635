package party_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// However many mandates somebody holds, each is good for its principal, and lists show them in pages by key.
func TestManyMandates(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		agent, other, last := who(t, s, "a01"), who(t, s, "p02"), who(t, s, "o01")
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for id := range 130 { // before all that the city has
				if err := tx.Exec(`INSERT INTO party_mandate (id, agent, principal, items, from_on, to_on, document)
					VALUES ($1, $2, $3, '[]', '2020-01-01', '2099-12-31', '授权委托书')`, id+1, agent, other); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(tx *db.Tx) error {
			all, err := s.Principals(tx, agent)
			if err != nil || len(all) > 200 {
				t.Errorf("%d principals at once, %v", len(all), err)
			}
			if got, err := s.Mandate(tx, agent, last, ""); err != nil || got.How != party.ByMandate {
				t.Errorf("the mandate after the first hundred: %+v, %v", got, err)
			}
			return nil
		})
		if a := as(t, s, "a01", "o01"); a.For != last {
			t.Errorf("acts for %d, want %d", a.For, last)
		}
		seen, pages := map[int64]bool{}, 0
		for before := int64(0); pages < 9; {
			read(t, s, func(tx *db.Tx) error {
				list, next, err := s.Mandates(tx, agent, before, 50)
				for _, m := range list {
					seen[m.ID] = true
				}
				before = next
				return err
			})
			if pages++; before == 0 {
				break
			}
		}
		if len(seen) < 131 || pages != 3 {
			t.Errorf("%d mandates in %d pages", len(seen), pages)
		}
		b := browse(t, s, as(t, s, "a01", ""), party.Own)
		code, page := b.visit(http.MethodGet, "/my/profile", nil)
		more := regexp.MustCompile(`/my/profile\?mandates=\d+`).FindString(page)
		if code != http.StatusOK || more == "" || strings.Count(page, "授权委托书") > 20 {
			t.Fatalf("the profile: %d, more at %q", code, more)
		}
		if code, page = b.visit(http.MethodGet, more, nil); code != http.StatusOK || !strings.Contains(page, "回到最新的委托") {
			t.Errorf("the page after: %d", code)
		}
	})
}
