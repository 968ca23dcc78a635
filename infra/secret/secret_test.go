package secret_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onedoor.app/infra/secret"
)

func box(t testing.TB, first byte) *secret.Box {
	t.Helper()
	key := bytes.Repeat([]byte{7}, 32)
	key[0], key[31] = first, first
	b, err := secret.NewBox(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedValuesOpenOnlyWhereTheyBelong(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	for _, plain := range []string{"110101199003070011", "x", strings.Repeat("长", 10_000)} {
		sealed := b.Seal([]byte(plain), "party:1")
		if len(plain) > 4 && bytes.Contains(sealed, []byte(plain)) { // a single letter may occur by chance
			t.Error("the value can be read in what is kept")
		}
		if got, err := b.Open(sealed, "party:1"); err != nil || string(got) != plain {
			t.Errorf("got %.20q (%v), want %.20q", got, err, plain)
		}
		if got, err := b.Open(sealed, "party:2"); err == nil {
			t.Errorf("moved to another row it opens as %.20q", got)
		}
		if got, err := box(t, 2).Open(sealed, "party:1"); err == nil {
			t.Errorf("under another key it opens as %.20q", got)
		}
		if again := b.Seal([]byte(plain), "party:1"); bytes.Equal(again, sealed) {
			t.Error("equal values look equal when sealed")
		}
	}
}

func TestADamagedValueDoesNotOpen(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	sealed := b.Seal([]byte("13800000000"), "party:1")
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if got, err := b.Open(bad, "party:1"); err == nil {
			t.Errorf("with byte %d flipped it opens as %q", i, got)
		}
	}
	for n := 1; n < len(sealed); n++ {
		if got, err := b.Open(sealed[:n], "party:1"); err == nil {
			t.Errorf("cut to %d bytes it opens as %q", n, got)
		}
	}
	if got, err := b.Open(nil, "party:1"); err != nil || got != nil {
		t.Errorf("an empty value: %q %v", got, err)
	}
}

func TestIndexFindsEqualValuesUnderOneKey(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	// Kept in tables: it must stay what it is from version to version.
	if got, want := b.Index("110101199003070011"), "9747f7237d51e81f1c450fc96804ae9d"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if b.Index("a") == b.Index("b") || b.Index("a") != box(t, 1).Index("a") || b.Index("a") == box(t, 2).Index("a") {
		t.Error("the index does not tell values or keys apart")
	}
}

func TestAKeyHas32Bytes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := secret.NewBox(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes is taken", n)
		}
	}
}

func TestTheKeyFileIsMadeOnceForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "onedoor.key")
	var wg sync.WaitGroup
	indexes := make([]string, 20)
	for i := range indexes { // as when several servers start on one folder
		wg.Go(func() {
			b, err := secret.OpenKeyFile(path)
			if err != nil {
				t.Error(err)
				return
			}
			indexes[i] = b.Index("x")
		})
	}
	wg.Wait()
	for _, got := range indexes {
		if got != indexes[0] {
			t.Fatalf("two keys are in use: %v", indexes)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v (%v), want 0600", info.Mode().Perm(), err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v (%v), want the key alone", list, err)
	}
}

func TestABadKeyFileIsNeverReplaced(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "not a key", "abcd\n", strings.Repeat("0", 63), strings.Repeat("zz", 32)} {
		path := filepath.Join(t.TempDir(), "onedoor.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := secret.OpenKeyFile(path)
		if err == nil {
			t.Errorf("%q is taken for a key", text)
		} else if len(text) > 4 && strings.Contains(err.Error(), text) {
			t.Errorf("the error shows what the file holds: %v", err)
		}
		if left, _ := os.ReadFile(path); string(left) != text {
			t.Errorf("the file was changed from %q to %q", text, left)
		}
	}
}

func FuzzOpen(f *testing.F) {
	b := box(f, 1)
	f.Add([]byte{}, "party:1")
	f.Add([]byte("0123456789ab"), "")
	f.Add(bytes.Repeat([]byte{0}, 28), "party:1")
	f.Add(b.Seal([]byte("x"), "party:1")[:20], "party:1")
	f.Fuzz(func(t *testing.T, sealed []byte, about string) {
		if got, err := b.Open(sealed, about); err == nil && len(sealed) > 0 {
			t.Errorf("what nobody sealed opens as %q", got)
		}
		if got, err := b.Open(b.Seal(sealed, about), about); err != nil || !bytes.Equal(got, sealed) {
			t.Errorf("a round trip gives %q (%v), want %q", got, err, sealed)
		}
	})
}

func TestACodeIsTheSameEachTimeAndAnothersUnderAnotherKey(t *testing.T) {
	t.Parallel()
	b := box(t, 1)
	got := b.Code("setup")
	if len(got) != 14 || got[4] != '-' || got[9] != '-' || strings.ContainsAny(got, "01ILO") {
		t.Errorf("%q is not easy to copy", got)
	}
	if got != b.Code("setup") || got == b.Code("other") || got == box(t, 2).Code("setup") {
		t.Error("the code does not tell things or keys apart")
	}
}
