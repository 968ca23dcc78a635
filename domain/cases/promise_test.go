package cases

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// lackingOne hands in an application online without the first material that may
// come later, which the applicant promises; days is how many it has.
func (w *world) lackingOne(item string) (id int64, material string, days int) {
	w.t.Helper()
	ctx, who := w.t.Context(), w.person(firm)
	d := w.fill(who, item, nil)
	var files []File
	w.read(func(tx *db.Tx) error {
		draft, err := w.s.findDraft(tx, d.ID, false)
		if err != nil {
			return err
		}
		files, err = listFiles(tx, "draft_id", d.ID)
		for _, m := range w.item(item).Resolve(draft.Answers).Materials {
			if m.Need == catalog.Deferrable && m.DeferDays == 5 && material == "" {
				material, days = m.ID, m.DeferDays
			}
		}
		return err
	})
	for _, f := range files {
		if f.Material == material {
			if err := w.s.Detach(ctx, who, f.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	promised := true
	if _, err := w.s.Save(ctx, who, d.ID, Filling{Promised: &promised}); err != nil {
		w.t.Fatal(err)
	}
	out, err := w.s.Submit(ctx, who, d.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Case, material, days
}

// wantDebt is the one debt of a case, with the paper that names its day.
func (w *world) wantDebt(id int64, material string, due calendar.Date, kind Paper) {
	w.t.Helper()
	c := w.state(id)
	if len(c.Matter.Debts) != 1 || c.Matter.Debts[0].Material != material || c.Matter.Debts[0].Due != due {
		w.t.Errorf("the debts are %+v, want %s by %s", c.Matter.Debts, material, due)
	}
	w.read(func(tx *db.Tx) error {
		m, err := findMaterial(tx, id, material)
		if err != nil {
			return err
		}
		if m.Verdict != Tolerate || m.Due != due.String() {
			w.t.Errorf("the material is %s by %q, want it tolerated by %s", m.Verdict, m.Due, due)
		}
		papers, err := listDocuments(tx, id)
		i := slices.IndexFunc(papers, func(d Document) bool { return d.Kind == kind })
		if i < 0 || !strings.Contains(strings.Join(papers[i].Content.Items, " "), day(due)) {
			w.t.Errorf("no paper %s names %s", kind, day(due))
		}
		return err
	})
	w.verify()
}

// TestADebtCountsFromTheAcceptance: found to come later on Monday, accepted on
// Wednesday; the promise counts from Wednesday.
func TestADebtCountsFromTheAcceptance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, material, days := w.lackingOne("drug-retail")
		window := w.staff(clerk)
		w.judge(window, id, material)
		w.now = w.now.AddDate(0, 0, 2)
		if _, err := w.s.Accept(t.Context(), window, On{Case: id}); err != nil {
			t.Fatal(err)
		}
		w.wantDebt(id, material, w.s.Law.Cal.AddWorkdays(calendar.DateOf(w.now), days), PaperAcceptance)
	})
}

// TestSilenceKeepsThePromise: a case accepted by the agency's silence owes what
// its applicant promised, from the day on which the acceptance is stated, and it
// can be handed in.
func TestSilenceKeepsThePromise(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, material, days := w.lackingOne("food-operation-new")
		w.now = w.now.AddDate(0, 0, 8)
		if _, err := w.s.Tick(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		c := w.state(id)
		notice, _ := c.Matter.Clock(ClockNotice)
		w.wantDebt(id, material, w.s.Law.Cal.AddWorkdays(notice.Due+1, days), PaperDeemedAcceptance)
		applicant := w.person(firm)
		if _, err := w.s.Attach(t.Context(), applicant, To{Case: id, Material: material}, "后补.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Supply(t.Context(), w.staff(clerk), On{Case: id}, material, false); fieldsOf(err)["material."+material] != "cases.material_missing" {
			t.Errorf("the window took in what the applicant has not handed in: %v", err)
		}
		for _, who := range []auth.Actor{applicant, w.staff(clerk)} {
			if _, err := w.s.Supply(t.Context(), who, On{Case: id}, material, false); err != nil {
				t.Fatal(err)
			}
		}
		if owed := w.state(id).Matter.OpenDebts(); len(owed) > 0 {
			t.Errorf("still owed: %+v", owed)
		}
		w.verify()
	})
}

// judge finds everything fit but one material, which may come later.
func (w *world) judge(who auth.Actor, id int64, later string) {
	w.t.Helper()
	var list []Material
	w.read(func(tx *db.Tx) (err error) {
		list, err = listMaterials(tx, id)
		return err
	})
	for _, m := range list {
		f := Judgement{Material: m.Key, Verdict: Pass}
		if m.Key == later {
			f.Verdict = Tolerate
		}
		if _, err := w.s.Judge(w.t.Context(), who, On{Case: id}, f); err != nil {
			w.t.Fatal(err)
		}
	}
}
