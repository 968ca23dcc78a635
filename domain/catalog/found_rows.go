package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
)

// foundRow is a row that a package brought before there was evidence of it, as it was found: sum is the digest of it.
type foundRow struct {
	Source string `json:"source"`
	ID     string `json:"id"`
	Sum    string `json:"sum"`
}

// rowSum is the digest of what is kept in a row.
func rowSum(columns ...any) string { return contentHash(columns) }

// asFound is the digest of a row as it is written down, "" where there is none of that id or where it has evidence: what
// evidence says is not said again.
func asFound(tx *db.Tx, u unproved) (sum string, err error) {
	switch u.source {
	case "version":
		k, err := findKept(tx, (*keptVersion).columns, selectKeptVersion+`WHERE id = $1 AND import = 0`, u.number())
		if err != nil || k == nil {
			return "", err
		}
		return k.sum(), nil // the schema lists no version that a change became
	case "base":
		k, err := findKept(tx, (*keptBase).columns, selectKeptBase+`WHERE id = $1`, u.number())
		if err != nil || k == nil {
			return "", err
		}
		return sumUnless(tx, k.sum(), baseChain(k.code), func(e ledger.Entry) bool { return !e.At.Before(k.at) })
	case "material":
		k, err := findKept(tx, (*keptMaterial).columns, selectKeptMaterial+`WHERE code = $1`, u.id)
		if err != nil || k == nil {
			return "", err
		}
		return sumUnless(tx, k.sum(), materialChain(k.code), func(e ledger.Entry) bool { return !e.At.Before(k.at) })
	case "import":
		k, err := findKept(tx, (*keptImport).columns, selectKeptImport+`WHERE id = $1`, u.number())
		if err != nil || k == nil {
			return "", err
		}
		return sumUnless(tx, k.sum(), importChain(k.ID), func(e ledger.Entry) bool { return e.Act == actImported })
	}
	return "", fmt.Errorf("catalog: %s %s is to be written down and nobody knows how", u.source, u.id)
}

// sumUnless is a digest, or "" where a chain has evidence of the row.
func sumUnless(tx *db.Tx, sum, chain string, evidence func(ledger.Entry) bool) (string, error) {
	entries, err := ledger.Chain(tx, chain)
	if err != nil || slices.ContainsFunc(entries, evidence) {
		return "", err
	}
	return sum, nil
}

// waitingRows are the rows that the next start of the program writes down (BeginEvidence), with the digests of those that are
// compared by one. Between an upgrade and that start they have no evidence, and nothing is wrong with them.
func waitingRows(tx *db.Tx) (map[unproved]string, error) {
	b, err := begun(tx)
	if err != nil || b.ends > 0 {
		return nil, err
	}
	waiting := map[unproved]string{}
	_, err = paged(func(last *unproved) ([]unproved, error) { return listUnprovedAfter(tx, *last, maxPage) }, func(u *unproved) error {
		switch u.source {
		case "reform", "seal":
			if !b.reforms {
				waiting[*u] = ""
			}
			return nil
		}
		sum, err := asFound(tx, *u)
		if sum != "" {
			waiting[*u] = sum
		}
		return err
	})
	return waiting, err
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
		if e.Actor != finder.ID || e.Act != actRowsFound || b.ends > 0 && e.At.After(b.at) {
			return nil, fmt.Errorf("catalog: entry %d of %s was written by nobody who may", e.Seq, rowsChain)
		}
		for _, r := range page.Rows {
			found[unproved{r.Source, r.ID}] = r.Sum
		}
	}
	return found, err
}
