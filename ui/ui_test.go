package ui

import (
	"strings"
	"testing"
)

func TestWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	zh, en := ownWords()["zh"], ownWords()["en"]
	for key := range zh {
		if en[key] == "" {
			t.Errorf("en.json lacks %s", key)
		}
	}
	for key := range en {
		if zh[key] == "" {
			t.Errorf("zh.json lacks %s", key)
		}
	}
}

func TestAssetPathNamesTheHash(t *testing.T) {
	t.Parallel()
	got := AssetPath("components.css")
	if !strings.HasPrefix(got, "/assets/") || !strings.HasSuffix(got, "/components.css") || strings.Count(got, "/") != 3 {
		t.Errorf("AssetPath = %q", got)
	}
}
