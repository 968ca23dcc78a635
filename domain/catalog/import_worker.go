package catalog

import (
	"context"

	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// takeUp makes the caller the worker that goes on with an import, from where it is now: whoever was at it before changes
// nothing of it any more. A job does so only in the try that holds it.
func (s *Service) takeUp(ctx context.Context, i *Imported) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := job.Hold(tx); err != nil {
			return err
		}
		worker, err := claimImport(tx, i.ID)
		if err != nil {
			return err
		}
		if *i, err = findImport(tx, i.ID); err != nil {
			return err
		}
		i.worker = worker
		return nil
	})
}

// hold is a Conflict fault where another worker has taken the import up. Until the unit of work ends nobody can.
func (i Imported) hold(tx *db.Tx) error {
	held, err := holdImport(tx, i.ID, i.worker)
	if err == nil && !held {
		err = fault.New(fault.Conflict, "catalog.import.elsewhere")
	}
	return err
}
