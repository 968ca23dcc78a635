package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// checkFlows compares every drawing with the digest that items take it by, also those that no case follows any more.
func checkFlows(tx *db.Tx, count module.Count) error {
	n, err := paged(func(last *keptFlow) ([]keptFlow, error) { return listKeptFlows(tx, last.hash, maxPage) }, func(k *keptFlow) error {
		if sumOf(k.source) != k.hash {
			return differs("flow", "hash", k.hash)
		}
		return nil
	})
	if err == nil {
		count("drawings compared with their digests", n)
	}
	return err
}
