package workflow

import "testing"

func TestOwn(t *testing.T) {
	t.Parallel()
	f := &file{prefix: "c/", elements: map[string]bool{"t1": true, "size": true}}
	for text, want := range map[string]string{
		`result["t1"] == "agree" && step[ 't1' ]`:     `result["c/t1"] == "agree" && step["c/t1"]`,
		`result.t1 == "result.t1"`:                    `result["c/t1"] == "result.t1"`,
		`has(result.t1) || 't1' in step`:              `("c/t1" in result) || "c/t1" in step`,
		`result["other"] == form.result["t1"]`:        `result["other"] == form.result["t1"]`,
		`result.size() > 0 && myresult.t1`:            `result.size() > 0 && myresult.t1`,
		`"t1" == "result[\"t1\"]" && result.t1 == ''`: `"t1" == "result[\"t1\"]" && result["c/t1"] == ''`,
	} {
		if got := f.own(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
	if got := (&file{}).own(`result.t1`); got != `result.t1` {
		t.Errorf("outside of a call: %s", got)
	}
}
