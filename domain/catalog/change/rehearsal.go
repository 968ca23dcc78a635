package change

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// trialView is the rehearsal of a change.
type trialView struct {
	ui.Page
	Change    *catalog.Change
	Rehearsal *catalog.Rehearsal // nil: there was none
	Old       bool               // the words have changed since
	Effect    catalog.RehearsalEffect
	Effects   []ui.Line
	Cases     []ui.Line
	More      ui.More
	Lead      string

	Key      string
	From, To string
	Trouble  string
	Wrong    map[string]string
}

func rehearsalPath(id int64) string { return catalog.ChangePath(id) + "/rehearsal" }

// usualSpan is how many days back a rehearsal looks unless somebody says otherwise.
const usualSpan = 180

func (p *Pages) showRehearsal(w http.ResponseWriter, r *http.Request) error {
	return p.trial(w, r, http.StatusOK, trialView{})
}

func (p *Pages) trial(w http.ResponseWriter, r *http.Request, code int, v trialView) error {
	ctx := r.Context()
	v.Key = rand.Text()
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // what is no number is the first page
	if e := catalog.RehearsalEffect(r.URL.Query().Get("effect")); slices.Contains(catalog.RehearsalEffects, e) {
		v.Effect = e
	}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Change, err = p.Catalog.ChangeFor(tx, auth.From(r.Context()), idOf(r)); err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now())
		if v.Rehearsal, err = p.Catalog.LastRehearsal(tx, v.Change.ID); err != nil {
			return err
		}
		if v.From == "" && v.To == "" {
			v.From, v.To = (today - usualSpan).String(), today.String()
			if v.Rehearsal != nil {
				v.From, v.To = v.Rehearsal.From.String(), v.Rehearsal.To.String()
			}
		}
		if v.Rehearsal == nil {
			return nil
		}
		v.Old = !v.Rehearsal.Tried(v.Change.Item)
		v.result(ctx)
		if v.Effect != "" {
			return p.cases(ctx, tx, after, &v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, i18n.T(ctx, "change.rehearsal.title"))
	v.Page.Path, v.Page.Wrong = rehearsalPath(v.Change.ID), v.Trouble != ""
	if v.Effect != "" {
		v.Page.Path += "?effect=" + string(v.Effect)
	}
	return web.Show(w, r, code, rehearsalPage(v))
}

func (p *Pages) postRehearsal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	from, _ := calendar.ParseDate(form(r, "from")) // what is no day is refused
	to, _ := calendar.ParseDate(form(r, "to"))
	_, err := p.Catalog.Rehearse(ctx, auth.From(ctx), form(r, "_key"), idOf(r), from, to)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.trial(w, r, web.Status(err), trialView{From: form(r, "from"), To: form(r, "to"), Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, rehearsalPath(idOf(r)))
}

// running reports whether cases are still being looked at.
func (v trialView) running() bool {
	return v.Rehearsal != nil && v.Rehearsal.State == catalog.RehearsalRuns
}

func (v trialView) work(ctx context.Context) ui.Work {
	r := v.Rehearsal
	return ui.Work{
		Title: i18n.T(ctx, "change.rehearsal.runs"), Done: r.Result.Looked, Total: max(r.Total, 1),
		Words: i18n.T(ctx, "change.rehearsal.progress", "done", r.Result.Looked, "total", r.Total), Note: i18n.T(ctx, "change.rehearsal.leave"),
	}
}

// result puts what came of it into words.
func (v *trialView) result(ctx context.Context) {
	r := v.Rehearsal
	t := func(key string, args ...any) string { return i18n.T(ctx, "change.rehearsal."+key, args...) }
	v.Lead = t("summary", "from", r.From.Words(ctx), "to", r.To.Words(ctx), "n", r.Result.Looked)
	if r.State == catalog.RehearsalDone && r.Result.Looked < r.Total {
		v.Lead += i18n.T(ctx, "change.and") + t("most", "total", r.Total, "n", r.Result.Looked)
	}
	for _, e := range catalog.RehearsalEffects {
		n := r.Result.Cases[e]
		if n == 0 {
			continue
		}
		v.Effects = append(v.Effects, ui.Line{Cells: []ui.Cell{
			{Text: t("effect." + string(e)), Href: rehearsalPath(r.Change) + "?effect=" + string(e)},
			{Text: strconv.Itoa(n)}, {Text: percent(n, r.Result.Looked)},
		}})
	}
}

func percent(n, all int) string {
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f%%", float64(n)*100/float64(all))
}

// cases lists those that an effect would have touched.
func (p *Pages) cases(ctx context.Context, tx *db.Tx, after int64, v *trialView) error {
	found, next, err := p.Catalog.RehearsedCases(tx, auth.From(ctx), v.Rehearsal.ID, v.Effect, after, perPage)
	if err != nil {
		return err
	}
	who := auth.From(ctx)
	for _, c := range found {
		no := ui.Cell{Text: c.No, Code: true}
		if p.Case != nil {
			no.Href = p.Case(who, c.Case)
		}
		v.Cases = append(v.Cases, ui.Line{Cells: []ui.Cell{no, {Text: how(ctx, v.Effect, c.Facts)}}})
	}
	here := rehearsalPath(v.Change.ID) + "?effect=" + url.QueryEscape(string(v.Effect))
	if next != 0 {
		v.More.Text, v.More.Href = i18n.T(ctx, "change.more", "count", perPage), here+"&after="+strconv.FormatInt(next, 10)
	}
	if after != 0 {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "change.first"), here
	}
	return nil
}

// how says how a case would have gone otherwise.
func how(ctx context.Context, e catalog.RehearsalEffect, f catalog.RehearsedFacts) string {
	switch {
	case f.Fee != nil:
		return i18n.T(ctx, "change.rehearsal.fact.fee", "old", yuan(ctx, f.Fee[0]), "new", yuan(ctx, f.Fee[1]))
	case len(f.Names) > 0:
		return strings.Join(f.Names, i18n.T(ctx, "catalog.list"))
	case e == catalog.EffectInTime:
		return i18n.T(ctx, "change.rehearsal.fact.in_time", "n", f.Days)
	case f.Days > 0:
		return i18n.T(ctx, "change.rehearsal.fact.days", "n", f.Days)
	}
	return i18n.T(ctx, "change.rehearsal.effect."+string(e))
}

// rehearsed puts the last rehearsal into a line of the change's page.
func (p *Pages) rehearsed(ctx context.Context, tx *db.Tx, v *view) (err error) {
	if v.Rehearsal, err = p.Catalog.LastRehearsal(tx, v.Change.ID); err != nil || v.Rehearsal == nil {
		return err
	}
	t := trialView{Change: v.Change, Rehearsal: v.Rehearsal}
	t.result(ctx)
	v.OldTrial, v.Trial = !v.Rehearsal.Tried(v.Change.Item), t.Lead
	return nil
}

// effects are those of the last rehearsal, for the change's page.
func (v view) effects(ctx context.Context) (all []ui.Fact) {
	for _, e := range catalog.RehearsalEffects {
		if n := v.Rehearsal.Result.Cases[e]; n > 0 {
			all = append(all, ui.Fact{Label: i18n.T(ctx, "change.rehearsal.effect."+string(e)), Value: i18n.T(ctx, "change.rehearsal.late.n", "n", n)})
		}
	}
	return all
}

// tiles are the figures that are asked for first.
func (v trialView) tiles(ctx context.Context) []ui.Tile {
	t := func(key string, args ...any) string { return i18n.T(ctx, "change.rehearsal."+key, args...) }
	r := v.Rehearsal.Result
	count := func(effects ...catalog.RehearsalEffect) (n int) {
		for _, e := range effects {
			n += r.Cases[e]
		}
		return n
	}
	unit := t("unit")
	return []ui.Tile{
		{Label: t("looked"), Value: strconv.Itoa(r.Looked), Unit: unit},
		{Label: t("late"), Value: strconv.Itoa(r.Late[1]), Unit: unit, Note: t("late.was", "n", r.Late[0])},
		{Label: t("more"), Value: strconv.Itoa(count(catalog.EffectMore)), Unit: unit},
		{Label: t("refused"), Value: strconv.Itoa(count(catalog.EffectLedAway, catalog.EffectUnfit)), Unit: unit},
	}
}

func effectColumns(ctx context.Context) []ui.Col {
	cols := columns(ctx, "rehearsal.col.effect", "rehearsal.col.cases", "rehearsal.col.share")
	cols[1].Num, cols[2].Num = true, true
	return cols
}
