package cases

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const (
	zhou  = "379900198706120117" // 周叙白, an applicant
	firm  = "91379900MA7YC0014Q" // 云川栖霞餐饮管理有限公司, whose legal representative he is
	clerk = "yc1005"
)

// TestOneCaseThroughAllHands is the main job at the level of use cases.
func TestOneCaseThroughAllHands(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := w.t.Context()
		applicant, window := w.person(firm), w.staff(clerk)
		got := w.submit(applicant, "food-operation-new")
		if got.State != StateReceived || !ValidNumber(got.No) {
			t.Fatalf("submitted: %+v", got)
		}
		w.pass(window, got.Case)
		if _, err := w.s.Accept(ctx, window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		task := w.review(got.Case)
		decider := w.holder(task.Post)
		out, err := w.s.Decide(ctx, decider, On{Case: got.Case}, Decision{Task: task.ID, Grant: true})
		if err != nil || out.State != StateGranted {
			t.Fatalf("decided: %+v, %v", out, err)
		}
		issuer := w.holder("SPJ-ZZ.issue")
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := w.s.Certify(tx, issuer, On{Case: got.Case}, "JY1", 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := w.s.Deliver(tx, issuer, On{Case: got.Case}, "窗口领取")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if c := w.state(got.Case); c.State() != StateDelivered || c.EndedAt.IsZero() || c.shown.Live {
			t.Errorf("at the end: %s", c.State())
		}
		w.verify()
	})
}

// TestACertificateExpiresOnItsDay: the law knows the last day of validity and ends
// the certificate after it, long after the case.
func TestACertificateExpiresOnItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := w.t.Context(), w.accepted("food-operation-new").Case
		task, issuer := w.review(id), w.holder("SPJ-ZZ.issue")
		if _, err := w.s.Decide(ctx, w.holder(task.Post), On{Case: id}, Decision{Task: task.ID, Grant: true}); err != nil {
			t.Fatal(err)
		}
		last := calendar.NewDate(2031, 3, 1) // a Saturday: validity is never moved for rest days
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			if _, err := w.s.Certify(tx, issuer, On{Case: id}, "JY1", last); err != nil {
				return err
			}
			_, err := w.s.Deliver(tx, issuer, On{Case: id}, "窗口领取")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, at := range []struct {
			now  time.Time
			want CertificateState
		}{{(last + 1).Start().Add(-time.Second), CertificateValid}, {(last + 1).Start(), CertificateExpired}} {
			w.now = at.now
			for {
				n, err := w.s.Tick(ctx, 10)
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
			}
			c := w.state(id).Matter.Certificate
			if c == nil || c.State != at.want || c.Expires != last {
				t.Errorf("at %s: %+v, want %s", at.now, c, at.want)
			}
			w.verify()
		}
	})
}

// TestEveryItemOfTheSampleCityReachesADecision drives each of the 70 items.
func TestEveryItemOfTheSampleCityReachesADecision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var codes []string
		w.read(func(tx *db.Tx) (err error) {
			codes, err = db.All(tx, func(s *string) []any { return []any{s} }, `SELECT code FROM catalog_item ORDER BY code`)
			return err
		})
		if len(codes) < 70 {
			t.Fatalf("%d items", len(codes))
		}
		people, bodies, window := w.person(zhou), w.person(firm), w.staff(clerk)
		for _, code := range codes {
			applicant := people
			if !w.item(code).ForPersons() {
				applicant = bodies
			}
			answers, ok := w.route(code)
			if !ok {
				t.Errorf("%s: no answers lead to an application", code)
				continue
			}
			d := w.fill(applicant, code, answers)
			out, err := w.s.Submit(w.t.Context(), applicant, d.ID, "")
			if err != nil {
				t.Errorf("%s: submit: %v %v", code, err, fieldsOf(err))
				continue
			}
			who := window
			w.pass(who, out.Case)
			if _, err := w.s.Accept(w.t.Context(), who, On{Case: out.Case}); err != nil {
				t.Errorf("%s: accept: %v", code, err)
				continue
			}
			if err := w.conclude(out.Case); err != nil {
				t.Errorf("%s: decide: %v", code, err)
			}
		}
		w.verify()
	})
}

// conclude brings an accepted case to its end as its item asks for: interested persons are told first, and what only the
// agency above may decide is sent up to it.
func (w *world) conclude(id int64) error {
	ctx, task := w.t.Context(), w.review(id)
	decider, terms := w.holder(task.Post), w.state(id).Matter.Terms
	if terms.ThirdParty {
		if _, err := w.s.Decide(ctx, decider, On{Case: id}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.law.statement_owed" {
			return fmt.Errorf("decided though nobody was told: %w", err)
		}
		if _, err := w.s.Perform(ctx, decider, On{Case: id}, ActTellInterested, answers{
			"parties": "下游取水户李四", "interest": "取水可能减少下游的水量", "until": w.ahead(5),
		}); err != nil {
			return err
		}
	}
	if terms.FirstReview {
		_, err := w.s.Perform(ctx, decider, On{Case: id}, ActReferUp, answers{"agency": "省农业农村厅", "opinion": "初审符合条件，同意上报"})
		return err
	}
	_, err := w.s.Decide(ctx, decider, On{Case: id}, Decision{Task: task.ID, Grant: true})
	return err
}

// TestSubmittedTwiceIsOneCase: the double click, the reload, the second device.
func TestSubmittedTwiceIsOneCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		applicant := w.person(firm)
		d := w.fill(applicant, "food-operation-new", nil)
		var wg sync.WaitGroup
		seen := make([]string, 8)
		for i := range seen {
			wg.Go(func() {
				out, err := w.s.Submit(w.t.Context(), applicant, d.ID, "")
				if err != nil {
					t.Error(err)
				}
				seen[i] = out.No
			})
		}
		wg.Wait()
		var n int
		w.read(func(tx *db.Tx) error { return tx.One(`SELECT COUNT(*) FROM cases`, nil, &n) })
		for _, no := range seen {
			if no != seen[0] || n != 1 {
				t.Errorf("%d cases: %s", n, join(seen))
				return
			}
		}
	})
}

// TestReceiverNeverDecides: 受办分离, also for a deputy.
func TestReceiverNeverDecides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		applicant, window := w.person(firm), w.staff(clerk)
		got := w.submit(applicant, "food-operation-new")
		w.pass(window, got.Case)
		if _, err := w.s.Accept(w.t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		task := w.review(got.Case)
		decider := w.holder(task.Post)
		for name, who := range map[string]func() error{
			"received it": func() error {
				a := decider
				a.Staff = window.Staff
				_, err := w.s.Decide(w.t.Context(), a, On{Case: got.Case}, Decision{Task: task.ID, Grant: true})
				return err
			},
			"stands in for the receiver": func() error {
				a := decider
				a.Posts = append(a.Posts[:len(a.Posts):len(a.Posts)], a.Posts[0])
				a.Posts[len(a.Posts)-1].Deputy = window.Staff
				_, err := w.s.Decide(w.t.Context(), a, On{Case: got.Case}, Decision{Task: task.ID, Grant: true})
				return err
			},
		} {
			if err := who(); fault.Code(err) != "cases.same_person" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if c := w.state(got.Case); c.State() != StateReviewing {
			t.Errorf("a refused decision left the case %s", c.State())
		}
	})
}

// TestSupplementOnTheWay: one notice names everything; the correction brings it.
func TestSupplementOnTheWay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := w.t.Context()
		applicant, window := w.person(firm), w.staff(clerk)
		got := w.submit(applicant, "food-operation-new")
		on := On{Case: got.Case}
		if _, err := w.s.Notify(ctx, window, on, 0); fault.Code(err) != "cases.not_all_judged" {
			t.Errorf("a notice before everything was looked at: %v", err)
		}
		w.pass(window, got.Case)
		if _, err := w.s.Judge(ctx, window, on, Judgement{Material: "m4", Verdict: Correct}); fault.Code(err) != "input.invalid" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := w.s.Judge(ctx, window, on, Judgement{Material: "m4", Verdict: Correct, Reason: "没有标出洗手池"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Accept(ctx, window, on); fault.Code(err) != "cases.still_to_correct" {
			t.Errorf("accepted what must be corrected: %v", err)
		}
		if _, err := w.s.Notify(ctx, window, on, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Correction(ctx, applicant, on, nil); fault.Code(err) != "input.invalid" {
			t.Errorf("corrected with nothing: %v", err)
		}
		if _, err := w.s.Attach(ctx, applicant, To{Case: got.Case, Material: "m1"}, "a.pdf", newFile()); fault.Code(err) != "cases.material_not_asked" {
			t.Errorf("a material that nobody asked for: %v", err)
		}
		if _, err := w.s.Attach(ctx, applicant, To{Case: got.Case, Material: "m4"}, "布局图.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		if out, err := w.s.Correction(ctx, applicant, on, nil); err != nil || out.State != StateReceived {
			t.Fatalf("%+v %v", out, err)
		}
		w.pass(window, got.Case)
		if _, err := w.s.Judge(ctx, window, on, Judgement{Material: "m1", Verdict: Correct, Reason: "还要改"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Notify(ctx, window, on, 0); fault.Code(err) != "cases.law.not_subset" {
			t.Errorf("a second notice of something new: %v", err)
		}
		w.pass(window, got.Case)
		if _, err := w.s.Judge(ctx, window, on, Judgement{Material: "m1", Verdict: Pass}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Accept(ctx, window, on); err != nil {
			t.Fatal(err)
		}
		w.verify()
	})
}

// TestSilenceAcceptsAsOfTheDayOfReceipt: 行政许可法 Art. 32(4), by the timer.
func TestSilenceAcceptsAsOfTheDayOfReceipt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := w.submit(w.person(firm), "food-operation-new")
		w.now = w.now.AddDate(0, 0, 8) // past the fifth working day
		for range 2 {                  // safe to run twice
			if _, err := w.s.Tick(w.t.Context(), 10); err != nil {
				t.Fatal(err)
			}
		}
		c := w.state(got.Case)
		if c.State() != StateAccepted || !c.Matter.Has(FlagDeemed) {
			t.Errorf("%s %v", c.State(), c.Matter.Flags)
		}
		if _, ok := w.open(got.Case); !ok {
			t.Error("nobody has it on the desk")
		}
		w.verify()
	})
}

// TestAStalePageIsTold: somebody else was faster; nothing is overwritten.
func TestAStalePageIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		window := w.staff(clerk)
		got := w.submit(w.person(firm), "food-operation-new")
		w.pass(window, got.Case)
		seen := w.state(got.Case).Version
		if _, err := w.s.Accept(w.t.Context(), window, On{Case: got.Case, Version: seen}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Accept(w.t.Context(), window, On{Case: got.Case, Version: seen}); fault.Code(err) != "cases.stale" {
			t.Errorf("got %v", err)
		}
	})
}

// TestScopeAgreesWithThePolicy: the lists' predicate and the rules for one case
// say the same to everybody.
func TestScopeAgreesWithThePolicy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		window := w.staff(clerk)
		var all []int64
		for _, p := range []string{zhou, "379900199303050024", firm} {
			for _, item := range []string{"drug-retail", "elder-card", "forest-cutting"} {
				if it := w.item(item); p == firm && !it.ForBodies() || p != firm && !it.ForPersons() {
					continue
				}
				answers, _ := w.route(item)
				d := w.fill(w.person(p), item, answers)
				out, err := w.s.Submit(w.t.Context(), w.person(p), d.ID, "")
				if err != nil {
					t.Fatalf("%s: %v %v", item, err, fieldsOf(err))
				}
				all = append(all, out.Case)
				if item == "forest-cutting" {
					w.pass(window, out.Case)
					if _, err := w.s.Accept(w.t.Context(), window, On{Case: out.Case}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		var numbers []string
		w.read(func(tx *db.Tx) (err error) {
			numbers, err = db.All(tx, func(s *string) []any { return []any{s} }, `SELECT staff_no FROM office_staff ORDER BY staff_no`)
			return err
		})
		for _, no := range numbers {
			w.compareScope(t, no, w.staff(no), all)
		}
		for _, p := range []string{zhou, "379900199303050024"} {
			w.compareScope(t, p[:6], w.person(p), all)
			agent := w.person(p)
			agent.For = w.person(firm).Party
			w.compareScope(t, "agent for everything", agent, all)
			agent.Items = []string{"forest-cutting"}
			w.compareScope(t, "agent for one item", agent, all)
		}
	})
}

// TestWhoHelpsIssuesOrDeliversSeesTheirStep: a guide sees what is at the window,
// an issuer and a deliverer what is granted, and nobody of them anything else.
func TestWhoHelpsIssuesOrDeliversSeesTheirStep(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := map[State]int64{StateReceived: w.submit(w.person(firm), "food-operation-new").Case}
		all[StateReviewing] = w.accepted("food-operation-new").Case
		all[StateGranted] = w.accepted("social-insurance-open").Case
		task := w.review(all[StateGranted])
		if _, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: all[StateGranted]}, Decision{Task: task.ID, Grant: true}); err != nil {
			t.Fatal(err)
		}
		for no, sees := range map[string]State{"yc1013": StateReceived, "yc1033": StateGranted, "yc1034": StateGranted} {
			w.compareScope(t, no, w.staff(no), []int64{all[StateReceived], all[StateReviewing], all[StateGranted]})
			for state, id := range all {
				w.read(func(tx *db.Tx) error {
					may, err := w.s.MaySee(tx, w.staff(no), id)
					if may != (state == sees) {
						t.Errorf("%s sees a case that is %s: %v", no, state, may)
					}
					return err
				})
			}
		}
	})
}
