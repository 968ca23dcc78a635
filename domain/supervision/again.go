package supervision

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// againView is the notices after the first (再次告知): one by one, by item, or by who
// gave them. Those that asked for what the first notice could have named are told
// apart, with the superior who approved and why.
type againView struct {
	ui.Page
	By    string // "list", "item" or "person"
	Tabs  []ui.Link
	Cols  []ui.Col
	Rows  []ui.Line
	About string // whom or what the list is narrowed to
	More  ui.More
}

func (p *Pages) showAgain(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := againView{Page: p.Frame(r, i18n.T(ctx, "supervision.again")), By: q.Get("by")}
	if v.By != "item" && v.By != "person" {
		v.By = "list"
	}
	for _, by := range []string{"list", "item", "person"} {
		l := ui.Link{Text: i18n.T(ctx, "supervision.again.by."+by), Href: againPath, Current: by == v.By}
		if by != "list" {
			l.Href += "?by=" + by
		}
		v.Tabs = append(v.Tabs, l)
	}
	after := cases.ParseKey(q.Get("after"))
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		var next cases.Key
		if v.By == "list" {
			next, err = p.againList(ctx, tx, &v, q, after)
		} else {
			next, err = p.againCounts(ctx, tx, &v, after)
		}
		v.pager(ctx, q, after, next)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, againPage(v))
}

// againList is the notices one by one, the newest case first.
func (p *Pages) againList(ctx context.Context, tx *db.Tx, v *againView, q url.Values, after cases.Key) (next cases.Key, err error) {
	f := cases.AgainFilter{Item: q.Get("item"), Unit: q.Get("unit")}
	f.Staff, _ = strconv.ParseInt(q.Get("staff"), 10, 64) // what is no number is nobody
	list, next, err := p.Cases.SecondNotices(tx, auth.From(ctx), f, after, few)
	if err != nil {
		return next, err
	}
	lines, err := p.againLines(ctx, tx, list)
	v.Rows = lines
	v.Cols = againColumns(ctx, "no", "item", "who", "when", "named", "fresh", "approver", "reason")
	if f != (cases.AgainFilter{}) {
		v.About = i18n.T(ctx, "supervision.again.only")
	}
	return next, err
}

// againLines puts second notices into the rows of a table.
func (p *Pages) againLines(ctx context.Context, tx *db.Tx, list []cases.SecondNotice) (rows []ui.Line, err error) {
	var staff []int64
	for _, n := range list {
		staff = append(staff, n.Staff, n.Approver)
	}
	names, err := p.Cases.Office.Names(tx, staff...)
	if err != nil {
		return nil, err
	}
	units, err := p.unitNames(tx)
	for _, n := range list {
		approver := i18n.T(ctx, "supervision.again.subset")
		if n.Approver != 0 {
			approver = names[n.Approver]
		}
		rows = append(rows, ui.Line{Cells: []ui.Cell{
			{Text: n.No, Href: casePath(n.Case), Code: true}, {Text: n.ItemName}, {Text: units[n.Unit] + " " + names[n.Staff]},
			{Text: show.Moment(ctx, n.At, tx.Now())}, {Text: strconv.Itoa(n.Named)}, {Text: strconv.Itoa(n.Fresh)}, {Text: approver}, {Text: n.Reason},
		}})
	}
	return rows, err
}

// againCounts counts them by item, or by who gave them.
func (p *Pages) againCounts(ctx context.Context, tx *db.Tx, v *againView, after cases.Key) (next cases.Key, err error) {
	count, first := p.Cases.SecondByItem, "item"
	if v.By == "person" {
		count, first = p.Cases.SecondByPerson, "who"
	}
	list, next, err := count(tx, auth.From(ctx), after, few)
	if err != nil {
		return next, err
	}
	var staff []int64
	for _, a := range list {
		staff = append(staff, a.Staff)
	}
	names, err := p.Cases.Office.Names(tx, staff...)
	if err != nil {
		return next, err
	}
	units, err := p.unitNames(tx)
	v.Cols = againColumns(ctx, first, "times", "leave")
	for _, a := range list {
		cell := ui.Cell{Text: a.ItemName, Href: againPath + "?" + url.Values{"item": {a.Item}}.Encode()}
		if v.By == "person" {
			who := url.Values{"unit": {a.Unit}, "staff": {strconv.FormatInt(a.Staff, 10)}}
			cell = ui.Cell{Text: units[a.Unit] + " " + names[a.Staff], Href: againPath + "?" + who.Encode()}
		}
		v.Rows = append(v.Rows, ui.Line{Cells: []ui.Cell{cell, {Text: strconv.Itoa(a.N)}, {Text: strconv.Itoa(a.Fresh)}}})
	}
	return next, err
}

// againColumns are the heads of a table of second notices; the first names the row.
func againColumns(ctx context.Context, keys ...string) (cols []ui.Col) {
	for i, key := range keys {
		num := key == "times" || key == "leave" || key == "named" || key == "fresh"
		cols = append(cols, ui.Col{Text: i18n.T(ctx, "supervision.again."+key), Row: i == 0, Num: num})
	}
	return cols
}

func (v *againView) pager(ctx context.Context, q url.Values, after, next cases.Key) {
	address := func(key string) string {
		kept := url.Values{}
		for _, name := range []string{"by", "item", "unit", "staff"} {
			if q.Get(name) != "" {
				kept.Set(name, q.Get(name))
			}
		}
		if key != "" {
			kept.Set("after", key)
		}
		if len(kept) == 0 {
			return againPath
		}
		return againPath + "?" + kept.Encode()
	}
	v.More.Note = i18n.T(ctx, "supervision.again.sorted."+v.By)
	if after != (cases.Key{}) {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "supervision.first"), address("")
	}
	if next != (cases.Key{}) {
		v.More.Text, v.More.Href = i18n.T(ctx, "supervision.again.more", "n", few), address(next.String())
	}
}
