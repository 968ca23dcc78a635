package party_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

const newCode = "91350100M000100Y43"

// company is what an organisation enters to open an account.
func company() party.Registration {
	return party.Registration{
		Kind: party.Organization, Name: "云川新公司", Number: "91350100m000100y43", Mobile: "15400020001", Password: password,
		LegalName: "周叙白", LegalNumber: "379900198706120117", // p01, whose mobile number it is as well
	}
}

// An organisation that only declares itself can apply; its legal representative
// acts for it once a window has seen the licence.
func TestAnOrganisationRegisters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		account, err := s.Register(t.Context(), auth.Actor{}, company())
		if err != nil {
			t.Fatal(err)
		}
		accounts := auth.NewAccounts(s.DB)
		a, err := accounts.Check(t.Context(), s.Login("91350100M000100Y43"), password)
		if err != nil || a.ID != account {
			t.Errorf("sign in by code: %+v, %v", a, err)
		}
		if a, err := accounts.Check(t.Context(), s.Login("15400020001"), password); err != nil || a.Subject != who(t, s, "p01") {
			t.Errorf("the contact's own account: %+v, %v", a, err)
		}
		p01 := who(t, s, "p01")
		read(t, s, func(tx *db.Tx) error {
			p, err := s.Find(tx, a.Subject)
			if p.Kind != party.Organization || p.Assurance != party.Declared || p.Legal != 0 || p.LegalName != "周叙白" {
				t.Errorf("registered %+v", p)
			}
			if _, err := s.Mandate(tx, p01, p.ID, ""); fault.Code(err) != "party.no_mandate" {
				t.Errorf("acts for what was only declared: %v", err)
			}
			return err
		})

		// The window sees the licence: another legal representative, and the account goes.
		seen := enrol(t, s, party.Input{Kind: party.Organization, Name: "云川新公司", Number: newCode, LegalName: "周叙白", LegalNumber: "379900198706120117"}, "")
		if !seen.TakenOver || seen.Assurance != party.Seen || seen.Legal != p01 {
			t.Errorf("identified %+v", seen)
		}
		read(t, s, func(tx *db.Tx) error {
			got, err := s.Find(tx, seen.ID)
			if got.Legal != p01 || got.Mobile != "" || got.Registered {
				t.Errorf("stored %+v", got)
			}
			return err
		})
	})
}

func TestAnOrganisationIsTakenAtItsWordOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		for field, c := range map[string]struct {
			code   string
			change func(*party.Registration)
		}{
			"number":       {"party.uscc_check", func(r *party.Registration) { r.Number = "91350100M000100Y44" }},
			"legal_name":   {"party.name", func(r *party.Registration) { r.LegalName = "" }},
			"legal_number": {"party.legal_missing", func(r *party.Registration) { r.LegalNumber = "" }},
			"mobile":       {"party.mobile", func(r *party.Registration) { r.Mobile = "" }},
			"password":     {"auth.password_obvious", func(r *party.Registration) { r.Password = "379900198706120117" }},
		} {
			in := company()
			c.change(&in)
			before := count(t, s, `SELECT count(*) FROM party_party`)
			if _, err := s.Register(t.Context(), auth.Actor{}, in); fields(err)[field] != c.code {
				t.Errorf("%s: %v, want %s", field, err, c.code)
			}
			if after := count(t, s, `SELECT count(*) FROM party_party`); after != before {
				t.Errorf("%s left a trace", field)
			}
		}
		// A code that has an account sounds like a mobile number that has one.
		in := company()
		in.Number = "91379900MA7YC0014Q"
		if _, err := s.Register(t.Context(), auth.Actor{}, in); fault.Code(err) != "party.not_here" || len(fields(err)) != 0 {
			t.Errorf("a known code: %v", err)
		}
	})
}

// The contact number of an organisation does not keep its owner from registering.
func TestAContactNumberStaysFree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		in := company()
		in.Mobile = "15400090001"
		if _, err := s.Register(t.Context(), auth.Actor{}, in); err != nil {
			t.Fatal(err)
		}
		person := party.Registration{Name: "林见鹿", Number: "11010519491231002x", Mobile: "15400090001", Password: password}
		if _, err := s.Register(t.Context(), auth.Actor{}, person); err != nil {
			t.Errorf("the contact registers: %v", err)
		}
	})
}

func TestRegisterPageOfOrganisations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var signedIn int64
		s.SignIn = func(_ context.Context, account int64) error { signedIn = account; return nil }
		b := browse(t, s, auth.Actor{})
		code, page := b.visit("GET", "/register?kind=organization&next=%2Fitems%2Fx", nil)
		for _, want := range []string{`value="organization"`, "统一社会信用代码", "法定代表人姓名", `name="legal_number"`, "联系手机号", "next=%2Fitems%2Fx"} {
			if code != 200 || !strings.Contains(page, want) {
				t.Errorf("the page (%d) lacks %s", code, want)
			}
		}
		form := url.Values{
			"kind": {"organization"}, "name": {"云川新公司"}, "number": {"91350100M000100Y44"}, "legal_name": {"周叙白"},
			"legal_number": {"379900198706120117"}, "mobile": {"15400090001"}, "password": {password}, "next": {"/items/x"},
		}
		code, page = b.visit("POST", "/register", form)
		if code != 422 || !strings.Contains(page, "请对照执照核对") || !strings.Contains(page, `value="周叙白"`) {
			t.Errorf("a wrong code: %d", code)
		}
		form.Set("number", newCode)
		if code, to := b.visit("POST", "/register", form); code != 303 || to != "/items/x" || signedIn == 0 {
			t.Errorf("registered: %d %s", code, to)
		}
	})
}

// The place where somebody lives is asked for, and only one of the list is taken.
func TestRegisterAsksWhereSomebodyLives(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		s.Known = func(_ *db.Tx, division string) (bool, error) { return division == "379901001000", nil }
		s.Places = func(*db.Tx) ([]ui.Option, error) {
			return []ui.Option{{Value: "379901001000", Text: "望湖区湖滨街道"}}, nil
		}
		b := browse(t, s, auth.Actor{})
		form := url.Values{
			"name": {"林见鹿"}, "number": {"11010519491231002x"}, "mobile": {"15400090001"}, "password": {password}, "division": {"379999999999"},
		}
		code, page := b.visit("POST", "/register", form)
		if code != 422 || !strings.Contains(page, "湖滨街道") || !strings.Contains(page, `href="#division"`) {
			t.Errorf("an unknown place: %d", code)
		}
		form.Set("division", "379901001000")
		if code, _ := b.visit("POST", "/register", form); code != 303 {
			t.Errorf("registered: %d", code)
		}
		read(t, s, func(tx *db.Tx) error {
			p, err := s.FindByNumber(tx, "11010519491231002X")
			if p.Division != "379901001000" {
				t.Errorf("lives in %q", p.Division)
			}
			return err
		})
	})
}

func TestRegisteringLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		b := browse(t, s, auth.Actor{})
		for _, next := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "\\/evil.example", "javascript:alert(1)", "/sign-in", "/register", "/%0a/evil\n"} {
			_, page := b.visit("GET", "/register?next="+url.QueryEscape(next), nil)
			if !strings.Contains(page, `name="next" value=""`) || !strings.Contains(page, `href="/sign-in"`) {
				t.Errorf("%q is carried on", next)
			}
			form := url.Values{"name": {"林见鹿"}, "next": {next}}
			if _, page := b.visit("POST", "/register", form); !strings.Contains(page, `name="next" value=""`) {
				t.Errorf("%q is carried on by the form", next)
			}
		}
	})
}
