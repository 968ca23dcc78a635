package main

import (
	"context"
	"errors"
	"fmt"

	"onedoor.app/engine/calendar"
)

// calendarDue prints the last day of a limit in working days that begins the
// day after a date.
//
// Without --data and --db it counts by the notices that came with the program, with
// one of them by the calendar in force in that database.
func calendarDue(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("calendar due")
	from := fs.String("from", "", "the day before the first counted one, YYYY-MM-DD")
	days := fs.Int("workdays", 0, "how many working days")
	if err := fs.Parse(args); err != nil {
		return err
	}
	day, err := calendar.ParseDate(*from)
	if err != nil {
		return fmt.Errorf("--from %q is not a date like 2026-10-09", *from)
	}
	if *days < 1 || *days > 2000 {
		return errors.New("--workdays is a number from 1 to 2000")
	}
	cal := calendar.Official()
	if len(over) > 0 {
		if err := p.exists(over); err != nil {
			return err
		}
		a, err := p.open(ctx, over)
		if err != nil {
			return err
		}
		defer a.Close() //nolint:errcheck // it is only read
		if cal, err = a.Calendar(ctx); err != nil {
			return err
		}
	}
	due := cal.AddWorkdays(day, *days)
	fmt.Fprintln(p.stdout, due)
	if cal.Provisional(due) {
		fmt.Fprintln(p.stdout, "provisional: no notice of holidays covers that day yet, so only weekends are left out")
	}
	return nil
}
