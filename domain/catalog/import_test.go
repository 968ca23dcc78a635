package catalog_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var keeper = auth.Actor{ID: 7, Kind: auth.Staff, Rights: []string{catalog.Keep}}

// county is a real list of a county's items; it is not part of the repository.
func county(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../../shared/data/items-511602-guangan-county-catalogue.csv")
	if err != nil {
		t.Skip("the county's list is not here")
	}
	return text
}

func importing(t *testing.T, s *catalog.Service, name string, text []byte) catalog.Report {
	t.Helper()
	r, err := s.Import(t.Context(), keeper, name, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImportCounty(t *testing.T) {
	text := county(t)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		units := map[string]string{}
		s := loaded(t, d)
		s.Counter = catalog.Counter{Receive: "SPJ-ZH.clerk", Issue: "SPJ-ZZ.issue"}
		s.Unit = func(_ *db.Tx, _ auth.Actor, name, _ string) (string, error) {
			if units[name] == "" {
				units[name] = "D" + string(rune('A'+len(units)/26)) + string(rune('A'+len(units)%26))
			}
			return units[name], nil
		}
		r := importing(t, s, "county.csv", text)
		if r.Added != 1135 || len(r.Refused) != 0 || len(units) != 34 {
			t.Fatalf("added %d, units %d, refused %+v", r.Added, len(units), r.Refused)
		}
		if r = importing(t, s, "county.csv", text); r.Unchanged != 1135 || r.Total() != 1135 {
			t.Errorf("second time: %+v", r)
		}
		if r = importing(t, s, "county.xlsx", asXLSX(t, text)); r.Unchanged != 1135 || r.Total() != 1135 {
			t.Errorf("as XLSX: added %d, changed %d, refused %+v", r.Added, r.Changed, r.Refused)
		}
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
		if err != nil {
			t.Fatal(err)
		}
		if r = importing(t, s, "county.csv", gb); r.Unchanged != 1135 || r.Total() != 1135 {
			t.Errorf("as GB 18030: %+v", r)
		}
		read(t, d, func(tx *db.Tx) error {
			it, err := s.Current(tx, "511Z07001006-511602000000-000-11511301008778183N-1-00")
			if err != nil {
				return err
			}
			n := it.Resolve(nil)
			if !it.Bare || !n.Complete() || len(n.Fields) == 0 || len(n.Materials) == 0 || n.FlowHash == "" || it.Unit != units["区经信局"] {
				t.Errorf("an imported item cannot be applied for: %+v", n)
			}
			source, err := s.Flow(tx, n.FlowHash)
			if err != nil || !bytes.Contains(source, []byte(it.Unit+".rev")) || !bytes.Contains(source, []byte(it.Unit+".chief")) {
				t.Errorf("drawing: %v\n%s", err, source)
			}
			all, _ := s.Count(tx)
			if all != 1135+70 {
				t.Errorf("%d items", all)
			}
			return nil
		})
	})
}

// asXLSX writes a CSV as a workbook with an empty sheet before and a title above.
func asXLSX(t *testing.T, text []byte) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	defer book.Close()
	if _, err := book.NewSheet("事项"); err != nil {
		t.Fatal(err)
	}
	w, err := book.NewStreamWriter("事项")
	if err != nil {
		t.Fatal(err)
	}
	_ = w.SetRow("A1", []any{"政务服务事项目录"})
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		cells := make([]any, len(r))
		for k, v := range r {
			cells[k] = v
		}
		if err := w.SetRow(cell, cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportRefuses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		text := "事项名称,事项类型,实施主体,事项编码,法定办结时限,承诺办结时限\n" + // 1
			"排水接驳服务,20,排水处,A-1,20,5\n" + // 2
			",01,排水处,A-2,,\n" + // 3 no name
			"罚款,02,排水处,A-3,,\n" + // 4 not applied for
			"无部门,01,,A-4,,\n" + // 5
			"重复,01,排水处,A-1,,\n" + // 6 code of line 2
			"编码不对,01,排水处,a b/c,,\n" + // 7
			"坏\"引号,01,排水处,A-8,,\n" + // 8
			"时限不对,01,排水处,A-9,二十日,\n" + // 9
			"承诺更长,01,排水处,A-10,10,20\n" + // 10
			"\"没有收尾,01,排水处,A-11,,\n" + // 11
			",,,,,\n" + // 12 empty
			"名称对,行政许可,排水处,A-13,30日,7个工作日\n" + // 13
			"已有的事项,01,排水处,food-operation-new,,\n" + // 14
			"\"两行的\n名称\",01,排水处,A-15,,\n" // 15 and 16
		r := importing(t, s, "list.csv", []byte(text))
		want := map[int]string{
			3: "no_name", 4: "type", 5: "department", 6: "twice", 7: "code", 8: "quotes", 9: "limit", 10: "limit", 11: "quotes", 14: "complete",
		}
		for _, x := range r.Refused {
			if got := strings.TrimPrefix(x.Code, "catalog.import."); got != want[x.Line] {
				t.Errorf("line %d %q: refused as %q, want %q", x.Line, x.Name, got, want[x.Line])
			}
			delete(want, x.Line)
		}
		for line, code := range want {
			t.Errorf("line %d was not refused as %s", line, code)
		}
		if r.Added != 3 {
			t.Errorf("added %d: %+v", r.Added, r)
		}
		read(t, d, func(tx *db.Tx) error {
			it, err := s.Current(tx, "A-13")
			if err != nil || it.StatutoryLimit != (catalog.Limit{Value: 30, Unit: catalog.Day, Confidence: "medium"}) || it.PromisedLimit.Value != 7 || it.Type != catalog.TypeLicence {
				t.Errorf("limits of A-13: %+v, %v", it, err)
			}
			if it, err = s.Current(tx, "food-operation-new"); err != nil || it.Bare || it.Version != 1 {
				t.Errorf("the complete item was replaced: %v", err)
			}
			return nil
		})
	})
}

func TestImportNoList(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := &catalog.Service{DB: d}
	tests := []struct{ name, text, want string }{
		{"a.csv", "", "catalog.import.empty"},
		{"a.csv", " \n\n", "catalog.import.empty"},
		{"a.csv", "名字,别的\n1,2\n", "catalog.import.no_header"},
		{"a.csv", "事项名称,事项类型\n1,2\n", "catalog.import.no_department"},
		{"a.csv", "事项名称,部门\n1,2\n", "catalog.import.no_type"},
		{"a.xlsx", "PK\x03\x04 not a workbook", "catalog.import.no_table"},
		{"a.xls", "anything", "catalog.import.old_excel"},
		{"a.csv", "a\x00b", "catalog.import.no_table"},
		{"a.csv", "\xff\xff\xfe\x80", "catalog.import.encoding"},
	}
	for _, tt := range tests {
		_, err := s.Import(t.Context(), keeper, tt.name, strings.NewReader(tt.text))
		if fault.Code(err) != tt.want {
			t.Errorf("%s %q: got %v, want %s", tt.name, tt.text, err, tt.want)
		}
	}
	_, err := s.Import(t.Context(), auth.Actor{Kind: auth.Staff}, "a.csv", strings.NewReader("x"))
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
}
