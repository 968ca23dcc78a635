package catalog

import (
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
	step, all := 1+found/(2*sampled), 0
	var sample []search.Document
	codes := map[int64]string{}
	_, err = paged(func(last *standingItem) ([]standingItem, error) { return listFindable(tx, last.id, maxPage) }, func(x *standingItem) error {
		if all%step == 0 {
			sample, codes[x.id] = append(sample, x.it.found(x.id)), x.it.Code
		}
		all++
		return nil
	})
	if err != nil {
		return err
	}
	other, err := search.Check(tx, searchKind, sample...)
	if err == nil && other != 0 {
		err = differs("found", "code", codes[other])
	}
	if err != nil {
		return err
	}
	count("items compared word for word with the search", len(sample))
	waiting, err := countUnfindable(tx)
	if err != nil {
		return err
	}
	if found < all || found > all+waiting {
		return differs("findable", "found", found, "due", all+waiting)
	}
	stray, err := search.Stray(tx, searchKind)
	if err == nil && stray != 0 {
		err = differs("found_none", "id", stray)
	}
	return err
}
