package flow

import (
	"context"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// decides is the law of these tests: opinions, then one decision.
type decides struct{}

func (decides) Start() string { return "reviewing" }

func (decides) Do(state, act string) (string, bool) {
	switch {
	case state != "reviewing":
		return "", false
	case act == "opinion" || act == "special":
		return state, true
	}
	return "decided", act == "grant" || act == "refuse"
}

func (decides) Final(state string) bool { return state == "decided" }

func service(d *db.DB) *Service {
	return &Service{
		DB: d, Check: func(d *workflow.Def, days int) *workflow.Report {
			return workflow.Checker{Law: decides{}, Limit: days}.Check(d)
		},
		Acts: []string{"opinion", "special", "grant", "refuse"}, Messages: []string{"supplement"},
		Carries: func(d *workflow.Def) bool {
			return !slices.ContainsFunc(d.Nodes(), func(n *workflow.Node) bool { return n.Kind == workflow.Start && n.Trigger != "" })
		},
		Systems:  func(*db.Tx) ([]System, error) { return []System{{"tax", "税务"}, {"stats", "统计"}}, nil },
		StopOf:   func(kind string) string { return map[string]string{"test": "testing", "eval": "statutory_halt"}[kind] },
		Calendar: calendar.Compiled,
		Posts: func(*db.Tx) ([]Post, error) {
			return []Post{{Code: "A.rev", Unit: "A"}, {Code: "A.chief", Unit: "A"}, {Code: "B.rev", Unit: "B"}}, nil
		},
		Subjects: func(_ *db.Tx, item string) (string, []Subject, error) {
			if item != "shop" {
				return "", nil, fault.New(fault.Unknown, "catalog.none")
			}
			return "开店", []Subject{{Path: "form.area", Name: "面积", Number: true}, {Path: "answer.q1", Name: "业态", Options: []Choice{{"a", "热食"}, {"b", "冷食"}}}}, nil
		},
		Log: func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		},
	}
}

func each(t *testing.T, fn func(t *testing.T, s *Service)) {
	t.Helper()
	schemas := []dbtest.Schema{{Module: "once", Files: once.Schema}, {Module: "ledger", Files: ledger.Schema}, {Module: "flow", Files: Schema}}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, service(d)) })
}

func staff(id int64, rights ...string) auth.Actor {
	return auth.Actor{ID: id, Kind: auth.Staff, Staff: id, Name: "甲乙丙丁"[3*(id-1) : 3*id], Rights: rights}
}

var (
	drawer   = staff(1, Approve, Keep)
	approver = staff(2, Approve, Keep)
	stranger = staff(3)
)

// plan is three units beside each other, testing that stops the clock, and the decision.
func plan() Plan {
	return Plan{Steps: []Step{
		{ID: "t2", Name: "审查", Kind: "review", Post: "A.rev", Days: 1},
		{ID: "t3", Name: "会办", Kind: "consult", Post: "B.rev", Days: 2, With: true},
		{ID: "t4", Name: "大店核查", Kind: "check", Post: "A.rev", Days: 1, With: true, Inspectors: 2, Runs: RunsWhen, When: []Compare{{"form.area", ">", "300", true}, {"answer.q1", "==", "a", false}}},
		{ID: "t5", Name: "检测", Kind: "test", Post: "B.rev", Days: 3, Stops: "testing"},
		{ID: "t1", Name: "决定", Kind: KindDecide, Post: "A.chief", Days: 1},
	}}
}

func TestALifeOfADefinition(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		refuses := func(err error, code string) {
			t.Helper()
			if fault.Code(err) != code {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		does := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		refuses(s.Create(ctx, stranger, "k", "shops", "开店", ""), "right.missing")
		does(s.Create(ctx, drawer, "k", "shops", "开店", "shop"))
		does(s.Create(ctx, drawer, "k", "shops", "开店", "shop")) // pressed twice, done once
		refuses(s.Create(ctx, drawer, "k2", "shops", "开店", ""), "flow.taken")
		if err := s.Create(ctx, drawer, "k3", "Shops", "", "none"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a bad id, name and item: %v", err)
		}
		refuses(s.Submit(ctx, drawer, "", "shops", 1, "要用"), "flow.findings")
		does(s.Save(ctx, drawer, "s1", "shops", 1, "开店", "shop", plan()))
		does(s.Save(ctx, drawer, "s1", "shops", 1, "开店", "shop", plan()))
		refuses(s.Save(ctx, approver, "s2", "shops", 1, "开店", "shop", plan()), "flow.stale")
		refuses(s.ApproveDraft(ctx, approver, "", "shops", 2, today(t, s)), "flow.not_submitted")
		does(s.Submit(ctx, drawer, "", "shops", 2, "要用"))
		refuses(s.Save(ctx, drawer, "", "shops", 3, "开店", "shop", plan()), "flow.submitted")
		refuses(s.ApproveDraft(ctx, drawer, "", "shops", 3, today(t, s)), "flow.own")
		does(s.Return(ctx, approver, "", "shops", 3, "再想想"))
		does(s.Submit(ctx, drawer, "", "shops", 4, "想过了"))
		if err := s.ApproveDraft(ctx, approver, "", "shops", 5, today(t, s)-1); !fault.Is(err, fault.Invalid) {
			t.Errorf("approved for yesterday: %v", err)
		}
		does(s.ApproveDraft(ctx, approver, "a", "shops", 5, today(t, s)))
		refuses(s.Submit(ctx, drawer, "", "shops", 6, "再来"), "flow.same")

		next := plan()
		next.Steps[0].Days = 2
		does(s.Save(ctx, approver, "", "shops", 6, "开店", "shop", next))
		does(s.Submit(ctx, approver, "", "shops", 7, "放宽"))
		does(s.ApproveDraft(ctx, drawer, "", "shops", 8, today(t, s)+7)) // who drew the last version may approve the next
		versions := s.offered(t)
		if len(versions) != 1 || versions[0].Number != 1 {
			t.Fatalf("offered %v, want the first version until the second begins", versions)
		}
		does(s.Withdraw(ctx, drawer, "", "shops", 9, 1, "换新版"))
		refuses(s.Withdraw(ctx, drawer, "", "shops", 10, 1, "换新版"), "flow.withdrawn")
		if left := s.offered(t); len(left) != 0 {
			t.Errorf("offered %v although withdrawn", left)
		}
		does(s.DB.Read(ctx, func(tx *db.Tx) error {
			if src, err := s.Drawing(tx, versions[0].Hash); err != nil || src == nil {
				t.Errorf("items that took it cannot find it: %v", err)
			}
			return s.Verify(tx, func(string, int) {})
		}))
		does(s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE flow_version SET source = $1 WHERE number = 1`, "<definitions/>")
		}))
		if err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.Verify(tx, func(string, int) {}) }); err == nil {
			t.Error("a changed version was not found out")
		}
	})
}

func today(t *testing.T, s *Service) (d calendar.Date) {
	t.Helper()
	if err := s.DB.Read(t.Context(), func(tx *db.Tx) error { d = calendar.DateOf(tx.Now()); return nil }); err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *Service) offered(t *testing.T) (list []Version) {
	t.Helper()
	if err := s.DB.Read(t.Context(), func(tx *db.Tx) error {
		return s.Offered(tx, func(v Version) error { list = append(list, v); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// foreign is a file of another tool, with an attribute that cannot be translated.
const foreign = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" xmlns:gov="https://onedoor.app/bpmn">
 <process id="from-elsewhere" name="别处画的" isExecutable="true"><startEvent id="a"/>
  <userTask id="u" name="决定" flowable:candidateGroups="A.chief" flowable:formKey="x.form" gov:slot="decide" gov:act="grant|refuse" gov:limit="3" gov:limitUnit="workday"/>
  <endEvent id="z"/><sequenceFlow id="f1" sourceRef="a" targetRef="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="z"/>
 </process></definitions>`

func TestADrawingFromElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		id, err := s.Import(ctx, drawer, "i", 0, []byte(foreign))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.DB.Read(ctx, func(tx *db.Tx) error {
			d, err := s.Definition(tx, id)
			if err != nil {
				return err
			}
			def, wrong, err := s.Judge(tx, d)
			if err != nil || len(wrong) > 0 {
				t.Errorf("findings %v, %v", wrong, err)
			}
			if string(d.Source) != foreign || d.Plan != nil {
				t.Error("the file is not kept as it came")
			}
			if len(def.Notes()) != 1 || def.Node("u").Post() != "A.chief" {
				t.Errorf("notes %v, post %s", def.Notes(), def.Node("u").Post())
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		for name, source := range map[string]string{
			"no file": "x", "script": strings.Replace(foreign, "<userTask", `<scriptTask id="s"/><userTask`, 1),
		} {
			if _, err := s.Import(ctx, drawer, "", 0, []byte(source)); fault.Code(err) != "flow.import.refused" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWhatIsWrongWithAPlan(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		change func(*Plan)
		want   []string // findings, as code and step
	}{
		"nothing":        {func(*Plan) {}, nil},
		"no name":        {func(p *Plan) { p.Steps[0].Name = "" }, []string{"name t2"}},
		"no post":        {func(p *Plan) { p.Steps[1].Post = "C.rev" }, []string{"post t3"}},
		"no days":        {func(p *Plan) { p.Steps[1].Days = 0 }, []string{"days t3"}},
		"one inspector":  {func(p *Plan) { p.Steps[2].Inspectors = 1 }, []string{"inspectors t4"}},
		"not its reason": {func(p *Plan) { p.Steps[0].Stops = "testing" }, []string{"stops t2"}},
		"no law":         {func(p *Plan) { p.Steps[3].Kind, p.Steps[3].Stops = "eval", "statutory_halt" }, []string{"basis t5"}},
		"no condition":   {func(p *Plan) { p.Steps[2].When = nil }, []string{"when t4"}},
		"no question":    {func(p *Plan) { p.Steps[2].When[0].Subject = "form.colour" }, []string{"subject t4"}},
		"no decision":    {func(p *Plan) { p.Steps = p.Steps[:4] }, []string{"decides ", "not_final "}},
		"decided early":  {func(p *Plan) { p.Move("t1", -1) }, []string{"decide_last t1", "out_of_order t5"}},
		"two decisions": {func(p *Plan) {
			p.Steps[3] = Step{ID: "t5", Name: "再决定", Kind: KindDecide, Post: "A.rev", Days: 1}
		}, []string{"decide_last t5", "decides ", "double_act t1"}},
		"at will":                   {func(p *Plan) { p.Steps[4].Runs = RunsItem }, []string{"decide_runs t1", "not_final "}},
		"tells others":              {func(p *Plan) { p.Steps = tells(p.Steps) }, nil},
		"no system":                 {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[5].System = "" }, []string{"service t7"}},
		"a system that is gone":     {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[1].System = "gone" }, []string{"service t6"}},
		"tells at will":             {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[5].Runs = RunsItem }, []string{"notify_runs t7"}},
		"tells unnamed":             {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[1].Name = "" }, []string{"name t6"}},
		"tells of nothing asked":    {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[1].When[0].Subject = "form.colour" }, []string{"subject t6"}},
		"tells beside the decision": {func(p *Plan) { p.Steps = tells(p.Steps); p.Steps[6].With = true }, []string{"decide_last t1", "out_of_order t5"}},
		"nothing at all":            {func(p *Plan) { p.Steps = nil }, []string{"empty "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plan()
			one.change(&p)
			d := &Definition{ID: "shops", Name: "开店", Item: "shop", Plan: &p}
			d.draw()
			_, found, err := service(nil).Judge(nil, d)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, strings.TrimPrefix(f.Code, "flow.finding.")+" "+f.Step)
			}
			if !slices.Equal(got, one.want) {
				t.Errorf("got %q, want %q", got, one.want)
			}
		})
	}
}

// tells puts steps that notify systems into a list: one where it holds, one beside the testing, one after the decision.
func tells(steps []Step) []Step {
	return []Step{
		steps[0], {ID: "t6", Name: "告知税务", Kind: KindNotify, System: "tax", Send: []string{"form.area", "form.name"}, Runs: RunsWhen, When: []Compare{{"form.area", ">", "300", true}}},
		steps[1], steps[2], steps[3], {ID: "t7", Name: "告知统计", Kind: KindNotify, System: "stats", With: true},
		steps[4], {ID: "t8", Name: "告知结果", Kind: KindNotify, System: "tax"},
	}
}

func TestStepsThatNotifySystems(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Steps = tells(p.Steps)
	def := drawn(t, p)
	n := def.Node("t6")
	if n == nil || n.Kind != workflow.ServiceTask || n.Service() != "tax" || strings.Join(n.Send(), " ") != "form.area form.name" || len(n.In) != 1 || n.In[0].When == "" {
		t.Fatalf("%+v", n)
	}
	if added := p.Add(); p.Steps[slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == added.ID })+1].Kind != KindDecide {
		t.Error("a new step does not come before the decision")
	}
	var got []string
	for _, d := range Differences(drawn(t, plan()), def) {
		got = append(got, strings.TrimPrefix(d.Code, "flow.diff.")+" "+d.Step)
	}
	slices.Sort(got)
	if want := []string{"added 告知税务", "added 告知结果", "added 告知统计", "before 会办", "before 决定", "before 大店核查", "before 检测"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, bad := range []Step{{Kind: KindNotify, Send: []string{"answer.q1"}}, {Kind: KindNotify, Send: []string{"form.a form.b"}}, {Kind: KindNotify, System: strings.Repeat("x", 41)}} {
		if !(Plan{Steps: []Step{bad}}).wrong() {
			t.Errorf("%+v passes", bad)
		}
	}
}

func TestServicesFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ task, want string }{
		"known":   {`<serviceTask id="s" flowable:type="external-worker" flowable:topic="tax"/>`, ""},
		"ours":    {`<serviceTask id="s" gov:service="tax" gov:send="form.name"/>`, ""},
		"unknown": {`<serviceTask id="s" name="银行" flowable:topic="bank"/>`, "service s 银行"},
		"no name": {`<serviceTask id="s" flowable:class="com.example.Send"/>`, "service s "},
		"sends":   {`<serviceTask id="s" gov:service="tax" gov:send="form.name case.no"/>`, "send s "},
	} {
		source := strings.Replace(strings.Replace(foreign, "<userTask", one.task+"<userTask", 1), `targetRef="u"/>`, `targetRef="s"/><sequenceFlow id="f3" sourceRef="s" targetRef="u"/>`, 1)
		_, found, err := service(nil).Judge(nil, &Definition{ID: "from-elsewhere", Source: []byte(source)})
		var got []string
		for _, f := range found {
			got = append(got, strings.TrimPrefix(f.Code, "flow.finding.")+" "+f.Step+" "+f.Name)
		}
		if err != nil || strings.Join(got, ", ") != one.want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, one.want)
		}
	}
}

func drawn(t *testing.T, p Plan) *workflow.Def {
	t.Helper()
	d, err := p.Draw("shops", "开店")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestATrialRun(t *testing.T) {
	t.Parallel()
	def := drawn(t, plan())
	start := calendar.NewDate(2026, 3, 2) // a Monday
	for name, one := range map[string]struct {
		area, format string
		turns        string
		passed       string
	}{
		"large":      {"301", "a", "审查 03-02 03-03, 大店核查 03-02 03-03, 会办 03-02 03-04, 检测 03-04 03-09, 决定 03-09 03-10", ""},
		"small":      {"300", "a", "审查 03-02 03-03, 会办 03-02 03-04, 检测 03-04 03-09, 决定 03-09 03-10", "t4"},
		"cold":       {"301", "b", "审查 03-02 03-03, 会办 03-02 03-04, 检测 03-04 03-09, 决定 03-09 03-10", "t4"},
		"not filled": {"", "", "审查 03-02 03-03, 会办 03-02 03-04, 检测 03-04 03-09, 决定 03-09 03-10", "t4"},
	} {
		form := map[string]any{"area": one.area}
		got, err := Try(def, calendar.Official(), start, map[string]any{"form": form, "answer": map[string]string{"q1": one.format}})
		if err != nil || got.Stuck != "" {
			t.Fatalf("%s: %v, stuck at %q", name, err, got.Stuck)
		}
		var turns []string
		for _, turn := range got.Turns {
			turns = append(turns, turn.Node.Name+" "+turn.From.String()[5:]+" "+turn.To.String()[5:])
		}
		if strings.Join(turns, ", ") != one.turns || strings.Join(got.Passed, " ") != one.passed || got.Counted != 3 || got.End.String() != "2026-03-10" {
			t.Errorf("%s: %v, passed %v, %d days until %s", name, turns, got.Passed, got.Counted, got.End)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	next := plan()
	next.Steps[0].Days, next.Steps[0].Post = 2, "B.rev"
	next.Steps[2].When = next.Steps[2].When[:1]
	next.Remove("t3")
	*next.Add() = Step{ID: "t9", Name: "公示", Kind: "publicity", Post: "A.rev", Days: 5}
	var got []string
	for _, d := range Differences(drawn(t, plan()), drawn(t, next)) {
		got = append(got, strings.TrimPrefix(d.Code, "flow.diff.")+" "+d.Step)
	}
	want := []string{"post 审查", "limit 审查", "condition 大店核查", "before 检测", "added 公示", "before 决定", "removed 会办"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if same := Differences(drawn(t, plan()), drawn(t, plan())); len(same) > 0 {
		t.Errorf("a plan differs from itself: %v", same)
	}
}

func TestTheDiagram(t *testing.T) {
	t.Parallel()
	def := drawn(t, plan())
	p, ok := Draw(def)
	if !ok || len(p.Shapes) != len(def.Nodes()) || len(p.Lines) != len(def.Flows()) {
		t.Fatalf("%d of %d shapes, %d of %d lines", len(p.Shapes), len(def.Nodes()), len(p.Lines), len(def.Flows()))
	}
	p.Mark("bad", "t5")
	var page strings.Builder
	if err := drawing(p, ok).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(page.String()), new(struct{})); err != nil {
		t.Errorf("the picture is not well formed: %v", err)
	}
	for _, s := range p.Shapes {
		if s.X < p.Left || s.Y < p.Top || s.X+s.W > p.Left+p.Width || s.Y+s.H > p.Top+p.Height {
			t.Errorf("%s lies outside of the picture", s.Node.ID)
		}
	}
	if other, err := workflow.Compile([]byte(foreign)); err != nil {
		t.Fatal(err)
	} else if _, ok := Draw(other); ok {
		t.Error("a file without a diagram has none")
	}
}

func TestConditionsThroughTheForm(t *testing.T) {
	t.Parallel()
	for _, c := range plan().Steps[2].When {
		if got, ok := readCompare(c.token()); !ok || got != c {
			t.Errorf("%+v comes back as %+v", c, got)
		}
	}
	for _, c := range []Compare{{"form.area", ">", "1e9", true}, {"form.area", ">", "1) || true", true}, {"case.x", "==", "1", false}, {"form.area", "=", "1", false}} {
		if !c.wrong() {
			t.Errorf("%+v passes", c)
		}
	}
	quoted := Plan{Steps: []Step{{ID: "t1", Name: "决定", Kind: KindDecide, Post: "A.chief", Days: 1, Runs: RunsWhen, When: []Compare{{`answer.q"]`, "==", `"] || true || ["`, false}}}}}
	if _, err := quoted.Draw("x", ""); err != nil {
		t.Errorf("quotes break out of a condition: %v", err)
	}
}

// TestAnItemThatIsGoneIsAFinding keeps the page of a definition open whose item is no more.
func TestAnItemThatIsGoneIsAFinding(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		if err := s.Create(t.Context(), drawer, "k", "shops", "开店", "shop"); err != nil {
			t.Fatal(err)
		}
		gone := fault.New(fault.Unknown, "catalog.no_item")
		s.Subjects = func(*db.Tx, string) (string, []Subject, error) { return "", nil, gone }
		s.Promised = func(*db.Tx, string) (int, error) { return 0, gone }
		if err := s.DB.Read(t.Context(), func(tx *db.Tx) error {
			d, err := s.Definition(tx, "shops")
			if err != nil {
				return err
			}
			_, all, err := s.Judge(tx, d)
			if len(all) == 0 || all[0].Code != "flow.finding.item" || d.Item != "shop" {
				t.Errorf("%q: found %v", d.Item, all)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}
