package ledger

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Tree is the Merkle log (RFC 6962) over the entries of every chain. An entry is
// taken up just after its act has committed, in the order of commits, so that
// evidence never holds up business. Each growth is sealed by a signed
// checkpoint: who holds one, or a receipt that carries one, notices when the
// past is rewritten, whoever rewrites it.
type Tree struct {
	Key *Key
	// Witness keeps the newest checkpoint outside the database; nil keeps none.
	Witness *Witness
}

// takeUp is how many entries one unit of work takes up at most: acts wait behind it.
const takeUp = 500

// Run takes entries up until ctx ends. Of several processes one works at a time.
func (t *Tree) Run(ctx context.Context, d *db.DB) {
	const pause = 500 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := t.CatchUp(ctx, d); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "ledger: entries wait to be sealed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// CatchUp takes up every entry that waits, seals the tree and tells the witness.
func (t *Tree) CatchUp(ctx context.Context, d *db.DB) error {
	seen, err := t.Seen()
	if err != nil {
		return err
	}
	for {
		waits := false
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			waits, err = tx.Maybe(`SELECT entry FROM ledger_pending LIMIT 1`, nil, new(int64))
			return err
		})
		if err != nil {
			return err
		}
		if !waits {
			return t.tell(ctx, d, seen)
		}
		took := 0
		err = d.Write(ctx, func(tx *db.Tx) (err error) {
			took, err = t.grow(tx, seen)
			return err
		})
		if err != nil {
			return err
		}
		if took == 0 {
			return d.Read(ctx, orphans) // or another process was faster
		}
	}
}

// orphans finds an entry of which the tree knows nothing, or a place in it that
// waits for no entry.
func orphans(tx *db.Tx) error {
	var id int64
	found, err := tx.Maybe(`SELECT p.entry FROM ledger_pending p
		WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = p.entry) LIMIT 1`, nil, &id)
	if err == nil && found {
		err = fmt.Errorf("ledger: entry %d waits to be sealed and does not exist", id)
	}
	return err
}

// Seen is the checkpoint that the witness keeps, its Size 0 if it keeps none. Ask
// before a snapshot is opened: the witness goes on with the tree.
func (t *Tree) Seen() (Checkpoint, error) {
	if t.Witness == nil {
		return Checkpoint{}, nil
	}
	note, err := t.Witness.Recall()
	if err != nil || note == "" {
		return Checkpoint{}, err
	}
	c, err := t.Key.Open(note)
	if err != nil {
		return c, fmt.Errorf("ledger: the checkpoint kept outside the database: %w", err)
	}
	return c, nil
}

// tell keeps the newest checkpoint where the database cannot reach it.
func (t *Tree) tell(ctx context.Context, d *db.DB, seen Checkpoint) error {
	if t.Witness == nil {
		return nil
	}
	var now Checkpoint
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		now, err = t.Latest(tx)
		return err
	})
	if err != nil || now.Size <= seen.Size {
		return err
	}
	return t.Witness.Keep(now.Note)
}

// leaf is an entry that waits.
type leaf struct {
	entry int64
	hash  string
}

// grow takes up entries that wait and returns how many. A tree that is damaged,
// or does not continue what was seen, is not sealed.
func (t *Tree) grow(tx *db.Tx, seen Checkpoint) (int, error) {
	old, err := t.latest(tx, tx.ForUpdate())
	if err != nil {
		return 0, err
	}
	hs := &hashes{tx: tx}
	if err := follows(old, seen, hs); err != nil {
		return 0, err
	}
	leaves, err := db.All(tx, func(l *leaf) []any { return []any{&l.entry, &l.hash} },
		`SELECT e.id, e.hash FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry ORDER BY p.entry LIMIT $1`, takeUp)
	if err != nil || len(leaves) == 0 {
		return 0, err
	}
	size := old.Size
	for _, l := range leaves {
		if err := hs.add(size, l.hash); err != nil {
			return 0, err
		}
		if err := tx.Queue(`INSERT INTO ledger_leaf (place, entry) VALUES ($1, $2)`, size, l.entry); err != nil {
			return 0, err
		}
		if err := tx.Queue(`DELETE FROM ledger_pending WHERE entry = $1`, l.entry); err != nil {
			return 0, err
		}
		size++
	}
	if err := hs.keep(); err != nil {
		return 0, err
	}
	root, err := tlog.TreeHash(size, hs)
	if err != nil {
		return 0, err
	}
	note, err := t.Key.seal(Checkpoint{Size: size, Root: root})
	if err != nil {
		return 0, err
	}
	return len(leaves), tx.ExecOne(`UPDATE ledger_checkpoint SET size = $1, at = $2, note = $3 WHERE id = 1`, size, tx.Now(), note)
}

// ErrRolledBack says that the database is older than what was once sealed, or
// another one.
var ErrRolledBack = errors.New("ledger: the database does not continue what was sealed before")

// follows checks that the stored hashes lead to the checkpoint now and that now
// continues what was seen before.
func follows(now, seen Checkpoint, hs tlog.HashReader) error {
	root, err := tlog.TreeHash(now.Size, hs)
	if err != nil {
		return fmt.Errorf("ledger: the tree: %w", err)
	}
	if root != now.Root {
		return errors.New("ledger: the tree is not the one that was sealed")
	}
	return continues(seen, now, hs)
}

// continues checks that the tree of now begins with the tree of before.
func continues(before, now Checkpoint, hs tlog.HashReader) error {
	if before.Size == 0 {
		return nil
	}
	if before.Size > now.Size {
		return ErrRolledBack
	}
	root, err := tlog.TreeHash(before.Size, hs)
	if err != nil {
		return fmt.Errorf("ledger: the tree: %w", err)
	}
	if root != before.Root {
		return ErrRolledBack
	}
	return nil
}

// Newest is the note of the newest checkpoint, unchecked; "" before the first.
func Newest(tx *db.Tx) (note string, err error) {
	err = tx.One(`SELECT note FROM ledger_checkpoint WHERE id = 1`, nil, &note)
	return note, err
}

// Latest returns the newest checkpoint; its Size is 0 before the first.
func (t *Tree) Latest(tx *db.Tx) (Checkpoint, error) { return t.latest(tx, "") }

func (t *Tree) latest(tx *db.Tx, lock string) (c Checkpoint, err error) {
	var size int64
	var note string
	if err := tx.One(`SELECT size, note FROM ledger_checkpoint WHERE id = 1`+lock, nil, &size, &note); err != nil {
		return c, err
	}
	if note == "" && size == 0 {
		return Checkpoint{Root: emptyRoot()}, nil
	}
	if c, err = t.Key.Open(note); err != nil {
		return c, fmt.Errorf("ledger: the newest checkpoint: %w", err)
	}
	if c.Size != size {
		return c, errors.New("ledger: the newest checkpoint speaks of another size")
	}
	return c, nil
}

// Prove shows that an entry is in the newest tree. While it waits to be taken up
// that is the Conflict fault ledger.waits.
func (t *Tree) Prove(tx *db.Tx, e Entry) (Receipt, error) {
	var at int64
	taken, err := tx.Maybe(`SELECT place FROM ledger_leaf WHERE entry = $1`, []any{e.ID}, &at)
	if err != nil {
		return Receipt{}, err
	}
	if !taken {
		return Receipt{}, fault.New(fault.Conflict, "ledger.waits")
	}
	c, err := t.Latest(tx)
	if err != nil {
		return Receipt{}, err
	}
	proof, err := tlog.ProveRecord(c.Size, at, &hashes{tx: tx})
	if err != nil {
		return Receipt{}, fmt.Errorf("ledger: %w", err)
	}
	r := Receipt{Format: receiptFormat, Entry: evidenceOf(e), Place: at, Proof: proof, Checkpoint: c.Note, Key: t.Key.Verifier()}
	return r, r.Check(t.Key.Verifier())
}

// Holds reports whether the entry of a receipt stands today, unchanged, where the
// receipt says: false after the ledger was cut or rewritten behind it.
func (t *Tree) Holds(tx *db.Tx, r Receipt) (bool, error) {
	var e Entry
	found, err := tx.Maybe(selectEntry+` WHERE id = (SELECT entry FROM ledger_leaf WHERE place = $1)`, []any{r.Place}, entryColumns(&e)...)
	return found && e.Hash == r.Entry.hash() && e.sum() == e.Hash, err
}

// Verify repeats the whole tree from the entries: every entry is a leaf or waits,
// the hashes are those of the leaves, the newest checkpoint is signed and says the
// same root, and each checkpoint kept elsewhere is its beginning. It returns how
// many entries are sealed. That an entry's hash is its own is for Verify of the
// chains.
func (t *Tree) Verify(tx *db.Tx, kept ...Checkpoint) (int64, error) {
	now, err := t.Latest(tx)
	if err != nil {
		return 0, err
	}
	if err := t.whole(tx, now); err != nil {
		return 0, err
	}
	again := &hashes{} // in memory alone
	for size := int64(0); size < now.Size; {
		list, err := db.All(tx, func(l *placed) []any { return []any{&l.place, &l.hash} },
			`SELECT l.place, e.hash FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry
			WHERE l.place >= $1 ORDER BY l.place LIMIT 10000`, size)
		if err != nil {
			return size, err
		}
		for _, l := range list {
			if l.place != size {
				return size, fmt.Errorf("ledger: leaf %d of the tree is missing", size)
			}
			if err := again.add(size, l.hash); err != nil {
				return size, err
			}
			size++
		}
		if len(list) == 0 {
			return size, fmt.Errorf("ledger: the tree ends at leaf %d of %d", size, now.Size)
		}
	}
	if err := again.same(tx); err != nil {
		return now.Size, err
	}
	for _, seen := range append(kept, Checkpoint{}) {
		if err := follows(now, seen, again); err != nil {
			return now.Size, err
		}
	}
	return now.Size, nil
}

// whole checks that the tree knows every entry and nothing else.
func (t *Tree) whole(tx *db.Tx, now Checkpoint) error {
	var entries, waiting, leaves int64
	if err := tx.One(`SELECT (SELECT COUNT(*) FROM ledger_entry), (SELECT COUNT(*) FROM ledger_pending),
		(SELECT COUNT(*) FROM ledger_leaf)`, nil, &entries, &waiting, &leaves); err != nil {
		return err
	}
	if entries != now.Size+waiting || leaves != now.Size {
		return fmt.Errorf("ledger: %d entries, of which %d are sealed and %d wait", entries, now.Size, waiting)
	}
	var id int64
	found, err := tx.Maybe(`SELECT e.id FROM ledger_entry e
		WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.entry = e.id)
		AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.entry = e.id) LIMIT 1`, nil, &id)
	if err != nil {
		return err
	}
	if found {
		return fmt.Errorf("ledger: entry %d was kept out of the tree", id)
	}
	return orphans(tx)
}

type placed struct {
	place int64
	hash  string
}

// hashes are the stored hashes of the tree in the order of tlog, read from the
// database as they are needed and written back by keep.
type hashes struct {
	tx     *db.Tx // nil: in memory alone
	blocks map[int64][]byte
	dirty  []int64
}

const perBlock = 256

// block returns the n-th block, empty if there is none yet.
func (h *hashes) block(n int64) ([]byte, error) {
	if data, ok := h.blocks[n]; ok || h.tx == nil {
		return data, nil
	}
	var data []byte
	if _, err := h.tx.Maybe(`SELECT data FROM ledger_block WHERE n = $1`, []any{n}, &data); err != nil {
		return nil, err
	}
	h.put(n, data)
	return data, nil
}

func (h *hashes) put(n int64, data []byte) {
	if h.blocks == nil {
		h.blocks = map[int64][]byte{}
	}
	h.blocks[n] = data
}

// ReadHashes implements tlog.HashReader.
func (h *hashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(at))
	for i, x := range at {
		data, err := h.block(x / perBlock)
		if err != nil {
			return nil, err
		}
		from := int(x%perBlock) * tlog.HashSize
		if from+tlog.HashSize > len(data) {
			return nil, fmt.Errorf("hash %d is missing", x)
		}
		copy(list[i][:], data[from:])
	}
	return list, nil
}

// add appends the leaf at place with the hash of an entry in hexadecimal.
func (h *hashes) add(place int64, entry string) error {
	raw, err := hex.DecodeString(entry)
	if err != nil {
		return fmt.Errorf("ledger: the hash of leaf %d cannot be read", place)
	}
	list, err := tlog.StoredHashes(place, raw, h)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	for i, x := range list {
		at := tlog.StoredHashIndex(0, place) + int64(i)
		n := at / perBlock
		data, err := h.block(n)
		if err != nil {
			return err
		}
		if int64(len(data)) != at%perBlock*tlog.HashSize {
			return fmt.Errorf("ledger: block %d of the tree ends elsewhere than its leaves", n)
		}
		h.put(n, append(data, x[:]...))
		if len(h.dirty) == 0 || h.dirty[len(h.dirty)-1] != n {
			h.dirty = append(h.dirty, n)
		}
	}
	return nil
}

// keep writes the blocks that grew.
func (h *hashes) keep() error {
	for _, n := range slices.Compact(h.dirty) {
		err := h.tx.Queue(`INSERT INTO ledger_block (n, data) VALUES ($1, $2)
			ON CONFLICT (n) DO UPDATE SET data = excluded.data`, n, h.blocks[n])
		if err != nil {
			return err
		}
	}
	h.dirty = nil
	return nil
}

// same compares what was computed with what is stored.
func (h *hashes) same(tx *db.Tx) error {
	var n int
	if err := tx.One(`SELECT COUNT(*) FROM ledger_block`, nil, &n); err != nil {
		return err
	}
	if n != len(h.blocks) {
		return fmt.Errorf("ledger: the tree has %d blocks, its leaves give %d", n, len(h.blocks))
	}
	stored := &hashes{tx: tx}
	for n := range int64(len(h.blocks)) {
		data, err := stored.block(n)
		if err != nil {
			return err
		}
		if !slices.Equal(data, h.blocks[n]) {
			return fmt.Errorf("ledger: block %d of the tree is not what its leaves give", n)
		}
		delete(stored.blocks, n)
	}
	return nil
}

func emptyRoot() tlog.Hash {
	root, _ := tlog.TreeHash(0, nil) // of nothing: asks for no hash
	return root
}
