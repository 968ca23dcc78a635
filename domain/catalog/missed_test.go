package catalog_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
)

// TestAnonymous: what may be kept of a search, and what may not.
func TestAnonymous(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"剧本杀店": "剧本杀店",
		"我想开一家剧本杀店，怎么办理？":          "剧本杀店",
		"我叫王小明要办证":                 "",
		"办证，我叫王小明":                 "办证",
		"379900198706120117":       "",
		"查一下３７９９００１９８７０６１２０１１７":    "",
		"电话15400020001":            "",
		"一五四零零零二零零零一":              "",
		"a.b@example.org":          "",
		"王小明":                      "",
		"欧阳雪":                      "",
		"张三的执照":                    "",
		"李记面馆":                     "",
		"宠物美容店":                    "宠物美容店",
		"马术俱乐部":                    "马术俱乐部",
		"drone licence":            "drone licence",
		"旧车":                       "旧车",
		"2号楼加装电梯":                  "号楼加装电梯",
		"x":                        "",
		"店":                        "",
		"":                         "",
		strings.Repeat("我家的事", 20): "",
	} {
		got := catalog.Anonymous(typed)
		if got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

// No name is kept, of whatever people, in whatever writing, alone or beside what is sought; and what
// is sought is kept where nobody is named.
func TestNoNameIsKept(t *testing.T) {
	t.Parallel()
	names := []string{
		"王小明", "张伟", "仝小明", "李四", "欧阳雪", "司马光", "上官婉儿", "诸葛亮", "尉迟恭", "独孤求败", "南宫问天", "呼延灼", "拓跋焘", "宇文化及",
		"买买提江", "古丽娜尔", "阿依古丽·买买提", "迪丽热巴", "艾力江", "努尔哈赤", "扎西多吉", "卓玛", "次仁旺姆", "巴特尔", "乌云其木格", "孟和", "爱新觉罗启功",
		"纳兰性德", "叶赫那拉", "阿里木江", "热合曼", "木合塔尔", "岩温扁", "玉罕", "沙马拉哈", "吉克隽逸", "金达来", "朴正洙", "逄大海", "亓官", "佟丽娅", "盖建军",
		"于建设", "方向明", "高健康", "常安全", "王国庆", "陈登记", "万家福", "牛群", "时间", "单于", "谷雨生", "江河", "黄河清",
		"zhang wei", "wang xiaoming", "ou yang xue", "li si", "maimaiti jiang", "long fei", "sun yat sen", "john smith", "tanaka hiroshi", "xiao ming",
	}
	for _, name := range names {
		for _, sought := range []string{"%s", "%s离婚证", "%s低保补贴", "%s的残疾证", "%s 营业执照", "离婚%s", "办理%s退休", "%s divorce", "divorce %s", "pension for %s", "帮%s开店"} {
			typed := strings.Replace(sought, "%s", name, 1)
			if got := catalog.Anonymous(typed); got != "" {
				t.Errorf("%q: kept %q", typed, got)
			}
		}
	}
	for typed, want := range map[string]string{"离婚证": "离婚证", "低保补贴": "低保补贴", "残疾证遗失补办": "残疾证遗失补办", "drone licence": "drone licence", "divorce certificate": "divorce certificate"} {
		if got := catalog.Anonymous(typed); got != want {
			t.Errorf("%q: kept %q, want %q", typed, got, want)
		}
	}
}

// What is not kept is counted, and nothing of it is in the database.
func TestOtherSearchesAreCountedAlone(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		for i := range 40 {
			s.NoteMissed(t.Context(), fmt.Sprint(i), []string{"王小明离婚证", "zhang wei divorce"}[i%2], false)
		}
		s.MissedWritten()
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Missed(tx, 0, catalog.MissedKey{}, 10)
			if err != nil || len(list) > 0 {
				t.Errorf("kept %+v, %v", list, err)
			}
			n, err := s.MissedOthers(tx, calendar.DateOf(tx.Now())-1)
			if n != 40 {
				t.Errorf("%d are counted of 40", n)
			}
			return err
		})
	})
}

func FuzzAnonymous(f *testing.F) {
	f.Add("我叫王小明，电话15400020001")
	f.Add("开饭店 open a shop 379900198706120117")
	f.Fuzz(func(t *testing.T, typed string) {
		kept := catalog.Anonymous(typed)
		if strings.ContainsFunc(kept, unicode.IsDigit) || strings.ContainsAny(kept, "@./") || len([]rune(kept)) > 90 {
			t.Fatalf("%q: kept %q", typed, kept)
		}
	})
}

// TestOnlyWhatThreeVisitorsMissedIsWritten: until then nothing of it is in the database.
func TestOnlyWhatThreeVisitorsMissedIsWritten(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		listed := func() (list []catalog.Missing) {
			read(t, d, func(tx *db.Tx) (err error) {
				list, _, err = s.Missed(tx, calendar.DateOf(tx.Now())-1, catalog.MissedKey{}, 10)
				return err
			})
			return list
		}
		for range 20 { // one visitor as often as they like
			s.NoteMissed(t.Context(), "one", "剧本杀店", false)
		}
		s.NoteMissed(t.Context(), "two", "剧本杀店", true)
		s.MissedWritten()
		if list := listed(); len(list) > 0 {
			t.Fatalf("two visitors left %+v", list)
		}
		for i := range 40 { // two of them may bear the same one of 256 numbers
			s.NoteMissed(t.Context(), fmt.Sprint("more", i), "剧本杀店", false)
		}
		s.MissedWritten()
		list := listed()
		if len(list) != 1 || list[0].Words != "剧本杀店" || list[0].Asked != 61 || list[0].Poor != 1 {
			t.Errorf("got %+v, want 61 times", list)
		}
		s.NoteMissed(t.Context(), "again", "剧本杀店", false)
		s.MissedWritten()
		if list := listed(); list[0].Asked != 62 {
			t.Errorf("then %+v", list)
		}
	})
}

// TestMissedIsPaged walks the list by key.
func TestMissedIsPaged(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		for i, words := range []string{"鬼屋", "密室", "桌游店", "蹦床", "攀岩馆"} {
			for j := range 60 + i/2 {
				s.NoteMissed(t.Context(), fmt.Sprint(j), words, false)
			}
		}
		s.MissedWritten()
		var walked []string
		for after := (catalog.MissedKey{}); ; {
			var page []catalog.Missing
			var more bool
			read(t, d, func(tx *db.Tx) (err error) {
				page, more, err = s.Missed(tx, 0, after, 2)
				return err
			})
			for _, m := range page {
				walked = append(walked, m.Words)
			}
			if !more {
				break
			}
			after = page[len(page)-1].Key()
		}
		slices.Sort(walked)
		if len(walked) != 5 || len(slices.Compact(walked)) != 5 {
			t.Errorf("walked %v", walked)
		}
	})
}

// TestWhoIsCounted: visitors who look for words; not members of staff who try what is found, and not what is no word.
func TestWhoIsCounted(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	st := open(t, s, i18n.Chinese)
	count := func() (n int) {
		s.MissedWritten()
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Missed(tx, 0, catalog.MissedKey{}, 10)
			if err != nil {
				return err
			}
			for _, m := range list {
				n += m.Asked
			}
			others, err := s.MissedOthers(tx, 0)
			n += others
			return err
		})
		return n
	}
	search := func(who auth.Actor, words string) {
		st.who = who
		for i := range 8 {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/items?q="+url.QueryEscape(words), nil)
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1000", i+1)
			st.send(r)
		}
	}
	for _, words := range []string{"", "  ", "？？", "。。。", "%"} {
		if search(auth.Actor{}, words); count() != 0 {
			t.Errorf("%q is counted", words)
		}
	}
	if search(keeper, "剧本杀登船"); count() != 0 {
		t.Error("what an official tries is counted")
	}
	if search(auth.Actor{}, "剧本杀登船"); count() == 0 {
		t.Error("what visitors look for is not counted")
	}
}
