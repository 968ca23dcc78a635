package cases

import (
	"os"
	"strings"
	"testing"
)

func TestScenarios(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/law-scenarios.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	if err := CheckScenarios(f, &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	if want := "149 of 149 scenarios hold\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
