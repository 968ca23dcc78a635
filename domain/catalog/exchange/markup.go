package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// markup walks through the XML of a workbook without building a tree. Unlike
// encoding/xml it holds no text longer than a cell may be, however long the file says
// that it is.
type markup struct {
	r    *bufio.Reader
	name string // of the tag, without prefix
	end  bool   // it closes
	self bool   // it opens and closes
	tag  []byte // all of the tag, for attributes
	text []byte // what stood before the tag
}

const (
	maxTag  = 64 << 10
	maxText = 256 << 10 // bytes of one text: a cell holds 32,767 characters
)

var errMarkup = errors.New("exchange: no such markup")

// next goes to the next tag; io.EOF is the end.
func (m *markup) next() error {
	m.text = m.text[:0]
	for {
		if err := m.until('<', maxText, &m.text); err != nil {
			return err
		}
		m.tag = m.tag[:0]
		if err := m.until('>', maxTag, &m.tag); err != nil {
			return noEOF(err)
		}
		switch {
		case len(m.tag) == 0, bytes.HasPrefix(m.tag, []byte("!DOCTYPE")):
			return errMarkup
		case m.tag[0] == '?':
			continue
		case bytes.HasPrefix(m.tag, []byte("!--")):
			if err := m.skip("--"); err != nil {
				return err
			}
			continue
		case bytes.HasPrefix(m.tag, []byte("![CDATA[")):
			if err := m.skip("]]"); err != nil {
				return err
			}
			m.text = append(m.text, escape(bytes.TrimSuffix(m.tag[8:], []byte("]]")))...)
			continue
		}
		return m.read()
	}
}

// skip goes on until the tag ends with what closes it.
func (m *markup) skip(closing string) error {
	for !bytes.HasSuffix(m.tag, []byte(closing)) {
		m.tag = append(m.tag, '>')
		if err := m.until('>', maxTag, &m.tag); err != nil {
			return noEOF(err)
		}
	}
	return nil
}

// read takes the tag apart.
func (m *markup) read() error {
	m.end, m.self = m.tag[0] == '/', m.tag[len(m.tag)-1] == '/'
	name := m.tag
	if m.end {
		name = name[1:]
	}
	if i := bytes.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 {
		return errMarkup
	}
	m.name = string(name)
	return nil
}

// until reads up to a byte, which is dropped, into at most so many bytes.
func (m *markup) until(stop byte, most int, into *[]byte) error {
	for {
		part, err := m.r.ReadSlice(stop)
		if len(*into)+len(part) > most {
			return errMarkup
		}
		*into = append(*into, part...)
		switch {
		case err == nil:
			*into = (*into)[:len(*into)-1]
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return errMarkup
	}
	return err
}

// attr is the value of an attribute, prefix left out; "" when there is none.
func (m *markup) attr(name string) string {
	rest := m.tag
	for {
		i := bytes.IndexAny(rest, "\"'")
		if i < 0 {
			return ""
		}
		key := bytes.TrimSpace(bytes.TrimRight(rest[:i], "= \t\r\n"))
		if k := bytes.LastIndexAny(key, " \t\r\n:"); k >= 0 {
			key = key[k+1:]
		}
		end := bytes.IndexByte(rest[i+1:], rest[i])
		if end < 0 {
			return ""
		}
		if string(key) == name {
			return unescape(rest[i+1 : i+1+end])
		}
		rest = rest[i+2+end:]
	}
}

// String is the text before the tag, entities resolved.
func (m *markup) String() string { return unescape(m.text) }

func escape(b []byte) []byte { return bytes.ReplaceAll(b, []byte("&"), []byte("&amp;")) }

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 && !bytes.Contains(b, []byte("_x")) && bytes.IndexByte(b, '\r') < 0 {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	s := strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(string(b), "\ufffd"), "\r\n", "\n"), "\r", "\n")
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "&")
		out.WriteString(before)
		if !found {
			break
		}
		name, after, ok := strings.Cut(rest, ";")
		if !ok || len(name) > 10 {
			out.WriteByte('&')
			s = rest
			continue
		}
		out.WriteString(entity(name))
		s = after
	}
	return unmask(out.String())
}

// entity is what a name between & and ; stands for.
func entity(name string) string {
	if s, ok := entities[name]; ok {
		return s
	}
	if strings.HasPrefix(name, "#") {
		base, digits := 10, name[1:]
		if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
			base, digits = 16, digits[1:]
		}
		if n, err := strconv.ParseUint(digits, base, 21); err == nil {
			return string(rune(n)) // what is no character becomes U+FFFD
		}
	}
	return "&" + name + ";"
}

// unmask resolves _x000D_, by which workbooks hold characters that XML cannot.
func unmask(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				out.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		out.WriteByte(s[i])
		i++
	}
	return out.String()
}
