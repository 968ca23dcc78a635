package catalog

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// MaxFile is the most that one blank or sample form may hold, in bytes.
const MaxFile = 5 << 20

// fileTypes are the kinds of files that the catalogue gives out, by the ends of their names.
var fileTypes = map[string]string{
	".pdf":  "application/pdf",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".ofd":  "application/ofd",
}

// FileEnds lists the ends of the names of files that may be kept.
func FileEnds() []string { return []string{".pdf", ".docx", ".xlsx", ".ofd", ".png", ".jpg", ".jpeg"} }

// packed are the names of parts by which files that are archives tell what they are.
var packed = map[string]string{".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".ofd": "OFD.xml"}

// mediaOf returns the media type of a file, "" unless its content is what its name says.
func mediaOf(name string, content []byte) string {
	ext := strings.ToLower(path.Ext(name))
	begins := func(mark string) bool { return bytes.HasPrefix(content, []byte(mark)) }
	ok := false
	switch ext {
	case ".pdf":
		ok = begins("%PDF-")
	case ".png":
		ok = begins("\x89PNG\r\n\x1a\n")
	case ".jpg", ".jpeg":
		ok = begins("\xff\xd8\xff")
	case ".docx", ".xlsx", ".ofd":
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		ok = err == nil && slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == packed[ext] }) &&
			!slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") })
	}
	if !ok {
		return ""
	}
	return fileTypes[ext]
}

// fileOf describes a file by its content: one that is none of the kinds that are given out is
// the Invalid fault catalog.file.kind, one too large TooLarge.
func fileOf(name string, content []byte) (File, error) {
	name = strings.TrimSpace(path.Base(strings.ReplaceAll(name, `\`, "/")))
	switch {
	case len(content) > MaxFile:
		return File{}, fault.New(fault.TooLarge, "catalog.file.large", "megabytes", MaxFile>>20)
	case len(content) == 0 || name == "" || utf8.RuneCountInString(name) > 120 || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name):
		return File{}, fault.New(fault.Invalid, "catalog.file.kind")
	}
	kind := mediaOf(name, content)
	if kind == "" {
		return File{}, fault.New(fault.Invalid, "catalog.file.kind")
	}
	sum := sha256.Sum256(content)
	return File{Name: name, Type: kind, Hash: hex.EncodeToString(sum[:]), Size: int64(len(content))}, nil
}

// KeepFile puts a blank or sample form into the store and says what it is. Nobody sees it
// before an entry or a version refers to it. It needs the right catalog.keep. Faults:
// catalog.file.kind, catalog.file.large.
func (s *Service) KeepFile(ctx context.Context, who auth.Actor, name string, body io.Reader) (File, error) {
	if err := mayKeep(who); err != nil {
		return File{}, err
	}
	content, err := io.ReadAll(io.LimitReader(body, MaxFile+1))
	if err != nil {
		return File{}, err
	}
	f, err := fileOf(name, content)
	if err != nil {
		return File{}, err
	}
	return f, s.keepForm(ctx, keptForm{f, content})
}

// keptForm is a form with its content.
type keptForm struct {
	File
	content []byte
}

// keepForm keeps a form and then writes down that it is one: what is in the store and not written down is somebody else's.
func (s *Service) keepForm(ctx context.Context, f keptForm) error {
	if _, _, err := s.Blobs.Put(ctx, bytes.NewReader(f.content), MaxFile); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return insertFile(tx, f.File) })
}

// keepFiles keeps blank and sample forms that are read in.
func (s *Service) keepFiles(ctx context.Context, files map[string]keptForm) error {
	if s.Blobs == nil {
		return nil
	}
	for _, hash := range sortedKeys(files) {
		if err := s.keepForm(ctx, files[hash]); err != nil {
			return err
		}
	}
	return nil
}

// fileAway writes down the forms that were kept before they were written down: those that versions, drafts and the library
// name, if they are in the store and are what their names say.
func (s *Service) fileAway(ctx context.Context) error {
	for s.Blobs != nil {
		var rows []unfiled
		named := map[string]*File{}
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if rows, err = listUnfiled(tx, 100); err != nil {
				return err
			}
			for _, u := range rows {
				list, err := findUnfiled(tx, u)
				if err != nil {
					return err
				}
				for _, f := range list {
					named[f.Hash] = f
				}
			}
			return nil
		}); err != nil || len(rows) == 0 {
			return err
		}
		var there []File
		for _, hash := range sortedKeys(named) {
			f, err := s.look(ctx, *named[hash])
			if err != nil {
				return err
			}
			if f.Hash == hash {
				there = append(there, f)
			}
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			for _, f := range there {
				if err := insertFile(tx, f); err != nil {
					return err
				}
			}
			for _, u := range rows {
				if err := removeUnfiled(tx, u); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// look says what a file of the store is; the zero File where it is not there or no form.
func (s *Service) look(ctx context.Context, f File) (File, error) {
	body, err := s.Blobs.Open(ctx, f.Hash)
	if fault.Is(err, fault.Unknown) {
		return File{}, nil
	}
	if err != nil {
		return File{}, err
	}
	defer body.Close()
	content, err := io.ReadAll(io.LimitReader(body, MaxFile+1))
	if err != nil {
		return File{}, err
	}
	is, err := fileOf(f.Name, content)
	if _, told := errors.AsType[*fault.Error](err); told {
		return File{}, nil
	}
	return is, err
}

// formKept is what is written down of a form; ok is false for what is none.
func (s *Service) formKept(ctx context.Context, hash string) (f File, ok bool, err error) {
	if err := s.fileAway(ctx); err != nil {
		return f, false, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := listFiles(tx, []string{hash})
		f, ok = found[hash]
		return err
	})
	return f, ok, err
}

// files lists the files that the item gives out.
func (it *Item) files() (list []*File) {
	for _, m := range it.Materials {
		list = append(list, m.Blank, m.Sample)
	}
	list = append(list, it.Result.Sample)
	return slices.DeleteFunc(list, func(f *File) bool { return f == nil || f.Hash == "" })
}
