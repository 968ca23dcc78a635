package rule_test

import (
	"errors"
	"slices"
	"testing"

	"onedoor.app/engine/rule"
)

func TestLiterals(t *testing.T) {
	t.Parallel()
	env, err := rule.NewEnv(map[string]rule.Type{"q1": rule.String, "q2": rule.String})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]rule.Literal{
		`true`:                          nil,
		`q1 == "a"`:                     {{"q1", "a"}},
		`"b" != q2 && !(q1 == "")`:      {{"q2", "b"}, {"q1", ""}},
		`q1 in ["a", "c"]`:              {{"q1", "a"}, {"q1", "c"}},
		`q1 == q2`:                      nil,
		`q1 == "a" ? q2 == "b" : false`: {{"q1", "a"}, {"q2", "b"}},
	} {
		r, err := rule.CompileBool(env, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := r.Literals(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`q2 == "a" && q1 != "b" || q2 == ""`: {"q1", "q2"},
		`["a"].exists(x, x == q9)`:           {"q9"},
		`true`:                               nil,
	} {
		if got, err := rule.Names(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
	if _, err := rule.Names(`q1 ==`); err == nil {
		t.Error("half a rule was read")
	} else if e, ok := errors.AsType[*rule.Error](err); !ok || e.Line != 1 {
		t.Errorf("half a rule: %v", err)
	}
}
