package catalog

import (
	"strings"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/fault"
)

// discrepancies are in what a thing is not what the ledger says of it: what was compared, by the last part of the key of its
// words. Whoever audits reads the thing and every part that differs.
type discrepancies fault.Fields

func (d discrepancies) unless(same bool, what string) {
	fault.Fields(d).Need(same, what, "catalog.differs.in."+what)
}

// of tells them as the Conflict fault catalog.differs.*, nil where there are none. args are what its words mention.
func (d discrepancies) of(thing string, args ...any) error {
	if len(d) == 0 {
		return nil
	}
	told := differs(thing, args...)
	if f, ok := told.(*fault.Error); ok {
		f.Fields = d
	}
	return told
}

// differs tells of a thing that does not hold as the Conflict fault catalog.differs.*.
func differs(thing string, args ...any) error {
	return fault.New(fault.Conflict, "catalog.differs."+thing, args...)
}

// unseen tells of the first entry of the ledger, by its chain, that no row was compared with.
func unseen(prefix string, told map[string][]ledger.Entry) error {
	for _, of := range sortedKeys(told) {
		if entries := told[of]; len(entries) > 0 {
			return nowhere(prefix+of, entries[0].Seq)
		}
	}
	return nil
}

// nowhere tells of an entry of the ledger that says what is not there.
func nowhere(chain string, seq int64) error {
	return differs("nowhere", "chain", chain, "seq", seq)
}

// take takes the next entry of what the ledger tells of something.
func take(told map[string][]ledger.Entry, of string) (e ledger.Entry, ok bool) {
	entries := told[of]
	if len(entries) == 0 {
		return e, false
	}
	told[of] = entries[1:]
	return entries[0], true
}

// aboutOf is what an entry is about: what follows the prefix of its chain.
func aboutOf(prefix string, e ledger.Entry) string { return strings.TrimPrefix(e.Chain, prefix) }
