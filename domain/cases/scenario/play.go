package scenario

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// play is one scenario under way.
type play struct {
	*Stage
	ctx   context.Context //nolint:containedctx // a play ends before its call returns
	sc    scenario
	code  string // of its item
	terms cases.Terms
	cast  map[string]auth.Actor // by the names that the scenario gives
	id    int64                 // the case, 0 while there is none
	task  int64                 // the step to decide, once it has opened
	diffs []string

	earlier int64 // a case that came before, where the scenario takes one for given
	others  []other
	bare    bool   // there is a certificate and no case: the case at hand is the one that made it
	turn    int    // whose case is played: 0 is the applicant of the scenario
	variant string // which of the scenario's items is applied for
}

// play plays the events and lights in the order of time, fires the timers before each, and compares.
func (s *Stage) play(ctx context.Context, code string, sc scenario) []string {
	p := &play{Stage: s, ctx: ctx, sc: sc, code: code, cast: map[string]auth.Actor{}}
	if err := p.run(); err != nil {
		p.differ("cannot be played: %v", err)
	}
	return p.diffs
}

// settle has the place settle what the scenario takes for settled, and back what another took, and returns what is in
// force then. What is not for a place to settle is told on receipt.
func (p *play) settle() (cases.Settings, error) {
	want, now, number := cases.DefaultSettled(), cases.Settled{}, int64(0)
	want.Settings = p.terms.Settings
	err := p.Cases.DB.Read(p.ctx, func(tx *db.Tx) (err error) {
		now, number, err = p.Cases.InForce(tx)
		return err
	})
	if err != nil {
		return now.Settings, err
	}
	for _, point := range cases.Points() {
		value := point.Of(want)
		if value == point.Of(now) {
			continue
		}
		x, err := p.Cases.Settle(p.ctx, p.who("", head), "", number, point.Name, value, "情景的约定")
		if fault.Is(err, fault.Invalid) {
			continue
		}
		if err != nil {
			return now.Settings, err
		}
		now, number = x.Settled, x.Number
	}
	return now.Settings, nil
}

func (p *play) run() (err error) {
	if p.terms, err = p.sc.terms(); err != nil {
		return err
	}
	base := p.terms
	if base.Settings, err = p.settle(); err != nil {
		return err
	}
	p.Cases.Local = func(_ *catalog.Item, t *cases.Terms) {
		if got := p.sc.said(*t, base); !p.sc.plain && !reflect.DeepEqual(got, base) {
			p.differ("the item: its terms are %+v, want %+v", got, base)
		}
		*t = p.terms
	}
	for _, name := range p.sc.Item.Reviewers {
		p.who(name, reviewer)
	}
	lights := slices.Clone(p.sc.Expect.Light)
	slices.SortStableFunc(lights, func(a, b lightAt) int { return strings.Compare(a.At, b.At) })
	until := func(at string) error {
		for len(lights) > 0 && lights[0].At < at {
			if err := p.look(lights[0]); err != nil {
				return err
			}
			lights = lights[1:]
		}
		if err := p.meanwhile(at); err != nil {
			return err
		}
		return p.wait(at)
	}
	if err := p.prepare(); err != nil {
		return err
	}
	for i, e := range p.sc.Events {
		if err := until(e.At); err != nil {
			return err
		}
		if err := p.event(i, e); err != nil {
			return err
		}
	}
	if p.sc.Expect.AsOf != "" {
		if err := until(p.sc.Expect.AsOf); err != nil {
			return err
		}
	}
	p.compare(p.sc.Expect)
	for i := range p.sc.Expect.Refused {
		if n, err := strconv.Atoi(i); err != nil || n < 0 || n >= len(p.sc.Events) {
			p.differ("a refusal is expected of event %s, which there is not", i)
		}
	}
	return until("~") // after every moment
}

// wait moves the clock and lets the timers of everybody's cases fire.
func (p *play) wait(at string) error {
	if at == "~" {
		return nil
	}
	moment, err := instant(at)
	if err != nil {
		return err
	}
	p.now = moment
	for {
		if n, err := p.Cases.Tick(p.ctx, 100); err != nil || n == 0 {
			return err
		}
	}
}

func (p *play) look(want lightAt) error {
	if err := p.wait(want.At); err != nil {
		return err
	}
	if got := p.matter().Light(p.Cases.Law.Cal, want.Clock, p.now).Colour; got != want.Is {
		p.differ("light %s at %s: got %s, want %s", want.Clock, want.At, got, want.Is)
	}
	return nil
}

// event does what happened and compares whether it was refused, and why.
func (p *play) event(i int, e event) error {
	do := acts[e.Act]
	if do == nil {
		return fmt.Errorf("nobody here can do %q", e.Act)
	}
	before := p.matter()
	got, err := p.precluded(e)
	if err == nil && got == "" {
		got, err = p.reason(e, do(p, e))
	}
	if err != nil {
		return fmt.Errorf("event %d %s in %s: %w", i, e.Act, before.State, err)
	}
	if got != "" && !reflect.DeepEqual(before, p.matter()) {
		p.differ("event %d %s in %s was refused and changed the case all the same", i, e.Act, before.State)
	}
	if want := p.sc.Expect.Refused[fmt.Sprint(i)]; got != want {
		p.differ("event %d %s in %s: got %q, want %q", i, e.Act, before.State, got, want)
	}
	return nil
}

// matter is the legal situation as it is stored.
func (p *play) matter() cases.Matter {
	if p.id == 0 {
		return cases.NewMatter(p.terms)
	}
	return p.view().Matter
}

func (p *play) view() (v *cases.View) {
	err := p.Cases.DB.Read(p.ctx, func(tx *db.Tx) (err error) {
		v, err = p.Cases.View(tx, p.staff[watcher][0], p.id)
		return err
	})
	if err != nil {
		p.differ("the case cannot be read: %v", err)
		return &cases.View{Case: &cases.Case{Matter: cases.NewMatter(p.terms)}}
	}
	return v
}

// who gives a name to somebody who does the work of a post and has no name yet; without a name it is whoever is first.
// Whoever has a name stays who they are: a clerk who is to decide is still the clerk.
func (p *play) who(name, post string) auth.Actor {
	people := p.staff[post]
	if name == "" {
		return people[0]
	}
	if a, known := p.cast[name]; known {
		return a
	}
	if post == reviewer && p.chairs(name) {
		p.cast[name] = p.both
		return p.both
	}
	for _, a := range people {
		taken := false
		for _, other := range p.cast {
			taken = taken || other.Staff == a.Staff
		}
		if !taken {
			p.cast[name] = a
			return a
		}
	}
	p.cast[name] = people[len(people)-1]
	return p.cast[name]
}

// chairs reports whether a name is to chair a hearing.
func (p *play) chairs(name string) bool {
	return slices.ContainsFunc(p.sc.Events, func(e event) bool { return e.Chair == name })
}

// applicant is the party whose case it is.
func (p *play) applicant() auth.Actor { return p.party[p.turn] }

func (p *play) name(who string) string {
	if who == "applicant" {
		return p.applicant().Name
	}
	return who
}

// as is who acts where the scenario names a capacity instead of leaving it to whoever may.
func (p *play) as(e event, post string) auth.Actor {
	switch e.Role {
	case cases.RoleApplicant:
		return p.applicant()
	case cases.RoleAgent:
		if !e.Mandate {
			return p.party[1] // who has none
		}
		return p.agent
	case cases.RoleReceiver:
		return p.who(e.By, clerk)
	case cases.RoleReviewer:
		return p.who(e.By, reviewer)
	case cases.RoleDecider:
		return p.who(e.By, decider)
	case cases.RoleHead:
		return p.who(e.By, head)
	case cases.RoleIssuer:
		return p.who(e.By, issuer)
	case cases.RoleSupervisor:
		return p.who(e.By, watcher)
	default:
		return p.who(e.By, post)
	}
}

func (p *play) on() cases.On { return cases.On{Case: p.id} }

// perform does a procedure with answers.
func (p *play) perform(who auth.Actor, act cases.Act, answers map[string]string) error {
	out, err := p.Cases.Perform(p.ctx, who, p.on(), act, answers)
	if err == nil {
		p.id = out.Case
	}
	return err
}

// anew does a procedure on the earlier case, which makes the case of the scenario.
func (p *play) anew(who auth.Actor, act cases.Act, answers map[string]string) error {
	out, err := p.Cases.Perform(p.ctx, who, cases.On{Case: p.earlier}, act, answers)
	if err == nil {
		p.id = out.Case
	}
	return err
}

// words are long enough to be a reason.
func words(text string) string {
	const least = 4
	if n := len([]rune(text)); n == 0 || n >= least {
		return text
	}
	return text + "（情况属实）"
}

// otherwise is what an official writes where the scenario leaves out what is not at issue.
func otherwise(text, or string) string { return words(cmp.Or(text, or)) }

// day is the day on the stage.
func (p *play) day() string { return calendar.DateOf(p.now).String() }
