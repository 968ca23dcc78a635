package apply

import (
	"net/http"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// progressView asks for a case number, and answers without names.
type progressView struct {
	ui.Page
	No     string
	Mine   bool // the reader is signed in and needs the number alone
	Errors []ui.Wrong
	Wrong  map[string]string
	Found  *cases.Glimpse
	Facts  []ui.Fact
}

func (p *Pages) askProgress(w http.ResponseWriter, r *http.Request) error {
	no := tidyNo(r.URL.Query().Get("no"))
	if auth.From(r.Context()).Kind == auth.Applicant && no != "" {
		if id := p.own(r, no); id != 0 {
			return web.SeeOther(w, r, casePath(id, ""))
		}
	}
	return p.progressPage(w, r, http.StatusOK, progressView{No: no})
}

func tidyNo(text string) string {
	text = strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(text, "-", "")), ""))
	if len(text) > 40 {
		return text[:40]
	}
	return text
}

// own is the case of a number, if it is the reader's own; 0 if not.
func (p *Pages) own(r *http.Request, no string) (id int64) {
	_ = p.read(r, func(tx *db.Tx, who auth.Actor) error { // not seen is not found
		v, err := p.Cases.ViewByNo(tx, who, no)
		if err == nil {
			id = v.ID
		}
		return err
	})
	return id
}

func (p *Pages) postProgress(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	v := progressView{No: tidyNo(r.PostForm.Get("no")), Wrong: map[string]string{}}
	last4 := strings.TrimSpace(r.PostForm.Get("last4"))
	if !cases.ValidNumber(v.No) {
		v.Wrong["no"] = i18n.T(ctx, "apply.inquiry.no")
		return p.progressPage(w, r, http.StatusUnprocessableEntity, v)
	}
	if auth.From(ctx).Kind == auth.Applicant {
		if id := p.own(r, v.No); id != 0 {
			return web.SeeOther(w, r, casePath(id, ""))
		}
	}
	if len(last4) != 4 {
		v.Wrong["last4"] = i18n.T(ctx, "apply.inquiry.last4.four")
		return p.progressPage(w, r, http.StatusUnprocessableEntity, v)
	}
	if !p.callers.may(r, v.No, p.Cases.DB.Now()) {
		return fault.New(fault.TooMany, "apply.too_often")
	}
	err := p.read(r, func(tx *db.Tx, _ auth.Actor) error {
		g, ok, err := p.Cases.Inquire(tx, v.No, last4)
		if ok {
			v.Found = &g
		}
		return err
	})
	if err != nil {
		return err
	}
	if v.Found == nil {
		v.Wrong["no"] = i18n.T(ctx, "apply.inquiry.unknown")
		return p.progressPage(w, r, http.StatusNotFound, v)
	}
	return p.progressPage(w, r, http.StatusOK, v)
}

func (p *Pages) progressPage(w http.ResponseWriter, r *http.Request, code int, v progressView) error {
	ctx := r.Context()
	v.Page = p.page(r, i18n.T(ctx, "apply.inquiry"), ui.ShapeRead)
	v.Page.Path, v.Page.Wrong = "/progress", len(v.Wrong) > 0
	v.Mine = auth.From(ctx).Kind == auth.Applicant
	for _, field := range []string{"no", "last4"} {
		if text := v.Wrong[field]; text != "" {
			v.Errors = append(v.Errors, ui.Wrong{Field: field, Text: text})
		}
	}
	if g := v.Found; g != nil {
		add := func(key, value string) {
			if value != "" {
				v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "apply.inquiry."+key), Value: value})
			}
		}
		v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "apply.no"), Value: g.No, Code: true})
		add("item", g.ItemName)
		add("received", dayWords(ctx, calendar.DateOf(g.Received)))
		if !g.Accepted.IsZero() {
			add("accepted", dayWords(ctx, calendar.DateOf(g.Accepted)))
		}
		if g.Due != 0 {
			add("due", dayWords(ctx, g.Due))
		}
		if g.Stopped {
			add("due", i18n.T(ctx, "apply.light.stopped"))
		}
		if !g.Ended.IsZero() {
			add("ended", dayWords(ctx, calendar.DateOf(g.Ended)))
		}
	}
	return web.Show(w, r, code, progressPage(v))
}
