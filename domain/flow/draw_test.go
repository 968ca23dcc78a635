package flow

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// mixed has every kind of step that a list can hold.
func mixed() Plan {
	p := plan()
	p.Steps[1].Runs = RunsItem
	p.Steps[2].Any = true
	p.Steps[3].Basis, p.Steps[3].Standard = "行政许可法第四十五条", `按"标准"检测`
	return p
}

func TestADrawingIsReadAsAListOfSteps(t *testing.T) {
	t.Parallel()
	one := Plan{Steps: []Step{{ID: "t1", Name: "决定", Kind: KindDecide, Post: "A.chief", Days: 1}}}
	for name, p := range map[string]Plan{"one step": one, "together": plan(), "mixed": mixed(), "nothing said": {Steps: []Step{{ID: "t1", Kind: KindDecide}}}} {
		def := drawn(t, p)
		got, ok := PlanOf(def)
		if !ok {
			t.Errorf("%s: is no list", name)
			continue
		}
		if again := drawn(t, *got); string(again.Source()) != string(def.Source()) {
			t.Errorf("%s: draws\n%s\nwant\n%s", name, again.Source(), def.Source())
		}
	}
}

func TestWhatNoListCanSay(t *testing.T) {
	t.Parallel()
	src := string(drawn(t, mixed()).Source())
	replace := func(old, new string) string {
		if !strings.Contains(src, old) {
			t.Fatalf("the drawing has no %s", old)
		}
		return strings.Replace(src, old, new, 1)
	}
	for name, source := range map[string]string{
		"an attribute of its own": replace(`gov:slot="review"`, `gov:slot="review" gov:colour="red"`),
		"of another tool":         replace(`gov:slot="review"`, `gov:slot="review" xmlns:x="http://x.org" x:colour="red"`),
		"a comment":               replace(`<bpmn:process`, `<!-- look --><bpmn:process`),
		"documentation":           replace(`<bpmn:endEvent id="end">`, `<bpmn:endEvent id="end"><bpmn:documentation>x</bpmn:documentation>`),
		"a name of the end":       replace(`<bpmn:endEvent id="end">`, `<bpmn:endEvent id="end" name="完">`),
		"a name of a way":         replace(`<bpmn:sequenceFlow id="flow_1"`, `<bpmn:sequenceFlow id="flow_1" name="走"`),
		"another question":        replace(`?"`, `？？"`),
		"another condition":       replace(`double(form["area"]) &gt; 300.0`, `double(form["area"]) &gt; 200.0 + 100.0`),
		"several":                 replace(`gov:slot="review"`+tail(src, `gov:slot="review"`), `gov:slot="review"`+tail(src, `gov:slot="review"`)+`<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`),
	} {
		def, err := workflow.Compile([]byte(source))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p, ok := PlanOf(def); ok {
			t.Errorf("%s: is read as %+v", name, p)
		}
	}
	loop, err := workflow.Encode("x", "", workflow.Loop{Body: workflow.Task{ID: "t1", Slot: "review"}, While: `result["t1"] == "again"`})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := PlanOf(loop); ok {
		t.Error("a loop is read as a list")
	}
	foreign, err := workflow.Compile([]byte(foreign))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := PlanOf(foreign); ok {
		t.Error("a file of another tool is read as a list, which would lose what it says")
	}
}

// tail is what follows a text up to the end of its tag.
func tail(src, after string) string {
	_, rest, _ := strings.Cut(src, after)
	rest, _, _ = strings.Cut(rest, ">")
	return rest + ">"
}

func TestADrawingIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if err := s.Create(ctx, drawer, "k", "shops", "开店", "shop"); err != nil {
			t.Fatal(err)
		}
		moved := strings.Replace(string(drawn(t, plan()).Source()), `x="`, `x="1`, 1) // a shape elsewhere
		save := func(key string, on int, source string) string {
			_, err := s.SaveDrawing(ctx, drawer, key, "shops", on, []byte(source))
			return fault.Code(err)
		}
		now := func() (d *Definition) {
			if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { d, err = s.Definition(tx, "shops"); return err }); err != nil {
				t.Fatal(err)
			}
			return d
		}
		if _, err := s.SaveDrawing(ctx, stranger, "", "shops", 1, []byte(moved)); fault.Code(err) != "right.missing" {
			t.Errorf("a stranger draws: %v", err)
		}
		for name, one := range map[string]struct{ source, code string }{
			"no file":    {"x", "flow.draw.unreadable.file"},
			"no drawing": {"<html/>", "flow.draw.unreadable.file"},
			"too large":  {strings.Repeat(" ", mostSource+1), "flow.import.large"},
			"another id": {strings.Replace(moved, `id="shops"`, `id="other"`, 1), "flow.draw.id"},
			"nul":        {moved + "\x00", "flow.draw.unreadable.file"},
		} {
			if code := save("", 1, one.source); code != one.code {
				t.Errorf("%s: %s, want %s", name, code, one.code)
			}
		}
		if d := now(); d.Lock != 1 {
			t.Fatalf("what was refused has left lock %d", d.Lock)
		}
		for range 2 { // pressed twice, done once
			if code := save("a", 1, moved); code != "" {
				t.Fatal(code)
			}
		}
		if d := now(); d.Lock != 2 || string(d.Source) != moved || d.Plan == nil || len(d.Plan.Steps) != 5 {
			t.Errorf("lock %d, steps %v, the drawing as it came: %v", d.Lock, d.Plan, string(d.Source) == moved)
		}
		if code := save("b", 1, moved); code != "flow.stale" {
			t.Errorf("an old look at it is saved: %s", code)
		}
		half := strings.Replace(moved, `<bpmn:endEvent`, `<bpmn:complexGateway id="odd" /><bpmn:endEvent`, 1)
		if code := save("c", 2, half); code != "" {
			t.Fatal(code)
		}
		if d := now(); string(d.Source) != half || d.Plan != nil {
			t.Error("half a drawing is not kept as it came")
		}
		if code := fault.Code(s.Submit(ctx, drawer, "", "shops", 3, "要用")); code != "flow.findings" {
			t.Errorf("half a drawing is handed in: %s", code)
		}
		if code := save("d", 3, moved); code != "" {
			t.Fatal(code)
		}
		if err := s.Submit(ctx, drawer, "", "shops", 4, "要用"); err != nil {
			t.Fatal(err)
		}
		if code := save("e", 5, moved); code != "flow.submitted" {
			t.Errorf("what is with the approver is drawn on: %s", code)
		}
	})
}

func TestADrawingIsJudgedAsItIsDrawn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if err := s.Create(ctx, drawer, "k", "shops", "开店", "shop"); err != nil {
			t.Fatal(err)
		}
		good := string(drawn(t, plan()).Source())
		twice := string(drawn(t, Plan{Steps: []Step{{ID: "t2", Name: "先决定", Kind: KindDecide, Post: "A.rev", Days: 1}, plan().Steps[4]}}).Source())
		for name, one := range map[string]struct {
			source string
			days   int
			want   []string
			listed bool
		}{
			"good":         {good, 0, nil, true},
			"in time":      {good, 3, nil, true},
			"too long":     {good, 2, []string{"over_limit "}, true},
			"decided":      {twice, 0, []string{"decide_last t2", "decides ", "double_act t1"}, true},
			"another id":   {strings.Replace(good, `id="shops"`, `id="other"`, 1), 0, []string{"id "}, false},
			"half of it":   {strings.Replace(good, `<bpmn:endEvent`, `<bpmn:complexGateway id="odd" /><bpmn:endEvent`, 1), 0, []string{"fault.refused odd"}, false},
			"not a list":   {strings.Replace(good, `<bpmn:endEvent id="end">`, `<bpmn:endEvent id="end" name="完">`, 1), 0, nil, false},
			"no inspector": {strings.Replace(strings.Replace(good, ` gov:inspectors="2"`, "", 1), `<bpmn:endEvent id="end">`, `<bpmn:endEvent id="end" name="完">`, 1), 0, []string{"inspectors t4"}, false},
		} {
			s.Promised = func(*db.Tx, string) (int, error) { return one.days, nil }
			if err := s.DB.Read(ctx, func(tx *db.Tx) error {
				all, listed, err := s.JudgeDrawing(tx, "shops", []byte(one.source))
				if err != nil {
					return err
				}
				var got []string
				for _, f := range all {
					got = append(got, strings.TrimPrefix(f.Code, "flow.finding.")+" "+f.Step)
				}
				if !slices.Equal(got, one.want) || listed != one.listed {
					t.Errorf("%s: %q, listed %v, want %q, %v", name, got, listed, one.want, one.listed)
				}
				return nil
			}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestALateAnswerLeadsOverNobody has a drawing saved whose answer is lost; the same saving later must not learn the lock
// of what another has drawn since, and so go over it unwarned.
func TestALateAnswerLeadsOverNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		if err := s.Create(ctx, drawer, "k", "shops", "开店", "shop"); err != nil {
			t.Fatal(err)
		}
		src := string(drawn(t, plan()).Source())
		post := func(who auth.Actor, key string, lock int, x string) (int, saved) {
			body, _ := json.Marshal(sending{key, lock, strings.Replace(src, `x="`, `x="`+x, 1)})
			r := httptest.NewRequest(http.MethodPost, "/catalog/flows/shops/draw", strings.NewReader(string(body)))
			r.Header.Set("Content-Type", "application/json")
			r.SetPathValue("id", "shops")
			w := httptest.NewRecorder()
			if err := s.postDraw(w, r.WithContext(auth.With(ctx, who))); err != nil {
				t.Fatal(err)
			}
			var a saved
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			return w.Code, a
		}
		if code, a := post(drawer, "a", 1, "1"); code != http.StatusOK || a.Lock != 2 || !a.Listed {
			t.Fatalf("the first: %d %+v", code, a)
		}
		if code, b := post(approver, "b", 2, "2"); code != http.StatusOK || b.Lock != 3 {
			t.Fatalf("another: %d %+v", code, b)
		}
		code, a := post(drawer, "a", 1, "1")
		if code != http.StatusOK || a.Lock != 2 {
			t.Fatalf("the first again: %d %+v", code, a)
		}
		if code, a = post(drawer, "c", a.Lock, "3"); code != http.StatusPreconditionFailed || a.Lock != 3 {
			t.Errorf("goes over the other: %d %+v", code, a)
		}
	})
}

// TestTheScriptsHaveTheirWords holds every text that the designer asks for to both languages.
func TestTheScriptsHaveTheirWords(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`"(draw\.[a-z.]+)"`)
	found := 0
	for _, name := range []string{"designer.js", "designer-panel.js", "designer-play.js", "designer-rule.js", "designer-words.js"} {
		f, err := ui.Assets().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			found++
			for lang, words := range drawWords() {
				known := words[m[1]] != ""
				for key := range words {
					known = known || strings.HasSuffix(m[1], ".") && strings.HasPrefix(key, m[1])
				}
				if !known {
					t.Errorf("%s asks for %s, which has no words in %s", name, m[1], lang)
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("found only %d texts: the test looks in the wrong place", found)
	}
}
