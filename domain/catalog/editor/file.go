package editor

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

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
	lock, file, err := p.takeFile(r)
	if err == nil {
		_, err = p.Catalog.EditChange(ctx, auth.From(ctx), idOf(r), lock, func(it *catalog.Item) error {
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
		return p.page(w, r, web.Status(err), view{
			shown: c.Item, Row: "materials." + row, Trouble: web.Words(ctx, err), Moved: fault.Is(err, fault.Stale),
		}, s)
	}
	if err != nil {
		return err
	}
	p.tell(ctx, "editor.saved")
	return web.SeeOther(w, r, rowPath(idOf(r), "materials", "materials", row)+"#files")
}

// takeFile reads the parts as they come; the file is the last.
func (p *Pages) takeFile(r *http.Request) (lock int, f catalog.File, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return 0, f, fault.New(fault.Invalid, "request.malformed")
	}
	large := func(err error) error {
		if _, is := errors.AsType[*http.MaxBytesError](err); is {
			return fault.New(fault.TooLarge, "catalog.file.large", "megabytes", catalog.MaxFile>>20)
		}
		return err
	}
	const most = 200 // bytes of a part that is no file
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return lock, f, fault.New(fault.Invalid, "editor.no_file")
		}
		if err != nil {
			return lock, f, large(err)
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				return lock, f, fault.New(fault.Invalid, "editor.no_file")
			}
			f, err = p.Catalog.KeepFile(r.Context(), part.FileName(), part)
			return lock, f, large(err)
		}
		text, err := io.ReadAll(io.LimitReader(part, most))
		if err != nil {
			return lock, f, large(err)
		}
		if part.FormName() == "lock" {
			lock, _ = strconv.Atoi(string(text)) // what is no number is a draft that has moved
		}
	}
}
