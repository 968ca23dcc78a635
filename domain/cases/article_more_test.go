package cases

import (
	"slices"
	"testing"
)

// XKF 10: the supervisor may urge at any time; it changes nothing but the record.
func TestXKF10TheSupervisorUrgesWithoutDecidingAnything(t *testing.T) {
	w := live(t, nil).reviewed()
	due := w.m.clock(ClockStatutory).Due
	w.refused("2026-03-05 09:00", ActUrge, Input{Role: RoleReviewer}, ReasonNotInRole)
	out := w.do("2026-03-05 09:00", ActUrge, Input{Role: RoleSupervisor})
	w.state(StateReviewing)
	if out.Paper != PaperUrge || w.m.clock(ClockStatutory).Due != due {
		t.Errorf("got %+v, due %s", out, w.m.clock(ClockStatutory).Due)
	}
}

// XKF 29: every application is received, with a receipt, whatever it lacks.
func TestXKF29EveryApplicationIsReceived(t *testing.T) {
	w := live(t, nil)
	out := w.do("2026-03-02 09:00", ActReceive, Input{Channel: ChannelOnline, Role: RoleSystem, Lacks: []string{"m1", "m2"}})
	w.state(StateReceived)
	if out.Paper != PaperReceipt || !slices.Contains(out.Started, ClockNotice) {
		t.Errorf("got %+v", out)
	}
}

// XKF 37: after the review the decision is made within the limit, and by the decider.
func TestXKF37OnlyTheDeciderDecides(t *testing.T) {
	w := live(t, nil).reviewed()
	w.refused("2026-03-05 09:00", ActGrant, Input{Role: RoleReviewer, By: 2}, ReasonNotInRole)
	w.do("2026-03-05 09:00", ActGrant, Input{By: 3})
	w.state(StateGranted)
	w.refused("2026-03-05 10:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y", Remedies: true}, ReasonIllegalPair)
}

// XKF 40: a grant is published; being late with it is late, and no more.
func TestXKF40GrantsArePublished(t *testing.T) {
	w := live(t, nil).reviewed()
	w.do("2026-03-05 09:00", ActGrant, Input{By: 3})
	w.due(ClockPublicity, "2026-03-16")
	w.until("2026-03-17 00:00")
	if !slices.Contains(w.m.Overdue(), ClockPublicity) {
		t.Errorf("late: %v", w.m.Overdue())
	}
	w.do("2026-03-18 09:00", ActPublish, Input{Role: RoleDecider})
	w.state(StateGranted)
	if w.m.running(ClockPublicity) != nil {
		t.Error("still to be published")
	}
}

// XKF 43: the lower agency examines within twenty working days of its acceptance.
func TestXKF43TheLowerAgencyHasTwentyWorkdays(t *testing.T) {
	w := live(t, func(x *Terms) { x.FirstReview, x.Limit = true, 40 }).reviewed()
	w.due(ClockFirstReview, "2026-03-30")
	w.until("2026-03-31 00:00")
	if !slices.Contains(w.m.Overdue(), ClockFirstReview) {
		t.Errorf("late: %v", w.m.Overdue())
	}
}

// XKF 56: what is decided on the spot of a registration is granted at once, if
// nothing lacks.
func TestXKF56RegistrationOnTheSpot(t *testing.T) {
	w := live(t, nil)
	w.do("2026-03-02 09:00", ActReceive, Input{Lacks: []string{"m1"}})
	w.refused("2026-03-02 09:10", ActGrantOnSpot, Input{By: 1}, ReasonIncomplete)
	w.do("2026-03-02 09:15", ActFixOnSpot, Input{Fixes: []string{"m1"}})
	out := w.do("2026-03-02 09:20", ActGrantOnSpot, Input{By: 1})
	w.state(StateGranted)
	if out.Paper != PaperGrant {
		t.Errorf("got %+v", out)
	}
}

// YS 36 (优化营商环境条例): the promise is never later than the law, and being late is
// explained.
func TestYS36ThePromiseBindsAndLatenessIsExplained(t *testing.T) {
	w := live(t, func(x *Terms) { x.Promised = 30 }).reviewed()
	w.due(ClockPromised, "2026-03-30") // of twenty working days by law
	w.until("2026-03-31 00:00")
	w.refused("2026-04-01 09:00", ActExplainOverdue, Input{Role: RoleReviewer}, ReasonNoReason)
	out := w.do("2026-04-01 09:00", ActExplainOverdue, Input{Role: RoleReviewer, Reason: "系统故障"})
	w.state(StateReviewing)
	if out.Paper != PaperOverdueExplained || !slices.Contains(out.Remedies, RemedyInaction) {
		t.Errorf("got %+v", out)
	}
}

// YS 40: a grant on a pledge is checked afterwards, within two months.
func TestYS40WhatWasPledgedIsChecked(t *testing.T) {
	w := live(t, func(x *Terms) { x.Pledge = true })
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.do("2026-03-02 09:10", ActAccept, Input{By: 1, Pledged: true})
	w.refused("2026-03-02 09:20", ActPostCheck, Input{Role: RoleReviewer}, ReasonIllegalPair)
	w.do("2026-03-02 09:30", ActGrant, Input{By: 3})
	w.due(ClockPostCheck, "2026-05-06") // 2 May is a holiday
	w.do("2026-03-20 09:00", ActPostCheck, Input{Role: RoleReviewer})
	if w.m.running(ClockPostCheck) != nil {
		t.Error("still to be checked")
	}
}
