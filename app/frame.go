package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/portal"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// frame builds what every full page needs: language, person, the links at the
// top and at the foot, and the menu of the workbench.
func (a *App) frame(r *http.Request, title string) ui.Page {
	ctx := r.Context()
	lang := i18n.Lang(ctx)
	say := func(key string, args ...any) string { return a.words.Text(lang, key, args...) }
	path := ownPath(r)
	who, known := ctx.Value(personKey{}).(person)
	p := ui.Page{
		Lang: lang, Title: title, T: say, Path: path,
		Elder: elder(r), City: a.Config.City, Hotline: a.Config.Hotline, Demo: a.Config.Demo,
		SignIn: signInFrom(path),
		Nav: a.links(r, who.actor, []ui.Link{
			{Text: say("app.nav.person"), Href: "/items?audience=person"},
			{Text: say("app.nav.company"), Href: "/items?audience=company"},
			{Text: say("app.nav.progress"), Href: "/progress"},
			{Text: say("app.nav.verify"), Href: "/verify"},
			{Text: say("app.nav.decisions"), Href: "/decisions"},
		}),
		Foot: a.links(r, who.actor, []ui.Link{
			{Text: say("open.title"), Href: "/lists"},
			{Text: say("app.foot.accessibility"), Href: "/accessibility"},
			{Text: say("app.foot.privacy"), Href: "/privacy"},
			{Text: say("app.foot.sitemap"), Href: "/sitemap"},
		}),
		FootNote: a.services.footNote(ctx),
	}
	if known { // else the session could not be read, and this page says so
		p.Flash = a.sessions.PopString(ctx, flashInKey)
	}
	if who.actor.Kind != auth.Visitor {
		p.User = &ui.User{Name: who.actor.Name, Post: who.line, Home: a.services.portal.Landing(who.actor), SignOut: "/sign-out"}
		password := ui.Link{Text: say("portal.password.title"), Href: portal.PasswordPath}
		if who.actor.Kind == auth.Staff {
			p.Rail = a.rail(r, who, say)
			p.User.Links = a.links(r, who.actor, []ui.Link{password})
		} else {
			p.User.For = who.line
			p.User.Links = a.links(r, who.actor, []ui.Link{
				{Text: say("certificate.mine.title"), Href: "/my/certificates"},
				{Text: say("party.profile.title"), Href: "/my/profile"},
				password,
			})
		}
	}
	return p
}

// ownPath is the address that shows this page again. The answer to a posted form
// has none: the page that the form stood on takes its place.
func ownPath(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return web.Local(from.RequestURI())
}

// signInFrom is the address to sign in at and come back from.
func signInFrom(path string) string {
	if path == "/" || strings.HasPrefix(path, "/sign-in") {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(path)
}

// links keeps those that who may open, and marks the one that leads to this page.
func (a *App) links(r *http.Request, who auth.Actor, all []ui.Link) (kept []ui.Link) {
	for _, l := range all {
		path, _, _ := strings.Cut(l.Href, "?")
		if a.opens(who, path) {
			l.Current = l.Href == r.URL.RequestURI() || l.Href == r.URL.Path
			kept = append(kept, l)
		}
	}
	return kept
}

// rail is the menu of the workbench: the entries of every module that the actor
// has the right to, by group, in the order of the modules. The entry whose path
// is the longest beginning of this page's is the current one.
func (a *App) rail(r *http.Request, who person, say func(string, ...any) string) []ui.RailGroup {
	var groups []ui.RailGroup
	at := map[string]int{}
	var here *ui.Link
	for _, item := range menuOf(a.Modules) {
		if !offered(item, who.actor) {
			continue
		}
		g, seen := at[item.Group]
		if !seen {
			g = len(groups)
			at[item.Group] = g
			groups = append(groups, ui.RailGroup{Head: say(item.Group)})
		}
		groups[g].Items = append(groups[g].Items, ui.Link{Text: say(item.Text), Href: item.Path, Icon: item.Icon, Count: badge(who.waits[item.Path])})
	}
	for g := range groups {
		for i := range groups[g].Items {
			l := &groups[g].Items[i]
			if under(r.URL.Path, l.Href) && (here == nil || len(l.Href) > len(here.Href)) {
				here = l
			}
		}
	}
	if here != nil {
		here.Current = true
	}
	return groups
}

// offered reports whether the menu of who has an entry.
func offered(item module.Item, who auth.Actor) bool {
	return item.Right == web.Public || who.May(item.Right)
}

// badge is a number beside an entry of the menu, "" for none.
func badge(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// showsMenu reports whether a request is for a whole page: files, pictures and
// parts of pages need no numbers.
func showsMenu(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// waits counts what waits at each entry of the menu of who.
func (a *App) waits(tx *db.Tx, who auth.Actor) (map[string]int, error) {
	count := map[string]int{}
	for _, item := range menuOf(a.Modules) {
		if item.Count == nil || !offered(item, who) {
			continue
		}
		n, err := item.Count(tx, who)
		if err != nil {
			return nil, fmt.Errorf("app: counting for %s: %w", item.Path, err)
		}
		count[item.Path] = n
	}
	return count, nil
}

// under reports whether path is the page at base or below it.
func under(path, base string) bool {
	base, _, _ = strings.Cut(base, "?")
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(base, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// menu is the entries of every module, in order.
func menuOf(modules []module.Module) (all []module.Item) {
	for _, m := range modules {
		all = append(all, m.Menu...)
	}
	return all
}
