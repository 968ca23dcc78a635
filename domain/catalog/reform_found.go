package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Before what packages bring was kept as evidence, nobody wrote any of it. So that Check can tell these rows from what
// somebody put into the tables, they are written down once: the schema that asks for the evidence lists them as it is brought
// in (catalog_unproved), and a program that begins to serve writes down those that have no evidence, and says how many there
// are. What persons entered always had evidence and is never found. The entry that says that it has been done comes last and
// stands in a chain of its own, so that it is never done again: what turns up later without evidence stays unproved.
const (
	actBegun       = "catalog.evidence_begun"
	actReformFound = "catalog.reform_found"
	actSealFound   = "catalog.seal_found"
	actRowsFound   = "catalog.rows_found"
	begunChain     = "catalog:evidence"
	rowsChain      = "catalog:evidence.rows"
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

// begunFacts are what the last entry of the beginning says: how many rows were found. The programs that wrote down reforms
// and seals alone said nothing.
type begunFacts struct {
	Rows *int `json:"rows,omitempty"`
}

// evidenceBegun is how far it has been written down what had no evidence.
type evidenceBegun struct {
	ends    int       // how many programs say that it is done
	reforms bool      // reforms and seals were looked through by a program before this one
	at      time.Time // what is found later is not believed
}

// BeginEvidence writes down, once in the life of a database, what packages brought before there was evidence of it. The
// program does it as it begins to serve; stopped in between it goes on with what is left.
func (s *Service) BeginEvidence(ctx context.Context) error {
	if s.Log == nil {
		return nil
	}
	var b evidenceBegun
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = begun(tx)
		return err
	}); err != nil || b.ends > 0 {
		return err
	}
	for left := true; left; {
		if err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			left, err = s.findSome(tx, b)
			return err
		}); err != nil {
			return err
		}
	}
	rows := 0
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		rows, err = s.endFinding(tx)
		return err
	})
	if errors.Is(err, errBegun) {
		return nil
	}
	if err == nil && rows > 0 {
		slog.WarnContext(ctx, "rows that had no evidence were written down as they were found", "rows", rows)
	}
	return err
}

// endFinding says, as the first program to do so, that what had no evidence was written down, and how many rows that were.
func (s *Service) endFinding(tx *db.Tx) (rows int, err error) {
	if rows, err = countFound(tx); err != nil {
		return 0, err
	}
	if err := s.Log(tx, finder, actBegun, begunChain, begunFacts{&rows}); err != nil { // another program waits here
		return 0, err
	}
	b, err := begun(tx)
	if err == nil && b.ends > 1 {
		err = errBegun
	}
	return rows, err
}

var errBegun = errors.New("catalog: what had no evidence was written down already")

// begun reports how far it has been written down what had no evidence.
func begun(tx *db.Tx) (b evidenceBegun, err error) {
	entries, err := ledger.Chain(tx, begunChain)
	for _, e := range entries {
		var f begunFacts
		if err := json.Unmarshal([]byte(e.Body), &f); err != nil {
			return b, fmt.Errorf("catalog: %s: %w", begunChain, err)
		}
		if b.at = e.At; f.Rows == nil {
			b.reforms = true
		} else {
			b.ends++
		}
	}
	return b, err
}

// countFound counts what was written down in all.
func countFound(tx *db.Tx) (n int, err error) {
	for _, prefix := range []string{reformsOfAll, sealsOfAll} {
		if err := ledger.Chains(tx, prefix, func(entries []ledger.Entry) error {
			if slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Act == actReformFound || e.Act == actSealFound }) {
				n++
			}
			return nil
		}); err != nil {
			return n, err
		}
	}
	rows, err := foundRows(tx)
	return n + len(rows), err
}

// foundBatch is how many rows are looked at in one unit of work.
const foundBatch = 100

// findSome writes down the next rows; left reports whether there may be more.
func (s *Service) findSome(tx *db.Tx, b evidenceBegun) (left bool, err error) {
	list, err := listUnproved(tx, foundBatch)
	if err != nil {
		return false, err
	}
	var rows []foundRow
	for _, u := range list {
		switch u.source {
		case "reform":
			if !b.reforms {
				err = s.findReform(tx, u.number())
			}
		case "seal":
			if !b.reforms {
				err = s.findSeal(tx, u.number())
			}
		default:
			var sum string
			if sum, err = asFound(tx, u); sum != "" {
				rows = append(rows, foundRow{u.source, u.id, sum})
			}
		}
		if err == nil {
			err = removeUnproved(tx, u)
		}
		if err != nil {
			return false, err
		}
	}
	if len(rows) > 0 {
		err = s.Log(tx, finder, actRowsFound, rowsChain, map[string]any{"rows": rows})
	}
	return len(list) == foundBatch, err
}

// findReform writes down an entry of the ledger that a package brought, unless it has evidence.
func (s *Service) findReform(tx *db.Tx, id int64) error {
	list, err := listKeptReforms(tx, id-1, 1)
	if err != nil || len(list) == 0 || list[0].ID != id {
		return err
	}
	if entries, err := ledger.Chain(tx, reformChain(id)); err != nil || len(entries) > 0 {
		return err
	}
	return s.Log(tx, finder, actReformFound, reformChain(id), list[0].asFound())
}

// findSeal writes down a seal that a package brought, with the acts that it brought, unless there is evidence of them. What
// was done with it at another moment or by another was no package's.
func (s *Service) findSeal(tx *db.Tx, id int64) error {
	list, err := listProvedSeals(tx, id-1, 1)
	if err != nil || len(list) == 0 || list[0].ID != id {
		return err
	}
	k := list[0]
	entries, err := ledger.Chain(tx, sealChain(id))
	if err != nil {
		return err
	}
	steps, err := listProvedSteps(tx, id)
	if err != nil {
		return err
	}
	if n, ok := k.brought(entries, steps); ok {
		return s.Log(tx, finder, actSealFound, sealChain(id), k.foundOf(steps[:n]))
	}
	return nil
}

// brought reports whether a package brought a seal, so that nobody wrote it down, and how many of its acts.
func (k provedSeal) brought(entries []ledger.Entry, steps []provedStep) (n int, ok bool) {
	n = len(steps) - actsIn(entries)
	return n, n >= 0 && !slices.ContainsFunc(steps[:n], func(p provedStep) bool { return p.staff != k.staff || !p.At.Equal(k.at) })
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

// actsIn counts the entries of a seal besides those of its pictures.
func actsIn(entries []ledger.Entry) (n int) {
	for _, e := range entries {
		if e.Act != actImpression {
			n++
		}
	}
	return n
}
