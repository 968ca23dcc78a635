package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

const (
	langCookie  = "lang"
	elderCookie = "elder"
	yearSeconds = 365 * 24 * 3600
)

var spoken = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// speak sets the language of the request: as chosen before, else as the browser
// asks. A page address with ?lang= or ?elder= is a choice: it is kept in a
// cookie, and the browser is sent to the address without it.
func (a *App) speak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := i18n.With(r.Context(), a.words, a.languageOf(r))
		if r.Method == http.MethodGet && r.URL.RawQuery != "" {
			if to, chosen := a.choose(w, r); chosen {
				note(r.Context(), "choice of language or size", http.StatusSeeOther, 0)
				http.Redirect(w, r, to, http.StatusSeeOther)
				return
			}
		}
		w.Header().Add("Vary", "Cookie, Accept-Language")
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *App) languageOf(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil && slices.Contains(i18n.Languages(), c.Value) {
		return c.Value
	}
	if accept := r.Header.Get("Accept-Language"); accept != "" {
		if tag, _ := language.MatchStrings(spoken, accept); strings.HasPrefix(tag.String(), i18n.English) {
			return i18n.English
		}
	}
	return i18n.Chinese
}

// choose keeps the choices in the address and returns the address without them.
func (a *App) choose(w http.ResponseWriter, r *http.Request) (to string, chosen bool) {
	query := r.URL.Query()
	if lang := query.Get(langCookie); slices.Contains(i18n.Languages(), lang) {
		a.remember(w, langCookie, lang)
		query.Del(langCookie)
		chosen = true
	}
	if size := query.Get(elderCookie); size == "0" || size == "1" {
		a.remember(w, elderCookie, size)
		query.Del(elderCookie)
		chosen = true
	}
	return web.Local((&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).RequestURI()), chosen
}

func (a *App) remember(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: yearSeconds,
		HttpOnly: true, Secure: a.Config.SecureCookies, SameSite: http.SameSiteLaxMode,
	})
}

func elder(r *http.Request) bool {
	c, err := r.Cookie(elderCookie)
	return err == nil && c.Value == "1"
}

// switchLanguage is the address for pages that cannot repeat their own, such as
// the answer to a posted form: /language?to=en&back=/my.
func (a *App) switchLanguage(w http.ResponseWriter, r *http.Request) error {
	if to := r.FormValue("to"); slices.Contains(i18n.Languages(), to) {
		a.remember(w, langCookie, to)
	}
	return web.SeeOther(w, r, r.FormValue("back"))
}
