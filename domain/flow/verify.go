package flow

import (
	"fmt"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// hashOf names a drawing as the engine does, "" for one that there is not.
func hashOf(source []byte) string {
	if def, err := workflow.Compile(source); err == nil {
		return def.Hash()
	}
	return ""
}

// verifiedAtOnce is how many versions Verify reads at a time.
const verifiedAtOnce = 50

// Verify compares every version with its hash and with the entry of its approval.
func (s *Service) Verify(tx *db.Tx, count module.Count) error {
	after, number := "", 0
	for {
		page, err := listEvery(tx, after, number, verifiedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, v := range page {
			if err := v.verify(tx); err != nil {
				return err
			}
			after, number = v.Definition, v.Number
		}
		count("flow versions", len(page))
	}
}

func (v Version) verify(tx *db.Tx) error {
	if got := hashOf(v.Source); got != v.Hash {
		return fmt.Errorf("flow: version %d of %s is %s by its drawing and %s by its name", v.Number, v.Definition, got, v.Hash)
	}
	entries, err := ledger.Chain(tx, Chain(v.Definition))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Act != "flow.approve" {
			continue
		}
		a, err := approvalOf(e.Body)
		if err != nil {
			return fmt.Errorf("flow: entry %d of %s: %w", e.Seq, v.Definition, err)
		}
		if a.Number == v.Number {
			if a.Hash != v.Hash || a.Since != v.Since.String() || a.Approver != v.Approver.Staff {
				return fmt.Errorf("flow: version %d of %s is not what was approved", v.Number, v.Definition)
			}
			return nil
		}
	}
	return fmt.Errorf("flow: nobody has approved version %d of %s", v.Number, v.Definition)
}
