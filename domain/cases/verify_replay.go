package cases

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// replayAtOnce is how many cases are read together and replayed on all processors.
const replayAtOnce = 500

// lookups answers what replays ask the database about calendars and drawings. They
// run beside each other and the snapshot serves one at a time, so whoever reads
// from it answers them too, while it waits for them.
type lookups struct {
	s    *Service
	tx   *db.Tx
	mu   sync.Mutex
	laws map[string]*Law // by calendar
	asks chan func()

	orders int // about the cases that were read
}

func (s *Service) lookups(tx *db.Tx) *lookups {
	return &lookups{s: s, tx: tx, laws: map[string]*Law{}, asks: make(chan func())}
}

// ask has the reader run f.
func (l *lookups) ask(f func()) {
	done := make(chan struct{})
	l.asks <- func() { f(); close(done) }
	<-done
}

func (l *lookups) law(calendar string) (law *Law, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	law, ok := l.laws[calendar]
	if !ok {
		if l.ask(func() { law, err = l.s.lawOf(l.tx, calendar) }); err == nil {
			l.laws[calendar] = law
		}
	}
	return law, err
}

func (l *lookups) flow(hash string) (def *workflow.Def, err error) {
	if def, ok := l.s.defs.find(hash); ok {
		return def, nil
	}
	l.ask(func() { def, err = l.s.flow(l.tx, hash) })
	return def, err
}

// replaySome begins to replay chains of cases, whose rows it reads. wait waits
// for the end; of several that do not agree it tells the first.
func (s *Service) replaySome(known *lookups, chains [][]ledger.Entry) (wait func() error, err error) {
	ids := make([]int64, len(chains))
	for i, entries := range chains {
		id, ours := caseOf(entries[0].Chain)
		if !ours {
			return nil, fmt.Errorf("cases: chain %q belongs to no case", entries[0].Chain)
		}
		ids[i] = id
	}
	rows, err := storedCases(known.tx, ids)
	if err != nil {
		return nil, err
	}
	orders, err := s.orders(known.tx, ids, rows)
	if err != nil {
		return nil, err
	}
	known.orders += orders
	errs := make([]error, len(chains))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(chains); i = int(next.Add(1)) - 1 {
				if row := rows[ids[i]]; row == nil {
					errs[i] = fmt.Errorf("cases: %d is in the ledger only", ids[i])
				} else {
					errs[i] = s.replayOne(known, row, chains[i])
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	return func() error {
		for {
			select {
			case answer := <-known.asks:
				answer()
			case <-done:
				return cmp.Or(errs...)
			}
		}
	}, nil
}

// replayOne is replay for a case whose ledger may be damaged in ways that nobody thought of: what panics over it is
// reported as what is wrong with this case, and the others are still checked.
func (s *Service) replayOne(known *lookups, row *storedCase, entries []ledger.Entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cases: %s: its ledger cannot be repeated: %v", row.No, p)
		}
	}()
	return s.replay(known, row, entries)
}

// replayed is a case as its ledger alone tells it.
type replayed struct {
	Matter    Matter
	Flow      workflow.State
	Def       *workflow.Def
	Receivers []int64
	Receipt   receipt
	Place     string
	Papers    []string // digests, in order
	Files     []Proof
	Found     map[string]Found // by material, what was said last; nil for chains that began without
	Again     []int64          // the notices after the first
	Findings  []entryFinding   // for the supervisor
	Named     []entryFinding   // those that an entry names, which are kept
	Notes     map[int64]string // entry to the digest of its words
	Acts      map[int64]string
	Paper     string // digest of the paper certificate that it is about
	Accepted  time.Time
	Decided   time.Time
	Ended     time.Time
	At        time.Time // of the last entry
	Work      work
	Orders    []told
}

// replay repeats the entries of a case and compares what they lead to with what
// is stored.
func (s *Service) replay(known *lookups, row *storedCase, entries []ledger.Entry) error {
	c := &row.Case
	bad := func(format string, args ...any) error {
		return fmt.Errorf("cases: %s: %s", c.No, fmt.Sprintf(format, args...))
	}
	r := replayed{Matter: Matter{State: StateNone}, Notes: map[int64]string{}, Acts: map[int64]string{}}
	for _, e := range entries {
		if err := repeat(known, &r, e); err != nil {
			return bad("entry %d (%s): %v", e.Seq, e.Act, err)
		}
	}
	last := entries[len(entries)-1]
	switch {
	case c.Version != last.Seq || c.Head != last.Hash:
		return bad("the row ends at entry %d, the ledger at %d", c.Version, last.Seq)
	case r.Def != nil && c.FlowHash != r.Def.Hash():
		return bad("the row follows the drawing %s, the ledger %s", c.FlowHash, r.Def.Hash())
	case digestState(c.Matter, c.Flow) != digestState(r.Matter, r.Flow):
		return bad("the stored state is not the replayed one")
	}
	for _, check := range []func() error{
		func() error { return s.verifyRow(known, row, r) },
		func() error { return verifyRecords(row, r) },
		func() error { return r.Work.compare(row) },
		func() error { return verifyOrders(row, r) },
	} {
		if err := check(); err != nil {
			return bad("%v", err)
		}
	}
	return verifyTasks(row, r.Def, bad)
}

// repeat applies one entry.
func repeat(known *lookups, r *replayed, e ledger.Entry) (err error) {
	var facts json.RawMessage // read where they matter
	b := entry{Facts: &facts}
	if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
		return errors.New("it cannot be read")
	}
	def := r.Def
	if b.Def != "" {
		if r.Def, err = known.flow(b.Def); err != nil {
			return fmt.Errorf("its drawing: %w", err)
		}
	}
	switch {
	case b.Carried == nil:
		def = r.Def
	case def != nil && def.Hash() != b.Carried.From:
		return fmt.Errorf("it is carried over from the drawing %s, in which it was not", b.Carried.From)
	}
	if e.At.Before(r.At) {
		return errors.New("it is dated before the one before it")
	}
	r.At = e.At
	law, err := known.law(b.Calendar)
	if err != nil {
		return fmt.Errorf("its calendar %s: %w", b.Calendar, err)
	}
	next, err := advance(law, def, r.Def, r.Matter, r.Flow, b, e.At)
	if err != nil {
		return fmt.Errorf("it cannot be repeated: %w", err)
	}
	if err := r.Work.repeat(law, r.Flow, b, e, next.effects); err != nil {
		return err
	}
	r.tell(e.Seq, next.effects)
	r.Matter, r.Flow = next.matter, next.flow
	if b.Findings != nil && !slices.Equal(b.Findings, next.findings) {
		return fmt.Errorf("it names the findings %v, the law finds %v", b.Findings, next.findings)
	}
	for _, f := range next.findings {
		r.Findings = append(r.Findings, entryFinding{e.Seq, f})
	}
	for _, f := range b.Findings {
		r.Named = append(r.Named, entryFinding{e.Seq, f})
	}
	if digestState(r.Matter, r.Flow) != b.State {
		return errors.New("it leads to another state than was written")
	}
	if e.Seq == 1 {
		if err := json.Unmarshal(facts, &r.Receipt); err != nil {
			return errors.New("its facts cannot be read")
		}
		r.Place, r.Paper = r.Receipt.Place, r.Receipt.Paper
	}
	switch b.Act {
	case ActAccept, ActSeeOriginal, ActGrantOnSpot, ActConvert:
		paper, err := sawOriginal(facts)
		if err != nil {
			return errors.New("its facts cannot be read")
		}
		r.Paper = cmp.Or(paper, r.Paper)
	case actContinued:
		r.Paper = "" // the case made of it keeps it
	}
	if e.Seq == firstEntry && len(b.Found) > 0 {
		r.Found = map[string]Found{}
	}
	if r.Found != nil {
		for _, f := range b.Found {
			r.Found[f.Material] = f
		}
	}
	if b.Act == ActNotifyAgain {
		r.Again = append(r.Again, e.Seq)
	}
	if b.Act == actPlace {
		var moved placed
		if err := json.Unmarshal(facts, &moved); err != nil {
			return errors.New("its facts cannot be read")
		}
		r.Place = moved.Place
	}
	r.Receivers = b.Receivers
	if b.Paper != "" {
		r.Papers = append(r.Papers, b.Paper)
	}
	r.Files = append(r.Files, b.Files...)
	r.Acts[e.Seq] = strings.TrimPrefix(e.Act, "cases.")
	if b.Note != "" {
		r.Notes[e.Seq] = b.Note
	}
	switch b.Act {
	case ActAccept, ActTakeReferral, ActRemand:
		if r.Matter.State == StateAccepted {
			r.Accepted = e.At
		}
	case ActDeemAccepted:
		r.Accepted = r.Matter.Accepted
	case ActGrant, ActRefuse, ActGrantOnSpot, ActDeemRenewed:
		r.Decided = e.At
	}
	if r.Matter.State.Ended() && r.Ended.IsZero() {
		r.Ended = e.At
	}
	return nil
}
