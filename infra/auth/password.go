package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: 19 MiB, two passes (OWASP's first recommendation).
const (
	memory = 19 * 1024
	passes = 2
	lanes  = 1
	length = 32
)

// hashing bounds how many passwords are checked at once, so that a flood of
// sign-ins cannot take the memory of the machine.
type hashing chan struct{}

func newHashing() hashing { return make(hashing, 4) }

// Hash returns the PHC text of a password.
func Hash(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	return phc(salt, argon2.IDKey([]byte(password), salt, passes, memory, lanes, length))
}

func phc(salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// matches reports whether password is the one that hash was made of. It takes
// the same time for an unknown account (an empty hash).
func (h hashing) matches(ctx context.Context, hash, password string) (bool, error) {
	select {
	case h <- struct{}{}:
		defer func() { <-h }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	parts := strings.Split(hash, "$")
	salt := make([]byte, 16)
	if len(parts) == 6 {
		if s, err := base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
			salt = s
		}
	}
	got := phc(salt, argon2.IDKey([]byte(password), salt, passes, memory, lanes, length))
	return subtle.ConstantTimeCompare([]byte(got), []byte(hash)) == 1, nil
}
