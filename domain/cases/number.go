package cases

import (
	"fmt"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const alphabet36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// checkCharacter is ISO 7064 MOD 37,36 over digits and capital letters. It finds
// every single wrong character and nearly all swapped neighbours.
func checkCharacter(text string) byte {
	p := 36
	for _, c := range text {
		p = (p + strings.IndexRune(alphabet36, c)) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet36[(37-p)%36]
}

// caseNumber makes a case number (办件编号): region 6 + date 8 + serial 6 + check 1.
func caseNumber(region string, day calendar.Date, serial int64) string {
	text := region + strings.ReplaceAll(day.String(), "-", "") + fmt.Sprintf("%06d", serial)
	return text + string(checkCharacter(text))
}

// ValidNumber reports whether no is a well-formed case number. It lets a page
// answer a typing mistake without asking the database.
func ValidNumber(no string) bool {
	if len(no) != 21 {
		return false
	}
	for _, c := range no[:20] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return checkCharacter(no[:20]) == no[20]
}

// nextNumber issues the next case number of a region and day in the caller's
// transaction. A refused case leaves no gap.
func nextNumber(tx *db.Tx, region string) (string, error) {
	day := calendar.DateOf(tx.Now())
	var n int64
	err := tx.One(`INSERT INTO cases_serial (region, day, n) VALUES ($1, $2, 1)
		ON CONFLICT (region, day) DO UPDATE SET n = cases_serial.n + 1 RETURNING n`, []any{region, day.String()}, &n)
	if err != nil {
		return "", err
	}
	if n > 999_999 {
		return "", fault.New(fault.Unavailable, "cases.numbers_used_up")
	}
	return caseNumber(region, day, n), nil
}
