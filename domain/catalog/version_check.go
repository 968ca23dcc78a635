package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"onedoor.app/engine/ledger"
)

const (
	itemsOfAll   = "catalog:"
	actEnforced  = "catalog.change_enforce"
	actSuspended = "catalog.suspended"
	actRestored  = "catalog.restored"
)

// enforcedFacts are what the evidence says of a version that a change became. Older entries do not say who approved it.
type enforcedFacts struct {
	Version   int    `json:"version"`
	Since     int64  `json:"since"`
	Published string `json:"published"`
	Reviewer  *int64 `json:"reviewer"`

	seq int64
}

// pauseFacts are what the evidence says of an item that was taken off the list. Older entries do not say by whom.
type pauseFacts struct {
	Reason string  `json:"reason"`
	By     *Person `json:"by"`

	seq          int64
	since, until time.Time
}

// itemFacts are what the evidence says of an item.
type itemFacts struct {
	versions map[int]enforcedFacts
	pauses   []pauseFacts
}

// items compares versions and suspensions of items with the evidence.
func (p *prover) items() error {
	told := map[string]*itemFacts{}
	if err := ledger.Chains(p.tx, itemsOfAll, func(entries []ledger.Entry) error {
		chain := entries[0].Chain
		if chain == begunChain || chain == rowsChain {
			return nil
		}
		facts, err := itemFactsOf(entries)
		told[aboutOf(itemsOfAll, entries[0])] = facts
		return err
	}); err != nil {
		return err
	}
	n, err := paged(func(last *keptVersion) ([]keptVersion, error) { return listKeptVersions(p.tx, last.id, maxPage) },
		func(k *keptVersion) error { return p.version(k, told[k.code]) })
	if err != nil {
		return err
	}
	p.count("versions compared with the evidence", n)
	n, err = paged(func(last *keptPause) ([]keptPause, error) { return listKeptPauses(p.tx, last.id, maxPage) },
		func(k *keptPause) error { return k.compare(told[k.code]) })
	if err != nil {
		return err
	}
	p.count("suspensions compared with the evidence", n)
	for _, code := range sortedKeys(told) {
		facts := told[code]
		for _, number := range slices.Sorted(maps.Keys(facts.versions)) {
			return nowhere(itemsOfAll+code, facts.versions[number].seq)
		}
		for _, f := range facts.pauses {
			return nowhere(itemsOfAll+code, f.seq)
		}
	}
	return nil
}

// itemFactsOf gathers what the chain of an item says.
func itemFactsOf(entries []ledger.Entry) (*itemFacts, error) {
	facts := &itemFacts{versions: map[int]enforcedFacts{}}
	for _, e := range entries {
		switch e.Act {
		case actEnforced:
			f := enforcedFacts{seq: e.Seq}
			if err := json.Unmarshal([]byte(e.Body), &f); err != nil {
				return nil, fmt.Errorf("catalog: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			facts.versions[f.Version] = f
		case actSuspended:
			f := pauseFacts{seq: e.Seq, since: e.At}
			if err := json.Unmarshal([]byte(e.Body), &f); err != nil {
				return nil, fmt.Errorf("catalog: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			facts.pauses = append(facts.pauses, f)
		case actRestored:
			if n := len(facts.pauses); n > 0 {
				facts.pauses[n-1].until = e.At
			}
		}
	}
	return facts, nil
}

// version compares a version with what it says itself and with the evidence of how it came in force.
func (p *prover) version(k *keptVersion, facts *itemFacts) error {
	d := discrepancies{}
	k.compareListed(d)
	u := unproved{"version", strconv.FormatInt(k.id, 10)}
	if p.wasFound(u, k.sum(), "versions of items", k.code+" version "+strconv.Itoa(k.number)) {
		return d.of("version", "code", k.code, "number", k.number)
	}
	d.unless(sumOf(k.body) == k.hash, "hash")
	if f, ok := facts.enforced(k.number); ok {
		d.unless(f.Published == k.hash, "content")
		d.unless(f.Since == k.at.UnixMilli(), "at")
		d.unless(k.brought == 0, "import")
		d.unless(k.origin == originPage, "origin")
		d.unless(f.Reviewer == nil || *f.Reviewer == k.staff, "reviewer")
	} else if i, ok := p.brought[k.brought]; ok { // that it is one of them, and the same, versionsBrought says
		d.unless(i.At.Equal(k.at), "at")
		d.unless(i.Actor == k.staff, "writer")
		d.unless(k.origin == i.Origin || i.Origin == "" && k.origin != originPage, "origin")
	} else {
		d.unless(false, p.lacks(u))
	}
	return d.of("version", "code", k.code, "number", k.number)
}

// compareListed compares by what a version is found and listed with what it says.
func (k *keptVersion) compareListed(d discrepancies) {
	var it Item
	d.unless(json.Unmarshal([]byte(k.body), &it) == nil, "content")
	d.unless(it.Code == k.code, "code")
	d.unless(it.Name == k.name, "name")
	d.unless(it.Type == k.kind, "type")
	d.unless(it.ProjectType == k.project, "project_type")
	d.unless(it.Unit == k.unit, "unit")
	d.unless(it.Body == k.carrier, "body_unit")
}

// enforced takes what the evidence says of the change that became a version.
func (f *itemFacts) enforced(number int) (e enforcedFacts, ok bool) {
	if f == nil {
		return e, false
	}
	e, ok = f.versions[number]
	delete(f.versions, number)
	return e, ok
}

// compare compares a suspension with the evidence, the first of an item first.
func (k *keptPause) compare(facts *itemFacts) error {
	d := discrepancies{}
	if facts == nil || len(facts.pauses) == 0 {
		d.unless(false, "evidence")
		return d.of("suspension", "code", k.code, "since", k.since.Format(time.DateTime))
	}
	f := facts.pauses[0]
	facts.pauses = facts.pauses[1:]
	d.unless(f.Reason == k.reason, "why")
	d.unless(f.since.Equal(k.since), "since")
	d.unless(f.until.Equal(k.until), "until")
	d.unless(f.By == nil || *f.By == Person{k.staff, k.name}, "suspender")
	return d.of("suspension", "code", k.code, "since", k.since.Format(time.DateTime))
}

// sumOf is the digest of a text.
func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
