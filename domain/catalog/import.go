package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Keep is the right to read in lists and packages.
const Keep = "catalog.keep"

// batch is how many items one unit of work publishes, so that a long list does not
// keep the others waiting.
const batch = 250

// Import publishes a list of items, CSV or XLSX: one line an item, with at least its
// name, kind and department under headings of columns. Such an item is bare: it has the
// form, materials, steps and limits of its kind, so that a case can be filed on it.
//
// Lines that are not right are refused with their number and the reason; the others are
// taken in. Reading the same list twice changes nothing, and an item that is already
// complete is never replaced by a bare one. A file that is no such list is an Invalid
// fault. It needs the right catalog.keep.
func (s *Service) Import(ctx context.Context, who auth.Actor, name string, r io.Reader) (Report, error) {
	report, _, err := s.importList(ctx, who, name, r)
	return report, err
}

// importList also tells the id under which the report is kept.
func (s *Service) importList(ctx context.Context, who auth.Actor, name string, r io.Reader) (report Report, id int64, err error) {
	if who.Kind != auth.System && !who.May(Keep) {
		return report, 0, fault.New(fault.Forbidden, "right.missing")
	}
	rows, err := readTable(name, r)
	if err != nil {
		return report, 0, err
	}
	l, err := readList(rows)
	if err != nil {
		return report, 0, err
	}
	report.Refused = l.refused
	if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.findUnits(tx, l) }); err != nil {
		return report, 0, err
	}
	var items []*Item
	for _, e := range l.entries {
		items = append(items, e.item(s.Counter, l.units[e.department]))
	}
	for chunk := range slices.Chunk(items, batch) {
		var part Report
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			part = Report{}
			kept, err := s.sparing(tx, chunk, l, &part)
			if err != nil {
				return err
			}
			return s.publishAll(tx, who, "import", kept, map[string]Template{FlowStandard: standard()}, &part)
		})
		if err != nil {
			return report, 0, err
		}
		report.add(part)
	}
	slices.SortStableFunc(report.Refused, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id = tx.NewID()
		return insertImport(tx, id, path.Base(name), who.ID, report)
	})
	return report, id, err
}

// findUnits turns the departments of a list into units.
func (s *Service) findUnits(tx *db.Tx, l *list) error {
	l.units = map[string]string{}
	for _, e := range l.entries {
		if l.units[e.department] != "" {
			continue
		}
		code := e.department
		if s.Unit != nil {
			var err error
			if code, err = s.Unit(tx, e.department, l.uscc[e.department]); err != nil {
				return err
			}
		}
		l.units[e.department] = code
	}
	return nil
}

// sparing leaves out the items that are already complete and refuses their lines.
func (s *Service) sparing(tx *db.Tx, items []*Item, l *list, report *Report) ([]*Item, error) {
	codes := make([]string, len(items))
	for i, it := range items {
		codes[i] = it.Code
	}
	complete, err := listComplete(tx, codes)
	if err != nil {
		return nil, err
	}
	var kept []*Item
	for _, it := range items {
		if complete[it.Code] {
			report.Refused = append(report.Refused, Refusal{Line: l.lines[it.Code], Name: it.Name, Code: "catalog.import.complete", Where: it.Code})
			continue
		}
		kept = append(kept, it)
	}
	return kept, nil
}

// The columns of a list, by what they are called.
const (
	colName = iota
	colMain
	colType
	colTypeName
	colDepartment
	colDepartmentCode
	colCode
	colStatutory
	colPromised
	colProject
	colAudience
	colTheme
	colKeywords
	columns
)

var columnNames = [columns][]string{
	colName:           {"item_name", "name", "task_name", "事项名称", "业务办理项名称", "实施清单名称", "办理项名称", "业务办理项", "事项", "名称"},
	colMain:           {"main_item", "主项", "主项名称", "主事项", "主事项名称", "基本目录名称"},
	colType:           {"task_type", "type", "事项类型", "事项类型代码", "类型", "权力类型"},
	colTypeName:       {"task_type_name", "type_name", "事项类型名称", "类型名称"},
	colDepartment:     {"department", "dept_name", "dept", "部门", "部门名称", "实施主体", "实施主体名称", "实施部门", "责任部门", "单位", "所属部门"},
	colDepartmentCode: {"dept_code", "department_code", "部门编码", "部门代码", "实施主体编码", "实施主体代码", "统一社会信用代码"},
	colCode:           {"item_code", "code", "task_code", "task_handle_item", "事项编码", "事项代码", "实施编码", "实施清单编码", "业务办理项编码", "编码"},
	colStatutory:      {"anticipate_day", "法定办结时限", "法定时限", "法定期限"},
	colPromised:       {"promise_day", "承诺办结时限", "承诺时限", "承诺期限"},
	colProject:        {"project_type", "办件类型"},
	colAudience:       {"server_type", "audience", "服务对象"},
	colTheme:          {"theme", "themes", "主题", "主题分类"},
	colKeywords:       {"keywords", "关键词", "别名", "俗称"},
}

// list is a file with its columns understood.
type list struct {
	entries []*listed
	refused []Refusal
	lines   map[string]int    // code to the line it came from
	units   map[string]string // department to the code of its unit
	uscc    map[string]string // department to its 统一社会信用代码, where one is given
}

// listed is one line that is right.
type listed struct {
	line                               int
	name, main, kind, department, code string
	statutory, promised                Limit
	onSpot                             bool
	audience, themes, keywords         []string
}

// headerRows is how far down the headings may stand, below titles.
const headerRows = 10

func readList(rows []row) (*list, error) {
	var at [columns]int
	head := -1
	for i, r := range rows[:min(len(rows), headerRows)] {
		if at = headings(r.cells); at[colName] >= 0 {
			head = i
			break
		}
	}
	switch {
	case head < 0:
		return nil, fault.New(fault.Invalid, "catalog.import.no_header")
	case at[colDepartment] < 0:
		return nil, fault.New(fault.Invalid, "catalog.import.no_department")
	case at[colType] < 0 && at[colTypeName] < 0:
		return nil, fault.New(fault.Invalid, "catalog.import.no_type")
	}
	l := &list{lines: map[string]int{}, uscc: map[string]string{}}
	for _, r := range rows[head+1:] {
		l.take(r, at)
	}
	return l, nil
}

// headings finds the column of each thing; -1 where there is none.
func headings(cells []string) (at [columns]int) {
	for c := range at {
		at[c] = -1
	}
	for i, cell := range cells {
		cell = strings.ToLower(strings.NewReplacer(" ", "", "*", "", "\u3000", "", "\ufeff", "", "\n", "").Replace(cell))
		for c, names := range columnNames {
			if at[c] < 0 && slices.Contains(names, cell) {
				at[c] = i
			}
		}
	}
	return at
}

// maxCell is how many bytes of one cell are taken.
const maxCell = 1500

// take reads one line or refuses it.
func (l *list) take(r row, at [columns]int) {
	cell := func(c int) string {
		if i := at[c]; i >= 0 && i < len(r.cells) {
			return strings.TrimSpace(strings.ReplaceAll(r.cells[i], "\u3000", " "))
		}
		return ""
	}
	e := &listed{line: r.line, name: cell(colName), department: cell(colDepartment), kind: kindOf(cell(colType), cell(colTypeName))}
	refuse := func(code, where string) {
		name := e.name
		if utf8.RuneCountInString(name) > 60 {
			name = string([]rune(name)[:60]) + "…"
		}
		l.refused = append(l.refused, Refusal{Line: r.line, Name: name, Code: code, Where: where})
	}
	if r.code == "" && strings.TrimSpace(strings.Join(r.cells, "")) == "" {
		return // an empty line is nothing
	}
	var okS, okP bool
	e.statutory, okS = limitOf(cell(colStatutory))
	e.promised, okP = limitOf(cell(colPromised))
	e.main, e.onSpot = cell(colMain), strings.Contains(cell(colProject), "即办") || cell(colProject) == projectSpot
	e.themes, e.keywords, e.audience = parts(cell(colTheme)), parts(cell(colKeywords)), audienceOf(cell(colAudience))
	e.code = cmp.Or(cell(colCode), codeFor(e.department, e.name))
	switch {
	case r.code != "":
		refuse(r.code, "")
	case e.name == "":
		refuse("catalog.import.no_name", "")
	case len(e.name) > 600 || len(e.main) > maxCell || len(e.department) > 300:
		refuse("catalog.import.long", "")
	case strings.ContainsRune(e.name+e.department+e.main, utf8.RuneError):
		refuse("catalog.import.letters", "")
	case e.kind == "":
		refuse("catalog.import.type", cmp.Or(cell(colType), cell(colTypeName)))
	case e.department == "":
		refuse("catalog.import.department", "")
	case !codeShape.MatchString(e.code):
		refuse("catalog.import.code", short(e.code))
	case l.lines[e.code] != 0:
		refuse("catalog.import.twice", strconv.Itoa(l.lines[e.code]))
	case !okS || !okP || e.promised.workdays() < 1<<20 && e.promised.workdays() > e.statutory.workdays():
		refuse("catalog.import.limit", short(cell(colStatutory)+" "+cell(colPromised)))
	default:
		if uscc := strings.ToUpper(cell(colDepartmentCode)); checkUSCC(uscc) == "" {
			l.uscc[e.department] = uscc
		}
		l.entries, l.lines[e.code] = append(l.entries, e), r.line
	}
}

func short(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

// kindNames turns the names of kinds into codes.
var kindNames = map[string]string{
	"行政许可": TypeLicence, "行政给付": TypeBenefit, "行政确认": TypeConfirm, "行政奖励": TypeReward, "行政裁决": TypeRuling,
	"其他行政权力": TypeOther, "其他类别事项": TypeOther, "其他权力": TypeOther, "其他类别": TypeOther, "其他": TypeOther,
	"公共服务": TypePublic, "公共服务事项": TypePublic,
}

// kindOf reads a kind as digits or as a name; "" when it is none that people may
// apply for.
func kindOf(code, name string) string {
	for _, v := range []string{code, name} {
		if len(v) == 1 {
			v = "0" + v
		}
		if slices.Contains(Types(), v) {
			return v
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

var limitShape = regexp.MustCompile(`^(\d{1,3})\s*(?:个)?(工作日|日|天|自然日|个月|月|小时)?$`)

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
	}
	return Limit{Value: n, Unit: unit, Confidence: "medium"}, n > 0
}

// parts takes a cell with several values apart.
func parts(s string) []string {
	list := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,，;；^|/ ", r) })
	return list[:min(len(list), 20)]
}

func audienceOf(s string) []string {
	digits := map[string]string{"自然人": "1", "个人": "1", "企业法人": "2", "法人": "2", "企业": "2", "事业法人": "3", "社会组织法人": "4", "非法人企业": "5", "行政机关": "6", "其他组织": "9"}
	var list []string
	for _, p := range parts(s) {
		d := cmp.Or(digits[p], p)
		if len(d) == 1 && strings.Contains("1234569", d) && !slices.Contains(list, d) {
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

// Defaults of items that come from a list without limits.
const (
	defaultDays  = 20
	defaultBasis = "导入时未提供，按二十个工作日登记，待核"
)

// item makes the bare item of a line.
func (e *listed) item(at Counter, unit string) *Item {
	it := &Item{
		Code: e.code, Name: e.name, Type: e.kind, Unit: unit, Body: unit, Audience: e.audience, ProjectType: projectTerm,
		Themes: e.themes, Keywords: e.keywords, Visits: 1, Bare: true, FlowID: FlowStandard,
		StatutoryLimit: e.statutory, PromisedLimit: e.promised,
		Result: Result{Name: "办理结果", Kind: "20"},
		Offer:  Offer{Windows: []string{"综合窗口"}, Online: true, Mobile: true, Express: true},
		Modes:  Modes{Tolerance: false},
	}
	if e.main != "未分类" && e.main != e.name {
		it.MainItem = e.main
	}
	switch {
	case wholeCode.MatchString(e.code):
		it.HandleCode, it.ImplementCode, it.BaseCode = e.code, e.code[:31], baseOf(e.code)
	case implShape.MatchString(e.code):
		it.ImplementCode, it.BaseCode = e.code, baseOf(e.code)
	default:
		it.LocalCode = e.code
	}
	if it.StatutoryLimit.Value == 0 && (it.PromisedLimit.Value == 0 || it.PromisedLimit.workdays() <= defaultDays) {
		it.StatutoryLimit = Limit{Value: defaultDays, Unit: Workday, Basis: defaultBasis, Confidence: "low"}
	}
	if it.PromisedLimit.Value == 0 {
		it.PromisedLimit = Limit{Value: min(defaultDays, it.StatutoryLimit.workdays()), Unit: Workday, Confidence: "low"}
	}
	if e.onSpot {
		it.ProjectType, it.PromisedLimit.OnSpot = projectSpot, true
	}
	it.Materials = bareMaterials()
	it.Fields = bareFields()
	it.Steps = bareSteps(at, unit, it.PromisedLimit.workdays())
	return it
}

// baseOf is the base code inside an implementation code, where it is one.
func baseOf(code string) string {
	if base := code[19:31]; baseShape.MatchString(base) {
		return base
	}
	return ""
}

func bareMaterials() []Material {
	return []Material{
		{ID: "m1", Name: "申请书（表）", Kind: "2", Source: "10", Necessity: "1", Form: "3", Originals: 1, Trust: "D", Points: []string{"填写完整", "申请人签名或者盖章"}},
		{ID: "m2", Name: "申请人身份证明（居民身份证或者营业执照等登记证书）", Kind: "1", Source: "20", Necessity: "1", Form: "3", Copies: 1, Trust: "A", Points: []string{"在有效期内", "与申请人一致"}},
		{ID: "m3", Name: "与申请事项有关的其他材料", Kind: "3", Source: "99", Necessity: necessityNo, Form: "3", Copies: 1, Trust: "D"},
	}
}

func bareFields() []Field {
	return []Field{
		{Key: "applicant_name", Label: "申请人姓名或者名称", Type: FieldText, Required: true, MaxLength: 100, Element: "applyer_name"},
		{Key: "contact_name", Label: "联系人", Type: FieldText, Required: true, MaxLength: 50, Element: "contact_name"},
		{Key: "contact_mobile", Label: "联系人手机号码", Type: FieldMobile, Required: true, Pattern: mobilePattern, Element: "contact_mobile"},
		{Key: "address", Label: "联系地址", Type: FieldAddress, MaxLength: 200, Element: "address"},
		{Key: "summary", Label: "申请内容", Type: FieldTextarea, Required: true, MaxLength: 1000, Element: "project_name"},
	}
}

func bareSteps(at Counter, unit string, days int) []Step {
	decide := max(1, days/4)
	receive, issue := cmp.Or(at.Receive, unit+".rev"), cmp.Or(at.Issue, unit+".rev")
	return []Step{
		{ID: "s1", Slot: "accept", Name: "收件受理", Unit: postUnit(receive), Post: receive, Days: 1, Clock: "none"},
		{ID: "s2", Slot: "review", Name: "审查", Unit: unit, Post: unit + ".rev", Days: days - decide, Clock: "statutory"},
		{ID: "s3", Slot: "decide", Name: "决定", Unit: unit, Post: unit + ".chief", Days: decide, Clock: "statutory"},
		{ID: "s4", Slot: "issue", Name: "制证送达", Unit: postUnit(issue), Post: issue, Days: 1, Clock: "none"},
	}
}
