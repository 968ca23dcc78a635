package cases

import (
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

func (s *step) note(f Flag, on bool) {
	if on {
		s.m.mark(f)
	}
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
