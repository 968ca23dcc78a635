package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// run is one case under way.
type run struct {
	*director
	ctx      context.Context
	it       *catalog.Item
	f        fate
	atWindow bool // it was handed in there
	day      calendar.Date
	cal      *calendar.Calendar
	who      auth.Actor // the applicant
	desk     auth.Actor // the clerk
	on       cases.On
}

// next moves on by working days and to an hour.
func (r *run) next(days, hour int) {
	r.day = r.cal.AddWorkdays(r.day, max(days, 1))
	if days == 0 {
		r.day = calendar.DateOf(r.clock)
	}
	r.at(r.day, hour)
}

func (r *run) play() error {
	r.desk = pick(r.rng, r.cast.clerks)
	pool, fits := r.cast.people, (*catalog.Item).ForPersons
	if r.it.ForBodies() && (!r.it.ForPersons() || r.rng.IntN(2) == 0) {
		pool, fits = r.cast.bodies, (*catalog.Item).ForBodies
	}
	r.who = pick(r.rng, pool)
	if r.rng.IntN(5) == 0 { // those whose accounts visitors try first have more to show
		r.who = pool[0]
	}
	err := r.apply()
	for errors.Is(err, errHolds) { // then the case is about something else
		if r.it = r.item(r.f); r.it.ActsOn == nil && fits(r.it) {
			err = r.apply()
		}
	}
	if err != nil || r.f.end == "draft" || r.f.end == "receive" {
		return err
	}
	if err := r.window(); err != nil || r.f.end == "notify" || r.f.end == "not_accept" || r.f.end == "not_required" {
		return err
	}
	if r.f.end == "accept" {
		return nil
	}
	if r.f.end == "withdraw" {
		r.next(1, 10)
		_, err := r.s.cases.Withdraw(r.ctx, r.who, r.on, "计划有变，暂不办理")
		return err
	}
	decided, err := r.review()
	if err != nil || !decided {
		return err
	}
	if err := r.hand(); err != nil || !r.regulators {
		return err
	}
	return r.oversee()
}

// errHolds says that the applicant has a certificate of the type that the item is about.
var errHolds = errors.New("app: the applicant has such a certificate")

// newcomer sees to it that an application about a certificate names none: the clocks of the cases that make them go
// each by itself here, and an act on a certificate must not be dated before the making.
func (r *run) newcomer() error {
	return r.s.cases.DB.Read(r.ctx, func(tx *db.Tx) error {
		held, err := r.s.cases.HeldFor(tx, r.it, r.who.Party)
		if err == nil && len(held) > 0 {
			err = errHolds
		}
		return err
	})
}

// apply fills a draft in and hands it in, online or at the window.
func (r *run) apply() error {
	filler, party := r.who, int64(0)
	if r.rng.IntN(10) < 3 && r.f.end != "draft" {
		filler, party, r.atWindow = r.desk, r.who.Party, true
	}
	turn := &r.cast.filling[uint64(r.who.Party)%64] //nolint:gosec // ids are positive
	turn.Lock()
	defer turn.Unlock()
	if err := r.newcomer(); err != nil {
		return err
	}
	d, err := r.blank(filler, party)
	if err != nil {
		return err
	}
	answers := r.cast.routes[r.it.Code]
	need := r.it.Resolve(answers)
	form := map[string]string{}
	for _, f := range need.Fields {
		if v := d.Form[f.Key]; v == "" || f.Check(f.Clean(v)) != "" {
			form[f.Key] = f.Example()
		}
		switch { // of the paper that the applicant has
		case r.it.ActsOn == nil:
		case f.Element == catalog.ElementCertificateUntil:
			form[f.Key] = (r.day + 90).String()
		case f.Element == catalog.ElementCertificateNumber:
			form[f.Key] = r.paperNumber(f)
		}
	}
	agreed := true
	if _, err := r.s.cases.Save(r.ctx, filler, d.ID, cases.Filling{
		Answers: answers, Form: form, Pledged: &agreed, Promised: &agreed, Delivery: &cases.Delivery{Way: cases.DeliverWindow},
	}); err != nil {
		return err
	}
	for i, m := range need.Materials {
		if later(m, r.f) || r.f.end == "draft" && i > 1 {
			continue
		}
		if err := r.attach(filler, cases.To{Draft: d.ID, Material: m.ID}, m); err != nil {
			return err
		}
	}
	if r.f.end == "draft" {
		return nil
	}
	out, err := r.s.cases.Submit(r.ctx, filler, d.ID, "")
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Fields["certificate"] != "" { // made for the applicant meanwhile
		if err := r.s.cases.Discard(r.ctx, filler, d.ID); err != nil {
			return err
		}
		return errHolds
	}
	r.on = cases.On{Case: out.Case}
	return err
}

// paperNumber is the number of a paper that nobody else has: as the field's example, with other digits.
func (r *run) paperNumber(f catalog.Field) string {
	other := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '0' + rune(r.rng.IntN(10)) //nolint:gosec // a digit
		}
		return c
	}, f.Example())
	if f.Check(f.Clean(other)) != "" { // some of its digits must be as they are
		return f.Example()
	}
	return other
}

// blank begins a draft with nothing in it. What another case, or a process that was
// killed, left half filled is discarded: its files would come with this application.
func (r *run) blank(filler auth.Actor, party int64) (d cases.Draft, err error) {
	if d, err = r.s.cases.Begin(r.ctx, filler, r.it.Code, party); err != nil {
		return d, err
	}
	var files []cases.File
	if err = r.a.DB.Read(r.ctx, func(tx *db.Tx) (err error) {
		files, err = r.s.cases.DraftFiles(tx, d.ID)
		return err
	}); err != nil || d.Version == 1 && len(files) == 0 {
		return d, err
	}
	if err = r.s.cases.Discard(r.ctx, filler, d.ID); err != nil {
		return d, err
	}
	return r.s.cases.Begin(r.ctx, filler, r.it.Code, party)
}

func (r *run) attach(who auth.Actor, to cases.To, m catalog.Material) error {
	kind := 2
	if m.Kind == "1" || m.Kind == "2" {
		kind = int(m.Kind[0] - '1')
	}
	_, err := r.s.cases.Attach(r.ctx, who, to, m.Name+".png", bytes.NewReader(r.files[kind]))
	return err
}

// window looks at the materials, asks for corrections if that is the fate, and
// accepts.
func (r *run) window() error {
	r.next(1, 9+r.rng.IntN(2))
	switch r.f.end {
	case "not_accept":
		_, err := r.s.cases.NotAccept(r.ctx, r.desk, r.on, cases.GroundNotCompetent, "所申请的事项不属于本机关职权范围", "", "望湖区行政审批服务局")
		return err
	case "not_required":
		_, err := r.s.cases.NotAccept(r.ctx, r.desk, r.on, "", "所从事的活动依法不需要取得许可", "", "")
		return err
	}
	need := r.it.Resolve(r.cast.routes[r.it.Code])
	if r.f.how == "correct" {
		if err := r.correct(need); err != nil || r.f.end == "notify" {
			return err
		}
	}
	if err := r.judge(need, ""); err != nil {
		return err
	}
	var owed []string
	for _, m := range need.Materials {
		if later(m, r.f) {
			owed = append(owed, m.ID)
		}
	}
	if len(owed) > 0 && r.atWindow { // the applicant signs at the window
		to := cases.To{Case: r.on.Case, Material: cases.ScanPromise, Promises: owed}
		if err := r.attach(r.desk, to, catalog.Material{Name: "容缺受理告知承诺书"}); err != nil {
			return err
		}
	}
	seen, err := r.original()
	if err != nil {
		return err
	}
	_, err = r.s.cases.AcceptSeen(r.ctx, r.desk, r.on, seen)
	return err
}

// original is what the window reads on the certificate that the applicant declared: what they said.
func (r *run) original() (seen cases.Original, err error) {
	if r.it.ActsOn == nil {
		return seen, nil
	}
	err = r.s.cases.DB.Read(r.ctx, func(tx *db.Tx) error {
		c, err := r.s.cases.Find(tx, r.on.Case)
		if held := c.Matter.Certificate; err == nil && held != nil && held.Declared != 0 {
			seen = cases.Original{Seen: true, Until: held.Expires}
		}
		return err
	})
	return seen, err
}

var reasons = []string{"没有盖章，请加盖公章后重新上传", "照片反光看不清，请重新拍摄", "缺少签名页，请补上", "日期与申请书不一致，请更正"}

// correct sends the one notice and, unless that is the end, the correction.
func (r *run) correct(need catalog.Need) error {
	bad := ""
	for _, m := range need.Materials {
		if correctable(m) {
			bad = m.ID
		}
	}
	if err := r.judge(need, bad); err != nil {
		return err
	}
	if _, err := r.s.cases.Notify(r.ctx, r.desk, r.on, 0); err != nil || r.f.end == "notify" {
		return err
	}
	r.next(2, 10)
	if err := r.attach(r.who, cases.To{Case: r.on.Case, Material: bad}, *need.Material(bad)); err != nil {
		return err
	}
	if _, err := r.s.cases.Correction(r.ctx, r.who, r.on, nil); err != nil {
		return err
	}
	r.next(1, 9)
	return nil
}

// judge finds each material fit, except bad, and lets what is owed come later.
func (r *run) judge(need catalog.Need, bad string) error {
	for _, m := range need.Materials {
		j := cases.Judgement{Material: m.ID, Verdict: cases.Pass}
		switch {
		case m.ID == bad:
			j.Verdict, j.Reason = cases.Correct, pick(r.rng, reasons)
		case later(m, r.f):
			j.Verdict = cases.Tolerate
		}
		if _, err := r.s.cases.Judge(r.ctx, r.desk, r.on, j); err != nil {
			return fmt.Errorf("%s of %s: %w", m.ID, r.it.Code, err)
		}
	}
	return nil
}

var opinions = []string{
	"材料齐全，内容一致，符合规定条件，建议准予。", "经书面审查，主体资格和经营条件符合要求，建议准予。", "经核对，与申请内容相符，建议准予。",
}

// inspectors appoints those who test, within the five days that the law gives (Art. 55).
func (r *run) inspectors() error {
	if !r.it.Legal.InspectionItem {
		return nil
	}
	task, ok, err := r.task()
	if err != nil || !ok {
		return err
	}
	r.next(1, 10)
	_, err = r.s.cases.Perform(r.ctx, r.cast.holders[task.Post][0], r.on, cases.ActAppointInspectors, map[string]string{
		"inspectors": "YC1030、YC1031", "day": r.cal.AddWorkdays(r.day, 1).String(), "task": "核对监督检验报告和设备铭牌",
	})
	return err
}

// review works the steps off. It reports whether the case was decided.
func (r *run) review() (decided bool, err error) {
	if err := r.inspectors(); err != nil {
		return false, err
	}
	for n := 0; ; n++ {
		task, ok, err := r.task()
		if err != nil || !ok {
			return false, err
		}
		list := r.cast.holders[task.Post]
		if len(list) == 0 {
			return false, fmt.Errorf("nobody holds %s", task.Post)
		}
		who := list[0]
		if task.Slot == "decide" {
			if r.f.end == "review" || r.f.end == "special" {
				return false, nil
			}
			return true, r.decide(task, who)
		}
		if r.f.end == "review" && n >= 1 {
			return false, nil
		}
		r.next(1, 14)
		if cases.StopsClock(task.Slot) {
			if _, err := r.s.cases.Special(r.ctx, who, r.on, task.ID, 10, "有关法律规定"); err != nil || r.f.end == "special" {
				return false, err
			}
			r.next(3, 10)
		}
		if _, err := r.s.cases.Opine(r.ctx, who, r.on, cases.Review{
			Task: task.ID, Conclusion: cases.Agree, Text: pick(r.rng, opinions), Inspectors: []string{"YC1030", "YC1031"},
		}); err != nil {
			return false, fmt.Errorf("%s at %s: %w", task.Name, task.Post, err)
		}
	}
}

func (r *run) task() (t cases.Task, ok bool, err error) {
	err = r.a.DB.Read(r.ctx, func(tx *db.Tx) error {
		open, err := r.s.cases.Waiting(tx, r.cast.holders["SPJ-DC.watch"][0], r.on.Case)
		if len(open) > 0 {
			t, ok = open[0], true
		}
		return err
	})
	return t, ok, err
}

func (r *run) decide(task cases.Task, who auth.Actor) error {
	r.next(1, 15)
	if r.it.Legal.ThirdParty { // told some days before, as their answer needs time
		if _, err := r.s.cases.Perform(r.ctx, who, r.on, cases.ActTellInterested, map[string]string{
			"parties": "相邻取水户代表", "interest": "取水可能影响相邻取水户的用水", "until": r.cal.AddWorkdays(r.day, 3).String(),
		}); err != nil {
			return err
		}
		r.next(3, 15)
	}
	if r.it.Legal.FirstReview {
		_, err := r.s.cases.Perform(r.ctx, who, r.on, cases.ActReferUp, map[string]string{
			"agency": "省农业农村厅", "opinion": "申请材料齐全，生产条件符合规定，同意上报。",
		})
		return err
	}
	d := cases.Decision{Task: task.ID, Grant: true}
	if r.f.end == "refuse" {
		if r.it.Legal.TestResult {
			d.Standard = "TSG 08—2017"
		}
		d.Grant, d.Reason, d.Basis = false, "现场条件与申请内容不符，不符合规定的许可条件", "《"+r.it.Basis[0].Law+"》"+r.it.Basis[0].Article
	}
	_, err := r.s.cases.Decide(r.ctx, who, r.on, d)
	return err
}

// hand makes the certificate and hands the result over.
func (r *run) hand() error {
	if r.f.end == "decide" || r.f.end == "refuse" || r.it.Legal.FirstReview {
		return nil
	}
	if r.it.Result.Certificate != "" {
		r.next(1, 10)
		if err := r.certify(); err != nil || r.f.end == "certify" {
			return err
		}
	}
	r.next(1, 16)
	return r.deliver()
}

func (r *run) certify() error {
	issuer := r.cast.holders["SPJ-ZZ.issue"][0]
	_, err := r.s.certificate.Make(r.ctx, issuer, r.on.Case, 0, "")
	return err
}

func (r *run) deliver() error {
	return r.s.hand(r.ctx, r.cast.holders["SPJ-ZZ.output"][0], r.on.Case)
}
