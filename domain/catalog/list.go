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

	"onedoor.app/infra/fault"
)

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
