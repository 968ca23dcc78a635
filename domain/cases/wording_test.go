package cases

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestEveryActAndProcedureHasWords: the timeline, the supervision page and the pages of procedures say each in both
// languages: what it is called, what it does to which limit, when it is possible, and what it asks for.
func TestEveryActAndProcedureHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		file, err := texts.ReadFile("text/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(file, &words); err != nil {
			t.Fatal(err)
		}
		need := func(keys ...string) {
			t.Helper()
			if !slices.ContainsFunc(keys, func(k string) bool { return words[k] != "" }) {
				t.Errorf("%s: no words for %v", lang, keys)
			}
		}
		for _, r := range slices.Concat(Rules(), rulesOfCertificates()) {
			need("cases.act." + string(r.Act))
		}
		for _, reason := range Reasons {
			need("cases.law." + string(reason))
		}
		for _, p := range Procedures() {
			act := string(p.Act)
			need("cases.act." + act)
			need("cases.procedure." + act)
			need("cases.does." + act)
			need("cases.when." + act)
			need("cases.group." + string(p.Group))
			for _, a := range p.Asks {
				need("cases.ask."+act+"."+a.Name, "cases.ask."+a.Name)
				for _, v := range a.Values {
					need("cases.option." + a.Name + "." + v)
				}
			}
		}
		for ground := range certificateGrounds {
			need("cases.option.ground." + string(ground))
		}
		for ground := range grounds {
			need("cases.option.ground." + string(ground))
		}
	}
}

// TestProceduresKeepToTheLaw: each has one row, a rule that says who may do it, a right for each of those, and a paper
// where the law names one.
func TestProceduresKeepToTheLaw(t *testing.T) {
	t.Parallel()
	seen := map[Act]bool{}
	for _, p := range Procedures() {
		if seen[p.Act] {
			t.Errorf("%s stands in the table twice", p.Act)
		}
		seen[p.Act] = true
		r := p.Rule()
		if _, known := RuleOf(p.Act); (known || IsCertificateAct(p.Act)) == (p.Role != "") {
			t.Errorf("%s: the law knows it %v, the table gives it the role %q", p.Act, known, p.Role)
		}
		if (r.Paper != "" && r.Paper != PaperCertificate) != (p.write != nil) { // certificates are made where they are kept
			t.Errorf("%s: the law's paper is %q, the table writes one: %v", p.Act, r.Paper, p.write != nil)
		}
		for _, role := range r.Who {
			if role != RoleSystem && p.action(role) == "" {
				t.Errorf("%s: %s has no right", p.Act, role)
			}
		}
	}
	for _, act := range []Act{
		ActExtendCorrection, ActReturnLapsed, ActAppointInspectors, ActTellInterested, ActHearStatement, ActTellHearingRight,
		ActWaiveHearing, ActRequestHearing, ActHoldHearing, ActCancelHearing, ActStartSpecial, ActReplanSpecial, ActEndSpecial,
		ActExtendDebt, ActLapseDebt, ActGrantOnSpot, ActSeeOriginal, ActReferUp, ActTakeReferral, ActRemand, ActTerminate, ActServe, ActPublish,
		ActCorrectClerical, ActUrge, ActExplainOverdue, ActPostCheck, ActRemedyFiled, ActGiveSimOpinion, ActConvert, ActCloseSim,
		ActSuspendCertificate, ActLiftCertificate, ActAnnul, ActTakeBack, ActRevokeCertificate, ActReissue, ActCancelCertificate,
	} {
		if !seen[act] {
			t.Errorf("%s has no use case", act)
		}
	}
}
