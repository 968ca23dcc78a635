package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Evidence is an entry as it travels: all that its hash is made of. Body may be
// left out, its digest may not.
type Evidence struct {
	Chain    string `json:"chain"`
	Seq      int64  `json:"seq"`
	At       int64  `json:"at"` // Unix milliseconds
	Actor    int64  `json:"actor"`
	OnBehalf int64  `json:"on_behalf"`
	Act      string `json:"act"`
	Digest   string `json:"digest"` // SHA-256 of Body, hexadecimal
	Prev     string `json:"prev"`
	Body     string `json:"body,omitempty"`
}

func evidenceOf(e Entry) Evidence {
	return Evidence{
		Chain: e.Chain, Seq: e.Seq, At: e.At.UnixMilli(), Actor: e.Actor, OnBehalf: e.OnBehalf, Act: e.Act,
		Digest: digest(e.Body), Prev: e.Prev, Body: e.Body,
	}
}

// Time is when the act was done.
func (e Evidence) Time() time.Time { return time.UnixMilli(e.At) }

// hash covers the fields with their lengths, so that no two different entries
// hash the same bytes. It covers the body by its digest: a receipt small enough
// for a QR code can do without the body.
func (e Evidence) hash() string {
	h := sha256.New()
	for _, s := range []string{
		e.Chain, strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At, 10), strconv.FormatInt(e.Actor, 10),
		strconv.FormatInt(e.OnBehalf, 10), e.Act, e.Digest, e.Prev,
	} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

const receiptFormat = "onedoor-receipt/1"

// Receipt is an entry with the proof that a signed tree holds it. It is checked
// with the public key alone, without the database and without the network.
type Receipt struct {
	Format     string           `json:"format"`
	Entry      Evidence         `json:"entry"`
	Place      int64            `json:"place"` // of its leaf, from 0
	Proof      tlog.RecordProof `json:"proof"`
	Checkpoint string           `json:"checkpoint"` // origin, size, root, signature
	Key        string           `json:"key"`        // public key that signed, for comparison with the published one
}

// What may be wrong with a receipt.
var (
	ErrReceipt   = errors.New("ledger: this is no receipt")
	ErrForeign   = errors.New("ledger: the receipt was not sealed with this key")
	ErrBody      = errors.New("ledger: the contents are not those that were recorded")
	ErrInclusion = errors.New("ledger: the sealed tree does not hold this record")
)

// ParseReceipt reads the file of a receipt, at most 1 MB; anything else is ErrReceipt.
func ParseReceipt(text []byte) (r Receipt, err error) {
	if len(text) > 1<<20 || json.Unmarshal(text, &r) != nil || r.Format != receiptFormat {
		return Receipt{}, ErrReceipt
	}
	return r, nil
}

// Check proves the receipt against the public key in which its reader trusts: the
// contents are those of the record, the record is in the tree, the tree is sealed
// by the key. Faults: ErrBody, ErrInclusion, ErrForeign, ErrReceipt.
func (r Receipt) Check(key string) error {
	v, err := NewVerifier(key)
	if err != nil {
		return err
	}
	c, err := openCheckpoint(r.Checkpoint, v)
	if err != nil {
		return err
	}
	if r.Entry.Body != "" && digest(r.Entry.Body) != r.Entry.Digest {
		return ErrBody
	}
	raw, err := hex.DecodeString(r.Entry.hash())
	if err != nil {
		return ErrReceipt
	}
	if r.Place < 0 || r.Place >= c.Size || tlog.CheckRecord(r.Proof, c.Size, c.Root, r.Place, tlog.RecordHash(raw)) != nil {
		return ErrInclusion
	}
	return nil
}

// Compact returns the receipt without its body, short enough for a QR code.
func (r Receipt) Compact(key string) (string, error) {
	v, err := NewVerifier(key)
	if err != nil {
		return "", err
	}
	c, err := openCheckpoint(r.Checkpoint, v)
	if err != nil {
		return "", err
	}
	b := []byte{1} // of this form
	for _, s := range []string{r.Entry.Chain, r.Entry.Act} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	for _, n := range []int64{r.Entry.Seq, r.Entry.At, r.Entry.Actor, r.Entry.OnBehalf, r.Place, c.Size} {
		b = binary.AppendVarint(b, n)
	}
	for _, h := range []string{r.Entry.Digest, r.Entry.Prev} {
		raw, err := hex.DecodeString(h)
		if err != nil {
			return "", ErrReceipt
		}
		b = append(binary.AppendUvarint(b, uint64(len(raw))), raw...)
	}
	b = append(binary.AppendUvarint(b, uint64(len(c.signature))), c.signature...)
	b = append(b, c.Root[:]...)
	for _, h := range r.Proof {
		b = append(b, h[:]...)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// ExpandReceipt reads what Compact wrote; key is the public key that it is to be
// checked with. Anything else is ErrReceipt.
func ExpandReceipt(text, key string) (Receipt, error) {
	v, err := NewVerifier(key)
	if err != nil {
		return Receipt{}, err
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) == 0 || b[0] != 1 || len(b) > 8<<10 {
		return Receipt{}, ErrReceipt
	}
	p := &packed{b: b[1:]}
	r := Receipt{Format: receiptFormat, Key: key}
	r.Entry.Chain, r.Entry.Act = string(p.bytes()), string(p.bytes())
	r.Entry.Seq, r.Entry.At, r.Entry.Actor, r.Entry.OnBehalf = p.number(), p.number(), p.number(), p.number()
	r.Place = p.number()
	c := Checkpoint{Size: p.number()}
	r.Entry.Digest, r.Entry.Prev = hex.EncodeToString(p.bytes()), hex.EncodeToString(p.bytes())
	c.signature = p.bytes()
	copy(c.Root[:], p.take(tlog.HashSize))
	for len(p.b) > 0 && !p.bad {
		var h tlog.Hash
		copy(h[:], p.take(tlog.HashSize))
		r.Proof = append(r.Proof, h)
	}
	if p.bad {
		return Receipt{}, ErrReceipt
	}
	r.Checkpoint = c.rebuilt(v)
	return r, nil
}

// packed reads what Compact packed; bad is set when it ends too early.
type packed struct {
	b   []byte
	bad bool
}

func (p *packed) take(n int) []byte {
	if n < 0 || n > len(p.b) {
		p.bad, p.b = true, nil
		return nil
	}
	out := p.b[:n]
	p.b = p.b[n:]
	return out
}

func (p *packed) bytes() []byte {
	n, used := binary.Uvarint(p.b)
	if used <= 0 || n > uint64(len(p.b)) {
		p.bad, p.b = true, nil
		return nil
	}
	p.b = p.b[used:]
	return p.take(int(n)) //nolint:gosec // not above the length of p.b
}

func (p *packed) number() int64 {
	n, used := binary.Varint(p.b)
	if used <= 0 {
		p.bad, p.b = true, nil
		return 0
	}
	p.b = p.b[used:]
	return n
}

// rebuilt is the checkpoint as the key v would have written it.
func (c Checkpoint) rebuilt(v note.Verifier) string {
	sig := binary.BigEndian.AppendUint32(nil, v.KeyHash())
	sig = append(sig, c.signature...)
	return c.text(v.Name()) + "\n— " + v.Name() + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}
