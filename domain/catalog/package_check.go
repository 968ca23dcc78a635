package catalog

import (
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/fault"
)

var yamlLine = regexp.MustCompile(`line (\d+)`)

// lineIn is the line that an error of the YAML reader names, 0 for none.
func lineIn(err error) int {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// yamlWords is what the YAML reader found, without what only programmers know.
func yamlWords(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "yaml: "); i >= 0 {
		text = text[i+len("yaml: "):]
	}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "unmarshal errors:"), "\n", " ")
	return strings.TrimSpace(regexp.MustCompile(` in type catalog\.\w+`).ReplaceAllString(text, ""))
}

// placesOf are the keys below which a problem of a kind is to be found.
var placesOf = map[string]string{
	"material": "materials", "field": "form", "basis": "legal_basis", "question": "situations", "option": "situations",
	"effect": "situations", "step": "steps", "decide": "steps", "days": "steps", "stop": "steps", "slot": "steps", "flow": "flow",
	"unit": "unit", "code": "codes", "type": "type", "name": "name", "audience": "audience", "project_type": "project_type",
	"promise": "promised_limit", "certificate": "result", "acts_on": "acts_on", "declared": "form", "unknown": "situations",
}

// lines tells on which line of a file something stands.
type lines struct{ root *yaml.Node }

func linesOf(text []byte) lines {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return lines{}
	}
	return lines{doc.Content[0]}
}

// of is the line on which a problem stands, as near as can be told; 1 where nothing is nearer.
func (l lines) of(w Wrong) int {
	if l.root == nil {
		return 1
	}
	words := strings.Fields(w.Where)
	key := placesOf[strings.TrimPrefix(w.Code, "catalog.item.")]
	if strings.HasPrefix(w.Code, "catalog.item.legal") {
		key = "legal"
	}
	below := child(l.root, key)
	for _, n := range []*yaml.Node{below, l.root} {
		for _, word := range words {
			if found := scalar(n, word); found != nil {
				return found.Line
			}
		}
	}
	if below != nil {
		return below.Line
	}
	return l.root.Line
}

// child is the value of a key of a mapping.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// scalar is the first value, or key, that is a word.
func scalar(n *yaml.Node, word string) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Value == word {
		return n
	}
	for _, c := range n.Content {
		if found := scalar(c, word); found != nil {
			return found
		}
	}
	return nil
}

// Checked is what a check of a package found.
type Checked struct {
	Items    int       // that are right
	Problems []Refusal // what keeps others from being published
	Scores   []Scored  // of the items that are right, in the order of their files
}

// Scored is an item with what the rules of quality say of it.
type Scored struct {
	Code  string
	Name  string
	Score int
	Flaws []Flaw
}

// CheckPackage reads a package without a database and names all that is wrong with it, and
// how good each item is. Where shared files cannot be read, all of them are named, and the items that cannot be read; the
// others are not judged before these are mended. An error says that it cannot be read at all.
func CheckPackage(fsys fs.FS) (Checked, error) {
	p, err := readPackage(fsys)
	if err != nil {
		return Checked{}, err
	}
	c := Checked{Items: len(p.Items)}
	for _, b := range p.broken {
		r := Refusal{File: b.name, Name: b.name, Line: lineIn(b.err), Code: "catalog.package.unreadable", Where: yamlWords(b.err)}
		if fault.Is(b.err, fault.TooLarge) {
			r.Code, r.Where = fault.Code(b.err), b.name
		}
		c.Problems = append(c.Problems, r)
	}
	c.Problems = append(c.Problems, p.Refused...)
	for _, it := range p.Items {
		flaws := it.Flaws()
		c.Scores = append(c.Scores, Scored{it.Code, it.Name, Score(flaws), flaws})
	}
	return c, nil
}
