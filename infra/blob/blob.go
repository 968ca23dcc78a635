// Package blob keeps uploaded and produced files, addressed by their content.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"onedoor.app/infra/fault"
)

// Store keeps files. Another store (S3-compatible, say) may stand behind it.
type Store interface {
	// Put keeps what r holds, durably, and returns its key (the SHA-256 in
	// hexadecimal) and size. More than limit bytes is a TooLarge fault, and
	// nothing is kept. The same content is kept once.
	Put(ctx context.Context, r io.Reader, limit int64) (key string, size int64, err error)
	// Open returns a kept file; an unknown key is an Unknown fault.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
}

// Shelf is a Store of files that can be made anew: it alone lets go of them. What people bring belongs on no shelf, because
// files of one content are kept once and others may refer to them.
type Shelf interface {
	Store
	// Remove lets go of a file; one that is not there is no fault. Who reads it goes on reading.
	Remove(ctx context.Context, key string) error
}

// Folder is a Store in a folder of the file system.
type Folder struct{ Dir string }

// Put implements Store: it writes a temporary file, flushes it to the disk and
// gives it its name, so that a key never names half a file.
func (f Folder) Put(_ context.Context, r io.Reader, limit int64) (key string, size int64, err error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return "", 0, fmt.Errorf("blob: %w", err)
	}
	temp, err := os.CreateTemp(f.Dir, "new-*")
	if err != nil {
		return "", 0, fmt.Errorf("blob: %w", err)
	}
	defer func() { err = errors.Join(err, f.discard(temp)) }()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(temp, sum), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, fmt.Errorf("blob: %w", err)
	}
	if size > limit {
		return "", 0, fault.New(fault.TooLarge, "blob.too_large", "megabytes", limit>>20)
	}
	key = hex.EncodeToString(sum.Sum(nil))
	if err := f.keep(temp, f.path(key)); err != nil {
		return "", 0, fmt.Errorf("blob: %w", err)
	}
	return key, size, nil
}

// keep gives temp its name unless the content is there already. Either way the
// name is on the disk when it returns: who was first may not have got so far.
func (f Folder) keep(temp *os.File, path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := errors.Join(temp.Sync(), os.MkdirAll(dir, 0o700)); err != nil {
			return err
		}
		if err := os.Rename(temp.Name(), path); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return errors.Join(syncDir(dir), syncDir(f.Dir))
}

// syncDir makes new names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// discard closes temp and removes it if it still has its temporary name.
func (f Folder) discard(temp *os.File) error {
	err := temp.Close()
	if gone := os.Remove(temp.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// Open implements Store.
func (f Folder) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	if raw, err := hex.DecodeString(key); err != nil || len(raw) != sha256.Size {
		return nil, fault.New(fault.Unknown, "blob.unknown")
	}
	file, err := os.Open(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Unknown, "blob.unknown")
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return file, nil
}

// Remove implements Shelf.
func (f Folder) Remove(_ context.Context, key string) error {
	if raw, err := hex.DecodeString(key); err != nil || len(raw) != sha256.Size {
		return nil
	}
	if err := os.Remove(f.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// Whole opens a kept file at its beginning if its content is still that of its key. Other content is an Unavailable fault
// blob.spoiled: somebody, or a disk, has changed it.
func Whole(ctx context.Context, s Store, key string) (io.ReadSeekCloser, error) {
	file, err := s.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != key {
		err = fault.New(fault.Unavailable, "blob.spoiled")
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (f Folder) path(key string) string { return filepath.Join(f.Dir, key[:2], key) }
