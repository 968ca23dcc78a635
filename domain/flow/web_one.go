package flow

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// oneView is the page of a definition.
type oneView struct {
	ui.Page
	D        *Definition
	Def      *workflow.Def
	Picture  Picture
	Drawn    bool // it has a diagram
	Findings []Finding
	Versions []Version
	Now      int // number of the version in force, 0 for none
	Diff     []Difference
	May      bool // whoever looks may approve it
	Own      bool // they may not because they had a hand in it
	Keeps    bool
	Key      string
	Since    string
	Today    calendar.Date
	Trouble  string
	Field    string
	Wrong    map[string]string
	Typed    url.Values
	posts    map[string]string
	systems  map[string]string
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	return s.one(w, r, http.StatusOK, oneView{})
}

func (s *Service) one(w http.ResponseWriter, r *http.Request, code int, v oneView) error {
	ctx, who := r.Context(), auth.From(r.Context())
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.D, err = s.Definition(tx, r.PathValue("id")); err != nil {
			return err
		}
		if v.Def, v.Findings, err = s.Judge(tx, v.D); err != nil {
			return err
		}
		if v.Versions, err = s.Versions(tx, v.D.ID); err != nil {
			return err
		}
		v.Today = calendar.DateOf(tx.Now())
		if now, err := InForce(v.Versions, v.Today); err == nil {
			v.Now = now.Number
		}
		if v.May, err = s.MayApprove(tx, who, v.D); err != nil {
			return err
		}
		if v.systems, err = s.systemNames(tx); err != nil {
			return err
		}
		v.posts, err = s.postNames(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	v.Own, v.Keeps = !v.May && v.D.State == Submitted, who.May(Keep)
	if v.Def != nil {
		v.Picture, v.Drawn = Draw(v.Def)
		v.Picture.Mark("bad", atFault(v.Findings)...)
		if len(v.Versions) > 0 && v.D.State != Approved {
			if was, err := workflow.Compile(v.Versions[0].Source); err == nil {
				v.Diff = Differences(was, v.Def)
			}
		}
	}
	v.Page, v.Key, v.Since = s.Frame(r, v.D.Name), rand.Text(), v.Today.String()
	v.Page.Path, v.Page.Wrong = path(v.D.ID), v.Trouble != ""
	return web.Show(w, r, code, onePage(v))
}

func atFault(all []Finding) (ids []string) {
	for _, f := range all {
		ids = append(ids, f.Step)
	}
	return ids
}

// postNames are the posts by code, each with its unit.
func (s *Service) postNames(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	list, err := s.posts(tx)
	names := map[string]string{}
	for _, p := range list {
		names[p.Code] = p.called(ctx, s.unitName(tx, p.Unit))
	}
	return names, err
}

// systemNames are the systems in use by code.
func (s *Service) systemNames(tx *db.Tx) (map[string]string, error) {
	list, err := s.systems(tx)
	names := map[string]string{}
	for _, sys := range list {
		names[sys.Code] = sys.Name
	}
	return names, err
}

func (s *Service) unitName(tx *db.Tx, code string) string {
	if s.UnitName == nil || code == "" {
		return code
	}
	return s.UnitName(tx, code)
}

func (p Post) called(ctx context.Context, unit string) string {
	if strings.HasPrefix(p.Code, "@") {
		return i18n.T(ctx, "catalog.post."+p.Code[1:])
	}
	return unit + " · " + p.Name
}

// send does an act that a form of the page of a definition asks for.
func (s *Service) send(w http.ResponseWriter, r *http.Request, done, field string, fn func(ctx context.Context, who auth.Actor, key, id string, on int, f url.Values) error) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f, ctx := r.PostForm, r.Context()
	on, _ := strconv.Atoi(f.Get("lock")) // what is no number is a draft that has moved
	err := fn(ctx, auth.From(ctx), f.Get("_key"), r.PathValue("id"), on, f)
	if told(err) {
		return s.one(w, r, web.Status(err), oneView{Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), Field: field, Typed: f})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, done, path(r.PathValue("id")))
}

func (s *Service) postSubmit(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "flow.done.submit", "reason", func(ctx context.Context, who auth.Actor, key, id string, on int, f url.Values) error {
		return s.Submit(ctx, who, key, id, on, f.Get("reason"))
	})
}

func (s *Service) postRetract(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "flow.done.retract", "acts", func(ctx context.Context, who auth.Actor, key, id string, on int, _ url.Values) error {
		return s.Retract(ctx, who, key, id, on)
	})
}

func (s *Service) postReturn(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "flow.done.return", "remark", func(ctx context.Context, who auth.Actor, key, id string, on int, f url.Values) error {
		return s.Return(ctx, who, key, id, on, f.Get("remark"))
	})
}

func (s *Service) postApprove(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "flow.done.approve", "since", func(ctx context.Context, who auth.Actor, key, id string, on int, f url.Values) error {
		since, err := calendar.ParseDate(f.Get("since"))
		if err != nil {
			since = 0 // refused with a word about the day
		}
		return s.ApproveDraft(ctx, who, key, id, on, since)
	})
}

func (s *Service) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "flow.done.withdraw", "why", func(ctx context.Context, who auth.Actor, key, id string, on int, f url.Values) error {
		number, _ := strconv.Atoi(f.Get("number"))
		return s.Withdraw(ctx, who, key, id, on, number, f.Get("why"))
	})
}
