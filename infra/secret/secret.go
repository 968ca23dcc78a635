// Package secret keeps personal data unreadable at rest.
//
// Values are sealed with SM4-GCM under a random nonce; equal values are found
// again by a keyed digest (HMAC with SM3) that tells nothing without the key.
package secret

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Box seals and opens values with the keys of one installation.
type Box struct {
	gcm   cipher.AEAD
	index []byte
}

const keyBytes = 32 // 16 for SM4, 16 for the index

// NewBox takes a key of 32 bytes.
func NewBox(key []byte) (*Box, error) {
	if len(key) != keyBytes {
		return nil, fmt.Errorf("secret: a key has %d bytes, want %d", len(key), keyBytes)
	}
	block, err := sm4.NewCipher(key[:16])
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	return &Box{gcm: gcm, index: key[16:]}, nil
}

// OpenKeyFile reads the key file at path (64 hexadecimal digits) and makes it,
// readable by its owner only, if it is missing. Whoever loses it loses the data.
func OpenKeyFile(path string) (*Box, error) {
	text, err := OpenFile(path, func() (string, error) {
		key := make([]byte, keyBytes)
		_, _ = rand.Read(key)
		return hex.EncodeToString(key), nil
	})
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("secret: %s does not hold a key", path)
	}
	return NewBox(key)
}

// OpenFile reads the text file at path and makes it with what fresh returns,
// readable by its owner only, if it is missing. Path never names half a text, and
// of several processes that start at once all read the same one.
func OpenFile(path string, fresh func() (string, error)) (string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFile(path, fresh); err != nil {
			return "", fmt.Errorf("secret: %w", err)
		}
		text, err = os.ReadFile(path) //nolint:gosec // as above; another process may have been first
	}
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	return string(text), nil
}

// makeFile makes a text under another name, flushes it to the disk and then gives
// it its name unless somebody else was first.
func makeFile(path string, fresh func() (string, error)) error {
	text, err := fresh()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "new-key-*") // readable by its owner only
	if err != nil {
		return err
	}
	_, err = file.WriteString(text + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		if err = os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	return errors.Join(err, os.Remove(file.Name()), syncDir(dir))
}

// syncDir makes new names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Seal returns plain encrypted. about says what the value belongs to (a table
// and an id, say): a value moved elsewhere no longer opens.
func (b *Box) Seal(plain []byte, about string) []byte {
	nonce := make([]byte, b.gcm.NonceSize())
	_, _ = rand.Read(nonce)
	return b.gcm.Seal(nonce, nonce, plain, []byte(about))
}

// Open returns what Seal was given. An empty value opens as empty.
func (b *Box) Open(sealed []byte, about string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	n := b.gcm.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("secret: the value is too short")
	}
	plain, err := b.gcm.Open(nil, sealed[:n], sealed[n:], []byte(about))
	if err != nil {
		return nil, fmt.Errorf("secret: %s does not open", about)
	}
	return plain, nil
}

// Index returns a digest by which an equal value is found again.
func (b *Box) Index(value string) string {
	mac := hmac.New(sm3.New, b.index)
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// codeLetters are those that nobody mistakes for one another on paper.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// Code returns twelve letters and digits in three groups, for a person to copy:
// the same about the same thing, and nothing to whoever lacks the key.
func (b *Box) Code(about string) string {
	mac := hmac.New(sm3.New, b.index)
	mac.Write([]byte("code:" + about))
	code := make([]byte, 0, 14)
	for i, c := range mac.Sum(nil)[:12] {
		if i > 0 && i%4 == 0 {
			code = append(code, '-')
		}
		code = append(code, codeLetters[int(c)%len(codeLetters)])
	}
	return string(code)
}
