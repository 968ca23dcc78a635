package rule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/engine/rule"
)

func TestChoice(t *testing.T) {
	t.Parallel()
	values := map[string]string{"q1": "a", "q2": "b", "q3": ""}
	for text, want := range map[string]bool{
		`q1 == "a"`:                             true,
		`q1 != 'a'`:                             false,
		`q1 == "a" && q2 == "c"`:                false,
		`q1 == "x" || q2 == "b" && q1 == "a"`:   true,
		`(q1 == "x" || q2 == "b") && q1 == "c"`: false,
		`!(q1 == "x")`:                          true,
		`!!(q1 == "x")`:                         false,
		`q4 in ["b", "c"]`:                      false,
		`q2 in ["b","c"]`:                       true,
		`q2 in []`:                              false,
		`q3 == "" && q4 == ""`:                  true,
		"q1\n!=\tq2":                            true,
		`true`:                                  true,
		`!true || false`:                        false,
		`"a" == q1`:                             true,
		`q1 == "a\"" || q1 == '\'"'`:            false,
	} {
		c, err := rule.ParseChoice(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(values); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

// What does more than compare answers is refused, and it is said where.
func TestChoiceRefusesMore(t *testing.T) {
	t.Parallel()
	for text, at := range map[string][2]int{
		``:                               {1, 1},
		`q1`:                             {1, 1},
		`q1 ==`:                          {1, 6},
		`q1 == "a" &&`:                   {1, 13},
		`q1 == "a" || q2`:                {1, 14},
		"q1 == \"a\" &&\n  q2 < \"b\"":   {2, 6},
		`[1].all(x, x > 0)`:              {1, 1},
		`["a"].exists(x, x == q1)`:       {1, 1},
		`q1.matches("^a+$")`:             {1, 3},
		`q1 == "a" ? true : false`:       {1, 11},
		`q1 == "a" + "b"`:                {1, 11},
		`q1 == 1`:                        {1, 7},
		`!q1 == "a"`:                     {1, 2},
		`q1 in q2`:                       {1, 7},
		`q1 in ["a" "b"]`:                {1, 12},
		`q1 in ["a",]`:                   {1, 12},
		`(q1 == "a"`:                     {1, 11},
		`q1 == "a")`:                     {1, 10},
		`q1 == "a`:                       {1, 7},
		`q1 & q2`:                        {1, 4},
		`q1 == null`:                     {1, 7},
		strings.Repeat("!", 99) + `true`: {1, 66},
		"\xff":                           {1, 1},
		strings.Repeat("(", 4097):        {0, 0},
	} {
		_, err := rule.ParseChoice(text)
		e, ok := errors.AsType[*rule.Error](err)
		if !ok || [2]int{e.Line, e.Column} != at {
			t.Errorf("%.40q: %v, want line and column %v", text, err, at)
		}
	}
}

func TestChoiceNamesAndLiterals(t *testing.T) {
	t.Parallel()
	c, err := rule.ParseChoice(`q2 == "a" && (q1 in ["b", "c"] || "d" != q2 || q1 == q3)`)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Names(); !slices.Equal(got, []string{"q1", "q2", "q3"}) {
		t.Errorf("names %v", got)
	}
	if got, want := c.Literals(), []rule.Literal{{"q2", "a"}, {"q1", "b"}, {"q1", "c"}, {"q2", "d"}}; !slices.Equal(got, want) {
		t.Errorf("literals %v", got)
	}
}

// choices draws a rule about answers.
func choices(t *rapid.T, depth int) string {
	name := rapid.SampledFrom([]string{"q1", "q2", "q3"}).Draw(t, "name")
	text := rapid.SampledFrom([]string{`"a"`, `'b'`, `""`, `"\"\\"`, `'\u4e00'`, name}).Draw(t, "text")
	switch kind := rapid.IntRange(0, 7).Draw(t, "kind"); {
	case kind == 0:
		return name + " == " + text
	case kind == 1:
		return text + " != " + name
	case kind == 2:
		return name + ` in [` + text + `, "c"]`
	case kind == 3:
		return "true"
	case depth == 0:
		return name + "==" + text
	case kind == 4:
		return "!(" + choices(t, depth-1) + ")"
	case kind == 5:
		return "(" + choices(t, depth-1) + ") && " + choices(t, depth-1)
	}
	return choices(t, depth-1) + " || " + choices(t, depth-1) + " && " + choices(t, depth-1)
}

// A choice says what CEL says of the same words, and never does more work than it has words.
func TestChoiceIsCEL(t *testing.T) {
	t.Parallel()
	env, err := rule.NewEnv(map[string]rule.Type{"q1": rule.String, "q2": rule.String, "q3": rule.String})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := choices(t, 3)
		c, err := rule.ParseChoice(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		r, err := rule.CompileBool(env, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		values, vars, work := map[string]string{}, map[string]any{}, 0
		for _, name := range []string{"q1", "q2", "q3"} {
			values[name] = rapid.SampledFrom([]string{"", "a", "b", "c", `"\`, "一"}).Draw(t, name)
			vars[name] = values[name]
		}
		want, err := r.Bool(vars)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.HoldsCounting(values, &work); got != want || work > len(text) {
			t.Fatalf("%s for %v is %v, CEL says %v; work %d", text, values, got, want, work)
		}
	})
}

// Whatever is read as a choice CEL reads too.
func FuzzParseChoice(f *testing.F) {
	for _, text := range []string{`q1 == "a"`, `q1 in ["a", 'b']`, `!(q2 != "\u4e00") || true`, ``, `q1 ==`, `[1].exists(x, x > 0)`, "\xff", `q1=="\`} {
		f.Add(text)
	}
	env, err := rule.NewEnv(map[string]rule.Type{"q1": rule.String, "q2": rule.String})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := rule.ParseChoice(text)
		if err != nil || slices.ContainsFunc(c.Names(), func(n string) bool { return n != "q1" && n != "q2" }) {
			return
		}
		r, err := rule.CompileBool(env, text)
		if err != nil {
			t.Fatalf("%q is a choice and no rule: %v", text, err)
		}
		want, err := r.Bool(map[string]any{"q1": "a", "q2": ""})
		if got := c.Holds(map[string]string{"q1": "a"}); err != nil || got != want {
			t.Fatalf("%q is %v, CEL says %v, %v", text, got, want, err)
		}
	})
}
