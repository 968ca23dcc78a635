package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

// hashOf names a drawing as the engine does, "" for one that there is not.
func hashOf(source []byte) string {
	if def, err := workflow.Compile(source); err == nil {
		return def.Hash()
	}
	return ""
}

// digestOf is the digest of a step list as it is kept.
func digestOf(plan string) string {
	sum := sha256.Sum256([]byte(plan))
	return hex.EncodeToString(sum[:])
}

// verifiedAtOnce is how many rows Verify reads at a time.
const verifiedAtOnce = 50

// Verify compares every version with its hash, with the entry of its approval and with that of its withdrawal, and every
// approved draft with the version that it became. It tells the first that does not hold as the Conflict fault flow.differs.*.
func (s *Service) Verify(tx *db.Tx, count module.Count) error {
	after, number := "", 0
	for more := true; more; {
		page, err := listEvery(tx, after, number, verifiedAtOnce)
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := v.verify(tx); err != nil {
				return err
			}
			after, number = v.Definition, v.Number
		}
		count("flow versions", len(page))
		more = len(page) == verifiedAtOnce
	}
	other, found, err := otherDraft(tx)
	if err == nil && found {
		err = fault.New(fault.Conflict, "flow.differs.draft", "id", other)
	}
	return err
}

// keptVersion is a version with its step list as the very text that is kept.
type keptVersion struct {
	Version
	plan string
}

func (v keptVersion) verify(tx *db.Tx) error {
	entries, err := ledger.Chain(tx, Chain(v.Definition))
	if err != nil {
		return err
	}
	wrong := fault.Fields{}
	unless := func(same bool, what string) { wrong.Need(same, what, "flow.differs.in."+what) }
	unless(hashOf(v.Source) == v.Hash, "drawing")
	approved, withdrawn := false, false
	for _, e := range entries {
		switch e.Act {
		case "flow.approve":
			a, err := approvalOf(e.Body)
			if err != nil {
				return fmt.Errorf("flow: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			if a.Number == v.Number && !approved {
				approved = true
				v.compare(a, unless)
			}
		case "flow.withdraw":
			var w withdrawal
			if err := json.Unmarshal([]byte(e.Body), &w); err != nil {
				return fmt.Errorf("flow: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			if w.Number == v.Number {
				withdrawn = true
				unless(v.Why == w.Why, "withdrawn")
			}
		}
	}
	unless(approved, "evidence")
	unless(v.Withdrawn == withdrawn && (withdrawn || v.Why == ""), "withdrawn")
	if len(wrong) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Conflict, Code: "flow.differs.version", Args: map[string]any{"id": v.Definition, "number": v.Number}, Fields: wrong}
}

// compare compares a version with its approval. Older approvals tell nothing of its words.
func (v keptVersion) compare(a approval, unless func(same bool, what string)) {
	unless(a.Hash == v.Hash, "drawing")
	unless(a.Since == v.Since.String(), "since")
	unless(a.Approver == v.Approver.Staff, "approver")
	if w := a.Words; w != nil {
		unless(w.Name == v.Name, "name")
		unless(w.Plan == digestOf(v.plan), "steps")
		unless(w.Reason == v.Reason, "reason")
		unless(w.Author == v.Author, "author")
		unless(w.Approver == v.Approver.Name, "approver")
		unless(w.At == v.At.UnixMilli(), "at")
	}
}
