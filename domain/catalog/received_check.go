package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"onedoor.app/engine/ledger"
)

const (
	actImported    = "catalog.imported"
	actConsented   = "catalog.import_consented"
	actImportAgain = "catalog.import_again"
)

// provedImport is an import by the last entry of how far it came.
type provedImport struct {
	ledger.Entry
	importFacts
	consented Doer // who had consented when it came in force; the zero Doer: nobody that an entry tells of
}

// provedImportOf gathers what the chain of an import says; false: nothing of how far it came.
func provedImportOf(entries []ledger.Entry) (i provedImport, ok bool, err error) {
	for _, e := range entries {
		if e.Act != actImported && e.Act != actConsented && e.Act != actImportAgain {
			continue
		}
		i.Entry, i.importFacts, ok = e, importFacts{}, true
		if err := json.Unmarshal([]byte(e.Body), &i.importFacts); err != nil {
			return i, false, fmt.Errorf("catalog: entry %d of %s: %w", e.Seq, e.Chain, err)
		}
		switch e.Act {
		case actConsented:
			i.consented = i.By
		case actImportAgain:
			i.consented = Doer{}
		}
	}
	return i, ok, nil
}

// imports compares imports, who brought them and who consented, and the versions that came in force by them with the evidence.
func (p *prover) imports() error {
	told := map[string]provedImport{}
	if err := ledger.Chains(p.tx, importsOfAll, func(entries []ledger.Entry) error {
		i, ok, err := provedImportOf(entries)
		if ok {
			told[aboutOf(importsOfAll, entries[0])] = i
		}
		return err
	}); err != nil {
		return err
	}
	n, err := paged(func(last *keptImport) ([]keptImport, error) { return listKeptImports(p.tx, last.ID, maxPage) }, func(k *keptImport) error {
		id := strconv.FormatInt(k.ID, 10)
		t, ok := told[id]
		delete(told, id)
		d := discrepancies{}
		d.unless(k.staff == k.Author.ID, "staff")
		if ok {
			p.imported(d, k, t)
		} else if u := (unproved{"import", id}); k.over() && !p.wasFound(u, k.sum(), "imports", id+" "+k.Name) {
			d.unless(false, p.lacks(u))
		}
		return d.of("import", "id", id)
	})
	if err != nil {
		return err
	}
	p.count("imports compared with the evidence", n)
	for _, id := range sortedKeys(told) {
		return nowhere(importsOfAll+id, told[id].Seq)
	}
	return nil
}

// stands reports whether an import is as far as the last entry says.
func (k *keptImport) stands(last string) bool {
	switch k.State {
	case StateDone, StateIndexing:
		return last == actImported
	case StateStaging, StateDropped:
		return last == actConsented
	}
	return last == actImportAgain || last == actConsented && k.sentBack()
}

// over reports whether an import came in force.
func (k *keptImport) over() bool { return k.State == StateDone || k.State == StateIndexing }

// imported compares an import with its evidence.
func (p *prover) imported(d discrepancies, k *keptImport, t provedImport) {
	r, consenter := k.Report, t.By
	if t.Act == actImportAgain { // whoever had consented is asked anew
		consenter = Doer{}
	}
	d.unless(k.stands(t.Act), "state")
	d.unless(t.Name == k.Name, "name")
	d.unless(t.File == k.File, "file")
	d.unless(t.Brought == Doer{} || t.Brought == k.Author, "author")
	older := t.Act == actImported && t.By == Doer{} || t.Act == actConsented && k.sentBack()
	d.unless(older || consenter == k.Consenter, "consenter")
	if t.Act != actImported {
		return
	}
	d.unless(t.consented == Doer{} || t.consented == t.By, "consenter")
	d.unless(t.Added == r.Added && t.Changed == r.Changed && t.Unchanged == r.Unchanged && t.Refused == r.LeftOut() && t.importFacts.Beside == r.Beside, "figures")
	if t.Versions != "" { // else nobody kept the digest then
		d.unless(k.Versions == t.Versions, "versions")
		p.brought[k.ID] = t
	}
}

// versionsBrought compares the versions that imports brought in force, as they are now, with the evidence. It goes after each
// version by itself, so that what is told is the version where it can be.
func (p *prover) versionsBrought() error {
	for _, id := range slices.Sorted(maps.Keys(p.brought)) {
		sum, err := p.s.VersionsDigest(p.tx, id)
		if err != nil {
			return err
		}
		d := discrepancies{}
		d.unless(sum == p.brought[id].Versions, "versions")
		if err := d.of("import", "id", id); err != nil {
			return err
		}
	}
	return nil
}

// sentBack reports whether an import waits to be looked at again: at first nobody kept evidence of that.
func (k *keptImport) sentBack() bool { return k.Report.Again && k.Consenter == Doer{} }
