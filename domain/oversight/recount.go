package oversight

import (
	"context"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// jobRecount counts the last days of open tasks anew after a notice on days off was published.
const jobRecount = "oversight.recount"

// recountTask is the body of the job.
type recountTask struct {
	After int64 `json:"after"`
}

// late is how much later the second round comes: every grant that was counted by the older calendar is over then.
const late = 5 * time.Minute

// AskRecount has the last days of open tasks counted anew when tx has committed, and once more when every grant that began
// under the older calendar is over.
func AskRecount(tx *db.Tx) error {
	if err := job.Add(tx, jobRecount, time.Time{}, recountTask{}); err != nil {
		return err
	}
	return job.Add(tx, jobRecount, tx.Now().Add(late), recountTask{})
}

// recountJob works a page off and asks for the next one.
func (s *Service) recountJob(ctx context.Context, body []byte) error {
	task, err := job.Decode[recountTask](body)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		next, err := s.recount(tx, task.After, checkedAtOnce)
		if err != nil || next == 0 {
			return err
		}
		return job.Add(tx, jobRecount, time.Time{}, recountTask{After: next})
	})
}

// recount counts the last days of a page of open tasks by the calendar in force; next is where the page after begins, 0 at
// the end. What is done keeps its day.
func (s *Service) recount(tx *db.Tx, after int64, limit int) (next int64, err error) {
	cal, err := s.Calendar(tx)
	if err != nil {
		return 0, err
	}
	list, err := listCounted(tx, after, limit)
	if err != nil {
		return 0, err
	}
	for _, t := range list {
		next = t.ID
		due := cal.AddWorkdays(calendar.DateOf(t.Granted), t.Days)
		if due == t.Due {
			continue
		}
		t.Due = due
		if err := changeDue(tx, t); err != nil {
			return 0, err
		}
		if err := ledger.Log(tx, chain(t.ID), auth.Actor{Kind: auth.System}, ledger.Draft{Act: actMoved, Body: movedTo{t.Case, last(due)}}); err != nil {
			return 0, err
		}
	}
	if len(list) < limit {
		next = 0
	}
	return next, nil
}

const actMoved = "oversight.moved"

// movedTo is what the ledger keeps of a last day that a new notice moved.
type movedTo struct {
	Case int64  `json:"case"`
	Due  string `json:"due"`
}
