package cases

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"pgregory.net/rapid"
)

// The table itself: what a lawyer may rely on without reading the program.
func TestTableIsClosed(t *testing.T) {
	t.Parallel()
	if got := len(pairs); got != 82 {
		t.Errorf("got %d pairs, want 82", got)
	}
	acts := map[Act]bool{}
	reached := map[State]bool{StateNone: true}
	for _, p := range pairs {
		acts[p.Act] = true
		if p.From.Ended() {
			t.Errorf("%s has a row although it is an end", p.From)
		}
		if len(p.To) == 0 {
			t.Errorf("%s in %s leads nowhere", p.Act, p.From)
		}
		for _, s := range append(slices.Clone(p.To), p.From) {
			if !slices.Contains(States, s) {
				t.Errorf("%s is no state", s)
			}
		}
	}
	if len(acts) != 47 {
		t.Errorf("got %d acts, want 47", len(acts))
	}
	for range States {
		for _, p := range pairs {
			if reached[p.From] {
				for _, s := range p.To {
					reached[s] = true
				}
			}
		}
	}
	for _, s := range States {
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
		if s.Counting() != (s == StateAccepted || s == StateReviewing) {
			t.Errorf("%s: Counting is %v", s, s.Counting())
		}
	}
	seen := map[Act]bool{}
	for _, r := range Rules() {
		if seen[r.Act] {
			t.Errorf("%s has two rules", r.Act)
		}
		seen[r.Act] = true
		if r.Basis == "" || r.Name == "" || len(r.Who) == 0 {
			t.Errorf("%s lacks its basis, name or roles", r.Act)
		}
		if !acts[r.Act] && !r.Act.Record() {
			t.Errorf("%s can never be done", r.Act)
		}
	}
	for a := range acts {
		if !seen[a] {
			t.Errorf("%s has no rule", a)
		}
	}
	for a := range maps.Keys(guards) {
		if !seen[a] && !IsCertificateAct(a) {
			t.Errorf("guards for %s, which is no act", a)
		}
	}
	for a := range maps.Keys(effects) {
		if !seen[a] && !IsCertificateAct(a) {
			t.Errorf("an effect for %s, which is no act", a)
		}
	}
}

func TestNoPairIsListedTwice(t *testing.T) {
	t.Parallel()
	type key struct {
		State
		Act
	}
	seen := map[key]bool{}
	for _, p := range pairs {
		k := key{p.From, p.Act}
		if seen[k] {
			t.Errorf("%v", k)
		}
		seen[k] = true
	}
}

// generous fills an input so that most guards are met.
func generous(t *rapid.T, m Matter, act Act, at time.Time) Input {
	today := calendar.DateOf(at)
	later := today + calendar.Date(rapid.IntRange(1, 20).Draw(t, "later"))
	in := Input{
		By: int64(rapid.IntRange(0, 3).Draw(t, "by")), Channel: rapid.SampledFrom([]string{"", ChannelOnline}).Draw(t, "channel"),
		Fixes: m.Lacking, List: []string{"m1"}, Planned: rapid.IntRange(1, 8).Draw(t, "planned"), Notice: "告知书",
		Result: "合格", Approver: RankAgencyHead, Days: rapid.IntRange(1, 10).Draw(t, "days"), Reason: "x", Basis: "y",
		Remedies: true, Parties: []string{"a", "b"}, Who: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who"),
		Notified: today - 30, Chair: 9, Minutes: true, Inspectors: []int64{1, 2}, Record: true, Opinion: "z",
		Served: "当场", Signed: true, Mandate: true, Agency: "a", Heard: true, Penalty: "p", Compensated: true,
		Kind: rapid.SampledFrom(StopKinds).Draw(t, "kind"), Material: "m1", Until: later, CorrectBy: later,
		Faulty: m.Told,
		Ground: rapid.SampledFrom([]Ground{GroundFalseMaterials, GroundApplicantGone, "fraud", "penalty"}).Draw(t, "ground"),
		To:     rapid.SampledFrom([]State{StateReceived, StateAccepted}).Draw(t, "to"),
	}
	if rapid.Bool().Draw(t, "lacks") {
		in.Lacks = []string{"m1"}
	}
	if act == ActAccept && len(m.Lacking) > 0 {
		in.Debts, in.Promise = map[string]calendar.Date{"m1": later}, "承诺书"
	}
	if s := m.openStop(""); s != nil && rapid.Bool().Draw(t, "open kind") {
		in.Kind = s.Kind
	}
	if rule, ok := RuleOf(act); ok {
		in.Role = rapid.SampledFrom(rule.Who).Draw(t, "role")
	}
	return in
}

func text(t *rapid.T, m Matter) string {
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Any lawful life keeps what the law promises.
func TestEveryLifeKeepsTheLaw(t *testing.T) {
	t.Parallel()
	l := &Law{Cal: calendar.Official()}
	var visited sync.Map
	life := func(t *rapid.T) {
		terms := NewTerms(KindLicence, false)
		terms.Materials = map[string]Tolerance{"m1": MaterialTolerable}
		terms.Promised = rapid.IntRange(0, 20).Draw(t, "promised")
		terms.Unit = rapid.SampledFrom([]Unit{UnitWorkday, UnitDay}).Draw(t, "unit")
		terms.FirstReview = rapid.IntRange(0, 9).Draw(t, "first review") == 0
		m := NewMatter(terms)
		at := time.Date(2025, 9, 1, 1, 0, 0, 0, time.UTC)
		decided := 0
		for range rapid.IntRange(5, 40).Draw(t, "acts") {
			at = at.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			before := text(t, m)
			fired, did := l.Fire(m, at)
			if text(t, m) != before {
				t.Fatal("Fire changed its argument")
			}
			if _, again := l.Fire(fired, at); len(again) > 0 {
				t.Fatalf("a timer fired twice: %v after %v", again, did)
			}
			m = fired
			keepsTheLaw(t, l, m)
			act := rapid.SampledFrom(Rules()).Draw(t, "act").Act
			if lawful := l.Possible(m, at); rapid.IntRange(0, 9).Draw(t, "lawful") > 0 && len(lawful) > 0 {
				act = rapid.SampledFrom(lawful).Draw(t, "lawful act")
			}
			if (act == ActWithdraw || act == ActTerminate) && rapid.IntRange(0, 9).Draw(t, "give up") > 0 {
				continue
			}
			in := generous(t, m, act, at)
			before = text(t, m)
			after, out, refusal := l.Apply(m, act, in, at)
			if text(t, m) != before {
				t.Fatalf("%s changed its argument", act)
			}
			if refusal != nil {
				if text(t, after) != before {
					t.Fatalf("a refused %s left a trace", act)
				}
				if refusal.Reason != ReasonIllegalPair && !slices.Contains(Reasons, refusal.Reason) {
					t.Fatalf("%s: unknown reason %q", act, refusal.Reason)
				}
				continue
			}
			if p, ok := lawful(m, act); !ok || !slices.Contains(p.To, after.State) || out.To != after.State {
				t.Fatalf("%s led from %s to %s", act, m.State, after.State)
			}
			if after.State != m.State {
				switch after.State {
				case StateGranted, StateRefused, StateReferred:
					decided++
				}
			}
			var copied Matter
			if err := json.Unmarshal([]byte(text(t, after)), &copied); err != nil {
				t.Fatal(err)
			}
			if text(t, copied) != text(t, after) {
				t.Fatalf("JSON loses something:\n%s\n%s", text(t, after), text(t, copied))
			}
			m = copied
			visited.Store(m.State, true)
			keepsTheLaw(t, l, m)
		}
		if decided > 1 {
			t.Fatalf("%d decisions in one life", decided)
		}
	}
	missing := func() []State {
		return slices.DeleteFunc([]State{StateCorrecting, StateReviewing, StateSpecial, StateGranted, StateRefused, StateDelivered},
			func(s State) bool { _, seen := visited.Load(s); return seen })
	}
	for range 20 { // a hundred lives mostly see every state; what chance left out it gets another hundred for
		if rapid.Check(t, life); len(missing()) == 0 || t.Failed() {
			break
		}
	}
	if left := missing(); len(left) > 0 {
		t.Errorf("no life came to %v", left)
	}
}

// keepsTheLaw: the statutory clock runs if and only if the case is accepted or in review; only a stop begun after the
// last day leaves it running, because such a stop cures nothing.
func keepsTheLaw(t *rapid.T, l *Law, m Matter) {
	c, ok := m.Clock(ClockStatutory)
	running := ok && c.Running()
	late := ok && len(m.OpenStops()) > 0 && m.OpenStops()[0].From > c.Due
	if running != m.State.Counting() && !(m.State == StateSpecial && late) {
		t.Fatalf("in %s the statutory clock is %+v", m.State, c)
	}
	if (len(m.OpenStops()) > 0) != (m.State == StateSpecial) {
		t.Fatalf("in %s there are open stops %v", m.State, m.OpenStops())
	}
	if p, ok := m.Clock(ClockPromised); ok && p.Running() && running && p.Due > c.Due {
		t.Fatalf("promised %s after statutory %s", p.Due, c.Due)
	}
	if ok && c.Unit == UnitWorkday && m.Terms.Promised == 0 {
		explained(t, l, m, c)
	}
	if m.State.Ended() {
		for _, r := range Rules() {
			if _, ok := lawful(m, r.Act); ok && !r.Act.Record() {
				t.Fatalf("%s may follow the end %s", r.Act, m.State)
			}
		}
	}
	if at, act, ok := l.Due(m); ok && act == ActMarkOverdue && at.IsZero() {
		t.Fatal("a timer without an instant")
	}
	if same, moved := l.Recount(m); len(moved) > 0 || text(t, same) != text(t, m) {
		t.Fatalf("an unchanged calendar moved %+v", moved)
	}
}

// explained: the panel counts as many days as the limit has.
func explained(t *rapid.T, l *Law, m Matter, c Clock) {
	n := 0
	for _, d := range m.Explain(l.Cal, ClockStatutory, c.Due.Start()) {
		if d.Date <= c.Due {
			n = max(n, d.Number)
		}
	}
	if want := c.Limit + c.Extra; !c.Stopped && c.Ended.IsZero() && n != want {
		t.Fatalf("explained %d days, want %d: %+v", n, want, c)
	}
}

// The light turns yellow on the first day with a fifth of the limit left, and red on the day after the last.
func TestLightsFollowTheDaysLeft(t *testing.T) {
	t.Parallel()
	l := &Law{Cal: calendar.Official()}
	rapid.Check(t, func(t *rapid.T) {
		terms := NewTerms(KindLicence, false)
		terms.Limit = rapid.IntRange(1, 45).Draw(t, "limit")
		m := NewMatter(terms)
		at := calendar.NewDate(2025, 1, rapid.IntRange(1, 300).Draw(t, "day")).Start().Add(10 * time.Hour)
		m, _, _ = l.Apply(m, ActReceive, Input{Role: RoleReceiver}, at)
		m, _, _ = l.Apply(m, ActAccept, Input{Role: RoleReceiver}, at)
		now := at.Add(time.Duration(rapid.IntRange(0, 70*24).Draw(t, "hours")) * time.Hour)
		light := m.Light(l.Cal, ClockStatutory, now)
		want := LightBlue
		switch {
		case calendar.DateOf(now) > light.Due:
			want = LightRed
		case light.Left <= max(1, (terms.Limit+4)/5):
			want = LightYellow
		}
		if light.Colour != want {
			t.Fatalf("%+v on %s: want %s", light, calendar.DateOf(now), want)
		}
	})
}
