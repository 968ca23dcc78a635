package cases

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
)

// A scenario is one line of a file of legal test cases: an item, what happened, and what the law says of it. Lawyers
// write them; CheckScenarios runs them through the table.
type scenario struct {
	ID     string
	Title  string
	Item   scenarioItem
	Events []scenarioEvent
	Expect scenarioExpect
}

type scenarioItem struct {
	Kind               ItemKind
	Deem               *bool
	Limit              *int
	Unit               Unit
	Extension          *int
	Notice             *int
	Joint              bool
	Promised           int
	PromisedUnit       Unit `json:"promised_unit"`
	Hours              [][2]string
	Yellow             int
	FirstReview        bool `json:"first_review"`
	Units              []string
	Materials          map[string]Tolerance
	Pledge             bool
	Simulable          bool
	InspectionRequired bool `json:"inspection_required"`
	InspectionItem     bool `json:"inspection_item"`
	HearingRequired    bool `json:"hearing_required"`
	Category           string
	ThirdParty         bool `json:"third_party"`
	Reviewers          []string
	Quota              *struct {
		Left  int
		Queue []struct {
			Case      string
			Accepted  string
			Qualified bool
		}
	}
	Safety           bool
	Bans             []Ban
	Renewal          bool
	RenewUnit        Unit `json:"renew_unit"`
	RenewApplyBefore int  `json:"renew_apply_before"`
	ValidityMonths   int  `json:"validity_months"`
	Certificate      *Certificate
	NoCertificate    bool `json:"no_certificate"`
	Settings         json.RawMessage
}

type scenarioEvent struct {
	At         string
	Act        Act
	By         string
	Role       Role
	Channel    string
	Lacks      []string
	List       []string
	Fixes      []string
	Debts      map[string]calendar.Date
	Promise    string
	Flags      []string
	Material   string
	Until      calendar.Date
	Kind       StopKind
	Planned    int
	Notice     string
	Result     string
	Approver   Rank
	Days       int
	CorrectBy  calendar.Date `json:"correct_by"`
	To         oneOrMany
	Who        string
	Notified   calendar.Date
	Chair      string
	Minutes    bool
	Inspectors []string
	Record     bool
	Unit       string
	Opinion    string
	Reason     string
	Basis      string
	Ground     Ground
	Agency     string `json:"proper_agency"`
	Standard   string
	Served     string
	Heard      bool
	PublicHarm bool   `json:"public_harm"`
	Penalty    string `json:"penalty_decision"`
	Compensate bool   `json:"compensated"`
	Unmet      []string
	Mandate    bool
	Signed     *bool
	Remedies   *bool
}

type scenarioExpect struct {
	State   State
	AsOf    string
	Due     map[ClockName]json.RawMessage
	Deemed  []scenarioDeemed
	Refused map[string]Reason
	Light   []struct {
		At    string
		Clock ClockName
		Is    Colour
	}
	Overdue     *[]ClockName
	Certificate *Certificate
	FlagsHas    []Flag      `json:"flags_has"`
	FlagsAbsent []Flag      `json:"flags_absent"`
	DueAbsent   []ClockName `json:"due_absent"`
}

type scenarioDeemed struct {
	Act   Act
	Fires string
	AsOf  string `json:"as_of"`
}

// oneOrMany reads a word or a list of words.
type oneOrMany []string

// UnmarshalJSON reads a string as a list of one.
func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// CheckScenarios runs every line of r through the law of the official calendar and writes to w each difference and,
// last, how many lines hold. It returns an error if a line does not hold or cannot be read.
func CheckScenarios(r io.Reader, w io.Writer) error {
	law := &Law{Cal: calendar.Official()}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	good, bad := 0, 0
	for lines.Scan() {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		var sc scenario
		err := json.Unmarshal(lines.Bytes(), &sc)
		var diffs []string
		if err == nil {
			diffs, err = sc.run(law)
		}
		if err != nil {
			return fmt.Errorf("cases: scenario %q: %w", sc.ID, err)
		}
		if len(diffs) == 0 {
			good++
			continue
		}
		bad++
		if _, err := fmt.Fprintf(w, "%s %s\n\t%s\n", sc.ID, sc.Title, strings.Join(diffs, "\n\t")); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%d of %d scenarios hold\n", good, good+bad); err != nil {
		return err
	}
	if bad > 0 {
		return errors.New("cases: some scenarios do not hold")
	}
	return nil
}

// play is one scenario under way.
type play struct {
	law   *Law
	item  scenarioItem
	m     Matter
	fired []Fired
	names map[string]int64
	diffs []string
}

func (p *play) differ(format string, a ...any) { p.diffs = append(p.diffs, fmt.Sprintf(format, a...)) }

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

const instantLayout = "2006-01-02T15:04-07:00"

// instant reads a time of day with its offset, or without one in China.
func instant(s string) (time.Time, error) {
	if t, err := time.Parse(instantLayout, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", s, calendar.Zone)
}
