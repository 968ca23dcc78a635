package library

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// spreadView is the form with which today's words of an entry are proposed for the items that carry older ones.
type spreadView struct {
	Older  int  // items in force, on all pages
	Most   bool // and maybe more
	Past   []catalog.Spread
	Chosen []string // as ticked
	Why    string   // as typed
}

// readSpread fills in what stands beside the form.
func (p *Pages) readSpread(tx *db.Tx, v *oneView) (err error) {
	if v.Spread.Older, v.Spread.Most, err = p.Catalog.OlderUses(tx, v.M); err != nil {
		return err
	}
	v.Spread.Past, err = p.Catalog.Spreads(tx, v.M.Code)
	return err
}

func (p *Pages) postSpread(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	f, code := r.PostForm, r.PathValue("code")
	on, _ := strconv.Atoi(f.Get("on")) // what is no number is an entry that has changed
	chosen := f["item"]
	id, err := p.propose(ctx, auth.From(ctx), f.Get("_key"), code, on, f.Get("scope"), chosen, f.Get("why"))
	if told(err) {
		wrong := web.FieldWords(ctx, err)
		if words := wrong["reason"]; words != "" {
			wrong = map[string]string{"why": words}
		}
		return p.one(w, r, web.Status(err), oneView{Trouble: web.Words(ctx, err), Wrong: wrong, Spread: spreadView{Chosen: chosen, Why: f.Get("why")}, Field: "why"})
	}
	if err != nil {
		return err
	}
	return p.done(w, r, "library.spread.done", "", catalog.SpreadPath(id))
}

func (p *Pages) propose(ctx context.Context, who auth.Actor, key, code string, on int, scope string, chosen []string, why string) (int64, error) {
	switch {
	case scope == "all":
		chosen = nil
	case len(chosen) == 0:
		return 0, fault.New(fault.Invalid, "library.spread.choose")
	}
	return p.Catalog.Spread(ctx, who, key, code, on, chosen, why)
}

func (s spreadView) ticked(code string) bool { return slices.Contains(s.Chosen, code) }

// count says how many items carry older words.
func (s spreadView) count(ctx context.Context) string {
	key := "library.older"
	if s.Most {
		key = "library.older.most"
	}
	return i18n.T(ctx, key, "n", s.Older)
}

// past lists what was proposed before.
func (s spreadView) past(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "library.spread.past"), Hover: true, Cols: columns(ctx, "spread.when", "spread.by", "reason", "spread.state")}
	for _, x := range s.Past {
		tone := ui.ToneGood
		if x.State != catalog.SpreadDone {
			tone = ui.ToneWarn
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: calendar.Minute(x.At), Href: catalog.SpreadPath(x.ID)}, {Text: x.By.Name}, {Text: x.Reason},
			{Tag: &ui.Badge{Text: i18n.T(ctx, "change.spread."+string(x.State)), Tone: tone}},
		}})
	}
	return g
}
