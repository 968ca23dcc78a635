package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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
	waits, err := waitingRows(tx)
	if err != nil {
		return err
	}
	known, found := map[string]bool{}, foundNames{count: count}
	n, err := paged(func(last *keptReform) ([]keptReform, error) { return listKeptReforms(tx, last.ID, maxPage) }, func(k *keptReform) error {
		known[reformChain(k.ID)] = true
		_, waits := waits[unproved{"reform", strconv.FormatInt(k.ID, 10)}]
		was, err := k.proved(tx, b.at, waits)
		found.tellOf(was, waits, "entries of reform", fmt.Sprintf("%d %s", k.ID, k.Name))
		return err
	})
	if err != nil {
		return err
	}
	count("entries of reform", n)
	n, err = paged(func(last *provedSeal) ([]provedSeal, error) { return listProvedSeals(tx, last.ID, maxPage) }, func(k *provedSeal) error {
		known[sealChain(k.ID)] = true
		_, waits := waits[unproved{"seal", strconv.FormatInt(k.ID, 10)}]
		was, err := k.proved(tx, b.at, waits)
		found.tellOf(was, waits, "seals", fmt.Sprintf("%d %s", k.ID, k.Name))
		return err
	})
	if err != nil {
		return err
	}
	count("seals", n)
	for _, prefix := range []string{reformsOfAll, sealsOfAll} {
		if err := ledger.Chains(tx, prefix, func(entries []ledger.Entry) error {
			if !known[entries[0].Chain] {
				return nowhere(entries[0].Chain, entries[0].Seq)
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
// written down (see BeginEvidence); one that waits for that may have none yet.
func (k keptReform) proved(tx *db.Tx, end time.Time, waits bool) (was bool, err error) {
	entries, err := ledger.Chain(tx, reformChain(k.ID))
	if err != nil {
		return false, err
	}
	first := k.Reform
	first.CorrectedBy = 0 // as it was written
	if len(entries) == 1 && !entries[0].At.After(end) && says(entries[0], actReformFound, k.asFound(), finder.ID, entries[0].At) {
		return true, nil
	}
	if waits && len(entries) == 0 {
		return true, nil
	}
	d := discrepancies{}
	d.unless(len(entries) > 0, "evidence")
	d.unless(len(entries) < 2, "found") // beside the evidence
	for _, e := range entries {
		d.unless(says(e, actReform, first, e.Actor, e.At), "content")
		d.unless(e.Actor == k.staff, "writer")
		d.unless(e.At.Equal(k.At), "at")
	}
	return false, d.of("reform", "id", k.ID)
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
// without evidence. The first acts of one that had none are compared with what was found, or wait to be written down.
func (k provedSeal) proved(tx *db.Tx, end time.Time, waits bool) (was bool, err error) {
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
	entries, first, whole, ok := k.unfound(entries, steps, end)
	if n, brought := k.brought(entries, steps); waits && whole && brought {
		first, whole = n, false
	}
	d := discrepancies{}
	d.unless(ok, "found")
	if whole {
		d.unless(len(entries) == len(steps)+1, "acts")
		d.unless(len(entries) > 0 && says(entries[0], actSeal, k.facts(), k.staff, k.at), "content")
		entries = entries[min(1, len(entries)):]
	}
	d.unless(slices.EqualFunc(pictures, shown, func(p provedImpression, e ledger.Entry) bool {
		return says(e, actImpression, p.facts(), p.staff, p.At)
	}), "picture")
	if len(d) == 0 {
		k.compareActs(d, steps, entries, first)
	}
	return !whole, d.of("seal", "id", k.ID)
}

// compareActs compares the acts of a seal, from the first that has an entry of its own, and how the seal stands after them.
func (k provedSeal) compareActs(d discrepancies, steps []provedStep, entries []ledger.Entry, first int) {
	state, day := SealInUse, ""
	for i, p := range steps {
		next, ok := state.after(p.Act)
		d.unless(ok && p.seq == i+1 && (i < first || says(entries[i-first], p.Act.evidence(), p.facts(), p.staff, p.At)), "acts")
		state, day = next, p.Day
	}
	d.unless(k.State == state && k.Day == day && k.Version == len(steps), "state")
}
