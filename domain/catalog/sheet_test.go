package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/sample"
)

// drawText gives texts as people and machines leave them in a catalogue.
func drawText(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringN(0, 8, -1),
		rapid.SampledFrom([]string{"", "甲", "a、b", " 两头有空格 ", "一行\n两行", "\r\n", "=1+1", "'=x", "json:{}", "\"", "说明：", "01", "是", "_x000D_", "\u3000", "\ufffe", "\x01", "k: v", "- x", "null", "~", "1e3", "2026-01-01"}),
	).Draw(t, "text")
}

// fillRandom fills every field that is stored; pointers and lists may stay empty.
func fillRandom(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(drawText(t))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(rapid.IntRange(0, 999).Draw(t, "n")))
	case reflect.Float64:
		v.SetFloat(float64(rapid.IntRange(-5000, 5000).Draw(t, "f")) / 100)
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "b"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fillRandom(t, v.Elem())
		}
	case reflect.Slice:
		for range rapid.IntRange(0, 3).Draw(t, "len") {
			e := reflect.New(v.Type().Elem()).Elem()
			fillRandom(t, e)
			v.Set(reflect.Append(v, e))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				fillRandom(t, v.Field(i))
			}
		}
	}
}

// randomItem has content as odd as may be, but for what no published item can have.
func randomItem(t *rapid.T) *Item {
	it := &Item{}
	fillRandom(t, reflect.ValueOf(it).Elem())
	it.Code, it.Bare = "x-"+rapid.StringMatching(`[a-z0-9]{1,20}`).Draw(t, "code"), false
	it.FlowHash, it.FlowHashes, it.Unstated = "", nil, nil
	it.Name, it.Unit, it.Body = it.Name+"名", "u"+it.Unit, "b"+it.Body
	it.Type = rapid.SampledFrom(Types()).Draw(t, "type")
	it.ProjectType = rapid.SampledFrom([]string{projectSpot, projectTerm}).Draw(t, "project")
	if it.Audience == nil {
		it.Audience = []string{personCode}
	}
	if it.ActsOn != nil {
		it.ActsOn.Certificate += "c"
	}
	if it.Access != nil {
		it.Access.Number += "1"
	}
	if it.Steps == nil {
		it.Steps = []Step{{ID: "s"}}
	}
	for _, l := range []*Limit{&it.StatutoryLimit, &it.PromisedLimit} {
		if l.Unit = rapid.SampledFrom([]string{Workday, Day, Month, Hour, Minute}).Draw(t, "unit"); l.Value == 0 {
			l.Unit = ""
		}
	}
	tidyParts(it)
	return it
}

// tidyParts gives parts what makes them parts: a workbook cannot hold a row of nothing.
func tidyParts(it *Item) {
	for i := range it.Situations {
		q := &it.Situations[i]
		q.ID = fmt.Sprint("q", i)
		if q.Options == nil {
			q.Options = []Option{{}}
		}
		for k := range q.Options {
			q.Options[k].Value, q.Options[k].Label = fmt.Sprint("v", k), "l"+q.Options[k].Label
		}
		q.Question += "?"
	}
	for i := range it.Materials {
		it.Materials[i].Need = ""
		it.Materials[i].ID, it.Materials[i].Name, it.Materials[i].Necessity = fmt.Sprint("m", i), "n"+it.Materials[i].Name, "1"
	}
	for i := range it.Steps {
		s := &it.Steps[i]
		s.ID, s.Slot, s.Name, s.Unit, s.Post, s.Clock = fmt.Sprint("s", i), "x"+s.Slot, "n"+s.Name, "u"+s.Unit, "p"+s.Post, "none"
	}
	for i := range it.Fields {
		f := &it.Fields[i]
		f.Key, f.Label, f.Type = fmt.Sprint("f", i), "l"+f.Label, FieldText
	}
	for i := range it.Rules {
		it.Rules[i].ID, it.Rules[i].When = fmt.Sprint("r", i), "w"+it.Rules[i].When
	}
	for i := range it.Fee.Items {
		it.Fee.Items[i].Name += "费"
	}
	for i := range it.Basis {
		it.Basis[i].Law, it.Basis[i].Confidence = "l"+it.Basis[i].Law, "high"
	}
	for i := range it.Special {
		it.Special[i].Kind += "k"
	}
	for i := range it.Duties {
		it.Duties[i].Stage, it.Duties[i].Text = "s"+it.Duties[i].Stage, "t"+it.Duties[i].Text
	}
	for i := range it.Intermediaries {
		it.Intermediaries[i].Name += "n"
	}
	for i := range it.Oversights {
		it.Oversights[i].Unit, it.Oversights[i].Task = "u", "t"+it.Oversights[i].Task
	}
	for i := range it.Questions {
		it.Questions[i].Question, it.Questions[i].Answer = "q"+it.Questions[i].Question, "a"+it.Questions[i].Answer
	}
}

// throughWorkbook writes an item as a workbook and reads it again.
func throughWorkbook(t rapid.TB, it *Item) *Item {
	t.Helper()
	var out bytes.Buffer
	b, err := exchange.NewWorkbook(&out)
	if err != nil {
		t.Fatal(err)
	}
	main, others := (&Service{}).rows(&itemRow{Item: *it, state: stateOf(it), unitName: "部门"})
	write := func(name string, heads []exchange.Heading, rows [][]string) {
		if err := writeSheet(b, name, heads, rows); err != nil {
			t.Fatal(err)
		}
	}
	write(mainSheet, mainHeads(), [][]string{main})
	for i, p := range partSheets {
		write(p.name(), p.heads(), others[i])
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	sheets, err := exchange.Read("a.xlsx", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	l, err := readList(sheets)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.entries) != 1 || len(l.refused) != 0 {
		t.Fatalf("%d entries, refused %+v", len(l.entries), l.refused)
	}
	got := l.read(l.entries[0], footing{unit: func(string, string) (string, bool) { return it.Body, true }})
	for _, w := range got.wrong {
		if strings.HasPrefix(w.Code, "catalog.import.") {
			t.Fatalf("%+v", w)
		}
	}
	return got.item
}

func sameItem(t rapid.TB, got, want *Item) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		i := 0
		for i < len(a) && i < len(b) && a[i] == b[i] {
			i++
		}
		from := max(0, i-120)
		t.Fatalf("got  …%s\nwant …%s", a[from:min(len(a), i+120)], b[from:min(len(b), i+120)])
	}
}

func TestEveryItemSurvivesAWorkbook(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		it := randomItem(r)
		sameItem(r, throughWorkbook(r, it), it)
	})
}

func TestEveryItemSurvivesAPackage(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		it := randomItem(r)
		text, err := encodeYAML(itemFileOf(it))
		if err != nil {
			r.Fatal(err)
		}
		var f itemFile
		if err := decodeYAML("item", text, &f, true); err != nil {
			r.Fatalf("%v in\n%s", err, text)
		}
		sameItem(r, f.item(), it)
	})
}

func TestTheSampleCitySurvivesBoth(t *testing.T) {
	sub, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPackage(sub)
	if err != nil || len(p.Items) == 0 {
		t.Fatalf("%d items, %v", len(p.Items), err)
	}
	for _, it := range p.Items {
		got := throughWorkbook(t, it)
		sameItem(t, got, it)
		main, others := (&Service{}).rows(&itemRow{Item: *it, state: stateWhole})
		for _, cells := range append(flatten(others), main) {
			for _, c := range cells {
				if strings.HasPrefix(c, jsonMark) {
					t.Errorf("%s: people cannot read %s", it.Code, c)
				}
			}
		}
		text, err := encodeYAML(itemFileOf(it))
		if err != nil {
			t.Fatal(err)
		}
		var f itemFile
		if err := decodeYAML("item", text, &f, true); err != nil {
			t.Fatal(err)
		}
		sameItem(t, f.item(), it)
	}
	for _, f := range p.Flows {
		if n, ok := asRoot.read(asRoot.write(f.Root)); !ok || !reflect.DeepEqual(n, f.Root) {
			t.Errorf("the flow %s: %+v", f.ID, n)
		}
	}
}

func flatten(all [][][]string) (rows [][]string) {
	for _, a := range all {
		rows = append(rows, a...)
	}
	return rows
}
