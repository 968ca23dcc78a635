package catalog

import (
	"slices"
	"strconv"
)

// summary adds verdicts up.
type summary struct {
	r     Report
	left  map[string]bool // names of rows that are left out
	units map[string]bool // departments that are not there yet
	// departments are those of the rows that are taken in, as they come
	departments []string
	said        int             // changed items whose differences were said
	rested      map[string]bool // what is in Report.compared, by kind and code
}

func newSummary(in *incoming) *summary {
	refused := slices.Concat(in.refused, in.late)
	sum := &summary{r: Report{Refused: refused, Beside: in.beside}, left: map[string]bool{}, units: map[string]bool{}, rested: map[string]bool{}}
	for _, x := range refused {
		sum.left[x.File+"\x00"+x.Sheet+"\x00"+position(x)] = true
	}
	return sum
}

// position tells the entries of problems apart: a file, or a line of a sheet.
func position(x Refusal) string {
	if x.File != "" {
		return ""
	}
	return strconv.Itoa(x.Line)
}

func (sum *summary) add(v verdict) {
	sum.compare(v)
	switch v.news {
	case newsAdded:
		sum.r.Added++
	case newsChanged:
		sum.r.Changed++
	case newsNone:
		sum.r.Unchanged++
	case newsRefused:
		sum.r.Left++
		sum.r.Refused = append(sum.r.Refused, v.refused...)
	}
	if v.department == "" {
		return
	}
	if v.unmade {
		sum.units[v.department] = true
	}
	if !slices.Contains(sum.departments, v.department) {
		sum.departments = append(sum.departments, v.department)
	}
}

// report is the sum, its problems in the order of the file.
func (sum *summary) report() Report {
	r := sum.r
	r.Left += len(sum.left)
	r.Units, r.UnitNames = len(sum.units), nil
	for _, name := range sum.departments {
		if sum.units[name] {
			r.UnitNames = append(r.UnitNames, name)
		}
	}
	r.Named = sorted(r.Named)
	slices.SortStableFunc(r.Refused, func(a, b Refusal) int {
		if a.Sheet != b.Sheet {
			return sheetOrder(a.Sheet) - sheetOrder(b.Sheet)
		}
		return a.Line - b.Line
	})
	return r
}

func sheetOrder(name string) int {
	if name == certificateSheet || name == flowSheet || name == librarySheet {
		return len(partSheets) + 1
	}
	return partOf(name) + 1
}
