package cases

import (
	"time"

	"onedoor.app/engine/calendar"
)

// Quota is what is left of a limited number when a decision is made (57).
type Quota struct {
	Left  int         `json:"left"`
	Queue []Applicant `json:"queue,omitempty"`
}

// Applicant is another undecided applicant for the same limited number.
type Applicant struct {
	Accepted  time.Time `json:"accepted"`
	Qualified bool      `json:"qualified"`
}

// Input is what a person puts into an act. It is kept as evidence, so its JSON names are stable. Each act reads only what its row asks for; a zero value means absent.
type Input struct {
	By      int64  `json:"by,omitempty"` // the member of staff; 0 for applicants and the system
	Role    Role   `json:"role,omitempty"`
	Channel string `json:"channel,omitempty"` // window, online, post …

	Lacks     []string                 `json:"lacks,omitempty"`     // receive: materials seen to be missing
	List      []string                 `json:"list,omitempty"`      // notify_correction, notify_again: what to supplement; allow_again: what may be asked
	Faulty    []string                 `json:"faulty,omitempty"`    // notify_again: those of List that came as the correction and are themselves faulty
	Fixes     []string                 `json:"fixes,omitempty"`     // fix_on_spot, correct: what has come
	CorrectBy calendar.Date            `json:"correct_by,omitzero"` // notify_correction, extend_correction
	Debts     map[string]calendar.Date `json:"debts,omitempty"`     // accept: promised materials and their days
	Promise   string                   `json:"promise,omitempty"`   // accept: the applicant's paper that promises them
	Owed      map[string]int           `json:"owed,omitempty"`      // receive: promised materials, in working days after the acceptance
	Pledged   bool                     `json:"pledged,omitempty"`   // accept: by notification and pledge
	Material  string                   `json:"material,omitempty"`  // settle_debt, send_back, extend_debt
	Until     calendar.Date            `json:"until,omitzero"`      // extend_debt; make_certificate, accept, grant_on_spot, see_original: the last day of its validity

	Kind    StopKind `json:"kind,omitempty"`    // special procedures
	Planned int      `json:"planned,omitempty"` // working days
	Notice  string   `json:"notice,omitempty"`  // the paper that tells the applicant how long it takes
	Result  string   `json:"result,omitempty"`  // the paper with the result

	Approver Rank `json:"approver,omitempty"` // extend, terminate
	Days     int  `json:"days,omitempty"`     // extend; remand: the term the ruling sets

	Reason   string   `json:"reason,omitempty"`
	Basis    string   `json:"basis,omitempty"` // the article, ruling or statute
	Ground   Ground   `json:"ground,omitempty"`
	Standard string   `json:"standard,omitempty"` // refuse, on test results: the technical standard
	Agency   string   `json:"agency,omitempty"`   // not_accept: the competent one
	Opinion  string   `json:"opinion,omitempty"`  // refer_up, take_referral: of the first review
	Unmet    []string `json:"unmet,omitempty"`    // grant: conditions that the review found unmet
	Remedies bool     `json:"remedies,omitempty"` // the paper carries the remedies text

	Parties     []string      `json:"parties,omitempty"` // tell_hearing_right
	Who         string        `json:"who,omitempty"`     // request_hearing, waive_hearing, cancel_hearing
	Notified    calendar.Date `json:"notified,omitzero"` // hold_hearing: when the parties were told time and place
	Chair       int64         `json:"chair,omitempty"`
	Minutes     bool          `json:"minutes,omitempty"` // signed
	Inspectors  []int64       `json:"inspectors,omitempty"`
	Record      bool          `json:"record,omitempty"`  // inspect: a record was made
	Unit        int64         `json:"unit,omitempty"`    // give_opinion
	To          State         `json:"to,omitempty"`      // remand: received or accepted
	Served      string        `json:"served,omitempty"`  // deliver, serve: the proof
	Signed      bool          `json:"signed,omitempty"`  // withdraw, waive_hearing
	Mandate     bool          `json:"mandate,omitempty"` // the agent's mandate was shown
	Bans        []Ban         `json:"bans,omitempty"`    // accept, not_accept, grant_on_spot: of this applicant for this item
	Quota       *Quota        `json:"quota,omitempty"`
	Heard       bool          `json:"heard,omitempty"`       // annul: the holder
	PublicHarm  bool          `json:"public_harm,omitempty"` // annul: it would gravely harm the public interest
	Penalty     string        `json:"penalty,omitempty"`     // revoke_cert: the penalty decision
	Compensated bool          `json:"compensated,omitempty"` // take_back: the paper speaks of compensation
	Certificate *Certificate  `json:"certificate,omitempty"` // receive, take_referral, remand: the one that it is about
	Applied     calendar.Date `json:"applied,omitzero"`      // take_referral, remand: when it was first applied for
	Seen        bool          `json:"seen,omitempty"`        // accept, grant_on_spot, see_original: the declared certificate was compared with its original, see Until
	Differs     []string      `json:"differs,omitempty"`     // of Seen: what the original says otherwise than was declared, number or until
	HandOver    bool          `json:"hand_over,omitempty"`   // reissue: the next version is handed over
	Case        string        `json:"case,omitempty"`        // change_cert, renew_cert: number of the case in which its life goes on
}

// Ground is the closed reason that some acts must name.
type Ground string

// The grounds of not_accept and refuse, of terminate, and of the acts on certificates.
const (
	GroundNotCompetent   Ground = "not_competent"
	GroundIncomplete     Ground = "incomplete"
	GroundBanned         Ground = "banned"
	GroundFalseMaterials Ground = "false_materials"
	GroundOtherStatute   Ground = "other_statute"

	GroundApplicantGone      Ground = "applicant_gone"
	GroundItemAbolished      Ground = "item_abolished"
	GroundObjectGone         Ground = "object_gone"
	GroundCertificateExpired Ground = "certificate_expired"
	GroundCourtOrder         Ground = "court_order"
	GroundPledgeFailed       Ground = "pledge_failed"
	GroundSettled            Ground = "settled"

	GroundFraud      Ground = "fraud"       // to annul
	GroundHolderAsks Ground = "holder_asks" // to cancel
)
