package app

import (
	"context"
	"strings"

	"onedoor.app/domain/office"
	"onedoor.app/domain/portal"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// hall gathers what the home page shows. A database without a hall or a
// catalogue shows the parts that there are.
func (s *services) hall(ctx context.Context) (h portal.Hall, err error) {
	err = s.base.DB.Read(ctx, func(tx *db.Tx) error {
		place, err := s.office.Hall(tx)
		if fault.Is(err, fault.Unknown) {
			return nil
		}
		if err != nil {
			return err
		}
		h.Address = place.Address
		h.Hours = []string{openingHours(place.Hours)}
		for _, more := range []string{place.Hours.Noon, place.Hours.Evening, place.Hours.SelfHelp} {
			if more != "" {
				h.Hours = append(h.Hours, more)
			}
		}
		for _, w := range place.Windows {
			h.Windows = append(h.Windows, portal.Window{Name: w.Name, Place: w.Zone, Does: w.Scope})
		}
		return nil
	})
	return h, err
}

// openingHours is the hall's hours in a line: "周一至周五 09:00-12:00、13:00-17:00".
func openingHours(h office.Hours) string {
	day := func(name string, spans []office.Span) string {
		if len(spans) == 0 {
			return ""
		}
		times := make([]string, len(spans))
		for i, span := range spans {
			times[i] = span.String()
		}
		return name + " " + strings.Join(times, "、")
	}
	var days []string
	for _, d := range []string{day("周一至周五", h.Weekday), day("周六", h.Saturday), day("周日", h.Sunday)} {
		if d != "" {
			days = append(days, d)
		}
	}
	return strings.Join(days, "，")
}

// footNote is the line at the foot of public pages: who runs the site, where and
// when. It is read once; a page is never refused for want of it.
func (s *services) footNote(ctx context.Context) string {
	if known := s.note.Load(); known != nil {
		return *known
	}
	var line string
	err := s.base.DB.Read(ctx, func(tx *db.Tx) error {
		place, err := s.office.Hall(tx)
		if err != nil {
			return err
		}
		line = strings.Join([]string{place.Name, place.Address, openingHours(place.Hours)}, "　")
		return nil
	})
	if err != nil {
		return ""
	}
	s.note.Store(&line)
	return line
}
