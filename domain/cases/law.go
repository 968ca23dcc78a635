package cases

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// Law applies the table. It is pure: it reads no clock and no database, and the same input gives the same answer.
type Law struct {
	Cal *calendar.Calendar
}

// Refusal says why an act is not lawful. It is no failure of the program.
type Refusal struct {
	Act    Act    `json:"act"`
	State  State  `json:"state"` // in which the act was tried
	Reason Reason `json:"reason"`
	Field  string `json:"field,omitempty"` // the input that is missing or wrong
}

// Error names the act and the reason by their codes.
func (r *Refusal) Error() string { return string(r.Act) + ": " + string(r.Reason) }

// Outcome is what a lawful act did, for the ledger and for the papers.
type Outcome struct {
	Act      Act           `json:"act"`
	From     State         `json:"from"`
	To       State         `json:"to"`
	AsOf     calendar.Date `json:"as_of"` // the day from which the act has effect
	Paper    Paper         `json:"paper,omitempty"`
	Remedies []Remedy      `json:"remedies,omitempty"` // texts that the paper must carry
	Started  []ClockName   `json:"started,omitempty"`
	Ended    []ClockName   `json:"ended,omitempty"`
	Late     []ClockName   `json:"late,omitempty"`     // those of Ended that were overdue
	Findings []Finding     `json:"findings,omitempty"` // lawful, but the supervisor should know
	Basis    string        `json:"basis"`
}

// Finding is something for the supervisor.
type Finding string

// The closed list of findings.
const (
	FindingNotAtOnce Finding = "not_at_once"      // a matter to be told at once was told later (XKF 32(1)(2))
	FindingDeemed    Finding = "deemed"           // the agency kept silent and the law spoke for it
	FindingRestDay   Finding = "provisional_date" // a timer waits for the calendar of its year
	FindingStuck     Finding = "stuck"            // the flow can move no further
	FindingUnseen    Finding = "original_unseen"  // silence accepted an application about a certificate that nobody has seen
	FindingDiffers   Finding = "original_differs" // the original says otherwise than the applicant declared
)

// Apply does one act at the instant at. It does not change m. Timers that are due must have fired before: see Fire.
// The checks come in this order: the pair of state and act, the role, then the act's own conditions.
func (l *Law) Apply(m Matter, act Act, in Input, at time.Time) (Matter, Outcome, *Refusal) {
	return l.apply(m, act, in, at, calendar.DateOf(at))
}

// apply is Apply with the day from which the act has effect, which for a timer is not the day on which it fires.
func (l *Law) apply(m Matter, act Act, in Input, at time.Time, asOf calendar.Date) (Matter, Outcome, *Refusal) {
	if IsCertificateAct(act) {
		return l.applyCertificate(m, act, in, at)
	}
	rule, known := RuleOf(act)
	p, ok := lawful(m, act)
	refuse := func(r Reason, field string) (Matter, Outcome, *Refusal) {
		return m, Outcome{}, &Refusal{Act: act, State: m.State, Reason: r, Field: field}
	}
	if !known || !ok || m.gated(act, in) {
		return refuse(ReasonIllegalPair, "")
	}
	if !slices.Contains(rule.Who, in.Role) {
		return refuse(ReasonNotInRole, "")
	}
	at = at.UTC().Truncate(time.Millisecond)
	s := &step{law: l, m: m.clone(), in: in, act: act, at: at, today: calendar.DateOf(at), asOf: asOf}
	for _, g := range guards[act] {
		if reason, field := g(s); reason != "" {
			return refuse(reason, field)
		}
	}
	s.out = Outcome{Act: act, From: m.State, AsOf: asOf, Paper: rule.Paper, Basis: rule.BasisOf(m.Terms.Kind)}
	s.m.State = p.To[0]
	if do := effects[act]; do != nil {
		do(s)
	}
	s.close()
	return s.m, s.out, nil
}

// Record reports whether the act changes no state and is allowed also after an end.
func (a Act) Record() bool {
	switch a {
	case ActSeeOriginal, ActServe, ActPublish, ActCorrectClerical, ActUrge, ActAssign, ActExplainOverdue, ActPostCheck, ActDeliverAgain, ActRemedyFiled:
		return true
	default:
		return false
	}
}

// Possible lists the acts that people may try in this situation: those whose pair is lawful. Their own conditions are
// not looked at, because they depend on what is put in.
func (l *Law) Possible(m Matter, _ time.Time) []Act {
	var acts []Act
	for _, r := range rules {
		if slices.Equal(r.Who, []Role{RoleSystem}) {
			continue
		}
		if _, ok := lawful(m, r.Act); ok && !m.gated(r.Act, Input{}) {
			acts = append(acts, r.Act)
		}
	}
	return acts
}
