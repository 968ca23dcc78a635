package exchange

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// systemPath is the address of a system, "" for one that there is not.
func systemPath(code string, known bool) string {
	if !known {
		return ""
	}
	return root + "/systems/" + url.PathEscape(code)
}

// systemsView lists the systems.
type systemsView struct {
	ui.Page
	Tabs []ui.Link
	List []System
}

func (s *Service) showSystems(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := systemsView{Page: s.Frame(r, i18n.T(ctx, "exchange.title"))}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		failed, err := countFailed(tx)
		if err != nil {
			return err
		}
		v.Tabs = tabs(ctx, false, failed)
		v.List, err = s.Systems(tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, systemsPage(v))
}

// systemView is the form of a system, new or kept.
type systemView struct {
	ui.Page
	New     bool
	Code    string
	Draft   Draft // as typed, or as kept; never with a secret
	Lock    int
	Key     string
	Latest  []Stored
	Trouble string
	Wrong   map[string]string
	typed   bool
}

func (s *Service) askNew(w http.ResponseWriter, r *http.Request) error {
	return s.fresh(w, r, http.StatusOK, systemView{Draft: Draft{Used: true}})
}

func (s *Service) fresh(w http.ResponseWriter, r *http.Request, code int, v systemView) error {
	v.Page, v.Key, v.New = s.Frame(r, i18n.T(r.Context(), "exchange.new")), rand.Text(), true
	v.Page.Path, v.Page.Wrong = root+"/new", v.Trouble != ""
	return web.Show(w, r, code, systemPage(v))
}

// few is how many of a system's orders its page shows.
const few = 5

func (s *Service) showSystem(w http.ResponseWriter, r *http.Request) error {
	return s.system(w, r, http.StatusOK, systemView{})
}

func (s *Service) system(w http.ResponseWriter, r *http.Request, code int, v systemView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		sys, err := s.System(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		v.Code, v.Lock = sys.Code, sys.Lock
		if !v.typed {
			v.Draft = Draft{Name: sys.Name, Address: sys.Address, Used: sys.Used}
		}
		v.Latest, err = listOrders(tx, Filter{System: sys.Code}, 0, few)
		return err
	})
	if err != nil {
		return err
	}
	v.Page, v.Key = s.Frame(r, v.Draft.Name), rand.Text()
	v.Page.Path, v.Page.Wrong = systemPath(v.Code, true), v.Trouble != ""
	return web.Show(w, r, code, systemPage(v))
}

func draftOf(f url.Values) Draft {
	return Draft{Name: f.Get("name"), Address: f.Get("address"), Secret: f.Get("secret"), Used: f.Get("used") != ""}
}

// refused is the form again with what was typed, but for the secret.
func refused(ctx context.Context, err error, d Draft) systemView {
	d.Secret = ""
	return systemView{Draft: d, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), typed: true}
}

func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	code := strings.TrimSpace(f.Get("code"))
	err := s.Add(ctx, auth.From(ctx), f.Get("_key"), code, draftOf(f))
	if mendable(err) {
		v := refused(ctx, err, draftOf(f))
		v.Code = code
		return s.fresh(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "exchange.done.add", systemPath(code, true))
}

func (s *Service) postChange(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	on, _ := strconv.Atoi(f.Get("lock")) // what is no number is a system that has moved
	err := s.Change(ctx, auth.From(ctx), f.Get("_key"), r.PathValue("code"), on, draftOf(f))
	if mendable(err) {
		return s.system(w, r, web.Status(err), refused(ctx, err, draftOf(f)))
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "exchange.done.change", systemPath(r.PathValue("code"), true))
}

func (s *Service) postTry(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	id, err := s.Try(ctx, auth.From(ctx), r.PostForm.Get("_key"), r.PathValue("code"))
	if mendable(err) {
		return s.system(w, r, web.Status(err), systemView{Trouble: web.Words(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "", orderPath(id))
}

// summary leads to what is wrong with the form.
func (v systemView) summary() []ui.Wrong {
	return summary(v.Wrong, []string{"code", "name", "address", "secret"}, "name", v.Trouble)
}

// summary leads to what is wrong with a form: to a field where nothing else is named.
func summary(wrong map[string]string, order []string, field, trouble string) (all []ui.Wrong) {
	for _, f := range order {
		if wrong[f] != "" {
			all = append(all, ui.Wrong{Field: f, Text: wrong[f]})
		}
	}
	if len(all) == 0 && trouble != "" {
		all = append(all, ui.Wrong{Field: field, Text: trouble})
	}
	return all
}
