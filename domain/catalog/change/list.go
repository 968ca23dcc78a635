package change

import (
	"context"
	"crypto/rand"
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

// perPage is how many changes a page lists.
const perPage = 20

// The lists, in the order of the page.
const (
	listReview = "review"
	listMine   = "mine"
	listOff    = "off"
)

var lists = []string{
	listReview, listMine, string(catalog.ChangeDrafted), string(catalog.ChangeSubmitted), string(catalog.ChangeReturned),
	string(catalog.ChangeApproved), string(catalog.ChangeInForce), string(catalog.ChangeWithdrawn), listOff,
}

// listView is one of the lists.
type listView struct {
	ui.Page
	List   string
	Chips  []ui.Link
	Table  ui.Grid
	More   ui.More
	Writes bool
	Spread []catalog.SpreadWaiting // what waits for review of changes that were proposed together

	Imports   []catalog.Imported  // that wait for the reader's consent
	Proposals []*catalog.Proposal // for the base catalogue and the library: that wait for the reader, or are theirs

	MoreProposals ui.More
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q, who := r.Context(), r.URL.Query(), auth.From(r.Context())
	v := listView{Page: p.Frame(r, i18n.T(ctx, "change.title")), List: q.Get("list"), Writes: who.May(catalog.Keep)}
	if !slices.Contains(lists, v.List) {
		v.List = listReview
	}
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64) // what is no number is the first page
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		waiting, err := p.Catalog.AwaitsReview(tx, who)
		if err != nil {
			return err
		}
		if v.List == listReview && before == 0 {
			if v.Imports, err = p.Catalog.Awaiting(tx, who); err != nil {
				return err
			}
		}
		if before == 0 {
			below, _ := strconv.ParseInt(q.Get("proposals"), 10, 64) // what is no number is the first page
			if err := p.proposals(ctx, tx, who, below, &v); err != nil {
				return err
			}
		}
		for _, name := range lists {
			text := i18n.T(ctx, "change.list."+name)
			if name == listReview && waiting > 0 {
				text += " " + strconv.Itoa(waiting)
			}
			v.Chips = append(v.Chips, ui.Link{Text: text, Href: listOf(name), Current: name == v.List})
		}
		if v.List == listOff {
			return p.off(ctx, tx, &v)
		}
		if v.List == listReview && before == 0 {
			if v.Spread, err = p.Catalog.SpreadsToReview(tx, who); err != nil {
				return err
			}
		}
		return p.changes(ctx, tx, who, before, &v)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

// proposals lists those for the base catalogue and the library, in pages of their own.
func (p *Pages) proposals(ctx context.Context, tx *db.Tx, who auth.Actor, below int64, v *listView) (err error) {
	var next int64
	switch v.List {
	case listReview:
		v.Proposals, next, err = p.Catalog.ProposalsToDecide(tx, who, below, perPage)
	case listMine:
		v.Proposals, next, err = p.Catalog.ProposalsOf(tx, who, below, perPage)
	}
	if next != 0 {
		v.MoreProposals.Text, v.MoreProposals.Href = i18n.T(ctx, "change.more", "count", perPage), listOf(v.List)+"&proposals="+strconv.FormatInt(next, 10)
	}
	if below != 0 {
		v.MoreProposals.First, v.MoreProposals.FirstHref = i18n.T(ctx, "change.first"), listOf(v.List)
	}
	return err
}

func listOf(name string) string { return listPath + "?list=" + name }

func (p *Pages) changes(ctx context.Context, tx *db.Tx, who auth.Actor, before int64, v *listView) error {
	f := catalog.ChangeFilter{Mine: v.List == listMine, ToReview: v.List == listReview, State: catalog.ChangeState(v.List)}
	found, next, err := p.Catalog.Changes(tx, who, f, before, perPage)
	if err != nil {
		return err
	}
	v.Table = ui.Grid{Label: i18n.T(ctx, "change.title"), Hover: true, Cols: columns(ctx, "col.item", "col.kind", "col.state", "col.author", "col.effective", "col.moved")}
	for _, l := range found {
		v.Table.Rows = append(v.Table.Rows, ui.Line{Cells: []ui.Cell{
			{Text: nameOf(l), Href: catalog.ChangePath(l.ID)}, {Text: kind(ctx, l.Began)}, {Body: stateTags(l.State, l.Overtaken)},
			{Text: l.Author}, {Text: l.Effective}, {Text: calendar.Minute(l.Moved)},
		}})
	}
	v.More.Note = i18n.T(ctx, "change.sorted")
	if next != 0 {
		v.More.Text, v.More.Href = i18n.T(ctx, "change.more", "count", perPage), listOf(v.List)+"&before="+strconv.FormatInt(next, 10)
	}
	if before != 0 {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "change.first"), listOf(v.List)
	}
	return nil
}

// nameOf is the name of the item, its code while a draft has none.
func nameOf(l catalog.ChangeLine) string {
	if l.Name == "" {
		return l.Code
	}
	return l.Name
}

// kind says from what a change was begun.
func kind(ctx context.Context, began int) string {
	if began == 0 {
		return i18n.T(ctx, "change.kind.new")
	}
	return i18n.T(ctx, "change.kind.change", "n", began)
}

// off lists what is taken off the list, each with the way back.
func (p *Pages) off(ctx context.Context, tx *db.Tx, v *listView) error {
	found, err := p.Catalog.SuspendedItems(tx)
	v.Table = ui.Grid{Label: i18n.T(ctx, "change.list.off"), Hover: true, Cols: columns(ctx, "col.item", "off.col.reason", "off.col.since", "off.col.act")}
	for _, x := range found {
		it, err := p.Catalog.Current(tx, x.Code)
		if err != nil {
			return err
		}
		v.Table.Rows = append(v.Table.Rows, ui.Line{Cells: []ui.Cell{
			{Text: it.Name, Href: catalog.ItemPath(x.Code)}, {Text: x.Reason},
			{Text: i18n.T(ctx, "change.off.since", "day", calendar.DateOf(x.Since).Words(ctx), "who", x.By.Name)},
			{Body: restoreLink(it.Name, suspendOf(x.Code))},
		}})
	}
	return err
}

// nothing is what an empty list says.
func (v listView) nothing(ctx context.Context) ui.Nothing {
	n := ui.Nothing{Title: i18n.T(ctx, "change.empty"), Text: i18n.T(ctx, "change.empty.text.other"), Act: &ui.Act{Text: i18n.T(ctx, "change.items"), Href: "/catalog"}}
	switch {
	case v.List == listOff:
		n.Title, n.Text, n.Act = i18n.T(ctx, "change.empty.off"), i18n.T(ctx, "change.empty.off.text"), nil
	case v.List == listReview:
		n.Text, n.Act = i18n.T(ctx, "change.empty.text.review"), nil
	case !v.Writes:
		n.Act = nil
	}
	return n
}

// begin makes a draft of an item: of the version in force, or to go back to an older one.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	var c *catalog.Change
	var err error
	if number := form(r, "number"); number == "" {
		c, err = p.Catalog.Propose(ctx, auth.From(ctx), form(r, "_key"), form(r, "code"))
	} else {
		n, _ := strconv.Atoi(number) // what is no number is no version
		c, err = p.Catalog.RollBack(ctx, auth.From(ctx), form(r, "_key"), form(r, "code"), n)
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "change.done.propose")
	return web.SeeOther(w, r, catalog.ChangePath(c.ID))
}

// newView is the form for an item that there is not yet.
type newView struct {
	ui.Page
	Key     string
	Typed   url.Values
	Trouble string
	Wrong   map[string]string
	Units   []ui.Option
}

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request) error {
	return p.newForm(w, r, http.StatusOK, newView{Key: rand.Text(), Typed: url.Values{}})
}

func (p *Pages) newForm(w http.ResponseWriter, r *http.Request, code int, v newView) error {
	if p.Units != nil {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			if v.Units, err = p.Units(tx); err == nil {
				p.nameBodies(r.Context(), tx, v.Units)
			}
			return err
		}); err != nil {
			return err
		}
	}
	v.Page = p.Frame(r, i18n.T(r.Context(), "change.new.title"))
	v.Page.Path, v.Page.Wrong = newPath, v.Trouble != ""
	return web.Show(w, r, code, newItemPage(v))
}

// nameBodies says behind each unit in whose name it acts: the implementing body that the draft will begin with.
func (p *Pages) nameBodies(ctx context.Context, tx *db.Tx, units []ui.Option) {
	if p.Catalog.BodyOf == nil {
		return
	}
	named := unitsOf(tx, p.Catalog)
	for i, u := range units {
		if body := p.Catalog.BodyOf(tx, u.Value); u.Value != "" && body != u.Value {
			units[i].Text += i18n.T(ctx, "change.new.body", "body", named(body))
		}
	}
}

func (p *Pages) postNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	f := r.PostForm
	c, err := p.Catalog.ProposeNew(ctx, auth.From(ctx), f.Get("_key"), strings.TrimSpace(f.Get("code")), f.Get("name"), f.Get("type"), strings.TrimSpace(f.Get("unit")))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.newForm(w, r, web.Status(err), newView{Key: rand.Text(), Typed: f, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "change.done.propose")
	return web.SeeOther(w, r, catalog.ChangePath(c.ID))
}

func (v newView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "code", "name", "type", "unit")
}

// summary lists what is wrong in the order of a form.
func summary(trouble string, wrong map[string]string, fields ...string) (all []ui.Wrong) {
	for _, field := range fields {
		if wrong[field] != "" {
			all = append(all, ui.Wrong{Field: field, Text: wrong[field]})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: fields[0], Text: trouble})
	}
	return all
}

func (v newView) input(ctx context.Context, name string) ui.Input {
	i := ui.Input{Name: name, Label: i18n.T(ctx, "change.new."+name), Value: v.Typed.Get(name), Error: v.Wrong[name]}
	switch name {
	case "unit":
		if v.Units == nil {
			i.Hint, i.Size = i18n.T(ctx, "change.new.unit.hint"), "m"
			return i
		}
		i.Kind, i.Hint, i.Options = "select", i18n.T(ctx, "change.new.body.hint"), append([]ui.Option{{Text: i18n.T(ctx, "change.choose")}}, v.Units...)
	case "code":
		i.Hint, i.Size = i18n.T(ctx, "change.new."+name+".hint"), "m"
	case "type":
		i.Kind, i.Size = "select", "m"
		i.Options = []ui.Option{{Text: i18n.T(ctx, "change.choose")}}
		for _, t := range catalog.Types() {
			i.Options = append(i.Options, ui.Option{Value: t, Text: i18n.T(ctx, "catalog.type."+t), On: v.Typed.Get(name) == t})
		}
	}
	return i
}
