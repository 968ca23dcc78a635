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
	b, err := begun(tx)
	if err != nil {
		return err
	}
	known, found := map[string]bool{}, foundNames{count: count}
	for after := int64(0); ; {
		list, err := listKeptReforms(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, k := range list {
			after = k.ID
			was, err := k.proved(tx, b.at)
			if err != nil {
				return err
			}
			if was {
				found.tell("entries of reform", fmt.Sprintf("%d %s", k.ID, k.Name))
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
			was, err := k.proved(tx, b.at)
			if err != nil {
				return err
			}
			if was {
				found.tell("seals", fmt.Sprintf("%d %s", k.ID, k.Name))
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

// proved compares an entry with the evidence; was reports whether it was found without. end is when what had none had been
// written down: see BeginEvidence.
func (k keptReform) proved(tx *db.Tx, end time.Time) (was bool, err error) {
	entries, err := ledger.Chain(tx, reformChain(k.ID))
	if err != nil {
		return false, err
	}
	first := k.Reform
	first.CorrectedBy = 0 // as it was written
	if len(entries) == 1 && !entries[0].At.After(end) && says(entries[0], actReformFound, k.asFound(), finder.ID, entries[0].At) {
		return true, nil
	}
	if len(entries) != 1 || !says(entries[0], actReform, first, k.staff, k.At) {
		return false, fmt.Errorf("catalog: the ledger has another record of the reform entry %d", k.ID)
	}
	return false, nil
}

// unfound splits what was found of a seal from its other entries. first is how many of its acts have no entry of their own;
// whole reports whether all of it has evidence besides. A program wrote down once more what had evidence: that says the same,
// or ok is false.
func (k provedSeal) unfound(entries []ledger.Entry, steps []provedStep, end time.Time) (rest []ledger.Entry, first int, whole, ok bool) {
	at := slices.IndexFunc(entries, func(e ledger.Entry) bool { return e.Act == actSealFound })
	if at < 0 {
		return entries, 0, true, true
	}
	found := entries[at]
	rest = slices.Delete(slices.Clone(entries), at, at+1)
	whole = len(rest) == len(steps)+1 && rest[0].Act == actSeal
	if first = len(steps) - len(rest); whole {
		first = 0
	}
	before := first + at // acts that there were when it was written down
	if whole {
		before = at - 1
	}
	ok = first >= 0 && before >= 0 && before <= len(steps) && !found.At.After(end) &&
		(says(found, actSealFound, k.foundOf(steps[:before]), finder.ID, found.At) || !whole && says(found, actSealFound, k.foundOf(steps[:first]), finder.ID, found.At))
	return rest, first, whole, ok
}

// proved compares a seal with the evidence, and how it stands with what was done with it; was reports whether it was found
// without evidence. The first acts of one that had none are compared with what was found.
func (k provedSeal) proved(tx *db.Tx, end time.Time) (was bool, err error) {
	entries, err := ledger.Chain(tx, sealChain(k.ID))
	if err != nil {
		return false, err
	}
	steps, err := listProvedSteps(tx, k.ID)
	if err != nil {
		return false, err
	}
	pictures, err := listImpressions(tx, k.ID)
	if err != nil {
		return false, err
	}
	shown := slices.DeleteFunc(slices.Clone(entries), func(e ledger.Entry) bool { return e.Act != actImpression })
	entries = slices.DeleteFunc(entries, func(e ledger.Entry) bool { return e.Act == actImpression })
	wrong := fmt.Errorf("catalog: the ledger has another record of the seal %d", k.ID)
	entries, first, whole, ok := k.unfound(entries, steps, end)
	if !ok {
		return false, wrong
	}
	if whole {
		if len(entries) != len(steps)+1 || !says(entries[0], actSeal, k.facts(), k.staff, k.at) {
			return false, wrong
		}
		entries = entries[1:]
	}
	if !slices.EqualFunc(pictures, shown, func(p provedImpression, e ledger.Entry) bool {
		return says(e, actImpression, p.facts(), p.staff, p.At)
	}) {
		return !whole, fmt.Errorf("catalog: the ledger has another record of the picture of the seal %d", k.ID)
	}
	state, day := SealInUse, ""
	for i, p := range steps {
		next, ok := state.after(p.Act)
		if !ok || p.seq != i+1 || i >= first && !says(entries[i-first], p.Act.evidence(), p.facts(), p.staff, p.At) {
			return !whole, wrong
		}
		state, day = next, p.Day
	}
	if k.State != state || k.Day != day || k.Version != len(steps) {
		return !whole, fmt.Errorf("catalog: the seal %d is %s and was left as %s", k.ID, k.State, state)
	}
	return !whole, nil
}
