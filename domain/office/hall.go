package office

import (
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// Hall is the service hall.
type Hall struct {
	Name     string
	Address  string
	Division string
	Hours    Hours
	Zones    []string
	Windows  []Window
}

// Window is a counter of the hall.
type Window struct {
	Code  string
	Name  string
	Kind  string // "generic" 综合窗口 or "output" 出件窗口
	Zone  string
	Post  string // whoever sits there acts in this post
	Staff int64  // who usually sits there, 0 for nobody
	Scope string
}

// Point is a service point (便民服务点) outside the hall.
type Point struct {
	Code     string
	Name     string
	Division string
	Level    int // of its division: 4 township, 5 village
	Unit     string
	Hours    string
	Counters int
	Mode     string
	Items    []string // item codes that it takes
}

// Hours are the times at which the hall is open, by the sort of day. A weekend
// day that the State Council declares worked counts as a weekday, and on a
// holiday the hall is closed, also on a Saturday.
type Hours struct {
	Weekday  []Span `json:"weekday"`
	Saturday []Span `json:"saturday"`
	Sunday   []Span `json:"sunday"`
	Noon     string `json:"noon"`     // what is open at noon, in words; may be empty
	Evening  string `json:"evening"`  // what is open by appointment, in words; may be empty
	SelfHelp string `json:"selfhelp"` // when the kiosks work, in words; may be empty
}

// Span is a time of day from From up to, not including, To, in minutes after
// midnight in China.
type Span struct{ From, To int }

// String returns "09:00-12:00".
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// MarshalText writes "09:00-12:00".
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads exactly "09:00-12:00". The end may be 24:00 and must lie
// after the beginning.
func (s *Span) UnmarshalText(b []byte) error {
	if len(b) != 11 || b[2] != ':' || b[5] != '-' || b[8] != ':' {
		return fmt.Errorf("office: %q is not a time span", b)
	}
	var n [4]int
	for i, at := range [4]int{0, 3, 6, 9} {
		hi, lo := b[at]-'0', b[at+1]-'0'
		if hi > 9 || lo > 9 {
			return fmt.Errorf("office: %q is not a time span", b)
		}
		n[i] = int(hi)*10 + int(lo)
	}
	got := Span{n[0]*60 + n[1], n[2]*60 + n[3]}
	if n[1] > 59 || n[3] > 59 || got.To > 24*60 || got.From >= got.To {
		return fmt.Errorf("office: %q is not a time span", b)
	}
	*s = got
	return nil
}

// Day returns the times at which the hall is open on day d.
func (h Hours) Day(cal *calendar.Calendar, d calendar.Date) []Span {
	switch day := cal.Day(d); {
	case day.Work:
		return h.Weekday
	case day.Kind == calendar.Holiday:
		return nil
	case d.Weekday() == time.Saturday:
		return h.Saturday
	default:
		return h.Sunday
	}
}

// Open reports whether the hall is open at an instant.
func (h Hours) Open(cal *calendar.Calendar, at time.Time) bool {
	at = at.In(calendar.Zone)
	minute := at.Hour()*60 + at.Minute()
	for _, s := range h.Day(cal, calendar.DateOf(at)) {
		if s.From <= minute && minute < s.To {
			return true
		}
	}
	return false
}

// lookAhead is how many days Next looks for an open one: longer than any
// holiday.
const lookAhead = 31

// Next returns the first instant at or after at when the hall is open; the zero
// time when it stays closed for a month.
func (h Hours) Next(cal *calendar.Calendar, at time.Time) time.Time {
	if h.Open(cal, at) {
		return at
	}
	today := calendar.DateOf(at)
	for d := today; d < today+lookAhead; d++ {
		for _, s := range h.Day(cal, d) {
			if opens := d.Start().Add(time.Duration(s.From) * time.Minute); !opens.Before(at) {
				return opens
			}
		}
	}
	return time.Time{}
}

// Hall returns the hall with its windows; before a package was loaded it is the
// fault row.unknown.
func (s *Service) Hall(tx *db.Tx) (Hall, error) {
	h, err := findHall(tx)
	if err != nil {
		return h, err
	}
	h.Windows, err = listWindows(tx)
	return h, err
}

// Points returns the service points in the order of the package.
func (s *Service) Points(tx *db.Tx) ([]Point, error) { return listPoints(tx) }

// Open reports whether the hall is open at the moment of tx.
func (s *Service) Open(tx *db.Tx) (bool, error) {
	h, err := findHall(tx)
	if err != nil {
		return false, err
	}
	cal, err := s.Calendar(tx)
	return err == nil && h.Hours.Open(cal, tx.Now()), err
}
