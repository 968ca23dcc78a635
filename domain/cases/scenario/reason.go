package scenario

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// earlier are the reasons of the law for which use cases have words of their own, because they know before the law is
// asked.
var earlier = map[string]cases.Reason{
	"cases.same_person":           cases.ReasonSamePerson,
	"cases.not_yours":             cases.ReasonNotInRole,
	"cases.unknown":               cases.ReasonNotInRole, // whose business it is not is not told that there is a case
	"cases.act_unknown":           cases.ReasonNotInRole, // a timer's act is nobody's
	"cases.not_correcting":        cases.ReasonIllegalPair,
	"cases.not_at_window":         cases.ReasonIllegalPair,
	"cases.task_done":             cases.ReasonIllegalPair,
	"cases.not_a_decision":        cases.ReasonIllegalPair,
	"cases.task_unknown":          cases.ReasonIllegalPair,
	"cases.material_not_asked":    cases.ReasonIllegalPair,
	"cases.nothing_to_correct":    cases.ReasonMissingInput,
	"cases.promise_missing":       cases.ReasonMissingInput,
	"cases.withdrawal_missing":    cases.ReasonMissingInput,
	"cases.standard_missing":      cases.ReasonMissingInput,
	"cases.basis_missing":         cases.ReasonMissingInput,
	"cases.banned.78":             cases.ReasonBanned,
	"cases.banned.79":             cases.ReasonBanned,
	"cases.quota_empty":           cases.ReasonQuotaEmpty,
	"cases.earlier_applicant":     cases.ReasonEarlierApplicant,
	"cases.first_review":          cases.ReasonNotCompetent,
	"cases.found_fit":             cases.ReasonNotSubset,
	"cases.certificate_suspended": cases.ReasonIllegalPair,
	"cases.certificate_ended":     cases.ReasonIllegalPair,
	"cases.certificate_missing":   cases.ReasonMissingInput, // none is named
	"cases.certificate_gone":      cases.ReasonIllegalPair,  // the one that is named has ended
	"cases.certificate_used":      cases.ReasonIllegalPair,
	"cases.original_number":       cases.ReasonMissingInput,
	"cases.due_day":               cases.ReasonDebtTooLate,
	"cases.hearing_open":          cases.ReasonMissingInput, // its minutes
	"cases.reason_missing":        cases.ReasonNoReason,
	"cases.not_all_judged":        cases.ReasonIncomplete,
	"cases.still_to_correct":      cases.ReasonIncomplete,
	"cases.nothing_to_pass":       cases.ReasonIncomplete,
	"cases.not_tolerable":         cases.ReasonCoreMissing,
}

// reason is the law's reason for which the program said no; "" if it did not. An error that is no refusal is returned, a
// refusal that is none of the law's keeps its code.
func (p *play) reason(e event, err error) (cases.Reason, error) {
	if err == nil {
		return "", nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return "", err
	}
	for _, field := range inOrder(e.Act, f.Fields) {
		if r, ok := p.fieldReason(e, field, f.Fields[field]); ok {
			return r, nil
		}
	}
	if f.Code == "cases.not_yours" || f.Code == "cases.unknown" {
		switch {
		case e.Approver != "" && e.Approver != cases.RankAgencyHead && e.Approver != cases.RankGovernmentHead:
			return cases.ReasonApproverRank, nil
		case e.Act == cases.ActMakeCertificate && e.Role == "": // whoever issues sees a case from its grant on
			return cases.ReasonIllegalPair, nil
		case e.Role == cases.RoleAgent: // without a mandate
			return cases.ReasonMissingInput, nil
		}
	}
	if f.Code == "cases.material_not_asked" && p.matter().State.Counting() {
		return cases.ReasonMissingInput, nil // another material than is owed
	}
	if r, ok := reasonOf(f.Code); ok {
		if r == cases.ReasonIncomplete && len(e.Debts) > 0 && p.coreLacks() {
			r = cases.ReasonCoreMissing
		}
		if r == cases.ReasonNotSubset && e.Act == cases.ActNotifyCorrection { // one door leads to every notice
			r = cases.ReasonSecondNotice
		}
		return r, nil
	}
	return cases.Reason(f.Code), nil // refused for what is no reason of the law
}

// fieldReason is what it means that an answer is missing or wrong.
func (p *play) fieldReason(e event, field, code string) (cases.Reason, bool) {
	switch {
	case code == "cases.ask_choice" && field == "who" && e.Act == cases.ActCancelHearing:
		return cases.ReasonHearingOwed, true
	case code == "cases.ask_choice" && field == "who":
		return cases.ReasonNotInRole, true
	case field == "heard" && code == "cases.ask_missing": // the holder's statement
		return cases.ReasonStatementOwed, true
	case field == "reason" && code == "cases.ask_missing" && e.Act != cases.ActStartSpecial: // there it is part of the notice
		return cases.ReasonNoReason, true
	case code == "cases.not_tolerable" && p.debtsTolerable(e):
		return cases.ReasonMissingInput, true // it is not lacking
	case strings.HasPrefix(code, "cases.ask_"):
		return cases.ReasonMissingInput, true
	default:
		return reasonOf(code)
	}
}

// debtsTolerable reports whether everything that is promised might be.
func (p *play) debtsTolerable(e event) bool {
	for key := range e.Debts {
		if p.sc.Item.Materials[key] != cases.MaterialTolerable {
			return false
		}
	}
	return true
}

// coreLacks reports whether something has not come that could not come later.
func (p *play) coreLacks() bool {
	return slices.ContainsFunc(p.view().Materials, func(m cases.Material) bool {
		return m.Source == cases.SourceNone && m.Need != catalog.Deferrable
	})
}

func reasonOf(code string) (cases.Reason, bool) {
	if r, ok := earlier[code]; ok {
		return r, true
	}
	if strings.HasPrefix(code, "cases.when.") { // the situation does not call for it
		return cases.ReasonIllegalPair, true
	}
	r, ok := strings.CutPrefix(code, "cases.law.")
	return cases.Reason(r), ok
}

// inOrder sorts the answers that are at fault as the law looks at them: in the order in which a procedure asks, elsewhere
// the reason first.
func inOrder(act cases.Act, fields map[string]string) []string {
	order := []string{"reason", "basis", "standard", "unmet"}
	if proc, ok := cases.ProcedureOf(act); ok {
		order = nil
		for _, a := range proc.Asks {
			order = append(order, a.Name)
		}
	}
	place := func(field string) int {
		if i := slices.Index(order, field); i >= 0 {
			return i
		}
		return len(order)
	}
	names := slices.Sorted(maps.Keys(fields))
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

// precluded is the reason against an act that the program gives nobody a way to do: what the law asks for is supplied
// by the program itself. It counts only where the program would let the act through; "" for all others.
func (p *play) precluded(e event) (cases.Reason, error) {
	var why cases.Reason
	post := decider
	switch {
	case e.Remedies != nil && !*e.Remedies: // every paper that needs them carries them
		why = cases.ReasonNoRemedies
	case slices.Contains(e.Flags, "pledged") && !p.sc.Item.Pledge: // the item's list decides, not the clerk
		why = cases.ReasonSettingOff
	case e.Act == cases.ActHoldHearing && e.Chair == "": // whoever keeps the minutes chairs
		why, post = cases.ReasonMissingInput, lawyer
	default:
		return "", nil
	}
	switch e.Act {
	case cases.ActAccept, cases.ActNotAccept, cases.ActNotRequired, cases.ActReturnLapsed:
		post = clerk
	case cases.ActTerminate:
		post = head
	}
	who := p.as(e, post)
	if e.Act == cases.ActAccept && who.Kind == auth.Staff {
		if err := p.lookOver(who, e); err != nil {
			return "", nil //nolint:nilerr // accept says it again
		}
	}
	allowed := false
	err := p.Cases.DB.Read(p.ctx, func(tx *db.Tx) error {
		c, err := p.Cases.Find(tx, p.id)
		if err != nil {
			return err
		}
		choices, err := p.Cases.Explain(tx, who, &c)
		allowed = slices.ContainsFunc(choices, func(x cases.Choice) bool { return x.Act == e.Act && x.Why == nil })
		return err
	})
	if err != nil || !allowed {
		return "", err
	}
	return why, nil
}
