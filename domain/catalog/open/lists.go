package open

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// The files beside the lists of items.
const (
	kindReforms = "reforms"
	kindSeals   = "seals"
	kindRates   = "rates"
)

// listsView is the page of all lists.
type listsView struct {
	ui.Page
	Lists []ui.Line
}

func (p *Pages) showLists(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listsView{Page: p.Frame(r, say(ctx, "title"))}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		states, err := p.Catalog.ListStates(tx)
		if err != nil {
			return err
		}
		now := calendar.DateOf(tx.Now())
		for _, s := range states {
			v.Lists = append(v.Lists, listLine(ctx, s.List.Kind, s.Entries, s.Changed, now))
		}
		reforms, seals, err := p.Catalog.LedgerStates(tx)
		v.Lists = append(v.Lists, listLine(ctx, kindReforms, reforms.Entries, reforms.Changed, now), listLine(ctx, kindSeals, seals.Entries, seals.Changed, now))
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listsPage(v))
}

func listLine(ctx context.Context, kind string, entries int, changed time.Time, now calendar.Date) ui.Line {
	when := ui.Cell{Text: say(ctx, "never")}
	if !changed.IsZero() {
		when = ui.Cell{Body: short(calendar.DateOf(changed).Near(ctx, now))}
	}
	return ui.Line{Cells: []ui.Cell{
		{Text: say(ctx, "list."+kind), Href: listPath(kind)}, {Text: say(ctx, "list."+kind+".about")}, {Text: strconv.Itoa(entries)}, when, {Body: files(downloads(ctx, kind, ""))},
	}}
}

// listView is one list.
type listView struct {
	ui.Page
	List    catalog.List
	Filter  catalog.ListFilter
	After   string
	Items   int // with the filter
	Entries int // on the whole list
	Changed time.Time
	Next    string
	Rows    []catalog.Row
	Bodies  []catalog.Facet
	Types   []catalog.Facet
	Now     calendar.Date
	words   words
}

// listRows is how many entries a page shows.
const listRows = 30

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	kind, format := formatOf(r.PathValue("kind"))
	if format != "" {
		return p.sendFile(w, r, kind, format)
	}
	if kind == kindSeals {
		return web.SeeOther(w, r, ledgerPath+"#seals")
	}
	l, ok := catalog.ListOf(kind)
	if !ok {
		return fault.New(fault.Unknown, "catalog.list.none")
	}
	v := listView{
		Page: p.Frame(r, say(ctx, "list."+kind)), List: l, After: asked(r, "after"), words: words{ctx, map[string]string{}},
		Filter: catalog.ListFilter{Type: asked(r, "type"), Body: asked(r, "body"), Text: asked(r, "q")},
	}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error { return p.fillList(tx, &v) })
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func (p *Pages) fillList(tx *db.Tx, v *listView) error {
	page, err := p.Catalog.ListRows(tx, v.List.Kind, v.Filter, v.After, listRows)
	if err != nil {
		return err
	}
	v.Rows, v.Items, v.Next, v.Now = page.Rows, page.Items, page.Next, calendar.DateOf(tx.Now())
	state, err := p.Catalog.ListStateOf(tx, v.List.Kind)
	if err != nil {
		return err
	}
	v.Entries, v.Changed = state.Entries, state.Changed
	v.Bodies, v.Types, err = p.Catalog.ListGroups(tx, v.List.Kind)
	for _, b := range v.Bodies {
		p.units(tx, v.words.names, b.Value)
	}
	for _, row := range v.Rows {
		p.units(tx, v.words.names, bodiesOf(row)...)
	}
	return err
}

func bodiesOf(row catalog.Row) []string {
	if row.Base != nil {
		return row.Base.Bodies
	}
	return []string{row.Item.Body}
}

func (v listView) with(after string) string {
	return at(listPath(v.List.Kind), "q", v.Filter.Text, "body", v.Filter.Body, "type", v.Filter.Type, "after", after)
}

func (v listView) narrowed() bool { return v.Filter != catalog.ListFilter{} }

func (v listView) crumbs() []ui.Link {
	return []ui.Link{{Text: say(v.words.ctx, "title"), Href: listsPath}, {Text: v.Title, Current: true}}
}

func (v listView) facts() []ui.Fact {
	changed := say(v.words.ctx, "never")
	if !v.Changed.IsZero() {
		changed = calendar.DateOf(v.Changed).Near(v.words.ctx, v.Now)
	}
	return []ui.Fact{
		{Label: say(v.words.ctx, "entries"), Big: strconv.Itoa(v.Entries), Value: say(v.words.ctx, "entries.unit")},
		{Label: say(v.words.ctx, "changed"), Value: changed},
		{Label: say(v.words.ctx, "downloads"), Body: files(downloads(v.words.ctx, v.List.Kind, ""))},
	}
}

func (v listView) hidden(keys ...string) (all []ui.Hidden) {
	for _, k := range keys {
		if x := map[string]string{"q": v.Filter.Text, "body": v.Filter.Body, "type": v.Filter.Type}[k]; x != "" {
			all = append(all, ui.Hidden{Name: k, Value: x})
		}
	}
	return all
}

func (v listView) bodies() []ui.Option {
	return facets(say(v.words.ctx, "any.body"), v.Bodies, v.Filter.Body, v.words.unit)
}

func (v listView) types() []ui.Option {
	return facets(say(v.words.ctx, "any.type"), v.Types, v.Filter.Type, func(code string) string { return v.words.text(catalog.TypeCode(code)) })
}

func facets(all string, list []catalog.Facet, chosen string, name func(string) string) []ui.Option {
	out := []ui.Option{{Text: all}}
	for _, f := range list {
		out = append(out, ui.Option{Value: f.Value, Text: name(f.Value) + " (" + strconv.Itoa(f.Items) + ")", On: f.Value == chosen})
	}
	return out
}

func (v listView) table() ui.Grid {
	g := ui.Grid{Label: v.Title, Hover: true}
	var shown []catalog.Column
	for _, c := range v.List.Columns {
		if c.Shown {
			shown = append(shown, c)
			g.Cols = append(g.Cols, ui.Col{Text: say(v.words.ctx, "col."+c.Key), Row: len(g.Cols) == 0})
		}
	}
	for _, row := range v.Rows {
		line := ui.Line{}
		for _, c := range shown {
			line.Cells = append(line.Cells, v.cell(row, c))
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func (v listView) cell(row catalog.Row, c catalog.Column) ui.Cell {
	value := c.Of(row)
	lines := v.words.lines(value)
	switch _, duties := value.([]catalog.Duty); {
	case c.Key == "name" && row.Item != nil:
		return ui.Cell{Text: lines[0], Href: "/items/" + row.Item.Code}
	case len(lines) == 0 && duties:
		return ui.Cell{Text: say(v.words.ctx, "duties.none")}
	case len(lines) == 0:
		return ui.Cell{Text: say(v.words.ctx, "none")}
	case len(lines) > 1:
		return ui.Cell{Body: several(lines)}
	}
	switch value.(type) {
	case catalog.TypeCode, catalog.Limit, catalog.Payer, bool:
		return ui.Cell{Body: short(lines[0])}
	}
	return ui.Cell{Text: lines[0]}
}

func (v listView) more() ui.More {
	m := ui.More{Note: say(v.words.ctx, "sorted")}
	if v.Filter.Text != "" {
		m.Note = say(v.words.ctx, "sorted.fit")
	}
	if v.Next != "" {
		m.Text, m.Href = say(v.words.ctx, "more", "n", listRows), v.with(v.Next)
	}
	if v.After != "" {
		m.First, m.FirstHref = say(v.words.ctx, "first"), v.with("")
	}
	return m
}

// sendFile answers with a whole list.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request, kind, format string) (err error) {
	var f file
	switch kind {
	case kindReforms:
		f, err = p.reformFile(r)
	case kindSeals:
		f, err = p.sealFile(r)
	case kindRates:
		f, err = p.ratesFile(r)
	default:
		f, err = p.listFile(r, kind)
	}
	if err != nil {
		return err
	}
	return p.send(w, r, f, format)
}

// part is how many entries of a list are read at a time.
const part = 200

func (p *Pages) listFile(r *http.Request, kind string) (f file, err error) {
	ctx := r.Context()
	l, ok := catalog.ListOf(kind)
	if !ok {
		return f, fault.New(fault.Unknown, "catalog.list.none")
	}
	f = file{kind: kind, title: say(ctx, "list."+kind), words: words{ctx, map[string]string{}}}
	for _, c := range l.Columns {
		f.columns = append(f.columns, column{c.Key, say(ctx, "col."+c.Key), c.Width})
	}
	err = p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		f.day = calendar.DateOf(tx.Now()).String()
		state, err := p.Catalog.ListStateOf(tx, kind)
		if err != nil {
			return err
		}
		f.changed = state.Changed
		mark, err := p.Catalog.ListMark(tx, state)
		if err != nil {
			return err
		}
		bodies, _, err := p.Catalog.ListGroups(tx, kind)
		for _, b := range bodies {
			p.units(tx, f.words.names, b.Value)
		}
		if err == nil {
			f.mark, err = markOf(mark, f.words.names)
		}
		return err
	})
	var members []catalog.Member
	f.load = func() (int, error) {
		err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
			members, err = p.Catalog.Members(tx, kind)
			for _, m := range members {
				p.units(tx, f.words.names, m.Bodies...)
			}
			return err
		})
		return len(members), err
	}
	f.rows = func(ctx context.Context, yield func([]any) error) error {
		line := make([]any, len(l.Columns))
		for some := range slices.Chunk(members, part) {
			var rows []catalog.Row
			if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
				rows, err = p.Catalog.MemberRows(tx, l, some)
				return err
			}); err != nil {
				return err
			}
			for _, row := range rows {
				for i, c := range l.Columns {
					line[i] = c.Of(row)
				}
				if err := yield(line); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return f, err
}

// markOf marks the content of a list: how it stands, and what the units on it are called.
func markOf(mark string, names map[string]string) (string, error) {
	text, err := json.Marshal([]any{mark, names}) // sorted by key
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// nothing says what to do when a list, or what was looked for on it, is empty.
func nothing(ctx context.Context, v listView) ui.Nothing {
	if v.narrowed() {
		return ui.Nothing{Title: say(ctx, "nothing"), Text: say(ctx, "nothing.text"), Act: &ui.Act{Text: say(ctx, "filter.clear"), Href: listPath(v.List.Kind)}}
	}
	return ui.Nothing{Title: say(ctx, "empty"), Text: say(ctx, "empty.text")}
}
