package portal

import (
	"net/http"
	"net/url"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// PasswordPath is where people change their own password.
const PasswordPath = "/password"

// passwordView is the page where somebody changes their own password.
type passwordView struct {
	ui.Page
	Next    string // where to go afterwards, "" for the landing page
	Must    bool   // it was given by somebody else: nothing else can be done before
	Back    string
	Carried carried           // a form that was posted before
	Wrong   map[string]string // field to words
	All     []ui.Wrong
}

// path is the page's own address.
func (v passwordView) path() string {
	if v.Next == "" {
		return PasswordPath
	}
	return PasswordPath + "?next=" + url.QueryEscape(v.Next)
}

// form is what the page's form carries besides the passwords.
func (v passwordView) form() []ui.Hidden {
	return append([]ui.Hidden{{Name: "next", Value: v.Next}}, v.Carried.hidden()...)
}

func (s *Service) showPassword(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if auth.From(ctx).Kind == auth.Visitor {
		return fault.New(fault.Unauthenticated, "right.sign_in")
	}
	return s.passwordPage(w, r, http.StatusOK, passwordView{Next: nextOf(r.URL.Query()), Must: s.MustChange(ctx)})
}

func (s *Service) passwordPage(w http.ResponseWriter, r *http.Request, code int, v passwordView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "portal.password.title"))
	v.Page.Path, v.Page.Wrong = v.path(), len(v.All) > 0
	v.Back = s.Landing(auth.From(r.Context()))
	return web.Show(w, r, code, passwordPage(v))
}

// postPassword answers POST /password. It cannot be repeated by mistake: the
// password that it asks for is then another.
func (s *Service) postPassword(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, form := r.Context(), r.PostForm
	who := auth.From(ctx)
	if who.Kind == auth.Visitor {
		return fault.New(fault.Unauthenticated, "right.sign_in")
	}
	bad := fault.Fields{}
	bad.Need(form.Get("password") == form.Get("password_again"), "password_again", "auth.password_twice")
	err := bad.Err()
	var account auth.Account
	if err == nil {
		own, known := s.Own(ctx, who)
		if known != nil {
			return known
		}
		account, err = s.Accounts.Change(ctx, who.ID, form.Get("password_now"), form.Get("password"), own...)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		v := passwordView{Next: nextOf(form), Must: s.MustChange(ctx), Carried: carryThrough(form), Wrong: web.FieldWords(ctx, err)}
		for _, field := range []string{"password_now", "password", "password_again"} {
			if words := v.Wrong[field]; words != "" {
				v.All = append(v.All, ui.Wrong{Field: field, Text: words})
			}
		}
		if len(v.All) == 0 {
			v.All = []ui.Wrong{{Field: "password_now", Text: web.Words(ctx, err)}}
		}
		return s.passwordPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if err := s.Begin(ctx, account); err != nil {
		return err
	}
	if c := carryThrough(form); c.some() && !c.Lost {
		return web.Show(w, r, http.StatusOK, againPage(s.Frame(r, i18n.T(ctx, "portal.again.title")), who.Name, c))
	}
	s.Flash(ctx, i18n.T(ctx, "portal.password.done"))
	if next := nextOf(form); next != "" && pathOf(next) != PasswordPath {
		return web.SeeOther(w, r, next)
	}
	return web.SeeOther(w, r, s.Landing(who))
}
