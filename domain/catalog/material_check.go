package catalog

import (
	"encoding/json"

	"onedoor.app/engine/ledger"
)

const materialsOfAll = "catalog-material:"

func materialChain(code string) string { return materialsOfAll + code }

// materialFacts are what the evidence says of an entry of the library that a person changed.
type materialFacts struct {
	Version  int             `json:"version"`
	Retired  bool            `json:"retired"`
	Material json.RawMessage `json:"material"`
	words
}

// materials compares the entries of the library with what the evidence says last of each.
func (p *prover) materials() error {
	told, err := p.chains(materialsOfAll)
	if err != nil {
		return err
	}
	n, err := paged(func(last *keptMaterial) ([]keptMaterial, error) { return listKeptMaterials(p.tx, last.code, maxPage) }, func(k *keptMaterial) error {
		entries := told[k.code]
		delete(told, k.code)
		p.known[k.code] = len(entries) > 0
		return p.material(k, entries)
	})
	if err != nil {
		return err
	}
	p.count("entries of the library compared with the evidence", n)
	return unseen(materialsOfAll, told)
}

// material compares an entry with the last of its chain, and what a package brought of it with the last that tells of that.
func (p *prover) material(k *keptMaterial, entries []ledger.Entry) error {
	d := discrepancies{}
	var m LibraryMaterial
	readable := json.Unmarshal([]byte(k.body), &m) == nil
	d.unless(readable, "content")
	d.unless(m.Code == k.code, "code")
	d.unless(m.Name == k.name, "name")
	d.unless(libraryPlace(m) == k.place, "place")
	u := unproved{"material", k.code}
	switch {
	case p.wasFound(u, k.sum(), "entries of the library", k.code+" "+k.name):
	case len(entries) == 0:
		d.unless(false, p.lacks(u))
	default:
		last := entries[len(entries)-1]
		d.unless(last.At.Equal(k.at), "at")
		if f, ok := broughtBy(last); ok {
			d.unless(k.is(f), "content")
		} else {
			p.changedMaterial(d, k, last)
		}
		if f, ok := lastBrought(entries); ok {
			d.unless(f.After == k.brought, "brought")
		}
	}
	return d.of("material", "code", k.code)
}

// changedMaterial compares an entry of the library with the evidence of who changed it last. Where older evidence names no
// writer and there was no proposal, the row may name anybody.
func (p *prover) changedMaterial(d discrepancies, k *keptMaterial, e ledger.Entry) {
	var f materialFacts
	d.unless(json.Unmarshal([]byte(e.Body), &f) == nil, "evidence")
	d.unless(string(f.Material) == k.body, "content")
	d.unless(f.Version == k.version, "number")
	d.unless(f.Retired == k.retired, "retired")
	on := madeOn{AboutMaterial(k.code), k.version - 1}
	if f.Author != nil || p.agreed[on] != nil {
		p.writtenBy(d, e, f.words, on, Person{k.staff, k.by})
	}
}

// broughtBy is what an entry says of what a package brought.
func broughtBy(e ledger.Entry) (f broughtFacts, ok bool) {
	ok = e.Act == actPieceTaken && json.Unmarshal([]byte(e.Body), &f) == nil
	return f, ok
}

// lastBrought is what a chain says of what a package brought last.
func lastBrought(entries []ledger.Entry) (f broughtFacts, ok bool) {
	for i := len(entries) - 1; i >= 0 && !ok; i-- {
		f, ok = broughtBy(entries[i])
	}
	return f, ok
}

// is reports whether an entry of the library is as a package left it. Older evidence tells what the package said, which knows
// nothing of what the entry was called before.
func (k *keptMaterial) is(f broughtFacts) bool {
	if f.Kept != "" {
		return f.Kept == k.sum()
	}
	var m LibraryMaterial
	err := json.Unmarshal([]byte(k.body), &m)
	m.Former = nil
	return err == nil && contentHash(m) == f.After
}
