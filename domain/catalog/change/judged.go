package change

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// judged is the item of a change as the rules of quality see it.
type judged struct {
	Score, Was int // of a hundred; what it was in the version that the change began from
	Rules      []ui.Line
}

// judge holds what is proposed to the rules of quality, and compares it with what was.
func (p *Pages) judge(ctx context.Context, tx *db.Tx, v *view, base *catalog.Item) {
	c := v.Change
	if c.State.Ended() {
		return
	}
	flaws, old := p.Catalog.FlawsOf(c.Item), []catalog.Flaw(nil)
	v.Judged = &judged{Score: catalog.Score(flaws)}
	if !c.New() {
		old = p.Catalog.FlawsOf(base)
		v.Judged.Was = catalog.Score(old)
		if c.Item.Slower(base) {
			v.Slower = i18n.T(ctx, "change.slower.text", "old", limit(ctx, base.PromisedLimit), "new", limit(ctx, c.Item.PromisedLimit))
		}
	}
	for _, r := range catalog.Rules() {
		broken := func(f catalog.Flaw) bool { return f.Rule == r.Code }
		if !slices.ContainsFunc(flaws, broken) {
			continue
		}
		var where []string
		fresh := false
		for _, f := range flaws {
			if f.Rule == r.Code && f.Where != "" {
				where = append(where, f.Where)
			}
			fresh = fresh || f.Rule == r.Code && !slices.Contains(old, f)
		}
		mark := ""
		if fresh && !c.New() {
			mark = i18n.T(ctx, "change.judged.new")
		}
		v.Judged.Rules = append(v.Judged.Rules, ui.Line{Cells: []ui.Cell{
			{Body: what(i18n.T(ctx, "catalog.rule."+r.Code), mark)}, {Text: strings.Join(where, i18n.T(ctx, "catalog.list"))}, {Text: i18n.T(ctx, "catalog.rule."+r.Code+".mend")},
		}})
	}
	if body := p.Catalog.Lodged(tx, c.Item); body != "" {
		v.Judged.Rules = append(v.Judged.Rules, ui.Line{Cells: []ui.Cell{
			{Text: i18n.T(ctx, "change.section_body")}, {Text: unitsOf(tx, p.Catalog)(c.Item.Body)}, {Text: i18n.T(ctx, "catalog.item.section_body", "where", unitsOf(tx, p.Catalog)(body))},
		}})
	}
}

// score says what the item scores, and what it scored before.
func (j *judged) score(ctx context.Context, fresh bool) string {
	if fresh || j.Was == j.Score {
		return i18n.T(ctx, "change.judged", "score", j.Score)
	}
	return i18n.T(ctx, "change.judged.was", "score", j.Score, "was", j.Was)
}
