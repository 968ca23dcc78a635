package desk

import (
	"context"
	"net/http"
	"slices"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// placeView is where the applicant lives, for what a township receives.
type placeView struct {
	Asked   bool
	Name    string // "" while it is not known
	Options []ui.Option
}

// place fills it for a division; it is not asked for where nothing goes by it.
func (p *Pages) place(tx *db.Tx, ctx context.Context, asked bool, division string) (v placeView, err error) {
	if !asked {
		return v, nil
	}
	v.Asked = true
	at, err := p.Cases.PlaceOf(tx, division)
	if err != nil {
		return v, err
	}
	if v.Name = at.Name; at.Code == "" {
		division = ""
	}
	if v.Options, err = p.places(tx, ctx, division); err != nil {
		return v, err
	}
	if !slices.ContainsFunc(v.Options, func(o ui.Option) bool { return o.Value == division }) { // a village
		v.Options = slices.Insert(v.Options, 1, ui.Option{Value: division, Text: v.Name, On: true})
	}
	return v, nil
}

// postPlace corrects where the applicant lives.
func (p *Pages) postPlace(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	_, err = p.Cases.Locate(r.Context(), auth.From(r.Context()), on(r, caseID), r.PostForm.Get("place"))
	if told(err) {
		return p.casePage(w, r, caseID, attempt{Err: err})
	}
	if err != nil {
		return err
	}
	return p.done(w, r, i18n.T(r.Context(), "desk.done.place"), casePath(caseID))
}

// promiseView is the slip that the applicant signs before papers may come later.
type promiseView struct {
	ui.Page
	Notice ui.Notice
	Back   ui.Link
}

// showPromise is the slip to print: what is missing, by which day it comes, and
// what happens if it does not.
func (p *Pages) showPromise(w http.ResponseWriter, r *http.Request) error {
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	ctx := r.Context()
	var c *cases.View
	if err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = p.Cases.View(tx, auth.From(ctx), caseID)
		return err
	}); err != nil {
		return err
	}
	items, after := cases.PromiseText(c.Owes(), c.Matter.Terms.Settings)
	if len(items) == 0 {
		return web.SeeOther(w, r, casePath(caseID))
	}
	v := promiseView{Page: p.Frame(r, cases.PromiseTitle), Back: ui.Link{Text: i18n.T(ctx, "desk.promise.back"), Href: casePath(caseID)}}
	v.Page.Shape = ui.ShapePage
	v.Notice = ui.Notice{
		Title: cases.PromiseTitle, No: c.No, To: c.PartyName + "：", Page: true,
		Paras: []string{"申请“" + c.ItemName + "”，下列材料还没有交。请看清楚每份的期限和不交的后果；同意的，请签字，本窗口据此先予受理。"},
		List:  items, After: []string{after, "本人（单位）已经知道以上内容，承诺按期补交。"},
		Slots: []string{"申请人（签字）：", "日期："},
	}
	return web.Show(w, r, http.StatusOK, promisePage(v))
}
