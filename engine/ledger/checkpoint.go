package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says that a tree of Size leaves has the root Root. Signed, it is a
// note in the form of C2SP tlog-checkpoint: origin, size, root, signature.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	Note string // with the signature

	signature []byte
}

func (c Checkpoint) text(origin string) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// seal signs c and returns the note.
func (k *Key) seal(c Checkpoint) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.text(k.signer.Name())}, k.signer)
	if err != nil {
		return "", fmt.Errorf("ledger: %w", err)
	}
	return string(signed), nil
}

// Open reads a checkpoint that the key has signed; one that it has not is ErrForeign.
func (k *Key) Open(text string) (Checkpoint, error) {
	v, err := NewVerifier(k.verifier)
	if err != nil {
		return Checkpoint{}, err
	}
	return openCheckpoint(text, v)
}

func openCheckpoint(text string, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, ErrForeign
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != v.Name() {
		return Checkpoint{}, ErrForeign
	}
	c := Checkpoint{Note: text}
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return Checkpoint{}, ErrReceipt
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, ErrReceipt
	}
	copy(c.Root[:], root)
	sig, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil || len(sig) < 4 {
		return Checkpoint{}, ErrReceipt
	}
	c.signature = sig[4:] // behind the key's hash
	return c, nil
}

// Witness keeps the newest checkpoint in a file outside the database, best on
// another machine's disk, so that a database that was put back to an earlier day
// is noticed. After a restore from a backup the file is removed by hand: that is
// the moment to ask why.
type Witness struct{ Path string }

// Keep replaces what was kept.
func (w Witness) Keep(text string) error {
	file, err := os.CreateTemp(filepath.Dir(w.Path), "new-checkpoint-*")
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), w.Path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("ledger: %w", err), os.Remove(file.Name()))
	}
	return nil
}

// Recall returns what was kept last, "" if there is no such file. An empty file is
// damaged.
func (w Witness) Recall() (string, error) {
	text, err := os.ReadFile(w.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && len(text) == 0 {
		err = fmt.Errorf("ledger: %s is empty", w.Path)
	}
	return string(text), err
}
