package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Life is all that is stored about a case, to be copied.
type Life struct {
	c         *Case
	materials []Material
	tasks     []Task
	opinions  []Opinion
	papers    []Document
	trail     []Trail
	timer     time.Time
	entries   []ledger.Entry
}

// Acts is how many entries its ledger has.
func (l *Life) Acts() int { return len(l.entries) }

// Life reads a case for Copy.
func (s *Service) Life(tx *db.Tx, id int64) (l *Life, err error) {
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
	l.entries, err = ledger.Chain(tx, chain(id))
	return l, err
}

// Copy writes a life again as that of another case, at the same moments and with a
// ledger of its own that proves it. Benchmarks fill a database with copies, which
// takes a fraction of the time that the acts took; nothing else may.
func (s *Service) Copy(ctx context.Context, l *Life) error {
	began := s.DB.WithClock(func() time.Time { return l.entries[0].At })
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
		if head, err = ledger.Extend(tx, chain(c.ID), head, auth.Actor{ID: e.Actor},
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
