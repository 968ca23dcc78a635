// Package local is the page on which a place settles what the law leaves open
// (法定空白处的设定): each point in words, with what it decides, our own reading and
// why, what may be chosen and what is in force, and every change with its reason.
// What is settled, and the evidence of it, belongs to cases.
package local

import (
	"context"
	"crypto/rand"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// The rights to see what is settled, and to settle it.
const (
	See  = "local.see"
	Keep = "local.keep"
)

const lawPath = "/admin/law"

func pointPath(name string) string { return lawPath + "/" + url.PathEscape(name) }

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame
	Flash func(ctx context.Context, text string)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "local",
		Texts: texts,
		Rights: []module.Right{
			{Name: See, Roles: []string{"system_admin", "audit_admin"}},
			{Name: Keep, Roles: []string{"system_admin"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /admin/law", Right: See, Handle: p.show},
			{Pattern: "GET /admin/law/{point}", Right: Keep, Handle: p.ask},
			{Pattern: "POST /admin/law/{point}", Right: Keep, Handle: p.post},
		},
		Menu: []module.Item{{Group: "office.menu", Text: "local.title", Icon: "scale", Path: lawPath, Right: See}},
	}
}

// view is what is settled, and its changes.
type view struct {
	ui.Page
	Points  []ui.Line
	Changes []ui.Line
	More    ui.More
}

// fewChanges is how many changes a page shows.
const fewChanges = 20

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := view{Page: p.Frame(r, i18n.T(ctx, "local.title"))}
	before, _ := strconv.ParseInt(r.FormValue("before"), 10, 64)
	keeps := auth.From(ctx).May(Keep)
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		now, _, err := p.Cases.InForce(tx)
		if err != nil {
			return err
		}
		for _, point := range cases.Points() {
			v.Points = append(v.Points, pointLine(ctx, point, now, keeps))
		}
		changes, err := p.Cases.Settlements(tx, before, fewChanges+1)
		if len(changes) > fewChanges {
			changes = changes[:fewChanges]
			v.More.Text = i18n.T(ctx, "local.more")
			v.More.Href = lawPath + "?before=" + strconv.FormatInt(changes[fewChanges-1].Number, 10)
		}
		for _, x := range changes {
			v.Changes = append(v.Changes, changeLine(ctx, x, show.Moment(ctx, x.At, tx.Now())))
		}
		return err
	})
	if err != nil {
		return err
	}
	if before > 0 {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "local.newest"), lawPath
	}
	return web.Show(w, r, http.StatusOK, lawPage(v))
}

// pointLine says all about a point in one line of the table.
func pointLine(ctx context.Context, p cases.Point, now cases.Settled, keeps bool) ui.Line {
	name := ui.Cell{Text: nameOf(ctx, p.Name)}
	if keeps {
		name.Href = pointPath(p.Name)
	}
	value, ours := p.Of(now), p.Of(cases.DefaultSettled())
	return ui.Line{Cells: []ui.Cell{
		name, {Text: about(ctx, p, "what")}, {Body: inForce(valueWords(ctx, p, value), value != ours)},
		{Text: valueWords(ctx, p, ours) + i18n.T(ctx, "local.because") + about(ctx, p, "why")}, {Text: choices(ctx, p)},
	}}
}

func changeLine(ctx context.Context, x cases.Settlement, at string) ui.Line {
	p, _ := cases.PointOf(x.Point)
	return ui.Line{Cells: []ui.Cell{
		{Text: strconv.FormatInt(x.Number, 10)}, {Text: at}, {Text: nameOf(ctx, x.Point)}, {Text: valueWords(ctx, p, x.Was)},
		{Text: valueWords(ctx, p, x.Value)}, {Text: x.Reason}, {Text: x.ActorName},
	}}
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "local.col."+key), Row: i == 0})
	}
	return all
}

func nameOf(ctx context.Context, point string) string { return i18n.T(ctx, "local.point."+point) }

// about is one of the sentences about a point: what it decides, or why our reading is what it is.
func about(ctx context.Context, p cases.Point, what string) string {
	return i18n.T(ctx, "local.point."+p.Name+"."+what)
}

// valueWords says a value of a point in words.
func valueWords(ctx context.Context, p cases.Point, value string) string {
	switch {
	case p.Values != nil:
		return i18n.T(ctx, "local.point."+p.Name+".is."+value)
	case value == "0":
		return i18n.T(ctx, "local.point."+p.Name+".is.0")
	}
	return i18n.T(ctx, "local.point."+p.Name+".is", "n", value)
}

// choices says what may be chosen.
func choices(ctx context.Context, p cases.Point) string {
	if p.Values == nil {
		return i18n.T(ctx, "local.between", "least", p.Least, "most", p.Most)
	}
	var all []string
	for _, value := range p.Values {
		all = append(all, valueWords(ctx, p, value))
	}
	return strings.Join(all, i18n.T(ctx, "local.or"))
}

// form is one point to settle anew.
type form struct {
	ui.Page
	Point   cases.Point
	Now     string // in force
	On      int64
	Value   string // as typed
	Reason  string
	Key     string
	Trouble string
	Wrong   map[string]string
}

func (p *Pages) find(r *http.Request, v *form) (err error) {
	var ok bool
	if v.Point, ok = cases.PointOf(r.PathValue("point")); !ok {
		return fault.New(fault.Unknown, "cases.settled.unknown")
	}
	return p.Cases.DB.Read(r.Context(), func(tx *db.Tx) error {
		now, number, err := p.Cases.InForce(tx)
		v.Now, v.On = v.Point.Of(now), number
		return err
	})
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	v := form{}
	if err := p.find(r, &v); err != nil {
		return err
	}
	v.Value = v.Now
	return p.form(w, r, http.StatusOK, v)
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request, code int, v form) error {
	v.Page = p.Frame(r, nameOf(r.Context(), v.Point.Name))
	v.Page.Path, v.Page.Wrong, v.Key = pointPath(v.Point.Name), v.Trouble != "", rand.Text()
	return web.Show(w, r, code, pointPage(v))
}

func (p *Pages) post(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := form{Value: strings.TrimSpace(r.PostForm.Get("value")), Reason: strings.TrimSpace(r.PostForm.Get("reason"))}
	if err := p.find(r, &v); err != nil {
		return err
	}
	on, _ := strconv.ParseInt(r.PostForm.Get("on"), 10, 64)
	_, err := p.Cases.Settle(ctx, auth.From(ctx), r.PostForm.Get("_key"), on, v.Point.Name, v.Value, v.Reason)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.form(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, "local.done", "name", nameOf(ctx, v.Point.Name)))
	}
	return web.SeeOther(w, r, lawPath)
}

// facts are what somebody has to know before they choose.
func (v form) facts(ctx context.Context) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "local.col.what"), Value: about(ctx, v.Point, "what")},
		{Label: i18n.T(ctx, "local.col.now"), Value: valueWords(ctx, v.Point, v.Now)},
		{Label: i18n.T(ctx, "local.col.ours"), Value: valueWords(ctx, v.Point, v.Point.Of(cases.DefaultSettled()))},
		{Label: i18n.T(ctx, "local.col.why"), Value: about(ctx, v.Point, "why")},
	}
}

// options are the values of a closed list.
func (v form) options(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "value", Legend: i18n.T(ctx, "local.choose"), Error: v.Wrong["value"]}
	for _, value := range v.Point.Values {
		c.Options = append(c.Options, ui.Option{Value: value, Text: valueWords(ctx, v.Point, value), On: value == v.Value})
	}
	return c
}

// summary lists what is wrong, in the order of the form.
func (v form) summary() (all []ui.Wrong) {
	for _, field := range []string{"value", "reason"} {
		if words := v.Wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: "value", Text: v.Trouble})
	}
	return all
}
