package catalog

import (
	"regexp"
	"slices"
)

// Record is what the national element list of an item (实施清单要素, GB/T 39554.2) asks
// for besides what a case is handled by. All of it is shown to the public; none of it
// moves a case.
type Record struct {
	PowerSource string   `yaml:"power_source" json:"power_source,omitempty"` // 权力来源
	BodyKind    string   `yaml:"body_kind" json:"body_kind,omitempty"`       // 实施主体性质
	Entrusted   string   `yaml:"entrusted" json:"entrusted,omitempty"`       // 受委托部门
	HandleForms []string `yaml:"handle_forms" json:"handle_forms,omitempty"` // 办理形式
	SystemLevel string   `yaml:"system_level" json:"system_level,omitempty"` // 业务系统层级
	Place       string   `yaml:"place" json:"place,omitempty"`               // division code, 12 digits, of the township or village that handles it
	Procedure   string   `yaml:"procedure" json:"procedure,omitempty"`       // 办理流程, in words
	QuotaNote   string   `yaml:"quota_note" json:"quota_note,omitempty"`     // 数量限制
	VisitReason string   `yaml:"visit_reason" json:"visit_reason,omitempty"` // 必须现场办理原因
	Address     string   `yaml:"address" json:"address,omitempty"`           // 办理地点; "": the hall's
	Hours       string   `yaml:"hours" json:"hours,omitempty"`               // 办理时间; "": the hall's
	Phone       string   `yaml:"phone" json:"phone,omitempty"`               // 咨询方式; "": the hall's
	Complaints  string   `yaml:"complaints" json:"complaints,omitempty"`     // 监督投诉方式
	Partners    []string `yaml:"partners" json:"partners,omitempty"`         // 联办机构, in words
	From        string   `yaml:"from" json:"from,omitempty"`                 // 计划生效日期, YYYY-MM-DD
	Until       string   `yaml:"until" json:"until,omitempty"`               // 计划取消日期, YYYY-MM-DD

	Intermediaries []Intermediary `yaml:"intermediaries" json:"intermediaries,omitempty"`
	Duties         []Duty         `yaml:"duties" json:"duties,omitempty"`
	Oversights     []Oversight    `yaml:"oversights" json:"oversights,omitempty"`
	Questions      []Question     `yaml:"questions" json:"questions,omitempty"`
	Access         *Access        `yaml:"access" json:"access,omitempty"`
	Plain          Plain          `yaml:"plain" json:"plain,omitzero"`
}

// Intermediary is a paid service of others that the item makes necessary (中介服务).
type Intermediary struct {
	Name   string `yaml:"name" json:"name"`
	Basis  string `yaml:"basis" json:"basis"`
	Result string `yaml:"result" json:"result"`         // what the service ends with, such as a report
	Payer  string `yaml:"payer" json:"payer,omitempty"` // applicant or government
}

// Duty is one thing that a power obliges its holder to do (责任事项).
type Duty struct {
	Stage string `yaml:"stage" json:"stage"` // such as 受理, 审查, 决定, 送达, 事后监管
	Text  string `yaml:"text" json:"text"`
	Basis string `yaml:"basis" json:"basis,omitempty"`
}

// Oversight is a regulator that hears of every grant, and what it does then (审管联动).
type Oversight struct {
	Unit   string `yaml:"unit" json:"unit"` // code
	Task   string `yaml:"task" json:"task"`
	Days   int    `yaml:"days" json:"days,omitempty"` // working days after the grant; 0: none set
	Source string `yaml:"basis" json:"basis,omitempty"`
}

// Question is what people ask again and again, with the answer (常见问题).
type Question struct {
	Question string `yaml:"question" json:"question"`
	Answer   string `yaml:"answer" json:"answer"`
}

// Access is the place of the item in the negative list for market access (市场准入负面清单).
type Access struct {
	Number  string `yaml:"number" json:"number"`   // of the entry
	Entry   string `yaml:"entry" json:"entry"`     // 禁止或者许可事项
	Measure string `yaml:"measure" json:"measure"` // 措施描述
}

// Plain says the same as the official words, as one would tell a neighbour (通俗版).
type Plain struct {
	What string `yaml:"what" json:"what,omitempty"` // what it is, and who needs it
	How  string `yaml:"how" json:"how,omitempty"`   // how it goes
	Tip  string `yaml:"tip" json:"tip,omitempty"`   // what people get wrong
}

// File is a document that belongs to the catalogue, kept under the hash of its content.
type File struct {
	Name string `yaml:"name" json:"name"`
	Type string `yaml:"type" json:"type"`           // media type
	Hash string `yaml:"hash" json:"hash,omitempty"` // of the blob
	Size int64  `yaml:"size" json:"size,omitempty"` // bytes
	Path string `yaml:"path" json:"-"`              // in a package folder
}

var placeShape = regexp.MustCompile(`^[0-9]{12}$`)

// Regulators are those that supervise what the item grants (审管联动): the unit that it names and those with tasks of
// their own, each once.
func (it *Item) Regulators() []Oversight {
	list := slices.Clone(it.Oversights)
	if it.Regulator != "" && !slices.ContainsFunc(list, func(o Oversight) bool { return o.Unit == it.Regulator }) {
		list = append([]Oversight{{Unit: it.Regulator}}, list...)
	}
	return list
}

// wrongRecord checks the parts of the record that have a form.
func (it *Item) wrongRecord() []Wrong {
	var w []Wrong
	need := func(ok bool, where string) {
		if !ok {
			w = append(w, Wrong{"catalog.item.record", where})
		}
	}
	need(isDate(it.From), "from")
	need(isDate(it.Until) && (it.From == "" || it.Until == "" || it.From <= it.Until), "until")
	need(it.Place == "" || placeShape.MatchString(it.Place), "place")
	for _, x := range it.Intermediaries {
		need(x.Name != "" && slices.Contains([]string{"", PaidByApplicant, PaidByGovernment}, x.Payer), "intermediaries "+x.Name)
	}
	for _, x := range it.Oversights {
		need(x.Unit != "" && x.Days >= 0, "oversights "+x.Unit)
	}
	for _, x := range it.Questions {
		need(x.Question != "" && x.Answer != "", "questions "+x.Question)
	}
	return w
}

// Who pays for an intermediary.
const (
	PaidByApplicant  = "applicant"
	PaidByGovernment = "government"
)
