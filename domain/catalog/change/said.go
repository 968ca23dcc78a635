package change

import (
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// saidFirst is how many differences a line says whole.
const saidFirst = 3

// Say gives what says on one line how an item differs from what it was, for [catalog.Service.Say]: the first differences
// whole, and how many more there are.
func (p *Pages) Say(words *i18n.Bundle) func(tx *db.Tx, lang string, old, next *catalog.Item) string {
	return func(tx *db.Tx, lang string, old, next *catalog.Item) string {
		ctx := i18n.With(tx.Context(), words, lang)
		w, list := p.words(tx, old, next), catalog.Diff(old, next)
		var parts []string
		for _, d := range list[:min(len(list), saidFirst)] {
			parts = append(parts, strings.TrimRight(w.Sentence(ctx, d), "。."))
		}
		if more := len(list) - len(parts); more > 0 {
			parts = append(parts, i18n.T(ctx, "change.line.more", "n", more))
		}
		return strings.Join(parts, i18n.T(ctx, "change.line.and"))
	}
}
