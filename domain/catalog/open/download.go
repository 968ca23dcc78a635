package open

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// The formats in which every list is offered.
var formats = []string{"xlsx", "csv", "json"}

// schema names the form of the JSON files. It is raised when a key changes its meaning or goes; new keys may come at any time.
const schema = "onedoor.list/1"

// column is one column of a file.
type column struct {
	key   string
	head  string
	width int // in Chinese characters
}

// file is a whole list to be downloaded. rows gives every row to yield, in order; it reads the database a part at a time, so
// that a slow reader holds nothing up.
type file struct {
	kind    string
	title   string
	day     string // as of which
	changed time.Time
	mark    string // of the content: the same mark is the same file
	entries int
	load    func() (entries int, err error) // reads what rows give, for a reader who has it not; nil: they lie ready
	columns []column
	rows    func(ctx context.Context, yield func(row []any) error) error
	words   words
}

// etag marks the bytes of a file in a format and language.
func (f file) etag(ctx context.Context, format string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{schema, f.kind, f.day, format, i18n.Lang(ctx), f.mark}, "\x00")))
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// pace is how often one visitor may ask for a whole list that they have not: all lists in every format at once, and then
// as often as booklets. atOnce is how many workbooks are made at the same time.
var pace = web.Pace{Burst: 50, Every: 3 * time.Second}

const atOnce = 2

// send answers with the file, or says that the reader has it already.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, f file, format string) error {
	ctx := r.Context()
	h, etag := w.Header(), f.etag(ctx, format)
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	if !f.changed.IsZero() {
		h.Set("Last-Modified", f.changed.UTC().Format(http.TimeFormat))
	}
	if known(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if !p.callers.May(web.Client(r), pace, p.Catalog.DB.Now()) {
		h.Del("ETag")
		h.Del("Last-Modified")
		return fault.New(fault.TooMany, "open.too_many")
	}
	if f.load != nil {
		var err error
		if f.entries, err = f.load(); err != nil {
			return err
		}
	}
	name := f.title + "-" + f.day + "." + format
	h.Set("Content-Type", map[string]string{
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8", "json": "application/json",
	}[format])
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"; filename*=UTF-8''%s`, f.kind, f.day, format, url.PathEscape(name)))
	switch format {
	case "xlsx":
		return p.sendXLSX(ctx, w, f)
	case "csv":
		return f.writeCSV(ctx, w)
	default:
		return f.writeJSON(ctx, w)
	}
}

// sendXLSX makes the workbook before the reader gets any of it: who reads slowly keeps nobody waiting.
func (p *Pages) sendXLSX(ctx context.Context, w io.Writer, f file) error {
	select {
	case p.making <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	var out bytes.Buffer
	err := f.writeXLSX(ctx, &out)
	<-p.making
	if err == nil {
		_, err = out.WriteTo(w)
	}
	return err
}

// known reports whether one of the marks that a reader has is this one.
func known(marks, etag string) bool {
	for mark := range strings.SplitSeq(marks, ",") {
		if mark = strings.TrimSpace(mark); mark == "*" || strings.TrimPrefix(mark, "W/") == etag {
			return true
		}
	}
	return false
}

// safe keeps a spreadsheet from taking a text for a formula: what begins like one gets an apostrophe before it.
func safe(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// writeCSV writes UTF-8 with its mark, which spreadsheets need to see Chinese.
func (f file) writeCSV(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	line := make([]string, len(f.columns))
	for i, c := range f.columns {
		line[i] = safe(c.head)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	err := f.rows(ctx, func(row []any) error {
		for i, v := range row {
			line[i] = safe(f.words.text(v))
		}
		return out.Write(line)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// writeJSON writes {schema, kind, title, day, changed, columns, count, rows}: each row an object with the keys of columns.
func (f file) writeJSON(ctx context.Context, w io.Writer) error {
	type head struct {
		Key   string `json:"key"`
		Title string `json:"title"`
	}
	columns := make([]head, len(f.columns))
	for i, c := range f.columns {
		columns[i] = head{c.key, c.head}
	}
	about := struct {
		Schema  string `json:"schema"`
		Kind    string `json:"kind"`
		Title   string `json:"title"`
		Day     string `json:"day"`
		Changed string `json:"changed,omitempty"`
		Entries int    `json:"entries"`
		Columns []head `json:"columns"`
	}{Schema: schema, Kind: f.kind, Title: f.title, Day: f.day, Entries: f.entries, Columns: columns}
	if !f.changed.IsZero() {
		about.Changed = f.changed.UTC().Format(time.RFC3339)
	}
	text, err := json.Marshal(about)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(bytes.TrimSuffix(text, []byte("}")), `,"rows":[`...)); err != nil {
		return err
	}
	first := true
	err = f.rows(ctx, func(row []any) error {
		var line bytes.Buffer
		if !first {
			line.WriteByte(',')
		}
		first = false
		line.WriteString("\n{")
		for i, v := range row {
			if i > 0 {
				line.WriteByte(',')
			}
			value, err := json.Marshal(f.words.plain(v))
			if err != nil {
				return err
			}
			fmt.Fprintf(&line, "%q:%s", f.columns[i].key, value)
		}
		line.WriteByte('}')
		_, err := w.Write(line.Bytes())
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}

// writeXLSX writes one sheet: title, day, headings that stay in sight, a row each.
func (f file) writeXLSX(ctx context.Context, w io.Writer) (err error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	const sheet = "Sheet1"
	plain, err := book.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, Border: thin()})
	if err != nil {
		return err
	}
	head, err := book.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, Border: thin(),
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EFEE"}},
	})
	if err != nil {
		return err
	}
	title, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, c := range f.columns {
		if err := out.SetColWidth(i+1, i+1, float64(2*c.width+2)); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", []any{excelize.Cell{StyleID: title, Value: f.title}}, excelize.RowOpts{Height: 26}); err != nil {
		return err
	}
	if err := out.SetRow("A2", []any{say(ctx, "as_of", "day", f.day, "n", f.entries)}); err != nil {
		return err
	}
	line := make([]any, len(f.columns))
	for i, c := range f.columns {
		line[i] = excelize.Cell{StyleID: head, Value: c.head}
	}
	if err := out.SetRow("A3", line); err != nil {
		return err
	}
	at := 4
	err = f.rows(ctx, func(row []any) error {
		for i, v := range row {
			line[i] = excelize.Cell{StyleID: plain, Value: cellOf(f.words, v)}
		}
		at++
		return out.SetRow(fmt.Sprintf("A%d", at-1), line)
	})
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return book.Write(w)
}

// longestCell is what a cell of a sheet can hold, in characters.
const longestCell = 32767

// cellOf is a value in a sheet: whole numbers as numbers, all else as text, which is never taken for a formula.
func cellOf(w words, v any) any {
	switch v := v.(type) {
	case int:
		return v
	case *int:
		if v != nil {
			return *v
		}
	}
	text := []rune(w.text(v))
	return string(text[:min(len(text), longestCell)])
}

func thin() (all []excelize.Border) {
	for _, side := range []string{"left", "right", "top", "bottom"} {
		all = append(all, excelize.Border{Type: side, Color: "C8D2D1", Style: 1})
	}
	return all
}

// formatOf parts a name like powers.csv into the list and the format, "" for a page.
func formatOf(name string) (kind, format string) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 && slices.Contains(formats, name[i+1:]) {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// downloads are the links to the files of a list.
func downloads(ctx context.Context, kind, query string) (all []download) {
	for _, f := range formats {
		all = append(all, download{
			Text: strings.ToUpper(f), Href: listPath(kind) + "." + f + query,
			Label: say(ctx, "download.label", "title", say(ctx, "list."+kind), "format", strings.ToUpper(f)),
		})
	}
	return all
}

// download is a link to a file; Label says for screen readers which.
type download struct{ Text, Href, Label string }
