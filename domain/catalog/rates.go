package catalog

import (
	"context"
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// measureNumber is the number of the rules of measured and mayList: raised when what is measured changes, or what the lists
// hold, so that Remeasure goes over every version again.
const measureNumber = 1

// lastDay stands for no end.
const lastDay = "9999-12-31"

// measure is what of a version counts when reform is measured.
type measure struct {
	Since, Until               string // in force from Since up to the day before Until
	Bare                       bool   // says nothing of its own: not counted
	Statutory, Promised        int    // working days; no statutory limit is 0
	Materials, Steps           int
	Online, Whole, Spot, Visit bool
}

// measured measures the version that was published at a time and followed by another on the day next, lastDay for none.
// A planned day on which it comes into force or ends moves that day; it never lasts beyond the next version.
func (it *Item) measured(at time.Time, next string) measure {
	m := it.planned()
	m.Since, m.Until = max(m.Since, calendar.DateOf(at).String()), min(m.Until, next)
	return m
}

// planned is what counts of a version, and the days that it plans by itself: Since is "" for none.
func (it *Item) planned() measure {
	m := measure{
		Until: lastDay, Bare: it.Bare, Promised: it.PromisedLimit.workdays(), Materials: len(it.Materials), Steps: len(it.Steps),
		Online: it.Offer.Online, Whole: it.wholeOnline(), Spot: it.ProjectType == projectSpot, Visit: it.Visits <= 1,
	}
	if it.StatutoryLimit.Value > 0 {
		m.Statutory = it.StatutoryLimit.workdays()
	}
	if first, err := calendar.ParseDate(it.From); err == nil {
		m.Since = first.String()
	}
	if last, err := calendar.ParseDate(it.Until); err == nil {
		m.Until = min(m.Until, (last + 1).String())
	}
	return m
}

// Remeasure measures every version, and puts every item on its lists, that the rules of today have not seen; and it works
// out the days of suspensions from before their days were kept. It is run when the program starts: publishing and suspending
// do so by themselves.
func (s *Service) Remeasure(ctx context.Context) error {
	if err := s.datePauses(ctx); err != nil {
		return err
	}
	for {
		n := 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			list, err := listUnmeasured(tx, maxPage)
			if n = len(list); err != nil {
				return err
			}
			ids := make([]int64, n)
			for i, u := range list {
				ids[i] = u.version
			}
			items, err := listItems(tx, ids)
			if err != nil {
				return err
			}
			for _, u := range list {
				it := items[u.version]
				if it == nil {
					return fmt.Errorf("catalog: version %d has no content", u.version)
				}
				if err := remeasure(tx, u, it); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// datePauses works out the days of suspensions that have none yet, some at a time.
func (s *Service) datePauses(ctx context.Context) error {
	for {
		n := 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			list, err := listUndated(tx, maxPage)
			if n = len(list); err != nil {
				return err
			}
			for _, p := range list {
				if err := datePause(tx, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

func remeasure(tx *db.Tx, u unmeasured, it *Item) error {
	next := lastDay
	if !u.next.IsZero() {
		next = calendar.DateOf(u.next).String()
	}
	if err := keepMeasure(tx, u.item, it, u.at, next); err != nil || !u.latest || u.off {
		return err
	}
	if err := replaceListFacets(tx, u.item, u.place, it); err != nil {
		return err
	}
	return touchLists(tx, u.item, u.at)
}

// Rate is a part of a whole, N of Of. It is kept as two whole numbers, so that what is added up stays exact.
type Rate struct{ N, Of int }

// Any reports whether there is anything to compare.
func (r Rate) Any() bool { return r.Of > 0 }

// Percent is the rate in per cent with one decimal, rounded half away from zero: "63.2". It is "" where there is nothing to
// compare.
func (r Rate) Percent() string {
	if r.Of <= 0 {
		return ""
	}
	t := r.tenths()
	sign := ""
	if t < 0 {
		sign, t = "-", -t
	}
	return fmt.Sprintf("%s%d.%d", sign, t/10, t%10)
}

// tenths is the rate in tenths of a per cent.
func (r Rate) tenths() int {
	n := 2*r.N*1000 + r.Of
	if r.N < 0 {
		n = 2*r.N*1000 - r.Of
	}
	return n / (2 * r.Of)
}

// Value is the rate in per cent, for drawing.
func (r Rate) Value() float64 {
	if r.Of <= 0 {
		return 0
	}
	return float64(r.tenths()) / 10
}

// Sums are the figures of many versions added up, all in whole numbers.
type Sums struct {
	Items     int // in force
	Bare      int // of them, those that say nothing of their own and are counted in no rate
	Limited   int // of the others, those with a statutory limit
	Statutory int // working days, of those with a statutory limit
	Promised  int // the same
	Materials, MaterialsBefore,
	Steps, StepsBefore int
	Online, Whole, Spot, Once int // items
}

// plus adds k times o.
func (s Sums) plus(o Sums, k int) Sums {
	into := s.fields()
	for i, v := range o.fields() {
		*into[i] += k * *v
	}
	return s
}

// fields are all figures, in the order of the columns that the store sums (figures).
func (s *Sums) fields() []*int {
	return []*int{
		&s.Items, &s.Bare, &s.Limited, &s.Statutory, &s.Promised, &s.Materials, &s.MaterialsBefore, &s.Steps, &s.StepsBefore,
		&s.Online, &s.Whole, &s.Spot, &s.Once,
	}
}

// Counted is how many items the rates are made of.
func (s Sums) Counted() int { return s.Items - s.Bare }

// The rates, by their names on pages and in files.
const (
	RateLimit     = "limit"     // 承诺时限压缩率: 1 − Σ promised ÷ Σ statutory, of items with a statutory limit
	RateMaterials = "materials" // 材料压缩率: 1 − Σ materials ÷ Σ materials before
	RateSteps     = "steps"     // 环节压缩率: 1 − Σ steps ÷ Σ steps before
	RateOnline    = "online"    // 网办率: items that may be applied for online
	RateWhole     = "whole"     // 全程网办率: items for which nobody has to come at all
	RateSpot      = "spot"      // 即办率: items decided while one waits
	RateOnce      = "once"      // 一次办率: items with one visit at most
)

// RateNames lists the rates, in the order of pages.
func RateNames() []string {
	return []string{RateLimit, RateMaterials, RateSteps, RateOnline, RateWhole, RateSpot, RateOnce}
}

// Rate returns a rate by its name.
func (s Sums) Rate(name string) Rate {
	switch name {
	case RateLimit:
		return Rate{s.Statutory - s.Promised, s.Statutory}
	case RateMaterials:
		return Rate{s.MaterialsBefore - s.Materials, s.MaterialsBefore}
	case RateSteps:
		return Rate{s.StepsBefore - s.Steps, s.StepsBefore}
	case RateOnline:
		return Rate{s.Online, s.Counted()}
	case RateWhole:
		return Rate{s.Whole, s.Counted()}
	case RateSpot:
		return Rate{s.Spot, s.Counted()}
	case RateOnce:
		return Rate{s.Once, s.Counted()}
	}
	return Rate{}
}

// UnitSums are the sums of one unit or region; Code is "" where a unit lies in no known region.
type UnitSums struct {
	Code string
	Sums
}

// Figures are the sums of a day: of all, of each unit, of each region.
type Figures struct {
	Day     calendar.Date
	All     Sums
	Units   []UnitSums
	Regions []UnitSums
	Names   map[string]string // of regions, by code
}

// Scope narrows figures to a unit or to a region; the zero value takes all.
type Scope struct{ Unit, Region string }

// FiguresAt adds up the catalogue as it stood at the end of a day: what was off the list then counts nowhere. A day to come is an Invalid fault: nobody knows it.
func (s *Service) FiguresAt(tx *db.Tx, day calendar.Date) (f Figures, err error) {
	if day > calendar.DateOf(tx.Now()) {
		return f, fault.New(fault.Invalid, "catalog.rates.future")
	}
	f = Figures{Day: day, Names: map[string]string{}}
	f.Units, err = listSums(tx, day.String())
	if err != nil {
		return f, err
	}
	at := map[string]int{}
	for _, u := range f.Units {
		f.All = f.All.plus(u.Sums, 1)
		code, name := s.regionOf(tx, u.Code)
		i, ok := at[code]
		if !ok {
			i = len(f.Regions)
			at[code], f.Names[code] = i, name
			f.Regions = append(f.Regions, UnitSums{Code: code})
		}
		f.Regions[i].Sums = f.Regions[i].plus(u.Sums, 1)
	}
	return f, nil
}

func (s *Service) regionOf(tx *db.Tx, unit string) (code, name string) {
	if s.Region == nil {
		return "", ""
	}
	return s.Region(tx, unit)
}

// In are the sums of a scope; those of nothing are zero.
func (f Figures) In(scope Scope) Sums {
	list, code := f.Units, scope.Unit
	switch {
	case scope == Scope{}:
		return f.All
	case scope.Unit == "":
		list, code = f.Regions, scope.Region
	}
	for _, u := range list {
		if u.Code == code {
			return u.Sums
		}
	}
	return Sums{}
}

// Point is the sums at the end of a month, or of the day asked for in the last one.
type Point struct {
	Month string // YYYY-MM
	Sums
}

// SeriesMonths is how many months a series goes back.
const SeriesMonths = 24

// Series are the sums of a scope over the months up to a day, the oldest first; months in which nothing was in force yet are
// left out at the beginning.
func (s *Service) Series(tx *db.Tx, scope Scope, day calendar.Date) ([]Point, error) {
	list, err := listFlow(tx, day.String())
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	in := func(unit string) bool {
		ok, known := wanted[unit]
		if !known {
			region := ""
			if scope.Region != "" {
				region, _ = s.regionOf(tx, unit)
			}
			ok = (scope.Unit == "" || scope.Unit == unit) && (scope.Region == "" || scope.Region == region)
			wanted[unit] = ok
		}
		return ok
	}
	first := monthsBefore(day, SeriesMonths-1)
	change := map[string]Sums{}
	for _, c := range list {
		if in(c.unit) {
			month := max(c.month, first)
			change[month] = change[month].plus(c.Sums, 1)
		}
	}
	var all []Point
	var sum Sums
	for back := SeriesMonths - 1; back >= 0; back-- {
		month := monthsBefore(day, back)
		sum = sum.plus(change[month], 1)
		if sum.Items > 0 || len(all) > 0 {
			all = append(all, Point{month, sum})
		}
	}
	return all, nil
}

// monthsBefore is the month that lies n months before that of a day.
func monthsBefore(day calendar.Date, n int) string {
	y, m, _ := day.Date()
	return calendar.NewDate(y, m-time.Month(n), 1).String()[:len("2006-01")]
}

// mayKeep is a Forbidden fault for whoever may not keep the catalogue.
func mayKeep(who auth.Actor) error {
	if who.Kind != auth.System && !who.May(Keep) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	return nil
}
