package catalog

import "strings"

// wordList is a list of codes with the words in which cells of sheets say them.
type wordList []CodeValue

func (l wordList) words() []string {
	var words []string
	for _, c := range l {
		words = append(words, c.Zh)
	}
	return words
}

func (l wordList) word(code string) string { return CodeList{Codes: l}.Words(code, "") }

// code reads a code, its word, or both.
func (l wordList) code(s string) (string, bool) {
	s = strings.ToLower(narrow(s))
	for _, c := range l {
		word := strings.ToLower(narrow(c.Zh))
		if s == word || s == c.Value || sameDigits(s, c.Value) || s == c.Value+word || s == c.Value+" "+word {
			return c.Value, true
		}
	}
	return "", false
}

// sameDigits reports whether two codes differ in nothing but the zeros before them.
func sameDigits(s, code string) bool {
	return strings.Trim(s, "0123456789") == "" && strings.Trim(s, "0") != "" && strings.TrimLeft(s, "0") == strings.TrimLeft(code, "0")
}

// sheetWords is one of the national lists.
func sheetWords(name string) wordList { return Codes(name).Codes }

// typeWords are the kinds of items that people may apply for.
func typeWords() (l wordList) {
	for _, t := range Types() {
		l = append(l, CodeValue{Value: t, Zh: Codes(CodesTaskType).Words(t, "")})
	}
	return l
}

// said makes a list of what no national list numbers: codes and words in turn.
func saying(pairs ...string) (l wordList) {
	for i := 0; i < len(pairs); i += 2 {
		l = append(l, CodeValue{Value: pairs[i], Zh: pairs[i+1]})
	}
	return l
}

// The lists of the columns.
var (
	listType     = typeWords()
	listLevel    = sheetWords(CodesUseLevel)
	listNature   = sheetWords(CodesBodyKind)
	listAudience = sheetWords(CodesAudience)
	listHandle   = sheetWords(CodesHandleForm)
	listProject  = sheetWords(CodesProjectType)
	listSource   = sheetWords(CodesPowerSource)
	listSystem   = sheetWords(CodesSystemLevel)
	listArea     = sheetWords(CodesHandleArea)
	listDepth    = sheetWords(CodesOnlineDepth)
	listResult   = sheetWords(CodesResultType)
	listNeed     = sheetWords(CodesNeed)
	listKind     = sheetWords(CodesMaterial)
	listForm     = sheetWords(CodesForm)
	listOrigin   = sheetWords(CodesSource)

	listLimitUnit = saying(Workday, "工作日", Day, "自然日", Hour, "小时", Minute, "分钟", Month, "月")
	listTrust     = saying("high", "已核对", "medium", "部分核对", "low", "待核")
	listEffect    = saying(EffectRenew, "延续", EffectChange, "变更", EffectReissue, "补证", EffectCancel, "注销")
	listPayer     = saying(PaidByApplicant, "申请人", PaidByGovernment, "政府")
	listClock     = saying("statutory", "计入办结时限", "stopped", "特别程序", "none", "不计时")
	listInput     = saying(FieldText, "单行文字", FieldTextarea, "多行文字", FieldAddress, "地址", FieldIDNo, "居民身份证号码",
		FieldUSCC, "统一社会信用代码", FieldMobile, "手机号码", FieldDate, "日期", FieldInteger, "整数", FieldDecimal, "小数",
		FieldChoice, "单选", FieldMulti, "多选", FieldYesNo, "是否")
	listHolder = saying("person", "自然人", "organization", "法人或者其他组织", "person|organization", "自然人、法人或者其他组织")
	listOp     = saying(OpRequireMaterial, "要交材料", OpDropMaterial, "免交材料", OpRequireField, "要填字段", OpHideField, "免填字段",
		OpRequireStep, "增加环节", OpSkipStep, "跳过环节", OpAssignPost, "改派岗位", OpUseFlow, "改走流程", OpRedirectItem, "转办事项",
		OpSuggestItem, "建议事项", OpNotNeeded, "不用办理", OpSetLimit, "承诺时限", OpRequireFee, "要收费用", OpDropFee, "免收费用")
)

// Whether a row is all that there is of an item.
const (
	stateWhole = "完整" // materials, form and steps of its own
	stateBare  = "简表" // those of its kind
)
