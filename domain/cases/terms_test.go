package cases

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// rival is another enterprise of the sample city.
const rival = "91379900MA7YC0022K"

// elements publishes an item with other legal elements: one officer proposes them, another
// approves.
func (w *world) elements(code string, l catalog.Legal) {
	w.t.Helper()
	rights := []string{catalog.Keep, catalog.Review}
	one, other := auth.Actor{ID: 1, Staff: 1, Kind: auth.Staff, Rights: rights}, auth.Actor{ID: 2, Staff: 2, Kind: auth.Staff, Rights: rights}
	c, err := w.s.Catalog.ProposeLegal(w.t.Context(), one, code, w.item(code).Version, l)
	if err == nil {
		c, err = w.s.Catalog.Submit(w.t.Context(), one, c.ID, c.Lock, "登记法定要素")
	}
	if err == nil {
		_, err = w.s.Catalog.Approve(w.t.Context(), other, c.ID, c.Lock, calendar.DateOf(w.s.DB.Now()), "")
	}
	if err != nil {
		w.t.Fatalf("%v %v", err, fieldsOf(err))
	}
}

// acceptedFor is an application of somebody for an item, accepted.
func (w *world) acceptedFor(who auth.Actor, item string) int64 {
	w.t.Helper()
	id := w.submit(who, item).Case
	w.pass(w.staff(clerk), id)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestTermsComeFromTheItem: what the statutes behind an item ask for is frozen into the case when it is received.
func TestTermsComeFromTheItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		notice, extension := 2, 5
		w.elements(food, catalog.Legal{
			Safety: true, Quota: 9, ThirdParty: true, Hearing: true, InspectionItem: true, TestResult: true, ReviewFirst: true,
			Notice: &notice, Extension: &extension,
		})
		old := w.submit(w.person(firm), food).Case
		w.elements(food, catalog.Legal{FirstReview: true})
		now := w.submit(w.person(rival), food).Case
		x := w.state(old).Matter.Terms
		if !x.InspectionRequired { // its road has a site check
			t.Error("the decision does not wait for the site check")
		}
		if !x.Safety || !x.Quota || !x.ThirdParty || !x.HearingRequired || !x.InspectionItem || !x.TestResult || !x.ReviewFirst ||
			x.FirstReview || x.Notice != 2 || x.Extension != 5 || !x.Deem {
			t.Errorf("terms are %+v", x)
		}
		if y := w.state(now).Matter.Terms; !y.FirstReview || y.Safety || y.Quota || y.Notice != 5 || y.Extension != 10 {
			t.Errorf("after the change: %+v", y)
		}
		w.owes(old, ClockNotice, w.ahead(2))
		w.verify()
	})
}

// TestXKF26TheStepOfAUnitGivesTheOpinionItOwes on a joint case: the decision waits for it.
func TestXKF26TheStepOfAUnitGivesTheOpinionItOwes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.acceptedFor(w.person(firm), "road-passenger")
		c := w.state(id)
		if !c.Matter.Terms.Joint || !slices.Equal(c.Matter.Terms.Units, []int64{UnitNumber("GAJ")}) {
			t.Fatalf("terms are %+v", c.Matter.Terms)
		}
		early := c.Matter
		early.State = StateReviewing
		if _, _, no := w.s.Law.Apply(early, ActGrant, Input{Role: RoleDecider, By: 1}, w.now); no == nil || no.Reason != ReasonOpinionsMissing {
			t.Errorf("before the opinion: %v", no)
		}
		task := w.review(id)
		if got := w.state(id).Matter.Opinions; !slices.Equal(got, []int64{UnitNumber("GAJ")}) {
			t.Errorf("opinions are %v", got)
		}
		w.says(id, PaperOpinion, "第二十六条", "公安局", "建议准予")
		if _, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: id}, Decision{Task: task.ID, Grant: true}); err != nil {
			t.Error(err)
		}
		w.verify()
	})
}

// TestXKF55TheRefusalNamesTheStandard where a test decides.
func TestXKF55TheRefusalNamesTheStandard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.elements(food, catalog.Legal{TestResult: true})
		id := w.acceptedFor(w.person(firm), food)
		task := w.review(id)
		d := Decision{Task: task.ID, Reason: "检测不合格，不符合条件", Basis: "食品安全法第三十五条"}
		before := w.trace(id)
		if _, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: id}, d); fieldsOf(err)["standard"] != "cases.standard_missing" {
			t.Errorf("without a standard: %v", err)
		}
		if before != w.trace(id) {
			t.Error("what was refused left a trace")
		}
		d.Standard = "GB 14934—2016"
		if _, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: id}, d); err != nil {
			t.Fatal(err)
		}
		w.says(id, PaperRefusal, "GB 14934—2016")
		w.verify()
	})
}

// TestReviewFirstIsWhatThePaperSays (复议法 23): no direct suit where a statute asks for review first.
func TestReviewFirstIsWhatThePaperSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.elements(food, catalog.Legal{ReviewFirst: true})
		id := w.acceptedFor(w.person(firm), food)
		w.decide(id, false)
		w.says(id, PaperRefusal, "应当先自收到")
	})
}

// TestXKF78FalseMaterialsBarFromTheSameItem: for a year, the same party and the same item, and the reason is told.
func TestXKF78FalseMaterialsBarFromTheSameItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window := t.Context(), w.staff(clerk)
		first := w.acceptedFor(w.person(firm), food) // the sample city's food item concerns health
		task := w.review(first)
		if _, err := w.s.Decide(ctx, w.holder(task.Post), On{Case: first}, Decision{
			Task: task.ID, Reason: "租赁合同系伪造", Basis: "行政许可法第七十八条", FalseMaterials: true,
		}); err != nil {
			t.Fatal(err)
		}
		w.says(first, PaperRefusal, "第七十八条", "一年内不得再次申请")
		no := w.state(first).No

		w.now = time.Date(2027, 3, 2, 10, 0, 0, 0, calendar.Zone) // its last day
		again := w.submit(w.person(firm), food).Case
		w.pass(window, again)
		var v *View
		var why error
		w.read(func(tx *db.Tx) (err error) {
			if v, err = w.s.View(tx, window, again); err != nil {
				return err
			}
			list, err := w.s.Explain(tx, window, v.Case)
			for _, c := range list {
				if c.Act == ActAccept {
					why = c.Why
				}
			}
			return err
		})
		if len(v.Bars) != 1 || v.Bars[0].Case != first || v.Bars[0].Article != "78" || v.Bars[0].Until.String() != "2027-03-02" {
			t.Errorf("the window sees %+v", v.Bars)
		}
		before := w.trace(again)
		_, err := w.s.Accept(ctx, window, On{Case: again})
		for _, err := range []error{why, err} {
			if f, ok := err.(*fault.Error); !ok || f.Code != "cases.banned.78" || f.Args["no"] != no || f.Args["until"] != "2027-03-02" { //nolint:errorlint // a fault of ours
				t.Errorf("the refusal says %v", err)
			}
		}
		if before != w.trace(again) {
			t.Error("what was refused left a trace")
		}
		if _, err := w.s.NotAccept(ctx, window, On{Case: again}, GroundBanned, "处于不得再次申请的期间", "", ""); err != nil {
			t.Errorf("not accepted: %v", err)
		}
		// Somebody else, and something else, is as free as before, and so is the party from the next day on.
		w.acceptedFor(w.person(rival), food)
		w.acceptedFor(w.person(firm), "public-place-hygiene")
		other := w.submit(w.person(rival), food).Case
		if _, err := w.s.NotAccept(ctx, window, On{Case: other}, GroundBanned, "处于不得再次申请的期间", "", ""); fault.Code(err) != "cases.law.ground_state" {
			t.Errorf("a ban that does not run: %v", err)
		}
		w.now = time.Date(2027, 3, 3, 10, 0, 0, 0, calendar.Zone)
		w.acceptedFor(w.person(firm), food)
		w.verify()
	})
}

// TestXKF78ARefusalSetAsideBarsNobody: the case is done again, and the party may apply.
func TestXKF78ARefusalSetAsideBarsNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.acceptedFor(w.person(firm), food)
		task := w.review(id)
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: id}, Decision{
			Task: task.ID, Reason: "租赁合同系伪造", Basis: "行政许可法第七十八条", FalseMaterials: true,
		}); err != nil {
			t.Fatal(err)
		}
		w.perform(w.staff(bureauHead), id, ActRemand, answers{"basis": "云川市人民政府复议决定书〔2026〕7号", "to": string(StateReceived)})
		w.acceptedFor(w.person(firm), food)
		w.verify()
	})
}

// TestXKF78NoBanWithoutSafety: false materials bar only where safety, health, life or property are concerned.
func TestXKF78NoBanWithoutSafety(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const item = "outdoor-advertising"
		id := w.submit(w.person(firm), item).Case
		if _, err := w.s.NotAccept(t.Context(), w.staff(clerk), On{Case: id}, GroundFalseMaterials, "提供虚假材料", "", ""); err != nil {
			t.Fatal(err)
		}
		w.acceptedFor(w.person(firm), item)
		w.verify()
	})
}

// TestXKF79FraudBarsForThreeYears: the ban of an annulled certificate is found like any other.
func TestXKF79FraudBarsForThreeYears(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.acceptedFor(w.person(firm), food)
		w.decide(id, true)
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := w.s.Certify(tx, w.holder("SPJ-ZZ.issue"), On{Case: id}, "JY1", 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.change(t.Context(), w.staff(foodDecider), "annul", On{Case: id}, nil, func(ch *change) error {
			in := Input{By: ch.who.Staff, Role: RoleDecider, Ground: "fraud", Heard: true, Remedies: true, Reason: "以欺骗手段取得"}
			return ch.do(move{act: string(ActAnnul), legal: &in})
		}); err != nil {
			t.Fatal(err)
		}
		w.now = time.Date(2029, 3, 1, 10, 0, 0, 0, calendar.Zone)
		again := w.submit(w.person(firm), food).Case
		w.pass(w.staff(clerk), again)
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), On{Case: again}); fault.Code(err) != "cases.banned.79" {
			t.Errorf("accepted: %v", err)
		}
		w.now = time.Date(2029, 3, 3, 10, 0, 0, 0, calendar.Zone)
		w.acceptedFor(w.person(firm), food)
		w.verify()
	})
}

// TestXKF57TheNumberIsGrantedInTheOrderOfAcceptance, and nothing beyond it.
func TestXKF57TheNumberIsGrantedInTheOrderOfAcceptance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.elements(food, catalog.Legal{Quota: 1})
		first := w.acceptedFor(w.person(firm), food)
		w.now = w.now.Add(time.Hour)
		second := w.acceptedFor(w.person(rival), food)
		left := func() (n int) {
			w.read(func(tx *db.Tx) (err error) { n, err = w.s.Places(tx, w.item(food)); return err })
			return n
		}
		one, two := w.review(first), w.review(second)
		decider := w.holder(one.Post)
		grant := func(id int64, task Task) error {
			_, err := w.s.Decide(ctx, decider, On{Case: id}, Decision{Task: task.ID, Grant: true})
			return err
		}
		before := w.trace(second)
		if err := grant(second, two); fault.Code(err) != "cases.earlier_applicant" || !strings.Contains(fmt.Sprint(err.(*fault.Error).Args["no"]), w.state(first).No) { //nolint:errorlint,forcetypeassert // a fault of ours
			t.Errorf("out of order: %v", err)
		}
		if before != w.trace(second) {
			t.Error("what was refused left a trace")
		}
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, decider, second)
			if err != nil {
				return err
			}
			if l := v.Limited; l == nil || l.Number != 1 || l.Left != 1 || len(l.Queue) != 2 || l.Queue[0].Case != first || !l.Queue[1].This {
				t.Errorf("the decider sees %+v", v.Limited)
			}
			return nil
		})
		if err := grant(first, one); err != nil || left() != 0 {
			t.Errorf("the first: %v, %d left", err, left())
		}
		if err := grant(second, two); fault.Code(err) != "cases.quota_empty" {
			t.Errorf("the second: %v", err)
		}
		// A number that is raised counts at once.
		w.elements(food, catalog.Legal{Quota: 2})
		if err := grant(second, two); err != nil || left() != 0 {
			t.Errorf("after it was raised: %v, %d left", err, left())
		}
		w.verify()
	})
}

// TestXKF57WhomAReviewFoundAgainstDoesNotBlock those who were accepted later; a certificate that ends gives its place back.
func TestXKF57WhomAReviewFoundAgainstDoesNotBlock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.elements(food, catalog.Legal{Quota: 1})
		first := w.acceptedFor(w.person(firm), food)
		w.now = w.now.Add(time.Hour)
		second := w.acceptedFor(w.person(rival), food)
		task, _ := w.open(first)
		if _, err := w.s.Opine(ctx, w.holder(task.Post), On{Case: first}, Review{Task: task.ID, Conclusion: Disagree, Text: "场所不符合规定", Inspectors: []string{"YC1030", "YC1031"}}); err != nil {
			t.Fatal(err)
		}
		w.decide(second, true)
		places := func() (n int) {
			w.read(func(tx *db.Tx) (err error) { n, err = w.s.Places(tx, w.item(food)); return err })
			return n
		}
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := w.s.Certify(tx, w.holder("SPJ-ZZ.issue"), On{Case: second}, "JY1", date("2026-06-30"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if w.now = date("2026-06-30").Start().Add(10 * time.Hour); places() != 0 {
			t.Error("a place is free on the last day of the certificate")
		}
		if w.now = date("2026-07-01").Start().Add(10 * time.Hour); places() != 1 {
			t.Error("no place is free after the certificate has ended")
		}
		for {
			n, err := w.s.Tick(ctx, 10)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
		w.verify()
	})
}

// TestXKF57OneOfManyDecidersWinsTheLastPlace, however close they are.
func TestXKF57OneOfManyDecidersWinsTheLastPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.elements(food, catalog.Legal{Quota: 1})
		var ids []int64 // accepted at the same instant: none is earlier
		for _, who := range []string{firm, rival, firm, rival, firm, rival} {
			ids = append(ids, w.acceptedFor(w.person(who), food))
		}
		var tasks []Task
		for _, id := range ids {
			tasks = append(tasks, w.review(id))
		}
		decider := w.holder(tasks[0].Post)
		errs := make([]error, len(ids))
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i, id := range ids {
			wg.Go(func() {
				<-start
				_, errs[i] = w.s.Decide(t.Context(), decider, On{Case: id}, Decision{Task: tasks[i].ID, Grant: true})
			})
		}
		close(start)
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.Code(err) != "cases.quota_empty" {
				t.Errorf("a decider hears %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d places of one were granted", won)
		}
		w.verify()
	})
}

// TestSettingsReachLaterApplicationsOnly, with who changed them and why in the ledger.
func TestSettingsReachLaterApplicationsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), auth.Actor{ID: 42, Kind: auth.Staff, Name: "系统管理员"}
		const why = "依据《云川市行政审批服务规定》第九条"
		old := w.submit(w.person(firm), food).Case
		var first Settlement
		for range 2 { // the double click
			x, err := w.s.Settle(ctx, admin, "k1", 0, "correction_days", "30", why)
			if err != nil {
				t.Fatal(err)
			}
			first = x
		}
		if first.Number != 1 || first.Was != "15" || first.Settled.CorrectionDays != 30 {
			t.Errorf("settled %+v", first)
		}
		now := w.submit(w.person(rival), food).Case
		if a, b := w.state(old).Matter.Terms.Settings, w.state(now).Matter.Terms.Settings; a.CorrectionDays != 15 || b.CorrectionDays != 30 {
			t.Errorf("the cases have %d and %d days", a.CorrectionDays, b.CorrectionDays)
		}
		for _, x := range []struct {
			on                           int64
			point, value, reason, expect string
		}{
			{1, "correction_days", "4", why, "cases.settled.value"},
			{1, "correction_days", "61", why, "cases.settled.value"},
			{1, "correction_days", "007", why, "cases.settled.value"},
			{1, "online_clock_start", "tomorrow", why, "cases.settled.value"},
			{1, "correction_days", "20", "", "cases.reason_missing"},
			{1, "correction_days", "30", why, "cases.settled.same"},
			{0, "correction_days", "20", why, "cases.settled.stale"},
			{1, "chief_after", "3", why, "cases.settled.head_first"},
			{1, "deadline", "3", why, "cases.settled.unknown"},
		} {
			_, err := w.s.Settle(ctx, admin, "", x.on, x.point, x.value, x.reason)
			fields := fieldsOf(err)
			if got := fault.Code(err); got != x.expect && fields["value"] != x.expect && fields["reason"] != x.expect {
				t.Errorf("%s=%s on %d: %v %v, want %s", x.point, x.value, x.on, err, fields, x.expect)
			}
		}
		if _, err := w.s.Settle(ctx, admin, "", 1, "correction_lapse", LapseReturn, why); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			list, err := w.s.Settlements(tx, 0, 10)
			if err != nil || len(list) != 2 || list[0].Point != "correction_lapse" || list[1].Reason != why || list[1].ActorName != "系统管理员" {
				t.Errorf("changes are %+v, %v", list, err)
			}
			entries, err := ledger.Chain(tx, chainSettled)
			if len(entries) != 2 {
				t.Errorf("the ledger has %d entries", len(entries))
			}
			return err
		})
		w.verify()
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE cases_settled SET value = '5' WHERE number = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			if err := w.s.Verify(tx, func(string, int) {}); err == nil || !strings.Contains(err.Error(), "what is settled") {
				t.Errorf("a row changed behind the program's back: %v", err)
			}
			return nil
		})
	})
}

// TestOneSettlementWinsOfTwo at the same moment.
func TestOneSettlementWinsOfTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		errs := make([]error, 6)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = w.s.Settle(t.Context(), auth.Actor{ID: int64(i + 1), Kind: auth.Staff}, "", 0, "publish_days", fmt.Sprint(8+i), "同时改动试验")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.Code(err) != "cases.settled.stale" {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d changes came of one state", won)
		}
		w.verify()
	})
}

// TestSettledDaysBringRedCasesUp: chief and head are told when the place says, for all cases.
func TestSettledDaysBringRedCasesUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, x := range [][2]string{{"head_after", "5"}, {"chief_after", "2"}} {
			if _, err := w.s.Settle(t.Context(), auth.Actor{ID: 1, Kind: auth.Staff}, "", int64(i), x[0], x[1], "本市督办办法第六条"); err != nil {
				t.Fatal(err)
			}
		}
		id := w.acceptedFor(w.person(firm), food)
		clock, _ := mainClock(w.state(id).Matter)
		for _, x := range []struct{ days, want int }{{1, 1}, {2, 1}, {3, 2}, {5, 2}, {6, 3}} {
			w.now = calendar.Official().AddWorkdays(clock.Due, x.days).Start().Add(9 * time.Hour)
			if _, err := w.s.Remind(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			w.read(func(tx *db.Tx) error {
				list, err := listEscalations(tx, id)
				if len(list) != x.want {
					t.Errorf("%d working days late: %d levels, want %d", x.days, len(list), x.want)
				}
				return err
			})
		}
	})
}

// TestEveryPointOfTheSettingsIsAPoint: nothing of Settings can be changed but by name, and every default is allowed.
func TestEveryPointOfTheSettingsIsAPoint(t *testing.T) {
	base := DefaultSettled()
	for _, p := range Points() {
		if !p.within(p.Of(base)) {
			t.Errorf("the default %s of %s is not allowed", p.Of(base), p.Name)
		}
		other := ""
		for _, v := range append(slices.Clone(p.Values), fmt.Sprint(p.Least), fmt.Sprint(p.Most)) {
			if p.within(v) && v != p.Of(base) {
				other = v
			}
		}
		if got := p.with(base, other); other == "" || p.Of(got) != other || got == base {
			t.Errorf("%s cannot be changed to %q", p.Name, other)
		}
	}
	if n := len(Points()); n != 20 {
		t.Errorf("%d points for 18 settings and 2 levels", n)
	}
}

func (w *world) places() (n int) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { n, err = w.s.Places(tx, w.item(food)); return err })
	return n
}

// TestXKF57ALicenceKeepsItsPlaceUnderAnotherItem: renewed, changed, or granted before there was a number, it is held once.
func TestXKF57ALicenceKeepsItsPlaceUnderAnotherItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		old := w.licensed(r, "2026-06-30")
		w.elements(food, catalog.Legal{Quota: 2})
		w.elements(foodRenew, catalog.Legal{Quota: 2})
		held := func(when string) {
			t.Helper()
			if got := w.places(); got != 1 {
				t.Errorf("%s: %d of two places are left, want 1", when, got)
			}
		}
		held("granted before the number was limited")
		w.elements(food, catalog.Legal{Quota: 1})
		renewal := w.hand(who, w.apply(who, foodRenew))
		w.admit(renewal)
		w.decide(renewal, true) // its place is its own: none has to be free
		w.elements(food, catalog.Legal{Quota: 2})
		held("renewed")
		w.certify(renewal, date("2031-12-31"))
		w.stance(old, CertificateReplaced)
		held("with the renewed certificate")
		r.held[0].Case, r.held[0].Until = renewal, date("2031-12-31")
		change := w.hand(who, w.apply(who, foodChange))
		w.admit(change)
		w.decide(change, true)
		held("changed")
		w.certify(change, date("2031-12-31"))
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return w.s.Replace(tx, w.holder("SPJ-ZZ.issue"), renewal, change)
		}); err != nil {
			t.Fatal(err)
		}
		held("with the changed certificate")
		w.verify()
	})
}

// TestWhatWasHeldBeforeIsCountedFromThenOn: the upgrade finds out of what is stored until when each place is held.
func TestWhatWasHeldBeforeIsCountedFromThenOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		w.certify(w.decided(true, nil), 0)
		w.decided(true, nil)
		w.decided(false, nil)
		suspended := w.certified(date("2030-02-28"), nil)
		w.perform(w.staff(foodDecider), suspended, ActSuspendCertificate, answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改"})
		w.licensed(r, "2026-06-30")
		change, renewal := w.hand(who, w.apply(who, foodChange)), w.hand(who, w.apply(who, foodRenew)) // both before either is granted
		for _, id := range []int64{change, renewal} {
			w.admit(id)
			w.decide(id, true)
		}
		w.elements(food, catalog.Legal{Quota: 9})
		before := w.places()
		schema, err := Schema.ReadFile("schema/0013_licence.sql")
		if err != nil {
			t.Fatal(err)
		}
		_, fill, _ := strings.Cut(string(schema), "cases_queued ON")
		_, fill, _ = strings.Cut(fill, "\n")
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`UPDATE cases SET holds = '', licence = item`); err != nil {
				return err
			}
			for sql := range strings.SplitSeq(fill, ";") {
				if strings.TrimSpace(sql) == "" {
					continue
				}
				if err := tx.Exec(sql); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if after := w.places(); after != before || before != 5 {
			t.Errorf("%d places are left, %d before", after, before)
		}
		w.verify()
	})
}

// TestXKF78ABanReachesTheSameLicenceUnderAnotherItem: who lied in a renewal may not ask for the same licence as a new one.
func TestXKF78ABanReachesTheSameLicenceUnderAnotherItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window, who := t.Context(), w.staff(clerk), w.person(firm)
		w.elements(foodRenew, catalog.Legal{Safety: true})
		id := w.hand(who, w.apply(who, foodRenew))
		if _, err := w.s.NotAccept(ctx, window, On{Case: id}, GroundFalseMaterials, "提供虚假材料", "", ""); err != nil {
			t.Fatal(err)
		}
		again := w.submit(who, food).Case
		w.pass(window, again)
		if _, err := w.s.Accept(ctx, window, On{Case: again}); fault.Code(err) != "cases.banned.78" {
			t.Errorf("accepted under another item: %v", err)
		}
		w.acceptedFor(who, "public-place-hygiene")
		w.verify()
	})
}

// TestXKF57AQualifiedApplicantBehindManyUnqualifiedOnesStillComesFirst however long the queue is.
func TestXKF57AQualifiedApplicantBehindManyUnqualifiedOnesStillComesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.elements(food, catalog.Legal{Quota: 1})
		against := w.acceptedFor(w.person(firm), food)
		task, _ := w.open(against)
		if _, err := w.s.Opine(t.Context(), w.holder(task.Post), On{Case: against}, Review{Task: task.ID, Conclusion: Disagree, Text: "场所不符合规定", Inspectors: []string{"YC1030", "YC1031"}}); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		first := w.acceptedFor(w.person(rival), food)
		w.now = w.now.Add(time.Hour)
		second := w.acceptedFor(w.person(firm), food)
		task = w.review(second)
		w.read(func(tx *db.Tx) error {
			c, err := findCase(tx, second)
			if err != nil {
				return err
			}
			var in Input
			err = w.s.knownQuota(tx, c, &in, false)
			if in.Quota == nil || len(in.Quota.Queue) != 1 || !in.Quota.Queue[0].Qualified || !in.Quota.Queue[0].Accepted.Equal(w.state(first).Matter.Accepted) {
				t.Errorf("the law is told %+v, want the one that matters", in.Quota)
			}
			return err
		})
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: second}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.earlier_applicant" {
			t.Errorf("out of order: %v", err)
		}
		w.verify()
	})
}
