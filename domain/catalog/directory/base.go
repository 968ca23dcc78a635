package directory

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// A page shows this many implementations side by side, and this many changes.
const (
	sideBySide = 4
	fewChanges = 20
)

// baseView is one base item, with those who carry it out side by side.
type baseView struct {
	ui.Page
	Base     *catalog.Base
	Number   int
	Locks    catalog.Locks
	Items    []catalog.Implementation
	Full     map[string]*catalog.Item // by code
	After    string
	Next     string
	Changes  []catalog.BaseVersion
	Trouble  string // why an element could not be put right
	names    unitNames
	Proposal *catalog.Proposal // the latest, nil for none
}

func (p *Pages) showBase(w http.ResponseWriter, r *http.Request) error {
	return p.base(w, r, http.StatusOK, r.PathValue("code"), "")
}

func (p *Pages) base(w http.ResponseWriter, r *http.Request, status int, code, trouble string) error {
	ctx := r.Context()
	v := baseView{After: asked(r.URL.Query(), "after"), Full: map[string]*catalog.Item{}, Trouble: trouble, names: unitNames{}}
	before, _ := strconv.Atoi(asked(r.URL.Query(), "before"))
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Base, v.Number, err = p.Catalog.Base(tx, code); err != nil {
			return err
		}
		if v.Locks, _, err = p.Catalog.LocksOf(tx, v.Base.Source()); err != nil {
			return err
		}
		if v.Items, v.Next, err = p.Catalog.Implementations(tx, v.Base.Code, v.After, sideBySide); err != nil {
			return err
		}
		for _, x := range v.Items {
			p.name(tx, v.names, x.Body)
			if v.Full[x.Code], err = p.Catalog.Version(tx, x.ID); err != nil {
				return err
			}
		}
		for _, unit := range v.Base.Bodies {
			p.name(tx, v.names, unit)
		}
		if v.Proposal, err = p.Catalog.LatestProposal(tx, catalog.AboutBase(v.Base.Code)); err != nil {
			return err
		}
		v.Changes, err = p.Catalog.BaseVersions(tx, v.Base.Code, before, fewChanges+1)
		return err
	})
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, v.Base.Name)
	v.Page.Path, v.Page.Wrong = codePath(code), trouble != ""
	return web.Show(w, r, status, basePage(v))
}

func (v baseView) facts(ctx context.Context) []ui.Fact {
	t := func(key string) string { return i18n.T(ctx, key) }
	var list []ui.Fact
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: t(key), Value: value})
		}
	}
	b := v.Base
	list = append(list, ui.Fact{Label: t("directory.col.code"), Value: b.Code, Code: true})
	add("directory.field.local_code", b.LocalCode)
	add("directory.col.type", coded(ctx, catalog.CodesTaskType, b.Type))
	add("directory.field.source", sourceName(ctx, b.Source()))
	if b.PowerSource != "" {
		add("directory.field.power_source", coded(ctx, catalog.CodesPowerSource, b.PowerSource))
	}
	add("directory.field.use_levels", codedAll(ctx, catalog.CodesUseLevel, b.UseLevels))
	add("directory.field.bodies", strings.Join(v.bodies(), t("directory.and")))
	add("directory.field.from", b.From)
	add("directory.field.until", b.Until)
	return list
}

// bodies are the names of those that hold the power.
func (v baseView) bodies() (names []string) {
	for _, unit := range v.Base.Bodies {
		names = append(names, v.names[unit])
	}
	return names
}

// Says is what the base says of an element, in lines; bodies are the names of those that hold the power.
func Says(ctx context.Context, b *catalog.Base, bodies []string, e catalog.Element) []string {
	switch e {
	case catalog.ElementName:
		return []string{b.Name}
	case catalog.ElementCode:
		return []string{b.Code}
	case catalog.ElementType:
		return []string{coded(ctx, catalog.CodesTaskType, b.Type)}
	case catalog.ElementBasis:
		return grounds(b.Basis)
	case catalog.ElementConditions:
		return b.Conditions
	case catalog.ElementAudience:
		return told(ctx, e, b.Audience)
	case catalog.ElementProcedure:
		return told(ctx, e, b.Procedure)
	case catalog.ElementMaterials:
		var list []string
		for _, m := range b.Materials {
			if name := m.Name; m.Required {
				list = append(list, name)
			} else {
				list = append(list, i18n.T(ctx, "directory.material.optional", "name", name))
			}
		}
		return list
	case catalog.ElementLimit:
		if b.StatutoryLimit.Value > 0 {
			return []string{limitWords(ctx, b.StatutoryLimit)}
		}
	case catalog.ElementResult:
		if b.Result != "" {
			return []string{b.Result}
		}
	case catalog.ElementLevel:
		return told(ctx, e, b.UseLevels)
	case catalog.ElementBody:
		return bodies
	case catalog.ElementPromise:
		if b.StatutoryLimit.Value > 0 {
			return []string{i18n.T(ctx, "directory.most", "limit", limitWords(ctx, b.StatutoryLimit))}
		}
	}
	return nil
}

func grounds(list []catalog.Basis) (all []string) {
	for _, b := range list {
		all = append(all, "《"+b.Law+"》"+b.Article)
	}
	return all
}

// table compares, an element a line, the base with those who carry it out.
func (v baseView) table(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("directory.compare"), Cols: []ui.Col{{Text: t("directory.element"), Row: true}, {Text: t("directory.title")}}}
	who := ui.Line{Cells: []ui.Cell{{Text: t("directory.field.bodies")}, {Text: sourceName(ctx, v.Base.Source())}}}
	for _, x := range v.Items {
		g.Cols = append(g.Cols, ui.Col{Text: i18n.T(ctx, "directory.col.item", "name", v.Full[x.Code].Name, "level", levelName(ctx, x.Level))})
		who.Cells = append(who.Cells, ui.Cell{Text: v.names[x.Body], Href: itemPath(x.Code)})
	}
	if len(v.Items) > 0 {
		g.Rows = append(g.Rows, who)
	}
	for _, e := range catalog.Elements() {
		lines := Says(ctx, v.Base, v.bodies(), e)
		row := ui.Line{Cells: []ui.Cell{
			{Body: elementCell(ElementName(ctx, e), v.bond(ctx, e, len(lines) > 0))}, {Body: saysCell(lines)},
		}}
		for _, x := range v.Items {
			row.Cells = append(row.Cells, ui.Cell{Body: standCell(v.stand(ctx, x, e, len(lines) > 0))})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// bond says how far an element is locked: what the base leaves open binds nobody.
func (v baseView) bond(ctx context.Context, e catalog.Element, said bool) string {
	if !said {
		return ""
	}
	return i18n.T(ctx, "directory.lock."+string(v.Locks.Of(e)))
}

// stand is how one implementation stands to the base in one element.
type stand struct {
	Mark  ui.Mark
	Says  string // in what it differs
	Loses string // what goes when it is put right
	Fix   string // where one click puts it right
	Item  string // the element and the unit, for who cannot see the row and the column
	Unit  string
}

func (v baseView) stand(ctx context.Context, x catalog.Implementation, e catalog.Element, said bool) stand {
	i := slices.IndexFunc(x.Deviations, func(d catalog.Deviation) bool { return d.Element == e })
	switch {
	case i >= 0:
		return stand{
			Mark: ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "directory.kind."+string(x.Deviations[i].Kind))}, Says: Saying(ctx, Named(x.Deviations[i], v.names.of)),
			Loses: Loses(ctx, v.Full[x.Code], catalog.Conform(v.Base, v.Full[x.Code], e, v.Locks)), Fix: fixPath(x.Code, e), Item: ElementName(ctx, e), Unit: v.names[x.Body],
		}
	case !said:
		return stand{Mark: ui.Mark{Text: i18n.T(ctx, "directory.own")}}
	case v.Locks.Of(e) == catalog.LockFree:
		return stand{Mark: ui.Mark{Text: i18n.T(ctx, "directory.unbound")}}
	case e == catalog.ElementPromise:
		return stand{Mark: ui.Mark{Tone: ui.ToneGood, Text: limitWords(ctx, v.Full[x.Code].PromisedLimit)}}
	}
	return stand{Mark: ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "directory.same")}}
}

func (v baseView) more(ctx context.Context) ui.More {
	m := ui.More{Note: i18n.T(ctx, "directory.by_level")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "directory.more", "n", sideBySide), withQuery(codePath(v.Base.Code), map[string]string{"after": v.Next})
	}
	if v.After != "" {
		m.First, m.FirstHref = i18n.T(ctx, "directory.first"), codePath(v.Base.Code)
	}
	return m
}

// said puts into words what the program itself did when it brought its package.
func said(ctx context.Context, why, who string) (string, string) {
	if why == "" || why == catalog.LoadedName {
		why = i18n.T(ctx, "directory.by_package")
	}
	if who == "" || who == catalog.LoaderName {
		who = i18n.T(ctx, "directory.system")
	}
	return why, who
}

func (v baseView) history(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("directory.history"), Tight: true, Cols: []ui.Col{
		{Text: t("directory.col.number"), Row: true}, {Text: t("directory.col.at")}, {Text: t("directory.col.why")}, {Text: t("directory.col.who")},
	}}
	for _, c := range v.Changes[:min(len(v.Changes), fewChanges)] {
		why, who := said(ctx, c.Why, c.Who)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: number(c.Number)}, {Text: calendar.DateOf(c.At).String()}, {Text: why}, {Text: agreedWords(ctx, who, c.Agreed)}}})
	}
	return g
}

// agreedWords names who made a change, and who agreed to it.
func agreedWords(ctx context.Context, who string, agreed catalog.Doer) string {
	if agreed.Name == "" {
		return who
	}
	return i18n.T(ctx, "directory.agreed", "who", who, "by", agreed.Name)
}

func (v baseView) older(ctx context.Context) ui.More {
	if len(v.Changes) <= fewChanges {
		return ui.More{}
	}
	last := v.Changes[fewChanges-1].Number
	return ui.More{Text: i18n.T(ctx, "directory.older"), Href: withQuery(codePath(v.Base.Code), map[string]string{"before": number(last)})}
}
