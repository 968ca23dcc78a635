package cases

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// asks is all that the answers of one applicant lead to, as it is told before and as it is kept after handing in.
type asks struct {
	Need  catalog.Need
	Code  string            // why it cannot be handed in
	Wrong map[string]string // by field
	Flow  string
	Vars  Vars
	Kept  catalog.Need // of the answers that the case keeps
	Terms Terms
	Rows  []string // materials, each with its need and what came of it
}

// TestBothRoadsAskForTheSame: whether the questions of an item are answered online, at the counter, or part of them on the
// guide and the rest later, the materials, the form, the flow, the limit and the charges are the same.
func TestBothRoadsAskForTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var codes []string
		w.read(func(tx *db.Tx) error {
			list, _, err := w.s.Catalog.Browse(tx, catalog.Filter{}, "", 200)
			for _, e := range list {
				codes = append(codes, e.Code)
			}
			return err
		})
		if len(codes) < 70 {
			t.Fatalf("%d items", len(codes))
		}
		handed, refused := 0, 0
		person, body, counter := w.person(zhou), w.person(firm), w.staff(clerk)
		rapid.Check(t, func(t *rapid.T) {
			it := w.item(rapid.SampledFrom(codes).Draw(t, "item"))
			applicant := person
			if !it.ForPersons() {
				applicant = body
			}
			said, first := drawAnswers(t, it, "answers"), drawAnswers(t, it, "thought of first")
			later := maps.Clone(said)
			for _, q := range it.Situations { // a part is answered before the rest
				if rapid.Bool().Draw(t, "later "+q.ID) {
					delete(later, q.ID)
				}
			}
			home := w.takeRoad(t, applicant, it, 0, []map[string]string{said})
			parts := w.takeRoad(t, applicant, it, 0, []map[string]string{first, later, said})
			window := w.takeRoad(t, counter, it, applicant.Party, []map[string]string{later, first, said})
			for name, got := range map[string]asks{"part by part": parts, "at the counter": window} {
				if part, a, b := got.differs(home); part != "" {
					t.Errorf("%s answered with %v, %s: %s is %v, at home %v", it.Code, said, name, part, a, b)
				}
			}
			if home.Code == "" {
				handed++
			} else {
				refused++
			}
		})
		if handed < 20 || refused < 5 {
			t.Errorf("%d handed in and %d refused are too few", handed, refused)
		}
	})
}

// differs names the first part in which two differ, "" for none.
func (a asks) differs(b asks) (part string, one, other any) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if one, other = x.Field(i).Interface(), y.Field(i).Interface(); !reflect.DeepEqual(one, other) {
			return x.Type().Field(i).Name, one, other
		}
	}
	return "", nil, nil
}

// drawAnswers answers the questions of an item: mostly all of them, some with what is no answer.
func drawAnswers(t *rapid.T, it *catalog.Item, label string) map[string]string {
	answers := map[string]string{}
	for _, q := range it.Situations {
		switch n := rapid.IntRange(0, 39).Draw(t, label+" "+q.ID); {
		case n == 0: // left open
		case n == 1:
			answers[q.ID] = "no such answer"
		default:
			answers[q.ID] = q.Options[n%len(q.Options)].Value
		}
	}
	return answers
}

// takeRoad answers in one draft, sitting by sitting, fills in the rest alike, and tries to hand it in: nothing of that stays
// but the draft. party is in whose name the counter fills it in, 0 at home.
func (w *world) takeRoad(t *rapid.T, who auth.Actor, it *catalog.Item, party int64, sittings []map[string]string) (got asks) {
	ctx := w.t.Context()
	d, err := w.s.Begin(ctx, who, it.Code, party)
	if err != nil {
		t.Fatalf("%s at %d: %v", it.Code, party, err)
	}
	for _, answers := range sittings {
		if d, err = w.s.Save(ctx, who, d.ID, Filling{Answers: answers}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.s.DB.Read(ctx, func(tx *db.Tx) error {
		need, err := w.s.NeedFor(tx, it, d)
		got.Need = need.Need
		return err
	}); err != nil {
		t.Fatal(err)
	}
	agreed, form := true, map[string]string{}
	for _, f := range got.Need.Fields {
		if form[f.Key] = d.Form[f.Key]; form[f.Key] == "" || f.Check(f.Clean(form[f.Key])) != "" {
			form[f.Key] = f.Example()
		}
	}
	division := "379901001001"
	if d, err = w.s.Save(ctx, who, d.ID, Filling{
		Form: form, Pledged: &agreed, Promised: &agreed, Division: &division, Delivery: &Delivery{Way: DeliverWindow},
	}); err != nil {
		t.Fatal(err)
	}
	err = w.s.DB.Try(ctx, func(tx *db.Tx) error {
		for _, m := range got.Need.Materials {
			f := File{ID: tx.NewID(), Draft: d.ID, Material: m.ID, Name: m.Name, Media: "application/pdf", Size: 1, Blob: "00", Giver: who.ID, At: tx.Now(), Round: 1}
			if err := insertFile(tx, f); err != nil {
				return err
			}
		}
		ch, err := w.s.receive(tx, who, d, ActReceive)
		if err != nil {
			return err
		}
		got.Flow, got.Vars, got.Kept, got.Terms = ch.c.FlowHash, ch.c.Vars, it.Resolve(ch.c.Answers), ch.c.Matter.Terms
		list, err := listMaterials(tx, ch.c.ID)
		for _, m := range list {
			got.Rows = append(got.Rows, fmt.Sprint(m.Position, m.Key, m.Name, m.Need, m.Source, m.Verdict))
		}
		return err
	})
	if got.Code, got.Wrong = fault.Code(err), fieldsOf(err); err != nil && got.Code == "" {
		t.Fatal(err)
	}
	return got
}
