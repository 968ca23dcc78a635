package catalog

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onedoor.app/engine/number"
	"onedoor.app/engine/rule"
	"onedoor.app/infra/db"
)

// Flaw is one thing about a published item that misleads people or breaks a rule of the standards. It does not keep the
// item from being published, as a Wrong does: what is in force was inherited from many lists, and is mended one by one.
type Flaw struct {
	Rule  string // of Rules
	Where string // which part: a material's name, a code; "" for the whole item
}

// QualityRule is one rule that every version is held to when it is published.
type QualityRule struct {
	Code   string // of the words: catalog.rule.<code> says what is wrong, catalog.rule.<code>.mend what to do
	Weight int    // points of a hundred that an item loses, once, however often it breaks the rule
	Source string // where the rule comes from; "" for our own

	breaks func(it *Item) []string // where; nil: nowhere, or where a trial says
}

const (
	fullScore   = 100 // of an item without a flaw
	rulesNumber = 6   // to be raised with every change of a rule: all items in force are then judged anew
)

// Rules lists the rules, the gravest first.
func Rules() []QualityRule { return slices.Clone(qualityRules) }

// Flaws are the rules that the item breaks, in the order of Rules.
func (it *Item) Flaws() []Flaw { return it.flaws(it.try) }

// flaws is Flaws with the trial of the item.
func (it *Item) flaws(try func() trial) []Flaw {
	var list []Flaw
	for _, r := range qualityRules {
		var where []string
		switch r.Code {
		case ruleIdle:
			where = try().idle
		case ruleQuarrel:
			where = try().quarrels
		default:
			where = r.breaks(it)
		}
		for _, w := range where {
			list = append(list, Flaw{r.Code, w})
		}
	}
	return list
}

// Score is what is left of a hundred points, 0 at least.
func Score(flaws []Flaw) int {
	score := fullScore
	for _, r := range qualityRules {
		if slices.ContainsFunc(flaws, func(f Flaw) bool { return f.Rule == r.Code }) {
			score -= r.Weight
		}
	}
	return max(score, 0)
}

// The rules that trying an item with every set of answers tells.
const (
	ruleIdle    = "idle_rule"
	ruleQuarrel = "quarrel"
)

// Rejudge holds every item in force to the rules of today that has not been held to them yet. It is run when the program
// starts: publishing judges by itself. Judging is work, so nobody who writes waits for it.
func (s *Service) Rejudge(ctx context.Context) error {
	for {
		var list []outdated
		var items map[int64]*Item
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if list, err = listOutdated(tx, maxPage); err != nil {
				return err
			}
			ids := make([]int64, len(list))
			for i, o := range list {
				ids[i] = o.version
			}
			items, err = listItems(tx, ids)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		flaws := make([][]Flaw, len(list))
		for i, o := range list {
			it := items[o.version]
			if it == nil {
				return fmt.Errorf("catalog: version %d has no content", o.version)
			}
			flaws[i] = it.Flaws()
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return rejudge(tx, list, items, flaws) }); err != nil {
			return err
		}
	}
}

// rejudge keeps what was found of items that have no other version since.
func rejudge(tx *db.Tx, list []outdated, items map[int64]*Item, flaws [][]Flaw) error {
	for i, o := range list {
		it := items[o.version]
		if err := lockItem(tx, it.Code); err != nil {
			return err
		}
		if now, err := findCurrentID(tx, it.Code); err != nil || now != o.version {
			if err != nil {
				return err
			}
			continue // publishing it judged it
		}
		if err := keepQuality(tx, o.item, it, flaws[i]); err != nil {
			return err
		}
		if err := keepInheritance(tx, o.item, it); err != nil {
			return err
		}
	}
	return nil
}

const sourceList = "GB/T 39554.2-2020" // 要素要求

var qualityRules = []QualityRule{
	{"bare", 40, "", whole(func(it *Item) bool { return it.Bare })},
	{"no_basis", 20, "行政许可法 第三十条", whole(func(it *Item) bool { return len(it.Basis) == 0 })}, // 公示依据
	{"no_conditions", 15, "行政许可法 第三十条", whole(func(it *Item) bool { return len(it.Conditions) == 0 })},
	{"vague_material", 15, "国发〔2018〕27号", vagueMaterials}, // 兜底性条款
	{"vague_condition", 10, "国发〔2018〕27号", vagueConditions},
	{"licence_over_law", 20, "行政许可法 第四十二条", whole(licenceOverLaw)},
	{"promise_over_statute", 20, sourceList, whole(func(it *Item) bool { return it.PromisedLimit.exceeds(it.lawfulLimit()) })},
	{"code_parts", 15, "GB/T 39554.1-2020", codeParts},
	{"code_missing", 10, "GB/T 39554.1-2020", codesMissing},
	{"fee_basis", 15, sourceList, feesWithout(func(f FeeItem) bool { return f.Basis == "" })},
	{"fee_standard", 10, sourceList, feesWithout(func(f FeeItem) bool { return f.Standard == "" || f.Amount <= 0 })},
	{"fee_none", 15, sourceList, whole(func(it *Item) bool { return it.Fee.Charged && len(it.Fee.Items) == 0 })},
	{"fee_online", 5, sourceList, whole(func(it *Item) bool { return it.Fee.Charged && it.Offer.Online && !it.Fee.PayOnline })},
	{"fee_free", 10, "", whole(func(it *Item) bool { return !it.Fee.Charged && len(it.Fee.Items) > 0 })},
	{"online_visit", 15, sourceList, whole(func(it *Item) bool { return it.wholeOnline() && it.Visits > 0 })},
	{"no_way", 15, sourceList, whole(func(it *Item) bool { return it.Visits == 0 && !it.Offer.Online && !it.Offer.Express })},
	{"depth_offline", 10, sourceList, whole(func(it *Item) bool {
		return !it.Offer.Online && it.OnlineDepth >= depthAccepted && it.OnlineDepth < "8"
	})},
	{"visits", 10, "国办发〔2018〕45号", whole(func(it *Item) bool { return it.Visits > 1 })}, // 最多跑一次
	{"spot_kind", 10, sourceList, whole(func(it *Item) bool { return it.PromisedLimit.OnSpot != (it.ProjectType == projectSpot) })},
	{"result_name", 5, sourceList, whole(func(it *Item) bool { return it.Result.Name == "" })},
	{"result_kind", 10, sourceList, whole(func(it *Item) bool {
		return strings.HasSuffix(it.Result.Name, "证") && !strings.HasSuffix(it.Result.Name, "凭证") && (it.Result.Kind != resultCertificate || it.Result.Certificate == "")
	})},
	{"asked_again", 15, "国令第716号", askedAgain}, // 政府部门核发的，不得重复索要
	{"certificate_asked", 10, "行政许可法 第五十条", (*Item).certificateUnasked},
	{"no_points", 10, sourceList, materialsWithout(func(m Material) bool { return len(m.Points) == 0 })},
	{"no_copies", 5, sourceList, materialsWithout(func(m Material) bool { return m.Form != formElectronic && m.Originals+m.Copies == 0 })},
	{"same_material", 10, "", sameMaterials},
	{"idle_question", 10, "", idleQuestions},
	{"undecided_material", 10, "国发〔2018〕27号", undecidedMaterials}, // 明确什么情形要什么材料
	{"loose_field", 5, "", looseFields},                           // 一次填报、多方复用
	{ruleIdle, 10, "", nil},
	{ruleQuarrel, 10, "", nil},
	{"step_standard", 10, sourceList, stepsWithout(func(s Step) bool { return s.Standard == "" && (s.Slot == "review" || s.Slot == "decide") })},
	{"special_days", 5, "行政许可法 第四十五条", specialDays}, // 所需时间应当书面告知
	{"no_theme", 5, "国办函〔2016〕108号", whole(func(it *Item) bool { return len(it.Themes) == 0 })},
	{"no_keywords", 5, "", whole(func(it *Item) bool { return len(it.Keywords) == 0 })},
	{"regulator", 5, "", whole(func(it *Item) bool { return it.Type == TypeLicence && it.Regulator == "" })}, // 审管联动
	{"visit_reason", 5, sourceList, whole(func(it *Item) bool { return it.Visits > 0 && it.VisitReason == "" && !it.Bare })},
	{"power_source", 5, sourceList, whole(func(it *Item) bool { return it.PowerSource == "" && !it.Bare })},
	{"body_kind", 5, sourceList, whole(func(it *Item) bool { return it.BodyKind == "" && !it.Bare })},
	{"entrusted", 10, sourceList, whole(func(it *Item) bool { return it.BodyKind == BodyEntrusted && it.Entrusted == "" })},
	{"complaints", 5, sourceList, whole(func(it *Item) bool { return it.Complaints == "" && !it.Bare })},
	{"fee_reduction", 10, sourceList, feesWithout(func(f FeeItem) bool { return f.Reducible && f.Reduction == "" })},
	{"level_place", 10, "GB/T 39554.1-2020", whole(func(it *Item) bool {
		return (it.UseLevel == LevelTownship || it.UseLevel == LevelVillage) && it.Place == ""
	})},
	{"intermediary_basis", 10, "国办发〔2015〕31号", intermediariesWithout}, // 没有法律、行政法规依据的中介服务不得要求
	{"name_form", 5, "GB/T 39554.2-2020", whole(func(it *Item) bool { return badName.MatchString(it.Name) })},
}

const (
	resultCertificate = "10" // 证照
	formElectronic    = "2"
	depthAccepted     = "4" // 互联网受理
	depthWhole        = "6" // 互联网办理结果信息反馈: from here on nobody has to come
	fromGovernment    = "20"
	necessityYes      = "1"
)

// whole is a rule about the item as such.
func whole(broken func(it *Item) bool) func(it *Item) []string {
	return func(it *Item) []string {
		if broken(it) {
			return []string{""}
		}
		return nil
	}
}

// catchAll finds a phrase that lets an office ask for whatever it likes.
var catchAll = regexp.MustCompile(`其[他它](?:有关|相关|需要|需|必要|应当|应|可以|提供|提交)*的?(?:申请)?(?:材料|资料|文件|证明|证件|手续|条件|情形|要求)|` +
	`^(?:有关|相关)(?:证明)?(?:材料|资料|文件|证明|证件|手续)$|等(?:材料|资料|文件|证明)$|(?:法律|法规|规章|部门|机关)[^，。；]{0,12}(?:规定|要求|认为)[^，。；]{0,12}的?其[他它]`)

func vagueMaterials(it *Item) (where []string) {
	for _, m := range it.Materials {
		if catchAll.MatchString(m.Name) {
			where = append(where, m.Name)
		}
	}
	return where
}

func vagueConditions(it *Item) (where []string) {
	for _, c := range it.Conditions {
		if catchAll.MatchString(strings.TrimRight(c, "。；;. ")) {
			where = append(where, c)
		}
	}
	return where
}

// licenceOverLaw: a licence takes twenty working days at most, forty-five where several units handle it, unless a
// statute says otherwise, which must then be named with its article.
func licenceOverLaw(it *Item) bool {
	general := *it
	general.StatutoryLimit = Limit{}
	return it.Type == TypeLicence && it.StatutoryLimit.Value > 0 && it.StatutoryLimit.exceeds(general.lawfulLimit()) && !article.MatchString(it.StatutoryLimit.Basis)
}

// article finds an article of a statute: 《食品经营许可和备案管理办法》第十三条.
var article = regexp.MustCompile(`\p{Han}{2,}》?[^，。；]{0,20}第[〇零一二三四五六七八九十百千0-9]+条`)

// codeParts compares the codes, which are made of each other: 12 characters of the base, in 31 of who carries it out, in
// 33 of what is handled.
func codeParts(it *Item) (where []string) {
	base, impl, handle := it.BaseCode, it.ImplementCode, it.HandleCode
	if base != "" && len(it.Type) == 2 && len(base) == 12 && base[2:4] != it.Type {
		where = append(where, base)
	}
	if len(impl) == 31 {
		uscc, level := impl[:18], impl[18:19]
		if number.CheckUSCC(uscc) != "" || base != "" && impl[19:] != base || it.UseLevel != "" && level != it.UseLevel {
			where = append(where, impl)
		}
	}
	if len(handle) == 33 && impl != "" && handle[:31] != impl {
		where = append(where, handle)
	}
	return where
}

// codesMissing: an item has all three codes, or else an older local one.
func codesMissing(it *Item) []string {
	if it.LocalCode != "" || it.BaseCode != "" && it.ImplementCode != "" && it.HandleCode != "" {
		return nil
	}
	return []string{""}
}

func feesWithout(lacks func(FeeItem) bool) func(it *Item) []string {
	return func(it *Item) (where []string) {
		for _, f := range it.Fee.Items {
			if it.Fee.Charged && lacks(f) {
				where = append(where, f.Name)
			}
		}
		return where
	}
}

func materialsWithout(lacks func(Material) bool) func(it *Item) []string {
	return func(it *Item) (where []string) {
		for _, m := range it.Materials {
			if lacks(m) {
				where = append(where, m.Name)
			}
		}
		return where
	}
}

// intermediariesWithout finds paid services of others that no rule makes necessary.
func intermediariesWithout(it *Item) (where []string) {
	for _, x := range it.Intermediaries {
		if x.Basis == "" {
			where = append(where, x.Name)
		}
	}
	return where
}

func stepsWithout(lacks func(Step) bool) func(it *Item) []string {
	return func(it *Item) (where []string) {
		for _, s := range it.Steps {
			if lacks(s) {
				where = append(where, s.Name)
			}
		}
		return where
	}
}

// wholeOnline reports whether the item says that nobody has to come for it.
func (it *Item) wholeOnline() bool {
	return it.Offer.Online && it.OnlineDepth >= depthWhole && it.OnlineDepth < "8"
}

// askedAgain finds papers that the government itself has issued and that must be handed in all the same: no type of
// certificate stands in for them.
func askedAgain(it *Item) (where []string) {
	for _, m := range it.Materials {
		if m.Source == fromGovernment && m.Necessity == necessityYes && len(m.ReplacedBy) == 0 {
			where = append(where, m.Name)
		}
	}
	return where
}

func sameMaterials(it *Item) (where []string) {
	seen := map[string]bool{}
	for _, m := range it.Materials {
		if seen[m.Name] {
			where = append(where, m.Name)
		}
		seen[m.Name] = true
	}
	return where
}

// undecidedMaterials finds materials that are asked for in some situations, and no answer and no rule says in which: the
// window would decide, each time as it likes.
func undecidedMaterials(it *Item) (where []string) {
	decided := map[string]bool{}
	for _, e := range it.effects() {
		if e.Op == OpRequireMaterial {
			decided[e.Target] = true
		}
	}
	for _, m := range it.Materials {
		if m.Necessity == necessityNo && !decided[m.ID] && !it.Bare {
			where = append(where, m.Name)
		}
	}
	return where
}

// idleQuestions finds questions whose answer changes nothing: whoever answers them works for nobody.
func idleQuestions(it *Item) (where []string) {
	asked := map[string]bool{} // about, by a rule or another question
	for _, c := range it.conditions() {
		r, err := rule.ParseChoice(c.text)
		if err != nil {
			continue // one that cannot be read asks about none
		}
		for _, name := range r.Names() {
			asked[name] = true
		}
	}
	for _, q := range it.Situations {
		if !asked[q.ID] && !slices.ContainsFunc(q.Options, func(o Option) bool { return len(o.Effects) > 0 || o.Notice != "" }) {
			where = append(where, q.Question)
		}
	}
	return where
}

// badName finds what the standard keeps out of names: brackets that were not closed, spaces at the ends, a full stop, a
// number in front.
var badName = regexp.MustCompile(`^\s|\s$|[。；;]$|^\d+[.、]|（[^）]*$|^[^（]*）`)
