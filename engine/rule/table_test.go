package rule_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/rule"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"a && b.c > d[e]":                          {"a", "b", "d", "e"},
		"list.exists(x, x > y) || has(form.z)":     {"form", "list", "y"},
		`"a" in [b, {"k": c}]`:                     {"b", "c"},
		"1 + 1 == 2":                               nil,
		"size(people.filter(p, p.of == who)) == n": {"n", "people", "who"},
	} {
		if got, err := rule.Names(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	if _, err := rule.Names("a +"); err == nil {
		t.Error("half a rule has names")
	}
}

func TestOpenTakesAnyName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		vars map[string]any
		want any
	}{
		{"amount > 10 && ok", map[string]any{"amount": 20, "ok": true}, true},
		{"person.age >= 18", map[string]any{"person": map[string]any{"age": 17}}, false},
		{"nobody == null", nil, true},
		{"size(list)", map[string]any{"list": []any{1, 2}}, int64(2)},
	} {
		r, err := rule.Compile(rule.Open(c.text), c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Eval(c.vars); err != nil || got != c.want {
			t.Errorf("%s: %v %v", c.text, got, err)
		}
	}
	r, err := rule.CompileBool(rule.Open("amount > 10"), "amount > 10")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Bool(nil); err == nil {
		t.Error("what nobody gave was compared")
	}
}

func env(t *testing.T) *rule.Env {
	t.Helper()
	e, err := rule.NewEnv(map[string]rule.Type{"form": rule.Map})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTable(t *testing.T) {
	t.Parallel()
	rows := func(rows ...string) (list []rule.Row) {
		for _, r := range rows {
			when, then, _ := strings.Cut(r, " => ")
			list = append(list, rule.Row{When: strings.Split(when, " | "), Then: strings.Split(then, " | ")})
		}
		return list
	}
	form := func(area float64, kind string) map[string]any {
		return map[string]any{"form": map[string]any{"area": area, "kind": kind}}
	}
	sizes := rows(`> 300 | - => "large" | 10`, `[100..300] | "restaurant", "canteen" => "medium" | 5`, `< 100 | not("canteen") => "small" | 2`)
	two := []string{"form.area", "form.kind"}
	outs := []string{"size", "days"}
	for _, c := range []struct {
		hit  rule.Hit
		rows []rule.Row
		vars map[string]any
		want map[string]any
	}{
		{"", sizes, form(500, "shop"), map[string]any{"size": "large", "days": int64(10)}},
		{"", sizes, form(300, "canteen"), map[string]any{"size": "medium", "days": int64(5)}},
		{"", sizes, form(300, "shop"), nil},
		{"", sizes, form(99, "shop"), map[string]any{"size": "small", "days": int64(2)}},
		{"", sizes, form(99, "canteen"), nil},
		{rule.HitFirst, rows(`>= 5 | - => "a" | 1`, `- | - => "b" | 2`), form(9, ""), map[string]any{"size": "a", "days": int64(1)}},
		{rule.HitFirst, rows(`(5..9) | - => "a" | 1`, `- | - => "b" | 2`), form(9, ""), map[string]any{"size": "b", "days": int64(2)}},
		{rule.HitCollect, rows(`> 5 | - => "a" | 1`, `> 50 | - => "b" | 2`, `- | - => "c" | form.area`), form(9, ""), map[string]any{"size": []any{"a", "c"}, "days": []any{int64(1), 9.0}}},
	} {
		d, err := rule.Table{Hit: c.hit, Inputs: two, Outputs: outs, Rows: c.rows}.Compile(env(t))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Decide(c.vars); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v of %v: %v %v, want %v", c.vars, c.rows, got, err, c.want)
		}
	}
	d, err := rule.Table{Inputs: two, Outputs: outs, Rows: rows(`> 5 | - => "a" | 1`, `> 6 | - => "b" | 2`)}.Compile(env(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(form(9, "")); !errors.Is(err, rule.ErrHits) {
		t.Errorf("two rows fit: %v", err)
	}
	if _, err := d.Decide(nil); err == nil {
		t.Error("what nobody gave was compared")
	}
}

func TestTableNamesItsCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		table rule.Table
		want  string
	}{
		{rule.Table{Inputs: []string{"form.a", "frm.b"}, Outputs: []string{"x"}, Rows: []rule.Row{{When: []string{"> 1", "2"}, Then: []string{"1"}}, {When: []string{">", "-"}, Then: []string{"oops"}}}},
			"row 1, column 2: rule: line 1, column 2: undeclared; row 2, column 1: rule: line 1; row 2, column 3: rule: line 1"},
		{rule.Table{Inputs: []string{"form.a"}}, "no output"},
		{rule.Table{Outputs: []string{"x y"}}, "name of an output"},
		{rule.Table{Hit: "any", Outputs: []string{"x"}}, "hit policy"},
		{rule.Table{Outputs: []string{"x"}, Rows: []rule.Row{{When: []string{"1"}, Then: []string{"1"}}}}, "row 1 has 1 and 1 cells"},
	} {
		_, err := c.table.Compile(env(t))
		for _, part := range strings.Split(c.want, "; ") {
			if err == nil || !strings.Contains(fmt.Sprint(err), part) {
				t.Errorf("%v does not say %q", err, part)
			}
		}
	}
}
