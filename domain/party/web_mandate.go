package party

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// trustView is the form that gives a mandate.
type trustView struct {
	ui.Page
	Typed     Trust
	Principal string
	Trouble   string
	Wrong     map[string]string
}

func (v trustView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "agent_name", "agent_number", "items", "from", "to", "document")
}

func (s *Service) showTrust(w http.ResponseWriter, r *http.Request) error {
	v := trustView{}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		v.Typed.From = today(tx)
		return s.mayEntrust(tx, auth.From(r.Context()))
	})
	if err != nil {
		return err
	}
	return s.trustPage(w, r, http.StatusOK, v)
}

func (s *Service) trustPage(w http.ResponseWriter, r *http.Request, code int, v trustView) error {
	who := auth.From(r.Context())
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		names, err := s.Names(tx, who.Principal())
		v.Principal = names[who.Principal()]
		return err
	})
	if err != nil {
		return err
	}
	v.Typed.Key = rand.Text()
	v.Page = s.Frame(r, i18n.T(r.Context(), "party.trust.title"))
	v.Page.Shape, v.Page.Path, v.Page.Wrong = ui.ShapeRead, "/my/mandates/new", v.Trouble != ""
	return web.Show(w, r, code, trustPage(v))
}

func (s *Service) postTrust(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, form := r.Context(), r.PostForm
	in := Trust{
		AgentName: form.Get("agent_name"), AgentNumber: form.Get("agent_number"),
		From: form.Get("from"), To: form.Get("to"), Document: form.Get("document"), Key: form.Get("_key"),
	}
	if text := strings.TrimSpace(form.Get("items")); text != "" {
		in.Items = strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '；' || r == ';' })
	}
	_, err := s.Entrust(ctx, auth.From(ctx), in)
	if mendable(err) {
		return s.trustPage(w, r, web.Status(err), trustView{Typed: in, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "party.done.entrusted", profilePath)
}

func (s *Service) askRevoke(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	var name string
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := findMandate(tx, pathID(r), "")
		if err == nil && m.Principal != who.Principal() {
			err = fault.New(fault.Unknown, "row.unknown")
		}
		if err != nil {
			return err
		}
		names, err := s.Names(tx, m.Agent)
		name = names[m.Agent]
		return err
	})
	if err != nil {
		return err
	}
	p := s.Frame(r, i18n.T(ctx, "party.revoke"))
	p.Shape = ui.ShapeRead
	return web.Show(w, r, http.StatusOK, askPage(p, ui.Ask{
		Title: i18n.T(ctx, "party.revoke.title", "name", name), Text: i18n.T(ctx, "party.revoke.text", "name", name),
		Action: r.URL.Path, Yes: i18n.T(ctx, "party.revoke"), No: i18n.T(ctx, "party.revoke.no"), Danger: true, Back: profilePath,
	}))
}

func (s *Service) postRevoke(w http.ResponseWriter, r *http.Request) error {
	if err := s.Revoke(r.Context(), auth.From(r.Context()), pathID(r)); err != nil {
		return err
	}
	return s.done(w, r, "party.done.revoked", profilePath)
}

// revealView is a party as staff see it: masked, or in full once a purpose is
// chosen.
type revealView struct {
	ui.Page
	Party   Party
	Opened  *Opened
	Purpose Purpose
	Trouble string
	Wrong   map[string]string
}

func (s *Service) showReveal(w http.ResponseWriter, r *http.Request) error {
	return s.revealPage(w, r, http.StatusOK, revealView{})
}

func (s *Service) revealPage(w http.ResponseWriter, r *http.Request, code int, v revealView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { v.Party, err = s.seen(tx, auth.From(r.Context()), pathID(r)); return err })
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(r.Context(), "party.reveal.title"))
	v.Page.Path, v.Page.Wrong = r.URL.Path, v.Trouble != ""
	return web.Show(w, r, code, revealPage(v))
}

func (s *Service) postReveal(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	v := revealView{Purpose: Purpose(r.PostForm.Get("purpose"))}
	opened, err := s.Reveal(ctx, auth.From(ctx), pathID(r), v.Purpose)
	if mendable(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.revealPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	v.Opened = &opened
	return s.revealPage(w, r, http.StatusOK, v)
}

// purposes are the choices of the page, the chosen one marked.
func (v revealView) purposes(ctx context.Context) (list []ui.Option) {
	for _, p := range Purposes {
		list = append(list, ui.Option{Value: string(p), Text: i18n.T(ctx, "party.purpose."+string(p)), On: p == v.Purpose})
	}
	return list
}
