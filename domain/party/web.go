package party

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const profilePath = "/my/profile"

// summary lists what is wrong with a form, field by field in its order.
func summary(trouble string, wrong map[string]string, fields ...string) []ui.Wrong {
	var all []ui.Wrong
	for _, field := range fields {
		if words := wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 && trouble != "" {
		all = append(all, ui.Wrong{Text: trouble})
	}
	return all
}

// mendable reports whether the form is shown again with what is wrong.
func mendable(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) }

// profileView is what somebody sees of themselves.
type profileView struct {
	ui.Page
	Who        auth.Actor
	Cards      []card // the person, and whom they act for
	Principals []principalView
	Given      []mandateView // by the party in whose name the person is here
	Held       []mandateView
	Own        bool // the party's own affairs: mandates may be revoked
	MayEntrust bool
	More       ui.More // mandates
	Contacts   []Contact
	Key        string
	Typed      Contact
	Trouble    string
	Wrong      map[string]string
}

// card is a party with its division in words.
type card struct {
	Party
	Place string
}

// waits reports whether the party is an organisation whose papers no window has
// seen yet.
func (p Party) waits() bool { return p.Kind == Organization && p.Assurance == Declared }

// principalView is somebody to act for, once however many mandates there are.
type principalView struct {
	ID    int64
	Name  string
	ByLaw bool
	Now   bool
}

// mandateView is a mandate with its names.
type mandateView struct {
	Mandate
	Other string // the agent of one given, the principal of one held
	Items []string
	Now   bool // in force today
	Over  bool // revoked or past
}

func (s *Service) showProfile(w http.ResponseWriter, r *http.Request) error {
	return s.profilePage(w, r, http.StatusOK, profileView{})
}

func (s *Service) profilePage(w http.ResponseWriter, r *http.Request, code int, v profileView) error {
	v.Who, v.Key = auth.From(r.Context()), rand.Text()
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error { return s.fill(r, tx, &v) })
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(r.Context(), "party.profile.title"))
	v.Page.Path, v.Page.Wrong = profilePath, v.Trouble != ""
	return web.Show(w, r, code, profilePage(v))
}

// fill reads what the profile shows.
func (s *Service) fill(r *http.Request, tx *db.Tx, v *profileView) (err error) {
	parties := []int64{v.Who.Party}
	if v.Who.For != 0 {
		parties = append(parties, v.Who.For)
	}
	for _, id := range parties {
		c := card{}
		if c.Party, err = s.Find(tx, id); err != nil {
			return err
		}
		if s.Place != nil && c.Division != "" {
			if c.Place, err = s.Place(tx, c.Division); err != nil {
				return err
			}
		}
		v.Cards = append(v.Cards, c)
	}
	all, err := s.Principals(tx, v.Who.Party)
	if err != nil {
		return err
	}
	v.Principals = choices(v.Who, all)
	if v.Contacts, err = s.Contacts(tx, v.Who.Principal()); err != nil {
		return err
	}
	err = s.ownAffair(tx, v.Who)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return err
	}
	v.Own = err == nil
	v.MayEntrust = v.Own && !v.Cards[len(v.Cards)-1].waits()
	return s.fillMandates(r, tx, v)
}

// fewMandates is how many mandates the profile shows at once.
const fewMandates = 20

func (s *Service) fillMandates(r *http.Request, tx *db.Tx, v *profileView) error {
	me, day := v.Who.Principal(), today(tx)
	before, _ := strconv.ParseInt(r.URL.Query().Get("mandates"), 10, 64) // what is no number is the first page
	all, next, err := s.Mandates(tx, me, before, fewMandates)
	if err != nil {
		return err
	}
	if next != 0 {
		v.More.Text, v.More.Href = i18n.T(r.Context(), "party.mandates.more"), profilePath+"?mandates="+strconv.FormatInt(next, 10)
	}
	if before != 0 {
		v.More.First, v.More.FirstHref = i18n.T(r.Context(), "party.mandates.first"), profilePath
	}
	var ids []int64
	for _, m := range all {
		ids = append(ids, m.Agent, m.Principal)
	}
	names, err := s.Names(tx, ids...)
	if err != nil {
		return err
	}
	for _, m := range all {
		view := mandateView{Mandate: m, Other: names[m.Agent], Now: m.Covers("", day), Over: m.Revoked || m.To < day}
		for _, code := range m.Items {
			name := code
			if s.ItemName != nil {
				if name, err = s.ItemName(tx, code); err != nil && !fault.Is(err, fault.Unknown) {
					return err
				} else if err != nil {
					name = code
				}
			}
			view.Items = append(view.Items, name)
		}
		if m.Principal == me {
			v.Given = append(v.Given, view)
		} else {
			view.Other = names[m.Principal]
			v.Held = append(v.Held, view)
		}
	}
	return nil
}

// choices are for whom the person may act, themselves first.
func choices(who auth.Actor, all []Principal) []principalView {
	list := []principalView{{ID: who.Party, Name: who.Name, Now: who.For == 0}}
	seen := map[int64]bool{who.Party: true}
	for _, p := range all {
		if !seen[p.ID] {
			seen[p.ID] = true
			list = append(list, principalView{ID: p.ID, Name: p.Name, ByLaw: p.How == ByLaw, Now: who.For == p.ID})
		}
	}
	return list
}

// SwitchTo lets the session of who act for a principal from now on, or for
// themselves again. Without a right to that it is the Forbidden fault
// party.no_mandate.
func (s *Service) SwitchTo(ctx context.Context, who auth.Actor, principal int64) error {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := s.Mandate(tx, who.Party, principal, "")
		return err
	})
	if err != nil || s.ActFor == nil {
		return err
	}
	if principal == who.Party {
		principal = 0
	}
	return s.ActFor(ctx, principal)
}

func (s *Service) postActFor(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	principal, _ := strconv.ParseInt(r.PostForm.Get("principal"), 10, 64)
	if err := s.SwitchTo(r.Context(), auth.From(r.Context()), principal); err != nil {
		return err
	}
	next := profilePath
	if back := r.PostForm.Get("back"); back != "" {
		next = back
	}
	return s.done(w, r, "party.done.switched", next)
}

func (s *Service) postContact(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, form := r.Context(), r.PostForm
	c := Contact{Name: form.Get("contact_name"), Tie: form.Get("contact_tie"), Mobile: form.Get("contact_mobile")}
	err := s.AddContact(ctx, auth.From(ctx), c, form.Get("_key"))
	if mendable(err) {
		return s.profilePage(w, r, web.Status(err), profileView{Typed: c, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "party.done.contact", profilePath)
}

func (v profileView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "contact_name", "contact_tie", "contact_mobile")
}

func (s *Service) postRemoveContact(w http.ResponseWriter, r *http.Request) error {
	if err := s.RemoveContact(r.Context(), auth.From(r.Context()), pathID(r)); err != nil {
		return err
	}
	return s.done(w, r, "party.done.contact_gone", profilePath)
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, next string) error {
	if s.Flash != nil {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, next)
}

// pathID is the id in the path; what is no number is nobody's id.
func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}
