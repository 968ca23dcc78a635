package app

import (
	"bytes"
	"testing"
	"time"

	"onedoor.app/engine/paper"
)

// samplePDFs are two papers to hand in.
func samplePDFs(a *App) ([][]byte, error) {
	var out [][]byte
	for _, title := range []string{"材料", "申请表"} {
		var b bytes.Buffer
		sheet := paper.Sheet{Title: title, Paragraphs: []string{"演示材料。"}, Issuer: "样例", Date: "2026年1月5日", Created: time.Unix(0, 0)}
		if err := a.base.Fonts.Sheet(&b, sheet); err != nil {
			return nil, err
		}
		out = append(out, b.Bytes())
	}
	return out, nil
}

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
