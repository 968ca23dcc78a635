package app

import "testing"

// BenchmarkActs is "onedoor bench acts" with 64 callers on SQLite, for profiles.
func BenchmarkActs(b *testing.B) {
	whole, bare := benchApp(b), benchApp(b)
	const n = 2000
	f, err := whole.BenchActs(b.Context(), bare.DB, 64, n, "")
	if err != nil {
		b.Fatal(err)
	}
	for name, a := range f.Acts {
		b.ReportMetric(a.PerSecond, name+"/s")
		b.ReportMetric(a.CPU, name+"-cpu-ms")
		b.ReportMetric(a.Bare, name+"-bare/s")
	}
}
