package catalog

import (
	"cmp"
	"slices"
	"strings"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/engine/number"
)

// footing is what a row is read against.
type footing struct {
	counter Counter
	current *Item                                             // of the same code; nil: none, or nothing of it is kept
	unit    func(name, uscc string) (code string, known bool) // known: it is there already
}

// reading is what came of one row with the rows of parts that belong to it.
type reading struct {
	item   *Item
	wrong  []Refusal // what keeps it from being published
	doubts []Refusal // what keeps it from being published unless it is in force already

	department string // that was looked for
	newUnit    bool   // it is not there yet
}

// read makes the item of a row. Every problem of the row is told.
func (l *list) read(e *listed, g footing) reading {
	var out reading
	r := itemRow{}
	if g.current != nil {
		it, err := clone(g.current)
		if err != nil {
			out.wrong = append(out.wrong, l.refusal(e, "catalog.import.value", headCode, err.Error()))
			return out
		}
		r.Item = *it
	}
	bare := g.current == nil || g.current.Bare
	l.fill(e, &r, &out)
	if e.state == "" {
		l.bareRecord(e, &r, g, bare, &out)
	} else {
		l.wholeRecord(e, &r, g, &out)
	}
	out.item = &r.Item
	if len(out.wrong) == 0 {
		for _, w := range r.Wrong() {
			out.wrong = append(out.wrong, l.wrong(e, &r.Item, w))
		}
	}
	out.doubts = l.doubtCodes(e, &r)
	return out
}

// fill writes the cells of a row into a record. A list that does not say what state its
// items are in leaves out what it does not know; a record says all that it has columns for.
func (l *list) fill(e *listed, r *itemRow, out *reading) {
	for _, n := range e.notes {
		if i := slices.IndexFunc(l.at, n.Covers); i >= 0 { // one for all columns of a range
			out.wrong = append(out.wrong, l.refusal(e, n.Code, mainColumns[i].Text, n.Where))
		}
	}
	for i, c := range mainColumns {
		at := l.at[i]
		if at < 0 {
			continue
		}
		text := ""
		if at < len(e.cells) {
			text = trim(e.cells[at])
		}
		if c.Text == headType {
			text = cmp.Or(text, l.cell(e.cells, headTypeName))
		}
		if text == "" && e.state == "" {
			continue
		}
		if c.set(r, text) {
			continue
		}
		code := c.fault()
		switch c.Text {
		case headStatutory, headPromised:
			code = "catalog.import.limit"
		case headType:
			code = "catalog.import.type"
		}
		out.wrong = append(out.wrong, l.refusal(e, code, c.Text, short(text)))
	}
	if r.Code = e.code; e.state == "" {
		r.Name, r.MainItem, r.unitName = plainName(r.Name), plainName(r.MainItem), plainName(r.unitName)
	}
	if at := mainIndex(headTypeName); r.Type == "" && at >= 0 {
		r.Type = kindOf("", l.cell(e.cells, headTypeName))
	}
}

// plainName is a name with spaces as people type them.
func plainName(s string) string { return strings.ReplaceAll(s, "\u3000", " ") }

// bareRecord completes a row of a list: what it does not say is that of its kind.
func (l *list) bareRecord(e *listed, r *itemRow, g footing, bare bool, out *reading) {
	unit, known := g.unit(r.unitName, l.usccOf(r))
	out.department, out.newUnit = r.unitName, !known
	if !bare {
		return // whatever it changes is refused, and what it repeats is no news
	}
	r.nameBare(e.code)
	if r.onSpot() {
		r.PromisedLimit.OnSpot = true
	}
	if r.PromisedLimit.workdays() < noLimit && r.PromisedLimit.workdays() > r.StatutoryLimit.workdays() {
		out.wrong = append(out.wrong, l.refusal(e, "catalog.import.limit", headPromised, short(l.cell(e.cells, headStatutory)+" "+l.cell(e.cells, headPromised))))
		return
	}
	r.Unit, r.Body = unit, unit
	r.completeBare(g.counter)
}

// wholeRecord completes a row that says in what state its item is.
func (l *list) wholeRecord(e *listed, r *itemRow, g footing, out *reading) {
	if l.at[mainIndex(headAudience)] < 0 && r.Audience == nil {
		r.Audience = audienceOf("")
	}
	if r.Body == "" && r.unitName != "" {
		unit, known := g.unit(r.unitName, l.usccOf(r))
		r.Body, out.department, out.newUnit = unit, r.unitName, !known
	}
	if l.at[mainIndex(headUnitCode)] >= 0 || r.Unit == "" {
		r.Unit = cmp.Or(r.Unit, r.Body)
	}
	shaped, lacking := false, g.current == nil
	for i, p := range partSheets {
		t := l.parts[i]
		if t == nil {
			continue
		}
		lacking = lacking && !p.shape()
		rows := t.rows[e.code]
		shaped = shaped || p.shape() && len(rows) > 0
		if len(rows) > 0 || !r.Bare || !p.shape() {
			l.readPart(e, p, t, rows, r, out)
		}
	}
	switch {
	case r.Bare && !shaped:
		r.completeBare(g.counter)
	case !r.Bare && lacking:
		out.wrong = append(out.wrong, l.refusal(e, "catalog.import.parts", headState, ""))
	}
}

// readPart reads the rows of one sheet that belong to an item.
func (l *list) readPart(e *listed, p partSheet, t *partTable, rows []exchange.Row, r *itemRow, out *reading) {
	heads := p.heads()
	cells := make([][]string, len(rows))
	tell := func(row, column int, code, text string) {
		x := Refusal{Sheet: t.name, Line: rows[row].Line, Name: shortName(e.name), Code: code, Heading: heads[column].Text, Where: short(text), Choices: strings.Join(heads[column].Choices, "、")}
		if t.at[column] >= 0 {
			x.Column = exchange.ColumnName(t.at[column])
		}
		out.wrong = append(out.wrong, x)
	}
	for i, row := range rows {
		cells[i] = make([]string, len(heads))
		for c, at := range t.at {
			if at >= 0 && at < len(row.Cells) {
				cells[i][c] = trim(row.Cells[at])
			}
			if heads[c].Need && cells[i][c] == "" {
				tell(i, c, "catalog.import.missing", "")
			}
		}
		for _, n := range row.Notes {
			if c := slices.IndexFunc(t.at, n.Covers); c >= 0 {
				tell(i, c, n.Code, n.Where)
			}
		}
	}
	p.read(&r.Item, cells, func(row, column int, code string) { tell(row, column, code, cells[row][column]) })
}

// usccOf is the credit code of the department of a row, "" when it has none that is right.
func (l *list) usccOf(r *itemRow) string {
	if uscc := strings.ToUpper(r.uscc); checkUSCC(uscc) == "" {
		return uscc
	}
	return ""
}

// doubtCodes says which codes do not fit each other, and what they should be.
func (l *list) doubtCodes(e *listed, r *itemRow) (list []Refusal) {
	doubt := func(head, code, right string) { list = append(list, l.refusal(e, "catalog.import."+code, head, right)) }
	if base := r.BaseCode; baseShape.MatchString(base) && r.Type != "" && base[2:4] != r.Type {
		doubt(headBase, "code_type", base[:2]+r.Type+base[4:])
	}
	impl := r.ImplementCode
	if implShape.MatchString(impl) {
		uscc := cmp.Or(l.usccOf(r), rightUSCC(impl[:18]))
		base := impl[19:]
		if baseShape.MatchString(r.BaseCode) {
			base = r.BaseCode
		}
		switch right := uscc + impl[18:19] + base; {
		case uscc == "":
			doubt(headImplement, "code_uscc", impl[:18])
		case right != impl:
			doubt(headImplement, "code_fit", right)
		}
	}
	if wholeCode.MatchString(r.HandleCode) && implShape.MatchString(impl) && r.HandleCode[:31] != impl {
		doubt(headHandle, "code_fit", impl+r.HandleCode[31:])
	}
	return list
}

// rightUSCC is a credit code with the check character that it should have, "" when the
// rest of it is none.
func rightUSCC(code string) string {
	if number.CheckUSCC(code) == "" {
		return code
	}
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if right := code[:len(code)-1] + string(c); number.CheckUSCC(right) == "" {
			return right
		}
	}
	return ""
}
