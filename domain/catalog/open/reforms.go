package open

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// reformsView is the ledger of reform, for the public or for those who keep it.
type reformsView struct {
	ui.Page
	Staff    bool
	Filter   catalog.ReformFilter
	After    string
	Next     string
	List     []catalog.Reform
	Count    map[catalog.ReformKind]int
	Seals    []catalog.Seal
	SealNext int64
	Rates    catalog.Figures
	words    words
}

const (
	reformRows = 20
	sealRows   = 20
)

func (p *Pages) showReforms(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ledger(r, false)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, reformsPage(v))
}

// showKeep is the ledger for those who keep it, with the entries that were corrected and with today's rates.
func (p *Pages) showKeep(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ledger(r, true)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, keepPage(v))
}

func (p *Pages) ledger(r *http.Request, staff bool) (v reformsView, err error) {
	ctx := r.Context()
	v = reformsView{
		Page: p.Frame(r, say(ctx, "reforms.title")), Staff: staff, After: asked(r, "after"), words: words{ctx, map[string]string{}},
		Filter: catalog.ReformFilter{Kind: catalog.ReformKind(asked(r, "kind")), All: staff},
	}
	sealsAfter, _ := strconv.ParseInt(asked(r, "seals"), 10, 64) // what is no number is the beginning
	err = p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.List, v.Next, err = p.Catalog.Reforms(tx, v.Filter, v.After, reformRows); err != nil {
			return err
		}
		if v.Count, err = p.Catalog.CountReforms(tx); err != nil {
			return err
		}
		if v.Seals, v.SealNext, err = p.Catalog.Seals(tx, sealsAfter, sealRows); err != nil {
			return err
		}
		for _, x := range v.List {
			p.units(tx, v.words.names, x.From, x.To)
		}
		for _, s := range v.Seals {
			p.units(tx, v.words.names, s.Unit)
		}
		if staff {
			v.Rates, err = p.Catalog.FiguresAt(tx, calendar.DateOf(tx.Now()))
		}
		return err
	})
	return v, err
}

func (v reformsView) path() string {
	if v.Staff {
		return keepPath
	}
	return ledgerPath
}

func (v reformsView) crumbs() []ui.Link {
	return []ui.Link{{Text: say(v.words.ctx, "title"), Href: listsPath}, {Text: v.Title, Current: true}}
}

// kinds narrow the ledger to one kind of reform.
func (v reformsView) kinds() []ui.Link {
	sum := 0
	for _, n := range v.Count {
		sum += n
	}
	all := []ui.Link{{Text: say(v.words.ctx, "reform.all"), Count: strconv.Itoa(sum), Href: v.path(), Current: v.Filter.Kind == ""}}
	for _, k := range catalog.ReformKinds() {
		if v.Count[k] > 0 || v.Filter.Kind == k {
			all = append(all, ui.Link{Text: v.words.text(k), Count: strconv.Itoa(v.Count[k]), Href: at(v.path(), "kind", string(k)), Current: v.Filter.Kind == k})
		}
	}
	return all
}

func (v reformsView) table() ui.Grid {
	t := func(key string) ui.Col { return ui.Col{Text: say(v.words.ctx, "col."+key)} }
	g := ui.Grid{Label: v.Title, Hover: true, Cols: []ui.Col{{Text: say(v.words.ctx, "col.name"), Row: true}, t("kind"), t("moved"), t("document"), t("saved")}}
	for _, x := range v.List {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Body: entryName(v.words, x, v.Staff)}, {Body: shorts([]string{v.words.text(x.Kind), say(v.words.ctx, "since", "day", x.Effective)})},
			{Text: v.words.moved(x)}, {Body: several(v.words.document(x))}, {Body: shorts(v.words.saved(x))},
		}})
	}
	return g
}

// entryHref leads from the name of an entry to its page, for who keeps the ledger, or to the guide of its item.
func entryHref(x catalog.Reform, staff bool) string {
	switch {
	case staff:
		return keepPath + "/" + strconv.FormatInt(x.ID, 10)
	case x.Item != "":
		return "/items/" + x.Item
	}
	return ""
}

// moved says from which unit to which.
func (w words) moved(x catalog.Reform) string {
	if x.To == "" {
		return w.unit(x.From)
	}
	return say(w.ctx, "moved", "from", w.unit(x.From), "to", w.unit(x.To))
}

// document names the document, with what else is to be known.
func (w words) document(x catalog.Reform) []string {
	if x.Note == "" {
		return []string{x.Document}
	}
	return []string{x.Document, x.Note}
}

// saved says what became less, one line for each figure that the entry gives.
func (w words) saved(x catalog.Reform) (all []string) {
	for _, f := range spent(x) {
		switch {
		case f.before == nil:
		case f.after == nil:
			all = append(all, say(w.ctx, "saved."+f.name+".gone", "n", *f.before))
		default:
			all = append(all, say(w.ctx, "saved."+f.name, "before", *f.before, "after", *f.after))
		}
	}
	return all
}

// figure is one of the figures of an entry, before and after.
type figure struct {
	name          string
	before, after *int
}

func spent(x catalog.Reform) []figure {
	return []figure{
		{"days", x.Before.Days, x.After.Days}, {"materials", x.Before.Materials, x.After.Materials},
		{"steps", x.Before.Steps, x.After.Steps}, {"visits", x.Before.Visits, x.After.Visits},
	}
}

func (v reformsView) more() ui.More {
	m := ui.More{Note: say(v.words.ctx, "sorted.effective")}
	if v.Next != "" {
		m.Text, m.Href = say(v.words.ctx, "more", "n", reformRows), at(v.path(), "kind", string(v.Filter.Kind), "after", v.Next)
	}
	if v.After != "" {
		m.First, m.FirstHref = say(v.words.ctx, "first"), at(v.path(), "kind", string(v.Filter.Kind))
	}
	return m
}

func (v reformsView) seals() ui.Grid {
	t := func(key string) ui.Col { return ui.Col{Text: say(v.words.ctx, "col."+key)} }
	g := ui.Grid{Label: say(v.words.ctx, "list.seals"), Hover: true, Cols: []ui.Col{
		{Text: say(v.words.ctx, "col.seal"), Row: true}, t("unit"), t("state"), t("retired"), t("kept"),
	}}
	for _, s := range v.Seals {
		name := ui.Cell{Text: s.Name}
		if v.Staff {
			name.Href = sealPath(s.ID)
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			name, {Text: v.words.unit(s.Unit)}, {Body: short(v.words.text(s.State))},
			{Body: several(v.words.stepOf(s, catalog.SealRetire))}, {Body: several(v.words.stepOf(s, catalog.SealKeep))},
		}})
	}
	return g
}

func sealPath(id int64) string { return sealsPath + "/" + strconv.FormatInt(id, 10) }

// stepOf says when an act was done on a seal, by which document, where it is.
func (w words) stepOf(s catalog.Seal, act catalog.SealAct) (all []string) {
	for _, step := range s.Steps {
		if step.Act != act {
			continue
		}
		for _, text := range []string{step.Day, step.Place, step.Document} {
			if text != "" {
				all = append(all, text)
			}
		}
	}
	return all
}

func (v reformsView) moreSeals() ui.More {
	m := ui.More{Note: say(v.words.ctx, "sorted.seals")}
	if v.SealNext != 0 {
		m.Text, m.Href = say(v.words.ctx, "more", "n", sealRows), at(v.path(), "seals", strconv.FormatInt(v.SealNext, 10))+"#seals"
	}
	return m
}

// columnsOf are the columns of a file, each as wide as its head or as given.
func columnsOf(ctx context.Context, keys []string, width map[string]int) (all []column) {
	for _, key := range keys {
		all = append(all, column{key, say(ctx, "col."+key), max(width[key], 10)})
	}
	return all
}

// markRows marks rows that lie ready.
func markRows(rows [][]any) (string, error) {
	text, err := json.Marshal(rows)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// ready gives rows that lie ready.
func ready(rows [][]any) func(context.Context, func([]any) error) error {
	return func(_ context.Context, yield func([]any) error) error {
		for _, row := range rows {
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}
}

// reformFile is the ledger as a file: the entries that hold.
func (p *Pages) reformFile(r *http.Request) (f file, err error) {
	ctx := r.Context()
	f = file{kind: kindReforms, title: say(ctx, "list.reforms"), words: words{ctx, map[string]string{}}}
	f.columns = columnsOf(ctx, []string{
		"effective", "name", "code", "base_code", "kind", "from", "to", "document", "document_date", "days_before", "days_after",
		"materials_before", "materials_after", "steps_before", "steps_after", "visits_before", "visits_after", "note",
	}, map[string]int{"name": 36, "code": 20, "from": 24, "to": 24, "document": 40, "note": 30})
	var rows [][]any
	err = p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		f.day = calendar.DateOf(tx.Now()).String()
		for after := ""; ; {
			list, next, err := p.Catalog.Reforms(tx, catalog.ReformFilter{}, after, 100)
			if err != nil {
				return err
			}
			for _, x := range list {
				p.units(tx, f.words.names, x.From, x.To)
				if x.At.After(f.changed) {
					f.changed = x.At
				}
				row := []any{x.Effective, x.Name, x.Item, x.Base, x.Kind, catalog.UnitCode(x.From), catalog.UnitCode(x.To), x.Document, x.DocumentDay}
				for _, s := range spent(x) {
					row = append(row, s.before, s.after)
				}
				rows = append(rows, append(row, x.Note))
			}
			if after = next; next == "" {
				return nil
			}
		}
	})
	f.entries, f.rows = len(rows), ready(rows)
	if err == nil {
		f.mark, err = markRows(rows)
	}
	return f, err
}

// sealFile is the register of retired seals as a file.
func (p *Pages) sealFile(r *http.Request) (f file, err error) {
	ctx := r.Context()
	f = file{kind: kindSeals, title: say(ctx, "list.seals"), words: words{ctx, map[string]string{}}}
	f.columns = columnsOf(ctx, []string{"seal", "seal_number", "unit", "state", "retired", "retired_by", "kept", "place", "keeper"},
		map[string]int{"seal": 36, "seal_number": 18, "unit": 24, "retired_by": 40, "place": 30, "keeper": 20})
	var rows [][]any
	err = p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		f.day = calendar.DateOf(tx.Now()).String()
		for after := int64(0); ; {
			list, next, err := p.Catalog.Seals(tx, after, 100)
			if err != nil {
				return err
			}
			for _, s := range list {
				p.units(tx, f.words.names, s.Unit)
				var retired, kept catalog.SealStep
				for _, step := range s.Steps {
					switch step.Act {
					case catalog.SealRetire:
						retired = step
					case catalog.SealKeep:
						kept = step
					}
					if step.At.After(f.changed) {
						f.changed = step.At
					}
				}
				rows = append(rows, []any{
					s.Name, s.Number, catalog.UnitCode(s.Unit), s.State, retired.Day, strings.TrimSpace(retired.Document), kept.Day, kept.Place, kept.Keeper,
				})
			}
			if after = next; next == 0 {
				return nil
			}
		}
	})
	f.entries, f.rows = len(rows), ready(rows)
	if err == nil {
		f.mark, err = markRows(rows)
	}
	return f, err
}
