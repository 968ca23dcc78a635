package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/fault"
)

// bounds are what one file of a package may have: bytes, and signs at which YAML may begin
// another node, each of which takes some hundred bytes of memory.
type bounds struct {
	bytes int64
	signs int
}

// mostSigns is how many signs all files of a package may have together.
const mostSigns = 12_000_000

// fileBounds are those of the files that hold many things: a base catalogue of thousands is one file.
var fileBounds = map[string]bounds{
	"flows.yaml":     {2 << 20, 100_000},
	"standards.yaml": {4 << 20, 200_000},
	libraryFile:      {8 << 20, 400_000},
	reformsName:      {8 << 20, 400_000},
	baseName:         {16 << 20, 800_000},
}

// boundsOf are those of a file; an item, or the drawing of one, is the smallest.
func boundsOf(name string) bounds {
	if b, ok := fileBounds[name]; ok {
		return b
	}
	return bounds{1 << 20, 40_000}
}

func tooLarge(name string) error {
	return fault.New(fault.TooLarge, "catalog.package.large", "where", path.Base(name), "megabytes", int(boundsOf(name).bytes>>20))
}

// metered is a folder from which only so many signs of YAML are read.
type metered struct {
	fs.FS
	left  int
	bytes int // read so far
}

// signs counts where another node may begin: lines, entries, brackets, and dashes and question marks before a space.
func signs(text []byte) (n int) {
	for i, c := range text {
		switch c {
		case '\n', ',', '[', '{':
			n++
		case '-', '?':
			if i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '\t') {
				n++
			}
		}
	}
	return n
}

// aliasShape finds what may be an alias, cheaply.
var aliasShape = regexp.MustCompile(`(?:^|[\s\[,{:])\*[^\s*]`)

func hasAlias(text []byte) bool {
	var doc yaml.Node
	return yaml.Unmarshal(text, &doc) == nil && anyAlias(&doc)
}

func anyAlias(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		return true
	}
	for _, c := range n.Content {
		if anyAlias(c) {
			return true
		}
	}
	return false
}

// readYAML reads one file. A file that is missing reads as empty unless it must be
// there; a must-read file may hold no key that v does not have.
func readYAML(fsys fs.FS, name string, v any, strict bool) error {
	text, err := readText(fsys, name)
	if errors.Is(err, fs.ErrNotExist) && !strict {
		return nil
	}
	if err != nil {
		return err
	}
	return decodeFrom(fsys, name, text, v, strict)
}

// decodeFrom is decodeYAML that counts what a package takes as a whole.
func decodeFrom(fsys fs.FS, name string, text []byte, v any, strict bool) error {
	if m, ok := fsys.(*metered); ok {
		m.bytes += len(text)
		if m.left -= signs(text); m.left < 0 {
			return fault.New(fault.TooLarge, "catalog.import.bomb", "megabytes", m.bytes>>20)
		}
	}
	return decodeYAML(name, text, v, strict)
}

func readText(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer file.Close()
	most := boundsOf(name).bytes
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", name, err)
	}
	if int64(len(text)) > most {
		return nil, tooLarge(name)
	}
	return text, nil
}

// decodeYAML reads text into v. Names that stand for other parts (anchors) are refused: a package says things plainly, and
// a few lines of them can mean millions.
func decodeYAML(name string, text []byte, v any, strict bool) error {
	if signs(text) > boundsOf(name).signs {
		return tooLarge(name)
	}
	if aliasShape.Match(text) && hasAlias(text) {
		return fmt.Errorf("catalog: %s: yaml: anchors and aliases are not read", name)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(strict)
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("catalog: %s: %w", name, err)
	}
	return nil
}

// digest is the SHA-256 over the files of a package that were read from a folder: the lines name and SHA-256, with a tab
// between, in the order of their names; forms are named by their content.
func (p *Package) digest(fsys fs.FS) (string, error) {
	var names []string
	for _, pattern := range []string{"*.yaml", "items/*.yaml", "drawings/*.bpmn"} {
		found, err := fs.Glob(fsys, pattern)
		if err != nil {
			return "", err
		}
		for _, name := range found {
			if _, known := fileBounds[name]; known || path.Dir(name) != "." {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		text, err := readText(fsys, name)
		if fault.Is(err, fault.TooLarge) {
			continue // it was refused
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s\t%s\n", name, digest(text))
	}
	for _, hash := range sortedKeys(p.files) {
		fmt.Fprintf(sum, "%s\t%s\n", hash, hash)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
