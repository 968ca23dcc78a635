package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"onedoor.app/domain/catalog/exchange"
)

// column is one column of a sheet: how a thing of type T is written into a cell and read
// from it. Whatever get writes, set reads back as it was: what the words of a column
// cannot say is written as jsonMark and JSON.
type column[T any] struct {
	exchange.Heading
	also []string                  // other names of the column, in small letters
	why  string                    // fault code of a text that cannot be read; "" for catalog.import.value or .choice
	get  func(v *T) string         // "" for what is not there
	set  func(v *T, s string) bool // false: the text means nothing here
}

// jsonMark begins a cell that holds JSON.
const jsonMark = "json:"

// kind is how values of type V are written and read.
type kind[V any] struct {
	write func(V) string
	read  func(string) (V, bool)
}

// of makes a column of a field.
func of[T, V any](name string, k kind[V], field func(*T) *V, also ...string) column[T] {
	return column[T]{
		Heading: exchange.Heading{Text: name},
		also:    also,
		get: func(v *T) string {
			value := *field(v)
			if v := reflect.ValueOf(&value).Elem(); v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
				return ""
			}
			s := k.write(value)
			if back, ok := k.read(s); ok && s != "" && !strings.HasPrefix(s, jsonMark) && s == trim(s) && printable(s) && reflect.DeepEqual(back, value) {
				return s
			}
			return jsonMark + escapedJSON(value)
		},
		set: func(v *T, s string) bool {
			if s == "" {
				*field(v) = *new(V)
				return true
			}
			if text, ok := strings.CutPrefix(s, jsonMark); ok {
				var value V
				if json.Unmarshal([]byte(text), &value) == nil {
					*field(v) = value
					return true
				}
			}
			value, ok := k.read(s)
			if ok {
				*field(v) = value
			}
			return ok
		},
	}
}

// listing makes a column of a list of words.
func listing[T any](name string, field func(*T) *[]string, also ...string) column[T] {
	c := of(name, asList, field, also...)
	c.why = "catalog.import.many"
	return c
}

func (c column[T]) hint(text string) column[T]        { c.Hint = text; return c }
func (c column[T]) needed() column[T]                 { c.Need = true; return c }
func (c column[T]) wide() column[T]                   { c.Wide = true; return c }
func (c column[T]) counts() column[T]                 { c.Number = true; return c }
func (c column[T]) offers(choices []string) column[T] { c.Choices = choices; return c }

// fault is the code for a text that the column cannot read.
func (c column[T]) fault() string {
	switch {
	case c.why != "":
		return c.why
	case len(c.Choices) > 0:
		return "catalog.import.choice"
	}
	return "catalog.import.value"
}

// trim is a cell without space around it.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
}

// printable reports whether every kind of file holds s as it is.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar || r&0xfffe == 0xfffe || r == '\ufeff'
	})
}

// escapedJSON is JSON of printable characters on one line.
func escapedJSON(v any) string {
	body, err := json.Marshal(v)
	if err != nil {
		return "null" // a number that is none: no such item was ever published
	}
	var out strings.Builder
	for _, r := range string(body) {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			out.WriteRune(r)
		} else if r > 0xffff {
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd7c0+r>>10, 0xdc00+r&0x3ff)
		} else {
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// The kinds.
var (
	asText = kind[string]{
		func(s string) string { return s },
		func(s string) (string, bool) { return s, true },
	}
	asNumber = kind[int]{strconv.Itoa, func(s string) (int, bool) {
		s = strings.TrimSuffix(narrow(s), ".0")
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= 0 && n < 1_000_000_000
	}}
	asSomeNumber = kind[*int]{func(n *int) string { return strconv.Itoa(*n) }, func(s string) (*int, bool) {
		n, ok := asNumber.read(s)
		return &n, ok
	}}
	asDecimal = kind[*float64]{func(n *float64) string { return strconv.FormatFloat(*n, 'f', -1, 64) }, func(s string) (*float64, bool) {
		n, err := strconv.ParseFloat(narrow(s), 64)
		return &n, err == nil && decimalShape.MatchString(narrow(s))
	}}
	asFlag = kind[bool]{func(bool) string { return "是" }, func(s string) (bool, bool) {
		switch strings.ToLower(s) {
		case "是", "1", "y", "yes", "true", "√", "有", "支持", "收费":
			return true, true
		case "否", "0", "n", "no", "false", "×", "无", "不支持", "不收费":
			return false, true
		}
		return false, false
	}}
	asDate = kind[string]{asText.write, readDate}
	asYuan = kind[int64]{Yuan, readYuan}
	asList = kind[[]string]{func(l []string) string { return strings.Join(l, "、") }, func(s string) ([]string, bool) {
		list := parts(s)
		return list, len(list) <= mostListed
	}}
	asLines = kind[[]string]{func(l []string) string { return strings.Join(l, "\n") }, readLines}
)

func readLines(s string) ([]string, bool) {
	var list []string
	for line := range strings.Lines(s) {
		if line = trim(line); line != "" {
			list = append(list, line)
		}
	}
	return list, true
}

// readDate takes the number by which spreadsheets keep a day, too: days since 1899-12-30.
func readDate(s string) (string, bool) {
	if n, err := strconv.Atoi(s); err == nil && n > 20_000 && n < 80_000 {
		return spreadsheetDay(n), true
	}
	s = cleanDate(dropSpaces(narrow(s)))
	return s, Field{Type: FieldDate}.Check(s) == ""
}

func ofCodes[T any](name string, l wordList, field func(*T) *string, also ...string) column[T] {
	return of(name, kind[string]{l.word, l.code}, field, also...).offers(l.words())
}

func ofCodeList[T any](name string, l wordList, field func(*T) *[]string, also ...string) column[T] {
	return of(name, kind[[]string]{func(codes []string) string {
		words := make([]string, len(codes))
		for i, c := range codes {
			words[i] = l.word(c)
		}
		return strings.Join(words, "、")
	}, func(s string) (codes []string, ok bool) {
		for _, p := range parts(s) {
			c, ok := l.code(p)
			if !ok {
				return nil, false
			}
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
		return codes, true
	}}, field, also...).offers(l.words())
}

// asFile names a blank or sample form on four lines: its name, its kind, its bytes and the SHA-256 of its content, which is
// kept already or came in a package.
var asFile = kind[*File]{
	func(f *File) string {
		return strings.Join([]string{f.Name, f.Type, strconv.FormatInt(f.Size, 10), f.Hash}, "\n")
	},
	func(s string) (*File, bool) {
		lines := strings.Split(s, "\n")
		if len(lines) != 4 {
			return nil, false
		}
		size, err := strconv.ParseInt(trim(lines[2]), 10, 64)
		return &File{Name: trim(lines[0]), Type: trim(lines[1]), Size: size, Hash: trim(lines[3])}, err == nil
	},
}
