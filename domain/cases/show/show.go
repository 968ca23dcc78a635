// Package show says the facts of a case in the words of pages: how its time
// stands, which days counted and why, what happened, what must stay hidden.
//
// It only translates what cases tells it. Whoever draws a page on a case takes
// the words from here, so that the same fact reads the same everywhere.
package show

import (
	"context"
	"embed"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Module brings the words; it has no pages.
func Module() module.Module { return module.Module{Name: "show", Texts: texts} }

// Lamp is the light of a colour. What has no clock shows the light of what is on
// time.
func Lamp(c cases.Colour) ui.Lamp {
	switch c {
	case cases.LightRed:
		return ui.Red
	case cases.LightYellow:
		return ui.Yellow
	case cases.LightStopped:
		return ui.Stop
	default:
		return ui.Blue
	}
}

// ColourName is the word of a colour: 超期, 临期, 正常, 停表.
func ColourName(ctx context.Context, c cases.Colour) string {
	return i18n.T(ctx, "show.light."+string(Lamp(c)))
}

// Left says how much time a light leaves: 剩 1 天, 今天到期, 超 2 天, 停表. exact
// names the unit of the count: 剩 1 个工作日.
func Left(ctx context.Context, l cases.Light, exact bool) string {
	unit := "days"
	if exact && l.Unit == cases.UnitWorkday {
		unit = "workdays"
	}
	switch {
	case l.Colour == cases.LightStopped:
		return i18n.T(ctx, "show.light.stop")
	case l.Colour == cases.LightNone:
		return i18n.T(ctx, "show.left.none")
	case l.Left >= 0 && l.Colour == cases.LightRed: // the last day passed and no working day since
		return i18n.T(ctx, "show.left.over")
	case l.Left == 0:
		return i18n.T(ctx, "show.left.today")
	case l.Left < 0:
		return plural(ctx, "show.left.over."+unit, -l.Left)
	default:
		return plural(ctx, "show.left."+unit, l.Left)
	}
}

// plural takes the text of key, or of key.one where there is one and n is 1.
func plural(ctx context.Context, key string, n int) string {
	if n == 1 {
		if text := i18n.T(ctx, key+".one"); text != key+".one" {
			return text
		}
	}
	return i18n.T(ctx, key, "n", n)
}

// Date is a day as pages write it: 10月16日, with the year where it is not the
// year of now.
func Date(ctx context.Context, d calendar.Date, now time.Time) string {
	y, m, n := d.Date()
	this, _, _ := calendar.DateOf(now).Date()
	if i18n.Lang(ctx) == i18n.English {
		text := fmt.Sprintf("%d %s", n, m.String()[:3])
		if y != this {
			text += fmt.Sprintf(" %d", y)
		}
		return text
	}
	text := fmt.Sprintf("%d月%d日", m, n)
	if y != this {
		text = fmt.Sprintf("%d年", y) + text
	}
	return text
}

// DateText is Date of a day written as YYYY-MM-DD; what is no day is "".
func DateText(ctx context.Context, text string, now time.Time) string {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return ""
	}
	return Date(ctx, d, now)
}

// Moment is an instant as pages write it: 10月14日 16:20.
func Moment(ctx context.Context, at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return Date(ctx, calendar.DateOf(at), now) + " " + at.In(calendar.Zone).Format("15:04")
}

// Machine is an instant for programs that read pages.
func Machine(at time.Time) string { return at.In(calendar.Zone).Format(time.RFC3339) }

// State is the word of a state.
func State(ctx context.Context, s cases.State) string { return i18n.T(ctx, "cases.state."+string(s)) }

// Slot is the word of a step's role.
func Slot(ctx context.Context, slot string) string {
	key := "show.slot." + slot
	if text := i18n.T(ctx, key); text != key {
		return text
	}
	return slot
}

// Step is the name of a step in the language of the page, that of the catalogue where it has none in it.
func Step(ctx context.Context, t cases.Task) string {
	name := catalog.Step{Name: t.Name, NameEn: t.NameEn}.Called(i18n.Lang(ctx))
	switch {
	case t.Kind != "":
		return i18n.T(ctx, "show.aside", "kind", i18n.T(ctx, "cases.aside."+string(t.Kind)), "step", name)
	case t.Instance > 0:
		return i18n.T(ctx, "show.instance", "step", name, "n", t.Instance)
	}
	return name
}

// StepOf is Step of what was done at a node of a case's drawing under a name.
func StepOf(ctx context.Context, v *cases.View, node, name string) string {
	if step := v.Item.StepByID(node); step != nil && step.Name == name {
		return step.Called(i18n.Lang(ctx))
	}
	return name
}

// AccountPath is the page on which the time of a case can be checked day by day.
func AccountPath(id int64) string { return "/clocks/" + strconv.FormatInt(id, 10) }

// PaperPath is where staff read a paper; back is the page of this site to which it leads back.
func PaperPath(id int64, back string) string {
	return "/papers/" + strconv.FormatInt(id, 10) + "?back=" + url.QueryEscape(back)
}

// LevelName says to whom the time of a case was brought: 已提醒, 已报科长, 已报负责人.
func LevelName(ctx context.Context, l cases.Level) string {
	return i18n.T(ctx, "show.level."+strconv.Itoa(int(l)))
}

// ClockName is the word of a clock; a debt is named by the key of its material.
func ClockName(ctx context.Context, name cases.ClockName) string {
	family, rest, _ := strings.Cut(string(name), ":")
	return i18n.T(ctx, "cases.clock."+family, "kind", StopName(ctx, cases.StopKind(rest)), "name", rest)
}

// StopName is the word of a special procedure.
func StopName(ctx context.Context, k cases.StopKind) string {
	return i18n.T(ctx, "show.stop."+string(k))
}

// Value is a filled-in field as pages show it: a yes or a no in words, and what
// is sensitive masked.
func Value(ctx context.Context, v cases.Value) string {
	if v.Text == "true" || v.Text == "false" {
		return i18n.T(ctx, "show.value."+v.Text)
	}
	return Mask(v)
}

// Mask hides a sensitive value: numbers keep both ends, addresses their beginning.
func Mask(v cases.Value) string {
	if !v.Sensitive {
		return v.Text
	}
	if strings.IndexFunc(v.Text, func(r rune) bool { return r > 127 }) < 0 {
		return party.MaskNumber(v.Text)
	}
	return party.MaskAddress(v.Text)
}

// Tags are what stands out about a case: 容缺, 视为受理, 告知承诺, 停过 2 天.
func Tags(ctx context.Context, flags []cases.Flag, stopped int) (all []ui.Badge) {
	for _, f := range flags {
		switch f {
		case cases.FlagRongque:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.rongque"), Tone: ui.ToneWarn})
		case cases.FlagDeemed:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.deemed"), Tone: ui.ToneBad})
		case cases.FlagUnseen:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.unseen"), Tone: ui.ToneWarn})
		case cases.FlagDiffers:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.differs"), Tone: ui.ToneWarn})
		case cases.FlagPledged:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.pledged"), Tone: ui.ToneLine})
		case cases.FlagSpecialOverrun:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.overrun"), Tone: ui.ToneWarn})
		case cases.FlagIncident:
			all = append(all, ui.Badge{Text: i18n.T(ctx, "show.tag.incident"), Tone: ui.ToneBad})
		default:
		}
	}
	if stopped > 0 {
		all = append(all, ui.Badge{Text: plural(ctx, "show.tag.stopped", stopped)})
	}
	return all
}

// Row is a case as lists of staff show it. Its step, its origin and the page that
// it opens are the caller's.
func Row(ctx context.Context, r cases.Row, st cases.Standing, now time.Time) ui.Row {
	colour := r.Shown.LightOn(calendar.DateOf(now))
	out := ui.Row{
		Lamp: Lamp(colour), Title: r.Title + "　" + r.ItemName, Tags: Tags(ctx, r.Flags, st.Stopped),
		No: r.No, Who: r.PartyName, Words: Left(ctx, st.Light, false),
	}
	switch colour {
	case cases.LightStopped:
		out.Words = i18n.T(ctx, "show.light.stop")
	case cases.LightNone:
		out.Words = i18n.T(ctx, "show.left.none")
	default:
		out.Due = DateText(ctx, r.Shown.Due, now)
	}
	if st.Level > 0 {
		out.Tags = append(out.Tags, ui.Badge{Text: LevelName(ctx, st.Level), Tone: ui.ToneWarn})
	}
	if r.Title == r.PartyName || r.Title == "" {
		out.Title, out.Who = r.PartyName+"　"+r.ItemName, ""
	}
	return out
}
