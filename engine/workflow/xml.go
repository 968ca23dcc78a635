package workflow

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	nsModel = "http://www.omg.org/spec/BPMN/20100524/MODEL"

	maxSource = 4 << 20
	maxDepth  = 100
	maxElems  = 200_000
)

// elem is one XML element.
type elem struct {
	name xml.Name
	attr []xml.Attr
	text []byte
	kids []*elem
	line int

	process string // the called process whose file it is in, "" for the drawing itself
}

func (e *elem) get(local string) string {
	for _, a := range e.attr {
		if a.Name.Space == "" && a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func (e *elem) is(local string) bool { return e.name.Space == nsModel && e.name.Local == local }

// first returns the first element of BPMN with this name, or nil.
func (e *elem) first(local string) *elem {
	for _, k := range e.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

// words is the text of the element without the space around it; of nil it is "".
func (e *elem) words() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(string(e.text))
}

func (e *elem) all(local string) []*elem {
	var out []*elem
	for _, k := range e.kids {
		if k.is(local) {
			out = append(out, k)
		}
	}
	return out
}

// parse reads the whole file into elements. The decoder resolves no entity but
// the five of XML, so a small file cannot grow.
func parse(src []byte, process string) (*elem, error) {
	if len(src) > maxSource {
		return nil, fmt.Errorf("the file is larger than %d MB", maxSource>>20)
	}
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))))
	var (
		root  *elem
		stack []*elem
		count int
	)
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if count++; count > maxElems || len(stack) >= maxDepth {
				return nil, errors.New("the file has too many elements")
			}
			line, _ := dec.InputPos()
			e := &elem{name: tok.Name, attr: tok.Copy().Attr, line: line, process: process}
			if len(stack) > 0 {
				parent := stack[len(stack)-1]
				parent.kids = append(parent.kids, e)
			} else if root != nil {
				return nil, errors.New("the file has two root elements")
			} else {
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.text = append(top.text, tok...)
			}
		}
	}
	if root == nil {
		return nil, errors.New("the file is empty")
	}
	return root, nil
}
