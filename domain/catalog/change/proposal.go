package change

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// proposalView is one proposal for the base catalogue, its locks or the library, beside what is in force.
type proposalView struct {
	ui.Page
	P       *catalog.Proposal
	About   string // path of what it is about, "" for something new
	Items   int    // in force that it reaches
	Most    bool   // there may be more
	Table   ui.Grid
	Mine    bool
	Again   string // path of the form to open it again, "" for none
	Barred  string // why the reader may not decide
	Remark  string // as typed
	Trouble string
	Wrong   map[string]string
}

func (p *Pages) showProposal(w http.ResponseWriter, r *http.Request) error {
	return p.proposal(w, r, http.StatusOK, proposalView{})
}

func (p *Pages) proposal(w http.ResponseWriter, r *http.Request, status int, v proposalView) error {
	ctx, who := r.Context(), auth.From(r.Context())
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is nobody's
	if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.P, err = p.Catalog.Proposal(tx, id); err != nil {
			return err
		}
		return p.beside(ctx, tx, &v)
	}); err != nil {
		return err
	}
	bar := v.P.Bar(who)
	v.Mine = fault.Code(bar) == "catalog.proposal.own"
	if bar != nil {
		v.Barred = web.Words(ctx, bar)
	}
	if v.P.Again() && who.May(catalog.Keep) {
		v.Again = v.form()
	}
	v.Page = p.Frame(r, proposalName(ctx, v.P))
	v.Page.Path, v.Page.Wrong = catalog.ProposalPath(id), v.Trouble != ""
	return web.Show(w, r, status, proposalPage(v))
}

// form is the form in which the proposal is opened again with all that was typed.
func (v proposalView) form() string {
	_, code, _ := strings.Cut(v.P.About, ":")
	at := map[catalog.ProposalKind]string{
		catalog.ProposeBase: "/catalog/base/" + code + "/edit", catalog.ProposeLocks: "/catalog/locks/" + code, catalog.ProposeMaterial: "/catalog/materials/" + code + "/edit",
	}[v.P.Kind]
	if v.About == "" { // of something that is not there yet
		at = map[catalog.ProposalKind]string{catalog.ProposeBase: "/catalog/base/new", catalog.ProposeMaterial: "/catalog/materials/new"}[v.P.Kind]
	}
	if at == "" {
		return ""
	}
	return at + "?again=" + strconv.FormatInt(v.P.ID, 10)
}

func (p *Pages) postAgree(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "change.proposal.agreed", func(ctx context.Context, who auth.Actor, id int64) error { return p.Catalog.Agree(ctx, who, id) })
}

func (p *Pages) postSendBack(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "change.proposal.sent_back", func(ctx context.Context, who auth.Actor, id int64) error {
		return p.Catalog.SendBack(ctx, who, id, form(r, "remark"))
	})
}

func (p *Pages) postTakeBack(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "change.proposal.taken_back", func(ctx context.Context, who auth.Actor, id int64) error { return p.Catalog.TakeBack(ctx, who, id) })
}

// decide does what was decided and says so; what keeps it from being done is told on the page.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, done string, do func(ctx context.Context, who auth.Actor, id int64) error) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	err := do(ctx, auth.From(ctx), id)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		return p.proposal(w, r, web.Status(err), proposalView{Remark: form(r, "remark"), Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	p.tell(ctx, done)
	return web.SeeOther(w, r, catalog.ProposalPath(id))
}

// beside puts what is proposed beside what is in force.
func (p *Pages) beside(ctx context.Context, tx *db.Tx, v *proposalView) (err error) {
	v.Table = ui.Grid{Label: i18n.T(ctx, "change.proposal.what"), Cols: []ui.Col{
		{Text: i18n.T(ctx, "change.proposal.col.what"), Row: true}, {Text: i18n.T(ctx, "change.proposal.col.now")}, {Text: i18n.T(ctx, "change.proposal.col.next")},
	}}
	_, code, _ := strings.Cut(v.P.About, ":")
	switch v.P.Kind {
	case catalog.ProposeBase:
		return p.besideBase(ctx, tx, v, code)
	case catalog.ProposeLocks:
		return p.besideLocks(ctx, tx, v, code)
	}
	now, err := p.Catalog.LibraryMaterial(tx, code)
	if fault.Is(err, fault.Unknown) && v.P.On == 0 {
		v.entry(ctx, nil, v.P.Material)
		return nil
	}
	if err != nil {
		return err
	}
	v.About = "/catalog/materials/" + code
	switch v.P.Kind {
	case catalog.ProposeMaterial:
		v.entry(ctx, &now, v.P.Material)
	case catalog.ProposeForm:
		f := now.Blank
		if v.P.Which == catalog.SampleForm {
			f = now.Sample
		}
		v.line(i18n.T(ctx, "library."+v.P.Which), fileName(f), fileName(v.P.File))
	case catalog.ProposeRetiring:
		v.line(i18n.T(ctx, "change.proposal.use"), []string{inUse(ctx, now.Retired)}, []string{inUse(ctx, v.P.Retired)})
	}
	return nil
}

// line adds a line where the two sides differ.
func (v *proposalView) line(label string, now, next []string) {
	clean := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	}
	now, next = clean(now), clean(next)
	if !slices.Equal(now, next) {
		v.Table.Rows = append(v.Table.Rows, ui.Line{Cells: []ui.Cell{{Text: label}, {Body: proposalSays(now)}, {Body: proposalSays(next)}}})
	}
}

func (p *Pages) besideBase(ctx context.Context, tx *db.Tx, v *proposalView, code string) error {
	now, _, err := p.Catalog.Base(tx, code)
	switch {
	case fault.Is(err, fault.Unknown):
		now = &catalog.Base{}
	case err != nil:
		return err
	default:
		v.About = "/catalog/base/" + code
	}
	list, next, err := p.Catalog.Implementations(tx, code, "", 100)
	if err != nil {
		return err
	}
	v.Items, v.Most = len(list), next != ""
	side := func(b *catalog.Base, e catalog.Element) []string {
		if b.Code == "" {
			return nil
		}
		names := slices.Clone(b.Bodies)
		for i := range names {
			names[i] = unitsOf(tx, p.Catalog)(names[i])
		}
		return directory.Says(ctx, b, names, e)
	}
	for _, e := range catalog.Elements() {
		if e != catalog.ElementPromise { // it follows from the limit
			v.line(directory.ElementName(ctx, e), side(now, e), side(v.P.Base, e))
		}
	}
	source := func(b *catalog.Base) []string {
		return []string{catalog.Codes(catalog.CodesPowerSource).Words(b.PowerSource, i18n.Lang(ctx))}
	}
	v.line(i18n.T(ctx, "directory.field.local_code"), []string{now.LocalCode}, []string{v.P.Base.LocalCode})
	v.line(i18n.T(ctx, "directory.field.main"), []string{now.Main}, []string{v.P.Base.Main})
	v.line(i18n.T(ctx, "directory.field.power_source"), source(now), source(v.P.Base))
	v.line(i18n.T(ctx, "directory.field.from"), []string{now.From}, []string{v.P.Base.From})
	v.line(i18n.T(ctx, "directory.field.until"), []string{now.Until}, []string{v.P.Base.Until})
	return nil
}

func (p *Pages) besideLocks(ctx context.Context, tx *db.Tx, v *proposalView, source string) error {
	now, _, err := p.Catalog.LocksOf(tx, source)
	if err != nil {
		return err
	}
	v.About = "/catalog/locks/" + source
	words := func(l catalog.Locks, e catalog.Element) []string {
		return []string{i18n.T(ctx, "directory.lock."+string(l.Of(e)))}
	}
	for _, e := range catalog.Elements() {
		v.line(directory.ElementName(ctx, e), words(now, e), words(v.P.Locks, e))
	}
	return nil
}

// entry puts two entries of the library beside each other; now is nil for a new one.
func (v *proposalView) entry(ctx context.Context, now, next *catalog.LibraryMaterial) {
	if now == nil {
		now = &catalog.LibraryMaterial{}
	}
	text := func(key, a, b string) { v.line(i18n.T(ctx, "library."+key), []string{a}, []string{b}) }
	code := func(key, a, b string) {
		say := func(value string) string {
			if value == "" {
				return ""
			}
			return i18n.T(ctx, "library."+key+"."+value)
		}
		text(key, say(a), say(b))
	}
	yes := func(key string, a, b bool) {
		say := func(on bool) string {
			if on {
				return i18n.T(ctx, "library.yes")
			}
			return i18n.T(ctx, "library.no")
		}
		text(key, say(a), say(b))
	}
	text("name", now.Name, next.Name)
	text("plain", now.Plain, next.Plain)
	code("kind", now.Kind, next.Kind)
	code("source", now.Source, next.Source)
	text("source_note", now.SourceNote, next.SourceNote)
	text("issuer", now.Issuer, next.Issuer)
	text("age", now.Age, next.Age)
	code("form", now.Form, next.Form)
	text("spec", now.Spec, next.Spec)
	code("trust", now.Trust, next.Trust)
	v.line(i18n.T(ctx, "library.points"), now.Points, next.Points)
	v.line(i18n.T(ctx, "library.instead"), now.ReplacedBy, next.ReplacedBy)
	text("basis", now.Basis, next.Basis)
	text("defer_days", strconv.Itoa(now.DeferDays), strconv.Itoa(next.DeferDays))
	yes("pledge", now.Pledge, next.Pledge)
	yes("proof", now.Proof, next.Proof)
	text("fill_note", now.FillNote, next.FillNote)
}

func fileName(f *catalog.File) []string {
	if f == nil {
		return nil
	}
	return []string{f.Name}
}

func inUse(ctx context.Context, retired bool) string {
	if retired {
		return i18n.T(ctx, "library.retired")
	}
	return i18n.T(ctx, "change.proposal.in_use")
}

// proposalName says what a proposal changes.
func proposalName(ctx context.Context, p *catalog.Proposal) string {
	return i18n.T(ctx, "change.proposal.kind."+string(p.Kind), "name", p.Name)
}

func proposalBadge(ctx context.Context, s catalog.ProposalState) ui.Badge {
	tones := map[catalog.ProposalState]ui.Tone{catalog.ProposalWaits: ui.ToneWarn, catalog.ProposalAgreed: ui.ToneGood, catalog.ProposalReturned: ui.ToneBad, catalog.ProposalWithdrawn: ui.ToneLine}
	return ui.Badge{Text: i18n.T(ctx, "change.proposal.state."+string(s)), Tone: tones[s]}
}

// reach says how many items follow.
func (v proposalView) reach(ctx context.Context) string {
	switch {
	case v.P.Kind != catalog.ProposeBase:
		return ""
	case v.Most:
		return i18n.T(ctx, "change.proposal.reach.most", "n", v.Items)
	case v.Items == 1:
		return i18n.T(ctx, "change.proposal.reach.one")
	}
	return i18n.T(ctx, "change.proposal.reach", "n", v.Items)
}
