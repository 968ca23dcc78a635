package catalog_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"onedoor.app/domain/catalog"
)

func compiled(t interface{ Fatal(...any) }, form catalog.JSONForm) *jsonschema.Schema {
	text, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("form.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("form.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valid reports whether the schema takes what was typed into the fields.
func valid(schema *jsonschema.Schema, fields []catalog.Field, values map[string]string) error {
	object := map[string]any{}
	for _, f := range fields {
		if v := f.JSON(values[f.Key]); v != nil {
			object[f.Key] = v
		}
	}
	return schema.Validate(object)
}

// Every form of the sample city is a valid schema, gives back its fields, and takes what the
// fields take.
func TestEveryFormIsASchema(t *testing.T) {
	t.Parallel()
	for _, it := range items(t) {
		need := it.Resolve(nil)
		form := it.FormSchema(need)
		schema := compiled(t, form)
		values := map[string]string{}
		for _, f := range need.Fields {
			values[f.Key] = f.Example()
		}
		if wrong := need.CheckForm(values); len(wrong) > 0 {
			t.Fatalf("%s: %v", it.Code, wrong)
		}
		if err := valid(schema, need.Fields, values); err != nil {
			t.Errorf("%s: %v", it.Code, err)
		}
		if err := schema.Validate(map[string]any{"no_such_field": "x"}); err == nil {
			t.Errorf("%s takes a field that it does not have", it.Code)
		}
		text, _ := json.Marshal(form)
		back, err := catalog.FieldsOf(text)
		if err != nil || !reflect.DeepEqual(back, need.Fields) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", it.Code, err, back, need.Fields)
		}
	}
}

func drawField(t *rapid.T) catalog.Field {
	f := catalog.Field{Key: "x", Label: "某栏目", Required: rapid.Bool().Draw(t, "required"), Type: rapid.SampledFrom([]string{
		catalog.FieldText, catalog.FieldTextarea, catalog.FieldAddress, catalog.FieldIDNo, catalog.FieldUSCC, catalog.FieldMobile, catalog.FieldDate,
		catalog.FieldInteger, catalog.FieldDecimal, catalog.FieldChoice, catalog.FieldMulti, catalog.FieldYesNo,
	}).Draw(t, "type")}
	number := func(name string) *float64 {
		if !rapid.Bool().Draw(t, name+" set") {
			return nil
		}
		n := float64(rapid.IntRange(-2000, 2000).Draw(t, name)) / 4
		return &n
	}
	switch f.Type {
	case catalog.FieldInteger, catalog.FieldDecimal:
		f.Min, f.Max = number("min"), number("max")
		if f.Type == catalog.FieldDecimal {
			f.Scale = rapid.IntRange(0, 4).Draw(t, "scale")
		}
	case catalog.FieldChoice, catalog.FieldMulti:
		f.Options = []string{"甲", "乙", "丙 丁"}
	case catalog.FieldYesNo:
		f.Must = rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "must")
	case catalog.FieldText, catalog.FieldTextarea:
		if f.MinLength = rapid.IntRange(0, 3).Draw(t, "least"); f.MinLength == 1 {
			f.MinLength = 0 // the same: what is empty is not judged by its length
		}
		f.MaxLength = rapid.SampledFrom([]int{0, 3, 12}).Draw(t, "most")
		f.Pattern = rapid.SampledFrom([]string{"", `^[a-z\d]+$`, `甲`}).Draw(t, "pattern")
	}
	return f
}

var typed = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", "甲", "乙^甲", "甲^甲", "丙 丁", "true", "false", "是", "0", "-0", "007", "12.50", "-3.125", "1e3", ".5", "5.", "999999999999999", "1000000000000000",
		"2026-02-28", "2026-02-30", "0000-01-01", "20260101", "13800000000", "1380000000", "23800000000", "11010519491231002X", "110105194912310021", "91110000600037341L",
		"a\tb", "a\nb", "\u0085", "abc1", "abcdefghijklm", "\xff", "\U0001F600", "\ue000", "\U00020BB7",
	}),
	rapid.String(), rapid.StringMatching(`-?[0-9]{1,16}(\.[0-9]{1,7})?`),
)

// What the field takes is valid under the schema, and what is valid under it the field takes:
// but for the check characters of numbers, which no schema can reckon, and for text that is
// no text.
func TestFieldAndSchemaAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawField(t)
		it := &catalog.Item{Code: "x", Name: "某事项", Fields: []catalog.Field{f}}
		form := it.FormSchema(it.Resolve(nil))
		value := f.Clean(typed.Draw(t, "typed"))
		code, bad := f.Check(value), error(nil)
		shaped := jsonable(f, value)
		if shaped {
			bad = valid(compiled(t, form), it.Fields, map[string]string{"x": value})
		}
		switch {
		case code == "" && !shaped, code == "" && bad != nil:
			t.Fatalf("%+v takes %q, the schema does not: %v", f, value, bad)
		case code != "" && shaped && bad == nil && !strings.HasSuffix(code, "_check") && !(f.Type == catalog.FieldIDNo && code == "catalog.field.idno") &&
			!(f.Type == catalog.FieldUSCC && code == "catalog.field.uscc"):
			t.Fatalf("the schema takes %q, %+v does not: %s", value, f, code)
		}
		text, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := catalog.FieldsOf(text); err != nil || !reflect.DeepEqual(back, it.Fields) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, back, it.Fields)
		}
	})
}

// jsonable reports whether the value can stand in JSON as its type at all: a number that is
// none, and yes that is neither, cannot.
func jsonable(f catalog.Field, value string) bool {
	switch f.Type {
	case catalog.FieldInteger, catalog.FieldDecimal:
		n := json.Number(strings.TrimLeft(strings.TrimPrefix(value, "-"), "0"))
		_, err := n.Float64()
		whole, frac, point := strings.Cut(value, ".")
		plain := strings.Trim(strings.TrimPrefix(whole, "-")+frac, "0123456789") == "" && strings.TrimPrefix(whole, "-") != "" && point == (frac != "")
		return value == "" || plain && !(point && f.Type == catalog.FieldInteger) && (err == nil || strings.Trim(value, "-0.") == "")
	case catalog.FieldYesNo:
		return value == "" || value == "true" || value == "false"
	}
	return utf8.ValidString(value)
}

// A form from elsewhere, without our own words, is read by its types.
func TestFieldsOfOthers(t *testing.T) {
	t.Parallel()
	fields, err := catalog.FieldsOf([]byte(`{"type": "object", "required": ["born", "kind"], "properties": {
		"born": {"type": "string", "format": "date", "title": "出生日期", "x-order": 2},
		"kind": {"type": "string", "enum": ["甲", "乙"], "x-order": 1},
		"many": {"type": "array", "items": {"type": "string", "enum": ["甲"]}, "x-order": 3},
		"note": {"type": "string", "maxLength": 500},
		"size": {"type": "number", "multipleOf": 0.01, "minimum": 0},
		"yes": {"type": "boolean"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		got = append(got, f.Key+" "+f.Type)
	}
	if want := "kind choice,born date,many multi,note textarea,size decimal,yes yesno"; strings.Join(got, ",") != want {
		t.Errorf("%v", got)
	}
	if !fields[0].Required || fields[1].Label != "出生日期" || fields[4].Scale != 2 || *fields[4].Min != 0 {
		t.Errorf("%+v", fields)
	}
	for _, text := range []string{``, `[]`, `{"type":"array"}`, `{"type":"object","properties":{"x":{"type":"object"}}}`,
		`{"type":"object","properties":{"x":{"type":"string","pattern":"("}}}`, `{"type":"object","properties":{"x y":{"type":"string"}}}`} {
		if fields, err := catalog.FieldsOf([]byte(text)); err == nil {
			t.Errorf("%s gives %+v", text, fields)
		}
	}
}

func FuzzFieldsOf(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"x":{"type":"string","x-order":1}}}`))
	f.Add([]byte(`{"type":"object","properties":{"x":{"type":"array","items":{"enum":["a"]}}}}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		fields, err := catalog.FieldsOf(text)
		if err != nil {
			return
		}
		for _, x := range fields {
			x.Check(x.Clean("甲"))
			x.JSON(x.Clean("1"))
		}
	})
}
