package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
)

// pointsOf reads the ticks of a material; nil where the page showed none.
func pointsOf(form url.Values, key string) []string {
	if !form.Has("looked." + key) {
		return nil
	}
	return append([]string{}, form["points."+key]...)
}

// ticked is the points with the ticks of a page that showed them.
func ticked(list []cases.Looked, points []string) []cases.Looked {
	if points == nil {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Good = slices.Contains(points, list[i].Text)
	}
	return list
}

// settle draws from the ticks what the clerk means by a verdict. To find a material fit is to find every point good, unless
// a tick was taken away in the same breath: then the clerk is told of it. To find it wanting for no other reason than the
// points left over, some being good, is to give them as the reason.
func (t finding) settle(m cases.Material, stored []cases.Looked) finding {
	now := ticked(stored, t.Points)
	good := len(cases.Good(now))
	if t.Fill {
		t.Verdict = cases.Correct
	}
	switch t.Verdict {
	case cases.Pass:
		if m.Verdict != cases.Pass && t.sameTicks(stored) {
			t.Points = nil
		}
		if t.Points == nil {
			for _, l := range stored {
				t.Points = append(t.Points, l.Text)
			}
		}
	case cases.Correct:
		unfit := cases.Unfit(now)
		switch {
		case t.Fill && t.Reason == "", t.Reason == "" && 0 < good && good < len(now):
			t.Reason = unfit
		case t.Fill && unfit != "" && !strings.Contains(t.Reason, unfit):
			t.Reason = cut(t.Reason + "。" + unfit)
		}
	case cases.Tolerate, cases.Unneeded: // there is nothing to look at
		t.Points = nil
	}
	return t
}

// cut keeps a reason within what its field takes.
func cut(text string) string {
	if r := []rune(text); len(r) > mostReason {
		return string(r[:mostReason])
	}
	return text
}

// mostReason is the most that is typed as the reason of one material, in characters.
const mostReason = 300

// sameTicks reports whether the page's ticks are those that are kept.
func (t finding) sameTicks(stored []cases.Looked) bool {
	return t.Points == nil || slices.Equal(cases.Good(ticked(stored, t.Points)), cases.Good(stored))
}

// left names the points that are not ticked.
func (r paper) left(ctx context.Context) string {
	var list []string
	for _, l := range r.Looked {
		if !l.Good {
			list = append(list, l.Text)
		}
	}
	return strings.Join(list, i18n.T(ctx, "desk.and"))
}

// opened reports whether the points of a row are shown without being asked for.
func (r paper) opened() bool {
	good := len(cases.Good(r.Looked))
	return r.On || r.Bad || 0 < good && good < len(r.Looked)
}

// pointsWords is how many of the points are good.
func (r paper) pointsWords(ctx context.Context) string {
	return i18n.T(ctx, "desk.points.n", "good", len(cases.Good(r.Looked)), "n", len(r.Looked))
}

// says reports whether a finding says what the page has sent: then nothing of its row needs to be drawn again.
func (t finding) says(sent finding) bool {
	return !t.Fill && t.Verdict == sent.Verdict && t.Reason == sent.Reason && slices.Equal(t.Points, sent.Points)
}
