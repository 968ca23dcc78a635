package auth_test

import (
	"bytes"
	"testing"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := newClock()
		s := auth.SessionStore{DB: now.on(d)}
		find := func(token string) string {
			t.Helper()
			data, found, err := s.Find(token)
			if err != nil || found != (data != nil) {
				t.Fatalf("find: %q %t %v", data, found, err)
			}
			return string(data)
		}
		keep := func(token, data string, life time.Duration) {
			t.Helper()
			if err := s.Commit(token, []byte(data), now.now().Add(life)); err != nil {
				t.Fatal(err)
			}
		}
		if got := find("t1"); got != "" {
			t.Errorf("before there is one: %q", got)
		}
		keep("t1", "a", time.Hour)
		keep("t2", "b", 3*time.Hour)
		keep("t1", "a, again", 2*time.Hour)
		now.pass(time.Hour)
		if got := find("t1"); got != "a, again" {
			t.Errorf("got %q, want what was kept last", got)
		}
		now.pass(time.Hour)
		if got := find("t1"); got != "" {
			t.Errorf("an expired session opens: %q", got)
		}
		rows := func() (n int) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT COUNT(*) FROM auth_session`, nil, &n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if err := s.Sweep(t.Context()); err != nil || rows() != 1 || find("t2") != "b" {
			t.Errorf("after the sweep %d sessions are left (%v), want t2", rows(), err)
		}
		for range 2 { // deleting what is gone is fine
			if err := s.Delete("t2"); err != nil || find("t2") != "" {
				t.Errorf("deleted, it is found (%v)", err)
			}
		}
	})
}

func TestATokenIsNeverKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const token = "Zk3vN0secretTokenOfACookie"
		if err := (auth.SessionStore{DB: d}).Commit(token, []byte("data"), time.UnixMilli(4_000_000_000_000)); err != nil {
			t.Fatal(err)
		}
		var kept string
		var data []byte
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.One(`SELECT token, data FROM auth_session`, nil, &kept, &data)
		})
		if err != nil || bytes.Contains([]byte(kept), []byte(token)) || bytes.Contains(data, []byte(token)) {
			t.Errorf("the row holds %q %q (%v)", kept, data, err)
		}
		// Who reads the table cannot use what it holds.
		if _, found, err := (auth.SessionStore{DB: d}).Find(kept); found || err != nil {
			t.Errorf("the kept digest opens the session (%v)", err)
		}
	})
}
