package catalog

import (
	"fmt"
	"io/fs"
)

// baseName is the file of a package that holds the base catalogue.
const baseName = "base.yaml"

// baseFile is a base item as base.yaml has it.
type baseFile struct {
	Base      `yaml:",inline"`
	Statutory limitFile `yaml:"statutory_limit"`
}

// readBases takes the base catalogue of a package in, or refuses entries of it.
func (p *Package) readBases(fsys fs.FS) error {
	var file struct {
		Bases []baseFile `yaml:"bases"`
	}
	if err := readYAML(fsys, baseName, &file, false); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range file.Bases {
		b := f.Base
		b.StatutoryLimit = f.Statutory.limit()
		w := b.Wrong()
		if seen[b.Code] {
			w = append(w, Wrong{"catalog.base.twice", "code"})
		}
		if b.Main != "" && !seen[b.Main] { // a main item stands before its sub-items
			w = append(w, Wrong{"catalog.base.main", "main"})
		}
		if len(w) > 0 {
			p.Refused = append(p.Refused, Refusal{File: baseName, Name: b.Name, Code: w[0].Code, Where: b.Code + " " + w[0].Where})
			continue
		}
		seen[b.Code] = true
		p.Bases = append(p.Bases, b)
	}
	return nil
}

// readItem reads one item file, and gives its text too. One that is like another has everything of the other but what it says
// itself, so that what is carried out at several levels is written once.
func readItem(fsys fs.FS, name string) (*itemFile, []byte, error) {
	text, err := readText(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	f := &itemFile{}
	if err := decodeFrom(fsys, name, text, f, true); err != nil || f.Like == "" {
		return f, text, err
	}
	like := f.Like
	f = &itemFile{}
	if err := readYAML(fsys, "items/"+like+".yaml", f, true); err != nil {
		return nil, text, err
	}
	if f.Like != "" {
		return nil, text, fmt.Errorf("catalog: %s is like %s, which is like %s itself", name, like, f.Like)
	}
	return f, text, decodeFrom(fsys, name, text, f, true)
}
