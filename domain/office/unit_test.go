package office_test

import (
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

const otherBody = "113799009920Y60040"

func TestABodyEndsWhereAnotherBegins(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		add := func(u office.Unit) string {
			t.Helper()
			got, err := s.AddUnit(ctx, keeper, "", u)
			if err != nil {
				t.Fatal(err)
			}
			return got.Code
		}
		section := add(office.Unit{Name: "食药审批科", Kind: office.Section, Parent: "SPJ"})
		group := add(office.Unit{Name: "食药一组", Kind: office.Section, Parent: section})
		department := add(office.Unit{Name: "民政局", Kind: office.Department, Parent: "SPJ", Body: "113799009940Y2007Q"})
		theirs := add(office.Unit{Name: "救助科", Kind: office.Section, Parent: department})
		bureau := office.Unit{Code: "SPJ", Name: "云川市数据局", Kind: office.Bureau, Body: otherBody, Division: "379900"}
		if err := s.ChangeUnit(ctx, keeper, "", bureau); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(tx *db.Tx) error {
			for code, want := range map[string]string{section: otherBody, group: otherBody, department: "113799009940Y2007Q", theirs: "113799009940Y2007Q"} {
				if u, err := s.Unit(tx, code); err != nil || u.Body != want {
					t.Errorf("%s is of the body %q (%v), want %q", u.Name, u.Body, err, want)
				}
			}
			return nil
		})
		checked(t, s)
	})
}

func TestWhoseUnitGoesToAnotherBodyStandsInNoMore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		section, err := s.AddUnit(ctx, keeper, "", office.Unit{Name: "食药审批科", Kind: office.Section, Parent: "SPJ"})
		if err != nil {
			t.Fatal(err)
		}
		holder, deputy, near := person(t, s, "YC1005", "SPJ"), person(t, s, "YC1006", section.Code), person(t, s, "YC1007", "SPJ")
		clerk := "SPJ-ZH.clerk"
		for _, err := range []error{
			s.Appoint(ctx, keeper, "", clerk, holder), s.Appoint(ctx, keeper, "", clerk, near),
			set(s, ctx, clerk, holder, deputy, "", ""), set(s, ctx, clerk, near, holder, "", ""),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		section.Kind, section.Body = office.Department, otherBody
		if err := s.ChangeUnit(ctx, keeper, "", section); err != nil {
			t.Fatal(err)
		}
		if a := actor(t, s, "YC1006"); len(a.Posts) != 0 {
			t.Errorf("who is of another body now stands in: %v", a.Posts)
		}
		read(t, s, func(tx *db.Tx) error {
			if got, err := s.Arrangements(tx, clerk, near); err != nil || len(got) != 1 {
				t.Errorf("an arrangement within the body ended: %v (%v)", got, err)
			}
			return nil
		})
		checked(t, s)
	})
}

func TestAUnitThatBecomesATownshipTakesItsApplicants(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		u, err := s.AddUnit(ctx, keeper, "", office.Unit{Name: "柳林镇人民政府", Kind: office.Department, Division: "379901100000"})
		if err != nil {
			t.Fatal(err)
		}
		clerk := post(t, s, u.Code, office.Receive)
		for _, kind := range []office.UnitKind{office.Township, office.Department, office.Township} {
			u.Kind = kind
			if err := s.ChangeUnit(ctx, keeper, "", u); err != nil {
				t.Fatal(err)
			}
			read(t, s, func(tx *db.Tx) error {
				p, err := s.Resolve(tx, "@township.clerk", "379901100002")
				if kind == office.Township && p.Code != clerk || kind != office.Township && err == nil {
					t.Errorf("as a %s it gets %q (%v)", kind, p.Code, err)
				}
				return nil
			})
		}
	})
}
