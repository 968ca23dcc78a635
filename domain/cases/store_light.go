package cases

import (
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// Shown is what the light of a case is computed from, as lists need it.
type Shown struct {
	Clock   ClockName
	Yellow  string // YYYY-MM-DD, "" without a clock
	Due     string
	Stopped bool
	Live    bool
}

// standing is what cases_light says instead of a yellow day where the clock is
// stopped; a case without a clock has neither day.
const standing = "stopped"

// bucket is the row of cases_light that counts a case; a stopped clock has no
// due date.
func (s Shown) bucket() (yellow, due string) {
	if s.Stopped {
		return standing, ""
	}
	return s.Yellow, s.Due
}

// moveLight takes a case out of its old bucket and into its new one.
func moveLight(tx *db.Tx, unit string, old, now Shown) error {
	oy, od := old.bucket()
	ny, nd := now.bucket()
	if old.Live == now.Live && oy == ny && od == nd {
		return nil
	}
	if old.Live {
		if err := tx.Queue(`UPDATE cases_light SET n = n - 1 WHERE unit = $1 AND yellow = $2 AND due = $3`, unit, oy, od); err != nil {
			return err
		}
	}
	if !now.Live {
		return nil
	}
	return tx.Queue(`INSERT INTO cases_light (unit, yellow, due, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (unit, yellow, due) DO UPDATE SET n = cases_light.n + 1`, unit, ny, nd)
}

const never = "9999-12-31"

func changeTasksLight(tx *db.Tx, caseID int64, s Shown) error {
	sort := s.Due
	if s.Stopped || sort == "" {
		sort = never
	}
	return tx.Queue(`UPDATE cases_task SET sort = $1, stopped = $2 WHERE case_id = $3 AND closed IS NULL`, sort, s.Stopped, caseID)
}

// mainClock is the clock whose light a case shows: at the window the notice
// clock, then the promise or else the statute, after a grant the delivery.
func mainClock(m Matter) (Clock, bool) {
	names := []ClockName{ClockPromised, ClockFirstReview, ClockStatutory}
	switch m.State {
	case StateReceived:
		names = []ClockName{ClockNotice}
	case StateCorrecting:
		names = []ClockName{ClockCorrection}
	case StateGranted, StateCertified:
		names = []ClockName{ClockDelivery}
	default:
	}
	for _, name := range names {
		for i := len(m.Clocks) - 1; i >= 0; i-- {
			if c := m.Clocks[i]; c.Name == name && c.Ended.IsZero() {
				return c, true
			}
		}
	}
	return Clock{}, false
}

func (s *Service) shown(c *Case) Shown {
	out := Shown{Live: !c.State().Ended()}
	if clock, ok := mainClock(c.Matter); ok && out.Live {
		out.Clock, out.Yellow, out.Due, out.Stopped = clock.Name, clock.Yellow.String(), clock.Due.String(), clock.Stopped
	}
	return out
}

// LightOn is the light of what is shown, on a day.
func (s Shown) LightOn(day calendar.Date) Colour {
	d := day.String()
	switch {
	case !s.Live || s.Due == "" && !s.Stopped:
		return LightNone
	case s.Stopped:
		return LightStopped
	case d > s.Due:
		return LightRed
	case d >= s.Yellow:
		return LightYellow
	}
	return LightBlue
}
