package directory

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
)

// Loses says which materials an item loses when an element is made that of its base item, and how many effects of answers
// go with them; "" for none.
func Loses(ctx context.Context, before, after *catalog.Item) string {
	var names []string
	for _, m := range before.Materials {
		if !slices.ContainsFunc(after.Materials, func(o catalog.Material) bool { return o.ID == m.ID }) {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	says := i18n.T(ctx, "directory.loses", "materials", strings.Join(names, i18n.T(ctx, "directory.and")))
	if n := effects(before) - effects(after); n > 0 {
		says += i18n.T(ctx, "directory.loses.effects", "n", n)
	}
	return says
}

// effects counts what the answers and rules of an item change.
func effects(it *catalog.Item) (n int) {
	for _, q := range it.Situations {
		for _, o := range q.Options {
			n += len(o.Effects)
		}
	}
	for _, r := range it.Rules {
		n += len(r.Effects)
	}
	return n
}
