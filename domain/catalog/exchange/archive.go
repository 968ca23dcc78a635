package exchange

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"onedoor.app/infra/fault"
)

// OpenPackage opens a zipped package as a folder, its root the one that holds items.
// Reading more from it than a package may unpack to is a TooLarge fault.
func OpenPackage(text []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || len(z.File) > maxEntries {
		return nil, fault.New(fault.Invalid, "catalog.import.no_table")
	}
	root := "."
	for _, f := range z.File {
		if isItem(f.Name) {
			root = strings.TrimSuffix(strings.SplitN(f.Name, "items/", 2)[0], "/")
			break
		}
	}
	most := unpacked(text, firstPack, packRatio)
	var whole fs.FS = &bounded{FS: z, most: most, left: most}
	if root == "" || root == "." {
		return whole, nil
	}
	return fs.Sub(whole, root)
}

// unpacked is how many bytes a zip may unpack to: no more than real ones of its size do.
func unpacked(text []byte, first, ratio int64) int64 {
	return min(MaxUnzip, max(first, int64(len(text))*ratio))
}

// bomb refuses a zip that unpacks to more than a number of bytes.
func bomb(most int64) error {
	return fault.New(fault.TooLarge, "catalog.import.bomb", "megabytes", int(most>>20))
}

// bounded is a folder from which only so much can be read.
type bounded struct {
	fs.FS
	most int64
	mu   sync.Mutex
	left int64 // of most
}

// Open implements fs.FS.
func (b *bounded) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if _, ok := f.(fs.ReadDirFile); ok {
		return f, nil
	}
	return &boundedFile{f, b}, nil
}

type boundedFile struct {
	fs.File
	of *bounded
}

func (f *boundedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if f.of.left -= int64(n); f.of.left < 0 {
		return 0, bomb(f.of.most)
	}
	return n, err
}

// Archive collects files and writes them as a zip whose bytes depend on their names and
// content alone: sorted, without times. Files are kept packed, so that a long workbook
// takes little memory.
type Archive struct {
	w     io.Writer
	files map[string]*packed
	flate *flate.Writer // of Put
}

// NewArchive begins an archive that Close writes to w.
func NewArchive(w io.Writer) *Archive { return &Archive{w: w, files: map[string]*packed{}} }

type packed struct {
	body  bytes.Buffer // not embedded: io.Copy would write into it, round the packing
	flate *flate.Writer
	size  uint64
	sum   uint32
}

// Write implements io.Writer.
func (p *packed) Write(b []byte) (int, error) {
	p.size += uint64(len(b))
	p.sum = crc32.Update(p.sum, crc32.IEEETable, b)
	return p.flate.Write(b)
}

// Create begins a file. It stays open until Close.
func (a *Archive) Create(name string) (io.Writer, error) {
	p := &packed{}
	var err error
	if p.flate, err = flate.NewWriter(&p.body, flate.BestSpeed); err != nil {
		return nil, err
	}
	a.files[name] = p
	return p, nil
}

// Put adds a whole file. Unlike those of Create it is packed at once, so that thousands of small files take little memory.
func (a *Archive) Put(name string, text []byte) error {
	p := &packed{flate: a.flate}
	if p.flate == nil {
		var err error
		if p.flate, err = flate.NewWriter(&p.body, flate.BestSpeed); err != nil {
			return err
		}
		a.flate = p.flate
	}
	p.flate.Reset(&p.body)
	if _, err := p.Write(text); err != nil {
		return err
	}
	err := p.flate.Close()
	p.flate = nil
	a.files[name] = p
	return err
}

// AddFS adds every file of a folder.
func (a *Archive) AddFS(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		w, err := a.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	})
}

// Close writes the archive.
func (a *Archive) Close() error {
	z := zip.NewWriter(a.w)
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		p := a.files[name]
		if p.flate != nil {
			if err := p.flate.Close(); err != nil {
				return err
			}
		}
		f, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Deflate, CRC32: p.sum, CompressedSize64: uint64(p.body.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return err
		}
		if _, err := p.body.WriteTo(f); err != nil {
			return err
		}
		delete(a.files, name)
	}
	return z.Close()
}
