package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"onedoor.app/infra/fault"
)

// The types of fields.
const (
	FieldText     = "text"
	FieldTextarea = "textarea"
	FieldAddress  = "address"
	FieldIDNo     = "idno" // 居民身份证号码, GB 11643
	FieldUSCC     = "uscc" // 统一社会信用代码, GB 32100
	FieldMobile   = "mobile"
	FieldDate     = "date" // YYYY-MM-DD
	FieldInteger  = "integer"
	FieldDecimal  = "decimal"
	FieldChoice   = "choice" // one of Options
	FieldMulti    = "multi"  // some of Options, joined by MultiSep
	FieldYesNo    = "yesno"  // "true" or "false"
)

// MultiSep joins the values of a field that takes several, as the national
// exchange tables do.
const MultiSep = "^"

// Field is one entry of the form (表单字段).
type Field struct {
	Key       string   `json:"key"`
	Label     string   `json:"label"`
	Type      string   `json:"type"`
	Required  bool     `json:"required,omitempty"`
	Pattern   string   `json:"pattern,omitempty"` // RE2
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	MinLength int      `json:"min_length,omitempty"` // characters
	MaxLength int      `json:"max_length,omitempty"` // characters; 0: maxText
	Scale     int      `json:"scale,omitempty"`      // decimal places at most; 0: any
	Options   []string `json:"options,omitempty"`
	Must      string   `json:"must,omitempty"` // the value that has to be chosen
	Element   string   `json:"element,omitempty"`
	NotBefore string   `json:"not_before,omitempty"` // of a date: the key of the one that it must not precede
}

const maxText = 2000

// Values takes the values of a FieldMulti apart.
func Values(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, MultiSep)
}

// Clean brings what a person typed into the form in which it is kept: no spaces
// around it, half-width letters and digits in numbers, dates as YYYY-MM-DD, capital
// letters in codes. It never judges.
func (f Field) Clean(value string) string {
	value = strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
	switch f.Type {
	case FieldIDNo, FieldUSCC:
		return strings.ToUpper(dropSpaces(narrow(value)))
	case FieldMobile:
		return strings.TrimPrefix(strings.ReplaceAll(dropSpaces(narrow(value)), "-", ""), "+86")
	case FieldInteger, FieldDecimal:
		return dropNoughts(dropSpaces(narrow(value)))
	case FieldDate:
		return cleanDate(dropSpaces(narrow(value)))
	case FieldTextarea:
		return strings.ReplaceAll(value, "\r\n", "\n")
	case FieldMulti:
		return strings.Join(slices.DeleteFunc(Values(value), func(v string) bool { return v == "" }), MultiSep)
	}
	if f.Pattern != "" {
		return narrow(value)
	}
	return value
}

// Check returns the code of what is wrong with a cleaned value, or "". An empty
// value is wrong only where the field is required.
func (f Field) Check(value string) string {
	if value == "" {
		if f.Required {
			return "catalog.field.required"
		}
		return ""
	}
	if !utf8.ValidString(value) {
		return "catalog.field.pattern"
	}
	if strings.ContainsFunc(value, pictorial) {
		return "catalog.field.symbol"
	}
	if code := f.checkType(value); code != "" {
		return code
	}
	n, limit := utf8.RuneCountInString(value), f.MaxLength
	if limit == 0 {
		limit = maxText
	}
	switch {
	case n < f.MinLength:
		return "catalog.field.short"
	case n > limit:
		return "catalog.field.long"
	case f.Must != "" && value != f.Must:
		return "catalog.field.must"
	case f.Pattern != "" && f.Type != FieldMobile && !matches(f.Pattern, value):
		return "catalog.field.pattern"
	}
	return ""
}

// pictorial reports whether a character is a picture rather than writing: no paper and no certificate has it.
func pictorial(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || unicode.Is(unicode.Variation_Selector, r) && r >= 0xFE00 && r <= 0xFE0F || unicode.Is(unicode.Co, r)
}

func (f Field) checkType(value string) string {
	switch f.Type {
	case FieldIDNo:
		return checkIDNo(value)
	case FieldUSCC:
		return checkUSCC(value)
	case FieldMobile:
		switch {
		case !digits(value), value[0] != '1':
			return "catalog.field.mobile"
		case len(value) != 11:
			return "catalog.field.mobile_length"
		case !matches(cmp.Or(f.Pattern, mobilePattern), value):
			return "catalog.field.mobile"
		}
	case FieldDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "catalog.field.date"
		}
	case FieldInteger, FieldDecimal:
		return f.checkNumber(value)
	case FieldChoice:
		if !slices.Contains(f.Options, value) {
			return "catalog.field.option"
		}
	case FieldMulti:
		seen := map[string]bool{}
		for _, v := range Values(value) {
			if seen[v] || !slices.Contains(f.Options, v) {
				return "catalog.field.option"
			}
			seen[v] = true
		}
	case FieldYesNo:
		if value != "true" && value != "false" {
			return "catalog.field.option"
		}
	case FieldText, FieldAddress:
		if strings.ContainsFunc(value, unicode.IsControl) {
			return "catalog.field.pattern"
		}
	}
	return ""
}

const mobilePattern = `^1[3-9]\d{9}$`

var (
	integerShape = regexp.MustCompile(`^-?\d{1,15}$`)
	decimalShape = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6}0*)?$`)
)

func (f Field) checkNumber(value string) string {
	shape, code := decimalShape, "catalog.field.decimal"
	if f.Type == FieldInteger {
		shape, code = integerShape, "catalog.field.integer"
	}
	if !shape.MatchString(value) {
		return code
	}
	n, err := strconv.ParseFloat(value, 64)
	whole, frac, _ := strings.Cut(strings.TrimPrefix(value, "-"), ".")
	frac = strings.TrimRight(frac, "0")
	switch {
	case err != nil, whole == strconv.Itoa(widest) && frac != "":
		return code
	case f.Scale > 0 && len(frac) > f.Scale:
		return "catalog.field.scale"
	case f.Min != nil && n < *f.Min:
		return "catalog.field.min"
	case f.Max != nil && n > *f.Max:
		return "catalog.field.max"
	}
	return ""
}

// CleanForm brings what was typed into the form in which it is kept. What the
// answers hide and what is no field of the item is left out.
func (n Need) CleanForm(values map[string]string) map[string]string {
	clean := make(map[string]string, len(n.Fields))
	for _, f := range n.Fields {
		if v := f.Clean(values[f.Key]); v != "" {
			clean[f.Key] = v
		}
	}
	return clean
}

// CheckForm says what is wrong with a form: field key to fault code. It cleans
// each value first. An empty result means that the form may be submitted.
func (n Need) CheckForm(values map[string]string) fault.Fields {
	wrong := fault.Fields{}
	for _, f := range n.Fields {
		if code := f.Check(f.Clean(values[f.Key])); code != "" {
			wrong[f.Key] = code
		} else if n.precedes(f, values) {
			wrong[f.Key] = "catalog.field.not_before"
		}
	}
	return wrong
}

// precedes reports whether a date lies before the one that it must not precede. One that is empty, hidden or no day
// precedes nothing.
func (n Need) precedes(f Field, values map[string]string) bool {
	i := slices.IndexFunc(n.Fields, func(o Field) bool { return o.Key == f.NotBefore && o.Type == FieldDate })
	value := f.Clean(values[f.Key])
	if f.NotBefore == "" || i < 0 || value == "" {
		return false
	}
	first := n.Fields[i].Clean(values[f.NotBefore])
	return first != "" && n.Fields[i].Check(first) == "" && value < first // both are YYYY-MM-DD
}

// follows reports whether a field may name the one that it must not precede: another date of the form, that does not in
// turn wait for it.
func (it *Item) follows(f Field) bool {
	if f.NotBefore == "" {
		return true
	}
	return f.Type == FieldDate && f.NotBefore != f.Key && slices.ContainsFunc(it.Fields, func(o Field) bool {
		return o.Key == f.NotBefore && o.Type == FieldDate && o.NotBefore != f.Key
	})
}

// dropNoughts takes away the noughts before a number that say nothing: 007 is 7.
func dropNoughts(s string) string {
	digits, minus := strings.CutPrefix(s, "-")
	for len(digits) > 1 && digits[0] == '0' && '0' <= digits[1] && digits[1] <= '9' {
		digits = digits[1:]
	}
	if minus {
		return "-" + digits
	}
	return digits
}

// narrow turns full-width letters, digits and spaces into half-width ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

func dropSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' {
			return -1
		}
		return r
	}, s)
}

var datePieces = regexp.MustCompile(`^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$`)

func cleanDate(s string) string {
	m := datePieces.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	pad := func(v string) string {
		if len(v) == 1 {
			return "0" + v
		}
		return v
	}
	return m[1] + "-" + pad(m[2]+m[4]) + "-" + pad(m[3]+m[5])
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// matches reports whether value fits pattern. A pattern that is broken was refused when
// the item was published; one that got through all the same fits nothing.
func matches(pattern, value string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(value)
}
