package cases

import (
	"fmt"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// Settings are the points on which the law is silent and regions differ. DefaultSettings gives our reading of each.
// The rest of what is silent is not for setting: a stop gives back the days after its first up to its last, a fresh
// five-day check follows a correction, a deemed acceptance of incomplete papers bars the grant, bans begin on the day
// of the decision, and no legal timer fires on a provisional date.
type Settings struct {
	OnlineClockStart     string `json:"online_clock_start"`   // entry (J6) | accept_act
	OffdayReceipt        string `json:"offday_receipt"`       // strict | lenient
	CorrectionDays       int    `json:"correction_days"`      // working days, 5 to 60
	CorrectionLapse      string `json:"correction_lapse"`     // hold | return
	SpecialOverrun       string `json:"special_overrun"`      // resume | stay
	HearingStopFrom      string `json:"hearing_stop_from"`    // request | told
	HearingRequestUnit   Unit   `json:"hearing_request_unit"` // workday | day
	RenewUnit            Unit   `json:"renew_unit"`           // day | workday
	RenewApplyBefore     int    `json:"renew_apply_before"`   // 30
	DeemedRenewalLate    bool   `json:"deemed_renewal_late"`  // also for a late application
	DeemedRenewalTerm    int    `json:"deemed_renewal_term"`  // months; 0: the same length as before
	RongqueLapse         string `json:"rongque_lapse"`        // hold | revoke_acceptance | return
	PledgeCheckMonths    int    `json:"pledge_check_months"`  // 2
	PromiseFollows       bool   `json:"promise_follows_extension"`
	RefusalServiceDays   int    `json:"refusal_service_days"`    // working days
	PublishDays          int    `json:"publish_days"`            // working days
	SeparateReceiveGrant bool   `json:"separate_receive_decide"` // 受办分离
	SimValidMonths       int    `json:"sim_valid_months"`        // 12
}

// The values of the settings that are words.
const (
	ClockFromEntry  = "entry"
	ClockFromAccept = "accept_act"
	OffdayStrict    = "strict"
	OffdayLenient   = "lenient"
	LapseHold       = "hold"
	LapseReturn     = "return"
	LapseRevoke     = "revoke_acceptance"
	OverrunResume   = "resume"
	OverrunStay     = "stay"
	StopFromRequest = "request"
	StopFromTold    = "told"
)

// DefaultSettings returns the reading that serves the applicant best where the law leaves it open.
func DefaultSettings() Settings {
	return Settings{
		OnlineClockStart:     ClockFromEntry,
		OffdayReceipt:        OffdayStrict,
		CorrectionDays:       15,
		CorrectionLapse:      LapseHold,
		SpecialOverrun:       OverrunResume,
		HearingStopFrom:      StopFromRequest,
		HearingRequestUnit:   UnitWorkday,
		RenewUnit:            UnitDay,
		RenewApplyBefore:     30,
		RongqueLapse:         LapseHold,
		PledgeCheckMonths:    2,
		PromiseFollows:       true,
		RefusalServiceDays:   10,
		PublishDays:          7,
		SeparateReceiveGrant: true,
		SimValidMonths:       12,
	}
}

// renewBy is the last day to ask in time for the renewal of a certificate that expires on a day (50).
func (set Settings) renewBy(cal *calendar.Calendar, expires calendar.Date) calendar.Date {
	if set.RenewUnit == UnitWorkday {
		return cal.AddWorkdays(expires, -set.RenewApplyBefore)
	}
	return expires - calendar.Date(set.RenewApplyBefore)
}

// renewWords are how long before the last day a renewal is to be asked for, and what silence on a late one means.
func (set Settings) renewWords() (term, silence string) {
	term, silence = fmt.Sprintf("%d日", set.RenewApplyBefore), "不视为准予延续"
	if set.RenewUnit == UnitWorkday {
		term = fmt.Sprintf("%d个工作日", set.RenewApplyBefore)
	}
	if set.DeemedRenewalLate {
		silence = "仍视为准予延续"
	}
	return term, silence
}

// RenewBy is the last day to ask in time for the renewal of a certificate that expires on a day, as is settled now, and
// whether silence renews what is asked for later all the same.
func (s *Service) RenewBy(tx *db.Tx, expires calendar.Date) (by calendar.Date, late bool, err error) {
	set, _, err := s.InForce(tx)
	if err != nil {
		return 0, false, err
	}
	law, err := s.law(tx)
	if err != nil {
		return 0, false, err
	}
	return set.renewBy(law.Cal, expires), set.DeemedRenewalLate, nil
}
