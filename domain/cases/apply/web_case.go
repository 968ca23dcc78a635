package apply

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// caseView is one case of the applicant's own.
type caseView struct {
	ui.Page
	*cases.View
	stamp
	Me      int64 // account of whoever looks
	Answer  answer
	Lamp    ui.Lamp // "" where no clock counts
	Light   string
	Clock   *strip
	End     *ended // refused: why, and what can be done
	Moments []ui.Moment
	Where   []ui.Fact     // who handles it
	Owed    []ui.Material // still to come after the acceptance
	Mine    bool          // the applicant may act on it, not only look
	Undo    bool          // it may be withdrawn
	Now     []show.More   // procedures that the applicant may do
	Later   []show.More   // those not possible now
	Values  []ui.Fact
	Handed  []ui.Material // the materials as handed in
	Errors  []ui.Wrong
	Stale   bool
}

// look reads a case of the applicant's own with all that its pages show.
func (p *Pages) look(r *http.Request, bad refused) (v caseView, err error) {
	ctx := r.Context()
	err = p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		if v.View, err = p.Cases.View(tx, who, pathID(r, "id")); err != nil {
			return err
		}
		v.stamp, v.Me = newStamp(v.View.Version), who.ID
		v.Answer = answerOf(ctx, v.View)
		v.Lamp, v.Light = lamp(ctx, v.View)
		v.Clock = p.clockOf(ctx, v.View)
		v.End = p.endOf(ctx, v.View)
		v.Moments = p.moments(ctx, v.View)
		v.Mine = v.Party == who.Party || v.Party == who.For
		if v.Where, err = p.where(ctx, tx, v.View); err != nil {
			return err
		}
		choices, err := p.Cases.Explain(tx, who, v.Case)
		if err != nil {
			return err
		}
		v.Undo = slices.ContainsFunc(choices, func(c cases.Choice) bool { return c.Act == cases.ActWithdraw && c.Why == nil })
		if v.Mine {
			v.owed(ctx, bad)
			v.Now, v.Later = show.Mores(ctx, v.Case, v.further(choices), func(a cases.Act) string { return actPath(v.ID, a) })
		}
		v.handed(ctx)
		return nil
	})
	if err == nil && bad.Err != nil {
		v.Errors = append(v.Errors, ui.Wrong{Field: "material." + bad.Material, Text: bad.words(ctx)})
	}
	return v, err
}

// owed are the materials that are still to come, each with its upload: promised ones,
// and what lacks since the agency's silence accepted. A decided case waits for nothing.
func (v *caseView) owed(ctx context.Context, bad refused) {
	due := map[string]calendar.Date{}
	for _, d := range v.Matter.OpenDebts() {
		due[d.Material] = d.Due
	}
	for _, m := range v.Owing() {
		row := ui.Material{ID: "material." + m.Key, Name: m.Name}
		if day, promised := due[m.Key]; promised {
			row.Tags = []ui.Badge{{Text: i18n.T(ctx, "apply.need.deferrable"), Tone: ui.ToneWarn}}
			row.Hint = i18n.T(ctx, "apply.owed.due", "day", dayWords(ctx, day))
		} else {
			row.Tags = []ui.Badge{{Text: i18n.T(ctx, "apply.need.missing"), Tone: ui.ToneBad}}
			row.Hint = i18n.T(ctx, "apply.owed.missing")
		}
		for _, f := range show.Current(m) {
			row.Files = append(row.Files, fileLine(f))
			v.removable(ctx, &row, m, f)
		}
		onlyRemoval(ctx, &row)
		switch sent := m.Source != cases.SourceNone; {
		case sent:
			row.Verdict = &ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "apply.owed.sent")}
		case len(row.Files) > 0:
			row.Verdict = &ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "apply.owed.ready")}
			row.Acts = append([]ui.Act{{
				Text: i18n.T(ctx, "apply.owed.send"), Weight: ui.Primary, Form: "supply", Name: "material", Value: m.Key,
			}}, row.Acts...)
			fallthrough
		default:
			if m.Reason != "" && len(row.Files) == 0 {
				row.Verdict = &ui.Mark{Tone: ui.ToneBad, Text: i18n.T(ctx, "apply.owed.back", "reason", m.Reason), Icon: "alert"}
			}
			row.Upload = upload(ctx, casePath(v.ID, "/materials/"+m.Key), len(row.Files) > 0)
		}
		mark(ctx, &row, bad, m.Key)
		v.Owed = append(v.Owed, row)
	}
}

// handed is what was handed in, to look at again.
func (v *caseView) handed(ctx context.Context) {
	for _, x := range v.Form {
		fact := ui.Fact{Label: x.Label, Value: show.Mask(x)}
		if i := slices.IndexFunc(v.Item.Fields, func(f catalog.Field) bool { return f.Key == x.Key }); i >= 0 {
			fact.Label, fact.Note = unitOf(v.Item.Fields[i])
			if !x.Sensitive {
				fact.Value = valueWords(ctx, v.Item.Fields[i], x.Text)
			}
		}
		v.Values = append(v.Values, fact)
	}
	for _, m := range v.Materials {
		row := ui.Material{Name: m.Name, Tags: []ui.Badge{{Text: i18n.T(ctx, "apply.source."+m.Source)}}}
		if m.Source == cases.SourceCertificate {
			row.Tags[0].Tone = ui.ToneGood
		}
		for _, f := range m.Files {
			line := fileLine(f)
			if f.Replaced {
				line.Note += " " + i18n.T(ctx, "apply.file.old")
			}
			row.Files = append(row.Files, line)
		}
		v.Handed = append(v.Handed, row)
	}
}

// where says who handles the case now, and who will decide.
func (p *Pages) where(ctx context.Context, tx *db.Tx, v *cases.View) ([]ui.Fact, error) {
	var all []ui.Fact
	add := func(key, code string) error {
		post, err := p.Cases.Office.Resolve(tx, code, v.Division)
		if fault.Is(err, fault.Unknown) || fault.Is(err, fault.Conflict) {
			return nil // a post that nobody set up: the unit and the phone are told anyway
		}
		if err != nil {
			return err
		}
		unit, err := p.Cases.Office.Unit(tx, post.Unit)
		if err != nil {
			return err
		}
		all = append(all, ui.Fact{Label: i18n.T(ctx, "apply.where."+key), Value: unit.Name + "　" + post.Name})
		return nil
	}
	seen := map[string]bool{}
	for _, t := range v.Open() {
		if !seen[t.Post] {
			seen[t.Post] = true
			if err := add("now", t.Post); err != nil {
				return nil, err
			}
		}
	}
	if st := v.Item.Step("accept"); st != nil && (v.State() == cases.StateReceived || v.State() == cases.StateCorrecting) {
		if err := add("now", st.Post); err != nil {
			return nil, err
		}
	}
	if st := v.Item.Step("decide"); st != nil && !v.State().Ended() && v.DecidedAt.IsZero() {
		code := st.Post
		if other := v.Need.Posts[st.ID]; other != "" {
			code = other
		}
		if err := add("decides", code); err != nil {
			return nil, err
		}
	}
	return append(all,
		ui.Fact{Label: i18n.T(ctx, "apply.where.body"), Value: v.BodyName},
		ui.Fact{Label: i18n.T(ctx, "apply.where.phone"), Value: p.Hotline, Href: "tel:" + p.Hotline},
	), nil
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	return p.casePage(w, r, http.StatusOK, refused{}, nil)
}

// casePage shows a case; failed is what kept an act on this page from being done.
func (p *Pages) casePage(w http.ResponseWriter, r *http.Request, code int, bad refused, failed error) error {
	ctx := r.Context()
	v, err := p.look(r, bad)
	if err != nil {
		return err
	}
	v.fail(ctx, failed, "owed")
	v.Page = p.page(r, v.ItemName+" - "+i18n.T(ctx, "apply.progress"), ui.ShapePage)
	v.Page.Path, v.Page.Wrong = casePath(v.ID, ""), len(v.Errors) > 0
	return web.Show(w, r, code, casePage(v))
}

// fail puts a refusal at the head of the page.
func (v *caseView) fail(ctx context.Context, err error, field string) {
	if err == nil {
		return
	}
	v.Stale = fault.Is(err, fault.Stale)
	if words := web.FieldWords(ctx, err); len(words) > 0 {
		for _, m := range v.Materials {
			if text := words["material."+m.Key]; text != "" {
				v.Errors = append(v.Errors, ui.Wrong{Field: "material." + m.Key, Text: m.Name + i18n.T(ctx, "apply.mark.colon") + text})
			}
		}
		return
	}
	v.Errors = append(v.Errors, ui.Wrong{Field: field, Text: web.Words(ctx, err)})
}

// correctView is the place to correct an application.
type correctView struct {
	caseView
	Rows    []ui.Material
	Notice  *cases.Document
	Due     string
	Missing string // what has not come of what was sent in part; "" unless that was tried
}

func (p *Pages) showCorrect(w http.ResponseWriter, r *http.Request) error {
	return p.correctPage(w, r, http.StatusOK, refused{}, nil)
}

func (p *Pages) correctPage(w http.ResponseWriter, r *http.Request, code int, bad refused, failed error) error {
	ctx := r.Context()
	c, err := p.look(r, bad)
	if err != nil {
		return err
	}
	if c.State() != cases.StateCorrecting || !c.Mine {
		return web.SeeOther(w, r, casePath(c.ID, ""))
	}
	v := correctView{caseView: c, Due: dueWords(ctx, c.View)}
	v.fail(ctx, failed, "correct")
	v.Rows = v.corrections(ctx, bad, fieldsOf(failed))
	v.Missing = v.missing(ctx, fieldsOf(failed))
	for i := range v.Documents {
		if v.Documents[i].Kind == cases.PaperCorrectionNotice {
			v.Notice = &v.Documents[i]
		}
	}
	v.Page = p.page(r, i18n.T(ctx, "apply.correct")+" - "+v.ItemName, ui.ShapeRead)
	v.Page.Path, v.Page.Wrong = casePath(v.ID, "/correct"), len(v.Errors) > 0
	return web.Show(w, r, code, correctPage(v))
}

// corrections is what the notice asked for, each with its reason and its upload.
func (v *correctView) corrections(ctx context.Context, bad refused, faults fault.Fields) []ui.Material {
	var all []ui.Material
	round := v.Matter.Corrections + 1
	for _, m := range wanted(v.View) {
		row := ui.Material{ID: "material." + m.Key, Name: m.Name, Hint: i18n.T(ctx, "apply.correct.reason", "reason", m.Reason)}
		for _, f := range show.Current(m) {
			if f.Round == round {
				row.Files = append(row.Files, fileLine(f))
				v.removable(ctx, &row, m, f)
			}
		}
		onlyRemoval(ctx, &row)
		row.Tags = []ui.Badge{{Text: i18n.T(ctx, "apply.correct.open"), Tone: ui.ToneWarn}}
		if len(row.Files) > 0 {
			row.Tags = []ui.Badge{{Text: i18n.T(ctx, "apply.correct.ready"), Tone: ui.ToneGood}}
		}
		row.Upload = upload(ctx, casePath(v.ID, "/materials/"+m.Key), len(row.Files) > 0)
		if code := faults["material."+m.Key]; code != "" {
			row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: i18n.T(ctx, code), Icon: "alert"}
		}
		mark(ctx, &row, bad, m.Key)
		all = append(all, row)
	}
	return all
}

// removable lets a person take back a file that they uploaded and have not handed in.
func (v *caseView) removable(ctx context.Context, row *ui.Material, m cases.Material, f cases.File) {
	if f.Pending && f.Giver == v.Me {
		row.Acts = append(row.Acts, ui.Act{
			Text: i18n.T(ctx, "apply.file.remove_nth", "n", len(row.Files)), Weight: ui.Quiet, Form: "remove", Name: "file",
			Value: m.Key + "." + strconv.FormatInt(f.ID, 10),
		})
	}
}

// onlyRemoval does not number what stands alone.
func onlyRemoval(ctx context.Context, row *ui.Material) {
	if len(row.Acts) == 1 {
		row.Acts[0].Text = i18n.T(ctx, "apply.file.remove")
	}
}

// missing names what has not come of what the notice asked for, when some of it has:
// the applicant may hand in that part.
func (v *correctView) missing(ctx context.Context, faults fault.Fields) string {
	var names []string
	for _, m := range wanted(v.View) {
		if faults["material."+m.Key] != "" {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 || len(names) == len(v.Rows) {
		return ""
	}
	return joined(ctx, names)
}

// mark shows at its row that a file was not taken.
func mark(ctx context.Context, row *ui.Material, bad refused, key string) {
	if bad.Err != nil && bad.Material == key {
		row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: bad.words(ctx), Icon: "alert"}
	}
}

// postCaseFile takes a file for a case that waits for it.
func (p *Pages) postCaseFile(w http.ResponseWriter, r *http.Request) error {
	ctx, id, material := r.Context(), pathID(r, "id"), r.PathValue("material")
	name, err := take(w, r, func(name string, body io.Reader) error {
		_, err := p.Cases.Attach(ctx, auth.From(ctx), cases.To{Case: id, Material: material}, name, body)
		return err
	})
	if err != nil && !shown(err) && !errors.As(err, new(*http.MaxBytesError)) {
		return err
	}
	bad := refused{material, name, err}
	v, lookErr := p.look(r, bad)
	if lookErr != nil {
		return lookErr
	}
	correcting := v.State() == cases.StateCorrecting
	switch {
	case fromScript(r) && correcting:
		c := correctView{caseView: v}
		return p.showCaseRow(w, r, c.corrections(ctx, bad, nil), v.stamp, bad)
	case fromScript(r):
		return p.showCaseRow(w, r, v.Owed, v.stamp, bad)
	case err == nil && correcting:
		return web.SeeOther(w, r, casePath(id, "/correct#material."+material))
	case err == nil:
		return web.SeeOther(w, r, casePath(id, "#material."+material))
	case correcting:
		return p.correctPage(w, r, fileStatus(err), bad, nil)
	}
	return p.casePage(w, r, fileStatus(err), bad, nil)
}

// postDropFile takes back a file that was uploaded to a case and not handed in.
func (p *Pages) postDropFile(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id := pathID(r, "id")
	material, text, _ := strings.Cut(r.PostForm.Get("file"), ".")
	file, _ := strconv.ParseInt(text, 10, 64)
	if err := p.Cases.Detach(r.Context(), auth.From(r.Context()), file); err != nil && !fault.Is(err, fault.Unknown) {
		if shown(err) {
			return p.casePage(w, r, web.Status(err), refused{}, err)
		}
		return err
	}
	at := "#material." + material
	if r.PostForm.Get("_at") == "correct" {
		at = "/correct" + at
	}
	return web.SeeOther(w, r, casePath(id, at))
}

func (p *Pages) postCorrect(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id := pathID(r, "id")
	correct := p.Cases.Correction
	if r.PostForm.Get("partly") == "yes" { // the applicant has read what is missing
		correct = p.Cases.CorrectInPart
	}
	_, err := correct(r.Context(), auth.From(r.Context()), on(r, id), nil)
	if err != nil {
		if shown(err) {
			if fault.Code(err) == "cases.not_correcting" {
				return web.SeeOther(w, r, casePath(id, ""))
			}
			return p.correctPage(w, r, web.Status(err), refused{}, err)
		}
		return err
	}
	return p.say(w, r, "apply.correct.done", casePath(id, ""))
}

func (p *Pages) postSupply(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id := pathID(r, "id")
	_, err := p.Cases.Supply(r.Context(), auth.From(r.Context()), on(r, id), r.PostForm.Get("material"), false)
	if err != nil {
		if shown(err) {
			return p.casePage(w, r, web.Status(err), refused{}, err)
		}
		return err
	}
	return p.say(w, r, "apply.owed.done", casePath(id, ""))
}

// withdrawView asks before an application is taken back.
type withdrawView struct {
	caseView
	Reason string
}

func (p *Pages) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	return p.withdrawPage(w, r, http.StatusOK, "", nil)
}

func (p *Pages) withdrawPage(w http.ResponseWriter, r *http.Request, code int, reason string, failed error) error {
	ctx := r.Context()
	c, err := p.look(r, refused{})
	if err != nil {
		return err
	}
	if !c.Undo && failed == nil {
		return web.SeeOther(w, r, casePath(c.ID, ""))
	}
	v := withdrawView{caseView: c, Reason: reason}
	v.fail(ctx, failed, "reason")
	v.Page = p.page(r, i18n.T(ctx, "apply.withdraw")+" - "+v.ItemName, ui.ShapeRead)
	v.Page.Path, v.Page.Wrong = casePath(v.ID, "/withdraw"), len(v.Errors) > 0
	return web.Show(w, r, code, withdrawPage(v))
}

func (p *Pages) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id, reason := pathID(r, "id"), strings.TrimSpace(r.PostForm.Get("reason"))
	if len([]rune(reason)) > mostReason {
		return p.withdrawPage(w, r, http.StatusUnprocessableEntity, reason, fault.New(fault.Invalid, "apply.reason_long"))
	}
	_, err := p.Cases.Withdraw(r.Context(), auth.From(r.Context()), on(r, id), reason)
	if err != nil {
		if shown(err) {
			return p.withdrawPage(w, r, web.Status(err), reason, err)
		}
		return err
	}
	return p.say(w, r, "apply.withdraw.done", casePath(id, ""))
}

// mostReason is how long a reason may be, in characters.
const mostReason = 200

// receiptView says that an application has arrived.
type receiptView struct {
	caseView
	Slip *cases.Document
	QR   string
	By   string // by when they hear whether it is accepted
	Idle string // what there is to do until then
}

func (p *Pages) showReceipt(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.look(r, refused{})
	if err != nil {
		return err
	}
	v := receiptView{caseView: c}
	for i := range v.Documents {
		if v.Documents[i].Kind == cases.PaperReceipt {
			v.Slip = &v.Documents[i]
		}
	}
	if clock, ok := v.Matter.Clock(cases.ClockNotice); ok {
		v.By = dayWords(ctx, clock.Due)
	}
	v.Idle = i18n.T(ctx, "apply.idle")
	if v.Promised() {
		v.Idle = i18n.T(ctx, "apply.idle.promised")
	}
	if v.Slip != nil {
		if v.QR, err = p.code(ctx, *v.Slip); err != nil {
			return err
		}
	}
	v.Page = p.page(r, i18n.T(ctx, "apply.receipt")+" - "+v.ItemName, ui.ShapeRead)
	return web.Show(w, r, http.StatusOK, receiptPage(v))
}
