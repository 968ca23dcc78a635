package migration

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"sync"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/sample"
)

const (
	firm  = "91379900MA7YC0014Q"
	food  = "food-operation-new"
	shops = "shops"
)

// review is the law of these drawings.
type review struct{}

func (review) Start() string { return "reviewing" }

func (review) Do(state, act string) (string, bool) {
	if act == "opinion" || act == "special" {
		return state, state == "reviewing"
	}
	return "decided", state == "reviewing"
}

func (review) Final(state string) bool { return state == "decided" }

// world is the sample city with a definition whose cases are under way.
type world struct {
	*casestest.City
	t   *testing.T
	s   *Service
	job *job.Runner
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		log := func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}
		flows := &flow.Service{
			DB: c.Cases.DB, Check: func(d *workflow.Def, _ int) *workflow.Report { return workflow.Check(d, review{}) }, Carries: cases.Carries,
			StopOf: func(string) string { return "" }, Calendar: calendar.Compiled, Log: log,
			Posts: func(tx *db.Tx) (list []flow.Post, err error) {
				all, err := c.Cases.Office.Posts(tx)
				for _, p := range all {
					list = append(list, flow.Post{Code: p.Code, Unit: p.Unit, Name: p.Name})
				}
				return list, err
			},
		}
		c.Cases.Review, c.Cases.Catalog.Drawing = review{}, flows.Drawing
		s := &Service{DB: c.Cases.DB, Flows: flows, Cases: c.Cases, Log: log}
		w := &world{City: c, t: t, s: s, job: &job.Runner{DB: c.Cases.DB}}
		w.job.Register(s.Module().Jobs...)
		fn(t, w)
	}, dbtest.Schema{Module: "flow", Files: flow.Schema}, dbtest.Schema{Module: "migration", Files: Schema})
}

var (
	planner  = auth.Actor{ID: 901, Kind: auth.Staff, Staff: 901, Name: "甲", Rights: []string{flow.Approve, flow.Keep, Approve, Keep}}
	approver = auth.Actor{ID: 902, Kind: auth.Staff, Staff: 902, Name: "乙", Rights: []string{flow.Approve, flow.Keep, Approve, Keep}}
)

func (w *world) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

func (w *world) code(what string, err error, want string) {
	w.t.Helper()
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Fields) > 0 {
		for _, code := range f.Fields {
			if code == want {
				return
			}
		}
	}
	if fault.Code(err) != want {
		w.t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func step(id, name, kind, post string, with bool) flow.Step {
	return flow.Step{ID: id, Name: name, Kind: kind, Post: post, Days: 1, With: with}
}

var decision = step("t1", "决定", flow.KindDecide, "SPJ-SY.chief", false)

// version approves a version of the definition and returns its hash.
func (w *world) version(steps ...flow.Step) string {
	w.t.Helper()
	ctx := w.t.Context()
	var d *flow.Definition
	read := func() {
		w.must("read", w.s.DB.Read(ctx, func(tx *db.Tx) (err error) { d, err = w.s.Flows.Definition(tx, shops); return err }))
	}
	err := w.s.Flows.Create(ctx, planner, "", shops, "开店", "")
	if err != nil && fault.Code(err) != "flow.taken" {
		w.t.Fatal(err)
	}
	read()
	w.must("save", w.s.Flows.Save(ctx, planner, "", shops, d.Lock, "开店", "", flow.Plan{Steps: steps}))
	read()
	w.must("submit", w.s.Flows.Submit(ctx, planner, "", shops, d.Lock, "要用"))
	read()
	w.must("approve", w.s.Flows.ApproveDraft(ctx, approver, "", shops, d.Lock, calendar.DateOf(w.Now)))
	var hash string
	w.must("read", w.s.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := w.s.Flows.Version(tx, shops, d.Number+1)
		hash = v.Hash
		return err
	}))
	return hash
}

// received is a case that follows a drawing and has not begun.
func (w *world) received(hash string) int64 {
	w.t.Helper()
	id := w.Submit(w.Person(firm), food).Case
	w.must("pin", w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		return tx.ExecOne(`UPDATE cases SET flow_hash = $1 WHERE id = $2`, hash, id)
	}))
	return id
}

// accepted is a case of which the first steps are done.
func (w *world) accepted(hash string, done int) int64 {
	w.t.Helper()
	id := w.received(hash)
	w.Accept(w.Staff("yc1005"), id)
	for range done {
		t := w.Open(w.Staff("yc1005"), id)
		_, err := w.Cases.Opine(w.t.Context(), w.Holder(t.Post), cases.On{Case: id}, cases.Review{Task: t.ID, Conclusion: cases.Agree, Text: "符合条件。"})
		w.must("opine", err)
	}
	return id
}

func (w *world) plan(id int64) (p *Plan) {
	w.t.Helper()
	w.must("read", w.s.DB.Read(w.t.Context(), func(tx *db.Tx) (err error) { p, err = w.s.Plan(tx, shops, id); return err }))
	return p
}

func (w *world) sums(id int64) (n Sums) {
	w.t.Helper()
	w.must("read", w.s.DB.Read(w.t.Context(), func(tx *db.Tx) (err error) { n, err = w.s.Sums(tx, id); return err }))
	return n
}

// jobs works off what is due.
func (w *world) jobs() {
	w.t.Helper()
	for {
		n, err := w.job.Once(w.t.Context())
		w.must("jobs", err)
		if n == 0 {
			return
		}
	}
}

func (w *world) verifyAll() {
	w.t.Helper()
	w.Verify()
	w.must("verify", w.s.DB.Read(w.t.Context(), func(tx *db.Tx) error {
		count := func(string, int) {}
		return errors.Join(w.s.Verify(tx, count), w.s.Flows.Verify(tx, count))
	}))
}

// approved is a plan from version 1 to 2 that was tried and approved; its job is still to come.
func (w *world) approved(known workflow.Map) int64 {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := w.s.Begin(ctx, planner, "", shops, 1, 2)
	w.must("begin", err)
	w.must("save", w.s.Save(ctx, planner, "", id, 1, known, "并联审查", calendar.DateOf(w.Now)))
	w.jobs()
	w.must("submit", w.s.Submit(ctx, planner, "", id, w.plan(id).Lock))
	w.must("approve", w.s.ApprovePlan(ctx, approver, "", id, w.plan(id).Lock))
	return id
}

var (
	reviews = step("t2", "食品安全审查", "review", "SPJ-SY.rev", false)
	land    = step("t3", "规划用地审查", "consult", "SPJ-TZ.rev", true)
	legal   = step("t4", "合法性审查", "consult", "SPJ-FG.legal", false)
)

func TestALifeOfAPlan(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, land, decision)
		renamed := land
		renamed.ID, renamed.Name, renamed.Days = "t5", "用地意见", 9
		now := w.version(legal, reviews, renamed, decision)
		fresh, both, one := w.received(was), w.accepted(was, 0), w.accepted(was, 1)
		_, err := w.s.Begin(ctx, auth.Actor{Kind: auth.Staff, Staff: 5}, "", shops, 1, 2)
		w.code("without the right", err, "right.missing")
		_, err = w.s.Begin(ctx, planner, "", shops, 1, 1)
		w.code("to itself", err, "migration.wrong.same")
		_, err = w.s.Begin(ctx, planner, "", shops, 2, 1)
		w.code("back to the older one", err, "migration.wrong.older")
		_, err = w.s.Begin(ctx, planner, "", shops, 7, 2)
		w.code("from nowhere", err, "migration.wrong.was")
		id, err := w.s.Begin(ctx, planner, "k", shops, 1, 2)
		w.must("begin", err)
		if again, err := w.s.Begin(ctx, planner, "k", shops, 1, 2); err != nil || again != id {
			t.Errorf("sent twice: %d, %d, %v", id, again, err)
		}
		_, err = w.s.Begin(ctx, planner, "", shops, 1, 2)
		w.code("a second plan", err, "migration.twice")
		w.code("not tried", w.s.Submit(ctx, planner, "", id, 1), "migration.untried")
		today := calendar.DateOf(w.Now)
		w.code("no reason", w.s.Save(ctx, planner, "", id, 1, nil, " ", today), "migration.wrong.reason")
		w.code("yesterday", w.s.Save(ctx, planner, "", id, 1, nil, "并联审查", today-1), "migration.wrong.since")
		w.code("an element that there is not", w.s.Save(ctx, planner, "", id, 1, workflow.Map{"t9": "t2"}, "并联审查", today), "migration.wrong.map")

		// As matched, the cases at t3 would stay.
		w.must("save", w.s.Save(ctx, planner, "", id, 1, nil, "并联审查", today))
		w.code("while it is tried", w.s.Submit(ctx, planner, "", id, 2), "migration.untried")
		w.jobs()
		if n := w.sums(id); n.Fit != 1 || n.Unfit != 2 {
			t.Errorf("the dry run found %+v", n)
		}
		w.code("somebody was faster", w.s.Save(ctx, approver, "", id, 1, nil, "并联审查", today), "migration.stale")
		w.must("save", w.s.Save(ctx, planner, "", id, 2, workflow.Map{"t3": "t5"}, "并联审查", today))
		w.jobs()
		if n, p := w.sums(id), w.plan(id); n.Fit != 3 || n.Unfit != 0 || p.Run != Tried || p.Total != 3 || p.Seen != 3 {
			t.Errorf("the dry run found %+v, %+v", n, p)
		}
		w.must("read", w.s.DB.Read(ctx, func(tx *db.Tx) error {
			places, err := w.s.Places(tx, id)
			if err != nil || len(places) != 3 {
				t.Errorf("the report is %+v, %v", places, err)
			}
			for _, p := range places {
				if len(p.Stands) == 1 && (len(p.Prospect.Changes) != 1 || p.Prospect.Changes[0].Days != 9 || len(p.Prospect.Never) != 1 || p.Prospect.Never[0] != "合法性审查") {
					t.Errorf("at one step: %+v", p)
				}
			}
			return nil
		}))
		w.must("submit", w.s.Submit(ctx, planner, "", id, 3))
		w.code("who planned it", w.s.ApprovePlan(ctx, planner, "", id, 4), "migration.own")
		w.code("with the approver", w.s.Save(ctx, planner, "", id, 4, nil, "并联审查", today), "migration.submitted")
		w.must("return", w.s.Return(ctx, approver, "", id, 4, "再核对一遍"))
		w.must("submit", w.s.Submit(ctx, planner, "", id, 5))
		w.must("retract", w.s.Retract(ctx, planner, "", id, 6))
		w.must("submit", w.s.Submit(ctx, planner, "", id, 7))
		w.must("approve", w.s.ApprovePlan(ctx, approver, "", id, 8))
		w.jobs()
		p := w.plan(id)
		if n := w.sums(id); p.State != Done || n.Carried != 3 || n.Left != 0 {
			t.Errorf("it ended as %+v, %+v", p, n)
		}
		clerk := w.Staff("yc1005")
		for _, one := range []int64{fresh, both, one} {
			if c := w.Case(clerk, one); c.FlowHash != now {
				t.Errorf("case %d follows %s", one, c.FlowHash)
			}
		}
		if open := w.Case(clerk, one).Open(); len(open) != 1 || open[0].Node != "t5" || open[0].Name != "用地意见" {
			t.Errorf("open is %+v", open)
		}
		w.Accept(clerk, fresh)
		if open := w.Open(clerk, fresh); open.Node != "t4" {
			t.Errorf("what had not begun begins at %s", open.Node)
		}
		w.verifyAll()
		w.must("tamper", w.s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE migration_plan SET reason = 'x' WHERE id = $1`, id)
		}))
		if err := w.s.DB.Read(ctx, func(tx *db.Tx) error { return w.s.Verify(tx, func(string, int) {}) }); err == nil {
			t.Error("a changed plan was not found out")
		}
	})
}

// TestADamagedCaseKeepsNoOtherWaiting: it is told in the dry run, stays, and the others go on.
func TestADamagedCaseKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, decision)
		now := w.version(reviews, legal, decision)
		broken, sound := w.accepted(was, 0), w.accepted(was, 0)
		w.must("damage", w.s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.ExecOne(`UPDATE cases SET flow = '{"seq' WHERE id = $1`, broken)
		}))
		id := w.approved(nil)
		if n, p := w.sums(id), w.plan(id); n.Fit != 1 || n.Unfit != 1 || p.Run == Trying {
			t.Errorf("the dry run found %+v, %+v", n, p)
		}
		w.jobs()
		var left []Left
		w.must("left", w.s.DB.Read(ctx, func(tx *db.Tx) (err error) { left, _, err = w.s.Left(tx, id, 0); return err }))
		if len(left) != 1 || left[0].Case != broken || left[0].No == "" || left[0].Prospect.Obstacles[0].Kind != cases.Damaged {
			t.Errorf("left are %+v", left)
		}
		if p := w.plan(id); p.State != Done || w.Case(w.Staff("yc1005"), sound).FlowHash != now {
			t.Errorf("it ended as %+v", p)
		}
	})
}

func TestCasesThatStayAreListedAndTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, step("t3", "规划用地审查", "consult", "SPJ-TZ.rev", false), decision)
		now := w.version(reviews, legal, decision)
		first, second := w.accepted(was, 0), w.accepted(was, 1)
		id := w.approved(nil)
		moved := w.accepted(was, 1) // since the dry run: proved then
		w.jobs()
		var left []Left
		w.must("left", w.s.DB.Read(ctx, func(tx *db.Tx) (err error) { left, _, err = w.s.Left(tx, id, 0); return err }))
		if n := w.sums(id); n.Carried != 1 || n.Left != 2 || len(left) != 2 || left[0].Case != second || left[1].Case != moved || left[0].Prospect.Obstacles[0].Kind != workflow.Unmapped {
			t.Fatalf("%+v, %+v", n, left)
		}
		clerk := w.Staff("yc1005")
		if w.Case(clerk, first).FlowHash != now || w.Case(clerk, second).FlowHash != was {
			t.Error("the wrong one was carried over")
		}
		w.verifyAll()
		// One goes on to where it can be carried over.
		task := w.Open(clerk, second)
		_, err := w.Cases.Opine(ctx, w.Holder(task.Post), cases.On{Case: second}, cases.Review{Task: task.ID, Conclusion: cases.Agree, Text: "符合条件。"})
		w.must("opine", err)
		w.code("a stopped clock", w.s.Again(ctx, planner, "", id, 1), "migration.stale")
		w.must("again", w.s.Again(ctx, planner, "", id, w.plan(id).Lock))
		w.jobs()
		if n := w.sums(id); n.Carried != 2 || n.Left != 1 || w.Case(clerk, second).FlowHash != now {
			t.Errorf("once more: %+v", n)
		}
		w.code("it is over", w.s.Stop(ctx, planner, "", id, w.plan(id).Lock, "不改了"), "migration.over")
		w.verifyAll()
	})
}

func TestAPlanIsStoppedBeforeItsDay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, land, decision)
		w.version(legal, reviews, land, decision)
		one := w.accepted(was, 0)
		id, err := w.s.Begin(ctx, planner, "", shops, 1, 2)
		w.must("begin", err)
		w.must("save", w.s.Save(ctx, planner, "", id, 1, nil, "并联审查", calendar.DateOf(w.Now)+3))
		w.jobs()
		w.must("submit", w.s.Submit(ctx, planner, "", id, 2))
		w.must("approve", w.s.ApprovePlan(ctx, approver, "", id, 3))
		w.jobs()
		if n := w.sums(id); n.Carried != 0 || w.plan(id).State != Approved {
			t.Errorf("before its day: %+v", n)
		}
		w.must("stop", w.s.Stop(ctx, approver, "", id, 4, "先不改"))
		w.Now = w.Now.Add(96 * time.Hour)
		w.jobs()
		if n := w.sums(id); n.Carried+n.Left != 0 || w.Case(w.Staff("yc1005"), one).FlowHash != was {
			t.Errorf("stopped: %+v", n)
		}
		w.verifyAll()
	})
}

// TestWorkersThatDieAndWorkBesideEachOther: two workers carry the same plan out, each ends between two cases again and again, as
// one does that is killed; in the end every case was carried over once.
func TestWorkersThatDieAndWorkBesideEachOther(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		was := w.version(reviews, land, decision)
		now := w.version(legal, reviews, land, decision)
		ids := make([]int64, 12)
		for i := range ids {
			ids[i] = w.accepted(was, i%2)
		}
		id := w.approved(nil)
		p := w.plan(id)
		died := errors.New("killed")
		work := func(lives int) {
			v, err := w.mover(p)
			if err != nil {
				t.Error(err)
				return
			}
			for _, one := range ids { // this worker dies after some of them, in the middle of the next
				err := v.Migrate(context.Background(), one, func(tx *db.Tx, out cases.Carried) error {
					if lives--; lives < 0 {
						return died
					}
					if err := w.s.goesOn(tx, p); err != nil {
						return err
					}
					return putCase(tx, p.ID, out)
				})
				if errors.Is(err, died) {
					return
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
		var wg sync.WaitGroup
		for _, lives := range []int{2, 3} {
			wg.Go(func() { work(lives) })
		}
		wg.Wait()
		if n := w.sums(id); n.Carried == 0 || n.Carried == len(ids) {
			t.Errorf("after both died %d were carried over", n.Carried)
		}
		for range 2 {
			wg.Go(func() {
				if err := w.s.run(context.Background(), []byte(`{"plan":`+strconv.FormatInt(id, 10)+`}`)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.jobs()
		if n, p := w.sums(id), w.plan(id); n.Carried != len(ids) || n.Left != 0 || p.State != Done {
			t.Errorf("in the end %+v, %+v", n, p)
		}
		clerk := w.Staff("yc1005")
		for _, one := range ids {
			if c := w.Case(clerk, one); c.FlowHash != now || times(c, "carry") != 1 {
				t.Errorf("case %d was carried over %d times", one, times(c, "carry"))
			}
		}
		w.verifyAll()
	})
}

func (w *world) mover(p *Plan) (v *cases.Mover, err error) {
	err = w.s.DB.Read(context.Background(), func(tx *db.Tx) (err error) { v, err = w.s.Cases.Mover(tx, p.migration()); return err })
	return v, err
}

func times(c *cases.View, act string) (n int) {
	for _, t := range c.Trail {
		if t.Act == act {
			n++
		}
	}
	return n
}

// ahead is a plan from version 1 to 2 that was approved to be carried out in three days.
func (w *world) ahead() int64 {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := w.s.Begin(ctx, planner, "", shops, 1, 2)
	w.must("begin", err)
	w.must("save", w.s.Save(ctx, planner, "", id, 1, nil, "并联审查", calendar.DateOf(w.Now)+3))
	w.jobs()
	w.must("submit", w.s.Submit(ctx, planner, "", id, 2))
	w.must("approve", w.s.ApprovePlan(ctx, approver, "", id, 3))
	return id
}

// withdraw takes a version back.
func (w *world) withdraw(number int) {
	w.t.Helper()
	var d *flow.Definition
	w.must("read", w.s.DB.Read(w.t.Context(), func(tx *db.Tx) (err error) { d, err = w.s.Flows.Definition(tx, shops); return err }))
	w.must("withdraw", w.s.Flows.Withdraw(w.t.Context(), planner, "", shops, d.Lock, number, "有误"))
}

// late runs the job as a try does that was put off until then: the one of the dry run, say.
func (w *world) late(id int64) {
	w.t.Helper()
	w.must("a late try", w.s.run(w.t.Context(), []byte(`{"plan":`+strconv.FormatInt(id, 10)+`}`)))
}

func TestNothingIsCarriedOverBeforeItsDay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		was := w.version(reviews, land, decision)
		now := w.version(legal, reviews, land, decision)
		one := w.accepted(was, 0)
		id := w.ahead()
		w.late(id)
		if n := w.sums(id); n.Carried+n.Left != 0 || w.plan(id).State != Approved || w.Case(w.Staff("yc1005"), one).FlowHash != was {
			t.Errorf("before its day: %+v, %+v", n, w.plan(id))
		}
		w.Now = w.Now.Add(72 * time.Hour)
		w.jobs()
		if n := w.sums(id); n.Carried != 1 || w.plan(id).State != Done || w.Case(w.Staff("yc1005"), one).FlowHash != now {
			t.Errorf("on its day: %+v, %+v", n, w.plan(id))
		}
		w.verifyAll()
	})
}

func TestNothingIsCarriedIntoAVersionThatIsNotInForce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, land, decision)
		w.version(legal, reviews, land, decision)
		one, today := w.accepted(was, 0), calendar.DateOf(w.Now)
		since := func(day calendar.Date) {
			t.Helper()
			w.must("in force", w.s.DB.Write(ctx, func(tx *db.Tx) error {
				return tx.Exec(`UPDATE flow_version SET since = $1 WHERE number = 2`, day)
			}))
		}
		since(today + 2)
		id, err := w.s.Begin(ctx, planner, "", shops, 1, 2)
		w.must("begin", err)
		if p := w.plan(id); p.Since != today+2 {
			t.Errorf("the plan begins %s", p.Since)
		}
		w.code("before its version", w.s.Save(ctx, planner, "", id, 1, nil, "并联审查", today+1), "migration.wrong.first")
		w.must("drop it", w.s.Stop(ctx, planner, "", id, 1, "重新来"))
		since(today)

		id = w.ahead()
		w.withdraw(2)
		w.Now = w.Now.Add(96 * time.Hour)
		w.jobs()
		if n, p := w.sums(id), w.plan(id); n.Carried+n.Left != 0 || p.State != Stopped || p.Run != Idle || w.Case(w.Staff("yc1005"), one).FlowHash != was {
			t.Errorf("withdrawn: %+v, %+v", n, p)
		}
		w.verifyAll()
	})
}

func TestAPlanIsNotTakenUpAgainIntoAWithdrawnVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		was := w.version(reviews, land, decision)
		w.version(legal, reviews, land, decision)
		w.accepted(was, 0)
		id := w.approved(nil)
		w.jobs()
		w.withdraw(2)
		w.code("once more", w.s.Again(ctx, planner, "", id, w.plan(id).Lock), "migration.wrong.now")
	})
}

// TestWhatIsTamperedWithIsFoundOut: by what the ledger tells, whatever was taken out of the tables.
func TestWhatIsTamperedWithIsFoundOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		was := w.version(reviews, land, decision)
		w.version(legal, reviews, land, decision)
		w.accepted(was, 0)
		w.approved(nil)
		w.jobs()
		w.verifyAll()
		undo := errors.New("as it was")
		for _, query := range []string{
			`DELETE FROM migration_editor`,
			`DELETE FROM migration_plan`,
			`UPDATE migration_plan SET hash = ''`,
			`UPDATE migration_plan SET hash = '', approver = 0, state = 'draft'`,
			`UPDATE migration_plan SET state = 'drafted'`,
			`UPDATE migration_plan SET approver = 901`,
			`DELETE FROM ledger_entry WHERE act = 'migration.approve'`,
			`UPDATE ledger_entry SET actor = 901 WHERE act = 'migration.approve'`,
			`UPDATE ledger_entry SET body = REPLACE(body, '"plan":"', '"plan":"0') WHERE act = 'cases.carry'`,
		} {
			err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				if err := tx.Exec(query); err != nil {
					return err
				}
				if w.s.Verify(tx, func(string, int) {}) == nil {
					t.Errorf("it is not found out: %s", query)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", query, err)
			}
		}
		w.verifyAll()
	})
}
