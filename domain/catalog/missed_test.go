package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
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
		"李记面馆":                     "李记面馆",
		"宠物美容店":                    "宠物美容店",
		"马术俱乐部":                    "马术俱乐部",
		"drone licence":            "drone licence",
		"旧车":                       "旧车",
		"2号楼加装电梯":                  "号楼加装电梯",
		"x":                        "x",
		"店":                        "",
		"":                         "",
		strings.Repeat("我家的事", 20): "",
	} {
		got := catalog.Anonymous(typed)
		if typed == "张三的执照" { // parts of it may stay; the name may not stand alone
			if got == "张三" {
				t.Errorf("%q: kept %q", typed, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
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
