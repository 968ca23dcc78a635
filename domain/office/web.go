package office

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// seatView is one post with the forms that appoint, set a deputy and rename.
type seatView struct {
	ui.Page
	Key        string
	Seat       Seat
	Roles      []string
	Waiting    int // published items whose cases would wait here
	Colleagues []Person
	Everybody  []Person
	Today      string
	Typed      Arrangement
	Staff      int64  // chosen to be appointed
	Name       string // typed as the post's new name
	Trouble    string // what went wrong with the form
	What       string // text key of what was not done
	Wrong      map[string]string
}

func (s *Service) showSeat(w http.ResponseWriter, r *http.Request) error {
	return s.seatPage(w, r, http.StatusOK, seatView{})
}

func (s *Service) seatPage(w http.ResponseWriter, r *http.Request, code int, v seatView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Today = today(tx)
		if v.Seat, v.Colleagues, err = s.Seat(tx, r.PathValue("post")); err != nil {
			return err
		}
		if v.Everybody, err = listActive(tx, v.Seat.Post.Unit); err != nil {
			return err
		}
		waiting, err := s.waiting(tx)
		v.Waiting = waiting[v.Seat.Post.Code]
		return err
	})
	if err != nil {
		return err
	}
	v.Key, v.Roles = rand.Text(), gives(v.Seat.Post.Kind, v.Seat.Unit.Kind)
	v.Page = s.Frame(r, v.Seat.Post.Name+" "+v.Seat.Unit.Name)
	v.Page.Path, v.Page.Wrong = seatPath(v.Seat.Post.Code), v.Trouble != ""
	return web.Show(w, r, code, seatPage(v))
}

func (s *Service) postDeputy(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	a := Arrangement{Post: r.PathValue("post"), From: strings.TrimSpace(r.PostForm.Get("from")), To: strings.TrimSpace(r.PostForm.Get("to"))}
	a.Holder, a.Deputy = number64(r.PostForm.Get("holder")), number64(r.PostForm.Get("deputy"))
	err := s.SetDeputy(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), a)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.seatPage(w, r, web.Status(err), seatView{
			Typed: a, What: "office.set.wrong", Trouble: web.Words(r.Context(), err), Wrong: web.FieldWords(r.Context(), err),
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.set", seatPath(a.Post))
}

func (v seatView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "staff", "holder", "deputy", "from", "to", "name")
}

func (v seatView) holders() []ui.Option {
	var all []ui.Option
	for _, h := range v.Seat.Holders {
		all = append(all, ui.Option{Value: strconv.FormatInt(h.ID, 10), Text: h.Name + " " + h.No, On: h.ID == v.Typed.Holder})
	}
	return all
}

func (v seatView) colleagues(choose string) []ui.Option {
	return options(v.Colleagues, v.Typed.Deputy, choose)
}

// options offers people.
func options(people []Person, chosen int64, choose string) []ui.Option {
	all := []ui.Option{{Text: choose}}
	for _, p := range people {
		all = append(all, ui.Option{Value: strconv.FormatInt(p.ID, 10), Text: p.Name + " " + p.No + " " + p.Unit, On: p.ID == chosen})
	}
	return all
}

func (v seatView) everybody(choose string) []ui.Option { return options(v.Everybody, v.Staff, choose) }

func (s *Service) postHolder(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, post, staff := r.Context(), r.PathValue("post"), number64(r.PostForm.Get("staff"))
	err := s.Appoint(ctx, auth.From(ctx), r.PostForm.Get("_key"), post, staff)
	if mendable(err) {
		return s.seatPage(w, r, web.Status(err), seatView{
			Staff: staff, What: "office.appoint.wrong", Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err),
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.appointed", seatPath(post))
}

func (s *Service) postName(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, post, name := r.Context(), r.PathValue("post"), r.PostForm.Get("name")
	err := s.RenamePost(ctx, auth.From(ctx), r.PostForm.Get("_key"), post, name)
	if mendable(err) {
		return s.seatPage(w, r, web.Status(err), seatView{
			Name: name, What: "office.rename.wrong", Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err),
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.renamed", seatPath(post))
}

func (s *Service) askRelieve(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var (
		p    Staff
		post Post
	)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if post, err = findPost(tx, r.PathValue("post")); err != nil {
			return err
		}
		p, err = s.Staff(tx, pathID(r))
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, askPage(s.Frame(r, i18n.T(ctx, "office.relieve")), ui.Ask{
		Title: i18n.T(ctx, "office.relieve.title", "name", p.Name, "post", post.Name), Text: i18n.T(ctx, "office.relieve.text"),
		Action: r.URL.Path, Yes: i18n.T(ctx, "office.relieve"), No: i18n.T(ctx, "office.relieve.no"), Danger: true,
		Back: seatPath(post.Code), Hidden: []ui.Hidden{{Name: "_key", Value: rand.Text()}},
	}))
}

func (s *Service) postRelieve(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, post := r.Context(), r.PathValue("post")
	if err := s.Relieve(ctx, auth.From(ctx), r.PostForm.Get("_key"), post, pathID(r)); err != nil {
		return err
	}
	return s.done(w, r, "office.done.relieved", seatPath(post))
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
		Hidden: []ui.Hidden{{Name: "_key", Value: rand.Text()}},
	}))
}

func (s *Service) postEnd(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id := pathID(r)
	var a Arrangement
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { a, err = s.Arrangement(tx, id); return err })
	if err != nil {
		return err
	}
	if err := s.EndDeputy(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), id); err != nil {
		return err
	}
	return s.done(w, r, "office.done.ended", seatPath(a.Post))
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, next string) error {
	if s.Flash != nil {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, next)
}

// pathID is the id in the path; what is no number is nobody's id.
func pathID(r *http.Request) int64 { return number64(r.PathValue("id")) }

// number64 reads an id; what is no number is 0.
func number64(text string) int64 {
	id, _ := strconv.ParseInt(text, 10, 64)
	return id
}

// mendable reports whether the form is shown again with what is wrong.
func mendable(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) }

// summary lists what is wrong with a form, field by field in its order.
func summary(trouble string, wrong map[string]string, fields ...string) []ui.Wrong {
	var all []ui.Wrong
	for _, field := range fields {
		if words := wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 && trouble != "" {
		all = append(all, ui.Wrong{Field: fields[0], Text: trouble})
	}
	return all
}
