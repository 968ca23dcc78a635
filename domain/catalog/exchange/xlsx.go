package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/fault"
)

// book is a workbook that is being read. Excelize would read it into memory as a whole
// to tell formulas and merged cells; this walks through each sheet once.
type book struct {
	files  map[string]*zip.File
	shared []string
	most   int64 // bytes that it may unpack to
	left   int64 // of these
	cells  int   // read so far
}

// readXLSX reads every sheet that holds anything.
func readXLSX(text []byte) ([]Sheet, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || len(z.File) > maxEntries {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	most := unpacked(text, firstUnzip, maxRatio)
	b := &book{files: map[string]*zip.File{}, most: most, left: most}
	for _, f := range z.File {
		b.files[f.Name] = f
	}
	list, err := b.read()
	if _, told := errors.AsType[*fault.Error](err); err != nil && !told {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	if err == nil && len(list) == 0 {
		err = fault.New(fault.Invalid, "catalog.import.empty")
	}
	return list, err
}

func (b *book) read() ([]Sheet, error) {
	targets := map[string]string{} // relation to path
	if err := b.walk("xl/_rels/workbook.xml.rels", func(m *markup) error {
		if m.name == "Relationship" && !m.end {
			target := m.attr("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[m.attr("Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var sheets []Sheet
	var paths []string
	if err := b.walk("xl/workbook.xml", func(m *markup) error {
		if m.name == "sheet" && !m.end && len(sheets) < 100 && m.attr("state") == "" { // hidden sheets hold lists of choices
			sheets, paths = append(sheets, Sheet{Name: m.attr("name")}), append(paths, targets[m.attr("id")])
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if b.files["xl/sharedStrings.xml"] != nil {
		if err := b.readShared(); err != nil {
			return nil, err
		}
	}
	var list []Sheet
	for i, s := range sheets {
		if b.files[paths[i]] == nil {
			continue // a chart
		}
		var err error
		if s.Rows, err = b.readSheet(paths[i]); err != nil {
			return nil, err
		}
		if len(s.Rows) > 0 {
			list = append(list, s)
		}
	}
	return list, nil
}

// walk calls fn at every tag of a file of the workbook.
func (b *book) walk(name string, fn func(*markup) error) error {
	f := b.files[name]
	if f == nil {
		return errMarkup
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	m := &markup{r: bufio.NewReaderSize(&counted{r, b.most, &b.left}, 64<<10)}
	for {
		if err := m.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := fn(m); err != nil {
			return err
		}
	}
}

// counted reads from an unpacked file until what may be unpacked is used up.
type counted struct {
	r    io.Reader
	most int64
	left *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if *c.left -= int64(n); *c.left < 0 {
		return 0, bomb(c.most)
	}
	return n, err
}

// readShared reads the texts that cells name by number.
func (b *book) readShared() error {
	var text strings.Builder
	phonetic := false // how a text is read aloud is not part of it
	return b.walk("xl/sharedStrings.xml", func(m *markup) error {
		switch {
		case m.name == "rPh":
			phonetic = !m.end
		case m.name == "t" && m.end && !phonetic:
			text.WriteString(m.String())
		case m.name == "si" && (m.end || m.self):
			if b.shared = append(b.shared, text.String()); len(b.shared) > maxCells {
				return tooMany()
			}
			text.Reset()
		}
		return nil
	})
}

// cell is one that is being read.
type cell struct {
	column  int
	kind    string
	value   string
	valued  bool // a value is stored, though it may be empty
	formula bool
}

// readSheet reads the rows that are not empty.
func (b *book) readSheet(name string) (list []Row, err error) {
	var (
		row    Row
		c      cell
		line   int
		merges []string
	)
	err = b.walk(name, func(m *markup) error {
		switch m.name {
		case "row":
			if !m.end {
				line = position(m.attr("r"), line+1)
			}
			if m.end || m.self {
				if list, err = b.keep(list, row); err != nil {
					return err
				}
				row = Row{}
				return nil
			}
			row = Row{Line: line}
			c.column = -1
		case "c":
			if !m.end {
				c = cell{column: column(m.attr("r"), c.column+1), kind: m.attr("t")}
			}
			if m.end || m.self {
				return b.put(&row, c)
			}
		case "v", "t":
			c.valued = true
			if m.end {
				c.value += m.String()
			}
		case "f":
			c.formula = true
		case "mergeCell":
			if !m.end && len(merges) < maxCells/10 {
				merges = append(merges, m.attr("ref"))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return merged(list, merges), nil
}

func (b *book) keep(list []Row, row Row) ([]Row, error) {
	if empty(row.Cells) && len(row.Notes) == 0 {
		return list, nil
	}
	if list = append(list, row); len(list) > MaxRows {
		return nil, tooMany()
	}
	return list, nil
}

// put writes a cell into its row.
func (b *book) put(row *Row, c cell) error {
	if c.column < 0 { // an end without its beginning
		return errMarkup
	}
	value := c.value
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(b.shared) {
			return errMarkup
		}
		value = b.shared[i]
	case "b":
		value = map[string]string{"1": "是", "0": "否"}[value]
	case "e":
		row.Notes = append(row.Notes, Note{c.column, "catalog.import.error_value", ColumnName(c.column) + strconv.Itoa(row.Line)})
		value = ""
	case "", "n":
		value = plainNumber(value)
	}
	if c.formula && value == "" && c.kind != "e" && !(c.kind == "str" && c.valued) {
		row.Notes = append(row.Notes, Note{c.column, "catalog.import.formula", ColumnName(c.column) + strconv.Itoa(row.Line)})
	}
	if value == "" {
		return nil
	}
	if b.cells++; b.cells > maxCells || c.column >= MaxColumns {
		return tooMany()
	}
	for len(row.Cells) <= c.column {
		row.Cells = append(row.Cells, "")
	}
	row.Cells[c.column] = value
	return nil
}

// plainNumber writes a number as people do: spreadsheets keep 0.1 as 0.10000000000000001
// and 10000000000000000 as 1E+16.
func plainNumber(s string) string {
	if len(s) < 12 && !strings.ContainsAny(s, "eE") {
		return s
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n > 1e15 || n < -1e15 {
		return s
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// position reads a number of a row, or takes the one that is next.
func position(s string, next int) int {
	if n, err := strconv.Atoi(s); err == nil && n >= next {
		return n
	}
	return next
}

// column reads the letters of a reference, counted from 0.
func column(ref string, next int) int {
	n := 0
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && n < 1<<20; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	if n == 0 {
		return next
	}
	return n - 1
}

// merged lets the value of cells that are merged from above count for each of their
// rows, as the lists of offices mean it. A value over several columns is told in each row that
// it is merged over: nobody knows which of them it is for.
func merged(list []Row, refs []string) []Row {
	find := func(line int) *Row {
		i, ok := slices.BinarySearchFunc(list, line, func(r Row, line int) int { return cmp.Compare(r.Line, line) })
		if !ok {
			return nil
		}
		return &list[i]
	}
	filled := 0
	for _, ref := range refs {
		from, to, ok := strings.Cut(ref, ":")
		left, right := column(from, 0), column(to, 0)
		top, bottom := line(from), line(to)
		first := find(top)
		if !ok || top == 0 || bottom < top || left >= MaxColumns || first == nil {
			continue
		}
		if left >= len(first.Cells) || first.Cells[left] == "" {
			continue
		}
		value := first.Cells[left]
		if left != right {
			first.Notes = append(first.Notes, Note{left, noteMerged, ref})
		}
		for n := top + 1; n <= min(bottom, top+MaxRows) && filled < maxCells; n++ {
			r := find(n)
			if r == nil {
				continue // an empty row stays empty
			}
			if filled++; left != right {
				r.Notes = append(r.Notes, Note{left, noteMerged, ref})
				continue
			}
			for len(r.Cells) <= left {
				r.Cells = append(r.Cells, "")
			}
			r.Cells[left] = value
		}
	}
	return list
}

func line(ref string) int {
	n, _ := strconv.Atoi(strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	return n
}
