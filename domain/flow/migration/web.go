package migration

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// told reports whether a refusal is the person's to mend on the page that they sent.
func told(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale)
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, to string) error {
	if s.Flash != nil {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, to)
}

// number reads a number of an address or a form, 0 for what is none.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// listView is the plans of a definition, with the form for another.
type listView struct {
	ui.Page
	D        *flow.Definition
	Versions []flow.Version
	Running  map[int]int // cases under way, by version
	Plans    []Plan
	Before   int64
	Next     int64
	Keeps    bool
	Key      string
	Trouble  string
	Wrong    map[string]string
	Typed    url.Values
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	return s.list(w, r, http.StatusOK, listView{})
}

func (s *Service) list(w http.ResponseWriter, r *http.Request, code int, v listView) error {
	ctx := r.Context()
	v.Before, v.Running = number(r.FormValue("before")), map[int]int{}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.D, err = s.Flows.Definition(tx, r.PathValue("id")); err != nil {
			return err
		}
		if v.Versions, err = s.Flows.Versions(tx, v.D.ID); err != nil {
			return err
		}
		for _, one := range v.Versions {
			if v.Running[one.Number], _, err = s.Cases.Pinned(tx, one.Hash); err != nil {
				return err
			}
		}
		v.Plans, v.Next, err = s.Plans(tx, v.D.ID, v.Before)
		return err
	})
	if err != nil {
		return err
	}
	v.Page, v.Key, v.Keeps = s.Frame(r, i18n.T(ctx, "migration.of", "name", v.D.Name)), rand.Text(), auth.From(ctx).May(Keep)
	v.Page.Path, v.Page.Wrong = root(v.D.ID), v.Trouble != ""
	return web.Show(w, r, code, listPage(v))
}

func (s *Service) postBegin(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f, flowID := r.PostForm, r.PathValue("id")
	id, err := s.Begin(r.Context(), auth.From(r.Context()), f.Get("_key"), flowID, int(number(f.Get("was"))), int(number(f.Get("now"))))
	if told(err) {
		return s.list(w, r, web.Status(err), listView{Trouble: web.Words(r.Context(), err), Wrong: web.FieldWords(r.Context(), err), Typed: f})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "migration.done.begin", path(&Plan{ID: id, Flow: flowID}))
}

// oneView is a plan, wherever it is.
type oneView struct {
	ui.Page
	P        *Plan
	D        *flow.Definition
	From, To *workflow.Def
	Sums     Sums
	Places   []Place
	Today    calendar.Date
	May      bool // whoever looks may approve it
	Own      bool // they may not because they had a hand in it
	Keeps    bool
	Key      string
	Trouble  string
	Field    string
	Wrong    map[string]string
	Typed    url.Values
	posts    map[string]string
	found    workflow.Map // by itself, from the steps
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, http.StatusOK, oneView{})
}

// load reads a plan with all that its page shows.
func (s *Service) load(tx *db.Tx, r *http.Request, v *oneView) (err error) {
	if v.P, err = s.Plan(tx, r.PathValue("id"), number(r.PathValue("plan"))); err != nil {
		return err
	}
	if v.D, err = s.Flows.Definition(tx, v.P.Flow); err != nil {
		return err
	}
	for _, side := range []struct {
		number int
		def    **workflow.Def
	}{{v.P.Was, &v.From}, {v.P.Now, &v.To}} {
		version, err := s.Flows.Version(tx, v.P.Flow, side.number)
		if err != nil {
			return err
		}
		if *side.def, err = workflow.Compile(version.Source); err != nil {
			return err
		}
	}
	if v.Sums, err = s.Sums(tx, v.P.ID); err != nil {
		return err
	}
	if v.Places, err = s.Places(tx, v.P.ID); err != nil {
		return err
	}
	if v.posts, err = s.Flows.PostNames(r.Context(), tx); err != nil {
		return err
	}
	v.Today, v.found = calendar.DateOf(tx.Now()), v.byWork()
	v.May, err = s.MayApprove(tx, auth.From(r.Context()), v.P)
	return err
}

func (s *Service) page(w http.ResponseWriter, r *http.Request, code int, v oneView) error {
	ctx := r.Context()
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.load(tx, r, &v) }); err != nil {
		return err
	}
	v.Keeps = auth.From(ctx).May(Keep)
	v.Own = !v.May && v.P.State == Submitted
	v.Page, v.Key = s.Frame(r, i18n.T(ctx, "migration.title", "n", v.P.Now)), rand.Text()
	v.Page.Path, v.Page.Wrong = path(v.P), v.Trouble != ""
	return web.Show(w, r, code, onePage(v))
}

// send does an act that a form of the page of a plan asks for.
func (s *Service) send(w http.ResponseWriter, r *http.Request, done, field string, fn func(ctx context.Context, who auth.Actor, key string, id int64, on int, f url.Values) error) error {
	if err := web.Form(r); err != nil {
		return err
	}
	f, ctx, id := r.PostForm, r.Context(), number(r.PathValue("plan"))
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { _, err := s.Plan(tx, r.PathValue("id"), id); return err }); err != nil {
		return err
	}
	err := fn(ctx, auth.From(ctx), f.Get("_key"), id, int(number(f.Get("lock"))), f)
	if told(err) {
		return s.page(w, r, web.Status(err), oneView{Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), Field: field, Typed: f})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, done, path(&Plan{ID: id, Flow: r.PathValue("id")}))
}

// mapField begins the names of the controls that say which element goes on as which.
const mapField = "n."

func (s *Service) postSave(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.save", "map", func(ctx context.Context, who auth.Actor, key string, id int64, on int, f url.Values) error {
		known := workflow.Map{}
		for name, values := range f {
			if element, ours := strings.CutPrefix(name, mapField); ours && values[0] != matched {
				known[element] = values[0]
			}
		}
		since, err := calendar.ParseDate(f.Get("since"))
		if err != nil {
			since = 0 // refused with a word about the day
		}
		return s.Save(ctx, who, key, id, on, known, f.Get("reason"), since)
	})
}

func (s *Service) postSubmit(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.submit", "acts", func(ctx context.Context, who auth.Actor, key string, id int64, on int, _ url.Values) error {
		return s.Submit(ctx, who, key, id, on)
	})
}

func (s *Service) postRetract(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.retract", "acts", func(ctx context.Context, who auth.Actor, key string, id int64, on int, _ url.Values) error {
		return s.Retract(ctx, who, key, id, on)
	})
}

func (s *Service) postApprove(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.approve", "acts", func(ctx context.Context, who auth.Actor, key string, id int64, on int, _ url.Values) error {
		return s.ApprovePlan(ctx, who, key, id, on)
	})
}

func (s *Service) postReturn(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.return", "remark", func(ctx context.Context, who auth.Actor, key string, id int64, on int, f url.Values) error {
		return s.Return(ctx, who, key, id, on, f.Get("remark"))
	})
}

func (s *Service) postStop(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.stop", "stop", func(ctx context.Context, who auth.Actor, key string, id int64, on int, f url.Values) error {
		return s.Stop(ctx, who, key, id, on, f.Get("remark"))
	})
}

func (s *Service) postAgain(w http.ResponseWriter, r *http.Request) error {
	return s.send(w, r, "migration.done.again", "acts", func(ctx context.Context, who auth.Actor, key string, id int64, on int, _ url.Values) error {
		return s.Again(ctx, who, key, id, on)
	})
}

// leftView lists the cases that stay in the older version.
type leftView struct {
	oneView
	Left  []Left
	After int64
	Next  int64
}

func (s *Service) showLeft(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := leftView{After: number(r.FormValue("after"))}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if err = s.load(tx, r, &v.oneView); err != nil {
			return err
		}
		v.Left, v.Next, err = s.Left(tx, v.P.ID, v.After)
		return err
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(ctx, "migration.left"))
	return web.Show(w, r, http.StatusOK, leftPage(v))
}
