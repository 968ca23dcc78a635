package desk_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// pointed is a material with two points or more, and they.
func (w *window) pointed(id int64) (key string, points []string) {
	w.t.Helper()
	for _, m := range w.view(id).Need.Materials {
		if len(m.Points) > 1 {
			return m.ID, m.Points
		}
	}
	w.t.Fatal("no material has two points")
	return "", nil
}

// ticks are the points of a material that are kept as good.
func (w *window) ticks(id int64, key string) []string {
	for _, m := range w.view(id).Materials {
		if m.Key == key {
			return m.Points
		}
	}
	return nil
}

// TestPointsAreTickedRowByRow: with scripts each tick is kept at once; to find the paper fit ticks the rest, and the ticks
// that are not there are the words of the notice.
func TestPointsAreTickedRowByRow(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		key, points := w.pointed(id)
		row := func(ticked []string, set ...string) answer {
			list := w.checklist(id, "")
			list.Set("only", key)
			list.Set("looked."+key, "yes")
			list["points."+key] = ticked
			list.Set("verdict."+key, string(w.verdict(id, key)))
			for i := 0; i+1 < len(set); i += 2 {
				list.Set(set[i]+"."+key, set[i+1])
			}
			return w.post(path(id, "/judge"), list, "HX-Request")
		}
		w.get(path(id)).has(t, `name="points.`+key+`"`, points[0], points[1], `name="looked.`+key+`"`)
		if a := row(points[:1]); a.code != http.StatusOK || strings.Contains(a.page, `id="points-`) {
			t.Errorf("one tick: %d, or the row is drawn again", a.code)
		}
		if got := w.ticks(id, key); !slices.Equal(got, points[:1]) || w.verdict(id, key) != cases.Unjudged {
			t.Errorf("kept %q", got)
		}
		a := row(points[:1], "verdict", "correct") // no reason typed: those not ticked are offered
		a.has(t, "不符合要求："+strings.TrimRight(points[1], "。；"), `id="reason-`+key+`"`, "1 处")
		if got := w.verdict(id, key); got != cases.Correct || strings.Contains(w.reason(id, key), points[0]) {
			t.Errorf("found %q because %q", got, w.reason(id, key))
		}
		a = row(points[:1], "verdict", "pass") // one press: all are good
		a.has(t, `id="points-`+key+`"`)
		if got := w.ticks(id, key); !slices.Equal(got, points) {
			t.Errorf("fit with %q", got)
		}
		a = row(points[:1], "verdict", "pass") // a tick is taken away: the clerk is told
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("fit with a point left over: %d", a.code)
		}
		a.has(t, "还有要点没有勾选", points[1])
		if got := w.ticks(id, key); !slices.Equal(got, points) {
			t.Errorf("refused, and kept as %q", got)
		}
		a = row(nil, "fill", "yes", "reason", "另附一页")
		a.has(t, "另附一页", points[0])
		if got := w.reason(id, key); w.verdict(id, key) != cases.Correct || !strings.HasPrefix(got, "另附一页") || len(w.ticks(id, key)) != 0 {
			t.Errorf("filled in: %q", got)
		}
		row(nil, "fill", "yes", "reason", w.reason(id, key))
		if got := w.reason(id, key); strings.Count(got, "不符合要求") != 1 {
			t.Errorf("filled in twice: %q", got)
		}
	})
}

func (w *window) reason(id int64, key string) string {
	for _, m := range w.view(id).Materials {
		if m.Key == key {
			return m.Reason
		}
	}
	return ""
}

// TestPointsWithoutScripts: the whole list is sent at once, and nothing that was ticked is lost when something is refused.
func TestPointsWithoutScripts(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		key, points := w.pointed(id)
		form := w.checklist(id, cases.Pass)
		form.Set("looked."+key, "yes")
		form["points."+key] = points[:1] // ticked and found fit in one go
		a := w.post(path(id, "/accept"), form)
		if a.code != http.StatusUnprocessableEntity || w.verdict(id, key) == cases.Pass {
			t.Errorf("accepted with a point left over: %d %s", a.code, w.verdict(id, key))
		}
		a.has(t, "还有要点没有勾选", `href="#verdict-`+key+`"`)
		if got := tickedOn(a.page, key); !slices.Equal(got, points[:1]) {
			t.Errorf("the page keeps the ticks %q", got)
		}
		form = w.checklist(id, cases.Pass)
		form.Set("looked."+key, "yes")
		if a = w.post(path(id, "/accept"), form); a.code != http.StatusSeeOther {
			t.Fatalf("accepted: %d", a.code)
		}
		w.get(path(id)).has(t, "条符合", points[1])
		w.lang = i18n.English
		w.get(path(id)).has(t, "Points looked at")
	})
}

// TestPointsAreSeenByTheSecondClerk: a second clerk sees what the first ticked, in the words of the case's own version.
func TestPointsAreSeenByTheSecondClerk(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		key, points := w.pointed(id)
		form := url.Values{"materials": {key}, "looked." + key: {"yes"}, "points." + key: {points[1]}, "version": {hidden(t, w.get(path(id)).page, "version")}}
		if a := w.post(path(id, "/judge"), form); a.code != http.StatusSeeOther {
			t.Fatalf("a tick: %d", a.code)
		}
		w.signIn("yc1006")
		if got := tickedOn(w.get(path(id)).page, key); !slices.Equal(got, points[1:2]) {
			t.Errorf("the second clerk sees %q", got)
		}
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, w.who, id)
			if err == nil && len(cases.Good(v.Looked(v.Materials[slices.IndexFunc(v.Materials, func(m cases.Material) bool { return m.Key == key })]))) != 1 {
				t.Error("the view lost the tick")
			}
			return err
		})
	})
}

// tickedOn reads the ticks of a material on a page.
func tickedOn(page, key string) (list []string) {
	for _, part := range strings.Split(page, "<input")[1:] {
		tag, _, _ := strings.Cut(part, ">")
		if strings.Contains(tag, `name="points.`+key+`"`) && strings.Contains(tag, " checked") {
			_, value, _ := strings.Cut(tag, `value="`)
			value, _, _ = strings.Cut(value, `"`)
			list = append(list, value)
		}
	}
	return list
}
