package cases

// Reason says why an act was refused. The list is closed; each has its words in text/*.json as cases.law.<reason>.
type Reason string

// The reasons.
const (
	ReasonIllegalPair       Reason = "illegal_pair"
	ReasonNotInRole         Reason = "not_in_role"
	ReasonSamePerson        Reason = "same_person"
	ReasonMissingInput      Reason = "missing_input"
	ReasonNoReason          Reason = "no_reason"
	ReasonNoRemedies        Reason = "no_remedies"
	ReasonSettingOff        Reason = "setting_off"
	ReasonIncomplete        Reason = "incomplete"
	ReasonCoreMissing       Reason = "core_missing"
	ReasonDebtOpen          Reason = "debt_open"
	ReasonDebtTooLate       Reason = "debt_too_late"
	ReasonDebtRunning       Reason = "debt_running"
	ReasonConditionsUnmet   Reason = "conditions_unmet"
	ReasonSecondNotice      Reason = "second_notice"
	ReasonNotSubset         Reason = "not_subset"
	ReasonNoticeOwed        Reason = "notice_owed"
	ReasonCorrectionOpen    Reason = "correction_open"
	ReasonCorrectionLate    Reason = "correction_late"
	ReasonBanned            Reason = "banned"
	ReasonCertExpired       Reason = "certificate_expired"
	ReasonNotOnSpot         Reason = "not_on_spot"
	ReasonSpecialKind       Reason = "special_kind"
	ReasonExtensionLate     Reason = "extension_late"
	ReasonExtensionUsed     Reason = "extension_used"
	ReasonExtensionTooLong  Reason = "extension_too_long"
	ReasonApproverRank      Reason = "approver_rank"
	ReasonHearingWindowOpen Reason = "hearing_window_open"
	ReasonHearingOwed       Reason = "hearing_owed"
	ReasonHearingLate       Reason = "hearing_late"
	ReasonHearingShort      Reason = "hearing_notice_short"
	ReasonChairIsReviewer   Reason = "chair_is_reviewer"
	ReasonStatementOwed     Reason = "statement_owed"
	ReasonInspectorsTwo     Reason = "inspectors_two"
	ReasonInspectionOwed    Reason = "inspection_owed"
	ReasonOpinionsMissing   Reason = "opinions_missing"
	ReasonQuotaEmpty        Reason = "quota_empty"
	ReasonEarlierApplicant  Reason = "earlier_applicant"
	ReasonNotCompetent      Reason = "not_competent"
	ReasonCertificateOwed   Reason = "certificate_owed"
	ReasonPublicHarm        Reason = "public_harm"
	ReasonGroundState       Reason = "ground_state"
	ReasonOriginalUnseen    Reason = "original_unseen"
)

// Reasons lists every reason, so that a test can ask for the words of each.
var Reasons = []Reason{
	ReasonIllegalPair, ReasonNotInRole, ReasonSamePerson, ReasonMissingInput, ReasonNoReason, ReasonNoRemedies,
	ReasonSettingOff, ReasonIncomplete, ReasonCoreMissing, ReasonDebtOpen, ReasonDebtTooLate, ReasonDebtRunning,
	ReasonConditionsUnmet, ReasonSecondNotice, ReasonNotSubset, ReasonNoticeOwed, ReasonCorrectionOpen,
	ReasonCorrectionLate, ReasonBanned, ReasonCertExpired, ReasonNotOnSpot, ReasonSpecialKind, ReasonExtensionLate,
	ReasonExtensionUsed, ReasonExtensionTooLong, ReasonApproverRank, ReasonHearingWindowOpen, ReasonHearingOwed,
	ReasonHearingLate, ReasonHearingShort, ReasonChairIsReviewer, ReasonStatementOwed, ReasonInspectorsTwo,
	ReasonInspectionOwed, ReasonOpinionsMissing, ReasonQuotaEmpty, ReasonEarlierApplicant, ReasonNotCompetent,
	ReasonCertificateOwed, ReasonPublicHarm, ReasonGroundState, ReasonOriginalUnseen,
}

// guard checks one condition of an act; it returns "" if the condition is met, else the reason and the input at fault.
type guard func(*step) (Reason, string)

// guards holds the conditions of each act in the order in which they are checked.
var guards = map[Act][]guard{
	ActTakeReferral: {needs("opinion")},            // 35: opinion and all materials come up
	ActRemand:       {needs("basis"), validRemand}, // cites the ruling
	ActStartSim:     {simulable},

	ActFixOnSpot:        {needs("fixes")},
	ActNotifyCorrection: {needs("list"), onlyOnce, futureCorrection}, // 32(4): all at once, once
	ActNotifyAgain:      {needs("list"), subsetOfFirst, leaveOfAnother, futureCorrection},
	ActAllowAgain:       {needs("list"), needs("reason"), notAsker}, // 32(4), 营商 36: the exception has a name and a reason
	ActExtendCorrection: {correctionInTime, needs("correct_by"), laterCorrection},
	ActReturnLapsed:     {timerReturns, correctionOver, needs("reason"), remedies},

	ActAccept:      {complete, debtsInTime, promised, notBanned, pledgeListed, originalSeen, notExpired}, // 32(5), 78
	ActNotRequired: {needs("reason")},
	ActNotAccept:   {needs("reason"), groundToNotAccept, remedies},
	ActSeeOriginal: {originalSeen, notExpired},                                                                              // 50: a licence that was lawfully obtained
	ActGrantOnSpot: {nothingLacking, onSpot, publicised, notBanned, originalSeen, notExpired, certificateStands, quotaLeft}, // 34¶2

	ActAppointInspectors: {twoInspectors},                  // 55¶2
	ActInspect:           {twoInspectors, needs("record")}, // 34¶3
	ActGiveOpinion:       {jointOnly, unitOwesOpinion},     // 26

	ActTellHearingRight: {needs("parties")},
	ActWaiveHearing:     {toldOfHearing, signed},
	ActRequestHearing:   {toldOfHearing, hearingInTime},                                       // 47
	ActHoldHearing:      {needs("notified"), hearingNotice, chairImpartial, needs("minutes")}, // 48
	ActCancelHearing:    {askedForHearing},

	ActStartSpecial:  {specialKind, needs("planned"), needs("notice")}, // 45
	ActReplanSpecial: {replanInTime, needs("planned"), needs("reason"), needs("notice")},
	ActEndSpecial:    {notHearing, needs("result")},

	ActExtend:     {extensible, approver, extendOnce, extensionLength, extensionInTime, needs("reason")}, // 42
	ActSettleDebt: {needs("material"), owesMaterial},
	ActSendBack:   {needs("material"), owesMaterial, needs("reason")},
	ActExtendDebt: {needs("material"), owesMaterial, needs("until"), extendDebtOnce, debtExtensionInTime},
	ActLapseDebt:  {lapseAllowed, someDebtOver, needs("reason"), remedies},

	ActGrant: { // 37, 38¶1, 57
		notReceiver, competent, noDebt, nothingLacking, hearingWindowOver, hearingDone, interestedTold, allOpinions,
		inspected, publicised, conditionsMet, originalCompared, certificateStands, quotaLeft,
	},
	ActRefuse: { // 38¶2, 55¶3
		notReceiver, competent, hearingWindowOver, hearingDone, interestedTold, allOpinions, needs("reason"),
		needs("basis"), namesStandard, remedies,
	},
	ActReferUp: {firstReviewOnly, needs("opinion"), noDebt, nothingLacking}, // 35

	ActMakeCertificate: {hasCertificate, originalCompared, certificateStands},
	ActDeliver:         {certificateMade, holderMayHave, needs("served")},
	ActWithdraw:        {signed, mandate},
	ActTerminate:       {groundToTerminate, headApproves, remedies},
	ActServe:           {needs("served")},
	ActDeliverAgain:    {versionOwed, needs("served")},

	ActAnnul:             {holderHeard, publicSpared, remedies}, // 7, 69¶3
	ActTakeBack:          {compensated, remedies},               // 8¶2
	ActRevokeCertificate: {needs("penalty")},
	ActCancelCertificate: {groundFits, remedies}, // 70

	ActExplainOverdue: {needs("reason")},
}

// gated tells the pairs that are lawful only in part: it returns true where the act is not lawful after all.
func (m Matter) gated(act Act, in Input) bool {
	switch act {
	case ActGrant: // straight from acceptance by pledge only
		return m.State == StateAccepted && !m.Has(FlagPledged)
	case ActNotifyAgain, ActAllowAgain:
		return !m.Has(FlagCorrected)
	case ActReplanSpecial, ActEndSpecial, ActResumeOverrun:
		return m.openStop(in.Kind) == nil
	case ActStartSpecial: // a second one of the same kind is a matter for replan_special
		return in.Kind != "" && m.openStop(in.Kind) != nil
	case ActHoldHearing, ActCancelHearing:
		return m.openStop(StopHearing) == nil
	case ActRequestHearing, ActWaiveHearing:
		return len(m.Hearing.Told) == 0
	case ActSeeOriginal:
		return !m.unseen() || m.State.Ended()
	case ActPostCheck:
		return m.clock(ClockPostCheck) == nil
	default:
		return false
	}
}

// needs asks for one input. A missing reason has a code of its own, because the law itself asks for it.
func needs(field string) guard {
	return func(s *step) (Reason, string) {
		if s.in.has(field) {
			return "", ""
		}
		if field == "reason" {
			return ReasonNoReason, field
		}
		return ReasonMissingInput, field
	}
}

func (in Input) has(field string) bool {
	switch field {
	case "fixes":
		return len(in.Fixes) > 0
	case "list":
		return len(in.List) > 0
	case "parties":
		return len(in.Parties) > 0
	case "correct_by":
		return in.CorrectBy != 0
	case "until":
		return in.Until != 0
	case "notified":
		return in.Notified != 0
	case "planned":
		return in.Planned > 0
	case "record":
		return in.Record
	case "minutes":
		return in.Minutes
	}
	return map[string]string{
		"basis": in.Basis, "material": in.Material, "notice": in.Notice, "opinion": in.Opinion, "reason": in.Reason,
		"result": in.Result, "served": in.Served, "standard": in.Standard, "promise": in.Promise, "agency": in.Agency,
		"penalty": in.Penalty,
	}[field] != ""
}
