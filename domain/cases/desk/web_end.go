package desk

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// endView asks before a case ends at the window: refusing to accept, withdrawing.
type endView struct {
	ui.Page
	Case    *cases.View
	Key     string
	Typed   refusal
	Sure    bool // all is filled in: ask once more
	Stale   bool
	Wrong   map[string]string
	Summary []ui.Wrong
}

// refusal is what the page about not accepting asks for.
type refusal struct{ Ground, Agency, Basis, Reason string }

// notNeeded is the choice that no licence is needed, which is no ground of law.
const notNeeded = "not_needed"

var grounds = []string{string(cases.GroundNotCompetent), notNeeded, string(cases.GroundFalseMaterials), string(cases.GroundOtherStatute)}

func (p *Pages) endView(r *http.Request) (*endView, error) {
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return nil, err
	}
	v := &endView{Key: newKey(), Wrong: map[string]string{}}
	err = p.Cases.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Case, err = p.Cases.View(tx, auth.From(r.Context()), caseID)
		return err
	})
	return v, err
}

func (p *Pages) askRefuse(w http.ResponseWriter, r *http.Request) error {
	v, err := p.endView(r)
	if err != nil {
		return err
	}
	return p.refusePage(w, r, http.StatusOK, v)
}

func (p *Pages) refusePage(w http.ResponseWriter, r *http.Request, code int, v *endView) error {
	v.Page = p.Frame(r, i18n.T(r.Context(), "desk.refuse.title"))
	v.Page.Path, v.Page.Wrong = casePath(v.Case.ID)+"/refuse", len(v.Summary) > 0
	return web.Show(w, r, code, refusePage(v))
}

// postRefuse checks what was filled in, asks once more because there is no way
// back, and then refuses to accept.
func (p *Pages) postRefuse(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	v, err := p.endView(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	v.Typed = refusal{Ground: f("ground"), Agency: f("agency"), Basis: f("basis"), Reason: f("reason")}
	if err := p.checkRefusal(v); err != nil {
		v.wrong(ctx, err, []string{"ground", "agency", "basis", "reason"})
		return p.refusePage(w, r, web.Status(err), v)
	}
	if f("sure") != "yes" {
		v.Sure = true
		return p.refusePage(w, r, http.StatusOK, v)
	}
	ground := cases.Ground(v.Typed.Ground)
	if v.Typed.Ground == notNeeded {
		ground = ""
	}
	_, err = p.Cases.NotAccept(ctx, auth.From(ctx), on(r, v.Case.ID), ground, v.Typed.Reason, v.Typed.Basis, v.Typed.Agency)
	if told(err) {
		v.Stale = fault.Is(err, fault.Stale)
		v.wrong(ctx, err, []string{"reason"})
		return p.refusePage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, i18n.T(ctx, "desk.done.refuse", "no", v.Case.No), casePath(v.Case.ID)+"?done=refuse")
}

// checkRefusal reports what is not filled in.
func (p *Pages) checkRefusal(v *endView) error {
	t, bad := v.Typed, fault.Fields{}
	known := false
	for _, g := range v.grounds() {
		known = known || g == t.Ground
	}
	bad.Need(known, "ground", "desk.refuse.ground_missing")
	bad.Need(t.Ground != string(cases.GroundNotCompetent) || t.Agency != "", "agency", "desk.refuse.agency_missing")
	bad.Need(t.Ground != string(cases.GroundOtherStatute) || t.Basis != "", "basis", "cases.basis_missing")
	bad.Need(len([]rune(t.Reason)) >= 4, "reason", "cases.reason_missing")
	return bad.Err()
}

// wrong lists what is wrong in the order of the page.
func (v *endView) wrong(ctx context.Context, err error, fields []string) {
	if words := web.FieldWords(ctx, err); words != nil {
		v.Wrong = words
	}
	for _, field := range fields {
		if v.Wrong[field] != "" {
			v.Summary = append(v.Summary, ui.Wrong{Field: field, Text: v.Wrong[field]})
		}
	}
	if len(v.Summary) == 0 {
		v.Summary = []ui.Wrong{{Text: web.Words(ctx, err)}}
	}
}

// grounds are those that fit the case: a ban is one while it runs.
func (v *endView) grounds() []string {
	if len(v.Case.Bars) > 0 {
		return append([]string{string(cases.GroundBanned)}, grounds...)
	}
	return grounds
}

func (v *endView) choices(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "ground", Legend: i18n.T(ctx, "desk.refuse.ground"), Error: v.Wrong["ground"]}
	for _, g := range v.grounds() {
		c.Options = append(c.Options, ui.Option{
			Value: g, Text: i18n.T(ctx, "desk.ground."+g), Note: i18n.T(ctx, "desk.ground."+g+".note"), On: v.Typed.Ground == g,
		})
	}
	return c
}

func (v *endView) hidden() []ui.Hidden {
	return []ui.Hidden{
		{Name: "_key", Value: v.Key}, {Name: "version", Value: id(v.Case.Version)}, {Name: "ground", Value: v.Typed.Ground},
		{Name: "agency", Value: v.Typed.Agency}, {Name: "basis", Value: v.Typed.Basis}, {Name: "reason", Value: v.Typed.Reason}, {Name: "sure", Value: "yes"},
	}
}

func (p *Pages) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := p.endView(r)
	if err != nil {
		return err
	}
	return p.withdrawPage(w, r, http.StatusOK, v)
}

func (p *Pages) withdrawPage(w http.ResponseWriter, r *http.Request, code int, v *endView) error {
	v.Page = p.Frame(r, i18n.T(r.Context(), "desk.withdraw.title"))
	v.Page.Path, v.Page.Wrong = casePath(v.Case.ID)+"/withdraw", len(v.Summary) > 0
	return web.Show(w, r, code, withdrawPage(v))
}

// postWithdraw takes the application back for the applicant, whose signed
// application comes along as a scan.
func (p *Pages) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := p.endView(r)
	if err != nil {
		return err
	}
	err = p.withdraw(r, v)
	if told(err) {
		v.Stale = fault.Is(err, fault.Stale)
		if fault.Is(err, fault.TooLarge) || fault.Is(err, fault.Invalid) && len(web.FieldWords(r.Context(), err)) == 0 {
			err = fault.Fields{"file": fault.Code(err)}.Err() // about the file
		}
		v.wrong(r.Context(), err, []string{"file", "reason"})
		return p.withdrawPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, i18n.T(r.Context(), "desk.done.withdraw", "no", v.Case.No), casePath(v.Case.ID)+"?done=withdraw")
}

func (p *Pages) withdraw(r *http.Request, v *endView) error {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return err
		}
		if !errors.Is(err, http.ErrNotMultipart) {
			return fault.New(fault.Invalid, "request.malformed")
		}
	} else {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	ctx := r.Context()
	v.Typed.Reason = strings.TrimSpace(r.PostForm.Get("reason"))
	scan, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return fault.Fields{"file": "cases.withdrawal_missing"}.Err()
	}
	defer func() { _ = scan.Close() }()
	_, err = p.Cases.WithdrawSigned(ctx, auth.From(ctx), on(r, v.Case.ID), v.Typed.Reason, head.Filename, scan)
	return err
}
