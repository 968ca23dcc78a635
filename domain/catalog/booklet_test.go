package catalog

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// A booklet that is printed anew takes the place of the former one, whose file goes a week later; nothing is orphaned, and
// what is printed the same again stays.
func TestFormerBookletsGo(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		now := calendar.NewDate(2026, 1, 5).Start()
		shelf := blob.Folder{Dir: filepath.Join(t.TempDir(), "booklets")}
		s := &Service{DB: d.WithClock(func() time.Time { return now })}
		ctx := t.Context()
		made := func(id, content string) {
			t.Helper()
			key, size, err := shelf.Put(ctx, strings.NewReader(content), 100)
			if err == nil {
				err = s.DB.Write(ctx, func(tx *db.Tx) error {
					return s.KeepPrinted(tx, Printed{ID: id, Hash: content, Blob: key, Size: size, Pages: 1})
				})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		pass := func(days int) {
			t.Helper()
			now = now.AddDate(0, 0, days)
			if err := s.SweepPrinted(ctx, shelf); err != nil {
				t.Fatal(err)
			}
		}
		files := func() (n int) {
			t.Helper()
			err := filepath.WalkDir(shelf.Dir, func(_ string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					n++
				}
				return err
			})
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			return n
		}
		expect := func(what string, want int) {
			t.Helper()
			if got := files(); got != want {
				t.Errorf("%s: %d files, want %d", what, got, want)
			}
		}
		made("a", "first")
		made("b", "first") // the same content is kept once
		made("a", "second")
		pass(8)
		expect("another booklet has it still", 2)
		made("b", "third")
		pass(6)
		expect("within the week", 3)
		pass(2)
		expect("after the week", 2)
		made("a", "fourth")
		made("a", "second") // back to what it was
		pass(8)
		expect("printed as before", 2)
		if was, err := find(t, s, "a"); err != nil || was.Hash != "second" {
			t.Errorf("a: %+v, %v", was, err)
		}
		pass(91)
		pass(1)
		expect("nobody has asked for three months", 0)
		if was, err := find(t, s, "a"); err != nil || was.ID != "" {
			t.Errorf("a: %+v, %v", was, err)
		}
		if err := s.DB.Read(ctx, func(tx *db.Tx) error {
			var n int
			err := tx.One(`SELECT COUNT(*) FROM catalog_booklet_former`, nil, &n)
			if n != 0 {
				t.Errorf("%d files are still to go", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func find(t *testing.T, s *Service, id string) (was Printed, err error) {
	t.Helper()
	err = s.DB.Read(t.Context(), func(tx *db.Tx) (err error) { was, err = s.Printed(tx, id); return err })
	return was, err
}
