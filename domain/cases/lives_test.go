package cases

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"pgregory.net/rapid"
)

// TestNoOrderOfActsBreaksTheLaw: whoever does what in whatever order, by the use cases of the steps and by procedures,
// a case stays in a state of the law, is decided once at most, has a certificate only after a grant, nothing is done to a
// certificate before it was made or after it was cancelled, and its ledger gives the stored state. What is refused
// leaves no trace.
func TestNoOrderOfActsBreaksTheLaw(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		cast := newCast(w)
		visited := map[State]bool{}
		life := func(t *rapid.T) {
			w.s.Local = func(_ *catalog.Item, terms *Terms) { cast.terms(t, terms) }
			d := w.fill(cast.applicant, food, nil)
			out, err := w.s.Submit(w.t.Context(), cast.applicant, d.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			l := &randomLife{t: t, w: w, cast: cast, id: out.Case, smooth: rapid.Bool().Draw(t, "smooth")}
			for range rapid.IntRange(4, 30).Draw(t, "acts") {
				l.step()
				visited[w.state(l.id).State()] = true
			}
			l.replays()
		}
		missing := func() []State {
			return slices.DeleteFunc([]State{StateReceived, StateCorrecting, StateAccepted, StateReviewing, StateSpecial, StateGranted, StateTerminated, StateWithdrawn},
				func(s State) bool { return visited[s] })
		}
		for range 10 { // a hundred lives mostly see every state; what chance left out it gets another hundred for
			if rapid.Check(t, life); len(missing()) == 0 || t.Failed() {
				break
			}
		}
		if left := missing(); len(left) > 0 {
			t.Errorf("no life came to %v", left)
		}
		w.verify()
	})
}

// players are the people of the random lives.
type players struct {
	applicant, window auth.Actor
	everybody         []auth.Actor
	byPost            map[string]auth.Actor
}

func newCast(w *world) *players {
	c := &players{applicant: w.person(firm), window: w.staff(clerk), byPost: map[string]auth.Actor{}}
	c.everybody = []auth.Actor{c.applicant, c.window, w.person(zhou)}
	for _, no := range []string{foodReviewer, foodDecider, legalSection, bureauHead, supervisor, "yc1031", "yc1033"} {
		c.everybody = append(c.everybody, w.staff(no))
	}
	return c
}

// terms draws what the item's statute and this place have settled.
func (c *players) terms(t *rapid.T, terms *Terms) {
	terms.Settings.CorrectionLapse = rapid.SampledFrom([]string{LapseHold, LapseReturn}).Draw(t, "correction lapse")
	terms.Settings.HearingStopFrom = rapid.SampledFrom([]string{StopFromRequest, StopFromTold}).Draw(t, "hearing stop")
	terms.Settings.SpecialOverrun = rapid.SampledFrom([]string{OverrunResume, OverrunStay}).Draw(t, "special overrun")
	terms.ThirdParty = rapid.IntRange(0, 4).Draw(t, "third party") == 0
	terms.FirstReview = rapid.IntRange(0, 6).Draw(t, "first review") == 0
	terms.InspectionItem = rapid.Bool().Draw(t, "inspection item")
	if rapid.Bool().Draw(t, "no check") {
		terms.InspectionRequired = false
	}
}

func (c *players) holder(w *world, post string) auth.Actor {
	if _, known := c.byPost[post]; !known {
		c.byPost[post] = w.holder(post)
	}
	return c.byPost[post]
}

// randomLife plays one case. In a smooth life most acts are the next regular one by who holds it: left to chance alone,
// one life in eighty came to a grant, and what may be done to a certificate was hardly tried.
type randomLife struct {
	t      *rapid.T
	w      *world
	cast   *players
	id     int64
	smooth bool
}

// regular tells whether the act to come is to be the one that brings the case on.
func (l *randomLife) regular() bool {
	return l.smooth && rapid.IntRange(0, 3).Draw(l.t, "regular") > 0
}

func (l *randomLife) step() {
	before := l.w.state(l.id)
	what := "task"
	switch over := before.State().Ended() || before.State() == StateCertified; {
	case over || !l.regular():
		what = rapid.SampledFrom([]string{"wait", "window", "window", "task", "task", "task", "procedure", "procedure", "procedure", "give up"}).Draw(l.t, "what")
	case before.State() == StateReceived:
		what = "window"
	}
	err := map[string]func() error{
		"wait": l.wait, "window": l.window, "task": l.task, "procedure": l.procedure, "give up": l.giveUp,
	}[what]()
	after := l.w.state(l.id)
	if err != nil {
		if fault.Code(err) == "internal" {
			l.t.Fatalf("%s: %v", what, err)
		}
		if what != "window" && before.Head != after.Head && what != "wait" {
			l.t.Fatalf("a refused %s left a trace: %v", what, err)
		}
	}
	l.lawful(after)
}

func (l *randomLife) wait() error {
	n := rapid.IntRange(0, 9).Draw(l.t, "days")
	l.w.now = l.w.s.Law.Cal.AddWorkdays(calendar.DateOf(l.w.now), n).Start().Add(10 * time.Hour)
	for { // the timers of the lives before this one are due as well
		if n, err := l.w.s.Tick(l.w.t.Context(), 1000); n == 0 || err != nil {
			return err
		}
	}
}

// window does what the window does: look at everything, then accept, ask for a correction or refuse.
func (l *randomLife) window() error {
	ctx, on, s, who := l.w.t.Context(), On{Case: l.id}, l.w.s, l.cast.window
	var list []Material
	l.w.read(func(tx *db.Tx) (err error) { list, err = listMaterials(tx, l.id); return err })
	end := "accept"
	if !l.regular() {
		end = rapid.SampledFrom([]string{"accept", "accept", "accept", "notify", "correct", "refuse"}).Draw(l.t, "end")
	}
	for i, m := range list {
		j := Judgement{Material: m.Key, Verdict: Pass}
		if end == "notify" && i == 0 {
			j.Verdict, j.Reason = Correct, "看不清楚"
		}
		if _, err := s.Judge(ctx, who, on, j); err != nil && end != "correct" {
			return err
		}
	}
	var err error
	switch end {
	case "accept":
		_, err = s.Accept(ctx, who, on)
	case "notify":
		_, err = s.Notify(ctx, who, on, 0)
	case "correct":
		_, err = s.Correction(ctx, who, on, []string{list[0].Key})
	default:
		if rapid.IntRange(0, 5).Draw(l.t, "really") == 0 {
			_, err = s.NotAccept(ctx, who, on, GroundFalseMaterials, "材料不真实", "", "")
		}
	}
	return err
}

// task works an open step off, or makes the certificate.
func (l *randomLife) task() error {
	ctx, on, s := l.w.t.Context(), On{Case: l.id}, l.w.s
	t, ok := l.w.open(l.id)
	if !ok {
		return s.DB.Write(ctx, func(tx *db.Tx) error {
			who := l.cast.everybody[len(l.cast.everybody)-1] // the issuer
			if rapid.Bool().Draw(l.t, "deliver") {
				_, err := s.Deliver(tx, who, on, "窗口领取")
				return err
			}
			_, err := s.Certify(tx, who, on, "JY1", 0)
			return err
		})
	}
	who := l.cast.holder(l.w, t.Post)
	regular := l.regular()
	if !regular && rapid.IntRange(0, 9).Draw(l.t, "another") == 0 {
		who = rapid.SampledFrom(l.cast.everybody).Draw(l.t, "who")
	}
	if t.Slot == "decide" {
		_, err := s.Decide(ctx, who, on, Decision{
			Task: t.ID, Grant: regular || rapid.Bool().Draw(l.t, "grant"), Reason: "理由在此写明", Basis: "食品安全法第三十五条",
		})
		return err
	}
	_, err := s.Opine(ctx, who, on, Review{Task: t.ID, Conclusion: Agree, Text: "符合条件。", Inspectors: []string{"YC1031", "YC1032"}})
	return err
}

func (l *randomLife) giveUp() error {
	if rapid.IntRange(0, 9).Draw(l.t, "really") > 0 {
		_, err := l.w.s.Extend(l.w.t.Context(), rapid.SampledFrom(l.cast.everybody).Draw(l.t, "who"), On{Case: l.id}, Longer{Days: rapid.IntRange(1, 12).Draw(l.t, "days"), Reason: "情况复杂"})
		return err
	}
	_, err := l.w.s.Withdraw(l.w.t.Context(), l.cast.applicant, On{Case: l.id}, "不办了")
	return err
}

// procedure tries one of the table, mostly one that is offered, with answers that may do.
func (l *randomLife) procedure() error {
	who := rapid.SampledFrom(l.cast.everybody).Draw(l.t, "who")
	if t, open := l.w.open(l.id); open && rapid.Bool().Draw(l.t, "holder") {
		who = l.cast.holder(l.w, t.Post) // whom most of the table is for
	}
	act := rapid.SampledFrom(Procedures()).Draw(l.t, "procedure").Act
	var offered []Act
	l.w.read(func(tx *db.Tx) error {
		choices, err := l.w.s.Explain(tx, who, l.w.state(l.id))
		for _, c := range choices {
			if c.Procedure && c.Why == nil {
				offered = append(offered, c.Act)
			}
		}
		return err
	})
	was := slices.Contains(offered, act)
	if len(offered) > 0 && rapid.IntRange(0, 9).Draw(l.t, "offered") > 0 {
		act, was = rapid.SampledFrom(offered).Draw(l.t, "which"), true
		if slices.Contains(offered, ActStartSpecial) && rapid.Bool().Draw(l.t, "stop the clock") {
			act = ActStartSpecial
		}
	}
	if act == ActTerminate && rapid.IntRange(0, 5).Draw(l.t, "really") > 0 {
		return nil
	}
	p, _ := ProcedureOf(act)
	v := map[string]string{}
	for _, a := range p.Asks {
		v[a.Name] = l.answer(who, a)
	}
	out, err := l.w.s.Perform(l.w.t.Context(), who, On{Case: l.id}, act, v)
	if was && strings.HasPrefix(fault.Code(err), "cases.when.") {
		l.t.Fatalf("%s was offered and is not called for: %v", act, err)
	}
	if err == nil && out.Case != l.id && rapid.Bool().Draw(l.t, "follow") {
		l.id = out.Case
	}
	return err
}

func (l *randomLife) answer(who auth.Actor, a Asked) string {
	var options []Option
	l.w.read(func(tx *db.Tx) (err error) {
		options, err = l.w.s.options(tx, who, l.w.state(l.id), a)
		return err
	})
	if len(options) > 0 {
		return rapid.SampledFrom(options).Draw(l.t, a.Name).Value
	}
	switch a.Kind {
	case AskDate:
		n := rapid.IntRange(-9, 25).Draw(l.t, a.Name)
		return l.w.s.Law.Cal.AddWorkdays(calendar.DateOf(l.w.now), n).String()
	case AskNumber:
		return fmt.Sprint(rapid.IntRange(0, 12).Draw(l.t, a.Name))
	case AskYes:
		return "yes"
	case AskNames:
		return rapid.SampledFrom([]string{l.w.state(l.id).PartyName, l.w.state(l.id).PartyName + "\n王小河", ""}).Draw(l.t, a.Name)
	case AskStaff:
		return rapid.SampledFrom([]string{"YC1031 YC1032", "YC1031", "YC9999"}).Draw(l.t, a.Name)
	default:
		return "在此写明的内容"
	}
}

// lawful holds what must be true of a case at every moment.
func (l *randomLife) lawful(c *Case) {
	l.t.Helper()
	if !slices.Contains(States, c.State()) || c.State() == StateNone {
		l.t.Fatalf("the case is %q", c.State())
	}
	if (len(c.Matter.OpenStops()) > 0) != (c.State() == StateSpecial) {
		l.t.Fatalf("%s with the open stops %v", c.State(), c.Matter.OpenStops())
	}
	var trail []Trail
	l.w.read(func(tx *db.Tx) (err error) { trail, err = listTrail(tx, c.ID); return err })
	slices.Reverse(trail)
	decided, granted, made, cancelled := 0, false, false, false
	for _, x := range trail {
		if IsCertificateAct(Act(x.Act)) && (!made || cancelled) {
			l.t.Fatalf("%s: the certificate was made %v, cancelled %v", x.Act, made, cancelled)
		}
		switch Act(x.Act) {
		case ActGrant, ActGrantOnSpot, ActDeemRenewed:
			decided, granted = decided+1, true
		case ActRefuse, ActReferUp:
			decided++
		case ActMakeCertificate, ActDeliver:
			if !granted {
				l.t.Fatalf("%s before a grant", x.Act)
			}
			made = made || Act(x.Act) == ActMakeCertificate
		case ActCancelCertificate:
			cancelled = true
		}
	}
	if decided > 1 {
		l.t.Fatalf("%d decisions", decided)
	}
	if cert := c.Matter.Certificate; cancelled != (cert != nil && cert.State == CertificateCancelled) {
		l.t.Fatalf("cancelled %v, and the certificate is %+v", cancelled, cert)
	}
	if _, open := l.w.open(c.ID); open && (c.State().Ended() || c.State() == StateGranted) {
		l.t.Fatalf("a step is open in %s", c.State())
	}
	if c.Matter.Decider != 0 && slices.Contains(c.Receivers, c.Matter.Decider) {
		l.t.Fatal("who received the case decided it")
	}
}

// replays compares the case with its ledger.
func (l *randomLife) replays() {
	l.w.read(func(tx *db.Tx) error {
		_, _, err := ledger.Verify(tx, func(name string, entries []ledger.Entry) error {
			if name != Chain(l.id) {
				return nil
			}
			wait, err := l.w.s.replaySome(l.w.s.lookups(tx), [][]ledger.Entry{entries})
			if err != nil {
				return err
			}
			return wait()
		})
		if err != nil {
			l.t.Fatal(err)
		}
		return nil
	})
}
