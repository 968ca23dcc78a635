package catalog

import (
	"cmp"
	"slices"
)

// lists are the public lists as data. What a list says of an item is said by its record alone: nothing is typed twice.
var lists = []List{
	{
		Kind: ListApprovals,
		Grounds: []Basis{
			{Law: "行政许可法", Article: "第三十条", Gist: "行政许可的事项、依据、条件、数量、程序、期限和需要提交的全部材料目录应当公示", Confidence: "high"},
			{Law: "优化营商环境条例", Article: "第四十条", Gist: "国家实行行政许可清单管理制度，清单之外不得违法实施行政许可", Confidence: "high"},
			{Law: "国务院办公厅关于全面实行行政许可事项清单管理的通知", Article: "国办发〔2022〕2号", Gist: "依法编制并公布行政许可事项清单", Confidence: "medium"},
		},
		Has: func(it *Item) bool { return it.Type == TypeLicence },
		Columns: []Column{
			colOfName, colOfCode, colOfBody, colOfLevel, colOfBasis, colOfConditions, colOfStatutory, colOfPromised,
			{Key: "materials", Width: 30, Of: func(r Row) any { return materialNames(r.Item, func(Material) bool { return true }) }},
			{Key: "fee", Width: 8, Of: func(r Row) any { return r.Item.Fee.Charged }},
			{Key: "result", Width: 20, Of: func(r Row) any { return r.Item.Result.Name }},
		},
	},
	{
		Kind: ListPowers, Powers: true,
		Grounds: []Basis{
			{Law: "政府信息公开条例", Article: "第二十条", Gist: "行政机关应当主动公开办理行政许可和其他对外管理服务事项的依据、条件、程序以及办理结果", Confidence: "medium"},
			{Law: "关于推行地方各级政府工作部门权力清单制度的指导意见", Article: "中办发〔2015〕21号", Gist: "行使的各项行政职权及其依据、行使主体、运行流程等以清单形式公布", Confidence: "medium"},
		},
		Has:     isPower,
		Columns: []Column{colOfName, colOfCode, colOfType, colOfBody, colOfLevel, colOfBasis},
	},
	{
		Kind: ListDuties, Powers: true,
		Grounds: []Basis{
			{Law: "关于推行地方各级政府工作部门权力清单制度的指导意见", Article: "中办发〔2015〕21号", Gist: "按照权责一致的原则，逐一厘清与行政职权相对应的责任事项，建立责任清单", Confidence: "medium"},
		},
		Has: isPower,
		Columns: []Column{
			colOfName, colOfCode, colOfType, colOfBody,
			{Key: "duties", Width: 60, Shown: true, Of: func(r Row) any { return r.duties() }},
		},
	},
	{
		Kind: ListAccess,
		Grounds: []Basis{
			{Law: "优化营商环境条例", Article: "第二十条", Gist: "国家实行全国统一的市场准入负面清单制度，清单以外的领域各类市场主体均可以依法平等进入", Confidence: "high"},
		},
		Has: func(it *Item) bool { return it.Access != nil },
		Columns: []Column{
			{Key: "number", Width: 10, Shown: true, Of: func(r Row) any { return r.Item.Access.Number }},
			{Key: "entry", Width: 40, Shown: true, Of: func(r Row) any { return r.Item.Access.Entry }},
			{Key: "measure", Width: 40, Shown: true, Of: func(r Row) any { return r.Item.Access.Measure }},
			colOfName, colOfCode, colOfBody, colOfBasis,
		},
	},
	{
		Kind: ListIntermediary,
		Grounds: []Basis{
			{Law: "优化营商环境条例", Article: "第四十三条", Gist: "作为办理行政审批条件的中介服务事项应当有法律、法规或者国务院决定依据；没有依据的，不得作为条件", Confidence: "high"},
		},
		Has:   func(it *Item) bool { return len(it.Intermediaries) > 0 },
		split: splitServices,
		Columns: []Column{
			{Key: "service", Width: 30, Shown: true, Of: func(r Row) any { return r.Service.Name }},
			{Key: "outcome", Width: 24, Shown: true, Of: func(r Row) any { return r.Service.Result }},
			{Key: "service_basis", Width: 40, Shown: true, Of: func(r Row) any { return r.Service.Basis }},
			{Key: "payer", Width: 12, Shown: true, Of: func(r Row) any { return Payer(r.Service.Payer) }},
			colOfName, colOfCode, colOfBody,
		},
	},
	{
		Kind: ListProofs,
		Grounds: []Basis{
			{Law: "优化营商环境条例", Article: "第四十四条", Gist: "证明事项应当有法律、法规或者国务院决定依据；应当公布证明事项清单，逐项列明设定依据、索要单位、开具单位、办理指南等", Confidence: "high"},
			{Law: "国务院办公厅关于做好证明事项清理工作的通知", Article: "国办发〔2018〕47号", Gist: "清理证明事项，公布保留的证明事项清单", Confidence: "medium"},
		},
		Has:   func(it *Item) bool { return slices.ContainsFunc(it.Materials, isProof) },
		split: splitMaterials(isProof),
		Columns: []Column{
			{Key: "proof", Width: 30, Shown: true, Of: func(r Row) any { return r.Material.Name }},
			{Key: "proof_basis", Width: 40, Shown: true, Of: func(r Row) any { return r.Material.Basis }},
			{Key: "issuer", Width: 20, Shown: true, Of: func(r Row) any { return r.Material.Issuer }},
			colOfName, colOfCode, colOfBody,
			{Key: "way", Width: 30, Of: func(r Row) any { return r.Material.SourceNote }},
			{Key: "pledge", Width: 10, Shown: true, Of: func(r Row) any { return r.Material.Pledge }},
		},
	},
	{
		Kind: ListPledge,
		Grounds: []Basis{
			{Law: "国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见", Article: "国办发〔2020〕42号", Gist: "实行告知承诺制的事项目录向社会公布", Confidence: "medium"},
			{Law: "优化营商环境条例", Article: "第四十条", Gist: "对通过事中事后监管能够规范的许可，可以采取告知承诺方式", Confidence: "medium"},
		},
		Has: claimed(func(it *Item) bool { return it.Modes.Pledge || slices.ContainsFunc(it.Materials, mayPledge) }),
		Columns: []Column{
			colOfName, colOfCode, colOfType, colOfBody,
			{Key: "whole", Width: 12, Shown: true, Of: func(r Row) any { return r.Item.Modes.Pledge }},
			{Key: "pledged", Width: 40, Shown: true, Of: func(r Row) any { return materialNames(r.Item, mayPledge) }},
			colOfBasis,
		},
	},
	{
		Kind: ListTolerance,
		Grounds: []Basis{
			{Law: "国务院关于加快推进政务服务标准化规范化便利化的指导意见", Article: "国发〔2022〕5号", Gist: "编制并公布容缺受理服务事项清单，明确事项名称、主要申请材料和可容缺受理的材料", Confidence: "medium"},
		},
		Has:   claimed(func(it *Item) bool { return it.Modes.Tolerance && slices.ContainsFunc(it.Materials, mayWait) }),
		split: splitMaterials(mayWait),
		Columns: []Column{
			colOfName, colOfCode, colOfBody,
			{Key: "material", Width: 40, Shown: true, Of: func(r Row) any { return r.Material.Name }},
			{Key: "days", Width: 14, Shown: true, Of: func(r Row) any { return Limit{Value: r.Material.DeferDays, Unit: Workday} }},
		},
	},
	{
		Kind:    ListSpot,
		Grounds: oneTrip("即办件当场办结，以清单公布"),
		Has:     claimed(func(it *Item) bool { return it.ProjectType == projectSpot }),
		Columns: []Column{colOfName, colOfCode, colOfType, colOfBody, colOfPromised, colOfVisits},
	},
	{
		Kind:    ListOnce,
		Grounds: oneTrip("企业和群众办事力争只进一扇门、最多跑一次，以清单公布"),
		Has:     claimed(func(it *Item) bool { return it.Visits <= 1 }),
		Columns: []Column{
			colOfName, colOfCode, colOfType, colOfBody, colOfVisits,
			{Key: "reason", Width: 30, Of: func(r Row) any { return r.Item.VisitReason }},
		},
	},
	{
		Kind:    ListOnline,
		Grounds: oneTrip("除法律法规另有规定或者涉密等外，政务服务事项应当网上可办"),
		Has:     claimed(func(it *Item) bool { return it.Offer.Online }),
		Columns: []Column{
			colOfName, colOfCode, colOfType, colOfBody,
			{Key: "depth", Width: 16, Shown: true, Of: func(r Row) any { return DepthCode(r.Item.OnlineDepth) }},
			{Key: "whole_online", Width: 12, Shown: true, Of: func(r Row) any { return r.Item.wholeOnline() }},
			{Key: "mobile", Width: 10, Of: func(r Row) any { return r.Item.Offer.Mobile }},
		},
	},
}

// claimed is a list that says something in favour of an item, which a bare one has nobody to answer for: how it is done was
// filled in for its kind.
func claimed(has func(it *Item) bool) func(it *Item) bool {
	return func(it *Item) bool { return !it.Bare && has(it) }
}

// Payer says who pays for an intermediary: applicant, government, or nobody said.
type Payer string

// oneTrip is the ground of the lists by which a centre says how far it has come.
func oneTrip(gist string) []Basis {
	return []Basis{{Law: "进一步深化“互联网+政务服务”推进政务服务“一网、一门、一次”改革实施方案", Article: "国办发〔2018〕45号", Gist: gist, Confidence: "medium"}}
}

// The columns that several lists have.
var (
	colOfName = Column{Key: "name", Width: 36, Shown: true, Of: func(r Row) any {
		if r.Base != nil {
			return r.Base.Name
		}
		return r.Item.Name
	}}
	colOfCode = Column{Key: "code", Width: 38, Of: func(r Row) any {
		if r.Base != nil {
			return r.Base.Code
		}
		return cmp.Or(r.Item.HandleCode, r.Item.ImplementCode, r.Item.BaseCode, r.Item.LocalCode, r.Item.Code)
	}}
	colOfType = Column{Key: "type", Width: 12, Shown: true, Of: func(r Row) any {
		if r.Base != nil {
			return TypeCode(r.Base.Type)
		}
		return TypeCode(r.Item.Type)
	}}
	colOfBody = Column{Key: "body", Width: 26, Shown: true, Of: func(r Row) any {
		if r.Base == nil {
			return []UnitCode{UnitCode(r.Item.Body)}
		}
		bodies := make([]UnitCode, len(r.Base.Bodies))
		for i, b := range r.Base.Bodies {
			bodies[i] = UnitCode(b)
		}
		return bodies
	}}
	colOfLevel = Column{Key: "level", Width: 10, Of: func(r Row) any {
		if r.Base == nil {
			return []LevelCode{LevelCode(r.Item.UseLevel)}
		}
		levels := make([]LevelCode, len(r.Base.UseLevels))
		for i, l := range r.Base.UseLevels {
			levels[i] = LevelCode(l)
		}
		return levels
	}}
	colOfBasis = Column{Key: "basis", Width: 50, Shown: true, Of: func(r Row) any {
		if r.Base != nil {
			return r.Base.Basis
		}
		return r.Item.Basis
	}}
	colOfConditions = Column{Key: "conditions", Width: 40, Of: func(r Row) any { return r.Item.Conditions }}
	colOfStatutory  = Column{Key: "statutory_limit", Width: 14, Of: func(r Row) any { return r.Item.StatutoryLimit }}
	colOfPromised   = Column{Key: "promised_limit", Width: 14, Shown: true, Of: func(r Row) any { return r.Item.PromisedLimit }}
	colOfVisits     = Column{Key: "visits", Width: 10, Shown: true, Of: func(r Row) any { return r.Item.Visits }}
)

// isPower: everything but public service is a power (行政权力).
func isPower(it *Item) bool { return it.Type != TypePublic }

func isProof(m Material) bool   { return m.Proof }
func mayPledge(m Material) bool { return m.Pledge }
func mayWait(m Material) bool   { return m.DeferDays > 0 }

func (r Row) duties() []Duty {
	if r.Base != nil {
		return r.Base.Duties
	}
	return r.Item.Duties
}

func materialNames(it *Item, fits func(Material) bool) (names []string) {
	for _, m := range it.Materials {
		if fits(m) {
			names = append(names, m.Name)
		}
	}
	return names
}

func splitServices(it *Item) (rows []Row) {
	for i := range it.Intermediaries {
		rows = append(rows, Row{Item: it, Service: &it.Intermediaries[i]})
	}
	return rows
}

func splitMaterials(fits func(Material) bool) func(it *Item) []Row {
	return func(it *Item) (rows []Row) {
		for i := range it.Materials {
			if fits(it.Materials[i]) {
				rows = append(rows, Row{Item: it, Material: &it.Materials[i]})
			}
		}
		return rows
	}
}
