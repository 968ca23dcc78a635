package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// queries are what people type, with the item that must be among the first so many.
var queries = []struct {
	typed string
	among int
	want  string
}{
	// as one talks
	{"我想开个面馆", 1, "food-operation-new"},
	{"请问开一家烧烤店需要什么材料", 1, "food-operation-new"},
	{"我要开奶茶店", 1, "food-operation-new"},
	{"想开个小超市", 2, "food-operation-new"},
	{"食品证到期了怎么办", 1, "food-operation-renew"},
	{"饭店换老板", 2, "food-operation-change"},
	{"我要摆摊", 2, "individual-business-register"},
	{"注册公司流程", 1, "company-establish"},
	{"想开个理发店", 1, "public-place-hygiene"},
	{"美甲店要办证吗", 1, "public-place-hygiene"},
	{"开药房", 1, "drug-retail"},
	{"开诊所怎么办理", 1, "medical-practice-register"},
	{"宠物医院", 1, "animal-clinic"},
	{"给宠物看病的店", 1, "animal-clinic"},
	{"办培训学校", 1, "private-school-establish"},
	{"过年卖鞭炮", 1, "fireworks-retail"},
	{"我想开网吧", 1, "internet-cafe-prepare"},
	{"跑货运", 1, "road-freight"},
	{"拉货的车办营运证", 1, "road-freight"},
	{"挂个广告牌", 1, "outdoor-advertising"},
	{"工地开工要什么证", 1, "construction-permit"},
	{"环评怎么办", 1, "eia-form-approval"},
	{"自家地里打井", 1, "water-drawing"},
	{"想砍自家的树", 1, "forest-cutting"},
	{"孩子上户口", 1, "birth-household-register"},
	{"宝宝医保", 1, "newborn-insurance"},
	{"暂住证", 1, "residence-permit"},
	{"社保卡丢了", 2, "social-card-apply"},
	{"给员工交社保", 1, "social-insurance-open"},
	{"给员工交公积金", 1, "housing-fund-open"},
	{"退休了取公积金", 2, "housing-fund-withdraw-retire"},
	{"老人过了八十岁有补贴吗", 2, "elder-allowance"},
	{"老年人坐公交免费", 3, "free-bus-card"},
	{"评残", 1, "disability-card"},
	{"家里突然困难", 1, "temporary-relief"},
	{"买二手房过户", 1, "real-estate-transfer"},
	{"公司刻章", 1, "seal-filing"},
	{"开发票", 2, "tax-check-in"},
	{"办个演唱会", 1, "commercial-performance"},
	{"成立商会", 1, "social-org-register"},
	{"劳务公司", 1, "labour-dispatch"},
	{"电梯登记", 1, "special-equipment-register"},
	// a whole sentence
	{"我要开一家卖面条的小店要什么手续", 1, "food-operation-new"},
	{"我要开一家卖袜子的小店要什么手续", 1, "individual-business-register"},
	{"听说八十岁以后每个月都能领一点高龄补助不知道去哪里弄", 1, "elder-allowance"},
	// pinyin, whole and in first letters
	{"shipinjingyingxuke", 3, "food-operation-new"},
	{"shipin jingying xuke xinban", 1, "food-operation-new"},
	{"yingyezhizhao", 2, "individual-business-register"},
	{"juzhuzheng", 1, "residence-permit"},
	{"laonianzheng", 1, "elder-card"},
	{"gongzhang", 1, "seal-filing"},
	{"linmucaifa", 1, "forest-cutting"},
	{"hukou", 1, "birth-household-register"},
	{"tuixiu", 2, "retirement-apply"},
	{"食品jingying", 3, "food-operation-new"},
	{"kaifandian", 1, "food-operation-new"},
	{"kaifandian", 3, "food-operation-renew"}, // as much as 开饭店 finds
	{"kai fan dian", 1, "food-operation-new"},
	{"ＫＡＩＦＡＮＤＩＡＮ", 1, "food-operation-new"},
	{"kai", 1, "food-operation-new"},
	{"ＫＡＩ", 1, "food-operation-new"},
	{"miànguǎn", 1, "food-operation-new"},
	{"jū zhù zhèng", 1, "residence-permit"},
	{"kfd", 1, "food-operation-new"},
	{"KFD", 3, "food-operation-change"},
	{"jzz", 1, "residence-permit"},
	{"spjyxk", 1, "food-operation-new"},
	{"生娃", 2, "birth-certificate"},
	{"生娃", 3, "birth-household-register"},
	// the wrong character that sounds alike
	{"食品经营续可", 3, "food-operation-new"},
	{"居住正申领", 1, "residence-permit"},
	{"公基金", 2, "housing-fund-open"},
	{"退修", 3, "retirement-apply"},
	{"林木采罚", 1, "forest-cutting"},
	{"不动产转已登记", 1, "real-estate-transfer"},
	{"老年正", 1, "elder-card"},
	{"临时就助", 1, "temporary-relief"},
	// a wrong, missing, doubled or changed character
	{"食品经菅许可", 3, "food-operation-new"},
	{"食品经许可", 3, "food-operation-new"},
	{"食品品经营许可", 3, "food-operation-new"},
	{"食品营经许可", 3, "food-operation-new"},
	{"个休户", 2, "individual-business-register"},
	{"居证住", 1, "residence-permit"},
	{"残疾人正办理", 1, "disability-card"},
	{"烟花爆什", 1, "fireworks-retail"},
	{"社会保璋卡", 1, "social-card-apply"},
	// letters
	{"shipinjngyingxuke", 3, "food-operation-new"},
	{"laoniazheng", 1, "elder-card"},
	{"juzuzheng", 1, "residence-permit"},
	{"tuixui", 2, "retirement-apply"},
	// English
	{"I want to open a noodle shop", 1, "food-operation-new"},
	{"open a restaurant", 1, "food-operation-new"},
	{"open a resturant", 1, "food-operation-new"},
	{"coffee shop licence", 1, "food-operation-new"},
	{"how do I start a company", 1, "company-establish"},
	{"business license", 1, "individual-business-register"},
	{"pharmacy", 1, "drug-retail"},
	{"pharmcy", 1, "drug-retail"},
	{"hair salon", 1, "public-place-hygiene"},
	{"register my baby", 1, "birth-household-register"},
	{"residence permits", 1, "residence-permit"},
	{"buy a house", 1, "real-estate-transfer"},
	{"free bus pass", 1, "free-bus-card"},
	{"social security card", 1, "social-card-apply"},
	{"retirement", 2, "retirement-apply"},
	{"housing fund", 1, "housing-fund-open"},
	{"disability card", 1, "disability-card"},
	{"fireworks", 1, "fireworks-retail"},
	{"internet cafe", 2, "internet-cafe-prepare"},
	{"building permit", 1, "construction-permit"},
	{"cut down a tree", 1, "forest-cutting"},
	{"company seal", 1, "seal-filing"},
	// codes and official words
	{"113799009901Y1710E337019900100001", 1, "food-operation-new"},
	{"食品经营许可（新办）", 1, "food-operation-new"},
	{"临时救助", 1, "temporary-relief"},
	{"居住证申领", 1, "residence-permit"},
}

func found(t *testing.T, s *catalog.Service, tx *db.Tx, typed string) []string {
	t.Helper()
	hits, _, err := s.Search(tx, typed, catalog.Filter{}, "", 20)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	codes := make([]string, len(hits))
	for i, h := range hits {
		codes[i] = h.Code
	}
	return codes
}

func TestQueries(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if err := s.SeedSynonyms(t.Context()); err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			for _, q := range queries {
				codes := found(t, s, tx, q.typed)
				if q.want != "" && !slices.Contains(codes[:min(len(codes), q.among)], q.want) {
					t.Errorf("%q: got %v, want %s among the first %d", q.typed, codes[:min(len(codes), 5)], q.want, q.among)
				}
			}
			return nil
		})
	})
}

// TestALiteralNameComesFirst: whoever types the whole name of an item sees it first.
func TestALiteralNameComesFirst(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			for code, it := range items(t) {
				for _, typed := range []string{it.Name, " " + it.Name + "。"} {
					codes := found(t, s, tx, typed)
					if len(codes) == 0 || !slices.Contains(codes, code) || items(t)[codes[0]].Name != it.Name { // it may be carried out at four levels
						t.Errorf("%q: got %v, want %s or one of that name first", typed, codes, code)
					}
				}
			}
			return nil
		})
	})
}
