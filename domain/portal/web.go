package portal

import (
	"net/http"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// home is the hall: what do you need?
func (s *Service) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	hall, err := s.Hall(ctx)
	if err != nil {
		return err
	}
	who := auth.From(ctx)
	var mine []Mine
	if who.Kind == auth.Applicant && s.Mine != nil {
		if mine, err = s.Mine(ctx, who); err != nil {
			return err
		}
	}
	p := s.Frame(r, i18n.T(ctx, "portal.home.title"))
	p.Shape = ui.ShapeFull
	return web.Show(w, r, http.StatusOK, homePage(homeView{
		Page: p, Hall: hall, Mine: mine, Who: who,
		Progress: s.Opens(who, "/progress"), Verify: s.Opens(who, "/verify"), My: s.Opens(who, "/my"),
	}))
}

// homeView is the home page's content. The flags say which pages there are.
type homeView struct {
	ui.Page
	Hall                 Hall
	Mine                 []Mine
	Who                  auth.Actor
	Progress, Verify, My bool
}

// living shows every component in every state, for whoever builds pages.
func (s *Service) living(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, http.StatusOK, ui.Living(s.Frame(r, i18n.T(r.Context(), "portal.living.title"))))
}

// accessibility says how the site may be used and where it falls short.
func (s *Service) accessibility(w http.ResponseWriter, r *http.Request) error {
	return s.text(w, r, "portal.accessibility")
}

// privacy says what is kept about people, why and for how long.
func (s *Service) privacy(w http.ResponseWriter, r *http.Request) error {
	return s.text(w, r, "portal.privacy")
}

// text shows a page of plain text: the texts key.title, key.lead and
// key.1.head, key.1.text, key.2.head, and so on.
func (s *Service) text(w http.ResponseWriter, r *http.Request, key string) error {
	p := s.Frame(r, i18n.T(r.Context(), key+".title"))
	p.Shape = ui.ShapeRead
	return web.Show(w, r, http.StatusOK, textPage(p, s.essay(r, key)))
}

// essay is a page of plain text.
type essay struct {
	Title, Lead string
	Parts       []essayPart
}

type essayPart struct{ Head, Text string }

func (s *Service) essay(r *http.Request, key string) essay {
	lang := i18n.Lang(r.Context())
	e := essay{Title: s.Words.Text(lang, key+".title"), Lead: s.Words.Text(lang, key+".lead")}
	for n := byte('1'); s.Words.Has(lang, key+"."+string(n)+".head"); n++ {
		part := key + "." + string(n)
		e.Parts = append(e.Parts, essayPart{s.Words.Text(lang, part+".head"), s.Words.Text(lang, part+".text")})
	}
	return e
}

// sitemap lists the public pages.
func (s *Service) sitemap(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	hall, err := s.Hall(ctx)
	if err != nil {
		return err
	}
	who := auth.From(ctx)
	open := func(links ...ui.Link) (kept []ui.Link) {
		for _, l := range links {
			if s.Opens(who, pathOf(l.Href)) {
				l.Text = i18n.T(ctx, l.Text)
				kept = append(kept, l)
			}
		}
		return kept
	}
	groups := []linkGroup{
		{i18n.T(ctx, "portal.sitemap.apply"), open(
			ui.Link{Text: "portal.home.title", Href: "/"}, ui.Link{Text: "portal.sitemap.items", Href: "/items"},
			ui.Link{Text: "portal.sitemap.person", Href: "/items?audience=person"},
			ui.Link{Text: "portal.sitemap.company", Href: "/items?audience=company"},
			ui.Link{Text: "portal.sitemap.progress", Href: "/progress"}, ui.Link{Text: "portal.sitemap.verify", Href: "/verify"}, ui.Link{Text: "portal.sitemap.paper", Href: "/verify-document"},
			ui.Link{Text: "portal.decisions.title", Href: "/decisions"}, ui.Link{Text: "portal.sitemap.lists", Href: "/lists"},
			ui.Link{Text: "portal.sitemap.my", Href: "/my"})},
		{i18n.T(ctx, "portal.sitemap.about"), open(
			ui.Link{Text: "portal.accessibility.title", Href: "/accessibility"}, ui.Link{Text: "portal.privacy.title", Href: "/privacy"},
			ui.Link{Text: "portal.living.title", Href: "/ui"}, ui.Link{Text: "portal.signin.title", Href: "/sign-in"})},
	}
	var themes []ui.Link
	for _, t := range hall.Themes {
		themes = append(themes, ui.Link{Text: t.Text, Href: t.Href})
	}
	if len(themes) > 0 {
		groups = append(groups, linkGroup{i18n.T(ctx, "portal.home.themes"), themes})
	}
	p := s.Frame(r, i18n.T(ctx, "portal.sitemap.title"))
	p.Shape = ui.ShapeRead
	return web.Show(w, r, http.StatusOK, sitemapPage(p, groups))
}

type linkGroup struct {
	Title string
	Links []ui.Link
}

// problem explains a fault code in every language: what API clients find behind
// the type of a problem.
func (s *Service) problem(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	if !s.Words.Has(i18n.Chinese, code) || !s.Words.Has(i18n.English, code) {
		return fault.New(fault.Unknown, "page.unknown")
	}
	p := s.Frame(r, i18n.T(r.Context(), "portal.problem.title"))
	p.Shape = ui.ShapeRead
	return web.Show(w, r, http.StatusOK, problemPage(p, code, s.Words.Text(i18n.Chinese, code), s.Words.Text(i18n.English, code)))
}
