package app

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"onedoor.app/infra/db/dbtest"
)

// eachEngine runs fn on an empty database of every kind.
func eachEngine(t *testing.T, fn func(t *testing.T, a *App)) {
	t.Helper()
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, newApp(t, testConfig(t, url)))
		})
	}
}

// TestLawScenarios plays the legal scenarios through the use cases: receipt, notice, review, decision and all that may
// come between, as the pages do them.
func TestLawScenarios(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"law-scenarios.jsonl", "more-scenarios.jsonl"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("../domain/cases/scenario/testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			eachEngine(t, func(t *testing.T, a *App) {
				var out strings.Builder
				if err := a.CheckLaw(t.Context(), bytes.NewReader(text), &out); err != nil {
					t.Error(err)
				}
				if got, want := strings.Count(out.String(), " pass\n"), bytes.Count(text, []byte("\n")); got != want {
					t.Errorf("%d of %d hold:\n%s", got, want, out.String())
				}
			})
		})
	}
}

// TestAScenarioThatDoesNotHoldSaysWhy: everything that can differ is told.
func TestAScenarioThatDoesNotHoldSaysWhy(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, a *App) {
		const text = `{"id":"X1","title":"wrong","item":{"kind":"licence"},` +
			`"events":[{"at":"2026-03-02T09:00+08:00","act":"receive"},{"at":"2026-03-02T10:00+08:00","act":"grant"}],` +
			`"expect":{"state":"granted","due":{"notice":"2026-03-10","statutory":"2026-03-31"},"flags_has":["green"],"overdue":["notice"],` +
			`"light":[{"at":"2026-03-03T09:00+08:00","clock":"notice","is":"red"}],"deemed":[{"act":"deem_accepted"}],` +
			`"certificate":{"state":"valid"},"due_absent":["notice"]}}` + "\n{broken\n" +
			`{"id":"X2","title":"unknown","item":{"kind":"licence"},"events":[{"at":"2026-03-02T09:00+08:00","act":"bless"}],"expect":{"state":"-"}}` + "\n" +
			`{"id":"X3","title":"right","item":{"kind":"licence"},"events":[{"at":"2026-03-02T09:00+08:00","act":"receive"}],"expect":{"state":"received"}}` + "\n" +
			`{"id":"X4","title":"no item","events":[{"at":"2026-03-02T09:00+08:00","act":"receive"}],"expect":{"state":"received"}}`
		var out strings.Builder
		err := a.CheckLaw(t.Context(), strings.NewReader(text), &out)
		if err == nil || !strings.Contains(err.Error(), "4 of 5 do not hold") {
			t.Errorf("got %v", err)
		}
		for _, want := range []string{
			"X1 ", "event 1 grant in received: got \"illegal_pair\", want \"\"", "state: got received, want granted", "due notice:", "clock statutory: none",
			"flag green", "overdue:", "light notice", "deemed:", "certificate:", "clock notice: got 2026-03-09, want none", "due notice: got 2026-03-09",
			"line-2 not a scenario: ", "X2 cannot be played: nobody here can do \"bless\"", "X3 pass\n", "X4 the item: catalog.item.no_type",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not told in\n%s", want, out.String())
			}
		}
	})
}
