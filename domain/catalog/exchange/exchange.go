// Package exchange reads and writes the files in which lists of items travel: CSV,
// XLSX workbooks and zipped folders. It knows cells and files; what they mean is for
// package catalog to say.
//
// Invariants:
//
//   - a file from outside costs bounded memory and time, whatever it claims to be;
//   - the same content gives the same bytes, on every machine and on every day;
//   - what is written is read back as it was, also text that a spreadsheet would take
//     for a formula.
package exchange

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"

	"onedoor.app/infra/fault"
)

// Bounds of what is read.
const (
	MaxFile    = 32 << 20  // bytes of a file
	MaxUnzip   = 256 << 20 // bytes that it unpacks to
	maxRatio   = 200       // times that it may unpack to beyond firstUnzip: what packs better is a bomb
	firstUnzip = 16 << 20
	packRatio  = 40 // of a package, whose files are packed one by one
	firstPack  = 4 << 20
	MaxRows    = 200_000 // of a sheet, empty ones left out
	MaxColumns = 200
	maxCells   = 6_000_000
	maxBroken  = 200 // lines that are no CSV; after them the rest is not read
	maxEntries = 100_000
)

// Row is one line of a table.
type Row struct {
	Line  int      // from 1, as a spreadsheet counts
	Cells []string // trailing empty ones may be left out
	Code  string   // why the line cannot be read, as a fault code; or ""
	Notes []Note   // cells that could not be taken as they stand
}

// Note is what is wrong with one cell before anybody asks for its meaning.
type Note struct {
	Column int // from 0
	Code   string
	Where  string // the cell or range, as a spreadsheet calls it: C12, B3:D3; of a line that is no CSV, how the cell begins
}

// Covers reports whether the note is about a column, counted from 0: of a range it is about each.
func (n Note) Covers(at int) bool {
	_, last, ok := strings.Cut(n.Where, ":")
	return at == n.Column || ok && n.Code == noteMerged && at > n.Column && at <= column(last, n.Column)
}

const noteMerged = "catalog.import.merged"

// Sheet is one table of a file.
type Sheet struct {
	Name string // "" for CSV
	Rows []Row
}

// Format of a file.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	XLSX    Format = "xlsx"
	Package Format = "package" // a zipped folder
)

// Known reports whether there is such a format.
func (f Format) Known() bool { return f == CSV || f == XLSX || f == Package }

// FormatOf looks at a file. What can be none of the formats is an Invalid fault that
// says what it seems to be.
func FormatOf(name string, text []byte) (Format, error) {
	refuse := func(code string) (Format, error) { return "", fault.New(fault.Invalid, "catalog.import."+code) }
	switch {
	case len(text) > MaxFile:
		return "", fault.New(fault.TooLarge, "catalog.import.too_large", "megabytes", MaxFile>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return refuse("empty")
	case bytes.HasPrefix(text, []byte("PK\x03\x04")), bytes.HasPrefix(text, []byte("PK\x05\x06")):
		return zipFormat(text)
	case bytes.HasPrefix(text, []byte("\xd0\xcf\x11\xe0")) && bytes.Contains(text, wide("EncryptedPackage")):
		return refuse("encrypted")
	case strings.EqualFold(path.Ext(name), ".xls") || bytes.HasPrefix(text, []byte("\xd0\xcf\x11\xe0")):
		return refuse("old_excel")
	case bytes.HasPrefix(text, []byte("%PDF")):
		return refuse("pdf")
	case bytes.IndexByte(text, 0) >= 0 && !isUTF16(text):
		return refuse("no_table")
	case slices.Contains([]string{".xlsx", ".zip"}, strings.ToLower(path.Ext(name))):
		return refuse("plain_text") // what was meant is for its author to say
	}
	return CSV, nil
}

func zipFormat(text []byte) (Format, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || len(z.File) > maxEntries {
		return "", fault.New(fault.Invalid, "catalog.import.no_table")
	}
	format, most, whole := Format(""), unpacked(text, firstUnzip, maxRatio), uint64(0)
	for _, f := range z.File {
		whole = min(whole+f.UncompressedSize64, MaxUnzip+1)
		switch {
		case format != "":
		case f.Name == "[Content_Types].xml" || f.Name == "xl/workbook.xml":
			format = XLSX
		case isItem(f.Name):
			format, most = Package, MaxUnzip // a file of it that is too large is told by its name
		}
	}
	switch {
	case whole > uint64(most): // what it says of itself; what it says too little of is counted when it is read
		return "", bomb(most)
	case format == "":
		return "", fault.New(fault.Invalid, "catalog.import.no_table")
	}
	return format, nil
}

// isItem reports whether a path is an item of a package, which may lie in one folder.
func isItem(name string) bool {
	ok, _ := path.Match("items/*.yaml", name)
	in, _ := path.Match("*/items/*.yaml", name)
	return ok || in
}

// wide is text in UTF-16, as the directory of a compound file has names.
func wide(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r), 0)
	}
	return out
}

// Read reads a table or a workbook. What is none is an Invalid fault; what is more than
// the bounds allow a TooLarge one; a line or cell that cannot be read says so itself.
func Read(name string, text []byte) ([]Sheet, error) {
	f, err := FormatOf(name, text)
	if err != nil {
		return nil, err
	}
	switch f {
	case XLSX:
		return readXLSX(text)
	case CSV:
		plain, err := decodeText(text)
		if err != nil {
			return nil, err
		}
		rows, err := readCSV(plain)
		return []Sheet{{Rows: rows}}, err
	}
	return nil, fault.New(fault.Invalid, "catalog.import.no_table")
}

func tooMany() error { return fault.New(fault.TooLarge, "catalog.import.too_many", "rows", MaxRows) }

// ColumnName is how a spreadsheet calls a column, counted from 0: A, Z, AA.
func ColumnName(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

func empty(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
