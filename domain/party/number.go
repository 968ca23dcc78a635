package party

import (
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/infra/fault"
)

// IDType says what kind of number a party is known by.
type IDType string

// The kinds of numbers.
const (
	IDCard   IDType = "id_card"  // 公民身份号码, also of residence permits built like it
	USCC     IDType = "uscc"     // 统一社会信用代码
	Passport IDType = "passport" // and other papers without a check character
)

// Sex is as the number tells it.
type Sex string

// The values of Sex.
const (
	Male   Sex = "M"
	Female Sex = "F"
)

// Number is what a 公民身份号码 (GB 11643-1999) tells.
type Number struct {
	Text   string // eighteen characters, X in upper case
	Region string // six digits: where it was given
	Birth  calendar.Date
	Sex    Sex
}

var (
	idFaults = map[number.Flaw]string{
		number.Length: "party.id_length", number.Characters: "party.id_characters",
		number.Date: "party.id_date", number.Check: "party.id_check",
	}
	usccFaults = map[number.Flaw]string{
		number.Length: "party.uscc_length", number.Characters: "party.uscc_characters", number.Check: "party.uscc_check",
	}
)

// ParseIDNumber checks a tidy 公民身份号码. Invalid faults: party.id_missing, party.id_length,
// party.id_characters, party.id_date (no such day), party.id_check (the last
// character belongs to another number). That the day of birth has come is for
// the caller to check.
func ParseIDNumber(text string) (Number, error) {
	if text == "" {
		return Number{}, fault.New(fault.Invalid, "party.id_missing")
	}
	if flaw := number.CheckID(text); flaw != number.None {
		return Number{}, fault.New(fault.Invalid, idFaults[flaw])
	}
	birth, err := calendar.ParseDate(text[6:10] + "-" + text[10:12] + "-" + text[12:14])
	if err != nil {
		return Number{}, fault.New(fault.Invalid, "party.id_date")
	}
	n := Number{Text: text, Region: text[:6], Birth: birth, Sex: Female}
	if (text[16]-'0')%2 == 1 {
		n.Sex = Male
	}
	return n, nil
}

// CheckUSCC checks a tidy 统一社会信用代码. Invalid faults: party.uscc_length,
// party.uscc_characters, and party.uscc_check when only the last character is
// wrong: there are such codes in use, so that one may be taken with a reason.
func CheckUSCC(text string) error {
	if text == "" {
		return fault.New(fault.Invalid, "party.uscc_missing")
	}
	if flaw := number.CheckUSCC(text); flaw != number.None {
		return fault.New(fault.Invalid, usccFaults[flaw])
	}
	return nil
}

// checkPassport takes what passports and the like have in common.
func checkPassport(text string) error {
	if len(text) < 5 || len(text) > 20 || strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fault.New(fault.Invalid, "party.passport")
	}
	return nil
}
