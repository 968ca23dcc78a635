package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"onedoor.app/infra/secret"
)

// Algorithm is how checkpoints are signed.
type Algorithm string

// The algorithms.
const (
	Ed25519 Algorithm = "ed25519"
	SM2     Algorithm = "sm2" // GB/T 32918, with SM3
)

// Key signs checkpoints. A certified device takes its place by giving its own
// note.Signer.
type Key struct {
	signer   note.Signer
	verifier string
}

// Verifier is the public key as text, which may be published: "name+hash+key".
func (k *Key) Verifier() string { return k.verifier }

// OpenKey reads the signing key in the file at path and makes one of the
// algorithm, under the name, if the file is missing. An existing key stays what
// it is. Whoever loses the file can seal nothing that continues the old tree.
func OpenKey(path, name string, alg Algorithm) (*Key, error) {
	text, err := secret.OpenFile(path, func() (string, error) { return GenerateKey(name, alg) })
	if err != nil {
		return nil, err
	}
	return NewKey(strings.TrimSpace(text))
}

// ReadKey reads the signing key in the file at path; a missing file is an error.
func ReadKey(path string) (*Key, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return NewKey(strings.TrimSpace(string(text)))
}

// GenerateKey returns a fresh private key as text. The name holds neither blanks nor "+".
func GenerateKey(name string, alg Algorithm) (string, error) {
	switch alg {
	case Ed25519, "": // unless somebody chose
		private, _, err := note.GenerateKey(rand.Reader, name)
		return private, err
	case SM2:
		return generateSM2(name)
	default:
		return "", fmt.Errorf("ledger: %q is no algorithm; there are ed25519 and sm2", alg)
	}
}

// NewKey reads the text of a private key.
func NewKey(text string) (*Key, error) {
	rest, ok := strings.CutPrefix(text, "PRIVATE+KEY+")
	name, hash, raw, err := decodeKey(rest)
	if !ok || err != nil {
		return nil, errors.New("ledger: the signing key cannot be read")
	}
	if d, ours := bytes.CutPrefix(raw, []byte(sm2Mark)); ours {
		return newSM2Key(name, hash, d)
	}
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, fmt.Errorf("ledger: the signing key: %w", err)
	}
	pub := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	verifier, err := note.NewEd25519VerifierKey(name, pub)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &Key{signer, verifier}, nil
}

// NewVerifier reads the text of a public key of either algorithm.
func NewVerifier(text string) (note.Verifier, error) {
	name, hash, raw, err := decodeKey(text)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(raw, []byte(sm2Mark)) {
		return newSM2Verifier(name, hash, raw)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("ledger: the public key: %w", err)
	}
	return v, nil
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

func encodeKey(name string, hash uint32, key []byte) string {
	return fmt.Sprintf("%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(key))
}

// decodeKey cuts "name+hash+key" apart.
func decodeKey(text string) (name string, hash uint32, key []byte, err error) {
	name, rest, _ := strings.Cut(text, "+")
	hex, key64, _ := strings.Cut(rest, "+")
	n, err1 := strconv.ParseUint(hex, 16, 32)
	key, err2 := base64.StdEncoding.DecodeString(key64)
	if name == "" || err1 != nil || err2 != nil || len(key) == 0 {
		return "", 0, nil, errors.New("ledger: the key cannot be read")
	}
	return name, uint32(n), key, nil
}
