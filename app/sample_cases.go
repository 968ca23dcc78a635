package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/sample"

	"go.yaml.in/yaml/v3"
)

// fate is how far a case of the sample city has come.
type fate struct {
	end   string // the last act that was done
	count int
	// late moves the acceptance back, in working days past the promise; the
	// others are spread over the promise.
	late int
	how  string // correct, tolerate, special, deem: what happened on the way
}

// fates are the cases of the sample city: about 300 in every state.
var fates = []fate{
	{end: "draft", count: 9},
	{end: "receive", count: 22},
	{end: "receive", count: 3, how: "deem"},
	{end: "notify", count: 13, how: "correct"},
	{end: "accept", count: 30},
	{end: "accept", count: 6, how: "tolerate"},
	{end: "accept", count: 6, late: 1},
	{end: "review", count: 34},
	{end: "review", count: 12, how: "correct"},
	{end: "review", count: 5, late: 2},
	{end: "special", count: 8, how: "special"},
	{end: "decide", count: 14},
	{end: "certify", count: 13},
	{end: "deliver", count: 88},
	{end: "deliver", count: 18, how: "correct"},
	{end: "refuse", count: 12},
	{end: "withdraw", count: 8},
	{end: "not_accept", count: 5},
	{end: "not_required", count: 3},
}

// director drives cases of the sample city through the real use cases, each at
// the moment at which it would have happened.
type director struct {
	a     *App
	s     *services
	clock time.Time
	rng   *rand.Rand
	now   time.Time
	cast  *cast
	files [][]byte
}

// cast is who plays in the sample city. It is read only once it is drawn up.
type cast struct {
	people, bodies []auth.Actor
	clerks         []auth.Actor
	items          []*catalog.Item // weighted: frequent ones stand in it more often
	routes         map[string]map[string]string
	holders        map[string][]auth.Actor
	filling        [64]sync.Mutex // one draft of an item for each applicant at a time
}

// loadCases makes the cases of the sample city, around today. seed makes the
// same city again.
func (a *App) loadCases(ctx context.Context, seed uint64) error {
	now := a.DB.Now()
	first := a.director(now)
	c, err := first.castOf(ctx)
	if err != nil {
		return err
	}
	samples, err := sampleFiles()
	if err != nil {
		return err
	}
	type job struct {
		n int
		f fate
	}
	jobs := make(chan job)
	failed := make(chan error, 1)
	var wg sync.WaitGroup
	for range 64 { // so many that their commits share the flushes of the disk
		wg.Go(func() {
			d := a.director(now)
			d.cast, d.files = c, samples
			for j := range jobs {
				d.begin(seed + uint64(j.n)) //nolint:gosec // a small count
				if err := d.play(ctx, j.f); err != nil {
					select {
					case failed <- fmt.Errorf("app: sample case %d (%s %s): %w", j.n, j.f.end, j.f.how, err):
					default:
					}
				}
			}
		})
	}
	n := 0
	for _, f := range shuffled(fates, seed) {
		n++
		jobs <- job{n, f}
	}
	close(jobs)
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	for { // what the timers owe by now
		n, err := a.services.cases.Tick(ctx, 64)
		if err != nil || n == 0 {
			return err
		}
	}
}

// shuffled writes each fate as often as it is counted, in a mixed order.
func shuffled(list []fate, seed uint64) (out []fate) {
	for _, f := range list {
		for range f.count {
			out = append(out, f)
		}
	}
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a sample, no secret
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	// What is left as a draft comes last: an earlier one would be taken up again.
	slices.SortStableFunc(out, func(a, b fate) int { return cmp.Compare(boolInt(a.end == "draft"), boolInt(b.end == "draft")) })
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// director returns a director with services of its own, whose clock it moves.
func (a *App) director(now time.Time) *director {
	d := &director{a: a, now: now, clock: now}
	base := a.base
	base.DB = a.DB.WithClock(func() time.Time { return d.clock })
	d.s = newServices(a, base)
	return d
}

// begin sets the clock and the dice for one case.
func (d *director) begin(seed uint64) {
	d.clock, d.rng = d.now, rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a sample, no secret
}

// sampleFiles are the papers that sample applicants hand in: a certificate, a
// form, something else.
func sampleFiles() ([][]byte, error) {
	var out [][]byte
	for _, name := range []string{"certificate", "form", "attachment"} {
		text, err := sample.Yunchuan.ReadFile("yunchuan/files/" + name + ".png")
		if err != nil {
			return nil, fmt.Errorf("app: %w", err)
		}
		out = append(out, text)
	}
	return out, nil
}

// frequent are the items that people ask for most.
var frequent = []string{
	"food-operation-new", "food-operation-new", "food-operation-change", "food-operation-renew", "public-place-hygiene",
	"drug-retail", "individual-business-register", "company-establish", "elder-card", "outdoor-advertising", "hr-service-licence",
	"road-freight", "investment-filing", "social-card-apply", "residence-permit",
}

// castOf draws up who plays.
func (d *director) castOf(ctx context.Context) (*cast, error) {
	c := &cast{routes: map[string]map[string]string{}, holders: map[string][]auth.Actor{}}
	err := d.a.DB.Read(ctx, func(tx *db.Tx) error {
		numbers, err := sampleNumbers()
		if err != nil {
			return err
		}
		for _, no := range numbers {
			p, err := d.s.party.FindByNumber(tx, no)
			if err != nil {
				return err
			}
			who, err := d.s.party.Actor(tx, p.ID)
			if err != nil {
				return err
			}
			if p.Kind == party.Organization {
				c.bodies = append(c.bodies, who)
			} else {
				c.people = append(c.people, who)
			}
		}
		posts, err := d.s.office.Posts(tx)
		if err != nil {
			return err
		}
		for _, p := range posts {
			list, err := d.s.office.Holders(tx, p.Code)
			if err != nil {
				return err
			}
			for _, h := range list {
				if h.Deputy {
					continue
				}
				who, err := d.s.office.Actor(tx, h.Staff)
				if err != nil {
					return err
				}
				who.Staff = h.Staff
				c.holders[p.Code] = append(c.holders[p.Code], who)
			}
		}
		c.clerks = c.holders["SPJ-ZH.clerk"]
		entries, _, err := d.s.catalog.Browse(tx, catalog.Filter{}, "", 200)
		if err != nil {
			return err
		}
		// The cast stays the same however lists are ordered.
		slices.SortStableFunc(entries, func(a, b catalog.Entry) int {
			return cmp.Compare(search.Initials(a.Name), search.Initials(b.Name))
		})
		for _, e := range entries {
			it, err := d.s.catalog.Current(tx, e.Code)
			if err != nil {
				return err
			}
			if answers, ok := route(it); ok {
				c.routes[it.Code] = answers
				c.items = append(c.items, it)
				for _, f := range frequent {
					if f == it.Code {
						c.items = append(c.items, it, it)
					}
				}
			}
		}
		return nil
	})
	return c, err
}

// sampleNumbers are the identity numbers and credit codes of the sample city's
// applicants.
func sampleNumbers() ([]string, error) {
	text, err := sample.Yunchuan.ReadFile("yunchuan/party.yaml")
	if err != nil {
		return nil, err
	}
	var pack struct {
		People []struct {
			Kind   string `yaml:"kind"`
			Number string `yaml:"id_no"`
			Code   string `yaml:"uscc"`
		} `yaml:"people"`
	}
	if err := yaml.Unmarshal(text, &pack); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range pack.People {
		if p.Kind != "agent" { // agents act for others
			out = append(out, cmp.Or(p.Number, p.Code))
		}
	}
	return out, nil
}

// route finds answers that lead to an application of an item.
func route(it *catalog.Item) (map[string]string, bool) {
	answers := map[string]string{}
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(it.Situations) {
			return it.Resolve(answers).Complete()
		}
		for _, o := range it.Situations[i].Options {
			answers[it.Situations[i].ID] = o.Value
			if try(i + 1) {
				return true
			}
		}
		return false
	}
	return answers, try(0)
}

// play makes one case.
func (d *director) play(ctx context.Context, f fate) error {
	it := d.item(f)
	days := max(it.PromisedLimit.Value, 1)
	cal := calendar.Official()
	today := calendar.DateOf(d.now)
	back := 1 + d.rng.IntN(max(days, 2)) // working days since acceptance
	switch f.end {
	case "draft", "receive":
		back = d.rng.IntN(4)
	case "notify":
		back = 1 + d.rng.IntN(9)
	case "review":
		back = 2 + d.rng.IntN(max(days-1, 1))
	case "decide", "certify":
		back = max(days, 6) + 1 + d.rng.IntN(4)
	case "deliver", "refuse", "withdraw", "not_accept", "not_required":
		back = max(days, 6) + 3 + d.rng.IntN(40)
	case "special":
		back = 2 + d.rng.IntN(max(days-2, 1))
	}
	if f.late > 0 {
		back = days + f.late
	}
	if f.how == "deem" {
		back = 7 + d.rng.IntN(3)
	}
	if f.how == "correct" && f.end != "notify" {
		back += 4
	}
	start := cal.AddWorkdays(today, -back-1)
	if back == 0 {
		start = cal.AddWorkdays(today+1, -1)
	}
	d.at(start, 8+d.rng.IntN(3))
	run := &run{director: d, ctx: ctx, it: it, f: f, day: start, cal: cal}
	return run.play()
}

func (d *director) item(f fate) *catalog.Item {
	for {
		it := d.cast.items[d.rng.IntN(len(d.cast.items))]
		need := it.Resolve(d.cast.routes[it.Code])
		if d.suits(it, need, f) {
			return it
		}
	}
}

// suits reports whether a fate can befall a case of an item.
func (d *director) suits(it *catalog.Item, need catalog.Need, f fate) bool {
	defers := slices.ContainsFunc(need.Materials, func(m catalog.Material) bool { return later(m, f) })
	asks := slices.ContainsFunc(need.Materials, func(m catalog.Material) bool { return m.Need == catalog.Required })
	special := slices.ContainsFunc(it.Steps, func(s catalog.Step) bool {
		return (s.Slot == "expert" || s.Slot == "test" || s.Slot == "assess") && (!s.Optional || need.Steps[s.ID])
	})
	steps := 0
	for _, s := range it.Steps {
		if s.Clock == "statutory" && (!s.Optional || need.Steps[s.ID]) {
			steps++
		}
	}
	switch {
	case f.how == "tolerate" && !defers, f.how == "correct" && !asks, f.how == "special" && !special:
		return false
	case f.how == "deem" && it.Type != catalog.TypeLicence:
		return false
	case f.end == "review" && (steps < 2 || it.PromisedLimit.Value < 3):
		return false
	case f.end == "certify" && it.Result.Certificate == "":
		return false
	case f.how != "special" && special && f.end != "deliver":
		return false
	}
	return true
}

// later reports whether a material comes later by the fate of a case: one that
// may, and that no certificate stands in for.
func later(m catalog.Material, f fate) bool {
	return f.how == "tolerate" && m.Need == catalog.Deferrable && len(m.ReplacedBy) == 0
}

// at moves the clock to an hour of a day, never past now.
func (d *director) at(day calendar.Date, hour int) {
	t := day.Start().Add(time.Duration(hour)*time.Hour + time.Duration(d.rng.IntN(60))*time.Minute)
	if limit := d.now.Add(-time.Duration(1+d.rng.IntN(20)) * time.Minute); t.After(limit) {
		t = limit
	}
	if t.After(d.clock) || d.clock.Equal(d.now) {
		d.clock = t
	} else {
		d.clock = d.clock.Add(time.Duration(1+d.rng.IntN(9)) * time.Minute)
	}
}

// pick draws one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// run is one case under way.
type run struct {
	*director
	ctx  context.Context
	it   *catalog.Item
	f    fate
	day  calendar.Date
	cal  *calendar.Calendar
	who  auth.Actor // the applicant
	desk auth.Actor // the clerk
	on   cases.On
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
	pool := r.cast.people
	if r.it.ForBodies() && (!r.it.ForPersons() || r.rng.IntN(2) == 0) {
		pool = r.cast.bodies
	}
	r.who = pick(r.rng, pool)
	if r.rng.IntN(5) == 0 { // those whose accounts visitors try first have more to show
		r.who = pool[0]
	}
	if err := r.apply(); err != nil || r.f.end == "draft" || r.f.end == "receive" {
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
	return r.hand()
}

// apply fills a draft in and hands it in, online or at the window.
func (r *run) apply() error {
	filler, party := r.who, int64(0)
	if r.rng.IntN(10) < 3 && r.f.end != "draft" {
		filler, party = r.desk, r.who.Party
	}
	turn := &r.cast.filling[uint64(r.who.Party)%64] //nolint:gosec // ids are positive
	turn.Lock()
	defer turn.Unlock()
	d, err := r.s.cases.Begin(r.ctx, filler, r.it.Code, party)
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
	r.on = cases.On{Case: out.Case}
	return err
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
	_, err := r.s.cases.Accept(r.ctx, r.desk, r.on, true)
	return err
}

var reasons = []string{"没有盖章，请加盖公章后重新上传", "照片反光看不清，请重新拍摄", "缺少签名页，请补上", "日期与申请书不一致，请更正"}

// correct sends the one notice and, unless that is the end, the correction.
func (r *run) correct(need catalog.Need) error {
	bad := ""
	for _, m := range need.Materials {
		if m.Need == catalog.Required {
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

// review works the steps off. It reports whether the case was decided.
func (r *run) review() (decided bool, err error) {
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
	d := cases.Decision{Task: task.ID, Grant: true}
	if r.f.end == "refuse" {
		d.Grant, d.Reason, d.Basis = false, "现场条件与申请内容不符，不符合规定的许可条件", "《"+r.it.Basis[0].Law+"》"+r.it.Basis[0].Article
	}
	_, err := r.s.cases.Decide(r.ctx, who, r.on, d)
	return err
}

// hand makes the certificate and hands the result over.
func (r *run) hand() error {
	if r.f.end == "decide" || r.f.end == "refuse" {
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
