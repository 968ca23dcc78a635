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

// The most that a stored hash may cost.
const (
	mostMemory = 256 * 1024 // KiB
	mostPasses = 10
	mostLanes  = 8
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

// enter waits for room until ctx ends; leave gives it back.
func (h hashing) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h <- struct{}{}:
		return func() { <-h }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// matches reports whether password is the one that hash was made of, at the cost
// that is written in it. It takes the same time for an unknown account (an empty
// hash) as for one with today's cost.
func (h hashing) matches(ctx context.Context, hash, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	k, readable := parse(hash)
	got := argon2.IDKey([]byte(password), k.salt, k.passes, k.memory, k.lanes, uint32(len(k.key))) //nolint:gosec // at most 64
	return subtle.ConstantTimeCompare(got, k.key) == 1 && readable, nil
}

// kept is what a PHC text holds.
type kept struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// parse reads a PHC text; of one that is none, or costs more than any that was
// ever made here, it returns today's cost.
func parse(hash string) (k kept, ok bool) {
	none := kept{memory, passes, lanes, make([]byte, 16), make([]byte, length)}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return none, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &k.memory, &k.passes, &k.lanes); err != nil ||
		parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", k.memory, k.passes, k.lanes) {
		return none, false
	}
	enc := base64.RawStdEncoding.Strict()
	var errSalt, errKey error
	k.salt, errSalt = enc.DecodeString(parts[4])
	k.key, errKey = enc.DecodeString(parts[5])
	within := k.memory >= 8 && k.memory <= mostMemory && k.passes >= 1 && k.passes <= mostPasses && k.lanes >= 1 && k.lanes <= mostLanes
	if errSalt != nil || errKey != nil || !within || len(k.salt) < 8 || len(k.salt) > 64 || len(k.key) < 16 || len(k.key) > 64 {
		return none, false
	}
	return k, true
}
