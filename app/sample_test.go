package app

import (
	"testing"
)

// BenchmarkLoadSample is the time from an empty folder to the whole sample city.
func BenchmarkLoadSample(b *testing.B) {
	for b.Loop() {
		cfg, err := ReadConfig(func(name string) (string, bool) {
			return map[string]string{"ONEDOOR_DATA": b.TempDir()}[name], name == "ONEDOOR_DATA"
		})
		if err != nil {
			b.Fatal(err)
		}
		a, err := New(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		if err := a.LoadSample(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
