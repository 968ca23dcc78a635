package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
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
	err := ledger.Under(tx, chain0, func(first ledger.Entry) error {
		id, ours := caseOf(first.Chain)
		if !ours {
			return fmt.Errorf("cases: chain %q belongs to no case", first.Chain)
		}
		entries, err := ledger.Chain(tx, first.Chain)
		if err != nil {
			return err
		}
		if err := s.replay(tx, id, entries); err != nil {
			return err
		}
		n++
		count("cases", 1)
		count("acts", len(entries))
		return nil
	})
	if err != nil {
		return err
	}
	return s.verifyWhole(tx, n)
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
	Notes     map[int64]string // entry to the digest of its words
	Acts      map[int64]string
	Accepted  time.Time
	Decided   time.Time
	Ended     time.Time
	At        time.Time // of the last entry
}

// replay repeats the entries of a case and compares what they lead to with what
// is stored.
func (s *Service) replay(tx *db.Tx, id int64, entries []ledger.Entry) error {
	c, err := findCase(tx, id)
	if err != nil {
		return fmt.Errorf("cases: %d is in the ledger only: %w", id, err)
	}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("cases: %s: %s", c.No, fmt.Sprintf(format, args...))
	}
	r := replayed{Matter: Matter{State: StateNone}, Notes: map[int64]string{}, Acts: map[int64]string{}}
	for _, e := range entries {
		if err := s.repeat(tx, &r, e); err != nil {
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
		func() error { return s.verifyRow(tx, c, r) },
		func() error { return s.verifyRecords(tx, c, r) },
	} {
		if err := check(); err != nil {
			return bad("%v", err)
		}
	}
	return s.verifyTasks(tx, c, r.Def, bad)
}

// repeat applies one entry.
func (s *Service) repeat(tx *db.Tx, r *replayed, e ledger.Entry) (err error) {
	var b entry
	if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
		return errors.New("it cannot be read")
	}
	if b.Def != "" {
		if r.Def, err = s.flow(tx, b.Def); err != nil {
			return fmt.Errorf("its drawing: %w", err)
		}
	}
	if e.At.Before(r.At) {
		return errors.New("it is dated before the one before it")
	}
	r.At = e.At
	law, err := s.lawOf(tx, b.Calendar)
	if err != nil {
		return fmt.Errorf("its calendar %s: %w", b.Calendar, err)
	}
	if r.Matter, r.Flow, _, err = advance(law, r.Def, r.Matter, r.Flow, b, e.At); err != nil {
		return fmt.Errorf("it cannot be repeated: %w", err)
	}
	if digestState(r.Matter, r.Flow) != b.State {
		return errors.New("it leads to another state than was written")
	}
	if e.Seq == 1 {
		var first struct{ Facts receipt }
		if err := json.Unmarshal([]byte(e.Body), &first); err != nil {
			return errors.New("its facts cannot be read")
		}
		r.Receipt, r.Place = first.Facts, first.Facts.Place
	}
	if b.Act == actPlace {
		var moved struct{ Facts placed }
		if err := json.Unmarshal([]byte(e.Body), &moved); err != nil {
			return errors.New("its facts cannot be read")
		}
		r.Place = moved.Facts.Place
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
func (s *Service) verifyRow(tx *db.Tx, c *Case, r replayed) error {
	var state string
	var timer time.Time
	if err := tx.One(`SELECT state FROM cases WHERE id = $1`, []any{c.ID}, &state); err != nil {
		return err
	}
	if _, err := tx.Maybe(`SELECT at FROM cases_timer WHERE case_id = $1`, []any{c.ID}, &timer); err != nil {
		return err
	}
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
	law, err := s.lawOf(tx, c.Calendar)
	if err != nil {
		return err
	}
	_, moved := law.Recount(r.Matter)
	want := s.shown(&Case{Matter: r.Matter})
	for what, same := range map[string]bool{
		"its state":            state == string(r.Matter.State),
		"its light":            c.shown == want,
		"its receivers":        slices.Equal(c.Receivers, r.Receivers),
		"its number":           c.No == r.Receipt.No,
		"its applicant":        c.Party == r.Receipt.Party && c.Agent == r.Receipt.Agent,
		"its certificate":      c.Certificate == r.Receipt.Certificate,
		"its place":            s.keyed(c, "place", c.Division) == r.Place,
		"its item":             c.Item == r.Receipt.Item && c.ItemVersion == r.Receipt.Version && c.Unit == r.Receipt.Unit,
		"its form":             s.keyed(c, "form", digestForm(form)) == r.Receipt.Form,
		"its wish of delivery": s.keyed(c, "delivery", string(delivered)) == r.Receipt.Delivery,
		"its acceptance":       c.AcceptedAt.Equal(r.Accepted),
		"its decision":         c.DecidedAt.Equal(r.Decided),
		"its end":              c.EndedAt.Equal(r.Ended),
		"its timer":            due == !timer.IsZero(),
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
func (s *Service) verifyRecords(tx *db.Tx, c *Case, r replayed) error {
	papers, err := listDocuments(tx, c.ID)
	if err != nil {
		return err
	}
	if len(papers) != len(r.Papers) {
		return fmt.Errorf("%d papers, the ledger knows %d", len(papers), len(r.Papers))
	}
	for i, d := range papers {
		if d.digest() != r.Papers[i] {
			return fmt.Errorf("paper %s has other words than were issued", d.No)
		}
	}
	files, err := listFiles(tx, "case_id", c.ID)
	if err != nil {
		return err
	}
	for _, p := range r.Files {
		i := slices.IndexFunc(files, func(f File) bool { return f.ID == p.File })
		if i < 0 || files[i].Blob != p.SHA256 || files[i].Material != p.Material || files[i].Round != p.Round {
			return fmt.Errorf("file %d is not what was handed in", p.File)
		}
	}
	trail, err := listTrail(tx, c.ID)
	if err != nil {
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

// verifyTasks compares the open tasks with the waiting tokens.
func (s *Service) verifyTasks(tx *db.Tx, c *Case, def *workflow.Def, bad func(string, ...any) error) error {
	want := map[uint32]string{}
	if def != nil {
		for _, t := range c.Flow.Open(def) {
			want[t.Task] = t.Node.ID
		}
	}
	tasks, err := listTasks(tx, c.ID)
	if err != nil {
		return err
	}
	got := map[uint32]string{}
	for _, t := range tasks {
		if t.Closed.IsZero() {
			got[t.Token] = t.Node
		}
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
	if len(wrong) > 0 {
		return fmt.Errorf("cases: the light bucket of %s due %s counts %d wrongly", wrong[0].unit, wrong[0].due, wrong[0].n)
	}
	return nil
}
