package catalog

import (
	"slices"

	"onedoor.app/domain/catalog/exchange"
)

// flawPlaces are where a workbook says what a rule of quality is about: a sheet of parts, "" for the main one, and a column.
var flawPlaces = map[string][2]string{
	"vague_material":   {"材料", "材料名称"},
	"vague_condition":  {"", "受理条件"},
	"licence_over_law": {"", headStatutory},
	"fee_none":         {"", "是否收费"},
	"no_basis":         {"依据", "法律法规名称"},
	"no_conditions":    {"", "受理条件"},
}

// broken lists the rules of quality that keep an item from being published and that an entry breaks, as for a draft: what
// is news must not break them. A bare item says too little to be held to them.
func (in *incoming) broken(i int, it *Item, flaws func(*Item) []Flaw) (list []Refusal) {
	if it.Bare {
		return nil
	}
	for _, f := range flaws(it) {
		if !slices.Contains(refusing, f.Rule) {
			continue
		}
		if in.list == nil {
			list = append(list, in.refusal(i, "catalog.rule."+f.Rule, f.Where))
		} else {
			list = append(list, in.list.flaw(in.list.entries[i], f))
		}
	}
	return list
}

// flaw names the place of a broken rule: the row of the part where the file has it, or else the row of the item.
func (l *list) flaw(e *listed, f Flaw) Refusal {
	at := flawPlaces[f.Rule]
	r := l.refusal(e, "catalog.rule."+f.Rule, at[1], f.Where)
	r.Choices = ""
	k := partOf(at[0])
	if at[0] == "" || k < 0 || l.parts[k] == nil {
		return r
	}
	if row := l.moved(r, e, at[0], at[1], is(f.Where)); row.Sheet == l.parts[k].name {
		return row
	}
	r.Sheet, r.Line = l.parts[k].name, 0 // no row has it
	if c := columnOf(k, at[1]); c >= 0 && l.parts[k].at[c] >= 0 {
		r.Column = exchange.ColumnName(l.parts[k].at[c])
	}
	return r
}
