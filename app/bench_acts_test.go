package app

import (
	"path/filepath"
	"testing"
)

// BenchmarkActs is "onedoor bench acts" with 64 callers on SQLite, for profiles.
func BenchmarkActs(b *testing.B) {
	var open [2]*App
	for i := range open {
		data := b.TempDir()
		cfg, err := ReadConfig(func(name string) (string, bool) {
			v, ok := map[string]string{"ONEDOOR_DATA": data, "ONEDOOR_DB": filepath.Join(data, "onedoor.db")}[name]
			return v, ok
		})
		if err != nil {
			b.Fatal(err)
		}
		if open[i], err = New(b.Context(), cfg); err != nil {
			b.Fatal(err)
		}
		defer open[i].Close() //nolint:errcheck // what was measured is thrown away
	}
	const n = 2000
	f, err := open[0].BenchActs(b.Context(), open[1].DB, 64, n, "")
	if err != nil {
		b.Fatal(err)
	}
	for name, a := range f.Acts {
		b.ReportMetric(a.PerSecond, name+"/s")
		b.ReportMetric(a.CPU, name+"-cpu-ms")
		b.ReportMetric(a.Bare, name+"-bare/s")
	}
}
