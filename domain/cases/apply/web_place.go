package apply

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// The place where somebody lives is chosen from the county down, a field for each
// level. With scripts the next level appears with the choice; without them it
// comes with 保存并继续, and everything chosen stays.

func levelID(level int) string { return "place-" + strconv.Itoa(level) }

// openLevel is the field that has not been chosen yet.
func (f filled) openLevel() string {
	for _, l := range f.Place.Levels {
		if l.Chosen == "" {
			return levelID(l.Level)
		}
	}
	return "place"
}

// levels are the fields of the choice.
func (v draftView) levels(ctx context.Context) (list []ui.Input) {
	for _, l := range v.Place.Levels {
		in := ui.Input{
			Name: "place", ID: levelID(l.Level), Kind: "select", Label: i18n.T(ctx, "apply.place."+strconv.Itoa(l.Level)), Size: "m",
			Options: []ui.Option{{Text: i18n.T(ctx, "apply.choose")}}, Value: l.Chosen,
			Attrs: templ.Attributes{
				"hx-get": draftPath(v.Draft.ID, "/places"), "hx-include": "closest form", "hx-target": "#levels", "hx-trigger": "change",
			},
		}
		if l.Chosen == "" {
			in.Error = v.error(ctx, "place")
		}
		for _, o := range l.Options {
			in.Options = append(in.Options, ui.Option{Value: o.Code, Text: o.Name, On: o.Code == l.Chosen})
		}
		list = append(list, in)
	}
	return list
}

func (p *Pages) showPlace(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, stepPlace, http.StatusOK, ask(r), noMore, func(v draftView) web.Component { return placePage(v) })
}

func noMore(*db.Tx, *draftView) error { return nil }

// postPlace keeps what is chosen and goes on when it is whole. A choice that has
// just opened a further level is no mistake yet.
func (p *Pages) postPlace(w http.ResponseWriter, r *http.Request) error {
	f, err := p.keep(r, stepPlace)
	if err != nil {
		return p.handedIn(w, r, err)
	}
	switch {
	case r.PostForm.Has("later"):
		return p.say(w, r, "apply.kept", "/my")
	case len(f.wrongIn(stepPlace)) > 0 && len(f.Place.Levels) > len(r.PostForm["place"]):
		return p.step(w, r, stepPlace, http.StatusOK, false, noMore, func(v draftView) web.Component { return placePage(v) })
	case len(f.wrongIn(stepPlace)) > 0:
		return p.step(w, r, stepPlace, http.StatusUnprocessableEntity, true, noMore, func(v draftView) web.Component { return placePage(v) })
	}
	return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+f.after(stepPlace)))
}

// showPlaces answers a choice at once with the level below it; nothing is kept.
func (p *Pages) showPlaces(w http.ResponseWriter, r *http.Request) error {
	v := draftView{}
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		if v.filled, err = p.load(tx, who, pathID(r, "id")); err != nil {
			return err
		}
		v.Place, err = p.Cases.Place(tx, r.URL.Query()["place"]...)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, p.fragment(r, placeLevels(v)))
}

// division is the smallest place that was picked in a form.
func (p *Pages) division(tx *db.Tx, form url.Values) (string, error) {
	place, err := p.Cases.Place(tx, form["place"]...)
	return place.Code, err
}
