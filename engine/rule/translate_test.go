package rule_test

import (
	"errors"
	"strings"
	"testing"

	"onedoor.app/engine/rule"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{`${amount > 5}`, `amount > 5`},
		{`#{ form.kind == 'a' }`, `form.kind == 'a'`},
		{`= amount = 5`, `amount == 5`},
		{`amount = 5 and not(urgent)`, `amount == 5 && !(urgent)`},
		{`not urgent or amount <> 5`, `!urgent || amount != 5`},
		{`amount gt 5 and amount le 9`, `amount > 5 && amount <= 9`},
		{`amount in [1..5]`, `(amount >= 1 && amount <= 5)`},
		{`form.age in (18..60]`, `(form.age > 18 && form.age <= 60)`},
		{`form.age in ]18..60[`, `(form.age > 18 && form.age < 60)`},
		{`urgent and amount in [-1.5..form.top)`, `urgent && (amount >= -1.5 && amount < form.top)`},
		{`amount between 1 and 5 and urgent`, `(amount >= 1 && amount <= 5) && urgent`},
		{`name in ("a", "b")`, `name in ["a", "b"]`},
		{`name in ["a", "b"] and urgent`, `name in ["a", "b"] && urgent`},
		{`amount in list`, `amount in list`},
		{`form.in = 1 and form.and = 2`, `form["in"] == 1 && form.and == 2`},
		{`step["check"]`, `step["check"]`},
		{`size(list) > 2 && form.a.contains("x")`, `size(list) > 2 && form.a.contains("x")`},
		{`(amount + 1) * 2 >= -3`, `(amount + 1) * 2 >= -3`},
		{`urgent ? amount : 3`, `urgent ? amount : 3`},
		{`list[0] = "x = y"`, `list[0] == "x = y"`},
	} {
		got, err := rule.Translate(c.text)
		if err != nil || got != c.want {
			t.Errorf("Translate(%s) = %s, %v; want %s", c.text, got, err, c.want)
			continue
		}
		if _, err := rule.Compile(testEnv(t), got); err != nil {
			t.Errorf("Translate(%s) = %s, which is no rule: %v", c.text, got, err)
		}
		if again, err := rule.Translate(got); err != nil || again != got {
			t.Errorf("Translate(%s) = %s, %v; want it unchanged", got, again, err)
		}
	}
}

func TestTranslateNamesWhatItCannot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		column int
		says   string
	}{
		{`${execution.getVariable("x") == 1}`, 13, "getVariable"},
		{`if a then b else c`, 1, `"if"`},
		{`a = 1 and list contains(b, c)`, 11, `"list"`},
		{`some x in list satisfies x > 1`, 1, `"some"`},
		{`${empty form.name}`, 3, `"empty"`},
		{`a in`, 3, "list or a range"},
		{`in [1..5]`, 1, "nothing stands before"},
		{`a in [1..`, 3, "list or a range"},
		{`a in [1..(2)]`, 10, "range"},
		{`a .. b`, 3, "range"},
		{`a between 1 or 2`, 3, `"and"`},
		{`name = "x`, 8, "not closed"},
		{`a ; b`, 3, "';'"},
		{"a = 1 and\n面积 > 2", 1, "面"},
		{`${}`, 0, "empty"},
		{``, 0, "empty"},
	} {
		got, err := rule.Translate(c.text)
		e, ok := errors.AsType[*rule.Error](err)
		if !ok {
			t.Errorf("Translate(%s) = %s, %v; want an *Error", c.text, got, err)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.Text, c.says) {
			t.Errorf("Translate(%s): %+v, want column %d with %s", c.text, e, c.column, c.says)
		}
	}
}

func FuzzTranslate(f *testing.F) {
	for _, s := range []string{`${a > 5}`, `= a in [1..5)`, `a between 1 and 2`, `not(x) or y`, `x in (1,2)`, `a in ]1..2[`, `"\"`, `- in [`, `x in [ [1..2] ]`, `)) between 1 and 2`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := rule.Translate(text)
		if err != nil {
			if _, ok := errors.AsType[*rule.Error](err); !ok {
				t.Fatalf("%q: %T", text, err)
			}
			return
		}
		if again, err := rule.Translate(text); err != nil || again != got {
			t.Fatalf("%q: %q and then %q, %v", text, got, again, err)
		}
	})
}
