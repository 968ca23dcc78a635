package cases

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// CertificateState is where a certificate stands after the decision.
type CertificateState string

// The life of a certificate.
const (
	CertificateValid     CertificateState = "valid"
	CertificateSuspended CertificateState = "suspended"  // 暂扣
	CertificateExpired   CertificateState = "expired"    // 届满
	CertificateAnnulled  CertificateState = "annulled"   // 撤销
	CertificateTakenBack CertificateState = "taken_back" // 撤回
	CertificateRevoked   CertificateState = "revoked"    // 吊销
	CertificateReplaced  CertificateState = "replaced"   // 换发: its life goes on in the case that made the next one
	CertificateCancelled CertificateState = "cancelled"  // 注销, the end
)

// How a certificate was renewed last.
const (
	RenewedByDecision = "decided"
	RenewedByLaw      = "deemed" // 50¶2
)

// Certificate is what the law asks about a certificate.
type Certificate struct {
	State   CertificateState `json:"state"`
	Expires calendar.Date    `json:"expires,omitzero"` // last day of validity; zero: unlimited
	Renewed string           `json:"renewed,omitempty"`
	// Declared is the day on which the applicant declared one that the register does not hold. Until it counts, no day of
	// it does.
	Declared calendar.Date `json:"declared,omitzero"`
	// Unseen says that nobody has compared it with its original: until somebody has, no day of it counts and nothing is
	// granted, renewed or made of it, though silence may have accepted the application (32(4)). Where an entry from before
	// it was kept declares one, that one counts from the acceptance on.
	Unseen bool `json:"unseen,omitempty"`
	Owed   bool `json:"owed,omitempty"` // a version was made that its holder does not have yet
}

// Acts on a certificate.
const (
	ActChangeCertificate  Act = "change_cert"
	ActRenewCertificate   Act = "renew_cert"
	ActReissue            Act = "reissue"
	ActSuspendCertificate Act = "suspend_cert"
	ActLiftCertificate    Act = "lift_cert"
	ActAnnul              Act = "annul"
	ActTakeBack           Act = "take_back"
	ActRevokeCertificate  Act = "revoke_cert"
	ActCancelCertificate  Act = "cancel"
	ActExpireCertificate  Act = "expire" // the timer's
)

// certificateRule is one row of the life after the decision.
type certificateRule struct {
	Act    Act
	Name   string
	Who    Role
	From   []CertificateState
	To     CertificateState // "" leaves it
	Ground []Ground         // one of them must be named; empty: none
	Paper  Paper
	Basis  string
}

var certificateRules = func() []certificateRule {
	const dec, iss, sys = RoleDecider, RoleIssuer, RoleSystem
	from := func(s ...CertificateState) []CertificateState { return s }
	ground := func(g ...Ground) []Ground { return g }
	const val, sus, exp = CertificateValid, CertificateSuspended, CertificateExpired
	const ann, tak, rev = CertificateAnnulled, CertificateTakenBack, CertificateRevoked
	return []certificateRule{
		{ActChangeCertificate, "变更", iss, from(val), "", nil, PaperCertificate, "XKF 49"},
		{ActRenewCertificate, "延续", dec, from(val, exp), "", nil, PaperCertificate, "XKF 50"},
		{ActReissue, "补证", iss, from(val), "", ground("lost", "damaged"), PaperCertificate, "practice"},
		{ActSuspendCertificate, "暂扣", dec, from(val), sus, ground("penalty", "statute"), PaperSuspension, "行政处罚法 9(3)"},
		{ActLiftCertificate, "解除暂扣", dec, from(sus), val, nil, PaperSuspensionLifted, "行政处罚法 9(3)"},
		{
			ActAnnul, "撤销", dec, from(val, sus, exp), ann,
			ground("abuse", "ultra_vires", "procedure", "unqualified", "other_law", GroundFraud, GroundPledgeFailed),
			PaperAnnulment, "XKF 69",
		},
		{ActTakeBack, "撤回", dec, from(val, sus), tak, ground("law_changed", "facts_changed"), PaperTakingBack, "XKF 8¶2"},
		{ActRevokeCertificate, "吊销", dec, from(val, sus), rev, ground("penalty"), PaperRevocation, "XKF 80"},
		{
			ActCancelCertificate, "注销", dec, from(val, sus, exp, ann, tak, rev), CertificateCancelled,
			ground("expired", "dead", "incapable", "dissolved", "annulled", "taken_back", "revoked", "force_majeure",
				"other_law", GroundHolderAsks),
			PaperCancellation, "XKF 70",
		},
		{ActExpireCertificate, "届满", sys, from(val, sus), exp, nil, "", "XKF 70(1)"},
	}
}()

// who may do the act: besides the one of the row, the law itself renews (50¶2).
func (r certificateRule) who() []Role {
	if r.Act == ActRenewCertificate {
		return []Role{r.Who, RoleSystem}
	}
	return []Role{r.Who}
}

// rule is the row as the table of acts has its rows.
func (r certificateRule) rule() Rule {
	return Rule{Act: r.Act, Name: r.Name, Who: r.who(), Paper: r.Paper, Basis: r.Basis}
}

// certificateRuleOf returns the row of an act; ok is false for acts on cases.
func certificateRuleOf(act Act) (r certificateRule, ok bool) {
	i := slices.IndexFunc(certificateRules, func(r certificateRule) bool { return r.Act == act })
	if i < 0 {
		return certificateRule{}, false
	}
	return certificateRules[i], true
}

// IsCertificateAct reports whether the act touches a certificate rather than a case.
func IsCertificateAct(a Act) bool {
	_, ok := certificateRuleOf(a)
	return ok
}

// carries reports whether the life of a certificate goes on in the matter: of the one that was made for it, or that it
// renewed, whether or not the next version is made. The one that a change is about has its life where it was granted.
func (m Matter) carries() bool {
	switch m.State {
	case StateGranted:
		return m.Terms.Renewal && m.Certificate != nil
	case StateCertified, StateDelivered, StateNone: // none: the certificate alone is looked at
		return m.Certificate != nil
	default:
		return false
	}
}

// applyCertificate does an act on the certificate of the matter; the state of the case stays as it is.
func (l *Law) applyCertificate(m Matter, act Act, in Input, at time.Time) (Matter, Outcome, *Refusal) {
	row, _ := certificateRuleOf(act)
	refuse := func(r Reason, field string) (Matter, Outcome, *Refusal) {
		return m, Outcome{}, &Refusal{Act: act, State: m.State, Reason: r, Field: field}
	}
	if m.Certificate == nil || !slices.Contains(row.From, m.Certificate.State) || !m.carries() && act != ActExpireCertificate ||
		act == ActReissue && m.State == StateGranted { // the next version is not made yet
		return refuse(ReasonIllegalPair, "")
	}
	if !slices.Contains(row.who(), in.Role) {
		return refuse(ReasonNotInRole, "")
	}
	over := in.Case != "" && row.Paper == PaperCertificate // another case makes the next version
	if len(row.Ground) > 0 && !slices.Contains(row.Ground, in.Ground) && !over {
		return refuse(ReasonMissingInput, "ground")
	}
	at = at.UTC().Truncate(time.Millisecond)
	today := calendar.DateOf(at)
	s := &step{law: l, m: m.clone(), in: in, act: act, at: at, today: today, asOf: today}
	for _, g := range guards[act] {
		if reason, field := g(s); reason != "" {
			return refuse(reason, field)
		}
	}
	s.out = Outcome{Act: act, From: m.State, AsOf: today, Paper: row.Paper, Basis: row.Basis}
	if row.To != "" {
		s.m.Certificate.State = row.To
	}
	if over {
		s.m.Certificate.State = CertificateReplaced
	}
	s.nothingToHandOver()
	if do := effects[act]; do != nil {
		do(s)
	}
	s.close()
	return s.m, s.out, nil
}

// Stands is the matter of a case about a certificate that stands otherwise since an act on the case that made it.
func (l *Law) Stands(m Matter, c Certificate, at time.Time) Matter {
	at = at.UTC().Truncate(time.Millisecond)
	today := calendar.DateOf(at)
	s := &step{law: l, m: m.clone(), act: actStands, at: at, today: today, asOf: today}
	s.m.Certificate = &c
	s.nothingToHandOver()
	return s.m
}

// nothingToHandOver: a certificate that was taken from its holder before they collected it is not owed to them any more
// (44); a decision is.
func (s *step) nothingToHandOver() {
	if s.m.Terms.NoCertificate {
		return
	}
	switch s.m.Certificate.State {
	case CertificateAnnulled, CertificateTakenBack, CertificateRevoked, CertificateCancelled:
		s.end(ClockDelivery)
		s.m.Certificate.Owed = false
	default:
	}
}

// groundFitsState: a ground of cancellation that speaks of the certificate's own state must match it (70).
func groundFitsState(g Ground, state CertificateState) bool {
	switch CertificateState(g) {
	case CertificateExpired, CertificateAnnulled, CertificateTakenBack, CertificateRevoked:
		return CertificateState(g) == state
	default:
		return true
	}
}
