package catalog

import (
	"context"
	"fmt"

	"onedoor.app/engine/search"
	"onedoor.app/infra/db"
)

// indexNumber is the number of the rules by which items are made findable: by what they are found and the facets by which
// they are browsed. It is to be raised with every change of them: all items in force are then indexed anew.
const indexNumber = 3

// Reindex makes every item in force findable by the rules of today that was made findable by older ones, as after an
// upgrade: what it is read like, its zone of the hall. It is run when the program starts; done twice or stopped in between
// it goes on with what is left. Publishing indexes by itself.
func (s *Service) Reindex(ctx context.Context) error {
	for {
		n, left := 0, false
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			list, err := listUnindexed(tx, indexed)
			if n = len(list); err != nil {
				return err
			}
			if n == 0 { // nothing, or what another program is at
				left, err = anyUnindexed(tx)
				return err
			}
			ids := make([]int64, n)
			for i, o := range list {
				ids[i] = o.version
			}
			items, err := listItems(tx, ids)
			if err != nil {
				return err
			}
			found := make([]search.Document, 0, n)
			for _, o := range list {
				it := items[o.version]
				if it == nil {
					return fmt.Errorf("catalog: version %d has no content", o.version)
				}
				if !o.off { // which lists an item stands on is left to Remeasure, which goes by rules of its own
					if err := replaceFacets(tx, o.item, it, o.place); err != nil {
						return err
					}
				}
				found = append(found, it.found(o.item))
			}
			return indexItems(tx, found...)
		})
		if err != nil || n == 0 && !left {
			return err
		}
	}
}
