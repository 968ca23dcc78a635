package office

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const hallPath = "/admin/hall"

func windowPath(code string) string { return hallPath + "/windows/" + url.PathEscape(code) }

// sorts are the sorts of days in the order of the form.
var sorts = []string{"weekday", "saturday", "sunday"}

// hallView is the hall's form and its windows.
type hallView struct {
	ui.Page
	Key     string
	Hall    Hall
	Spans   map[string]string // field to what was typed
	Posts   map[string]string // names
	Staff   map[int64]string
	Trouble string
	Wrong   map[string]string
}

func (v hallView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "name", "address", "weekday_1", "weekday_2", "saturday_1", "saturday_2",
		"sunday_1", "sunday_2", "noon", "evening", "selfhelp")
}

func (s *Service) showHall(w http.ResponseWriter, r *http.Request) error {
	return s.hallPage(w, r, http.StatusOK, hallView{})
}

func (s *Service) hallPage(w http.ResponseWriter, r *http.Request, code int, v hallView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error { return v.fill(tx) })
	if err != nil {
		return err
	}
	v.Key = rand.Text()
	v.Page = s.Frame(r, i18n.T(r.Context(), "office.hall.title"))
	v.Page.Path, v.Page.Wrong = hallPath, v.Trouble != ""
	return web.Show(w, r, code, hallPage(v))
}

func (v *hallView) fill(tx *db.Tx) error {
	if v.Trouble == "" {
		h, err := findHall(tx)
		if err != nil && !fault.Is(err, fault.Unknown) {
			return err
		}
		v.Hall, v.Spans = h, map[string]string{}
		for sort, day := range v.Hall.Hours.days() {
			for i, span := range *day {
				v.Spans[sort+"_"+strconv.Itoa(i+1)] = span.String()
			}
		}
	}
	windows, err := listWindows(tx)
	if err != nil {
		return err
	}
	v.Hall.Windows = windows
	posts, err := listPosts(tx)
	if err != nil {
		return err
	}
	v.Posts = map[string]string{}
	for _, p := range posts {
		v.Posts[p.Code] = p.Name
	}
	var ids []int64
	for _, w := range windows {
		ids = append(ids, w.Staff)
	}
	v.Staff, err = listNames(tx, ids)
	return err
}

func (s *Service) postHall(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := hallView{Spans: map[string]string{}, Hall: Hall{Name: f.Get("name"), Address: f.Get("address"),
		Hours: Hours{Noon: f.Get("noon"), Evening: f.Get("evening"), SelfHelp: f.Get("selfhelp")}}}
	bad := fault.Fields{}
	for sort, day := range v.Hall.Hours.days() {
		for _, n := range []string{"_1", "_2"} {
			typed := f.Get(sort + n)
			v.Spans[sort+n] = typed
			span, err := readSpan(typed)
			bad.Need(err == nil, sort+n, "office.hours_span")
			if typed != "" && err == nil {
				*day = append(*day, span)
			}
		}
	}
	err := bad.Err()
	if err == nil {
		err = s.SetHall(ctx, auth.From(ctx), f.Get("_key"), v.Hall)
	}
	if mendable(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.hallPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.hall", hallPath)
}

// readSpan reads "9:00-12:00" as people type it; nothing is no time.
func readSpan(typed string) (span Span, err error) {
	text := strings.NewReplacer("：", ":", "－", "-", "—", "-", "–", "-", "~", "-", "～", "-", "至", "-", "到", "-", " ", "", "　", "").Replace(typed)
	if text == "" {
		return span, nil
	}
	if from, to, found := strings.Cut(text, "-"); found {
		text = padded(from) + "-" + padded(to)
	}
	return span, span.UnmarshalText([]byte(text))
}

// padded is "09:00" of "9:00".
func padded(clock string) string {
	if len(clock) == len("9:00") {
		return "0" + clock
	}
	return clock
}

// windowView is the form of a window.
type windowView struct {
	ui.Page
	Key     string
	New     bool
	Typed   Window
	Seats   []Seat
	Trouble string
	Wrong   map[string]string
}

func (v windowView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "code", "name", "kind", "zone", "post", "staff", "scope")
}

// posts offers the posts of windows: those that receive and those that hand over.
func (v windowView) posts(choose string) []ui.Option {
	all := []ui.Option{{Text: choose}}
	for _, s := range v.Seats {
		all = append(all, ui.Option{Value: s.Post.Code, Text: s.Unit.Name + " " + s.Post.Name, On: s.Post.Code == v.Typed.Post})
	}
	return all
}

// clerks offers who holds such posts.
func (v windowView) clerks(nobody string) []ui.Option {
	var people []Person
	seen := map[int64]bool{}
	for _, s := range v.Seats {
		for _, h := range s.Holders {
			if !seen[h.ID] {
				seen[h.ID] = true
				h.Unit = s.Post.Name
				people = append(people, h)
			}
		}
	}
	return options(people, v.Typed.Staff, nobody)
}

func (s *Service) showNewWindow(w http.ResponseWriter, r *http.Request) error {
	return s.windowPage(w, r, http.StatusOK, windowView{New: true, Typed: Window{Kind: windowKinds[0]}})
}

func (s *Service) showWindow(w http.ResponseWriter, r *http.Request) error {
	var v windowView
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Typed, err = findWindow(tx, r.PathValue("window"))
		return err
	})
	if err != nil {
		return err
	}
	return s.windowPage(w, r, http.StatusOK, v)
}

func (s *Service) windowPage(w http.ResponseWriter, r *http.Request, code int, v windowView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		all, err := s.Seats(tx)
		for _, seat := range all {
			if k := seat.Post.Kind; k == Receive || k == Deliver || k == Issue || seat.Post.Code == v.Typed.Post {
				v.Seats = append(v.Seats, seat)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	v.Key = rand.Text()
	title, path := i18n.T(r.Context(), "office.add_window"), hallPath+"/windows/new"
	if !v.New {
		title, path = i18n.T(r.Context(), "office.window.title", "code", v.Typed.Code), windowPath(v.Typed.Code)
	}
	v.Page = s.Frame(r, title)
	v.Page.Path, v.Page.Wrong = path, v.Trouble != ""
	return web.Show(w, r, code, windowPage(v))
}

func typedWindow(f url.Values, code string) Window {
	return Window{Code: code, Name: f.Get("name"), Kind: f.Get("kind"), Zone: f.Get("zone"), Post: f.Get("post"),
		Staff: number64(f.Get("staff")), Scope: f.Get("scope")}
}

func (s *Service) postNewWindow(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, win := r.Context(), typedWindow(r.PostForm, r.PostForm.Get("code"))
	return s.keptWindow(w, r, windowView{New: true, Typed: win}, s.AddWindow(ctx, auth.From(ctx), r.PostForm.Get("_key"), win))
}

func (s *Service) postWindow(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, win := r.Context(), typedWindow(r.PostForm, r.PathValue("window"))
	return s.keptWindow(w, r, windowView{Typed: win}, s.ChangeWindow(ctx, auth.From(ctx), r.PostForm.Get("_key"), win))
}

func (s *Service) keptWindow(w http.ResponseWriter, r *http.Request, v windowView, err error) error {
	if mendable(err) {
		v.Trouble, v.Wrong = web.Words(r.Context(), err), web.FieldWords(r.Context(), err)
		return s.windowPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.window", hallPath)
}

func (s *Service) postCloseWindow(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	if err := s.CloseWindow(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), r.PathValue("window")); err != nil {
		return err
	}
	return s.done(w, r, "office.done.window_closed", hallPath)
}
