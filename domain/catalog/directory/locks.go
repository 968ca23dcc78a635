package directory

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// locksView is the form for how far items may leave the base items of a source.
type locksView struct {
	ui.Page
	Source  string
	On      int
	Key     string
	Locks   catalog.Locks
	Why     string
	Trouble string
	Wrong   map[string]string
	Changes []catalog.LockChange
}

func (p *Pages) findLocks(r *http.Request, v *locksView) error {
	v.Source = r.PathValue("source")
	return p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		all, err := p.Catalog.Sources(tx)
		if err != nil {
			return err
		}
		known := false
		for _, s := range all {
			known = known || s == v.Source
		}
		if !known {
			return fault.New(fault.Unknown, "catalog.base.none")
		}
		if v.Locks, v.On, err = p.Catalog.LocksOf(tx, v.Source); err != nil {
			return err
		}
		v.Changes, err = p.Catalog.LockChanges(tx, v.Source, 0, fewChanges)
		return err
	})
}

func (p *Pages) askLocks(w http.ResponseWriter, r *http.Request) error {
	v := locksView{}
	if err := p.findLocks(r, &v); err != nil {
		return err
	}
	if again(r) != 0 {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
			old, err := p.Catalog.SentBack(tx, again(r), catalog.AboutLocks(v.Source))
			if err == nil {
				v.Locks, v.On, v.Why = old.Locks, old.On, old.Why // on what it was made: see reopen
			}
			return err
		}); err != nil {
			return err
		}
	}
	return p.locksForm(w, r, http.StatusOK, v)
}

func (p *Pages) locksForm(w http.ResponseWriter, r *http.Request, status int, v locksView) error {
	v.Page = p.Frame(r, i18n.T(r.Context(), "directory.locks.title", "source", sourceName(r.Context(), v.Source)))
	v.Page.Path, v.Page.Wrong = locksPath+"/"+url.PathEscape(v.Source), v.Trouble != ""
	v.Key = rand.Text()
	return web.Show(w, r, status, locksPage(v))
}

func (p *Pages) postLocks(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := locksView{}
	if err := p.findLocks(r, &v); err != nil {
		return err
	}
	for _, e := range catalog.Elements() {
		if lock := r.PostForm.Get(string(e)); lock != "" {
			v.Locks[e] = catalog.Lock(lock)
		}
	}
	v.Why = text(r.PostForm, "why")
	on, _ := strconv.Atoi(r.PostForm.Get("on"))
	proposal, err := p.Catalog.ProposeForLocks(ctx, auth.From(ctx), r.PostForm.Get("_key"), v.Source, on, v.Locks, v.Why)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.locksForm(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, "directory.locks.done"))
	}
	return web.SeeOther(w, r, catalog.ProposalPath(proposal))
}

// lock asks for the lock of one element.
func (v locksView) lock(ctx context.Context, e catalog.Element) ui.Input {
	i := ui.Input{Name: string(e), Label: ElementName(ctx, e), Kind: "select", Size: "m", Error: v.Wrong[string(e)]}
	for n, lock := range catalog.LocksFor(e) {
		words := i18n.T(ctx, "directory.lock."+string(lock))
		if n == 0 {
			words += i18n.T(ctx, "directory.lock.ours")
		}
		i.Options = append(i.Options, ui.Option{Value: string(lock), Text: words, On: v.Locks.Of(e) == lock})
	}
	return i
}

// fixed reports whether there is nothing to choose for an element.
func fixed(e catalog.Element) bool { return len(catalog.LocksFor(e)) == 1 }

func (v locksView) summary() []ui.Wrong {
	var names []string
	for _, e := range catalog.Elements() {
		names = append(names, string(e))
	}
	return summary(v.Wrong, v.Trouble, append(names, "why"), string(catalog.ElementName))
}

func (v locksView) history(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("directory.history"), Tight: true, Cols: []ui.Col{
		{Text: t("directory.col.number"), Row: true}, {Text: t("directory.col.at")}, {Text: t("directory.col.why")}, {Text: t("directory.col.who")},
	}}
	for _, c := range v.Changes {
		why, who := said(ctx, c.Why, c.Who)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: number(c.Number)}, {Text: calendar.DateOf(c.At).String()}, {Text: why}, {Text: agreedWords(ctx, who, c.Agreed)}}})
	}
	return g
}
