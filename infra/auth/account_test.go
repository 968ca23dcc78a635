package auth_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var schemas = []dbtest.Schema{{Module: "auth", Files: auth.Schema}}

const password = "一扇门Door2026"

// hashed is the hash of password: making one takes a while.
var hashed = sync.OnceValue(func() string { return auth.Hash(password) })

// clock is a moment that tests move.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(1_760_000_000_000)
	return c
}

func (c *clock) now() time.Time                  { return time.UnixMilli(c.ms.Load()) }
func (c *clock) pass(d time.Duration)            { c.ms.Add(d.Milliseconds()) }
func (c *clock) on(d *db.DB) *db.DB              { return d.WithClock(c.now) }
func write(d *db.DB, f func(*db.Tx) error) error { return d.Write(context.Background(), f) }

// open makes an account with the password above.
func open(t *testing.T, d *db.DB, login string) (id int64) {
	t.Helper()
	err := write(d, func(tx *db.Tx) (err error) {
		id, err = auth.Open(tx, auth.Staff, login, 77, hashed())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// check signs in and returns the code of what went wrong.
func check(t *testing.T, a *auth.Accounts, login, password string) string {
	t.Helper()
	_, err := a.Check(t.Context(), login, password)
	return fault.Code(err)
}

func TestTheRightPasswordOpensTheAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		id := open(t, d, " Zhang.San@Example.CN ")
		a := auth.NewAccounts(d)
		want := auth.Account{ID: id, Kind: auth.Staff, Login: "zhang.san@example.cn", Subject: 77}
		for _, login := range []string{"zhang.san@example.cn", "ZHANG.SAN@EXAMPLE.CN", "  Zhang.San@example.cn"} {
			if got, err := a.Check(t.Context(), login, password); err != nil || got != want {
				t.Errorf("%q: got %+v (%v), want %+v", login, got, err, want)
			}
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			got, err := auth.Find(tx, id)
			if got != want {
				t.Errorf("found %+v, want %+v", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWhatIsWrongIsNotTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		open(t, d, "li.si")
		closed := open(t, d, "closed")
		if err := write(d, func(tx *db.Tx) error {
			return tx.ExecOne(`UPDATE auth_account SET active = $1 WHERE id = $2`, false, closed)
		}); err != nil {
			t.Fatal(err)
		}
		a := auth.NewAccounts(d)
		for _, tt := range []struct{ login, password string }{
			{"li.si", "wrong"}, {"li.si", ""}, {"li.si", password + " "}, {"nobody", password}, {"", ""}, {"closed", password},
			{"li.si' OR '1'='1", password}, {"%", password},
		} {
			if got := check(t, a, tt.login, tt.password); got != "auth.refused" {
				t.Errorf("%q: got %q, want auth.refused", tt.login, got)
			}
		}
		if got := check(t, a, "li.si\x00", password); got != "request.malformed" { // no text at all
			t.Errorf("a zero character: got %q, want request.malformed", got)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error { _, err := auth.Find(tx, closed); return err }); !fault.Is(err, fault.Unknown) {
			t.Errorf("a closed account is found: %v", err)
		}
	})
}

func TestFiveWrongPasswordsLockForAQuarter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := newClock()
		open(t, d, "wang")
		a := auth.NewAccounts(now.on(d))
		expect := func(when, password, want string) {
			t.Helper()
			if got := check(t, a, "wang", password); got != want {
				t.Errorf("%s: got %q, want %q", when, got, want)
			}
		}
		for range 4 {
			expect("the first four", "wrong", "auth.refused")
		}
		expect("the right one after four", password, "")
		for range 5 {
			expect("five, counted anew", "wrong", "auth.refused")
		}
		expect("locked, the right one", password, "auth.locked")
		_, err := a.Check(t.Context(), "wang", password)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.TooMany || f.Args["minutes"] != 15 {
			t.Errorf("got %+v, want a rest of 15 minutes", err)
		}
		now.pass(15*time.Minute - time.Millisecond)
		_, err = a.Check(t.Context(), "wang", "wrong")
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Args["minutes"] != 1 {
			t.Errorf("at the last moment: got %+v, want a rest of 1 minute", err)
		}
		now.pass(time.Millisecond)
		expect("after the rest, one mistake", "wrong", "auth.refused")
		expect("after the rest, the right one", password, "")
	})
}

// A rest must not tell which logins there are.
func TestAnUnknownLoginRestsAsAKnownOneDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := newClock()
		open(t, d, "wang")
		a := auth.NewAccounts(now.on(d))
		for i := range 7 {
			_, known := a.Check(t.Context(), "wang", "wrong")
			_, unknown := a.Check(t.Context(), " Nobody", "wrong")
			if known == nil || unknown == nil || known.Error() != unknown.Error() {
				t.Errorf("try %d: %v for a known login, %v for an unknown one", i+1, known, unknown)
			}
			now.pass(time.Minute)
		}
		if got := check(t, a, "nobody", "wrong"); got != "auth.locked" {
			t.Errorf("at last: got %q, want auth.locked", got)
		}
		now.pass(15 * time.Minute)
		if got := check(t, a, "nobody", "wrong"); got != "auth.refused" {
			t.Errorf("after the rest: got %q, want auth.refused", got)
		}
	})
}

func TestClosedAccountsLeaveTheirLogins(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		id := open(t, d, "qian")
		if err := write(d, func(tx *db.Tx) error {
			if n, err := auth.CloseAll(tx, auth.Staff, 78); n != 0 || err != nil {
				t.Errorf("somebody else's: %d closed (%v)", n, err)
			}
			n, err := auth.CloseAll(tx, auth.Staff, 77)
			if n != 1 {
				t.Errorf("%d closed, want 1", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		a := auth.NewAccounts(d)
		if got := check(t, a, "qian", password); got != "auth.refused" {
			t.Errorf("got %q, want auth.refused", got)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error { _, err := auth.Find(tx, id); return err }); !fault.Is(err, fault.Unknown) {
			t.Errorf("a closed account is found: %v", err)
		}
		if again := open(t, d, "qian"); again == id {
			t.Error("the login was not free")
		}
	})
}

func TestGuessesSentAtOnceLearnNoMoreThanFive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		open(t, d, "zhao")
		a := auth.NewAccounts(d)
		var refused, locked atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				switch _, err := a.Check(t.Context(), "zhao", "guess"); fault.Code(err) {
				case "auth.refused":
					refused.Add(1)
				case "auth.locked":
					locked.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if refused.Load() != 5 || locked.Load() != 11 {
			t.Errorf("%d guesses were answered and %d were not, want 5 and 11", refused.Load(), locked.Load())
		}
	})
}

func TestALoginIsTakenOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		none := func() (none bool) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { none, err = auth.None(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return none
		}
		if !none() {
			t.Error("an empty database has an account")
		}
		open(t, d, "chen")
		err := write(d, func(tx *db.Tx) error { _, err := auth.Open(tx, auth.Applicant, " CHEN", 78, hashed()); return err })
		if !fault.Is(err, fault.Conflict) || fault.Code(err) != "auth.login_taken" {
			t.Errorf("got %v, want auth.login_taken", err)
		}
		if none() {
			t.Error("the account is not seen")
		}
	})
}

func TestKnownFindsTheFormThatIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		open(t, d, "p9f3")
		a := auth.NewAccounts(d)
		for _, tt := range []struct {
			typed []string
			want  string
		}{
			{[]string{"110101199003070011", "P9F3"}, "P9F3"}, {[]string{"p9f3", "other"}, "p9f3"},
			{[]string{"neither", "nor"}, "neither"}, {nil, ""},
		} {
			if got, err := a.Known(t.Context(), tt.typed...); err != nil || got != tt.want {
				t.Errorf("%v: got %q (%v), want %q", tt.typed, got, err, tt.want)
			}
		}
	})
}
