package office

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	peoplePath = "/admin/people"
	peopleMost = 50 // of one page
)

func personPath(id int64) string { return peoplePath + "/" + strconv.FormatInt(id, 10) }

// peopleView is the list of people.
type peopleView struct {
	ui.Page
	Query string
	List  []member
	Here  int
	Next  string
}

func (s *Service) showPeople(w http.ResponseWriter, r *http.Request) error {
	return s.peoplePage(w, r, "", number64(r.URL.Query().Get("after")))
}

// findPeople is posted: names of people do not belong in addresses.
func (s *Service) findPeople(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	return s.peoplePage(w, r, strings.TrimSpace(r.PostForm.Get("q")), 0)
}

func (s *Service) peoplePage(w http.ResponseWriter, r *http.Request, query string, after int64) error {
	v := peopleView{Page: s.Frame(r, i18n.T(r.Context(), "office.people.title")), Query: query}
	v.Page.Path = peoplePath
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.Here, err = countPeople(tx); err != nil {
			return err
		}
		v.List, err = listPeople(tx, query, after, peopleMost+1)
		return err
	})
	if err != nil {
		return err
	}
	if len(v.List) > peopleMost {
		v.List = v.List[:peopleMost]
		if query == "" {
			v.Next = peoplePath + "?after=" + strconv.FormatInt(v.List[peopleMost-1].ID, 10)
		}
	}
	return web.Show(w, r, http.StatusOK, peopleList(v))
}

// personView is somebody with the forms that change them, or the form of somebody
// new.
type personView struct {
	ui.Page
	Key     string
	New     bool
	Staff   Staff
	Posts   []Post
	Units   []Unit
	Names   map[string]string // of units
	Mobile  bool              // a number is kept
	Typed   Newcomer
	Trouble string
	Wrong   map[string]string
}

func (v personView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "name", "no", "unit", "mobile")
}

func (s *Service) showNewPerson(w http.ResponseWriter, r *http.Request) error {
	return s.personPage(w, r, http.StatusOK, personView{New: true, Typed: Newcomer{Unit: r.URL.Query().Get("unit")}})
}

func (s *Service) showPerson(w http.ResponseWriter, r *http.Request) error {
	return s.personPage(w, r, http.StatusOK, personView{})
}

func (s *Service) personPage(w http.ResponseWriter, r *http.Request, code int, v personView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error { return s.fillPerson(tx, pathID(r), &v) })
	if err != nil {
		return err
	}
	v.Key = rand.Text()
	title, path := i18n.T(r.Context(), "office.add_person"), peoplePath+"/new"
	if !v.New {
		title, path = i18n.T(r.Context(), "office.person"), personPath(v.Staff.ID) // no name in a title
	}
	v.Page = s.Frame(r, title)
	v.Page.Path, v.Page.Wrong = path, v.Trouble != ""
	return web.Show(w, r, code, personPage(v))
}

func (s *Service) fillPerson(tx *db.Tx, id int64, v *personView) (err error) {
	if v.Units, err = listUnits(tx); err != nil || v.New {
		return err
	}
	v.Names = make(map[string]string, len(v.Units))
	for _, u := range v.Units {
		v.Names[u.Code] = u.Name
	}
	if v.Staff, err = s.Staff(tx, id); err != nil {
		return err
	}
	if v.Trouble == "" {
		v.Typed = Newcomer{Name: v.Staff.Name, Unit: v.Staff.Unit}
	}
	for _, code := range v.Staff.Posts {
		p, err := findPost(tx, code)
		if err != nil {
			return err
		}
		v.Posts = append(v.Posts, p)
	}
	sealed, err := findMobile(tx, id)
	if err != nil {
		return err
	}
	mobile, err := s.Box.Open(sealed, aboutMobile(id))
	v.Mobile = len(mobile) > 0
	return err
}

func typedPerson(r *http.Request) Newcomer {
	f := r.PostForm
	return Newcomer{Name: f.Get("name"), No: f.Get("no"), Unit: f.Get("unit"), Mobile: f.Get("mobile")}
}

func (s *Service) postNewPerson(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, n := r.Context(), typedPerson(r)
	issued, err := s.AddPerson(ctx, auth.From(ctx), r.PostForm.Get("_key"), n)
	if mendable(err) {
		return s.personPage(w, r, web.Status(err), personView{New: true, Typed: n, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.issuedPage(w, r, issued)
}

func (s *Service) postPerson(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, n := r.Context(), typedPerson(r)
	err := s.ChangePerson(ctx, auth.From(ctx), r.PostForm.Get("_key"), pathID(r), n)
	if mendable(err) {
		return s.personPage(w, r, web.Status(err), personView{Typed: n, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.person", personPath(pathID(r)))
}

// issuedView shows a first password.
type issuedView struct {
	ui.Page
	Issued
	Who Staff
}

// issuedPage is the answer itself to the form, not a page to be sent on to: the
// password stands nowhere else, neither in an address nor in a session nor in a
// table.
func (s *Service) issuedPage(w http.ResponseWriter, r *http.Request, issued Issued) error {
	v := issuedView{Issued: issued}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { v.Who, err = findStaff(tx, issued.Staff); return err })
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(r.Context(), "office.issued.title"))
	v.Page.Path = personPath(issued.Staff)
	return web.Show(w, r, http.StatusOK, issuedPage(v))
}

func (s *Service) askReset(w http.ResponseWriter, r *http.Request) error {
	return s.askPerson(w, r, "office.reset", false)
}

func (s *Service) askLeft(w http.ResponseWriter, r *http.Request) error {
	return s.askPerson(w, r, "office.left", true)
}

// askPerson asks before something is done to somebody: key, key.title, key.text
// and key.no are its words.
func (s *Service) askPerson(w http.ResponseWriter, r *http.Request, key string, danger bool) error {
	ctx := r.Context()
	var p Staff
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { p, err = findStaff(tx, pathID(r)); return err })
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, askPage(s.Frame(r, i18n.T(ctx, key)), ui.Ask{
		Title: i18n.T(ctx, key+".title", "name", p.Name), Text: i18n.T(ctx, key+".text", "name", p.Name),
		Action: r.URL.Path, Yes: i18n.T(ctx, key), No: i18n.T(ctx, key+".no"), Danger: danger, Back: personPath(p.ID),
		Hidden: []ui.Hidden{{Name: "_key", Value: rand.Text()}},
	}))
}

func (s *Service) postReset(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	issued, err := s.ResetPassword(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), pathID(r))
	if err != nil {
		return err
	}
	return s.issuedPage(w, r, issued)
}

func (s *Service) postReturn(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	issued, err := s.Return(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), pathID(r))
	if err != nil {
		return err
	}
	return s.issuedPage(w, r, issued)
}

func (s *Service) postLeft(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	if err := s.Leave(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), pathID(r)); err != nil {
		return err
	}
	return s.done(w, r, "office.done.left", personPath(pathID(r)))
}
