package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/fault"
)

// Forms are kept as fields and exchanged as JSON Schema (draft 2020-12). Beside the
// standard words a property has x-order, its place; x-widget, the type of the field;
// x-element, the data element that it is bound to; and, where a number carries a check
// character that a schema cannot reckon, x-check with its name; and where a date must not precede another one of the form,
// x-not-before with the key of that.

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

// JSONForm is a form as JSON Schema.
type JSONForm struct {
	Schema     string              `json:"$schema,omitempty"`
	ID         string              `json:"$id,omitempty"`
	Title      string              `json:"title,omitempty"`
	Type       string              `json:"type"`
	Properties map[string]Property `json:"properties"`
	Required   []string            `json:"required,omitempty"`
	Additional bool                `json:"additionalProperties"`
}

// Property is one field of a JSONForm.
type Property struct {
	Title   string `json:"title,omitempty"`
	Type    string `json:"type,omitempty"`
	Format  string `json:"format,omitempty"`
	Pattern string `json:"pattern,omitempty"`

	MinLength int          `json:"minLength,omitempty"`
	MaxLength int          `json:"maxLength,omitempty"`
	Minimum   *float64     `json:"minimum,omitempty"`
	Maximum   *float64     `json:"maximum,omitempty"`
	Step      *json.Number `json:"multipleOf,omitempty"`
	Enum      []string     `json:"enum,omitempty"`
	Const     any          `json:"const,omitempty"`
	Items     *Property    `json:"items,omitempty"`
	MinItems  int          `json:"minItems,omitempty"`
	Unique    bool         `json:"uniqueItems,omitempty"`
	AllOf     []Property   `json:"allOf,omitempty"`
	Not       *Property    `json:"not,omitempty"`

	Order   int    `json:"x-order,omitempty"` // from 1
	Widget  string `json:"x-widget,omitempty"`
	Element string `json:"x-element,omitempty"`
	Check   string `json:"x-check,omitempty"`
	After   string `json:"x-not-before,omitempty"`
}

// Shapes of what a schema can say of numbers; the check characters it cannot.
const (
	idShape   = `^[1-9][0-9]{16}[0-9X]$`
	usccShape = `^[0-9A-HJ-NPQRTUWXY]{18}$`
	dateShape = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	control   = `\x{00}-\x{1f}\x{7f}-\x{9f}`
	pictures  = `\x{1f000}-\x{1faff}\x{fe00}-\x{fe0f}\x{e000}-\x{f8ff}\x{f0000}-\x{ffffd}\x{100000}-\x{10fffd}` // see pictorial

	widest    = 999_999_999_999_999 // what a number field takes
	mostScale = 6
)

// FormSchema is the form that some answers ask for. Values that [Field.Check] accepts and
// [Field.JSON] turns into JSON are valid under it.
func (it *Item) FormSchema(need Need) JSONForm {
	s := JSONForm{
		Schema: draft2020, ID: fmt.Sprintf("urn:onedoor:form:%s:%d", it.Code, it.Version), Title: it.Name, Type: "object",
		Properties: make(map[string]Property, len(need.Fields)),
	}
	for i, f := range need.Fields {
		p := f.property()
		p.Order = i + 1
		s.Properties[f.Key] = p
		if f.Required {
			s.Required = append(s.Required, f.Key)
		}
	}
	return s
}

func (f Field) property() Property {
	p := Property{Title: f.Label, Widget: f.Type, Element: f.Element, After: f.NotBefore}
	switch f.Type {
	case FieldInteger, FieldDecimal:
		f.numbers(&p)
		return p
	case FieldYesNo:
		p.Type = "boolean"
		if f.Must != "" {
			p.Const = f.Must == "true"
		}
		return p
	case FieldMulti:
		p.Type, p.Items, p.MinItems, p.Unique = "array", &Property{Type: "string", Enum: f.Options}, 1, true
		return p
	}
	p.Type, p.Pattern, p.MinLength, p.MaxLength = "string", f.Pattern, max(1, f.MinLength), f.MaxLength
	if f.MaxLength == 0 { // no field takes more; what the field itself says stands apart from that
		p.AllOf = append(p.AllOf, Property{MaxLength: maxText})
	}
	if f.Must != "" {
		p.Const = f.Must
	}
	also := func(pattern string) { p.AllOf = append(p.AllOf, Property{Pattern: pattern}) }
	switch f.Type {
	case FieldChoice:
		p.Enum = f.Options
	case FieldDate:
		p.Format = "date"
		also(dateShape)
	case FieldMobile:
		if p.Pattern == "" {
			also(mobilePattern)
		}
		also(`^1[0-9]{10}$`)
	case FieldIDNo:
		p.Check = FieldIDNo
		also(idShape)
	case FieldUSCC:
		p.Check = FieldUSCC
		also(usccShape)
	case FieldText, FieldAddress:
		p.Not = &Property{Pattern: "[" + control + pictures + "]"}
	case FieldTextarea:
		p.Not = &Property{Pattern: "[" + pictures + "]"}
	}
	return p
}

func (f Field) numbers(p *Property) {
	p.Type = "number"
	low, high := -float64(widest), float64(widest)
	if f.Type == FieldInteger {
		p.Type = "integer"
	} else {
		scale := f.Scale
		if scale == 0 {
			scale = mostScale
		}
		step := json.Number("0." + strings.Repeat("0", scale-1) + "1")
		p.Step = &step
	}
	if f.Min != nil {
		low = *f.Min
	}
	if f.Max != nil {
		high = *f.Max
	}
	p.Minimum, p.Maximum = &low, &high
}

// JSON is a cleaned value as its property has it: a string, a number, a boolean or a list
// of strings; nil for what is empty.
func (f Field) JSON(value string) any {
	if value == "" {
		return nil
	}
	switch f.Type {
	case FieldInteger, FieldDecimal:
		digits := strings.TrimLeft(strings.TrimPrefix(value, "-"), "0") // JSON has no leading zeros
		if digits == "" || digits[0] == '.' {
			digits = "0" + digits
		}
		if strings.HasPrefix(value, "-") {
			digits = "-" + digits
		}
		return json.Number(digits)
	case FieldYesNo:
		return value == "true"
	case FieldMulti:
		list := []any{}
		for _, v := range Values(value) {
			list = append(list, v)
		}
		return list
	}
	return value
}

// mostFields is how many fields a form may have that is read in.
const mostFields = 300

// FieldsOf reads a form that is written as JSON Schema: one of [Item.FormSchema] gives the
// fields from which it was made, one from elsewhere those that its types and formats speak
// of. A text that is no such schema, and a property that no field can be, are Invalid faults
// that name the place.
func FieldsOf(text []byte) ([]Field, error) {
	bad := func(where string) error { return fault.New(fault.Invalid, "catalog.form.schema", "where", where) }
	if len(text) > maxFile {
		return nil, fault.New(fault.TooLarge, "catalog.form.large", "megabytes", maxFile>>20)
	}
	var s JSONForm
	if err := json.Unmarshal(text, &s); err != nil || s.Type != "object" {
		return nil, bad("type")
	}
	if len(s.Properties) > mostFields {
		return nil, fault.New(fault.TooLarge, "catalog.form.many", "n", mostFields)
	}
	keys := make([]string, 0, len(s.Properties))
	for key := range s.Properties {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := s.Properties[a].place() - s.Properties[b].place(); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	fields := make([]Field, 0, len(keys))
	for _, key := range keys {
		f, ok := s.Properties[key].field()
		if !ok || !codeShape.MatchString(key) {
			return nil, bad(key)
		}
		f.Key, f.Required = key, slices.Contains(s.Required, key)
		if f.Label == "" {
			f.Label = key
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// place is where a property stands; one that does not say comes last.
func (p Property) place() int {
	if p.Order <= 0 {
		return math.MaxInt32
	}
	return min(p.Order, math.MaxInt32)
}

// field is the field that a property describes; ok is false where there is none.
func (p Property) field() (f Field, ok bool) {
	f = Field{Label: p.Title, Type: p.kind(), Element: p.Element}
	if f.Type == FieldDate {
		f.NotBefore = p.After
	}
	switch f.Type {
	case "":
		return f, false
	case FieldInteger, FieldDecimal:
		f.fromNumbers(p)
		return f, f.Scale <= mostScale
	case FieldYesNo:
		if yes, is := p.Const.(bool); is {
			f.Must = strconv.FormatBool(yes)
		}
		return f, p.Type == "boolean"
	case FieldMulti:
		if p.Items != nil {
			f.Options = p.Items.Enum
		}
		return f, p.Type == "array" && len(f.Options) > 0 && !slices.ContainsFunc(f.Options, func(o string) bool { return strings.Contains(o, MultiSep) })
	}
	f.Pattern, f.MaxLength, f.Options = p.Pattern, p.MaxLength, p.Enum
	if p.MinLength > 1 {
		f.MinLength = p.MinLength
	}
	if must, is := p.Const.(string); is {
		f.Must = must
	}
	return f, p.Type == "string" && (f.Type != FieldChoice || len(f.Options) > 0) && f.MinLength >= 0 && f.MaxLength >= 0 && f.MaxLength <= maxText &&
		matchable(f.Pattern)
}

func (f *Field) fromNumbers(p Property) {
	bound := func(n *float64, most float64) *float64 {
		if n == nil || math.Abs(*n) >= most {
			return nil
		}
		return n
	}
	f.Min, f.Max = bound(p.Minimum, widest), bound(p.Maximum, widest)
	if p.Step != nil && f.Type == FieldDecimal {
		if _, frac, _ := strings.Cut(p.Step.String(), "."); frac != "" && strings.Trim(frac[:len(frac)-1], "0") == "" {
			f.Scale = len(frac)
		}
		if f.Scale == mostScale {
			f.Scale = 0
		}
	}
}

// kind is the type of field that a property speaks of: what it says itself where that fits
// its type, else what type, format and length make likely; "" for none.
func (p Property) kind() string {
	of := map[string][]string{
		"string":  {FieldText, FieldTextarea, FieldAddress, FieldIDNo, FieldUSCC, FieldMobile, FieldDate, FieldChoice},
		"integer": {FieldInteger}, "number": {FieldDecimal}, "boolean": {FieldYesNo}, "array": {FieldMulti},
	}[p.Type]
	const long = 200 // characters, more take more than a line
	switch {
	case slices.Contains(of, p.Widget):
		return p.Widget
	case len(of) == 0 || len(of) == 1 && p.Type != "string":
		return strings.Join(of, "")
	case len(p.Enum) > 0:
		return FieldChoice
	case p.Format == "date":
		return FieldDate
	case p.Check == FieldIDNo || p.Check == FieldUSCC:
		return p.Check
	case p.Widget == "" && p.MaxLength > long:
		return FieldTextarea
	}
	return FieldText
}

// matchable reports whether a pattern is one that fields can have.
func matchable(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil
}
