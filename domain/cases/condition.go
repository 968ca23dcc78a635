package cases

import "slices"

// refuseIf turns a condition into a guard's answer.
func refuseIf(bad bool, r Reason, field string) (Reason, string) {
	if bad {
		return r, field
	}
	return "", ""
}

func remedies(s *step) (Reason, string) {
	return refuseIf(!s.in.Remedies, ReasonNoRemedies, "remedies")
}
func signed(s *step) (Reason, string) { return refuseIf(!s.in.Signed, ReasonMissingInput, "signed") }
func mandate(s *step) (Reason, string) {
	return refuseIf(s.in.Role == RoleAgent && !s.in.Mandate, ReasonMissingInput, "mandate")
}
func simulable(s *step) (Reason, string) {
	return refuseIf(!s.m.Terms.Simulable, ReasonSettingOff, "")
}
func validRemand(s *step) (Reason, string) {
	return refuseIf(s.in.To != StateReceived && s.in.To != StateAccepted, ReasonMissingInput, "to")
}

// Correction

func onlyOnce(s *step) (Reason, string) {
	return refuseIf(s.m.Has(FlagCorrected), ReasonSecondNotice, "list")
}

// subsetOfFirst: once means once (32(4)). A second notice names what the first one named and what is still wanting: it has
// not come, or what came as the correction is itself faulty. Anything else could have been asked the first time and
// takes a superior's leave.
func subsetOfFirst(s *step) (Reason, string) {
	for _, x := range s.in.List {
		wanting := slices.Contains(s.m.Lacking, x) || slices.Contains(s.in.Faulty, x)
		if !(slices.Contains(s.m.Told, x) && wanting) && !s.m.allows(x) {
			return ReasonNotSubset, "list"
		}
	}
	return "", ""
}

// leaveOfAnother: nobody gives themselves leave to ask again.
func leaveOfAnother(s *step) (Reason, string) {
	own := s.m.Again != nil && s.m.Again.By == s.in.By && slices.ContainsFunc(s.in.List, s.m.allows)
	return refuseIf(own, ReasonSamePerson, "by")
}

func notAsker(s *step) (Reason, string) {
	return refuseIf(slices.Contains(s.m.Receivers, s.in.By), ReasonSamePerson, "by")
}

func futureCorrection(s *step) (Reason, string) {
	return refuseIf(s.in.CorrectBy != 0 && s.in.CorrectBy <= s.today, ReasonMissingInput, "correct_by")
}

func correctionInTime(s *step) (Reason, string) {
	return refuseIf(s.m.passed(ClockCorrection, s), ReasonCorrectionLate, "")
}

func laterCorrection(s *step) (Reason, string) {
	return refuseIf(s.in.CorrectBy <= s.m.clock(ClockCorrection).Due, ReasonMissingInput, "correct_by")
}

func correctionOver(s *step) (Reason, string) {
	return refuseIf(!s.m.passed(ClockCorrection, s), ReasonCorrectionOpen, "")
}

func timerReturns(s *step) (Reason, string) {
	off := s.m.Terms.Settings.CorrectionLapse != LapseReturn
	return refuseIf(s.in.Role == RoleSystem && off, ReasonSettingOff, "")
}

func (m *Matter) passed(name ClockName, s *step) bool {
	c := m.running(name)
	return c != nil && c.Passed(s.at)
}

// Acceptance

// complete: everything has come, or what lacks is tolerable and promised by a date.
func complete(s *step) (Reason, string) {
	for _, x := range s.m.Lacking {
		_, owed := s.in.Debts[x]
		switch {
		case s.m.Terms.Materials[x] != MaterialTolerable && len(s.in.Debts) > 0:
			return ReasonCoreMissing, x
		case !owed:
			return ReasonIncomplete, x
		}
	}
	for x := range s.in.Debts {
		if !slices.Contains(s.m.Lacking, x) {
			return ReasonMissingInput, "debts"
		}
	}
	return "", ""
}

// debtsInTime: within the promised limit, else the statutory one, counted as if accepted now.
func debtsInTime(s *step) (Reason, string) {
	if len(s.in.Debts) == 0 {
		return "", ""
	}
	last := s.limitIfAcceptedNow()
	for _, due := range s.in.Debts {
		if due < s.today || last != 0 && due > last {
			return ReasonDebtTooLate, "debts"
		}
	}
	return "", ""
}

func promised(s *step) (Reason, string) {
	return refuseIf(len(s.in.Debts) > 0 && s.in.Promise == "", ReasonMissingInput, "promise")
}

func notBanned(s *step) (Reason, string) {
	return refuseIf(s.banned(), ReasonBanned, "")
}

func (s *step) banned() bool {
	return slices.ContainsFunc(s.in.Bans, func(b Ban) bool { return b.From <= s.today && s.today <= b.Until })
}

func pledgeListed(s *step) (Reason, string) {
	return refuseIf(s.in.Pledged && !s.m.Terms.Pledge, ReasonSettingOff, "pledged")
}

// originalSeen: a certificate that the register does not hold is compared with its original before anything rests on it; to
// have it renewed it must have a last day (50).
func originalSeen(s *step) (Reason, string) {
	c := s.m.Certificate
	if c == nil || c.Declared == 0 {
		return "", ""
	}
	if !s.in.Seen {
		return ReasonOriginalUnseen, "original"
	}
	return refuseIf(s.m.Terms.Renewal && s.in.Until == 0, ReasonMissingInput, "original_until")
}

// originalCompared: silence may have accepted what was declared; without its original nothing is granted or made of it.
func originalCompared(s *step) (Reason, string) {
	return refuseIf(s.m.unseen(), ReasonOriginalUnseen, "")
}

// notExpired: of one that was declared the original says the last day. Who asked for its renewal in time is not late because
// the window looked at it late: the law has renewed it (50¶2).
func notExpired(s *step) (Reason, string) {
	c := s.m.Certificate
	if c != nil && c.Declared != 0 {
		inTime := c.Declared <= s.m.Terms.Settings.renewBy(s.law.Cal, s.in.Until)
		return refuseIf(s.m.Terms.Renewal && s.today > s.in.Until && !inTime, ReasonCertExpired, "")
	}
	return refuseIf(s.m.Terms.Renewal && c != nil && c.Expires != 0 && s.today > c.Expires, ReasonCertExpired, "")
}

func groundToNotAccept(s *step) (Reason, string) {
	switch s.in.Ground {
	case GroundNotCompetent: // 32(2): names the proper agency
		return refuseIf(s.in.Agency == "", ReasonMissingInput, "agency")
	case GroundIncomplete: // 32(4): only after the one-time notice
		return refuseIf(!s.m.Has(FlagCorrected), ReasonNoticeOwed, "ground")
	case GroundBanned:
		return refuseIf(!s.banned(), ReasonGroundState, "ground")
	case GroundOtherStatute:
		return refuseIf(s.in.Basis == "", ReasonMissingInput, "basis")
	case GroundFalseMaterials:
		return "", ""
	default:
		return ReasonMissingInput, "ground"
	}
}

func onSpot(s *step) (Reason, string) {
	t := s.m.Terms
	return refuseIf(t.Joint || t.HearingRequired || t.InspectionRequired || t.FirstReview || t.ThirdParty,
		ReasonNotOnSpot, "")
}

// Review

func twoInspectors(s *step) (Reason, string) {
	different := map[int64]bool{}
	for _, x := range s.in.Inspectors {
		different[x] = true
	}
	return refuseIf(len(different) < 2, ReasonInspectorsTwo, "inspectors")
}

func jointOnly(s *step) (Reason, string) {
	return refuseIf(!s.m.Terms.Joint, ReasonSettingOff, "")
}

func unitOwesOpinion(s *step) (Reason, string) {
	return refuseIf(!slices.Contains(s.m.Terms.Units, s.in.Unit), ReasonNotCompetent, "unit")
}

func toldOfHearing(s *step) (Reason, string) {
	h := s.m.Hearing
	out := !slices.Contains(h.Told, s.in.Who) || slices.Contains(h.Waived, s.in.Who)
	return refuseIf(out, ReasonNotInRole, "who")
}

func hearingInTime(s *step) (Reason, string) {
	c := s.m.clock(ClockHearingRequest)
	return refuseIf(c == nil || s.today > c.Due, ReasonHearingLate, "")
}

// hearingNotice: seven working days before; the day of the hearing does not count (48(1)).
func hearingNotice(s *step) (Reason, string) {
	return refuseIf(s.in.Notified > s.law.Cal.AddWorkdays(s.today, -7), ReasonHearingShort, "notified")
}

func chairImpartial(s *step) (Reason, string) { // 48(3)
	if s.in.Chair == 0 {
		return ReasonMissingInput, "chair"
	}
	return refuseIf(slices.Contains(s.m.Reviewers, s.in.Chair), ReasonChairIsReviewer, "chair")
}

func askedForHearing(s *step) (Reason, string) {
	return refuseIf(!slices.Contains(s.m.Hearing.Requested, s.in.Who), ReasonHearingOwed, "who")
}

// specialKind: one of the eight of Art. 45 for licences; any other halt, and any halt of other kinds of matter, must
// cite the statute that orders it.
func specialKind(s *step) (Reason, string) {
	cited := !citesStatute(s.m, s.in.Kind) || s.in.Basis != ""
	return refuseIf(!slices.Contains(StopKinds, s.in.Kind) || !cited, ReasonSpecialKind, "kind")
}

// citesStatute reports whether a stop of the kind must name the statute that allows it: Art. 45 reaches licences only.
func citesStatute(m Matter, kind StopKind) bool {
	return kind == StopStatutoryHalt || m.Terms.Kind != KindLicence
}

func replanInTime(s *step) (Reason, string) {
	stop := s.m.openStop(s.in.Kind)
	if s.in.Planned > 0 && s.law.Cal.AddWorkdays(stop.From, s.in.Planned) < s.today {
		return ReasonMissingInput, "planned"
	}
	return refuseIf(stop.ranOut(s.today), ReasonIllegalPair, "")
}

func notHearing(s *step) (Reason, string) { // ends only by being held: minutes are missing
	return refuseIf(s.m.openStop(s.in.Kind).Kind == StopHearing, ReasonMissingInput, "minutes")
}

func extensible(s *step) (Reason, string) {
	return refuseIf(s.m.Terms.Extension == 0 || s.m.clock(ClockStatutory) == nil, ReasonSettingOff, "")
}

func approver(s *step) (Reason, string) {
	want := RankAgencyHead
	if s.m.Terms.Joint { // 42¶2
		want = RankGovernmentHead
	}
	return refuseIf(s.in.Approver != want, ReasonApproverRank, "approver")
}

func extendOnce(s *step) (Reason, string) {
	return refuseIf(s.m.Extension != nil, ReasonExtensionUsed, "")
}

func extensionLength(s *step) (Reason, string) {
	if s.in.Days < 1 {
		return ReasonMissingInput, "days"
	}
	return refuseIf(s.in.Days > s.m.Terms.Extension, ReasonExtensionTooLong, "days")
}

func extensionInTime(s *step) (Reason, string) {
	return refuseIf(s.m.passed(ClockStatutory, s), ReasonExtensionLate, "")
}

// Debts (容缺)

func owesMaterial(s *step) (Reason, string) {
	lacks := s.act != ActExtendDebt && slices.Contains(s.m.Lacking, s.in.Material)
	return refuseIf(!lacks && s.m.openDebt(s.in.Material) == nil, ReasonMissingInput, "material")
}

func extendDebtOnce(s *step) (Reason, string) {
	return refuseIf(s.m.openDebt(s.in.Material).Extended, ReasonExtensionUsed, "")
}

func debtExtensionInTime(s *step) (Reason, string) {
	d := s.m.openDebt(s.in.Material)
	c := s.m.running(ClockStatutory)
	bad := s.today > d.Due || s.in.Until <= d.Due || c != nil && s.in.Until > c.Due
	return refuseIf(bad, ReasonDebtTooLate, "until")
}

func lapseAllowed(s *step) (Reason, string) {
	return refuseIf(s.m.Terms.Settings.RongqueLapse == LapseHold, ReasonSettingOff, "")
}

func someDebtOver(s *step) (Reason, string) {
	over := slices.ContainsFunc(s.m.OpenDebts(), func(d Debt) bool { return s.today > d.Due })
	return refuseIf(!over, ReasonDebtRunning, "")
}

// Decision

func notReceiver(s *step) (Reason, string) { // 受办分离
	same := s.m.Terms.Settings.SeparateReceiveGrant && s.in.By != 0 && slices.Contains(s.m.Receivers, s.in.By)
	return refuseIf(same, ReasonSamePerson, "by")
}

func competent(s *step) (Reason, string) { // 35: the lower agency only reviews
	return refuseIf(s.m.Terms.FirstReview, ReasonNotCompetent, "")
}

func firstReviewOnly(s *step) (Reason, string) {
	return refuseIf(!s.m.Terms.FirstReview, ReasonSettingOff, "")
}

func noDebt(s *step) (Reason, string) {
	if open := s.m.OpenDebts(); len(open) > 0 {
		return ReasonDebtOpen, open[0].Material
	}
	return "", ""
}

func nothingLacking(s *step) (Reason, string) {
	if len(s.m.Lacking) > 0 {
		return ReasonIncomplete, s.m.Lacking[0]
	}
	return "", ""
}

func hearingWindowOver(s *step) (Reason, string) { // 47
	c := s.m.running(ClockHearingRequest)
	return refuseIf(c != nil && s.today <= c.Due, ReasonHearingWindowOpen, "")
}

func hearingDone(s *step) (Reason, string) { // 46, 47
	owed := s.m.Terms.HearingRequired || len(s.m.Hearing.Requested) > 0
	return refuseIf(owed && !s.m.Hearing.Held, ReasonHearingOwed, "")
}

func interestedTold(s *step) (Reason, string) { // 36
	return refuseIf(s.m.Terms.ThirdParty && !s.m.Interested, ReasonStatementOwed, "")
}

func allOpinions(s *step) (Reason, string) { // 26
	for _, u := range s.m.Terms.Units {
		if s.m.Terms.Joint && !slices.Contains(s.m.Opinions, u) {
			return ReasonOpinionsMissing, "unit"
		}
	}
	return "", ""
}

func inspected(s *step) (Reason, string) { // 34¶3
	return refuseIf(s.m.Terms.InspectionRequired && !s.m.Inspected, ReasonInspectionOwed, "")
}

// publicised: an award is made public before it is decided (公示).
func publicised(s *step) (Reason, string) {
	return refuseIf(s.m.Terms.Kind == KindAward && !s.m.Publicised, ReasonMissingInput, "publicity")
}

func conditionsMet(s *step) (Reason, string) { // 38¶1
	return refuseIf(len(s.in.Unmet) > 0, ReasonConditionsUnmet, "unmet")
}

// quotaLeft: first accepted, first granted (57).
func quotaLeft(s *step) (Reason, string) {
	if !s.m.Terms.Quota || s.m.Terms.Renewal || s.m.Certificate != nil { // who has one keeps its place
		return "", ""
	}
	q := s.in.Quota
	if q == nil {
		return ReasonMissingInput, "quota"
	}
	if q.Left < 1 {
		return ReasonQuotaEmpty, ""
	}
	accepted := s.m.Accepted
	if accepted.IsZero() { // on the spot
		accepted = s.at
	}
	earlier := slices.ContainsFunc(q.Queue, func(a Applicant) bool { return a.Qualified && a.Accepted.Before(accepted) })
	return refuseIf(earlier, ReasonEarlierApplicant, "")
}

func namesStandard(s *step) (Reason, string) { // 55¶3
	return refuseIf(s.m.Terms.TestResult && s.in.Standard == "", ReasonMissingInput, "standard")
}

func hasCertificate(s *step) (Reason, string) {
	return refuseIf(s.m.Terms.NoCertificate, ReasonSettingOff, "")
}

// versionOwed: the next version of a certificate is handed over once, and not while its holder may not have it (practice).
func versionOwed(s *step) (Reason, string) {
	if c := s.m.Certificate; c == nil || !c.Owed {
		return ReasonIllegalPair, ""
	}
	return holderMayHave(s)
}

// holderMayHave: what was suspended or taken from its holder is not handed over (69, 70, 80; 行政处罚法 9(3)).
func holderMayHave(s *step) (Reason, string) {
	c := s.m.Certificate
	if c == nil || s.m.Terms.NoCertificate { // a decision, such as the one to cancel
		return "", ""
	}
	switch c.State {
	case CertificateValid, CertificateExpired, CertificateReplaced: // replaced: by a version that they get with it, or will get
		return "", ""
	default:
		return ReasonConditionsUnmet, ""
	}
}

// certificateStands: what was taken from its holder is neither renewed nor changed nor made anew (49, 50).
func certificateStands(s *step) (Reason, string) {
	c := s.m.Certificate
	return refuseIf(c != nil && c.State != CertificateValid && c.State != CertificateExpired, ReasonConditionsUnmet, "")
}

func certificateMade(s *step) (Reason, string) { // 39, 44
	return refuseIf(s.m.State == StateGranted && !s.m.Terms.NoCertificate, ReasonCertificateOwed, "")
}

func holderHeard(s *step) (Reason, string) { // 7
	return refuseIf(!s.in.Heard, ReasonStatementOwed, "heard")
}

func publicSpared(s *step) (Reason, string) { // 69¶3
	return refuseIf(s.in.PublicHarm, ReasonPublicHarm, "")
}

func compensated(s *step) (Reason, string) { // 8¶2
	return refuseIf(!s.in.Compensated, ReasonMissingInput, "compensated")
}

func groundFits(s *step) (Reason, string) { // 70
	return refuseIf(!groundFitsState(s.in.Ground, s.m.Certificate.State), ReasonGroundState, "ground")
}

func groundToTerminate(s *step) (Reason, string) {
	switch s.in.Ground {
	case GroundApplicantGone, GroundItemAbolished, GroundObjectGone, GroundCertificateExpired, GroundCourtOrder,
		GroundPledgeFailed:
		return "", ""
	case GroundSettled: // mediation ends an adjudication
		return refuseIf(s.m.Terms.Kind != KindAdjudication, ReasonGroundState, "ground")
	default:
		return ReasonMissingInput, "ground"
	}
}

func headApproves(s *step) (Reason, string) {
	return refuseIf(s.in.Approver != RankAgencyHead, ReasonApproverRank, "approver")
}
