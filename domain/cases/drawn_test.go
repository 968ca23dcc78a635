package cases

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// drawing compiles the nodes and flows of a process and has a case that was received run on it.
func (w *world) drawing(id int64, nodes string, flows ...string) *workflow.Def {
	w.t.Helper()
	def := w.define(nodes, flows...)
	if err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		return tx.ExecOne(`UPDATE cases SET flow_hash = $1 WHERE id = $2`, def.Hash(), id)
	}); err != nil {
		w.t.Fatal(err)
	}
	return def
}

// define compiles the nodes and flows of a process, on which cases can run.
func (w *world) define(nodes string, flows ...string) *workflow.Def {
	w.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="%s" targetNamespace="t">
		<message id="m1" name="%s"/><message id="m2" name="%s"/><process id="p" isExecutable="true">%s`, workflow.Namespace, MessageOpinion, MessageSupplement, nodes)
	for i, f := range flows {
		ends, when, _ := strings.Cut(f, " ? ")
		from, to, _ := strings.Cut(ends, " > ")
		if when != "" {
			when = "<conditionExpression>" + strings.ReplaceAll(when, "&", "&amp;") + "</conditionExpression>"
		}
		fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, i, from, to, when)
	}
	b.WriteString("</process></definitions>")
	def, err := workflow.Compile([]byte(b.String()))
	if err != nil {
		w.t.Fatal(err)
	}
	if !Carries(def) {
		w.t.Fatal("cases do not run on the drawing")
	}
	w.s.defs.mu.Lock()
	if w.s.defs.defs == nil {
		w.s.defs.defs = map[string]*workflow.Def{}
	}
	w.s.defs.defs[def.Hash()] = def
	w.s.defs.mu.Unlock()
	return def
}

// drawn is an accepted case on a drawing.
func (w *world) drawn(nodes string, flows ...string) int64 {
	w.t.Helper()
	id := w.received(nil)
	w.drawing(id, nodes, flows...)
	w.pass(w.staff(clerk), id)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func userTask(id, post, more, inner string) string {
	return fmt.Sprintf(`<userTask id="%[1]s" name="%[1]s" gov:post="%[2]s" %[3]s>%[4]s</userTask>`, id, post, more, inner)
}

const (
	drawnStart  = `<startEvent id="start"/><endEvent id="end"/>`
	drawnDecide = `<userTask id="decide" name="决定" gov:post="SPJ-SY.chief" gov:slot="decide" gov:act="grant|refuse"/>`
)

func (w *world) nodes(id int64) string {
	w.t.Helper()
	var open []string
	for _, t := range w.openTasks(id) {
		open = append(open, t.Node)
	}
	return join(open)
}

func TestATimerOfADrawingComesInItsTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.drawn(drawnStart+drawnDecide+userTask("review", "SPJ-SY.rev", `gov:slot="review"`, "")+userTask("chase", "SPJ-SC.rev", "", "")+
			`<boundaryEvent id="late" attachedToRef="review" cancelActivity="false" gov:limit="2" gov:limitUnit="workday"><timerEventDefinition/></boundaryEvent>`+
			`<endEvent id="told"/><intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT36H</timeDuration></timerEventDefinition></intermediateCatchEvent>`,
			"start > review", "review > pause", "pause > decide", "decide > end", "late > chase", "chase > told")
		w.verify()
		if n, err := w.s.Tick(ctx, 10); err != nil || w.nodes(id) != "review" {
			t.Fatalf("before its time: %d, %v, %s", n, err, w.nodes(id))
		}
		w.tamper(`UPDATE cases_wait SET at = at + 86400000 WHERE ended IS NULL`)
		w.pass1(3)
		if _, err := w.s.Tick(ctx, 10); err != nil || w.nodes(id) != "review chase" {
			t.Fatalf("after two working days: %v, %s", err, w.nodes(id))
		}
		if n, err := w.s.Tick(ctx, 10); err != nil || n != 0 {
			t.Errorf("it is due again: %d, %v", n, err)
		}
		w.opined(id, w.staff("YC1021"), Agree)
		if w.nodes(id) != "chase" {
			t.Fatalf("the pause has not begun: %s", w.nodes(id))
		}
		w.now = w.now.Add(35 * time.Hour)
		if _, err := w.s.Tick(ctx, 10); err != nil || w.nodes(id) != "chase" {
			t.Fatalf("after 35 hours: %v, %s", err, w.nodes(id))
		}
		w.now = w.now.Add(2 * time.Hour)
		w.verify()
		// Whoever acts first finds the timer due, without any tick.
		_, err := w.s.Opine(ctx, w.staff("YC1015"), On{Case: id}, Review{Task: w.openTasks(id)[0].ID, Conclusion: Agree, Text: "已督促。"})
		w.must("opine", err)
		if w.nodes(id) != "decide" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
	})
}

func TestAMessageReachesTheDrawing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.drawn(drawnStart+drawnDecide+userTask("review", "SPJ-SY.rev", "", "")+userTask("note", "SPJ-SC.rev", "", "")+
			`<boundaryEvent id="heard" attachedToRef="review" cancelActivity="false"><messageEventDefinition messageRef="m1"/></boundaryEvent><endEvent id="noted"/>`,
			"start > review", "review > decide", "decide > end", "heard > note", "note > noted")
		review := w.openTasks(id)[0]
		_, err := w.s.Ask(ctx, w.staff("YC1021"), On{Case: id}, Asking{Task: review.ID, Kind: AsideConsult, To: []string{"SCJ.rev"}, Days: 2, Words: "是否有处罚记录"})
		w.must("ask", err)
		w.verify()
		for _, o := range w.openTasks(id) {
			if o.Kind == AsideConsult {
				_, err := w.s.Opine(ctx, w.staff("YC1061"), On{Case: id}, Review{Task: o.ID, Conclusion: Agree, Text: "没有处罚记录。"})
				w.must("answer", err)
			}
		}
		if w.nodes(id) != "review note" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
	})
}

func TestSeveralSignOneStepAndNobodyTwice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		// Two of three who agree are enough.
		id := w.drawn(drawnStart+drawnDecide+userTask("sign", "SPJ-ZH.clerk", "", `<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>
			<completionCondition>"agree" in instances.outcome &amp;&amp; instances.outcome["agree"] >= 2</completionCondition></multiInstanceLoopCharacteristics>`),
			"start > sign", "sign > decide", "decide > end")
		open := w.openTasks(id)
		if len(open) != 3 || open[0].Instance != 1 || open[2].Instance != 3 {
			t.Fatalf("open are %+v", open)
		}
		sign := func(no string, task Task, conclusion string) error {
			_, err := w.s.Opine(ctx, w.staff(no), On{Case: id}, Review{Task: task.ID, Conclusion: conclusion, Text: "看过。"})
			return err
		}
		w.must("one", sign("YC1006", open[0], Agree))
		w.code("the same person", sign("YC1006", open[1], Agree), "cases.signed_already")
		w.must("two", sign("YC1007", open[1], Disagree))
		if w.nodes(id) != "sign" {
			t.Fatalf("open is %s", w.nodes(id))
		}
		w.verify()
		w.must("three", sign("YC1008", open[2], Agree))
		if w.nodes(id) != "decide" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
	})
}

func TestAStepInABranchGoesBackWithinItOrBeforeTheSplit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.drawn(drawnStart+drawnDecide+userTask("first", "SPJ-SY.rev", "", "")+`<parallelGateway id="split"/><parallelGateway id="join"/>`+
			userTask("a1", "SPJ-SC.rev", "", "")+userTask("a2", "SPJ-SC.chief", "", "")+userTask("b1", "SPJ-TZ.rev", "", ""),
			"start > first", "first > split", "split > a1", "a1 > a2", "a2 > join", "split > b1", "b1 > join", "join > decide", "decide > end")
		w.opined(id, w.staff("YC1021"), Agree)
		open := w.openTasks(id)
		_, err := w.s.Opine(ctx, w.staff("YC1015"), On{Case: id}, Review{Task: open[0].ID, Conclusion: Agree, Text: "符合。"})
		w.must("a1", err)
		open = w.openTasks(id)
		a2, b1 := open[1], open[0]
		if a2.Node != "a2" || b1.Node != "b1" {
			t.Fatalf("open are %s", w.nodes(id))
		}
		var backs []Back
		w.read(func(tx *db.Tx) (err error) { backs, err = w.s.Backs(tx, w.state(id), a2); return err })
		if len(backs) != 2 || backs[0].Node != "a1" || len(backs[0].Withdraws) != 0 || backs[1].Node != "first" || join(backs[1].Withdraws) != "b1" {
			t.Fatalf("the ways back are %+v", backs)
		}
		_, err = w.s.GiveBack(ctx, w.staff("YC1014"), On{Case: id}, a2.ID, "a1", "请核对面积")
		w.must("within the branch", err)
		if w.nodes(id) != "b1 a1" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
		// A recall leaves the other branch alone.
		_, err = w.s.Opine(ctx, w.staff("YC1015"), On{Case: id}, Review{Task: w.openTasks(id)[1].ID, Conclusion: Agree, Text: "符合。"})
		w.must("a1 again", err)
		_, err = w.s.Recall(ctx, w.staff("YC1015"), On{Case: id})
		w.must("recall", err)
		if open := w.openTasks(id); len(open) != 2 || open[0].ID != b1.ID || open[1].Node != "a1" {
			t.Errorf("open are %+v", open)
		}
		w.verify()
		_, err = w.s.GiveBack(ctx, w.staff("YC1017"), On{Case: id}, b1.ID, "first", "材料需要重看")
		w.must("before the split", err)
		if w.nodes(id) != "first" {
			t.Errorf("open is %s", w.nodes(id))
		}
		w.verify()
	})
}

func TestACaseThatIsStuckShowsAndTriesAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		asked := w.item(food).Situations[0]
		question, answer := asked.ID, asked.Options[1].Value // applicants of tests answer the first
		id := w.drawn(drawnStart+drawnDecide+userTask("review", "SPJ-SY.rev", "", "")+`<exclusiveGateway id="gw"/>`+userTask("odd", "SPJ-SC.rev", "", ""),
			"start > review", "review > gw", `gw > decide ? result["review"] == "agree"`, fmt.Sprintf(`gw > odd ? answer[%q] == %q`, question, answer), "odd > decide", "decide > end")
		head := w.staff("YC1001")
		_, err := w.s.Retry(ctx, head, On{Case: id}, nil, "请重试流程")
		w.code("nothing is stuck", err, "cases.not_stuck")
		w.opined(id, w.staff("YC1021"), Disagree)
		if c := w.state(id); !c.Matter.Has(FlagIncident) || w.nodes(id) != "" {
			t.Fatalf("it is not stuck: %v, %s", c.Matter.Flags, w.nodes(id))
		}
		_, err = w.s.Retry(ctx, w.staff("YC1036"), On{Case: id}, nil, "请重试流程")
		w.code("who only supervises", err, "cases.not_yours")
		_, err = w.s.Retry(ctx, head, On{Case: id}, nil, "请重试流程")
		w.code("nothing has changed", err, "cases.still_stuck")
		_, err = w.s.Retry(ctx, head, On{Case: id}, map[string]string{"nowhere": "x"}, "请重试流程")
		w.code("an answer that the item does not offer", err, "cases.ask_choice")
		w.verify()
		_, err = w.s.Unstick(ctx, w.staff("YC1036"), On{Case: id}, "退回重新审查")
		w.code("who only supervises", err, "cases.not_yours")
		_, err = w.s.Unstick(ctx, head, On{Case: id}, "退回重新审查")
		w.must("back", err)
		if c := w.state(id); c.Matter.Has(FlagIncident) || w.nodes(id) != "review" {
			t.Errorf("flags %v, open %s", c.Matter.Flags, w.nodes(id))
		}
		w.verify()
		w.opined(id, w.staff("YC1021"), Disagree)
		_, err = w.s.Retry(ctx, head, On{Case: id}, map[string]string{question: answer}, "按实际情形办理")
		w.must("with another answer", err)
		if c := w.state(id); c.Matter.Has(FlagIncident) || w.nodes(id) != "odd" {
			t.Errorf("flags %v, open %s", c.Matter.Flags, w.nodes(id))
		}
		w.verify()
	})
}

// TestAnOutcomeInACalledFlowDecides has a called process ask how one of its own steps ended, in every way of asking.
func TestAnOutcomeInACalledFlowDecides(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, when := range []string{`result["q-t1"] == "agree"`, `"q-t1" in result && result['q-t1'] == "agree"`} {
			id := w.drawn(drawnStart+drawnDecide+`<callActivity id="c" calledElement="q"/>
				<sequenceFlow id="c1" sourceRef="start" targetRef="c"/><sequenceFlow id="c2" sourceRef="c" targetRef="decide"/><sequenceFlow id="c3" sourceRef="decide" targetRef="end"/>
				</process><process id="q"><startEvent id="q-start"/><endEvent id="q-end"/>`+userTask("q-t1", "SPJ-SY.rev", `gov:slot="review"`, "")+
				userTask("q-again", "SPJ-SC.rev", `gov:slot="review"`, "")+`<exclusiveGateway id="q-x" default="f2"/><exclusiveGateway id="q-y"/>`,
				"q-start > q-t1", "q-t1 > q-x", "q-x > q-again", "q-x > q-y ? "+when, "q-again > q-y", "q-y > q-end")
			if w.nodes(id) != "c/q-t1" {
				t.Fatalf("%s: begins at %s", when, w.nodes(id))
			}
			w.opined(id, w.staff("YC1021"), Agree)
			if w.nodes(id) != "decide" {
				t.Errorf("%s: after an agreement open is %s", when, w.nodes(id))
			}
			w.verify()
		}
	})
}
