// Package apply is the pages of the people who apply: from the first question to
// the receipt, their cases and what they may do about them, their papers, and the
// answer to whoever asks with a case number (申请人的页面).
//
// It has no rules and no SQL: it asks domain/cases. Nothing that somebody typed is
// lost: a draft is saved before it is judged, and a refused form comes back as it
// was sent. Titles and addresses of pages carry nothing personal.
package apply

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Pages are the pages of applicants. Give it its fields before the first call.
type Pages struct {
	Cases   *cases.Service
	Frame   ui.Frame
	Fonts   *paper.Fonts
	Hotline string // the number for questions, 12345
	// Flash leaves good news, already in the reader's language, for the next page;
	// nil leaves none.
	Flash func(ctx context.Context, text string)
	// Home is the page of a case that somebody of the staff works with; nil leads to "/".
	Home func(who auth.Actor, caseID int64) string

	callers callers
}

// page is the frame of a page under a title of this module.
func (p *Pages) page(r *http.Request, title string, shape ui.Shape) ui.Page {
	page := p.Frame(r, title)
	page.Shape = shape
	return page
}

// say leaves good news and goes on to path.
func (p *Pages) say(w http.ResponseWriter, r *http.Request, key, path string) error {
	if p.Flash != nil {
		p.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, path)
}

func (p *Pages) read(r *http.Request, fn func(tx *db.Tx, who auth.Actor) error) error {
	return p.Cases.DB.Read(r.Context(), func(tx *db.Tx) error { return fn(tx, auth.From(r.Context())) })
}

// pathID is the number at name in the path; what is no number is nobody's.
func pathID(r *http.Request, name string) int64 {
	id, _ := strconv.ParseInt(r.PathValue(name), 10, 64)
	return id
}

// stamp is what every form carries so that a stale page is told and a second
// press does nothing.
type stamp struct {
	Version int64
	Key     string
}

func newStamp(version int64) stamp { return stamp{version, rand.Text()} }

func (s stamp) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "_version", Value: strconv.FormatInt(s.Version, 10)}, {Name: "_key", Value: s.Key}}
}

// on is the act that a posted form is meant for.
func on(r *http.Request, id int64) cases.On {
	version, _ := strconv.ParseInt(r.PostFormValue("_version"), 10, 64)
	return cases.On{Case: id, Version: version, Key: r.PostFormValue("_key")}
}

// shown reports whether a failure is told on the page that it happened on; others
// have a page of their own.
func shown(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) ||
		fault.Is(err, fault.TooLarge)
}

func casePath(id int64, rest string) string { return "/my/cases/" + strconv.FormatInt(id, 10) + rest }

func draftPath(id int64, rest string) string {
	return "/apply/draft/" + strconv.FormatInt(id, 10) + rest
}

func itemPath(code string) string  { return "/items/" + code }
func beginPath(code string) string { return "/apply/" + code }
func filePath(id int64) string     { return "/files/" + strconv.FormatInt(id, 10) }
