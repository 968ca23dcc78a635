package portal

import (
	"log/slog"
	"net/http"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Trouble is web.Server.Page: it tells a person what happened, what is safe and
// what to do, on a full page, or inside the page where a part of it was asked for.
func (s *Service) Trouble(w http.ResponseWriter, r *http.Request, p web.Problem) {
	page := s.Frame(r, i18n.T(r.Context(), kindOfTrouble(p.Status)+".title"))
	page.Wrong = p.Status == http.StatusUnprocessableEntity
	t := s.trouble(r, p)
	var body web.Component
	switch {
	case r.Header.Get("HX-Request") == "true":
		body = troubleFragment(page, t)
	case p.Status >= http.StatusInternalServerError:
		body = troubleBare(page, t)
	case auth.From(r.Context()).Kind == auth.Staff:
		body = troubleStaff(page, t)
	default:
		page.Shape = ui.ShapeRead
		body = troublePublic(page, t)
	}
	if err := web.Show(w, r, p.Status, body); err != nil {
		slog.WarnContext(r.Context(), "error page not shown", "route", r.Pattern, "err", err)
	}
}

// kindOfTrouble is the beginning of the text keys for a status.
func kindOfTrouble(status int) string {
	switch status {
	case http.StatusNotFound:
		return "portal.trouble.unknown"
	case http.StatusForbidden:
		return "portal.trouble.forbidden"
	case http.StatusUnauthorized:
		return "portal.trouble.signin"
	case http.StatusUnprocessableEntity:
		return "portal.trouble.invalid"
	case http.StatusConflict, http.StatusPreconditionFailed:
		return "portal.trouble.conflict"
	case http.StatusRequestEntityTooLarge:
		return "portal.trouble.large"
	case http.StatusTooManyRequests:
		return "portal.trouble.many"
	case http.StatusServiceUnavailable:
		return "portal.trouble.busy"
	default:
		return "portal.trouble.failed"
	}
}

// trouble is the problem in words.
func (s *Service) trouble(r *http.Request, p web.Problem) ui.Trouble {
	ctx := r.Context()
	kind := kindOfTrouble(p.Status)
	t := ui.Trouble{Title: i18n.T(ctx, kind+".title"), Text: p.Title, Safe: i18n.T(ctx, kind+".safe")}
	if t.Safe == kind+".safe" {
		t.Safe = ""
	}
	for _, words := range p.Errors {
		t.Text += " " + words
	}
	who := auth.From(ctx)
	switch {
	case p.Status == http.StatusUnauthorized:
		t.Icon = "lock"
		t.Acts = append(t.Acts, ui.Act{Text: i18n.T(ctx, "portal.signin.title"), Weight: ui.Primary, Href: "/sign-in"})
	case p.Status == http.StatusNotFound:
		t.Icon = "search"
	case p.Status == http.StatusForbidden:
		t.Icon = "lock"
	case p.Status == http.StatusServiceUnavailable && r.Method == http.MethodGet:
		t.Acts = append(t.Acts, ui.Act{Text: i18n.T(ctx, "portal.trouble.again"), Weight: ui.Primary, Href: web.Local(r.URL.RequestURI())})
	}
	home := ui.Act{Text: i18n.T(ctx, "portal.trouble.home"), Href: "/"}
	if who.Kind != auth.Visitor {
		home = ui.Act{Text: i18n.T(ctx, "portal.trouble.mine"), Href: s.Landing(who)}
	}
	if len(t.Acts) == 0 {
		home.Weight = ui.Primary
	}
	t.Acts = append(t.Acts, home)
	if p.Status == http.StatusNotFound && who.Kind != auth.Staff && s.Opens(who, "/items") {
		t.Acts = append(t.Acts, ui.Act{Text: i18n.T(ctx, "portal.trouble.items"), Href: "/items"})
	}
	return t
}
