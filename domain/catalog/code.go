package catalog

import (
	"fmt"
	"strconv"

	"onedoor.app/engine/number"
	"onedoor.app/infra/fault"
)

// BaseCodeOf builds the code of a base item, 12 digits (基本编码, GB/T 39554.1): source 2,
// type 2, main item 5, sub-item 3. source is 00 for the national catalogue, otherwise the
// first two digits of the province; main counts from 1, sub from 1 or is 0 for none.
// Parts that do not fit are an Invalid fault.
func BaseCodeOf(source, kind string, main, sub int) (string, error) {
	if len(source) != 2 || !digits(source) || len(kind) != 2 || !digits(kind) || main < 1 || main > 99_999 || sub < 0 || sub > 999 {
		return "", fault.New(fault.Invalid, "catalog.item.code", "where", source+" "+kind)
	}
	return fmt.Sprintf("%s%s%05d%03d", source, kind, main, sub), nil
}

// ImplementCodeOf builds the code of an item as one body carries it out, 31 characters
// (实施编码): 统一社会信用代码 18, 行使层级 1, base 12. A credit code
// with a wrong check character, a level that is none and a base that is none are
// Invalid faults.
func ImplementCodeOf(uscc, level, base string) (string, error) {
	if number.CheckUSCC(uscc) != "" || len(level) != 1 || level < "1" || level > "7" || !baseShape.MatchString(base) {
		return "", fault.New(fault.Invalid, "catalog.item.code", "where", uscc+" "+level+" "+base)
	}
	return uscc + level + base, nil
}

// HandleCodeOf builds the code of what is handled, 33 characters (业务办理项编码): that of
// the implementation and a serial of two digits; serial is 1 to 99.
func HandleCodeOf(implement string, serial int) (string, error) {
	if !implShape.MatchString(implement) || serial < 1 || serial > 99 {
		return "", fault.New(fault.Invalid, "catalog.item.code", "where", implement+" "+strconv.Itoa(serial))
	}
	return fmt.Sprintf("%s%02d", implement, serial), nil
}
