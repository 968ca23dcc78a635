package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"onedoor.app/infra/blob"
	"onedoor.app/infra/fault"
)

func keyOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// kept lists the files in a folder with their sizes.
func kept(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	files := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		files[e.Name()] = info.Size()
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func TestWhatIsPutCanBeOpened(t *testing.T) {
	t.Parallel()
	f := blob.Folder{Dir: filepath.Join(t.TempDir(), "files")}
	for _, content := range []string{"", "a", strings.Repeat("营业执照", 50_000)} {
		key, size, err := f.Put(t.Context(), strings.NewReader(content), math.MaxInt32)
		if err != nil || key != keyOf(content) || size != int64(len(content)) {
			t.Fatalf("put %d bytes: %q %d %v", len(content), key, size, err)
		}
		file, err := f.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil || string(got) != content {
			t.Errorf("got %d bytes back (%v), want %d", len(got), err, len(content))
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	f := blob.Folder{Dir: t.TempDir()}
	if _, _, err := f.Put(t.Context(), strings.NewReader("12345"), 5); err != nil {
		t.Errorf("as large as the limit: %v", err)
	}
	_, _, err := f.Put(t.Context(), strings.NewReader("123456"), 5)
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("larger than the limit: %v", err)
	}
	if got := kept(t, f.Dir); len(got) != 1 {
		t.Errorf("the folder holds %v, want the first alone", got)
	}
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	f := blob.Folder{Dir: t.TempDir()}
	gone := errors.New("the phone lost its network")
	_, _, err := f.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone)), 1<<20)
	if !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
	if got := kept(t, f.Dir); len(got) != 0 {
		t.Errorf("the folder holds %v", got)
	}
}

func TestOneContentIsKeptOnceHoweverManySendIt(t *testing.T) {
	t.Parallel()
	f := blob.Folder{Dir: t.TempDir()}
	content := strings.Repeat("x", 100_000)
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			key, size, err := f.Put(t.Context(), iotest.HalfReader(strings.NewReader(content)), 1<<20)
			if err != nil || key != keyOf(content) || size != 100_000 {
				t.Errorf("put: %q %d %v", key, size, err)
				return
			}
			file, err := f.Open(t.Context(), key) // a key that was told names the whole file
			if err != nil {
				t.Error(err)
				return
			}
			defer file.Close()
			if got, err := io.ReadAll(file); err != nil || string(got) != content {
				t.Errorf("read %d bytes: %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if got := kept(t, f.Dir); len(got) != 1 || got[keyOf(content)] != 100_000 {
		t.Errorf("the folder holds %v, want one file", got)
	}
}

func TestOnlyKeysOpenFiles(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	f := blob.Folder{Dir: filepath.Join(top, "files")}
	if _, _, err := f.Put(t.Context(), strings.NewReader("x"), 9); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(top, "onedoor.key"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"", "a", "../onedoor.key", "..", "/etc/passwd", keyOf("never put"), keyOf("x")[:63], keyOf("x") + "0",
		strings.Repeat("../", 21) + "x", strings.Repeat("..", 32), "\x00" + keyOf("x")[1:], " " + keyOf("x")[1:],
	} {
		file, err := f.Open(t.Context(), key)
		if !fault.Is(err, fault.Unknown) || file != nil {
			t.Errorf("%q: %v %v", key, file, err)
		}
	}
}

func TestLeftoversOfACrashDoNoHarm(t *testing.T) {
	t.Parallel()
	f := blob.Folder{Dir: t.TempDir()}
	for _, name := range []string{"new-1", "new-2"} { // died while writing
		if err := os.WriteFile(filepath.Join(f.Dir, name), []byte("hal"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(f.Dir, keyOf("half")[:2]), 0o700); err != nil { // died before the name
		t.Fatal(err)
	}
	if _, err := f.Open(t.Context(), keyOf("half")); !fault.Is(err, fault.Unknown) {
		t.Errorf("before it is sent again: %v", err)
	}
	key, _, err := f.Put(t.Context(), strings.NewReader("half"), 9)
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, _ := io.ReadAll(file); !bytes.Equal(got, []byte("half")) {
		t.Errorf("got %q", got)
	}
}

func TestAFolderThatCannotBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (blob.Folder{Dir: file}).Put(t.Context(), strings.NewReader("x"), 9); err == nil {
		t.Error("it was put into a file")
	}
}

func TestWholeGivesOutNothingElse(t *testing.T) {
	t.Parallel()
	store := blob.Folder{Dir: t.TempDir()}
	key, _, err := store.Put(t.Context(), strings.NewReader("as handed in"), 100)
	if err != nil {
		t.Fatal(err)
	}
	file, err := blob.Whole(t.Context(), store, key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil || string(text) != "as handed in" {
		t.Errorf("%q, %v", text, err)
	}
	path := filepath.Join(store.Dir, key[:2], key)
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Whole(t.Context(), store, key); fault.Code(err) != "blob.spoiled" {
		t.Errorf("what was changed is given out: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Whole(t.Context(), store, key); fault.Code(err) != "blob.unknown" {
		t.Errorf("what was lost: %v", err)
	}
}
