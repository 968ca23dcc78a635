package catalog_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// departments is an office that makes units for departments of lists.
type departments struct{ codes, names, uscc map[string]string }

// another returns a service on a database, with an office of its own.
func another(d *db.DB) *catalog.Service {
	o := departments{map[string]string{}, map[string]string{}, map[string]string{}}
	return &catalog.Service{
		DB:      d,
		Counter: catalog.Counter{Receive: "SPJ-ZH.clerk", Issue: "SPJ-ZZ.issue"},
		Unit: func(_ *db.Tx, _ auth.Actor, name, uscc string) (string, error) {
			if o.codes[name] == "" {
				code := fmt.Sprintf("D%03d", len(o.codes)+1)
				o.codes[name], o.names[code], o.uscc[code] = code, name, uscc
			}
			return o.codes[name], nil
		},
		FindUnit: func(_ *db.Tx, name, _ string) (string, error) { return o.codes[name], nil },
		UnitName: func(_ *db.Tx, code string) string {
			if o.names[code] == "" {
				return code
			}
			return o.names[code]
		},
		UnitUSCC: func(_ *db.Tx, code string) string { return o.uscc[code] },
	}
}

func export(t testing.TB, s *catalog.Service, f exchange.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Export(t.Context(), keeper, f, "", &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// eachPair gives two empty databases of each engine.
func eachPair(t *testing.T, fn func(t *testing.T, a, b *db.DB)) {
	t.Helper()
	second := dbtest.URLs(t)
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			fn(t, dbtest.Open(t, url, schemas), dbtest.Open(t, second[engine], schemas))
		})
	}
}

// goesRound imports a file, exports it in a format, imports that into an empty catalogue and
// exports it again: the bytes are the same, and taking them in where they came from is no news.
func goesRound(t *testing.T, a, b *db.DB, name string, text []byte, f exchange.Format, want int) {
	t.Helper()
	s := another(a)
	if r := importing(t, s, name, text); r.Added != want || r.LeftOut() != 0 {
		t.Fatalf("added %d, left out %d: %+v", r.Added, r.LeftOut(), r.Refused[:min(3, len(r.Refused))])
	}
	first := export(t, s, f)
	ending := map[exchange.Format]string{exchange.CSV: "a.csv", exchange.XLSX: "a.xlsx", exchange.Package: "a.zip"}[f]
	if r := importing(t, s, ending, first); r.Unchanged != want || r.Total() != want {
		t.Fatalf("again: %d added, %d changed, %d unchanged, %+v", r.Added, r.Changed, r.Unchanged, r.Refused[:min(3, len(r.Refused))])
	}
	o := another(b)
	if f == exchange.Package { // a package names units by their codes
		o.UnitName, o.UnitUSCC = s.UnitName, s.UnitUSCC
	}
	if r := importing(t, o, ending, first); r.Added != want || r.LeftOut() != 0 {
		t.Fatalf("into another: added %d, %+v", r.Added, r.Refused[:min(3, len(r.Refused))])
	}
	if second := export(t, o, f); !bytes.Equal(first, second) {
		t.Errorf("the bytes differ: %d and %d", len(first), len(second))
	}
}

func TestTheCountyGoesRound(t *testing.T) {
	text := county(t)
	for _, f := range []exchange.Format{exchange.CSV, exchange.XLSX, exchange.Package} {
		t.Run(string(f), func(t *testing.T) {
			eachPair(t, func(t *testing.T, a, b *db.DB) { goesRound(t, a, b, "county.csv", text, f, 1135) })
		})
	}
}

// TestTheSampleCityGoesRound: a package is whole, with its base catalogue, its ledger, its library and its forms; a workbook
// names the forms and needs them to be there.
func TestTheSampleCityGoesRound(t *testing.T) {
	for _, f := range []exchange.Format{exchange.XLSX, exchange.Package} {
		t.Run(string(f), func(t *testing.T) {
			eachPair(t, func(t *testing.T, a, b *db.DB) {
				s, want := loaded(t, a), len(items(t))
				s.Blobs = blob.Folder{Dir: t.TempDir()}
				if _, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil {
					t.Fatal(err)
				}
				if err := s.LoadReforms(t.Context(), yunchuan(t)); err != nil {
					t.Fatal(err)
				}
				text := export(t, s, f)
				name := map[exchange.Format]string{exchange.XLSX: "city.xlsx", exchange.Package: "city.zip"}[f]
				if r := importing(t, s, name, text); r.Unchanged != want || r.Total() != want {
					t.Fatalf("%d added, %d changed, %d unchanged, %+v", r.Added, r.Changed, r.Unchanged, r.Refused)
				}
				o := &catalog.Service{DB: b, Blobs: blob.Folder{Dir: t.TempDir()}}
				if f == exchange.XLSX {
					if r := importing(t, o, name, text); !slices.ContainsFunc(r.Refused, func(x catalog.Refusal) bool {
						return x.Code == "catalog.import.no_form" && x.Where == "power-of-attorney"
					}) {
						t.Fatalf("without the forms: %+v", r)
					}
					keepForms(t, o)
				}
				if r := importing(t, o, name, text); r.Added+r.Unchanged != want || r.Total() != want {
					t.Fatalf("into another: %+v", r)
				}
				if again := export(t, o, f); !bytes.Equal(text, again) {
					t.Error("the bytes differ")
				}
				read(t, b, func(tx *db.Tx) error {
					n, err := o.CountBases(tx)
					if whole := f == exchange.Package; err == nil && (n > 0) != whole {
						t.Errorf("%d base items", n)
					}
					return err
				})
			})
		})
	}
}

// keepForms keeps the forms of the sample city, as an officer would.
func keepForms(t *testing.T, s *catalog.Service) {
	t.Helper()
	n := 0
	if err := fs.WalkDir(yunchuan(t), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) == ".yaml" {
			return err
		}
		f, err := yunchuan(t).Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		n++
		_, err = s.KeepFile(t.Context(), keeper, path.Base(name), f)
		return err
	}); err != nil || n == 0 {
		t.Fatalf("%v, %d forms", err, n)
	}
}

// TestTheTemplateIsEmpty: whoever hands it in as it came is told so.
func TestTheTemplateIsEmpty(t *testing.T) {
	var b bytes.Buffer
	if err := catalog.WriteTemplate(&b); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	_, err := another(d).Import(t.Context(), keeper, "template.xlsx", bytes.NewReader(b.Bytes()))
	if fault.Code(err) != "catalog.import.no_rows" {
		t.Errorf("got %v", err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	list, err := book.GetDataValidations("事项")
	if err != nil || len(list) < 20 {
		t.Errorf("%d columns offer choices, %v", len(list), err)
	}
}

// TestADryRunLeavesNothing, and says what an import does.
func TestADryRunLeavesNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		text := "事项名称,事项类型,部门,事项编码\n甲,20,民政局,A-1\n乙,20,教育局,A-2\n丙,02,教育局,A-3\n"
		r, err := s.CheckFile(t.Context(), keeper, "a.csv", strings.NewReader(text), nil)
		if err != nil || r.Added != 2 || r.LeftOut() != 1 || r.Units != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		x := r.Refused[0]
		if x.Line != 4 || x.Column != "B" || x.Heading != "事项类型" || x.Where != "02" || x.Choices == "" {
			t.Errorf("the problem says %+v", x)
		}
		read(t, d, func(tx *db.Tx) error {
			all, err := s.Count(tx)
			if list, _ := s.Imports(tx, 5); all != 0 || len(list) != 0 {
				t.Errorf("%d items, %d imports", all, len(list))
			}
			if code, _ := s.FindUnit(tx, "民政局", ""); code != "" {
				t.Error("the dry run made a department")
			}
			return err
		})
	})
}

// TestAListKeepsWhatItDoesNotKnow: a list of few columns changes those and no others.
func TestAListKeepsWhatItDoesNotKnow(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		importing(t, s, "a.csv", []byte("事项名称,事项类型,部门,事项编码,承诺办结时限,关键词,咨询方式\n甲,20,民政局,A-1,7,低保,0826-1\n"))
		if r := importing(t, s, "b.csv", []byte("事项名称,事项类型,部门,事项编码\n甲（新）,20,民政局,A-1\n")); r.Changed != 1 {
			t.Fatalf("%+v", r)
		}
		read(t, d, func(tx *db.Tx) error {
			it, err := s.Current(tx, "A-1")
			if err == nil && (it.Name != "甲（新）" || it.PromisedLimit.Value != 7 || it.Keywords[0] != "低保" || it.Phone != "0826-1") {
				t.Errorf("%+v", it)
			}
			return err
		})
	})
}

// TestMistakesAreTold with their sheet, row, column and what should stand there.
func TestMistakesAreTold(t *testing.T) {
	const uscc, wrong = "11370828MB28602902", "11370828MB28602903"
	tests := []struct {
		name, text, code, where string
	}{
		{"check character", "事项名称,事项类型,部门,实施编码\n甲,01,人社局," + wrong + "4000114107003\n", "catalog.import.code_fit", uscc + "4000114107003"},
		{"another body", "事项名称,事项类型,部门,部门编码,实施编码\n甲,01,人社局,11370800MB28559184," + uscc + "4000114107003\n", "catalog.import.code_fit", "11370800MB285591844000114107003"},
		{"base", "事项名称,事项类型,部门,基本编码,实施编码\n甲,01,人社局,000114107004," + uscc + "4000114107003\n", "catalog.import.code_fit", uscc + "4000114107004"},
		{"handling code", "事项名称,事项类型,部门,事项编码,实施编码,业务办理项编码\n甲,01,人社局,A," + uscc + "4000114107003," + uscc + "400011410700401\n", "catalog.import.code_fit", uscc + "400011410700301"},
		{"kind", "事项名称,事项类型,部门,基本编码\n甲,05,人社局,000114107003\n", "catalog.import.code_type", "000514107003"},
		{"length", "事项名称,事项类型,部门,实施编码\n甲,01,人社局," + uscc + "400011410700\n", "catalog.item.code", uscc + "400011410700"},
		{"twice", "事项名称,事项类型,部门,事项编码\n甲,01,人社局,A\n乙,01,人社局,A\n", "catalog.import.twice", "2"},
		{"choice", "事项名称,事项类型,部门,行使层级\n甲,01,人社局,区级\n", "catalog.import.choice", "区级"},
		{"number", "事项名称,事项类型,部门,到办事现场次数\n甲,01,人社局,一次\n", "catalog.import.value", "一次"},
		{"date", "事项名称,事项类型,部门,计划生效日期\n甲,01,人社局,明年\n", "catalog.import.value", "明年"},
		{"complete without sheets", "事项名称,事项类型,部门,资料状态\n甲,01,人社局,完整\n", "catalog.import.parts", ""},
	}
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	for _, tt := range tests {
		r, err := another(d).CheckFile(t.Context(), keeper, "a.csv", strings.NewReader(tt.text), nil)
		if err != nil || r.LeftOut() != 1 || len(r.Refused) == 0 {
			t.Errorf("%s: %+v, %v", tt.name, r, err)
			continue
		}
		if x := r.Refused[0]; x.Code != tt.code || x.Where != tt.where || x.Line < 2 {
			t.Errorf("%s: got %s %q, want %s %q", tt.name, x.Code, x.Where, tt.code, tt.where)
		}
	}
}

// TestAHundredThousandRows are read, judged and told of without harm.
func TestAHundredThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	var b strings.Builder
	b.WriteString("事项名称,事项类型,部门,事项编码\n")
	for i := range 100_000 {
		kind := "20"
		if i%2 == 0 {
			kind = "02"
		}
		fmt.Fprintf(&b, "事项%d,%s,部门%d,C-%d\n", i, kind, i%40, i)
	}
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	began := time.Now()
	r, err := another(d).CheckFile(t.Context(), keeper, "a.csv", strings.NewReader(b.String()), nil)
	t.Logf("checked in %v", time.Since(began))
	if err != nil || r.Added != 50_000 || r.LeftOut() != 50_000 || len(r.Refused) != 50_000 {
		t.Errorf("added %d, left out %d, %v", r.Added, r.LeftOut(), err)
	}
}

// TestExportsAreSortedAlikeEverywhere: databases sort capitals and signs in ways of their own.
func TestExportsAreSortedAlikeEverywhere(t *testing.T) {
	codes := []string{"A-1", "A.1", "A1", "A_1", "B", "a-1", "a1", "a_1", "b-2", "b.10", "b2"}
	var list strings.Builder
	list.WriteString("事项名称,事项类型,部门,事项编码\n")
	for i := range codes {
		fmt.Fprintf(&list, "甲%d,20,民政局,%s\n", i, codes[(i*7)%len(codes)])
	}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		importing(t, s, "a.csv", []byte(list.String()))
		var got []string
		for line := range strings.Lines(string(export(t, s, exchange.CSV))) {
			code, _, _ := strings.Cut(strings.TrimPrefix(line, "\ufeff"), ",")
			got = append(got, strings.Trim(code, `"`))
		}
		if !slices.Equal(got[1:], codes) {
			t.Errorf("the order is %v, want %v", got[1:], codes)
		}
	})
}
