package catalog

import (
	"slices"
	"strings"

	"onedoor.app/domain/catalog/exchange"
)

// partTitles are the sheets of the lists that have ids, with the heading of these.
var partTitles = map[string]string{"materials": "材料", "fields": "表单", "steps": "环节", "situations": "情形", "rules": "规则"}

// wrong names a problem of an item and where it stands: the row of the part where the file has one, or else that of the item.
func (in *incoming) wrong(i int, it *Item, w Wrong) Refusal {
	if in.list == nil {
		r := in.refusal(i, w.Code, w.Where)
		r.Part = it.partOf(w)
		return r
	}
	return in.list.wrong(in.list.entries[i], it, w)
}

func (l *list) wrong(e *listed, it *Item, w Wrong) Refusal {
	r := l.refusal(e, w.Code, "", w.Where)
	if r.Part = it.partOf(w); r.Part.List == "" {
		return r
	}
	id := strings.Fields(w.Where)[0]
	if w.Code == "catalog.item.slot" {
		id = strings.Fields(w.Where)[1]
	}
	title := partTitles[r.Part.List]
	nth := r.Part.Nth
	if r.Part.List == "situations" {
		nth = 1 // a question has a row for each answer
	}
	return l.moved(r, e, title, partSheets[partOf(title)].heads()[1].Text, func(cell string) bool {
		if cell == id || r.Part.List != "situations" {
			nth--
		}
		return nth == 0 && cell == id
	})
}

// moved takes a problem to a row of a part of its item: the first whose cell below a heading is meant. Where the file has no
// such sheet or row it stays where it is.
func (l *list) moved(r Refusal, e *listed, title, heading string, meant func(cell string) bool) Refusal {
	k := partOf(title)
	if k < 0 || l.parts[k] == nil {
		return r
	}
	t := l.parts[k]
	c := columnOf(k, heading)
	if c < 0 || t.at[c] < 0 {
		return r
	}
	for _, row := range t.rows[e.code] {
		cell := ""
		if t.at[c] < len(row.Cells) {
			cell = trim(row.Cells[t.at[c]])
		}
		if meant(cell) {
			r.Sheet, r.Line, r.Column, r.Heading, r.Choices = t.name, row.Line, exchange.ColumnName(t.at[c]), heading, ""
			return r
		}
	}
	return r
}

// columnOf is the place of a heading in a sheet of parts, -1 for none.
func columnOf(sheet int, heading string) int {
	return slices.IndexFunc(partSheets[sheet].heads(), func(h exchange.Heading) bool { return h.Text == heading })
}

func is(text string) func(string) bool { return func(cell string) bool { return cell == text } }

// lackingForm names a form that is neither brought nor kept, and the cell that names it.
func (in *incoming) lackingForm(i int, it *Item, f *File) Refusal {
	r := in.refusal(i, "catalog.import.no_form", f.Name)
	for _, m := range it.Materials {
		if m.Blank == f || m.Sample == f {
			r.Part.Name = m.Name
		}
	}
	if in.list == nil {
		return r
	}
	e := in.list.entries[i]
	if r.Part.Name == "" {
		return in.list.headed(r, "结果样本")
	}
	named := func(cell string) bool { return strings.Contains(cell, f.Hash) }
	if on := in.list.moved(r, e, "材料", "空白表格", named); on.Column != "" {
		return on
	}
	return in.list.moved(r, e, "材料", "示例样表", named)
}

// headed takes a problem to a column of the main sheet.
func (l *list) headed(r Refusal, head string) Refusal {
	r.Heading = head
	if i := mainIndex(head); i >= 0 && l.at[i] >= 0 {
		r.Column = exchange.ColumnName(l.at[i])
	}
	return r
}
