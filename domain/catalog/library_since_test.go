package catalog_test

import (
	"slices"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// What waits for review, or for its day, does not publish what the library said before: it is not approved, and goes back
// on its day. Once today's words are taken over and looked at again, it is in force with them.
func TestAChangeWaitsWhileTheLibraryMoves(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		change := func(key, word string) {
			t.Helper()
			m := libraryEntry(t, s, attorney)
			m.Points = append(slices.Clone(m.Points), word)
			if err := s.ChangeMaterial(t.Context(), keeper, key, m.Version, m); err != nil {
				t.Fatal(err)
			}
		}
		c := proposed(t, s, "k", func(it *catalog.Item) error { it.Phone = "0571-12345"; return nil })
		change("m1", "附受托人联系电话")
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); fault.Code(err) != "catalog.change.problems" {
			t.Fatalf("approved with older words: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			wrong, err := s.Problems(tx, c)
			if len(wrong) != 1 || wrong[0].Code != "catalog.item.library_moved" {
				t.Errorf("told %v", wrong)
			}
			return err
		})
		again := func(c *catalog.Change) *catalog.Change {
			t.Helper()
			c, err := s.TakeLibrary(t.Context(), officer, c.ID, c.Lock)
			if err != nil {
				t.Fatal(err)
			}
			if c, err = s.Submit(t.Context(), officer, c.ID, c.Lock, "换用材料库的新说法"); err != nil {
				t.Fatal(err)
			}
			return c
		}
		c, err := s.Return(t.Context(), reviewer, c.ID, c.Lock, "材料库改过了")
		if err != nil {
			t.Fatal(err)
		}
		c = again(c)
		if c, err = s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d)+3, ""); err != nil {
			t.Fatal(err)
		}
		change("m2", "注明委托期限")
		late := &catalog.Service{DB: d.WithClock(func() time.Time { return (today(d) + 3).Start() })}
		if err := late.Enforce(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) (err error) { c, err = s.Change(tx, c.ID); return err })
		if c.State != catalog.ChangeReturned {
			t.Fatalf("on its day it is %s", c.State)
		}
		c = again(c)
		if _, err = s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		it := current(t, s, foodItem)
		i := slices.IndexFunc(it.Materials, func(m catalog.Material) bool { return m.Library == attorney })
		if i < 0 || !slices.Contains(it.Materials[i].Points, "附受托人联系电话") || !slices.Contains(it.Materials[i].Points, "注明委托期限") {
			t.Error("it is in force with older words")
		}
	})
}
