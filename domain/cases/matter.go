package cases

import (
	"maps"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
)

// ItemKind is the kind of power that the item exercises. The working days of Art. 82 reach licences only; for every
// other kind each limit carries its own unit.
type ItemKind string

// The closed list of kinds.
const (
	KindLicence      ItemKind = "licence"      // 行政许可
	KindConfirmation ItemKind = "confirmation" // 行政确认
	KindBenefit      ItemKind = "benefit"      // 行政给付
	KindAward        ItemKind = "award"        // 行政奖励
	KindAdjudication ItemKind = "adjudication" // 行政裁决
	KindOther        ItemKind = "other"        // 其他行政权力
	KindService      ItemKind = "service"      // 公共服务
)

// Unit is what a limit counts.
type Unit string

// The closed list of units.
const (
	UnitWorkday Unit = "workday"
	UnitDay     Unit = "day"   // natural days, rolled forward to a working day (民法典 203)
	UnitMonth   Unit = "month" // corresponding day, rolled forward (民法典 202, 203)
	UnitHour    Unit = "hour"  // of a promise: business hours of the window; of a statute: by the clock (民法典 201¶2)
	UnitMinute  Unit = "minute"
	UnitDate    Unit = "date" // a fixed day, never moved
)

// span is how long one of a unit is that runs to the moment; 0 for those that count days.
func (u Unit) span() time.Duration {
	switch u {
	case UnitHour:
		return time.Hour
	case UnitMinute:
		return time.Minute
	default:
		return 0
	}
}

// Momentary reports whether the unit runs to the moment.
func (u Unit) Momentary() bool { return u.span() != 0 }

// Tolerance says whether acceptance may go ahead without a material.
type Tolerance string

// The two tolerances.
const (
	MaterialCore      Tolerance = "core"
	MaterialTolerable Tolerance = "tolerable" // 可容缺
)

// Terms are the legal settings of the item, frozen when the application is received: a later change of the catalogue
// does not reach cases under way. NewTerms gives the law's own values.
type Terms struct {
	Kind               ItemKind             `json:"kind"`
	Deem               bool                 `json:"deem"` // silence is acceptance (XKF 32(4))
	Limit              int                  `json:"limit"`
	Unit               Unit                 `json:"unit"`
	Extension          int                  `json:"extension"`                // most that may be added, in ExtendsIn; 0: none
	ExtensionUnit      Unit                 `json:"extension_unit,omitempty"` // "" in entries from before it was kept: each clock's own
	Notice             int                  `json:"notice"`                   // working days
	Delivery           int                  `json:"delivery"`                 // working days; 0: no limit
	Joint              bool                 `json:"joint,omitempty"`
	Promised           int                  `json:"promised,omitempty"` // 0: no promise
	PromisedUnit       Unit                 `json:"promised_unit,omitempty"`
	Hours              [][2]string          `json:"hours,omitempty"`  // of the window, HH:MM
	Yellow             int                  `json:"yellow,omitempty"` // days left that turn the light yellow; 0: a fifth
	FirstReview        bool                 `json:"first_review,omitempty"`
	Units              []int64              `json:"units,omitempty"` // that owe an opinion
	Materials          map[string]Tolerance `json:"materials,omitempty"`
	Pledge             bool                 `json:"pledge,omitempty"` // 告知承诺 allowed
	Simulable          bool                 `json:"simulable,omitempty"`
	InspectionRequired bool                 `json:"inspection_required,omitempty"` // site check (34¶3)
	InspectionItem     bool                 `json:"inspection_item,omitempty"`     // test item (55¶2)
	TestResult         bool                 `json:"test_result,omitempty"`         // decided on test results (55¶3)
	HearingRequired    bool                 `json:"hearing_required,omitempty"`    // 46
	ThirdParty         bool                 `json:"third_party,omitempty"`         // a third person's major interest (36)
	Quota              bool                 `json:"quota,omitempty"`               // number limit (57)
	Safety             bool                 `json:"safety,omitempty"`              // 78, 79
	Renewal            bool                 `json:"renewal,omitempty"`             // of the matter's certificate (50)
	ValidityMonths     int                  `json:"validity_months,omitempty"`
	FromDecision       bool                 `json:"from_decision,omitempty"` // that long from the day of the decision, by the item's statute; else from the old last day
	NoCertificate      bool                 `json:"no_certificate,omitempty"`
	ReviewFirst        bool                 `json:"review_first,omitempty"` // 复议前置 by statute
	Settings           Settings             `json:"settings"`
}

// NewTerms returns what the law itself says about a matter: 20 working days and 10 more for a licence, 45 and 15 if it
// is handled jointly (XKF 42), 5 days to ask for corrections (32(4)), 10 to deliver (44). Other kinds have no deemed
// acceptance, extension or delivery limit unless their own statute grants it.
func NewTerms(kind ItemKind, joint bool) Terms {
	t := Terms{Kind: kind, Joint: joint, Limit: 20, Unit: UnitWorkday, Notice: 5, PromisedUnit: UnitWorkday, Settings: DefaultSettings()}
	if kind == KindLicence {
		t.Deem, t.Extension, t.Delivery = true, 10, 10
		t.ExtensionUnit = UnitWorkday // the ten days are the Licence Law's own, whatever the limit counts (82)
	}
	if joint {
		t.Limit = 45
		if kind == KindLicence {
			t.Extension = 15
		}
	}
	return t
}

// ExtendsIn is the unit of an extension: working days where the Licence Law itself grants it (XKF 42, 82), the unit of
// the limit where the item's own statute does.
func (t Terms) ExtendsIn() Unit {
	if t.ExtensionUnit == "" {
		return t.Unit
	}
	return t.ExtensionUnit
}

// MayExtend sets the extension that the item's own statute grants: in the unit of its limit, of months in natural days.
func (t *Terms) MayExtend(most int) {
	t.Extension, t.ExtensionUnit = most, t.Unit
	if t.Unit == UnitMonth {
		t.ExtensionUnit = UnitDay
	}
}

// Flag marks something about a case that is not its state.
type Flag string

// The flags; an overdue duty is marked by "overdue:" and the name of its clock.
const (
	FlagDeemed         Flag = "deemed"
	FlagRongque        Flag = "rongque" // at least one debt was opened
	FlagPledged        Flag = "pledged"
	FlagGreen          Flag = "green" // order in work lists only
	FlagSimulated      Flag = "simulated"
	FlagConverted      Flag = "converted"
	FlagJoint          Flag = "joint"
	FlagQuota          Flag = "quota"
	FlagLateRenewal    Flag = "late_renewal"
	FlagSpecialOverrun Flag = "special_overrun"
	FlagCorrected      Flag = "corrected" // 已一次告知
	FlagIncident       Flag = "incident"
	FlagUnseen         Flag = "original_unseen"  // accepted by silence, while nobody has seen the certificate that was declared
	FlagDiffers        Flag = "original_differs" // the original said otherwise than was declared
	FlagWithheld       Flag = "withheld"         // the incident is only that a timer waits for the calendar of its year
	flagOverdue        Flag = "overdue:"
)

// StopKind is the ground on which the clock stands still.
type StopKind string

// The grounds: the eight of Art. 45, and a halt that another statute orders and that must be cited.
const (
	StopHearing       StopKind = "hearing"
	StopTender        StopKind = "tender"
	StopAuction       StopKind = "auction"
	StopInspection    StopKind = "inspection"
	StopTesting       StopKind = "testing"
	StopQuarantine    StopKind = "quarantine"
	StopAppraisal     StopKind = "appraisal"
	StopExpertReview  StopKind = "expert_review"
	StopStatutoryHalt StopKind = "statutory_halt"
)

// StopKinds lists the lawful grounds; nothing else stops the clock (45 is a closed list).
var StopKinds = []StopKind{
	StopHearing, StopTender, StopAuction, StopInspection, StopTesting, StopQuarantine, StopAppraisal, StopExpertReview,
	StopStatutoryHalt,
}

// Stop is one special procedure. Its days are those after From up to and including To.
type Stop struct {
	Kind    StopKind      `json:"kind"`
	From    calendar.Date `json:"from"`
	To      calendar.Date `json:"to,omitzero"`      // zero while open
	Planned calendar.Date `json:"planned,omitzero"` // zero: no planned end (a hearing asked for)
	Opened  time.Time     `json:"opened"`
	Closed  time.Time     `json:"closed,omitzero"`
	Notice  string        `json:"notice,omitempty"` // the paper that told the applicant
	Basis   string        `json:"basis,omitempty"`
	Result  string        `json:"result,omitempty"`
}

// Open reports whether the procedure is still under way.
func (s Stop) Open() bool { return s.To == 0 }

// ranOut reports whether the days told for it have passed.
func (s Stop) ranOut(today calendar.Date) bool { return s.Planned != 0 && today > s.Planned }

// Debt is a tolerable material that was still missing on acceptance and is promised by a date (容缺).
type Debt struct {
	Material string        `json:"material"`
	Due      calendar.Date `json:"due"`
	Extended bool          `json:"extended,omitempty"`
	Settled  time.Time     `json:"settled,omitzero"`
}

// Leave is what a superior has allowed to be asked although the first notice could have asked it. A notice uses it up;
// a later leave takes the place of one that was not used.
type Leave struct {
	By        int64     `json:"by"`
	Materials []string  `json:"materials"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
}

// Hearing is the state of the right to be heard.
type Hearing struct {
	Told      []string `json:"told,omitempty"`
	Waived    []string `json:"waived,omitempty"`
	Requested []string `json:"requested,omitempty"`
	Held      bool     `json:"held,omitempty"`
}

// Extension is the one lengthening of the limit that Art. 42 allows.
type Extension struct {
	Days     int       `json:"days"`
	Unit     Unit      `json:"unit,omitempty"` // of Days; "" in entries from before it was kept
	Approver Rank      `json:"approver"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// Ban keeps an applicant from applying again (XKF 78, 79). Both days belong to it.
type Ban struct {
	From  calendar.Date `json:"from"`
	Until calendar.Date `json:"until"`
}

// Rank is the office of the person who approves.
type Rank string

// The two ranks that the law names.
const (
	RankAgencyHead     Rank = "agency_head"     // 本行政机关负责人
	RankGovernmentHead Rank = "government_head" // 本级人民政府负责人
)

// Matter is the legal situation of one case, all of it and nothing else. It is plain data with stable JSON names; two
// equal matters have the same JSON.
type Matter struct {
	State       State        `json:"state"`
	Flags       []Flag       `json:"flags,omitempty"` // sorted
	Terms       Terms        `json:"terms"`
	Channel     string       `json:"channel,omitempty"`   // by which the application, or its correction, came in
	Entered     time.Time    `json:"entered,omitzero"`    // when it came in
	Accepted    time.Time    `json:"accepted,omitzero"`   // the order of applicants under a number limit (57)
	Receivers   []int64      `json:"receivers,omitempty"` // staff who received or accepted
	Reviewers   []int64      `json:"reviewers,omitempty"`
	Decider     int64        `json:"decider,omitempty"`
	Lacking     []string     `json:"lacking,omitempty"`
	Told        []string     `json:"told,omitempty"`        // materials named by the one-time notice
	Corrections int          `json:"corrections,omitempty"` // how often corrections were asked for
	Debts       []Debt       `json:"debts,omitempty"`
	Clocks      []Clock      `json:"clocks,omitempty"`
	Stops       []Stop       `json:"stops,omitempty"`
	Extension   *Extension   `json:"extension,omitempty"`
	Hearing     Hearing      `json:"hearing,omitzero"`
	Interested  bool         `json:"interested,omitempty"` // third persons were told
	Heard       bool         `json:"heard,omitempty"`      // a statement was heard
	Publicised  bool         `json:"publicised,omitempty"` // an award that is to be decided was made public (公示)
	Opinions    []int64      `json:"opinions,omitempty"`
	Inspected   bool         `json:"inspected,omitempty"`
	Certificate *Certificate `json:"certificate,omitempty"` // the one to renew, and the one granted

	// Owed is what was promised on receipt, in working days after the acceptance, which gives each its day.
	Owed map[string]int `json:"owed,omitempty"`

	// Again is the leave to ask for more that no notice has used yet.
	Again *Leave `json:"again,omitempty"`
}

// allows reports whether a superior has given leave to ask for the material again.
func (m Matter) allows(material string) bool {
	return m.Again != nil && slices.Contains(m.Again.Materials, material)
}

// owes reports whether the case is accepted and a material is still to come: one that was promised, or one that lacks
// since the agency's silence accepted.
func (m *Matter) owes(material string) bool {
	open := m.State.Counting() || m.State == StateSpecial
	return m.openDebt(material) != nil || open && slices.Contains(m.Lacking, material)
}

// NewMatter returns a case that does not exist yet in law: the first act makes it.
func NewMatter(t Terms) Matter { return Matter{State: StateNone, Terms: t} }

// Has reports whether the flag is set.
func (m Matter) Has(f Flag) bool { return slices.Contains(m.Flags, f) }

// Overdue lists the clocks whose last day passed before the duty was done, whether or not it has been done since.
func (m Matter) Overdue() []ClockName {
	var late []ClockName
	for _, f := range m.Flags {
		if name, ok := strings.CutPrefix(string(f), string(flagOverdue)); ok {
			late = append(late, ClockName(name))
		}
	}
	return late
}

// OpenStops lists the special procedures under way.
func (m Matter) OpenStops() []Stop {
	var open []Stop
	for _, s := range m.Stops {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}

// OpenDebts lists the promised materials that have not come.
func (m Matter) OpenDebts() []Debt {
	var open []Debt
	for _, d := range m.Debts {
		if d.Settled.IsZero() {
			open = append(open, d)
		}
	}
	return open
}

// OwesInspectors reports whether two inspectors have still to be appointed (55¶2).
func (m Matter) OwesInspectors() bool { return m.running(ClockInspectAssign) != nil }

// Showing are the flags that still stand out: 容缺 goes when the last promised
// material has come and was found fit.
func (m Matter) Showing() []Flag {
	if len(m.Debts) == 0 || len(m.OpenDebts()) > 0 {
		return m.Flags
	}
	return slices.DeleteFunc(slices.Clone(m.Flags), func(f Flag) bool { return f == FlagRongque })
}

func (m *Matter) mark(f Flag) {
	if i, found := slices.BinarySearch(m.Flags, f); !found {
		m.Flags = slices.Insert(m.Flags, i, f)
	}
}

func (m *Matter) unmark(f Flag) {
	if i, found := slices.BinarySearch(m.Flags, f); found {
		m.Flags = slices.Delete(m.Flags, i, i+1)
	}
}

// unseen reports whether the matter is about a certificate that was declared and that nobody has compared with its original.
func (m *Matter) unseen() bool { return m.Certificate != nil && m.Certificate.Unseen }

// openStop returns the open stop of the kind, or of any kind if it is empty.
func (m *Matter) openStop(kind StopKind) *Stop {
	for i := range m.Stops {
		if s := &m.Stops[i]; s.Open() && (kind == "" || s.Kind == kind) {
			return s
		}
	}
	return nil
}

func (m *Matter) openDebt(material string) *Debt {
	for i := range m.Debts {
		if d := &m.Debts[i]; d.Material == material && d.Settled.IsZero() {
			return d
		}
	}
	return nil
}

// clone copies what an act may change.
func (m Matter) clone() Matter {
	m.Flags = slices.Clone(m.Flags)
	m.Receivers = slices.Clone(m.Receivers)
	m.Reviewers = slices.Clone(m.Reviewers)
	m.Lacking = slices.Clone(m.Lacking)
	m.Told = slices.Clone(m.Told)
	m.Owed = maps.Clone(m.Owed)
	m.Debts = slices.Clone(m.Debts)
	m.Clocks = slices.Clone(m.Clocks)
	m.Stops = slices.Clone(m.Stops)
	m.Opinions = slices.Clone(m.Opinions)
	m.Hearing.Told = slices.Clone(m.Hearing.Told)
	m.Hearing.Waived = slices.Clone(m.Hearing.Waived)
	m.Hearing.Requested = slices.Clone(m.Hearing.Requested)
	if m.Again != nil {
		a := *m.Again
		a.Materials = slices.Clone(a.Materials)
		m.Again = &a
	}
	if m.Extension != nil {
		e := *m.Extension
		m.Extension = &e
	}
	if m.Certificate != nil {
		c := *m.Certificate
		m.Certificate = &c
	}
	return m
}
