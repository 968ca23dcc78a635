package show

import (
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
)

// TestMaterialsShowWhatWasHandedIn: a file that the applicant keeps back has no link and no date, and what comes after the
// acceptance is supplied, not corrected.
func TestMaterialsShowWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	ctx := t.Context() // its words are their keys
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.Zone)
	href := func(cases.File) string { return "/open" }
	for _, c := range []struct {
		name       string
		file       cases.File
		verdict    cases.Verdict
		note, foot string
		link       bool
	}{
		{"kept back", cases.File{ID: 1, Round: 2, Pending: true, At: now}, cases.Tolerate, "show.material.none", "show.material.pending", false},
		{"supplied", cases.File{ID: 1, Round: 2, At: now}, cases.Tolerate, "show.material.supplied", "", true},
		{"corrected", cases.File{ID: 1, Round: 2, At: now}, cases.Pass, "show.material.corrected", "", true},
	} {
		v := &cases.View{Case: &cases.Case{AcceptedAt: now}, Now: now, Materials: []cases.Material{{
			Key: "m1", Name: "平面图", Verdict: c.verdict, Files: []cases.File{c.file},
		}}}
		got := Materials(ctx, v, 0, href)[0]
		if got.Note != c.note || got.Foot != c.foot || (got.Href != "") != c.link {
			t.Errorf("%s: %q %q %q", c.name, got.Note, got.Foot, got.Href)
		}
	}
}
