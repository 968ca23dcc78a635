package catalog

import (
	"slices"

	"onedoor.app/infra/i18n"
)

// CodeList is one list of values that the national standards number (代码表).
type CodeList struct {
	Name       string // CodesTaskType…
	Source     string // where the list is written down
	Confidence string // high: read in the standard; medium: values sure, digits by practice
	Codes      []CodeValue
}

// CodeValue is one value of a list, in Chinese as the standard has it and in English.
type CodeValue struct{ Value, Zh, En string }

// Words is the value in a language.
func (v CodeValue) Words(lang string) string {
	if lang == i18n.English {
		return v.En
	}
	return v.Zh
}

// Has reports whether the list has a value.
func (l CodeList) Has(value string) bool {
	return slices.ContainsFunc(l.Codes, func(v CodeValue) bool { return v.Value == value })
}

// Words is a value of the list in words, the value itself where the list has none.
func (l CodeList) Words(value, lang string) string {
	if i := slices.IndexFunc(l.Codes, func(v CodeValue) bool { return v.Value == value }); i >= 0 {
		return l.Codes[i].Words(lang)
	}
	return value
}

// Codes returns a list by its name; an unknown name is an empty list.
func Codes(name string) CodeList {
	if i := slices.IndexFunc(codeLists, func(l CodeList) bool { return l.Name == name }); i >= 0 {
		return codeLists[i]
	}
	return CodeList{Name: name}
}

// CodeLists returns all lists in the order of an item's elements.
func CodeLists() []CodeList { return slices.Clone(codeLists) }

// The names of the lists.
const (
	CodesTaskType    = "task_type"
	CodesUseLevel    = "use_level"
	CodesBodyKind    = "dept_nature"
	CodesAudience    = "service_object"
	CodesHandleForm  = "handle_form"
	CodesProjectType = "project_type"
	CodesPowerSource = "power_source"
	CodesSystemLevel = "system_level"
	CodesTaskState   = "task_state"
	CodesTimeUnit    = "time_unit"
	CodesResultType  = "result_type"
	CodesOnlineDepth = "online_depth"
	CodesHandleArea  = "handle_area"
	CodesNeed        = "material_need"
	CodesMaterial    = "material_type"
	CodesForm        = "material_form"
	CodesSource      = "material_source"
)

// The kinds of powers that are not applied for: their base items are kept too.
const (
	TypePunish  = "02" // 行政处罚
	TypeCompel  = "03" // 行政强制
	TypeLevy    = "04" // 行政征收
	TypeInspect = "06" // 行政检查
)

const (
	readInStandard = "high"
	byPractice     = "medium"
	listGB39046    = "GB/T 39046-2020 附录 A"
)

var codeLists = []CodeList{
	{CodesTaskType, listGB39046, readInStandard, []CodeValue{
		{TypeLicence, "行政许可", "Administrative licence"}, {TypePunish, "行政处罚", "Administrative penalty"},
		{TypeCompel, "行政强制", "Administrative compulsion"}, {TypeLevy, "行政征收", "Administrative levy"},
		{TypeBenefit, "行政给付", "Administrative benefit"}, {TypeInspect, "行政检查", "Administrative inspection"},
		{TypeConfirm, "行政确认", "Administrative confirmation"}, {TypeReward, "行政奖励", "Administrative award"},
		{TypeRuling, "行政裁决", "Administrative ruling"}, {TypeOther, "其他行政权力", "Other administrative power"},
		{TypePublic, "公共服务", "Public service"},
	}},
	{CodesUseLevel, listGB39046, readInStandard, []CodeValue{
		{LevelNation, "国家级", "National"}, {LevelProvince, "省级", "Province"}, {LevelCity, "市级", "City"},
		{LevelCounty, "县级", "County"}, {LevelTownship, "镇（乡、街道）级", "Township"},
		{LevelVillage, "村（社区）级", "Village"}, {"7", "分级管理", "Shared between levels"},
	}},
	{CodesBodyKind, listGB39046, readInStandard, []CodeValue{
		{"1", "法定机关", "Organ by law"}, {"2", "授权组织", "Organisation authorised by law"},
		{BodyEntrusted, "受委托组织", "Entrusted organisation"}, {"9", "其他", "Other"},
	}},
	{CodesAudience, "政务服务平台通行取值；GB/T 39046-2020 表 A.4 另有排法", byPractice, []CodeValue{
		{personCode, "自然人", "Natural persons"}, {"2", "企业法人", "Companies"}, {"3", "事业法人", "Public institutions"},
		{"4", "社会组织法人", "Social organisations"}, {"5", "非法人企业", "Enterprises without legal personality"},
		{"6", "行政机关", "Administrative organs"}, {"9", "其他组织", "Other organisations"},
	}},
	{CodesHandleForm, listGB39046, readInStandard, []CodeValue{
		{"1", "窗口办理", "At the window"}, {"2", "电脑端网上办理", "Online by computer"}, {"3", "移动端网上申请", "Online by phone"},
		{"4", "快递申请", "By courier"}, {"9", "其他", "Other"},
	}},
	{CodesProjectType, listGB39046, readInStandard, []CodeValue{
		{projectSpot, "即办件", "Done while you wait"}, {projectTerm, "承诺件", "Done within a promised time"}, {"9", "其他", "Other"},
	}},
	{CodesPowerSource, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"1", "法定本级行使", "Held by law at this level"}, {"2", "上级下放", "Handed down from above"},
		{"3", "上级授权", "Authorised from above"}, {"4", "同级授权", "Authorised at the same level"},
		{"5", "上级委托", "Entrusted from above"}, {"6", "同级委托", "Entrusted at the same level"},
	}},
	{CodesSystemLevel, "GB/T 39046-2020 表 4", byPractice, []CodeValue{
		{"1", "国家级系统", "System of the nation"}, {"2", "省级系统", "System of the province"}, {"3", "市级系统", "System of the city"},
		{"4", "县级系统", "System of the county"},
	}},
	{CodesTaskState, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"1", "在用", "In force"}, {"2", "暂停", "Suspended"}, {"3", "取消", "Cancelled"},
	}},
	{CodesTimeUnit, "GB/T 39554.2-2020 要素的通行取值", byPractice, []CodeValue{
		{"1", "工作日", "Working days"}, {"2", "自然日", "Calendar days"}, {"3", "小时", "Hours"}, {"4", "分钟", "Minutes"}, {"5", "月", "Months"},
	}},
	{CodesResultType, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{resultCertificate, "证照", "Certificate"}, {"20", "批文", "Written approval"}, {"99", "其他", "Other"},
	}},
	{CodesOnlineDepth, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"1", "互联网咨询", "Advice online"}, {"2", "互联网收件", "Receipt online"}, {"3", "互联网预审", "Preview online"},
		{depthAccepted, "互联网受理", "Acceptance online"}, {"5", "互联网办理", "Handled online"},
		{depthWhole, "互联网办理结果信息反馈", "Result told online"}, {"7", "互联网电子证照反馈", "Electronic certificate online"}, {"8", "其他", "Other"},
	}},
	{CodesHandleArea, "GB/T 39046-2020 表 4", byPractice, []CodeValue{
		{"1", "全国", "Whole country"}, {"2", "跨省", "Across provinces"}, {"3", "跨市", "Across cities"}, {"4", "跨县", "Across counties"},
	}},
	{CodesNeed, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{necessityYes, "必要", "Necessary"}, {necessityNo, "非必要", "Not always necessary"}, {"3", "容缺后补", "May come later"},
	}},
	{CodesMaterial, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"1", "证件证书证明", "Certificates and proofs"}, {"2", "申请表格文书", "Application forms"}, {"3", "其他", "Other"},
	}},
	{CodesForm, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"1", "纸质", "Paper"}, {formElectronic, "电子化", "Electronic"}, {"3", "纸质或者电子化", "Paper or electronic"},
	}},
	{CodesSource, "政务服务事项实施清单要素", byPractice, []CodeValue{
		{"10", "申请人自备", "Made by the applicant"}, {fromGovernment, "政府部门核发", "Issued by government"}, {"99", "其他", "Other"},
	}},
}

// The levels at which a power is held (行使层级).
const (
	LevelNation   = "1"
	LevelProvince = "2"
	LevelCity     = "3"
	LevelCounty   = "4"
	LevelTownship = "5" // 镇、乡、街道
	LevelVillage  = "6" // 村、社区
)

// BodyEntrusted is the kind of a body that acts for another (受委托组织).
const BodyEntrusted = "3"

// wrongCodes finds values that the lists do not have. An element that is left out is not wrong here: what must be there
// is said elsewhere.
func (it *Item) wrongCodes() []Wrong {
	var w []Wrong
	check := func(list, where string, values ...string) {
		for _, v := range values {
			if v != "" && !Codes(list).Has(v) {
				w = append(w, Wrong{"catalog.item.no_code", where + " " + v})
			}
		}
	}
	check(CodesUseLevel, "use_level", it.UseLevel)
	check(CodesAudience, "audience", it.Audience...)
	check(CodesPowerSource, "power_source", it.PowerSource)
	check(CodesBodyKind, "body_kind", it.BodyKind)
	check(CodesHandleForm, "handle_forms", it.HandleForms...)
	check(CodesSystemLevel, "system_level", it.SystemLevel)
	check(CodesOnlineDepth, "online_depth", it.OnlineDepth)
	check(CodesHandleArea, "service area", it.Offer.Area)
	check(CodesResultType, "result_type", it.Result.Kind)
	for _, m := range it.Materials {
		check(CodesMaterial, m.ID+" kind", m.Kind)
		check(CodesSource, m.ID+" source", m.Source)
		check(CodesForm, m.ID+" form", m.Form)
	}
	return w
}
