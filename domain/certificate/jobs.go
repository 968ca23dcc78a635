package certificate

import (
	"context"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
)

const jobRender = "certificate.render"

// rendering is the body of the job that makes a file.
type rendering struct {
	ID int64 `json:"id"`
}

func (s *Service) jobs() []job.Kind {
	return []job.Kind{{Name: jobRender, Do: func(ctx context.Context, body []byte) error {
		want, err := job.Decode[rendering](body)
		if err != nil {
			return err
		}
		return s.Render(ctx, want.ID)
	}}, {Name: jobRemind, Do: func(ctx context.Context, body []byte) error {
		want, err := job.Decode[ending](body)
		if err != nil {
			return err
		}
		return s.Remind(ctx, want.Root, want.Until)
	}}}
}

const jobRemind = "certificate.remind"

// ending is the body of the job that tells a holder that a certificate ends.
type ending struct {
	Root  int64         `json:"root"`
	Until calendar.Date `json:"until"`
}

// remindDays is how long before the last day to ask for the renewal the holder of a certificate is told.
const remindDays = 60

// remindLater asks for the reminder of a last day; none for a certificate without one.
func (s *Service) remindLater(tx *db.Tx, root int64, until calendar.Date) error {
	if until == 0 {
		return nil
	}
	r, err := s.RenewBy(tx, until)
	if err != nil {
		return err
	}
	return job.Add(tx, jobRemind, (r.By - remindDays).Start(), ending{root, until})
}

// Remind tells the holder of a certificate on the page of their certificates that it ends on the day until. It may run
// twice; a certificate that has another last day by now, or is not valid any more, is not spoken of.
func (s *Service) Remind(ctx context.Context, root int64, until calendar.Date) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		c, found, err := findCurrent(tx, root)
		if err != nil || !found || c.Until != until || c.StatusOn(calendar.DateOf(tx.Now())) != Valid {
			return err
		}
		return insertReminder(tx, root, until)
	})
}
