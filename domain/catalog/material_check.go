package catalog

import (
	"encoding/json"
	"fmt"

	"onedoor.app/engine/ledger"
)

const materialsOfAll = "catalog-material:"

func materialChain(code string) string { return materialsOfAll + code }

// materialFacts are what the evidence says of an entry of the library that a person changed. Older entries do not say who.
type materialFacts struct {
	Version  int             `json:"version"`
	Retired  bool            `json:"retired"`
	Material json.RawMessage `json:"material"`
	By       *Person         `json:"by"`
}

// materials compares the entries of the library with what the evidence says last of each.
func (p *prover) materials() error {
	told, err := p.chains(materialsOfAll)
	if err != nil {
		return err
	}
	for code, entries := range told {
		p.known[code] = len(entries) > 0
	}
	n, err := paged(func(last *keptMaterial) ([]keptMaterial, error) { return listKeptMaterials(p.tx, last.code, maxPage) }, func(k *keptMaterial) error {
		entries := told[k.code]
		delete(told, k.code)
		return p.material(k, entries)
	})
	if err != nil {
		return err
	}
	p.count("entries of the library compared with the evidence", n)
	return unseen(materialsOfAll, told)
}

// material compares an entry with its chain.
func (p *prover) material(k *keptMaterial, entries []ledger.Entry) error {
	wrong := fmt.Errorf("catalog: the ledger has another record of the entry %s of the library", k.code)
	var m LibraryMaterial
	if json.Unmarshal([]byte(k.body), &m) != nil || m.Code != k.code || m.Name != k.name || libraryPlace(m) != k.place {
		return fmt.Errorf("catalog: the entry %s of the library is listed otherwise than it says", k.code)
	}
	if p.wasFound("material", k.code, k.sum(), "entries of the library", k.code+" "+k.name) {
		return nil
	}
	if len(entries) == 0 || !k.is(entries[len(entries)-1]) {
		return wrong
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if f, ok := broughtBy(entries[i]); ok && f.After != k.brought {
			return wrong
		} else if ok {
			break
		}
	}
	return nil
}

// broughtBy is what an entry says of what a package brought.
func broughtBy(e ledger.Entry) (f broughtFacts, ok bool) {
	ok = e.Act == actPieceTaken && json.Unmarshal([]byte(e.Body), &f) == nil
	return f, ok
}

// is reports whether the last entry of the chain left the entry of the library as it is.
func (k *keptMaterial) is(last ledger.Entry) bool {
	if !last.At.Equal(k.at) {
		return false
	}
	if f, ok := broughtBy(last); ok {
		if f.Kept != "" {
			return f.Kept == k.sum()
		}
		var m LibraryMaterial // what it was called before is not the package's
		if json.Unmarshal([]byte(k.body), &m) != nil {
			return false
		}
		m.Former = nil
		return contentHash(m) == f.After
	}
	var f materialFacts
	return json.Unmarshal([]byte(last.Body), &f) == nil && string(f.Material) == k.body && f.Version == k.version && f.Retired == k.retired &&
		(f.By == nil || f.By.Staff == k.staff && f.By.Name == k.by)
}
