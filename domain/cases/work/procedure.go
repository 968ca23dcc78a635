package work

import (
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// procedureView is the page of one procedure, or of all that the actor may do.
type procedureView struct {
	ui.Page
	V      *cases.View
	P      show.Procedure
	Now    []show.More
	Later  []show.More
	Hurry  string // where its steps are urged, "" the actor may not
	Home   string // the case where the actor works on it
	Stamp  []ui.Hidden
	Wrongs []ui.Wrong
	Stale  bool
	Sure   bool
}

func actsPath(id int64) string               { return casePath(id) + "/acts" }
func actPath(id int64, act cases.Act) string { return actsPath(id) + "/" + string(act) }

// Home is the page of a case that somebody of the staff works with, "/" where there is none.
func Home(who auth.Actor, id int64) string {
	switch {
	case who.May(Review) && !who.Has("clerk"):
		return casePath(id)
	case who.May("desk.look"):
		return "/desk/" + strconv.FormatInt(id, 10)
	case who.May("certificate.make"):
		return "/issue/" + strconv.FormatInt(id, 10)
	case who.May("supervision.watch"):
		return "/watch/" + strconv.FormatInt(id, 10)
	default:
		return "/"
	}
}

// showActs lists the procedures that are the actor's business, with reasons for those not possible now.
func (p *Pages) showActs(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	var v procedureView
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.V, err = p.Cases.View(tx, who, pathID(r)); err != nil {
			return err
		}
		choices, err := p.Cases.Explain(tx, who, v.V.Case)
		if err != nil {
			return err
		}
		v.Now, v.Later = show.Mores(ctx, v.V.Case, choices, func(a cases.Act) string { return actPath(v.V.ID, a) })
		if len(v.V.Open()) > 0 && p.Cases.MayHasten(tx, who, v.V.Case) {
			v.Hurry = stepPath(v.V.ID, doHurry)
		}
		v.Home, v.Page = Home(who, v.V.ID), p.Frame(r, i18n.T(ctx, "work.further")+" "+v.V.ItemName)
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, actsPage(v))
}

func (p *Pages) askAct(w http.ResponseWriter, r *http.Request) error {
	return p.actPage(w, r, http.StatusOK, nil, false, nil)
}

// actPage shows the form of a procedure with what was typed and what is wrong, or asks whether it is meant.
func (p *Pages) actPage(w http.ResponseWriter, r *http.Request, code int, typed map[string]string, sure bool, failed error) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := procedureView{Sure: sure, Stale: fault.Is(failed, fault.Stale)}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := p.Cases.FormOf(tx, who, pathID(r), cases.Act(r.PathValue("act")))
		if err != nil {
			return err
		}
		v.V, v.P = f.View, show.ProcedureOf(ctx, f, typed, web.FieldWords(ctx, failed))
		if failed != nil {
			v.Wrongs = v.P.Wrongs(ctx, failed)
		}
		version, key := strconv.FormatInt(f.Version, 10), newKey()
		if sure { // what is asked about once more is what was looked at
			version, key = r.PostForm.Get("version"), r.PostForm.Get("_key")
		}
		v.Stamp = []ui.Hidden{{Name: "version", Value: version}, {Name: "_key", Value: key}}
		v.Home, v.Page = Home(who, f.ID), p.Frame(r, v.P.Name+" "+f.ItemName)
		v.Page.Path, v.Page.Wrong = actPath(f.ID, v.P.Act), len(v.Wrongs) > 0
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, code, actPage(v))
}

// postAct does a procedure; one that has no way back only after it was asked about. Its paper opens then.
func (p *Pages) postAct(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, who, act := r.Context(), auth.From(r.Context()), cases.Act(r.PathValue("act"))
	typed := Answers(r, act)
	if r.PostForm.Get("edit") != "" {
		return p.actPage(w, r, http.StatusOK, typed, false, nil)
	}
	procedure, _ := cases.ProcedureOf(act)
	var done cases.Done
	var err error
	ask := procedure.Final && r.PostForm.Get("sure") == ""
	if ask {
		err = p.Cases.Try(ctx, who, on(r), act, typed)
	} else {
		done, err = p.Cases.Perform(ctx, who, on(r), act, typed)
	}
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale):
		return p.actPage(w, r, web.Status(err), typed, false, err)
	case err != nil:
		return err
	case ask:
		return p.actPage(w, r, http.StatusOK, typed, true, nil)
	}
	p.flash(ctx, i18n.T(ctx, "work.sent.act", "act", show.ProcedureName(ctx, act)))
	if done.Document != 0 {
		return web.SeeOther(w, r, show.PaperPath(done.Document, Home(who, done.Case)))
	}
	return web.SeeOther(w, r, Home(who, done.Case))
}

// Answers are the answers of a posted form to what a procedure asks.
func Answers(r *http.Request, act cases.Act) map[string]string {
	typed := map[string]string{}
	p, _ := cases.ProcedureOf(act)
	for _, a := range p.Asks {
		typed[a.Name] = strings.TrimSpace(strings.Join(r.PostForm[a.Name], "\n"))
	}
	return typed
}
