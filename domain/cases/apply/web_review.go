package apply

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// valueGroup is a headed part of the form, to look over.
type valueGroup struct {
	Key   string
	Facts []ui.Fact
}

func (p *Pages) showReview(w http.ResponseWriter, r *http.Request) error {
	return p.reviewPage(w, r, http.StatusOK, ask(r), rand.Text())
}

func (p *Pages) reviewPage(w http.ResponseWriter, r *http.Request, code int, check bool, key string) error {
	ctx := r.Context()
	return p.step(w, r, stepReview, code, check, func(tx *db.Tx, v *draftView) (err error) {
		v.Key = key
		v.lookOver(ctx)
		v.Limit = limitWords(ctx, v.Need.Limit)
		owed, err := p.Cases.WouldOwe(tx, v.Draft, v.Need)
		if err != nil {
			return err
		}
		v.Owed, v.Lapse = cases.PromiseText(owed, cases.DefaultSettings())
		if v.Rows, err = p.rows(ctx, tx, v.filled, false, refused{}); err != nil {
			return err
		}
		v.Delivery, err = p.delivery(tx, v.Draft)
		return err
	}, func(v draftView) web.Component { return reviewPage(v) })
}

// lookOver writes what was filled in as terms and values.
func (v *draftView) lookOver(ctx context.Context) {
	for _, q := range v.Item.Situations {
		if o := q.Option(v.Need.Answers[q.ID]); o != nil {
			v.Answers = append(v.Answers, ui.Fact{Label: q.Question, Value: o.Label})
		}
	}
	for _, g := range v.groups(v.Need.Fields) {
		part := valueGroup{Key: g.Key}
		for _, f := range g.Fields {
			label, unit := unitOf(f)
			value := valueWords(ctx, f, f.Clean(v.Draft.Form[f.Key]))
			if value == "" && !f.Required {
				continue
			}
			part.Facts = append(part.Facts, ui.Fact{Label: label, Value: cmp.Or(value, i18n.T(ctx, "apply.empty")), Note: unit})
		}
		v.Values = append(v.Values, part)
	}
}

// valueWords is a value as people read it.
func valueWords(ctx context.Context, f catalog.Field, value string) string {
	switch f.Type {
	case catalog.FieldYesNo:
		if value != "" {
			return i18n.T(ctx, "apply.yesno."+value)
		}
	case catalog.FieldDate:
		if day, err := calendar.ParseDate(value); err == nil {
			return dayWords(ctx, day)
		}
	case catalog.FieldMulti:
		return joined(ctx, catalog.Values(value))
	}
	return value
}

// delivery is how the result is wanted: as chosen before, else to where the centre
// knows that the party lives.
func (p *Pages) delivery(tx *db.Tx, d cases.Draft) (cases.Delivery, error) {
	to := d.Delivery
	party, err := p.Cases.Party.Find(tx, d.Party)
	if err != nil {
		return to, err
	}
	if to.Way != cases.DeliverCourier { // what was typed for the courier is never overwritten
		to.Way = cases.DeliverWindow
		to.Name = cmp.Or(to.Name, party.LegalName, party.Name)
		to.Phone, to.Address = cmp.Or(to.Phone, party.Mobile), cmp.Or(to.Address, party.Address)
	}
	return to, nil
}

// postSubmit hands the application in. What is still wrong leads back to its step;
// a second press finds the case that the first one made.
func (p *Pages) postSubmit(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), auth.From(r.Context())
	f, err := p.keep(r, stepReview)
	if err != nil {
		return p.handedIn(w, r, err)
	}
	if r.PostForm.Has("later") {
		return p.say(w, r, "apply.kept", "/my")
	}
	if f.astray() {
		return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+stepQuestions))
	}
	if len(f.Faults) > 0 {
		if step := f.first(); step != stepReview {
			return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+step+"?check=1"))
		}
		return p.reviewPage(w, r, http.StatusUnprocessableEntity, true, r.PostForm.Get("_key"))
	}
	done, err := p.Cases.Submit(ctx, actor, f.Draft.ID, r.PostForm.Get("_key"))
	if err != nil {
		if len(fieldsOf(err)) > 0 { // changed in between
			return p.reviewPage(w, r, http.StatusUnprocessableEntity, true, r.PostForm.Get("_key"))
		}
		return err
	}
	return web.SeeOther(w, r, casePath(done.Case, "/receipt"))
}
