package catalog

import "slices"

// NationalField is one field of the national tables of items (政务服务事项基本目录和实施清单), and where we keep it. Imports,
// exports and the exchange with a platform above go by this list.
type NationalField struct {
	Table     string // NationalBase…
	Name      string // as the national tables write it: task_name
	Zh        string
	Mandatory bool

	// Path is where the field is kept, by the names of our JSON: "materials[].name" of an Item, in NationalBase of a Base.
	// One that begins with @ is no element of its own: it follows from the record, as Note of the list says.
	Path string
}

// The national tables.
const (
	NationalBase      = "up_task_directory"                  // 基本目录
	NationalBasic     = "up_task_general_basic"              // 实施清单 基本信息
	NationalExtend    = "up_task_general_extend"             // 实施清单 扩展信息
	NationalMaterial  = "up_task_general_material"           // 申请材料
	NationalFee       = "up_task_general_fee_project"        // 收费项目
	NationalQuestions = "up_task_general_questions"          // 常见问题
	NationalElements  = "GB/T 39046-2020, GB/T 39554.2-2020" // what the standards ask for besides the tables
)

// What follows from the record instead of being kept in it.
const (
	NationalID       = "@id"       // the id of the version
	NationalVersion  = "@version"  // its number, from 1
	NationalState    = "@state"    // 1 while the version is in force
	NationalBodyName = "@body"     // the name of the unit whose code is kept
	NationalOrder    = "@order"    // the place in the list
	NationalUSCC     = "@uscc"     // the credit code of the unit
	NationalBaseItem = "@base"     // of the base item that the item carries out
	NationalPlace    = "@division" // the name of the division whose code is kept
)

// NationalFields lists every field of section 2.4 of the national tables with its place in a Base or an Item.
func NationalFields() []NationalField { return slices.Clone(nationalFields) }

var nationalFields = []NationalField{
	{NationalBase, "row_guid", "主键", true, NationalID},
	{NationalBase, "task_name", "事项名称", true, "name"},
	{NationalBase, "catalog_code", "基本编码", true, "code"},
	{NationalBase, "local_catalog_code", "地方基本编码", false, "local_code"},
	{NationalBase, "task_type", "事项类型", true, "type"},
	{NationalBase, "by_law", "设定依据", true, "basis[]"},
	{NationalBase, "use_level", "行使层级", true, "use_levels[]"},
	{NationalBase, "task_state", "事项状态", true, NationalState},
	{NationalBase, "task_version", "事项版本", true, NationalVersion},
	{NationalBase, "plan_effective_date", "计划生效日期", true, "from"},
	{NationalBase, "plan_cancel_date", "计划取消日期", false, "until"},

	{NationalBasic, "row_guid", "主键", true, NationalID},
	{NationalBasic, "task_name", "事项名称", true, "name"},
	{NationalBasic, "catalog_code", "基本编码", true, "base_code"},
	{NationalBasic, "local_catalog_code", "地方基本编码", false, NationalBaseItem},
	{NationalBasic, "task_code", "实施编码", true, "implement_code"},
	{NationalBasic, "local_task_code", "地方实施编码", false, "local_code"},
	{NationalBasic, "task_handle_item", "业务办理项编码", false, "handle_code"},
	{NationalBasic, "task_type", "事项类型", true, "type"},
	{NationalBasic, "by_law", "设定依据", true, "basis[]"},
	{NationalBasic, "power_source", "权力来源", true, "power_source"},
	{NationalBasic, "use_level", "行使层级", true, "use_level"},
	{NationalBasic, "dept_name", "实施主体", true, NationalBodyName},
	{NationalBasic, "dept_code", "实施主体编码", true, NationalUSCC},
	{NationalBasic, "dept_type", "实施主体性质", true, "body_kind"},
	{NationalBasic, "entrust_name", "受委托部门", false, "entrusted"},
	{NationalBasic, "server_type", "服务对象", true, "audience[]"},
	{NationalBasic, "project_type", "办件类型", true, "project_type"},
	{NationalBasic, "anticipate_day", "法定办结时限", true, "statutory_limit.value"},
	{NationalBasic, "anticipate_type", "法定办结时限单位", true, "statutory_limit.unit"},
	{NationalBasic, "anticipate_explain", "法定办结时限说明", false, "statutory_limit.basis"},
	{NationalBasic, "promise_day", "承诺办结时限", true, "promised_limit.value"},
	{NationalBasic, "promise_type", "承诺办结时限单位", true, "promised_limit.unit"},
	{NationalBasic, "promise_explain", "承诺办结时限说明", false, "promised_limit.basis"},
	{NationalBasic, "accept_condition", "受理条件", true, "conditions[]"},
	{NationalBasic, "handle_flow", "办理流程", true, "procedure"},
	{NationalBasic, "handle_type", "办理形式", false, "handle_forms[]"},
	{NationalBasic, "special_procedure", "特别程序", true, "special[]"},
	{NationalBasic, "limit_scene_num", "到办事现场次数", true, "visits"},
	{NationalBasic, "is_fee", "是否收费", true, "fee.charged"},
	{NationalBasic, "fee_basis", "收费依据", false, "fee.items[].basis"},
	{NationalBasic, "transact_addr", "办理地点", true, "address"},
	{NationalBasic, "transact_time", "办理时间", true, "hours"},
	{NationalBasic, "link_way", "咨询方式", true, "phone"},
	{NationalBasic, "supervise_way", "监督投诉方式", true, "complaints"},
	{NationalBasic, "link_addr", "计算机端在线办理跳转地址", true, "service.url"},
	{NationalBasic, "is_single_login", "计算机端是否单点登录", true, "service.sign_on"},
	{NationalBasic, "mobile_terminal_url", "移动端办理地址", false, "service.mobile_url"},
	{NationalBasic, "app_is_single_login", "移动端是否单点登录", true, "service.mobile_sign_on"},
	{NationalBasic, "task_state", "事项状态", true, NationalState},
	{NationalBasic, "task_version", "事项版本", true, NationalVersion},
	{NationalBasic, "plan_effective_date", "计划生效日期", true, "from"},
	{NationalBasic, "plan_cancel_date", "计划取消日期", false, "until"},

	{NationalExtend, "limit_explain", "数量限制", false, "quota_note"},
	{NationalExtend, "result_name", "审批结果名称", false, "result.name"},
	{NationalExtend, "result_type", "审批结果类型", true, "result.kind"},
	{NationalExtend, "result_guid", "审批结果样本", false, "result.sample"},
	{NationalExtend, "service_type", "中介服务", false, "intermediaries[]"},
	{NationalExtend, "handle_area", "通办范围", false, "service.area"},
	{NationalExtend, "is_entry_center", "是否进驻政务服务中心", true, "service.outside"},
	{NationalExtend, "is_online", "是否网办", true, "service.online"},
	{NationalExtend, "online_handle_depth", "网上办理深度", false, "online_depth"},
	{NationalExtend, "online_handle_url", "网上办理地址", false, "service.url"},
	{NationalExtend, "limit_scene_explain", "必须现场办理原因说明", false, "visit_reason"},
	{NationalExtend, "is_pay_online", "是否支持网上支付", true, "fee.pay_online"},
	{NationalExtend, "is_express", "是否支持物流快递", true, "service.express"},
	{NationalExtend, "is_schedule", "是否支持预约办理", false, "service.reserve"},
	{NationalExtend, "is_service_terminals", "是否支持自助终端办理", false, "service.kiosk"},
	{NationalExtend, "other_dept", "联办机构", false, "partners[]"},
	{NationalExtend, "user_topic_type", "面向自然人主题分类", false, "themes[]"},
	{NationalExtend, "corp_topic_type", "面向法人主题分类", false, "themes[]"},
	{NationalExtend, "town_name", "乡镇街道名称", false, NationalPlace},
	{NationalExtend, "town_code", "乡镇街道代码", false, "place"},
	{NationalExtend, "village_name", "村居社区名称", false, NationalPlace},
	{NationalExtend, "village_code", "村居社区代码", false, "place"},

	{NationalMaterial, "order_num", "序号", true, NationalOrder},
	{NationalMaterial, "material_name", "材料名称", true, "materials[].name"},
	{NationalMaterial, "material_type", "材料类型", false, "materials[].kind"},
	{NationalMaterial, "material_format", "材料形式", false, "materials[].form"},
	{NationalMaterial, "is_need", "材料必要性", true, "materials[].necessity"},
	{NationalMaterial, "source_type", "来源渠道", false, "materials[].source"},
	{NationalMaterial, "source_explain", "来源渠道说明", false, "materials[].source_note"},
	{NationalMaterial, "page_num", "纸质材料份数", false, "materials[].originals"},
	{NationalMaterial, "page_format", "纸质材料规格", false, "materials[].spec"},
	{NationalMaterial, "by_law", "要求提供材料的依据", false, "materials[].basis"},
	{NationalMaterial, "accept_stand", "受理标准", false, "materials[].points[]"},
	{NationalMaterial, "fill_explain", "填报须知", false, "materials[].fill_note"},
	{NationalMaterial, "form_guid", "空白表格", false, "materials[].blank"},
	{NationalMaterial, "example_guid", "示例样表", false, "materials[].sample"},
	{NationalMaterial, "remark", "备注", false, "materials[].remark"},

	{NationalFee, "fee_name", "收费项目名称", true, "fee.items[].name"},
	{NationalFee, "fee_stand", "收费标准", true, "fee.items[].standard"},
	{NationalFee, "by_law", "收费依据", false, "fee.items[].basis"},
	{NationalFee, "is_desc", "是否允许减免", false, "fee.items[].reducible"},
	{NationalFee, "desc_explain", "允许减免说明", false, "fee.items[].reduction"},

	{NationalQuestions, "question", "问题", true, "questions[].question"},
	{NationalQuestions, "answer", "解答", true, "questions[].answer"},

	{NationalElements, "original_num", "原件份数", false, "materials[].originals"},
	{NationalElements, "copy_num", "复印件份数", false, "materials[].copies"},
	{NationalElements, "issue_org", "出具机构", false, "materials[].issuer"},
	{NationalElements, "issue_time", "出具时间要求", false, "materials[].age"},
	{NationalElements, "system_level", "业务系统层级", false, "system_level"},
	{NationalElements, "situation", "办理情形", false, "situations[]"},
	{NationalElements, "tolerance", "容缺受理", false, "modes.tolerance"},
	{NationalElements, "defer_days", "容缺补齐期限", false, "materials[].defer_days"},
	{NationalElements, "pledge", "告知承诺", false, "modes.pledge"},
	{NationalElements, "link_name", "环节名称", false, "steps[].name"},
	{NationalElements, "link_limit", "环节时限", false, "steps[].days"},
	{NationalElements, "link_standard", "审查标准", false, "steps[].standard"},
	{NationalElements, "link_unit", "办理部门", false, "steps[].unit"},
	{NationalElements, "link_staff", "办理人员岗位", false, "steps[].post"},
	{NationalElements, "link_result", "环节结果", false, "steps[].outcome"},
	{NationalElements, "main_item", "主项名称", false, "main_item"},
	{NationalElements, "sub_item", "子项名称", false, "sub_item"},
	{NationalElements, "oversight", "审管联动", false, "oversights[]"},
	{NationalElements, "duty", "责任事项", false, "duties[]"},
}
