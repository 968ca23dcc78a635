package catalog

import (
	"fmt"

	"onedoor.app/engine/search"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// sampled is how many items are looked at word for word at least, or all where there are fewer.
const sampled = 500

// checkFound compares the index of the search with the items in force: there are as many, nothing is found that there is not,
// and a sample of them is found by its own words. What is still to be made findable is not compared.
func checkFound(tx *db.Tx, count module.Count) error {
	found, err := search.Count(tx, searchKind)
	if err != nil {
		return err
	}
	step := 1 + found/(2*sampled)
	all, n := 0, 0
	_, err = paged(func(last *standingItem) ([]standingItem, error) { return listFindable(tx, last.id, maxPage) }, func(x *standingItem) error {
		if all++; (all-1)%step != 0 {
			return nil
		}
		n++
		if err := search.Check(tx, searchKind, x.it.found(x.id)); err != nil {
			return fmt.Errorf("catalog: item %s is not found as its version %d says: %w", x.it.Code, x.it.Version, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	count("items compared word for word with the search", n)
	waiting, err := countUnfindable(tx)
	if err != nil {
		return err
	}
	if found < all || found > all+waiting {
		return fmt.Errorf("catalog: the search has %d items where %d are in force", found, all+waiting)
	}
	stray, err := search.Stray(tx, searchKind)
	if err == nil && stray != 0 {
		err = fmt.Errorf("catalog: the search finds the item %d, which it does not have", stray)
	}
	return err
}
