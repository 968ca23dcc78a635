package catalog

import (
	"encoding/json"
	"slices"
	"strconv"

	"onedoor.app/engine/ledger"
)

const (
	basesOfAll    = "catalog.base:"
	locksOfAll    = "catalog.locks:"
	actBasePut    = "catalog.base_put"
	actLocksSet   = "catalog.locks_set"
	actPieceTaken = "catalog.import_brought"
)

func baseChain(code string) string { return basesOfAll + code }

// putFacts are what the evidence says of a version of a base item or of a change of locks.
type putFacts struct {
	Version int             `json:"version"`
	Number  int             `json:"number"`
	Base    json.RawMessage `json:"base"`
	Locks   json.RawMessage `json:"locks"`
	Why     string          `json:"why"`
	words
}

// bases compares every version of a base item with the evidence, and what is in force with the versions.
func (p *prover) bases() error {
	told, err := p.chains(basesOfAll)
	if err != nil {
		return err
	}
	n, err := paged(func(last *keptBase) ([]keptBase, error) { return listKeptBases(p.tx, last.code, last.number, maxPage) },
		func(k *keptBase) error { return p.base(k, told) })
	if err != nil {
		return err
	}
	p.count("versions of base items compared with the evidence", n)
	if err := unseen(basesOfAll, told); err != nil {
		return err
	}
	_, err = paged(p.standingBases, func(b *standingBase) error {
		due := slices.Clone(b.base.Bodies)
		slices.Sort(due)
		d := discrepancies{}
		d.unless(b.base.Code == b.code, "code")
		d.unless(b.base.Name == b.name, "name")
		d.unless(b.base.Type == b.kind, "type")
		d.unless(b.base.Main == b.main, "main")
		d.unless(slices.Equal(slices.Compact(due), b.units), "units")
		return d.of("standing_base", "code", b.code)
	})
	return err
}

// base compares a version of a base item with the next entry of its chain.
func (p *prover) base(k *keptBase, told map[string][]ledger.Entry) error {
	u := unproved{"base", strconv.FormatInt(k.id, 10)}
	if p.wasFound(u, k.sum(), "versions of base items", k.code+" version "+strconv.Itoa(k.number)) {
		return nil
	}
	d := discrepancies{}
	d.unless(sumOf(k.body) == k.hash, "hash")
	e, ok := take(told, k.code)
	switch {
	case !ok:
		d.unless(false, p.lacks(u))
	case e.Act == actBasePut:
		p.basePut(d, k, e)
	default:
		k.compareBrought(d, e)
	}
	return d.of("base", "code", k.code, "number", k.number)
}

// basePut compares a version with the entry of who put it in force.
func (p *prover) basePut(d discrepancies, k *keptBase, e ledger.Entry) {
	var f putFacts
	d.unless(json.Unmarshal([]byte(e.Body), &f) == nil, "evidence")
	d.unless(e.At.Equal(k.at), "at")
	d.unless(k.origin == originPage, "origin")
	d.unless(f.Version == k.number, "number")
	d.unless(string(f.Base) == k.body, "content")
	d.unless(f.Why == k.why, "why")
	p.writtenBy(d, e, f.words, madeOn{AboutBase(k.code), k.number - 1}, Person{k.staff, k.name})
}

// compareBrought compares a version with the entry of the import that brought it. Older rows name an account.
func (k *keptBase) compareBrought(d discrepancies, e ledger.Entry) {
	f, ok := broughtBy(e)
	d.unless(ok, "evidence")
	d.unless(e.At.Equal(k.at), "at")
	d.unless(k.origin == originPackage, "origin")
	d.unless(f.After == k.hash, "content")
	d.unless(f.Name == k.why, "why")
	d.unless(f.By.Name == k.name && (f.By.Staff == k.staff || f.By.ID == k.staff), "writer")
}

// standingBases lists base items in force with the units that hold their powers.
func (p *prover) standingBases(last *standingBase) ([]standingBase, error) {
	list, err := listStandingBases(p.tx, last.code, maxPage)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	pairs, err := listHeld(p.tx, list[0].code, list[len(list)-1].code)
	units := map[string][]string{}
	for _, pair := range pairs {
		units[pair[0]] = append(units[pair[0]], pair[1])
	}
	for i := range list {
		list[i].units = units[list[i].code]
		slices.Sort(list[i].units)
	}
	return list, err
}

// locks compares every change of the locks of a source with the evidence.
func (p *prover) locks() error {
	told, err := p.chains(locksOfAll)
	if err != nil {
		return err
	}
	n, err := paged(func(last *keptLock) ([]keptLock, error) {
		return listKeptLocks(p.tx, last.source, last.number, maxPage)
	}, func(k *keptLock) error {
		d := discrepancies{}
		var f putFacts
		e, ok := take(told, k.source)
		if ok = ok && e.Act == actLocksSet && json.Unmarshal([]byte(e.Body), &f) == nil; ok {
			d.unless(e.At.Equal(k.at), "at")
			d.unless(f.Number == k.number, "number")
			d.unless(string(f.Locks) == k.body, "content")
			d.unless(f.Why == k.why, "why")
			p.writtenBy(d, e, f.words, madeOn{AboutLocks(k.source), k.number - 1}, Person{k.staff, k.name})
		}
		d.unless(ok, "evidence")
		return d.of("locks", "source", k.source, "number", k.number)
	})
	if err != nil {
		return err
	}
	p.count("changes of locks compared with the evidence", n)
	return unseen(locksOfAll, told)
}
