// Package cases takes an application (办件) from the moment it is handed in to
// the moment its result is handed over.
//
// Two layers decide what may happen. The law (law.go) is a closed table: legal
// state × act → legal state, with its clocks; nobody can configure it. The
// routing is the item's BPMN drawing, executed by engine/workflow: it says who
// reviews next and never invents an act.
//
// Invariants, checked by Verify:
//   - every act is one transaction: state, tasks, timer, light bucket, papers,
//     ledger entry and events commit together or not at all;
//   - replaying a case's ledger gives its stored state, entry by entry, and what the
//     window found about each material;
//   - the flow has tokens only while the case is accepted, under review or in a
//     special procedure, and its open tasks are exactly the rows of cases_task of steps
//     that are not closed;
//   - whoever received a case, or was deputised for at the window, does not
//     decide it (受办分离);
//   - the buckets of cases_light add up to the live cases;
//   - every entry was counted by the calendar that it names, and none is dated
//     before the one before it.
//
// Events: cases.received, cases.corrected, cases.accepted, cases.granted,
// cases.refused, cases.certified, cases.delivered, cases.ended, cases.recounted, and
// cases.told for any other paper that went out; their Body is a Happened. cases.standing has a Stood.
package cases

import (
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/policy"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/secret"
)

// Case is one application on its way, without what is sealed.
type Case struct {
	ID          int64
	No          string // 办件编号
	Item        string // code of the item
	ItemVersion int64
	ItemName    string
	Unit        string // the section that decides
	Body        string // the authority in whose name
	Division    string // the applicant's, 12 digits
	Channel     Channel
	Party       int64
	PartyName   string
	Agent       int64 // who handed it in for the party; 0: the party itself
	Title       string
	Version     int64 // number of its ledger entries; grows with every change
	Head        string
	Matter      Matter
	FlowHash    string
	Flow        workflow.State
	Vars        Vars
	Answers     map[string]string
	Certificate int64   // the one that it is about, see Held; 0: none
	Receivers   []int64 // staff who received or accepted it, and whom they stood in for
	ReceivedAt  time.Time
	AcceptedAt  time.Time
	DecidedAt   time.Time
	EndedAt     time.Time
	MovedAt     time.Time // of the last entry
	Calendar    string    // the version by which its open clocks were counted, "": the notices compiled in

	sealedForm, sealedDelivery []byte

	declared       string // digest of the paper that it declares, see paperKey
	sealedOriginal []byte // number of the paper, where it was read otherwise than declared
	shown          Shown  // as stored, to move its bucket
	counting       bool   // as stored
	licence        string // what a grant of it is held as, see licenceOf
}

// State is where the case stands in law.
func (c Case) State() State { return c.Matter.State }

// Channel is the way by which an application came in.
type Channel string

// The channels of this release.
const (
	Online Channel = "online"
	Window Channel = "window"
)

// Vars is what the conditions of a drawing may ask about. It holds choices,
// figures and dates of the form only, never names, numbers of persons or texts.
type Vars struct {
	Step   map[string]bool   `json:"step,omitempty"`
	Answer map[string]string `json:"answer,omitempty"`
	Form   map[string]any    `json:"form,omitempty"`
	Result map[string]string `json:"result,omitempty"`
	// Was names the steps of the item's version that have another id in the drawing by now. No condition sees it.
	Was map[string]string `json:"was,omitempty"`
}

// step is the id by which the item's version knows a step of the drawing.
func (v Vars) step(node string) string {
	if was, ok := v.Was[node]; ok {
		return was
	}
	return node
}

func (v Vars) workflow() map[string]any {
	return map[string]any{"step": v.Step, "answer": v.Answer, "form": v.Form, "result": v.Result, "case": map[string]any{}}
}

// Delivery is how the applicant wants the result.
type Delivery struct {
	Way     string `json:"way"` // DeliverWindow or DeliverCourier
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// The ways to get a result.
const (
	DeliverWindow  = "window"
	DeliverCourier = "courier"
)

// Happened is the body of this capability's events.
type Happened struct {
	Case     Case
	Reason   string
	Document int64 // the paper it was told by, 0: none
}

// Service is the use cases of the module.
type Service struct {
	DB       *db.DB
	Box      *secret.Box
	Blobs    blob.Store
	Tree     *ledger.Tree // seals what the ledger holds
	Law      *Law         // under the notices compiled in
	Catalog  *catalog.Service
	Office   *office.Service
	Party    *party.Service
	Events   *event.Bus
	Policy   *policy.Set
	Public   string // public address of the site, for QR codes
	Remedies Remedies
	Region   string // 6 digits, begins the case numbers

	// Holds reports whether a party holds a valid certificate of one of the types,
	// and what proves it, so that the same paper is not asked for again.
	Holds func(tx *db.Tx, party int64, types []string) (proof string, ok bool, err error)
	// Results lists what was made for a case: certificates and parcels.
	Results func(tx *db.Tx, caseID int64) ([]Result, error)
	// Register is where certificates stand.
	Register Register

	// Systems are told what drawings say. Without them no case runs through a service task.
	Systems Systems

	// Local changes the terms of an application after the item and the place have
	// spoken; nil changes nothing. It is the seam at which tests try what no item of
	// theirs asks for.
	Local func(it *catalog.Item, t *Terms)

	// Review is what a drawing may do to a case under the law, for proofs; see Migrate.
	Review workflow.Law

	// Calendar is the calendar in force, Dated that of a version that once was. Without
	// them it is Law's for ever.
	Calendar calendar.Source
	Dated    func(tx *db.Tx, version string) (*calendar.Calendar, error)

	defs defCache
}

// Result is something that a case produced, shown on its pages.
type Result struct {
	Kind   string // ResultCertificate or "parcel"
	Name   string
	Number string
	Href   string
	About  string // page on it for staff, "" without one
	Note   string
	At     time.Time
}

// ResultCertificate is the kind of a result that is a certificate.
const ResultCertificate = "certificate"

// Events of this capability.
const (
	EventReceived  = "cases.received"
	EventCorrected = "cases.corrected"
	EventAccepted  = "cases.accepted"
	EventGranted   = "cases.granted"
	EventRefused   = "cases.refused"
	EventCertified = "cases.certified"
	EventDelivered = "cases.delivered"
	EventEnded     = "cases.ended"
	EventTold      = "cases.told"      // a paper of a procedure
	EventRecounted = "cases.recounted" // its open clocks were counted by another calendar
	EventStanding  = "cases.standing"  // a certificate stands otherwise; its body is a Stood
)

// persons are the actor and everybody they stand in for: the people whom the
// separation of receiving and deciding looks at.
func persons(who auth.Actor) []int64 {
	list := []int64{who.Staff}
	for _, p := range who.Posts {
		if p.Deputy != 0 {
			list = append(list, p.Deputy)
		}
	}
	return list
}

// today is the civil day at which a unit of work happens.
func today(tx *db.Tx) calendar.Date { return calendar.DateOf(tx.Now()) }
