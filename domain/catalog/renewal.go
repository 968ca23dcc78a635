package catalog

import (
	"context"
	"strconv"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// Ahead is how long before the last day of a certificate its renewal may be asked for at the earliest, as the statute of
// the item says. The Administrative Licence Law says only how late that may be (50¶1). The zero Ahead: any time.
type Ahead struct {
	Days       int    `yaml:"days" json:"days"`
	Unit       string `yaml:"unit" json:"unit"` // Workday or Day
	Basis      string `yaml:"basis" json:"basis,omitempty"`
	Confidence string `yaml:"confidence" json:"confidence,omitempty"`
}

// mostEarly is as far ahead as a renewal may be put off to.
const mostEarly = 730

// Checked reports whether it was compared with the text of the law.
func (a Ahead) Checked() bool { return a.Confidence == "" || a.Confidence == confirmedLaw }

// First is the first day on which the renewal of a certificate with that last day may be asked for; 0: any day.
func (a Ahead) First(cal *calendar.Calendar, until calendar.Date) calendar.Date {
	switch {
	case a.Days == 0 || until == 0:
		return 0
	case a.Unit == Workday:
		return cal.AddWorkdays(until, -a.Days)
	}
	return until - calendar.Date(a.Days)
}

// Words are how long it is: 届满前 90 个工作日.
func (a Ahead) Words(ctx context.Context) string {
	return i18n.T(ctx, "catalog.ahead."+a.Unit, "n", a.Days)
}

// right reports whether the item can have it: only who renews may be too early.
func (a Ahead) right(it *Item) bool {
	if a.Days == 0 {
		return a.Unit == "" || a.Unit == Workday || a.Unit == Day
	}
	return it.ActsOn != nil && it.ActsOn.Effect == EffectRenew && a.Days > 0 && a.Days <= mostEarly && (a.Unit == Workday || a.Unit == Day)
}

func (a Ahead) number() string {
	if a.Days == 0 {
		return ""
	}
	return strconv.Itoa(a.Days)
}
