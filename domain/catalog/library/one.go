package library

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// oneView is one entry with the items that have it.
type oneView struct {
	ui.Page
	M           catalog.LibraryMaterial
	Instead     []string // names of the certificates that stand in
	Uses        []catalog.Use
	After, Next string
	Key         string
	Reason      string
	Why         string // of another form, as typed
	Trouble     string
	Wrong       map[string]string
	Field       string // at which the trouble is told
	Spread      spreadView
	Proposal    *catalog.Proposal // the latest, nil for none
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.one(w, r, http.StatusOK, oneView{})
}

// one shows an entry; v brings what was typed and refused.
func (p *Pages) one(w http.ResponseWriter, r *http.Request, code int, v oneView) error {
	ctx := r.Context()
	v.After, v.Key = r.URL.Query().Get("after"), rand.Text()
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.M, err = p.Catalog.LibraryMaterial(tx, r.PathValue("code")); err != nil {
			return err
		}
		for _, c := range v.M.ReplacedBy {
			t, err := p.Catalog.CertificateType(tx, c)
			if err != nil && !fault.Is(err, fault.Unknown) {
				return err
			}
			v.Instead = append(v.Instead, strings.TrimSpace(t.Name+" "+c))
		}
		if v.Uses, v.Next, err = p.Catalog.Uses(tx, v.M, v.After); err != nil {
			return err
		}
		if v.Proposal, err = p.Catalog.LatestProposal(tx, catalog.AboutMaterial(v.M.Code)); err != nil {
			return err
		}
		return p.readSpread(tx, &v)
	})
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, v.M.Name)
	v.Page.Path, v.Page.Wrong = path(v.M.Code), v.Trouble != ""
	return web.Show(w, r, code, onePage(v))
}

func (v oneView) facts(ctx context.Context) (list []ui.Fact) {
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: i18n.T(ctx, "library."+key), Value: value})
		}
	}
	m := v.M
	add("plain", m.Plain)
	add("kind", i18n.T(ctx, "library.kind."+m.Kind))
	add("source", i18n.T(ctx, "library.source."+m.Source))
	add("source_note", m.SourceNote)
	add("issuer", m.Issuer)
	add("age", m.Age)
	add("form", i18n.T(ctx, "library.form."+m.Form))
	add("spec", m.Spec)
	add("trust", i18n.T(ctx, "library.trust."+m.Trust))
	add("instead", strings.Join(v.Instead, i18n.T(ctx, "library.and")))
	add("basis", m.Basis)
	if m.DeferDays > 0 {
		add("defer_days", i18n.T(ctx, "library.days", "n", m.DeferDays))
	}
	if m.Pledge {
		add("pledge", yes(ctx, true))
	}
	if m.Proof {
		add("proof", yes(ctx, true))
	}
	add("fill_note", m.FillNote)
	return list
}

func (v oneView) uses(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "library.uses"), Hover: true, Cols: columns(ctx, "item", "called", "version", "words")}
	for _, u := range v.Uses {
		state := ui.Badge{Text: i18n.T(ctx, "library.words.same"), Tone: ui.ToneGood}
		name := ui.Cell{Text: u.Name, Href: "/catalog/items/" + u.Code}
		if u.Older {
			state = ui.Badge{Text: i18n.T(ctx, "library.words.older"), Tone: ui.ToneWarn}
			name = ui.Cell{Body: choosing(u, v.Spread.ticked(u.Code))}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			name, {Text: strings.Join(u.Materials, i18n.T(ctx, "library.and"))}, {Text: strconv.Itoa(u.Version)}, {Tag: &state},
		}})
	}
	return g
}

func (v oneView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "library.uses.order")}
	if v.Next != "" {
		more.Text, more.Href = i18n.T(ctx, "library.more"), path(v.M.Code)+"?after="+v.Next
	}
	if v.After != "" {
		more.First, more.FirstHref = i18n.T(ctx, "library.first"), path(v.M.Code)
	}
	return more
}

func (p *Pages) postRetire(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	code, reason := r.PathValue("code"), r.PostForm.Get("reason")
	retired := r.PostForm.Get("retired") == "yes"
	on, _ := strconv.Atoi(r.PostForm.Get("on"))
	proposal, err := p.Catalog.ProposeRetirement(r.Context(), actor(r), r.PostForm.Get("_key"), on, code, retired, reason)
	if told(err) {
		return p.one(w, r, web.Status(err), oneView{Reason: reason, Trouble: web.Words(r.Context(), err), Wrong: web.FieldWords(r.Context(), err)})
	}
	if err != nil {
		return err
	}
	key := "library.done.back"
	if retired {
		key = "library.done.retired"
	}
	return p.done(w, r, key, code, catalog.ProposalPath(proposal))
}

// fileOf is the blank or the sample form of an entry, nil where it has none.
func fileOf(m catalog.LibraryMaterial, which string) *catalog.File {
	switch which {
	case catalog.BlankForm:
		return m.Blank
	case catalog.SampleForm:
		return m.Sample
	}
	return nil
}

func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	var m catalog.LibraryMaterial
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		m, err = p.Catalog.LibraryMaterial(tx, r.PathValue("code"))
		return err
	})
	if err != nil {
		return err
	}
	f := fileOf(m, r.PathValue("which"))
	if f == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	return p.Catalog.SendFile(w, r, *f)
}

// postFile gives an entry a form, or takes it away where no file came and that was asked for.
func (p *Pages) postFile(w http.ResponseWriter, r *http.Request) error {
	code, ctx := r.PathValue("code"), r.Context()
	sent, err := p.takeFile(r)
	var proposal int64
	if err == nil {
		proposal, err = p.Catalog.ProposeForm(ctx, actor(r), sent.key, sent.on, code, r.PathValue("which"), sent.file, sent.why)
	}
	if told(err) {
		v := oneView{Why: sent.why, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), Field: "why-" + sent.from(r)}
		if words := v.Wrong["why"]; words != "" {
			v.Trouble = words
		}
		return p.one(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	key := "library.done.file"
	if sent.file == nil {
		key = "library.done.no_file"
	}
	return p.done(w, r, key, code, catalog.ProposalPath(proposal))
}

// sent is what the form of a file brought.
type sent struct {
	key  string
	on   int
	why  string
	file *catalog.File // nil: to be taken away

	remove bool
}

// from names the form that was sent.
func (s sent) from(r *http.Request) string {
	if s.remove {
		return r.PathValue("which") + "-remove"
	}
	return r.PathValue("which")
}

// fileWhy asks for the reason of another form, or of none.
func (v oneView) fileWhy(ctx context.Context, form string) ui.Input {
	i := ui.Input{Name: "why", ID: "why-" + form, Label: i18n.T(ctx, "library.why"), Max: 500, Wide: true}
	if strings.HasSuffix(form, "-remove") {
		i.Label = i18n.T(ctx, "library.why.remove")
	}
	if v.Field == i.ID {
		i.Value, i.Error = v.Why, v.Wrong["why"]
	}
	return i
}

// takeFile reads the parts as they come; the file is the last.
func (p *Pages) takeFile(r *http.Request) (s sent, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return s, fault.New(fault.Invalid, "request.malformed")
	}
	const most = 2000 // bytes of a part that is no file: 500 characters
	for {
		part, err := parts.NextPart()
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return s, fault.New(fault.TooLarge, "catalog.file.large", "megabytes", catalog.MaxFile>>20)
		}
		if err != nil {
			return s, fault.New(fault.Invalid, "library.no_file")
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				return s, fault.New(fault.Invalid, "library.no_file")
			}
			f, err := p.Catalog.KeepFile(r.Context(), actor(r), part.FileName(), part)
			if _, large := errors.AsType[*http.MaxBytesError](err); large {
				err = fault.New(fault.TooLarge, "catalog.file.large", "megabytes", catalog.MaxFile>>20)
			}
			s.file = &f
			return s, err
		}
		text, err := io.ReadAll(io.LimitReader(part, most))
		if err != nil {
			return s, fault.New(fault.Invalid, "request.malformed")
		}
		switch part.FormName() {
		case "_key":
			s.key = string(text)
		case "on":
			s.on, _ = strconv.Atoi(string(text))
		case "why":
			s.why = strings.TrimSpace(strings.ToValidUTF8(string(text), ""))
		case "remove":
			s.remove = true
			return s, nil
		}
	}
}
