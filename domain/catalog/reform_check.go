package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// checkReforms compares every entry of the ledger of reform and every seal with the evidence, both ways: what there is was
// written, and what was written is there.
func (s *Service) checkReforms(tx *db.Tx, count module.Count) error {
	if s.Log == nil {
		return nil
	}
	_, found, err := begun(tx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for after := int64(0); ; {
		list, err := listKeptReforms(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, k := range list {
			after = k.ID
			if err := k.proved(tx, found); err != nil {
				return err
			}
			known[reformChain(k.ID)] = true
		}
		count("entries of reform", len(list))
		if len(list) < maxPage {
			break
		}
	}
	for after := int64(0); ; {
		list, err := listProvedSeals(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, k := range list {
			after = k.ID
			if err := k.proved(tx, found); err != nil {
				return err
			}
			known[sealChain(k.ID)] = true
		}
		count("seals", len(list))
		if len(list) < maxPage {
			break
		}
	}
	for _, prefix := range []string{reformsOfAll, sealsOfAll} {
		if err := ledger.Chains(tx, prefix, func(entries []ledger.Entry) error {
			if !known[entries[0].Chain] {
				return fmt.Errorf("catalog: %s is in the ledger and nowhere else", entries[0].Chain)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// says reports whether an entry of the ledger is that of an act with these facts.
func says(e ledger.Entry, act string, facts any, staff int64, at time.Time) bool {
	body, err := json.Marshal(facts)
	return err == nil && e.Act == act && e.Body == string(body) && e.Actor == staff && e.At.Equal(at)
}

// proved compares an entry with the evidence. found is when what had none was written down: see BeginEvidence.
func (k keptReform) proved(tx *db.Tx, found time.Time) error {
	entries, err := ledger.Chain(tx, reformChain(k.ID))
	if err != nil {
		return err
	}
	was := k.Reform
	was.CorrectedBy = 0 // as it was written
	if len(entries) == 1 && entries[0].At.Equal(found) && says(entries[0], actReformFound, k.asFound(), finder.ID, found) {
		return nil
	}
	if len(entries) != 1 || !says(entries[0], actReform, was, k.staff, k.At) {
		return fmt.Errorf("catalog: the ledger has another record of the reform entry %d", k.ID)
	}
	return nil
}

// proved compares a seal with the evidence, and how it stands with what was done with it. The first acts of one that had no
// evidence are compared with what was found.
func (k provedSeal) proved(tx *db.Tx, found time.Time) error {
	entries, err := ledger.Chain(tx, sealChain(k.ID))
	if err != nil {
		return err
	}
	steps, err := listProvedSteps(tx, k.ID)
	if err != nil {
		return err
	}
	pictures, err := listImpressions(tx, k.ID)
	if err != nil {
		return err
	}
	shown := slices.DeleteFunc(slices.Clone(entries), func(e ledger.Entry) bool { return e.Act != actImpression })
	entries = slices.DeleteFunc(entries, func(e ledger.Entry) bool { return e.Act == actImpression })
	wrong := fmt.Errorf("catalog: the ledger has another record of the seal %d", k.ID)
	first := 0 // of the steps that have an entry each
	if at := slices.IndexFunc(entries, func(e ledger.Entry) bool { return e.Act == actSealFound }); at >= 0 {
		if first = len(steps) + 1 - len(entries); first < 0 || !says(entries[at], actSealFound, k.foundOf(steps[:first]), finder.ID, found) {
			return wrong
		}
		entries = slices.Delete(entries, at, at+1)
	} else {
		if len(entries) != len(steps)+1 || !says(entries[0], actSeal, k.facts(), k.staff, k.at) {
			return wrong
		}
		entries = entries[1:]
	}
	if !slices.EqualFunc(pictures, shown, func(p provedImpression, e ledger.Entry) bool {
		return says(e, actImpression, p.facts(), p.staff, p.At)
	}) {
		return fmt.Errorf("catalog: the ledger has another record of the picture of the seal %d", k.ID)
	}
	state, day := SealInUse, ""
	for i, p := range steps {
		next, ok := state.after(p.Act)
		if !ok || p.seq != i+1 || i >= first && !says(entries[i-first], p.Act.evidence(), p.facts(), p.staff, p.At) {
			return wrong
		}
		state, day = next, p.Day
	}
	if k.State != state || k.Day != day || k.Version != len(steps) {
		return fmt.Errorf("catalog: the seal %d is %s and was left as %s", k.ID, k.State, state)
	}
	return nil
}
