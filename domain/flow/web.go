package flow

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func path(id string) string { return root + "/" + url.PathEscape(id) }

// told reports whether a refusal is the person's to mend on the page that they sent.
func told(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) || fault.Is(err, fault.TooLarge)
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, to string) error {
	if s.Flash != nil {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, to)
}

// listView is a page of definitions.
type listView struct {
	ui.Page
	List        []Definition
	After, Next string
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Page: s.Frame(r, i18n.T(ctx, "flow.title")), After: r.FormValue("after")}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.List, v.Next, err = s.List(tx, v.After)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func (v listView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "flow.title"), Hover: true, Cols: columns(ctx, "name", "id", "state", "version", "moved")}
	for _, d := range v.List {
		badge := stateBadge(ctx, d.State)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: d.Name, Href: path(d.ID)}, {Text: d.ID, Code: true}, {Tag: &badge}, {Text: versionWords(ctx, d.Number)}, {Text: calendar.Minute(d.Moved)},
		}})
	}
	return g
}

func (v listView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "flow.order")}
	if v.Next != "" {
		more.Text, more.Href = i18n.T(ctx, "flow.more"), root+"?after="+url.QueryEscape(v.Next)
	}
	if v.After != "" {
		more.First, more.FirstHref = i18n.T(ctx, "flow.first"), root
	}
	return more
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "flow.col."+key), Row: i == 0})
	}
	return all
}

func versionWords(ctx context.Context, n int) string {
	if n == 0 {
		return i18n.T(ctx, "flow.version.none")
	}
	return i18n.T(ctx, "flow.version.n", "n", n)
}

func stateBadge(ctx context.Context, s State) ui.Badge {
	tone := map[State]ui.Tone{Drafted: ui.ToneLine, Submitted: ui.ToneWarn, Returned: ui.ToneBad, Approved: ui.ToneGood}[s]
	return ui.Badge{Text: i18n.T(ctx, "flow.state."+string(s)), Tone: tone}
}

// newView is the form for a new definition, or for a file.
type newView struct {
	ui.Page
	ID, Name, Item string
	Key            string
	Trouble        string
	Wrong          map[string]string
	Refused        []Finding // of a file
}

func (s *Service) askNew(w http.ResponseWriter, r *http.Request) error {
	return s.fresh(w, r, http.StatusOK, newView{})
}

func (s *Service) fresh(w http.ResponseWriter, r *http.Request, code int, v newView) error {
	v.Page, v.Key = s.Frame(r, i18n.T(r.Context(), "flow.new")), rand.Text()
	v.Page.Path, v.Page.Wrong = root+"/new", v.Trouble != ""
	return web.Show(w, r, code, newPage(v))
}

func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f := r.PostForm
	v := newView{ID: strings.TrimSpace(f.Get("id")), Name: f.Get("name"), Item: f.Get("item")}
	err := s.Create(r.Context(), auth.From(r.Context()), f.Get("_key"), v.ID, v.Name, v.Item)
	if told(err) {
		v.Trouble, v.Wrong = web.Words(r.Context(), err), web.FieldWords(r.Context(), err)
		return s.fresh(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "flow.done.create", path(v.ID)+"/steps")
}

// postImport takes a file in: of a new definition, or as the draft of one whose lock came along.
func (s *Service) postImport(w http.ResponseWriter, r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "request.malformed")
	}
	var key string
	var on int
	var source []byte
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // MultipartReader returns it bare
			break
		}
		if err != nil {
			return fault.New(fault.Invalid, "request.malformed")
		}
		body, err := io.ReadAll(io.LimitReader(part, mostSource+1))
		if err != nil {
			return fault.New(fault.Invalid, "request.malformed")
		}
		switch part.FormName() {
		case "_key":
			key = string(body)
		case "lock":
			on, _ = strconv.Atoi(string(body))
		case "file":
			source = body
		}
	}
	id, err := s.Import(r.Context(), auth.From(r.Context()), key, on, source)
	if told(err) {
		_, wrong := s.Read(source)
		return s.fresh(w, r, web.Status(err), newView{Trouble: web.Words(r.Context(), err), Wrong: web.FieldWords(r.Context(), err), Refused: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "flow.done.import", path(id))
}

func (s *Service) sendFile(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	var source []byte
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		d, err := s.Definition(tx, id)
		if err != nil {
			return err
		}
		source = d.Source
		if n, err := strconv.Atoi(r.FormValue("version")); err == nil {
			v, err := s.Version(tx, id, n)
			source = v.Source
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(source) == 0 {
		return fault.New(fault.Unknown, "flow.none")
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+id+`.bpmn"`)
	_, err = w.Write(source)
	return err
}
