package auth

import (
	"context"
	"sync"
)

// Hasher makes hashes of new passwords, a few at once, so that a flood of
// registrations cannot take the memory of the machine. The zero value is ready.
type Hasher struct {
	once sync.Once
	room hashing
}

// Hash is the package's Hash for whoever can wait until ctx ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	h.once.Do(func() { h.room = newHashing() })
	leave, err := h.room.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return Hash(password), nil
}
