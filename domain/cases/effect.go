package cases

import (
	"maps"
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// ChannelOnline marks entry by data message, for which the clock may run from the entry (J6).
const (
	ChannelWindow = "window"
	ChannelOnline = "online"
)

// step is one act under way: the matter it changes and what it reports.
type step struct {
	law   *Law
	m     Matter
	in    Input
	act   Act
	at    time.Time
	today calendar.Date
	asOf  calendar.Date
	out   Outcome
}

// effects says what each act changes besides the state, which the table gives. Where the table gives two states the
// effect decides.
var effects = map[Act]func(*step){
	ActReceive:          (*step).receive,
	ActTakeReferral:     (*step).takeReferral,
	ActRemand:           (*step).remand,
	ActFixOnSpot:        func(s *step) { s.supply(s.in.Fixes...) },
	ActNotifyCorrection: (*step).notify,
	ActNotifyAgain:      (*step).notify,
	ActAllowAgain:       (*step).allowAgain,
	ActCorrect:          (*step).correct,
	ActExtendCorrection: func(s *step) { s.startUntil(ClockCorrection, s.in.CorrectBy) },
	ActReturnLapsed:     (*step).endAll,
	ActAccept:           (*step).accept,
	ActDeemAccepted:     (*step).deemAccepted,
	ActNotRequired:      func(s *step) { s.endAll(); s.atOnce() },
	ActNotAccept:        func(s *step) { s.endAll(); s.atOnce(); s.banFalseMaterials() },
	ActGrantOnSpot:      func(s *step) { s.m.Accepted = s.at; s.compare(); s.taken(); s.granted() },
	ActSeeOriginal:      func(s *step) { s.compare(); s.taken() },

	ActBeginReview:       func(s *step) { s.m.Reviewers = with(s.m.Reviewers, s.in.By) },
	ActAppointInspectors: func(s *step) { s.end(ClockInspectAssign) },
	ActInspect:           func(s *step) { s.m.Inspected = true },
	ActGiveOpinion:       func(s *step) { s.m.Opinions = with(s.m.Opinions, s.in.Unit) },
	ActTellInterested:    func(s *step) { s.m.Interested = true },
	ActHearStatement:     func(s *step) { s.m.Heard = true },
	ActTellHearingRight:  (*step).tellHearingRight,
	ActWaiveHearing:      (*step).waiveHearing,
	ActRequestHearing:    (*step).requestHearing,
	ActHoldHearing:       (*step).holdHearing,
	ActCancelHearing:     (*step).cancelHearing,
	ActStartSpecial:      (*step).startSpecial,
	ActReplanSpecial:     (*step).replanSpecial,
	ActEndSpecial:        func(s *step) { s.closeStop(s.in.Kind, s.today) },
	ActResumeOverrun:     (*step).resumeOverrun,
	ActExtend:            (*step).extend,
	ActSettleDebt:        (*step).settleDebt,
	ActExtendDebt:        (*step).extendDebt,
	ActLapseDebt:         (*step).lapseDebt,

	ActGrant:           (*step).granted,
	ActRefuse:          (*step).refused,
	ActReferUp:         (*step).endAll,
	ActMakeCertificate: (*step).makeCertificate,
	ActDeliver:         func(s *step) { s.end(ClockDelivery) },
	ActDeemRenewed:     func(s *step) { s.finding(FindingDeemed); s.granted() },
	ActWithdraw:        (*step).endAll,
	ActTerminate:       (*step).endAll,

	ActStartSim:       func(s *step) { s.m.mark(FlagSimulated) },
	ActGiveSimOpinion: (*step).giveSimOpinion,
	ActConvert:        (*step).convert,
	ActCloseSim:       (*step).endAll,

	ActServe:     func(s *step) { s.end(ClockService) },
	ActPublish:   (*step).publish,
	ActPostCheck: func(s *step) { s.end(ClockPostCheck) },

	ActDeliverAgain: func(s *step) { s.m.Certificate.Owed = false },

	ActAnnul:   (*step).banFraud,
	ActReissue: (*step).reissue,
}

// close settles what every act has in common.
func (s *step) close() {
	s.law.recount(&s.m)
	s.out.To = s.m.State
	s.out.Remedies = s.remedies()
}

func (s *step) finding(f Finding) { s.out.Findings = append(s.out.Findings, f) }

// start begins a clock; one of the same name that has ended, or still runs, gives way to it.
func (s *step) start(name ClockName, from calendar.Date, limit int, unit Unit) *Clock {
	c := Clock{Name: name, From: from, Start: s.at, Begun: s.act, Limit: limit, Unit: unit}
	if old := s.m.clock(name); old != nil {
		*old = c
	} else {
		s.m.Clocks = append(s.m.Clocks, c)
	}
	s.out.Started = append(s.out.Started, name)
	return s.m.clock(name)
}

// startUntil begins a clock with a fixed last day.
func (s *step) startUntil(name ClockName, due calendar.Date) {
	s.start(name, s.asOf, 0, UnitDate).Due = due
}

func (s *step) end(names ...ClockName) {
	for _, name := range names {
		c := s.m.running(name)
		if c == nil {
			continue
		}
		if c.Name.duty() && c.Passed(s.at) && !c.Tentative() && !s.byLaw(name) {
			s.m.late(c)
		}
		if c.Late {
			s.out.Late = append(s.out.Late, name)
		}
		c.Ended, c.EndedBy, c.Stopped = s.at, s.act, false
		s.out.Ended = append(s.out.Ended, name)
	}
}

// byLaw reports whether the clock ends because the law draws the consequence of its passing.
func (s *step) byLaw(name ClockName) bool {
	switch s.act {
	case ActDeemAccepted:
		return name == ClockNotice
	case ActDeemRenewed:
		return name == ClockRenewal
	default:
		return s.act == ActResumeOverrun
	}
}

// endAll ends every clock and stop: nothing is owed any more.
func (s *step) endAll() {
	for i := range s.m.Stops {
		if st := &s.m.Stops[i]; st.Open() {
			st.To, st.Closed = s.today, s.at
		}
	}
	for _, c := range slices.Clone(s.m.Clocks) {
		s.end(c.Name)
	}
}

// Receipt and acceptance

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

func (s *step) note(f Flag, on bool) {
	if on {
		s.m.mark(f)
	}
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

func (s *step) owe(material string, due calendar.Date) {
	s.m.Debts = append(s.m.Debts, Debt{Material: material, Due: due})
	s.startUntil(DebtClock(material), due)
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

// owePromised turns what the applicant promised into debts when the agency's silence accepts. The days count from when
// the acceptance shows, not from the receipt to which it is dated back: nobody could know of it before, and a limit that
// the agency has used up by its silence shortens no promise.
func (s *step) owePromised() {
	s.law.recount(&s.m)
	limit := s.m.limit()
	for _, x := range slices.Clone(s.m.Lacking) {
		days, ok := s.m.Owed[x]
		if !ok {
			continue
		}
		due := s.law.Cal.AddWorkdays(s.today, days)
		if limit > s.today {
			due = min(due, limit)
		}
		s.supply(x)
		s.owe(x, due)
	}
	s.note(FlagRongque, len(s.m.Debts) > 0)
	s.m.Owed = nil
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

// DebtLimit is the day by which a promised material must come if the case is accepted at the instant at; 0 if no limit
// runs then.
func (l *Law) DebtLimit(m Matter, at time.Time) calendar.Date {
	at = at.UTC().Truncate(time.Millisecond)
	day := calendar.DateOf(at)
	s := &step{law: l, m: m, act: ActAccept, at: at, today: day, asOf: day}
	return s.limitIfAcceptedNow()
}

// DebtDue is the day by which a promised material must come if the case is accepted at the instant at: days working
// days later, never after DebtLimit.
func (l *Law) DebtDue(m Matter, days int, at time.Time) calendar.Date {
	due := l.Cal.AddWorkdays(calendar.DateOf(at), days)
	if limit := l.DebtLimit(m, at); limit != 0 && due > limit {
		due = limit
	}
	return due
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

func (s *step) banFalseMaterials() { // 78
	if s.m.Terms.Safety && s.in.Ground == GroundFalseMaterials {
		s.startUntil(ClockBan, s.law.Cal.AddMonths(s.today, 12))
	}
}

func (s *step) banFraud() { // 79
	if s.m.Terms.Safety && s.in.Ground == GroundFraud {
		s.startUntil(ClockBan, s.law.Cal.AddMonths(s.today, 36))
	}
}

// Debts

func (s *step) settleDebt() {
	s.supply(s.in.Material)
	if d := s.m.openDebt(s.in.Material); d != nil {
		d.Settled = s.at
		s.end(DebtClock(d.Material))
	}
}

func (s *step) extendDebt() {
	d := s.m.openDebt(s.in.Material)
	d.Due, d.Extended = s.in.Until, true
	s.m.running(DebtClock(d.Material)).Due = s.in.Until
}

func (s *step) lapseDebt() {
	s.m.State = StateAcceptanceRevoked
	if s.m.Terms.Settings.RongqueLapse == LapseReturn {
		s.m.State, s.out.Paper = StateReturned, PaperReturn
	}
	s.endAll()
}

// Decision

// granted is the effect of every grant, also of one that the law itself makes.
func (s *step) granted() {
	s.endAll()
	s.m.Decider = s.in.By
	t := s.m.Terms
	if t.Delivery > 0 {
		s.start(ClockDelivery, s.asOf, t.Delivery, UnitWorkday) // 44
	}
	if t.Kind == KindLicence {
		s.start(ClockPublicity, s.asOf, t.Settings.PublishDays, UnitWorkday) // 40
	}
	if s.m.Has(FlagPledged) {
		s.start(ClockPostCheck, s.asOf, t.Settings.PledgeCheckMonths, UnitMonth)
	}
	if t.Renewal && s.m.Certificate != nil {
		s.renew()
	}
}

func (s *step) renew() {
	c, months := s.m.Certificate, s.m.Terms.ValidityMonths
	c.Renewed = RenewedByDecision
	if s.act == ActDeemRenewed {
		c.Renewed = RenewedByLaw
		if n := s.m.Terms.Settings.DeemedRenewalTerm; n > 0 {
			months = n
		}
	}
	switch {
	case c.Expires == 0 || months == 0:
	case s.m.Terms.FromDecision: // that day counts; nobody's term ends sooner because it was renewed
		from := s.asOf
		if s.act == ActDeemRenewed { // the law renews when the last day is over
			from = max(from, c.Expires+1)
		}
		c.Expires = max(c.Expires, s.law.Cal.AddMonths(from, months)-1)
	default: // runs on from the day after the old term, or from today if that is past
		c.Expires = s.law.Cal.AddMonths(max(c.Expires, s.asOf), months)
	}
	c.State = CertificateValid
}

func (s *step) refused() {
	s.endAll()
	s.m.Decider = s.in.By
	s.start(ClockService, s.asOf, s.m.Terms.Settings.RefusalServiceDays, UnitWorkday)
	s.banFalseMaterials()
}

func (s *step) makeCertificate() {
	switch c := s.m.Certificate; {
	case c == nil:
		s.m.Certificate = &Certificate{State: CertificateValid, Expires: s.in.Until}
	case s.in.Until != 0: // of the new version
		c.Expires = s.in.Until
	}
}

// reissue: who has the certificate already is to get the next version too. One that was not handed over yet is handed over
// as the next version, once; entries from before that was told owe nothing.
func (s *step) reissue() {
	if s.in.HandOver && s.m.State == StateDelivered {
		s.m.Certificate.Owed = true
	}
}

// publish: a grant when it was made (40), an award before it is decided.
func (s *step) publish() {
	s.end(ClockPublicity)
	s.m.Publicised = s.m.Publicised || s.m.Terms.Kind == KindAward
}

// The rehearsal

func (s *step) giveSimOpinion() {
	due := s.law.Cal.AddMonths(s.today, s.m.Terms.Settings.SimValidMonths)
	s.startUntil(ClockSimValid, due)
}

func (s *step) convert() {
	s.end(ClockSimValid)
	s.receive()
	s.m.mark(FlagConverted)
}

// with adds a person or unit once; 0 is nobody.
func with(ids []int64, id int64) []int64 {
	if id == 0 || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}
