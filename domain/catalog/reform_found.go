package catalog

import (
	"context"
	"errors"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Before entries of the ledger of reform and seals that a package brought were kept as evidence, nobody wrote any of them. So
// that Check can tell these from what somebody put into the tables, they are written down once, when a program that keeps
// the evidence first serves the database: what is there then counts from then on. The entry that says that it has been done
// stands in a chain of its own, so that it is never done again: what turns up later without evidence stays unproved.
const (
	actBegun       = "catalog.evidence_begun"
	actReformFound = "catalog.reform_found"
	actSealFound   = "catalog.seal_found"
	begunChain     = "catalog:evidence"
)

// finder is who writes down what was there.
var finder = auth.Actor{Kind: auth.System, Name: "upgrade of the program"}

// sealFound is a seal with what had been done with it, as it was found.
type sealFound struct {
	Seal  map[string]any   `json:"seal"`
	Staff int64            `json:"staff,string"`
	At    int64            `json:"at,string"` // Unix milliseconds
	Steps []map[string]any `json:"steps,omitempty"`
}

// foundOf is what is written down of a seal whose first acts have no evidence.
func (k provedSeal) foundOf(steps []provedStep) sealFound {
	f := sealFound{Seal: k.facts(), Staff: k.staff, At: k.at.UnixMilli()}
	for _, p := range steps {
		facts := p.facts()
		facts["act"], facts["staff"], facts["at"] = p.Act, p.staff, p.At.UnixMilli()
		f.Steps = append(f.Steps, facts)
	}
	return f
}

// BeginEvidence writes down, once in the life of a database, the entries of the ledger of reform and the seals that have no
// evidence. The program does it as it begins to serve.
func (s *Service) BeginEvidence(ctx context.Context) error {
	if s.Log == nil {
		return nil
	}
	var done bool
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		done, _, err = begun(tx)
		return err
	}); err != nil || done {
		return err
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Log(tx, finder, actBegun, begunChain, struct{}{}); err != nil { // another program waits here
			return err
		}
		if list, err := ledger.Chain(tx, begunChain); err != nil || len(list) > 1 {
			return errors.Join(err, errBegun)
		}
		if err := s.findReforms(tx); err != nil {
			return err
		}
		return s.findSeals(tx)
	})
	if errors.Is(err, errBegun) {
		return nil
	}
	return err
}

var errBegun = errors.New("catalog: what had no evidence was written down already")

// begun reports whether what had no evidence was written down, and when.
func begun(tx *db.Tx) (done bool, at time.Time, err error) {
	entries, err := ledger.Chain(tx, begunChain)
	if err != nil || len(entries) == 0 {
		return false, at, err
	}
	return true, entries[0].At, nil
}

func (s *Service) findReforms(tx *db.Tx) error {
	for after := int64(0); ; {
		list, err := listKeptReforms(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, k := range list {
			after = k.ID
			entries, err := ledger.Chain(tx, reformChain(k.ID))
			if err != nil {
				return err
			}
			if len(entries) > 0 {
				continue
			}
			if err := s.Log(tx, finder, actReformFound, reformChain(k.ID), k.asFound()); err != nil {
				return err
			}
		}
		if len(list) < maxPage {
			return nil
		}
	}
}

// reformFound is an entry of the ledger as it was found, with who had entered it and when.
type reformFound struct {
	Reform
	Staff int64 `json:"staff,string"`
	At    int64 `json:"at,string"`
}

// asFound is the entry as it was written, before anything took its place.
func (k keptReform) asFound() reformFound {
	was := k.Reform
	was.CorrectedBy = 0
	return reformFound{was, k.staff, k.At.UnixMilli()}
}

func (s *Service) findSeals(tx *db.Tx) error {
	for after := int64(0); ; {
		list, err := listProvedSeals(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, k := range list {
			after = k.ID
			entries, err := ledger.Chain(tx, sealChain(k.ID))
			if err != nil {
				return err
			}
			steps, err := listProvedSteps(tx, k.ID)
			if err != nil {
				return err
			}
			lacking := len(steps) + 1 - actsIn(entries)
			if lacking <= 0 {
				continue
			}
			if err := s.Log(tx, finder, actSealFound, sealChain(k.ID), k.foundOf(steps[:lacking-1])); err != nil {
				return err
			}
		}
		if len(list) < maxPage {
			return nil
		}
	}
}

// actsIn counts the entries of a seal besides those of its pictures.
func actsIn(entries []ledger.Entry) (n int) {
	for _, e := range entries {
		if e.Act != actImpression {
			n++
		}
	}
	return n
}
