package office

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Region is an administrative division (行政区划).
type Region struct {
	Code   string // twelve digits: two for the province, two, two, three for the township, three for the village
	Level  int    // 1 province, 2 city, 3 county, 4 township, 5 village
	Name   string
	Parent string // "" at the top
}

// Regions returns the divisions right below parent ("": the top), in the order
// of their codes.
func (s *Service) Regions(tx *db.Tx, parent string) ([]Region, error) { return listRegions(tx, parent) }

// RegionsUnder returns the divisions of the levels from to to inside a place, of
// which code gives the first digits (six or all twelve), in the order of their
// codes: those around come before those inside.
func (s *Service) RegionsUnder(tx *db.Tx, code string, from, to int) ([]Region, error) {
	return listRegionsUnder(tx, stem(code), from, to)
}

// Within reports whether a division is a place, or inside it; place may be its
// first six digits.
func Within(division, place string) bool { return strings.HasPrefix(division, stem(place)) }

// stem is the digits that all codes inside a division begin with.
func stem(code string) string {
	for n := len(digits) - 1; n > 0; n-- {
		if d := digits[n-1]; len(code) > d && strings.Trim(code[d:], "0") == "" {
			code = code[:d]
		}
	}
	return code
}

// Region returns a division; an unknown code is the fault row.unknown.
func (s *Service) Region(tx *db.Tx, code string) (Region, error) { return findRegion(tx, code) }

// RegionPath returns a division and those around it, widest first. An unknown
// code gives those around it that are known.
func (s *Service) RegionPath(tx *db.Tx, code string) ([]Region, error) {
	var codes []string
	for at := code; at != ""; at = wider(at) {
		codes = append(codes, at)
	}
	return listRegionsByCode(tx, codes)
}

// digits is how many digits of its code a division of each level uses.
var digits = [6]int{0, 2, 4, 6, 9, 12}

// wider returns the code of the division around code, "" for a province and for
// what is no code.
func wider(code string) string {
	if len(code) != digits[5] {
		return ""
	}
	for level := 4; level >= 1; level-- {
		if w := code[:digits[level]] + strings.Repeat("0", digits[5]-digits[level]); w != code {
			return w
		}
	}
	return ""
}

// Report says what an import did.
type Report struct {
	Rows    int // read, without the head
	Added   int
	Changed int
	Same    int
	Refused []Refusal
}

// Refusal is a row that was left out.
type Refusal struct {
	Line int    // of the file, the head is 1
	Code string // as it stands in the file
	Why  string // text key
}

const regionBatch = 2000 // rows of one unit of work

// ImportRegions takes divisions from a CSV file whose head is
// code12,level,name,parent12 or code6,level,name,parent6. Rows that are wrong
// are refused and reported, the others are taken; taking a file twice changes
// nothing. A file with another head is the Invalid fault office.region_head.
// It asks for the right office.keep; batches are separate units of work.
func (s *Service) ImportRegions(ctx context.Context, file io.Reader) (Report, error) {
	rows, report, err := readRegions(file)
	if err != nil {
		return report, err
	}
	known := map[string]Region{}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := listAllRegions(tx)
		for _, r := range all {
			known[r.Code] = r
		}
		return err
	})
	if err != nil {
		return report, err
	}
	var fresh []Region
	for _, row := range sound(rows, known, &report) {
		switch before, there := known[row.Code]; {
		case !there:
			report.Added++
		case before != row.Region:
			report.Changed++
		default:
			report.Same++
			continue
		}
		fresh = append(fresh, row.Region)
	}
	for batch := range slices.Chunk(fresh, regionBatch) {
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return putRegions(tx, batch) }); err != nil {
			return report, err
		}
	}
	return report, nil
}

// regionRow is a region and the line that it stands on.
type regionRow struct {
	Region
	line int
	raw  string // its code as written
}

// sound returns the rows that may be taken and reports the others.
func sound(rows []regionRow, known map[string]Region, report *Report) []regionRow {
	first := make(map[string]regionRow, len(rows))
	for _, r := range rows {
		if _, twice := first[r.Code]; !twice {
			first[r.Code] = r
		}
	}
	refuse := func(r regionRow, why string) {
		report.Refused = append(report.Refused, Refusal{r.line, r.raw, why})
	}
	var list []regionRow
	for _, r := range rows {
		around, there := first[r.Parent]
		if !there {
			around.Region, there = known[r.Parent]
		}
		switch {
		case r.Parent == r.Code:
			refuse(r, "office.region_own_parent")
		case first[r.Code].line != r.line && first[r.Code].Region == r.Region:
			refuse(r, "office.region_repeated")
		case first[r.Code].line != r.line:
			refuse(r, "office.region_twice")
		case r.Parent != "" && !there:
			refuse(r, "office.region_no_parent")
		case r.Parent != "" && (around.Level >= r.Level || r.Code[:digits[around.Level]] != around.Code[:digits[around.Level]]):
			refuse(r, "office.region_wrong_parent")
		default:
			list = append(list, r)
		}
	}
	slices.SortStableFunc(report.Refused, func(a, b Refusal) int { return a.Line - b.Line })
	return list
}

// readRegions reads the file and refuses rows that are wrong by themselves.
func readRegions(file io.Reader) ([]regionRow, Report, error) {
	var report Report
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil || !isRegionHead(head) {
		if _, syntax := errors.AsType[*csv.ParseError](err); err != nil && !errors.Is(err, io.EOF) && !syntax {
			return nil, report, err
		}
		return nil, report, fault.New(fault.Invalid, "office.region_head")
	}
	var rows []regionRow
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, report, nil
		}
		report.Rows++
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			report.Refused = append(report.Refused, Refusal{bad.StartLine, "", "office.region_csv"})
			continue
		} else if err != nil {
			return nil, report, err
		}
		line, _ := r.FieldPos(0)
		row, why := parseRegion(record)
		if why != "" {
			report.Refused = append(report.Refused, Refusal{line, shorten(record[0]), why})
			continue
		}
		row.line = line
		rows = append(rows, row)
	}
}

func isRegionHead(head []string) bool {
	words := strings.TrimPrefix(strings.Join(head, ","), "\ufeff")
	return words == "code12,level,name,parent12" || words == "code6,level,name,parent6"
}

// parseRegion reads one row; why is the text key of what is wrong with it.
func parseRegion(record []string) (row regionRow, why string) {
	if len(record) != 4 {
		return row, "office.region_columns"
	}
	for i := range record {
		record[i] = strings.TrimSpace(record[i])
	}
	code, level, name := full(record[0]), record[1], record[2]
	if len(level) != 1 || level[0] < '1' || level[0] > '5' {
		return row, "office.region_level"
	}
	n := int(level[0] - '0')
	switch {
	case !isRegionCode(code):
		return row, "office.region_code"
	case strings.Trim(code[digits[n]:], "0") != "":
		return row, "office.region_shape"
	case name == "" || utf8.RuneCountInString(name) > 60 || !utf8.ValidString(name):
		return row, "office.region_name"
	case record[3] == "" && n > 1, record[3] != "" && !isRegionCode(full(record[3])):
		return row, "office.region_parent"
	}
	row.Region = Region{Code: code, Level: n, Name: name}
	row.raw = shorten(record[0])
	if record[3] != "" {
		row.Parent = full(record[3])
	}
	return row, ""
}

// full makes twelve digits of the six of a county.
func full(code string) string {
	if len(code) == 6 {
		return code + "000000"
	}
	return code
}

func isRegionCode(code string) bool {
	return len(code) == digits[5] && strings.Trim(code, "0123456789") == "" && code[:2] != "00"
}

func shorten(text string) string {
	const most = 20
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
