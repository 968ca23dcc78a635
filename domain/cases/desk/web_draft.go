package desk

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// draftView is the last step of receiving: all of one application on one page.
type draftView struct {
	ui.Page
	Draft    cases.Draft
	Item     *catalog.Item
	Need     catalog.Need
	Party    party.Party
	Fixed    map[string]string // fields as the record of the party says
	Files    []cases.File
	Place    placeView
	Held     []cases.Held    // certificates that the application can be about
	Declares bool            // it declares one that the register does not hold
	Chooses  bool            // it names one of Held, or declares one
	Asks     []catalog.Field // by which one is declared, where it chooses
	Others   []catalog.Field // all other fields
	Redirect string          // name of the item that the answers lead to instead
	Wrong    map[string]string
	Summary  []ui.Wrong
	Key      string
	Saved    string
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func (p *Pages) showDraft(w http.ResponseWriter, r *http.Request) error {
	return p.draftPage(w, r, nil, nil)
}

// draftPage shows the draft; typed is what was posted and could not be kept, and
// err says what is wrong.
func (p *Pages) draftPage(w http.ResponseWriter, r *http.Request, typed *cases.Filling, err error) error {
	ctx, who := r.Context(), auth.From(r.Context())
	draft, bad := idOf(r, "cases.draft_unknown")
	if bad != nil {
		return bad
	}
	v := draftView{Key: newKey(), Wrong: map[string]string{}}
	bad = p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Draft, v.Item, err = p.Cases.DraftOf(tx, who, draft); err != nil {
			return err
		}
		if v.Draft.Case == 0 { // what is in force now is what will be handed in
			if v.Item, err = p.Cases.Catalog.Current(tx, v.Draft.Item); err != nil {
				return err
			}
		}
		if typed != nil {
			v.Draft.Answers, v.Draft.Delivery = typed.Answers, *typed.Delivery
			maps.Copy(v.Draft.Form, typed.Form)
			if typed.Division != nil {
				v.Draft.Division = *typed.Division
			}
			if typed.Certificate != nil {
				v.Draft.Certificate = *typed.Certificate
			}
		}
		need, err := p.Cases.NeedFor(tx, v.Item, v.Draft)
		if err != nil {
			return err
		}
		v.Need, v.Held, v.Declares, v.Chooses = need.Need, need.Held, need.Declares, need.Chooses
		v.Asks, v.Others = show.Asked(need)
		if v.Need.Redirect != "" {
			if it, err := p.Cases.Catalog.Current(tx, v.Need.Redirect); err == nil {
				v.Redirect = it.Name
			}
		}
		if v.Fixed, err = p.Cases.Identity(tx, v.Item, v.Draft); err != nil {
			return err
		}
		if v.Party, err = p.Cases.Party.Find(tx, v.Draft.Party); err != nil {
			return err
		}
		if v.Place, err = p.place(tx, ctx, cases.Located(v.Item, v.Need), v.Draft.Division); err != nil {
			return err
		}
		if v.Draft.Version > 1 { // before that nobody has put anything in
			v.Saved = i18n.T(ctx, "desk.draft.saved", "time", moment(ctx, v.Draft.Changed, tx.Now()))
		}
		v.Files, err = p.Cases.DraftFiles(tx, draft)
		return err
	})
	if bad != nil {
		return bad
	}
	if v.Draft.Case != 0 {
		return web.SeeOther(w, r, casePath(v.Draft.Case))
	}
	v.Page = p.Frame(r, v.Item.Name+" "+i18n.T(ctx, "desk.draft.title"))
	v.Page.Path = draftPath(draft)
	code := http.StatusOK
	if err != nil {
		code = web.Status(err)
		v.wrong(ctx, err)
	}
	return web.Show(w, r, code, draftPage(v))
}

// wrong lists what is wrong in the order of the page.
func (v *draftView) wrong(ctx context.Context, err error) {
	if words := web.FieldWords(ctx, err); words != nil {
		v.Wrong = words
	}
	add := func(field, label string) {
		if words := v.Wrong[field]; words != "" {
			v.Summary = append(v.Summary, ui.Wrong{Field: field, Text: label + i18n.T(ctx, "desk.colon") + words})
		}
	}
	for _, q := range v.Item.Situations {
		add("answer."+q.ID, q.Question)
	}
	add(show.HeldName, i18n.T(ctx, "desk.certificate"))
	for _, f := range v.Need.Fields {
		add("form."+f.Key, f.Label)
	}
	for _, m := range v.Need.Materials {
		add("material."+m.ID, m.Name)
	}
	for _, part := range []string{"name", "phone", "address"} {
		add("delivery."+part, i18n.T(ctx, "desk.delivery."+part))
	}
	if len(v.Summary) == 0 {
		v.Summary = []ui.Wrong{{Text: web.Words(ctx, err)}}
	}
	v.Page.Wrong = true
}

func (p *Pages) postDraft(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, who := r.Context(), auth.From(r.Context())
	draft, err := idOf(r, "cases.draft_unknown")
	if err != nil {
		return err
	}
	f, err := p.filling(r, draft)
	if err != nil {
		return err
	}
	_, err = p.Cases.Save(ctx, who, draft, f)
	if r.Header.Get("X-Autosave") != "" {
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
	if fault.Code(err) == "cases.draft_handed_in" { // the second press of a double click
		return p.handIn(w, r, draft)
	}
	if told(err) {
		return p.draftPage(w, r, &f, err)
	}
	if err != nil {
		return err
	}
	if act := r.PostForm.Get("act"); act != "receive" && act != rehearse {
		if act == "save" {
			return p.done(w, r, i18n.T(ctx, "desk.draft.kept"), root+"/drafts")
		}
		return web.SeeOther(w, r, draftPath(draft))
	}
	return p.handIn(w, r, draft)
}

// rehearse is the act that takes a draft in as a rehearsal (模拟申报).
const rehearse = "rehearse"

// handIn makes the application (收件): what lacks is taken in as lacking.
func (p *Pages) handIn(w http.ResponseWriter, r *http.Request, draft int64) error {
	ctx := r.Context()
	take, said := p.Cases.Submit, "desk.done.receive"
	if r.PostForm.Get("act") == rehearse {
		take, said = p.Cases.Rehearse, "desk.done.rehearse"
	}
	out, err := take(ctx, auth.From(ctx), draft, r.PostForm.Get("_key"))
	if told(err) {
		return p.draftPage(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, i18n.T(ctx, said, "no", out.No), casePath(out.Case)+"?done=receive")
}

// filling reads what the page sent: only parts that it showed are changed.
func (p *Pages) filling(r *http.Request, draft int64) (cases.Filling, error) {
	f := cases.Filling{Answers: map[string]string{}, Form: map[string]string{}, Delivery: &cases.Delivery{}}
	err := p.Cases.DB.Read(r.Context(), func(tx *db.Tx) error {
		d, _, err := p.Cases.DraftOf(tx, auth.From(r.Context()), draft)
		if err != nil {
			return err
		}
		it, err := p.Cases.Catalog.Current(tx, d.Item)
		if err != nil {
			return err
		}
		for _, q := range it.Situations {
			if v := r.PostForm.Get("answer." + q.ID); v != "" {
				f.Answers[q.ID] = v
			}
		}
		shown := r.PostForm["shown"]
		for _, field := range it.Fields {
			if slices.Contains(shown, field.Key) {
				f.Form[field.Key] = strings.Join(r.PostForm["form."+field.Key], catalog.MultiSep)
			}
		}
		ticked := r.PostForm["paper"]
		for _, m := range r.PostForm["papers"] {
			f.Form[cases.OnPaper(m)] = ""
			if slices.Contains(ticked, m) {
				f.Form[cases.OnPaper(m)] = "yes"
			}
		}
		return nil
	})
	if id, asked := show.HeldOf(r.PostForm); asked {
		f.Certificate = &id
	}
	if r.PostForm.Has("place") {
		division := r.PostForm.Get("place")
		f.Division = &division
	}
	at := func(name string) string { return strings.TrimSpace(r.PostForm.Get("delivery." + name)) }
	f.Delivery.Way, f.Delivery.Name, f.Delivery.Phone, f.Delivery.Address = at("way"), at("name"), at("phone"), at("address")
	return f, err
}

func (p *Pages) postDraftFile(w http.ResponseWriter, r *http.Request) error {
	draft, err := idOf(r, "cases.draft_unknown")
	if err != nil {
		return err
	}
	material, err := p.attach(r, cases.To{Draft: draft})
	if told(err) {
		return p.draftPage(w, r, nil, &fault.Error{
			Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"material." + material: fault.Code(err)},
		})
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, draftPath(draft)+"#material."+material)
}

// attach keeps the file of a multipart request; it returns the material that the
// request names.
func (p *Pages) attach(r *http.Request, to cases.To) (string, error) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", err
		}
		return "", fault.New(fault.Invalid, "request.malformed")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	to.Material, to.Promises = r.PostForm.Get("material"), r.PostForm["promises"]
	body, head, err := r.FormFile("file")
	if err != nil {
		return to.Material, fault.New(fault.Invalid, "cases.file_empty")
	}
	defer func() { _ = body.Close() }()
	_, err = p.Cases.Attach(r.Context(), auth.From(r.Context()), to, head.Filename, body)
	return to.Material, err
}

func (p *Pages) postRemoveFile(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	draft, err := idOf(r, "cases.draft_unknown")
	if err != nil {
		return err
	}
	err = p.Cases.Detach(r.Context(), auth.From(r.Context()), whole(r.PostForm.Get("file")))
	if err != nil && !fault.Is(err, fault.Unknown) { // gone already is what was wanted
		return err
	}
	return web.SeeOther(w, r, draftPath(draft)+"#materials")
}

func (p *Pages) postDiscard(w http.ResponseWriter, r *http.Request) error {
	draft, err := idOf(r, "cases.draft_unknown")
	if err != nil {
		return err
	}
	if err := p.Cases.Discard(r.Context(), auth.From(r.Context()), draft); err != nil {
		return err
	}
	return p.done(w, r, i18n.T(r.Context(), "desk.draft.discarded"), root+"/drafts")
}

// has reports whether a material came as a file.
func (v draftView) has(material string) bool {
	return slices.ContainsFunc(v.Files, func(f cases.File) bool { return f.Material == material })
}

// papers are the materials that may lie on the counter.
func (v draftView) papers(ctx context.Context) (list []ui.Option) {
	for _, m := range v.Need.Materials {
		if !v.has(m.ID) {
			list = append(list, ui.Option{Value: m.ID, Text: m.Name, Note: needWords(ctx, m.Need), On: v.Draft.HasPaper(m.ID)})
		}
	}
	return list
}

// rows are the materials with their uploads.
func (v draftView) rows(ctx context.Context) (list []ui.Material) {
	for _, m := range v.Need.Materials {
		row := ui.Material{
			ID: "material." + m.ID, Name: m.Name, Tags: []ui.Badge{needTag(ctx, m.Need)}, Hint: strings.Join(m.Points, "；"),
			Upload: upload(ctx, draftPath(v.Draft.ID)+"/materials", m.ID, v.has(m.ID)),
		}
		for _, f := range v.Files {
			if f.Material == m.ID {
				row.Files = append(row.Files, ui.File{Name: f.Name, Note: show.Size(f.Size), Href: filePath(f.ID)})
				row.Remove = &ui.Ask{
					Action: draftPath(v.Draft.ID) + "/remove", Yes: i18n.T(ctx, "desk.file.remove"), Name: "file", Value: id(f.ID),
				}
			}
		}
		if words := v.Wrong["material."+m.ID]; words != "" {
			row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: words}
		}
		list = append(list, row)
	}
	return list
}

// upload is the form that sends one file.
func upload(ctx context.Context, action, material string, again bool) *ui.Upload {
	u := &ui.Upload{
		Action: action, Text: i18n.T(ctx, "desk.file.upload"), Accept: ".pdf,.jpg,.jpeg,.png,.ofd", Limit: cases.MaxFile,
		TooBig: i18n.T(ctx, "desk.file.too_large"), Hidden: []ui.Hidden{{Name: "material", Value: material}},
	}
	if again {
		u.Text, u.Quiet = i18n.T(ctx, "desk.file.more"), true
	}
	return u
}

func needWords(ctx context.Context, need catalog.MaterialNeed) string {
	return i18n.T(ctx, "desk.need."+string(need))
}

// needTag says whether a material must come: 必要, 可后补, 按需.
func needTag(ctx context.Context, need catalog.MaterialNeed) ui.Badge {
	tag := ui.Badge{Text: needWords(ctx, need)}
	if need == catalog.Deferrable {
		tag.Tone = ui.ToneWarn
	}
	return tag
}

// situation is a question with its answers.
func (v draftView) situation(q catalog.Situation) ui.Choices {
	c := ui.Choices{Name: "answer." + q.ID, Legend: q.Question, Error: v.Wrong["answer."+q.ID], Columns: 2}
	for _, o := range q.Options {
		c.Options = append(c.Options, ui.Option{Value: o.Value, Text: o.Label, On: v.Draft.Answers[q.ID] == o.Value})
	}
	return c
}

// ways are how the result may be had.
func (v draftView) ways(ctx context.Context) ui.Choices {
	way := v.Draft.Delivery.Way
	c := ui.Choices{Name: "delivery.way", Legend: i18n.T(ctx, "desk.delivery"), Columns: 2, Options: []ui.Option{
		{Value: cases.DeliverWindow, Text: i18n.T(ctx, "desk.delivery.window"), On: way != cases.DeliverCourier},
	}}
	if v.Item.Offer.Express || way == cases.DeliverCourier {
		c.Options = append(c.Options, ui.Option{Value: cases.DeliverCourier, Text: i18n.T(ctx, "desk.delivery.courier"), On: way == cases.DeliverCourier})
	}
	return c
}
