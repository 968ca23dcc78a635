package editor

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
)

// place is what a form is about: the item, or an entry of one of its lists.
type place struct {
	section section
	list    *list  // nil: the item
	row     string // id of the entry
	value   reflect.Value
	base    string // before the paths of its elements, in words: "materials."
}

// placeOf finds what a page is about. An entry that is not there any more is made anew where
// anew is set, so that what was typed into it has somewhere to stand.
func placeOf(it *catalog.Item, s section, row string, anew bool) (place, error) {
	at0 := place{section: s, value: reflect.ValueOf(it).Elem()}
	path, id, ok := strings.Cut(row, ".")
	if !ok {
		return at0, nil
	}
	l := s.list(path)
	if l == nil || !l.paged {
		return at0, fault.New(fault.Unknown, "editor.row.none")
	}
	rows := at(at0.value, l.path, false)
	i := indexOf(rows, l.key, id)
	if i < 0 {
		if !anew || rows.Len() >= mostParts {
			return at0, fault.New(fault.Unknown, "editor.row.none")
		}
		fresh := reflect.New(rows.Type().Elem()).Elem()
		member(fresh, l.key).SetString(id)
		rows.Set(reflect.Append(rows, fresh))
		i = rows.Len() - 1
	}
	return place{section: s, list: l, row: id, value: rows.Index(i), base: l.path + "."}, nil
}

func indexOf(rows reflect.Value, key, id string) int {
	for i := range rows.Len() {
		if member(rows.Index(i), key).String() == id {
			return i
		}
	}
	return -1
}

// groups are those that the form of the place has.
func (w place) groups() []group {
	if w.list == nil {
		return w.section.groups
	}
	elements := w.list.elements
	if m, ok := w.value.Interface().(catalog.Material); ok && m.Library != "" {
		elements = libraryMaterial
	}
	all := []group{{key: w.list.path, elements: elements}}
	if w.list.inner != nil {
		all = append(all, group{key: w.list.inner.path, list: w.list.inner})
	}
	return all
}

// read takes a form into the place.
func (w place) read(r *reader) {
	bound := ""
	f, isField := w.value.Addr().Interface().(*catalog.Field)
	if isField {
		bound = f.Element
	}
	for _, g := range w.groups() {
		r.elements(w.value, "", g.elements)
		w.state(r, g.elements)
		if g.list != nil {
			r.rows(w.value, g.list)
		}
	}
	if isField && f.Element != bound {
		f.Type = "" // that of the element which was chosen
	}
	settle(w.value)
}

// state notes which promises the form says and which it leaves open: a box left empty is no nought.
func (w place) state(r *reader, all []element) {
	it, ok := w.value.Addr().Interface().(*catalog.Item)
	for _, e := range all {
		if ok && (e.path == catalog.ElementCharged || e.path == catalog.ElementVisits) {
			it.State(e.path, strings.TrimSpace(r.form.Get(e.path)) != "")
		}
	}
}

// settle brings what was read into the form in which it is kept.
func settle(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *catalog.Item:
		if x.ActsOn != nil && *x.ActsOn == (catalog.ActsOn{}) {
			x.ActsOn = nil
		}
		if x.Access != nil && *x.Access == (catalog.Access{}) {
			x.Access = nil
		}
	case *catalog.Situation:
		if x.Kind == "" {
			x.Kind = "single"
		}
	case *catalog.Field:
		e := catalog.DataElementOf(x.Element)
		if e.Key == "" {
			x.Type = cmp.Or(x.Type, catalog.FieldText)
			return
		}
		if !slices.Contains(e.Types, x.Type) {
			x.Type = e.Types[0]
		}
		if x.Label == "" {
			x.Label = e.Name
		}
		if e.Shape != "" {
			x.Pattern = e.Shape
		}
	}
}

// post saves a page of the editor and does what the pressed button asks for besides: add,
// remove or move an entry, or one of the acts of acts.go.
func (p *Pages) post(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, ok := known(r.PathValue("section"))
	if !ok {
		return fault.New(fault.Unknown, "editor.none")
	}
	if err := web.Form(r); err != nil {
		return err
	}
	rd := &reader{form: r.PostForm, wrong: map[string]string{}}
	lock, _ := strconv.Atoi(r.PostForm.Get("lock")) // what is no number is a draft that has moved
	var it *catalog.Item
	var to, news string
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := p.Catalog.Change(tx, idOf(r))
		if err != nil {
			return err
		}
		if it = c.Item; strings.HasPrefix(r.PostForm.Get("act"), "bare.") {
			lock = c.Lock // a file takes no words away from anybody, whatever was looked at
		}
		where, err := placeOf(it, s, r.PostForm.Get("row"), true)
		if err != nil {
			return err
		}
		was, flow := it.BaseCode, it.FlowID
		if r.PostForm.Has("fields") {
			where.read(rd)
		}
		if err := fault.Fields(rd.wrong).Err(); err != nil {
			return err
		}
		if it.FlowID != flow {
			if err := p.Catalog.TakeFlow(tx, it); err != nil {
				return err
			}
		}
		d := &doing{Pages: p, ctx: ctx, tx: tx, id: c.ID, it: it, at: where, form: r.PostForm}
		to, err = d.do(r.PostForm.Get("act"))
		if err == nil && it.BaseCode != was && r.PostForm.Get("act") == "" {
			to, err = d.named(it.BaseCode, to)
		}
		news = d.news
		return err
	})
	if err == nil {
		_, err = p.Catalog.EditChange(ctx, auth.From(ctx), idOf(r), lock, func(next *catalog.Item) error { *next = *it; return nil })
	}
	if it != nil && told(err) {
		return p.page(w, r, web.Status(err), view{
			shown: it, Row: r.PostForm.Get("row"), Typed: r.PostForm, Unread: rd.wrong, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err),
			Moved: fault.Is(err, fault.Stale),
		}, s)
	}
	if err != nil {
		return err
	}
	switch {
	case news != "":
		p.tell(ctx, "editor.saved.base", "news", news)
	case rd.twice != "":
		p.tell(ctx, "editor.saved.twice", "text", rd.twice)
	default:
		p.tell(ctx, "editor.saved")
	}
	return web.SeeOther(w, r, to)
}

// told reports whether a fault is one that whoever pressed the button can mend on the page.
func told(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) || fault.Is(err, fault.TooLarge)
}

// doing is one act on a draft while its form is read.
type doing struct {
	*Pages
	ctx  context.Context //nolint:containedctx // of the one request that it lives for
	news string          // what was taken over from the base item
	tx   *db.Tx
	id   int64
	it   *catalog.Item
	at   place
	form url.Values
}

// here is the page from which the form came.
func (d *doing) here(anchor string) string {
	path := sectionPath(d.id, d.at.section.key)
	if d.at.list != nil {
		path = rowPath(d.id, d.at.section.key, d.at.list.path, d.at.row)
	}
	if anchor != "" {
		path += "#" + anchor
	}
	return path
}

// listOf finds a list of the place, or of its section, by its path.
func (d *doing) listOf(path string) *list {
	for _, g := range d.at.groups() {
		if g.list != nil && g.list.path == path {
			return g.list
		}
	}
	if d.at.list == nil {
		return d.at.section.list(path)
	}
	return nil
}

// onList adds an entry to a list, takes one out or moves it. What leads out of the list does
// nothing.
func (d *doing) onList(act, rest string) (string, error) {
	path, id := rest, ""
	if act != "add" {
		i := strings.LastIndex(rest, ".")
		if i < 0 {
			return d.here(""), nil
		}
		path, id = rest[:i], rest[i+1:]
	}
	l := d.listOf(path)
	if l == nil {
		return "", fault.New(fault.Unknown, "editor.row.none")
	}
	rows := at(d.at.value, l.path, true)
	if act == "add" {
		return d.add(l, rows)
	}
	i, err := strconv.Atoi(id)
	if l.paged {
		i, err = indexOf(rows, l.key, id), nil
	}
	if err != nil || i < 0 || i >= rows.Len() {
		return d.here(l.path), nil
	}
	swap := reflect.Swapper(rows.Interface())
	switch {
	case act == "remove":
		rows.Set(reflect.AppendSlice(rows.Slice3(0, i, i), rows.Slice(i+1, rows.Len())))
	case act == "up" && i > 0:
		swap(i, i-1)
	case act == "down" && i+1 < rows.Len():
		swap(i, i+1)
	}
	return d.here(l.path), nil
}

// add puts a new entry at the end of a list.
func (d *doing) add(l *list, rows reflect.Value) (string, error) {
	if rows.Len() >= mostParts {
		return "", fault.New(fault.Invalid, "editor.wrong.many")
	}
	row := reflect.New(rows.Type().Elem()).Elem()
	id := ""
	if l.letter != "" {
		var taken []string
		for i := range rows.Len() {
			taken = append(taken, member(rows.Index(i), l.key).String())
		}
		id = catalog.NewID(l.letter, taken)
		member(row, l.key).SetString(id)
	}
	begin(row, d.it)
	rows.Set(reflect.Append(rows, row))
	if l.paged {
		return rowPath(d.id, d.at.section.key, l.path, id), nil
	}
	return d.here(l.path + "." + strconv.Itoa(rows.Len()-1)), nil
}

// begin fills in what a new entry usually says.
func begin(v reflect.Value, it *catalog.Item) {
	switch x := v.Addr().Interface().(type) {
	case *catalog.Basis:
		x.Confidence = "medium" // it is to be compared with the text of the law yet
	case *catalog.FeeItem:
		x.Confidence = "medium"
	case *catalog.Situation:
		x.Kind, x.Options = "single", []catalog.Option{{Value: "a"}, {Value: "b"}}
	case *catalog.Material:
		*x = catalog.Material{ID: x.ID, Kind: "3", Source: "10", Necessity: "1", Form: "3", Originals: 1, Trust: "D"}
	case *catalog.Field:
		x.Type, x.Required = catalog.FieldText, true
	case *catalog.Step:
		x.Unit, x.Slot, x.Clock, x.Days = it.Unit, "review", "statutory", 1
	case *catalog.Special:
		x.Stops = true
	}
}
