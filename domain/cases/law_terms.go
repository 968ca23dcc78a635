package cases

// State is where a case stands in law. A workflow may draw finer steps inside one state, never around it.
type State string

// The closed list of states.
const (
	StateNone              State = "-"                  // 无案
	StateReceived          State = "received"           // 已收件
	StateCorrecting        State = "correcting"         // 待补正
	StateAccepted          State = "accepted"           // 已受理
	StateReviewing         State = "reviewing"          // 审查中
	StateSpecial           State = "special"            // 特别程序中
	StateGranted           State = "granted"            // 准予许可
	StateCertified         State = "certified"          // 已制证
	StateDelivered         State = "delivered"          // 已送达
	StateRefused           State = "refused"            // 不予许可
	StateNotRequired       State = "not_required"       // 不受理（不需许可）
	StateNotAccepted       State = "not_accepted"       // 不予受理
	StateReturned          State = "returned"           // 退件/视为撤回
	StateWithdrawn         State = "withdrawn"          // 已撤回
	StateTerminated        State = "terminated"         // 终止办理
	StateAcceptanceRevoked State = "acceptance_revoked" // 撤销受理
	StateReferred          State = "referred"           // 已转报
	StateSimReview         State = "sim_review"         // 模拟审查
	StateSimOpinion        State = "sim_opinion"        // 模拟意见
	StateSimClosed         State = "sim_closed"         // 模拟终止
)

// States lists every state in the order of a case's life.
var States = []State{
	StateNone, StateReceived, StateCorrecting, StateAccepted, StateReviewing, StateSpecial, StateGranted,
	StateCertified, StateDelivered, StateRefused, StateNotRequired, StateNotAccepted, StateReturned, StateWithdrawn,
	StateTerminated, StateAcceptanceRevoked, StateReferred, StateSimReview, StateSimOpinion, StateSimClosed,
}

// Ended reports whether nothing but records may follow.
func (s State) Ended() bool {
	switch s {
	case StateDelivered, StateRefused, StateNotRequired, StateNotAccepted, StateReturned, StateWithdrawn,
		StateTerminated, StateAcceptanceRevoked, StateReferred, StateSimClosed:
		return true
	default:
		return false
	}
}

// Counting reports whether the statutory clock of Art. 42 runs in this state.
func (s State) Counting() bool { return s == StateAccepted || s == StateReviewing }

// Role is the capacity in which somebody acts.
type Role string

// The closed list of capacities.
const (
	RoleApplicant  Role = "applicant"
	RoleAgent      Role = "agent" // with a mandate
	RoleParty      Role = "party" // 利害关系人
	RoleReceiver   Role = "receiver"
	RoleReviewer   Role = "reviewer"
	RoleDecider    Role = "decider"
	RoleHead       Role = "head"     // of the agency
	RoleSuperior   Role = "superior" // of the receiving section: its chief, or the head of the agency
	RoleIssuer     Role = "issuer"
	RoleChair      Role = "chair" // of a hearing
	RoleSupervisor Role = "supervisor"
	RoleSystem     Role = "system" // the timer, and entry online
)

// Act is something that changes, or is recorded in, the legal situation of a case.
type Act string

// Receipt and acceptance.
const (
	ActReceive          Act = "receive"
	ActTakeReferral     Act = "take_referral"
	ActRemand           Act = "remand"
	ActFixOnSpot        Act = "fix_on_spot"
	ActNotifyCorrection Act = "notify_correction"
	ActCorrect          Act = "correct"
	ActNotifyAgain      Act = "notify_again"
	ActAllowAgain       Act = "allow_again"
	ActExtendCorrection Act = "extend_correction"
	ActReturnLapsed     Act = "return_lapsed"
	ActAccept           Act = "accept"
	ActDeemAccepted     Act = "deem_accepted"
	ActNotRequired      Act = "not_required"
	ActNotAccept        Act = "not_accept"
	ActGrantOnSpot      Act = "grant_on_spot"
	ActSeeOriginal      Act = "see_original" // a record, while the case is open
)

// Review.
const (
	ActBeginReview       Act = "begin_review"
	ActAppointInspectors Act = "appoint_inspectors"
	ActInspect           Act = "inspect"
	ActGiveOpinion       Act = "give_opinion"
	ActTellInterested    Act = "tell_interested"
	ActHearStatement     Act = "hear_statement"
	ActTellHearingRight  Act = "tell_hearing_right"
	ActWaiveHearing      Act = "waive_hearing"
	ActRequestHearing    Act = "request_hearing"
	ActHoldHearing       Act = "hold_hearing"
	ActCancelHearing     Act = "cancel_hearing"
	ActStartSpecial      Act = "start_special"
	ActReplanSpecial     Act = "replan_special"
	ActEndSpecial        Act = "end_special"
	ActResumeOverrun     Act = "resume_overrun"
	ActExtend            Act = "extend"
	ActSettleDebt        Act = "settle_debt"
	ActExtendDebt        Act = "extend_debt"
	ActLapseDebt         Act = "lapse_debt"
	ActSendBack          Act = "send_back"
)

// Decision and end, and the rehearsal without legal effect.
const (
	ActGrant           Act = "grant"
	ActRefuse          Act = "refuse"
	ActReferUp         Act = "refer_up"
	ActMakeCertificate Act = "make_certificate"
	ActDeliver         Act = "deliver"
	ActDeemRenewed     Act = "deem_renewed"
	ActWithdraw        Act = "withdraw"
	ActTerminate       Act = "terminate"
	ActStartSim        Act = "start_sim"
	ActGiveSimOpinion  Act = "give_sim_opinion"
	ActConvert         Act = "convert"
	ActCloseSim        Act = "close_sim"
)

// Records: no change of state, allowed also after an end.
const (
	ActServe           Act = "serve"
	ActPublish         Act = "publish"
	ActCorrectClerical Act = "correct_clerical"
	ActUrge            Act = "urge"
	ActAssign          Act = "assign"
	ActExplainOverdue  Act = "explain_overdue"
	ActPostCheck       Act = "post_check"
	ActDeliverAgain    Act = "deliver_again"
	ActRemedyFiled     Act = "remedy_filed"
)

// ActMarkOverdue is no act of anybody: it is what the timer reports when a duty's last day has passed.
const ActMarkOverdue Act = "mark_overdue"
