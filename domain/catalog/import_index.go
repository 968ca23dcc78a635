package catalog

import (
	"context"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// index makes what is in force findable, some at a time, so that others can write in
// between. What is done is no longer staged: after a stop it goes on where it was.
func (s *Service) index(ctx context.Context, who auth.Actor, i Imported, tell Progress) error {
	total, done := 0, 0
	if err := s.DB.Read(ctx, func(tx *db.Tx) error {
		now, err := findImport(tx, i.ID)
		done, total = now.Done, now.Total
		return err
	}); err != nil {
		return err
	}
	for {
		var list []enforced
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = listEnforced(tx, i.ID, indexed)
			return err
		}); err != nil {
			return err
		}
		for k := range list {
			s.trying(&list[k].it)() // while nobody waits
		}
		done = min(done+len(list), total)
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			if err := i.hold(tx); err != nil {
				return err
			}
			if len(list) == 0 {
				if _, err := changeImport(tx, i.ID, StateIndexing, StateDone, total); err != nil {
					return err
				}
				return endStaged(tx, i.ID)
			}
			return s.indexSome(tx, who, i.ID, list, done, total)
		}); err != nil || len(list) == 0 {
			return err
		}
		say(tell, StateIndexing, done, total)
	}
}

func (s *Service) indexSome(tx *db.Tx, who auth.Actor, id int64, list []enforced, done, total int) error {
	var codes []string
	var items []int64
	for _, e := range list {
		codes, items = append(codes, e.code), append(items, e.item)
	}
	now, err := listInForce(tx, items)
	if err != nil {
		return err
	}
	var found []search.Document
	for k := range list {
		e := &list[k]
		if now[e.item] != e.version {
			continue // a newer version came in force, and what follows from it has been done
		}
		e.it.ID = e.version
		found = append(found, e.it.found(e.item))
		if err := s.follow(tx, who, e.item, &e.it); err != nil {
			return err
		}
	}
	if err := indexItems(tx, found...); err != nil {
		return err
	}
	if err := dropStaged(tx, id, codes); err != nil {
		return err
	}
	return saveProgress(tx, id, done, total)
}

// restAfter is how long an import without a job may stand still before it is taken for
// broken off.
const restAfter = 10 * time.Minute

// Settle ends imports that broke off with the program that did them: what is in force
// becomes findable, what is not is dropped, and what was to be checked is. Those that a job
// goes on with are left to it. It is run when the program starts.
func (s *Service) Settle(ctx context.Context) error {
	if err := s.fileAway(ctx); err != nil {
		return err
	}
	var resting []Imported
	if err := s.DB.Read(ctx, func(tx *db.Tx) error {
		resting = nil
		for state, kind := range map[string]string{StateReading: jobCheck, StateStaging: jobApply, StateIndexing: jobApply} {
			list, err := listResting(tx, state, tx.Now().Add(-restAfter))
			if err != nil {
				return err
			}
			for _, i := range list {
				waits, err := job.Waits(tx, kind, importJob{i.ID})
				if err != nil {
					return err
				}
				if !waits {
					resting = append(resting, i)
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, i := range resting {
		if err := s.settle(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) settle(ctx context.Context, i Imported) error {
	if i.State != StateReading {
		if err := s.takeUp(ctx, &i); err != nil {
			return err
		}
	}
	switch i.State {
	case StateDone:
		return nil
	case StateIndexing:
		return s.index(ctx, i.Consenter.actor(), i, nil)
	case StateStaging:
		return s.drop(ctx, i)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := saveProgress(tx, i.ID, 0, i.Total); err != nil { // so that another start does not ask again
			return err
		}
		return job.Add(tx, jobCheck, time.Time{}, importJob{i.ID})
	})
}

// drop forgets an import that nobody saw anything of.
func (s *Service) drop(ctx context.Context, i Imported) error {
	if err := s.unstage(ctx, i); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := i.hold(tx); err != nil {
			return err
		}
		if _, err := changeImport(tx, i.ID, StateStaging, StateDropped, 0); err != nil {
			return err
		}
		return endStaged(tx, i.ID)
	})
}

// unstage forgets all that is staged of an import, and which departments it would make.
func (s *Service) unstage(ctx context.Context, i Imported) error {
	for {
		var codes []string
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			codes, err = listStagedCodes(tx, i.ID, "", batch)
			return err
		}); err != nil {
			return err
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			if err := i.hold(tx); err != nil {
				return err
			}
			if len(codes) == 0 {
				return saveUnits(tx, i.ID, nil)
			}
			return dropStaged(tx, i.ID, codes)
		}); err != nil || len(codes) == 0 {
			return err
		}
	}
}
