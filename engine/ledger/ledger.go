// Package ledger keeps the evidence of what was done: an append-only chain of
// entries for each subject, every entry carrying the hash of the one before it.
//
// An entry is written in the transaction of the act that it records: both
// happen or neither does. A changed, removed or reordered entry breaks its
// chain; Verify finds the first break. Entries name people by id and never
// hold personal data.
package ledger

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Entry is one link of a chain.
type Entry struct {
	ID       int64
	Chain    string // what it is about: "cases:123"
	Seq      int64  // 1, 2, 3 … within the chain
	At       time.Time
	Actor    int64 // the account; 0 is the system
	OnBehalf int64 // the staff member stood in for, or the party acted for
	Act      string
	Body     string // JSON: the facts from which the act can be replayed
	Prev     string
	Hash     string
}

// Head is the end of a chain. The zero Head is a chain without entries.
type Head struct {
	Seq  int64
	Hash string
}

// Draft is an entry that is not yet in a chain.
type Draft struct {
	Act      string
	OnBehalf int64
	Body     any // becomes JSON
}

func (e Entry) sum() string { return evidenceOf(e).hash() }

// Extend appends an entry to the chain that ends at head, which the caller
// keeps beside its own row and has locked, and returns the new head.
func Extend(tx *db.Tx, chain string, head Head, who auth.Actor, d Draft) (Head, error) {
	body, err := json.Marshal(d.Body)
	if err != nil {
		return head, fmt.Errorf("ledger: %s: %w", d.Act, err)
	}
	e := Entry{
		ID: tx.NewID(), Chain: chain, Seq: head.Seq + 1, At: tx.Now(), Actor: who.ID, OnBehalf: d.OnBehalf,
		Act: d.Act, Body: string(body), Prev: head.Hash,
	}
	e.Hash = e.sum()
	// UNIQUE (chain, seq) refuses a fork even if a caller forgot to lock.
	err = tx.Queue(`INSERT INTO ledger_entry (id, chain, seq, at, actor, on_behalf, act, body, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, e.Chain, e.Seq, e.At, e.Actor, e.OnBehalf, e.Act, e.Body, e.Prev, e.Hash)
	if err != nil {
		return head, err
	}
	if err := tx.Queue(`INSERT INTO ledger_pending (entry) VALUES ($1)`, e.ID); err != nil {
		return head, err
	}
	err = tx.Queue(`INSERT INTO ledger_head (chain, seq, hash) VALUES ($1, $2, $3)
		ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`, e.Chain, e.Seq, e.Hash)
	return Head{e.Seq, e.Hash}, err
}

// Log appends an entry to a chain whose head no other row keeps: rare acts such
// as a look at personal data or a change of office. Two at once on one chain
// wait for each other.
func Log(tx *db.Tx, chain string, who auth.Actor, d Draft) error {
	// The row of the head is made first: only a row can be waited for.
	err := tx.Queue(`INSERT INTO ledger_head (chain, seq, hash) VALUES ($1, 0, '') ON CONFLICT (chain) DO NOTHING`, chain)
	if err != nil {
		return err
	}
	var head Head
	if err := tx.One(`SELECT seq, hash FROM ledger_head WHERE chain = $1`+tx.ForUpdate(), []any{chain}, &head.Seq, &head.Hash); err != nil {
		return err
	}
	_, err = Extend(tx, chain, head, who, d)
	return err
}

// Chain returns the entries of a chain, oldest first.
func Chain(tx *db.Tx, chain string) ([]Entry, error) {
	return db.All(tx, entryColumns, selectEntry+` WHERE chain = $1 ORDER BY seq`, chain)
}

// First returns the entry with which a chain begins; a chain without entries is
// the fault row.unknown.
func First(tx *db.Tx, chain string) (e Entry, err error) {
	err = tx.One(selectEntry+` WHERE chain = $1 AND seq = 1`, []any{chain}, entryColumns(&e)...)
	return e, err
}

// Empty reports whether no chain has an entry.
func Empty(tx *db.Tx) (empty bool, err error) {
	err = tx.One(`SELECT NOT EXISTS (SELECT 1 FROM ledger_entry)`, nil, &empty)
	return empty, err
}

const selectEntry = `SELECT id, chain, seq, at, actor, on_behalf, act, body, prev, hash FROM ledger_entry`

func entryColumns(e *Entry) []any {
	return []any{&e.ID, &e.Chain, &e.Seq, &e.At, &e.Actor, &e.OnBehalf, &e.Act, &e.Body, &e.Prev, &e.Hash}
}

// Broken tells where a chain stops being what was written.
type Broken struct {
	Chain string
	Seq   int64
}

// Error implements error.
func (b *Broken) Error() string {
	return fmt.Sprintf("ledger: chain %s breaks at entry %d", b.Chain, b.Seq)
}

// Verify walks every chain and hands each whole one to visit (which may be
// nil). It returns the number of entries and chains, and the first *Broken: a
// chain with a changed entry, one that does not end at its head, or a head
// without its chain.
func Verify(tx *db.Tx, visit func(chain string, entries []Entry) error) (entries, chains int, err error) {
	var chain []Entry
	var head Head
	done := func() error {
		if len(chain) == 0 {
			return nil
		}
		name := chain[0].Chain
		if err := whole(name, chain, head); err != nil {
			return err
		}
		entries, chains = entries+len(chain), chains+1
		if visit == nil {
			return nil
		}
		return visit(name, chain)
	}
	for at := (headed{}); ; {
		page, err := db.All(tx, headedColumns, `SELECT e.id, e.chain, e.seq, e.at, e.actor, e.on_behalf, e.act, e.body,
			e.prev, e.hash, COALESCE(h.seq, 0), COALESCE(h.hash, '') FROM ledger_entry e
			LEFT JOIN ledger_head h ON h.chain = e.chain
			WHERE (e.chain, e.seq) > ($1, $2) ORDER BY e.chain, e.seq LIMIT $3`, at.Chain, at.Seq, verifyAtOnce)
		if err != nil {
			return entries, chains, err
		}
		for _, e := range page {
			if len(chain) > 0 && chain[0].Chain != e.Chain {
				if err := done(); err != nil {
					return entries, chains, err
				}
				chain = nil
			}
			chain, head = append(chain, e.Entry), e.head
		}
		if len(page) < verifyAtOnce {
			break
		}
		at = page[len(page)-1]
	}
	if err := done(); err != nil {
		return entries, chains, err
	}
	return entries, chains, bare(tx)
}

const verifyAtOnce = 5000

// headed is an entry beside the head of its chain.
type headed struct {
	Entry
	head Head
}

func headedColumns(h *headed) []any {
	return append(entryColumns(&h.Entry), &h.head.Seq, &h.head.Hash)
}

// bare finds a head whose chain is gone.
func bare(tx *db.Tx) error {
	var chain string
	found, err := tx.Maybe(`SELECT h.chain FROM ledger_head h
		WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.chain = h.chain) ORDER BY h.chain LIMIT 1`, nil, &chain)
	if err == nil && found {
		err = &Broken{chain, 1}
	}
	return err
}

func whole(chain string, list []Entry, head Head) error {
	prev := ""
	for i, e := range list {
		if e.Seq != int64(i+1) || e.Prev != prev || e.Hash != e.sum() {
			return &Broken{chain, int64(i + 1)}
		}
		prev = e.Hash
	}
	if end := (Head{int64(len(list)), prev}); end != head {
		return &Broken{chain, min(end.Seq, head.Seq) + 1}
	}
	return nil
}

// Chains hands each chain whose name begins with prefix to visit, whole and in the
// order of the names. It checks no hashes: Verify does.
func Chains(tx *db.Tx, prefix string, visit func([]Entry) error) error {
	var chain []Entry
	for at := (Entry{Chain: prefix}); ; {
		page, err := db.All(tx, entryColumns, selectEntry+` WHERE (chain, seq) > ($1, $2) AND chain LIKE $3
			ORDER BY chain, seq LIMIT $4`, at.Chain, at.Seq, prefix+"%", verifyAtOnce)
		if err != nil {
			return err
		}
		for _, e := range page {
			if len(chain) > 0 && chain[0].Chain != e.Chain {
				if err := visit(chain); err != nil {
					return err
				}
				chain = nil // the visitor may keep it
			}
			chain = append(chain, e)
		}
		if len(page) < verifyAtOnce {
			break
		}
		at = page[len(page)-1]
	}
	if len(chain) == 0 {
		return nil
	}
	return visit(chain)
}
