package catalog

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// itemFileOf is the file of an item; itemFile.item gives the item back as it was.
func itemFileOf(it *Item) itemFile {
	f := itemFile{
		ID: it.Code, Name: it.Name, MainItem: it.MainItem, SubItem: it.SubItem, Type: it.Type, TypeName: listType.word(it.Type),
		Unit: it.Unit, Body: it.Body, UseLevel: it.UseLevel, Audience: it.Audience, ProjectType: it.ProjectType,
		Themes: it.Themes, Keywords: it.Keywords, Basis: it.Basis, Conditions: it.Conditions,
		Statutory: limitFileOf(it.StatutoryLimit), Promised: limitFileOf(it.PromisedLimit), Fee: feeFile(it.Fee), Result: it.Result,
		ActsOn: it.ActsOn, Visits: it.Visits, OnlineDepth: it.OnlineDepth, Offer: it.Offer, Modes: it.Modes, Legal: it.Legal, Record: it.Record,
		Flow: it.FlowID, FlowVersion: it.Drawn, Situations: it.Situations, Rules: it.Rules, Steps: it.Steps, Special: it.Special, Regulator: it.Regulator,
		CurrencyNote: it.CurrencyNote, LevelNote: it.LevelNote, Bare: it.Bare,
	}
	f.Codes.Base, f.Codes.Implement, f.Codes.Handle = it.BaseCode, it.ImplementCode, it.HandleCode
	f.Codes.Local, f.Codes.Status = it.LocalCode, it.CodeStatus
	for _, m := range it.Materials {
		f.Materials = append(f.Materials, materialFileOf(m))
	}
	for _, fd := range it.Fields {
		f.Form.Fields = append(f.Form.Fields, fieldFileOf(fd))
	}
	return f
}

func limitFileOf(l Limit) limitFile {
	f := limitFile{OnSpot: l.OnSpot, Starts: l.Starts, Basis: l.Basis, Confidence: l.Confidence}
	for digit, unit := range limitUnits {
		if unit == l.Unit && l.Value != 0 {
			f.Value, f.Unit, f.UnitName = &l.Value, digit, listLimitUnit.word(unit)
		}
	}
	return f
}

func materialFileOf(m Material) materialFile {
	f := materialFile{
		ID: m.ID, Name: m.Name, Kind: m.Kind, Source: m.Source, Necessity: m.Necessity, Form: m.Form,
		Originals: m.Originals, Copies: m.Copies, Trust: m.Trust, ReplacedBy: m.ReplacedBy, Points: m.Points,
		Library: m.Library, Extra: m.Extra, Pledge: m.Pledge, Proof: m.Proof, Basis: m.Basis, Issuer: m.Issuer, Age: m.Age, Spec: m.Spec,
		SourceNote: m.SourceNote, FillNote: m.FillNote, Plain: m.Plain, Remark: m.Remark, Blank: m.Blank, Sample: m.Sample,
	}
	if m.DeferDays > 0 || m.Library != "" { // what is left out is as the library says
		f.Deferrable = &deferFile{Allowed: m.DeferDays > 0, Days: m.DeferDays}
	}
	return f
}

func fieldFileOf(f Field) fieldFile {
	out := fieldFile{Key: f.Key, Label: f.Label, Type: f.Type, Required: f.Required, Element: f.Element, After: f.NotBefore}
	r := &out.Rule
	r.Pattern, r.Min, r.Max, r.MinLength, r.MaxLength = f.Pattern, f.Min, f.Max, f.MinLength, f.MaxLength
	r.Scale, r.Options, r.Must = f.Scale, f.Options, f.Must
	return out
}

// encodeYAML writes a value with what it has, in the order of its struct, and leaves out
// what is empty: that reads as empty again. The encoder of the library would do the same but
// for texts of odd characters, which it cannot read back.
func encodeYAML(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(nodeOf(reflect.ValueOf(v))); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

// nodeOf is a value as YAML has it: structs, lists, texts, numbers and flags.
func nodeOf(v reflect.Value) *yaml.Node {
	switch v.Kind() {
	case reflect.Pointer:
		return nodeOf(v.Elem())
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		addFields(n, v)
		return n
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			n.Content = append(n.Content, nodeOf(v.Index(i)))
		}
		return n
	case reflect.String:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v.String()}
		if !foldable(n.Value) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v.Interface())}
}

// addFields adds what is not empty in a struct to a mapping. A pointer to nothing says
// something, too: min: 0.
func addFields(n *yaml.Node, v reflect.Value) {
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		value := v.Field(i)
		switch {
		case option == "inline":
			addFields(n, value)
		case name == "-" || name == "" || value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0:
		default:
			if child := nodeOf(value); child.Kind != yaml.MappingNode || len(child.Content) > 0 || value.Kind() == reflect.Pointer {
				n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, child)
			}
		}
	}
}

// foldable reports whether a text may stand in a block of lines: what begins with a space or
// has characters that nobody sees is told apart only in quotes.
func foldable(s string) bool {
	for line := range strings.Lines(s) {
		if line = strings.TrimSuffix(line, "\n"); line != trim(line) || line == "" {
			return false
		}
	}
	return printable(s) && !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
}

// asRoot is a flow in a cell.
var asRoot = kind[flowNode]{
	func(n flowNode) string {
		text, err := encodeYAML(n)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(text))
	},
	func(s string) (n flowNode, ok bool) {
		err := decodeYAML("root", []byte(s), &n, true)
		return n, err == nil && !reflect.ValueOf(n).IsZero()
	},
}
