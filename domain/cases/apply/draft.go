package apply

import (
	"net/http"
	"slices"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// The steps of an application, one topic each. Their names are the last part of
// their addresses.
const (
	stepQuestions = "questions"
	stepPlace     = "place"
	stepForm      = "form"
	stepMaterials = "materials"
	stepReview    = "review"
)

// steps lists the steps that an application needs: a step with nothing in it is
// left out.
func (f filled) steps() []string {
	var steps []string
	if len(f.Item.Situations) > 0 {
		steps = append(steps, stepQuestions)
	}
	if len(f.Place.Levels) > 0 {
		steps = append(steps, stepPlace)
	}
	if len(f.Need.Fields) > 0 || f.Chooses {
		steps = append(steps, stepForm)
	}
	if len(f.Need.Materials) > 0 {
		steps = append(steps, stepMaterials)
	}
	return append(steps, stepReview)
}

// filled is a draft as it stands: what its answers ask for, and what is wrong.
type filled struct {
	Draft    cases.Draft
	Item     *catalog.Item
	Need     catalog.Need
	Place    cases.Place     // where the applicant lives, if a township receives the application
	Held     []cases.Held    // certificates that the application can be about
	Declares bool            // it declares one that the register does not hold
	Chooses  bool            // it names one of Held, or declares one
	Asks     []catalog.Field // by which one is declared, where it chooses
	Others   []catalog.Field // all other fields
	Faults   fault.Fields    // "answer.q1", "place", "form.name", "material.m1", "delivery.phone", "pledged" to code
	Said     map[string]any  // what the words of a fault mention, by field and name: "certificate.day"
}

// load reads a draft and judges it, without telling anybody yet.
func (p *Pages) load(tx *db.Tx, who auth.Actor, id int64) (filled, error) {
	d, it, err := p.Cases.DraftOf(tx, who, id)
	if err != nil {
		return filled{}, err
	}
	if d.Case == 0 { // a newer version of the item is what Submit will take
		if it, err = p.Cases.Catalog.Current(tx, d.Item); err != nil {
			return filled{}, err
		}
	}
	f := filled{Draft: d, Item: it, Faults: fault.Fields{}}
	need, err := p.Cases.NeedFor(tx, it, d)
	if err != nil {
		return filled{}, err
	}
	f.Need, f.Held, f.Declares, f.Chooses = need.Need, need.Held, need.Declares, need.Chooses
	f.Asks, f.Others = show.Asked(need)
	if cases.Located(it, f.Need) {
		if f.Place, err = p.Cases.PlaceOf(tx, d.Division); err != nil {
			return filled{}, err
		}
	}
	if !f.astray() && d.Case == 0 { // what was handed in is nobody's to judge here
		err := p.Cases.Check(tx, d, it)
		f.Faults = fieldsOf(err)
		if said, ok := asFault(err); ok {
			f.Said = said.Args
		}
	}
	return f, nil
}

// astray reports whether the answers lead away from this item.
func (f filled) astray() bool { return f.Need.NotNeeded || f.Need.Redirect != "" }

// wrongIn is what is wrong in one step.
func (f filled) wrongIn(step string) fault.Fields {
	mine := fault.Fields{}
	for field, code := range f.Faults {
		if stepOf(field) == step {
			mine[field] = code
		}
	}
	return mine
}

// first is the first step that is not done yet.
func (f filled) first() string {
	for _, step := range f.steps() {
		if step == stepReview || len(f.wrongIn(step)) > 0 || step == stepQuestions && f.astray() {
			return step
		}
	}
	return stepReview
}

// after is the step that follows one.
func (f filled) after(step string) string {
	steps := f.steps()
	return steps[min(slices.Index(steps, step)+1, len(steps)-1)]
}

// stepOf is where a field is filled in.
func stepOf(field string) string {
	switch field {
	case "place":
		return stepPlace
	case show.HeldName:
		return stepForm
	}
	for prefix, step := range map[string]string{"answer.": stepQuestions, "form.": stepForm, "material.": stepMaterials} {
		if len(field) > len(prefix) && field[:len(prefix)] == prefix {
			return step
		}
	}
	return stepReview
}

func fieldsOf(err error) fault.Fields {
	if f, ok := asFault(err); ok && f.Fields != nil {
		return f.Fields
	}
	return fault.Fields{}
}

// draftView is one step of an application.
type draftView struct {
	ui.Page
	filled
	Step   string
	Check  bool // say what is wrong: the person pressed on
	Errors []ui.Wrong
	Saved  string
	Back   string

	Other    *catalog.Item     // questions: the item that the answers lead to
	Brought  map[string]string // form: what the centre filled in
	Fixed    map[string]string // form: what is as the applicant's record says, not typed
	Owed     []string          // review: what is promised for later, in words
	Lapse    string            // review: and what happens if it does not come
	Rows     []ui.Material     // materials
	Answers  []ui.Fact         // review
	Values   []valueGroup      // review
	Delivery cases.Delivery    // review: as chosen, else as the centre knows it
	Key      string            // review
	Limit    string            // review: the days promised
}

// step shows a page of the wizard. code is its status; fill completes the view
// inside the same snapshot.
func (p *Pages) step(w http.ResponseWriter, r *http.Request, step string, code int, check bool, fill func(tx *db.Tx, v *draftView) error, draw func(draftView) web.Component) error {
	ctx := r.Context()
	v := draftView{Step: step, Check: check}
	var now time.Time
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		if v.filled, err = p.load(tx, who, pathID(r, "id")); err != nil || v.Draft.Case != 0 {
			return err
		}
		now = tx.Now()
		return fill(tx, &v)
	})
	if err != nil {
		return err
	}
	if v.Draft.Case != 0 { // handed in already, perhaps on another device
		return web.SeeOther(w, r, casePath(v.Draft.Case, ""))
	}
	steps := v.steps()
	at := slices.Index(steps, step)
	if at < 0 || v.astray() && step != stepQuestions {
		return web.SeeOther(w, r, draftPath(v.Draft.ID, "/"+v.first()))
	}
	v.Page = p.page(r, i18n.T(ctx, "apply.step."+step)+" - "+v.Item.Name, ui.ShapeRead)
	v.Page.Path = draftPath(v.Draft.ID, "/"+step)
	v.tell(ctx)
	v.Back = "/my"
	if at > 0 {
		v.Back = draftPath(v.Draft.ID, "/"+steps[at-1])
	}
	if v.Draft.Version > 1 {
		v.Saved = i18n.T(ctx, "apply.saved.at", "time", savedWords(ctx, v.Draft.Changed, now))
	}
	return web.Show(w, r, code, draw(v))
}
