package cases

import (
	"maps"
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// receiptDay is the day on which the application, or its full correction, came in.
func (l *Law) receiptDay(m Matter) calendar.Date {
	d := calendar.DateOf(m.Entered)
	if m.Terms.Settings.OffdayReceipt == OffdayLenient {
		return l.Cal.NextWorkday(d)
	}
	return d
}

func (s *step) receive() {
	s.enter()
	s.startNotice()
	s.m.Lacking = slices.Compact(slices.Sorted(slices.Values(s.in.Lacks)))
	s.m.Owed = maps.Clone(s.in.Owed)
	s.m.Receivers = with(s.m.Receivers, s.in.By)
	s.note(FlagJoint, s.m.Terms.Joint)
	s.note(FlagQuota, s.m.Terms.Quota)
	s.renewal(s.today)
}

func (s *step) enter() {
	s.m.Entered, s.m.Channel = s.at, s.in.Channel
	if s.m.Channel == "" {
		s.m.Channel = ChannelWindow
	}
	if c := s.in.Certificate; c != nil {
		about := *c
		s.m.Certificate = &about
	}
}

// startNotice starts the days in which to ask for corrections (32(4)).
func (s *step) startNotice() {
	s.start(ClockNotice, s.law.receiptDay(s.m), s.m.Terms.Notice, UnitWorkday)
}

// renewal watches the two days of Art. 50 of what was applied for on a day: the last to apply and the last of validity.
// Neither is ever moved.
func (s *step) renewal(applied calendar.Date) {
	c, set := s.m.Certificate, s.m.Terms.Settings
	if !s.m.Terms.Renewal || c == nil || c.Expires == 0 || c.Declared != 0 || slices.Contains(absent[s.m.Terms.Kind], ActDeemRenewed) {
		return
	}
	last := set.renewBy(s.law.Cal, c.Expires)
	s.note(FlagLateRenewal, applied > last)
	s.start(ClockRenewApply, applied, 0, UnitDate).Due = last
	s.end(ClockRenewApply)
	s.startUntil(ClockRenewal, c.Expires)
}

// renewalAgain watches them in a case that is made of another: who asked in time then has asked in time. What has expired
// since is for the agency to decide; entries from before the day was told watch nothing.
func (s *step) renewalAgain() {
	if c := s.m.Certificate; s.in.Applied != 0 && c != nil && c.Expires >= s.today {
		s.renewal(s.in.Applied)
	}
}

func (s *step) takeReferral() {
	s.enter() // the statutory clock runs from the arrival (35)
	s.renewalAgain()
	s.m.Receivers = with(s.m.Receivers, s.in.By)
	s.acceptFrom(s.today, s.at)
}

func (s *step) remand() {
	s.m.State = s.in.To
	s.enter()
	s.renewalAgain()
	if s.in.To == StateReceived {
		s.startNotice()
		return
	}
	if s.in.Days > 0 { // the term the ruling sets
		s.m.Terms.Limit = s.in.Days
	}
	s.acceptFrom(s.today, s.at)
}

func (s *step) notify() {
	s.m.Told = slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.m.Told, s.in.List))))
	if s.m.Again != nil { // the leave is used up
		s.m.Again.Materials = slices.DeleteFunc(s.m.Again.Materials, func(x string) bool { return slices.Contains(s.in.List, x) })
		if len(s.m.Again.Materials) == 0 {
			s.m.Again = nil
		}
	}
	s.m.mark(FlagCorrected)
	s.m.Corrections++
	for _, x := range s.in.List {
		if !slices.Contains(s.m.Lacking, x) {
			s.m.Lacking = append(s.m.Lacking, x)
		}
	}
	s.end(ClockNotice)
	if s.in.CorrectBy != 0 {
		s.startUntil(ClockCorrection, s.in.CorrectBy)
	} else {
		s.start(ClockCorrection, s.today, s.m.Terms.Settings.CorrectionDays, UnitWorkday)
	}
}

func (s *step) allowAgain() {
	s.m.Again = &Leave{
		By: s.in.By, Materials: slices.Compact(slices.Sorted(slices.Values(s.in.List))), Reason: s.in.Reason, At: s.at,
	}
}

func (s *step) correct() {
	s.supply(s.in.Fixes...)
	s.end(ClockCorrection)
	s.enter()
	s.startNotice()
}

// supply strikes off what has come.
func (s *step) supply(materials ...string) {
	s.m.Lacking = slices.DeleteFunc(s.m.Lacking, func(x string) bool { return slices.Contains(materials, x) })
}

func (s *step) accept() {
	s.m.Receivers = with(s.m.Receivers, s.in.By)
	s.note(FlagPledged, s.in.Pledged)
	s.note(FlagRongque, len(s.in.Debts) > 0)
	s.compare()
	s.acceptFrom(s.acceptedFrom())
	for _, x := range slices.Clone(s.m.Lacking) { // what lacks is promised: the guard saw to it
		s.owe(x, s.in.Debts[x])
	}
	s.m.Lacking, s.m.Owed = nil, nil
}

// acceptedFrom is the start of the clock to decide: the day of acceptance, or of entry into the system (J6).
func (s *step) acceptedFrom() (calendar.Date, time.Time) {
	if s.m.Channel == ChannelOnline && s.m.Terms.Settings.OnlineClockStart == ClockFromEntry {
		return s.law.receiptDay(s.m), s.m.Entered
	}
	return s.today, s.at
}

func (s *step) deemAccepted() {
	s.m.mark(FlagDeemed)
	s.finding(FindingDeemed)
	s.acceptFrom(s.asOf, s.m.Entered)
	s.owePromised()
	if s.m.unseen() { // silence accepts the application, not what it says of a certificate
		s.m.mark(FlagUnseen)
		s.finding(FindingUnseen)
	}
}

// acceptFrom starts the clocks of a case accepted as of the given day and instant.
func (s *step) acceptFrom(from calendar.Date, instant time.Time) {
	s.end(ClockNotice)
	s.taken()
	s.m.Accepted = s.at
	if s.act == ActDeemAccepted {
		s.m.Accepted = instant
	}
	t := s.m.Terms
	if t.Kind != KindService && t.Limit > 0 { // a public service knows its promise only
		s.start(ClockStatutory, from, t.Limit, t.Unit).Start = instant
	}
	if t.Promised > 0 {
		s.start(ClockPromised, from, t.Promised, t.PromisedUnit).Start = instant
	}
	if t.FirstReview {
		s.start(ClockFirstReview, from, 20, UnitWorkday) // 43
	}
	if t.InspectionItem {
		s.start(ClockInspectAssign, from, 5, UnitWorkday) // 55¶2
	}
}

// compare takes what was read on the original of the certificate that was declared. From then on its holder keeps the place
// that it has under a limited number (57). The original counts; where the applicant declared something else, whoever decides
// and the supervisor are told.
func (s *step) compare() {
	c := s.m.Certificate
	if c == nil || c.Declared == 0 {
		return
	}
	c.Expires = s.in.Until
	if !c.Unseen {
		return
	}
	c.Unseen, s.m.Terms.Quota = false, false
	s.m.unmark(FlagUnseen)
	s.m.unmark(FlagQuota)
	if len(s.in.Differs) > 0 {
		s.m.mark(FlagDiffers)
		s.finding(FindingDiffers)
	}
}

// taken has a certificate that was declared count once it was compared with its original. The days of Art. 50 run from when
// it was applied for, whenever that was: what the law has renewed by the day that the original names, it has renewed then.
func (s *step) taken() {
	if c := s.m.Certificate; c != nil && c.Declared != 0 && !c.Unseen {
		applied := c.Declared
		c.Declared = 0
		s.renewal(applied)
	}
}

// limitIfAcceptedNow is the day by which a promised material must come; 0 if there is no limit.
func (s *step) limitIfAcceptedNow() calendar.Date {
	try := &step{law: s.law, m: s.m.clone(), act: s.act, at: s.at, today: s.today, asOf: s.asOf}
	try.acceptFrom(try.acceptedFrom())
	s.law.recount(&try.m)
	return try.m.limit()
}

// limit is the last day to decide, as promised, else by law; 0 if none runs.
func (m *Matter) limit() calendar.Date {
	for _, name := range []ClockName{ClockPromised, ClockStatutory} {
		if c := m.running(name); c != nil {
			return c.Due
		}
	}
	return 0
}

// atOnce: what 32(1)(2) orders to be told at once may still be told inside the five days, but it is a finding.
func (s *step) atOnce() {
	if s.today > s.law.receiptDay(s.m) {
		s.finding(FindingNotAtOnce)
	}
}
