package apply

import (
	"net/http"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// procedureView is the page of a procedure that an applicant may do: asking for a hearing, or waiving it.
type procedureView struct {
	caseView
	P      show.Procedure
	Hidden []ui.Hidden
	Sure   bool
}

func actPath(id int64, act cases.Act) string { return casePath(id, "/acts/"+string(act)) }

// further lists the applicant's procedures once the case has come to them: before anybody was told of a hearing, pages
// do not speak of it.
func (v *caseView) further(choices []cases.Choice) (all []cases.Choice) {
	for _, c := range choices {
		if c.Procedure && len(v.Matter.Hearing.Told) > 0 && !v.State().Ended() {
			all = append(all, c)
		}
	}
	return all
}

func (p *Pages) askAct(w http.ResponseWriter, r *http.Request) error {
	return p.actPage(w, r, http.StatusOK, nil, false, nil)
}

func (p *Pages) actPage(w http.ResponseWriter, r *http.Request, code int, typed map[string]string, sure bool, failed error) error {
	ctx := r.Context()
	c, err := p.look(r, refused{})
	if err != nil {
		return err
	}
	v := procedureView{caseView: c, Sure: sure}
	if sure { // what is asked about once more is what was looked at
		v.stamp = stamp{Version: on(r, c.ID).Version, Key: r.PostFormValue("_key")}
	}
	err = p.read(r, func(tx *db.Tx, who auth.Actor) error {
		f, err := p.Cases.FormOf(tx, who, c.ID, cases.Act(r.PathValue("act")))
		if err != nil {
			return err
		}
		v.P = show.ProcedureOf(ctx, f, typed, web.FieldWords(ctx, failed))
		return nil
	})
	if err != nil {
		return err
	}
	if failed != nil {
		v.fail(ctx, failed, "")
		v.Errors = v.P.Wrongs(ctx, failed)
	}
	v.Hidden = slices.Concat(v.hidden(), v.P.Hidden)
	v.Page = p.page(r, v.P.Name+" - "+v.ItemName, ui.ShapeRead)
	v.Page.Path, v.Page.Wrong = actPath(v.ID, v.P.Act), len(v.Errors) > 0
	return web.Show(w, r, code, procedurePage(v))
}

func (p *Pages) postAct(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, id, act, typed := r.Context(), pathID(r, "id"), cases.Act(r.PathValue("act")), map[string]string{}
	procedure, _ := cases.ProcedureOf(act)
	for _, a := range procedure.Asks {
		typed[a.Name] = strings.TrimSpace(r.PostForm.Get(a.Name))
	}
	if r.PostForm.Get("edit") != "" {
		return p.actPage(w, r, http.StatusOK, typed, false, nil)
	}
	var done cases.Done
	var err error
	ask := procedure.Final && r.PostForm.Get("sure") == ""
	if ask {
		err = p.Cases.Try(ctx, auth.From(ctx), on(r, id), act, typed)
	} else {
		done, err = p.Cases.Perform(ctx, auth.From(ctx), on(r, id), act, typed)
	}
	switch {
	case err != nil && shown(err):
		return p.actPage(w, r, web.Status(err), typed, false, err)
	case err != nil:
		return err
	case ask:
		return p.actPage(w, r, http.StatusOK, typed, true, nil)
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, "apply.act.done", "act", show.ProcedureName(ctx, act)))
	}
	return web.SeeOther(w, r, paperPath(id, done.Document))
}
