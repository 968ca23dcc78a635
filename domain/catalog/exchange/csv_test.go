package exchange

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/fault"
)

func TestReadCSV(t *testing.T) {
	t.Parallel()
	type line struct {
		n     int
		first string
		code  string
	}
	tests := []struct {
		name, text string
		want       []line
	}{
		{"tabs", "甲\t乙\n1\t2\n", []line{{1, "甲", ""}, {2, "1", ""}}},
		{"empty lines count", "a,b\n\n\n1,2\n", []line{{1, "a", ""}, {4, "1", ""}}},
		{"a cell over two lines", "a,b\n\"x\ny\",2\nz,3\n", []line{{1, "a", ""}, {2, "x\ny", ""}, {4, "z", ""}}},
		{"an open quote costs one line", "a,b\n\"x,1\ny,2\nz,3\n", []line{{1, "a", ""}, {2, "", "catalog.import.quotes"}, {3, "y", ""}, {4, "z", ""}}},
		{"windows", "a,b\r\n1,2\r\n", []line{{1, "a", ""}, {2, "1", ""}}},
		{"a stray quote at the end", "a\nb\"", []line{{1, "a", ""}, {2, "", "catalog.import.quotes"}}},
		{"a guarded formula", "a\n'=1+1\n''=1\n'quoted'\n", []line{{1, "a", ""}, {2, "=1+1", ""}, {3, "'=1", ""}, {4, "'quoted'", ""}}},
	}
	for _, tt := range tests {
		rows, err := readCSV([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []line
		for _, r := range rows {
			l := line{n: r.Line, code: r.Code}
			if len(r.Cells) > 0 {
				l.first = r.Cells[0]
			}
			got = append(got, l)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestABrokenQuoteHasAPlace: a line that cannot be read says in which cell the quotes begin not to match.
func TestABrokenQuoteHasAPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		line       int
		want       Note
	}{
		{"an open quote", "a,b,c\n1,\"x,3\ny,2,3\n", 2, Note{1, "catalog.import.quotes", "\"x,3"}},
		{"text after the quote", "a,b,c\n1,2,\"x\"y\n", 2, Note{2, "catalog.import.quotes", "\"x\"y"}},
		{"a quote inside", "a,b\n\"ok, \"\"so\"\"\",二\"三\n", 2, Note{1, "catalog.import.quotes", "二\"三"}},
		{"tabs", "a\tb\n1\t\"2\n", 2, Note{1, "catalog.import.quotes", "\"2"}},
		{"the last line", "a\nb\"", 2, Note{0, "catalog.import.quotes", "b\""}},
		{"a long cell is cut", "a,b\n1,\"" + strings.Repeat("长", 50), 2, Note{1, "catalog.import.quotes", "\"" + strings.Repeat("长", 19) + "…"}},
	} {
		rows, err := readCSV([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if r := rows[tt.line-1]; r.Line != tt.line || r.Code != "catalog.import.quotes" || !slices.Equal(r.Notes, []Note{tt.want}) {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

// TestAFormulaIsText: nothing that is exported is calculated, and all of it comes back.
func TestAFormulaIsText(t *testing.T) {
	t.Parallel()
	cells := []string{"=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "'", "'=", "''=1", "plain", "", "a,\"b\"\nc"}
	var b bytes.Buffer
	w, err := NewTable(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(cells); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\"=", ",=", ",+", ",-", ",@", mark + "="} {
		if bytes.Contains(b.Bytes(), []byte(bad)) {
			t.Errorf("a spreadsheet would calculate %q of %q", bad, b.String())
		}
	}
	sheets, err := Read("a.csv", b.Bytes())
	if err != nil || !slices.Equal(sheets[0].Rows[0].Cells, cells) {
		t.Errorf("got %v, want %q, %v", sheets, cells, err)
	}
}

// FuzzRead reads any bytes as a file: nothing panics, lines grow, and what is refused is
// refused by a fault.
func FuzzRead(f *testing.F) {
	f.Add([]byte("事项名称,事项类型,部门\n甲,01,乙\n"))
	f.Add([]byte("name,type,dept\n\"a,1,b\nc,1,d\n"))
	f.Add([]byte("name;type;dept\r\na;20;b"))
	f.Add([]byte("\xca\xc2\xcf\xee\xc3\xfb\xb3\xc6,x\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Add(sheetOf(f, `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		sheets, err := Read("list.csv", text)
		if err != nil {
			if fault.Code(err) == "internal" {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		for _, s := range sheets {
			last := 0
			for _, r := range s.Rows {
				if r.Line <= last {
					t.Fatalf("line %d after %d", r.Line, last)
				}
				last = r.Line
			}
		}
	})
}

// FuzzSheet reads any bytes as the rows of a sheet.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>a&amp;b</t></is></c><c r="B1"><f>1+1</f><v>2</v></c></row>`)
	f.Add(`<row><c t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells>`)
	f.Add(`<row r="9999999999"><c r="ZZZZZZ1"><v>1E+300</v></c></row><!-- > --><![CDATA[<x>]]>`)
	f.Fuzz(func(t *testing.T, rows string) {
		if _, err := Read("a.xlsx", sheetOf(t, rows)); err != nil && fault.Code(err) == "internal" {
			t.Fatalf("no fault: %v", err)
		}
	})
}
