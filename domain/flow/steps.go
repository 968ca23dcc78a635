package flow

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// stepsView is the step list of a draft.
type stepsView struct {
	ui.Page
	D        *Definition
	Picture  Picture
	Drawn    bool
	Findings []Finding
	ItemName string
	Key      string
	Open     string // id of the step that is open
	Trouble  string
	Wrong    map[string]string
	Days     string // as typed, where it is no number

	posts    []ui.Option
	systems  []ui.Option
	fields   []Choice // of the form, to send along
	names    map[string]string
	subjects []Subject
	typed    *typed
	reasons  []string // for which clocks stop
}

// typed is what was sent and refused.
type typed struct {
	name, item string
	plan       Plan
	unread     map[string]string // what is no number, by the name of its control
	lock       int
}

func (s *Service) askSteps(w http.ResponseWriter, r *http.Request) error {
	return s.stepList(w, r, http.StatusOK, stepsView{Open: r.FormValue("step")})
}

func (s *Service) stepList(w http.ResponseWriter, r *http.Request, code int, v stepsView) error {
	ctx := r.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.D, err = s.Definition(tx, r.PathValue("id")); err != nil {
			return err
		}
		if v.typed != nil {
			v.D.Name, v.D.Item, v.D.Plan = v.typed.name, v.typed.item, &v.typed.plan
			v.D.draw()
		}
		return s.fillSteps(ctx, tx, &v)
	})
	if err != nil {
		return err
	}
	v.Page, v.Key, v.reasons = s.Frame(r, i18n.T(ctx, "flow.steps.title", "name", v.D.Name)), rand.Text(), s.reasons()
	v.Page.Path, v.Page.Wrong = path(v.D.ID)+"/steps", v.Trouble != ""
	if v.D.Plan == nil {
		return web.Show(w, r, code, foreignPage(v))
	}
	return web.Show(w, r, code, stepsPage(v))
}

func (s *Service) fillSteps(ctx context.Context, tx *db.Tx, v *stepsView) (err error) {
	if v.D.Item != "" {
		v.ItemName, v.subjects, err = s.Subjects(tx, v.D.Item)
		if fault.Is(err, fault.Unknown) { // said beside its field
			v.subjects, v.D.Item, err = nil, "", nil
		}
		if err != nil {
			return err
		}
	}
	def, wrong, err := s.Judge(tx, v.D)
	if err != nil {
		return err
	}
	v.Findings = wrong
	if def != nil {
		v.Picture, v.Drawn = Draw(def)
		v.Picture.Mark("bad", atFault(wrong)...)
	}
	if v.typed != nil {
		v.D.Item = v.typed.item
	}
	if err := s.fillSystems(ctx, tx, v); err != nil {
		return err
	}
	list, err := s.posts(tx)
	if err != nil {
		return err
	}
	v.names = map[string]string{}
	v.posts = []ui.Option{{Text: i18n.T(ctx, "flow.choose")}}
	for _, p := range list {
		v.names[p.Code] = p.called(ctx, s.unitName(tx, p.Unit))
		v.posts = append(v.posts, ui.Option{Value: p.Code, Text: v.names[p.Code]})
	}
	return nil
}

// fillSystems lists what steps may notify, and what of the form may go along.
func (s *Service) fillSystems(ctx context.Context, tx *db.Tx, v *stepsView) error {
	systems, fields, err := s.sendable(tx, v.D.Item)
	v.systems, v.fields = []ui.Option{{Text: i18n.T(ctx, "flow.choose")}}, fields
	for _, sys := range systems {
		v.systems = append(v.systems, ui.Option{Value: sys.Code, Text: sys.Name})
	}
	return err
}

// sendable lists the systems in use and the fields of the form of an item, none of an item that is gone.
func (s *Service) sendable(tx *db.Tx, item string) (systems []System, fields []Choice, err error) {
	if systems, err = s.systems(tx); err != nil || item == "" || s.Fields == nil {
		return systems, nil, err
	}
	if fields, err = s.Fields(tx, item); fault.Is(err, fault.Unknown) { // said beside its field
		err = nil
	}
	return systems, fields, err
}

// readSteps takes the form of a step list.
func readSteps(f url.Values) *typed {
	t := &typed{name: f.Get("name"), item: f.Get("item"), unread: map[string]string{}}
	t.lock, _ = strconv.Atoi(f.Get("lock")) // what is no number is a draft that has moved
	for _, id := range f["step"] {
		get := func(field string) string { return strings.TrimSpace(f.Get(id + "." + field)) }
		count := func(field string) int {
			n, err := strconv.Atoi(get(field))
			if get(field) != "" && (err != nil || n < 0) {
				t.unread[id+"."+field] = f.Get(id + "." + field)
			}
			return max(n, 0)
		}
		step := Step{
			ID: id, Name: get("name"), Kind: get("kind"), Post: get("post"), Days: count("days"), Stops: get("stops"), Basis: get("basis"),
			Inspectors: count("inspectors"), With: get("with") != "", Runs: get("runs"), Any: get("any") == "any", Standard: get("standard"),
			System: get("system"), Send: f[id+".send"],
		}
		if step.Kind != KindCheck {
			step.Inspectors = 0
		}
		if step.Kind == KindNotify { // nobody works on it
			step.Post, step.Days, step.Stops, step.Basis, step.Standard = "", 0, "", "", ""
		} else {
			step.System, step.Send = "", nil
		}
		for _, one := range f[id+".when"] {
			if c, ok := readCompare(one); ok {
				step.When = append(step.When, c)
			}
		}
		t.plan.Steps = append(t.plan.Steps, step)
	}
	if len(t.plan.Steps) > 0 {
		t.plan.Steps[0].With = false
	}
	return t
}

// token writes a condition into one control; readCompare reads it.
func (c Compare) token() string {
	number := ""
	if c.Number {
		number = "n"
	}
	return strings.Join([]string{c.Subject, c.Op, number, c.Value}, "|")
}

func readCompare(text string) (c Compare, ok bool) {
	parts := strings.SplitN(text, "|", 4)
	if len(parts) != 4 {
		return c, false
	}
	return Compare{Subject: parts[0], Op: parts[1], Number: parts[2] == "n", Value: parts[3]}, true
}

// do carries out the button that was pressed besides saving, and says which step it was about.
func (t *typed) do(act string, f url.Values) (open string) {
	verb, id, _ := strings.Cut(act, ".")
	switch verb {
	case "add":
		return t.plan.Add().ID
	case "up":
		t.plan.Move(id, -1)
	case "down":
		t.plan.Move(id, 1)
	case "remove":
		t.plan.Remove(id)
		return ""
	case "unless":
		id, n, _ := strings.Cut(id, ".")
		if step, i := t.plan.Step(id), number0(n); step != nil && i < len(step.When) {
			step.When = slices.Delete(step.When, i, i+1)
		}
		return id
	case "when":
		if step := t.plan.Step(id); step != nil {
			if c, ok := readCompare(f.Get(id + ".compare")); ok {
				if c.Number {
					c.Value = strings.TrimSpace(f.Get(id + ".value"))
				}
				step.When, step.Runs = append(step.When, c), RunsWhen
			}
		}
	}
	if len(t.plan.Steps) > 0 {
		t.plan.Steps[0].With = false
	}
	return id
}

func number0(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 1 << 30
	}
	return n
}

func (s *Service) postSteps(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	id, f := r.PathValue("id"), r.PostForm
	t := readSteps(f)
	var err error
	open := ""
	if len(t.unread) > 0 {
		bad := fault.Fields{}
		for name := range t.unread {
			bad[name] = "flow.wrong.days"
		}
		err = bad.Err()
	} else {
		open = t.do(f.Get("act"), f)
		err = s.Save(ctx, auth.From(ctx), f.Get("_key"), id, t.lock, t.name, t.item, t.plan)
	}
	if told(err) {
		v := stepsView{Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), Open: open, typed: t}
		return s.stepList(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	to := path(id) + "/steps"
	if open != "" {
		to += "?step=" + url.QueryEscape(open) + "#" + url.QueryEscape(open)
	}
	return s.done(w, r, "flow.done.save", to)
}
