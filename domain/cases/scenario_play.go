package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// play is one scenario under way.
type play struct {
	law   *Law
	item  scenarioItem
	m     Matter
	fired []Fired
	names map[string]int64
	diffs []string
}

// run plays the events and lights in the order of time, fires the timers before each, and compares.
func (sc *scenario) run(law *Law) ([]string, error) {
	p := &play{law: law, item: sc.Item, names: map[string]int64{}}
	if err := p.begin(); err != nil {
		return nil, err
	}
	lights := slices.Clone(sc.Expect.Light)
	slices.SortStableFunc(lights, func(a, b lightAt) int { return strings.Compare(a.At, b.At) })
	for i, e := range sc.Events {
		at, err := instant(e.At)
		if err != nil {
			return nil, err
		}
		for len(lights) > 0 && lights[0].At < e.At {
			if err := p.look(lights[0]); err != nil {
				return nil, err
			}
			lights = lights[1:]
		}
		p.fire(at)
		p.act(i, e, at, sc.Expect.Refused[fmt.Sprint(i)])
	}
	end := *p
	end.m = p.m.clone()
	if sc.Expect.AsOf != "" {
		at, err := instant(sc.Expect.AsOf)
		if err != nil {
			return nil, err
		}
		end.fire(at)
	}
	end.compare(sc.Expect)
	p.diffs = end.diffs
	for _, l := range lights {
		if err := p.look(l); err != nil {
			return nil, err
		}
	}
	return p.diffs, nil
}

type lightAt = struct {
	At    string
	Clock ClockName
	Is    Colour
}

func (p *play) look(want lightAt) error {
	at, err := instant(want.At)
	if err != nil {
		return err
	}
	p.fire(at)
	if got := p.m.Light(p.law.Cal, want.Clock, at).Colour; got != want.Is {
		p.differ("light %s at %s: got %s, want %s", want.Clock, want.At, got, want.Is)
	}
	return nil
}

func (p *play) fire(at time.Time) {
	m, fired := p.law.Fire(p.m, at)
	p.m, p.fired = m, append(slices.Clip(p.fired), fired...)
}

// person gives each name a number.
func (p *play) person(name string) int64 {
	if name == "" {
		return 0
	}
	if p.names[name] == 0 {
		p.names[name] = int64(len(p.names) + 1)
	}
	return p.names[name]
}

func (p *play) persons(names []string) []int64 {
	var ids []int64
	for _, n := range names {
		ids = append(ids, p.person(n))
	}
	return ids
}

// begin makes the matter of the item. What the item leaves out is the law's own value.
func (p *play) begin() error {
	it := p.item
	t := NewTerms(it.Kind, it.Joint)
	for _, x := range []struct{ value, field *int }{
		{it.Limit, &t.Limit}, {it.Extension, &t.Extension}, {it.Notice, &t.Notice},
	} {
		if x.value != nil {
			*x.field = *x.value
		}
	}
	if it.Deem != nil {
		t.Deem = *it.Deem
	}
	if it.Unit != "" {
		t.Unit = it.Unit
	}
	if it.PromisedUnit != "" {
		t.PromisedUnit = it.PromisedUnit
	}
	t.Promised, t.Hours, t.Yellow, t.FirstReview = it.Promised, it.Hours, it.Yellow, it.FirstReview
	t.Units, t.Materials, t.Pledge, t.Simulable = p.persons(it.Units), it.Materials, it.Pledge, it.Simulable
	t.InspectionRequired, t.InspectionItem = it.InspectionRequired, it.InspectionItem
	t.TestResult, t.HearingRequired = it.Category == "inspection", it.HearingRequired
	t.ThirdParty, t.Quota, t.Safety = it.ThirdParty, it.Quota != nil, it.Safety
	t.Renewal, t.ValidityMonths, t.NoCertificate = it.Renewal, it.ValidityMonths, it.NoCertificate
	if len(it.Settings) > 0 {
		if err := json.Unmarshal(it.Settings, &t.Settings); err != nil {
			return err
		}
	}
	if it.RenewUnit != "" {
		t.Settings.RenewUnit = it.RenewUnit
	}
	if it.RenewApplyBefore != 0 {
		t.Settings.RenewApplyBefore = it.RenewApplyBefore
	}
	p.m = NewMatter(t)
	p.m.Reviewers = p.persons(it.Reviewers)
	if it.Certificate != nil {
		c := *it.Certificate
		if c.State == "" {
			c.State = CertificateValid
		}
		p.m.Certificate = &c
	}
	return nil
}

func (p *play) act(i int, e scenarioEvent, at time.Time, want Reason) {
	after, _, refusal := p.law.Apply(p.m, e.Act, p.input(e), at)
	var got Reason
	if refusal != nil {
		got = refusal.Reason
	}
	if got != want {
		p.differ("event %d %s in %s: got %q, want %q", i, e.Act, p.m.State, got, want)
	}
	p.m = after
	if c := p.m.running(ClockPublicity); c != nil && refusal == nil { // no event of the file: the platform publishes by itself
		p.m, _, _ = p.law.Apply(p.m, ActPublish, Input{Role: RoleSystem}, at)
	}
}

func (p *play) input(e scenarioEvent) Input {
	in := Input{
		By: p.person(e.By), Role: e.Role, Channel: e.Channel, Lacks: e.Lacks, List: e.List, Fixes: e.Fixes,
		CorrectBy: e.CorrectBy, Debts: e.Debts, Promise: e.Promise, Pledged: slices.Contains(e.Flags, "pledged"),
		Material: e.Material, Until: e.Until, Kind: e.Kind, Planned: e.Planned, Notice: e.Notice, Result: e.Result,
		Approver: e.Approver, Days: e.Days, Reason: e.Reason, Basis: e.Basis, Ground: e.Ground, Standard: e.Standard,
		Agency: e.Agency, Opinion: e.Opinion, Unmet: e.Unmet, Remedies: e.Remedies == nil || *e.Remedies,
		Parties: e.To, Who: e.Who, Notified: e.Notified, Chair: p.person(e.Chair), Minutes: e.Minutes,
		Inspectors: p.persons(e.Inspectors), Record: e.Record, Unit: p.person(e.Unit), Served: e.Served,
		Signed: e.Signed == nil || *e.Signed, Mandate: e.Mandate, Bans: p.item.Bans, Heard: e.Heard,
		PublicHarm: e.PublicHarm, Penalty: e.Penalty, Compensated: e.Compensate,
	}
	if len(e.To) == 1 {
		in.To = State(e.To[0])
	}
	if q := p.item.Quota; q != nil {
		in.Quota = &Quota{Left: q.Left}
		for _, a := range q.Queue {
			accepted, err := instant(a.Accepted)
			if err != nil {
				p.differ("quota: %v", err)
			}
			in.Quota.Queue = append(in.Quota.Queue, Applicant{accepted, a.Qualified})
		}
	}
	if in.Role == "" { // not checked: whoever may
		in.Role = mayDo(e.Act)
	}
	return in
}

func mayDo(act Act) Role {
	if rule, ok := RuleOf(act); ok {
		return rule.Who[0]
	}
	for _, r := range certificateRules {
		if r.Act == act {
			return r.Who
		}
	}
	return ""
}
