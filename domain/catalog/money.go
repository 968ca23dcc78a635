package catalog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Yuan writes fen as yuan: 1500 is "15", 1550 is "15.50".
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	if fen%100 == 0 {
		return sign + strconv.FormatInt(fen/100, 10)
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// yuanShape is an amount below a million millions, with whole fen.
var yuanShape = regexp.MustCompile(`^(\d{1,12})(?:\.(\d{1,2}))?$`)

// readYuan reads "15", "15.5" or "15元" as fen.
func readYuan(s string) (int64, bool) {
	m := yuanShape.FindStringSubmatch(strings.TrimSpace(strings.TrimSuffix(narrow(s), "元")))
	if m == nil {
		return 0, false
	}
	fen, err := strconv.ParseInt(m[1]+(m[2] + "00")[:2], 10, 64)
	return fen, err == nil
}
