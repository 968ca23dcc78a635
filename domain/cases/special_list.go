package cases

import (
	"fmt"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// SpecialRow is a case with the special procedures that are under way in it (特别程序).
type SpecialRow struct {
	Row
	Stops []OpenStop
}

// OpenStop is one special procedure under way with the light of its own days.
type OpenStop struct {
	Stop
	// Light is that of the days told for the procedure; of a hearing that was asked for, that of the days in which it is
	// to be held. Its colour is LightStopped where no day is set.
	Light Light
	Days  int // working days that it has taken so far, as the case counts them
}

// Specials lists the cases in a special procedure that the actor may see, by the due date of the case, after a key.
// Count under the same filter counts them.
func (s *Service) Specials(tx *db.Tx, who auth.Actor, text string, after Key, limit int) ([]SpecialRow, Key, error) {
	q := &query{}
	q.scope(who)
	q.filter(Filter{Text: text, State: StateSpecial}, today(tx).String())
	if after != (Key{}) {
		q.and(fmt.Sprintf("(c.light_due, c.id) > (%s, %s)", q.place(after.Sort), q.place(after.ID)))
	}
	cal, err := s.Cal(tx)
	if err != nil {
		return nil, Key{}, err
	}
	type row struct {
		SpecialRow
		matter Matter
	}
	list, err := db.All(tx, func(r *row) []any { return append(r.columns(), db.JSON(&r.matter)) }, selectRow+`, c.matter FROM cases c WHERE `+q.text()+
		` ORDER BY c.light_due, c.id LIMIT `+q.place(limit+1), q.args...)
	list, next, err := cut(list, limit, func(r row) Key { return Key{r.Shown.Due, r.ID} }, err)
	rows := make([]SpecialRow, len(list))
	for i, r := range list {
		for _, stop := range r.matter.OpenStops() {
			light := r.matter.Light(cal, SpecialClock(stop.Kind), tx.Now())
			if light.Colour == LightNone && stop.Kind == StopHearing {
				light = r.matter.Light(cal, ClockHearingHold, tx.Now())
			}
			if light.Colour == LightNone {
				light.Colour = LightStopped
			}
			r.Stops = append(r.Stops, OpenStop{stop, light, max(0, cal.Workdays(stop.From, today(tx)))})
		}
		rows[i] = r.SpecialRow
	}
	return rows, next, err
}
