package catalog

import (
	"context"
	"io"
	"path"
	"strings"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/db"
)

// exportPackage writes a zipped package: an item a file, with all that items refer to, the base catalogue, the ledger of
// reform, and the drawing of every flow of a complete item for those who read BPMN.
func (s *Service) exportPackage(ctx context.Context, body string, w io.Writer, tell Progress) error {
	p := &packing{s: s, ctx: ctx, to: exchange.NewArchive(w), packed: map[string]bool{}}
	k, err := s.known(ctx)
	if err != nil {
		return err
	}
	if err := p.beside(k); err != nil {
		return err
	}
	templates := map[string]Template{FlowStandard: standard()}
	for _, t := range k.flows {
		templates[t.ID] = t
	}
	if err := s.eachOut(ctx, body, tell, func(list []*itemRow) error {
		for _, r := range list {
			if err := p.item(&r.Item, templates); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return p.to.Close()
}

// packing is a package that is being written.
type packing struct {
	s      *Service
	ctx    context.Context //nolint:containedctx // a package is written in one call
	to     *exchange.Archive
	packed map[string]bool // paths of forms
}

func (p *packing) yaml(name string, v any) error {
	text, err := encodeYAML(v)
	if err != nil {
		return err
	}
	return p.to.Put(name, text)
}

// beside writes what belongs to no item.
func (p *packing) beside(k brought) (err error) {
	for i := range k.library {
		m := &k.library[i]
		if m.Blank, err = p.form(m.Blank); err != nil {
			return err
		}
		if m.Sample, err = p.form(m.Sample); err != nil {
			return err
		}
	}
	bases, reforms, err := p.s.ledgers(p.ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		v    any
	}{
		{"flows.yaml", struct {
			Flows []Template `yaml:"flows"`
		}{k.flows}},
		{"standards.yaml", struct {
			Certificates []CertificateType `yaml:"certificate_types"`
		}{k.certificates}},
		{libraryFile, struct {
			Materials []LibraryMaterial `yaml:"materials"`
		}{k.library}},
		{baseName, struct {
			Bases []baseFile `yaml:"bases"`
		}{bases}},
		{reformsName, reforms},
	} {
		if err := p.yaml(f.name, f.v); err != nil {
			return err
		}
	}
	return nil
}

// form writes a blank or sample form and says where it is. Where no forms are kept it stays named by its content.
func (p *packing) form(f *File) (*File, error) {
	if f == nil || p.s.Blobs == nil {
		return f, nil
	}
	out := *f
	out.Path = "files/" + f.Hash + strings.ToLower(path.Ext(f.Name))
	if p.packed[out.Path] {
		return &out, nil
	}
	file, err := p.s.Blobs.Open(p.ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	p.packed[out.Path] = true
	return &out, p.to.Put(out.Path, content)
}

func (p *packing) item(it *Item, templates map[string]Template) (err error) {
	f := itemFileOf(it)
	if f.Result.Sample, err = p.form(f.Result.Sample); err != nil {
		return err
	}
	for i := range f.Materials {
		m := &f.Materials[i]
		if m.Blank, err = p.form(m.Blank); err != nil {
			return err
		}
		if m.Sample, err = p.form(m.Sample); err != nil {
			return err
		}
	}
	if err := p.yaml(itemPath(it.Code), f); err != nil || it.Bare {
		return err
	}
	for _, id := range it.flowIDs() {
		t, ok := templates[id]
		if !ok {
			continue // came from a package whose flows are no longer known
		}
		source, _, err := it.drawing(t)
		if err != nil {
			return err
		}
		if err := p.to.Put(drawingPath(it.Code, id), source); err != nil {
			return err
		}
	}
	return nil
}

// ledgers reads the base catalogue, main items before their sub-items, and what holds of the ledger of reform.
func (s *Service) ledgers(ctx context.Context) (bases []baseFile, f reformsFile, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		bases, f = nil, reformsFile{}
		for after := ""; ; {
			list, err := listBaseBodies(tx, after, exported)
			if err != nil {
				return err
			}
			for _, b := range list {
				bases = append(bases, baseFile{Base: b, Statutory: limitFileOf(b.StatutoryLimit)})
			}
			if len(list) < exported {
				break
			}
			after = list[len(list)-1].Code
		}
		f, err = reformsOf(tx)
		return err
	})
	return bases, f, err
}

func itemPath(code string) string { return "items/" + code + ".yaml" }

// drawingPath is where a package has the drawing of one flow of an item.
func drawingPath(code, flow string) string { return "drawings/" + code + "." + flow + ".bpmn" }
