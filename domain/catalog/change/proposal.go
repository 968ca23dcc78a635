package change

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
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
	P     *catalog.Proposal
	About string // path of what it is about, "" for something new
	Items int    // in force that it reaches
	Most  bool   // there may be more

	Overtaken bool // something else has come in force since
	Lost      bool // what it was made on was not kept

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
	return p.decide(w, r, "change.proposal.agreed", func(ctx context.Context, who auth.Actor, id int64) error {
		if err := p.shown(ctx, id); err != nil {
			return err
		}
		return p.Catalog.Agree(ctx, who, id)
	})
}

// shown refuses to agree to a change of which the page has no line.
func (p *Pages) shown(ctx context.Context, id int64) error {
	v := proposalView{}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.P, err = p.Catalog.Proposal(tx, id); err != nil {
			return err
		}
		return p.beside(ctx, tx, &v)
	})
	if err == nil && v.P.State == catalog.ProposalWaits && !v.Overtaken && !v.agreeable() {
		err = fault.New(fault.Conflict, "catalog.proposal.unseen")
	}
	return err
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

// beside puts what is proposed beside what it was made on.
func (p *Pages) beside(ctx context.Context, tx *db.Tx, v *proposalView) error {
	_, code, _ := strings.Cut(v.P.About, ":")
	there := v.P.On > 0 || v.P.State == catalog.ProposalAgreed
	switch {
	case v.P.Kind == catalog.ProposeLocks:
		v.About = "/catalog/locks/" + code
	case v.P.Kind == catalog.ProposeBase && there:
		v.About = "/catalog/base/" + code
	case there:
		v.About = "/catalog/materials/" + code
	}
	if v.P.Kind == catalog.ProposeBase {
		list, next, err := p.Catalog.Implementations(tx, code, "", 100)
		if err != nil {
			return err
		}
		v.Items, v.Most = len(list), next != ""
	}
	x, err := p.Catalog.Sides(tx, v.P)
	if err != nil {
		return err
	}
	v.Overtaken, v.Lost = x.Overtaken, x.Unknown
	v.Table, err = besideTable(ctx, unitsOf(tx, p.Catalog), v.P, x)
	return err
}

// besideTable has a line for each place in which the two sides of a proposal differ.
func besideTable(ctx context.Context, unit func(code string) string, p *catalog.Proposal, x catalog.Sides) (ui.Grid, error) {
	before := "change.proposal.col.now"
	if x.Overtaken || p.State != catalog.ProposalWaits {
		before = "change.proposal.col.was"
	}
	g := ui.Grid{Label: i18n.T(ctx, "change.proposal.what"), Cols: []ui.Col{
		{Text: i18n.T(ctx, "change.proposal.col.what"), Row: true}, {Text: i18n.T(ctx, before)}, {Text: i18n.T(ctx, "change.proposal.col.next")},
	}}
	was, next, err := x.Plain(p.Kind)
	if err != nil {
		return g, err
	}
	s := sides{ctx: ctx, unit: unit}
	s.walk([]step{{name: string(p.Kind)}}, was, next)
	g.Rows = s.rows
	return g, nil
}

// overtaken is what the page says of something else that came in force: to be sent back while it waits, else no more than that.
func (v proposalView) overtaken() string {
	if v.P.State == catalog.ProposalWaits {
		return "change.proposal.overtaken.waits"
	}
	return "change.proposal.overtaken.ended"
}

// agreeable reports whether the reader was shown what they would agree to, and can.
func (v proposalView) agreeable() bool { return len(v.Table.Rows) > 0 && !v.Overtaken && !v.Lost }

func (p *Pages) sendProposed(w http.ResponseWriter, r *http.Request) error {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is nobody's
	var found *catalog.Proposal
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		found, err = p.Catalog.Proposal(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if found.File == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	return p.Catalog.SendFile(w, r, *found.File)
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
