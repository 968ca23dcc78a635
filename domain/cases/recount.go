package cases

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// actRecount is no act of the law: the days are others than was known, because
// the State Council's notice has come or was corrected.
const actRecount Act = "recount"

// law is the table under the calendar in force.
func (s *Service) law(tx *db.Tx) (*Law, error) {
	if s.Calendar == nil {
		return s.Law, nil
	}
	cal, err := s.Calendar(tx)
	if err != nil {
		return nil, err
	}
	return &Law{Cal: cal}, nil
}

// lawOf is the table under a calendar that was in force; "" is the one compiled in.
func (s *Service) lawOf(tx *db.Tx, version string) (*Law, error) {
	if version == "" || version == s.Law.Cal.Version() {
		return s.Law, nil
	}
	if s.Dated == nil {
		return nil, fmt.Errorf("cases: nobody knows the calendar %s", version)
	}
	cal, err := s.Dated(tx, version)
	if err != nil {
		return nil, err
	}
	return &Law{Cal: cal}, nil
}

// version names the calendar of a law as entries do.
func (s *Service) version(l *Law) string {
	if v := l.Cal.Version(); v != s.Law.Cal.Version() {
		return v
	}
	return ""
}

// Cal is the calendar in force.
func (s *Service) Cal(tx *db.Tx) (*calendar.Calendar, error) {
	law, err := s.law(tx)
	if err != nil {
		return nil, err
	}
	return law.Cal, nil
}

// recounted is the evidence of a recount: both calendars and what moved.
type recounted struct {
	From   string   `json:"from"`
	To     string   `json:"to"`
	Notice []string `json:"notice,omitempty"` // of the years in which what moved falls due
	Moved  []Moved  `json:"moved"`
}

// recount brings the open clocks of a case to the calendar in force, as an entry
// of their own if that makes a difference. An act therefore never meets dates of
// an older calendar, whether or not the job has come to the case.
func (ch *change) recount() error {
	now := ch.s.version(ch.law)
	if ch.c.Calendar == now {
		return nil
	}
	_, moved := ch.law.Recount(ch.c.Matter)
	if len(moved) > 0 {
		facts := recounted{From: ch.c.Calendar, To: ch.law.Cal.Version(), Notice: ch.notices(moved), Moved: moved}
		if facts.From == "" {
			facts.From = ch.s.Law.Cal.Version()
		}
		note := noteOf(facts)
		if err := ch.do(move{act: string(actRecount), facts: facts, note: note, hidden: note == ""}); err != nil {
			return err
		}
		if err := ch.tell(EventRecounted, ""); err != nil {
			return err
		}
	}
	ch.c.Calendar = now
	return nil
}

// notices are where the days of the years were announced in which clocks fall due.
func (ch *change) notices(moved []Moved) (all []string) {
	for _, m := range moved {
		for _, d := range []calendar.Date{m.Was, m.Is} {
			year, _, _ := d.Date()
			if y, ok := ch.law.Cal.Year(year); ok {
				for _, n := range y.Notices {
					if !strings.Contains(strings.Join(all, "\n"), n) {
						all = append(all, n)
					}
				}
			}
		}
	}
	return all
}

// clockTitles are the clocks whose dates the timeline tells to the applicant.
var clockTitles = map[ClockName]string{
	ClockNotice: "收件审核", ClockCorrection: "补正期限", ClockStatutory: "法定办结日", ClockPromised: "承诺办结日",
	ClockFirstReview: "初审", ClockHearingRequest: "申请听证期限", ClockHearingHold: "听证", ClockDelivery: "送达",
	ClockService: "决定书送达", ClockInspectAssign: "指派核查人员", ClockPublicity: "公开", ClockPostCheck: "事后核查",
}

// noteOf is what the timeline says about a recount, "" if no date moved.
func noteOf(r recounted) string {
	var parts []string
	for _, m := range r.Moved {
		title := clockTitles[m.Clock]
		switch {
		case title == "":
		case m.Was != m.Is:
			parts = append(parts, fmt.Sprintf("%s由 %s 改为 %s", title, m.Was, m.Is))
		case m.Certain:
			parts = append(parts, fmt.Sprintf("%s %s 由暂定改为确定", title, m.Is))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "因放假安排公布，" + strings.Join(parts, "；")
}

// uncounted is a case that may have to be counted anew.
type uncounted struct {
	id, version int64
	no, item    string
	calendar    string
	matter      Matter
}

func listUncounted(tx *db.Tx, version string, after int64, limit int) ([]uncounted, error) {
	return db.All(tx, func(u *uncounted) []any {
		return []any{&u.id, &u.version, &u.no, &u.item, &u.calendar, db.JSON(&u.matter)}
	}, `SELECT id, version, no, item_name, calendar, matter FROM cases
		WHERE counting AND calendar <> $1 AND id > $2 ORDER BY id LIMIT $3`, version, after, limit)
}

// Uncounted is how many of the cases with open clocks still carry the dates of
// an older calendar. It reads none of those that carry the newest.
func (s *Service) Uncounted(tx *db.Tx) (n int, err error) {
	law, err := s.law(tx)
	if err != nil {
		return 0, err
	}
	err = tx.One(`SELECT (SELECT COUNT(*) FROM cases WHERE counting AND calendar < $1)
		+ (SELECT COUNT(*) FROM cases WHERE counting AND calendar > $1)`, []any{s.version(law)}, &n)
	return n, err
}

// Recount brings up to limit cases, those after the case after, to the calendar in
// force, and returns the last it looked at, 0 at the end. Cases whose dates do not
// move get no entry. It may stop anywhere and run again.
func (s *Service) Recount(ctx context.Context, after int64, limit int) (last int64, err error) {
	var list []uncounted
	var law *Law
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if law, err = s.law(tx); err == nil {
			list, err = listUncounted(tx, s.version(law), after, limit)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var same []uncounted
	for _, u := range list {
		if _, moved := law.Recount(u.matter); len(moved) == 0 {
			same = append(same, u)
			continue
		}
		if err := s.tend(ctx, u.id); err != nil {
			if ctx.Err() != nil {
				return 0, err
			}
			// The others must not wait for one damaged case: it stays among the uncounted.
			slog.ErrorContext(ctx, "a case could not be counted anew", "case", u.id, "err", err)
		}
	}
	return list[len(list)-1].id, s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, u := range same {
			// An act in between has seen to it.
			if err := tx.Queue(`UPDATE cases SET calendar = $1, counting = $2 WHERE id = $3 AND version = $4 AND calendar = $5`,
				s.version(law), u.matter.counting(), u.id, u.version, u.calendar); err != nil {
				return err
			}
		}
		return nil
	})
}

// jobRecount counts the cases anew after a notice was published.
const jobRecount = "cases.recount"

// recountTask is the body of the job.
type recountTask struct {
	After int64 `json:"after"`
}

// AskRecount has the cases counted anew when tx has committed, and once more when
// every act that began under the old calendar is over.
func AskRecount(tx *db.Tx) error {
	if err := job.Add(tx, jobRecount, time.Time{}, recountTask{}); err != nil {
		return err
	}
	return job.Add(tx, jobRecount, tx.Now().Add(skew), recountTask{})
}

func (s *Service) recountJob(ctx context.Context, body []byte) error {
	task, err := job.Decode[recountTask](body)
	if err != nil {
		return err
	}
	const page, pages = 100, 20 // then others' jobs come first
	for range pages {
		last, err := s.Recount(ctx, task.After, page)
		if err != nil || last == 0 {
			return err
		}
		task.After = last
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return job.Add(tx, jobRecount, time.Time{}, task) })
}

// tend does what the calendar and the timers ask of a case.
func (s *Service) tend(ctx context.Context, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		ch, err := s.open(tx, auth.Actor{Kind: auth.System}, id)
		if err != nil {
			return err
		}
		if err := ch.fire(); err != nil {
			return err
		}
		return ch.keep()
	})
}
