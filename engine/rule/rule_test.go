package rule_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"onedoor.app/engine/rule"
)

func testEnv(t testing.TB) *rule.Env {
	t.Helper()
	env, err := rule.NewEnv(map[string]rule.Type{
		"form": rule.Map, "step": rule.Flags, "result": rule.Words, "list": rule.List,
		"amount": rule.Int, "price": rule.Double, "name": rule.String, "urgent": rule.Bool, "any": rule.Dyn,
	})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestEval(t *testing.T) {
	t.Parallel()
	vars := map[string]any{
		"form": map[string]any{
			"area": 320.5, "kind": "a", "owner": map[string]any{"name": "李"}, "tags": []any{"x", "y"},
			"count": json.Number("7"), "nothing": nil, "rows": []any{map[string]any{"n": 1.0}},
		},
		"step":   map[string]bool{"review": true, "check": false},
		"result": map[string]string{"check": "rectify"},
		"list":   []any{1, 2.5, "three"},
		"amount": 5, "price": 2.5, "name": "云川", "urgent": true, "any": map[string]any{"a": int64(1)},
	}
	for _, c := range []struct {
		text string
		want any
	}{
		{`form.area > 300`, true},
		{`form.area > 300 && form.kind == "a"`, true},
		{`form.owner.name == "李"`, true},
		{`form["kind"] in ["a", "b"]`, true},
		{`form.count == 7`, true},
		{`form.missing == "x"`, false},
		{`form.missing == null`, true},
		{`form.owner.missing == null`, true},
		{`form.rows[0].missing == null`, true},
		{`form.rows.exists(r, r.n == 1)`, true},
		{`has(form.area)`, true},
		{`has(form.missing)`, false},
		{`has(form.nothing)`, true},
		{`"missing" in form`, false},
		{`size(form.tags)`, int64(2)},
		{`step["review"]`, true},
		{`step["check"]`, false},
		{`step["never"]`, false},
		{`step.never`, false},
		{`result["check"] == "rectify"`, true},
		{`result["never"]`, ""},
		{`result.check.startsWith("rec")`, true},
		{`list[1] < 3`, true},
		{`amount < price`, false},
		{`name + "市"`, "云川市"},
		{`urgent ? 1 : 2`, int64(1)},
		{`any.a`, float64(1)},
		{`list[0] / 2.0 == 0.5`, true},
		{`form.tags[any.a] == "y"`, true},
		{`any.b`, nil},
		{`[1, "x", [true]]`, []any{int64(1), "x", []any{true}}},
		{`{"k": form.tags}`, map[string]any{"k": []any{"x", "y"}}},
		{`form.tags.map(x, x + "!")`, []any{"x!", "y!"}},
	} {
		r, err := rule.Compile(testEnv(t), c.text)
		if err != nil {
			t.Errorf("Compile(%s): %v", c.text, err)
			continue
		}
		got, err := r.Eval(vars)
		if err != nil {
			t.Errorf("Eval(%s): %v", c.text, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s = %#v, want %#v", c.text, got, c.want)
		}
	}
}

func TestValuesAnswerTheSameAfterStorage(t *testing.T) {
	t.Parallel()
	vars := map[string]any{
		"form": map[string]any{"int": 7, "uint": uint8(7), "float": float32(0.5), "list": []any{int64(3)}, "number": json.Number("9")},
		"any":  map[string]int{"n": 3},
	}
	b, err := json.Marshal(vars)
	if err != nil {
		t.Fatal(err)
	}
	var stored map[string]any
	if err := json.Unmarshal(b, &stored); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`form.int / 2.0`, `form.uint / 2.0`, `form.float`, `form.list[0] / 2.0`, `form.number / 2.0`, `any.n / 2.0`, `form.int == 7`, `form.int / 2 == 3`} {
		r, err := rule.Compile(testEnv(t), text)
		if err != nil {
			t.Fatal(err)
		}
		// The last rule is an error, before and after.
		before, err1 := r.Eval(vars)
		after, err2 := r.Eval(stored)
		if (err1 == nil) != (err2 == nil) || !reflect.DeepEqual(before, after) {
			t.Errorf("%s = %#v, %v and after storage %#v, %v", text, before, err1, after, err2)
		}
	}
}

func TestContainersNotGivenAreEmpty(t *testing.T) {
	t.Parallel()
	env := testEnv(t)
	for text, want := range map[string]bool{
		`step["x"]`: false, `form.x == "y"`: false, `size(list) == 0`: true, `result["x"] == ""`: true, `any == null`: true,
	} {
		r, err := rule.CompileBool(env, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Bool(nil); err != nil || got != want {
			t.Errorf("%s without variables = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestRunTimeErrorsAreErrors(t *testing.T) {
	t.Parallel()
	env := testEnv(t)
	for _, c := range []struct {
		text string
		vars map[string]any
	}{
		{`form.missing > 5`, nil},
		{`amount > 5`, nil},
		{`amount > 5`, map[string]any{"amount": "six"}},
		{`list[3] == 1`, nil},
		{`step["x"]`, map[string]any{"step": map[string]any{"x": "yes"}}},
		{`form.a.b == 1`, map[string]any{"form": map[string]any{"a": 1}}},
		{`form.x`, map[string]any{"form": "not a map"}},
		{`any`, map[string]any{"any": func() {}}},
		{`any.x`, map[string]any{"any": json.Number("one")}},
	} {
		r, err := rule.CompileBool(env, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Bool(c.vars); err == nil {
			t.Errorf("%s over %v = %v, want an error", c.text, c.vars, got)
		}
	}
}

func TestCompileSaysWhere(t *testing.T) {
	t.Parallel()
	env := testEnv(t)
	for _, c := range []struct {
		text         string
		line, column int
		says         string
	}{
		{"form.area >", 1, 12, "Syntax"},
		{"form.area > 3 &&\n  nobody == 1", 2, 3, "nobody"},
		{"amount + 1", 1, 1, "true or false"},
		{`amount == "x"`, 1, 8, "no matching overload"},
		{"  ", 0, 0, "empty"},
		{"has(form)", 1, 5, "has()"},
		{`name.matches("(")`, 1, 14, "matches"},
		{strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), 1, 1, ""},
		{strings.Repeat("true && ", 600) + "true", 1, 1, ""},
	} {
		_, err := rule.CompileBool(env, c.text)
		e, ok := errors.AsType[*rule.Error](err)
		if !ok {
			t.Errorf("CompileBool(%.30q) = %v, want an *Error", c.text, err)
			continue
		}
		if c.says == "" {
			continue
		}
		if e.Line != c.line || e.Column != c.column || !strings.Contains(e.Text, c.says) {
			t.Errorf("CompileBool(%q) = %+v, want %d:%d with %q", c.text, e, c.line, c.column, c.says)
		}
	}
}

func TestCostLimitStopsALongLoop(t *testing.T) {
	t.Parallel()
	r, err := rule.CompileBool(testEnv(t), `list.all(a, list.all(b, list.all(c, a + b + c >= 0)))`)
	if err != nil {
		t.Fatal(err)
	}
	numbers := make([]any, 1000)
	for i := range numbers {
		numbers[i] = i
	}
	if _, err := r.Bool(map[string]any{"list": numbers}); !errors.Is(err, rule.ErrCost) {
		t.Errorf("a billion steps: %v, want ErrCost", err)
	}
	if ok, err := r.Bool(map[string]any{"list": numbers[:10]}); err != nil || !ok {
		t.Errorf("a thousand steps: %v, %v, want true", ok, err)
	}
}

func TestEnvRefusesUnknownTypesAndBadNames(t *testing.T) {
	t.Parallel()
	for _, vars := range []map[string]rule.Type{{"a": "money"}, {"a b": rule.Int}} {
		if _, err := rule.NewEnv(vars); err == nil {
			t.Errorf("NewEnv(%v) succeeded", vars)
		}
	}
}

func TestOneEnvServesManyGoroutines(t *testing.T) {
	t.Parallel()
	env := testEnv(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 50 {
				r, err := rule.CompileBool(env, `form.n >= 0`)
				if err != nil {
					t.Error(err)
					return
				}
				if ok, err := r.Bool(map[string]any{"form": map[string]any{"n": i}}); !ok || err != nil {
					t.Errorf("%d: %v %v", i, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestCompileRemembers(t *testing.T) {
	t.Parallel()
	env := testEnv(t)
	a, _ := rule.Compile(env, "amount + 1")
	b, _ := rule.Compile(env, "amount + 1")
	if a != b || a.Text() != "amount + 1" {
		t.Errorf("the same rule was compiled twice")
	}
	if _, err := rule.CompileBool(env, "amount + 1"); err == nil {
		t.Errorf("a rule remembered without a wanted type passed as a yes-or-no rule")
	}
}

func TestEvalLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	vars := map[string]any{"form": map[string]any{"a": []any{1, 2}}, "step": map[string]bool{}}
	r, err := rule.Compile(testEnv(t), `form.a.map(x, x + 1.0)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Eval(vars); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"form": map[string]any{"a": []any{1, 2}}, "step": map[string]bool{}}
	if !reflect.DeepEqual(vars, want) {
		t.Errorf("variables became %v", vars)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`form.area > 300`, `step["x"]`, `list.all(a, list.exists(b, a == b))`, `"` + strings.Repeat("a", 50), `has(form.x)`, `result.a.matches("a+")`, "1 +\n", `{"a": [1]}`, `list.map(x, form)`} {
		f.Add(s)
	}
	env := testEnv(f)
	vars := map[string]any{"form": map[string]any{"area": 1.5}, "list": []any{1, "a", nil, []any{}}, "amount": 1}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := rule.CompileBool(env, text)
		if err != nil {
			if _, ok := errors.AsType[*rule.Error](err); !ok {
				t.Fatalf("%q: %T %v", text, err, err)
			}
			return
		}
		first, err1 := r.Bool(vars)
		second, err2 := r.Bool(vars)
		if first != second || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q answered %v, %v and then %v, %v", text, first, err1, second, err2)
		}
	})
}

func BenchmarkBool(b *testing.B) {
	r, err := rule.CompileBool(testEnv(b), `step["check"] && form.area > 300`)
	if err != nil {
		b.Fatal(err)
	}
	vars := map[string]any{"step": map[string]bool{"check": true}, "form": map[string]any{"area": 320.0}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Bool(vars); err != nil {
			b.Fatal(err)
		}
	}
}
