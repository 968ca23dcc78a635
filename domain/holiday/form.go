package holiday

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// typed is the form as it was filled in.
type typed struct {
	Text, No, Issued string
	Rows             []typedRow
}

type typedRow struct{ Name, From, To, Work string }

// rows is how many holidays the form has room for.
const rows = 10

// festivals begin the form of a year without a notice.
var festivals = []string{"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}

func blank() typed {
	t := typed{}
	for _, name := range festivals {
		t.Rows = append(t.Rows, typedRow{Name: name})
	}
	return t.full()
}

func (t typed) full() typed {
	for len(t.Rows) < rows {
		t.Rows = append(t.Rows, typedRow{})
	}
	return t
}

// typedOf writes a notice into the form.
func typedOf(n Notice) typed {
	t := typed{No: n.No}
	if n.Issued != 0 {
		t.Issued = n.Issued.String()
	}
	iso := func(md int) string {
		if md == 0 {
			return ""
		}
		return fmt.Sprintf("%04d-%02d-%02d", n.Year, md/100, md%100)
	}
	for _, b := range n.Breaks {
		row := typedRow{Name: b.Name, From: iso(b.From), To: iso(b.To)}
		var work []string
		for _, w := range b.Work {
			work = append(work, fmt.Sprintf("%d月%d日", w/100, w%100))
		}
		row.Work = strings.Join(work, "、")
		t.Rows = append(t.Rows, row)
	}
	return t.full()
}

func typedFrom(form url.Values) typed {
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	t := typed{Text: form.Get("text"), No: strings.NewReplacer("[", "〔", "]", "〕", "(", "〔", ")", "〕", " ", "").Replace(get("no")), Issued: get("issued")}
	for i := range rows {
		n := strconv.Itoa(i)
		t.Rows = append(t.Rows, typedRow{Name: get("name-" + n), From: get("from-" + n), To: get("to-" + n), Work: get("work-" + n)})
	}
	return t
}

var dayForm = regexp.MustCompile(`(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?`)

// notice reads the form; rows without days are left out, which of the form's rows
// each break came from is kept for what is wrong with it.
func (t typed) notice(year int) (n Notice, at []int, bad fault.Fields) {
	bad = fault.Fields{}
	n = Notice{Year: year, No: t.No}
	n.Issued, _ = calendar.ParseDate(t.Issued)
	for i, row := range t.Rows {
		if row.From == "" && row.To == "" && row.Work == "" {
			continue
		}
		b := calendar.Break{Name: row.Name}
		field := strconv.Itoa(i)
		b.From = day(row.From, year, "from-"+field, bad)
		b.To = b.From
		if row.To != "" {
			b.To = day(row.To, year, "to-"+field, bad)
		}
		rest := dayForm.ReplaceAllStringFunc(row.Work, func(text string) string {
			m := dayForm.FindStringSubmatch(text)
			bad.Need(m[1] == "" || m[1] == strconv.Itoa(year), "work-"+field, "holiday.outside")
			b.Work = append(b.Work, number(m[2])*100+number(m[3]))
			return ""
		})
		bad.Need(strings.Trim(rest, " 、，,；;和　") == "", "work-"+field, "holiday.work_form")
		n.Breaks, at = append(n.Breaks, b), append(at, i)
	}
	return n, at, bad
}

// day reads a date of the year; another year's is refused where it stands.
func day(text string, year int, field string, bad fault.Fields) int {
	d, err := calendar.ParseDate(text)
	bad.Need(err == nil, field, "holiday.day")
	y, m, n := d.Date()
	bad.Need(err != nil || y == year, field, "holiday.outside")
	return int(m)*100 + n
}

// placed names the faults of breaks by the rows that they were typed in.
func placed(err error, at []int) map[string]string {
	f, ok := err.(*fault.Error) //nolint:errorlint // check returns the very value
	if !ok {
		return nil
	}
	out := map[string]string{}
	for field, code := range f.Fields {
		part, place, found := strings.Cut(field, "-")
		if i, err := strconv.Atoi(place); found && err == nil && i < len(at) {
			field = part + "-" + strconv.Itoa(at[i])
		}
		out[field] = code
	}
	return out
}

// read takes the notice out of the form; its faults name the form's fields.
func (v formView) read() (Notice, error) {
	n, at, bad := v.Typed.notice(v.Year)
	for field, code := range placed(n.check(), at) {
		bad.Need(false, field, code)
	}
	return n, bad.Err()
}

// hidden is the form for the next step, and back.
func (t typed) hidden(year int) []ui.Hidden {
	all := []ui.Hidden{{Name: "year", Value: strconv.Itoa(year)}, {Name: "no", Value: t.No}, {Name: "issued", Value: t.Issued}, {Name: "text", Value: t.Text}}
	for i, row := range t.Rows {
		n := strconv.Itoa(i)
		all = append(all, ui.Hidden{Name: "name-" + n, Value: row.Name}, ui.Hidden{Name: "from-" + n, Value: row.From},
			ui.Hidden{Name: "to-" + n, Value: row.To}, ui.Hidden{Name: "work-" + n, Value: row.Work})
	}
	return all
}

// summary lists what is wrong, in the order of the form.
func (v formView) summary() (all []ui.Wrong) {
	order := []string{"text", "year", "no", "issued"}
	for i := range rows {
		n := strconv.Itoa(i)
		order = append(order, "name-"+n, "from-"+n, "to-"+n, "work-"+n)
	}
	for _, field := range order {
		if words := v.Wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 && v.Trouble != "" {
		all = append(all, ui.Wrong{Field: "no", Text: v.Trouble})
	}
	return all
}
