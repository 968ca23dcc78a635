package catalog

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// filePath is where the public gets a file of an item.
func filePath(code string, f *File) string {
	return guidePath(code) + "/files/" + f.Hash + "/" + url.PathEscape(f.Name)
}

// fileWords says of which kind and how large a file is: PDF 12 KB.
func fileWords(f *File) string {
	return strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), ".")) + " " + strconv.FormatInt(max(f.Size>>10, 1), 10) + " KB"
}

// showFile answers GET /items/{code}/files/{hash}/{name}: a blank or sample form, if the
// version in force refers to it. What it once referred to is an Unknown fault.
func (s *Service) showFile(w http.ResponseWriter, r *http.Request) error {
	var file *File
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		it, err := s.Current(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		for _, f := range it.files() {
			if f.Hash == r.PathValue("hash") && f.Name == r.PathValue("name") {
				file = f
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if file == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	return s.SendFile(w, r, *file)
}

// SendFile answers with a form that was kept as one: always to be saved and never to be shown in
// the site's own name, by the type that its content had when it was kept. Anything else that lies
// in the store is an Unknown fault.
func (s *Service) SendFile(w http.ResponseWriter, r *http.Request, f File) error {
	if s.Blobs == nil {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	kept, ok, err := s.formKept(r.Context(), f.Hash)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	body, err := s.Blobs.Open(r.Context(), f.Hash)
	if fault.Is(err, fault.Unknown) {
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", kept.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("ETag", `"`+f.Hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}
