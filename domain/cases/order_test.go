package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// taker takes the orders of cases, as domain/exchange does in the application: in a table of this test.
func (w *world) taker() {
	w.t.Helper()
	if err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`CREATE TABLE taken (id BIGINT PRIMARY KEY, about BIGINT NOT NULL, entry BIGINT NOT NULL, system TEXT NOT NULL, step TEXT NOT NULL, says TEXT NOT NULL)`)
	}); err != nil {
		w.t.Fatal(err)
	}
	w.s.Systems = Systems{
		Order: func(tx *db.Tx, o Order) error {
			return tx.Exec(`INSERT INTO taken (id, about, entry, system, step, says) VALUES ($1, $2, $3, $4, $5, $6)`,
				tx.NewID(), o.Case, o.Entry, o.System, o.Step, db.JSON(o.Says))
		},
		Orders: func(tx *db.Tx, cases []int64) (list []Ordered, err error) {
			for _, id := range cases {
				some, err := db.All(tx, func(o *Ordered) []any { return []any{&o.Case, &o.Entry, &o.System, &o.Step} },
					`SELECT about, entry, system, step FROM taken WHERE about = $1 ORDER BY id`, id)
				if err != nil {
					return nil, err
				}
				list = append(list, some...)
			}
			return list, nil
		},
		Count: func(tx *db.Tx) (n int, err error) {
			err = tx.One(`SELECT COUNT(*) FROM taken`, nil, &n)
			return n, err
		},
	}
}

// told is what the orders about a case say, in their order.
func (w *world) told(id int64) (list []Says) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		texts, err := db.All(tx, func(s *string) []any { return []any{s} }, `SELECT says FROM taken WHERE about = $1 ORDER BY id`, id)
		for _, text := range texts {
			var s Says
			if err := json.Unmarshal([]byte(text), &s); err != nil {
				return err
			}
			list = append(list, s)
		}
		return err
	})
	return list
}

func TestServiceTasksTellOtherSystems(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.taker()
		field := w.item(food).Fields[0].Key
		id := w.drawn(drawnStart+drawnDecide+userTask("review", "SPJ-SY.rev", `gov:slot="review"`, "")+
			userTask("site", "SPJ-SY.rev", `gov:slot="check" gov:inspectors="2"`, "")+
			fmt.Sprintf(`<serviceTask id="begun" name="告知统计" gov:service="stats"/><serviceTask id="seen" name="告知税务" gov:service="tax" gov:send="form.%s form.nowhere"/>
			<serviceTask id="ended" name="告知结果" gov:service="tax"/>`, field),
			"start > begun", "begun > site", "site > review", "review > seen", "seen > decide", "decide > ended", "ended > end")
		w.verify()
		first := w.told(id)
		if c := w.state(id); len(first) != 1 || first[0].Case.No != c.No || first[0].Case.Item != c.Item || first[0].Case.ItemName != c.ItemName ||
			first[0].Case.Division != c.Division || first[0].Step.ID != "begun" || first[0].After != "accept" || first[0].Form != nil || first[0].Outcome != "" {
			t.Fatalf("on acceptance %+v", first)
		}
		w.opined(id, w.staff("YC1021"), Agree)
		w.opined(id, w.staff("YC1021"), Agree)
		if got := w.told(id); len(got) != 2 || got[1].Step.Name != "告知税务" || got[1].After != "opinion" || len(got[1].Form) != 1 || got[1].Form[field] == "" {
			t.Fatalf("after the review %+v", got)
		}
		w.verify()

		// A recall takes no order back, and the way that comes there again gives another.
		_, err := w.s.Recall(ctx, w.staff("YC1021"), On{Case: id})
		w.must("recall", err)
		if w.nodes(id) != "review" || len(w.told(id)) != 2 {
			t.Errorf("open is %s, %d orders", w.nodes(id), len(w.told(id)))
		}
		w.verify()
		w.opined(id, w.staff("YC1021"), Agree)
		if got := w.told(id); len(got) != 3 {
			t.Errorf("%d orders after the way was gone again", len(got))
		}
		w.verify()
		var view *View
		w.read(func(tx *db.Tx) (err error) { view, err = w.s.View(tx, w.staff("YC1021"), id); return err })
		if len(view.Ordered) != 3 || view.Ordered[1].System != "tax" || !slices.ContainsFunc(view.Trail, func(l Trail) bool { return l.Seq == view.Ordered[1].Entry && l.Act == "opinion" }) {
			t.Errorf("staff see %+v", view.Ordered)
		}
		w.read(func(tx *db.Tx) (err error) { view, err = w.s.View(tx, w.person(firm), id); return err })
		if len(view.Ordered) != 0 {
			t.Errorf("the applicant sees %+v", view.Ordered)
		}

		// What cannot be told does not happen: act and order are one.
		taken, open := w.s.Systems.Order, w.openTasks(id)[0].ID
		decide := func() error {
			_, err := w.s.Decide(ctx, w.holder("SPJ-SY.chief"), On{Case: id}, Decision{Task: open, Grant: true})
			return err
		}
		refused := errors.New("the outbox is full")
		w.s.Systems.Order = func(*db.Tx, Order) error { return refused }
		before := w.state(id).Version
		if err := decide(); !errors.Is(err, refused) || w.state(id).Version != before {
			t.Errorf("decided though nobody could be told: %v", err)
		}
		w.s.Systems.Order = nil
		if err := decide(); err == nil || fault.Code(err) != "internal" {
			t.Errorf("decided though nobody takes orders: %v", err)
		}
		w.s.Systems.Order = taken
		w.must("decide", decide())
		if got := w.told(id); len(got) != 4 || got[3].Outcome != OutcomeGranted || got[3].After != "grant" {
			t.Errorf("the decision tells %+v", got)
		}
		w.verify()
		for _, change := range []string{
			`DELETE FROM taken WHERE step = 'ended'`, `UPDATE taken SET system = 'bank' WHERE step = 'begun'`, `UPDATE taken SET entry = entry + 1 WHERE step = 'ended'`,
			`UPDATE taken SET about = 1 WHERE step = 'ended'`, `UPDATE taken SET about = 1`,
			`INSERT INTO taken (id, about, entry, system, step, says) VALUES (1, 1, 1, 'tax', 'x', '{}')`,
		} {
			w.tamper(change)
		}
	})
}

func TestWhatMaySend(t *testing.T) {
	t.Parallel()
	for send, want := range map[string]string{"": "", "form.name form.area": "name area", "form.name,form.name": "name", "answer.q": "no", "form.": "no", "form.a case.no": "no"} {
		fields, ok := Sends(&workflow.Node{Kind: workflow.ServiceTask, Attr: map[string]string{"send": send}})
		got := strings.Join(fields, " ")
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%q: %q", send, got)
		}
	}
}
