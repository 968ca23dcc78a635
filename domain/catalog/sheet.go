package catalog

import (
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog/exchange"
)

// itemRow is what one row of the main sheet says of an item, with what an item itself does
// not hold.
type itemRow struct {
	Item
	state    string // stateWhole, stateBare or ""
	unitName string // of the body
	uscc     string // of the body
	kindName string // 事项类型名称, where a list has code and name
}

// mainSheet is the sheet with one row an item.
const mainSheet = "事项"

type mainColumn = column[itemRow]

// ofItem is a field of the item of a record.
func ofItem[V any](field func(*Item) *V) func(*itemRow) *V {
	return func(r *itemRow) *V { return field(&r.Item) }
}

func flag(name string, field func(*Item) *bool, also ...string) mainColumn {
	return of(name, asFlag, ofItem(field), also...).offers([]string{"是", "否"})
}

func word(name string, field func(*Item) *string, also ...string) mainColumn {
	return of(name, asText, ofItem(field), also...)
}

// The columns that more is asked of than to be filled in.
const (
	headCode       = sheetCode
	headName       = "事项名称"
	headType       = "事项类型"
	headTypeName   = "事项类型名称"
	headBody       = "实施主体"
	headBodyCode   = "实施主体编码"
	headState      = "资料状态"
	headStatutory  = "法定办结时限"
	headPromised   = "承诺办结时限"
	headProject    = "办件类型"
	headAudience   = "服务对象"
	headHandle     = "业务办理项编码"
	headImplement  = "实施编码"
	headBase       = "基本编码"
	headUnitCode   = "承办机构"
	headBodyUnit   = "实施主体机构"
	headMain       = "主项名称"
	hintListed     = "几个值之间用顿号隔开"
	hintLines      = "一行一条"
	hintConfidence = "与条文核对过没有"
)

// mainColumns are the elements of an item (实施清单要素, GB/T 39554.2) that are one value,
// by their standard names, and what this program needs besides. The national names of the
// exchange tables are read, too.
var mainColumns = slices.Concat(namedColumns, timeColumns, wayColumns, lawColumns, publicColumns)

var namedColumns = []mainColumn{
	word(headCode, func(i *Item) *string { return &i.Code }, "item_code", "code", "task_code", "事项代码", "编码", "实施清单编码").hint("说明：这一行可以留着。编码由字母、数字、点和连字符组成，全表不能重复；不填时按部门和名称生成"),
	word(headName, func(i *Item) *string { return &i.Name }, "item_name", "name", "task_name", "业务办理项名称", "实施清单名称", "办理项名称", "业务办理项", "事项", "名称").needed().hint("按清单上的写法"),
	word(headMain, func(i *Item) *string { return &i.MainItem }, "main_item", "主项", "主事项", "主事项名称", "基本目录名称"),
	word("子项名称", func(i *Item) *string { return &i.SubItem }, "sub_item", "子项"),
	{
		Heading: exchange.Heading{Text: headType, Need: true, Choices: listType.words(), Hint: "依申请办理的七类之一"}, also: []string{"task_type", "type", "事项类型代码", "类型", "权力类型"},
		get: func(r *itemRow) string { return listType.word(r.Type) },
		set: func(r *itemRow, s string) bool { r.Type = kindOf(s, ""); return r.Type != "" || s == "" },
	},
	{
		Heading: exchange.Heading{Text: headTypeName}, also: []string{"task_type_name", "type_name", "类型名称"},
		get: func(*itemRow) string { return "" },
		set: func(r *itemRow, s string) bool { r.kindName = s; return true },
	},
	{
		Heading: exchange.Heading{Text: headState, Choices: []string{stateWhole, stateBare}, Hint: "完整：材料、表单、环节在各分表里；简表：没有分表，用这类事项通用的"},
		get:     func(r *itemRow) string { return r.state },
		set: func(r *itemRow, s string) bool {
			r.state, r.Bare = s, s == stateBare
			return s == "" || s == stateWhole || s == stateBare
		},
	},
	{
		Heading: exchange.Heading{Text: headBody, Need: true, Hint: "部门全称"}, also: []string{"department", "dept_name", "dept", "部门", "部门名称", "实施主体名称", "实施部门", "责任部门", "单位", "所属部门"},
		get: func(r *itemRow) string { return r.unitName },
		set: func(r *itemRow, s string) bool { r.unitName = s; return true },
	},
	{
		Heading: exchange.Heading{Text: headBodyCode, Hint: "统一社会信用代码，18 位"}, also: []string{"dept_code", "department_code", "部门编码", "部门代码", "实施主体代码", "统一社会信用代码"},
		get: func(r *itemRow) string { return r.uscc },
		set: func(r *itemRow, s string) bool { r.uscc = s; return true },
	},
	word(headBodyUnit, func(i *Item) *string { return &i.Body }, "implementing_unit").hint("本系统的机构代码；不填时按实施主体名称找"),
	word(headUnitCode, func(i *Item) *string { return &i.Unit }, "unit").hint("办理的科室，本系统的机构代码；不填时同实施主体"),
	word("监管机构", func(i *Item) *string { return &i.Regulator }, "regulator"),
	word(headBase, func(i *Item) *string { return &i.BaseCode }, "catalog_code").hint("12 位"),
	word(headImplement, func(i *Item) *string { return &i.ImplementCode }, "task_implement_code").hint("31 位：统一社会信用代码、行使层级、基本编码"),
	word(headHandle, func(i *Item) *string { return &i.HandleCode }, "task_handle_item").hint("33 位：实施编码、两位序号"),
	word("地方编码", func(i *Item) *string { return &i.LocalCode }, "local_task_code"),
	word("编码状态", func(i *Item) *string { return &i.CodeStatus }, "code_status"),
	ofCodes("行使层级", listLevel, ofItem(func(i *Item) *string { return &i.UseLevel }), "use_level"),
	ofCodes("权力来源", listSource, ofItem(func(i *Item) *string { return &i.PowerSource }), "power_source"),
	ofCodes("实施主体性质", listNature, ofItem(func(i *Item) *string { return &i.BodyKind }), "dept_type"),
	word("受委托部门", func(i *Item) *string { return &i.Entrusted }, "entrust_name"),
	{
		Heading: exchange.Heading{Text: headAudience, Choices: listAudience.words(), Hint: hintListed}, also: []string{"server_type", "audience"},
		get: ofCodeList("", listAudience, ofItem(func(i *Item) *[]string { return &i.Audience })).get,
		set: func(r *itemRow, s string) bool {
			if strings.HasPrefix(s, jsonMark) {
				return ofCodeList("", listAudience, ofItem(func(i *Item) *[]string { return &i.Audience })).set(r, s)
			}
			r.Audience = audienceOf(s)
			return true
		},
	},
	projectColumn(),
	listing("主题分类", ofItem(func(i *Item) *[]string { return &i.Themes }), "theme", "themes", "主题", "user_topic_type", "corp_topic_type").hint(hintListed),
	listing("关键词", ofItem(func(i *Item) *[]string { return &i.Keywords }), "keywords", "别名", "俗称").hint("百姓怎么叫它；" + hintListed),
	of("受理条件", asLines, ofItem(func(i *Item) *[]string { return &i.Conditions }), "accept_condition", "办理条件").hint(hintLines).wide(),
}

// projectColumn is lenient: lists say 即办 and 承诺 in many ways, and everything else is
// decided within a limit.
func projectColumn() mainColumn {
	c := ofCodes(headProject, listProject, ofItem(func(i *Item) *string { return &i.ProjectType }), "project_type")
	exact := c.set
	c.set = func(r *itemRow, s string) bool {
		switch {
		case exact(r, s):
		case strings.Contains(s, "即办"):
			r.ProjectType = projectSpot
		default:
			r.ProjectType = projectTerm
		}
		return true
	}
	return c
}

// limitColumns are the columns of a limit: days and unit apart, as the national tables have
// them, though "20个工作日" is understood.
func limitColumns(name string, field func(*Item) *Limit, also string) []mainColumn {
	limit := ofItem(field)
	short := strings.TrimSuffix(name, "办结时限")
	days := of(name, asNumber, func(r *itemRow) *int { return &limit(r).Value }, also+"_day", short+"时限", short+"期限").counts().hint("数字；没有规定时不填")
	exact := days.set
	days.set = func(r *itemRow, s string) bool {
		if strings.HasPrefix(s, jsonMark) {
			return exact(r, s)
		}
		l, ok := limitOf(s)
		if ok {
			limit(r).Value, limit(r).Unit, limit(r).Confidence = l.Value, l.Unit, l.Confidence
		}
		return ok
	}
	unit := ofCodes(name+"单位", listLimitUnit, func(r *itemRow) *string { return &limit(r).Unit }, also+"_type")
	exactUnit := unit.set
	unit.set = func(r *itemRow, s string) bool {
		switch {
		case s == "":
			return true // said along with the number, or working days
		case limitUnits[s] != "":
			limit(r).Unit = limitUnits[s]
			return true
		}
		return exactUnit(r, s)
	}
	return []mainColumn{
		days, unit,
		of(short+"当场办结", asFlag, func(r *itemRow) *bool { return &limit(r).OnSpot }).offers([]string{"是", "否"}),
		of(short+"时限起算", asText, func(r *itemRow) *string { return &limit(r).Starts }),
		of(short+"时限说明", asText, func(r *itemRow) *string { return &limit(r).Basis }, also+"_explain", short+"时限依据"),
		ofCodes(short+"时限核对", listTrust, func(r *itemRow) *string { return &limit(r).Confidence }).hint(hintConfidence),
	}
}

var timeColumns = slices.Concat(
	limitColumns(headStatutory, func(i *Item) *Limit { return &i.StatutoryLimit }, "anticipate"),
	limitColumns(headPromised, func(i *Item) *Limit { return &i.PromisedLimit }, "promise"),
)

var wayColumns = []mainColumn{
	flag("是否收费", func(i *Item) *bool { return &i.Fee.Charged }, "is_fee").hint("收费项目写在“收费”表"),
	flag("是否支持网上支付", func(i *Item) *bool { return &i.Fee.PayOnline }, "is_pay_online"),
	word("办理结果名称", func(i *Item) *string { return &i.Result.Name }, "result_name", "结果名称"),
	ofCodes("办理结果类型", listResult, ofItem(func(i *Item) *string { return &i.Result.Kind }), "result_type", "结果类型"),
	word("结果证照类型", func(i *Item) *string { return &i.Result.Certificate }).hint("“证照类型”表里的代码"),
	word("结果有效期", func(i *Item) *string { return &i.Result.Validity }),
	of("结果样本", asFile, ofItem(func(i *Item) **File { return &i.Result.Sample }), "result_guid"),
	of("到办事现场次数", asNumber, ofItem(func(i *Item) *int { return &i.Visits }), "limit_scene_num").counts(),
	word("必须现场办理原因说明", func(i *Item) *string { return &i.VisitReason }, "limit_scene_explain"),
	ofCodeList("办理形式", listHandle, ofItem(func(i *Item) *[]string { return &i.HandleForms }), "handle_type").hint(hintListed),
	ofCodes("网上办理深度", listDepth, ofItem(func(i *Item) *string { return &i.OnlineDepth }), "online_handle_depth"),
	flag("是否网办", func(i *Item) *bool { return &i.Offer.Online }, "is_online"),
	flag("是否移动端办理", func(i *Item) *bool { return &i.Offer.Mobile }),
	word("办理网址", func(i *Item) *string { return &i.Offer.URL }, "online_handle_url"),
	flag("网办单点登录", func(i *Item) *bool { return &i.Offer.SignOn }, "is_single_login"),
	word("移动端办理地址", func(i *Item) *string { return &i.Offer.MobileURL }, "mobile_terminal_url"),
	flag("移动端单点登录", func(i *Item) *bool { return &i.Offer.MobileSignOn }, "mobile_is_single_login"),
	flag("是否支持物流快递", func(i *Item) *bool { return &i.Offer.Express }, "is_express"),
	flag("是否支持预约办理", func(i *Item) *bool { return &i.Offer.Reserve }, "is_schedule"),
	flag("是否支持自助终端办理", func(i *Item) *bool { return &i.Offer.Kiosk }, "is_service_terminals"),
	flag("未进驻政务服务中心", func(i *Item) *bool { return &i.Offer.Outside }),
	listing("办理窗口", ofItem(func(i *Item) *[]string { return &i.Offer.Windows })).hint(hintListed),
	word("办理区域", func(i *Item) *string { return &i.Offer.Zone }),
	ofCodes("通办范围", listArea, ofItem(func(i *Item) *string { return &i.Offer.Area }), "handle_area"),
	flag("容缺受理", func(i *Item) *bool { return &i.Modes.Tolerance }),
	flag("告知承诺", func(i *Item) *bool { return &i.Modes.Pledge }),
	flag("联合办理", func(i *Item) *bool { return &i.Modes.Joint }),
	flag("绿色通道", func(i *Item) *bool { return &i.Modes.Green }),
	flag("模拟审批", func(i *Item) *bool { return &i.Modes.Simulated }),
	word("审批流程", func(i *Item) *string { return &i.FlowID }, "flow").hint("“审批流程”表里的代码；standard 是一审一核"),
	word("流程版本", func(i *Item) *string { return &i.Drawn }, "flow_version").hint("流程库里那一版的指纹；用流程表里的流程时空着"),
}

var lawColumns = []mainColumn{
	flag("直接关系公共安全", func(i *Item) *bool { return &i.Legal.Safety }),
	of("数量限制名额", asNumber, ofItem(func(i *Item) *int { return &i.Legal.Quota })).counts(),
	word("数量限制", func(i *Item) *string { return &i.QuotaNote }, "limit_explain"),
	flag("下级初审", func(i *Item) *bool { return &i.Legal.FirstReview }),
	flag("涉及他人重大利益", func(i *Item) *bool { return &i.Legal.ThirdParty }),
	flag("必须听证", func(i *Item) *bool { return &i.Legal.Hearing }),
	flag("需要核查检验", func(i *Item) *bool { return &i.Legal.InspectionItem }),
	flag("依检测结果决定", func(i *Item) *bool { return &i.Legal.TestResult }),
	flag("复议前置", func(i *Item) *bool { return &i.Legal.ReviewFirst }),
	flag("逾期视为同意", func(i *Item) *bool { return &i.Legal.Deem }),
	listing("出具意见机构", ofItem(func(i *Item) *[]string { return &i.Legal.Units })).hint("机构代码；" + hintListed),
	word("申报开始", func(i *Item) *string { return &i.Legal.Opens }).hint("月-日"),
	word("申报截止", func(i *Item) *string { return &i.Legal.Closes }).hint("月-日"),
	of("送达期限", asNumber, ofItem(func(i *Item) *int { return &i.Legal.Delivery })).counts().hint("工作日"),
	of("补正告知期限", asSomeNumber, ofItem(func(i *Item) **int { return &i.Legal.Notice })).counts().hint("工作日"),
	of("可以延长", asSomeNumber, ofItem(func(i *Item) **int { return &i.Legal.Extension })).counts().hint("工作日"),
	of("延续申请提前", asNumber, ofItem(func(i *Item) *int { return &i.Legal.RenewFrom.Days })).counts().hint("有效期届满前多少天起可以申请延续"),
	ofCodes("延续申请提前单位", listLimitUnit, ofItem(func(i *Item) *string { return &i.Legal.RenewFrom.Unit })).hint("工作日或者自然日"),
	word("延续申请提前依据", func(i *Item) *string { return &i.Legal.RenewFrom.Basis }),
	ofCodes("延续申请提前核对", listTrust, ofItem(func(i *Item) *string { return &i.Legal.RenewFrom.Confidence })).hint(hintConfidence),
	{
		Heading: exchange.Heading{Text: "针对证照", Hint: "这件事办的是哪类已有证照，“证照类型”表里的代码"},
		get: func(r *itemRow) string {
			if r.ActsOn == nil {
				return ""
			}
			return of("", asText, func(a *ActsOn) *string { return &a.Certificate }).get(r.ActsOn)
		},
		set: func(r *itemRow, s string) bool {
			if r.ActsOn = nil; s == "" {
				return true
			}
			r.ActsOn = &ActsOn{}
			return of("", asText, func(a *ActsOn) *string { return &a.Certificate }).set(r.ActsOn, s)
		},
	},
	{
		Heading: exchange.Heading{Text: "对证照的影响", Choices: listEffect.words()},
		get: func(r *itemRow) string {
			if r.ActsOn == nil {
				return ""
			}
			return ofCodes("", listEffect, func(a *ActsOn) *string { return &a.Effect }).get(r.ActsOn)
		},
		set: func(r *itemRow, s string) bool {
			if s == "" {
				return true
			}
			if r.ActsOn == nil {
				r.ActsOn = &ActsOn{}
			}
			return ofCodes("", listEffect, func(a *ActsOn) *string { return &a.Effect }).set(r.ActsOn, s)
		},
	},
}

// access is the entry of the negative list, made when its first column is filled.
func access(name string, field func(*Access) *string) mainColumn {
	inner := of(name, asText, field)
	return mainColumn{
		Heading: inner.Heading,
		get: func(r *itemRow) string {
			if r.Access == nil {
				return ""
			}
			return inner.get(r.Access)
		},
		set: func(r *itemRow, s string) bool {
			a := Access{}
			if r.Access != nil {
				a = *r.Access
			}
			ok := inner.set(&a, s)
			if r.Access = &a; a == (Access{}) {
				r.Access = nil
			}
			return ok
		},
	}
}

var publicColumns = []mainColumn{
	ofCodes("业务系统层级", listSystem, ofItem(func(i *Item) *string { return &i.SystemLevel })),
	word("办理区划", func(i *Item) *string { return &i.Place }).hint("乡镇（街道）或者村（社区）的区划代码，12 位"),
	word("办理流程", func(i *Item) *string { return &i.Procedure }, "handle_flow").wide(),
	word("办理地点", func(i *Item) *string { return &i.Address }, "transact_addr").hint("不填时是政务大厅"),
	word("办理时间", func(i *Item) *string { return &i.Hours }, "transact_time"),
	word("咨询方式", func(i *Item) *string { return &i.Phone }, "link_way"),
	word("监督投诉方式", func(i *Item) *string { return &i.Complaints }, "supervise_way"),
	listing("联办机构", ofItem(func(i *Item) *[]string { return &i.Partners }), "other_dept").hint(hintListed),
	of("计划生效日期", asDate, ofItem(func(i *Item) *string { return &i.From }), "plan_effective_date"),
	of("计划取消日期", asDate, ofItem(func(i *Item) *string { return &i.Until }), "plan_cancel_date"),
	access("准入清单编号", func(a *Access) *string { return &a.Number }),
	access("准入清单事项", func(a *Access) *string { return &a.Entry }),
	access("准入清单措施", func(a *Access) *string { return &a.Measure }),
	word("通俗说明", func(i *Item) *string { return &i.Plain.What }).wide(),
	word("通俗办法", func(i *Item) *string { return &i.Plain.How }).wide(),
	word("容易办错的地方", func(i *Item) *string { return &i.Plain.Tip }).wide(),
	word("时效待核", func(i *Item) *string { return &i.CurrencyNote }),
	word("层级待核", func(i *Item) *string { return &i.LevelNote }),
}

// spreadsheetDay is the day that a spreadsheet keeps as a number.
func spreadsheetDay(n int) string {
	return time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
}
