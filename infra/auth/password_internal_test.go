package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"onedoor.app/infra/db/dbtest"
)

func TestPasswordRoundTrip(t *testing.T) {
	t.Parallel()
	h := newHashing()
	for _, password := range []string{"", "门Door2026", strings.Repeat("长", 1000)} {
		hash := Hash(password)
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || password != "" && strings.Contains(hash, password) {
			t.Errorf("the hash is %q", hash)
		}
		for try, want := range map[string]bool{password: true, password + "x": false, strings.ToUpper(password) + " ": false} {
			if got, err := h.matches(t.Context(), hash, try); err != nil || got != want {
				t.Errorf("%.20q for %.20q: got %t (%v), want %t", try, password, got, err, want)
			}
		}
		if Hash(password) == hash {
			t.Error("equal passwords have equal hashes")
		}
	}
}

// A hash that was made at another cost opens its account still.
func TestTheCostInAHashIsUsed(t *testing.T) {
	t.Parallel()
	h := newHashing()
	salt := []byte("0123456789abcdef")
	enc := base64.RawStdEncoding
	hash := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=2$%s$%s", enc.EncodeToString(salt),
		enc.EncodeToString(argon2.IDKey([]byte("x"), salt, 1, 8192, 2, 24)))
	for try, want := range map[string]bool{"x": true, "y": false} {
		if got, err := h.matches(t.Context(), hash, try); err != nil || got != want {
			t.Errorf("%q: got %t (%v), want %t", try, got, err, want)
		}
	}
	for _, dear := range []string{"m=4194304,t=1,p=2", "m=8192,t=99,p=2", "m=8192,t=1,p=0"} {
		if _, ok := parse(strings.Replace(hash, "m=8192,t=1,p=2", dear, 1)); ok {
			t.Errorf("%s is paid", dear)
		}
	}
}

func TestAHasherWaitsNoLongerThanItsCaller(t *testing.T) {
	t.Parallel()
	var h Hasher
	hash, err := h.Hash(t.Context(), "x")
	if ok, _ := newHashing().matches(t.Context(), hash, "x"); !ok || err != nil {
		t.Errorf("the hash does not match (%v)", err)
	}
	h.room = make(hashing) // no room at all
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNobodyWaitsForAHashWhoHasLeft(t *testing.T) {
	t.Parallel()
	h := make(hashing) // no room at all
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.matches(ctx, "", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnknownLoginCostsAHashToo(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, filepath.Join(t.TempDir(), "x.db"), []dbtest.Schema{{Module: "auth", Files: Schema}})
	a := &Accounts{DB: d, hashing: make(hashing)} // whoever hashes waits for ever
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := a.Check(ctx, "nobody", "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an unknown login is answered at once: %v", err)
	}
}

// FuzzMatches hands odd hashes to the check: none may match or stop it.
func FuzzMatches(f *testing.F) {
	good := Hash("x")
	for _, hash := range []string{"", "$", "$$$$$", good[:40], good + "=", strings.Replace(good, "t=2", "t=0", 1),
		"$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2i$v=19$m=9,t=9,p=9$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$!!$AAAA"} {
		f.Add(hash)
	}
	h := newHashing()
	f.Fuzz(func(t *testing.T, hash string) {
		if ok, err := h.matches(t.Context(), hash, "y"); ok || err != nil {
			t.Errorf("%q matches (%v)", hash, err)
		}
	})
}
