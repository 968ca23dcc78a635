package catalog

import (
	"strings"
	"time"
)

// checkIDNo checks a resident identity number: GB 11643, 18 characters, the last
// one by ISO 7064 MOD 11-2, the date of birth a real one.
func checkIDNo(s string) string {
	if len(s) != 18 {
		return "catalog.field.idno_length"
	}
	if !digits(s[:17]) || !digits(s[17:]) && s[17] != 'X' {
		return "catalog.field.idno"
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil || s[6:8] < "18" {
		return "catalog.field.idno"
	}
	sum := 0
	for i := range 17 {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	if "10X98765432"[sum%11] != s[17] {
		return "catalog.field.idno_check"
	}
	return ""
}

// usccDigits are the characters of GB 32100 in the order of their values.
const usccDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// checkUSCC checks a unified social credit code: GB 32100, 18 characters, the last
// one by ISO 7064 MOD 31-3.
func checkUSCC(s string) string {
	if len(s) != 18 {
		return "catalog.field.uscc_length"
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(usccDigits, s[i])
		if v < 0 {
			return "catalog.field.uscc"
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	if usccDigits[(31-sum%31)%31] != s[17] {
		return "catalog.field.uscc_check"
	}
	return ""
}
