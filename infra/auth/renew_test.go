package auth_test

import (
	"errors"
	"testing"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// field is the code against a field of an input fault, else the fault's own.
func field(err error, name string) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Fields[name] != "" {
		return f.Fields[name]
	}
	return fault.Code(err)
}

func TestWeak(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ password, want string }{
		{"seven77", "auth.password_short"},
		{"一二三四五六七", "auth.password_short"},
		{"一二三四五六七八", ""},
		{string(make([]byte, 129)), "auth.password_long"},
		{"aaaaaaaaa", "auth.password_obvious"},
		{"aAaA aAaA", "auth.password_obvious"},
		{"        ", "auth.password_obvious"},
		{"yc100005", "auth.password_obvious"},
		{"ＹＣ-100005", "auth.password_obvious"},
		{"yc100005x", ""},
	} {
		if got := auth.Weak(auth.Applicant, tt.password, "", "YC100005"); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.password, got, tt.want)
		}
	}
}

// What is tried first is not taken; what only looks like it is.
func TestACommonPasswordIsWeak(t *testing.T) {
	t.Parallel()
	for _, common := range []string{
		"12345678", "87654321", "0123456789", "98765432", "password", "password1", "Password123", "P@ssw0rd!", "qwertyui", "asdfghjkl",
		"poiuytrewq", "1qaz2wsx", "1q2w3e4r", "abcdefgh", "abcd1234", "a1234567", "qwer1234", "12341234", "abcabcabc", "admin888",
		"woaini1314", "woaini520", "iloveyou", "ｐａｓｓｗｏｒｄ１", "!@#$%^&*", "5201314a",
	} {
		if got := auth.Weak(auth.Applicant, common); got != "auth.password_common" {
			t.Errorf("%q: %q", common, got)
		}
	}
	for _, good := range []string{"yunchuan-2026", "correct horse", "一扇门Door2026", "19470318", "password of my aunt", "test drive by night", "q7-mimosa"} {
		if got := auth.Weak(auth.Applicant, good); got != "" {
			t.Errorf("%q: %q", good, got)
		}
	}
	for password, want := range map[string]string{
		"19470318": "auth.password_kinds", "horsebattery": "auth.password_kinds", "horseBattery": "", "horse battery": "", "一扇很好的门在这里": "auth.password_kinds",
	} {
		if got := auth.Weak(auth.Staff, password); got != want {
			t.Errorf("%q of staff: %q, want %q", password, got, want)
		}
	}
	if got := auth.Weak(auth.Applicant, "19491231", "11010519491231002X"); got != "auth.password_obvious" {
		t.Errorf("one's own day of birth: %q", got)
	}
}

func TestAnIssuedPasswordIsChangedAndEndsWhatWasBefore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const own = "a password of my own"
		id, sister := open(t, d, "yc1005"), open(t, d, "15400010005")
		a := auth.NewAccounts(d)
		if err := write(d, func(tx *db.Tx) error { return auth.Issue(tx, auth.Staff, 77, hashed()) }); err != nil {
			t.Fatal(err)
		}
		found, err := a.Check(t.Context(), "yc1005", password)
		if err != nil || !found.MustChange || found.Renewed != 1 {
			t.Fatalf("got %+v (%v), want one that must change", found, err)
		}
		for _, tt := range []struct{ password, want string }{
			{"short", "auth.password_short"}, {password, "auth.password_same"}, {"15400010005", "auth.password_obvious"},
		} {
			if _, err := a.Change(t.Context(), id, "", tt.password, "15400010005"); field(err, "password") != tt.want {
				t.Errorf("%q: got %v, want %s", tt.password, err, tt.want)
			}
		}
		changed, err := a.Change(t.Context(), id, "", own)
		if err != nil || changed.MustChange || changed.Renewed != 2 {
			t.Fatalf("got %+v (%v)", changed, err)
		}
		for _, login := range []string{"yc1005", "15400010005"} {
			if got := check(t, a, login, own); got != "" {
				t.Errorf("%s with the new password: %s", login, got)
			}
			if got := check(t, a, login, password); got != "auth.refused" {
				t.Errorf("%s with the old password: %q", login, got)
			}
		}
		if got, err := a.Change(t.Context(), sister, "wrong", "another of my own"); field(err, "password_now") != "auth.old_wrong" {
			t.Errorf("without the password so far: %+v, %v", got, err)
		}
		if got, err := a.Change(t.Context(), sister, own, "another of my own"); err != nil || got.Renewed != 3 {
			t.Errorf("with the password so far: %+v, %v", got, err)
		}
	})
}

func TestWrongPasswordsCountWhenChangingToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		id := open(t, d, "yc1005")
		a := auth.NewAccounts(d)
		for range 5 {
			if _, err := a.Change(t.Context(), id, "wrong", "a password of my own"); field(err, "password_now") != "auth.old_wrong" {
				t.Fatalf("got %v", err)
			}
		}
		if _, err := a.Change(t.Context(), id, password, "a password of my own"); fault.Code(err) != "auth.locked" {
			t.Errorf("after five: %v", err)
		}
		if err := write(d, func(tx *db.Tx) error { return auth.Issue(tx, auth.Staff, 77, hashed()) }); err != nil {
			t.Fatal(err)
		}
		if got := check(t, a, "yc1005", password); got != "" {
			t.Errorf("an issued password does not open an account that rests: %s", got)
		}
		if err := write(d, func(tx *db.Tx) error { return auth.Issue(tx, auth.Applicant, 77, hashed()) }); fault.Code(err) != "row.unknown" {
			t.Errorf("nobody's account: %v", err)
		}
	})
}
