package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/fault"
)

const (
	workbookXML = `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns:r="r"><sheets><sheet name="事项" sheetId="1" r:id="rId1"/></sheets></workbook>`
	relsXML     = `<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
)

// sheetOf is a workbook of one sheet with these rows.
func sheetOf(t testing.TB, rows string) []byte {
	t.Helper()
	return workbook(t, func(w io.Writer) {
		if _, err := io.WriteString(w, `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`); err != nil {
			t.Fatal(err)
		}
	})
}

func workbook(t testing.TB, sheet func(w io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name  string
		write func(io.Writer)
	}{
		{"[Content_Types].xml", func(w io.Writer) { _, _ = io.WriteString(w, "<Types/>") }},
		{"xl/workbook.xml", func(w io.Writer) { _, _ = io.WriteString(w, workbookXML) }},
		{"xl/_rels/workbook.xml.rels", func(w io.Writer) { _, _ = io.WriteString(w, relsXML) }},
		{"xl/sharedStrings.xml", func(w io.Writer) {
			_, _ = io.WriteString(w, `<sst><si><t>shared</t></si><si><r><t>in </t></r><r><t>parts</t></r><rPh><t>read</t></rPh></si></sst>`)
		}},
		{"xl/worksheets/sheet1.xml", sheet},
	} {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		f.write(w)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	t.Parallel()
	text := func(ref, s string) string { return `<c r="` + ref + `" t="inlineStr"><is><t>` + s + `</t></is></c>` }
	tests := []struct {
		name, rows string
		want       []Row
	}{
		{"all kinds of cells", `<row r="2">` + text("A2", "a &lt;b&gt;&#10;c_x000D_") + `<c r="C2" t="s"><v>1</v></c><c r="D2"><v>20</v></c><c r="E2" t="b"><v>1</v></c><c r="F2"><v>0.10000000000000001</v></c></row>`,
			[]Row{{Line: 2, Cells: []string{"a <b>\nc\r", "", "in parts", "20", "是", "0.1"}}}},
		{"a formula counts by its value", `<row r="1"><c r="A1" t="str"><f>B1</f><v>x</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>`,
			[]Row{{Line: 1, Cells: []string{"x", "2"}}}},
		{"a formula without value is told", `<row r="1">` + text("A1", "x") + `<c r="B1"><f>1+1</f></c></row>`,
			[]Row{{Line: 1, Cells: []string{"x"}, Notes: []Note{{1, "catalog.import.formula", "B1"}}}}},
		{"an error is told", `<row r="1">` + text("A1", "x") + `<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`,
			[]Row{{Line: 1, Cells: []string{"x"}, Notes: []Note{{1, "catalog.import.error_value", "B1"}}}}},
		{"merged downwards counts for every row", `<row r="1">` + text("A1", "部门") + text("B1", "甲") + `</row><row r="2">` + text("B2", "乙") + `</row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>`,
			[]Row{{Line: 1, Cells: []string{"部门", "甲"}}, {Line: 2, Cells: []string{"部门", "乙"}}}},
		{"merged over columns is told", `<row r="1">` + text("A1", "x") + `</row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>`,
			[]Row{{Line: 1, Cells: []string{"x"}, Notes: []Note{{0, "catalog.import.merged", "A1:B1"}}}}},
		{"merged over columns and rows is told in each row", `<row r="1">` + text("A1", "x") + `</row><row r="2">` + text("C2", "y") + `</row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`,
			[]Row{{Line: 1, Cells: []string{"x"}, Notes: []Note{{0, "catalog.import.merged", "A1:B2"}}}, {Line: 2, Cells: []string{"", "", "y"}, Notes: []Note{{0, "catalog.import.merged", "A1:B2"}}}}},
		{"nothing merged over columns hides nothing", `<row r="1"><c r="A1"/>` + text("C1", "x") + `</row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>`,
			[]Row{{Line: 1, Cells: []string{"", "", "x"}}}},
		{"rows and cells without references", `<row><c t="s"><v>0</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>`,
			[]Row{{Line: 1, Cells: []string{"shared", "2"}}, {Line: 3, Cells: []string{"3"}}}},
	}
	for _, tt := range tests {
		sheets, err := Read("a.xlsx", sheetOf(t, tt.rows))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got, want := fmt.Sprintf("%#v", sheets[0].Rows), fmt.Sprintf("%#v", tt.want); got != want {
			t.Errorf("%s: got %s, want %s", tt.name, got, want)
		}
	}
}

func TestWhatIsNoTable(t *testing.T) {
	t.Parallel()
	encrypted := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1........"), wide("EncryptedPackage")...)
	tests := []struct {
		name, text, want string
	}{
		{"a.csv", "", "catalog.import.empty"},
		{"a.xlsx", "PK\x03\x04 not a workbook", "catalog.import.no_table"},
		{"a.xls", "anything", "catalog.import.old_excel"},
		{"a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.....", "catalog.import.old_excel"},
		{"a.xlsx", string(encrypted), "catalog.import.encrypted"},
		{"a.xlsx", "%PDF-1.7 ...", "catalog.import.pdf"},
		{"a.csv", "a\x00b", "catalog.import.no_table"},
		{"a.xlsx", "事项名称,事项类型\n", "catalog.import.plain_text"},
		{"a.ZIP", "name: 取水许可\n", "catalog.import.plain_text"},
		{"a.csv", "\xff\xff\xfe\x80", "catalog.import.encoding"},
		{"a.xlsx", string(sheetOf(t, "")), "catalog.import.empty"},
		{"a.xlsx", string(sheetOf(t, `<row r="1"><c t="s"><v>99</v></c></row>`)), "catalog.import.no_table"},
		{"a.xlsx", string(sheetOf(t, `<!DOCTYPE x [<!ENTITY a "b">]>`)), "catalog.import.no_table"},
		{"a.xlsx", string(sheetOf(t, `<row r="1"><c r="ZZZ1"><v>1</v></c></row>`)), "catalog.import.too_many"},
	}
	for _, tt := range tests {
		if _, err := Read(tt.name, []byte(tt.text)); fault.Code(err) != tt.want {
			t.Errorf("%s %.20q: got %v, want %s", tt.name, tt.text, err, tt.want)
		}
	}
}

// TestABombIsDefused: a file of a few kilobytes that unpacks to gigabytes is refused before
// it takes memory, wherever its weight lies.
func TestABombIsDefused(t *testing.T) {
	fill := func(piece string, times int) func(io.Writer) {
		block := []byte(strings.Repeat(piece, 1<<16/len(piece)))
		return func(w io.Writer) {
			_, _ = io.WriteString(w, "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>")
			for range times {
				_, _ = w.Write(block)
			}
		}
	}
	for name, sheet := range map[string]func(io.Writer){
		"one endless text": fill("a", 16_000), // a gigabyte
		"endless tags":     fill("<c><v>1</v></c>", 16_000),
		"an endless tag":   fill("a ", 100),
	} {
		bomb := workbook(t, sheet)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := Read("a.xlsx", bomb)
		runtime.ReadMemStats(&after)
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: got %v", name, err)
		}
		taken := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%s: %d KB packed, %d MB allocated in all, %v", name, len(bomb)>>10, taken, err)
		if taken > 400 {
			t.Errorf("%s: %d MB were allocated", name, taken)
		}
	}
}

// TestAMillionEmptyRows: sheets that were formatted to the last row hold nothing.
func TestAMillionEmptyRows(t *testing.T) {
	text := workbook(t, func(w io.Writer) {
		_, _ = io.WriteString(w, `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>事项名称</t></is></c></row>`)
		for i := 2; i <= 1_048_576; i++ {
			_, _ = fmt.Fprintf(w, `<row r="%d" spans="1:4" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>`, i, i, i)
		}
		_, _ = io.WriteString(w, `</sheetData></worksheet>`)
	})
	sheets, err := Read("a.xlsx", text)
	if err != nil || len(sheets) != 1 || len(sheets[0].Rows) != 1 {
		t.Errorf("got %d sheets, %v", len(sheets), err)
	}
}

// TestTheSameWorkbookTwice: the same rows are the same bytes, and come back as they were.
func TestTheSameWorkbookTwice(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"甲", "01", "=1+1"}, {"_x000D_", "20", "a\nb"}, {"<&>'\"", "", "\ttab "}}
	write := func() []byte {
		var b bytes.Buffer
		w, err := NewWorkbook(&b)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"事项", "材料", "环节"} {
			if err := w.Sheet(name, []Heading{{Text: "a", Need: true}, {Text: "b", Number: true, Choices: []string{"1", "2"}}, {Text: "c", Wide: true}}, false); err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if err := w.Write(r); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	first := write()
	for range 5 {
		if !bytes.Equal(first, write()) {
			t.Fatal("the bytes differ")
		}
	}
	sheets, err := Read("a.xlsx", first)
	if err != nil || len(sheets) != 3 {
		t.Fatalf("%d sheets, %v", len(sheets), err)
	}
	for i, r := range rows {
		got := sheets[1].Rows[i+1].Cells
		for len(got) < len(r) {
			got = append(got, "")
		}
		if !slices.Equal(got, r) {
			t.Errorf("got %q, want %q", got, r)
		}
	}
}

// TestALongWorkbookIsPacked: rows that the library keeps in a file of its own until the end
// are packed like the others.
func TestALongWorkbookIsPacked(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := NewWorkbook(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Sheet("事项", []Heading{{Text: "a"}}, false); err != nil {
		t.Fatal(err)
	}
	const rows, text = 30_000, "一句有一些字的话，写了很多遍，写了很多遍，写了很多遍，写了很多遍，写了很多遍，写了很多遍。"
	for range rows {
		if err := w.Write([]string{text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sheets, err := Read("a.xlsx", b.Bytes())
	if err != nil || len(sheets[0].Rows) != rows+1 || b.Len() > rows*len(text)/5 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}

// TestANoteCoversItsRange: what is wrong with cells that are merged is wrong with each of their columns.
func TestANoteCoversItsRange(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		note   Note
		column int
		want   bool
	}{
		{Note{1, noteMerged, "B3:D3"}, 0, false}, {Note{1, noteMerged, "B3:D3"}, 1, true}, {Note{1, noteMerged, "B3:D3"}, 3, true}, {Note{1, noteMerged, "B3:D3"}, 4, false},
		{Note{2, "x", "C12"}, 2, true}, {Note{2, "x", "C12"}, 3, false},
	} {
		if got := tt.note.Covers(tt.column); got != tt.want {
			t.Errorf("%+v of column %d: %t", tt.note, tt.column, got)
		}
	}
}

// TestTheSizeThatAZipTellsIsBelieved: a file that says that it unpacks to more than is read is refused with the limit,
// also where what is large would never have been read and where nothing of it is a table.
func TestTheSizeThatAZipTellsIsBelieved(t *testing.T) {
	t.Parallel()
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			size := 10
			if strings.HasPrefix(name, "large") {
				size = 300 << 20
			}
			if _, err := io.CopyN(w, zeros{}, int64(size)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, text := range map[string][]byte{
		"photos.xlsx": zipped("large.txt"), "book.xlsx": zipped("[Content_Types].xml", "xl/workbook.xml", "large.bin"), "package.zip": zipped("items/a.yaml", "large.bin"),
	} {
		_, err := FormatOf(name, text)
		if fault.Code(err) != "catalog.import.bomb" || !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f, err := FormatOf("package.zip", zipped("items/a.yaml")); f != Package || err != nil {
		t.Errorf("a small package: %q, %v", f, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
