package change

import (
	"net/http"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// post does an act with a change and shows the page again with what kept it from being
// done; nothing that was typed is lost.
func (p *Pages) post(w http.ResponseWriter, r *http.Request, a catalog.ChangeAct, do func(id int64, lock int) (*catalog.Change, error)) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	lock, _ := strconv.Atoi(form(r, "lock")) // what is no number is a change that has moved
	c, err := do(idOf(r), lock)
	switch {
	case err == nil:
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale), fault.Is(err, fault.Forbidden):
		return p.page(w, r, web.Status(err), view{Typed: r.PostForm, Act: a, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	default:
		return err
	}
	switch {
	case a == catalog.ActApprove && c.State == catalog.ChangeInForce:
		p.tell(ctx, "change.done.approve.now")
	case a == catalog.ActApprove:
		p.tell(ctx, "change.done.approve", "day", c.Effective.Words(ctx))
	default:
		p.tell(ctx, "change.done."+string(a))
	}
	return web.SeeOther(w, r, catalog.ChangePath(c.ID))
}

func (p *Pages) postSubmit(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, catalog.ActSubmit, func(id int64, lock int) (*catalog.Change, error) {
		return p.Catalog.Submit(r.Context(), auth.From(r.Context()), id, lock, form(r, "reason"))
	})
}

func (p *Pages) postRebase(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, catalog.ActRebase, func(id int64, lock int) (*catalog.Change, error) {
		return p.Catalog.Rebase(r.Context(), auth.From(r.Context()), id, lock)
	})
}

func (p *Pages) postReturn(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, catalog.ActReturn, func(id int64, lock int) (*catalog.Change, error) {
		return p.Catalog.Return(r.Context(), auth.From(r.Context()), id, lock, form(r, "remark"))
	})
}

func (p *Pages) postApprove(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, catalog.ActApprove, func(id int64, lock int) (*catalog.Change, error) {
		day, _ := calendar.ParseDate(form(r, "effective")) // what is no day is refused as one that is past
		return p.Catalog.Approve(r.Context(), auth.From(r.Context()), id, lock, day, form(r, "approval"))
	})
}

func (p *Pages) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, catalog.ActWithdraw, func(id int64, lock int) (*catalog.Change, error) {
		return p.Catalog.WithdrawChange(r.Context(), auth.From(r.Context()), id, lock)
	})
}

// askWithdraw is the question as a page of its own, for browsers without scripts.
func (p *Pages) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	var v view
	if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Change, err = p.Catalog.ChangeFor(tx, auth.From(r.Context()), idOf(r))
		return err
	}); err != nil {
		return err
	}
	v.Page = p.Frame(r, i18n.T(r.Context(), "change.withdraw"))
	return web.Show(w, r, http.StatusOK, withdrawPage(v))
}
