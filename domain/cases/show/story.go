package show

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// Act is the word of an entry of the timeline.
func Act(ctx context.Context, act string) string {
	key := "cases.act." + act
	if text := i18n.T(ctx, key); text != key {
		return text
	}
	return act
}

// PaperName is the title of a paper of the case, "" if there is none of that id.
func PaperName(ctx context.Context, v *cases.View, id int64) string {
	for _, d := range v.Documents {
		if d.ID == id {
			return Title(ctx, d)
		}
	}
	return ""
}

// Story is what happened to a case, newest first, after what it waits for now.
// holders names who may act at each open step; units gives the names of units;
// paper is the address of a paper.
func Story(ctx context.Context, v *cases.View, holders map[int64]string, units map[string]string, paper func(int64) string) []ui.Moment {
	var all []ui.Moment
	told := false
	for _, t := range v.Open() {
		all = append(all, ui.Moment{
			State: "next", Title: Step(ctx, t), When: i18n.T(ctx, "show.story.since", "day", When(ctx, t.Opened, v.Now)), At: Machine(t.Opened),
			Text: i18n.T(ctx, "show.story.waits", "who", holders[t.ID]),
		})
	}
	for _, t := range v.Trail {
		if t.Act == "judge" { // the list of materials says what was found; the ledger who found it when
			continue
		}
		m := ui.Moment{Title: Act(ctx, t.Act), When: Moment(ctx, t.At, v.Now), At: Machine(t.At)}
		if !told {
			m.State, told = "now", true
		}
		m.Text = strings.Join(nonempty(By(ctx, t, units), Note(ctx, v, t)), i18n.T(ctx, "show.comma"))
		if t.Document != 0 {
			m.Links = []ui.Link{{Text: PaperName(ctx, v, t.Document), Href: paper(t.Document)}}
		}
		all = append(all, ordered(ctx, v, t)...)
		all = append(all, m)
	}
	return all
}

// ordered are the orders that an entry gave to other systems, the last one first: they follow from it at once.
func ordered(ctx context.Context, v *cases.View, t cases.Trail) (all []ui.Moment) {
	for _, o := range slices.Backward(v.Ordered) {
		if o.Entry == t.Seq {
			title, text := Ordered(ctx, o)
			all = append(all, ui.Moment{Title: title, When: Moment(ctx, t.At, v.Now), At: Machine(t.At), Text: text})
		}
	}
	return all
}

// Ordered says which system is told, or was, then at which step and how that stands.
func Ordered(ctx context.Context, o cases.Ordered) (title, text string) {
	key := "show.ordered"
	if o.State == cases.OrderedArrived {
		key = "show.ordered.arrived"
	}
	return i18n.T(ctx, key, "system", cmp.Or(o.SystemName, o.System)),
		i18n.T(ctx, "show.ordered.state", "step", cmp.Or(o.Name, o.Step), "state", i18n.T(ctx, "exchange.state."+o.State))
}

// By says who did something and where they work; what nobody did was the system.
func By(ctx context.Context, t cases.Trail, units map[string]string) string {
	if t.Actor == 0 {
		return i18n.T(ctx, "show.system")
	}
	name := units[t.Unit]
	if name == "" {
		return t.ActorName
	}
	return name + " " + t.ActorName
}

func nonempty(list ...string) (kept []string) {
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// Verdict is what the window found about a material.
func Verdict(ctx context.Context, m cases.Material) *ui.Mark {
	switch m.Verdict {
	case cases.Pass:
		return &ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "cases.verdict.pass")}
	case cases.Correct:
		return &ui.Mark{Tone: ui.ToneBad, Text: i18n.T(ctx, "cases.verdict.correct")}
	case cases.Tolerate:
		return &ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "cases.verdict.tolerate")}
	case cases.Missing:
		return &ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "cases.verdict.missing")}
	case cases.Unneeded:
		return &ui.Mark{Tone: ui.ToneNone, Text: i18n.T(ctx, "cases.verdict.unneeded"), Icon: "info"}
	default:
		return &ui.Mark{Tone: ui.ToneNone, Text: i18n.T(ctx, "cases.verdict.none"), Icon: "clock"}
	}
}

// Ticks shows what was looked at on a material and found good. It opens by itself where something was not.
func Ticks(ctx context.Context, list []cases.Looked) ui.Ticked {
	good := len(cases.Good(list))
	t := ui.Ticked{Summary: i18n.T(ctx, "show.points", "good", good, "n", len(list)), Lang: "zh-CN", Open: good < len(list)}
	for _, l := range list {
		word := "show.points.good"
		if !l.Good {
			word = "show.points.not"
		}
		t.Rows = append(t.Rows, ui.Tick{Text: l.Text, Good: l.Good, Word: i18n.T(ctx, word)})
	}
	return t
}

// looked is the points of a material on a list, once somebody has looked at it.
func looked(ctx context.Context, v *cases.View, m cases.Material) *ui.Ticked {
	list := v.Looked(m)
	if len(list) == 0 || m.Verdict != cases.Pass && len(cases.Good(list)) == 0 {
		return nil
	}
	t := Ticks(ctx, list)
	return &t
}

// Materials lists the materials of a case with what was found about each. href is
// the address that shows a file in its place; on is the file that is shown.
func Materials(ctx context.Context, v *cases.View, on int64, href func(cases.File) string) (all []ui.Check) {
	for i, m := range v.Materials {
		c := ui.Check{No: fmt.Sprint(i + 1), Name: m.Name, Verdict: Verdict(ctx, m), Ticks: looked(ctx, v, m)}
		files := m.InForce()
		switch {
		case len(files) > 0:
			f := files[0]
			c.Href, c.Note = href(f), When(ctx, f.At, v.Now)
			switch {
			case f.Round > 1 && m.Later(v.Matter):
				c.Note = i18n.T(ctx, "show.material.supplied", "day", c.Note)
			case f.Round > 1:
				c.Note = i18n.T(ctx, "show.material.corrected", "day", c.Note)
			}
			if len(files) > 1 {
				c.Note += " " + i18n.T(ctx, "show.material.files", "n", len(files))
			}
			for _, f := range m.Files {
				c.On = c.On || f.ID == on
			}
		case m.Source == cases.SourceCertificate:
			c.Note = i18n.T(ctx, "show.material.certificate")
		case m.Source == cases.SourcePaper:
			c.Note = i18n.T(ctx, "show.material.paper")
		default:
			c.Note = i18n.T(ctx, "show.material.none")
		}
		if m.Unsent() {
			c.Foot = i18n.T(ctx, "show.material.pending")
		}
		if m.Verdict == cases.Tolerate && v.AcceptedAt.IsZero() {
			for _, o := range v.Owes() {
				if o.Material == m.Key {
					c.Foot = i18n.T(ctx, "show.material.owed", "n", o.Days)
				}
			}
		} else if m.Verdict == cases.Tolerate && m.Due != "" {
			due := i18n.T(ctx, "show.material.due", "day", DateText(ctx, m.Due, v.Now))
			if c.Foot != "" {
				due += i18n.T(ctx, "show.comma") + c.Foot
			}
			c.Foot = due
		}
		all = append(all, c)
	}
	return all
}

// Current are the files of a material that have not been replaced.
func Current(m cases.Material) (list []cases.File) {
	for _, f := range m.Files {
		if !f.Replaced {
			list = append(list, f)
		}
	}
	return list
}

// Size is the length of a file: 1.8 MB.
func Size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, n>>10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
