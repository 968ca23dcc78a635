package app

import (
	"path/filepath"
	"testing"
)

func benchApp(t testing.TB) *App {
	t.Helper()
	data := t.TempDir()
	cfg, err := ReadConfig(func(name string) (string, bool) {
		v, ok := map[string]string{"ONEDOOR_DATA": data, "ONEDOOR_DB": filepath.Join(data, "onedoor.db")}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() }) // what was measured is thrown away
	return a
}

func TestCopiesOfCasesVerifyLikeTheLivesTheyWereMadeOf(t *testing.T) {
	t.Parallel()
	f, err := benchApp(t).BenchVerify(t.Context(), 2000)
	if err != nil {
		t.Fatal(err)
	}
	if f.Entries < 2000 || f.Cases <= lived {
		t.Errorf("%d entries of %d cases were verified, want 2000 of more than %d", f.Entries, f.Cases, lived)
	}
}

func TestTheLightsCountEveryOpenTask(t *testing.T) {
	t.Parallel()
	f, err := benchApp(t).BenchLights(t.Context(), 9000, 3) // more than twice the cases that have a due date of their own
	if err != nil {
		t.Fatal(err)
	}
	if f.Cases < 9000 || f.Units < 2 {
		t.Errorf("the lights of %d units count %d cases, want 9000 of several", f.Units, f.Cases)
	}
}
