package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Settled is what a place has settled where the law is silent (法律没有规定之处). An application takes the settings with it
// when it is received: a later change does not reach cases under way. To whom a red case is brought counts for all.
type Settled struct {
	Settings
	ChiefAfter int `json:"chief_after"` // working days red until the chief of the section is told
	HeadAfter  int `json:"head_after"`  // and the head of the authority
}

// DefaultSettled is our own reading, in force until a place settles otherwise.
func DefaultSettled() Settled { return Settled{Settings: DefaultSettings(), HeadAfter: 3} }

// Point is one thing that may be settled: one of a closed list of values, or a whole number within bounds.
type Point struct {
	Name        string   // as in the JSON of Settled; local has its words
	Values      []string // nil: a number
	Least, Most int

	get func(*Settled) string
	set func(*Settled, string)
}

// Points lists what may be settled, in the order of a case's life. What else the law leaves open is not for setting, see
// Settings.
func Points() []Point { return slices.Clone(points) }

var points = []Point{
	word("online_clock_start", func(s *Settled) *string { return &s.OnlineClockStart }, ClockFromEntry, ClockFromAccept),
	word("offday_receipt", func(s *Settled) *string { return &s.OffdayReceipt }, OffdayStrict, OffdayLenient),
	whole("correction_days", 5, 60, func(s *Settled) *int { return &s.CorrectionDays }),
	word("correction_lapse", func(s *Settled) *string { return &s.CorrectionLapse }, LapseHold, LapseReturn),
	word("special_overrun", func(s *Settled) *string { return &s.SpecialOverrun }, OverrunResume, OverrunStay),
	word("hearing_stop_from", func(s *Settled) *string { return &s.HearingStopFrom }, StopFromRequest, StopFromTold),
	word("hearing_request_unit", func(s *Settled) *Unit { return &s.HearingRequestUnit }, UnitWorkday, UnitDay),
	word("rongque_lapse", func(s *Settled) *string { return &s.RongqueLapse }, LapseHold, LapseRevoke, LapseReturn),
	yes("promise_follows_extension", func(s *Settled) *bool { return &s.PromiseFollows }),
	yes("separate_receive_decide", func(s *Settled) *bool { return &s.SeparateReceiveGrant }),
	whole("refusal_service_days", 1, 10, func(s *Settled) *int { return &s.RefusalServiceDays }),
	whole("publish_days", 1, 20, func(s *Settled) *int { return &s.PublishDays }),
	whole("pledge_check_months", 1, 12, func(s *Settled) *int { return &s.PledgeCheckMonths }),
	word("renew_unit", func(s *Settled) *Unit { return &s.RenewUnit }, UnitDay, UnitWorkday),
	whole("renew_apply_before", 1, 180, func(s *Settled) *int { return &s.RenewApplyBefore }),
	yes("deemed_renewal_late", func(s *Settled) *bool { return &s.DeemedRenewalLate }),
	whole("deemed_renewal_term", 0, 120, func(s *Settled) *int { return &s.DeemedRenewalTerm }),
	whole("sim_valid_months", 1, 24, func(s *Settled) *int { return &s.SimValidMonths }),
	whole("chief_after", 0, 10, func(s *Settled) *int { return &s.ChiefAfter }),
	whole("head_after", 1, 30, func(s *Settled) *int { return &s.HeadAfter }),
}

func word[T ~string](name string, at func(*Settled) *T, values ...T) Point {
	p := Point{
		Name: name, get: func(s *Settled) string { return string(*at(s)) },
		set: func(s *Settled, value string) { *at(s) = T(value) },
	}
	for _, v := range values {
		p.Values = append(p.Values, string(v))
	}
	return p
}

func yes(name string, at func(*Settled) *bool) Point {
	return Point{
		Name: name, Values: []string{"true", "false"}, get: func(s *Settled) string { return strconv.FormatBool(*at(s)) },
		set: func(s *Settled, value string) { *at(s) = value == "true" },
	}
}

// whole is a number; set gets only what within has let through.
func whole(name string, least, most int, at func(*Settled) *int) Point {
	return Point{
		Name: name, Least: least, Most: most, get: func(s *Settled) string { return strconv.Itoa(*at(s)) },
		set: func(s *Settled, value string) { *at(s), _ = strconv.Atoi(value) },
	}
}

// PointOf returns the point of a name.
func PointOf(name string) (Point, bool) {
	i := slices.IndexFunc(points, func(p Point) bool { return p.Name == name })
	if i < 0 {
		return Point{}, false
	}
	return points[i], true
}

// Of is the value of the point in s.
func (p Point) Of(s Settled) string { return p.get(&s) }

// within reports whether a value may be settled.
func (p Point) within(value string) bool {
	if p.Values != nil {
		return slices.Contains(p.Values, value)
	}
	n, err := strconv.Atoi(value)
	return err == nil && strconv.Itoa(n) == value && p.Least <= n && n <= p.Most
}

// with is s with another value of the point.
func (p Point) with(s Settled, value string) Settled {
	p.set(&s, value)
	return s
}

// Settlement is one change of what is settled, with its reason.
type Settlement struct {
	Number    int64
	Point     string
	Was       string
	Value     string
	Settled   Settled // all of it from then on
	Reason    string
	At        time.Time
	Actor     int64
	ActorName string
}

// InForce is what is settled now, and the number of the change that made it so, 0 while nothing was changed.
func (s *Service) InForce(tx *db.Tx) (Settled, int64, error) {
	in, number := DefaultSettled(), int64(0)
	_, err := tx.Maybe(`SELECT number, body FROM cases_settled ORDER BY number DESC LIMIT 1`, nil, &number, db.JSON(&in))
	return in, number, err
}

const settlementColumns = `number, point, was, value, body, reason, at, actor, actor_name`

func (x *Settlement) columns() []any {
	x.Settled = DefaultSettled() // for points that came later
	return []any{&x.Number, &x.Point, &x.Was, &x.Value, db.JSON(&x.Settled), &x.Reason, &x.At, &x.Actor, &x.ActorName}
}

// Settlements lists the changes before a number, 0 for the newest, newest first.
func (s *Service) Settlements(tx *db.Tx, before int64, limit int) ([]Settlement, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.All(tx, (*Settlement).columns, `SELECT `+settlementColumns+` FROM cases_settled WHERE number < $1 ORDER BY number DESC LIMIT $2`, before, limit)
}

// chainSettled is the ledger's chain of what is settled.
const chainSettled = "settled"

// settledFacts is the evidence of a change.
type settledFacts struct {
	Number  int64   `json:"number"`
	Point   string  `json:"point"`
	Was     string  `json:"was"`
	Value   string  `json:"value"`
	Settled Settled `json:"settled"`
	Reason  string  `json:"reason"`
}

func (x Settlement) facts() settledFacts {
	return settledFacts{Number: x.Number, Point: x.Point, Was: x.Was, Value: x.Value, Settled: x.Settled, Reason: x.Reason}
}

// Settle changes one point for applications received from now on, for whoever holds the right to. on is the number of
// the change that was looked at: if another has come since, it is the Stale fault cases.settled.stale. A value that the
// point does not allow and a reason that is missing are Invalid faults of the fields value and reason; the value in force
// is the Conflict fault cases.settled.same.
func (s *Service) Settle(ctx context.Context, who auth.Actor, key string, on int64, point, value, reason string) (x Settlement, err error) {
	value, reason = strings.TrimSpace(value), strings.TrimSpace(reason)
	p, ok := PointOf(point)
	if !ok {
		return x, fault.New(fault.Unknown, "cases.settled.unknown")
	}
	bad := fault.Fields{}
	bad.Need(p.within(value), "value", "cases.settled.value")
	n := len([]rune(reason))
	bad.Need(n >= 4, "reason", "cases.reason_missing")
	bad.Need(n <= 500, "reason", "cases.text_too_long")
	if err := bad.Err(); err != nil {
		return x, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		x = Settlement{Point: point, Value: value, Reason: reason, At: tx.Now(), Actor: who.ID, ActorName: who.Name}
		return once.Do(tx, who, "cases.settle", key, []any{on, point, value, reason}, &x, func() error { return s.settle(tx, who, on, p, &x) })
	})
	return x, err
}

func (s *Service) settle(tx *db.Tx, who auth.Actor, on int64, p Point, x *Settlement) error {
	now, number, err := s.InForce(tx)
	switch {
	case err != nil:
		return err
	case number != on:
		return fault.New(fault.Stale, "cases.settled.stale")
	case p.Of(now) == x.Value:
		return fault.New(fault.Conflict, "cases.settled.same")
	}
	x.Number, x.Was, x.Settled = number+1, p.Of(now), p.with(now, x.Value)
	if x.Settled.HeadAfter <= x.Settled.ChiefAfter { // the head comes after the chief
		return fault.Fields{"value": "cases.settled.head_first"}.Err()
	}
	if err := tx.Exec(`INSERT INTO cases_settled (`+settlementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		x.Number, x.Point, x.Was, x.Value, db.JSON(x.Settled), x.Reason, x.At, x.Actor, x.ActorName); db.IsUnique(err) {
		return fault.New(fault.Stale, "cases.settled.stale") // somebody else's at the same moment
	} else if err != nil {
		return err
	}
	return ledger.Log(tx, chainSettled, who, ledger.Draft{Act: "cases.settled", Body: x.facts()})
}

// verifySettled repeats every change from the ledger and compares.
func (s *Service) verifySettled(tx *db.Tx) (int, error) {
	all, err := db.All(tx, (*Settlement).columns, `SELECT `+settlementColumns+` FROM cases_settled ORDER BY number`)
	if err != nil {
		return 0, err
	}
	entries, err := ledger.Chain(tx, chainSettled)
	if err != nil {
		return 0, err
	}
	if len(entries) != len(all) {
		return 0, fmt.Errorf("cases: %d changes of what is settled, the ledger knows %d", len(all), len(entries))
	}
	now := DefaultSettled()
	for i, x := range all {
		said := settledFacts{Settled: DefaultSettled()}
		if err := json.Unmarshal([]byte(entries[i].Body), &said); err != nil {
			return 0, fmt.Errorf("cases: entry %d of what is settled cannot be read", entries[i].Seq)
		}
		if !reflect.DeepEqual(said, x.facts()) || entries[i].Actor != x.Actor || !entries[i].At.Equal(x.At) {
			return 0, fmt.Errorf("cases: change %d of what is settled is not what was written", x.Number)
		}
		p, ok := PointOf(x.Point)
		if !ok || !p.within(x.Value) || x.Number != int64(i)+1 || p.Of(now) != x.Was || !reflect.DeepEqual(p.with(now, x.Value), x.Settled) {
			return 0, fmt.Errorf("cases: change %d of what is settled does not follow from the one before it", x.Number)
		}
		now = x.Settled
	}
	return len(all), nil
}
