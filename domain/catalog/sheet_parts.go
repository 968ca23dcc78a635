package catalog

import (
	"strings"

	"onedoor.app/domain/catalog/exchange"
)

// partSheet is a sheet whose rows belong to items, by the code in its first column, in the
// order of the rows.
type partSheet interface {
	name() string
	also() []string
	heads() []exchange.Heading
	names(column int) []string // under which a column is known
	// shape tells the sheets without which an item cannot be complete.
	shape() bool
	write(it *Item) [][]string
	// read puts the rows into the item; at says in which column of which row something cannot be
	// read, by a fault code.
	read(it *Item, rows [][]string, at func(row, column int, code string))
}

// parted is a partSheet of parts of type T.
type sheetOf[T any] struct {
	title   string
	other   []string
	shaping bool
	columns []column[T]
	of      func(*Item) []T
	put     func(*Item, []T)
}

func (p sheetOf[T]) name() string   { return p.title }
func (p sheetOf[T]) also() []string { return p.other }
func (p sheetOf[T]) shape() bool    { return p.shaping }

func (p sheetOf[T]) heads() []exchange.Heading {
	heads := []exchange.Heading{{Text: sheetCode, Need: true, Hint: "说明：“事项”表里的编码；同一事项写几行，就有几个"}}
	for _, c := range p.columns {
		heads = append(heads, c.Heading)
	}
	return heads
}

func (p sheetOf[T]) names(i int) []string {
	if i == 0 {
		return []string{sheetCode, "编码", "业务办理项编码", "item_code"}
	}
	c := p.columns[i-1]
	return append([]string{strings.ToLower(c.Text)}, c.also...)
}

func (p sheetOf[T]) write(it *Item) (rows [][]string) {
	for _, part := range p.of(it) {
		cells := make([]string, 1, len(p.columns)+1)
		cells[0] = it.Code
		for _, c := range p.columns {
			cells = append(cells, c.get(&part))
		}
		rows = append(rows, cells)
	}
	return rows
}

func (p sheetOf[T]) read(it *Item, rows [][]string, at func(row, column int, code string)) {
	var list []T
	for i, cells := range rows {
		var part T
		for k, c := range p.columns {
			if !c.set(&part, cells[k+1]) {
				at(i, k+1, c.fault())
			}
		}
		list = append(list, part)
	}
	p.put(it, list)
}

// sheetCode is the first column of every sheet of parts.
const sheetCode = "事项编码"

// answer is one row of the sheet of questions: a question with one of its options.
type answer struct {
	Situation
	Option
}

func answers(it *Item) (list []answer) {
	for _, q := range it.Situations {
		for _, o := range q.Options {
			list = append(list, answer{q, o})
		}
		if len(q.Options) == 0 {
			list = append(list, answer{Situation: q})
		}
	}
	return list
}

func putAnswers(it *Item, list []answer) {
	it.Situations = nil
	for _, a := range list {
		n := len(it.Situations)
		if n == 0 || it.Situations[n-1].ID != a.Situation.ID || it.Situations[n-1].Question != a.Question {
			it.Situations = append(it.Situations, Situation{ID: a.Situation.ID, Question: a.Question, Kind: a.Kind, When: a.When})
			n++
		}
		if a.Value != "" || a.Label != "" {
			it.Situations[n-1].Options = append(it.Situations[n-1].Options, a.Option)
		}
	}
}

// asEffects writes effects one a line: "要交材料：m4", "改派岗位：s2 → SPJ-SY.rev".
var asEffects = kind[[]Effect]{
	func(list []Effect) string {
		lines := make([]string, len(list))
		for i, e := range list {
			if lines[i] = listOp.word(e.Op); e.Target != "" || e.Post != "" {
				lines[i] += "：" + e.Target
			}
			if e.Post != "" {
				lines[i] += " → " + e.Post
			}
		}
		return strings.Join(lines, "\n")
	},
	func(s string) (list []Effect, ok bool) {
		lines, _ := readLines(s)
		for _, line := range lines {
			op, rest, _ := strings.Cut(strings.Replace(line, ":", "：", 1), "：")
			target, post, _ := strings.Cut(rest, "→")
			code, ok := listOp.code(trim(op))
			if !ok {
				return nil, false
			}
			list = append(list, Effect{Op: code, Target: trim(target), Post: trim(post)})
		}
		return list, true
	},
}

const hintEffects = "一行一条，如：要交材料：m4；改派岗位：s2 → 岗位代码"

// parts are the sheets beside the main one, in the order in which they are written.
var partSheets = []partSheet{
	sheetOf[Material]{title: "材料", other: []string{"申请材料", "材料清单"}, shaping: true,
		of: func(i *Item) []Material { return i.Materials }, put: func(i *Item, l []Material) { i.Materials = l },
		columns: []column[Material]{
			of("材料编号", asText, func(m *Material) *string { return &m.ID }, "order_num").needed().hint("如 m1，同一事项内不重复"),
			of("材料名称", asText, func(m *Material) *string { return &m.Name }, "material_name").needed(),
			ofCodes("材料类型", listKind, func(m *Material) *string { return &m.Kind }, "material_type"),
			ofCodes("来源渠道", listOrigin, func(m *Material) *string { return &m.Source }, "source_type"),
			of("来源渠道说明", asText, func(m *Material) *string { return &m.SourceNote }, "source_explain"),
			ofCodes("材料必要性", listNeed, func(m *Material) *string { return &m.Necessity }, "is_need").needed(),
			ofCodes("材料形式", listForm, func(m *Material) *string { return &m.Form }, "material_format"),
			of("原件份数", asNumber, func(m *Material) *int { return &m.Originals }).counts(),
			of("复印件份数", asNumber, func(m *Material) *int { return &m.Copies }, "page_num").counts(),
			of("规格", asText, func(m *Material) *string { return &m.Spec }, "page_format"),
			of("可信等级", asText, func(m *Material) *string { return &m.Trust }).hint("A 到 D"),
			of("容缺期限", asNumber, func(m *Material) *int { return &m.DeferDays }).counts().hint("工作日；不填就不能后补"),
			listing("可替代证照", func(m *Material) *[]string { return &m.ReplacedBy }).hint("证照类型代码；" + hintListed),
			of("受理标准", asLines, func(m *Material) *[]string { return &m.Points }, "accept_stand").hint(hintLines).wide(),
			of("要求依据", asText, func(m *Material) *string { return &m.Basis }, "by_law"),
			of("出具机构", asText, func(m *Material) *string { return &m.Issuer }),
			of("出具时间要求", asText, func(m *Material) *string { return &m.Age }),
			of("填报须知", asText, func(m *Material) *string { return &m.FillNote }, "fill_explain").wide(),
			of("告知承诺", asFlag, func(m *Material) *bool { return &m.Pledge }).offers([]string{"是", "否"}),
			of("证明事项", asFlag, func(m *Material) *bool { return &m.Proof }).offers([]string{"是", "否"}),
			of("材料库编号", asText, func(m *Material) *string { return &m.Library }),
			of("补充标准", asLines, func(m *Material) *[]string { return &m.Extra }).hint("材料库之外，本事项另有的受理标准；" + hintLines).wide(),
			of("通俗说明", asText, func(m *Material) *string { return &m.Plain }),
			of("备注", asText, func(m *Material) *string { return &m.Remark }, "remark"),
			of("空白表格", asFile, func(m *Material) **File { return &m.Blank }, "form_guid"),
			of("示例样表", asFile, func(m *Material) **File { return &m.Sample }, "example_guid"),
		}},
	sheetOf[Step]{title: "环节", other: []string{"办理环节", "审批环节"}, shaping: true,
		of: func(i *Item) []Step { return i.Steps }, put: func(i *Item, l []Step) { i.Steps = l },
		columns: []column[Step]{
			of("环节编号", asText, func(s *Step) *string { return &s.ID }).needed().hint("如 s1"),
			of("环节位置", asText, func(s *Step) *string { return &s.Slot }).needed().hint("accept 受理、review 审查、decide 决定、issue 制证等；decide 有且只有一个"),
			of("环节名称", asText, func(s *Step) *string { return &s.Name }).needed(),
			of("环节英文名", asText, func(s *Step) *string { return &s.NameEn }),
			of("办理机构", asText, func(s *Step) *string { return &s.Unit }).needed().hint("机构代码"),
			of("办理岗位", asText, func(s *Step) *string { return &s.Post }).needed().hint("岗位代码"),
			of("环节时限", asNumber, func(s *Step) *int { return &s.Days }).counts().hint("工作日"),
			ofCodes("计时方式", listClock, func(s *Step) *string { return &s.Clock }).needed(),
			of("审查标准", asText, func(s *Step) *string { return &s.Standard }).wide(),
			of("审查结果", asText, func(s *Step) *string { return &s.Outcome }),
			of("按情形增加", asFlag, func(s *Step) *bool { return &s.Optional }).offers([]string{"是", "否"}),
			of("并联组", asText, func(s *Step) *string { return &s.Parallel }),
		}},
	sheetOf[answer]{title: "情形", other: []string{"情形引导"}, of: answers, put: putAnswers,
		columns: []column[answer]{
			of("问题编号", asText, func(a *answer) *string { return &a.Situation.ID }).needed().hint("如 q1；同一问题有几个答案就写几行"),
			of("问题", asText, func(a *answer) *string { return &a.Question }).needed(),
			of("题型", asText, func(a *answer) *string { return &a.Situation.Kind }).hint("single：单选"),
			of("提问条件", asText, func(a *answer) *string { return &a.When }).hint(`CEL 表达式，按前面问题的答案，如 q1 == "a"；不填就总是问`),
			of("答案编号", asText, func(a *answer) *string { return &a.Value }).needed(),
			of("答案", asText, func(a *answer) *string { return &a.Label }).needed(),
			of("结果", asEffects, func(a *answer) *[]Effect { return &a.Effects }).hint(hintEffects).wide(),
			of("提示", asText, func(a *answer) *string { return &a.Notice }).wide(),
		}},
	sheetOf[Rule]{title: "规则", other: []string{"情形规则"},
		of: func(i *Item) []Rule { return i.Rules }, put: func(i *Item, l []Rule) { i.Rules = l },
		columns: []column[Rule]{
			of("规则编号", asText, func(r *Rule) *string { return &r.ID }).needed(),
			of("条件", asText, func(r *Rule) *string { return &r.When }).needed().hint(`CEL 表达式，如 q1 == "a" && q2 != "b"`).wide(),
			of("结果", asEffects, func(r *Rule) *[]Effect { return &r.Effects }).hint(hintEffects).wide(),
			of("提示", asText, func(r *Rule) *string { return &r.Notice }).wide(),
		}},
	sheetOf[Field]{title: "表单", other: []string{"表单字段"}, shaping: true,
		of: func(i *Item) []Field { return i.Fields }, put: func(i *Item, l []Field) { i.Fields = l },
		columns: []column[Field]{
			of("字段编号", asText, func(f *Field) *string { return &f.Key }).needed(),
			of("字段名称", asText, func(f *Field) *string { return &f.Label }).needed(),
			ofCodes("字段类型", listInput, func(f *Field) *string { return &f.Type }).needed(),
			of("必填", asFlag, func(f *Field) *bool { return &f.Required }).offers([]string{"是", "否"}),
			of("格式", asText, func(f *Field) *string { return &f.Pattern }).hint("正则表达式"),
			of("最小值", asDecimal, func(f *Field) **float64 { return &f.Min }),
			of("最大值", asDecimal, func(f *Field) **float64 { return &f.Max }),
			of("最少字数", asNumber, func(f *Field) *int { return &f.MinLength }).counts(),
			of("最多字数", asNumber, func(f *Field) *int { return &f.MaxLength }).counts(),
			of("小数位数", asNumber, func(f *Field) *int { return &f.Scale }).counts(),
			of("选项", asLines, func(f *Field) *[]string { return &f.Options }).hint(hintLines),
			of("须选", asText, func(f *Field) *string { return &f.Must }),
			of("不早于", asText, func(f *Field) *string { return &f.NotBefore }).hint("日期字段：不能早于哪个日期字段，写它的字段编号"),
			of("数据元", asText, func(f *Field) *string { return &f.Element }),
		}},
	sheetOf[FeeItem]{title: "收费", other: []string{"收费项目"},
		of: func(i *Item) []FeeItem { return i.Fee.Items }, put: func(i *Item, l []FeeItem) { i.Fee.Items = l },
		columns: []column[FeeItem]{
			of("收费编号", asText, func(f *FeeItem) *string { return &f.ID }),
			of("收费项目名称", asText, func(f *FeeItem) *string { return &f.Name }, "fee_name").needed(),
			of("金额（元）", asYuan, func(f *FeeItem) *int64 { return &f.Amount }),
			of("计费单位", asText, func(f *FeeItem) *string { return &f.Unit }),
			of("收费标准", asText, func(f *FeeItem) *string { return &f.Standard }, "fee_stand"),
			of("收费依据", asText, func(f *FeeItem) *string { return &f.Basis }, "by_law").wide(),
			ofCodes("核对", listTrust, func(f *FeeItem) *string { return &f.Confidence }).hint(hintConfidence),
			of("允许减免", asFlag, func(f *FeeItem) *bool { return &f.Reducible }, "is_desc").offers([]string{"是", "否"}),
			of("减免说明", asText, func(f *FeeItem) *string { return &f.Reduction }, "desc_explain"),
		}},
	sheetOf[Basis]{title: "依据", other: []string{"设定依据"},
		of: func(i *Item) []Basis { return i.Basis }, put: func(i *Item, l []Basis) { i.Basis = l },
		columns: []column[Basis]{
			of("法律法规名称", asText, func(b *Basis) *string { return &b.Law }).needed(),
			of("条款", asText, func(b *Basis) *string { return &b.Article }),
			of("文本版本", asText, func(b *Basis) *string { return &b.Text }),
			of("内容要点", asText, func(b *Basis) *string { return &b.Gist }).wide(),
			ofCodes("核对", listTrust, func(b *Basis) *string { return &b.Confidence }).needed().hint(hintConfidence),
		}},
	sheetOf[Special]{title: "特别程序",
		of: func(i *Item) []Special { return i.Special }, put: func(i *Item, l []Special) { i.Special = l },
		columns: []column[Special]{
			of("程序名称", asText, func(s *Special) *string { return &s.Kind }).needed(),
			of("程序时限", asNumber, func(s *Special) *int { return &s.Days }).counts().hint("工作日"),
			of("停止计时", asFlag, func(s *Special) *bool { return &s.Stops }).offers([]string{"是", "否"}),
			of("程序依据", asText, func(s *Special) *string { return &s.Basis }),
			of("备注", asText, func(s *Special) *string { return &s.Remark }),
		}},
	sheetOf[Duty]{title: "责任事项",
		of: func(i *Item) []Duty { return i.Duties }, put: func(i *Item, l []Duty) { i.Duties = l },
		columns: []column[Duty]{
			of("责任环节", asText, func(d *Duty) *string { return &d.Stage }).needed(),
			of("责任内容", asText, func(d *Duty) *string { return &d.Text }).needed().wide(),
			of("责任依据", asText, func(d *Duty) *string { return &d.Basis }).wide(),
		}},
	sheetOf[Intermediary]{title: "中介服务",
		of: func(i *Item) []Intermediary { return i.Intermediaries }, put: func(i *Item, l []Intermediary) { i.Intermediaries = l },
		columns: []column[Intermediary]{
			of("中介服务名称", asText, func(s *Intermediary) *string { return &s.Name }, "service_type").needed(),
			of("设定依据", asText, func(s *Intermediary) *string { return &s.Basis }).wide(),
			of("服务成果", asText, func(s *Intermediary) *string { return &s.Result }),
			ofCodes("付费方", listPayer, func(s *Intermediary) *string { return &s.Payer }),
		}},
	sheetOf[Oversight]{title: "审管联动",
		of: func(i *Item) []Oversight { return i.Oversights }, put: func(i *Item, l []Oversight) { i.Oversights = l },
		columns: []column[Oversight]{
			of("监管机构", asText, func(o *Oversight) *string { return &o.Unit }).needed().hint("机构代码"),
			of("监管任务", asText, func(o *Oversight) *string { return &o.Task }).needed().wide(),
			of("监管时限", asNumber, func(o *Oversight) *int { return &o.Days }).counts().hint("工作日"),
			of("监管依据", asText, func(o *Oversight) *string { return &o.Source }),
		}},
	sheetOf[Question]{title: "常见问题",
		of: func(i *Item) []Question { return i.Questions }, put: func(i *Item, l []Question) { i.Questions = l },
		columns: []column[Question]{
			of("常见问题", asText, func(q *Question) *string { return &q.Question }, "question").needed().wide(),
			of("解答", asText, func(q *Question) *string { return &q.Answer }, "answer").needed().wide(),
		}},
}

// The sheets that belong to no item: what items refer to.
const (
	certificateSheet = "证照类型"
	flowSheet        = "审批流程"
	librarySheet     = "材料库"
)

var certificateColumns = []column[CertificateType]{
	of("证照类型代码", asText, func(c *CertificateType) *string { return &c.Code }).needed().hint("说明：事项、材料用它来指这类证照"),
	of("证照名称", asText, func(c *CertificateType) *string { return &c.Name }).needed(),
	of("颁发机构", asText, func(c *CertificateType) *string { return &c.Issuer }),
	ofCodes("持证主体", listHolder, func(c *CertificateType) *string { return &c.Holder }),
	of("有效期", asText, func(c *CertificateType) *string { return &c.Validity }),
}

var flowColumns = []column[Template]{
	of("流程代码", asText, func(t *Template) *string { return &t.ID }).needed().hint("说明：“事项”表的审批流程用它来指"),
	of("流程名称", asText, func(t *Template) *string { return &t.Name }).needed(),
	of("定义", asRoot, func(t *Template) *flowNode { return &t.Root }).needed().hint("YAML，与流程包里的 root 相同").wide(),
}

// sharedColumns are the words that items share. The sheet names blank and sample forms by their content, which a package
// holds.
var sharedColumns = []column[LibraryMaterial]{
	of("材料库编号", asText, func(m *LibraryMaterial) *string { return &m.Code }).needed().hint("说明：“材料”表的材料库编号用它来指；小写字母、数字和连字符"),
	of("材料名称", asText, func(m *LibraryMaterial) *string { return &m.Name }).needed(),
	ofCodes("材料类型", listKind, func(m *LibraryMaterial) *string { return &m.Kind }).needed(),
	ofCodes("来源渠道", listOrigin, func(m *LibraryMaterial) *string { return &m.Source }).needed(),
	of("来源渠道说明", asText, func(m *LibraryMaterial) *string { return &m.SourceNote }),
	of("可信等级", asText, func(m *LibraryMaterial) *string { return &m.Trust }).needed().hint("A 到 D"),
	ofCodes("材料形式", listForm, func(m *LibraryMaterial) *string { return &m.Form }).needed(),
	of("规格", asText, func(m *LibraryMaterial) *string { return &m.Spec }),
	of("受理标准", asLines, func(m *LibraryMaterial) *[]string { return &m.Points }).needed().hint(hintLines).wide(),
	listing("可替代证照", func(m *LibraryMaterial) *[]string { return &m.ReplacedBy }).hint("证照类型代码；" + hintListed),
	of("出具机构", asText, func(m *LibraryMaterial) *string { return &m.Issuer }),
	of("出具时间要求", asText, func(m *LibraryMaterial) *string { return &m.Age }),
	of("要求依据", asText, func(m *LibraryMaterial) *string { return &m.Basis }),
	of("容缺期限", asNumber, func(m *LibraryMaterial) *int { return &m.DeferDays }).counts().hint("工作日"),
	of("告知承诺", asFlag, func(m *LibraryMaterial) *bool { return &m.Pledge }).offers([]string{"是", "否"}),
	of("证明事项", asFlag, func(m *LibraryMaterial) *bool { return &m.Proof }).offers([]string{"是", "否"}),
	of("填报须知", asText, func(m *LibraryMaterial) *string { return &m.FillNote }).wide(),
	of("通俗说明", asText, func(m *LibraryMaterial) *string { return &m.Plain }),
	of("空白表格", asFile, func(m *LibraryMaterial) **File { return &m.Blank }),
	of("示例样表", asFile, func(m *LibraryMaterial) **File { return &m.Sample }),
	of("停用", asFlag, func(m *LibraryMaterial) *bool { return &m.Retired }).offers([]string{"是", "否"}),
}
