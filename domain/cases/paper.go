package cases

import "strings"

// paperPrefix begins the keys under which a draft of the window remembers which
// materials lie on the counter. They are no fields of the form, so that handing
// in leaves them out of it.
const paperPrefix = "paper."

// OnPaper is the key in Filling.Form that says whether a material was handed
// over on paper at the window: "yes" or "". Only a draft that a clerk fills in
// heeds it.
func OnPaper(material string) string { return paperPrefix + material }

// HasPaper reports whether a draft of the window says that a material was handed
// over on paper.
func (d Draft) HasPaper(material string) bool {
	return d.Staff != 0 && strings.TrimSpace(d.Form[paperPrefix+material]) == "yes"
}
