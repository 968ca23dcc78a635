package flow

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// definitionID is what a definition may be called: what begins with "gw_" names gateways.
var definitionID = regexp.MustCompile(`^[a-z][a-z0-9-]{2,39}$`)

// mostSource is the largest drawing that may come as a file, in bytes.
const mostSource = 1 << 20

// mostAhead is how far ahead a version may come into force, in days.
const mostAhead = 366

// Create begins a definition, for whoever holds flow.keep; item is the item whose questions its
// conditions ask about, or "". What cannot be is an Invalid fault by field (id, name, item); an id
// that is taken is the Conflict fault flow.taken. Each act runs once under its key.
func (s *Service) Create(ctx context.Context, who auth.Actor, key, id, name, item string) error {
	plan := &Plan{}
	first := plan.Add()
	first.Kind = KindDecide
	return s.begin(ctx, who, "flow.create", key, &Definition{ID: id, Name: strings.TrimSpace(name), Item: strings.TrimSpace(item), Plan: plan})
}

// Import begins a definition with a drawing from elsewhere, which is kept as it came, or gives it
// to one that there is as its draft; on is the lock of that one, 0 for a new one. The id and the
// name are those of the process in it. A file that cannot be executed is the Invalid fault
// flow.import.refused; Read tells why.
func (s *Service) Import(ctx context.Context, who auth.Actor, key string, on int, source []byte) (id string, err error) {
	if len(source) > mostSource {
		return "", fault.New(fault.TooLarge, "flow.import.large")
	}
	def, _ := s.Read(source)
	if def == nil || !utf8.Valid(source) || strings.Contains(string(source), "\x00") {
		return "", fault.New(fault.Invalid, "flow.import.refused")
	}
	d := &Definition{ID: def.ID(), Name: def.Name(), Source: source}
	if on == 0 {
		return d.ID, s.begin(ctx, who, "flow.import", key, d)
	}
	_, err = s.write(ctx, who, "flow.import", key, d.ID, on, func(_ *db.Tx, was *Definition) error {
		was.Name, was.Source, was.Plan = d.Name, d.Source, nil
		return nil
	})
	return d.ID, err
}

func (s *Service) begin(ctx context.Context, who auth.Actor, act, key string, d *Definition) error {
	if !who.May(Keep) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var done struct{}
		return once.Do(tx, who, act, key, []any{d.ID, d.Name, d.Item, string(d.Source)}, &done, func() error {
			bad := fault.Fields{}
			bad.Need(definitionID.MatchString(d.ID), "id", "flow.wrong.id")
			bad.Need(d.Name != "" && utf8.RuneCountInString(d.Name) <= mostName, "name", "flow.wrong.name")
			if _, err := s.subjects(tx, d.Item); fault.Is(err, fault.Unknown) {
				bad.Need(false, "item", "flow.wrong.item")
			} else if err != nil {
				return err
			}
			if err := bad.Err(); err != nil {
				return err
			}
			d.State, d.Lock = Drafted, 1
			d.draw()
			if err := s.kept(tx, who, d); err != nil {
				return err
			}
			if err := insert(tx, d); db.IsUnique(err) {
				return fault.New(fault.Conflict, "flow.taken")
			} else if err != nil {
				return err
			}
			return s.evidence(tx, who, act, d, map[string]any{"name": d.Name, "item": d.Item})
		})
	})
}

// draw makes the drawing of a step list; none where it yields none.
func (d *Definition) draw() {
	if d.Plan == nil {
		return
	}
	d.Source = nil
	if def, err := d.Plan.Draw(d.ID, d.Name); err == nil && len(d.Plan.Steps) > 0 {
		d.Source = def.Source()
	}
}

// kept notes who has written on a draft.
func (s *Service) kept(tx *db.Tx, who auth.Actor, d *Definition) error {
	d.Author, d.Moved = personOf(who), tx.Now()
	return insertEditor(tx, d.ID, who.Staff)
}

func (s *Service) evidence(tx *db.Tx, who auth.Actor, act string, d *Definition, facts map[string]any) error {
	if s.Log == nil {
		return nil
	}
	facts["lock"] = d.Lock
	return s.Log(tx, who, act, Chain(d.ID), facts)
}

// Save keeps the draft as a step list, whatever it lacks; on is the lock of what was looked at,
// and another one is the Stale fault flow.stale. A draft that is with the approver is the
// Conflict fault flow.submitted. Needs flow.keep.
func (s *Service) Save(ctx context.Context, who auth.Actor, key, id string, on int, name, item string, plan Plan) error {
	name, item = strings.TrimSpace(name), strings.TrimSpace(item)
	_, err := s.write(ctx, who, "flow.save", key, id, on, func(tx *db.Tx, d *Definition) error {
		bad := fault.Fields{}
		bad.Need(name != "" && utf8.RuneCountInString(name) <= mostName, "name", "flow.wrong.name")
		bad.Need(!plan.wrong(), "steps", "flow.wrong.steps")
		if _, err := s.subjects(tx, item); fault.Is(err, fault.Unknown) {
			bad.Need(false, "item", "flow.wrong.item")
		} else if err != nil {
			return err
		}
		d.Name, d.Item, d.Plan = name, item, &plan
		d.draw()
		return bad.Err()
	}, name, item, plan)
	return err
}

// write changes the draft of a definition.
func (s *Service) write(ctx context.Context, who auth.Actor, act, key, id string, on int, fn func(*db.Tx, *Definition) error, asked ...any) (Kept, error) {
	return s.change(ctx, who, Keep, act, key, id, on, func(tx *db.Tx, d *Definition) (map[string]any, error) {
		if !d.State.Editable() {
			return nil, fault.New(fault.Conflict, "flow.submitted")
		}
		if err := fn(tx, d); err != nil {
			return nil, err
		}
		d.State = Drafted
		return map[string]any{"name": d.Name, "plan": d.Plan, "hash": hashOf(d.Source)}, s.kept(tx, who, d)
	}, asked...)
}

// act is change for whoever needs to know no more than that it is done.
func (s *Service) act(ctx context.Context, who auth.Actor, right, act, key, id string, on int, fn func(*db.Tx, *Definition) (map[string]any, error), asked ...any) error {
	_, err := s.change(ctx, who, right, act, key, id, on, fn, asked...)
	return err
}

// Kept is how a draft stands once something was done to it.
type Kept struct {
	Lock   int  `json:"lock"`
	Listed bool `json:"listed"` // as a list of steps
}

// change does something to a definition once, however often it is sent, and keeps the evidence.
func (s *Service) change(ctx context.Context, who auth.Actor, right, act, key, id string, on int, fn func(*db.Tx, *Definition) (map[string]any, error), asked ...any) (done Kept, err error) {
	if !who.May(right) {
		return Kept{}, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		done = Kept{}
		return once.Do(tx, who, act, key, append(asked, id, on), &done, func() error {
			d, err := find(tx, id, tx.ForUpdate())
			if err != nil {
				return err
			}
			if d.Lock != on {
				return fault.New(fault.Stale, "flow.stale")
			}
			facts, err := fn(tx, d)
			if err != nil {
				return err
			}
			d.Lock++
			d.Moved = tx.Now()
			if err := change(tx, d); err != nil {
				return err
			}
			done = Kept{Lock: d.Lock, Listed: d.Plan != nil}
			return s.evidence(tx, who, act, d, facts)
		})
	})
	return done, err
}
