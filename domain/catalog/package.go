package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"onedoor.app/infra/fault"
)

// maxFile is how large a text that is pasted or sent along may be.
const maxFile = 1 << 20

// CertificateType is a kind of certificate that items ask for or give.
type CertificateType struct {
	Code     string `yaml:"code"`
	Name     string `yaml:"name"`
	Issuer   string `yaml:"issuer"`
	Holder   string `yaml:"holder"` // person, organization or person|organization
	Validity string `yaml:"validity"`
}

// Package is the catalogue part of a package folder (docs/package.md), read and
// checked, but not yet published.
type Package struct {
	Items        []*Item
	Templates    map[string]Template
	Flows        []Template // those that the package itself brings
	Bases        []Base     // of the base catalogue
	Certificates []CertificateType
	Library      []LibraryMaterial
	Refused      []Refusal

	reforms reformsFile
	files   map[string]keptForm // blank and sample forms by their hash
	older   map[string]*Item    // by code, those that the library words otherwise, as they are written
	broken  []brokenFile        // shared files that cannot be read
}

// brokenFile is a file of a package besides those of items that cannot be read.
type brokenFile struct {
	name string
	err  error
}

// ReadPackage reads and checks the catalogue part of a package folder.
//
// A package that would take more memory than any real one is the TooLarge fault
// catalog.import.bomb, or catalog.package.large where one file of it would.
func ReadPackage(fsys fs.FS) (*Package, error) {
	p, err := readPackage(fsys)
	if err == nil && len(p.broken) > 0 {
		err = p.broken[0].err
	}
	return p, err
}

// readPackage is ReadPackage that reads on where one of the shared files cannot be read, as far as that tells anything: items
// are not held against what nobody knows.
func readPackage(fsys fs.FS) (*Package, error) {
	fsys = &metered{FS: fsys, left: mostSigns}
	p := &Package{Templates: map[string]Template{FlowStandard: standard()}, files: map[string]keptForm{}, older: map[string]*Item{}}
	var flows struct {
		Flows []Template `yaml:"flows"`
	}
	if err := p.shared("flows.yaml", readYAML(fsys, "flows.yaml", &flows, false)); err != nil {
		return nil, err
	}
	for _, t := range flows.Flows {
		t.Root, _ = asRoot.read(asRoot.write(t.Root)) // without lists of nothing
		p.Flows = append(p.Flows, t)
		p.Templates[t.ID] = t
	}
	var standards struct {
		Certificates []CertificateType `yaml:"certificate_types"`
	}
	if err := p.shared("standards.yaml", readYAML(fsys, "standards.yaml", &standards, false)); err != nil {
		return nil, err
	}
	p.Certificates = standards.Certificates
	if err := p.shared(baseName, p.readBases(fsys)); err != nil {
		return nil, err
	}
	if err := p.shared(libraryFile, p.readLibrary(fsys)); err != nil {
		return nil, err
	}
	if err := p.shared(reformsName, readYAML(fsys, reformsName, &p.reforms, false)); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "items/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := p.read(fsys, name); err != nil {
			return nil, err
		}
	}
	if len(p.broken) == 0 {
		p.link(fsys)
	}
	return p, nil
}

// shared notes that a file besides those of items cannot be read. What it gives back ends the reading: the package is too
// large as a whole.
func (p *Package) shared(name string, err error) error {
	if err != nil && fault.Code(err) != "catalog.import.bomb" {
		p.broken = append(p.broken, brokenFile{name, err})
		return nil
	}
	return err
}

// mostProblems is how many problems of one file are told.
const mostProblems = 200

// read takes one item file in, or refuses it and says all that is wrong with it. An error ends
// the reading: the package is too large as a whole.
func (p *Package) read(fsys fs.FS, name string) error {
	f, text, err := readItem(fsys, name)
	if fault.Code(err) == "catalog.import.bomb" {
		return err
	}
	if fault.Is(err, fault.TooLarge) {
		p.refuse(name, 0, fault.Code(err), "")
		return nil
	}
	if err != nil {
		p.refuse(name, lineIn(err), "catalog.package.unreadable", yamlWords(err))
		return nil
	}
	lines := linesOf(text)
	if f.ID+".yaml" != path.Base(name) {
		p.refuse(name, lines.of(Wrong{Where: "id"}), "catalog.package.name", f.ID)
		return nil
	}
	it := f.item()
	written := *it
	written.Materials = slices.Clone(it.Materials)
	if len(p.broken) > 0 {
		return nil // what it refers to may stand in a file that cannot be read
	}
	if where, err := p.inherit(fsys, it, f.Materials); err != nil {
		p.refuseItem(name, it, lines, []Wrong{{fault.Code(err), where}})
		return nil
	}
	wrong := it.Wrong()
	p.refuseItem(name, it, lines, wrong)
	if len(wrong) > 0 {
		return nil
	}
	p.Items = append(p.Items, it)
	if !reflect.DeepEqual(written.Materials, it.Materials) && len(written.Wrong()) == 0 {
		p.older[it.Code] = &written
	}
	return nil
}

// link refuses items that refer to what is not in the package, and those whose drawings
// were changed: the drawing is made from the steps.
func (p *Package) link(fsys fs.FS) {
	known := map[string]bool{}
	for _, it := range p.Items {
		known[it.Code] = true
	}
	for _, c := range p.Certificates {
		known[c.Code] = true
	}
	p.Items = slices.DeleteFunc(p.Items, func(it *Item) bool {
		name := itemPath(it.Code)
		wrong := it.dangling(known, p.Templates)
		if len(wrong) == 0 {
			wrong = p.redrawn(fsys, it)
		}
		if len(wrong) == 0 {
			return false
		}
		text, _ := readText(fsys, name)
		p.refuseItem(name, it, linesOf(text), wrong)
		return true
	})
}

// redrawn lists drawings of the package that say something else than the steps do.
func (p *Package) redrawn(fsys fs.FS, it *Item) (w []Wrong) {
	for _, id := range it.flowIDs() {
		name := drawingPath(it.Code, id)
		there, err := readText(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		source, _, failed := it.drawing(p.Templates[id])
		if err != nil || failed != nil || !bytes.Equal(bytes.TrimSpace(source), bytes.TrimSpace(there)) {
			w = append(w, Wrong{"catalog.package.drawing", name})
		}
	}
	return w
}

// refuseItem says what is wrong with an item, each with the line on which it stands.
func (p *Package) refuseItem(name string, it *Item, at lines, wrong []Wrong) {
	for _, w := range wrong[:min(len(wrong), mostProblems)] {
		p.refuse(name, at.of(w), w.Code, w.Where)
		last := &p.Refused[len(p.Refused)-1]
		last.Name, last.Part = cmp.Or(it.Name, last.Name), it.partOf(w)
	}
}

func (p *Package) refuse(name string, line int, code, where string) {
	p.Refused = append(p.Refused, Refusal{File: name, Line: line, Name: strings.TrimSuffix(path.Base(name), ".yaml"), Code: code, Where: where})
}
