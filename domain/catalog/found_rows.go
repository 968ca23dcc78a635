package catalog

import (
	"encoding/json"
	"fmt"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// foundRow is a row that a package brought before there was evidence of it, as it was found: sum is the digest of it.
type foundRow struct {
	Source string `json:"source"`
	ID     string `json:"id"`
	Sum    string `json:"sum"`
}

// rowSum is the digest of what is kept in a row.
func rowSum(columns ...any) string { return contentHash(columns) }

// asFound is what is written down of a row, nil where there is none of that id or where it has evidence: what evidence says
// is not said again.
func asFound(tx *db.Tx, u unproved) (*foundRow, error) {
	var sum string
	var at time.Time
	var chain string
	switch u.source {
	case "version":
		k, err := findKept(tx, (*keptVersion).columns, selectKeptVersion+`WHERE id = $1 AND import = 0`, u.number())
		if err != nil || k == nil {
			return nil, err
		}
		sum = k.sum() // no change became it, and no import brought it
		return &foundRow{u.source, u.id, sum}, nil
	case "base":
		k, err := findKept(tx, (*keptBase).columns, selectKeptBase+`WHERE id = $1`, u.number())
		if err != nil || k == nil {
			return nil, err
		}
		sum, at, chain = k.sum(), k.at, baseChain(k.code)
	case "material":
		k, err := findKept(tx, (*keptMaterial).columns, selectKeptMaterial+`WHERE code = $1`, u.id)
		if err != nil || k == nil {
			return nil, err
		}
		sum, at, chain = k.sum(), k.at, materialChain(k.code)
	case "import":
		k, err := findKept(tx, scanImport, `SELECT `+importColumns+` FROM catalog_import WHERE id = $1`, u.number())
		if err != nil || k == nil {
			return nil, err
		}
		entries, err := ledger.Chain(tx, importChain(k.ID))
		for _, e := range entries {
			if e.Act == actImported {
				return nil, err
			}
		}
		return &foundRow{u.source, u.id, k.sum()}, err
	default:
		return nil, fmt.Errorf("catalog: %s %s is to be written down and nobody knows how", u.source, u.id)
	}
	entries, err := ledger.Chain(tx, chain)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.At.Before(at) { // it came of an act that has evidence
			return nil, nil
		}
	}
	return &foundRow{u.source, u.id, sum}, nil
}

// foundRows are the rows that were found, by what they are.
func foundRows(tx *db.Tx) (map[unproved]string, error) {
	b, err := begun(tx)
	if err != nil {
		return nil, err
	}
	entries, err := ledger.Chain(tx, rowsChain)
	found := map[unproved]string{}
	for _, e := range entries {
		var page struct{ Rows []foundRow }
		if err := json.Unmarshal([]byte(e.Body), &page); err != nil {
			return nil, fmt.Errorf("catalog: %s: %w", rowsChain, err)
		}
		if e.Actor != finder.ID || e.Act != actRowsFound || b.done && e.At.After(b.at) {
			return nil, fmt.Errorf("catalog: entry %d of %s was written by nobody who may", e.Seq, rowsChain)
		}
		for _, r := range page.Rows {
			found[unproved{r.Source, r.ID}] = r.Sum
		}
	}
	return found, err
}

// mostNamed is how many of each kind that were found without evidence are named; all are counted.
const mostNamed = 20

// foundNames tells whoever audits what counts only because it was there.
type foundNames struct {
	count module.Count
	named map[string]int
}

func (f *foundNames) tell(kind, name string) {
	f.count(kind+" found without evidence", 1)
	if f.named == nil {
		f.named = map[string]int{}
	}
	if f.named[kind]++; f.named[kind] <= mostNamed {
		f.count(kind+" found without evidence: "+name, 1)
	}
}

// prover holds rows against the evidence of the catalogue.
type prover struct {
	s     *Service
	tx    *db.Tx
	count module.Count
	found map[unproved]string // what is left of them was not seen

	brought map[int64]provedImport // those whose versions are those of the evidence
	known   map[string]bool        // entries of the library that have evidence
	names   foundNames
}

// wasFound reports whether a row is as it was found before there was evidence of it.
func (p *prover) wasFound(source, id, sum, kind, name string) bool {
	u := unproved{source, id}
	if was, ok := p.found[u]; !ok || was != sum {
		return false
	}
	delete(p.found, u)
	p.names.tell(kind, name)
	return true
}

// checkProofs compares what is in force, who brought it and what was proposed with the evidence, both ways.
func (s *Service) checkProofs(tx *db.Tx, count module.Count) error {
	for _, m := range misplaced {
		var code string
		if there, err := tx.Maybe(m.query, nil, &code); err != nil || there {
			if err == nil {
				err = fmt.Errorf("catalog: %s: %s", code, m.of)
			}
			return err
		}
	}
	if s.Log == nil {
		return nil
	}
	found, err := foundRows(tx)
	if err != nil {
		return err
	}
	p := &prover{s: s, tx: tx, count: count, found: found, names: foundNames{count: count}, known: map[string]bool{}}
	for _, check := range []func() error{p.imports, p.items, p.bases, p.locks, p.materials, p.proposals} {
		if err := check(); err != nil {
			return err
		}
	}
	for u := range p.found {
		if u.source != "material" || !p.known[u.id] { // an entry may have been changed since, with evidence
			return fmt.Errorf("catalog: the %s %s was found and is no longer there as it was", u.source, u.id)
		}
	}
	return nil
}

// paged hands all rows of a table to fn, some at a time.
func paged[T any](list func(last *T) ([]T, error), fn func(*T) error) (n int, err error) {
	for last := new(T); ; {
		rows, err := list(last)
		if err != nil {
			return n, err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return n, err
			}
			last = &rows[i]
		}
		if n += len(rows); len(rows) < maxPage {
			return n, nil
		}
	}
}
