package fault_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"onedoor.app/infra/fault"
)

func TestCodeAndKindSurviveWrapping(t *testing.T) {
	t.Parallel()
	refused := fault.New(fault.Conflict, "cases.twice", "days", 3)
	for _, tt := range []struct {
		name string
		err  error
		code string
		is   bool
	}{
		{"none", nil, "", false},
		{"a defect", errors.New("no such table"), "internal", false},
		{"bare", refused, "cases.twice", true},
		{"wrapped", fmt.Errorf("event: %w", refused), "cases.twice", true},
		{"joined", errors.Join(errors.New("begin"), refused), "cases.twice", true},
		{"another kind", fault.New(fault.Stale, "row.stale"), "row.stale", false},
	} {
		if got := fault.Code(tt.err); got != tt.code {
			t.Errorf("%s: code %q, want %q", tt.name, got, tt.code)
		}
		if got := fault.Is(tt.err, fault.Conflict); got != tt.is {
			t.Errorf("%s: a conflict is %t, want %t", tt.name, got, tt.is)
		}
	}
}

func TestTheTextOfAFaultNamesTheCodeOnly(t *testing.T) {
	t.Parallel()
	err := &fault.Error{Kind: fault.Invalid, Code: "input.invalid",
		Fields: map[string]string{"number": "party.number"}, Args: map[string]any{"name": "张三"}}
	if got, want := err.Error(), "invalid: input.invalid"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestArgumentsComeInPairs(t *testing.T) {
	t.Parallel()
	f, ok := errors.AsType[*fault.Error](fault.New(fault.TooMany, "auth.locked", "minutes", 15, "left over"))
	if !ok || !maps.Equal(f.Args, map[string]any{"minutes": 15}) {
		t.Errorf("got %v", f.Args)
	}
}

func TestFieldsKeepTheFirstFaultOfEach(t *testing.T) {
	t.Parallel()
	need := fault.Fields{}
	need.Need(true, "name", "party.name")
	if err := need.Err(); err != nil {
		t.Fatalf("every need is met, yet %v", err)
	}
	need.Need(false, "number", "party.number_missing")
	need.Need(false, "number", "party.number_wrong")
	need.Need(false, "mobile", "party.mobile")
	err := need.Err()
	need.Need(false, "name", "party.name") // too late for err
	f, ok := errors.AsType[*fault.Error](err)
	if want := map[string]string{"number": "party.number_missing", "mobile": "party.mobile"}; !ok ||
		f.Kind != fault.Invalid || f.Code != "input.invalid" || !maps.Equal(f.Fields, want) {
		t.Errorf("got %+v, want the fields %v", f, want)
	}
}
