package cases

import "slices"

// Procedure is an act that belongs to no step of a drawing (程序性事项): what it asks for, which right of the policy it
// takes and which words its paper has. Who may do it, on which basis and which paper it makes is said by the law's own
// rule of the act, so that the two cannot differ.
type Procedure struct {
	Act    Act
	Group  Group
	Action string  // of the policy; "": that of the capacity, see actions
	Role   Role    // of an act that the law's table does not know
	Asks   []Asked // in the order of the page
	Final  bool    // there is no way back: pages ask once more
	Inside bool    // the applicant's timeline leaves it out
	Paper  Paper   // of an act that the law's table does not know

	// ready says that the situation calls for it, where the law's table leaves that open; nil: always.
	ready func(Matter) bool
	// input adds what the law is told besides the answers.
	input func(*telling)
	// check looks at what the law cannot see; its fault keeps the act from being done.
	check func(*telling) error
	// write makes the words of the paper; nil: no paper.
	write func(*telling)
	// after follows once the act is done, in the same unit of work.
	after func(*telling) error
}

// Group is where pages list a procedure.
type Group string

// The groups, in the order of pages.
const (
	GroupWindow  Group = "window"  // 补正与受理
	GroupReview  Group = "review"  // 核查与陈述
	GroupHearing Group = "hearing" // 听证
	GroupSpecial Group = "special" // 特别程序
	GroupDebt    Group = "debt"    // 容缺
	GroupEnd     Group = "end"     // 决定与终结
	GroupRecord  Group = "record"  // 送达、公开与记录
	GroupCert    Group = "cert"    // 证照
	GroupSim     Group = "sim"     // 模拟审批
)

// Acts that have no row in the law's table: they change nothing in law and prepare an act that does.
const (
	ActNotifyHearing   Act = "notify_hearing"   // 听证通知, XKF 48(1)
	ActAnnounceHearing Act = "announce_hearing" // 听证公告, XKF 46, 48(1)
)

// actions are the rights that the capacities take. An act of the system has none: nobody asks for it.
var actions = map[Role]string{
	RoleApplicant: mayBeHeard, RoleAgent: mayBeHeard, RoleParty: mayBeHeard,
	RoleReceiver: mayAccept, RoleReviewer: mayConduct, RoleDecider: mayDecide, RoleHead: mayCommand,
	RoleIssuer: mayDeliver, RoleChair: mayChair, RoleSupervisor: mayUrge, RoleSuperior: mayAllowAgain,
}

// procedures is the closed table.
var procedures = func() []Procedure {
	const most, short = 2000, 200
	words := func(name string) Asked { return Asked{Name: name, Kind: AskText, Least: 4, Most: most} }
	line := func(name string) Asked { return Asked{Name: name, Kind: AskLine, Most: short} }
	opt := func(a Asked) Asked { a.Optional = true; return a }
	day := func(name string) Asked { return Asked{Name: name, Kind: AskDate} }
	ahead := func(name string) Asked { return Asked{Name: name, Kind: AskDate, Ahead: true} }
	number := func(name string, least, most int) Asked {
		return Asked{Name: name, Kind: AskNumber, Least: least, Most: most}
	}
	one := func(name string, values ...string) Asked { return Asked{Name: name, Kind: AskOne, Values: values} }
	yes := func(name string) Asked { return Asked{Name: name, Kind: AskYes} }
	of := func(name string, kind Kind) Asked { return Asked{Name: name, Kind: kind} }
	return []Procedure{
		// 补正与受理
		{Act: ActAllowAgain, Group: GroupWindow, Asks: []Asked{of("materials", AskWanting), words("reason")}, Inside: true, write: (*telling).againAllowed},
		{Act: ActExtendCorrection, Group: GroupWindow, Asks: []Asked{day("correct_by"), words("reason")}, write: (*telling).correctionExtended},
		{Act: ActSeeOriginal, Group: GroupWindow, Asks: originalAsks(), input: (*telling).original, check: (*telling).compared, after: (*telling).nowCompared},
		{Act: ActReturnLapsed, Group: GroupWindow, Asks: []Asked{words("reason")}, Final: true, write: (*telling).returned},

		// 核查与陈述
		{Act: ActAppointInspectors, Group: GroupReview, Asks: []Asked{of("inspectors", AskStaff), day("day"), words("task")}, Inside: true, write: (*telling).inspectorsAppointed},
		{Act: ActInspect, Group: GroupReview, Asks: []Asked{of("inspectors", AskStaff), day("day"), words("result"), one("conclusion", Agree, Disagree)}, Inside: true, check: (*telling).visited, input: (*telling).recorded, write: (*telling).siteInspected},
		{Act: ActGiveOpinion, Group: GroupReview, Asks: []Asked{one("conclusion", Agree, Disagree), words("opinion")}, Inside: true, input: (*telling).ownUnit, write: (*telling).unitOpinion},
		{Act: ActTellInterested, Group: GroupReview, Asks: []Asked{of("parties", AskNames), words("interest"), ahead("until")}, write: (*telling).interestedTold},
		{Act: ActHearStatement, Group: GroupReview, Asks: []Asked{line("who"), words("statement"), words("opinion")}, write: (*telling).statementHeard},

		// 听证
		{Act: ActTellHearingRight, Group: GroupHearing, Asks: []Asked{of("parties", AskNames), words("interest")}, write: (*telling).hearingRight},
		{Act: ActWaiveHearing, Group: GroupHearing, Asks: []Asked{of("who", AskTold), yes("signed")}, Final: true, check: (*telling).ownVoice, write: (*telling).hearingWaived},
		{Act: ActRequestHearing, Group: GroupHearing, Asks: []Asked{of("who", AskTold), opt(words("reason"))}, check: (*telling).ownVoice, write: (*telling).hearingRequested},
		{Act: ActNotifyHearing, Group: GroupHearing, Role: RoleReviewer, Asks: []Asked{day("day"), line("time"), line("place"), line("chair")}, Paper: PaperHearingNotice, ready: hearingOpen, check: (*telling).sevenDays, write: (*telling).hearingNotified},
		{Act: ActAnnounceHearing, Group: GroupHearing, Role: RoleReviewer, Asks: []Asked{day("day"), line("time"), line("place")}, Paper: PaperHearingAnnouncement, ready: hearingOpen, check: (*telling).sevenDays, write: (*telling).hearingAnnounced},
		{Act: ActHoldHearing, Group: GroupHearing, Asks: []Asked{day("notified"), line("place"), words("attended"), words("minutes"), yes("signed")}, Final: true, input: (*telling).inTheChair, write: (*telling).hearingHeld},
		{Act: ActCancelHearing, Group: GroupHearing, Asks: []Asked{of("who", AskRequested), words("reason")}, Final: true, write: (*telling).hearingCancelled},

		// 特别程序
		{Act: ActStartSpecial, Group: GroupSpecial, Asks: []Asked{of("kind", AskStop), number("planned", 1, 120), words("reason"), opt(line("basis"))}, input: (*telling).numbered, write: (*telling).specialStarted},
		{Act: ActReplanSpecial, Group: GroupSpecial, Asks: []Asked{of("kind", AskTimedStop), number("planned", 1, 240), words("reason")}, input: (*telling).numbered, write: (*telling).specialReplanned},
		{Act: ActEndSpecial, Group: GroupSpecial, Asks: []Asked{of("kind", AskOpenStop), words("result")}, write: (*telling).specialEnded},

		// 容缺
		{Act: ActExtendDebt, Group: GroupDebt, Asks: []Asked{of("material", AskDebt), day("until"), words("reason")}, write: (*telling).debtExtended, after: (*telling).moveDebt},
		{Act: ActLapseDebt, Group: GroupDebt, Asks: []Asked{words("reason")}, Final: true, write: (*telling).debtLapsed},

		// 决定与终结
		{Act: ActGrantOnSpot, Group: GroupEnd, Asks: append(originalAsks(), opt(words("reason"))), Final: true, input: (*telling).original, check: (*telling).allFit, write: (*telling).grantedOnSpot, after: (*telling).nowGranted},
		{Act: ActReferUp, Group: GroupEnd, Asks: []Asked{line("agency"), words("opinion")}, Final: true, write: (*telling).referredUp},
		{Act: ActTakeReferral, Group: GroupEnd, Asks: []Asked{words("opinion")}, ready: func(m Matter) bool { return m.State == StateReferred }, write: (*telling).referralTaken},
		{Act: ActRemand, Group: GroupEnd, Asks: []Asked{line("basis"), one("to", string(StateReceived), string(StateAccepted)), opt(number("days", 1, 60))}, Final: true, ready: Matter.concluded, write: (*telling).remanded},
		{Act: ActTerminate, Group: GroupEnd, Action: mayTerminate, Asks: []Asked{of("ground", AskGround), words("reason")}, Final: true, input: (*telling).byTheHead, write: (*telling).terminated},

		// 送达、公开与记录
		{Act: ActServe, Group: GroupRecord, Asks: []Asked{of("document", AskPaper), one("way", "direct", "post", "electronic", "left", "entrusted", "notice"), day("day"), line("receiver")}, input: (*telling).served, write: (*telling).serviceProof},
		{Act: ActPublish, Group: GroupRecord, Asks: []Asked{line("place")}, Inside: true, ready: Matter.toPublish},
		{Act: ActCorrectClerical, Group: GroupRecord, Asks: []Asked{of("document", AskPaper), line("wrong"), line("right")}, write: (*telling).clerical},
		{Act: ActUrge, Group: GroupRecord, Asks: []Asked{words("reason"), ahead("until")}, Inside: true, ready: func(m Matter) bool { return !m.State.Ended() }, write: (*telling).urged},
		{Act: ActExplainOverdue, Group: GroupRecord, Asks: []Asked{words("reason"), opt(ahead("until"))}, ready: Matter.decisionLate, write: (*telling).overdueExplained},
		{Act: ActPostCheck, Group: GroupRecord, Asks: []Asked{one("finding", "kept", "broken"), words("result"), opt(ahead("until"))}, write: (*telling).postChecked},
		{Act: ActRemedyFiled, Group: GroupRecord, Asks: []Asked{one("remedy", "review", "suit"), line("agency"), line("docket"), day("day")}},

		// 证照
		{Act: ActSuspendCertificate, Group: GroupCert, Asks: []Asked{groundTo(ActSuspendCertificate), line("basis"), opt(ahead("until")), words("reason")}, Final: true, write: (*telling).suspended, after: (*telling).standing},
		{Act: ActLiftCertificate, Group: GroupCert, Asks: []Asked{words("reason")}, write: (*telling).suspensionLifted, after: (*telling).standing},
		{Act: ActAnnul, Group: GroupCert, Asks: []Asked{groundTo(ActAnnul), one("public_harm", "no", "yes"), words("statement"), yes("heard"), words("reason")}, Final: true, write: (*telling).annulled, after: (*telling).standing},
		{Act: ActTakeBack, Group: GroupCert, Asks: []Asked{groundTo(ActTakeBack), words("reason"), words("compensation")}, Final: true, write: (*telling).takenBack, after: (*telling).standing},
		{Act: ActRevokeCertificate, Group: GroupCert, Asks: []Asked{groundTo(ActRevokeCertificate), line("penalty"), words("reason")}, Final: true, write: (*telling).revoked, after: (*telling).standing},
		{Act: ActReissue, Group: GroupCert, Action: mayCertify, Asks: []Asked{groundTo(ActReissue), words("reason")}, input: (*telling).handedOver, after: (*telling).standing},
		cancellation(),

		// 模拟审批
		{Act: ActGiveSimOpinion, Group: GroupSim, Asks: []Asked{one("conclusion", Agree, Disagree), words("opinion")}, write: (*telling).simOpinion},
		{Act: ActConvert, Group: GroupSim, Final: true, input: (*telling).asReceived, write: (*telling).convertedReceipt, after: (*telling).nowReceived},
		{Act: ActCloseSim, Group: GroupSim, Asks: []Asked{words("reason")}, Final: true},
	}
}()

// groundTo asks for one of the grounds that the law's row of an act on a certificate names.
func groundTo(act Act) Asked {
	a := Asked{Name: "ground", Kind: AskStandingGround}
	row, _ := certificateRuleOf(act)
	for _, g := range row.Ground {
		a.Values = append(a.Values, string(g))
	}
	return a
}

// cancellation is the row that a case about cancelling another's certificate uses too.
func cancellation() Procedure {
	reason := Asked{Name: "reason", Kind: AskText, Least: 4, Most: 2000}
	return Procedure{
		Act: ActCancelCertificate, Group: GroupCert, Asks: []Asked{groundTo(ActCancelCertificate), reason}, Final: true,
		check: (*telling).fitsHolder, write: (*telling).cancelled, after: (*telling).standing,
	}
}

// Procedures lists the table.
func Procedures() []Procedure { return slices.Clone(procedures) }

// ProcedureOf returns the procedure of an act; ok is false for acts that have use cases of their own.
func ProcedureOf(act Act) (p Procedure, ok bool) {
	i := slices.IndexFunc(procedures, func(p Procedure) bool { return p.Act == act })
	if i < 0 {
		return Procedure{}, false
	}
	return procedures[i], true
}

// asking is the procedure with what it asks for in this situation.
func (p Procedure) asking(m Matter) Procedure {
	p.Asks = slices.DeleteFunc(slices.Clone(p.Asks), func(a Asked) bool { return a.When != nil && !a.When(m) })
	return p
}

// Rule is the law's rule of the act, or what stands for it where the law's table has none.
func (p Procedure) Rule() Rule {
	if r, ok := RuleOf(p.Act); ok {
		return r
	}
	if r, ok := certificateRuleOf(p.Act); ok {
		return r.rule()
	}
	return Rule{Act: p.Act, Who: []Role{p.Role}, Paper: p.Paper, Basis: "XKF 48"}
}

// inLaw reports whether the law's table knows the act.
func (p Procedure) inLaw() bool { return p.Role == "" }

// anew reports whether the act makes a case of its own out of one that has ended.
func (p Procedure) anew() bool { return p.Act == ActRemand || p.Act == ActTakeReferral }

// action is the right that the procedure takes in a capacity.
func (p Procedure) action(role Role) string {
	if p.Action != "" {
		return p.Action
	}
	return actions[role]
}

// toPublish reports whether something is to be made public: a grant, or an award before it is decided.
func (m Matter) toPublish() bool {
	return m.clock(ClockPublicity) != nil || m.Terms.Kind == KindAward && !m.Publicised && (m.State.Counting() || m.State == StateReceived)
}

func hearingOpen(m Matter) bool { return m.openStop(StopHearing) != nil }

// concluded reports whether there is a decision that a review or a court may have set aside.
func (m Matter) concluded() bool {
	switch m.State {
	case StateGranted, StateCertified, StateDelivered, StateRefused, StateNotAccepted, StateNotRequired, StateReturned,
		StateTerminated, StateAcceptanceRevoked:
		return true
	default:
		return false
	}
}

// decisionLate reports whether a limit to decide has passed.
func (m Matter) decisionLate() bool { return m.lateDecision() != nil }

// lateDecision is the clock to decide that has passed, the statute's before the promise.
func (m Matter) lateDecision() *Clock {
	for _, name := range []ClockName{ClockStatutory, ClockFirstReview, ClockPromised} {
		if c := m.clock(name); c != nil && c.Late {
			return c
		}
	}
	return nil
}
