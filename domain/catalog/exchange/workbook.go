package exchange

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"onedoor.app/infra/fault"
)

// Heading is a column of a sheet that is written.
type Heading struct {
	Text    string
	Hint    string   // what to write below it; shown in templates
	Need    bool     // a row is nothing without it: marked by an asterisk
	Number  bool     // whole numbers, written as such
	Wide    bool     // holds sentences
	Choices []string // what may be chosen
}

// maxCell is how many characters a cell of a workbook holds.
const maxCell = 32_767

// choiceSheet holds what may be chosen; it is hidden, so that nobody reads it as a table.
const choiceSheet = "选项"

// choiceRows is how many rows below the headings offer choices.
const choiceRows = 20_000

// Workbook writes an XLSX file sheet by sheet and row by row. Every cell is text, or a
// whole number: nothing in it is ever calculated.
type Workbook struct {
	w      io.Writer
	file   *excelize.File
	styles styles
	first  bool
	stream *excelize.StreamWriter
	heads  []Heading
	row    int
	lists  [][]string
}

type styles struct{ head, need, hint, text, wide int }

// NewWorkbook begins a file that Close writes to w.
func NewWorkbook(w io.Writer) (*Workbook, error) {
	b := &Workbook{w: w, file: excelize.NewFile(), first: true}
	b.file.ZipWriter = func(w io.Writer) excelize.ZipWriter { return NewArchive(w) }
	edge := []excelize.Border{{Type: "bottom", Color: "9AA5A3", Style: 1}}
	for _, s := range []struct {
		into *int
		is   excelize.Style
	}{
		{&b.styles.head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "1D2B2A"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E6EFED"}}, Border: edge, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, NumFmt: 49}},
		{&b.styles.need, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F5F5B"}}, Border: edge, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, NumFmt: 49}},
		{&b.styles.hint, excelize.Style{Font: &excelize.Font{Italic: true, Color: "5B6766"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F6F8F7"}}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, NumFmt: 49}},
		{&b.styles.text, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&b.styles.wide, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
	} {
		id, err := b.file.NewStyle(&s.is)
		if err != nil {
			return nil, err
		}
		*s.into = id
	}
	return b, nil
}

// Sheet ends the sheet before and begins another with its headings, and with a row of
// hints if they are wanted.
func (b *Workbook) Sheet(name string, heads []Heading, hints bool) error {
	if err := b.endSheet(); err != nil {
		return err
	}
	var err error
	if b.first {
		b.first = false
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if b.stream, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	b.heads, b.row = heads, 0
	frozen := 1
	if hints {
		frozen = 2
	}
	if err := b.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: frozen, TopLeftCell: "B" + strconv.Itoa(frozen+1), ActivePane: "bottomRight"}); err != nil {
		return err
	}
	cells, notes := make([]any, len(heads)), make([]any, len(heads))
	for i, h := range heads {
		width, style, text := 16.0, b.styles.head, h.Text
		if h.Wide {
			width = 36
		}
		if h.Need {
			style, text = b.styles.need, text+"*"
		}
		if err := b.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		cells[i], notes[i] = excelize.Cell{StyleID: style, Value: text}, excelize.Cell{StyleID: b.styles.hint, Value: h.Hint}
		if err := b.offer(name, i, h.Choices, frozen+1); err != nil {
			return err
		}
	}
	if err := b.put(cells, excelize.RowOpts{Height: 30}); err != nil || !hints {
		return err
	}
	return b.put(notes, excelize.RowOpts{Height: 62})
}

// offer lets a column be filled from a list.
func (b *Workbook) offer(sheet string, column int, choices []string, from int) error {
	if len(choices) == 0 {
		return nil
	}
	b.lists = append(b.lists, choices)
	name, list := ColumnName(column), ColumnName(len(b.lists)-1)
	v := excelize.NewDataValidation(true)
	v.Sqref = name + strconv.Itoa(from) + ":" + name + strconv.Itoa(choiceRows)
	v.SetSqrefDropList(choiceSheet + "!$" + list + "$1:$" + list + "$" + strconv.Itoa(len(choices)))
	v.ShowErrorMessage = false // several may be written into one cell
	return b.file.AddDataValidation(sheet, v)
}

func (b *Workbook) put(cells []any, opts ...excelize.RowOpts) error {
	b.row++
	return b.stream.SetRow("A"+strconv.Itoa(b.row), cells, opts...)
}

// Write writes a row. A text that no cell can hold is an Invalid fault.
func (b *Workbook) Write(cells []string) error {
	row := make([]any, len(cells))
	for i, text := range cells {
		style := b.styles.text
		if text == "" {
			continue
		}
		if len(text) > maxCell && utf8.RuneCountInString(text) > maxCell/2 {
			return fault.New(fault.Invalid, "catalog.export.long", "where", b.heads[i].Text)
		}
		if b.heads[i].Wide {
			style = b.styles.wide
		}
		row[i] = excelize.Cell{StyleID: style, Value: text}
		if n, err := strconv.Atoi(text); err == nil && b.heads[i].Number && strconv.Itoa(n) == text && len(text) < 15 {
			row[i] = n
		}
	}
	return b.put(row)
}

func (b *Workbook) endSheet() error {
	if b.stream == nil {
		return nil
	}
	return b.stream.Flush()
}

// Close writes the file.
func (b *Workbook) Close() error {
	defer b.file.Close()
	if err := b.endSheet(); err != nil {
		return err
	}
	if len(b.lists) > 0 {
		if err := b.writeChoices(); err != nil {
			return err
		}
	}
	var out bytes.Buffer
	if err := b.file.Write(&out); err != nil {
		return err
	}
	_, err := out.WriteTo(b.w)
	return err
}

func (b *Workbook) writeChoices() error {
	if _, err := b.file.NewSheet(choiceSheet); err != nil {
		return err
	}
	for i, list := range b.lists {
		for k, text := range list {
			if err := b.file.SetCellStr(choiceSheet, ColumnName(i)+strconv.Itoa(k+1), text); err != nil {
				return err
			}
		}
	}
	return b.file.SetSheetVisible(choiceSheet, false)
}
