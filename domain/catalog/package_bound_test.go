package catalog_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// zipped packs files by their names.
func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAPackageTakesBoundedMemory, whatever it unpacks to.
func TestAPackageTakesBoundedMemory(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := &catalog.Service{DB: d}
	long := func(n int) string { return "id: a\nconditions: [" + strings.Repeat("a,", n) + "a]\n" }
	many := map[string]string{}
	for i := range 100 {
		many[fmt.Sprintf("items/a%d.yaml", i)] = long(39_000)
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  string // of the whole, or of its only refusal
		most  uint64 // megabytes allocated in all
	}{
		"one long file":      {map[string]string{"items/a.yaml": long(8 << 20)}, "catalog.package.large", 40},
		"one file of much":   {map[string]string{"items/a.yaml": long(400_000)}, "catalog.package.large", 40},
		"brackets":           {map[string]string{"items/a.yaml": "id: a\nconditions: " + strings.Repeat("[", 500_000)}, "catalog.package.large", 40},
		"dashes":             {map[string]string{"items/a.yaml": "id: a\nconditions:\n " + strings.Repeat("- ", 400_000)}, "catalog.package.large", 40},
		"anchors":            {map[string]string{"items/a.yaml": "id: &x a\nname: *x\n"}, "catalog.package.unreadable", 40},
		"a base of too much": {map[string]string{"items/a.yaml": "id: a\n", "base.yaml": "bases: [" + strings.Repeat("{},", 1<<20) + "]"}, "catalog.package.large", 60},
		"many of much":       {many, "catalog.import.bomb", 1500},
	} {
		t.Run(name, func(t *testing.T) {
			text := zipped(t, tt.files)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := s.CheckFile(t.Context(), keeper, "a.zip", bytes.NewReader(text), nil)
			runtime.ReadMemStats(&after)
			if len(r.Refused) > 0 {
				err = r.Refused[0].Reason()
			}
			if fault.Code(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > tt.most {
				t.Errorf("%d KB took %d MB", len(text)>>10, took)
			} else {
				t.Logf("%d KB took %d MB in all", len(text)>>10, took)
			}
		})
	}
}
