package catalog

// The code lists of the national tables (GB/T 39046, GB/T 39554.2) with the words in which
// lists of offices say them.
var (
	listType = codeList{
		{TypeLicence, "行政许可"}, {TypeBenefit, "行政给付"}, {TypeConfirm, "行政确认"}, {TypeReward, "行政奖励"}, {TypeRuling, "行政裁决"},
		{TypeOther, "其他行政权力"}, {TypePublic, "公共服务"},
	}
	listLevel    = codeList{{"1", "国家级"}, {"2", "省级"}, {"3", "市级"}, {"4", "县级"}, {"5", "镇（乡、街道）级"}, {"6", "村（社区）级"}, {"7", "分级管理"}}
	listNature   = codeList{{"1", "法定机关"}, {"2", "授权组织"}, {"3", "受委托组织"}, {"9", "其他"}}
	listAudience = codeList{{"1", "自然人"}, {"2", "企业法人"}, {"3", "事业法人"}, {"4", "社会组织法人"}, {"5", "非法人企业"}, {"6", "行政机关"}, {"9", "其他组织"}}
	listHandle   = codeList{{"1", "窗口办理"}, {"2", "电脑端网上办理"}, {"3", "移动端网上申请"}, {"4", "快递申请"}, {"9", "其他"}}
	listProject  = codeList{{projectSpot, "即办件"}, {projectTerm, "承诺件"}}
	listSource   = codeList{{"1", "法定本级行使"}, {"2", "上级下放"}, {"3", "上级授权"}, {"4", "同级授权"}, {"5", "上级委托"}, {"6", "同级委托"}}
	listSystem   = codeList{{"1", "国家级系统"}, {"2", "省级系统"}, {"3", "市级系统"}, {"4", "县级系统"}}
	listArea     = codeList{{"1", "全国"}, {"2", "跨省"}, {"3", "跨市"}, {"4", "跨县"}}
	listDepth    = codeList{
		{"1", "互联网咨询"}, {"2", "互联网收件"}, {"3", "互联网预审"}, {"4", "互联网受理"}, {"5", "互联网办理"},
		{"6", "互联网办理结果信息反馈"}, {"7", "互联网电子证照反馈"}, {"8", "其他"},
	}
	listResult    = codeList{{"10", "证照"}, {"20", "批文"}, {"99", "其他"}}
	listLimitUnit = codeList{{Workday, "工作日"}, {Day, "自然日"}, {Hour, "小时"}, {Minute, "分钟"}, {Month, "月"}}
	listTrust     = codeList{{"high", "已核对"}, {"medium", "部分核对"}, {"low", "待核"}}
	listEffect    = codeList{{EffectRenew, "延续"}, {EffectChange, "变更"}, {EffectReissue, "补证"}, {EffectCancel, "注销"}}

	listNeed   = codeList{{"1", "必要"}, {"2", "非必要"}, {"3", "容缺后补"}}
	listKind   = codeList{{"1", "证件证书证明"}, {"2", "申请表格文书"}, {"3", "其他"}}
	listForm   = codeList{{"1", "纸质"}, {"2", "电子化"}, {"3", "纸质或者电子化"}}
	listOrigin = codeList{{"10", "申请人自备"}, {"20", "政府部门核发"}, {"99", "其他"}}
	listPayer  = codeList{{"applicant", "申请人"}, {"government", "政府"}}
	listClock  = codeList{{"statutory", "计入办结时限"}, {"stopped", "特别程序"}, {"none", "不计时"}}
	listInput  = codeList{
		{FieldText, "单行文字"}, {FieldTextarea, "多行文字"}, {FieldAddress, "地址"}, {FieldIDNo, "居民身份证号码"}, {FieldUSCC, "统一社会信用代码"},
		{FieldMobile, "手机号码"}, {FieldDate, "日期"}, {FieldInteger, "整数"}, {FieldDecimal, "小数"}, {FieldChoice, "单选"}, {FieldMulti, "多选"}, {FieldYesNo, "是否"},
	}
	listHolder = codeList{{"person", "自然人"}, {"organization", "法人或者其他组织"}, {"person|organization", "自然人、法人或者其他组织"}}
	listOp     = codeList{
		{OpRequireMaterial, "要交材料"}, {OpDropMaterial, "免交材料"}, {OpRequireField, "要填字段"}, {OpHideField, "免填字段"},
		{OpRequireStep, "增加环节"}, {OpSkipStep, "跳过环节"}, {OpAssignPost, "改派岗位"}, {OpUseFlow, "改走流程"}, {OpRedirectItem, "转办事项"},
		{OpSuggestItem, "建议事项"}, {OpNotNeeded, "不用办理"}, {OpSetLimit, "承诺时限"}, {OpRequireFee, "要收费用"}, {OpDropFee, "免收费用"},
	}
)

// listState says whether a row is all that there is of an item.
const (
	stateWhole = "完整" // materials, form and steps of its own
	stateBare  = "简表" // those of its kind
)
