package catalog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"onedoor.app/engine/ledger"
)

const (
	actImported  = "catalog.imported"
	actConsented = "catalog.import_consented"
)

// provedImport is an import by its evidence.
type provedImport struct {
	ledger.Entry
	importFacts
	ended     bool // it came in force, else it was consented to
	consenter Doer
}

// sum is the digest of an import of which there is no evidence.
func (i *Imported) sum() string {
	return rowSum(i.ID, i.Name, i.Author, i.Consenter, i.File, i.Report.Added, i.Report.Changed, i.Versions, i.At.UnixMilli())
}

// imports compares imports, who brought them and who consented, and the versions that came in force by them with the evidence.
func (p *prover) imports() error {
	p.brought = map[int64]provedImport{}
	told := map[int64]provedImport{}
	if err := ledger.Chains(p.tx, importsOfAll, func(entries []ledger.Entry) error {
		id, err := strconv.ParseInt(strings.TrimPrefix(entries[0].Chain, importsOfAll), 10, 64)
		if err != nil {
			return fmt.Errorf("catalog: %s is the evidence of nothing", entries[0].Chain)
		}
		var i provedImport
		for _, e := range entries {
			if e.Act != actImported && e.Act != actConsented {
				continue
			}
			i.Entry, i.ended, i.importFacts = e, e.Act == actImported, importFacts{}
			if err := json.Unmarshal([]byte(e.Body), &i.importFacts); err != nil {
				return fmt.Errorf("catalog: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			if !i.ended {
				i.consenter = i.By
			}
		}
		if i.Act != "" {
			told[id] = i
		}
		return nil
	}); err != nil {
		return err
	}
	n, err := paged(func(last *Imported) ([]Imported, error) { return listKeptImports(p.tx, last.ID, maxPage) }, func(i *Imported) error {
		t, ok := told[i.ID]
		delete(told, i.ID)
		return p.imported(i, t, ok)
	})
	if err != nil {
		return err
	}
	p.count("imports compared with the evidence", n)
	for id := range told {
		return fmt.Errorf("catalog: import %d is in the ledger and nowhere else", id)
	}
	return nil
}

// imported compares an import with its evidence.
func (p *prover) imported(i *Imported, t provedImport, told bool) error {
	wrong := func(what string) error { return fmt.Errorf("catalog: import %d %s", i.ID, what) }
	over := i.State == StateDone || i.State == StateIndexing
	switch {
	case !told && !over:
		return nil // it has changed nothing yet
	case !told && p.wasFound("import", strconv.FormatInt(i.ID, 10), i.sum(), "imports", fmt.Sprintf("%d %s", i.ID, i.Name)):
		return nil
	case !told:
		return wrong("came in force without evidence")
	case t.ended != over:
		return wrong("is " + i.State + ", and the evidence says something else")
	case t.Name != i.Name || t.File != i.File:
		return wrong("was of another file by the evidence")
	case t.Brought != (Doer{}) && t.Brought != i.Author:
		return wrong("was brought by somebody else by the evidence")
	case t.By != (Doer{}) && t.By != i.Consenter, t.consenter != (Doer{}) && t.consenter != t.By:
		return wrong("was consented to by somebody else by the evidence")
	case !t.ended:
		return nil
	case t.Added != i.Report.Added || t.Changed != i.Report.Changed || t.Unchanged != i.Report.Unchanged || t.Refused != i.Report.LeftOut() || t.importFacts.Beside != i.Report.Beside:
		return wrong("had other figures by the evidence")
	case t.Versions == "":
		return nil // nobody kept the digest then
	}
	sum, err := p.s.VersionsDigest(p.tx, i.ID)
	if err != nil {
		return err
	}
	if sum != t.Versions || i.Versions != t.Versions {
		return wrong("brought other versions in force by the evidence")
	}
	p.brought[i.ID] = t
	return nil
}
