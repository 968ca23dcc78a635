package cases

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// Verify replays every case from its ledger and compares: each entry's state with
// the digest that was written, the last with the row of the case, the open tasks
// with the flow, and the light buckets with the live cases. It returns the first
// thing that does not agree. That the ledger itself is whole is for its own check.
func (s *Service) Verify(tx *db.Tx, count module.Count) error {
	n := 0
	known := s.lookups(tx)
	var some [][]ledger.Entry // chains to replay together
	nothing := func() error { return nil }
	waiting := nothing
	begin := func() error { // while some are replayed the next are read
		chains, err := some, waiting()
		if waiting = nothing; err != nil {
			return err
		}
		wait, err := s.replaySome(known, chains)
		if err != nil {
			return err
		}
		waiting = wait
		n += len(chains)
		count("cases", len(chains))
		for _, entries := range chains {
			count("acts", len(entries))
		}
		some = nil
		return nil
	}
	err := ledger.Chains(tx, chain0, func(entries []ledger.Entry) error {
		if some = append(some, entries); len(some) < replayAtOnce {
			return nil
		}
		return begin()
	})
	if err == nil && len(some) > 0 {
		err = begin()
	}
	if err := errors.Join(err, waiting()); err != nil {
		return err
	}
	changes, err := s.verifySettled(tx)
	if err != nil {
		return err
	}
	count("settings", changes)
	return s.verifyWhole(tx, n)
}

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

// storedCase is what the database says about a case, to be compared.
type storedCase struct {
	caseRow
	state     string
	timer     time.Time
	ban       string
	holds     string
	queued    time.Time
	papers    []storedPaper
	files     []File
	materials []Material
	again     []int64 // the entries of the notices after the first
	findings  []entryFinding
	trail     []Trail
	tasks     []Task
}

// entryFinding is a finding of an entry for the supervisor.
type entryFinding struct {
	Seq     int64
	Finding Finding
}

type storedFinding struct {
	entryFinding
	caseID int64
}

// storedMaterial is a material with its case.
type storedMaterial struct {
	Material
	caseID int64
}

// storedPaper is a paper with its words as they are stored.
type storedPaper struct {
	caseID   int64
	no, body string
}

// storedCases reads cases with all that belongs to them, a query for each table.
func storedCases(tx *db.Tx, ids []int64) (map[int64]*storedCase, error) {
	args, marks := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, fmt.Sprintf("$%d", i+1)
	}
	among := " IN (" + strings.Join(marks, ", ") + ")"
	list, err := db.All(tx, func(c *storedCase) []any {
		return append([]any{&c.state, &c.timer, &c.ban, &c.holds, &c.queued}, c.columns()...)
	},
		strings.Replace(selectCase, "SELECT ", "SELECT c.state, t.at, c.ban_until, c.holds, c.queued, ", 1)+` LEFT JOIN cases_timer t ON t.case_id = c.id WHERE c.id`+among,
		slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	rows := make(map[int64]*storedCase, len(list))
	for i := range list {
		list[i].Receivers = parseIDs(list[i].receivers)
		rows[list[i].ID] = &list[i]
	}
	papers, err := db.All(tx, func(p *storedPaper) []any { return []any{&p.caseID, &p.no, &p.body} },
		`SELECT case_id, no, body FROM cases_paper WHERE case_id`+among+` ORDER BY case_id, id`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if c := rows[p.caseID]; c != nil {
			c.papers = append(c.papers, p)
		}
	}
	files, err := db.All(tx, fileColumns, selectFile+` WHERE case_id <> 0 AND case_id`+among, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if c := rows[f.Case]; c != nil {
			c.files = append(c.files, f)
		}
	}
	materials, err := db.All(tx, func(m *storedMaterial) []any { return append([]any{&m.caseID}, materialColumns(&m.Material)...) },
		strings.Replace(selectMaterial, "SELECT ", "SELECT case_id, ", 1)+` WHERE case_id`+among+` ORDER BY case_id, position`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, m := range materials {
		if c := rows[m.caseID]; c != nil {
			c.materials = append(c.materials, m.Material)
		}
	}
	again, err := db.All(tx, func(n *[2]int64) []any { return []any{&n[0], &n[1]} },
		`SELECT case_id, seq FROM cases_again WHERE case_id`+among+` ORDER BY case_id, seq`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, n := range again {
		if c := rows[n[0]]; c != nil {
			c.again = append(c.again, n[1])
		}
	}
	seen, err := db.All(tx, func(n *storedFinding) []any { return []any{&n.caseID, &n.Seq, &n.Finding} },
		`SELECT case_id, seq, finding FROM cases_finding WHERE case_id`+among+` ORDER BY case_id, seq, finding`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, n := range seen {
		if c := rows[n.caseID]; c != nil {
			c.findings = append(c.findings, n.entryFinding)
		}
	}
	trail, err := db.All(tx, trailColumns, selectTrail+` WHERE case_id`+among, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, t := range trail {
		if c := rows[t.Case]; c != nil {
			c.trail = append(c.trail, t)
		}
	}
	tasks, err := db.All(tx, taskColumns, selectTask+` WHERE closed IS NULL AND case_id`+among, slices.Clone(args)...)
	for _, t := range tasks {
		if c := rows[t.Case]; c != nil {
			c.tasks = append(c.tasks, t)
		}
	}
	return rows, err
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
	case digestState(c.Matter, c.Flow) != digestState(r.Matter, r.Flow):
		return bad("the stored state is not the replayed one")
	}
	for _, check := range []func() error{
		func() error { return s.verifyRow(known, row, r) },
		func() error { return verifyRecords(row, r) },
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
	if b.Def != "" {
		if r.Def, err = known.flow(b.Def); err != nil {
			return fmt.Errorf("its drawing: %w", err)
		}
	}
	if e.At.Before(r.At) {
		return errors.New("it is dated before the one before it")
	}
	r.At = e.At
	law, err := known.law(b.Calendar)
	if err != nil {
		return fmt.Errorf("its calendar %s: %w", b.Calendar, err)
	}
	next, err := advance(law, r.Def, r.Matter, r.Flow, b, e.At)
	if err != nil {
		return fmt.Errorf("it cannot be repeated: %w", err)
	}
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

// verifyRow compares the columns by which lists find, sort and show a case.
func (s *Service) verifyRow(known *lookups, row *storedCase, r replayed) error {
	c := &row.Case
	_, _, due := s.Law.Due(r.Matter)
	var form map[string]string
	var delivery Delivery
	if err := openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &delivery); err != nil {
		return err
	}
	delivered, err := json.Marshal(delivery)
	if err != nil {
		return err
	}
	law, err := known.law(c.Calendar)
	if err != nil {
		return err
	}
	_, moved := law.Recount(r.Matter)
	want := s.shown(&Case{Matter: r.Matter})
	for what, same := range map[string]bool{
		"its state":            row.state == string(r.Matter.State),
		"its light":            c.shown == want,
		"its receivers":        slices.Equal(c.Receivers, r.Receivers),
		"its number":           c.No == r.Receipt.No,
		"its applicant":        c.Party == r.Receipt.Party && c.Agent == r.Receipt.Agent,
		"its certificate":      c.Certificate == r.Receipt.Certificate,
		"its declared paper":   c.declared == (&Case{Matter: r.Matter, declared: r.Paper}).claim(),
		"its place":            s.keyed(c, "place", c.Division) == r.Place,
		"its item":             c.Item == r.Receipt.Item && c.ItemVersion == r.Receipt.Version && c.Unit == r.Receipt.Unit,
		"its form":             s.keyed(c, "form", digestForm(form)) == r.Receipt.Form,
		"its wish of delivery": s.keyed(c, "delivery", string(delivered)) == r.Receipt.Delivery,
		"its acceptance":       c.AcceptedAt.Equal(r.Accepted),
		"its decision":         c.DecidedAt.Equal(r.Decided),
		"its end":              c.EndedAt.Equal(r.Ended),
		"its timer":            due == !row.timer.IsZero(),
		"its ban":              row.ban == r.Matter.bannedUntil(),
		"its limited number":   row.holds == r.Matter.holds() && row.queued.Equal(r.Matter.queued()),
		"its calendar":         len(moved) == 0,
		"its last moment":      c.MovedAt.IsZero() || c.MovedAt.Equal(r.At),
		"the flow's life":      len(r.Flow.Tokens) == 0 || r.Matter.State.Counting() || r.Matter.State == StateSpecial,
	} {
		if !same {
			return fmt.Errorf("%s differ(s) from the ledger", what)
		}
	}
	return nil
}

// verifyRecords compares the papers, files, words and timeline of a case.
func verifyRecords(row *storedCase, r replayed) error {
	if len(row.papers) != len(r.Papers) {
		return fmt.Errorf("%d papers, the ledger knows %d", len(row.papers), len(r.Papers))
	}
	for i, p := range row.papers {
		if !p.says(r.Papers[i]) {
			return fmt.Errorf("paper %s has other words than were issued", p.no)
		}
	}
	files, trail := row.files, row.trail
	for _, p := range r.Files {
		i := slices.IndexFunc(files, func(f File) bool { return f.ID == p.File })
		if i < 0 || files[i].Blob != p.SHA256 || files[i].Material != p.Material || files[i].Round != p.Round {
			return fmt.Errorf("file %d is not what was handed in", p.File)
		}
	}
	if err := verifyFindings(row, r); err != nil {
		return err
	}
	if err := verifyNoticed(row, r); err != nil {
		return err
	}
	if len(trail) != len(r.Acts) {
		return fmt.Errorf("the timeline has %d lines, the ledger %d entries", len(trail), len(r.Acts))
	}
	for _, t := range trail {
		note := ""
		if t.Note != "" {
			note = digestText(t.Note)
		}
		if t.Act != r.Acts[t.Seq] || note != r.Notes[t.Seq] {
			return fmt.Errorf("line %d of the timeline is not what was done", t.Seq)
		}
	}
	return nil
}

// verifyFindings compares what was found about each material, and the count of the
// notices after the first.
func verifyFindings(row *storedCase, r replayed) error {
	if r.Found == nil {
		return nil
	}
	if !slices.Equal(row.again, r.Again) {
		return fmt.Errorf("%d second notices are counted, the ledger knows %d", len(row.again), len(r.Again))
	}
	for _, f := range findings(row.materials) {
		if !f.equal(r.Found[f.Material]) {
			return fmt.Errorf("material %s is not as it was found", f.Material)
		}
	}
	return nil
}

// verifyNoticed compares what the supervisor is told. What an entry names has its row, and no row tells what the law does
// not find. Entries from before the rows were kept name nothing, so that theirs may be missing.
func verifyNoticed(row *storedCase, r replayed) error {
	for _, f := range r.Named {
		if !slices.Contains(row.findings, f) {
			return fmt.Errorf("the supervisor is not told of %s, which entry %d names", f.Finding, f.Seq)
		}
	}
	for _, f := range row.findings {
		if !slices.Contains(r.Findings, f) {
			return fmt.Errorf("the supervisor is told of %s, which is not found at entry %d", f.Finding, f.Seq)
		}
	}
	return nil
}

// says reports whether the words of a paper have this digest: as they are stored,
// or as this version of the program would store them.
func (p storedPaper) says(digest string) bool {
	if digestText(p.body) == digest {
		return true
	}
	var d Document
	return json.Unmarshal([]byte(p.body), &d.Content) == nil && d.digest() == digest
}

// verifyTasks compares the open tasks with the waiting tokens.
func verifyTasks(row *storedCase, def *workflow.Def, bad func(string, ...any) error) error {
	c := &row.Case
	want := map[uint32]string{}
	if def != nil {
		for _, t := range c.Flow.Open(def) {
			want[t.Task] = t.Node.ID
		}
	}
	got := map[uint32]string{}
	for _, t := range row.tasks {
		got[t.Token] = t.Node
	}
	if !reflect.DeepEqual(want, got) {
		return bad("the open tasks are %v, the flow waits at %v", got, want)
	}
	if c.State().Ended() && len(want) > 0 {
		return bad("the case has ended with open tasks")
	}
	return nil
}

// verifyWhole checks what no single case shows.
func (s *Service) verifyWhole(tx *db.Tx, replayed int) error {
	var total, live, counted int
	if err := tx.One(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN live THEN 1 ELSE 0 END), 0) FROM cases`, nil, &total, &live); err != nil {
		return err
	}
	if err := tx.One(`SELECT COALESCE(SUM(n), 0) FROM cases_light`, nil, &counted); err != nil {
		return err
	}
	if total != replayed {
		return fmt.Errorf("cases: %d rows, %d chains in the ledger", total, replayed)
	}
	if live != counted {
		return fmt.Errorf("cases: %d live cases, the lights count %d", live, counted)
	}
	type bucket struct {
		unit, yellow, due string
		n                 int
	}
	wrong, err := db.All(tx, func(b *bucket) []any { return []any{&b.unit, &b.yellow, &b.due, &b.n} },
		`SELECT l.unit, l.yellow, l.due, l.n FROM cases_light l WHERE l.n <> (
			SELECT COUNT(*) FROM cases c WHERE c.live AND c.unit = l.unit
			AND CASE WHEN c.stopped THEN '`+standing+`' ELSE c.light_yellow END = l.yellow
			AND CASE WHEN c.stopped THEN '' ELSE c.light_due END = l.due) LIMIT 1`)
	if err != nil {
		return err
	}
	if err := verifyOnce(tx); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("cases: the light bucket of %s due %s counts %d wrongly", wrong[0].unit, wrong[0].due, wrong[0].n)
	}
	return nil
}

// verifyOnce checks that nobody applies twice for the same about one certificate, and that one paper leads to one
// certificate at most.
func verifyOnce(tx *db.Tx) error {
	type pair struct{ a, b string }
	columns := func(p *pair) []any { return []any{&p.a, &p.b} }
	twice, err := db.All(tx, columns, `SELECT MIN(no), MAX(no) FROM cases WHERE certificate <> 0 AND live
		AND state NOT IN ('granted', 'certified') GROUP BY certificate, item HAVING COUNT(*) > 1 LIMIT 1`)
	if err != nil {
		return err
	}
	if len(twice) > 0 {
		return fmt.Errorf("cases: %s and %s apply for the same about one certificate", twice[0].a, twice[0].b)
	}
	if twice, err = db.All(tx, columns, `SELECT MIN(no), MAX(no) FROM cases WHERE declared <> '' GROUP BY declared HAVING COUNT(*) > 1 LIMIT 1`); err != nil {
		return err
	}
	if len(twice) > 0 {
		return fmt.Errorf("cases: %s and %s are about the same paper", twice[0].a, twice[0].b)
	}
	return nil
}
