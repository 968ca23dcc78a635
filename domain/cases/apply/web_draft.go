package apply

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// beginView is the page before an application: what it takes, and in whose name.
type beginView struct {
	ui.Page
	Item    *catalog.Item
	Need    catalog.Need
	Who     auth.Actor
	Name    string              // in whose name
	Others  bool                // the person may act for somebody else, too
	Kind    party.Kind          // of the party in whose name
	Firms   []party.Principal   // whom the person may switch to for this item, where it is not for persons
	First   []*catalog.Item     // what a person does first to become somebody whom it is for
	Answers url.Values          // given on the guide, by the id of their question
	Off     *catalog.Suspension // nobody may apply now
	Draft   *cases.Draft        // open, and about another certificate than the link says
	Was     string              // which one that is, "" for none
	Now     string              // and the one of the link
	Trouble string
}

// fits reports whether the party is one of those whom the item is for.
func (v beginView) fits() bool {
	if v.Kind == party.Organization {
		return v.Item.ForBodies()
	}
	return v.Item.ForPersons()
}

func (p *Pages) showBegin(w http.ResponseWriter, r *http.Request) error {
	return p.beginPage(w, r, r.URL.Query(), nil)
}

// path is the page itself, with the answers that came along.
func (v beginView) path() string { return withQuery(beginPath(v.Item.Code), v.Answers) }

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// onGuide takes out of what came from the guide what answers the item's questions.
func onGuide(it *catalog.Item, form url.Values) (answers map[string]string, kept url.Values) {
	answers, kept = map[string]string{}, url.Values{}
	for _, q := range it.Situations {
		if o := q.Option(form.Get(q.ID)); o != nil {
			answers[q.ID] = o.Value
			kept.Set(q.ID, o.Value)
		}
	}
	if id := form.Get(show.HeldName); id != "" && it.ActsOn != nil { // from the page of the certificate
		kept.Set(show.HeldName, id)
	}
	return answers, kept
}

// beginPage shows what an application takes for the answers that were given on the
// guide; an open draft is gone on with instead, and its own answers stand.
func (p *Pages) beginPage(w http.ResponseWriter, r *http.Request, form url.Values, failed error) error {
	ctx := r.Context()
	v := beginView{Who: auth.From(ctx)}
	var open *cases.Draft
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		if v.Item, err = p.Cases.Catalog.Current(tx, r.PathValue("item")); err != nil {
			return err
		}
		if v.Off, err = p.Cases.Catalog.Suspended(tx, v.Item.Code); err != nil {
			return err
		}
		answers, kept := onGuide(v.Item, form)
		v.Need, v.Answers = v.Item.Resolve(answers), kept
		if who.Kind != auth.Applicant {
			return nil
		}
		drafts, err := p.Cases.Drafts(tx, who)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(drafts, func(d cases.Draft) bool { return d.Item == v.Item.Code && d.Party == who.Principal() }); i >= 0 {
			open = &drafts[i]
			if err := p.otherCertificate(tx, &v, open); err != nil {
				return err
			}
		}
		principal, err := p.Cases.Party.Find(tx, who.Principal())
		if err != nil {
			return err
		}
		v.Name, v.Kind = principal.Name, principal.Kind
		others, err := p.Cases.Party.Principals(tx, who.Party)
		v.Others = len(others) > 0
		if err != nil || v.fits() || v.Kind != party.Person {
			return err
		}
		for _, o := range others {
			known := slices.ContainsFunc(v.Firms, func(f party.Principal) bool { return f.ID == o.ID })
			covers := o.How == party.ByLaw || o.Mandate.Covers(v.Item.Code, calendar.DateOf(tx.Now()).String())
			if o.Kind == party.Organization && covers && !known {
				v.Firms = append(v.Firms, o)
			}
		}
		v.First, err = p.Cases.Catalog.Before(tx, v.Item)
		return err
	})
	if err != nil {
		return err
	}
	if open != nil && v.Draft == nil && v.Off == nil && failed == nil {
		if p.Flash != nil {
			p.Flash(ctx, i18n.T(ctx, "apply.begin.draft", "when", momentWords(ctx, open.Changed)))
		}
		return web.SeeOther(w, r, draftPath(open.ID, ""))
	}
	code := http.StatusOK
	if failed != nil {
		code, v.Trouble = web.Status(failed), web.Words(ctx, failed)
	}
	v.Page = p.page(r, i18n.T(ctx, "apply.begin.title", "item", v.Item.Name), ui.ShapeRead)
	v.Page.Path, v.Page.Wrong = v.path(), failed != nil
	return web.Show(w, r, code, beginPage(v))
}

// otherCertificate says that an open draft is about another certificate than the link that led here.
func (p *Pages) otherCertificate(tx *db.Tx, v *beginView, open *cases.Draft) error {
	id, named := show.HeldOf(v.Answers)
	if !named || id == open.Certificate {
		return nil
	}
	held, err := p.Cases.HeldFor(tx, v.Item, open.Party)
	for _, h := range held {
		switch h.ID {
		case id:
			v.Now = show.HeldTitle(h)
		case open.Certificate:
			v.Was = show.HeldTitle(h)
		}
	}
	if v.Now != "" { // a link to what is not theirs names none
		v.Draft = open
	}
	return err
}

func (p *Pages) postBegin(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, who := r.Context(), auth.From(r.Context())
	d, err := p.Cases.Begin(ctx, who, r.PathValue("item"), 0)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Conflict) {
		return p.beginPage(w, r, r.PostForm, err)
	}
	if err != nil {
		return err
	}
	if len(d.Answers) == 0 {
		if err := p.takeAnswers(r, d); err != nil {
			return err
		}
	}
	if id, named := show.HeldOf(r.PostForm); named && id != d.Certificate {
		if d.Version > 1 && d.Certificate != 0 && r.PostForm.Get("instead") == "" { // it names another: that is asked first
			return p.beginPage(w, r, r.PostForm, nil)
		}
		if _, err := p.Cases.Save(ctx, who, d.ID, cases.Filling{Certificate: &id}); err != nil {
			return err
		}
	}
	return web.SeeOther(w, r, draftPath(d.ID, ""))
}

// takeAnswers keeps in a fresh draft what was answered on the guide already.
func (p *Pages) takeAnswers(r *http.Request, d cases.Draft) error {
	var answers map[string]string
	err := p.read(r, func(tx *db.Tx, _ auth.Actor) error {
		it, err := p.Cases.Catalog.Version(tx, d.ItemVersion)
		if err == nil {
			answers, _ = onGuide(it, r.PostForm)
		}
		return err
	})
	if err != nil || len(answers) == 0 {
		return err
	}
	_, err = p.Cases.Save(r.Context(), auth.From(r.Context()), d.ID, cases.Filling{Answers: answers})
	return err
}

// resume goes on where the person stopped.
func (p *Pages) resume(w http.ResponseWriter, r *http.Request) error {
	var f filled
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		f, err = p.load(tx, who, pathID(r, "id"))
		return err
	})
	if err != nil {
		return err
	}
	if f.Draft.Case != 0 {
		return web.SeeOther(w, r, casePath(f.Draft.Case, ""))
	}
	return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+f.first()))
}

// ask is whether the page was asked to say what is missing.
func ask(r *http.Request) bool { return r.URL.Query().Get("check") != "" }

func (p *Pages) showQuestions(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, stepQuestions, http.StatusOK, ask(r), p.fillAstray, func(v draftView) web.Component { return questionsPage(v) })
}

// fillAstray names the item that an answer leads to.
func (p *Pages) fillAstray(tx *db.Tx, v *draftView) error {
	if v.Need.Redirect == "" {
		return nil
	}
	to, err := p.Cases.Catalog.Current(tx, v.Need.Redirect)
	if fault.Is(err, fault.Unknown) {
		return nil
	}
	v.Other = to
	return err
}

func (p *Pages) postQuestions(w http.ResponseWriter, r *http.Request) error {
	f, err := p.keep(r, stepQuestions)
	if err != nil {
		return p.handedIn(w, r, err)
	}
	switch {
	case r.PostForm.Has("later"):
		return p.say(w, r, "apply.kept", "/my")
	case !f.astray() && f.next(r.PostForm["shown"]) != "": // not asked before: nothing is wrong yet
		return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+stepQuestions+"#answer."+f.next(r.PostForm["shown"])))
	case f.astray() || len(f.wrongIn(stepQuestions)) > 0:
		return p.step(w, r, stepQuestions, http.StatusUnprocessableEntity, !f.astray(), p.fillAstray, func(v draftView) web.Component { return questionsPage(v) })
	}
	return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+f.after(stepQuestions)))
}

// next is the first open question that the answers have brought up and that was not on the
// page before, "" if there is none or if the page did not say what it asked.
func (f filled) next(shown []string) string {
	for _, id := range f.Need.Missing {
		if len(shown) > 0 && !slices.Contains(shown, id) {
			return id
		}
	}
	return ""
}

// showNotices answers a choice at once with what it means; nothing is kept.
func (p *Pages) showNotices(w http.ResponseWriter, r *http.Request) error {
	v := draftView{}
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		if v.filled, err = p.load(tx, who, pathID(r, "id")); err != nil {
			return err
		}
		v.Draft.Answers = answered(v.Item, r.URL.Query())
		v.Need = v.Item.Resolve(v.Draft.Answers)
		return p.fillAstray(tx, &v)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, p.fragment(r, meaning(v)))
}

// fragment is a part of a page on its own, with the page's words.
func (p *Pages) fragment(r *http.Request, part templ.Component) web.Component {
	page := p.Frame(r, "")
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Fragment(page).Render(templ.WithChildren(ctx, part), w)
	})
}

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, stepForm, http.StatusOK, ask(r), p.fillBrought, func(v draftView) web.Component { return formPage(v) })
}

// fillBrought says which values the centre filled in, and which of them stand.
func (p *Pages) fillBrought(tx *db.Tx, v *draftView) (err error) {
	if v.Brought, err = p.Cases.Prefilled(tx, v.Item, v.Draft); err != nil {
		return err
	}
	v.Fixed, err = p.Cases.Identity(tx, v.Item, v.Draft)
	return err
}

func (p *Pages) postForm(w http.ResponseWriter, r *http.Request) error {
	f, err := p.keep(r, stepForm)
	if err != nil {
		return p.handedIn(w, r, err)
	}
	switch {
	case r.PostForm.Has("later"):
		return p.say(w, r, "apply.kept", "/my")
	case len(f.wrongIn(stepForm)) > 0:
		return p.step(w, r, stepForm, http.StatusUnprocessableEntity, true, p.fillBrought, func(v draftView) web.Component { return formPage(v) })
	}
	return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+f.after(stepForm)))
}

// postSave keeps what stands in a form while it is being filled in.
func (p *Pages) postSave(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f, err := p.keep(r, r.PostForm.Get("_step"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, i18n.T(r.Context(), "apply.saved.at", "time", clockWords(f.Draft.Changed)))
	return err
}

// keep saves what was sent for one step, right or wrong, and returns the draft as
// it is then.
func (p *Pages) keep(r *http.Request, step string) (f filled, err error) {
	if err := web.Form(r); err != nil {
		return f, err
	}
	ctx, actor := r.Context(), auth.From(r.Context())
	if err = p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		f, err = p.load(tx, who, pathID(r, "id"))
		return err
	}); err != nil {
		return f, err
	}
	filling := fillingOf(f, step, r.PostForm)
	if step == stepPlace {
		err = p.read(r, func(tx *db.Tx, _ auth.Actor) error {
			division, err := p.division(tx, r.PostForm)
			filling.Division = &division
			return err
		})
		if err != nil {
			return f, err
		}
	}
	if _, err = p.Cases.Save(ctx, actor, f.Draft.ID, filling); err != nil {
		return f, err
	}
	err = p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		f, err = p.load(tx, who, f.Draft.ID)
		return err
	})
	return f, err
}

// fillingOf is what a step's form sent.
func fillingOf(f filled, step string, form url.Values) (filling cases.Filling) {
	switch step {
	case stepQuestions:
		filling.Answers = answered(f.Item, form)
	case stepForm:
		filling.Form = posted(slices.Concat(f.Others, f.Asks), form)
		if id, asked := show.HeldOf(form); asked {
			filling.Certificate = &id
		}
	case stepReview:
		pledged, promised := form.Has("pledged"), form.Has("promised")
		filling.Pledged, filling.Promised = &pledged, &promised
		filling.Delivery = &cases.Delivery{
			Way: cmp.Or(form.Get("delivery.way"), cases.DeliverWindow), Name: form.Get("delivery.name"),
			Phone: form.Get("delivery.phone"), Address: form.Get("delivery.address"),
		}
	}
	return filling
}

// handedIn leads to the case where a draft was handed in already; any other
// failure is returned.
func (p *Pages) handedIn(w http.ResponseWriter, r *http.Request, err error) error {
	if fault.Code(err) == "cases.draft_handed_in" {
		return web.SeeOther(w, r, draftPath(pathID(r, "id"), ""))
	}
	return err
}

func (p *Pages) askDiscard(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var d cases.Draft
	var it *catalog.Item
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		d, it, err = p.Cases.DraftOf(tx, who, pathID(r, "id"))
		return err
	})
	if err != nil {
		return err
	}
	if d.Case != 0 {
		return web.SeeOther(w, r, casePath(d.Case, ""))
	}
	return web.Show(w, r, http.StatusOK, askPage(p.page(r, i18n.T(ctx, "apply.discard"), ui.ShapeRead), ui.Ask{
		Title: i18n.T(ctx, "apply.discard.title", "item", it.Name), Text: i18n.T(ctx, "apply.discard.text"),
		Action: draftPath(d.ID, "/discard"), Yes: i18n.T(ctx, "apply.discard"), No: i18n.T(ctx, "apply.discard.no"),
		Danger: true, Back: "/my",
	}))
}

func (p *Pages) postDiscard(w http.ResponseWriter, r *http.Request) error {
	if err := p.Cases.Discard(r.Context(), auth.From(r.Context()), pathID(r, "id")); err != nil {
		return err
	}
	return p.say(w, r, "apply.discarded", "/my")
}
