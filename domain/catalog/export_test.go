package catalog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"onedoor.app/domain/catalog/exchange"
)

// GeneratedWorkbook is a workbook of n items, the same each time, with rows in every sheet.
func GeneratedWorkbook(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	b, err := exchange.NewWorkbook(&out)
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Counter: Counter{Receive: "SPJ-ZH.clerk", Issue: "SPJ-ZZ.issue"}}
	parts := make([][][]string, len(partSheets))
	if err := b.Sheet(mainSheet, mainHeads(), false); err != nil {
		t.Fatal(err)
	}
	g := generator{rand.New(rand.NewPCG(11, 158))}
	for i := range n {
		it := g.item(i)
		if w := it.Wrong(); len(w) > 0 {
			t.Fatalf("%d: %+v", i, w)
		}
		main, others := s.rows(&itemRow{Item: *it, state: stateOf(it), unitName: "生成的部门" + it.Body})
		if err := b.Write(main); err != nil {
			t.Fatal(err)
		}
		for k := range others {
			parts[k] = append(parts[k], others[k]...)
		}
	}
	for k, p := range partSheets {
		if len(parts[k]) == 0 {
			t.Fatalf("nothing in %s", p.name())
		}
		if err := writeSheet(b, p.name(), p.heads(), parts[k]); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// generator makes items up.
type generator struct{ *rand.Rand }

func (g generator) of(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) item(i int) *Item {
	subject := g.of("食品经营", "药品零售", "道路运输", "建设工程", "户外广告", "残疾人", "劳务派遣", "医疗机构", "危险化学品", "民办学校", "林木采伐", "取水", "特种设备", "社会保险", "不动产", "公积金", "烟草专卖", "出版物", "旅行社", "养老机构")
	act := g.of("许可", "登记", "备案", "变更登记", "资格认定", "延续许可", "注销", "补助发放", "审批", "核准", "年度报告", "信息变更")
	unit := fmt.Sprintf("GEN%02d", i%60)
	it := &Item{
		Code: fmt.Sprintf("gen-%05d", i), Name: fmt.Sprintf("%s%s（%s第%d类）", subject, act, g.of("市级", "县级", "乡镇", "委托"), i), MainItem: subject + act,
		Type: g.of(TypeLicence, TypeConfirm, TypeOther, TypePublic), LocalCode: fmt.Sprintf("LG%06d", i), Unit: unit, Body: unit,
		UseLevel: g.of("3", "4"), Audience: []string{g.of("1", "2"), "9"}, ProjectType: projectTerm,
		Themes: []string{g.of("准营准办", "社会保障", "交通运输", "医疗卫生")}, Keywords: []string{subject, g.of("办证", "开店", "补贴", "年审") + subject},
		Conditions: []string{"符合" + subject + "的规定", "有固定的场所"}, StatutoryLimit: Limit{Value: 20, Unit: Workday, Confidence: "high", Basis: "行政许可法第四十二条"},
		PromisedLimit: Limit{Value: 5 + g.IntN(10), Unit: Workday}, Result: Result{Name: subject + "决定书", Kind: "20"}, Visits: g.IntN(2),
		Offer: Offer{Windows: []string{"综合窗口"}, Online: true, Express: true}, FlowID: FlowStandard,
		Basis: []Basis{{Law: subject + "管理条例", Article: fmt.Sprintf("第%d条", 1+g.IntN(60)), Gist: "设定" + act, Confidence: "high"}},
	}
	it.Record = Record{PowerSource: "1", Phone: fmt.Sprintf("0000-%07d", i), Hours: "工作日 9:00 至 17:00", Procedure: "申请、受理、审查、决定、送达"}
	if i%5 == 0 {
		it.completeBare(Counter{Receive: "SPJ-ZH.clerk", Issue: "SPJ-ZZ.issue"})
		return it
	}
	g.shape(it, unit)
	if i%7 == 0 {
		it.Duties = []Duty{{Stage: "受理", Text: "一次告知补正内容", Basis: "行政许可法第三十二条"}, {Stage: "决定", Text: "依法作出决定"}}
		it.Intermediaries = []Intermediary{{Name: "检测", Basis: subject + "管理条例", Result: "检测报告", Payer: "applicant"}}
		it.Oversights = []Oversight{{Unit: unit, Task: "首次检查", Days: 30}}
		it.Questions = []Question{{"要多少天？", "见承诺时限。"}, {"可以代办吗？", "可以，带委托书。"}}
	}
	if i%4 == 0 {
		it.Fee = Fee{Charged: true, PayOnline: true, Items: []FeeItem{{ID: "f1", Name: "工本费", Amount: int64(500 + i), Unit: "证", Standard: "按件", Basis: "价格文件", Confidence: "medium"}}}
		it.Special = []Special{{Kind: "检验", Days: 10, Stops: true, Basis: "行政许可法第四十五条"}}
	}
	return it
}

// shape gives an item materials, a form, steps, a question and a rule.
func (g generator) shape(it *Item, unit string) {
	for k := range 3 + g.IntN(5) {
		it.Materials = append(it.Materials, Material{
			ID: fmt.Sprint("m", k+1), Name: g.of("申请书", "身份证明", "场所证明", "人员名册", "设备清单", "安全制度") + fmt.Sprint(k), Kind: g.of("1", "2", "3"),
			Source: "10", Necessity: g.of("1", "2"), Form: "3", Originals: 1, Trust: "B", Points: []string{"内容完整", "加盖公章"},
		})
	}
	it.Fields = append(bareFields(), Field{Key: "area", Label: "面积", Type: FieldDecimal, Scale: 2})
	it.Steps = bareSteps(Counter{}, unit, it.PromisedLimit.Value)
	it.Steps[1].Standard = fmt.Sprintf("对照%s的条件逐条审查", it.MainItem)
	it.Situations = []Situation{{ID: "q1", Question: "是第一次办吗？", Kind: "single", Options: []Option{
		{Value: "a", Label: "是"}, {Value: "b", Label: "不是", Notice: "带原证。", Effects: []Effect{{Op: OpDropMaterial, Target: "m2"}}},
	}}}
	if g.IntN(3) == 0 {
		it.Rules = []Rule{{ID: "r1", When: `q1 == "b"`, Effects: []Effect{{Op: OpRequireMaterial, Target: "m3"}}}}
	}
}
