package party_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/sample"
)

var schemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema}, {Module: "once", Files: once.Schema}, {Module: "party", Files: party.Schema},
}

const password = "correct horse"

var hash = auth.Hash(password)

// on is the service on d on a day of 2026, without any party.
func on(t *testing.T, d *db.DB, day string) *party.Service {
	t.Helper()
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	date, err := calendar.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return &party.Service{DB: d.WithClock(func() time.Time { return date.Start().Add(10 * time.Hour) }), Box: box}
}

// city is the service with the people of the sample city, in March 2026.
func city(t *testing.T, d *db.DB) *party.Service {
	t.Helper()
	s := on(t, d, "2026-03-02")
	load(t, s)
	return s
}

func load(t *testing.T, s *party.Service) {
	t.Helper()
	files, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LoadPackage(t.Context(), files, hash); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *party.Service, fn func(*db.Tx) error) {
	t.Helper()
	if err := s.DB.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// who is the party with a sample id.
func who(t *testing.T, s *party.Service, pack string) int64 {
	t.Helper()
	var id int64
	read(t, s, func(tx *db.Tx) error {
		return tx.One(`SELECT id FROM party_party WHERE pack = $1`, []any{pack}, &id)
	})
	return id
}

func as(t *testing.T, s *party.Service, pack string, principal string) auth.Actor {
	t.Helper()
	var a auth.Actor
	id, other := who(t, s, pack), int64(0)
	if principal != "" {
		other = who(t, s, principal)
	}
	read(t, s, func(tx *db.Tx) (err error) {
		if a, err = s.Actor(tx, id); err == nil {
			a, err = s.Acting(tx, a, other)
		}
		return err
	})
	return a
}

func fields(err error) map[string]string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

func count(t *testing.T, s *party.Service, query string, args ...any) (n int) {
	t.Helper()
	read(t, s, func(tx *db.Tx) error { return tx.One(query, args, &n) })
	return n
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		load(t, s)
		for query, want := range map[string]int{
			`SELECT count(*) FROM party_party`:                           30,
			`SELECT count(*) FROM party_party WHERE kind = 'person'`:     18,
			`SELECT count(*) FROM party_party WHERE legal IS NOT NULL`:   12,
			`SELECT count(*) FROM party_mandate`:                         7,
			`SELECT count(*) FROM auth_account WHERE kind = 'applicant'`: 90,
			`SELECT count(DISTINCT subject) FROM auth_account`:           30,
		} {
			if got := count(t, s, query); got != want {
				t.Errorf("%s = %d, want %d", query, got, want)
			}
		}
	})
}

func TestNothingPersonalIsKeptInClearText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		read(t, s, func(tx *db.Tx) error {
			type row struct {
				number, mobile, address []byte
				index, mobileIndex      string
			}
			rows, err := db.All(tx, func(r *row) []any {
				return []any{&r.number, &r.mobile, &r.address, &r.index, &r.mobileIndex}
			}, `SELECT number, mobile, address, number_index, mobile_index FROM party_party`)
			for _, r := range rows {
				all := string(r.number) + string(r.mobile) + string(r.address) + r.index + r.mobileIndex
				for _, clear := range []string{"3799", "1540", "云川"} {
					if strings.Contains(all, clear) {
						t.Errorf("%q is readable", clear)
					}
				}
			}
			logins, err2 := db.All(tx, func(s *string) []any { return []any{s} }, `SELECT login FROM auth_account`)
			for _, login := range logins {
				if len(login) != 32 {
					t.Errorf("login %q is no digest", login)
				}
			}
			return errors.Join(err, err2)
		})
	})
}

func TestSignInByIDNumberMobileCodeAndSampleID(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		accounts := auth.NewAccounts(s.DB)
		for typed, want := range map[string]string{
			"p01": "p01", "P01 ": "p01", "379900198706120117": "p01", "154 0002 0001": "p01", "+8615400020001": "p01",
			"91379900ma7yc0014q": "o01", "o01": "o01", "15400040001": "a01",
		} {
			a, err := accounts.Check(t.Context(), s.Login(typed), password)
			if err != nil || a.Subject != who(t, s, want) || a.Kind != auth.Applicant {
				t.Errorf("%q: %+v, %v, want %s", typed, a, err, want)
			}
		}
		if _, err := accounts.Check(t.Context(), "379900198706120117", password); fault.Code(err) != "auth.refused" {
			t.Errorf("the number itself is a login: %v", err)
		}
	})
}

func TestFindByNumberHoweverTyped(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		read(t, s, func(tx *db.Tx) error {
			p, err := s.FindByNumber(tx, " ９１379900-ma7yc0014q")
			if err != nil {
				return err
			}
			if p.Name != "云川栖霞餐饮管理有限公司" || p.LegalName != "周叙白" || p.LegalNumber != "379900198706120117" ||
				p.Capital != 50_000_000 || p.Mobile != "15400030001" || p.IDType != party.USCC {
				t.Errorf("found %+v", p)
			}
			legal, err := s.Find(tx, p.Legal)
			if birth, ok := legal.Birth(); err != nil || !ok || birth.String() != "1987-06-12" || legal.Sex() != party.Male {
				t.Errorf("legal representative: %v %v %v", birth, legal.Sex(), err)
			}
			if _, err := s.FindByNumber(tx, "11010519491231002X"); fault.Code(err) != "row.unknown" {
				t.Errorf("unknown number: %v", err)
			}
			return nil
		})
	})
}

func TestWhoMayActForWhom(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		for _, c := range []struct {
			agent, principal, item, day string
			how                         party.How
		}{
			{"p01", "p01", "food-operation-new", "2026-03-02", party.Self},
			{"p01", "o01", "food-operation-new", "2026-03-02", party.ByLaw},
			{"p01", "o02", "", "2026-03-02", ""},
			{"p05", "o09", "anything", "2026-03-02", party.ByLaw},
			{"a01", "o01", "food-operation-new", "2026-03-02", party.ByMandate},
			{"a01", "o01", "food-operation-new", "2026-01-01", party.ByMandate},
			{"a01", "o01", "food-operation-new", "2026-12-31", party.ByMandate},
			{"a01", "o01", "food-operation-new", "2027-01-01", ""},
			{"a01", "o01", "food-operation-new", "2025-12-31", ""},
			{"a01", "o01", "land-planning-permit", "2026-03-02", ""},
			{"a01", "o01", "", "2026-03-02", party.ByMandate},
			{"a01", "p15", "food-operation-new", "2026-03-02", ""},
			{"o01", "a01", "", "2026-03-02", ""},
		} {
			then := on(t, d, c.day)
			agent, principal := who(t, s, c.agent), who(t, s, c.principal)
			read(t, then, func(tx *db.Tx) error {
				got, err := then.Mandate(tx, agent, principal, c.item)
				if got.How != c.how || c.how == "" && fault.Code(err) != "party.no_mandate" {
					t.Errorf("%s for %s on %s, %s: %q, %v, want %q", c.agent, c.principal, c.item, c.day, got.How, err, c.how)
				}
				return nil
			})
		}
	})
}

func TestActingForSomebodyElseEndsWithTheMandate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		a, o := as(t, s, "a01", "o01"), who(t, s, "o01")
		if a.For != o || a.Principal() != o || a.Name != "沈砚舟" || !a.Has("applicant") {
			t.Errorf("actor = %+v", a)
		}
		owner := as(t, s, "p01", "o01")
		var id int64
		read(t, s, func(tx *db.Tx) error {
			all, _, err := s.Mandates(tx, o, 0, 10)
			if len(all) == 1 {
				id = all[0].ID
			}
			return err
		})
		if err := s.Revoke(t.Context(), a, id); fault.Code(err) != "party.no_passing_on" {
			t.Errorf("the agent revokes: %v", err)
		}
		if err := s.Revoke(t.Context(), as(t, s, "p02", ""), id); fault.Code(err) != "row.unknown" {
			t.Errorf("a stranger revokes: %v", err)
		}
		if err := s.Revoke(t.Context(), owner, id); err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), owner, id); fault.Code(err) != "party.mandate_over" {
			t.Errorf("revoking twice: %v", err)
		}
		if a := as(t, s, "a01", "o01"); a.For != 0 {
			t.Error("still acts for the organisation")
		}
	})
}

func TestEntrust(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		var acts []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		good := party.Trust{AgentName: "鲁一川", AgentNumber: "379900198010090538", Items: []string{"elder-card", " ", "elder-card"}, From: "2026-03-02", To: "2026-03-31", Document: "授权委托书"}
		m, err := s.Entrust(t.Context(), as(t, s, "p08", ""), good)
		if err != nil || m.Agent != who(t, s, "a03") || !slices.Equal(m.Items, []string{"elder-card"}) {
			t.Errorf("mandate = %+v, %v", m, err)
		}
		if a := as(t, s, "a03", "p08"); a.For != who(t, s, "p08") {
			t.Error("the agent does not act")
		}
		if _, err := s.Entrust(t.Context(), as(t, s, "a01", "o01"), good); fault.Code(err) != "party.no_passing_on" {
			t.Errorf("an agent entrusts: %v", err)
		}
		bad := good
		bad.AgentName, bad.From, bad.To, bad.Document = "鲁二川", "tomorrow", "2026-03-01", ""
		_, err = s.Entrust(t.Context(), as(t, s, "p08", ""), bad)
		for field, code := range map[string]string{"agent_number": "party.no_agent", "from": "party.date", "to": "party.date_order", "document": "party.document"} {
			if got := fields(err)[field]; got != code {
				t.Errorf("%s: %q, want %q", field, got, code)
			}
		}
		if want := []string{"party.entrusted"}; !slices.Equal(acts, want) {
			t.Errorf("ledger = %v, want %v", acts, want)
		}
	})
}

func TestRegister(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		good := party.Registration{Name: "林见鹿", Number: "11010519491231002x", Mobile: "154 0009 0001", Password: password, Key: "k1"}
		account, err := s.Register(t.Context(), auth.Actor{}, good)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Register(t.Context(), auth.Actor{}, good); again != account || err != nil {
			t.Errorf("the same form again: %d, %v, want %d", again, err, account)
		}
		accounts := auth.NewAccounts(s.DB)
		for _, typed := range []string{"15400090001", "11010519491231002X"} {
			if _, err := accounts.Check(t.Context(), s.Login(typed), password); err != nil {
				t.Errorf("sign in by %s: %v", typed, err)
			}
		}
		for _, c := range []struct{ name, number, mobile, password, field, code string }{
			{"林见鹿", "440524188001010015", "15400090002", password, "number", "party.id_check"},
			{"林见鹿", "379900203001010018", "15400090002", password, "number", "party.id_date"}, // not born yet
			{"", "440524188001010014", "15400090002", password, "name", "party.name"},
			{"林见鹿", "440524188001010014", "", password, "mobile", "party.mobile"},
			{"林见鹿", "440524188001010014", "25400090002", password, "mobile", "party.mobile"},
			{"林见鹿", "440524188001010014", "15400090002", "seven77", "password", "auth.password_short"},
			{"林见鹿", "440524188001010014", "15400090002", strings.Repeat("long", 40), "password", "auth.password_long"},
			{"林见鹿", "440524188001010014", "15400090002", "15400090002", "password", "auth.password_obvious"},
			{"林见鹿", "440524188001010014", "15400090002", "aaaaaaaa", "password", "auth.password_obvious"},
		} {
			before := count(t, s, `SELECT count(*) FROM party_party`)
			_, err := s.Register(t.Context(), auth.Actor{}, party.Registration{Name: c.name, Number: c.number, Mobile: c.mobile, Password: c.password})
			if got := fields(err)[c.field]; got != c.code {
				t.Errorf("%+v: %v, want %s", c, err, c.code)
			}
			if after := count(t, s, `SELECT count(*) FROM party_party`); after != before {
				t.Errorf("%+v left a trace", c)
			}
		}
		// A number that is known and a mobile number that is known sound alike.
		for _, in := range []party.Registration{
			{Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090002", Password: password},
			{Name: "林见鹿", Number: "440524188001010014", Mobile: "15400090001", Password: password},
		} {
			before := count(t, s, `SELECT count(*) FROM party_party`)
			if _, err := s.Register(t.Context(), auth.Actor{}, in); fault.Code(err) != "party.not_here" || len(fields(err)) != 0 {
				t.Errorf("%s, %s: %v, want party.not_here", in.Number, in.Mobile, err)
			}
			if after := count(t, s, `SELECT count(*) FROM party_party`); after != before {
				t.Error("a refused registration left a trace")
			}
		}
	})
}

// Whoever registers with somebody else's name and number loses them at the
// window that has seen the paper.
func TestAWindowTakesOverWhatWasDeclared(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var acts []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		false1 := party.Registration{Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090001", Password: password}
		account, err := s.Register(t.Context(), auth.Actor{}, false1)
		if err != nil {
			t.Fatal(err)
		}
		org := enrol(t, s, party.Input{Kind: party.Organization, Name: "云川新公司", Number: "91350100M000100Y43", LegalName: "林见鹿", LegalNumber: "11010519491231002X"}, "")
		if org.Legal != 0 {
			t.Error("somebody who only said who they are represents an organisation")
		}
		p := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090009"}, "")
		if !p.TakenOver || p.Assurance != party.Seen || p.Registered || p.Mobile != "15400090009" {
			t.Errorf("taken over: %+v", p)
		}
		read(t, s, func(tx *db.Tx) error {
			kept, err := s.Find(tx, p.ID)
			if kept.Assurance != party.Seen || kept.Registered || kept.Mobile != "15400090009" {
				t.Errorf("kept: %+v", kept)
			}
			if _, err := auth.Find(tx, account); !fault.Is(err, fault.Unknown) {
				t.Errorf("the account is open: %v", err)
			}
			return err
		})
		if want := []string{"party.identified"}; !slices.Equal(acts, want) {
			t.Errorf("ledger = %v, want %v", acts, want)
		}
		if again := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: "11010519491231002X"}, ""); again.TakenOver || again.Mobile != "15400090009" {
			t.Errorf("seen again: %+v", again)
		}
		if _, err := s.Register(t.Context(), auth.Actor{}, false1); fault.Code(err) != "party.not_here" {
			t.Errorf("the stranger registers again: %v", err)
		}
		if _, err := s.IssueAccount(t.Context(), clerk, "k", p.ID, p.Number); err != nil {
			t.Errorf("the person themselves: %v", err)
		}
		// Now their account is of a party that was seen: it stays.
		if p := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: "11010519491231002X"}, ""); p.TakenOver || !p.Registered {
			t.Errorf("a seen party's account was closed: %+v", p)
		}
	})
}

var clerk = auth.Actor{ID: 9, Staff: 42, Kind: auth.Staff}

func enrol(t *testing.T, s *party.Service, in party.Input, want string) (p party.Party) {
	t.Helper()
	err := s.DB.Write(t.Context(), func(tx *db.Tx) (err error) { p, err = s.Enrol(tx, clerk, in); return err })
	if got := fault.Code(err); got != want {
		t.Errorf("Enrol(%+v): %v, want %q", in, err, want)
	}
	return p
}

func TestEnrolFindsWhoIsThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		p := enrol(t, s, party.Input{Kind: party.Person, Name: "周叙白", Number: "379900198706120117"}, "")
		if want := who(t, s, "p01"); p.ID != want || p.Mobile != "15400020001" {
			t.Errorf("found %d, want %d", p.ID, want)
		}
		enrol(t, s, party.Input{Kind: party.Person, Name: "周叙黑", Number: "379900198706120117"}, "party.name_differs")
		enrol(t, s, party.Input{Kind: party.Person, Name: "周叙白", Number: "379900198706120118"}, "input.invalid")
		enrol(t, s, party.Input{Kind: party.Person, Name: "周叙白", IDType: party.USCC, Number: "91350100M000100Y43"}, "input.invalid")
		enrol(t, s, party.Input{Kind: party.Person, Name: "Ada Byron", IDType: party.Passport, Number: "e 1234567"}, "")
		org := enrol(t, s, party.Input{Kind: party.Organization, Name: "云川新公司", Number: "91350100M000100Y43", LegalName: "周叙白", LegalNumber: "379900198706120117"}, "")
		if org.Legal != who(t, s, "p01") || org.Assurance != party.Seen {
			t.Errorf("organisation = %+v", org)
		}
	})
}

func TestACodeThatFailsItsCheckNeedsAReason(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var acts []string
		s.Log = func(_ *db.Tx, who auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		in := party.Input{Kind: party.Organization, Name: "云川老公司", Number: "91350211M0000XUF46"}
		enrol(t, s, in, "input.invalid")
		in.Override = "营业执照原件如此，已电话核实登记机关"
		p := enrol(t, s, in, "")
		read(t, s, func(tx *db.Tx) (err error) { p, err = s.Find(tx, p.ID); return err })
		if p.Override.Reason != in.Override || p.Override.By != clerk.Staff || !p.Override.At.Equal(s.DB.Now()) {
			t.Errorf("override = %+v", p.Override)
		}
		if want := []string{"party.number_overridden"}; !slices.Equal(acts, want) {
			t.Errorf("ledger = %v, want %v", acts, want)
		}
		// A reason mends a wrong check character only, and is not kept for a right one.
		in.Number = "91350211M0000XUF4"
		enrol(t, s, in, "input.invalid")
		in.Number = "91350100M000100Y43"
		if p := enrol(t, s, in, ""); p.Override.Reason != "" {
			t.Errorf("override of a right code: %+v", p.Override)
		}
	})
}

func TestRevealLeavesARecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		id := who(t, s, "p01")
		if got, err := s.Reveal(t.Context(), clerk, id, party.PurposeIdentity); err == nil || got.Number != "" {
			t.Errorf("revealed without a ledger: %v", err)
		}
		s.Log = func(*db.Tx, auth.Actor, string, string, any) error { return nil }
		if got, err := s.Reveal(t.Context(), clerk, id, party.PurposeIdentity); !fault.Is(err, fault.Unknown) || got.Number != "" {
			t.Errorf("revealed to anybody: %v", err)
		}
		s.MaySee = func(_ *db.Tx, who auth.Actor, party int64) (bool, error) {
			return who.Staff == clerk.Staff && party == id, nil
		}
		if got, err := s.Reveal(t.Context(), auth.Actor{ID: 8, Staff: 43}, id, party.PurposeIdentity); !fault.Is(err, fault.Unknown) || got.Number != "" {
			t.Errorf("revealed to somebody without a case of theirs: %v", err)
		}
		var seen []string
		s.Log = func(_ *db.Tx, who auth.Actor, act, about string, facts any) error {
			seen = append(seen, act)
			return nil
		}
		if _, err := s.Reveal(t.Context(), clerk, id, "核对证件"); fields(err)["purpose"] != "party.purpose" {
			t.Errorf("without a purpose: %v", err)
		}
		got, err := s.Reveal(t.Context(), clerk, id, party.PurposeIdentity)
		if err != nil || got.Number != "379900198706120117" || got.Mobile != "15400020001" || got.Address != "云川市样例路1号" {
			t.Errorf("revealed %+v, %v", got, err)
		}
		if want := []string{"party.revealed"}; !slices.Equal(seen, want) {
			t.Errorf("ledger = %v, want %v", seen, want)
		}
		s.Log = func(*db.Tx, auth.Actor, string, string, any) error { return errors.New("full") }
		if got, err := s.Reveal(t.Context(), clerk, id, party.PurposeIdentity); err == nil || got.Number != "" {
			t.Errorf("revealed although the ledger failed: %v", err)
		}
	})
}

func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := party.Party{ID: 7, Name: "周叙白", Number: "379900198706120117"}
	slog.New(slog.NewTextHandler(&out, nil)).Info("found", "party", p)
	if text := out.String(); strings.Contains(text, "周") || strings.Contains(text, "3799") || !strings.Contains(text, "party=7") {
		t.Errorf("log = %s", text)
	}
}
