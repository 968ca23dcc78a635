package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// flawless is an item that breaks no rule.
func flawless() *catalog.Item {
	const impl = "11370828MB28602902" + "4" + "000101001000"
	return &catalog.Item{
		Code: "x", Name: "测试许可（新办）", Type: catalog.TypeLicence, Unit: "SPJ-SY", Body: "SPJ", Regulator: "SJJ", UseLevel: "4",
		BaseCode: "000101001000", ImplementCode: impl, HandleCode: impl + "01",
		Audience: []string{"1"}, ProjectType: "2", Themes: []string{"准营准办"}, Keywords: []string{"测试"},
		Basis: []catalog.Basis{{Law: "行政许可法", Article: "第十二条", Confidence: "high"}}, Conditions: []string{"有固定场所"},
		StatutoryLimit: catalog.Limit{Value: 20, Unit: catalog.Workday, Basis: "行政许可法 第四十二条"}, PromisedLimit: catalog.Limit{Value: 5, Unit: catalog.Workday},
		Result: catalog.Result{Name: "测试许可证", Kind: "10", Certificate: "CT-X"}, OnlineDepth: "7",
		Record:    catalog.Record{PowerSource: "1", BodyKind: "1", Complaints: "12345"},
		Offer:     catalog.Offer{Online: true, Express: true},
		Materials: []catalog.Material{{ID: "m1", Name: "营业执照", Kind: "1", Source: "20", Necessity: "1", Form: "3", Copies: 1, ReplacedBy: []string{"CT-BL"}, Points: []string{"在有效期内"}}},
		Steps:     []catalog.Step{{ID: "s1", Slot: "review", Name: "审查", Standard: "符合条件"}, {ID: "s2", Slot: "decide", Name: "决定", Standard: "符合条件"}},
	}
}

// Each rule has an item that breaks it and nothing else, and says where.
func TestEveryRuleOfQuality(t *testing.T) {
	t.Parallel()
	if flaws := flawless().Flaws(); len(flaws) > 0 || catalog.Score(flaws) != 100 {
		t.Fatalf("the flawless item: %v", flaws)
	}
	breaks := map[string]struct {
		how   func(*catalog.Item)
		where string
	}{
		"bare":            {func(it *catalog.Item) { it.Bare = true }, ""},
		"no_basis":        {func(it *catalog.Item) { it.Basis = nil }, ""},
		"no_conditions":   {func(it *catalog.Item) { it.Conditions = nil }, ""},
		"vague_material":  {func(it *catalog.Item) { it.Materials[0].Name = "法律、法规规定的其他材料" }, "法律、法规规定的其他材料"},
		"vague_condition": {func(it *catalog.Item) { it.Conditions[0] = "符合法律法规规定的其他条件。" }, "符合法律法规规定的其他条件。"},
		"licence_over_law": {func(it *catalog.Item) {
			it.StatutoryLimit = catalog.Limit{Value: 2, Unit: catalog.Month}
		}, ""},
		"promise_over_statute": {func(it *catalog.Item) { it.PromisedLimit.Value = 21 }, ""},
		"code_parts":           {func(it *catalog.Item) { it.HandleCode = strings.Replace(it.HandleCode, "MB28602902", "MB28602903", 1) }, "11370828MB286029034000101001000" + "01"},
		"code_missing":         {func(it *catalog.Item) { it.HandleCode = "" }, ""},
		"fee_basis": {func(it *catalog.Item) {
			it.Fee = catalog.Fee{Charged: true, PayOnline: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 500, Standard: "每证 5 元"}}}
		}, "工本费"},
		"fee_standard": {func(it *catalog.Item) {
			it.Fee = catalog.Fee{Charged: true, PayOnline: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 500, Basis: "某规定"}}}
		}, "工本费"},
		"fee_none": {func(it *catalog.Item) { it.Fee = catalog.Fee{Charged: true, PayOnline: true} }, ""},
		"fee_online": {func(it *catalog.Item) {
			it.Fee = catalog.Fee{Charged: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 500, Standard: "每证 5 元", Basis: "某规定"}}}
		}, ""},
		"fee_free":      {func(it *catalog.Item) { it.Fee.Items = []catalog.FeeItem{{Name: "工本费"}} }, ""},
		"online_visit":  {func(it *catalog.Item) { it.Visits, it.VisitReason = 1, "须当面核对原件" }, ""},
		"no_way":        {func(it *catalog.Item) { it.Offer, it.OnlineDepth = catalog.Offer{}, "1" }, ""},
		"depth_offline": {func(it *catalog.Item) { it.Offer.Online = false }, ""},
		"visits":        {func(it *catalog.Item) { it.Visits, it.OnlineDepth, it.VisitReason = 2, "5", "须当面核对原件" }, ""},
		"spot_kind":     {func(it *catalog.Item) { it.PromisedLimit.OnSpot = true }, ""},
		"result_name":   {func(it *catalog.Item) { it.Result.Name = "" }, ""},
		"result_kind":   {func(it *catalog.Item) { it.Result.Certificate = "" }, ""},
		"asked_again":   {func(it *catalog.Item) { it.Materials[0].ReplacedBy = nil }, "营业执照"},
		"certificate_asked": {func(it *catalog.Item) {
			it.ActsOn = &catalog.ActsOn{Certificate: "CT-X", Effect: catalog.EffectChange}
		}, catalog.ElementCertificateNumber},
		"no_points":     {func(it *catalog.Item) { it.Materials[0].Points = nil }, "营业执照"},
		"no_copies":     {func(it *catalog.Item) { it.Materials[0].Copies = 0 }, "营业执照"},
		"same_material": {func(it *catalog.Item) { it.Materials = append(it.Materials, it.Materials[0]) }, "营业执照"},
		"idle_question": {func(it *catalog.Item) {
			it.Situations = []catalog.Situation{{ID: "q1", Question: "是新店吗？", Options: []catalog.Option{{Value: "a", Label: "是"}, {Value: "b", Label: "不是"}}}}
		}, "是新店吗？"},
		"undecided_material": {func(it *catalog.Item) {
			it.Materials = append(it.Materials, catalog.Material{ID: "m9", Name: "授权委托书", Necessity: "2", Form: "3", Originals: 1, Source: "10", Points: []string{"有签名"}})
		}, "授权委托书"},
		"loose_field": {func(it *catalog.Item) {
			it.Fields = []catalog.Field{{Key: "who", Label: "联系人", Type: catalog.FieldText}}
		}, "联系人"},
		"idle_rule": {func(it *catalog.Item) {
			it.Situations = []catalog.Situation{yesNo("q1", "是新店吗？", "")}
			it.Rules = []catalog.Rule{{ID: "r1", When: `q1 == "a" && q1 == "b"`, Notice: "从不"}}
		}, "r1"},
		"quarrel": {func(it *catalog.Item) {
			a, b := yesNo("q1", "是新店吗？", ""), yesNo("q2", "有人代办吗？", "")
			a.Options[0].Effects = []catalog.Effect{{Op: catalog.OpRequireMaterial, Target: "m1"}}
			b.Options[1].Effects = []catalog.Effect{{Op: catalog.OpDropMaterial, Target: "m1"}}
			it.Situations = []catalog.Situation{a, b}
		}, "m1（q1=a q2=b）"},
		"step_standard": {func(it *catalog.Item) { it.Steps[1].Standard = "" }, "决定"},
		"special_days": {func(it *catalog.Item) {
			it.Steps = append(it.Steps, catalog.Step{ID: "s9", Slot: "expert", Name: "专家评审", Unit: "U", Post: "U.rev", Days: 10, Clock: "stopped", Standard: "由三名以上专家评审"})
			it.Special = []catalog.Special{{Kind: "专家评议", Days: 15, Stops: true}}
		}, "专家评审"},
		"no_theme":     {func(it *catalog.Item) { it.Themes = nil }, ""},
		"no_keywords":  {func(it *catalog.Item) { it.Keywords = nil }, ""},
		"regulator":    {func(it *catalog.Item) { it.Regulator = "" }, ""},
		"visit_reason": {func(it *catalog.Item) { it.Visits, it.OnlineDepth = 1, "5" }, ""},
		"power_source": {func(it *catalog.Item) { it.PowerSource = "" }, ""},
		"body_kind":    {func(it *catalog.Item) { it.BodyKind = "" }, ""},
		"entrusted":    {func(it *catalog.Item) { it.BodyKind = catalog.BodyEntrusted }, ""},
		"complaints":   {func(it *catalog.Item) { it.Complaints = "" }, ""},
		"fee_reduction": {func(it *catalog.Item) {
			it.Fee = catalog.Fee{Charged: true, PayOnline: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 500, Standard: "每证 5 元", Basis: "某规定", Reducible: true}}}
		}, "工本费"},
		"level_place": {func(it *catalog.Item) {
			it.UseLevel = catalog.LevelVillage
			it.ImplementCode = it.ImplementCode[:18] + "6" + it.ImplementCode[19:]
			it.HandleCode = it.ImplementCode + "01"
		}, ""},
		"intermediary_basis": {func(it *catalog.Item) { it.Intermediaries = []catalog.Intermediary{{Name: "检测"}} }, "检测"},
		"name_form":          {func(it *catalog.Item) { it.Name = "1.测试许可" }, ""},
	}
	for _, r := range catalog.Rules() {
		b, ok := breaks[r.Code]
		if !ok {
			t.Errorf("nothing breaks %s", r.Code)
			continue
		}
		it := flawless()
		b.how(it)
		if got, want := it.Flaws(), []catalog.Flaw{{Rule: r.Code, Where: b.where}}; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", r.Code, got, want)
		}
		if got := catalog.Score(it.Flaws()); got != 100-r.Weight {
			t.Errorf("%s: %d points, want %d", r.Code, got, 100-r.Weight)
		}
	}
}

// What lets an office ask for whatever it likes is told from what merely sounds like it.
func TestWhatIsVague(t *testing.T) {
	t.Parallel()
	for name, vague := range map[string]bool{
		"其他材料": true, "其它相关材料": true, "其他需要提供的材料": true, "审批机关要求的其他资料": true, "有关证明材料": true, "身份证、户口簿等材料": true,
		"法律、行政法规规定的其他条件": true,
		"使用土地的有关证明文件":    false, "住所使用相关文件": false, "其他股东的同意书": false, "法定代表人身份证": false, "授权委托书": false, "高等学校毕业证": false,
	} {
		it := flawless()
		it.Materials[0].Name = name
		if got := len(it.Flaws()) > 0; got != vague {
			t.Errorf("%s: vague %t, want %t", name, got, vague)
		}
	}
}

// The sample city is what the rules ask of others.
func TestTheSampleCityIsFlawless(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			entries, _, err := s.Browse(tx, catalog.Filter{}, "", 100)
			for _, e := range entries {
				it, err := s.Version(tx, e.ID)
				if err != nil {
					return err
				}
				for _, f := range it.Flaws() {
					t.Errorf("%s: %s %s", it.Code, f.Rule, f.Where)
				}
			}
			return err
		})
	})
}

// TestThePageOfQuality: every publication is judged, by body, by rule and item by item, and so is what was published
// before the rules of today.
func TestThePageOfQuality(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		for _, q := range []string{`UPDATE catalog_quality SET rules = 0, score = 1`, `DELETE FROM catalog_quality WHERE item = (SELECT MIN(item) FROM catalog_quality)`} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(q) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Rejudge(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := s.Import(t.Context(), keeper, "list.csv", strings.NewReader("事项名称,事项类型,部门\n测试备案,其他行政权力,SPJ\n"))
		if err != nil || r.Added != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		for _, lang := range []string{"zh", "en"} {
			st := open(t, s, lang)
			for path, want := range map[string][]string{
				"/catalog/quality":                     {"?rule=bare", "?body=SPJ", "测试备案"},
				"/catalog/quality?rule=bare":           {"测试备案"},
				"/catalog/quality?rule=no_conditions":  {"测试备案"},
				"/catalog/quality?body=SPJ":            {"测试备案"},
				"/catalog/quality?rule=nonsense":       {"?rule=bare"},
				"/catalog/quality?body=SPJ&after=60-1": {"公共场所"},
			} {
				status, page := st.get(path)
				if status != 200 || key.MatchString(page) {
					t.Errorf("%s %s: %d, %q", lang, path, status, key.FindString(page))
				}
				for _, w := range want {
					if !strings.Contains(page, w) {
						t.Errorf("%s %s: no %s", lang, path, w)
					}
				}
			}
		}
	})
}

// A step that stops the clock and the special procedure for which it does plan the same days; what stops no clock, or is
// another procedure, is no business of the rule.
func TestDaysOfSpecialProcedures(t *testing.T) {
	t.Parallel()
	step := func(slot, name string, days int, clock string) catalog.Step {
		return catalog.Step{ID: "s9", Slot: slot, Name: name, Unit: "U", Post: "U.rev", Days: days, Clock: clock, Standard: "按规定"}
	}
	for name, tt := range map[string]struct {
		step    catalog.Step
		special []catalog.Special
		broken  bool
	}{
		"the same days":             {step("expert", "专家评审", 15, "stopped"), []catalog.Special{{Kind: "专家评审", Days: 15, Stops: true}}, false},
		"other days":                {step("expert", "专家评审", 15, "stopped"), []catalog.Special{{Kind: "专家评审", Days: 20, Stops: true}}, true},
		"other words for it":        {step("test", "检验检测", 10, "stopped"), []catalog.Special{{Kind: "水质检测", Days: 12, Stops: true}}, true},
		"it stops no clock":         {step("expert", "专家评审", 15, "stopped"), []catalog.Special{{Kind: "专家评审", Days: 20}}, false},
		"the step stops no clock":   {step("expert", "专家评审", 15, "statutory"), []catalog.Special{{Kind: "专家评审", Days: 20, Stops: true}}, false},
		"another procedure":         {step("expert", "专家评审", 15, "stopped"), []catalog.Special{{Kind: "听证", Days: 20, Stops: true}}, false},
		"no procedure":              {step("expert", "专家评审", 15, "stopped"), nil, false},
		"one of two":                {step("eval", "评估", 15, "stopped"), []catalog.Special{{Kind: "安全评估", Days: 20, Stops: true}, {Kind: "环境评估", Days: 15, Stops: true}}, false},
		"its own name goes first":   {step("eval", "安全评估", 15, "stopped"), []catalog.Special{{Kind: "安全评估", Days: 20, Stops: true}, {Kind: "环境评估", Days: 15, Stops: true}}, true},
		"a slot without procedures": {step("review", "审查", 3, "stopped"), []catalog.Special{{Kind: "听证", Days: 20, Stops: true}}, false},
	} {
		it := flawless()
		it.Steps = append(it.Steps, tt.step)
		it.Special = tt.special
		got := slices.ContainsFunc(it.Flaws(), func(f catalog.Flaw) bool { return f.Rule == "special_days" })
		if got != tt.broken {
			t.Errorf("%s: %v", name, it.Flaws())
		}
	}
}
