package catalog

import (
	"context"
	"io"

	"onedoor.app/domain/catalog/exchange"
)

// exportPackage writes a zipped package: an item a file, with the flows and kinds of
// certificates that items refer to, and the drawing of every flow of a complete item for
// those who read BPMN.
func (s *Service) exportPackage(ctx context.Context, body string, w io.Writer, tell Progress) error {
	a := exchange.NewArchive(w)
	put := func(name string, text []byte, err error) error {
		if err != nil {
			return err
		}
		f, err := a.Create(name)
		if err == nil {
			_, err = f.Write(text)
		}
		return err
	}
	types, flows, err := s.ground(ctx)
	if err != nil {
		return err
	}
	if err := putYAML(put, "flows.yaml", struct {
		Flows []Template `yaml:"flows"`
	}{flows}); err != nil {
		return err
	}
	if err := putYAML(put, "standards.yaml", struct {
		Certificates []CertificateType `yaml:"certificate_types"`
	}{types}); err != nil {
		return err
	}
	templates := map[string]Template{FlowStandard: standard()}
	for _, t := range flows {
		templates[t.ID] = t
	}
	if err := s.eachOut(ctx, body, tell, func(list []*record) error {
		for _, r := range list {
			if err := putItem(put, &r.Item, templates); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return a.Close()
}

type putFile func(name string, text []byte, err error) error

func putYAML(put putFile, name string, v any) error {
	text, err := encodeYAML(v)
	return put(name, text, err)
}

func putItem(put putFile, it *Item, templates map[string]Template) error {
	if err := putYAML(put, itemPath(it.Code), fileOf(it)); err != nil || it.Bare {
		return err
	}
	for _, id := range it.flowIDs() {
		t, ok := templates[id]
		if !ok {
			continue // came from a package whose flows are no longer known
		}
		source, _, err := it.drawing(t)
		if err := put(drawingPath(it.Code, id), source, err); err != nil {
			return err
		}
	}
	return nil
}

func itemPath(code string) string { return "items/" + code + ".yaml" }

// drawingPath is where a package has the drawing of one flow of an item.
func drawingPath(code, flow string) string { return "drawings/" + code + "." + flow + ".bpmn" }
