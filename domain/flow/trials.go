package flow

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// trialView is a trial run: what was asked for and what came of it.
type trialView struct {
	ui.Page
	D        *Definition
	Start    string
	Wrong    string
	Subjects []Subject
	Optional []*workflow.Node
	Query    url.Values
	Done     *Trial
	Picture  Picture
	Drawn    bool
	posts    map[string]string
}

func (s *Service) showTrial(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := trialView{Query: r.URL.Query(), Start: r.FormValue("start")}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.D, err = s.Definition(tx, r.PathValue("id")); err != nil {
			return err
		}
		if v.Subjects, err = s.subjects(tx, v.D.Item); err != nil {
			return err
		}
		if v.posts, err = s.postNames(ctx, tx); err != nil {
			return err
		}
		cal, err := s.Calendar(tx)
		if err != nil {
			return err
		}
		return v.run(ctx, cal, calendar.DateOf(tx.Now()))
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(ctx, "flow.trial.title", "name", v.D.Name))
	return web.Show(w, r, http.StatusOK, trialPage(v))
}

// run plays the draft with what the address says.
func (v *trialView) run(ctx context.Context, cal *calendar.Calendar, today calendar.Date) error {
	def, err := workflow.Compile(v.D.Source)
	if err != nil {
		return nil //nolint:nilerr // there is nothing to try: the page says so
	}
	v.Picture, v.Drawn = Draw(def)
	for _, n := range def.Tasks() {
		if v.optional(def, n) {
			v.Optional = append(v.Optional, n)
		}
	}
	start := today
	if v.Start != "" {
		if start, err = calendar.ParseDate(v.Start); err != nil || start < today-3660 || start > today+3660 {
			v.Wrong = i18n.T(ctx, "flow.wrong.start")
			return nil
		}
	}
	v.Start = start.String()
	t, err := Try(def, cal, start, v.vars())
	if err != nil {
		return err
	}
	v.Done = &t
	for _, turn := range t.Turns {
		v.Picture.Mark("done", turn.Node.ID)
	}
	v.Picture.Mark("passed", t.Passed...)
	if t.Stuck != "" {
		v.Picture.Mark("bad", t.Stuck)
	}
	return nil
}

// optional reports whether a step runs only where the item asks for it.
func (v *trialView) optional(def *workflow.Def, n *workflow.Node) bool {
	for _, f := range n.In {
		if strings.Contains(f.When, `step["`+n.ID+`"]`) {
			return true
		}
	}
	return false
}

// vars are the answers and the form that the address gives.
func (v *trialView) vars() map[string]any {
	step, answer, form := map[string]bool{}, map[string]string{}, map[string]any{}
	for _, id := range v.Query["step"] {
		step[id] = true
	}
	for _, sub := range v.Subjects {
		value := strings.TrimSpace(v.Query.Get(sub.Path))
		where, key, _ := strings.Cut(sub.Path, ".")
		switch {
		case value == "":
		case where == "answer":
			answer[key] = value
		case value == "true" || value == "false":
			form[key] = value == "true"
		default:
			form[key] = value
		}
	}
	return map[string]any{"step": step, "answer": answer, "form": form, "result": map[string]string{}, "case": map[string]any{}}
}

// inputs are the controls of the sample form.
func (v trialView) inputs(ctx context.Context) (all []ui.Input) {
	for _, sub := range v.Subjects {
		i := ui.Input{Name: sub.Path, Label: sub.Name, Value: v.Query.Get(sub.Path), Optional: true, Wide: true}
		if !sub.Number {
			i.Kind, i.Options = "select", []ui.Option{{Text: i18n.T(ctx, "flow.trial.open")}}
			for _, o := range sub.Options {
				i.Options = append(i.Options, ui.Option{Value: o.Value, Text: o.Text})
			}
		} else {
			i.Kind, i.Mode = "number", "decimal"
		}
		all = append(all, i)
	}
	return all
}

func (v trialView) steps(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "step", Legend: i18n.T(ctx, "flow.trial.steps"), Multi: true, Optional: true, Columns: 3}
	for _, n := range v.Optional {
		on := false
		for _, id := range v.Query["step"] {
			on = on || id == n.ID
		}
		c.Options = append(c.Options, ui.Option{Value: n.ID, Text: n.Name, On: on})
	}
	return c
}

// table says who holds the case when.
func (v trialView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "flow.trial.table"), Cols: columns(ctx, "step", "who", "from", "to", "days", "clock")}
	for _, t := range v.Done.Turns {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: nameWords(ctx, t.Node)}, {Text: postWords(v.posts, t.Node.Post())}, {Text: t.From.Words(ctx)}, {Text: t.To.Words(ctx)},
			{Text: dayWords(ctx, t.Node)}, {Text: clockWords(ctx, t.Node)},
		}})
	}
	return g
}

func (v trialView) passed(ctx context.Context) string {
	var names []string
	for _, s := range v.Picture.Shapes {
		if s.Mark == "passed" {
			names = append(names, s.Node.Name)
		}
	}
	return strings.Join(names, i18n.T(ctx, "catalog.list"))
}
