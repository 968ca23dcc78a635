package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"

	"onedoor.app/infra/fault"
)

// fileHash is the name of a file by its content.
var fileHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// libraryFile is the file of a package that holds the library.
const libraryFile = "materials.yaml"

// readLibrary reads materials.yaml, the library of the package. An entry that is not right
// is refused, and with it the items that name it.
func (p *Package) readLibrary(fsys fs.FS) error {
	var file struct {
		Materials []LibraryMaterial `yaml:"materials"`
	}
	const name = libraryFile
	if err := readYAML(fsys, name, &file, true); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, c := range p.Certificates {
		known[c.Code] = true
	}
	for _, m := range file.Materials {
		bad := m.Wrong()
		for _, code := range m.ReplacedBy {
			bad.Need(known[code], "replaced_by", "catalog.library.certificate")
		}
		bad.Need(!slices.ContainsFunc(p.Library, func(o LibraryMaterial) bool { return o.Code == m.Code }), "code", "catalog.library.taken")
		for field, f := range map[string]*File{"blank": m.Blank, "sample": m.Sample} {
			if err := p.readFile(fsys, f); err != nil {
				bad.Need(false, field, fault.Code(err))
			}
		}
		if len(bad) > 0 {
			field := slices.Min(slices.Collect(maps.Keys(bad)))
			p.refuse(name, 0, bad[field], m.Code+" "+field)
			continue
		}
		p.Library = append(p.Library, m)
	}
	return nil
}

// readFile reads what a file of the package holds and fills in what it is, for good in place of its path. That is
// given from the folder of the package; its name is that of the path unless it has one. A
// file without a path is named by the hash of what is kept already.
func (p *Package) readFile(fsys fs.FS, f *File) error {
	if f == nil || f.Path == "" && fileHash.MatchString(f.Hash) {
		return nil
	}
	file, err := fsys.Open(f.Path)
	if err != nil {
		return fault.New(fault.Invalid, "catalog.file.none")
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return fmt.Errorf("catalog: %s: %w", f.Path, err)
	}
	name := f.Name
	if name == "" {
		name = path.Base(f.Path)
	}
	if *f, err = fileOf(name, content); err != nil {
		return err
	}
	p.files[f.Hash] = keptForm{*f, content}
	return nil
}

// inherit takes over what the library of the package says of the item's materials, and reads
// the files that the item has of its own. where names the material that is at fault.
func (p *Package) inherit(fsys fs.FS, it *Item, from []materialFile) (where string, err error) {
	for i := range it.Materials {
		m := &it.Materials[i]
		if m.Library == "" {
			for _, f := range []*File{m.Blank, m.Sample} {
				if err := p.readFile(fsys, f); err != nil {
					return m.ID, err
				}
			}
			continue
		}
		at := slices.IndexFunc(p.Library, func(l LibraryMaterial) bool { return l.Code == m.Library })
		if at < 0 {
			return m.ID + " " + m.Library, fault.New(fault.Invalid, "catalog.item.library")
		}
		lib := p.Library[at]
		m.take(lib)
		if from[i].Deferrable == nil {
			m.DeferDays = lib.DeferDays
		}
	}
	return "", p.readFile(fsys, it.Result.Sample)
}
