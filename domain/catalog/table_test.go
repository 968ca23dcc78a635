package catalog

import (
	"bytes"
	"slices"
	"testing"
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
	}
	for _, tt := range tests {
		rows, err := readCSV([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []line
		for _, r := range rows {
			l := line{n: r.line, code: r.code}
			if len(r.cells) > 0 {
				l.first = r.cells[0]
			}
			got = append(got, l)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// FuzzReadTable reads any bytes as a list: nothing panics, lines grow and stay within
// the file, and every line is either an entry, refused or empty.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte("事项名称,事项类型,部门\n甲,01,乙\n"))
	f.Add([]byte("name,type,dept\n\"a,1,b\nc,1,d\n"))
	f.Add([]byte("name;type;dept\r\na;20;b"))
	f.Add([]byte("\xca\xc2\xcf\xee\xc3\xfb\xb3\xc6,x\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := readTable("list.csv", bytes.NewReader(text))
		if err != nil {
			return
		}
		last := 0
		for _, r := range rows {
			if r.line <= last || r.line > len(text)+1 {
				t.Fatalf("line %d after %d", r.line, last)
			}
			last = r.line
		}
		l, err := readList(rows)
		if err != nil {
			return
		}
		if len(l.entries)+len(l.refused) > len(rows) {
			t.Fatalf("%d rows gave %d entries and %d refusals", len(rows), len(l.entries), len(l.refused))
		}
		for _, e := range l.entries {
			it := e.item(Counter{}, "U")
			if w := it.Wrong(); len(w) > 0 {
				t.Fatalf("line %d makes a wrong item: %+v", e.line, w)
			}
		}
	})
}
