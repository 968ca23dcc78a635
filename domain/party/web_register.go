package party

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const registerPath = "/register"

// registerBody is what the page's form may weigh: it may carry another.
const registerBody = 4 << 20

// Carrier brings a form that was posted after its session had expired through the
// page where people register. Its fields may be nil: then nothing is carried.
type Carrier struct {
	// Fields are those of a posted form in which the other one travels.
	Fields func(form url.Values) []ui.Hidden
	// Resume offers that form to be posted again; went is false if there is none.
	Resume func(w http.ResponseWriter, r *http.Request, name string) (went bool, err error)
}

// registerView is the page where a person opens an account.
type registerView struct {
	ui.Page
	Typed   Registration
	Next    string
	Carried []ui.Hidden
	Places  []ui.Option
	Trouble string            // what went wrong with the form
	Wrong   map[string]string // field to words
}

func (v registerView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "name", "number", "legal_name", "legal_number", "mobile", "division", "password")
}

func (v registerView) body() bool { return v.Typed.Kind == Organization }

// path is the page's own address, for the other kind or the other language.
func (v registerView) path(kind Kind) string {
	q := url.Values{}
	if kind == Organization {
		q.Set("kind", string(kind))
	}
	if v.Next != "" {
		q.Set("next", v.Next)
	}
	if len(q) == 0 {
		return registerPath
	}
	return registerPath + "?" + q.Encode()
}

// signIn is where those go who have an account already.
func (v registerView) signIn() string {
	if v.Next == "" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(v.Next)
}

// nextOf is where to go after registering: a page of this site that is none of
// the way in, "" for the person's own data.
func nextOf(form url.Values) string {
	next := form.Get("next")
	if next == "" || web.Local(next) != next || strings.HasPrefix(next, "/sign-") || strings.HasPrefix(next, registerPath) {
		return ""
	}
	return next
}

func kindOf(text string) Kind {
	if Kind(text) == Organization {
		return Organization
	}
	return Person
}

func (s *Service) showRegister(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	v := registerView{Next: nextOf(query), Typed: Registration{Kind: kindOf(query.Get("kind"))}}
	// A person who is signed in may open the account of their organisation.
	if who := auth.From(r.Context()); who.Kind != auth.Visitor && (who.Kind != auth.Applicant || v.Typed.Kind != Organization) {
		return web.SeeOther(w, r, web.Local(v.Next))
	}
	return s.registerPage(w, r, http.StatusOK, v)
}

func (s *Service) registerPage(w http.ResponseWriter, r *http.Request, code int, v registerView) error {
	v.Typed.Key = rand.Text()
	v.Page = s.Frame(r, i18n.T(r.Context(), "party.register.title"))
	v.Page.Path, v.Page.Wrong = v.path(v.Typed.Kind), v.Trouble != ""
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Places, err = s.places(tx)
		return err
	})
	if err != nil {
		return err
	}
	if len(v.Places) > 0 {
		v.Places = append([]ui.Option{{Text: i18n.T(r.Context(), "party.division.none")}}, v.Places...)
	}
	return web.Show(w, r, code, registerPage(v))
}

// registerPace is that of registrations from one address: a hall may stand behind
// one, and whoever tries numbers out is stopped.
var registerPace = web.Pace{Burst: 30, Every: time.Minute}

// postRegister opens the account. With "ask" it shows the page instead, for that
// kind: so does who comes from signing in with a form, which no address can carry.
func (s *Service) postRegister(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, form := r.Context(), r.PostForm
	v := registerView{Next: nextOf(form), Typed: Registration{
		Kind: kindOf(form.Get("kind")), Name: form.Get("name"), Number: form.Get("number"), Mobile: form.Get("mobile"),
		Division: form.Get("division"), LegalName: form.Get("legal_name"), LegalNumber: form.Get("legal_number"),
		Password: form.Get("password"), Key: form.Get("_key"),
	}}
	if s.Carrier.Fields != nil {
		v.Carried = s.Carrier.Fields(form)
	}
	if ask := form.Get("ask"); ask != "" {
		v.Typed.Kind = kindOf(ask)
		return s.registerPage(w, r, http.StatusOK, v)
	}
	if !s.callers.May(web.Client(r), registerPace, s.DB.Now()) {
		return fault.New(fault.TooMany, "party.slow_down")
	}
	account, err := s.Register(ctx, auth.From(ctx), v.Typed)
	if mendable(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.registerPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if s.SignIn == nil {
		return s.done(w, r, "party.done.registered", v.signIn())
	}
	if err := s.SignIn(ctx, account); err != nil {
		return err
	}
	if s.Carrier.Resume != nil {
		if went, err := s.Carrier.Resume(w, r, v.Typed.input().Name); went || err != nil {
			return err
		}
	}
	if v.Next == "" {
		v.Next = profilePath
	}
	return s.done(w, r, "party.done.registered", v.Next)
}
