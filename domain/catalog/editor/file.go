package editor

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
)

// draft reads the draft that a request is about.
func (p *Pages) draft(r *http.Request) (c *catalog.Change, err error) {
	err = p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		c, err = p.Catalog.Change(tx, idOf(r))
		return err
	})
	return c, err
}

// sendSchema answers with the whole form of the draft as JSON Schema, to be saved.
func (p *Pages) sendSchema(w http.ResponseWriter, r *http.Request) error {
	c, err := p.draft(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Content-Disposition", `attachment; filename="form.schema.json"`)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c.Item.FormSchema(catalog.Need{Fields: c.Item.Fields}))
}

// fileOf is where a material keeps one of its files, nil for what is no kind of file.
func fileOf(m *catalog.Material, which string) **catalog.File {
	switch which {
	case catalog.BlankForm:
		return &m.Blank
	case catalog.SampleForm:
		return &m.Sample
	}
	return nil
}

func materialOf(it *catalog.Item, id string) *catalog.Material {
	for i := range it.Materials {
		if it.Materials[i].ID == id {
			return &it.Materials[i]
		}
	}
	return nil
}

func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	c, err := p.draft(r)
	if err != nil {
		return err
	}
	none := fault.New(fault.Unknown, "catalog.file.none")
	m := materialOf(c.Item, r.PathValue("row"))
	if m == nil {
		return none
	}
	f := fileOf(m, r.PathValue("which"))
	if f == nil || *f == nil {
		return none
	}
	return p.Catalog.SendFile(w, r, **f)
}

// postFile gives a material its blank or its sample form.
func (p *Pages) postFile(w http.ResponseWriter, r *http.Request) error {
	ctx, row, which := r.Context(), r.PathValue("row"), r.PathValue("which")
	if fileOf(&catalog.Material{}, which) == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	file, err := p.takeFile(r)
	if err == nil {
		_, err = p.edit(r, func(it *catalog.Item) error {
			m := materialOf(it, row)
			if m == nil || m.Library != "" {
				return fault.New(fault.Conflict, "editor.row.none")
			}
			*fileOf(m, which) = &file
			return nil
		})
	}
	if told(err) {
		s, _ := known("materials")
		c, readErr := p.draft(r)
		if readErr != nil {
			return readErr
		}
		return p.page(w, r, web.Status(err), view{shown: c.Item, Row: "materials." + row, Trouble: web.Words(ctx, err), File: which}, s)
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "editor.saved")
	return web.SeeOther(w, r, rowPath(idOf(r), "materials", "materials", row)+"#files")
}

// edit changes the draft as it stands by now: a file takes no words away from anybody, whatever was looked at.
func (p *Pages) edit(r *http.Request, fn func(*catalog.Item) error) (*catalog.Change, error) {
	c, err := p.draft(r)
	if err != nil {
		return nil, err
	}
	return p.Catalog.EditChange(r.Context(), auth.From(r.Context()), c.ID, c.Lock, fn)
}

// takeFile reads the parts as they come; the file is the last.
func (p *Pages) takeFile(r *http.Request) (f catalog.File, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return f, fault.New(fault.Invalid, "request.malformed")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, fault.New(fault.Invalid, "editor.no_file")
		}
		if err == nil && part.FormName() != "file" {
			continue
		}
		if err == nil && part.FileName() == "" {
			return f, fault.New(fault.Invalid, "editor.no_file")
		}
		if err == nil {
			f, err = p.Catalog.KeepFile(r.Context(), auth.From(r.Context()), part.FileName(), part)
		}
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			err = fault.New(fault.TooLarge, "catalog.file.large", "megabytes", catalog.MaxFile>>20)
		}
		return f, err
	}
}
