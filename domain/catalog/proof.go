package catalog

import (
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// prover holds rows against the evidence of the catalogue.
type prover struct {
	s     *Service
	tx    *db.Tx
	count module.Count
	found map[unproved]string // what is left of them was not seen
	waits map[unproved]string // are to be written down at the next start
	names foundNames

	brought map[int64]provedImport // those that tell the digest of their versions
	agreed  map[madeOn]*keptProposal
	known   map[string]bool // entries of the library that have evidence
}

// checkProofs compares what is in force, who brought it and what was proposed with the evidence, both ways.
func (s *Service) checkProofs(tx *db.Tx, count module.Count) error {
	if s.Log == nil {
		return nil
	}
	found, err := foundRows(tx)
	if err != nil {
		return err
	}
	waits, err := waitingRows(tx)
	if err != nil {
		return err
	}
	p := &prover{
		s: s, tx: tx, count: count, found: found, waits: waits, names: foundNames{count: count},
		brought: map[int64]provedImport{}, agreed: map[madeOn]*keptProposal{}, known: map[string]bool{},
	}
	for _, check := range []func() error{p.imports, p.items, p.versionsBrought, p.proposals, p.bases, p.locks, p.materials, p.gone} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// wasFound reports whether a row is as it was found before there was evidence of it, or will be found at the next start.
func (p *prover) wasFound(u unproved, sum, kind, name string) bool {
	if was, ok := p.waits[u]; ok && was == sum {
		p.names.wait(kind, name)
		return true
	}
	if was, ok := p.found[u]; !ok || was != sum {
		return false
	}
	delete(p.found, u)
	p.names.tell(kind, name)
	return true
}

// lacks is what a row differs in that no entry of the ledger tells of: it is not as it was found, or it has no evidence.
func (p *prover) lacks(u unproved) string {
	if _, ok := p.found[u]; ok {
		return "found"
	}
	return "evidence"
}

// gone tells of a row that was found and is no longer there. An entry of the library may have been changed since, with
// evidence.
func (p *prover) gone() error {
	for u := range p.found {
		if u.source != "material" || !p.known[u.id] {
			return differs("gone."+u.source, "id", u.id)
		}
	}
	return nil
}

// chains are the entries of all chains with a prefix, by what follows it.
func (p *prover) chains(prefix string) (map[string][]ledger.Entry, error) {
	told := map[string][]ledger.Entry{}
	err := ledger.Chains(p.tx, prefix, func(entries []ledger.Entry) error {
		told[aboutOf(prefix, entries[0])] = entries
		return nil
	})
	return told, err
}

// words are what the evidence says of whose words came in force, and by which proposal. Older entries do not say it.
type words struct {
	Author   *Doer `json:"author"`
	Proposal int64 `json:"proposal"`
}

// writtenBy compares whom a row names as its writer with the evidence, and this with the proposal that was made on what was
// in force before. Older entries name an account alone, and before there were proposals the rows did too.
func (p *prover) writtenBy(d discrepancies, e ledger.Entry, w words, on madeOn, by Person) {
	from, proposed := p.agreed[on]
	switch {
	case w.Author == nil && !proposed:
		d.unless(by.Staff == e.Actor, "writer")
	case w.Author == nil:
		d.unless(by.Name == from.author.Name && (by.Staff == from.author.Staff || by.Staff == from.author.ID), "writer")
		d.unless(e.Actor == from.author.ID, "proposal")
	case w.Proposal == 0:
		d.unless(by == personOf(w.Author.actor()), "writer")
		d.unless(!proposed && e.Actor == w.Author.ID, "proposal")
	default:
		d.unless(by == personOf(w.Author.actor()), "writer")
		d.unless(proposed && from.id == w.Proposal && from.author == *w.Author && from.decider.ID == e.Actor && from.decided.Equal(e.At), "proposal")
	}
}

// mostNamed is how many of each kind that were found without evidence are named; all are counted.
const mostNamed = 20

// foundNames tells whoever audits what counts only because it was there.
type foundNames struct {
	count module.Count
	named map[string]int
}

func (f *foundNames) tell(kind, name string) { f.say(kind+" found without evidence", name) }

// wait tells what the next start of the program writes down.
func (f *foundNames) wait(kind, name string) {
	f.say(kind+" still to be written down at the next start", name)
}

// tellOf tells of a row that was found, or waits to be, and of no other.
func (f *foundNames) tellOf(was, waits bool, kind, name string) {
	switch {
	case was && waits:
		f.wait(kind, name)
	case was:
		f.tell(kind, name)
	}
}

func (f *foundNames) say(what, name string) {
	f.count(what, 1)
	if f.named == nil {
		f.named = map[string]int{}
	}
	if f.named[what]++; f.named[what] <= mostNamed {
		f.count(what+": "+name, 1)
	}
}

// paged hands all rows of a table to fn, some at a time.
func paged[T any](list func(last *T) ([]T, error), fn func(*T) error) (n int, err error) {
	for last := new(T); ; {
		rows, err := list(last)
		if err != nil {
			return n, err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return n, err
			}
			last = &rows[i]
		}
		if n += len(rows); len(rows) < maxPage {
			return n, nil
		}
	}
}
