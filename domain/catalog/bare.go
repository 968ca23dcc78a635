package catalog

import (
	"cmp"
	"strings"
)

// Defaults of items that come from a list without limits.
const (
	defaultDays  = 20
	defaultBasis = "导入时未提供，按二十个工作日登记，待核"
)

// noLimit is longer than any limit.
const noLimit = 1 << 20

// onSpot reports whether the item is decided while the applicant waits (即办件).
func (it *Item) onSpot() bool { return it.ProjectType == projectSpot }

// nameBare fills in the codes that are part of a code, and what lists leave out.
func (it *Item) nameBare(code string) {
	if it.MainItem == "未分类" || it.MainItem == it.Name {
		it.MainItem = ""
	}
	if it.HandleCode == code && !wholeCode.MatchString(code) && !looksNational(code) {
		it.HandleCode = ""
	}
	if it.ImplementCode == code && !implShape.MatchString(code) && !looksNational(code) {
		it.ImplementCode = ""
	}
	switch {
	case wholeCode.MatchString(code):
		it.HandleCode, it.ImplementCode = cmp.Or(it.HandleCode, code), cmp.Or(it.ImplementCode, code[:31])
	case implShape.MatchString(code):
		it.ImplementCode = cmp.Or(it.ImplementCode, code)
	default:
		it.LocalCode = cmp.Or(it.LocalCode, code)
	}
	if implShape.MatchString(it.ImplementCode) {
		it.BaseCode = cmp.Or(it.BaseCode, baseOf(it.ImplementCode))
	}
}

// looksNational reports whether a code was meant to be a national one.
func looksNational(code string) bool {
	return len(code) >= 29 && len(code) <= 35 && strings.Trim(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// completeBare gives the item the form, materials, steps and limits of its kind.
func (it *Item) completeBare(at Counter) {
	it.Bare = true
	it.ProjectType = cmp.Or(it.ProjectType, projectTerm)
	it.FlowID = cmp.Or(it.FlowID, FlowStandard)
	if it.Audience == nil {
		it.Audience = audienceOf("")
	}
	if it.Result == (Result{}) {
		it.Result = Result{Name: "办理结果", Kind: "20"}
		it.Visits = cmp.Or(it.Visits, 1)
		it.Offer.Windows = []string{"综合窗口"}
		it.Offer.Online, it.Offer.Mobile, it.Offer.Express = true, true, true
	}
	if it.StatutoryLimit.Value == 0 && (it.PromisedLimit.Value == 0 || it.PromisedLimit.workdays() <= defaultDays) {
		it.StatutoryLimit = Limit{Value: defaultDays, Unit: Workday, Basis: defaultBasis, Confidence: "low"}
	}
	if it.PromisedLimit.Value == 0 {
		spot := it.PromisedLimit.OnSpot
		it.PromisedLimit = Limit{Value: min(defaultDays, it.StatutoryLimit.workdays()), Unit: Workday, Confidence: "low", OnSpot: spot}
	}
	it.Materials = bareMaterials()
	it.Fields = bareFields()
	it.Steps = bareSteps(at, it.Unit, it.PromisedLimit.workdays())
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
		{ID: "s1", Slot: "accept", Name: "收件受理", NameEn: "Receipt and acceptance", Unit: postUnit(receive), Post: receive, Days: 1, Clock: "none"},
		{ID: "s2", Slot: "review", Name: "审查", NameEn: "Review", Unit: unit, Post: unit + ".rev", Days: days - decide, Clock: "statutory"},
		{ID: "s3", Slot: "decide", Name: "决定", NameEn: "Decision", Unit: unit, Post: unit + ".chief", Days: decide, Clock: "statutory"},
		{ID: "s4", Slot: "issue", Name: "制证送达", NameEn: "Certificate and delivery", Unit: postUnit(issue), Post: issue, Days: 1, Clock: "none"},
	}
}
