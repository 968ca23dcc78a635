package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

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
	if err := s.verifyAllOrders(tx, known.orders); err != nil {
		return err
	}
	count("orders about cases", known.orders)
	return s.verifyWhole(tx, n)
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
		"its timer":            (due || r.Work.timed()) == !row.timer.IsZero(),
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

// verifyTasks compares the open tasks with the waiting tokens.
func verifyTasks(row *storedCase, def *workflow.Def, bad func(string, ...any) error) error {
	c := &row.Case
	want := map[int64]string{}
	if def != nil {
		for _, t := range c.Flow.Open(def) {
			want[int64(t.Task)] = t.Node.ID
		}
	}
	got := map[int64]string{}
	for _, t := range row.tasks {
		if t.Kind == "" {
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
