package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/fault"
)

// list is a table or workbook whose sheets and columns are understood.
type list struct {
	name    string // of the main sheet
	at      []int  // of each of mainColumns, where it stands; -1: nowhere
	entries []*listed
	refused []Refusal
	lines   map[string]int  // code to the line it came from
	left    map[string]bool // codes of rows that are refused, whose parts are left out with them

	parts        []*partTable // for each of partSheets, nil: the file has no such sheet
	templates    map[string]Template
	certificates []CertificateType
	library      []LibraryMaterial
}

// listed is one row of the main sheet.
type listed struct {
	line  int
	cells []string
	notes []exchange.Note
	code  string
	name  string
	state string
}

// partTable is a sheet of parts with its rows by the code of the item.
type partTable struct {
	name string
	at   []int
	rows map[string][]exchange.Row
}

// headerRows is how far down the headings may stand, below titles.
const headerRows = 10

// readList finds the sheets and columns. What is no list of items is an Invalid fault.
func readList(sheets []exchange.Sheet) (*list, error) {
	l := &list{lines: map[string]int{}, left: map[string]bool{}, parts: make([]*partTable, len(partSheets)), templates: map[string]Template{}}
	main, head := -1, -1
	for i, s := range sheets {
		if main < 0 || s.Name == mainSheet {
			if at, row := headings(s.Rows, mainNames(), mainIndex(headName)); row >= 0 && partOf(s.Name) < 0 {
				main, head, l.at = i, row, at
			}
		}
	}
	if head < 0 {
		if len(sheets) == 0 || len(sheets[0].Rows) == 0 {
			return nil, fault.New(fault.Invalid, "catalog.import.empty")
		}
		for _, r := range sheets[0].Rows[:min(len(sheets[0].Rows), headerRows)] {
			if r.Code == "catalog.import.quotes" {
				return nil, fault.New(fault.Invalid, "catalog.import.head_quotes", "rows", r.Line)
			}
		}
		return nil, fault.New(fault.Invalid, "catalog.import.no_header")
	}
	state := l.at[mainIndex(headState)] >= 0
	switch {
	case l.at[mainIndex(headBody)] < 0 && !state:
		return nil, fault.New(fault.Invalid, "catalog.import.no_department")
	case l.at[mainIndex(headType)] < 0 && l.at[mainIndex(headTypeName)] < 0 && !state:
		return nil, fault.New(fault.Invalid, "catalog.import.no_type")
	}
	l.name = sheets[main].Name
	for _, r := range sheets[main].Rows[head+1:] {
		l.take(r)
	}
	for i, s := range sheets {
		if i != main {
			l.takeSheet(s)
		}
	}
	if len(l.entries) == 0 && len(l.refused) == 0 {
		return nil, fault.New(fault.Invalid, "catalog.import.no_rows")
	}
	slices.SortStableFunc(l.refused, func(a, b Refusal) int { return cmp.Or(cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Line, b.Line)) })
	return l, nil
}

func mainNames() [][]string {
	names := make([][]string, len(mainColumns))
	for i, c := range mainColumns {
		names[i] = append([]string{strings.ToLower(c.Text)}, c.also...)
	}
	return names
}

// mainIndex is the place of a column among mainColumns.
func mainIndex(head string) int {
	return slices.IndexFunc(mainColumns, func(c mainColumn) bool { return c.Text == head })
}

func partOf(sheet string) int {
	return slices.IndexFunc(partSheets, func(p partSheet) bool { return p.name() == sheet || slices.Contains(p.also(), sheet) })
}

var headingNoise = strings.NewReplacer(" ", "", "*", "", "\u3000", "", "\ufeff", "", "\n", "", "\r", "", "（必填）", "", "(必填)", "")

// headings finds the row of the headings, which has the one that must be there, and
// the place of each column in it; -1 where there is none.
func headings(rows []exchange.Row, names [][]string, must int) (at []int, row int) {
	for k, r := range rows[:min(len(rows), headerRows)] {
		at = make([]int, len(names))
		for c := range at {
			at[c] = -1
		}
		for i, cell := range r.Cells {
			cell = strings.ToLower(headingNoise.Replace(cell))
			for c, known := range names {
				if at[c] < 0 && slices.Contains(known, cell) {
					at[c] = i
					break
				}
			}
		}
		if at[must] >= 0 {
			return at, k
		}
	}
	return at, -1
}

// hintMark begins the row of hints of a template.
const hintMark = "说明："

func isHint(cells []string) bool {
	return len(cells) > 0 && strings.HasPrefix(cells[0], hintMark)
}

// maxCell is how many bytes of a name are taken.
const maxCell = 1500

// cell is what a row has in one of the columns.
func (l *list) cell(cells []string, head string) string {
	if i := l.at[mainIndex(head)]; i >= 0 && i < len(cells) {
		return trim(strings.ReplaceAll(cells[i], "\u3000", " "))
	}
	return ""
}

// take notes a row of the main sheet, or refuses it.
func (l *list) take(r exchange.Row) {
	if r.Code == "" && len(r.Notes) == 0 && trim(strings.Join(r.Cells, "")) == "" || isHint(r.Cells) {
		return
	}
	e := &listed{line: r.Line, cells: r.Cells, notes: r.Notes, name: l.cell(r.Cells, headName), state: l.cell(r.Cells, headState)}
	body := l.cell(r.Cells, headBody)
	e.code = cmp.Or(l.cell(r.Cells, headCode), l.cell(r.Cells, headHandle), l.cell(r.Cells, headImplement), codeFor(body, e.name))
	refuse := func(code, head, where string) {
		for _, n := range r.Notes { // a cell that cannot be read is not empty
			if i := mainIndex(head); i >= 0 && n.Covers(l.at[i]) && l.cell(r.Cells, head) == "" {
				code, where = n.Code, n.Where
			}
		}
		l.left[e.code] = true
		x := l.refusal(e, code, head, where)
		if r.Code != "" && len(r.Notes) > 0 {
			x.Column, x.Where = exchange.ColumnName(r.Notes[0].Column), r.Notes[0].Where
		}
		l.refused = append(l.refused, x)
	}
	switch {
	case r.Code != "":
		refuse(r.Code, "", "")
	case e.name == "":
		refuse("catalog.import.no_name", headName, "")
	case len(e.name) > 600 || len(l.cell(r.Cells, headMain)) > maxCell || len(body) > 300:
		refuse("catalog.import.long", headName, "")
	case strings.ContainsRune(e.name+body+l.cell(r.Cells, headMain), utf8.RuneError):
		refuse("catalog.import.letters", headName, "")
	case e.state == "" && kindOf(l.cell(r.Cells, headType), l.cell(r.Cells, headTypeName)) == "":
		refuse("catalog.import.type", headType, cmp.Or(l.cell(r.Cells, headType), l.cell(r.Cells, headTypeName)))
	case e.state == "" && body == "":
		refuse("catalog.import.department", headBody, "")
	case !codeShape.MatchString(e.code):
		refuse("catalog.import.code", headCode, short(e.code))
	case l.lines[e.code] != 0:
		refuse("catalog.import.twice", headCode, strconv.Itoa(l.lines[e.code]))
	default:
		l.entries, l.lines[e.code] = append(l.entries, e), r.Line
	}
}

// refusal says what is wrong with a row, in which column.
func (l *list) refusal(e *listed, code, head, where string) Refusal {
	r := Refusal{Sheet: l.name, Line: e.line, Name: shortName(e.name), Code: code, Where: where, Heading: head}
	if i := mainIndex(head); i >= 0 {
		if r.Choices = strings.Join(mainColumns[i].Choices, "、"); l.at[i] >= 0 {
			r.Column = exchange.ColumnName(l.at[i])
		}
	}
	return r
}

func shortName(name string) string {
	if utf8.RuneCountInString(name) > 60 {
		return string([]rune(name)[:60]) + "…"
	}
	return name
}

// takeSheet takes in a sheet beside the main one. A sheet that nobody knows is left aside.
func (l *list) takeSheet(s exchange.Sheet) {
	switch s.Name {
	case certificateSheet:
		l.certificates = readThings(l, s, certificateColumns)
		return
	case flowSheet:
		for _, t := range readThings(l, s, flowColumns) {
			l.templates[t.ID] = t
		}
		return
	case librarySheet:
		l.takeLibrary(s)
		return
	}
	i := partOf(s.Name)
	if i < 0 || l.parts[i] != nil {
		return
	}
	p := partSheets[i]
	names := make([][]string, len(p.heads()))
	for c := range names {
		names[c] = p.names(c)
	}
	at, head := headings(s.Rows, names, 0)
	if head < 0 {
		l.refused = append(l.refused, Refusal{Sheet: s.Name, Line: 1, Code: "catalog.import.sheet_head", Heading: sheetCode, Where: sheetCode})
		return
	}
	t := &partTable{name: s.Name, at: at, rows: map[string][]exchange.Row{}}
	for _, r := range s.Rows[head+1:] {
		if isHint(r.Cells) || len(r.Notes) == 0 && trim(strings.Join(r.Cells, "")) == "" {
			continue
		}
		code := ""
		if at[0] < len(r.Cells) {
			code = trim(r.Cells[at[0]])
		}
		if l.lines[code] == 0 && code != "" && l.left[code] {
			continue // its item is told of
		}
		if l.lines[code] == 0 {
			x := Refusal{Sheet: s.Name, Line: r.Line, Code: "catalog.import.orphan", Heading: sheetCode, Column: exchange.ColumnName(at[0]), Where: short(code)}
			for _, n := range r.Notes {
				if code == "" && n.Covers(at[0]) {
					x.Code, x.Where = n.Code, n.Where
				}
			}
			l.refused = append(l.refused, x)
			continue
		}
		t.rows[code] = append(t.rows[code], r)
	}
	l.parts[i] = t
}

// takeLibrary takes in the entries of the library that are right.
func (l *list) takeLibrary(s exchange.Sheet) {
	for _, m := range readThings(l, s, sharedColumns) {
		bad := m.Wrong()
		bad.Need(!slices.ContainsFunc(l.library, func(o LibraryMaterial) bool { return o.Code == m.Code }), "code", "catalog.library.taken")
		if err := bad.Err(); err != nil {
			l.refused = append(l.refused, Refusal{Sheet: s.Name, Name: shortName(m.Name), Code: firstCode(err), Where: m.Code})
			continue
		}
		l.library = append(l.library, m)
	}
}

// readThings reads a sheet whose rows belong to no item.
func readThings[T any](l *list, s exchange.Sheet, columns []column[T]) (list []T) {
	names := make([][]string, len(columns))
	for i, c := range columns {
		names[i] = append([]string{strings.ToLower(c.Text)}, c.also...)
	}
	at, head := headings(s.Rows, names, 0)
	if head < 0 {
		return nil
	}
	for _, r := range s.Rows[head+1:] {
		if isHint(r.Cells) {
			continue
		}
		var thing T
		good := true
		for _, n := range r.Notes {
			if i := slices.IndexFunc(at, n.Covers); i >= 0 {
				good = false
				l.refused = append(l.refused, Refusal{Sheet: s.Name, Line: r.Line, Code: n.Code, Heading: columns[i].Text, Column: exchange.ColumnName(at[i]), Where: n.Where})
			}
		}
		for i, c := range columns {
			text := ""
			if at[i] >= 0 && at[i] < len(r.Cells) {
				text = trim(r.Cells[at[i]])
			}
			if c.Need && text == "" || !c.set(&thing, text) {
				good = false
				l.refused = append(l.refused, Refusal{Sheet: s.Name, Line: r.Line, Code: c.fault(), Heading: c.Text, Column: exchange.ColumnName(max(at[i], 0)), Where: short(text)})
			}
		}
		if good {
			list = append(list, thing)
		}
	}
	return list
}

func short(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

// kindNames turns further names of kinds into codes.
var kindNames = map[string]string{
	"其他类别事项": TypeOther, "其他权力": TypeOther, "其他类别": TypeOther, "其他": TypeOther, "公共服务事项": TypePublic,
}

// kindOf reads a kind as digits or as a name; "" when it is none that people may
// apply for.
func kindOf(code, name string) string {
	for _, v := range []string{code, name} {
		if len(v) == 1 {
			v = "0" + v
		}
		if kind, ok := listType.code(v); ok {
			return kind
		}
		if kind := kindNames[v]; kind != "" {
			return kind
		}
		if v != "" {
			return ""
		}
	}
	return ""
}

var limitShape = regexp.MustCompile(`^(\d{1,3})\s*(?:个)?(工作日|日|天|自然日|个月|月|小时|分钟)?$`)

// limitOf reads "20", "20个工作日", "30日" or "3个月". Nothing, and what means
// nothing, is no limit.
func limitOf(s string) (Limit, bool) {
	s = narrow(s)
	if s == "" || s == "0" || s == "无" || s == "即办" || s == "当场办结" || s == "法律无规定" {
		return Limit{}, true
	}
	m := limitShape.FindStringSubmatch(s)
	if m == nil {
		return Limit{}, false
	}
	n, _ := strconv.Atoi(m[1])
	unit := Workday
	switch m[2] {
	case "日", "天", "自然日":
		unit = Day
	case "个月", "月":
		unit = Month
	case "小时":
		unit = Hour
	case "分钟":
		unit = Minute
	}
	return Limit{Value: n, Unit: unit, Confidence: "medium"}, n > 0
}

// parts takes a cell with several values apart.
func parts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,，;；^|/ \n", r) })
}

// mostListed is how many words a cell may list, such as the keywords of an item.
const mostListed = 20

// audienceOf reads who may apply; lists that do not say it mean everybody.
func audienceOf(s string) []string {
	others := map[string]string{"个人": "1", "法人": "2", "企业": "2"}
	var list []string
	for _, p := range parts(s) {
		d, ok := listAudience.code(p)
		if !ok {
			d = others[p]
		}
		if d != "" && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	if list == nil {
		return []string{"1", "2", "9"}
	}
	return list
}

// codeFor makes a code for an item that has none: the same for the same department
// and name.
func codeFor(department, name string) string {
	sum := sha256.Sum256([]byte(department + "\x00" + name))
	return "x-" + hex.EncodeToString(sum[:10])
}
