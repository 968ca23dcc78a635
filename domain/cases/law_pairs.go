package cases

import (
	"slices"
)

// pair says that an act is lawful in a state, and where it may lead. Of several results the act's input, a setting or
// another open stop decides.
type pair struct {
	From State
	Act  Act
	To   []State
}

// pairs is the whole of the lawful life of a case: what is not listed is refused.
var pairs = func() []pair {
	to := func(s ...State) []State { return s }
	return []pair{
		{StateNone, ActReceive, to(StateReceived)},
		{StateNone, ActTakeReferral, to(StateAccepted)},
		{StateNone, ActRemand, to(StateReceived, StateAccepted)},
		{StateNone, ActStartSim, to(StateSimReview)},

		{StateReceived, ActFixOnSpot, to(StateReceived)},
		{StateReceived, ActNotifyCorrection, to(StateCorrecting)},
		{StateReceived, ActNotifyAgain, to(StateCorrecting)},
		{StateReceived, ActAllowAgain, to(StateReceived)},
		{StateReceived, ActAccept, to(StateAccepted)},
		{StateReceived, ActDeemAccepted, to(StateAccepted)},
		{StateReceived, ActNotRequired, to(StateNotRequired)},
		{StateReceived, ActNotAccept, to(StateNotAccepted)},
		{StateReceived, ActGrantOnSpot, to(StateGranted)},
		{StateReceived, ActDeemRenewed, to(StateGranted)},
		{StateReceived, ActWithdraw, to(StateWithdrawn)},
		{StateReceived, ActTerminate, to(StateTerminated)},

		{StateCorrecting, ActCorrect, to(StateReceived)},
		{StateCorrecting, ActExtendCorrection, to(StateCorrecting)},
		{StateCorrecting, ActReturnLapsed, to(StateReturned)},
		{StateCorrecting, ActWithdraw, to(StateWithdrawn)},
		{StateCorrecting, ActTerminate, to(StateTerminated)},

		{StateAccepted, ActBeginReview, to(StateReviewing)},
		{StateAccepted, ActStartSpecial, to(StateSpecial)},
		{StateAccepted, ActExtend, to(StateAccepted)},
		{StateAccepted, ActSettleDebt, to(StateAccepted)},
		{StateAccepted, ActSendBack, to(StateAccepted)},
		{StateAccepted, ActExtendDebt, to(StateAccepted)},
		{StateAccepted, ActAppointInspectors, to(StateAccepted)},
		{StateAccepted, ActGrant, to(StateGranted)}, // with a pledge only
		{StateAccepted, ActDeemRenewed, to(StateGranted)},
		{StateAccepted, ActWithdraw, to(StateWithdrawn)},
		{StateAccepted, ActTerminate, to(StateTerminated)},
		{StateAccepted, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateReviewing, ActExtend, to(StateReviewing)},
		{StateReviewing, ActSettleDebt, to(StateReviewing)},
		{StateReviewing, ActSendBack, to(StateReviewing)},
		{StateReviewing, ActExtendDebt, to(StateReviewing)},
		{StateReviewing, ActAppointInspectors, to(StateReviewing)},
		{StateReviewing, ActInspect, to(StateReviewing)},
		{StateReviewing, ActGiveOpinion, to(StateReviewing)},
		{StateReviewing, ActTellInterested, to(StateReviewing)},
		{StateReviewing, ActHearStatement, to(StateReviewing)},
		{StateReviewing, ActTellHearingRight, to(StateReviewing, StateSpecial)}, // special if hearing_stop_from=told
		{StateReviewing, ActWaiveHearing, to(StateReviewing)},
		{StateReviewing, ActStartSpecial, to(StateSpecial)},
		{StateReviewing, ActRequestHearing, to(StateSpecial)},
		{StateReviewing, ActGrant, to(StateGranted)},
		{StateReviewing, ActDeemRenewed, to(StateGranted)},
		{StateReviewing, ActRefuse, to(StateRefused)},
		{StateReviewing, ActReferUp, to(StateReferred)},
		{StateReviewing, ActWithdraw, to(StateWithdrawn)},
		{StateReviewing, ActTerminate, to(StateTerminated)},
		{StateReviewing, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateSpecial, ActStartSpecial, to(StateSpecial)},
		{StateSpecial, ActReplanSpecial, to(StateSpecial)},
		{StateSpecial, ActRequestHearing, to(StateSpecial)},
		{StateSpecial, ActExtend, to(StateSpecial)},
		{StateSpecial, ActSettleDebt, to(StateSpecial)},
		{StateSpecial, ActSendBack, to(StateSpecial)},
		{StateSpecial, ActExtendDebt, to(StateSpecial)},
		{StateSpecial, ActAppointInspectors, to(StateSpecial)},
		{StateSpecial, ActInspect, to(StateSpecial)},
		{StateSpecial, ActGiveOpinion, to(StateSpecial)},
		{StateSpecial, ActTellInterested, to(StateSpecial)},
		{StateSpecial, ActHearStatement, to(StateSpecial)},
		{StateSpecial, ActTellHearingRight, to(StateSpecial)},
		{StateSpecial, ActWaiveHearing, to(StateSpecial, StateReviewing)}, // reviewing if hearing_stop_from=told
		{StateSpecial, ActEndSpecial, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActHoldHearing, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActCancelHearing, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActResumeOverrun, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActDeemRenewed, to(StateGranted)},
		{StateSpecial, ActWithdraw, to(StateWithdrawn)},
		{StateSpecial, ActTerminate, to(StateTerminated)},
		{StateSpecial, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateGranted, ActMakeCertificate, to(StateCertified)},
		{StateGranted, ActDeliver, to(StateDelivered)},
		{StateCertified, ActDeliver, to(StateDelivered)},

		{StateSimReview, ActGiveSimOpinion, to(StateSimOpinion)},
		{StateSimReview, ActCloseSim, to(StateSimClosed)},
		{StateSimOpinion, ActConvert, to(StateReceived)},
		{StateSimOpinion, ActCloseSim, to(StateSimClosed)},
	}
}()

// absent lists the acts that kinds of matter other than licences do not know. What they share rests on other law, see
// Rule.BasisOf; deemed acceptance, extension and a limit to deliver they have only where their own statutes grant them,
// see NewTerms.
var absent = map[ItemKind][]Act{
	KindBenefit:      {ActDeemRenewed},
	KindAward:        {ActExtend, ActDeemRenewed},
	KindAdjudication: {ActGrantOnSpot, ActDeemRenewed},
	KindOther: {
		ActTellHearingRight, ActWaiveHearing, ActRequestHearing, ActHoldHearing, ActCancelHearing, ActDeemRenewed,
	},
	KindService: {
		ActTakeReferral, ActReferUp, ActStartSpecial, ActExtend, ActTellHearingRight, ActWaiveHearing,
		ActRequestHearing, ActHoldHearing, ActCancelHearing, ActDeemRenewed,
	},
}

// lawful returns the lawful pair, if there is one for this kind of matter. Records are lawful wherever there is a case.
func lawful(m Matter, act Act) (pair, bool) {
	if slices.Contains(absent[m.Terms.Kind], act) {
		return pair{}, false
	}
	if act.Record() {
		return pair{m.State, act, []State{m.State}}, m.State != StateNone
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.From == m.State && p.Act == act })
	if i < 0 {
		return pair{}, false
	}
	return pairs[i], true
}
