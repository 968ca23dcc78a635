package catalog

import (
	"slices"

	"onedoor.app/infra/i18n"
)

// DataElement is a standard data element (标准数据元) that fields may be bound to: one meaning,
// one shape, wherever a form asks for it. What the centre knows by it is filled in and not
// typed again.
type DataElement struct {
	Key    string
	Name   string   // 申请人名称（姓名）
	NameEn string   // Name of applicant
	Types  []string // that a field of the element may have, the usual one first
	Shape  string   // RE2; a field that has a pattern of its own has this one. "": any
	From   Source   // where the centre knows it from
	Who    bool     // it says who applies, not what for
	Also   []string // other labels by which forms ask for the same
}

// Source is where the centre knows a data element from.
type Source string

// The sources.
const (
	FromNobody       Source = ""             // only the applicant knows it
	FromParty        Source = "party"        // the record of whoever applies
	FromPerson       Source = "person"       // of a person
	FromOrganization Source = "organization" // of an organisation
	FromCertificate  Source = "certificate"  // the register of certificates
)

// Called is the element's name in a language.
func (e DataElement) Called(lang string) string {
	if lang == i18n.English {
		return e.NameEn
	}
	return e.Name
}

// DataElements lists the data elements, those that say who applies first.
func DataElements() []DataElement { return slices.Clone(dataElements) }

// DataElementOf returns a data element by its key, the zero DataElement for an unknown one.
func DataElementOf(key string) DataElement {
	if i := slices.IndexFunc(dataElements, func(e DataElement) bool { return e.Key == key }); i >= 0 {
		return dataElements[i]
	}
	return DataElement{}
}

const projectCode = `^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$` // 投资项目统一代码

// dataElements are those of GB/T 39046-2020 under their own keys, those of the exchange of
// investment projects in capitals, and our own under "yc.".
var dataElements = []DataElement{
	{Key: "applyer_name", Name: "申请人名称（姓名）", NameEn: "Name of applicant", Types: []string{FieldText}, From: FromParty, Who: true, Also: []string{"申请人姓名", "申请人名称", "单位名称"}},
	{Key: "applyer_page_code", Name: "申请人证件号码", NameEn: "Number of applicant", Types: []string{FieldIDNo, FieldUSCC, FieldText}, From: FromParty, Who: true, Also: []string{"公民身份号码", "统一社会信用代码"}},
	{Key: "address", Name: "通讯地址", NameEn: "Address", Types: []string{FieldAddress}, From: FromParty, Who: true, Also: []string{"住所", "居住地址", "联系地址"}},
	{Key: "legal", Name: "法定代表人", NameEn: "Legal representative", Types: []string{FieldText}, From: FromOrganization, Who: true, Also: []string{"法定代表人（负责人）"}},
	{Key: "yc.legal_id", Name: "法定代表人证件号码", NameEn: "Number of legal representative", Types: []string{FieldIDNo}, From: FromOrganization, Who: true},
	{Key: "contact_name", Name: "联系人姓名", NameEn: "Contact", Types: []string{FieldText}, From: FromParty, Who: true, Also: []string{"联系人"}},
	{Key: "contact_mobile", Name: "联系人手机号码", NameEn: "Mobile number of contact", Types: []string{FieldMobile}, Shape: mobilePattern, From: FromParty, Who: true, Also: []string{"手机号码"}},

	{Key: "yc.birth_date", Name: "出生日期", NameEn: "Date of birth", Types: []string{FieldDate}, From: FromPerson},
	{Key: ElementCertificateNumber, Name: "证照编号", NameEn: "Number of certificate", Types: []string{FieldText}, From: FromCertificate},
	{Key: ElementCertificateUntil, Name: "有效期届满日期", NameEn: "Last day of certificate", Types: []string{FieldDate}, From: FromCertificate},

	{Key: "project_name", Name: "办理摘要", NameEn: "Subject", Types: []string{FieldText, FieldTextarea}},
	{Key: "XMMC", Name: "项目名称", NameEn: "Name of project", Types: []string{FieldText}},
	{Key: "XMDM", Name: "投资项目统一代码", NameEn: "Code of project", Types: []string{FieldText}, Shape: projectCode},
	{Key: "GBHY", Name: "国标行业", NameEn: "Branch of industry", Types: []string{FieldText}},
	{Key: "JSDD", Name: "建设地点", NameEn: "Place of construction", Types: []string{FieldAddress}},
	{Key: "JSDW", Name: "项目单位名称", NameEn: "Builder", Types: []string{FieldText}},
	{Key: "JSDWDM", Name: "项目单位统一社会信用代码", NameEn: "Credit code of builder", Types: []string{FieldUSCC}},
	{Key: "JSGMJNR", Name: "建设规模及内容", NameEn: "Scale and content", Types: []string{FieldTextarea}},
	{Key: "JZMJ", Name: "建筑面积（平方米）", NameEn: "Floor area, m²", Types: []string{FieldDecimal}},
	{Key: "YDMJ", Name: "用地面积（平方米）", NameEn: "Site area, m²", Types: []string{FieldDecimal}},
	{Key: "ZTZE", Name: "总投资（万元）", NameEn: "Total investment, 10,000 yuan", Types: []string{FieldDecimal}},
	{Key: "NKGSJ", Name: "拟开工时间", NameEn: "Planned start", Types: []string{FieldDate}},
	{Key: "NJCSJ", Name: "拟建成时间", NameEn: "Planned completion", Types: []string{FieldDate}},

	{Key: "yc.amount", Name: "金额", NameEn: "Amount", Types: []string{FieldDecimal}},
	{Key: "yc.bank_account", Name: "银行账号", NameEn: "Bank account", Types: []string{FieldText}, Also: []string{"收款账号"}},
	{Key: "yc.bank_name", Name: "开户银行", NameEn: "Bank", Types: []string{FieldText, FieldChoice}},
	{Key: "yc.business_scope", Name: "经营范围", NameEn: "Scope of business", Types: []string{FieldTextarea, FieldMulti}},
	{Key: "yc.capital", Name: "注册资本（万元）", NameEn: "Capital, 10,000 yuan", Types: []string{FieldDecimal}},
	{Key: "yc.child_name", Name: "儿童姓名", NameEn: "Name of child", Types: []string{FieldText}, Also: []string{"新生儿姓名"}},
	{Key: "yc.employer", Name: "所在单位", NameEn: "Employer", Types: []string{FieldText}},
	{Key: "yc.start_date", Name: "起始日期", NameEn: "First day", Types: []string{FieldDate, FieldText}},
	{Key: "yc.end_date", Name: "截止日期", NameEn: "Last day", Types: []string{FieldDate}},
	{Key: "yc.father_name", Name: "父亲姓名", NameEn: "Name of father", Types: []string{FieldText}},
	{Key: "yc.mother_name", Name: "母亲姓名", NameEn: "Name of mother", Types: []string{FieldText}},
	{Key: "yc.mother_id", Name: "母亲证件号码", NameEn: "Number of mother", Types: []string{FieldText, FieldIDNo}},
	{Key: "yc.flag", Name: "是否", NameEn: "Yes or no", Types: []string{FieldYesNo}},
	{Key: "yc.household_division", Name: "户籍所在地", NameEn: "Place of household registration", Types: []string{FieldText}},
	{Key: "yc.live_division", Name: "居住地社区（村）", NameEn: "Community of residence", Types: []string{FieldText}},
	{Key: "yc.income", Name: "家庭月收入（元）", NameEn: "Monthly household income, yuan", Types: []string{FieldDecimal}},
	{Key: "yc.kind", Name: "类别", NameEn: "Kind", Types: []string{FieldChoice, FieldMulti, FieldText}},
	{Key: "yc.new_name", Name: "拟用名称", NameEn: "Proposed name", Types: []string{FieldText}},
	{Key: "yc.parcel", Name: "不动产单元号", NameEn: "Number of parcel", Types: []string{FieldText}, Also: []string{"宗地编号"}},
	{Key: "yc.party_name", Name: "相关单位名称", NameEn: "Name of another body", Types: []string{FieldText}},
	{Key: "yc.party_code", Name: "相关单位统一社会信用代码", NameEn: "Credit code of another body", Types: []string{FieldUSCC}},
	{Key: "yc.person_name", Name: "相关人员姓名", NameEn: "Name of another person", Types: []string{FieldText}},
	{Key: "yc.person_id", Name: "相关人员证件号码", NameEn: "Number of another person", Types: []string{FieldIDNo, FieldText}},
	{Key: "yc.quantity", Name: "数量", NameEn: "Quantity", Types: []string{FieldInteger, FieldDecimal}},
	{Key: "yc.relation", Name: "关系", NameEn: "Relation", Types: []string{FieldText}},
	{Key: "yc.sex", Name: "性别", NameEn: "Sex", Types: []string{FieldChoice}},
	{Key: "yc.shop_name", Name: "字号名称", NameEn: "Trade name", Types: []string{FieldText}, Also: []string{"店铺名称"}},
	{Key: "yc.site_address", Name: "经营场所地址", NameEn: "Address of premises", Types: []string{FieldAddress, FieldText}, Also: []string{"经营场所"}},
	{Key: "yc.site_area", Name: "经营场所面积（平方米）", NameEn: "Area of premises, m²", Types: []string{FieldDecimal}},
	{Key: "yc.staff_count", Name: "从业人员数", NameEn: "Staff", Types: []string{FieldInteger}},
	{Key: "yc.text", Name: "说明", NameEn: "Text", Types: []string{FieldTextarea, FieldText}},
}

// wrongElements checks what the fields are bound to: an element of the table, of one of
// its types and of its shape.
func (it *Item) wrongElements() []Wrong {
	var w []Wrong
	for _, f := range it.Fields {
		e := DataElementOf(f.Element)
		switch {
		case f.Element == "":
		case e.Key == "":
			w = append(w, Wrong{"catalog.item.element", f.Key + " " + f.Element})
		case !slices.Contains(e.Types, f.Type), e.Shape != "" && f.Pattern != "" && f.Pattern != e.Shape:
			w = append(w, Wrong{"catalog.item.element_type", f.Key + " " + f.Element + " " + f.Type})
		}
	}
	return w
}

// looseFields finds fields that ask for what a data element is, and are not bound to it:
// people type there what the centre knows.
func looseFields(it *Item) (where []string) {
	for _, f := range it.Fields {
		if f.Element == "" && slices.ContainsFunc(dataElements, func(e DataElement) bool {
			return slices.Contains(e.Types, f.Type) && (e.Name == f.Label || slices.Contains(e.Also, f.Label))
		}) {
			where = append(where, f.Label)
		}
	}
	return where
}
