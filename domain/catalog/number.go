package catalog

import "onedoor.app/engine/number"

// The text keys of what is wrong with the numbers that a field takes.
var (
	idFaults = map[number.Flaw]string{
		number.Length: "catalog.field.idno_length", number.Characters: "catalog.field.idno",
		number.Date: "catalog.field.idno", number.Check: "catalog.field.idno_check",
	}
	usccFaults = map[number.Flaw]string{
		number.Length: "catalog.field.uscc_length", number.Characters: "catalog.field.uscc", number.Check: "catalog.field.uscc_check",
	}
)

func checkIDNo(text string) string { return idFaults[number.CheckID(text)] }

func checkUSCC(text string) string { return usccFaults[number.CheckUSCC(text)] }
