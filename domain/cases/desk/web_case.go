package desk

import (
	"context"
	"net/http"
	"net/url"
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

// attempt is what a posted page tried and how it failed; the zero attempt is a
// page that nobody has filled in.
type attempt struct {
	Typed map[string]finding
	By    string
	Paper []string
	Why   string           // to send something back
	Bad   map[string]error // by material
	Read  *reading         // on a certificate that the applicant declared
	Err   error            // of the act itself
	Moved bool             // more was kept than was sent
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	return p.casePage(w, r, caseID, attempt{})
}

// casePage shows a case; after a failed attempt with everything that was typed.
func (p *Pages) casePage(w http.ResponseWriter, r *http.Request, caseID int64, a attempt) error {
	v, err := p.caseView(r, caseID, a)
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, v.Case.ItemName+" "+i18n.T(r.Context(), "desk.case.title"))
	v.Page.Fit, v.Page.Keys = true, v.keys(r.Context())
	v.Page.Path, v.Page.Wrong = casePath(caseID), len(v.Summary) > 0
	if r.Method == http.MethodGet {
		v.Page.Path = r.URL.RequestURI()
		if r.URL.Query().Has("done") {
			v.Fresh = v.newest()
		}
	}
	code := http.StatusOK
	if a.Err != nil {
		code = web.Status(a.Err)
	} else if len(a.Bad) > 0 {
		code = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, code, casePage(v))
}

// caseView loads a case and lays the attempt over it.
func (p *Pages) caseView(r *http.Request, caseID int64, a attempt) (*caseView, error) {
	ctx := r.Context()
	v := &caseView{Key: newKey(), By: a.By, Paper: a.Paper, Typed: a.Why, Moved: a.Moved, Wrong: map[string]string{}, Stale: fault.Is(a.Err, fault.Stale)}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		if err := p.load(ctx, tx, auth.From(ctx), v, caseID, chosenOf(r), a.Typed); err != nil {
			return err
		}
		if !v.Receiving() || !auth.From(ctx).May(Receive) {
			return nil
		}
		var err error
		v.Compare, err = p.Cases.Comparing(tx, v.Case)
		return err
	})
	if err != nil {
		return nil, err
	}
	if v.Compare != nil { // its number is shown in full
		if err := p.Cases.Saw(ctx, auth.From(ctx), caseID, cases.SightOriginal); err != nil {
			return nil, err
		}
	}
	if a.Read != nil {
		v.Original = *a.Read
	}
	for i := range v.Rows {
		if bad := a.Bad[v.Rows[i].Key]; bad != nil {
			v.Rows[i].Bad, v.Rows[i].Say = true, fieldWords(ctx, bad)
			if web.FieldWords(ctx, bad)["points"] != "" {
				v.Rows[i].Say += i18n.T(ctx, "desk.colon") + v.Rows[i].left(ctx)
			}
			if fault.Code(bad) == "cases.judged_meanwhile" {
				v.Rows[i].Say += v.others(ctx, v.Rows[i].Key)
			}
			v.Summary = append(v.Summary, ui.Wrong{Field: "verdict-" + v.Rows[i].Key, Text: v.Rows[i].Name + i18n.T(ctx, "desk.colon") + v.Rows[i].Say})
		}
	}
	if a.Err != nil && !v.Stale {
		v.Wrong = web.FieldWords(ctx, a.Err)
		for _, row := range v.Rows {
			for _, field := range []string{"material." + row.Key, "why." + row.Key} {
				if words := v.Wrong[field]; words != "" {
					v.Summary = append(v.Summary, ui.Wrong{Field: field, Text: row.Name + i18n.T(ctx, "desk.colon") + words})
				}
			}
		}
		for _, field := range []string{"by", "place", "promised", "original_number", "original_until", "original", "scan", "way", "note"} {
			if words := v.Wrong[field]; words != "" {
				v.Summary = append(v.Summary, ui.Wrong{Field: field, Text: words})
			}
		}
		if len(v.Summary) == 0 {
			v.Summary = []ui.Wrong{{Text: v.because(ctx, a.Err)}}
		}
	}
	return v, nil
}

// others is what somebody else has found about a material.
func (v *caseView) others(ctx context.Context, key string) string {
	for _, m := range v.Case.Materials {
		if m.Key == key {
			verdict := "cases.verdict." + string(m.Verdict)
			if m.Verdict == cases.Unjudged {
				verdict = "cases.verdict.none"
			}
			return i18n.T(ctx, "desk.others", "name", v.Judges[m.Judge], "verdict", i18n.T(ctx, verdict), "reason", m.Reason)
		}
	}
	return ""
}

// chosenOf is the material whose original is shown.
func chosenOf(r *http.Request) string {
	if r.PostForm != nil && r.PostForm.Get("only") != "" {
		return r.PostForm.Get("only")
	}
	return r.URL.Query().Get("m")
}

// fieldWords says what is wrong with one finding.
func fieldWords(ctx context.Context, err error) string {
	fields := web.FieldWords(ctx, err)
	for _, field := range []string{"verdict", "reason", "points"} {
		if fields[field] != "" {
			return fields[field]
		}
	}
	return web.Words(ctx, err)
}

func (v *caseView) keys(ctx context.Context) []ui.Key {
	if !v.Receiving() {
		return nil
	}
	return []ui.Key{
		{Key: "1 2 3 4", Text: i18n.T(ctx, "desk.keys.verdicts")},
		{Key: i18n.T(ctx, "desk.keys.space"), Text: i18n.T(ctx, "desk.keys.original")},
		{Key: "F8", Text: i18n.T(ctx, "desk.keys.notify")},
		{Key: "F9", Text: i18n.T(ctx, "desk.keys.accept")},
	}
}

// showOriginal is the original of one material, for the pane at the right.
func (p *Pages) showOriginal(w http.ResponseWriter, r *http.Request) error {
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	v, err := p.caseView(r, caseID, attempt{})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, originalPart(p.Frame(r, ""), v))
}

// findings reads the checklist that was posted.
func findings(r *http.Request) map[string]finding {
	out := map[string]finding{}
	for _, key := range r.PostForm["materials"] {
		out[key] = finding{
			Verdict: cases.Verdict(r.PostForm.Get("verdict." + key)), Reason: strings.TrimSpace(r.PostForm.Get("reason." + key)),
			Paper: r.PostForm.Get("paper."+key) != "", Due: strings.TrimSpace(r.PostForm.Get("due." + key)), Seen: whole(r.PostForm.Get("seen." + key)),
			Points: pointsOf(r.PostForm, key), Fill: r.PostForm.Get("fill."+key) != "",
		}
	}
	return out
}

// record keeps the findings that differ from what is stored. While the clerk is
// still at it (loose), a verdict that lacks its reason counts as none yet. at becomes
// the version that these findings lead to, unless somebody else did something between
// them: then the act that follows is told so.
func (p *Pages) record(ctx context.Context, at *cases.On, stored *cases.View, typed map[string]finding, only string, loose bool) (map[string]error, error) {
	bad := map[string]error{}
	for _, m := range stored.Materials {
		t, sent := typed[m.Key]
		if !sent || only != "" && m.Key != only {
			continue
		}
		looked := stored.Looked(m)
		t = t.settle(m, looked)
		typed[m.Key] = t // the page shows what was made of it
		paper := t.Paper && m.Source == cases.SourceNone
		if t.Verdict == cases.Correct && t.Reason == "" && loose {
			t.Verdict = cases.Unjudged
		} else if t.Verdict == cases.Unjudged {
			t.Verdict, t.Reason = m.Verdict, m.Reason // nothing was chosen
		}
		if t.Verdict != cases.Correct {
			t.Reason = ""
		}
		if t.Verdict != cases.Tolerate {
			t.Due = ""
		}
		if t.Verdict == m.Verdict && t.Reason == m.Reason && t.Due == m.Due && !paper && t.sameTicks(looked) {
			continue
		}
		out, err := p.Cases.Judge(ctx, auth.From(ctx), cases.On{Case: at.Case}, cases.Judgement{
			Material: m.Key, Verdict: t.Verdict, Reason: t.Reason, Paper: paper, Due: t.Due, Seen: t.Seen, Points: t.Points,
		})
		switch code := fault.Code(err); {
		case fault.Is(err, fault.Invalid), code == "cases.judged_meanwhile", code == "cases.held":
			bad[m.Key] = err
		case code == "cases.not_at_window" && at.Version != 0: // it was when the page was opened
			return bad, fault.New(fault.Stale, "cases.stale")
		case err != nil:
			return bad, err
		case out.Version == at.Version+1:
			at.Version = out.Version
		}
	}
	return bad, nil
}

// stored is a case with its papers as they are now.
func (p *Pages) stored(ctx context.Context, caseID int64) (v *cases.View, err error) {
	err = p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		v, err = p.Cases.View(tx, auth.From(ctx), caseID)
		return err
	})
	return v, err
}

// postJudge keeps findings: the whole list, or with scripts one row at a time.
func (p *Pages) postJudge(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	stored, err := p.stored(ctx, caseID)
	if err != nil {
		return err
	}
	only, part := r.PostForm.Get("only"), r.Header.Get("HX-Request") == "true"
	a := attempt{Typed: findings(r), By: r.PostForm.Get("by")}
	at, sent := on(r, caseID), a.Typed[only]
	if a.Bad, err = p.record(ctx, &at, stored, a.Typed, only, part); err != nil {
		if !told(err) {
			return err
		}
		a.Err = err
	}
	if part {
		a.Moved = len(a.Bad) == 0 && !a.Typed[only].says(sent)
		return p.judged(w, r, at, only, a)
	}
	if a.Err != nil || len(a.Bad) > 0 {
		return p.casePage(w, r, caseID, a)
	}
	return p.done(w, r, i18n.T(ctx, "desk.done.judge"), casePath(caseID))
}

// judged answers one row of the checklist with the parts of the page that follow
// from it; the row itself stays, and with it the focus.
func (p *Pages) judged(w http.ResponseWriter, r *http.Request, at cases.On, only string, a attempt) error {
	v, err := p.caseView(r, at.Case, a)
	if err != nil {
		return err
	}
	v.Case.Version = at.Version // what this page has seen
	code := http.StatusOK
	switch {
	case a.Err != nil:
		code = http.StatusConflict // the one that scripts swap in
	case len(a.Bad) > 0:
		code = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, code, judgedParts(p.Frame(r, ""), v, only, a.Err))
}

// act does one act of the window with the checklist as the clerk saw it.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, name string, do func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error)) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	stored, err := p.stored(ctx, caseID)
	if err != nil {
		return err
	}
	a := attempt{Typed: findings(r), By: strings.TrimSpace(r.PostForm.Get("by")), Paper: r.PostForm["paper"], Why: r.PostForm.Get("why")}
	if r.PostForm.Has("original_until") {
		a.Read = &reading{Seen: r.PostForm.Get("original") == "yes", Number: r.PostForm.Get("original_number"), Until: strings.TrimSpace(r.PostForm.Get("original_until"))}
	}
	at := on(r, caseID)
	a.Bad, err = p.record(ctx, &at, stored, a.Typed, "", false)
	// A repeated press finds the case moved on; whether the act is done already
	// is for the act to say.
	if err != nil && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict) {
		return err
	}
	if len(a.Bad) > 0 {
		return p.casePage(w, r, caseID, a)
	}
	out, err := do(ctx, auth.From(ctx), at)
	if told(err) {
		a.Err = err
		return p.casePage(w, r, caseID, a)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, i18n.T(ctx, "desk.done."+name, "no", out.No), casePath(caseID)+"?done="+url.QueryEscape(name))
}

func (p *Pages) postAccept(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "accept", func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		seen := cases.Original{Seen: r.PostForm.Get("original") == "yes", Number: strings.TrimSpace(r.PostForm.Get("original_number"))}
		if text := strings.TrimSpace(r.PostForm.Get("original_until")); text != "" {
			var err error
			if seen.Until, err = calendar.ParseDate(text); err != nil {
				return cases.Done{}, fault.Fields{"original_until": "cases.ask_date"}.Err()
			}
		}
		return p.Cases.AcceptSeen(ctx, who, on, seen)
	})
}

// postCorrect takes in what the applicant brought after the notice; a part of it only
// once the clerk has read what is missing.
func (p *Pages) postCorrect(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "correct", func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		if r.PostForm.Get("partly") == "yes" {
			return p.Cases.CorrectInPart(ctx, who, on, r.PostForm["paper"])
		}
		return p.Cases.Correction(ctx, who, on, r.PostForm["paper"])
	})
}

// postSupply takes in a material that was promised on acceptance.
func (p *Pages) postSupply(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "supply", func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		return p.Cases.Supply(ctx, who, on, r.PostForm.Get("material"), r.PostForm.Get("paper") == "yes")
	})
}

// postRemind keeps that the applicant was reminded to hand in what they uploaded.
func (p *Pages) postRemind(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "remind", func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		return p.Cases.RemindUnsent(ctx, who, on, r.PostForm.Get("way"), r.PostForm.Get("note"))
	})
}

// postSendBack sends back what was sent later and does not do.
func (p *Pages) postSendBack(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "send_back", func(ctx context.Context, who auth.Actor, on cases.On) (cases.Done, error) {
		return p.Cases.SendBack(ctx, who, on, r.PostForm.Get("material"), r.PostForm.Get("why"))
	})
}

// postCaseFile keeps a scan of what was brought to the window.
func (p *Pages) postCaseFile(w http.ResponseWriter, r *http.Request) error {
	caseID, err := idOf(r, "cases.unknown")
	if err != nil {
		return err
	}
	material, err := p.attach(r, cases.To{Case: caseID})
	if told(err) {
		if !fault.Is(err, fault.Conflict) && len(web.FieldWords(r.Context(), err)) == 0 {
			field := "material." + material
			switch material {
			case cases.ScanPromise:
				field = "promised"
			case cases.ScanOriginal:
				field = "scan"
			}
			err = fault.Fields{field: fault.Code(err)}.Err()
		}
		return p.casePage(w, r, caseID, attempt{Err: err})
	}
	if err != nil {
		return err
	}
	switch material {
	case cases.ScanPromise:
		return web.SeeOther(w, r, casePath(caseID)+"#promise")
	case cases.ScanOriginal:
		return web.SeeOther(w, r, casePath(caseID)+"#h-seen")
	}
	return web.SeeOther(w, r, casePath(caseID)+"#material."+material)
}
