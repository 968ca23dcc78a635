package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"

	"onedoor.app/domain/catalog/exchange"
)

// incoming is a file that is read and not yet held against what is in force.
type incoming struct {
	list *list    // of a table or workbook
	pack *Package // or a package

	brought
	origin  string
	refused []Refusal
	wants   bool // something is not said in the file and kept from what is in force

	// What was learned of the catalogue.
	late      []Refusal // problems that only then are known
	templates map[string]Template
	known     map[string]bool
	words     map[string]LibraryMaterial // what the library will say, by code
	there     map[string]File            // forms by their hash that were looked for
	drawn     map[string]drawn
	units     map[string]string // name of a department that is not there yet to the code that it will have
	used      map[string]string // name of a department to the code that its items were given
	uscc      map[string]string // and to its credit code
	called    map[string]string // name of a department to the code of the unit that has it
	seen      seen              // units and posts that were looked for
	pieces    []piece           // what the file brings besides items that is news
	beside    Beside            // how much of what the file brings besides items is news
}

type drawn struct {
	sources map[string][]byte
	hashes  map[string]string
}

// readFile reads a list, a workbook or a zipped package.
func readFile(name string, text []byte) (*incoming, error) {
	format, err := exchange.FormatOf(name, text)
	if err != nil {
		return nil, err
	}
	if format == exchange.Package {
		fsys, err := exchange.OpenPackage(text)
		if err != nil {
			return nil, err
		}
		return readFolder(fsys)
	}
	sheets, err := exchange.Read(name, text)
	if err != nil {
		return nil, err
	}
	l, err := readList(sheets)
	if err != nil {
		return nil, err
	}
	in := &incoming{
		list: l, origin: originImport, refused: l.refused, there: map[string]File{},
		brought: brought{certificates: l.certificates, library: l.library},
	}
	for _, id := range sortedKeys(l.templates) {
		in.flows = append(in.flows, l.templates[id])
	}
	in.wants = slices.Contains(l.at, -1)
	for _, p := range l.parts {
		in.wants = in.wants || p == nil || slices.Contains(p.at, -1)
	}
	return in, nil
}

func readFolder(fsys fs.FS) (*incoming, error) {
	p, err := ReadPackage(fsys)
	if err != nil {
		return nil, err
	}
	return &incoming{
		pack: p, origin: originPackage, refused: p.Refused, there: map[string]File{},
		brought: brought{flows: p.Flows, certificates: p.Certificates, bases: p.Bases, library: p.Library, reforms: p.reforms, files: p.files},
	}, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// size is how many entries may be taken in.
func (in *incoming) size() int {
	if in.pack != nil {
		return len(in.pack.Items)
	}
	return len(in.list.entries)
}

func (in *incoming) codes(from, to int) []string {
	var codes []string
	for i := from; i < to; i++ {
		if in.pack != nil {
			codes = append(codes, in.pack.Items[i].Code)
		} else {
			codes = append(codes, in.list.entries[i].code)
		}
	}
	return codes
}

// digest is the name of a file by its content.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// allProblems is the list of all problems as it is kept beside a report.
func allProblems(list []Refusal) (*bytes.Reader, error) {
	body, err := json.Marshal(list)
	return bytes.NewReader(body), err
}
