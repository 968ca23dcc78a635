package catalog

// Base is one entry of the base catalogue (基本目录): what an item is wherever it is
// carried out. The base may be kept by the nation or by the province; an implementation
// inherits from it and may promise more, never less.
type Base struct {
	Code      string `json:"code" yaml:"code"`                                 // 基本编码, 12
	LocalCode string `json:"local_code,omitempty" yaml:"local_code,omitempty"` // an older local code
	Name      string `json:"name" yaml:"name"`
	Main      string `json:"main,omitempty" yaml:"main,omitempty"` // code of the main item of a sub-item, "" for a main item
	Type      string `json:"type" yaml:"type"`                     // any of the eleven kinds, not just those one may apply for

	Basis          []Basis        `json:"basis,omitempty" yaml:"legal_basis,omitempty"`
	PowerSource    string         `json:"power_source,omitempty" yaml:"power_source,omitempty"`
	UseLevels      []string       `json:"use_levels,omitempty" yaml:"use_levels,omitempty"` // 行使层级
	Audience       []string       `json:"audience,omitempty" yaml:"audience,omitempty"`     // 服务对象
	Conditions     []string       `json:"conditions,omitempty" yaml:"conditions,omitempty"` // 受理条件
	Procedure      []string       `json:"procedure,omitempty" yaml:"procedure,omitempty"`   // 办理流程: the slots that each implementation has
	Materials      []BaseMaterial `json:"materials,omitempty" yaml:"materials,omitempty"`   // 申请材料: the most that may be asked for
	StatutoryLimit Limit          `json:"statutory_limit,omitzero" yaml:"-"`                // 法定办结时限
	Result         string         `json:"result,omitempty" yaml:"result,omitempty"`         // 办理结果

	Duties []Duty   `json:"duties,omitempty" yaml:"duties,omitempty"` // 责任事项
	Bodies []string `json:"bodies,omitempty" yaml:"bodies,omitempty"` // codes of the units that hold the power here
	Access *Access  `json:"access,omitempty" yaml:"access,omitempty"` // 市场准入负面清单
	From   string   `json:"from,omitempty" yaml:"from,omitempty"`     // 计划生效日期, YYYY-MM-DD
	Until  string   `json:"until,omitempty" yaml:"until,omitempty"`   // 计划取消日期, YYYY-MM-DD
}

// BaseMaterial is a material of the base catalogue.
type BaseMaterial struct {
	Name     string `json:"name" yaml:"name"`
	Required bool   `json:"required" yaml:"required"`
	Library  string `json:"library,omitempty" yaml:"library,omitempty"` // code of the material of the library that it is, under whatever name
}
