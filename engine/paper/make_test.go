package paper

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// The source is the package @expo-google-fonts/noto-serif-sc 0.4.3, unpacked:
//
//	go test ./engine/paper -run TestMakeFonts -source DIRECTORY
var source = flag.String("source", "", "directory of Noto Serif SC, to make the embedded fonts anew")

func TestMakeFonts(t *testing.T) {
	if *source == "" {
		t.Skip("no -source given")
	}
	makeFont(t, "400Regular/NotoSerifSC_400Regular.ttf", "font/regular.ttf.gz", func(rune) bool { return true })
	encoder := simplifiedchinese.HZGB2312.NewEncoder()
	makeFont(t, "700Bold/NotoSerifSC_700Bold.ttf", "font/bold.ttf.gz", func(r rune) bool {
		if r < 0x3400 || r >= 0xFE30 && r < 0x10000 {
			return true
		}
		_, err := encoder.String(string(r))
		return err == nil
	})
}

// makeFont drops all that a paper has no use for (layout rules, names, vertical metrics) and the unwanted characters.
func makeFont(t *testing.T, from, to string, want func(rune) bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(*source, from))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	glyphs := map[rune]int{}
	for _, rg := range f.ranges {
		for c := rg.first; c <= rg.last; c++ {
			if want(rune(c)) {
				glyphs[rune(c)] = f.glyph(rune(c))
			}
		}
	}
	small, err := f.cut(glyphs, true)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(small); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d characters, %d bytes, packed %d", to, len(glyphs), len(small), packed.Len())
}
