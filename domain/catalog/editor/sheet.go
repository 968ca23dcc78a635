package editor

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
)

// An item is read and written by the keys of its JSON: "promised_limit.value", "basis.0.law".
// The same path names the element on the page, in the form that comes back and in differences,
// so that an element is declared in one place, sections.go.

// at finds a value by its path. Where fill is set pointers on the way are made, else what a
// nil pointer would lead to is the zero Value, as is what a path does not lead to.
func at(v reflect.Value, path string, fill bool) reflect.Value {
	for path != "" {
		for v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !fill {
					return reflect.Value{}
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		var key string
		key, path, _ = strings.Cut(path, ".")
		switch v.Kind() {
		case reflect.Struct:
			v = member(v, key)
		case reflect.Slice:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= v.Len() {
				return reflect.Value{}
			}
			v = v.Index(i)
		default:
			return reflect.Value{}
		}
		if !v.IsValid() {
			return v
		}
	}
	return v
}

// member is the field of a struct that has a key in JSON.
func member(v reflect.Value, key string) reflect.Value {
	for _, f := range reflect.VisibleFields(v.Type()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == key && f.IsExported() {
			return v.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}

// shown is what a form shows of a value; nothing for what says nothing.
func shown(v reflect.Value, k kind) []string {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
		if k == whole {
			k = count // a number that may be left out: nothing is not zero
		}
	}
	if !v.IsValid() {
		return nil
	}
	switch x := v.Interface().(type) {
	case string:
		return []string{x}
	case bool:
		if x {
			return []string{"true"}
		}
		return nil
	case int:
		if x == 0 && k != count {
			return nil
		}
		return []string{strconv.Itoa(x)}
	case int64:
		if x == 0 {
			return nil
		}
		return []string{catalog.Yuan(x)}
	case float64:
		return []string{strconv.FormatFloat(x, 'f', -1, 64)}
	case []string:
		return slices.Clone(x)
	case []catalog.Effect:
		var all []string
		for _, e := range x {
			all = append(all, tokenOf(e))
		}
		return all
	}
	return nil
}

// Bounds of what is typed into one element.
const (
	mostLine  = 600
	mostText  = 6000
	mostParts = 200
)

// put writes what was typed into a value, and returns the code of what is wrong with it, "".
// Whether it makes sense is for [catalog.Item.Wrong] to say: a draft may be incomplete.
func put(v reflect.Value, k kind, typed []string) string {
	one := ""
	if len(typed) > 0 {
		one = strings.TrimSpace(strings.ReplaceAll(typed[0], "\r\n", "\n"))
	}
	if !utf8.ValidString(one) || strings.Contains(one, "\x00") {
		return "editor.wrong.text"
	}
	if v.Kind() == reflect.Pointer {
		if one == "" {
			v.SetZero()
			return ""
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		one = strings.TrimSpace(catalog.Narrow(one))
	default: // words stay as they are
	}
	switch v.Interface().(type) {
	case string:
		return putText(v, k, one)
	case bool:
		v.SetBool(one == "true")
	case int:
		n, err := strconv.Atoi(one)
		if one != "" && (err != nil || n < 0 || n > 1_000_000) {
			return "editor.wrong.whole"
		}
		v.SetInt(int64(n))
	case int64:
		fen, ok := fenOf(one)
		if !ok {
			return "editor.wrong.money"
		}
		v.SetInt(fen)
	case float64:
		n, err := strconv.ParseFloat(one, 64)
		if err != nil || n != n || n > 1e15 || n < -1e15 {
			return "editor.wrong.number"
		}
		v.SetFloat(n)
	case []string:
		return putTexts(v, k, one, typed)
	case []catalog.Effect:
		var all []catalog.Effect
		for _, token := range typed {
			if e, ok := effectOf(token); ok && !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
		v.Set(reflect.ValueOf(all))
	}
	return ""
}

func putText(v reflect.Value, k kind, text string) string {
	most := mostText
	if k != area {
		most, text = mostLine, strings.ReplaceAll(text, "\n", " ")
	}
	if utf8.RuneCountInString(text) > most {
		return "editor.wrong.long"
	}
	v.SetString(text)
	return ""
}

func putTexts(v reflect.Value, k kind, text string, typed []string) string {
	var all []string
	switch k {
	case lines:
		all = strings.Split(text, "\n")
	case tags:
		all = strings.FieldsFunc(parted(text), func(r rune) bool { return strings.ContainsRune("、，,；;\n", r) })
	default:
		all = typed
	}
	var kept []string
	for _, x := range all {
		if x = strings.TrimSpace(x); x != "" && !slices.Contains(kept, x) {
			kept = append(kept, x)
		}
		if utf8.RuneCountInString(x) > mostText {
			return "editor.wrong.long"
		}
	}
	if len(kept) > mostParts {
		return "editor.wrong.many"
	}
	v.Set(reflect.ValueOf(kept))
	return ""
}

// parted puts a comma for every blank between two Chinese words: 开饭店 小吃店. Those inside an English name stay.
func parted(text string) string {
	words := strings.FieldsFunc(text, unicode.IsSpace)
	var out strings.Builder
	for i, w := range words {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(words[i-1])
			first, _ := utf8.DecodeRuneInString(w)
			if unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, first) {
				out.WriteString("、")
			} else {
				out.WriteString(" ")
			}
		}
		out.WriteString(w)
	}
	return out.String()
}

// twice is the first line that stands in a text a second time, "" for none.
func twice(text string) string {
	var seen []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && slices.Contains(seen, l) {
			return l
		}
		seen = append(seen, l)
	}
	return ""
}

// fenOf reads an amount in yuan, "" as none.
func fenOf(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	yuan, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(yuan, 10, 64)
	if err != nil || n < 0 || n > 1e12 || len(rest) > 2 {
		return 0, false
	}
	fen, err := strconv.ParseInt((rest + "00")[:2], 10, 64)
	return n*100 + fen, err == nil && fen >= 0
}

// reader takes a form into an item. Wrong holds the codes of what could not be read, by the
// name of the element.
type reader struct {
	form  url.Values
	wrong map[string]string
	twice string // a line of a list that was written a second time and is kept once
}

// elements reads the elements below a path into the value that they belong to.
func (r *reader) elements(v reflect.Value, prefix string, all []element) {
	for _, e := range all {
		name := prefix + e.path
		if e.kind == marks {
			for _, one := range e.of {
				if x := at(v, one, true); x.IsValid() {
					x.SetBool(slices.Contains(r.form[name], one))
				}
			}
			continue
		}
		x := at(v, e.path, true)
		if !x.IsValid() {
			continue
		}
		if code := put(x, e.kind, r.form[name]); code != "" {
			r.wrong[name] = code
		}
		if e.kind == lines && r.twice == "" {
			r.twice = twice(r.form.Get(name))
		}
	}
}

// rows reads the rows of a list, as many as the form says. A row whose elements say nothing
// is dropped, but the one that was just added.
func (r *reader) rows(root reflect.Value, l *list) {
	v := at(root, l.path, true)
	n, err := strconv.Atoi(r.form.Get(l.path + ".rows"))
	if err != nil || n < 0 || n > mostParts || !v.IsValid() || v.Kind() != reflect.Slice {
		return
	}
	next := reflect.MakeSlice(v.Type(), 0, n)
	for i := range n {
		row := reflect.New(v.Type().Elem()).Elem()
		if was, err := strconv.Atoi(r.form.Get(l.path + "." + strconv.Itoa(i) + ".was")); err == nil && was >= 0 && was < v.Len() {
			row.Set(v.Index(was))
		}
		prefix := l.path + "." + strconv.Itoa(i) + "."
		r.elements(row, prefix, l.elements)
		if id := r.form.Get(prefix + "id"); l.letter != "" && id != "" {
			member(row, l.key).SetString(id)
		}
		if !r.says(prefix, l.elements) {
			continue
		}
		next = reflect.Append(next, row)
	}
	v.Set(next)
}

// says reports whether a row of a form says anything by itself: what is chosen from a list by
// default says nothing.
func (r *reader) says(prefix string, all []element) bool {
	for _, e := range all {
		if e.kind == pick || e.kind == marks {
			continue
		}
		if slices.ContainsFunc(r.form[prefix+e.path], func(s string) bool { return strings.TrimSpace(s) != "" }) {
			return true
		}
	}
	return false
}
