// Package delivery hands results over (出件、颁发送达): to whoever comes to the
// window with an identity paper, or to a courier with a waybill.
//
// A parcel waits from the moment at which its case has its result. Handing it
// over is one unit of work with the legal act of delivery (行政许可法 Art. 44): at
// the window when the collector takes it, by courier when the courier takes it
// with a waybill. A certificate that is issued again (补发) is another parcel of
// the same case, with a hand-over and a proof of its own. A version that never left
// the house gives way to the next one, and what nobody may have any more is taken
// back (收回).
//
// Invariants, checked by Check:
//   - a case has at most one parcel that waits, its newest, and one for each version;
//   - a parcel handed over at the window names its collector and by what right
//     they took it; one that was sent has a courier and a waybill;
//   - one that was signed for says on which day, not before it was sent, and by whom in relation to its holder;
//   - whoever collects is the holder, its legal representative or the agent of
//     the case, or showed a mandate that is written down;
//   - how a parcel was handed over is in the ledger as it is here, and the ledger
//     knows no parcel that is not here or still waits.
//
// Names and numbers of collectors and addresses are sealed in the database and
// shown masked; they enter no log and no ledger.
package delivery

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/secret"
	"onedoor.app/ui"
)

// Way is how a result reaches its holder.
type Way string

// The ways.
const (
	Window  Way = "window"
	Courier Way = "courier"
)

// State is where a parcel stands.
type State string

// The states.
const (
	Waiting  State = "waiting"
	Handed   State = "handed"   // taken at the window
	Sent     State = "sent"     // taken by the courier
	Received State = "received" // signed for at the door

	Withdrawn State = "withdrawn" // not handed over: another version took its place, or it was taken from its holder
)

// Relation says by what right somebody collects.
type Relation string

// The relations.
const (
	Self      Relation = "self"
	Legal     Relation = "legal" // 法定代表人
	Agent     Relation = "agent" // who handed the case in for the holder
	ByMandate Relation = "mandate"
)

// Wish is where the holder wants the result.
type Wish struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Collector is somebody who may collect, or who did.
type Collector struct {
	Relation Relation `json:"relation"`
	Name     string   `json:"name"`
	Number   string   `json:"number"`            // opened: it enters no log
	Mandate  string   `json:"mandate,omitempty"` // what was shown: 授权委托书 and its date
}

// Result is something that waits to be handed over.
type Result struct {
	Case      int64
	CaseNo    string
	ItemName  string
	Name      string // of what is handed over: 食品经营许可证
	Number    string // of the certificate, "" for a decision
	Version   int    // of the certificate, 0 for a decision
	Party     int64
	PartyName string
	Way       Way
	Wish      Wish
	Decided   time.Time     // or when the certificate was issued again
	Due       calendar.Date // last day to hand it over; 0: where no law sets one, the tenth working day after Decided all the same
}

// Parcel is a result on its way to its holder.
type Parcel struct {
	ID         int64
	Result     Result
	State      State
	Shelf      string
	Since      time.Time
	Collector  Collector // of one handed over at the window
	Company    string    // of one sent
	Waybill    string
	DoneAt     time.Time
	DoneBy     int64 // account of whoever handed it over
	DoneName   string
	ReceivedAt time.Time     // when that was recorded
	ReceivedOn calendar.Date // when it was delivered; 0: recorded before that was asked
	ReceivedBy string        // one of Signers

	wish, collector []byte
}

// On says which case an act is meant for and which version of it the person saw;
// 0 means whatever it is now. Parcel is one of the case's parcels, 0 the newest.
type On struct{ Case, Version, Parcel int64 }

// Service is the use cases of the module.
type Service struct {
	DB       *db.DB
	Box      *secret.Box
	Calendar calendar.Source
	Frame    ui.Frame

	// Collectors lists who may collect the result of a case, with opened numbers:
	// the holder, its legal representative, the agent of the case.
	Collectors func(tx *db.Tx, caseID int64) ([]Collector, error)
	// CheckNumber makes one form of an identity number and checks it (GB 11643); an
	// Invalid fault says what is wrong.
	CheckNumber func(typed string) (string, error)
	// Licence reports whether the result of a case is a licence, of which the law
	// of licences speaks.
	Licence func(tx *db.Tx, caseID int64) (bool, error)
	// Deliver does the legal act of delivery in tx; proof says how, without
	// anything personal.
	Deliver func(tx *db.Tx, who auth.Actor, on On, proof string) error
	// Saw keeps in the ledger that a member of staff has seen where the result of a
	// case is sent.
	Saw func(ctx context.Context, who auth.Actor, caseID int64) error
	// Flash leaves good news, in the reader's language, for the next page; nil
	// leaves none.
	Flash func(ctx context.Context, text string)
}

// serviceDays is the working days from the decision within which a result is
// handed over. The law sets them for licences (Art. 44 and 82); the centre keeps
// to them for everything. The last of them is a working day, so it never moves.
const serviceDays = 10

// Await keeps a result that is ready to be handed over. A version that has a parcel
// already is left as it is; one that still waits is taken back for a later one, which
// keeps its last day.
func (s *Service) Await(tx *db.Tx, who auth.Actor, r Result) error {
	old, found, err := newest(tx, r.Case)
	if err != nil || found && old.Result.Version >= r.Version {
		return err
	}
	if old.State == Waiting {
		if err := s.withdraw(tx, who, old); err != nil {
			return err
		}
		r.Way, r.Due = old.Result.Way, old.Result.Due
	}
	if r.Way != Courier {
		r.Way = Window
	}
	if r.Due == 0 {
		cal, err := s.Calendar(tx)
		if err != nil {
			return err
		}
		r.Due = cal.AddWorkdays(calendar.DateOf(r.Decided), serviceDays)
	}
	p := Parcel{ID: tx.NewID(), Result: r, State: Waiting, Since: tx.Now()}
	if p.wish, err = s.seal(r.Wish, aboutWish(p.ID)); err != nil {
		return err
	}
	return insert(tx, p)
}

// Withdraw takes back what of a case still waits: nobody hands it over any more. A
// case that has nothing waiting is left alone.
func (s *Service) Withdraw(tx *db.Tx, who auth.Actor, caseID int64) error {
	p, found, err := newest(tx, caseID)
	if err != nil || !found || p.State != Waiting {
		return err
	}
	return s.withdraw(tx, who, p)
}

func (s *Service) withdraw(tx *db.Tx, who auth.Actor, p Parcel) error {
	p.State, p.DoneAt, p.DoneBy, p.DoneName = Withdrawn, tx.Now(), who.ID, who.Name
	if err := changeDone(tx, p); err != nil {
		return err
	}
	return ledger.Log(tx, chain(p.ID), who, ledger.Draft{Act: actWithdrawn, Body: s.evidence(p)})
}

const actWithdrawn = "delivery." + string(Withdrawn)

// Move gives the result of a case that still waits another last day, as when the
// calendar has changed. A case that has none is left alone.
func (s *Service) Move(tx *db.Tx, caseID int64, due calendar.Date) error {
	return move(tx, caseID, due)
}

// Handover is what the window writes down when somebody collects.
type Handover struct {
	On
	Name    string // as on the identity paper
	Number  string // of the identity paper
	Mandate string // what was shown by somebody who is neither holder nor agent
	Key     string `json:"-"`
}

// Hand hands a result over at the window and does the legal act of delivery. The
// number must be that of somebody who may collect, or the mandate is written
// down. key makes it happen once.
//
// Faults: delivery.not_desk; delivery.unknown; delivery.done when it was handed
// over before; field faults on name, number and mandate; those of Deliver.
func (s *Service) Hand(ctx context.Context, who auth.Actor, h Handover) error {
	h.Name, h.Mandate = strings.TrimSpace(h.Name), strings.TrimSpace(h.Mandate)
	// What was asked for is kept as a digest only, but a short one could be tried out.
	request := []any{h.Case, s.Box.Index(h.Name + "\x00" + h.Number + "\x00" + h.Mandate)}
	return s.act(ctx, who, h.On, "delivery.hand", h.Key, request, func(tx *db.Tx, p *Parcel) (string, error) {
		c, err := s.identify(tx, h)
		if err != nil {
			return "", err
		}
		if p.collector, err = s.seal(c, aboutCollector(p.ID)); err != nil {
			return "", err
		}
		p.State, p.Collector, p.Result.Way = Handed, c, Window
		return "窗口领取（" + relations[c.Relation] + "），已核对身份证件", nil
	})
}

// relations are the words of the proof of delivery.
var relations = map[Relation]string{Self: "本人", Legal: "法定代表人（负责人）", Agent: "办件代办人", ByMandate: "持授权委托书的受托人"}

// identify finds by what right somebody collects.
func (s *Service) identify(tx *db.Tx, h Handover) (Collector, error) {
	bad := fault.Fields{}
	number, err := s.CheckNumber(h.Number)
	if err != nil {
		if !fault.Is(err, fault.Invalid) {
			return Collector{}, err
		}
		bad.Need(false, "number", fault.Code(err))
	}
	bad.Need(utf8.RuneCountInString(h.Name) >= 2, "name", "delivery.name_missing")
	bad.Need(utf8.RuneCountInString(h.Name) <= 60, "name", "delivery.too_long")
	bad.Need(utf8.RuneCountInString(h.Mandate) <= 200, "mandate", "delivery.too_long")
	if err := bad.Err(); err != nil {
		return Collector{}, err
	}
	list, err := s.Collectors(tx, h.Case)
	if err != nil {
		return Collector{}, err
	}
	for _, c := range list {
		if c.Number == "" || c.Number != number {
			continue
		}
		bad.Need(sameName(c.Name, h.Name), "name", "delivery.name_differs")
		c.Mandate = h.Mandate
		return c, bad.Err()
	}
	bad.Need(utf8.RuneCountInString(h.Mandate) >= 4, "mandate", "delivery.mandate_missing")
	return Collector{Relation: ByMandate, Name: h.Name, Number: number, Mandate: h.Mandate}, bad.Err()
}

// sameName compares names without blanks and middle dots, which papers write in
// several ways.
func sameName(a, b string) bool {
	tidy := strings.NewReplacer(" ", "", "　", "", "·", "", "•", "", "．", "").Replace
	return tidy(a) == tidy(b)
}

// Dispatch is what the window writes down when the courier takes a parcel.
type Dispatch struct {
	On
	Company string
	Waybill string
	Key     string `json:"-"`
}

// Send gives a result to the courier and does the legal act of delivery; the
// waybill is its proof. Faults: as of Hand; delivery.no_address when the holder
// named no address; delivery.waybill_taken; field faults on company and waybill.
func (s *Service) Send(ctx context.Context, who auth.Actor, d Dispatch) error {
	d.Company = strings.TrimSpace(d.Company)
	d.Waybill = strings.ToUpper(strings.Join(strings.Fields(d.Waybill), ""))
	return s.act(ctx, who, d.On, "delivery.send", d.Key, []any{d.Case, d.Company, d.Waybill}, func(_ *db.Tx, p *Parcel) (string, error) {
		if err := d.check(); err != nil {
			return "", err
		}
		if p.Result.Wish.Address == "" {
			return "", fault.New(fault.Conflict, "delivery.no_address")
		}
		p.State, p.Company, p.Waybill, p.Result.Way = Sent, d.Company, d.Waybill, Courier
		return "寄递：" + d.Company + " " + d.Waybill, nil
	})
}

func (d Dispatch) check() error {
	bad := fault.Fields{}
	n := utf8.RuneCountInString(d.Company)
	bad.Need(n >= 2 && n <= 40, "company", "delivery.company_missing")
	wrong := strings.Trim(d.Waybill, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != ""
	bad.Need(len(d.Waybill) >= 8 && len(d.Waybill) <= 30 && !wrong, "waybill", "delivery.waybill_wrong")
	return bad.Err()
}

// act is what handing over and sending have in common: the parcel waits, the
// change, the legal act and the evidence are one unit of work.
func (s *Service) act(ctx context.Context, who auth.Actor, on On, what, key string, request any,
	change func(*db.Tx, *Parcel) (proof string, err error),
) error {
	if !atDesk(who) {
		return fault.New(fault.Forbidden, "delivery.not_desk")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		done := false
		return once.Do(tx, who, what, key, request, &done, func() error {
			p, err := s.lock(tx, on)
			if err != nil {
				return err
			}
			if p.State != Waiting {
				return p.over()
			}
			proof, err := change(tx, &p)
			if err != nil {
				return err
			}
			p.DoneAt, p.DoneBy, p.DoneName = tx.Now(), who.ID, who.Name
			if err := changeDone(tx, p); err != nil {
				if db.IsUnique(err) {
					return fault.New(fault.Conflict, "delivery.waybill_taken")
				}
				return err
			}
			if err := s.Deliver(tx, who, on, proof); err != nil {
				return err
			}
			done = true
			return ledger.Log(tx, chain(p.ID), who, ledger.Draft{Act: "delivery." + string(p.State), Body: s.evidence(p)})
		})
	})
}

// evidence is what the ledger keeps: people by keyed digests only.
func (s *Service) evidence(p Parcel) any {
	e := map[string]any{"case": p.Result.Case, "way": p.Result.Way}
	if p.Result.Version != 0 {
		e["version"] = p.Result.Version
	}
	if p.State == Withdrawn {
		return e
	}
	if p.State != Handed {
		e["company"], e["waybill"] = p.Company, p.Waybill
		return e
	}
	e["relation"], e["collector"] = p.Collector.Relation, s.Box.Index("collector:"+p.Collector.Number)
	return e
}

// Shelve writes down where the paper of a waiting parcel lies; an empty shelf
// takes it off. Faults: delivery.not_desk, delivery.unknown, delivery.done,
// delivery.too_long.
func (s *Service) Shelve(ctx context.Context, who auth.Actor, caseID int64, shelf string) error {
	shelf = strings.TrimSpace(shelf)
	if !atDesk(who) {
		return fault.New(fault.Forbidden, "delivery.not_desk")
	}
	bad := fault.Fields{}
	bad.Need(utf8.RuneCountInString(shelf) <= 20, "shelf", "delivery.too_long")
	if err := bad.Err(); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.lock(tx, On{Case: caseID})
		if err != nil {
			return err
		}
		if p.State != Waiting {
			return p.over()
		}
		return changeShelf(tx, p.ID, shelf)
	})
}

func atDesk(who auth.Actor) bool { return who.Has("deliverer") || who.Has("issuer") }

// chain0 begins the names of the ledger's chains of parcels.
const chain0 = "delivery:"

func chain(id int64) string { return fmt.Sprint(chain0, id) }

// over is the fault of acting on a parcel that does not wait.
func (p Parcel) over() error {
	if p.State == Withdrawn {
		return fault.New(fault.Conflict, actWithdrawn)
	}
	return fault.New(fault.Conflict, "delivery.done")
}

// Find returns the newest parcel of a case with what is sealed opened.
func (s *Service) Find(tx *db.Tx, caseID int64) (Parcel, error) { return s.find(tx, On{Case: caseID}) }

func (s *Service) find(tx *db.Tx, on On) (Parcel, error) {
	p, err := find(tx, on)
	if err != nil {
		return p, err
	}
	return p, s.unseal(&p)
}

func (s *Service) lock(tx *db.Tx, on On) (Parcel, error) {
	p, err := lock(tx, on)
	if err != nil {
		return p, err
	}
	return p, s.unseal(&p)
}

// Shown is what the pages of a case tell about its parcel.
type Shown struct {
	Kind, Name, Number, Href, Note string
	At                             time.Time
}

// Results tells where the results of a case are, the newest first, in the language
// of the unit of work's context; nothing while there is none.
func (s *Service) Results(tx *db.Tx, caseID int64) (all []Shown, err error) {
	list, err := listOf(tx, caseID)
	for _, p := range list {
		if err := s.unseal(&p); err != nil {
			return nil, err
		}
		if p.State != Withdrawn {
			all = append(all, p.shown(tx.Context()))
		}
	}
	return all, err
}

func (p Parcel) shown(ctx context.Context) Shown {
	out := Shown{Kind: "parcel", Name: i18n.T(ctx, "delivery.shown."+string(p.Result.Way)), Number: p.Waybill, At: p.Since}
	switch p.State {
	case Waiting:
		out.Note = i18n.T(ctx, "delivery.shown.waiting."+string(p.Result.Way), "day", p.Result.Due.Words(ctx))
	case Handed:
		out.At = p.DoneAt
		out.Note = i18n.T(ctx, "delivery.shown.handed", "name", secret.MaskName(p.Collector.Name))
	case Sent:
		out.At = p.DoneAt
		out.Note = i18n.T(ctx, "delivery.shown.sent", "company", p.Company)
	case Received:
		out.At = p.ReceivedAt
		out.Note = i18n.T(ctx, "delivery.shown.received", "company", p.Company)
		if p.ReceivedOn != 0 {
			out.Note += i18n.T(ctx, "delivery.shown.signed", "day", p.ReceivedOn.Words(ctx), "by", i18n.T(ctx, "delivery.signer."+p.ReceivedBy))
		}
	case Withdrawn:
	}
	return out
}
