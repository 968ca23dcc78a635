package office

import (
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

const postsPath = "/admin/posts"

func seatPath(post string) string { return postsPath + "/" + url.PathEscape(post) }

// seatsView is the list of posts.
type seatsView struct {
	ui.Page
	Query string
	Seats []Seat
	Today string
}

// people is how many work in the posts shown.
func (v seatsView) people() int {
	seen := map[int64]bool{}
	for _, s := range v.Seats {
		for _, h := range s.Holders {
			seen[h.ID] = true
		}
	}
	return len(seen)
}

func (s *Service) showSeats(w http.ResponseWriter, r *http.Request) error {
	v := seatsView{Page: s.Frame(r, i18n.T(r.Context(), "office.title")), Query: r.URL.Query().Get("q")}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Today = today(tx)
		v.Seats, err = s.Seats(tx, v.Query)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, seatsPage(v))
}

// seatView is one post with the form that sets a deputy.
type seatView struct {
	ui.Page
	Seat       Seat
	Colleagues []Person
	Today      string
	Typed      Arrangement
	Trouble    string            // what went wrong with the form
	Wrong      map[string]string // field to words
}

func (s *Service) showSeat(w http.ResponseWriter, r *http.Request) error {
	return s.seatPage(w, r, http.StatusOK, seatView{})
}

func (s *Service) seatPage(w http.ResponseWriter, r *http.Request, code int, v seatView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Today = today(tx)
		v.Seat, v.Colleagues, err = s.Seat(tx, r.PathValue("post"))
		return err
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, v.Seat.Post.Name+" "+v.Seat.Unit.Name)
	v.Page.Path, v.Page.Wrong = seatPath(v.Seat.Post.Code), v.Trouble != ""
	return web.Show(w, r, code, seatPage(v))
}

func (s *Service) postDeputy(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	a := Arrangement{Post: r.PathValue("post"), From: strings.TrimSpace(r.PostForm.Get("from")), To: strings.TrimSpace(r.PostForm.Get("to"))}
	a.Holder, _ = strconv.ParseInt(r.PostForm.Get("holder"), 10, 64)
	a.Deputy, _ = strconv.ParseInt(r.PostForm.Get("deputy"), 10, 64)
	_, err := s.SetDeputy(r.Context(), auth.From(r.Context()), a)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.seatPage(w, r, web.Status(err), seatView{
			Typed: a, Trouble: web.Words(r.Context(), err), Wrong: web.FieldWords(r.Context(), err),
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.set", seatPath(a.Post))
}

// summary lists what is wrong with the form, field by field in its order.
func (v seatView) summary() []ui.Wrong {
	var all []ui.Wrong
	for _, field := range []string{"holder", "deputy", "from", "to"} {
		if words := v.Wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 && v.Trouble != "" {
		all = append(all, ui.Wrong{Field: "deputy", Text: v.Trouble})
	}
	return all
}

func (v seatView) holders() []ui.Option {
	var all []ui.Option
	for _, h := range v.Seat.Holders {
		all = append(all, ui.Option{Value: strconv.FormatInt(h.ID, 10), Text: h.Name + " " + h.No, On: h.ID == v.Typed.Holder})
	}
	return all
}

func (v seatView) colleagues(choose string) []ui.Option {
	all := []ui.Option{{Text: choose}}
	for _, c := range v.Colleagues {
		all = append(all, ui.Option{Value: strconv.FormatInt(c.ID, 10), Text: c.Name + " " + c.No + " " + c.Unit, On: c.ID == v.Typed.Deputy})
	}
	return all
}

func (s *Service) askEnd(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var (
		a    Arrangement
		name string
		post Post
	)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if a, err = s.Arrangement(tx, pathID(r)); err != nil {
			return err
		}
		if post, err = findPost(tx, a.Post); err != nil {
			return err
		}
		names, err := listNames(tx, []int64{a.Deputy})
		name = names[a.Deputy]
		return err
	})
	if err != nil {
		return err
	}
	p := s.Frame(r, i18n.T(ctx, "office.end"))
	return web.Show(w, r, http.StatusOK, askPage(p, ui.Ask{
		Title: i18n.T(ctx, "office.end.title", "name", name), Text: i18n.T(ctx, "office.end.text", "name", name, "post", post.Name),
		Action: r.URL.Path, Yes: i18n.T(ctx, "office.end"), No: i18n.T(ctx, "office.end.no"), Danger: true, Back: seatPath(a.Post),
	}))
}

func (s *Service) postEnd(w http.ResponseWriter, r *http.Request) error {
	id := pathID(r)
	var a Arrangement
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { a, err = s.Arrangement(tx, id); return err })
	if err != nil {
		return err
	}
	if err := s.EndDeputy(r.Context(), auth.From(r.Context()), id); err != nil {
		return err
	}
	return s.done(w, r, "office.done.ended", seatPath(a.Post))
}

func (s *Service) askLeft(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var p Staff
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { p, err = s.Staff(tx, pathID(r)); return err })
	if err != nil {
		return err
	}
	back := postsPath
	if len(p.Posts) > 0 {
		back = seatPath(p.Posts[0])
	}
	return web.Show(w, r, http.StatusOK, askPage(s.Frame(r, i18n.T(ctx, "office.left")), ui.Ask{
		Title: i18n.T(ctx, "office.left.title", "name", p.Name), Text: i18n.T(ctx, "office.left.text", "name", p.Name),
		Action: r.URL.Path, Yes: i18n.T(ctx, "office.left"), No: i18n.T(ctx, "office.left.no"), Danger: true, Back: back,
	}))
}

func (s *Service) postLeft(w http.ResponseWriter, r *http.Request) error {
	if err := s.Leave(r.Context(), auth.From(r.Context()), pathID(r)); err != nil {
		return err
	}
	return s.done(w, r, "office.done.left", postsPath)
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, next string) error {
	if s.Flash != nil {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, next)
}

// pathID is the id in the path; what is no number is nobody's id.
func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}
