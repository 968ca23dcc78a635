package cases

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// decidedOnce is the law of these drawings: opinions and special procedures, then one decision.
type decidedOnce struct{}

func (decidedOnce) Start() string { return "reviewing" }

func (decidedOnce) Do(state, act string) (string, bool) {
	if act == "opinion" || act == "special" {
		return state, state == "reviewing"
	}
	return "decided", state == "reviewing"
}

func (decidedOnce) Final(state string) bool { return state == "decided" }

// carries makes ready to carry cases over from one drawing to another, with what is not matched by itself.
func (w *world) carries(from, to *workflow.Def, known workflow.Map) (v *Mover) {
	w.t.Helper()
	w.s.Review = decidedOnce{}
	w.read(func(tx *db.Tx) (err error) {
		v, err = w.s.Mover(tx, Migration{
			Plan: strings.Repeat("a", 64), From: from.Hash(), To: to.Hash(), Number: 2, Reason: "并联审查", Approver: 7,
			Nodes: workflow.Match(from, to, known),
		})
		return err
	})
	return v
}

// carry carries one case over and returns what became of it; told is false when it was left alone.
func (w *world) carry(v *Mover, id int64) (out Carried, told bool) {
	w.t.Helper()
	err := v.Migrate(w.t.Context(), id, func(_ *db.Tx, o Carried) error {
		out, told = o, true
		return nil
	})
	w.must("carry over", err)
	return out, told
}

// follow is the drawing of a case.
func (w *world) follow(id int64) (def *workflow.Def) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		c, err := findCase(tx, id)
		if err == nil {
			def, err = w.s.flow(tx, c.FlowHash)
		}
		return err
	})
	return def
}

const (
	parallel = `<parallelGateway id="split"/><parallelGateway id="join"/>`
	opinion  = `gov:slot="review" gov:act="opinion"`
)

func TestACaseWithParallelBranchesIsCarriedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.drawn(drawnStart+drawnDecide+parallel+userTask("first", "SPJ-SY.rev", opinion, "")+userTask("a1", "SPJ-SC.rev", opinion, "")+userTask("b1", "SPJ-TZ.rev", opinion+` gov:limit="3"`, ""),
			"start > first", "first > split", "split > a1", "a1 > join", "split > b1", "b1 > join", "join > decide", "decide > end")
		from := w.follow(id)
		// The gateways are numbered anew, a step has another id and a longer limit, a1 is b1 now and a unit more looks at the case later.
		to := w.define(drawnStart+drawnDecide+`<parallelGateway id="g1"/><parallelGateway id="g2"/>`+userTask("first", "SPJ-SY.rev", opinion, "")+userTask("b1", "SPJ-SC.rev", opinion, "")+
			userTask("b2", "SPJ-TZ.rev", opinion+` gov:limit="9"`, "")+userTask("legal", "SPJ-FG.legal", opinion, ""),
			"start > first", "first > g1", "g1 > b1", "b1 > g2", "g1 > b2", "b2 > g2", "g2 > legal", "legal > decide", "decide > end")
		w.opined(id, w.staff("YC1021"), Agree)
		_, err := w.s.Opine(ctx, w.staff("YC1015"), On{Case: id}, Review{Task: w.openTasks(id)[0].ID, Conclusion: Agree, Text: "符合。"})
		w.must("a1", err)
		_, err = w.s.Claim(ctx, w.staff("YC1017"), On{Case: id}, w.openTasks(id)[0].ID)
		w.must("claim", err)
		before, task := w.state(id), w.openTasks(id)[0]
		v := w.carries(from, to, workflow.Map{"a1": "b1", "b1": "b2"})
		w.read(func(tx *db.Tx) error {
			looked, err := v.Look(tx, 0, 10)
			if err != nil || len(looked) != 1 || !looked[0].Prospect.Good() || join(looked[0].Stands) != "b1" {
				t.Errorf("the dry run: %+v, %v", looked, err)
			}
			if n, last, err := w.s.Pinned(tx, from.Hash()); err != nil || n != 1 || last != id {
				t.Errorf("%d cases follow the older drawing, the last is %d: %v", n, last, err)
			}
			return nil
		})
		if !reflect.DeepEqual(w.state(id), before) {
			t.Error("the dry run has changed the case")
		}
		out, _ := w.carry(v, id)
		if !out.Moved {
			t.Fatalf("refused: %+v", out.Prospect)
		}
		now, open := w.state(id), w.openTasks(id)
		if len(open) != 1 || open[0].ID != task.ID || open[0].Node != "b2" || open[0].Holder != task.Holder || open[0].Due != task.Due || open[0].Name != "b2" {
			t.Errorf("open is %+v, it was %+v", open, task)
		}
		if now.FlowHash != to.Hash() || now.Version != before.Version+1 || !reflect.DeepEqual(now.Matter, before.Matter) || now.Vars.Result["b1"] != Agree || now.Vars.Result["a1"] != "" {
			t.Errorf("the case is %+v", now)
		}
		if again, told := w.carry(v, id); told || w.state(id).Version != now.Version {
			t.Errorf("it was carried over twice: %+v", again)
		}
		w.read(func(tx *db.Tx) error {
			trail, err := listTrail(tx, id)
			if err != nil || trail[0].Act != string(actCarried) || trail[0].Note != "流程已改为第 2 版：并联审查" || trail[0].Shown {
				t.Errorf("the timeline says %+v, %v", trail[0], err)
			}
			return nil
		})
		w.verify()
		w.tamper(`UPDATE cases SET flow_hash = '` + from.Hash() + `' WHERE flow_hash = '` + to.Hash() + `'`)
		w.tamper(`UPDATE cases_task SET node = 'b1' WHERE closed IS NULL AND node = 'b2'`)
		_, err = w.s.Recall(ctx, w.staff("YC1015"), On{Case: id})
		w.code("what was done in the older drawing is not recalled", err, "cases.recall_nothing")
		_, err = w.s.Opine(ctx, w.staff("YC1017"), On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "符合。"})
		w.must("b2", err)
		_, err = w.s.Recall(ctx, w.staff("YC1017"), On{Case: id})
		w.must("what was done since is", err)
		w.verify()
		_, err = w.s.Opine(ctx, w.staff("YC1017"), On{Case: id}, Review{Task: w.openTasks(id)[0].ID, Conclusion: Agree, Text: "符合。"})
		w.must("b2 again", err)
		legal := w.openTasks(id)[0]
		if legal.Node != "legal" {
			t.Fatalf("open is %s", w.nodes(id))
		}
		_, err = w.s.GiveBack(ctx, w.staff("YC1037"), On{Case: id}, legal.ID, "first", "请重新核对面积")
		w.must("back to what was done in the older drawing", err)
		if w.nodes(id) != "first" || len(w.state(id).Vars.Result) != 0 {
			t.Errorf("open is %s, the outcomes are %v", w.nodes(id), w.state(id).Vars.Result)
		}
		w.verify()
	})
}

func TestACaseWhoseClockStandsStillIsCarriedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		lab := func(id string) string {
			return userTask(id, "SPJ-KY.inspect", `gov:slot="test" gov:act="special" gov:clock="stopped" gov:stopsClock="testing"`, "")
		}
		timer := `<boundaryEvent id="late" attachedToRef="%" cancelActivity="false" gov:limit="%d" gov:limitUnit="workday"><timerEventDefinition/></boundaryEvent><endEvent id="told"/>`
		timed := func(host, days string) string {
			return strings.NewReplacer("%d", days, "%", host).Replace(timer) + userTask("chase", "SPJ-SC.rev", "", "")
		}
		id := w.drawn(drawnStart+drawnDecide+lab("lab")+timed("lab", "2"), "start > lab", "lab > decide", "decide > end", "late > chase", "chase > told")
		from := w.follow(id)
		to := w.define(drawnStart+drawnDecide+lab("probe")+timed("probe", "30")+userTask("review", "SPJ-SY.rev", opinion, ""),
			"start > probe", "probe > review", "review > decide", "decide > end", "late > chase", "chase > told")
		task := w.openTasks(id)[0]
		who := w.holder(task.Post)
		_, err := w.s.Special(ctx, who, On{Case: id}, task.ID, 5, "检测规范")
		w.must("stop the clock", err)
		before := w.state(id)
		if len(before.Matter.OpenStops()) != 1 {
			t.Fatal("the clock does not stand still")
		}
		out, _ := w.carry(w.carries(from, to, workflow.Map{"lab": "probe"}), id)
		if now := w.state(id); !out.Moved || !reflect.DeepEqual(now.Matter, before.Matter) || w.nodes(id) != "probe" {
			t.Fatalf("%+v; open is %s, the clocks are %+v, they were %+v", out.Prospect, w.nodes(id), now.Matter.Clocks, before.Matter.Clocks)
		}
		w.verify()
		w.pass1(4) // the timer comes when it was to come, not when the newer drawing would have it
		if _, err := w.s.Tick(ctx, 10); err != nil || w.nodes(id) != "probe chase" {
			t.Errorf("after two working days open is %s: %v", w.nodes(id), err)
		}
		w.verify()
		_, err = w.s.Opine(ctx, who, On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "检测合格。"})
		w.must("the clock goes on", err)
		if c := w.state(id); len(c.Matter.OpenStops()) != 0 || w.nodes(id) != "chase review" {
			t.Errorf("open is %s, stops %v", w.nodes(id), c.Matter.Stops)
		}
		w.verify()
	})
}

func TestACaseWithSeveralSignersIsCarriedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		sign := userTask("sign", "SPJ-ZH.clerk", opinion, `<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`)
		id := w.drawn(drawnStart+drawnDecide+sign, "start > sign", "sign > decide", "decide > end")
		from := w.follow(id)
		to := w.define(drawnStart+drawnDecide+sign+userTask("review", "SPJ-SY.rev", opinion, ""), "start > sign", "sign > review", "review > decide", "decide > end")
		signs := func(no string, task Task) {
			t.Helper()
			_, err := w.s.Opine(ctx, w.staff(no), On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "看过。"})
			w.must(no, err)
		}
		signs("YC1006", w.openTasks(id)[0])
		out, _ := w.carry(w.carries(from, to, nil), id)
		open := w.openTasks(id)
		if !out.Moved || len(open) != 2 || open[0].Instance != 2 || open[1].Instance != 3 {
			t.Fatalf("%+v: open are %+v", out.Prospect, open)
		}
		w.verify()
		_, err := w.s.Opine(ctx, w.staff("YC1006"), On{Case: id}, Review{Task: open[0].ID, Conclusion: Agree, Text: "看过。"})
		w.code("who signed in the older drawing", err, "cases.signed_already")
		signs("YC1007", open[0])
		signs("YC1008", open[1])
		if w.nodes(id) != "review" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
	})
}

func TestACaseThatCannotBeCarriedOverStaysAsItIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.drawn(drawnStart+drawnDecide+parallel+userTask("a", "SPJ-SC.rev", opinion, "")+userTask("b", "SPJ-TZ.rev", opinion, ""),
			"start > split", "split > a", "a > join", "split > b", "b > join", "join > decide", "decide > end")
		from := w.follow(id)
		w.opined(id, w.staff("YC1015"), Agree)
		before := w.state(id)
		plain := w.define(drawnStart+drawnDecide+userTask("a", "SPJ-SC.rev", opinion, ""), "start > a", "a > decide", "decide > end")
		wide := w.define(drawnStart+drawnDecide+parallel+userTask("a", "SPJ-SC.rev", opinion, "")+userTask("b", "SPJ-TZ.rev", opinion, "")+userTask("c", "SPJ-SY.rev", opinion, ""),
			"start > split", "split > a", "a > join", "split > b", "b > join", "split > c", "c > join", "join > decide", "decide > end")
		asks := w.define(drawnStart+drawnDecide+`<exclusiveGateway id="gw" default="f3"/>`+userTask("b", "SPJ-TZ.rev", opinion, "")+userTask("c", "SPJ-SY.rev", opinion, ""),
			"start > b", "b > gw", `gw > decide ? result["a"] == "agree"`, "gw > c", "c > decide", "decide > end")
		for _, c := range []struct {
			name  string
			to    *workflow.Def
			known workflow.Map
			want  string
		}{
			{"its step is gone", plain, nil, "unmapped"},
			{"its step would be the decision", plain, workflow.Map{"b": "decide"}, "work"},
			{"a branch that nobody began", wide, nil, "deadlock"},
			{"an outcome that would be asked for", asks, nil, "past"},
		} {
			out, told := w.carry(w.carries(from, c.to, c.known), id)
			var got []string
			for _, o := range out.Prospect.Obstacles {
				got = append(got, string(o.Kind))
			}
			for _, f := range out.Prospect.Findings {
				got = append(got, string(f.Kind))
			}
			if !told || out.Moved || !slices.Contains(got, c.want) {
				t.Errorf("%s: told %v, moved %v, %v", c.name, told, out.Moved, got)
			}
		}
		if !reflect.DeepEqual(w.state(id), before) {
			t.Error("the case is not as it was")
		}
		w.verify()
	})
}

func TestWhatHasNotBegunAndWhatIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		nodes := drawnStart + drawnDecide + userTask("review", "SPJ-SY.rev", opinion, "")
		fresh := w.received(nil)
		from := w.drawing(fresh, nodes, "start > review", "review > decide", "decide > end")
		done := w.drawn(nodes, "start > review", "review > decide", "decide > end")
		_, err := w.s.Withdraw(ctx, w.person(firm), On{Case: done}, "不开了")
		w.must("withdraw", err)
		to := w.define(nodes+userTask("more", "SPJ-SC.rev", opinion, ""), "start > more", "more > review", "review > decide", "decide > end")
		v := w.carries(from, to, nil)
		if out, told := w.carry(v, done); told {
			t.Errorf("what is over was looked at: %+v", out)
		}
		if out, _ := w.carry(v, fresh); !out.Moved {
			t.Fatalf("what has not begun stays: %+v", out.Prospect)
		}
		w.verify()
		w.pass(w.staff(clerk), fresh)
		_, err = w.s.Accept(ctx, w.staff(clerk), On{Case: fresh})
		w.must("accept", err)
		if w.nodes(fresh) != "more" {
			t.Errorf("it begins at %s", w.nodes(fresh))
		}
		w.verify()
	})
}

// TestAStopBetweenChangesNothing: what is not told of has not happened, and happens when it is tried again.
func TestAStopBetweenChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		nodes := drawnStart + drawnDecide + userTask("review", "SPJ-SY.rev", opinion, "")
		id := w.drawn(nodes, "start > review", "review > decide", "decide > end")
		from := w.follow(id)
		v := w.carries(from, w.define(nodes+userTask("more", "SPJ-SC.rev", opinion, ""), "start > review", "review > more", "more > decide", "decide > end"), nil)
		before, stop := w.state(id), errors.New("the machine stops")
		if err := v.Migrate(t.Context(), id, func(*db.Tx, Carried) error { return stop }); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(w.state(id), before) {
			t.Error("half of it stayed")
		}
		w.verify()
		if out, told := w.carry(v, id); !told || !out.Moved {
			t.Errorf("afterwards: %v %+v", told, out)
		}
		w.verify()
	})
}

// TestCarryingOverBesideAnAct: two workers carry a case over while somebody gives their opinion. Each comes before or after the
// others as a whole, and it is carried over once.
func TestCarryingOverBesideAnAct(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		nodes := drawnStart + drawnDecide + userTask("review", "SPJ-SY.rev", opinion, "") + userTask("second", "SPJ-SC.rev", opinion, "")
		from := w.define(nodes, "start > review", "review > second", "second > decide", "decide > end")
		to := w.define(nodes+userTask("more", "SPJ-TZ.rev", opinion, ""), "start > review", "review > second", "second > more", "more > decide", "decide > end")
		v, reviewer := w.carries(from, to, nil), w.staff("YC1021")
		ids := make([]int64, 6)
		for i := range ids {
			ids[i] = w.drawn(nodes, "start > review", "review > second", "second > decide", "decide > end")
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		moved := map[int64]int{}
		for _, id := range ids {
			task := w.openTasks(id)[0]
			for range 2 {
				wg.Go(func() {
					err := v.Migrate(context.Background(), id, func(tx *db.Tx, out Carried) error {
						tx.After(func() {
							mu.Lock()
							defer mu.Unlock()
							moved[id]++
						})
						if !out.Moved {
							return errors.New("refused")
						}
						return nil
					})
					if err != nil {
						t.Errorf("carry over: %v", err)
					}
				})
			}
			wg.Go(func() {
				_, err := w.s.Opine(context.Background(), reviewer, On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "符合。"})
				if err != nil {
					t.Errorf("opine: %v %v", err, fault.Code(err))
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if moved[id] != 1 || w.state(id).FlowHash != to.Hash() || w.nodes(id) != "second" {
				t.Errorf("carried over %d times, open is %s", moved[id], w.nodes(id))
			}
		}
		w.verify()
	})
}

// TestATimerThatIsDueComesFirst: a case is carried over from where it stands by law, not by the last look at it.
func TestATimerThatIsDueComesFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		wait := `<intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT36H</timeDuration></timerEventDefinition></intermediateCatchEvent>`
		id := w.drawn(drawnStart+drawnDecide+wait+userTask("review", "SPJ-SY.rev", opinion, ""), "start > pause", "pause > review", "review > decide", "decide > end")
		v := w.carries(w.follow(id), w.define(drawnStart+drawnDecide+userTask("review", "SPJ-SY.rev", opinion, ""), "start > review", "review > decide", "decide > end"), nil)
		w.read(func(tx *db.Tx) error {
			looked, err := v.Look(tx, 0, 10)
			if err != nil || len(looked) != 1 || looked[0].Prospect.Good() {
				t.Errorf("while it waits: %+v, %v", looked, err)
			}
			return nil
		})
		w.now = w.now.Add(40 * time.Hour)
		if out, _ := w.carry(v, id); !out.Moved || w.nodes(id) != "review" {
			t.Errorf("%+v: open is %s", out.Prospect, w.nodes(id))
		}
		w.verify()
	})
}

// TestWhoReviewedDoesNotDecideInTheNewerDrawing: no map makes a review a part of the decision.
func TestWhoReviewedDoesNotDecideInTheNewerDrawing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		nodes := drawnStart + userTask("rev", "SPJ-SY.rev", opinion, "")
		for _, c := range []struct {
			name  string
			known workflow.Map
			want  workflow.ObstacleKind
		}{
			{"dropped", workflow.Map{"rev": ""}, ""},
			{"both as the decision", workflow.Map{"rev": "decide", "decide": "decide"}, workflow.Merged},
			{"the review as the decision", workflow.Map{"rev": "decide", "decide": "again"}, OtherWork},
		} {
			id := w.drawn(nodes+drawnDecide, "start > rev", "rev > decide", "decide > end")
			from := w.follow(id)
			to := w.define(drawnStart+drawnDecide+strings.Replace(drawnDecide, `"decide"`, `"again"`, 1), "start > decide", "decide > again", "again > end")
			if c.want == "" {
				to = w.define(drawnStart+drawnDecide, "start > decide", "decide > end")
			}
			_, err := w.s.HandOn(ctx, w.staff("YC1021"), On{Case: id}, Handing{Task: w.openTasks(id)[0].ID, To: "YC1020", Words: "请科长直接审查"})
			w.must("hand on", err)
			w.opined(id, w.staff("YC1020"), Agree)
			out, _ := w.carry(w.carries(from, to, c.known), id)
			found := slices.ContainsFunc(out.Prospect.Obstacles, func(o workflow.Obstacle) bool { return o.Kind == c.want })
			if out.Moved != (c.want == "") || found != (c.want != "") {
				t.Errorf("%s: moved %v, %+v", c.name, out.Moved, out.Prospect)
			}
			_, err = w.s.Decide(ctx, w.staff("YC1020"), On{Case: id}, Decision{Task: w.openTasks(id)[0].ID, Reason: "不符合条件", Basis: "食品经营许可和备案管理办法第十二条"})
			w.code(c.name+": who reviewed decides", err, "cases.reviewed_it")
			w.verify()
		}
	})
}

// TestAReviewUnderTheNameOfTheDecisionKeepsFromDeciding: it is told by the step, whatever its element is called.
func TestAReviewUnderTheNameOfTheDecisionKeepsFromDeciding(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.drawn(drawnStart+drawnDecide+userTask("rev", "SPJ-SY.rev", opinion, ""), "start > rev", "rev > decide", "decide > end")
		_, err := w.s.HandOn(t.Context(), w.staff("YC1021"), On{Case: id}, Handing{Task: w.openTasks(id)[0].ID, To: "YC1020", Words: "请科长直接审查"})
		w.must("hand on", err)
		w.opined(id, w.staff("YC1020"), Agree)
		w.must("rename", w.s.DB.Write(t.Context(), func(tx *db.Tx) error { return renameNodes(tx, id, workflow.Map{"rev": "decide"}) }))
		_, err = w.s.Decide(t.Context(), w.staff("YC1020"), On{Case: id}, Decision{Task: w.openTasks(id)[0].ID, Reason: "不符合条件", Basis: "食品经营许可和备案管理办法第十二条"})
		w.code("who reviewed decides", err, "cases.reviewed_it")
	})
}
