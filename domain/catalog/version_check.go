package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/ledger"
)

const (
	actEnforced  = "catalog.change_enforce"
	actSuspended = "catalog.suspended"
	actRestored  = "catalog.restored"
)

// enforcedFacts are what the evidence says of a version that a change became. Older entries do not say who approved it.
type enforcedFacts struct {
	Version   int    `json:"version"`
	Since     int64  `json:"since"`
	Published string `json:"published"`
	Change    int64  `json:"change"`
	Reviewer  *int64 `json:"reviewer"`
}

// pauseFacts are what the evidence says of an item that was taken off the list. Older entries do not say by whom.
type pauseFacts struct {
	Reason string  `json:"reason"`
	By     *Person `json:"by"`

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
	if err := ledger.Chains(p.tx, "catalog:", func(entries []ledger.Entry) error {
		chain := entries[0].Chain
		if chain == begunChain || chain == rowsChain {
			return nil
		}
		facts, err := itemFactsOf(entries)
		told[strings.TrimPrefix(chain, "catalog:")] = facts
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
		func(k *keptPause) error { return k.proved(told[k.code]) })
	if err != nil {
		return err
	}
	p.count("suspensions compared with the evidence", n)
	for code, facts := range told {
		if len(facts.pauses) > 0 {
			return fmt.Errorf("catalog: item %s was taken off the list by the evidence and by no record", code)
		}
		for number := range facts.versions {
			return fmt.Errorf("catalog: version %d of item %s is in the ledger and nowhere else", number, code)
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
			var f enforcedFacts
			if err := json.Unmarshal([]byte(e.Body), &f); err != nil {
				return nil, fmt.Errorf("catalog: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			facts.versions[f.Version] = f
		case actSuspended:
			f := pauseFacts{since: e.At}
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
	wrong := func(what string) error {
		return fmt.Errorf("catalog: version %d of item %s %s", k.number, k.code, what)
	}
	var it Item
	if err := json.Unmarshal([]byte(k.body), &it); err != nil {
		return wrong("cannot be read")
	}
	if it.Code != k.code || it.Name != k.name || it.Type != k.kind || it.ProjectType != k.project || it.Unit != k.unit || it.Body != k.carrier {
		return wrong("is listed otherwise than it says")
	}
	id := strconv.FormatInt(k.id, 10)
	if p.wasFound("version", id, k.sum(), "versions of items", fmt.Sprintf("%s version %d", k.code, k.number)) {
		return nil
	}
	if sumOf(k.body) != k.hash {
		return wrong("says something else than it was published with")
	}
	if facts != nil {
		if f, ok := facts.versions[k.number]; ok {
			delete(facts.versions, k.number)
			switch {
			case f.Published != k.hash, f.Since != k.at.UnixMilli(), k.brought != 0, k.origin != originPage, f.Reviewer != nil && *f.Reviewer != k.staff:
				return wrong("is another than the one that came in force by the evidence")
			}
			return nil
		}
	}
	if i, ok := p.brought[k.brought]; ok {
		if !i.At.Equal(k.at) || i.Actor != k.staff || k.origin == originPage {
			return wrong("came in force otherwise than by the import that it names")
		}
		return nil // that it is one of them, and the same, the digest of the import says
	}
	return wrong("came in force without evidence")
}

// sumOf is the digest of a text.
func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// proved compares a suspension with the evidence, the first of an item first.
func (k *keptPause) proved(facts *itemFacts) error {
	if facts != nil && len(facts.pauses) > 0 {
		f := facts.pauses[0]
		facts.pauses = facts.pauses[1:]
		if f.Reason == k.reason && f.since.Equal(k.since) && f.until.Equal(k.until) && (f.By == nil || f.By.Staff == k.staff && f.By.Name == k.name) {
			return nil
		}
	}
	return fmt.Errorf("catalog: the ledger has another record of when item %s was off the list", k.code)
}
