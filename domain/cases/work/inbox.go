package work

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// inboxView is the list of what waits.
type inboxView struct {
	ui.Page
	Heading string
	Note    string
	Query   string
	Hidden  []ui.Hidden
	Chips   []ui.Link
	Groups  []ui.Group
	Empty   ui.Nothing
	More    ui.More
}

func (p *Pages) showInbox(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	deputy, _ := strconv.ParseInt(q.Get("for"), 10, 64)
	f := cases.Filter{Text: q.Get("q"), Slot: q.Get("slot"), Deputy: deputy, Light: colourOf(q.Get("light"))}
	return p.inbox(w, r, f)
}

func colourOf(text string) cases.Colour {
	if c := cases.Colour(text); slices.Contains(colours, c) {
		return c
	}
	return ""
}

// colours is the order of the groups.
var colours = []cases.Colour{cases.LightRed, cases.LightYellow, cases.LightBlue, cases.LightStopped, cases.LightNone}

func (p *Pages) inbox(w http.ResponseWriter, r *http.Request, f cases.Filter) error {
	ctx, who := r.Context(), auth.From(r.Context())
	title := i18n.T(ctx, "work.inbox")
	v := inboxView{Page: p.Frame(r, title), Heading: title, Query: f.Text}
	after := cases.ParseKey(r.URL.Query().Get("after"))
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		rows, next, err := p.Cases.Inbox(tx, who, f, after, few)
		if err != nil {
			return err
		}
		standings, err := p.Cases.Standings(tx, rows)
		if err != nil {
			return err
		}
		counts, err := p.Cases.InboxCount(tx, who, f)
		if err != nil {
			return err
		}
		if f.Deputy != 0 {
			names, err := p.deputies(tx, who)
			if err != nil {
				return err
			}
			if name := names[f.Deputy]; name != "" {
				v.Heading = i18n.T(ctx, "work.for", "name", name)
			}
		}
		var held []int64
		for _, r := range rows {
			held = append(held, r.Task.Holder)
		}
		names, err := p.Cases.Office.Names(tx, held...)
		if err != nil {
			return err
		}
		v.groups(ctx, list{rows, standings, counts, f, after == (cases.Key{}), names, who.Staff}, tx.Now())
		if f == (cases.Filter{}) && after == (cases.Key{}) {
			if err := p.raised(ctx, tx, who, rows, &v); err != nil {
				return err
			}
			if err := p.longer(ctx, tx, who, &v); err != nil {
				return err
			}
		}
		v.pager(ctx, f, after, next)
		slots, err := p.Cases.InboxSlots(tx, who)
		if err != nil {
			return err
		}
		v.chips(ctx, f, slots)
		return p.rail(ctx, tx, &v.Page, who, f.Deputy)
	})
	if err != nil {
		return err
	}
	v.empty(ctx, f)
	if v.Page.Flash != "" && len(v.Groups) > 0 && len(v.Groups[0].Rows) > 0 {
		v.Page.FlashLink = &ui.Link{Text: i18n.T(ctx, "work.next.open"), Href: v.Groups[0].Rows[0].Href}
	}
	return web.Show(w, r, http.StatusOK, inboxPage(v))
}

// raised adds, below the actor's own work, what was brought to them as chief or
// head and waits at others' posts.
func (p *Pages) raised(ctx context.Context, tx *db.Tx, who auth.Actor, own []cases.Row, v *inboxView) error {
	rows, err := p.Cases.Escalated(tx, who, few)
	rows = slices.DeleteFunc(rows, func(r cases.Row) bool {
		return slices.ContainsFunc(own, func(o cases.Row) bool { return o.ID == r.ID })
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	standings, err := p.Cases.Standings(tx, rows)
	if err != nil {
		return err
	}
	g := ui.Group{Lamp: ui.Red, Words: i18n.T(ctx, "work.raised"), Note: i18n.T(ctx, "work.raised.note", "n", len(rows))}
	for _, r := range rows {
		row := show.Row(ctx, r, standings[r.ID], tx.Now())
		row.Href = casePath(r.ID)
		if who.May("supervision.watch") {
			row.Href = "/watch/" + strconv.FormatInt(r.ID, 10)
		}
		g.Rows = append(g.Rows, row)
	}
	v.Groups = append(v.Groups, g)
	return nil
}

// longer puts on top what waits for the actor as head of the authority: extensions that were asked for.
func (p *Pages) longer(ctx context.Context, tx *db.Tx, who auth.Actor, v *inboxView) error {
	rows, err := p.Cases.LongerWaiting(tx, who, few)
	if err != nil || len(rows) == 0 {
		return err
	}
	standings, err := p.Cases.Standings(tx, rows)
	if err != nil {
		return err
	}
	g := ui.Group{Lamp: ui.Yellow, Words: i18n.T(ctx, "work.longer.group"), Note: i18n.T(ctx, "work.count", "n", len(rows))}
	for _, r := range rows {
		row := show.Row(ctx, r, standings[r.ID], tx.Now())
		row.Href = casePath(r.ID)
		g.Rows = append(g.Rows, row)
	}
	v.Groups = slices.Insert(v.Groups, 0, g)
	return nil
}

// list is what the groups of a page are made of.
type list struct {
	rows      []cases.Row
	standings map[int64]cases.Standing
	counts    map[cases.Colour]int
	filter    cases.Filter
	first     bool             // the first page: it names also the groups that it has no room for
	names     map[int64]string // of those who have tasks
	me        int64
}

// groups sorts the rows of a page by light; a light with rows on a later page
// keeps its head and a way there.
func (v *inboxView) groups(ctx context.Context, l list, now time.Time) {
	by := map[cases.Colour][]ui.Row{}
	for _, r := range l.rows {
		c := r.Shown.LightOn(calendar.DateOf(now))
		by[c] = append(by[c], inboxRow(ctx, r, l, now))
	}
	for _, c := range colours {
		n, shown := l.counts[c], len(by[c])
		if l.filter.Light != "" && c != l.filter.Light || shown == 0 && (n == 0 || !l.first) {
			continue
		}
		g := ui.Group{Lamp: show.Lamp(c), Words: show.ColourName(ctx, c), Note: i18n.T(ctx, "work.count", "n", n), Rows: by[c]}
		if c == cases.LightNone {
			g.Words = i18n.T(ctx, "show.left.none")
		}
		if shown < n && l.first && l.filter.Light == "" {
			if shown > 0 {
				g.Note = i18n.T(ctx, "work.count.some", "n", n, "shown", shown)
			}
			g.More = &ui.Link{Text: i18n.T(ctx, "work.all"), Href: address(l.filter, "light", string(c))}
		}
		v.Groups = append(v.Groups, g)
	}
}

func inboxRow(ctx context.Context, r cases.Row, l list, now time.Time) ui.Row {
	row := show.Row(ctx, r, l.standings[r.ID], now)
	switch t := r.Task; {
	case t.Holder == l.me:
		row.Tags = append(row.Tags, ui.Badge{Text: i18n.T(ctx, "work.tag.mine")})
	case t.Holder != 0:
		row.Tags = append(row.Tags, ui.Badge{Text: i18n.T(ctx, "work.tag.held", "who", l.names[t.Holder])})
	}
	if r.Task.Urged > 0 {
		row.Tags = append(row.Tags, ui.Badge{Text: i18n.T(ctx, "work.tag.urged", "n", r.Task.Urged), Tone: ui.ToneWarn})
	}
	row.ID, row.Href = "task-"+strconv.FormatInt(r.Task.ID, 10), casePath(r.ID)+"?task="+strconv.FormatInt(r.Task.ID, 10)
	row.Step, row.From = show.Step(ctx, *r.Task), r.From
	if row.From == "" {
		row.From = i18n.T(ctx, "show.system")
	}
	return row
}

// address is a list's address with its filter and one value more.
func address(f cases.Filter, more ...string) string {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("q", f.Text)
	set("slot", f.Slot)
	set("light", string(f.Light))
	if f.Deputy != 0 {
		set("for", strconv.FormatInt(f.Deputy, 10))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Del(more[i])
		set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return inboxPath
	}
	return inboxPath + "?" + q.Encode()
}

func (v *inboxView) pager(ctx context.Context, f cases.Filter, after, next cases.Key) {
	v.More = ui.More{Note: i18n.T(ctx, "work.sorted")}
	if after != (cases.Key{}) {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "work.first"), address(f)
	}
	if next != (cases.Key{}) {
		v.More.Text, v.More.Href = i18n.T(ctx, "work.more", "n", few), address(f, "after", next.String())
	}
	for _, key := range []string{"slot", "light", "for"} {
		if u, err := url.Parse(address(f)); err == nil && u.Query().Get(key) != "" {
			v.Hidden = append(v.Hidden, ui.Hidden{Name: key, Value: u.Query().Get(key)})
		}
	}
}

// chips narrow the list to one kind of step.
func (v *inboxView) chips(ctx context.Context, f cases.Filter, slots map[string]int) {
	total := 0
	for _, n := range slots {
		total += n
	}
	v.Chips = []ui.Link{{Text: i18n.T(ctx, "work.chip.all"), Count: strconv.Itoa(total), Href: address(f, "slot", ""), Current: f.Slot == ""}}
	for _, slot := range slices.SortedFunc(maps.Keys(slots), func(a, b string) int { return slots[b] - slots[a] }) {
		v.Chips = append(v.Chips, ui.Link{
			Text: show.Slot(ctx, slot), Count: strconv.Itoa(slots[slot]), Href: address(f, "slot", slot), Current: f.Slot == slot,
		})
	}
}

func (v *inboxView) empty(ctx context.Context, f cases.Filter) {
	switch {
	case f.Text != "":
		v.Empty = ui.Nothing{
			Title: i18n.T(ctx, "work.found.none"), Text: i18n.T(ctx, "work.found.none.text"),
			Act: &ui.Act{Text: i18n.T(ctx, "work.found.all"), Href: inboxPath},
		}
	default:
		v.Empty = ui.Nothing{
			Title: i18n.T(ctx, "work.none"), Text: i18n.T(ctx, "work.none.text"),
			Act: &ui.Act{Text: i18n.T(ctx, "work.none.done"), Href: donePath},
		}
	}
}

// doneView is what the actor has worked off.
type doneView struct {
	ui.Page
	Rows []ui.Line
}

const mostDone = 100

func (p *Pages) showDone(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := doneView{Page: p.Frame(r, i18n.T(ctx, "work.done"))}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := p.Cases.Done(tx, who, mostDone)
		if err != nil {
			return err
		}
		for _, r := range rows {
			v.Rows = append(v.Rows, ui.Line{Cells: []ui.Cell{
				{Text: r.Title + "　" + r.ItemName, Href: casePath(r.ID)},
				{Text: r.No, Code: true},
				{Text: show.Step(ctx, *r.Task)},
				{Text: outcome(ctx, r.Task.Outcome)},
				{Text: show.Moment(ctx, r.Task.Closed, tx.Now())},
				{Text: show.State(ctx, r.State)},
			}})
		}
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, donePage(v))
}

// outcome is the word of what became of a task.
func outcome(ctx context.Context, act string) string { return show.Act(ctx, act) }
