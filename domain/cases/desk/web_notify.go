package desk

import (
	"context"
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

// noticeView is the one notice of all that is wanting, to read before it is sent.
type noticeView struct {
	ui.Page
	Case   *cases.View
	Notice ui.Notice
	Again  bool
	Hidden []ui.Hidden
}

// lastDay reads the day to correct by; the zero date is the usual one.
func (p *Pages) lastDay(r *http.Request) (by calendar.Date, err error) {
	text := strings.TrimSpace(r.PostForm.Get("by"))
	if text == "" {
		return 0, nil
	}
	if by, err = calendar.ParseDate(text); err != nil || by <= calendar.DateOf(p.Cases.DB.Now()) {
		return 0, fault.Fields{"by": "desk.by"}.Err()
	}
	return by, nil
}

// postNotify shows the whole notice first: it is sent once and has no way back.
func (p *Pages) postNotify(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	if r.PostForm.Get("sure") != "yes" {
		return p.askNotify(w, r)
	}
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	v, err := p.caseView(r, caseID, attempt{})
	if err != nil {
		return err
	}
	name := "notify"
	if v.online() {
		name = "notify.online"
	}
	return p.act(w, r, name, func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		by, err := p.lastDay(r)
		if err != nil {
			return cases.Done{}, err
		}
		return p.Cases.Notify(ctx, who, on, by)
	})
}

// askNotify keeps the findings and asks whether the notice made of them is meant.
func (p *Pages) askNotify(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	stored, err := p.stored(ctx, caseID)
	if err != nil {
		return err
	}
	a, at := attempt{Typed: findings(r), By: strings.TrimSpace(r.PostForm.Get("by"))}, on(r, caseID)
	if a.Bad, err = p.record(ctx, &at, stored, a.Typed, "", false); err != nil && !told(err) {
		return err
	}
	a.Err = err
	by, wrong := p.lastDay(r)
	if a.Err == nil {
		a.Err = wrong
	}
	v := noticeView{}
	if a.Err == nil && len(a.Bad) == 0 {
		a.Err, err = p.loadNotice(ctx, &v, caseID, by)
		if err != nil {
			return err
		}
	}
	if a.Err != nil || len(a.Bad) > 0 {
		return p.casePage(w, r, caseID, a)
	}
	v.Page = p.Frame(r, i18n.T(ctx, "desk.notify.page"))
	v.Page.Path = casePath(caseID)
	// What was read is what is sent: the findings go along.
	v.Hidden = append(v.Hidden, ui.Hidden{Name: "version", Value: id(at.Version)})
	for _, name := range []string{"_key", "by"} {
		v.Hidden = append(v.Hidden, ui.Hidden{Name: name, Value: r.PostForm.Get(name)})
	}
	for _, m := range v.Case.Materials {
		v.Hidden = append(v.Hidden, ui.Hidden{Name: "materials", Value: m.Key}, ui.Hidden{Name: "verdict." + m.Key, Value: string(m.Verdict)},
			ui.Hidden{Name: "seen." + m.Key, Value: id(m.Found)})
		if m.Due != "" {
			v.Hidden = append(v.Hidden, ui.Hidden{Name: "due." + m.Key, Value: m.Due})
		}
		if m.Reason != "" {
			v.Hidden = append(v.Hidden, ui.Hidden{Name: "reason." + m.Key, Value: m.Reason})
		}
	}
	v.Hidden = append(v.Hidden, ui.Hidden{Name: "sure", Value: "yes"})
	return web.Show(w, r, http.StatusOK, noticePage(v))
}

// loadNotice reads the notice; no is why it cannot be sent.
func (p *Pages) loadNotice(ctx context.Context, v *noticeView, caseID int64, by calendar.Date) (no, err error) {
	who := auth.From(ctx)
	err = p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Case, err = p.Cases.View(tx, who, caseID); err != nil {
			return err
		}
		choices, err := p.Cases.Explain(tx, who, v.Case.Case)
		if err != nil {
			return err
		}
		no = fault.New(fault.Conflict, "cases.not_at_window")
		for _, c := range choices {
			if c.Act == cases.ActNotifyCorrection || c.Act == cases.ActNotifyAgain {
				no, v.Again = c.Why, c.Act == cases.ActNotifyAgain
			}
		}
		text, err := p.Cases.NoticeText(tx, who, v.Case, by)
		if err != nil {
			return err
		}
		v.Notice = ui.Notice{
			Title: text.Title, To: text.Addressee + "：", Paras: text.Paragraphs, List: text.Items, After: text.After,
			Unit: text.Issuer,
		}
		return nil
	})
	return no, err
}

// online reports whether the applicant reads papers on the web, and signs for none.
func (v *caseView) online() bool { return v.Case.Channel == cases.ChannelOnline }

// word is a text that differs when the notice is given again.
func (v noticeView) word(key string) string {
	if v.Again {
		return key + ".again"
	}
	return key
}
