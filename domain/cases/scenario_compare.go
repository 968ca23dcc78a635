package cases

import (
	"encoding/json"
	"fmt"
	"slices"

	"onedoor.app/engine/calendar"
)

func (p *play) differ(format string, a ...any) { p.diffs = append(p.diffs, fmt.Sprintf(format, a...)) }

func (p *play) compare(want scenarioExpect) {
	if p.m.State != want.State {
		p.differ("state: got %s, want %s", p.m.State, want.State)
	}
	for name, raw := range want.Due {
		p.compareDue(name, raw)
	}
	for _, name := range want.DueAbsent {
		if c, ok := p.m.Clock(name); ok {
			p.differ("clock %s: got %s, want none", name, c.Due)
		}
	}
	p.compareDeemed(want.Deemed)
	if want.Overdue != nil {
		got := p.m.Overdue()
		for i, name := range got {
			if !slices.Contains(*want.Overdue, name) {
				got[i] = name.family()
			}
		}
		slices.Sort(got)
		wanted := slices.Sorted(slices.Values(*want.Overdue))
		if !slices.Equal(got, wanted) {
			p.differ("overdue: got %v, want %v", got, wanted)
		}
	}
	for _, f := range want.FlagsHas {
		if !p.m.Has(f) {
			p.differ("flag %s is not set", f)
		}
	}
	for _, f := range want.FlagsAbsent {
		if p.m.Has(f) {
			p.differ("flag %s is set", f)
		}
	}
	p.compareCertificate(want.Certificate)
}

func (p *play) compareDue(name ClockName, raw json.RawMessage) {
	c, ok := p.m.Clock(name)
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

// compareDeemed looks only at what the timer did with legal effect; passing dates and lapsing rehearsals are none.
func (p *play) compareDeemed(want []scenarioDeemed) {
	var got []scenarioDeemed
	for _, f := range p.fired {
		switch f.Act {
		case ActDeemAccepted, ActDeemRenewed, ActResumeOverrun, ActReturnLapsed:
			if !f.Waits {
				d := scenarioDeemed{Act: f.Act, Fires: f.At.In(calendar.Zone).Format(instantLayout)}
				if f.Act == ActDeemAccepted || f.Act == ActDeemRenewed {
					d.AsOf = f.Outcome.AsOf.String()
				}
				got = append(got, d)
			}
		}
	}
	if !slices.Equal(got, want) {
		p.differ("deemed: got %v, want %v", got, want)
	}
}

func (p *play) compareCertificate(want *Certificate) {
	if want == nil {
		return
	}
	got := Certificate{}
	if p.m.Certificate != nil {
		got = *p.m.Certificate
	}
	if want.State != "" && got.State != want.State || want.Expires != 0 && got.Expires != want.Expires ||
		want.Renewed != "" && got.Renewed != want.Renewed {
		p.differ("certificate: got %+v, want %+v", got, *want)
	}
}
