package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"onedoor.app/domain/cases/internal/blank"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Life is all that is stored about a case, to be copied.
//
// What this file does knows neither actor nor right. It is for domain/cases/casesbench alone, which fills databases for
// benchmarks: it asks for a database that was empty, which nothing but that package can name.
type Life struct {
	c         *Case
	materials []Material
	tasks     []Task
	opinions  []Opinion
	papers    []Document
	trail     []Trail
	timer     time.Time
	findings  []entryFinding
	entries   []ledger.Entry
}

// Acts is how many entries its ledger has.
func (l *Life) Acts() int { return len(l.entries) }

// Life reads a case for Copy.
func (s *Service) Life(tx *db.Tx, _ blank.Database, id int64) (l *Life, err error) {
	l = &Life{}
	if l.c, err = findCase(tx, id); err != nil {
		return nil, err
	}
	if l.materials, err = listMaterials(tx, id); err != nil {
		return nil, err
	}
	if l.tasks, err = listTasks(tx, id); err != nil {
		return nil, err
	}
	if l.opinions, err = listOpinions(tx, id); err != nil {
		return nil, err
	}
	if l.papers, err = listDocuments(tx, id); err != nil {
		return nil, err
	}
	if l.trail, err = listTrail(tx, id); err != nil {
		return nil, err
	}
	if _, err = tx.Maybe(`SELECT at FROM cases_timer WHERE case_id = $1`, []any{id}, &l.timer); err != nil {
		return nil, err
	}
	if l.findings, err = db.All(tx, func(n *entryFinding) []any { return []any{&n.Seq, &n.Finding} },
		`SELECT seq, finding FROM cases_finding WHERE case_id = $1`, id); err != nil {
		return nil, err
	}
	l.entries, err = ledger.Chain(tx, Chain(id))
	return l, err
}

// Copy writes a life again as that of another case, at the same moments and with a
// ledger of its own that proves it. Benchmarks fill a database with copies, which
// takes a fraction of the time that the acts took; nothing else may.
func (s *Service) Copy(ctx context.Context, d blank.Database, l *Life) error {
	began := d.WithClock(func() time.Time { return l.entries[0].At })
	return began.Write(ctx, func(tx *db.Tx) error {
		c := *l.c
		c.ID = tx.NewID()
		c.No = fmt.Sprintf("%s-%d", l.c.No, c.ID)
		var err error
		if c.sealedForm, err = s.resealed(l.c, &c, l.c.sealedForm); err != nil {
			return err
		}
		if c.sealedDelivery, err = s.resealed(l.c, &c, l.c.sealedDelivery); err != nil {
			return err
		}
		files := map[int64]int64{}
		for _, m := range l.materials {
			if err := insertMaterial(tx, c.ID, m); err != nil {
				return err
			}
			for _, f := range m.Files {
				files[f.ID] = tx.NewID()
				f.ID, f.Case = files[f.ID], c.ID
				if err := insertFile(tx, f); err != nil {
					return err
				}
			}
		}
		if err := s.copyLedger(tx, l, &c, files); err != nil {
			return err
		}
		if err := insertCase(tx, &c); err != nil {
			return err
		}
		if err := changeCase(tx, &c, nil); err != nil {
			return err
		}
		if err := moveLight(tx, c.Unit, Shown{}, c.shown); err != nil {
			return err
		}
		return l.copyRecords(tx, c.ID)
	})
}

func (s *Service) resealed(from, to *Case, sealed []byte) ([]byte, error) {
	plain, err := s.Box.Open(sealed, fmt.Sprintf("cases:%d", from.ID))
	return s.Box.Seal(plain, fmt.Sprintf("cases:%d", to.ID)), err
}

// copyLedger repeats the entries with what names the case and its files in them.
func (s *Service) copyLedger(tx *db.Tx, l *Life, c *Case, files map[int64]int64) error {
	var head ledger.Head
	for _, e := range l.entries {
		body := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
			return err
		}
		if e.Seq == 1 {
			facts, err := s.copyReceipt(c, body["facts"])
			if err != nil {
				return err
			}
			body["facts"] = facts
		}
		if body["files"] != nil {
			var list []Proof
			if err := json.Unmarshal(body["files"], &list); err != nil {
				return err
			}
			for i := range list {
				list[i].File = files[list[i].File]
			}
			var err error
			if body["files"], err = json.Marshal(list); err != nil {
				return err
			}
		}
		tx.NotBefore(e.At)
		var err error
		if head, err = ledger.Extend(tx, Chain(c.ID), head, auth.Actor{ID: e.Actor},
			ledger.Draft{Act: e.Act, OnBehalf: e.OnBehalf, Body: body}); err != nil {
			return err
		}
	}
	c.Version, c.Head = head.Seq, head.Hash
	return nil
}

func (s *Service) copyReceipt(c *Case, facts json.RawMessage) (json.RawMessage, error) {
	var r receipt
	if err := json.Unmarshal(facts, &r); err != nil {
		return nil, err
	}
	var form map[string]string
	var delivery Delivery
	if err := openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &delivery); err != nil {
		return nil, err
	}
	delivered, err := json.Marshal(delivery)
	if err != nil {
		return nil, err
	}
	r.No, r.Form = c.No, s.keyed(c, "form", digestForm(form))
	r.Delivery, r.Place = s.keyed(c, "delivery", string(delivered)), s.keyed(c, "place", c.Division)
	return json.Marshal(r)
}

func (l *Life) copyRecords(tx *db.Tx, id int64) error {
	for _, t := range l.tasks {
		t.ID, t.Case = tx.NewID(), id
		if err := insertTask(tx, t); err != nil {
			return err
		}
		if t.Closed.IsZero() {
			continue
		}
		if err := closeTask(tx, id, t.Token, t.Closer, t.Outcome); err != nil {
			return err
		}
	}
	for _, o := range l.opinions {
		o.ID, o.Case = tx.NewID(), id
		if err := insertOpinion(tx, o); err != nil {
			return err
		}
	}
	papers := map[int64]int64{}
	for _, d := range l.papers {
		papers[d.ID] = tx.NewID()
		d.ID, d.Case, d.Token = papers[d.ID], id, fmt.Sprint(d.Token, id)
		d.No = fmt.Sprintf("%s-%d", d.No, id)
		if err := insertDocument(tx, &d); err != nil {
			return err
		}
	}
	for _, n := range l.findings {
		if err := tx.Queue(`INSERT INTO cases_finding (case_id, seq, finding, at) VALUES ($1, $2, $3, $4)`,
			id, n.Seq, string(n.Finding), l.entries[n.Seq-1].At); err != nil {
			return err
		}
	}
	for _, t := range slices.Backward(l.trail) {
		t.Case, t.Document = id, papers[t.Document]
		if err := insertTrail(tx, t); err != nil {
			return err
		}
	}
	if err := changeTasksLight(tx, id, l.c.shown); err != nil {
		return err
	}
	return setTimer(tx, id, l.timer)
}

// Multiply makes of the cases that are there, whatever they are, so many open ones
// with an open task each, spread over units and due dates, and counts their lights.
// They are rows alone, without ledger or history: no such database verifies. It is
// for benchmarks of what is read from many cases.
func (s *Service) Multiply(ctx context.Context, d blank.Database, n int, units []string) error {
	const seeds = 4096
	var ids []int64
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		ids, err = db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT c.id FROM cases c WHERE c.live AND EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = c.id AND t.closed IS NULL)
			ORDER BY c.id LIMIT $1`, min(n, seeds))
		if err != nil {
			return err
		}
		for i, id := range ids {
			due := today(tx) + calendar.Date(i/len(units)%60-10)
			if err := tx.Queue(`UPDATE cases SET unit = $1, light_due = $2, light_yellow = $3, stopped = $4 WHERE id = $5`,
				units[i%len(units)], due.String(), (due - 3).String(), i%20 == 0, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return errors.New("cases: no open case to multiply")
	}
	for step := ids[len(ids)-1] - ids[0] + 1; len(ids) < n; step *= 2 {
		more := min(n-len(ids), len(ids))
		if err := d.Write(ctx, func(tx *db.Tx) error { return again(tx, ids[:more], step) }); err != nil {
			return err
		}
		for _, id := range ids[:more] {
			ids = append(ids, id+step)
		}
		slices.Sort(ids)
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Exec(`DELETE FROM cases_light`); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO cases_light (unit, yellow, due, n) SELECT unit, CASE WHEN stopped THEN $1 ELSE light_yellow END,
			CASE WHEN stopped THEN '' ELSE light_due END, COUNT(*) FROM cases WHERE live GROUP BY 1, 2, 3`, standing)
	})
}

// again writes cases with their open tasks once more, step further on.
func again(tx *db.Tx, ids []int64, step int64) error {
	first, last := ids[0], ids[len(ids)-1]
	if err := tx.Exec(`INSERT INTO cases (id, no, item, item_version, item_name, unit, body, division, channel, party, party_name,
		agent, title, state, version, head, matter, flow_hash, flow, vars, answers, receivers, received_at, accepted_at, light_due,
		light_yellow, light_clock, stopped, live)
		SELECT id + $1, CAST(id + $1 AS TEXT), item, item_version, item_name, unit, body, division, channel, party, party_name,
		agent, title, state, version, head, '{}', flow_hash, '{}', '{}', '{}', receivers, received_at, accepted_at, light_due,
		light_yellow, light_clock, stopped, live FROM cases WHERE id BETWEEN $2 AND $3`, step, first, last); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO cases_task (id, case_id, token, node, name, slot, unit, post, opened, due, sort, stopped, closer, outcome)
		SELECT id + $1, case_id + $1, token, node, name, slot, unit, post, opened, due, sort, stopped, closer, outcome
		FROM cases_task WHERE case_id BETWEEN $2 AND $3 AND closed IS NULL`, step, first, last)
}

// Open counts the open tasks.
func (s *Service) Open(tx *db.Tx, _ blank.Database) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM cases_task WHERE closed IS NULL`, nil, &n)
	return n, err
}

// Empty reports whether nobody has ever begun a case here: there is no case, no draft and no ledger of anything.
func (s *Service) Empty(tx *db.Tx) (empty bool, err error) {
	if empty, err = ledger.Empty(tx); err != nil || !empty {
		return false, err
	}
	err = tx.One(`SELECT NOT EXISTS (SELECT 1 FROM cases) AND NOT EXISTS (SELECT 1 FROM cases_draft)`, nil, &empty)
	return empty, err
}
