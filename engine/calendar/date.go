package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Zone is the civil time of China: a fixed eight hours ahead of UTC, without summer time.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil day in China, counted in days from 1970-01-01, which is also its zero value. Dates are compared and
// subtracted as numbers. As text, in JSON and in the database it is YYYY-MM-DD.
type Date int32

const secondsPerDay = 24 * 60 * 60

// DateOf returns the day on which the instant t falls in China, whatever the location of t.
func DateOf(t time.Time) Date {
	s := t.Unix() + 8*60*60
	if s < 0 {
		s -= secondsPerDay - 1 // integer division rounds towards zero, days are counted downwards
	}
	return Date(s / secondsPerDay)
}

// NewDate returns the day y-m-d. A day past the end of the month runs over into the next, as in time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads exactly YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("calendar: %q is not a date: %w", s, err)
	}
	return DateOf(t), nil // midnight in London is the morning of the same day in China
}

// String returns YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Start returns 00:00 of the day in China. "24:00 of d" is the Start of d+1.
func (d Date) Start() time.Time {
	return time.Unix(int64(d)*secondsPerDay-8*60*60, 0).In(Zone)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Date returns the parts of the day.
func (d Date) Date() (y int, m time.Month, day int) { return d.utc().Date() }

// MarshalText writes YYYY-MM-DD, so that JSON carries a string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value stores the day as the text YYYY-MM-DD, which sorts as the days do.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stored. NULL is refused: use sql.Null[Date] for a column that may be empty.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("calendar: cannot read a date from %T", src)
	}
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }
