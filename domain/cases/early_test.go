package cases

import (
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/fault"
)

// TestARenewalIsNotAskedForTooEarly: the statute of the item says how early it may be; the draft names the first day, and
// on that day it is received.
func TestARenewalIsNotAskedForTooEarly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.licensed(r, "2031-03-01")
		who := w.person(firm)
		first := w.s.Law.Cal.AddWorkdays(date("2031-03-01"), -90)
		d := w.apply(who, foodRenew)
		_, err := w.s.Submit(t.Context(), who, d.ID, "")
		f, ok := asFaultOf(err)
		if !ok || f.Fields["certificate"] != "cases.certificate_early" || f.Args["certificate.day"] != first.String() {
			t.Fatalf("asked for on the day of issue: %v %+v", err, f)
		}
		w.now = (first - 1).Start().Add(10 * time.Hour)
		if _, err := w.s.Submit(t.Context(), who, d.ID, ""); fieldsOf(err)["certificate"] != "cases.certificate_early" {
			t.Errorf("a day before the first: %v", err)
		}
		w.now = first.Start().Add(10 * time.Hour)
		w.hand(who, d)
		w.verify()
	})
}

// TestADeclaredPaperIsNotRenewedTooEarly: who declares one is told at the field of its last day.
func TestADeclaredPaperIsNotRenewedTooEarly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		_, err := w.tries(w.person(firm), foodRenew, oldPaper, "2028-06-30")
		f, ok := asFaultOf(err)
		if !ok || f.Fields["form.expire_on"] != "cases.certificate_early" || f.Args["form.expire_on.day"] == nil {
			t.Errorf("declared: %v %+v", err, f)
		}
	})
}

// TestARenewedTermIsCountedAsTheItemSays: from the day of the decision where its words say so, also by silence; and nobody's
// term ends sooner because it was renewed.
func TestARenewedTermIsCountedAsTheItemSays(t *testing.T) {
	for _, x := range []struct {
		name, held, want string
		months           int
		decided          bool
	}{
		{"from the old last day", "2026-06-30", "2029-06-30", 36, false},
		{"from the decision", "2026-06-30", "2029-06-01", 36, true},
		{"no sooner than before", "2026-12-31", "2026-12-31", 3, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := live(t, func(t *Terms) { t.Renewal, t.ValidityMonths, t.FromDecision = true, x.months, x.decided }).holds(x.held)
			w.do("2026-05-25 09:00", ActReceive, Input{By: 1})
			w.do("2026-05-25 09:30", ActAccept, Input{By: 1})
			w.do("2026-06-01 10:00", ActBeginReview, Input{By: 2})
			w.do("2026-06-02 10:00", ActGrant, Input{By: 3})
			if got := w.m.Certificate.Expires; got != date(x.want) {
				t.Errorf("renewed until %s, want %s", got, x.want)
			}
		})
	}
	t.Run("by silence from the day after the last one", func(t *testing.T) {
		w := live(t, func(t *Terms) { t.Renewal, t.ValidityMonths, t.FromDecision = true, 36, true }).holds("2026-06-30")
		w.do("2026-05-25 09:00", ActReceive, Input{By: 1})
		w.do("2026-05-25 09:30", ActAccept, Input{By: 1})
		w.until("2026-07-01 00:00")
		if got := w.m.Certificate.Expires; got != date("2029-06-30") {
			t.Errorf("renewed until %s", got)
		}
	})
}

func TestTheRegisterSaysANewLastDayFromTheDecisionOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		w.licensed(r, "2026-06-30")
		id := w.hand(who, w.apply(who, foodRenew))
		w.admit(id)
		if len(r.stood) != 0 || w.state(id).Matter.Certificate.Expires != date("2026-06-30") {
			t.Errorf("before the decision the register was told %d times", len(r.stood))
		}
		w.decide(id, true)
		want := w.s.Law.Cal.AddMonths(calendar.DateOf(w.state(id).DecidedAt), 60) - 1
		if len(r.stood) != 1 || r.stood[0].Until != want || w.state(id).Matter.Certificate.Expires != want {
			t.Errorf("it stands until %s, want %s", w.state(id).Matter.Certificate.Expires, want)
		}
		w.verify()
	})
}

func asFaultOf(err error) (*fault.Error, bool) {
	f, ok := err.(*fault.Error) //nolint:errorlint // as Submit returns it
	return f, ok
}
