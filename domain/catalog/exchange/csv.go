package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"onedoor.app/infra/fault"
)

// mark begins a file so that spreadsheets take it for UTF-8.
const mark = "\xef\xbb\xbf"

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
		return bytes.TrimPrefix(b, []byte(mark)), nil
	default:
		enc = simplifiedchinese.GB18030
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil || bytes.Contains(out, []byte("\ufffd")) || bytes.IndexByte(out, 0) >= 0 {
		return nil, fault.New(fault.Invalid, "catalog.import.encoding")
	}
	return bytes.TrimPrefix(out, []byte(mark)), nil
}

// readCSV reads line by line. Where a record cannot be read, one line is given up and
// reading goes on with the next, so that a stray quote does not swallow the file.
func readCSV(text []byte) ([]Row, error) {
	var list []Row
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
			for i := range cells {
				cells[i] = bare(cells[i])
			}
			if list = append(list, Row{Line: line + at - 1, Cells: cells}); len(list) > MaxRows || len(cells) > MaxColumns {
				return nil, tooMany()
			}
		}
		skip := int(from)
		for skip < len(text) && (text[skip] == '\n' || text[skip] == '\r') {
			skip++
		}
		at := line + bytes.Count(text[:skip], []byte("\n"))
		if broken++; broken > maxBroken {
			return append(list, Row{Line: at, Code: "catalog.import.gave_up"}), nil
		}
		given, _, more := bytes.Cut(text[skip:], []byte("\n"))
		list = append(list, Row{Line: at, Code: "catalog.import.quotes", Notes: []Note{unquoted(given, comma)}})
		if !more {
			break
		}
		end := len(given)
		text, line = text[skip+end+1:], at+1
	}
	return list, nil
}

// unquoted is the first cell of a line whose quotes do not match: one that is not closed in the line, goes on behind
// its end or has a quote inside.
func unquoted(line []byte, comma rune) Note {
	const shown = 20
	text := strings.TrimRight(string(line), "\r")
	for at := 0; ; at++ {
		inside, rest, more := strings.Cut(text, string(comma))
		right := !strings.Contains(inside, `"`)
		if strings.HasPrefix(text, `"`) {
			end := 1
			for end < len(text) && (text[end] != '"' || strings.HasPrefix(text[end:], `""`)) {
				if text[end] == '"' {
					end++
				}
				end++
			}
			inside, rest, more = strings.Cut(text[min(end+1, len(text)):], string(comma))
			right = end < len(text) && inside == ""
		}
		if !right || !more {
			cell := []rune(text)
			if len(cell) > shown {
				cell = append(cell[:shown], '…')
			}
			return Note{at, "catalog.import.quotes", string(cell)}
		}
		text = rest
	}
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

// formula begins with what makes a spreadsheet calculate a cell of a CSV file.
const formula = "=+-@\t\r"

// calculates reports whether a text, apostrophes before it left out, begins so.
func calculates(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte(formula, s[0]) >= 0
}

// guarded puts an apostrophe before what a spreadsheet would calculate, and one more
// before what has some already, so that bare gives back every text as it was.
func guarded(s string) string {
	if calculates(s) {
		return "'" + s
	}
	return s
}

func bare(s string) string {
	if strings.HasPrefix(s, "'") && calculates(s) {
		return s[1:]
	}
	return s
}

// TableWriter writes a CSV file row by row: UTF-8 with its mark, so that spreadsheets
// open it as it is. A cell that begins with = + - @ or a tab has an apostrophe before it,
// which Read takes away again.
type TableWriter struct{ w *csv.Writer }

// NewTable begins a file.
func NewTable(w io.Writer) (*TableWriter, error) {
	if _, err := io.WriteString(w, mark); err != nil {
		return nil, err
	}
	return &TableWriter{csv.NewWriter(w)}, nil
}

// Write writes a row.
func (t *TableWriter) Write(cells []string) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = guarded(c)
	}
	return t.w.Write(out)
}

// Close ends the file.
func (t *TableWriter) Close() error {
	t.w.Flush()
	return t.w.Error()
}
