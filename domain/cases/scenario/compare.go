package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
)

func (p *play) differ(format string, a ...any) { p.diffs = append(p.diffs, fmt.Sprintf(format, a...)) }

// compare holds what is stored now against what the law says.
func (p *play) compare(want expectation) {
	m := p.matter()
	if got := p.state(m); got != want.State {
		p.differ("state: got %s, want %s", got, want.State)
	}
	for _, name := range slices.Sorted(maps.Keys(want.Due)) {
		p.compareDue(m, name, want.Due[name])
	}
	for _, name := range want.DueAbsent {
		if c, ok := m.Clock(name); ok {
			p.differ("clock %s: got %s, want none", name, c.Due)
		}
	}
	p.compareDeemed(m, want.Deemed)
	if want.Overdue != nil {
		p.compareOverdue(m, *want.Overdue)
	}
	for _, f := range want.FlagsHas {
		if !m.Has(f) {
			p.differ("flag %s is not set", f)
		}
	}
	for _, f := range want.FlagsAbsent {
		if m.Has(f) {
			p.differ("flag %s is set", f)
		}
	}
	p.compareCertificate(m, want.Certificate)
}

// state is where the case of the scenario stands; of a certificate there is none.
func (p *play) state(m cases.Matter) cases.State {
	if p.bare {
		return cases.StateNone
	}
	return m.State
}

func (p *play) compareDue(m cases.Matter, name cases.ClockName, raw json.RawMessage) {
	c, ok := m.Clock(name)
	if !ok {
		p.differ("clock %s: none", name)
		return
	}
	var word string
	var dated struct {
		Date        string
		Provisional bool
	}
	if json.Unmarshal(raw, &word) != nil {
		if err := json.Unmarshal(raw, &dated); err != nil {
			p.differ("due %s: %v", name, err)
		}
		word = dated.Date
	}
	got := c.Due.String()
	switch {
	case c.Stopped:
		got = "stopped"
	case !c.DueAt.IsZero():
		got = c.DueAt.In(calendar.Zone).Format(instantLayout)
	}
	if got != word || c.Provisional != dated.Provisional {
		p.differ("due %s: got %s (provisional %v), want %s (%v)", name, got, c.Provisional, word, dated.Provisional)
	}
}

// compareOverdue: a scenario may name a family of clocks (special, debt) instead of one of them.
func (p *play) compareOverdue(m cases.Matter, want []cases.ClockName) {
	got := m.Overdue()
	for i, name := range got {
		if !slices.Contains(want, name) {
			family, _, _ := strings.Cut(string(name), ":")
			got[i] = cases.ClockName(family)
		}
	}
	slices.Sort(got)
	if wanted := slices.Sorted(slices.Values(want)); !slices.Equal(got, wanted) {
		p.differ("overdue: got %v, want %v", got, wanted)
	}
}

// compareDeemed looks only at what the timer did with legal effect; passing dates and lapsing rehearsals are none.
func (p *play) compareDeemed(m cases.Matter, want []deemed) {
	got, err := p.fired(m)
	if err != nil {
		p.differ("the ledger: %v", err)
	}
	if !slices.Equal(got, want) {
		p.differ("deemed: got %v, want %v", got, want)
	}
}

// fired reads from the case's ledger what timers did, and when they were due.
func (p *play) fired(m cases.Matter) (list []deemed, err error) {
	if p.id == 0 {
		return nil, nil
	}
	var entries []ledger.Entry
	if err := p.Cases.DB.Read(p.ctx, func(tx *db.Tx) (err error) {
		entries, err = ledger.Chain(tx, cases.Chain(p.id))
		return err
	}); err != nil {
		return nil, err
	}
	for _, e := range entries {
		act := cases.Act(strings.TrimPrefix(e.Act, "cases."))
		d := deemed{Act: act}
		switch act {
		case cases.ActDeemAccepted:
			d.AsOf = calendar.DateOf(m.Accepted).String()
			if c, ok := m.Clock(cases.ClockStatutory); ok {
				d.AsOf = c.From.String()
			}
		case cases.ActDeemRenewed:
			if c, ok := m.Clock(cases.ClockRenewal); ok {
				d.AsOf = c.Due.String()
			}
		case cases.ActResumeOverrun, cases.ActReturnLapsed:
		default:
			continue
		}
		var body struct{ Timer time.Time }
		if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
			return nil, err
		}
		if body.Timer.IsZero() { // somebody did it
			continue
		}
		d.Fires = body.Timer.In(calendar.Zone).Format(instantLayout)
		list = append(list, d)
	}
	return list, nil
}

func (p *play) compareCertificate(m cases.Matter, want *cases.Certificate) {
	if want == nil {
		return
	}
	got := cases.Certificate{}
	if m.Certificate != nil {
		got = *m.Certificate
	}
	if want.State != "" && got.State != want.State || want.Expires != 0 && got.Expires != want.Expires ||
		want.Renewed != "" && got.Renewed != want.Renewed {
		p.differ("certificate: got %+v, want %+v", got, *want)
	}
}
