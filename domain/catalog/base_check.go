package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// putFacts are what the evidence says of a version of a base item or of a change of locks. Older entries do not say the name
// of who made it.
type putFacts struct {
	Version int             `json:"version"`
	Number  int             `json:"number"`
	Base    json.RawMessage `json:"base"`
	Locks   json.RawMessage `json:"locks"`
	Why     string          `json:"why"`
	Name    *string         `json:"name"`
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
	_, err = paged(func(last *standingBase) ([]standingBase, error) {
		list, err := listStandingBases(p.tx, last.code, maxPage)
		if err == nil && len(list) > 0 {
			err = p.held(list)
		}
		return list, err
	}, func(b *standingBase) error {
		if b.base.Code != b.code || b.base.Name != b.name || b.base.Type != b.kind || b.base.Main != b.main {
			return fmt.Errorf("catalog: base item %s is listed otherwise than it says", b.code)
		}
		return nil
	})
	if err != nil {
		return err
	}
	code, err := findPowerOfNothing(p.tx)
	if err == nil && code != "" {
		err = fmt.Errorf("catalog: units hold the power of the base item %s, and there is none", code)
	}
	return err
}

// chains are the entries of all chains with a prefix, by what follows it.
func (p *prover) chains(prefix string) (map[string][]ledger.Entry, error) {
	told := map[string][]ledger.Entry{}
	err := ledger.Chains(p.tx, prefix, func(entries []ledger.Entry) error {
		told[strings.TrimPrefix(entries[0].Chain, prefix)] = entries
		return nil
	})
	return told, err
}

// unseen tells of the first entry that no row was compared with.
func unseen(prefix string, told map[string][]ledger.Entry) error {
	for code, entries := range told {
		if len(entries) > 0 {
			return fmt.Errorf("catalog: entry %d of %s%s is in the ledger and nowhere else", entries[0].Seq, prefix, code)
		}
	}
	return nil
}

// base compares a version of a base item with the entry of its chain that says the same, which is then gone from told.
func (p *prover) base(k *keptBase, told map[string][]ledger.Entry) error {
	if p.wasFound("base", strconv.FormatInt(k.id, 10), k.sum(), "versions of base items", fmt.Sprintf("%s version %d", k.code, k.number)) {
		return nil
	}
	entries := told[k.code]
	at := slices.IndexFunc(entries, k.is)
	if at < 0 || sumOf(k.body) != k.hash {
		return fmt.Errorf("catalog: the ledger has another record of version %d of the base item %s", k.number, k.code)
	}
	told[k.code] = slices.Delete(entries, at, at+1)
	return nil
}

// is reports whether an entry is the evidence of this version.
func (k *keptBase) is(e ledger.Entry) bool {
	if !e.At.Equal(k.at) || e.Actor != k.staff {
		return false
	}
	switch e.Act {
	case actBasePut:
		var f putFacts
		return json.Unmarshal([]byte(e.Body), &f) == nil && k.origin == originPage && f.Version == k.number && string(f.Base) == k.body && f.Why == k.why &&
			(f.Name == nil || *f.Name == k.name)
	case actPieceTaken:
		var f broughtFacts
		return json.Unmarshal([]byte(e.Body), &f) == nil && k.origin == originPackage && f.After == k.hash && f.Name == k.why && f.By.Name == k.name
	}
	return false
}

// held compares which units hold the powers of base items with what these say.
func (p *prover) held(list []standingBase) error {
	pairs, err := listHeld(p.tx, list[0].code, list[len(list)-1].code)
	if err != nil {
		return err
	}
	units := map[string][]string{}
	for _, pair := range pairs {
		units[pair[0]] = append(units[pair[0]], pair[1])
	}
	for _, b := range list {
		due, had := slices.Clone(b.base.Bodies), units[b.code]
		slices.Sort(due)
		slices.Sort(had)
		if !slices.Equal(slices.Compact(due), had) {
			return fmt.Errorf("catalog: other units hold the power of the base item %s than it says", b.code)
		}
	}
	return nil
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
		entries := told[k.source]
		at := slices.IndexFunc(entries, func(e ledger.Entry) bool {
			var f putFacts
			return e.Act == actLocksSet && e.At.Equal(k.at) && e.Actor == k.staff && json.Unmarshal([]byte(e.Body), &f) == nil && f.Number == k.number &&
				string(f.Locks) == k.body && f.Why == k.why && (f.Name == nil || *f.Name == k.name)
		})
		if at < 0 {
			return fmt.Errorf("catalog: the ledger has another record of change %d of the locks of %s", k.number, k.source)
		}
		told[k.source] = slices.Delete(entries, at, at+1)
		return nil
	})
	if err != nil {
		return err
	}
	p.count("changes of locks compared with the evidence", n)
	return unseen(locksOfAll, told)
}
