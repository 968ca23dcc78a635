package catalog

import (
	"slices"
	"testing"
)

// TestARoadIsLaidOut gives a draft the steps of a flow that it lacks, and tells how the flow suits it.
func TestARoadIsLaidOut(t *testing.T) {
	s := &Service{Counter: Counter{Receive: "HALL.clerk"}}
	posts := []string{"HALL.clerk", "U.rev", "U.chief"}
	it := &Item{Code: "x", Unit: "U", FlowID: FlowStandard, Steps: []Step{{ID: "s1", Slot: "decide", Name: "决定", Unit: "U", Post: "U.chief", Days: 2, Clock: "statutory"}}}
	f := it.Fits(standard())
	if !slices.Equal(f.Lacking, []string{"accept", "review", "issue"}) {
		t.Errorf("lacks %v", f.Lacking)
	}
	next := s.Layout(it, standard(), func(code string) bool { return slices.Contains(posts, code) })
	var got []string
	for _, x := range next.Steps {
		got = append(got, x.Slot+" "+x.Post)
	}
	if want := []string{"accept HALL.clerk", "review U.rev", "decide U.chief", "issue U.rev"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(it.Steps) != 1 {
		t.Error("the item given was changed")
	}
	if f = next.Fits(standard()); len(f.Lacking)+len(f.Outside) > 0 || f.Drawing == nil {
		t.Errorf("does not fit: %+v", f)
	}
	if n := next.RoadDays(); n != 3 {
		t.Errorf("takes %d days, want 3", n)
	}
	next.Steps = append(next.Steps, Step{ID: "s9", Slot: "survey", Name: "入户", Unit: "U", Post: "U.rev", Days: 1, Clock: "statutory", Optional: true, Parallel: "a"})
	if n := next.RoadDays(); n != 4 {
		t.Errorf("with an optional step it takes %d days, want 4", n)
	}
	next.Steps[4].Optional = false
	if f = next.Fits(standard()); !slices.Equal(f.Outside, []string{"s9"}) {
		t.Errorf("outside: %v", f.Outside)
	}
}

// TestAnOptionalTaskIsNotLacking leaves out what a flow leaves to the item.
func TestAnOptionalTaskIsNotLacking(t *testing.T) {
	root := flowNode{Sequence: []flowNode{{Task: "accept"}, {Task: "publicity", Optional: true}, {Task: "decide"}}}
	if got := root.always(); !slices.Equal(got, []string{"accept", "decide"}) {
		t.Errorf("got %v", got)
	}
}
