package office

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const unitsPath = "/admin/units"

func unitPath(code string) string { return unitsPath + "/" + url.PathEscape(code) }

// unitLine is a unit as the list shows it.
type unitLine struct {
	branch
	Posts int
}

// unitsView is the list of units.
type unitsView struct {
	ui.Page
	Lines []unitLine
}

func (s *Service) showUnits(w http.ResponseWriter, r *http.Request) error {
	v := unitsView{Page: s.Frame(r, i18n.T(r.Context(), "office.units.title"))}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		units, err := listUnits(tx)
		if err != nil {
			return err
		}
		posts, err := listPosts(tx)
		if err != nil {
			return err
		}
		many := map[string]int{}
		for _, p := range posts {
			many[p.Unit]++
		}
		for _, u := range tree(units) {
			v.Lines = append(v.Lines, unitLine{u, many[u.Code]})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, unitsPage(v))
}

// unitView is the form of a unit.
type unitView struct {
	ui.Page
	Key     string
	New     bool
	Used    bool
	Typed   Unit
	Units   []Unit
	Posts   []Post
	Trouble string
	Wrong   map[string]string
}

func (v unitView) summary() []ui.Wrong {
	return summary(v.Trouble, v.Wrong, "name", "kind", "parent", "body", "division", "code")
}

func (s *Service) showNewUnit(w http.ResponseWriter, r *http.Request) error {
	return s.unitPage(w, r, http.StatusOK, unitView{New: true, Typed: Unit{Kind: Department, Division: s.Division}})
}

func (s *Service) showUnit(w http.ResponseWriter, r *http.Request) error {
	var v unitView
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Typed, err = findUnit(tx, r.PathValue("unit"))
		return err
	})
	if err != nil {
		return err
	}
	return s.unitPage(w, r, http.StatusOK, v)
}

func (s *Service) unitPage(w http.ResponseWriter, r *http.Request, code int, v unitView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.Units, err = listUnits(tx); err != nil || v.New {
			return err
		}
		posts, err := listPosts(tx)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if p.Unit == v.Typed.Code {
				v.Posts = append(v.Posts, p)
			}
		}
		v.Used, err = unitUsed(tx, v.Typed.Code)
		return err
	})
	if err != nil {
		return err
	}
	v.Key = rand.Text()
	title, path := i18n.T(r.Context(), "office.add_unit"), unitsPath+"/new"
	if !v.New {
		title, path = v.Typed.Name, unitPath(v.Typed.Code)
	}
	v.Page = s.Frame(r, title)
	v.Page.Path, v.Page.Wrong = path, v.Trouble != ""
	return web.Show(w, r, code, unitPage(v))
}

func typedUnit(f url.Values, code string) Unit {
	return Unit{Code: code, Name: f.Get("name"), Kind: UnitKind(f.Get("kind")), Parent: f.Get("parent"),
		Body: f.Get("body"), Division: f.Get("division"), Note: f.Get("note")}
}

func (s *Service) postNewUnit(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, u := r.Context(), typedUnit(r.PostForm, r.PostForm.Get("code"))
	_, err := s.AddUnit(ctx, auth.From(ctx), r.PostForm.Get("_key"), u)
	if mendable(err) {
		return s.unitPage(w, r, web.Status(err), unitView{New: true, Typed: u, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.unit", unitsPath)
}

func (s *Service) postUnit(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, u := r.Context(), typedUnit(r.PostForm, r.PathValue("unit"))
	err := s.ChangeUnit(ctx, auth.From(ctx), r.PostForm.Get("_key"), u)
	if mendable(err) {
		return s.unitPage(w, r, web.Status(err), unitView{Typed: u, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.unit_changed", unitsPath)
}

func (s *Service) postRemoveUnit(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	if err := s.RemoveUnit(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), r.PathValue("unit")); err != nil {
		return err
	}
	return s.done(w, r, "office.done.unit_removed", unitsPath)
}
