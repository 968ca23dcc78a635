package cases

import (
	"slices"

	"onedoor.app/engine/calendar"
)

func (s *step) tellHearingRight() {
	h := &s.m.Hearing
	for _, p := range s.in.Parties {
		if !slices.Contains(h.Told, p) {
			h.Told = append(h.Told, p)
		}
	}
	s.start(ClockHearingRequest, s.today, 5, s.m.Terms.Settings.HearingRequestUnit)
	if s.m.Terms.Settings.HearingStopFrom == StopFromTold && s.m.openStop(StopHearing) == nil {
		s.law.recount(&s.m)
		until := s.m.clock(ClockHearingRequest).Due
		s.openStopUntil(StopHearing, until)
		s.startUntil(SpecialClock(StopHearing), until)
		s.m.State = StateSpecial
	}
}

func (s *step) waiveHearing() {
	h := &s.m.Hearing
	h.Waived = append(h.Waived, s.in.Who)
	if len(h.Waived) < len(h.Told) {
		return
	}
	s.end(ClockHearingRequest)
	if s.m.openStop(StopHearing) != nil && len(h.Requested) == 0 && s.m.Terms.Settings.HearingStopFrom == StopFromTold {
		s.closeStop(StopHearing, s.today)
	}
}

func (s *step) requestHearing() {
	h := &s.m.Hearing
	h.Requested = append(h.Requested, s.in.Who)
	h.Held = false
	s.m.State = StateSpecial
	if stop := s.m.openStop(StopHearing); stop != nil { // the stop now lasts until the hearing
		stop.Planned = 0
		s.end(SpecialClock(StopHearing))
	} else {
		s.openStopUntil(StopHearing, 0)
	}
	if s.m.running(ClockHearingHold) == nil {
		s.start(ClockHearingHold, s.today, 20, UnitWorkday)
	}
}

func (s *step) holdHearing() {
	s.m.Hearing.Held = true
	s.end(ClockHearingHold, ClockHearingRequest)
	s.closeStop(StopHearing, s.today)
}

func (s *step) cancelHearing() {
	h := &s.m.Hearing
	h.Requested = slices.DeleteFunc(h.Requested, func(x string) bool { return x == s.in.Who })
	s.m.State = StateSpecial
	if len(h.Requested) == 0 {
		s.end(ClockHearingHold)
		s.closeStop(StopHearing, s.today)
	}
}

func (s *step) startSpecial() {
	until := s.law.Cal.AddWorkdays(s.today, s.in.Planned)
	s.openStopUntil(s.in.Kind, until)
	s.start(SpecialClock(s.in.Kind), s.today, s.in.Planned, UnitWorkday)
}

func (s *step) openStopUntil(kind StopKind, planned calendar.Date) {
	s.m.Stops = append(s.m.Stops, Stop{
		Kind: kind, From: s.today, Planned: planned, Opened: s.at, Notice: s.in.Notice, Basis: s.in.Basis,
	})
}

func (s *step) replanSpecial() {
	stop := s.m.openStop(s.in.Kind)
	stop.Planned = s.law.Cal.AddWorkdays(stop.From, s.in.Planned)
	stop.Notice = s.in.Notice
	if c := s.m.running(SpecialClock(stop.Kind)); c != nil {
		c.Limit = s.in.Planned
	}
}

// closeStop ends the stop on the given last day that it gives back, and resumes the clock if it was the last one.
func (s *step) closeStop(kind StopKind, last calendar.Date) {
	stop := s.m.openStop(kind)
	stop.To, stop.Closed, stop.Result = last, s.at, s.in.Result
	s.end(SpecialClock(stop.Kind))
	s.m.State = StateReviewing
	if s.m.openStop("") != nil {
		s.m.State = StateSpecial
	}
}

func (s *step) resumeOverrun() {
	stop := s.m.openStop(s.in.Kind)
	if c := s.m.clock(SpecialClock(stop.Kind)); c == nil || c.Begun != ActTellHearingRight {
		s.m.mark(FlagSpecialOverrun) // a window for requests that ends has not overrun
	}
	s.closeStop(stop.Kind, stop.Planned)
}

func (s *step) extend() { // 42
	unit := s.m.Terms.ExtensionUnit
	s.m.Extension = &Extension{Days: s.in.Days, Unit: unit, Approver: s.in.Approver, Reason: s.in.Reason, At: s.at}
	for _, name := range []ClockName{ClockStatutory, ClockFirstReview, ClockPromised} {
		c := s.m.running(name)
		if c == nil || c.Passed(s.at) || name == ClockPromised && !s.m.Terms.Settings.PromiseFollows {
			continue
		}
		c.Extra, c.ExtraUnit = s.in.Days, unit
	}
}
