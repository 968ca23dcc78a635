package work

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// on reads which case and which version of it a form was meant for.
func on(r *http.Request) cases.On {
	version, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	return cases.On{Case: pathID(r), Version: version, Key: r.PostForm.Get("_key")}
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n
}

// again shows the page once more after a fault that the person can mend, with
// what they had typed. Any other error is returned.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, v *caseView, err error) error {
	switch {
	case fault.Is(err, fault.Stale):
		v.Stale = true
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Forbidden):
	default:
		return err
	}
	v.Trouble, v.Wrong = web.Words(r.Context(), err), web.FieldWords(r.Context(), err)
	return p.casePage(w, r, web.Status(err), v)
}

// sent goes back to the list and names the case that comes next.
func (p *Pages) sent(w http.ResponseWriter, r *http.Request, key string) error {
	ctx, who := r.Context(), auth.From(r.Context())
	var rows []cases.Row
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, _, err = p.Cases.Inbox(tx, who, cases.Filter{}, cases.Key{}, 1)
		return err
	})
	if err != nil {
		return err
	}
	text := i18n.T(ctx, key)
	if len(rows) > 0 {
		text = i18n.T(ctx, "work.next", "done", text, "title", rows[0].Title)
	}
	p.flash(ctx, text)
	return web.SeeOther(w, r, inboxPath)
}

func (p *Pages) postOpinion(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f := r.PostForm
	v := &caseView{Typed: typed{Conclusion: f.Get("conclusion"), Text: f.Get("text"), Inspectors: f["inspectors"], Visited: strings.TrimSpace(f.Get("visited")), Next: f.Get("next")}}
	_, err := p.Cases.Opine(r.Context(), auth.From(r.Context()), on(r), cases.Review{
		Task: number(f.Get("task")), Conclusion: v.Typed.Conclusion, Text: v.Typed.Text, Visited: v.Typed.Visited, Next: v.Typed.Next,
		Inspectors: cases.StaffNumbers(strings.Join(f["inspectors"], " ")),
	})
	if err != nil {
		return p.again(w, r, v, err)
	}
	return p.sent(w, r, "work.sent.opinion")
}

func (p *Pages) postSpecial(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f := r.PostForm
	v := &caseView{Typed: typed{Planned: f.Get("planned"), Basis: f.Get("basis")}}
	_, err := p.Cases.Special(r.Context(), auth.From(r.Context()), on(r), number(f.Get("task")), int(number(v.Typed.Planned)), v.Typed.Basis)
	if err != nil {
		return p.again(w, r, v, err)
	}
	return p.sent(w, r, "work.sent.special")
}

func (p *Pages) postAskLonger(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	v := &caseView{Typed: typed{Reason: strings.TrimSpace(r.PostForm.Get("reason")), Asking: true}}
	if _, err := p.Cases.AskLonger(ctx, auth.From(ctx), on(r), v.Typed.Reason); err != nil {
		return p.again(w, r, v, err)
	}
	p.flash(ctx, i18n.T(ctx, "work.longer.sent"))
	return web.SeeOther(w, r, casePath(pathID(r)))
}

// decision reads the form of a decision. A ground may be chosen or written.
func decision(f url.Values) (cases.Decision, typed) {
	t := typed{
		Conclusion: f.Get("conclusion"), Text: f.Get("text"), Basis: f.Get("basis"), Own: strings.TrimSpace(f.Get("own")),
		False: f.Get("false") == "yes", Standard: strings.TrimSpace(f.Get("standard")), Unmet: f["unmet"],
	}
	basis := t.Basis
	if t.Own != "" {
		basis = t.Own
	}
	return cases.Decision{
		Task: number(f.Get("task")), Grant: t.Conclusion == string(cases.ActGrant), Reason: t.Text, Basis: basis,
		FalseMaterials: t.False, Standard: t.Standard, Unmet: t.Unmet,
	}, t
}

// postDecide asks once more before it decides: there is no way back.
func (p *Pages) postDecide(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	d, t := decision(f)
	v := &caseView{Typed: t}
	if t.Conclusion != string(cases.ActGrant) && t.Conclusion != string(cases.ActRefuse) {
		return p.again(w, r, v, renamed(&fault.Error{
			Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"conclusion": "cases.conclusion_missing"},
		}))
	}
	if err := d.Check(); err != nil {
		return p.again(w, r, v, renamed(err))
	}
	if f.Get("edit") != "" {
		return p.casePage(w, r, http.StatusOK, v)
	}
	if f.Get("sure") == "" {
		return p.askDecide(w, r, d)
	}
	if _, err := p.Cases.Decide(ctx, auth.From(ctx), on(r), d); err != nil {
		return p.again(w, r, v, renamed(err))
	}
	if d.Grant {
		return p.sent(w, r, "work.sent.grant")
	}
	return p.sent(w, r, "work.sent.refuse")
}

// renamed puts what is wrong with the reason at the field where it is written.
func renamed(err error) error {
	if f, ok := err.(*fault.Error); ok && f.Fields["reason"] != "" { //nolint:errorlint // made by Check, never wrapped
		f.Fields["text"] = f.Fields["reason"]
		delete(f.Fields, "reason")
	}
	return err
}

// sureView asks whether a decision is meant.
type sureView struct {
	ui.Page
	Decision cases.Decision
	No       string
	Item     string
	Party    string
	Action   string
	Hidden   []ui.Hidden
}

func (p *Pages) askDecide(w http.ResponseWriter, r *http.Request, d cases.Decision) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := sureView{Decision: d, Action: r.URL.Path}
	for _, name := range []string{"version", "_key", "task", "conclusion", "text", "basis", "own", "false", "standard"} {
		v.Hidden = append(v.Hidden, ui.Hidden{Name: name, Value: r.PostForm.Get(name)})
	}
	for _, unmet := range d.Unmet {
		v.Hidden = append(v.Hidden, ui.Hidden{Name: "unmet", Value: unmet})
	}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := p.Cases.View(tx, who, pathID(r))
		if err != nil {
			return err
		}
		v.No, v.Item, v.Party = c.No, c.ItemName, c.PartyName
		v.Page = p.Frame(r, i18n.T(ctx, "work.sure.page", "item", c.ItemName))
		v.Page.Path = casePath(c.ID)
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, surePage(v))
}

func (p *Pages) postExtend(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := &caseView{Typed: typed{Days: f.Get("days"), Reason: strings.TrimSpace(f.Get("reason")), Approval: strings.TrimSpace(f.Get("approval"))}}
	days, _ := strconv.Atoi(strings.TrimSpace(v.Typed.Days)) // what is no whole number is outside the range
	_, err := p.Cases.Extend(ctx, auth.From(ctx), on(r), cases.Longer{Days: days, Reason: v.Typed.Reason, Approval: v.Typed.Approval})
	if err != nil {
		return p.again(w, r, v, err)
	}
	p.flash(ctx, i18n.T(ctx, "work.sent.extend"))
	return web.SeeOther(w, r, casePath(pathID(r))+"?tab="+tabTime)
}

// revealView asks what a full value is needed for.
type revealView struct {
	ui.Page
	V       *cases.View
	Field   string
	Label   string
	Masked  string
	Options []ui.Option
	Wrong   map[string]string
	Trouble string
}

func (p *Pages) askReveal(w http.ResponseWriter, r *http.Request) error {
	return p.revealPage(w, r, http.StatusOK, revealView{Field: r.URL.Query().Get("field")})
}

func (p *Pages) revealPage(w http.ResponseWriter, r *http.Request, code int, v revealView) error {
	ctx, who := r.Context(), auth.From(r.Context())
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.V, err = p.Cases.View(tx, who, pathID(r)); err != nil {
			return err
		}
		v.Page = p.Frame(r, i18n.T(ctx, "work.reveal.page", "item", v.V.ItemName))
		v.Page.Path, v.Page.Wrong = casePath(v.V.ID)+"/reveal?field="+url.QueryEscape(v.Field), v.Trouble != ""
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	if !v.fill(ctx, r.PostFormValue("purpose")) {
		return fault.New(fault.Unknown, "cases.unknown")
	}
	return web.Show(w, r, code, revealPage(v))
}

func (p *Pages) postReveal(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, field := r.Context(), r.PostForm.Get("field")
	_, err := p.Cases.Reveal(ctx, auth.From(ctx), pathID(r), field, party.Purpose(r.PostForm.Get("purpose")))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.revealPage(w, r, web.Status(err), revealView{
			Field: field, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err),
		})
	}
	if err != nil {
		return err
	}
	// Shown at once and never at an address of its own: reloading asks again.
	return p.casePage(w, r, http.StatusOK, &caseView{Shown: field})
}

// fill takes the value that is asked for; false: there is no such hidden value.
func (v *revealView) fill(ctx context.Context, chosen string) bool {
	at := slices.IndexFunc(v.V.Form, func(x cases.Value) bool { return x.Key == v.Field && x.Sensitive })
	if at < 0 {
		return false
	}
	v.Label, v.Masked = v.V.Form[at].Label, show.Value(ctx, v.V.Form[at])
	for _, purpose := range party.Purposes {
		v.Options = append(v.Options, ui.Option{
			Value: string(purpose), Text: i18n.T(ctx, "work.purpose."+string(purpose)), On: string(purpose) == chosen,
		})
	}
	return true
}
