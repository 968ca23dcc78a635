package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// tab is one part of the queue, a page of its own.
type tab struct {
	path, text string
	state      cases.State // "" for what is no single state
	came       bool        // what was sent later and waits to be looked at
	unsent     bool        // what was uploaded and not handed in
}

var tabs = []tab{
	{path: root, text: "desk.tab.received", state: cases.StateReceived},
	{path: root + "/correcting", text: "desk.tab.correcting", state: cases.StateCorrecting},
	{path: root + "/drafts", text: "desk.tab.drafts"},
	{path: root + "/all", text: "desk.tab.all"},
	{path: root + "/came", text: "desk.tab.came", came: true},
	{path: root + "/unsent", text: "desk.tab.unsent", unsent: true},
}

const (
	perGroup = 20
	perPage  = 30
)

// colours is the order of the groups: what is late comes first.
var colours = []cases.Colour{cases.LightRed, cases.LightYellow, cases.LightBlue, cases.LightStopped}

// queueView is what waits at the window.
type queueView struct {
	ui.Page
	Tabs   []ui.Link
	Groups []ui.Group
	Drafts []draftRow
	Empty  ui.Nothing
	More   ui.More
	Next   string // what to do about these
}

func (p *Pages) showReceived(w http.ResponseWriter, r *http.Request) error {
	return p.queue(w, r, tabs[0], cases.Filter{State: cases.StateReceived})
}

func (p *Pages) showCorrecting(w http.ResponseWriter, r *http.Request) error {
	return p.queue(w, r, tabs[1], cases.Filter{State: cases.StateCorrecting})
}

func (p *Pages) showCame(w http.ResponseWriter, r *http.Request) error {
	return p.queue(w, r, tabs[4], cases.Filter{Came: true})
}

func (p *Pages) showUnsent(w http.ResponseWriter, r *http.Request) error {
	return p.queue(w, r, tabs[5], cases.Filter{Unsent: true})
}

func (p *Pages) showAll(w http.ResponseWriter, r *http.Request) error {
	return p.queue(w, r, tabs[3], cases.Filter{Live: true})
}

func (p *Pages) queue(w http.ResponseWriter, r *http.Request, t tab, f cases.Filter) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := queueView{Page: p.Frame(r, i18n.T(ctx, t.text)), Empty: ui.Nothing{
		Title: i18n.T(ctx, t.text+".none"), Text: i18n.T(ctx, t.text+".none.text"),
		Act: &ui.Act{Text: i18n.T(ctx, "desk.new.act"), Href: root + "/new", Icon: "plus"},
	}}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Tabs, err = p.tabLinks(tx, r, t); err != nil {
			return err
		}
		if v.Groups, v.More, err = p.groups(tx, who, r, t, f); err != nil || t.path != root || r.URL.RawQuery != "" {
			return err
		}
		came, err := p.came(tx, who, r)
		v.Groups = append(came, v.Groups...)
		return err
	})
	if err != nil {
		return err
	}
	if t.unsent {
		v.Next = i18n.T(ctx, "desk.tab.unsent.next")
	}
	return web.Show(w, r, http.StatusOK, queuePage(v))
}

// groups is the queue by light; ?light= shows one light alone, page by page.
func (p *Pages) groups(tx *db.Tx, who auth.Actor, r *http.Request, t tab, f cases.Filter) (list []ui.Group, more ui.More, err error) {
	ctx := r.Context()
	only := cases.Colour(r.URL.Query().Get("light"))
	more.Note = i18n.T(ctx, "desk.sorted")
	for _, colour := range colours {
		if slices.Contains(colours, only) && colour != only {
			continue
		}
		f.Light = colour
		after := cases.Key{}
		if colour == only {
			after = cases.ParseKey(r.URL.Query().Get("after"))
		}
		rows, next, err := p.Cases.Board(tx, who, f, after, perGroup)
		if err != nil || len(rows) == 0 {
			if err != nil {
				return nil, more, err
			}
			continue
		}
		n, err := p.Cases.Count(tx, who, f)
		if err != nil {
			return nil, more, err
		}
		g := ui.Group{Lamp: show.Lamp(colour), Words: show.ColourName(ctx, colour), Note: i18n.T(ctx, "desk.group.count", "n", n)}
		standings, err := p.Cases.Standings(tx, rows)
		if err != nil {
			return nil, more, err
		}
		waiting := map[int64]cases.Unsent{}
		if t.unsent {
			if waiting, err = p.Cases.Unsent(tx, rows); err != nil {
				return nil, more, err
			}
		}
		for _, c := range rows {
			out := row(ctx, c, standings[c.ID], tx.Now(), t.state == "")
			if t.unsent {
				unsentRow(ctx, &out, waiting[c.ID], tx.Now())
			}
			if t.came {
				out.Step = i18n.T(ctx, "desk.step.came")
			}
			g.Rows = append(g.Rows, out)
		}
		path := t.path + "?light=" + string(colour)
		if colour == only {
			more.First, more.FirstHref = i18n.T(ctx, "desk.more.first"), t.path
			if next != (cases.Key{}) {
				more.Text, more.Href = i18n.T(ctx, "desk.more", "n", perGroup), path+"&after="+url.QueryEscape(next.String())
			}
		} else if next != (cases.Key{}) {
			g.Note = i18n.T(ctx, "desk.group.first", "n", n, "shown", len(rows))
			g.More = &ui.Link{Text: i18n.T(ctx, "desk.group.all"), Href: path}
		}
		list = append(list, g)
	}
	return list, more, nil
}

// unsentRow says what to do next about what was uploaded and not handed in.
func unsentRow(ctx context.Context, out *ui.Row, w cases.Unsent, now time.Time) {
	out.Href += "#unsent"
	out.From = i18n.T(ctx, "desk.unsent.files", "n", w.Files+w.Scans, "when", moment(ctx, w.Last, now))
	switch {
	case w.Files == 0:
		out.Step = i18n.T(ctx, "desk.step.scanned")
	case w.Reminded.IsZero():
		out.Step = i18n.T(ctx, "desk.step.remind")
	default:
		out.Step = i18n.T(ctx, "desk.step.reminded")
		out.From = i18n.T(ctx, "desk.unsent.reminded", "when", moment(ctx, w.Reminded, now))
	}
}

// came is what waits to be looked at since applicants sent it later: nobody else
// can let those cases go on, so it stands first.
func (p *Pages) came(tx *db.Tx, who auth.Actor, r *http.Request) ([]ui.Group, error) {
	ctx, f, t := r.Context(), cases.Filter{Came: true}, tabs[4]
	rows, next, err := p.Cases.Board(tx, who, f, cases.Key{}, perGroup)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	n, err := p.Cases.Count(tx, who, f)
	if err != nil {
		return nil, err
	}
	standings, err := p.Cases.Standings(tx, rows)
	g := ui.Group{Lamp: show.Lamp(cases.LightYellow), Words: i18n.T(ctx, t.text), Note: i18n.T(ctx, "desk.group.count", "n", n)}
	if next != (cases.Key{}) {
		g.More = &ui.Link{Text: i18n.T(ctx, "desk.group.all"), Href: t.path}
	}
	for _, c := range rows {
		out := row(ctx, c, standings[c.ID], tx.Now(), true)
		out.Step = i18n.T(ctx, "desk.step.came")
		g.Rows = append(g.Rows, out)
	}
	return []ui.Group{g}, err
}

// row is a case as the queue shows it. withState adds how it stands.
func row(ctx context.Context, c cases.Row, st cases.Standing, now time.Time, withState bool) ui.Row {
	out := show.Row(ctx, c, st, now)
	out.Href, out.Step = casePath(c.ID), i18n.T(ctx, "desk.step.other")
	out.From = i18n.T(ctx, "cases.channel."+string(c.Channel)) + " " + show.When(ctx, c.Received, now)
	switch c.State {
	case cases.StateReceived:
		out.Step = i18n.T(ctx, "desk.step.received")
		if slices.Contains(c.Flags, cases.FlagCorrected) {
			out.Tags = append(out.Tags, ui.Badge{Text: i18n.T(ctx, "desk.tag.corrected"), Tone: ui.ToneGood})
		}
	case cases.StateCorrecting:
		out.Step = i18n.T(ctx, "desk.step.correcting")
	}
	if withState {
		out.Tags = append(out.Tags, ui.Badge{Text: show.State(ctx, c.State), Tone: ui.ToneLine})
	}
	return out
}

// tabLinks are the parts of the queue with how much lies in each.
func (p *Pages) tabLinks(tx *db.Tx, r *http.Request, now tab) ([]ui.Link, error) {
	ctx, who := r.Context(), auth.From(r.Context())
	var list []ui.Link
	for _, t := range tabs {
		l := ui.Link{Text: i18n.T(ctx, t.text), Href: t.path, Current: t.path == now.path}
		switch {
		case t.state != "", t.came, t.unsent:
			n, err := p.Cases.Count(tx, who, cases.Filter{State: t.state, Came: t.came, Unsent: t.unsent})
			if err != nil {
				return nil, err
			}
			l.Count = strconv.Itoa(n)
		case strings.HasSuffix(t.path, "/drafts"):
			drafts, err := p.Cases.Drafts(tx, who)
			if err != nil {
				return nil, err
			}
			l.Count = strconv.Itoa(len(drafts))
		}
		list = append(list, l)
	}
	return list, nil
}

// draftRow is one application that a clerk has begun for somebody.
type draftRow struct{ Title, Who, Href, Changed string }

func (p *Pages) showDrafts(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	t := tabs[2]
	v := queueView{Page: p.Frame(r, i18n.T(ctx, t.text)), Empty: ui.Nothing{
		Title: i18n.T(ctx, t.text+".none"), Text: i18n.T(ctx, t.text+".none.text"),
		Act: &ui.Act{Text: i18n.T(ctx, "desk.new.act"), Href: root + "/new", Icon: "plus"},
	}}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Tabs, err = p.tabLinks(tx, r, t); err != nil {
			return err
		}
		drafts, err := p.Cases.Drafts(tx, who)
		if err != nil {
			return err
		}
		for _, d := range drafts {
			it, err := p.Cases.Catalog.Version(tx, d.ItemVersion)
			if err != nil {
				return err
			}
			names, err := p.Cases.Party.Names(tx, d.Party)
			if err != nil {
				return err
			}
			v.Drafts = append(v.Drafts, draftRow{it.Name, names[d.Party], draftPath(d.ID), moment(ctx, d.Changed, tx.Now())})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, queuePage(v))
}

// foundView is the search over all applications.
type foundView struct {
	ui.Page
	Query string
	Rows  []foundRow
	More  ui.More
	New   bool // whoever looks may also receive
}

type foundRow struct {
	Href, Title, No, Who, Received string
	State                          ui.Badge
}

func (p *Pages) showFound(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	q := r.URL.Query()
	v := foundView{Page: p.Frame(r, i18n.T(ctx, "desk.find.title")), Query: strings.TrimSpace(q.Get("q")), New: who.May(Receive)}
	v.More.Note = i18n.T(ctx, "desk.find.sorted")
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		rows, next, err := p.Cases.Recent(tx, who, cases.Filter{Text: v.Query}, cases.ParseKey(q.Get("after")), perPage)
		for _, c := range rows {
			title := c.Title + "　" + c.ItemName
			if c.Title == c.PartyName {
				title = c.ItemName
			}
			v.Rows = append(v.Rows, foundRow{
				Href: casePath(c.ID), Title: title, No: c.No, Who: c.PartyName, Received: moment(ctx, c.Received, tx.Now()),
				State: ui.Badge{Text: show.State(ctx, c.State), Tone: toneOf(c.State)},
			})
		}
		if next != (cases.Key{}) {
			v.More.Text = i18n.T(ctx, "desk.more", "n", perPage)
			v.More.Href = root + "/find?" + url.Values{"q": {v.Query}, "after": {next.String()}}.Encode()
		}
		if q.Get("after") != "" {
			v.More.First, v.More.FirstHref = i18n.T(ctx, "desk.more.first"), root+"/find?"+url.Values{"q": {v.Query}}.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, foundPage(v))
}

// toneOf says of a state whether something is wanting.
func toneOf(state cases.State) ui.Tone {
	switch state {
	case cases.StateCorrecting:
		return ui.ToneWarn
	case cases.StateGranted, cases.StateCertified, cases.StateDelivered:
		return ui.ToneGood
	case cases.StateRefused, cases.StateNotAccepted, cases.StateReturned:
		return ui.ToneBad
	default:
		return ui.ToneLine
	}
}

// nothing is shown where no application was found.
func (v foundView) nothing(ctx context.Context) ui.Nothing {
	n := ui.Nothing{Title: i18n.T(ctx, "desk.find.none"), Text: i18n.T(ctx, "desk.find.none.text")}
	if v.New {
		n.Act = &ui.Act{Text: i18n.T(ctx, "desk.new.act"), Href: root + "/new", Icon: "plus"}
	}
	return n
}
