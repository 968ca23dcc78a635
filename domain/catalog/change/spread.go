package change

import (
	"context"
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

// spreadView is a page of what was proposed for many items at one act, for those who review it together.
type spreadView struct {
	ui.Page
	Spread      catalog.Spread
	Name        string // of the entry of the library
	Counts      map[catalog.SpreadOutcome]int
	Rows        []spreadRow
	Common      []string // what the changes of the page say alike, said once
	After, Next string
	Today       calendar.Date
	Who         auth.Actor

	Typed   url.Values
	Trouble string
	Wrong   map[string]string
	Refused []ui.Wrong // changes that were not approved with the others
}

// spreadRow is one item with what its change says.
type spreadRow struct {
	catalog.SpreadItem
	Says []string
	Bar  string // why whoever looks may not approve it, "" where they may
}

func (p *Pages) showSpread(w http.ResponseWriter, r *http.Request) error {
	return p.spread(w, r, http.StatusOK, spreadView{Typed: url.Values{}})
}

func (p *Pages) spread(w http.ResponseWriter, r *http.Request, code int, v spreadView) error {
	ctx := r.Context()
	v.Who, v.After = auth.From(ctx), r.URL.Query().Get("after")
	if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error { return p.fillSpread(ctx, tx, spreadOf(r), &v) }); err != nil {
		return err
	}
	v.Page = p.Frame(r, i18n.T(ctx, "change.spread.title", "name", v.Name))
	v.Page.Path, v.Page.Wrong = v.at(v.After), v.Trouble != ""
	return web.Show(w, r, code, spreadPage(v))
}

func (p *Pages) fillSpread(ctx context.Context, tx *db.Tx, id int64, v *spreadView) (err error) {
	if v.Spread, v.Counts, err = p.Catalog.SpreadOf(tx, id); err != nil {
		return err
	}
	v.Today = calendar.DateOf(tx.Now())
	lib, err := p.Catalog.LibraryMaterial(tx, v.Spread.Material)
	if err != nil {
		return err
	}
	v.Name = lib.Name
	items, next, err := p.Catalog.SpreadItems(tx, v.Spread, v.After)
	v.Next = next
	for _, x := range items {
		base, now, err := p.bases(tx, x.Change)
		if err != nil {
			return err
		}
		row := spreadRow{SpreadItem: x}
		words := p.words(tx, base, x.Change.Item)
		for _, d := range catalog.Diff(base, x.Change.Item) {
			row.Says = append(row.Says, capital(words.Sentence(ctx, d)))
		}
		if err := x.Change.Bar(v.Who, catalog.ActApprove, now != x.Change.Began); err != nil {
			row.Bar = web.Words(ctx, err)
		}
		v.Rows = append(v.Rows, row)
	}
	v.sayOnce(ctx)
	return err
}

// sayOnce takes what most changes of the page say alike out of the rows: each then tells what is its own. What is too long
// for a row is on the page of the change.
func (v *spreadView) sayOnce(ctx context.Context) {
	times := map[string]int{}
	for _, x := range v.Rows {
		for _, s := range x.Says {
			times[s]++
		}
	}
	for _, x := range v.Rows {
		for _, s := range x.Says {
			if times[s] > 1 && times[s] > len(v.Rows)/2 && !slices.Contains(v.Common, s) {
				v.Common = append(v.Common, s)
			}
		}
	}
	for i := range v.Rows {
		x := &v.Rows[i]
		own := slices.DeleteFunc(slices.Clone(x.Says), func(s string) bool { return slices.Contains(v.Common, s) })
		if shared := len(x.Says) - len(own); shared > 0 && shared == len(v.Common) {
			x.Says = append([]string{i18n.T(ctx, "change.spread.as_common")}, own...)
		}
		if len(x.Says) > fewSaid+1 {
			x.Says = append(x.Says[:fewSaid], i18n.T(ctx, "change.spread.more"))
		}
	}
}

// postTogether approves the ticked changes of a page for one day, each by itself: what cannot be approved keeps no other
// from it, and is told.
func (p *Pages) postTogether(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	day, _ := calendar.ParseDate(form(r, "effective")) // what is no day is refused as one that is past
	v := spreadView{Typed: r.PostForm}
	chosen, done := r.PostForm["change"], 0
	if len(chosen) == 0 {
		err := fault.New(fault.Invalid, "change.spread.choose")
		v.Trouble = web.Words(ctx, err)
		return p.spread(w, r, web.Status(err), v)
	}
	status := http.StatusOK
	for _, one := range chosen[:min(len(chosen), mostTogether)] {
		id, lock := changeOf(one)
		_, err := p.Catalog.Approve(ctx, auth.From(ctx), id, lock, day, form(r, "approval"))
		switch {
		case err == nil:
			done++
		case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale), fault.Is(err, fault.Forbidden), fault.Is(err, fault.Unknown):
			v.Trouble, status = i18n.T(ctx, "change.spread.some", "n", done), web.Status(err)
			if v.Wrong = web.FieldWords(ctx, err); v.Wrong["effective"] == "" {
				v.Refused = append(v.Refused, ui.Wrong{Field: "change-" + strconv.FormatInt(id, 10), Text: web.Words(ctx, err)})
			} else {
				v.Refused = []ui.Wrong{{Field: "effective", Text: v.Wrong["effective"]}}
			}
		default:
			return err
		}
	}
	if v.Trouble != "" {
		return p.spread(w, r, status, v)
	}
	p.tell(ctx, "change.spread.approved", "n", done)
	return web.SeeOther(w, r, address("", spreadOf(r), r.URL.Query().Get("after")))
}

// mostTogether is how many changes one form approves: those of a page.
const mostTogether = 20

// changeOf reads the change that was looked at out of a box: "17:2" is change 17 with lock 2. What is none is no change.
func changeOf(box string) (id int64, lock int) {
	one, two, _ := strings.Cut(box, ":")
	id, _ = strconv.ParseInt(one, 10, 64)
	lock, _ = strconv.Atoi(two)
	return id, lock
}

// postTake takes today's words of the library over into a draft that was left to those who write it.
func (p *Pages) postTake(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	id, lock := changeOf(form(r, "change"))
	_, err := p.Catalog.TakeLibrary(ctx, auth.From(ctx), id, lock)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) || fault.Is(err, fault.Invalid) {
		return p.spread(w, r, web.Status(err), spreadView{Typed: url.Values{}, Trouble: web.Words(ctx, err)})
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "change.spread.took")
	return web.SeeOther(w, r, catalog.ChangePath(id))
}

// spreadOf is the spread that a request is about; what is no number is none.
func spreadOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.URL.Query().Get("id"), 10, 64)
	return id
}

// address is a page of a spread, or what is done on it.
func address(end string, id int64, after string) string {
	q := url.Values{"id": {strconv.FormatInt(id, 10)}}
	if after != "" {
		q.Set("after", after)
	}
	return catalog.SpreadsPath + end + "?" + q.Encode()
}

func (v spreadView) at(after string) string { return address("", v.Spread.ID, after) }

func (v spreadView) facts(ctx context.Context) []ui.Fact {
	list := []ui.Fact{
		{Label: i18n.T(ctx, "change.fact.author"), Value: v.Spread.By.Name, Note: calendar.Minute(v.Spread.At)},
		{Label: i18n.T(ctx, "change.fact.reason"), Value: v.Spread.Reason},
	}
	for _, o := range []catalog.SpreadOutcome{catalog.SpreadSubmitted, catalog.SpreadDrafted, catalog.SpreadOpen} {
		if n := v.Counts[o]; n > 0 {
			list = append(list, ui.Fact{Label: i18n.T(ctx, "change.spread.outcome."+string(o)), Value: count(ctx, "change.spread.items", n)})
		}
	}
	return list
}

// approves reports whether whoever looks can approve something on the page.
func (v spreadView) approves() bool {
	for _, x := range v.Rows {
		if x.Bar == "" {
			return true
		}
	}
	return false
}

// takes reports whether a row offers to take the words of the library over.
func (v spreadView) takes(x spreadRow) bool {
	return x.Older && v.Who.May(catalog.Keep) && (x.Change.State == catalog.ChangeDrafted || x.Change.State == catalog.ChangeReturned)
}

// ticked: all are, unless a form came back with some of them.
func (v spreadView) ticked(x spreadRow) bool {
	if v.Trouble == "" {
		return true
	}
	for _, box := range v.Typed["change"] {
		if id, _ := changeOf(box); id == x.Change.ID {
			return true
		}
	}
	return false
}

func (x spreadRow) box() string {
	return strconv.FormatInt(x.Change.ID, 10) + ":" + strconv.Itoa(x.Change.Lock)
}

func (x spreadRow) id() string { return "change-" + strconv.FormatInt(x.Change.ID, 10) }

func (v spreadView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "change.spread.table"), Hover: true, Cols: columns(ctx, "col.item", "spread.says", "col.state", "spread.outcome")}
	for _, x := range v.Rows {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Body: spreadName(v, x)}, {Body: spreadSays(x)}, {Body: stateTags(x.Change.State, x.Change.Overtaken)}, {Body: spreadOutcome(v, x)},
		}})
	}
	return g
}

func (v spreadView) more(ctx context.Context) ui.More {
	m := ui.More{Note: i18n.T(ctx, "change.spread.order")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "change.more", "count", mostTogether), v.at(v.Next)
	}
	if v.After != "" {
		m.First, m.FirstHref = i18n.T(ctx, "change.first"), v.at("")
	}
	return m
}

func (v spreadView) typed(name, stands string) string {
	if v.Typed.Has(name) {
		return v.Typed.Get(name)
	}
	return stands
}

// summary lists what kept changes from being approved.
func (v spreadView) summary() []ui.Wrong {
	if len(v.Refused) > 0 {
		return v.Refused
	}
	return []ui.Wrong{{Field: "together", Text: v.Trouble}}
}

func (v spreadView) action(end string) string { return address(end, v.Spread.ID, v.After) }
