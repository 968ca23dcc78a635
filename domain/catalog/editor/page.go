package editor

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// view is one page of the editor.
type view struct {
	ui.Page
	Change   *catalog.Change
	Item     *catalog.Item // as the page shows it
	Section  string        // "" on the overview
	Row      string        // the entry, "materials.m1"
	Title    string        // of the section or the entry
	Parts    []part
	Troubles []change.Trouble // of the whole draft

	Typed   url.Values        // what was refused
	Unread  map[string]string // elements that could not be read
	Trouble string
	Wrong   map[string]string // words by element
	Other   string            // who began the draft, where whoever looks has had no hand in it yet and may review
	Moved   bool              // somebody else was quicker
	File    string            // the file that was refused

	shown *catalog.Item // instead of what is kept
	at    place
	words change.Words

	units, certificates []ui.Option
	posts               []Post
	flows               []catalog.Template
	base                *baseView
	shelf               *shelf
	others              *others
	road                *road
	trial               *trialView
	newer               bool   // another version of its drawn flow is in force
	preview             string // "wide" or "phone"
	query               url.Values
}

// part is one section in the list at the side.
type part struct {
	Key   string
	Link  ui.Link
	Empty bool // nothing is written there
	Spare bool // most items leave it empty
	Blank int  // elements that items should have and that say nothing yet
	Wrong int  // what must be put right
	Could int  // what could be better
}

func (p *Pages) overview(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, http.StatusOK, view{}, section{})
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	s, ok := known(r.PathValue("section"))
	if !ok {
		return fault.New(fault.Unknown, "editor.none")
	}
	return p.page(w, r, http.StatusOK, view{Row: r.URL.Query().Get("row")}, s)
}

// page shows a section, or the overview where it is none; v brings what was typed and refused. A draft that is not to be
// edited any more leads back to its change.
func (p *Pages) page(w http.ResponseWriter, r *http.Request, code int, v view, s section) error {
	ctx := r.Context()
	v.Section, v.query = s.key, r.URL.Query()
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error { return p.fill(ctx, tx, idOf(r), &v, s) })
	if err != nil {
		return err
	}
	if who := auth.From(ctx); who.May(catalog.Review) && !v.Change.EditedBy(who.Staff) {
		v.Other = v.Change.Author.Name
	}
	if st := v.Change.State; st != catalog.ChangeDrafted && st != catalog.ChangeReturned {
		return web.SeeOther(w, r, catalog.ChangePath(v.Change.ID))
	}
	v.Page = p.Frame(r, i18n.T(ctx, "editor.title", "name", v.name()))
	v.Page.Path, v.Page.Wrong = r.URL.RequestURI(), v.Trouble != ""
	if r.Method == http.MethodPost {
		v.Page.Path = v.here()
	}
	if s.key == "" {
		return web.Show(w, r, code, overviewPage(v))
	}
	return web.Show(w, r, code, sectionPage(v))
}

func (p *Pages) fill(ctx context.Context, tx *db.Tx, id int64, v *view, s section) (err error) {
	if v.Change, err = p.Catalog.Change(tx, id); err != nil {
		return err
	}
	if v.Troubles, err = change.Troubles(ctx, tx, p.Catalog, v.Change); err != nil {
		return err
	}
	if v.Item = v.shown; v.Item == nil {
		v.Item = v.Change.Item
	}
	if v.at, err = placeOf(v.Item, s, v.Row, v.shown != nil); err != nil {
		return err
	}
	v.words = change.Words{New: v.Item}
	if p.Catalog.UnitName != nil {
		v.words.Unit = func(code string) string { return p.Catalog.UnitName(tx, code) }
	}
	if p.Catalog.PostName != nil {
		v.words.Post = func(code string) string { return p.Catalog.PostName(tx, code) }
	}
	names, err := p.Catalog.NamesOf(tx, v.Item)
	if err != nil {
		return err
	}
	v.words.Item = func(code string) string { return names[code] }
	v.words.Flow = func(id string) string {
		for _, t := range v.flows {
			if t.ID == id {
				return t.Name
			}
		}
		return ""
	}
	v.parts(ctx)
	v.Title = i18n.T(ctx, "editor.section."+s.key)
	if err := p.choices(tx, v); err != nil {
		return err
	}
	switch {
	case s.key == "basics":
		err = p.readBase(ctx, tx, v)
	case s.key == "situations" && v.Row == "":
		v.try(ctx)
	case s.key == "situations":
		err = p.readOthers(tx, v)
	case s.key == "materials" && v.Row == "":
		err = p.readShelf(tx, v)
	case s.key == "form":
		v.preview = "phone"
		if v.query.Get("preview") == "wide" {
			v.preview = "wide"
		}
	case s.key == "steps" && v.Row == "":
		p.readRoad(ctx, v)
	}
	return err
}

// choices reads what elements are chosen from.
func (p *Pages) choices(tx *db.Tx, v *view) (err error) {
	if p.Units != nil {
		if v.units, err = p.Units(tx); err != nil {
			return err
		}
	}
	if v.posts, err = p.posts(tx); err != nil {
		return err
	}
	types, err := p.Catalog.CertificateTypes(tx)
	if err != nil {
		return err
	}
	for _, t := range types {
		v.certificates = append(v.certificates, ui.Option{Value: t.Code, Text: t.Name})
	}
	templates, err := p.Catalog.TemplatesFor(tx, v.Item)
	if err != nil {
		return err
	}
	v.newer, err = p.Catalog.NewerFlow(tx, v.Item)
	for _, t := range templates {
		v.flows = append(v.flows, t)
	}
	slices.SortFunc(v.flows, func(a, b catalog.Template) int { return strings.Compare(a.ID, b.ID) })
	return err
}

// parts lists the sections with how much is wrong in each.
func (v *view) parts(ctx context.Context) {
	for _, s := range sections {
		one := part{Key: s.key, Link: ui.Link{Text: i18n.T(ctx, "editor.section."+s.key), Href: sectionPath(v.Change.ID, s.key), Current: s.key == v.Section}}
		for _, t := range v.Troubles {
			switch {
			case t.Section != s.key:
			case t.Advice:
				one.Could++
			default:
				one.Wrong++
			}
		}
		any, blank := s.filled(v.Change.Item)
		one.Empty, one.Blank, one.Spare = !any, blank, slices.Contains(spare, s.key)
		v.Parts = append(v.Parts, one)
	}
}

// here lists the troubles of the page, those of its entry alone where it is about one.
func (v view) troublesHere() (all []change.Trouble) {
	for _, t := range v.Troubles {
		if t.Section == v.Section && (v.Row == "" || t.Row == v.Row) {
			all = append(all, t)
		}
	}
	return all
}

// troublesOf are those of one section for the overview.
func (v view) troublesOf(section string) (all []change.Trouble) {
	for _, t := range v.Troubles {
		if t.Section == section {
			all = append(all, t)
		}
	}
	return all
}

// wrongs counts what keeps the draft from being submitted.
func (v view) wrongs() (n int) {
	for _, t := range v.Troubles {
		if !t.Advice {
			n++
		}
	}
	return n
}

// link leads to where a trouble is put right.
func (v view) link(t change.Trouble) string {
	return t.Path(Path(v.Change.ID))
}

func (v view) name() string {
	if v.Change.Item.Name != "" {
		return v.Change.Item.Name
	}
	return v.Change.Code
}

// sectionName is what the page is called in the list of sections.
func (v view) sectionName(ctx context.Context) string {
	if v.Section == "" {
		return i18n.T(ctx, "editor.overview")
	}
	return v.Title
}

// here is the address of the page.
func (v view) here() string {
	if v.at.list != nil {
		return rowPath(v.Change.ID, v.Section, v.at.list.path, v.at.row)
	}
	return sectionPath(v.Change.ID, v.Section)
}

// summary lists what could not be read, in the order of the form.
func (v view) summary(ctx context.Context) (all []ui.Wrong) {
	for _, g := range v.at.groups() {
		for _, e := range g.elements {
			all = append(all, v.complaint(ctx, e.path, v.label(ctx, v.at.base, e))...)
		}
		if g.list == nil {
			continue
		}
		for i := range at(v.at.value, g.list.path, false).Len() {
			for _, e := range g.list.elements {
				all = append(all, v.complaint(ctx, g.list.path+"."+strconv.Itoa(i)+"."+e.path, v.label(ctx, v.at.base+g.list.path+".", e))...)
			}
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Text: v.Trouble})
	}
	return all
}

func (v view) complaint(ctx context.Context, name, label string) []ui.Wrong {
	if v.Wrong[name] == "" {
		return nil
	}
	return []ui.Wrong{{Field: name, Text: label + i18n.T(ctx, "editor.colon") + v.Wrong[name]}}
}

// label is what an element is called: as in differences, unless the editor has words of its own.
func (v view) label(ctx context.Context, base string, e element) string {
	path := base + e.path
	if e.kind == marks {
		return i18n.T(ctx, "editor.marks."+path)
	}
	return labelOf(ctx, path)
}

func labelOf(ctx context.Context, path string) string {
	if words := said(ctx, "editor.el."+path); words != "" {
		return words
	}
	return i18n.T(ctx, "change.el."+path)
}

// values are what an element is chosen from.
func (v view) values(ctx context.Context, e element) (all []ui.Option) {
	switch e.from {
	case "units":
		return slices.Clone(v.units)
	case "time":
		for _, u := range []string{catalog.Workday, catalog.Day, catalog.Month, catalog.Hour, catalog.Minute} {
			all = append(all, ui.Option{Value: u, Text: i18n.T(ctx, "editor.unit."+u)})
		}
		return all
	case "certificates":
		return slices.Clone(v.certificates)
	case "posts":
		for _, p := range v.posts {
			all = append(all, ui.Option{Value: p.Code, Text: v.unitName(p.Unit) + " · " + p.Name})
		}
		for _, end := range []string{"township.clerk", "township.chief"} {
			all = append(all, ui.Option{Value: "@" + end, Text: i18n.T(ctx, "catalog.post."+end)})
		}
		return all
	case "flows":
		for _, t := range v.flows {
			all = append(all, ui.Option{Value: t.ID, Text: t.Name})
		}
		return all
	case "slots":
		for _, s := range v.slots() {
			all = append(all, ui.Option{Value: s, Text: slotName(ctx, s)})
		}
		return all
	case "elements":
		for _, d := range catalog.DataElements() {
			all = append(all, ui.Option{Value: d.Key, Text: d.Called(i18n.Lang(ctx))})
		}
		return all
	case "opiners":
		for _, u := range v.Item.Opiners() {
			all = append(all, ui.Option{Value: u, Text: v.unitName(u)})
		}
		return all
	}
	if e.codes != "" {
		for _, c := range catalog.Codes(e.codes).Codes {
			all = append(all, ui.Option{Value: c.Value, Text: c.Words(i18n.Lang(ctx))})
		}
		return all
	}
	for _, value := range e.of {
		all = append(all, ui.Option{Value: value, Text: i18n.T(ctx, e.words+value)})
	}
	return all
}

// slots are those of the flows that the item may take, first those of its own.
func (v view) slots() []string {
	var all []string
	for _, own := range []bool{true, false} {
		for _, t := range v.flows {
			if (t.ID == v.Item.FlowID) != own {
				continue
			}
			for _, s := range t.Slots() {
				if !slices.Contains(all, s) {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

func slotName(ctx context.Context, slot string) string {
	if words := said(ctx, "directory.slot."+slot); words != "" {
		return words
	}
	return slot
}

func (v view) unitName(code string) string {
	if i := slices.IndexFunc(v.units, func(o ui.Option) bool { return o.Value == code }); i >= 0 {
		return v.units[i].Text
	}
	return code
}

// shownOf is what a control shows: what was typed where it could not be read, else what the item says.
func (v view) shownOf(root reflect.Value, name string, e element) []string {
	if v.Unread[name] != "" {
		return v.Typed[name]
	}
	x := at(root, e.path, false)
	if !x.IsValid() || v.at.list == nil && !v.Item.States(name) {
		return nil
	}
	if e.kind == truth && !x.Bool() {
		return []string{"false"}
	}
	return shown(x, e.kind)
}

// fixed reports whether a list is not put together here: the steps of an item that follows a drawn flow are those of
// the drawing.
func (v view) fixed(l *list) bool { return l.path == "steps" && v.Item.Drawn != "" }
