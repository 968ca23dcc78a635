package auth_test

import (
	"testing"

	"onedoor.app/infra/auth"
)

func TestActor(t *testing.T) {
	t.Parallel()
	a := auth.Actor{
		Rights: []string{"cases.accept", "cases.review"}, Roles: []string{"clerk"},
		Posts: []auth.Post{{Code: "SPJ-SY.rev"}, {Code: "SPJ-SY.dec", Deputy: 7}}, Party: 3,
	}
	for right, want := range map[string]bool{"cases.accept": true, "cases.review": true, "cases": false, "cases.decide": false, "": false} {
		if got := a.May(right); got != want {
			t.Errorf("may %q: got %t, want %t", right, got, want)
		}
	}
	for _, tt := range []struct {
		post string
		from int64
		ok   bool
	}{{"SPJ-SY.rev", 0, true}, {"SPJ-SY.dec", 7, true}, {"SPJ-SY", 0, false}} {
		if from, ok := a.Holds(tt.post); from != tt.from || ok != tt.ok {
			t.Errorf("holds %s: got %d %t, want %d %t", tt.post, from, ok, tt.from, tt.ok)
		}
	}
	if !a.Has("clerk") || a.Has("leader") {
		t.Error("roles are mixed up")
	}
	if got := a.Principal(); got != 3 {
		t.Errorf("for themselves: got %d, want 3", got)
	}
	a.For = 4
	if got := a.Principal(); got != 4 {
		t.Errorf("for another: got %d, want 4", got)
	}
}

func TestAVisitorMayNothing(t *testing.T) {
	t.Parallel()
	who := auth.From(t.Context())
	if who.Kind != auth.Visitor || who.May("") || who.May("public") {
		t.Errorf("got %+v", who)
	}
	if got := auth.From(auth.With(t.Context(), auth.Actor{ID: 9})); got.ID != 9 {
		t.Errorf("got %+v, want the actor 9", got)
	}
}
