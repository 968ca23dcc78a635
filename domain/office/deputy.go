package office

import (
	"context"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Arrangement is an A/B arrangement: Deputy (B 角) stands in for Holder (A 角)
// in one post, from From to To as YYYY-MM-DD, both days included. An empty From
// means since ever, an empty To until it is ended.
type Arrangement struct {
	ID     int64  `json:"-"`
	Post   string `json:"post"`
	Holder int64  `json:"holder"`
	Deputy int64  `json:"deputy"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// meets reports whether two arrangements share a day.
func (a Arrangement) meets(b Arrangement) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

// On reports whether the arrangement is in force on day, YYYY-MM-DD.
func (a Arrangement) On(day string) bool { return a.meets(Arrangement{From: day, To: day}) }

// over reports whether the last day of the arrangement lies before today.
func (a Arrangement) over(today string) bool { return a.To != "" && a.To < today }

// SetDeputy makes a deputy stand in for a holder; it asks for the right
// office.keep. Input faults: office.not_holder, office.deputy_choose,
// office.deputy_self, office.deputy_left, office.deputy_body (another body), office.deputy_apart
// (one of the three administrators), office.date, office.date_past,
// office.date_order. While another arrangement for the same holder and post
// that is not over covers one of the days it is the Conflict fault office.deputy_overlap.
func (s *Service) SetDeputy(ctx context.Context, who auth.Actor, key string, a Arrangement) error {
	return keep(ctx, s, who, "office.set_deputy", key, a, new(struct{}), func(tx *db.Tx) error {
		if err := s.checkDeputy(tx, a); err != nil {
			return err
		}
		before, err := listDeputies(tx, a.Post, a.Holder)
		if err != nil {
			return err
		}
		for _, b := range before {
			if !b.over(today(tx)) && a.meets(b) {
				return fault.New(fault.Conflict, "office.deputy_overlap")
			}
		}
		set := a
		set.ID = tx.NewID()
		if err := insertDeputy(tx, set); err != nil {
			return err
		}
		return s.log(tx, who, "office.deputy_set", postChain(a.Post), set)
	})
}

func (s *Service) checkDeputy(tx *db.Tx, a Arrangement) error {
	bad := fault.Fields{}
	now := today(tx)
	bad.Need(a.From == "" || isDate(a.From), "from", "office.date")
	bad.Need(a.To == "" || isDate(a.To), "to", "office.date")
	bad.Need(a.From == "" || a.To == "" || a.From <= a.To, "to", "office.date_order")
	bad.Need(a.To == "" || a.To >= now, "to", "office.date_past")
	bad.Need(a.Holder != 0, "holder", "office.not_holder")
	bad.Need(a.Deputy != 0, "deputy", "office.deputy_choose")
	bad.Need(a.Deputy != a.Holder, "deputy", "office.deputy_self")
	if err := bad.Err(); err != nil {
		return err
	}
	post, err := findPost(tx, a.Post)
	if err != nil {
		return err
	}
	holder, err := findAppointed(tx, a.Holder, a.Post)
	if err != nil {
		return err
	}
	bad.Need(holder.active, "holder", "office.not_holder")
	deputy, err := findAppointed(tx, a.Deputy, a.Post)
	if err != nil {
		return err
	}
	bad.Need(deputy.active, "deputy", "office.deputy_left")
	bad.Need(deputy.unit.sameBody(holder.unit), "deputy", "office.deputy_body")
	bad.Need(holder.appointed, "holder", "office.not_holder")
	bad.Need(!apart[post.Kind], "deputy", "office.deputy_apart")
	return bad.Err()
}

// EndDeputy ends an arrangement with the day before today, or takes it back if
// it has not begun; it asks for the right office.keep. One that is over already
// is the Conflict fault office.deputy_over.
func (s *Service) EndDeputy(ctx context.Context, who auth.Actor, key string, id int64) error {
	return keep(ctx, s, who, "office.end_deputy", key, id, new(struct{}), func(tx *db.Tx) error {
		a, err := findDeputy(tx, id, tx.ForUpdate())
		if err != nil {
			return err
		}
		if a.over(today(tx)) {
			return fault.New(fault.Conflict, "office.deputy_over")
		}
		if err := endDeputy(tx, a); err != nil {
			return err
		}
		return s.log(tx, who, "office.deputy_ended", postChain(a.Post), a)
	})
}

// endDeputy ends an arrangement with the day before today: what was, stays. One
// that has not begun goes.
func endDeputy(tx *db.Tx, a Arrangement) error {
	if a.From >= today(tx) {
		return removeDeputy(tx, a.ID)
	}
	return changeDeputyEnd(tx, a.ID, (calendar.DateOf(tx.Now()) - 1).String())
}

// Arrangement returns one; an unknown id is the fault row.unknown.
func (s *Service) Arrangement(tx *db.Tx, id int64) (Arrangement, error) {
	return findDeputy(tx, id, "")
}

// Arrangements returns those of one holder in one post that are not over yet.
func (s *Service) Arrangements(tx *db.Tx, post string, holder int64) ([]Arrangement, error) {
	all, err := listDeputies(tx, post, holder)
	now := today(tx)
	list := all[:0]
	for _, a := range all {
		if !a.over(now) {
			list = append(list, a)
		}
	}
	return list, err
}

func (s *Service) log(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	if s.Log == nil {
		return nil
	}
	return s.Log(tx, who, act, about, facts)
}

func isDate(text string) bool {
	_, err := calendar.ParseDate(text)
	return err == nil
}
