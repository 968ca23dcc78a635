package search

import (
	"fmt"
	"slices"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

var schemas = []dbtest.Schema{{Module: "search", Files: Schema}}

func TestGrams(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{"食品经营", []string{"食品", "品经", "经营"}},
		{"食", []string{"食"}},
		{"食品、经营", []string{"食品", "经营"}},
		{"A类 ＣＴ-Food１２", []string{"a", "类", "ct", "food12"}},
		{"经营经营", []string{"经营", "营经"}},
		{"", nil},
		{"（）—— ", nil},
	}
	for _, tt := range tests {
		if got := Grams(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"食品经营许可（新办）", "spjyxkxb"},
		{"公共场所卫生许可", "ggcswsxk"},
		{"不动产转移登记", "bdczydj"},
		{"挖掘、蛙", "wjw"},
		{"啊阿座", "aaz"},
		{"A类3号", "al3h"},
		{"鑫鼗娲", "xtw"},
		{"㐀", ""},
	}
	for _, tt := range tests {
		if got := Initials(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	if len(table) != 72*94 {
		t.Errorf("the table has %d letters", len(table))
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	if got := readings("银行"); !slices.Contains(got, "yh") || !slices.Contains(got, "yx") {
		t.Errorf("银行: %q", got)
	}
}

func TestFind(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		names := []string{1: "食品经营许可（新办）", 2: "食品经营许可（变更）", 3: "药品经营许可（零售）", 4: "个体工商户登记", 5: "银行开户许可"}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i, name := range names {
				if i == 0 {
					continue
				}
				called := ""
				if i == 1 {
					called = "饭店 奶茶店"
				}
				if err := Index(tx, "thing", Document{int64(i), []Field{{Text: name, Weight: 60, Title: true}, {Text: called, Weight: 40}}}); err != nil {
					return err
				}
			}
			return Index(tx, "other", Document{1, []Field{{Text: "食品", Weight: 60}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		tests := []struct {
			typed string
			also  []string
			want  []int64
		}{
			{"食品经营许可", nil, []int64{1, 2}},
			{"经营许可", nil, []int64{1, 2, 3}},
			{"许可 变更", nil, []int64{2}},
			{"饭店", nil, []int64{1}},
			{"奶茶", nil, []int64{1}},
			{"登", nil, []int64{4}},
			{"spjy", nil, []int64{1, 2}},
			{"SPJYXKBG", nil, []int64{2}},
			{"yp", nil, []int64{3}},
			{"yhkh", nil, []int64{5}},
			{"开饭馆", []string{"食品经营许可"}, []int64{1, 2}},
			{"个体工商户注销", nil, []int64{4}},
			{"天气", nil, nil},
			{"隔壁邻居昨天跟我们讲起他家孩子在银行上班", nil, []int64{5}}, // one telling word of a sentence
			{"今天天气很好大家一起去公园散步看花吧", nil, nil},
			{"", nil, nil},
			{"!!", nil, nil},
			{"'; DROP TABLE search_posting; --", nil, nil},
		}
		find := func(typed string, also ...string) []int64 {
			var docs []int64
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				hits, err := Find(tx, "thing", typed, also...)
				for _, h := range hits {
					docs = append(docs, h.Doc)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%q: %v", typed, err)
			}
			return docs
		}
		for _, tt := range tests {
			if got := find(tt.typed, tt.also...); !slices.Equal(got, tt.want) {
				t.Errorf("%q: got %v, want %v", tt.typed, got, tt.want)
			}
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := Index(tx, "thing", Document{1, []Field{{Text: "林木采伐", Weight: 60}}}); err != nil {
				return err
			}
			if err := tx.Exec(`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('thing', '林木', 90, 5999)`); err != nil {
				return err // by a program that keeps no row of it
			}
			return Index(tx, "thing", Document{ID: 2}, Document{90, []Field{{Text: "渔业", Weight: 60}}}, Document{90, []Field{{Text: "林木", Weight: 60}}})
		}); err != nil {
			t.Fatal(err)
		}
		if got := find("食品经营"); got != nil && slices.Contains(got, 1) || slices.Contains(got, 2) {
			t.Errorf("found by what was forgotten: %v", got)
		}
		if got := find("渔业"); slices.Contains(got, 90) {
			t.Errorf("of what is given twice the first counts too: %v", got)
		}
		if got := find("采伐"); !slices.Equal(got, []int64{1}) {
			t.Errorf("not found by what is new: %v", got)
		}
	})
}

func FuzzGrams(f *testing.F) {
	f.Add("食品经营 spjy ＡＢ")
	f.Fuzz(func(t *testing.T, text string) {
		grams := Grams(text)
		for _, g := range grams {
			if g == "" {
				t.Fatalf("an empty gram in %q", text)
			}
		}
		if again := Grams(fmt.Sprint(text)); !slices.Equal(again, grams) {
			t.Fatalf("%q is cut in two ways", text)
		}
		for _, letters := range readings(text) {
			if len(letters) != len(Initials(text)) {
				t.Fatalf("%q is read in two lengths", text)
			}
		}
	})
}

// BenchmarkFind measures a catalogue of 20,000 names.
func BenchmarkFind(b *testing.B) {
	d, err := db.Open(b.Context(), b.TempDir()+"/b.db")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(b.Context(), "search", Schema); err != nil {
		b.Fatal(err)
	}
	first, last := []string{"食品", "药品", "道路", "建设工程", "户外广告", "残疾人", "劳务派遣", "医疗机构", "危险化学品", "民办学校"},
		[]string{"经营许可", "登记", "备案", "变更登记", "资格认定", "延续许可", "注销", "补助发放"}
	for from := 0; from < 20_000; from += 1000 {
		err := d.Write(b.Context(), func(tx *db.Tx) error {
			for i := from; i < from+1000; i++ {
				name := fmt.Sprintf("%s%s（第%d类）", first[i%len(first)], last[i/7%len(last)], i)
				if err := Index(tx, "thing", Document{int64(i), []Field{{Text: name, Weight: 60, Title: true}}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, typed := range []string{"食品经营许可", "登记", "spjyxk", "危险化学品", "第77类"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				_ = d.Read(b.Context(), func(tx *db.Tx) error { _, err := Find(tx, "thing", typed); return err })
			}
		})
	}
}
