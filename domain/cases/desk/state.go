package desk

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// verdicts are the findings in the order of their keys 1 to 4.
var verdicts = []cases.Verdict{cases.Pass, cases.Correct, cases.Tolerate, cases.Unneeded}

// keep makes a control of the checklist send its row as soon as it changes.
func keep(v *caseView, key string) templ.Attributes {
	return templ.Attributes{
		"hx-post": casePath(v.Case.ID) + "/judge", "hx-trigger": "change", "hx-swap": "none",
		"hx-vals": `{"only":"` + key + `"}`, "hx-sync": "closest form:queue all",
	}
}

// May reports whether the case is in one of the states.
func (v *caseView) May(states ...cases.State) bool { return slices.Contains(states, v.Case.State()) }

// wanted are the materials that the notice named and that still have to come.
func (v *caseView) wanted() (list []paper) {
	for _, r := range v.Rows {
		if r.Verdict == cases.Correct {
			list = append(list, r)
		}
	}
	return list
}

// brought is the question which of them lie on the counter on paper.
func (v *caseView) brought(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "paper", Legend: i18n.T(ctx, "desk.correct.paper"), Multi: true}
	for _, r := range v.wanted() {
		c.Options = append(c.Options, ui.Option{Value: r.Key, Text: r.Name, Note: r.Reason, On: v.ticked(r.Key)})
	}
	return c
}

// asked is the same materials with their uploads.
func (v *caseView) asked(ctx context.Context) (list []ui.Material) {
	for _, r := range v.wanted() {
		m := ui.Material{ID: "material." + r.Key, Name: r.Name, Hint: r.Reason}
		for _, f := range v.fresh(r.Key) {
			m.Files = append(m.Files, ui.File{Name: f.Name, Note: show.Size(f.Size) + pendingNote(ctx, f), Href: filePath(f.ID)})
		}
		m.Upload = upload(ctx, casePath(v.Case.ID)+"/materials", r.Key, len(m.Files) > 0)
		if words := v.Wrong["material."+r.Key]; words != "" {
			m.Bad, m.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: words}
		}
		list = append(list, m)
	}
	return list
}

// short reports whether a correction was refused because part of it is missing.
func (v *caseView) short() bool {
	return slices.ContainsFunc(v.wanted(), func(r paper) bool { return v.Wrong["material."+r.Key] != "" })
}

// pendingNote says of a file that it is not handed in, and by whom it waits to be.
func pendingNote(ctx context.Context, f cases.File) string {
	if f.Scanned {
		return i18n.T(ctx, "desk.scanned")
	}
	return i18n.T(ctx, "desk.pending")
}

// owed is a material that comes later, with its upload.
func (v *caseView) owed(ctx context.Context, r paper) ui.Material {
	files := show.Current(r.Material)
	m := ui.Material{ID: "material." + r.Key, Name: r.Name, Hint: r.Say, Upload: upload(ctx, casePath(v.Case.ID)+"/materials", r.Key, len(files) > 0)}
	for _, f := range files {
		note := show.Size(f.Size)
		if f.Pending {
			note += pendingNote(ctx, f)
		}
		m.Files = append(m.Files, ui.File{Name: f.Name, Note: note, Href: filePath(f.ID)})
	}
	if r.Reason != "" {
		m.Verdict = &ui.Mark{Tone: ui.ToneBad, Text: i18n.T(ctx, "desk.sent_back", "reason", r.Reason)}
	}
	if r.Came() {
		m.Verdict = &ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "desk.came.sent", "when", moment(ctx, r.At, v.Case.Now))}
	}
	if words := v.Wrong["material."+r.Key]; words != "" {
		m.Bad, m.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: words}
	}
	return m
}

// notSettled says why what is owed cannot be confirmed yet, "" if it can.
func (v *caseView) notSettled(ctx context.Context, r paper) string {
	switch {
	case r.Handed():
		return ""
	case r.Unsent():
		return i18n.T(ctx, "desk.supply.unsent")
	default:
		return i18n.T(ctx, "desk.supply.none")
	}
}

// ways is how the applicant was reminded.
func (v *caseView) ways(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "way", Legend: i18n.T(ctx, "desk.remind.way"), Error: v.Wrong["way"]}
	for _, way := range cases.RemindWays {
		c.Options = append(c.Options, ui.Option{Value: way, Text: i18n.T(ctx, "desk.remind.way."+way), Note: i18n.T(ctx, "desk.remind.way."+way+".note")})
	}
	return c
}

// reminder says when the applicant was reminded last and how.
func (v *caseView) reminder(ctx context.Context) string {
	t := v.Case.Reminded()
	if t == nil {
		return ""
	}
	return i18n.T(ctx, "desk.remind.last", "when", moment(ctx, t.At, v.Case.Now), "how", show.Act(ctx, t.Act), "name", t.ActorName)
}

// checks is the list as it was found, to read.
func (v *caseView) checks(ctx context.Context) (list []ui.Check) {
	for _, r := range v.Rows {
		c := ui.Check{No: r.No, Name: r.Name, Href: r.Href, Tags: r.Tags, Note: r.Note, On: r.On, Foot: r.Say, Verdict: show.Verdict(ctx, r.Material)}
		if len(r.Looked) > 0 && (r.Verdict == cases.Pass || len(cases.Good(r.Looked)) > 0) {
			t := show.Ticks(ctx, r.Looked)
			c.Ticks = &t
		}
		if r.Verdict == cases.Correct {
			c.Bad, c.Foot = true, r.Reason
		}
		list = append(list, c)
	}
	return list
}
