package catalog

import (
	"slices"
	"testing"

	"onedoor.app/infra/auth"
)

// The machine is closed: every state is reached, what has ended has no way out, nothing
// stands twice.
func TestChangeMachine(t *testing.T) {
	t.Parallel()
	reached := map[ChangeState]bool{ChangeDrafted: true}
	for range ChangeStates {
		for _, r := range changeRows {
			if reached[r.From] {
				reached[r.To] = true
			}
		}
	}
	seen := map[changeRow]bool{}
	acts := map[ChangeAct]bool{}
	for _, r := range changeRows {
		key := changeRow{From: r.From, Act: r.Act}
		if seen[key] || !slices.Contains(ChangeStates, r.From) || !slices.Contains(ChangeStates, r.To) || r.From.Ended() {
			t.Errorf("%+v", r)
		}
		seen[key], acts[r.Act] = true, true
	}
	for _, s := range ChangeStates {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
		if out := slices.ContainsFunc(changeRows, func(r changeRow) bool { return r.From == s }); out == s.Ended() {
			t.Errorf("%s: ended %v, ways out %v", s, s.Ended(), out)
		}
	}
	for _, a := range []ChangeAct{ActEdit, ActRebase, ActSubmit, ActReturn, ActApprove, ActWithdraw, ActEnforce, ActOvertake} {
		if !acts[a] {
			t.Errorf("%s can never be done", a)
		}
	}
	// Nothing comes in force but what was approved, and nothing is approved but what was submitted.
	for _, r := range changeRows {
		if r.To == ChangeInForce && r.From != ChangeApproved || r.To == ChangeApproved && (r.From != ChangeSubmitted || r.Act != ActApprove) {
			t.Errorf("a way round review: %+v", r)
		}
	}
}

// Heads of sections review what their section decides; officers and leaders everything.
func TestWhoReviewsWhat(t *testing.T) {
	t.Parallel()
	c := &Change{State: ChangeSubmitted, Item: &Item{Unit: "SPJ-SY"}, Editors: []Person{{Staff: 1}}}
	for _, tt := range []struct {
		name string
		who  auth.Actor
		may  bool
	}{
		{"an officer", auth.Actor{Staff: 2, Unit: "SPJ-FG", Rights: []string{Keep, Review}}, true},
		{"the officer who wrote it", auth.Actor{Staff: 1, Unit: "SPJ-FG", Rights: []string{Keep, Review}}, false},
		{"the chief of the section", auth.Actor{Staff: 3, Unit: "SPJ-SY", Roles: []string{"section_chief"}, Rights: []string{Review}}, true},
		{"the chief of another", auth.Actor{Staff: 4, Unit: "SPJ-GC", Roles: []string{"section_chief"}, Rights: []string{Review}}, false},
		{"a leader", auth.Actor{Staff: 5, Unit: "SPJ", Roles: []string{"leader"}, Rights: []string{Review}}, true},
		{"a leader who wrote in it", auth.Actor{Staff: 1, Unit: "SPJ", Roles: []string{"leader"}, Rights: []string{Review}}, false},
		{"a clerk", auth.Actor{Staff: 6, Unit: "SPJ-SY"}, false},
	} {
		if err := c.Bar(tt.who, ActApprove, false); (err == nil) != tt.may {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
