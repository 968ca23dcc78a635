package party_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// Whoever knows all that is on record about somebody whom a window has met gets
// nothing of it online; the window gives the account.
func TestWhomAWindowHasMetGetsTheAccountThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var acts []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		person := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090001"}, "")
		org := enrol(t, s, party.Input{Kind: party.Organization, Name: "云川新公司", Number: newCode, Mobile: "15400020001", LegalName: "周叙白", LegalNumber: "379900198706120117"}, "")
		for _, in := range []party.Registration{
			company(), {Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090001", Password: password},
		} {
			if _, err := s.Register(t.Context(), auth.Actor{}, in); fault.Code(err) != "party.not_here" || len(fields(err)) != 0 {
				t.Errorf("%s is claimed online: %v", in.Name, err)
			}
		}
		accounts := auth.NewAccounts(s.DB)
		if _, err := s.IssueAccount(t.Context(), clerk, "k0", person.ID, newCode); fields(err)["number"] != "party.other_number" {
			t.Errorf("another paper: %v", err)
		}
		if _, err := s.IssueAccount(t.Context(), clerk, "k0", 1, newCode); fault.Code(err) != "row.unknown" {
			t.Errorf("nobody: %v", err)
		}
		first, err := s.IssueAccount(t.Context(), clerk, "k1", person.ID, "11010519491231002x")
		if err != nil || first.Password == "" {
			t.Fatalf("issued %+v, %v", first, err)
		}
		if again, err := s.IssueAccount(t.Context(), clerk, "k1", person.ID, "11010519491231002x"); again != first || err != nil {
			t.Errorf("the same form again: %+v, %v", again, err)
		}
		for _, login := range []string{"15400090001", "11010519491231002X"} {
			if a, err := accounts.Check(t.Context(), s.Login(login), first.Password); err != nil || a.Subject != person.ID || !a.MustChange {
				t.Errorf("signs in by %s: %+v, %v", login, a, err)
			}
		}
		second, err := s.IssueAccount(t.Context(), clerk, "k2", person.ID, "11010519491231002X")
		if err != nil || second.Password == first.Password || second.Renewed <= first.Renewed {
			t.Errorf("reset: %+v, %v", second, err)
		}
		if again, err := s.IssueAccount(t.Context(), clerk, "k1", person.ID, "11010519491231002x"); again.Password != "" || err != nil {
			t.Errorf("a replaced password is shown: %+v, %v", again, err)
		}
		if got, err := s.IssueAccount(t.Context(), clerk, "k3", org.ID, newCode); err != nil {
			t.Errorf("the organisation: %v", err)
		} else if a, err := accounts.Check(t.Context(), s.Login(newCode), got.Password); err != nil || a.Subject != org.ID {
			t.Errorf("the organisation signs in: %+v, %v", a, err)
		}
		if want := []string{"party.account_issued", "party.account_issued", "party.account_issued"}; !slices.Equal(acts, want) {
			t.Errorf("ledger = %v, want %v", acts, want)
		}
	})
}

func TestTheAccountPageOfAWindow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		if _, err := s.Register(t.Context(), auth.Actor{}, company()); err != nil {
			t.Fatal(err)
		}
		var declared party.Party
		read(t, s, func(tx *db.Tx) (err error) { declared, err = s.FindByNumber(tx, newCode); return err })
		p := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: "11010519491231002X"}, "")
		b := browse(t, s, clerk, party.Enrol)
		path := party.AccountPath(p.ID)
		if code, page := b.visit("GET", path, nil); code != 200 || !strings.Contains(page, "开通账号") || strings.Contains(page, "11010519491231002X") {
			t.Errorf("the page: %d", code)
		}
		if code, page := b.visit("POST", path, url.Values{"number": {"1101"}}); code != 422 || !strings.Contains(page, `href="#number"`) {
			t.Errorf("another number: %d", code)
		}
		if code, page := b.visit("POST", path, url.Values{"number": {"11010519491231002X"}, "_key": {"k"}}); code != 200 || !strings.Contains(page, "只显示这一次") {
			t.Errorf("issued: %d", code)
		}
		if code, page := b.visit("POST", party.AccountPath(declared.ID), url.Values{"number": {newCode}}); code != 409 || !strings.Contains(page, "还没有在窗口核对过") {
			t.Errorf("who only declared: %d", code)
		}
		if code, _ := browse(t, s, clerk, party.Unmask).visit("POST", path, url.Values{"number": {"11010519491231002X"}}); code != 403 {
			t.Errorf("without the right: %d", code)
		}
	})
}
