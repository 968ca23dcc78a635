package party_test

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// Whoever registers as somebody else and gives themselves a mandate loses that
// too when the window meets the one whose number it is.
func TestAMandateEndsWithTheStrangerWhoGaveIt(t *testing.T) {
	t.Parallel()
	with := append([]dbtest.Schema{{Module: "ledger", Files: ledger.Schema}}, schemas...)
	dbtest.Each(t, with, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var acts []string
		s.Log = func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			acts = append(acts, act)
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}
		load(t, s)
		in := party.Registration{Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090001", Password: password}
		if _, err := s.Register(t.Context(), auth.Actor{}, in); err != nil {
			t.Fatal(err)
		}
		var id int64
		read(t, s, func(tx *db.Tx) error {
			p, err := s.FindByNumber(tx, in.Number)
			id = p.ID
			return err
		})
		trust := party.Trust{AgentName: "鲁一川", AgentNumber: "379900198010090538", From: "2026-03-02", To: "2027-03-31", Document: "授权委托书"}
		if _, err := s.Entrust(t.Context(), auth.Actor{Kind: auth.Applicant, ID: 5, Party: id}, trust); err != nil {
			t.Fatal(err)
		}
		agent := who(t, s, "a03")
		acts = nil
		if p := enrol(t, s, party.Input{Kind: party.Person, Name: "林见鹿", Number: in.Number}, ""); p.ID != id || !p.TakenOver {
			t.Errorf("identified %+v", p)
		}
		if want := []string{"party.revoked", "party.identified"}; !slices.Equal(acts, want) {
			t.Errorf("ledger = %v, want %v", acts, want)
		}
		read(t, s, func(tx *db.Tx) error {
			if _, err := s.Mandate(tx, agent, id, ""); fault.Code(err) != "party.no_mandate" {
				t.Errorf("the stranger's agent still acts: %v", err)
			}
			return s.Check(tx, func(string, int) {})
		})
	})
}

// An organisation that nobody has identified entrusts nobody.
func TestADeclaredOrganisationEntrustsNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		if _, err := s.Register(t.Context(), auth.Actor{}, company()); err != nil {
			t.Fatal(err)
		}
		actor := auth.Actor{Kind: auth.Applicant, ID: 5, Name: "云川新公司", Roles: []string{"applicant"}}
		read(t, s, func(tx *db.Tx) error {
			p, err := s.FindByNumber(tx, newCode)
			actor.Party = p.ID
			return err
		})
		trust := party.Trust{AgentName: "鲁一川", AgentNumber: "379900198010090538", From: "2026-03-02", To: "2026-03-31", Document: "授权委托书"}
		if _, err := s.Entrust(t.Context(), actor, trust); fault.Code(err) != "party.identify_first" || !fault.Is(err, fault.Forbidden) {
			t.Errorf("entrusts: %v", err)
		}
		code, page := browse(t, s, actor, party.Own).visit("GET", "/my/profile", nil)
		if code != 200 || strings.Contains(page, `href="/my/mandates/new"`) || !strings.Contains(page, "窗口核验") {
			t.Errorf("the profile (%d) offers to entrust", code)
		}
	})
}
