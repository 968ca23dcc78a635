package catalog

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
// before an entry or a version refers to it. Faults: catalog.file.kind, catalog.file.large.
func (s *Service) KeepFile(ctx context.Context, name string, body io.Reader) (File, error) {
	content, err := io.ReadAll(io.LimitReader(body, MaxFile+1))
	if err != nil {
		return File{}, err
	}
	f, err := fileOf(name, content)
	if err != nil {
		return File{}, err
	}
	_, _, err = s.Blobs.Put(ctx, bytes.NewReader(content), MaxFile)
	return f, err
}

// files lists the files that the item gives out.
func (it *Item) files() (list []*File) {
	for _, m := range it.Materials {
		list = append(list, m.Blank, m.Sample)
	}
	list = append(list, it.Result.Sample)
	return slices.DeleteFunc(list, func(f *File) bool { return f == nil || f.Hash == "" })
}
