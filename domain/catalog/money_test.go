package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestYuan(t *testing.T) {
	t.Parallel()
	for text, fen := range map[string]int64{
		"12": 1200, "12.5": 1250, "12.50元": 1250, "０.05": 5, " 7 元": 700, "999999999999.99": 99_999_999_999_999,
	} {
		if got, ok := readYuan(text); !ok || got != fen {
			t.Errorf("%q is read as %d, %v, want %d", text, got, ok, fen)
		}
	}
	for _, text := range []string{"12.-5", "12.+5", "-12", "+12", "12.", ".5", "12.345", "1,200", "1e3", "十二", "1000000000000", "12.5.", ""} {
		if got, ok := readYuan(text); ok {
			t.Errorf("%q is read as %d fen", text, got)
		}
	}
	for fen, want := range map[int64]string{0: "0", 5: "0.05", 1500: "15", 1550: "15.50", -1550: "-15.50", 9_007_199_254_740_993: "90071992547409.93"} {
		if got := Yuan(fen); got != want {
			t.Errorf("%d fen are written as %s, want %s", fen, got, want)
		}
	}
}

// TestAListIsNeverCut: what is too long for a cell is refused, and says so.
func TestAListIsNeverCut(t *testing.T) {
	t.Parallel()
	words := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("词", i)
		}
		return strings.Join(list, "、")
	}
	c := mainColumns[mainIndex("关键词")]
	r := itemRow{}
	if !c.set(&r, words(mostListed)) || len(r.Keywords) != mostListed {
		t.Errorf("%d of %d words were read", len(r.Keywords), mostListed)
	}
	if c.set(&r, words(mostListed+1)) || c.fault() != "catalog.import.many" {
		t.Errorf("%d words were read as %d, %s", mostListed+1, len(r.Keywords), c.fault())
	}
	long := itemRow{}
	long.Keywords = strings.Split(words(30), "、") // typed in elsewhere: it goes round as it is
	if !c.set(&r, c.get(&long)) || len(r.Keywords) != 30 {
		t.Errorf("%d of 30 words went round", len(r.Keywords))
	}
}
