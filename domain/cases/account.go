package cases

import (
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Account is the time of one case, all of it: every clock with every day that
// counted or did not, what stopped it and with which paper, what lengthened it and
// who approved that, and how a change of the calendar moved it. Pages, print and
// programs are given the same.
type Account struct {
	Case      int64          `json:"-"`
	No        string         `json:"no"`
	Item      string         `json:"item"`
	State     State          `json:"state"`
	AsOf      time.Time      `json:"as_of"`
	Calendar  string         `json:"calendar"` // by which the open clocks were counted
	Clocks    []ClockAccount `json:"clocks"`
	Stops     []StopAccount  `json:"stops,omitempty"`
	Extension *Lengthened    `json:"extension,omitempty"`
	Recounts  []Recounting   `json:"recounts,omitempty"`
}

// ClockAccount is one clock.
type ClockAccount struct {
	Clock
	Round int        `json:"round,omitempty"` // from 1, where clocks of the name ran more than once
	Basis string     `json:"basis,omitempty"` // of the limit
	Act   string     `json:"act_basis"`       // of the act that began it
	Light Light      `json:"light"`
	Days  []ClockDay `json:"days,omitempty"` // up to its last day or its end, with those overdue; none for a fixed date
}

// StopAccount is one special procedure, with its paper.
type StopAccount struct {
	Stop
	Paper int64 `json:"paper,omitempty"` // id of the document Notice, 0: the applicant may not see it, or there is none
	Days  int   `json:"days"`            // working days given back so far
}

// Lengthened is the extension, with who entered it and the paper that told it.
type Lengthened struct {
	Extension
	By     string `json:"by,omitempty"` // for staff only
	Paper  int64  `json:"paper,omitempty"`
	Notice string `json:"notice,omitempty"`
}

// Recounting is one change of the calendar that changed the case.
type Recounting struct {
	Seq  int64     `json:"seq"` // its entry
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// clockBasis is what each limit rests on for a licence; other kinds of item have
// their own statutes.
var clockBasis = map[ClockName]string{
	ClockNotice: "XKF 32(4)", ClockCorrection: "practice", ClockStatutory: "XKF 42", ClockPromised: "营商 36",
	ClockFirstReview: "XKF 43", ClockHearingRequest: "XKF 47", ClockHearingHold: "XKF 47", ClockInspectAssign: "XKF 55¶2",
	ClockDelivery: "XKF 44", ClockService: "choice", ClockPublicity: "XKF 40", ClockRenewApply: "XKF 50¶1",
	ClockRenewal: "XKF 50¶2", ClockPostCheck: "practice", ClockSimValid: "practice", ClockBan: "XKF 78, 79",
	"special": "XKF 45", "debt": "practice",
}

// Account tells the time of a case to whoever may see it, else it is the Unknown
// fault cases.unknown. Applicants are told what is shown to them.
func (s *Service) Account(tx *db.Tx, who auth.Actor, id int64) (Account, *View, error) {
	v, err := s.View(tx, who, id)
	if err != nil {
		return Account{}, nil, err
	}
	past, err := s.past(tx, id)
	if err != nil {
		return Account{}, nil, err
	}
	return v.account(who.Kind == auth.Staff, past), v, nil
}

func (v *View) account(staff bool, past []Clock) Account {
	a := Account{
		Case: v.ID, No: v.No, Item: v.ItemName, State: v.State(), AsOf: v.Now.UTC(), Calendar: v.Cal.Version(), Clocks: []ClockAccount{},
	}
	for _, c := range past {
		m := v.Matter
		m.Clocks = []Clock{c}
		a.Clocks = append(a.Clocks, v.clock(m, c))
	}
	for _, c := range v.Matter.Clocks {
		a.Clocks = append(a.Clocks, v.clock(v.Matter, c))
	}
	rounds(a.Clocks)
	for _, st := range v.Matter.Stops {
		end := st.To
		if st.Open() {
			end = calendar.DateOf(v.Now)
		}
		a.Stops = append(a.Stops, StopAccount{Stop: st, Paper: v.paper(st.Notice), Days: max(0, v.Cal.Workdays(st.From, end))})
	}
	if e := v.Matter.Extension; e != nil {
		a.Extension = &Lengthened{Extension: *e}
		if i := slices.IndexFunc(v.Trail, func(t Trail) bool { return t.Act == string(ActExtend) }); i >= 0 {
			if a.Extension.Paper = v.Trail[i].Document; staff {
				a.Extension.By = v.Trail[i].ActorName
			}
			for _, d := range v.Documents {
				if d.ID == a.Extension.Paper {
					a.Extension.Notice = d.No
				}
			}
		}
	}
	for _, t := range slices.Backward(v.Trail) {
		if t.Act == string(actRecount) {
			a.Recounts = append(a.Recounts, Recounting{Seq: t.Seq, At: t.At.UTC(), Note: t.Note})
		}
	}
	return a
}

// rounds puts clocks in the order in which they began and numbers those of one name.
func rounds(list []ClockAccount) {
	slices.SortStableFunc(list, func(a, b ClockAccount) int { return a.Start.Compare(b.Start) })
	total, n := map[ClockName]int{}, map[ClockName]int{}
	for _, c := range list {
		total[c.Name]++
	}
	for i := range list {
		if name := list[i].Name; total[name] > 1 {
			n[name]++
			list[i].Round = n[name]
		}
	}
}

// clock is one clock of the matter m, which is that of the case or has the clock as it was.
func (v *View) clock(m Matter, c Clock) ClockAccount {
	rule, _ := RuleOf(c.Begun)
	out := ClockAccount{Clock: c, Act: rule.BasisOf(v.Matter.Terms.Kind), Light: m.Light(v.Cal, c.Name, v.Now)}
	if v.Matter.Terms.Kind == KindLicence || strings.HasPrefix(clockBasis[c.Name.family()], "营商") {
		out.Basis = clockBasis[c.Name.family()]
	}
	if c.Name == ClockStatutory && v.Item.StatutoryLimit.Basis != "" {
		out.Basis = v.Item.StatutoryLimit.Basis
	}
	if c.Unit == UnitDate {
		return out
	}
	last := c.Due
	switch late := c.lateUntil(v.Now); {
	case late != 0:
		last = max(last, late)
	case !c.Ended.IsZero():
		last = min(last, calendar.DateOf(c.Ended))
	case c.Stopped:
		last = calendar.DateOf(v.Now) // nobody knows yet what comes
	}
	for _, d := range m.Explain(v.Cal, c.Name, v.Now) {
		if d.Date <= last {
			out.Days = append(out.Days, d)
		}
	}
	return out
}

// paper is the id of the document of a number, 0 if there is none.
func (v *View) paper(no string) int64 {
	for _, d := range v.Documents {
		if d.No == no {
			return d.ID
		}
	}
	return 0
}
