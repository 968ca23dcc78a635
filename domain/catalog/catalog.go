// Package catalog says what the centre can do for people, and what each thing
// takes: conditions, materials, form, steps, days, fee and result (政务服务事项,
// 实施清单).
//
// Invariants:
//
//   - a published version of an item never changes; a case keeps the version with
//     which it began, and publishing the same content again makes no new version;
//   - what the guide page shows, what the form asks and what the clerk checks all
//     come from one pure function, [Item.Resolve];
//   - the drawing that a case of a version follows is made from the item's steps
//     when the version is published, and is stored under the hash of its content;
//   - a legal fact keeps its mark of confidence wherever it is shown.
package catalog

import (
	"context"
	"slices"
	"sync/atomic"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// Service keeps the catalogue. Give it its fields before the first call.
type Service struct {
	DB    *db.DB
	Bus   *event.Bus // emits catalog.published
	Frame ui.Frame
	Blobs blob.Store // blank and sample forms, and files that are read in until they are applied; nil keeps none

	// Unit returns the code of the unit of that name, and makes one for somebody when there is
	// none. Imports call it for departments; "<code>.rev" and "<code>.chief" must be
	// posts of the unit afterwards, the first reviewing and the second deciding. Nil
	// refuses every line whose department is not the code of a unit by itself.
	Unit func(tx *db.Tx, who auth.Actor, name, uscc string) (code string, err error)

	// FindUnit returns the code of the unit that Unit would return, "" when it would have to
	// make one: dry runs ask it. Nil finds none.
	FindUnit func(tx *db.Tx, name, uscc string) (code string, err error)

	// UnitUSCC gives the 统一社会信用代码 of the body that a unit is, "" for none; nil knows none.
	UnitUSCC func(tx *db.Tx, code string) string

	// ThemeName gives the name of a theme (主题) in the reader's language; nil shows it as items have it.
	ThemeName func(ctx context.Context, theme string) string

	// UnitName gives the name of a unit for pages; nil shows codes.
	UnitName func(tx *db.Tx, code string) string
	// BodyOf is the unit in whose name another acts (行政主体): the bureau above a section, itself for a body of its own;
	// nil: every unit acts in its own name.
	BodyOf func(tx *db.Tx, unit string) string
	// PostName gives the name of a post for pages, "" for an unknown one; nil shows codes.
	PostName func(tx *db.Tx, code string) string

	// HasUnit and HasPost report whether there is a unit, and a post, of a code; nil: every one. Sound reports whether a
	// drawing passes the check that it must pass before a case may follow it; nil: every one that can be drawn.
	HasUnit, HasPost func(tx *db.Tx, code string) bool
	Sound            func(drawing []byte) bool

	// Say says on one line and in a language how an item differs from what it was; nil says nothing.
	Say func(tx *db.Tx, lang string, old, next *Item) string

	// Drawings hands over the flows that officials have drawn, as they are in force today, and Drawing
	// the version with a hash, nil for none. nil: there are only templates.
	Drawings func(tx *db.Tx, fn func(Drawn) error) error
	Drawing  func(tx *db.Tx, hash string) ([]byte, error)

	// Public is the address of the site, such as https://zwfw.example.gov.cn, for links that are
	// shared and for codes.
	Public string

	// Hall says where and when people may come, for guide pages; nil leaves it out.
	Hall func(tx *db.Tx) (Hall, error)

	// Left is how many of an item of limited number (数量限制) may still be granted, for
	// guide pages; nil leaves it out.
	Left func(tx *db.Tx, it *Item) (int, error)

	// Past lists the cases of an item that were received from one day to another, both
	// included, after the one of an id; CountPast counts them. Nil: no change is rehearsed.
	Past      func(tx *db.Tx, code string, from, to calendar.Date, after int64, limit int) ([]PastCase, error)
	CountPast func(tx *db.Tx, code string, from, to calendar.Date) (int, error)

	// Log keeps a change of an item as evidence in the chain of what it is about; nil
	// keeps none. Flash says that something was done.
	Log   func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	Flash func(ctx context.Context, text string)

	// USCC is the credit code (统一社会信用代码) of the body that a unit belongs to, for the codes of its items; "" where it
	// has none. Nil makes no codes.
	USCC func(tx *db.Tx, unit string) (string, error)

	// Region is the division of a unit with its name, for the rates of reform by region; nil puts all into one.
	Region func(tx *db.Tx, unit string) (code, name string)

	// Counter names the posts that receive and issue for imported items, such as
	// "SPJ-ZH.clerk" and "SPJ-ZZ.issue". Empty ones fall to the item's own unit.
	Counter Counter

	versions  memory[int64, *Item] // by their ids: versions never change
	trials    memory[string, trial]
	thesaurus atomic.Pointer[thesaurus]
	missed    missed // what was looked for and not found
}

// Counter is where imported items come in and go out.
type Counter struct{ Receive, Issue string }

// Hall is where and when people may come.
type Hall struct{ Name, Address, Hours, Phone string }

// Published is the body of the event "catalog.published"; About is the version.
type Published struct {
	Code    string
	Version int
}

// The kinds of items that people may apply for (事项类型).
const (
	TypeLicence  = "01" // 行政许可
	TypeBenefit  = "05" // 行政给付
	TypeConfirm  = "07" // 行政确认
	TypeReward   = "08" // 行政奖励
	TypeRuling   = "09" // 行政裁决
	TypeOther    = "10" // 其他类别
	TypePublic   = "20" // 公共服务
	projectSpot  = "1"  // 即办件
	projectTerm  = "2"  // 承诺件
	personCode   = "1"  // 自然人
	confirmedLaw = "high"
)

// Types lists the kinds of items that people may apply for.
func Types() []string {
	return []string{TypeLicence, TypeBenefit, TypeConfirm, TypeReward, TypeRuling, TypeOther, TypePublic}
}

// Item is one published version of an item (业务办理项). It is shared: never change
// one that the Service returned.
type Item struct {
	ID      int64  `json:"-"` // of the version
	Code    string `json:"code"`
	Version int    `json:"-"` // 1, 2, 3…

	Name          string `json:"name"`
	MainItem      string `json:"main_item,omitempty"`
	SubItem       string `json:"sub_item,omitempty"`
	Type          string `json:"type"`
	BaseCode      string `json:"base_code,omitempty"`      // 基本编码, 12
	ImplementCode string `json:"implement_code,omitempty"` // 实施编码, 31
	HandleCode    string `json:"handle_code,omitempty"`    // 业务办理项编码, 33
	LocalCode     string `json:"local_code,omitempty"`     // an older local code
	CodeStatus    string `json:"code_status,omitempty"`    // "sample": well formed, but invented

	Unit      string `json:"unit"`                // the section that decides
	Body      string `json:"body"`                // the unit in whose name (实施主体)
	Regulator string `json:"regulator,omitempty"` // the unit that supervises afterwards

	UseLevel    string   `json:"use_level,omitempty"` // 行使层级
	Audience    []string `json:"audience"`            // 服务对象; 1 is a person
	ProjectType string   `json:"project_type"`        // 1 即办件, 2 承诺件
	Themes      []string `json:"themes,omitempty"`
	Keywords    []string `json:"keywords,omitempty"` // what people call it

	Basis          []Basis  `json:"basis,omitempty"`
	Conditions     []string `json:"conditions,omitempty"`
	StatutoryLimit Limit    `json:"statutory_limit"`
	PromisedLimit  Limit    `json:"promised_limit"`
	Fee            Fee      `json:"fee"`
	Result         Result   `json:"result"`
	Visits         int      `json:"visits"` // 到办事现场次数
	OnlineDepth    string   `json:"online_depth,omitempty"`
	Offer          Offer    `json:"service"`
	Modes          Modes    `json:"modes"`
	Legal          Legal    `json:"legal,omitzero"`
	ActsOn         *ActsOn  `json:"acts_on,omitempty"` // the certificate that it is about

	Record

	Situations []Situation `json:"situations,omitempty"`
	Rules      []Rule      `json:"rules,omitempty"`
	Materials  []Material  `json:"materials,omitempty"`
	Fields     []Field     `json:"fields,omitempty"`
	Steps      []Step      `json:"steps"`
	Special    []Special   `json:"special,omitempty"`

	FlowID     string            `json:"flow"`                   // of the flow that a case follows unless an answer says otherwise
	Drawn      string            `json:"flow_version,omitempty"` // hash of the version of a flow drawn by officials that it has taken
	FlowHash   string            `json:"flow_hash"`              // of that flow's drawing for this version
	FlowHashes map[string]string `json:"flow_hashes"`            // every flow that an answer may lead to, FlowID included

	Unstated []string `json:"unstated,omitempty"` // paths of elements that nobody has said yet; only drafts have any

	Bare         bool   `json:"bare,omitempty"` // came from a list without materials, form and steps of its own
	CurrencyNote string `json:"currency_note,omitempty"`
	LevelNote    string `json:"level_note,omitempty"`
}

// Basis is one legal ground (设定依据).
type Basis struct {
	Law        string `yaml:"law" json:"law"`
	Article    string `yaml:"article" json:"article"`
	Text       string `yaml:"version" json:"text,omitempty"` // which version of the text
	Gist       string `yaml:"gist" json:"gist"`
	Confidence string `yaml:"confidence" json:"confidence"` // high, medium or low
}

// Checked reports whether the ground was compared with the text of the law.
func (b Basis) Checked() bool { return b.Confidence == confirmedLaw }

// Unit of a Limit.
const (
	Workday = "workday"
	Day     = "day"
	Month   = "month"
	Hour    = "hour"
	Minute  = "minute"
)

// Limit is how long something may take. The zero Value means that no law sets one.
type Limit struct {
	Value      int    `json:"value"`
	Unit       string `json:"unit,omitempty"`    // Workday, Day, Month, Hour or Minute
	OnSpot     bool   `json:"on_spot,omitempty"` // decided while the applicant waits (当场办结)
	Starts     string `json:"starts,omitempty"`
	Basis      string `json:"basis,omitempty"`
	Confidence string `json:"confidence,omitempty"`
}

// Checked reports whether the limit was compared with the text of the law.
func (l Limit) Checked() bool { return l.Confidence == "" || l.Confidence == confirmedLaw }

// Fee is what the applicant pays.
type Fee struct {
	Charged   bool      `json:"charged"`
	PayOnline bool      `json:"pay_online,omitempty"`
	Items     []FeeItem `json:"items,omitempty"`
}

// FeeItem is one charge. Amount is in fen.
type FeeItem struct {
	ID         string `yaml:"id" json:"id,omitempty"` // by which rules name it
	Name       string `yaml:"name" json:"name"`
	Amount     int64  `yaml:"amount_fen" json:"amount"`
	Unit       string `yaml:"unit" json:"unit"` // 件, 证, 张
	Standard   string `yaml:"standard" json:"standard"`
	Basis      string `yaml:"basis" json:"basis"`
	Confidence string `yaml:"confidence" json:"confidence"`

	Reducible bool   `yaml:"reducible" json:"reducible,omitempty"` // 允许减免
	Reduction string `yaml:"reduction" json:"reduction,omitempty"` // for whom, and how much
}

// Result is what the applicant gets.
type Result struct {
	Name        string `yaml:"name" json:"name"`
	Kind        string `yaml:"result_type" json:"kind"` // 10 证照, 20 批文, 99 其他
	Certificate string `yaml:"certificate_type" json:"certificate,omitempty"`
	Validity    string `yaml:"validity" json:"validity,omitempty"`
	Sample      *File  `yaml:"sample" json:"sample,omitempty"` // what it looks like (结果样本)
}

// Offer is how the item may be applied for.
type Offer struct {
	Windows []string `yaml:"windows" json:"windows,omitempty"`
	Online  bool     `yaml:"online" json:"online"`
	Mobile  bool     `yaml:"mobile" json:"mobile"`
	Express bool     `yaml:"express" json:"express"`     // results may be sent
	Area    string   `yaml:"area" json:"area,omitempty"` // 通办范围

	Zone    string `yaml:"zone" json:"zone,omitempty"`       // of the hall, where the windows are
	Reserve bool   `yaml:"reserve" json:"reserve,omitempty"` // an hour may be booked (预约办理)
	Kiosk   bool   `yaml:"kiosk" json:"kiosk,omitempty"`     // 自助终端办理
	Outside bool   `yaml:"outside" json:"outside,omitempty"` // not at the centre (未进驻政务服务中心)
	URL     string `yaml:"url" json:"url,omitempty"`         // of another system, where it is applied for there

	SignOn       bool   `yaml:"sign_on" json:"sign_on,omitempty"`               // that system takes our sign-in (单点登录)
	MobileURL    string `yaml:"mobile_url" json:"mobile_url,omitempty"`         // the same for phones
	MobileSignOn bool   `yaml:"mobile_sign_on" json:"mobile_sign_on,omitempty"` // and its sign-in
}

// Modes are the lawful ways round the plain course.
type Modes struct {
	Tolerance bool `yaml:"tolerance" json:"tolerance,omitempty"` // 容缺受理
	Pledge    bool `yaml:"pledge" json:"pledge,omitempty"`       // 告知承诺
	Joint     bool `yaml:"joint_review" json:"joint,omitempty"`  // 联合办理
	Green     bool `yaml:"green_channel" json:"green,omitempty"` // 绿色通道
	Simulated bool `yaml:"simulated" json:"simulated,omitempty"` // 模拟审批
}

// Situation is one question that tells cases of an item apart (情形).
type Situation struct {
	ID       string   `yaml:"id" json:"id"`
	Question string   `yaml:"question" json:"question"`
	Kind     string   `yaml:"kind" json:"kind"`           // single
	When     string   `yaml:"when" json:"when,omitempty"` // CEL over the answers to earlier questions; "": always asked
	Options  []Option `yaml:"options" json:"options"`
}

// Option is one answer.
type Option struct {
	Value   string   `yaml:"value" json:"value"`
	Label   string   `yaml:"label" json:"label"`
	Effects []Effect `yaml:"effects" json:"effects,omitempty"`
	Notice  string   `yaml:"notice" json:"notice,omitempty"`
}

// Effect is what an answer changes.
type Effect struct {
	Op     string `yaml:"op" json:"op"`
	Target string `yaml:"target" json:"target,omitempty"`
	Post   string `yaml:"post" json:"post,omitempty"`
}

// The effects.
const (
	OpRequireMaterial = "require_material"
	OpDropMaterial    = "drop_material"
	OpRequireField    = "require_field"
	OpHideField       = "hide_field"
	OpRequireStep     = "require_step"
	OpSkipStep        = "skip_step"
	OpAssignPost      = "assign_post"
	OpUseFlow         = "use_flow"
	OpRedirectItem    = "redirect_item"
	OpSuggestItem     = "suggest_item"
	OpNotNeeded       = "not_needed"
	OpSetLimit        = "set_limit"   // Target is the promised limit in this case: "3 workday"
	OpRequireFee      = "require_fee" // Target is the ID of a charge
	OpDropFee         = "drop_fee"
)

// Rule is one row of the table of rules of an item (情形规则): what follows when the
// answers taken together fit. When is a CEL expression over the answers, each question
// by its id: q1 == "a" && q2 != "b". The rules come after the effects of the single
// answers, in order; the later one wins.
type Rule struct {
	ID      string   `yaml:"id" json:"id"`
	When    string   `yaml:"when" json:"when"`
	Effects []Effect `yaml:"effects" json:"effects,omitempty"`
	Notice  string   `yaml:"notice" json:"notice,omitempty"`
}

// Material is one paper to hand in (申请材料).
type Material struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`      // 1 证件证书证明, 2 申请表格文书, 3 其他
	Source     string   `json:"source"`    // 10 申请人自备, 20 政府部门核发, 99 其他
	Necessity  string   `json:"necessity"` // 1 必要, 2 非必要, 3 容缺后补
	Form       string   `json:"form"`      // 1 纸质, 2 电子化, 3 纸质或者电子化
	Originals  int      `json:"originals"`
	Copies     int      `json:"copies"`
	Trust      string   `json:"trust"`                 // A to D
	DeferDays  int      `json:"defer_days,omitempty"`  // working days by which it may come later; 0: it may not
	ReplacedBy []string `json:"replaced_by,omitempty"` // certificate types that make it unnecessary
	Points     []string `json:"points,omitempty"`      // what is looked at (受理标准)

	Library    string   `json:"library,omitempty"`     // code of the entry of the library that it is
	Extra      []string `json:"extra,omitempty"`       // points of this item besides the library's; Points holds both
	Pledge     bool     `json:"pledge,omitempty"`      // a pledge may stand in for it (告知承诺)
	Proof      bool     `json:"proof,omitempty"`       // another body certifies something by it (证明事项)
	Basis      string   `json:"basis,omitempty"`       // why it may be asked for (要求依据)
	Issuer     string   `json:"issuer,omitempty"`      // who issues it (出具机构)
	Age        string   `json:"age,omitempty"`         // how old it may be (出具时间要求)
	Spec       string   `json:"spec,omitempty"`        // paper and size (规格)
	SourceNote string   `json:"source_note,omitempty"` // where to get it (来源渠道说明)
	FillNote   string   `json:"fill_note,omitempty"`   // how to fill it in (填报须知)
	Plain      string   `json:"plain,omitempty"`       // what it is, in plain words
	Remark     string   `json:"remark,omitempty"`      // 备注
	Blank      *File    `json:"blank,omitempty"`       // the empty form (空白表格)
	Sample     *File    `json:"sample,omitempty"`      // one that is filled in (示例样表)

	Need MaterialNeed `json:"need,omitempty"` // set by Resolve
}

// MaterialNeed says whether a material must be handed in for one set of answers.
type MaterialNeed string

// The needs. A deferrable material is required too, but a clerk may accept the
// application without it for DeferDays working days (容缺).
const (
	Required   MaterialNeed = "required"
	Optional   MaterialNeed = "optional"
	Deferrable MaterialNeed = "deferrable"
)

// Step is one station of the road of a case (办理环节).
type Step struct {
	ID       string `yaml:"id" json:"id"`
	Slot     string `yaml:"slot" json:"slot"` // its role in the flow: accept, review, check, decide, issue…
	Name     string `yaml:"name" json:"name"`
	NameEn   string `yaml:"name_en" json:"name_en,omitempty"` // in English, "" where the catalogue has none
	Unit     string `yaml:"unit" json:"unit"`
	Post     string `yaml:"post" json:"post"` // or "@township.clerk", known with the applicant's township
	Days     int    `yaml:"days" json:"days"` // working days
	Clock    string `yaml:"clock" json:"clock"`
	Standard string `yaml:"standard" json:"standard,omitempty"`
	Outcome  string `yaml:"outcome" json:"outcome,omitempty"` // what it ends with (审查结果)
	Optional bool   `yaml:"optional" json:"optional,omitempty"`
	Parallel string `yaml:"parallel" json:"parallel,omitempty"`
}

// Special is a special procedure that the item may need (特别程序).
type Special struct {
	Kind   string `yaml:"kind" json:"kind"`
	Days   int    `yaml:"planned_days" json:"days"` // working days
	Unit   string `yaml:"unit" json:"-"`
	Stops  bool   `yaml:"stops_clock" json:"stops"`
	Basis  string `yaml:"basis" json:"basis,omitempty"`
	Remark string `yaml:"note" json:"remark,omitempty"`
}

// Called is the name of the step in a language: that of the catalogue where it has none in that language.
func (s Step) Called(lang string) string {
	if lang == i18n.English && s.NameEn != "" {
		return s.NameEn
	}
	return s.Name
}

// StepByID returns the step of a node of the drawing, or nil.
func (it *Item) StepByID(id string) *Step {
	if i := slices.IndexFunc(it.Steps, func(s Step) bool { return s.ID == id }); i >= 0 {
		return &it.Steps[i]
	}
	return nil
}

// Step returns the first step in a slot, or nil.
func (it *Item) Step(slot string) *Step {
	for i := range it.Steps {
		if it.Steps[i].Slot == slot {
			return &it.Steps[i]
		}
	}
	return nil
}

// Situation returns a question, or nil.
func (it *Item) Situation(id string) *Situation {
	for i := range it.Situations {
		if it.Situations[i].ID == id {
			return &it.Situations[i]
		}
	}
	return nil
}

// Option returns an answer of the question, or nil.
func (q *Situation) Option(value string) *Option {
	for i := range q.Options {
		if q.Options[i].Value == value {
			return &q.Options[i]
		}
	}
	return nil
}

// ForPersons and ForBodies report whether people or organisations may apply.
func (it *Item) ForPersons() bool { return slices.Contains(it.Audience, personCode) }

// ForBodies reports whether organisations may apply.
func (it *Item) ForBodies() bool {
	for _, a := range it.Audience {
		if a != personCode {
			return true
		}
	}
	return false
}
