package catalog

import "strings"

// like compares a column with a pattern of containing or beginning, whatever the case of its
// letters. LIKE alone knows case on one database and not on the other.
func like(column, placeholder string) string {
	return `lower(` + column + `) LIKE ` + placeholder + ` ESCAPE '!'`
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// beginning is the pattern of what begins with a text, containing that of what holds it.
func beginning(text string) string  { return likeEscape.Replace(strings.ToLower(text)) + "%" }
func containing(text string) string { return "%" + beginning(text) }
