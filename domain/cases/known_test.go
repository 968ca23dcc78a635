package cases

import (
	"testing"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestIdentityIsTakenFromTheRecord: whatever is posted, at the window as online, the
// name and numbers of the applicant are those of their record.
func TestIdentityIsTakenFromTheRecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := w.t.Context()
		unit, it := w.person(firm), w.item("food-operation-new")
		lies := map[string]string{
			"org_name": "云川别家餐饮有限公司", "org_uscc": "91350100M000100Y43", "legal_name": "别人",
			"legal_idno": "11010519491231002X", "contact_name": "联系的人",
		}
		for name, who := range map[string]auth.Actor{"online": unit, "window": w.staff(clerk)} {
			d, err := w.s.Begin(ctx, who, it.Code, unit.Party)
			if err != nil {
				t.Fatal(err)
			}
			own := map[string]string{}
			for key := range lies {
				own[key] = d.Form[key]
			}
			own["contact_name"] = lies["contact_name"]
			if d, err = w.s.Save(ctx, who, d.ID, Filling{Form: lies}); err != nil {
				t.Fatal(err)
			}
			for key, want := range own {
				if want == "" || d.Form[key] != want {
					t.Errorf("%s: %s is %q, want %q", name, key, d.Form[key], want)
				}
			}
			// A draft of before, with the lie in it, is healed on reading and handing in.
			for key, v := range lies {
				d.Form[key] = v
			}
			if err := w.s.DB.Write(ctx, func(tx *db.Tx) error { return w.s.changeDraft(tx, d) }); err != nil {
				t.Fatal(err)
			}
			w.read(func(tx *db.Tx) error {
				d, _, err := w.s.DraftOf(tx, who, d.ID)
				if d.Form["org_uscc"] != own["org_uscc"] {
					t.Errorf("%s: an old draft keeps %q", name, d.Form["org_uscc"])
				}
				return err
			})
		}
		got := w.submit(unit, it.Code)
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, unit, got.Case)
			if err != nil {
				return err
			}
			for _, x := range v.Form {
				if lie := lies[x.Key]; x.Key != "contact_name" && lie != "" && x.Text == lie {
					t.Errorf("the case has the false %s", x.Key)
				}
			}
			return nil
		})
	})
}

// TestOthersThanTheApplicantAreFree: who sells, and what is founded, is typed.
func TestOthersThanTheApplicantAreFree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for item, free := range map[string]map[string]string{
			"real-estate-transfer":     {"seller_name": "卖房的人", "seller_code": "11010519491231002X"},
			"private-school-establish": {"school_name": "云川新学堂"},
			"company-establish":        {"org_name": "云川新公司", "legal_name": "新的人", "legal_idno": "11010519491231002X"},
			"social-org-register":      {"org_name": "云川新会", "chief_name": "新的人", "chief_idno": "11010519491231002X"},
		} {
			d, err := w.s.Begin(w.t.Context(), w.person(firm), item, 0)
			if err != nil {
				t.Log(item, err)
				continue
			}
			for key := range free {
				if d.Form[key] != "" {
					t.Errorf("%s: %s is prefilled with %q", item, key, d.Form[key])
				}
			}
			if d, err = w.s.Save(w.t.Context(), w.person(firm), d.ID, Filling{Form: free}); err != nil {
				t.Fatal(err)
			}
			for key, want := range free {
				if d.Form[key] != want {
					t.Errorf("%s: %s is %q, want %q", item, key, d.Form[key], want)
				}
			}
		}
	})
}
