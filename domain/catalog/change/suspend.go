package change

import (
	"net/http"
	"net/url"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func suspendOf(code string) string { return suspendPath + "?code=" + url.QueryEscape(code) }

// suspendView takes an item off the list, or puts it back.
type suspendView struct {
	ui.Page
	Item    *catalog.Item
	Off     *catalog.Suspension // nil: it is on the list
	Reason  string
	Trouble string
	Wrong   map[string]string
}

func (p *Pages) showSuspend(w http.ResponseWriter, r *http.Request) error {
	return p.suspendForm(w, r, http.StatusOK, r.URL.Query().Get("code"), suspendView{})
}

func (p *Pages) suspendForm(w http.ResponseWriter, r *http.Request, code int, item string, v suspendView) error {
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.Item, err = p.Catalog.Current(tx, item); err != nil {
			return err
		}
		v.Off, err = p.Catalog.Suspended(tx, item)
		return err
	})
	if err != nil {
		return err
	}
	title := "change.off.title"
	if v.Off != nil {
		title = "change.off.back"
	}
	v.Page = p.Frame(r, i18n.T(r.Context(), title))
	v.Page.Path, v.Page.Wrong = suspendOf(item), v.Trouble != ""
	return web.Show(w, r, code, suspendItemPage(v))
}

func (p *Pages) postSuspend(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	code := form(r, "code")
	err := p.Catalog.Suspend(ctx, auth.From(ctx), code, form(r, "reason"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
		return p.suspendForm(w, r, web.Status(err), code, suspendView{Reason: form(r, "reason"), Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "change.off.done")
	return web.SeeOther(w, r, listOf(listOff))
}

func (p *Pages) postRestore(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	code := form(r, "code")
	err := p.Catalog.Restore(ctx, auth.From(ctx), code)
	if fault.Is(err, fault.Forbidden) {
		return p.suspendForm(w, r, web.Status(err), code, suspendView{Trouble: web.Words(ctx, err)})
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "change.off.restored")
	return web.SeeOther(w, r, listOf(listOff))
}
