package catalog

import "onedoor.app/engine/number"

// checkIDNo returns the text key of what is wrong with an identity number, "" for
// nothing.
func checkIDNo(text string) string { return numberWords("catalog.field.idno", number.CheckID(text)) }

// checkUSCC is checkIDNo for a unified social credit code.
func checkUSCC(text string) string {
	return numberWords("catalog.field.uscc", number.CheckUSCC(text))
}

func numberWords(key string, flaw number.Flaw) string {
	switch flaw {
	case number.None:
		return ""
	case number.Length, number.Check:
		return key + "_" + string(flaw)
	default:
		return key
	}
}
