package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"onedoor.app/infra/fault"
)

// Bounds of a list that is read in.
const (
	MaxImport  = 32 << 20  // bytes of the file
	maxUnzip   = 256 << 20 // bytes of what an XLSX file unpacks to
	maxRows    = 200_000
	maxColumns = 200
	maxBroken  = 200 // lines that are no CSV; after them the rest is not read
)

// row is one line of a list, or what is wrong with it.
type row struct {
	line  int // from 1
	cells []string
	code  string // why the line cannot be read, or ""
}

// readTable reads a CSV or XLSX file into rows. What cannot be a table at all is an
// Invalid fault; a line that cannot be read is a row with a code.
func readTable(name string, r io.Reader) ([]row, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxImport+1))
	if err != nil {
		return nil, err
	}
	switch {
	case len(text) > MaxImport:
		return nil, fault.New(fault.TooLarge, "catalog.import.too_large", "megabytes", MaxImport>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, fault.New(fault.Invalid, "catalog.import.empty")
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return readXLSX(text)
	case strings.EqualFold(path.Ext(name), ".xls") || bytes.HasPrefix(text, []byte("\xd0\xcf\x11\xe0")):
		return nil, fault.New(fault.Invalid, "catalog.import.old_excel")
	case bytes.IndexByte(text, 0) >= 0 && !isUTF16(text):
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	plain, err := decodeText(text)
	if err != nil {
		return nil, err
	}
	return readCSV(plain)
}

func isUTF16(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
}

// decodeText turns UTF-8, UTF-16 with its mark, or GB 18030 into UTF-8 without mark.
func decodeText(b []byte) ([]byte, error) {
	var enc encoding.Encoding
	switch {
	case isUTF16(b):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case utf8.Valid(b):
		return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), nil
	default:
		enc = simplifiedchinese.GB18030
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil || bytes.Contains(out, []byte("\ufffd")) || bytes.IndexByte(out, 0) >= 0 {
		return nil, fault.New(fault.Invalid, "catalog.import.encoding")
	}
	return bytes.TrimPrefix(out, []byte("\xef\xbb\xbf")), nil
}

// readCSV reads line by line. Where a record cannot be read, one line is given up and
// reading goes on with the next, so that a stray quote does not swallow the file.
func readCSV(text []byte) ([]row, error) {
	var list []row
	broken, line := 0, 1
	comma := separator(text)
	for len(text) > 0 {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, false
		from := int64(0)
		for {
			from = r.InputOffset()
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return list, nil
			}
			if err != nil {
				break
			}
			at, _ := r.FieldPos(0)
			if list = append(list, row{line: line + at - 1, cells: cells}); len(list) > maxRows || len(cells) > maxColumns {
				return nil, fault.New(fault.TooLarge, "catalog.import.too_many", "rows", maxRows)
			}
		}
		skip := int(from)
		for skip < len(text) && (text[skip] == '\n' || text[skip] == '\r') {
			skip++
		}
		at := line + bytes.Count(text[:skip], []byte("\n"))
		if broken++; broken > maxBroken {
			return append(list, row{line: at, code: "catalog.import.gave_up"}), nil
		}
		list = append(list, row{line: at, code: "catalog.import.quotes"})
		end := bytes.IndexByte(text[skip:], '\n')
		if end < 0 {
			break
		}
		text, line = text[skip+end+1:], at+1
	}
	return list, nil
}

// separator is what parts the cells of the first line: the most frequent of three.
func separator(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",\t;" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// readXLSX reads the first sheet that holds anything.
func readXLSX(text []byte) ([]row, error) {
	book, err := excelize.OpenReader(bytes.NewReader(text), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, RawCellValue: true})
	if err != nil {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		list, err := readSheet(book, sheet)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, fault.New(fault.Invalid, "catalog.import.empty")
}

func readSheet(book *excelize.File, sheet string) ([]row, error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	defer rows.Close()
	var list []row
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, fault.New(fault.Invalid, "catalog.import.no_table")
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if list = append(list, row{line: line, cells: cells}); len(list) > maxRows || len(cells) > maxColumns {
			return nil, fault.New(fault.TooLarge, "catalog.import.too_many", "rows", maxRows)
		}
	}
	if rows.Error() != nil {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	return list, nil
}
