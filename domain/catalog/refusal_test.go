package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
)

// said is what a reader of a language is told of each problem.
func said(t *testing.T, lang string, list []catalog.Refusal) (all []string) {
	t.Helper()
	words := &i18n.Bundle{}
	if err := words.Add(catalog.Texts); err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		all = append(all, r.Words(i18n.With(t.Context(), words, lang)))
	}
	return all
}

// TestUnitsAndPostsThatNobodyKnowsAreRefused with their cell, unless the file itself brings the department.
func TestUnitsAndPostsThatNobodyKnowsAreRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		text := changedBook(t, s, func(f *excelize.File) {
			setCells(t, f, "事项", "承办机构", "NIX", one(foodItem))
			setCells(t, f, "环节", "办理岗位", "NIX.desk", func(r []string) bool { return r[0] == "public-place-hygiene" && r[1] == "s2" })
		})
		known := func(code string) bool { return !strings.HasPrefix(code, "NIX") }
		s.HasUnit = func(_ *db.Tx, code string) bool { return known(code) }
		s.HasPost = func(_ *db.Tx, code string) bool { return known(code) }
		check, err := s.CheckFile(t.Context(), keeper, "a.xlsx", bytes.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		r := importing(t, s, "a.xlsx", text)
		if r.Changed != 0 || check.Changed != 0 || len(r.Refused) != 2 {
			t.Fatalf("%+v", r)
		}
		for i, want := range []struct{ code, sheet, heading, where string }{
			{"catalog.import.no_unit", "事项", "承办机构", "NIX"}, {"catalog.import.no_post", "环节", "办理岗位", "NIX.desk"},
		} {
			x := r.Refused[i]
			if x.Code != want.code || x.Sheet != want.sheet || x.Heading != want.heading || x.Where != want.where || x.Line < 2 || x.Column == "" {
				t.Errorf("%+v, want %+v", x, want)
			}
		}
		if current(t, s, foodItem).Version != 1 {
			t.Error("it is in force")
		}
		o := another(d)
		o.HasUnit = func(*db.Tx, string) bool { return false }
		o.HasPost = func(*db.Tx, string) bool { return false }
		importing(t, o, "a.csv", []byte("事项名称,事项类型,部门,事项编码\n甲事,20,先来的局,K-0\n乙事,20,后来的局,K-9\n"))
		o.HasUnit = func(_ *db.Tx, code string) bool { return code == "D001" || code == "D002" }
		if r := importing(t, o, "b.csv", []byte("事项名称,事项类型,部门,事项编码,资料状态,实施主体机构\n甲事,20,后来的局,K-8,简表,D001\n")); len(r.Refused) != 1 || r.Refused[0].Code != "catalog.import.unit_other" {
			t.Errorf("two departments in one row: %+v", r.Refused)
		}
		if r := importing(t, o, "b.csv", []byte("事项名称,事项类型,部门,事项编码,资料状态\n甲事,20,新来的局,K-1,简表\n")); r.Added != 1 {
			t.Errorf("a department that the file brings: %+v", r.Refused)
		}
	})
}

// TestProblemsSpeakOfPartsByTheirNames, and not by their ids.
func TestProblemsSpeakOfPartsByTheirNames(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	var cells []string
	text := changedBook(t, s, func(f *excelize.File) {
		second := func(r []string) bool { return r[0] == foodItem && r[1] == "m2" }
		cells = setCells(t, f, "材料", "可替代证照", "CT-NIX", second)
		setCells(t, f, "事项", "承诺办结时限", "", one("public-place-hygiene"))
	})
	r := importing(t, s, "a.xlsx", text)
	name := current(t, s, foodItem).Materials[1].Name
	for lang, want := range map[string]string{i18n.Chinese: "材料《" + name + "》（CT-NIX）", i18n.English: "material “" + name + "” (CT-NIX)"} {
		if all := said(t, lang, r.Refused); !slices.ContainsFunc(all, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("%q says nothing of %s", all, want)
		}
	}
	i := slices.IndexFunc(r.Refused, func(x catalog.Refusal) bool { return x.Code == "catalog.item.certificate" })
	if i < 0 || r.Refused[i].Sheet != "材料" || !strings.HasSuffix(cells[0], fmt.Sprint(r.Refused[i].Line)) {
		t.Errorf("%+v, the cell is %v", r.Refused, cells)
	}
	if all := said(t, i18n.Chinese, r.Refused); !slices.ContainsFunc(all, func(w string) bool { return strings.Contains(w, "承诺办结时限没有写完整") }) {
		t.Errorf("%q", all)
	}
}

// TestANamelessMaterialIsCalledByItsPlace.
func TestANamelessMaterialIsCalledByItsPlace(t *testing.T) {
	s := &catalog.Service{DB: dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)}
	it := "id: a\nname: 甲事\nmaterials:\n  - {id: m1, name: 申请书, necessity: \"1\"}\n  - {id: m2, necessity: \"1\"}\n"
	r, err := s.CheckFolder(t.Context(), fstest.MapFS{"items/a.yaml": {Data: []byte(it)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Refused, func(x catalog.Refusal) bool { return x.Code == "catalog.item.material_name" })
	if i < 0 || r.Refused[i].Name != "甲事" {
		t.Fatalf("%+v", r.Refused)
	}
	for lang, want := range map[string]string{i18n.Chinese: "第 2 份材料", i18n.English: "material 2"} {
		if w := said(t, lang, r.Refused[i:i+1])[0]; !strings.Contains(strings.ToLower(w), want) || strings.Contains(w, "m2") {
			t.Errorf("%s", w)
		}
	}
}

// TestBadCellsAreCalledByTheirNames: the range that is merged, the cell of a formula.
func TestBadCellsAreCalledByTheirNames(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	text := changedBook(t, s, func(f *excelize.File) {
		if err := f.MergeCell("事项", "B2", "C2"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellFormula("事项", "B3", "1+1"); err != nil {
			t.Fatal(err)
		}
	})
	all := strings.Join(said(t, i18n.Chinese, importing(t, s, "a.xlsx", text).Refused), "\n")
	for _, want := range []string{"B2:C2", "B3 这一格是公式", "保存一次"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing of %s in %s", want, all)
		}
	}
}

// TestMergedCellsOfAListAreCalledByTheirRange: what stands in one of them is not said to be lacking in the others.
func TestMergedCellsOfAListAreCalledByTheirRange(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	for _, tt := range []struct {
		name, from, to, column string
		cells                  []any
	}{
		{"the name over the kind", "B3", "C3", "C", []any{"甲", "取水许可", nil, "云川市水利局"}},
		{"the kind over the department", "C3", "D3", "D", []any{"甲", "取水许可", "行政许可", nil}},
		{"a column that nobody knows over the name", "A3", "B3", "B", []any{"甲", nil, "行政许可", "云川市水利局"}},
		{"over rows, too", "C3", "D4", "D", []any{"甲", "取水许可", "行政许可", nil}},
	} {
		f := excelize.NewFile()
		for i, row := range [][]any{{"序号", "事项名称", "事项类型", "实施主体"}, {"乙", "河道采砂", "行政许可", "云川市水利局"}, tt.cells} {
			if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.MergeCell("Sheet1", tt.from, tt.to); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := errors.Join(f.Write(&b), f.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := s.CheckFile(t.Context(), keeper, "a.xlsx", &b, nil)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Join(said(t, i18n.Chinese, r.Refused), "\n")
		if len(r.Refused) != 1 || r.Refused[0].Line != 3 || r.Refused[0].Column != tt.column || !strings.Contains(words, tt.from+":"+tt.to) || !strings.Contains(words, "取消合并") {
			t.Errorf("%s: %+v", tt.name, r.Refused)
		}
	}
}

// TestABrokenQuoteIsToldByLineAndColumn, also where it hides the headings.
func TestABrokenQuoteIsToldByLineAndColumn(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	const head = "事项名称,事项类型,实施主体\n"
	r, err := s.CheckFile(t.Context(), keeper, "a.csv", strings.NewReader(head+"取水许可,行政许可,\"云川市水利局\n河道采砂,行政许可,云川市水利局\n"), nil)
	if err != nil || len(r.Refused) != 1 || r.Added != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if x := r.Refused[0]; x.Line != 2 || x.Column != "C" || !strings.Contains(said(t, i18n.Chinese, r.Refused)[0], "云川市水利局") {
		t.Errorf("%+v: %s", x, said(t, i18n.Chinese, r.Refused))
	}
	if _, err := s.CheckFile(t.Context(), keeper, "a.csv", strings.NewReader("\"事项名称,事项类型,实施主体\n取水许可,行政许可,云川市水利局\n"), nil); fault.Code(err) != "catalog.import.head_quotes" {
		t.Errorf("a quote among the headings: %v", err)
	}
}

// TestAWorkbookSaysWhichPackageIsLacking, and at which cell.
func TestAWorkbookSaysWhichPackageIsLacking(t *testing.T) {
	eachPair(t, func(t *testing.T, a, b *db.DB) {
		s := withBlobs(t, &catalog.Service{DB: a})
		if _, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil {
			t.Fatal(err)
		}
		o := withBlobs(t, &catalog.Service{DB: b})
		r := importing(t, o, "a.xlsx", export(t, s, exchange.XLSX))
		n := 0
		for i, x := range r.Refused {
			if x.Code != "catalog.import.no_form" {
				continue
			}
			n++
			words := said(t, i18n.Chinese, r.Refused[i:i+1])[0]
			if !strings.Contains(words, "授权委托书") && !strings.Contains(words, "告知承诺书") || !strings.Contains(words, ".docx") || !strings.Contains(words, "--format package") {
				t.Errorf("%s", words)
			}
			if x.Where != "power-of-attorney" && x.Where != "pledge-letter" && (x.Sheet != "材料" || x.Column == "" || x.Heading == "") {
				t.Errorf("%+v", x)
			}
		}
		if n < 20 {
			t.Errorf("%d are refused for a form", n)
		}
		if r := importing(t, o, "a.zip", export(t, s, exchange.Package)); r.LeftOut() != 0 {
			t.Fatalf("the package: %+v", r.Refused)
		}
		if r := importing(t, o, "a.xlsx", export(t, s, exchange.XLSX)); r.LeftOut() != 0 || r.News() != 0 {
			t.Errorf("after the package: %+v", r)
		}
	})
}

// TestEveryUnreadableFileOfAPackageIsNamed at once.
func TestEveryUnreadableFileOfAPackageIsNamed(t *testing.T) {
	bad := &fstest.MapFile{Data: []byte("a: [\n")}
	pack := fstest.MapFS{
		"flows.yaml": bad, "standards.yaml": bad, "base.yaml": bad, "materials.yaml": bad, "reforms.yaml": bad,
		"items/a.yaml": bad, "items/b.yaml": {Data: []byte("id: b\nname: 乙事\n")},
	}
	got, err := catalog.CheckPackage(pack)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, p := range got.Problems {
		files = append(files, p.File)
		if p.Code != "catalog.package.unreadable" || p.Where == "" {
			t.Errorf("%+v", p)
		}
	}
	if slices.Sort(files); !slices.Equal(files, []string{"base.yaml", "flows.yaml", "items/a.yaml", "materials.yaml", "reforms.yaml", "standards.yaml"}) {
		t.Errorf("%v", files)
	}
	if _, err := catalog.ReadPackage(pack); err == nil {
		t.Error("it can be read all the same")
	}
}

// TestABombSaysHowMuchItUnpacksTo: the bound that was applied to it.
func TestABombSaysHowMuchItUnpacksTo(t *testing.T) {
	text := zipped(t, map[string]string{"items/a.yaml": "id: a\n", "files/x.bin": strings.Repeat("\x00", 12<<20), "materials.yaml": "materials:\n  - {code: a, name: 甲, blank: {path: files/x.bin}}\n" + strings.Repeat("#\n", 3<<20)})
	s := &catalog.Service{DB: dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)}
	_, err := s.CheckFile(t.Context(), auth.Actor{Kind: auth.System}, "a.zip", bytes.NewReader(text), nil)
	if fault.Code(err) != "catalog.import.bomb" {
		t.Fatal(err)
	}
	if words := said(t, i18n.Chinese, []catalog.Refusal{{Code: "catalog.import.bomb"}}); !strings.Contains(words[0], "当作损坏的文件") {
		t.Errorf("%q", words)
	}
}
