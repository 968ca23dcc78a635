package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// signInBody is what the sign-in form may weigh: a carried form, percent-encoded.
const signInBody = 4 * carryMost

// signInView is the sign-in page's content.
type signInView struct {
	ui.Page
	Login    string
	Next     string
	Carried  carried
	Error    string // why the last try failed
	Register bool   // people may open an account of their own
	Demo     []DemoGroup
}

// form is what every form of the page carries besides login and password.
func (v signInView) form() []ui.Hidden {
	return append([]ui.Hidden{{Name: "next", Value: v.Next}}, v.Carried.hidden()...)
}

// register is the page where newcomers open an account, and go on from there.
func (v signInView) register() string {
	if v.Next == "" {
		return "/register"
	}
	return "/register?next=" + url.QueryEscape(v.Next)
}

// showSignIn answers GET /sign-in. Somebody signed in already goes on at once.
func (s *Service) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := nextOf(r.URL.Query())
	if who := auth.From(r.Context()); who.Kind != auth.Visitor && next != "" {
		return web.SeeOther(w, r, next)
	}
	return s.signInPage(w, r, http.StatusOK, signInView{Next: next})
}

// nextOf is where to go after signing in, "" for the person's own landing page.
func nextOf(form url.Values) string {
	next := form.Get("next")
	if next == "" || web.Local(next) != next || strings.HasPrefix(next, "/sign-") || strings.HasPrefix(next, "/register") {
		return ""
	}
	return next
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request, code int, v signInView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "portal.signin.title"))
	v.Page.Wrong = v.Error != ""
	v.Register = s.Opens(auth.Actor{}, "/register")
	if v.Carried.some() {
		v.Page.Path = "/sign-in" // the other language is asked for by a link, which carries nothing
	}
	if s.Demo != nil {
		var err error
		if v.Demo, err = s.Demo(r.Context()); err != nil {
			return err
		}
	}
	return web.Show(w, r, code, signInPage(v))
}

// AskSignIn is web.Server.SignIn: a page that was asked for is shown after
// signing in; a form that was posted travels along and loses nothing. The page
// where people change their password is shown anew: nothing of it travels, only
// what travelled in it.
func (s *Service) AskSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(web.Local(r.URL.RequestURI())), http.StatusSeeOther)
		return
	}
	var v signInView
	if r.URL.Path == PasswordPath {
		v.Next = PasswordPath
		if web.Form(r) == nil {
			v.Carried = carryThrough(r.PostForm)
		}
	} else {
		v.Carried = carryFromPost(r)
	}
	if err := s.signInPage(w, r, http.StatusUnauthorized, v); err != nil {
		s.Trouble(w, r, web.Problem{Title: web.Words(r.Context(), err), Status: web.Status(err), Code: fault.Code(err)})
	}
}

// signIn answers POST /sign-in. With "ask" it shows the page: so does who comes
// back from registering with a form, which no address can carry.
func (s *Service) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	v := signInView{Login: r.PostForm.Get("login"), Next: nextOf(r.PostForm), Carried: carryThrough(r.PostForm)}
	if r.PostForm.Get("ask") != "" {
		return s.signInPage(w, r, http.StatusOK, v)
	}
	account, who, err := s.enter(ctx, web.Client(r), v.Login, r.PostForm.Get("password"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		v.Error = web.Words(ctx, err)
		return s.signInPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if account.MustChange && v.Carried.some() { // what was filled in waits until the password is changed
		return s.passwordPage(w, r, http.StatusOK, passwordView{Must: true, Carried: v.Carried})
	}
	if account.MustChange {
		return web.SeeOther(w, r, passwordView{Next: v.Next}.path())
	}
	if went, err := s.Resume(w, r, who.Name); went || err != nil {
		return err
	}
	if v.Next != "" {
		return web.SeeOther(w, r, v.Next)
	}
	return web.SeeOther(w, r, s.Landing(who))
}

// Resume goes on with the form that the posted one carried through signing in or
// registering: name is who has just come in. It reports false if there is none.
func (s *Service) Resume(w http.ResponseWriter, r *http.Request, name string) (went bool, err error) {
	c := carryThrough(r.PostForm)
	switch {
	case c.some() && !c.Lost:
		p := s.Frame(r, i18n.T(r.Context(), "portal.again.title"))
		return true, web.Show(w, r, http.StatusOK, againPage(p, name, c))
	case c.From != "":
		return true, web.SeeOther(w, r, c.From)
	}
	return false, nil
}

// enter checks the password and begins the session. Faults: auth.refused,
// auth.locked, portal.slow_down.
func (s *Service) enter(ctx context.Context, address, login, password string) (account auth.Account, who auth.Actor, err error) {
	if !s.knocks.May(address, knockPace, s.Accounts.DB.Now()) {
		return account, who, fault.New(fault.TooMany, "portal.slow_down")
	}
	if login, err = s.Accounts.Known(ctx, s.Logins(login)...); err != nil {
		return account, who, err
	}
	if account, err = s.Accounts.Check(ctx, login, password); err != nil {
		return account, who, err
	}
	if err = s.Begin(ctx, account); err != nil {
		return account, who, err
	}
	who, err = s.WhoIs(ctx, account.ID)
	return account, who, err
}

// signOut answers POST /sign-out.
func (s *Service) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.End(r.Context()); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/")
}

// pathOf is an address without its query.
func pathOf(href string) string {
	path, _, _ := strings.Cut(href, "?")
	return path
}
