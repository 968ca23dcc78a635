package delivery

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	pageSize = 20
	soonDays = 2 // working days before its last day on which a parcel turns yellow
	mostText = 60
)

// The lists of the desk.
const (
	listWindow  = "window"
	listCourier = "courier"
	listOnRoad  = "sent"
)

// deskView is what waits to be handed over.
type deskView struct {
	ui.Page
	List   string
	Query  string
	Tabs   []ui.Link
	Groups []ui.Group
	Next   string
	Paged  bool
	Count  int
}

// desk lists what waits; ?q= finds by the number of a case or a waybill.
func (s *Service) desk(w http.ResponseWriter, r *http.Request) error {
	return s.deskPage(w, r, shorten(r.URL.Query().Get("q")), byNumber)
}

// search finds by the holder's name as well: it is posted, because names of
// people do not belong in addresses.
func (s *Service) search(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	return s.deskPage(w, r, shorten(r.PostForm.Get("q")), byAll)
}

func (s *Service) deskPage(w http.ResponseWriter, r *http.Request, query string, look finder) error {
	ctx, q := r.Context(), r.URL.Query()
	v := deskView{Page: s.Frame(r, i18n.T(ctx, "delivery.title")), List: q.Get("list"), Query: query}
	if v.List != listCourier && v.List != listOnRoad {
		v.List = listWindow
	}
	var list []Parcel
	var today calendar.Date
	var cal *calendar.Calendar
	var counts [3]int
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		today = calendar.DateOf(tx.Now())
		if cal, err = s.Calendar(tx); err != nil {
			return err
		}
		if counts[0], counts[1], counts[2], err = countWaiting(tx); err != nil {
			return err
		}
		list, err = listFor(tx, v.List, v.Query, look, q.Get("after"))
		return err
	})
	if err != nil {
		return err
	}
	v.Paged = v.Query == "" && q.Get("after") != ""
	if v.Query == "" && len(list) > pageSize {
		list = list[:pageSize]
		last := list[pageSize-1]
		v.Next = "/delivery?" + url.Values{"list": {v.List}, "after": {fmt.Sprintf("%s.%d", last.Result.Due, last.ID)}}.Encode()
	}
	v.Count, v.Groups = len(list), groups(r, cal, list, today)
	for i, name := range []string{listWindow, listCourier, listOnRoad} {
		v.Tabs = append(v.Tabs, ui.Link{
			Text: i18n.T(ctx, "delivery.list."+name), Href: "/delivery?list=" + name, Count: strconv.Itoa(counts[i]),
			Current: v.Query == "" && name == v.List,
		})
	}
	return web.Show(w, r, http.StatusOK, deskPage(v))
}

// listFor reads one list, or what a search finds. after is the day and id of the
// last row seen; nonsense means the beginning.
func listFor(tx *db.Tx, list, query string, look finder, after string) ([]Parcel, error) {
	if query != "" {
		return look(tx, query, pageSize)
	}
	day, number, _ := strings.Cut(after, ".")
	due, err := calendar.ParseDate(day)
	if err != nil {
		due = 0
	}
	id, _ := strconv.ParseInt(number, 10, 64)
	if list == listOnRoad {
		return listSent(tx, id, pageSize+1)
	}
	return listWaiting(tx, Way(list), due, id, pageSize+1)
}

func shorten(text string) string {
	r := []rune(strings.TrimSpace(text))
	return string(r[:min(len(r), mostText)])
}

// groups sorts parcels by their light; what was handed over already comes last.
func groups(r *http.Request, cal *calendar.Calendar, list []Parcel, today calendar.Date) (all []ui.Group) {
	ctx := r.Context()
	for _, lamp := range []ui.Lamp{ui.Red, ui.Yellow, ui.Blue, ui.Stop} {
		g := ui.Group{Lamp: lamp, Words: i18n.T(ctx, "delivery.lamp."+string(lamp))}
		for _, p := range list {
			left := cal.Workdays(today, p.Result.Due)
			if lampOf(p, left, today) == lamp {
				g.Rows = append(g.Rows, row(r, p, lamp, left, today))
			}
		}
		if len(g.Rows) > 0 {
			g.Note = i18n.T(ctx, "delivery.count", "n", len(g.Rows))
			all = append(all, g)
		}
	}
	return all
}

func lampOf(p Parcel, left int, today calendar.Date) ui.Lamp {
	switch {
	case p.State != Waiting:
		return ui.Stop
	case today > p.Result.Due: // on a rest day after it, no working day is left or lost
		return ui.Red
	case left <= soonDays:
		return ui.Yellow
	}
	return ui.Blue
}

func row(r *http.Request, p Parcel, lamp ui.Lamp, left int, today calendar.Date) ui.Row {
	ctx := r.Context()
	out := ui.Row{
		Lamp: lamp, Title: p.Result.PartyName + "　" + p.Result.Name, No: p.Result.CaseNo, Who: p.Result.ItemName,
		Href: p.path(""), Due: p.Result.Due.Near(ctx, today), Step: i18n.T(ctx, "delivery.way."+string(p.Result.Way)),
	}
	if p.Shelf != "" {
		out.From = i18n.T(ctx, "delivery.shelf.at", "shelf", p.Shelf)
	}
	switch {
	case p.State != Waiting:
		out.Words, out.Due, out.From = i18n.T(ctx, "delivery.state."+string(p.State)), calendar.DateOf(p.DoneAt).Near(ctx, today), p.Company
	case left < 0:
		out.Words = i18n.T(ctx, "delivery.late", "n", -left)
	case today > p.Result.Due:
		out.Words = i18n.T(ctx, "delivery.late.rest")
	case left == 0:
		out.Words = i18n.T(ctx, "delivery.left.today")
	default:
		out.Words = i18n.T(ctx, "delivery.left", "n", left)
	}
	return out
}

// path is the page of a parcel, or a part of it. What waits is the only one of its
// case that does; the others are named.
func (p Parcel) path(part string) string {
	at := "/delivery/" + strconv.FormatInt(p.Result.Case, 10) + part
	if p.State != Waiting {
		at += "?parcel=" + strconv.FormatInt(p.ID, 10)
	}
	return at
}

// act is where a form on the parcel is sent: it names the parcel, so that nobody hands
// over another version than the one that they saw.
func (p Parcel) act(part string) string {
	on := On{Case: p.Result.Case, Parcel: p.ID}
	page, query, _ := strings.Cut(on.path(), "?")
	return page + part + "?" + query
}

// path is the page of the parcel that an address named.
func (on On) path() string {
	p := Parcel{ID: on.Parcel, Result: Result{Case: on.Case}, State: Waiting}
	if on.Parcel != 0 {
		p.State = ""
	}
	return p.path("")
}

// beside links the other parcels of the case.
func (v *parcelView) beside(tx *db.Tx) error {
	list, err := listOf(tx, v.Result.Case)
	for _, p := range list {
		if p.ID != v.ID {
			v.Others = append(v.Others, ui.Link{Text: p.title(tx.Context()), Href: p.path("")})
		}
	}
	return err
}

// title tells the parcels of one case apart.
func (p Parcel) title(ctx context.Context) string {
	name := p.Result.Name
	if p.Result.Version > 1 {
		name += "　" + i18n.T(ctx, "delivery.version", "n", p.Result.Version)
	}
	return name + "　" + i18n.T(ctx, "delivery.state."+string(p.State))
}

// onOf is the parcel of the address.
func onOf(r *http.Request) (on On, err error) {
	if on.Case, err = strconv.ParseInt(r.PathValue("case"), 10, 64); err == nil && r.URL.Query().Has("parcel") {
		on.Parcel, err = strconv.ParseInt(r.URL.Query().Get("parcel"), 10, 64)
	}
	if err != nil || on.Case <= 0 || on.Parcel < 0 {
		return on, fault.New(fault.Unknown, "delivery.unknown")
	}
	return on, nil
}

// parcelView is the page of one parcel.
type parcelView struct {
	ui.Page
	Parcel
	Collectors []Collector
	Others     []ui.Link // the other parcels of the case
	Licence    bool      // of the proof of delivery: the law of licences speaks of it
	Key        string
	Form       url.Values // what was typed, when it has to be mended
	Errors     map[string]string
	Problem    string
}

func (s *Service) show(w http.ResponseWriter, r *http.Request) error {
	return s.parcelPage(w, r, nil, nil)
}

// parcelPage shows one parcel; failed is what kept it from being handed over and
// typed what the form held.
func (s *Service) parcelPage(w http.ResponseWriter, r *http.Request, typed url.Values, failed error) error {
	on, err := onOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := parcelView{Page: s.Frame(r, i18n.T(ctx, "delivery.parcel.title")), Key: rand.Text(), Form: typed}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Parcel, err = s.find(tx, on); err != nil {
			return err
		}
		if err := v.beside(tx); err != nil || v.State != Waiting {
			return err
		}
		v.Collectors, err = s.Collectors(tx, on.Case)
		return err
	})
	if err != nil {
		return err
	}
	if v.State == Waiting && (v.Result.Way == Courier || v.Result.Wish.Address != "") { // it stands in the form for the courier
		if err := s.Saw(ctx, auth.From(ctx), on.Case); err != nil {
			return err
		}
	}
	code := http.StatusOK
	if failed != nil {
		code = web.Status(failed)
		v.Wrong = true
		if v.Errors = web.FieldWords(ctx, failed); len(v.Errors) == 0 {
			v.Problem = web.Words(ctx, failed)
		}
	}
	return web.Show(w, r, code, parcelPage(v))
}

// post runs an act on the parcel of the address and shows the parcel, with what
// was typed when it has to be mended.
func (s *Service) post(w http.ResponseWriter, r *http.Request, flash string, do func(on On, who auth.Actor, form url.Values) error) error {
	on, err := onOf(r)
	if err != nil {
		return err
	}
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	err = do(on, auth.From(ctx), r.PostForm)
	switch {
	case err == nil:
		if s.Flash != nil {
			s.Flash(ctx, i18n.T(ctx, flash))
		}
		return web.SeeOther(w, r, on.path())
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale):
		return s.parcelPage(w, r, r.PostForm, err)
	}
	return err
}

func (s *Service) postHand(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, "delivery.handed.flash", func(on On, who auth.Actor, form url.Values) error {
		return s.Hand(r.Context(), who, Handover{
			On: on, Name: form.Get("name"), Number: form.Get("number"), Mandate: form.Get("mandate"), Key: form.Get("_key"),
		})
	})
}

func (s *Service) postSend(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, "delivery.sent.flash", func(on On, who auth.Actor, form url.Values) error {
		return s.Send(r.Context(), who, Dispatch{
			On: on, Company: form.Get("company"), Waybill: form.Get("waybill"), Key: form.Get("_key"),
		})
	})
}

func (s *Service) postReceived(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, "delivery.received.flash", func(on On, who auth.Actor, form url.Values) error {
		day, err := calendar.ParseDate(strings.TrimSpace(form.Get("day")))
		if err != nil {
			day = 0 // told as a day that is missing
		}
		return s.Receive(r.Context(), who, Signed{On: on, Day: day, By: form.Get("by")})
	})
}

func (s *Service) postShelf(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, "delivery.shelf.flash", func(on On, who auth.Actor, form url.Values) error {
		return s.Shelve(r.Context(), who, on.Case, form.Get("shelf"))
	})
}

// slip is the proof of delivery to print and sign (送达回证). A notice speaks the
// language of the law, whatever the page's.
func (s *Service) slip(w http.ResponseWriter, r *http.Request) error {
	on, err := onOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := parcelView{Page: s.Frame(r, i18n.T(ctx, "delivery.slip.title"))}
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Parcel, err = s.find(tx, on); err != nil {
			return err
		}
		v.Licence, err = s.Licence(tx, on.Case)
		return err
	}); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, slipPage(v))
}
