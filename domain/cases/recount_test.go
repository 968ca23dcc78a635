package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// notices is a calendar that tests change, as a publication does.
type notices struct{ all []*calendar.Calendar }

func (w *world) notices() *notices {
	n := &notices{all: []*calendar.Calendar{calendar.Official()}}
	w.s.Calendar = func(*db.Tx) (*calendar.Calendar, error) { return n.all[len(n.all)-1], nil }
	w.s.Dated = func(_ *db.Tx, version string) (*calendar.Calendar, error) {
		i := slices.IndexFunc(n.all, func(c *calendar.Calendar) bool { return c.Version() == version })
		if i < 0 {
			return nil, fmt.Errorf("no calendar %s", version)
		}
		return n.all[i], nil
	}
	return n
}

func (n *notices) publish(t *testing.T, year int, breaks ...calendar.Break) {
	t.Helper()
	next, err := n.all[len(n.all)-1].With(calendar.Year{Year: year, Notices: []string{"国办发明电〔2026〕9号"}, Breaks: breaks})
	if err != nil {
		t.Fatal(err)
	}
	n.all = append(n.all, next)
}

// newYear is what the tests take for the notice of 2027.
var newYear = []calendar.Break{{Name: "元旦", From: 101, To: 105}}

func (w *world) at(text string) {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone)
	if err != nil {
		w.t.Fatal(err)
	}
	w.now = at
}

// recount works the job off.
func (w *world) recount() {
	w.t.Helper()
	for after := int64(0); ; {
		last, err := w.s.Recount(w.t.Context(), after, 1)
		if err != nil {
			w.t.Fatal(err)
		}
		if after = last; last == 0 {
			return
		}
	}
}

func (w *world) tick() {
	w.t.Helper()
	for {
		n, err := w.s.Tick(w.t.Context(), 64)
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// story is the acts of a case, oldest first.
func (w *world) story(id int64) (acts []string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		list, err := listTrail(tx, id)
		for _, t := range slices.Backward(list) {
			acts = append(acts, t.Act)
		}
		return err
	})
	return acts
}

func (w *world) due(id int64, name ClockName) (due string, c Clock) {
	w.t.Helper()
	c, ok := w.state(id).Matter.Clock(name)
	if !ok {
		w.t.Fatalf("no clock %s", name)
	}
	return c.Due.String(), c
}

func (w *world) uncounted() (left int) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		left, err = w.s.Uncounted(tx)
		return err
	})
	return left
}

func TestANoticeMovesTheClocksOfItsYearAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notices()
		spring := w.submit(w.person(firm), "food-operation-new")
		w.pass(w.staff(clerk), spring.Case)
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), On{Case: spring.Case}); err != nil {
			t.Fatal(err)
		}
		w.at("2026-12-29 10:00")
		winter := w.submit(w.person(firm), "food-operation-change")
		if due, c := w.due(winter.Case, ClockNotice); due != "2027-01-05" || !c.Provisional {
			t.Fatalf("before: %s %+v", due, c)
		}
		before := w.story(spring.Case)
		n.publish(t, 2027, newYear...)
		var f Forecast
		w.read(func(tx *db.Tx) (err error) {
			f, err = w.s.Foresee(tx, n.all[1], 100, 10)
			return err
		})
		if f.Looked != 2 || f.Cases != 1 || f.Later != 1 || f.Certain != 1 || len(f.First) != 1 || f.First[0].No != winter.No {
			t.Errorf("foreseen: %+v", f)
		}
		if got := w.uncounted(); got != 2 {
			t.Errorf("%d wait to be counted, want 2", got)
		}
		w.recount()
		if due, c := w.due(winter.Case, ClockNotice); due != "2027-01-08" || c.Provisional {
			t.Errorf("after: %s %+v", due, c)
		}
		if got := w.story(winter.Case); join(got) != "receive recount" {
			t.Errorf("the case that moved: %v", got)
		}
		if got := w.story(spring.Case); join(got) != join(before) {
			t.Errorf("the case that did not move: %v, before %v", got, before)
		}
		w.recount() // once is enough
		if got := w.story(winter.Case); len(got) != 2 || w.uncounted() != 0 {
			t.Errorf("counted twice: %v, %d wait", got, w.uncounted())
		}
		w.namesBoth(winter.Case, n)
		c := w.state(winter.Case)
		if want := w.s.shown(c); c.shown != want {
			t.Errorf("the light shows %+v, want %+v", c.shown, want)
		}
		w.verify()
		w.tamper(`UPDATE cases SET calendar = '' WHERE calendar <> '' AND light_due = '2027-01-08'`)
		w.tamper(`UPDATE ledger_entry SET body = REPLACE(body, 'cn-2016-2027', 'cn-2016-2028')`)
		n.all = n.all[:1] // a calendar that nobody knows any more cannot be repeated
		if err := w.s.DB.Read(t.Context(), func(tx *db.Tx) error { return w.s.Verify(tx, func(string, int) {}) }); err == nil {
			t.Error("verified without the calendar of an entry")
		}
	})
}

// namesBoth reads the entry of a recount: both calendars, the notice, the move.
func (w *world) namesBoth(id int64, n *notices) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		entries, err := ledger.Chain(tx, Chain(id))
		if err != nil {
			return err
		}
		var body struct {
			Calendar string
			Facts    recounted
		}
		if err := json.Unmarshal([]byte(entries[1].Body), &body); err != nil {
			return err
		}
		f := body.Facts
		if f.From != n.all[0].Version() || f.To != n.all[1].Version() || body.Calendar != f.To || len(f.Moved) != 1 ||
			join(f.Notice) != "国办发明电〔2026〕9号" {
			w.t.Errorf("the entry says %+v", body)
		}
		list, err := listTrail(tx, id)
		if want := "因放假安排公布，收件审核由 2027-01-05 改为 2027-01-08"; list[0].Note != want || !list[0].Shown {
			w.t.Errorf("the timeline says %q, want %q", list[0].Note, want)
		}
		return err
	})
}

// XKF 32(4): the silence of the agency is acceptance, but not on a date that
// nobody knew. Once the notice is there the law dates it back.
func TestATimerThatWaitedForItsCalendarFiresOnItsLegalDate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notices()
		w.at("2026-12-29 10:00")
		got := w.submit(w.person(firm), "food-operation-new")
		w.at("2027-01-20 09:00")
		w.tick()
		if c := w.state(got.Case); c.State() != StateReceived || !c.Matter.Has(FlagIncident) {
			t.Fatalf("on a provisional date: %s %v", c.State(), c.Matter.Flags)
		}
		n.publish(t, 2027, newYear...)
		w.recount()
		c := w.state(got.Case)
		if c.State() != StateAccepted || !c.AcceptedAt.Equal(c.ReceivedAt) {
			t.Errorf("after the notice: %s, accepted %s", c.State(), c.AcceptedAt)
		}
		if story := join(w.story(got.Case)); story != "receive timer_waits recount deem_accepted mark_overdue" { // and late meanwhile
			t.Errorf("the story: %s", story)
		}
		entry := w.entryOf(got.Case, "cases.deem_accepted")
		if want := "2027-01-09"; calendar.DateOf(entry.Timer).String() != want {
			t.Errorf("it fired as of %s, want %s", entry.Timer, want)
		}
		w.verify()
	})
}

// entryOf is the last entry of an act.
func (w *world) entryOf(id int64, act string) (e entry) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		entries, err := ledger.Chain(tx, Chain(id))
		for _, x := range entries {
			if x.Act == act && err == nil {
				e = entry{}
				err = json.Unmarshal([]byte(x.Body), &e)
			}
		}
		return err
	})
	return e
}

func TestAnActNeverMeetsDatesOfAnOlderCalendar(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notices()
		w.at("2026-12-29 10:00")
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		seen := w.state(got.Case).Version
		n.publish(t, 2027, newYear...) // the job has not come to this case yet
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case, Version: seen}); err != nil {
			t.Fatal(err)
		}
		if story := strings.ReplaceAll(join(w.story(got.Case)), "judge ", ""); story != "receive recount accept" {
			t.Errorf("the story: %s", story)
		}
		c := w.state(got.Case)
		statutory, _ := c.Matter.Clock(ClockStatutory)
		if want := n.all[1].AddWorkdays(statutory.From, statutory.Limit); statutory.Due != want || c.Calendar != n.all[1].Version() {
			t.Errorf("due %s by %s, want %s", statutory.Due, c.Calendar, want)
		}
		w.recount()
		if story := strings.ReplaceAll(join(w.story(got.Case)), "judge ", ""); story != "receive recount accept" {
			t.Errorf("the job counted it again: %s", story)
		}
		w.verify()
	})
}

// A notice is corrected in the middle of the year: days that had counted count no
// longer, and a duty that was late is late no longer; put back, it is late again.
func TestACalendarCorrectedAfterTheFact(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.notices()
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		due, _ := w.due(got.Case, ClockPromised)
		w.at(due + " 10:00")
		w.now = w.now.Add(24 * time.Hour)
		w.tick()
		if c := w.state(got.Case); !slices.Contains(c.Matter.Overdue(), ClockPromised) {
			t.Fatalf("not late after %s: %v", due, c.Matter.Flags)
		}
		original, _ := calendar.Official().Year(2026)
		n.publish(t, 2026, append(slices.Clone(original.Breaks), calendar.Break{Name: "更正", From: 309, To: 313})...)
		w.recount()
		later, clock := w.due(got.Case, ClockPromised)
		if c := w.state(got.Case); later <= due || clock.Late || slices.Contains(c.Matter.Overdue(), ClockPromised) {
			t.Errorf("after the correction: %s, late %v, %v", later, clock.Late, c.Matter.Flags)
		}
		w.verify()
		n.publish(t, 2026, original.Breaks...) // taken back
		if n.all[2].Version() != n.all[0].Version() {
			t.Fatal("the same days are another calendar")
		}
		w.recount()
		if again, clock := w.due(got.Case, ClockPromised); again != due || !clock.Late {
			t.Errorf("taken back: %s late %v, want %s", again, clock.Late, due)
		}
		if story := join(w.story(got.Case)); !strings.HasSuffix(story, "mark_overdue recount recount mark_overdue") {
			t.Errorf("the story: %s", story)
		}
		w.verify()
	})
}

func TestAClockThatWentBackDatesNothingBeforeWhatHappened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		last, entries := w.state(got.Case).MovedAt, w.state(got.Case).Version
		w.now = last.Add(-time.Hour)
		_, err := w.s.Accept(t.Context(), window, On{Case: got.Case})
		if !fault.Is(err, fault.Unavailable) || fault.Code(err) != "cases.clock_back" {
			t.Errorf("an hour back: %v", err)
		}
		if c := w.state(got.Case); c.State() != StateReceived || c.Version != entries {
			t.Errorf("a refused act left a trace: %s, %d entries", c.State(), c.Version)
		}
		w.now = last.Add(-3 * time.Second) // two servers differ by that much
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		if c := w.state(got.Case); !c.MovedAt.Equal(last) || !c.AcceptedAt.Equal(last) {
			t.Errorf("dated %s and %s, want %s", c.MovedAt, c.AcceptedAt, last)
		}
		w.verify()
		w.tamper(`UPDATE cases SET moved_at = moved_at - 1`)
	})
}

func TestTimersThatSleptAWeekKeepOrderAndLegalDates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.submit(w.person(firm), "food-operation-new")
		w.at("2026-03-04 10:00")
		second := w.submit(w.person(firm), "food-operation-change")
		w.at("2026-04-20 10:00") // nothing ran since
		w.tick()
		var at []time.Time
		for _, id := range []int64{first.Case, second.Case} {
			c := w.state(id)
			if c.State() != StateAccepted || !c.AcceptedAt.Equal(c.ReceivedAt) || !c.MovedAt.Equal(w.now) {
				t.Errorf("%s: %s, accepted %s, written %s", c.No, c.State(), c.AcceptedAt, c.MovedAt)
			}
			deemed := w.entryOf(id, "cases.deem_accepted")
			notice, _ := c.Matter.Clock(ClockNotice)
			if want := (notice.Due + 1).Start(); !deemed.Timer.Equal(want) {
				t.Errorf("%s was accepted by law at %s, want %s", c.No, deemed.Timer, want)
			}
			at = append(at, deemed.Timer)
			story := w.story(id)
			if i, j := slices.Index(story, "deem_accepted"), slices.Index(story, "mark_overdue"); i < 0 || j < i {
				t.Errorf("%s: out of order: %v", c.No, story)
			}
			if late := w.entryOf(id, "cases.mark_overdue"); !late.Timer.After(deemed.Timer) || !late.Timer.Before(w.now) {
				t.Errorf("%s is late since %s", c.No, late.Timer)
			}
		}
		if !at[0].Before(at[1]) {
			t.Errorf("the dates: %v", at)
		}
		story := w.story(first.Case)
		w.tick()
		if again := w.story(first.Case); len(again) != len(story) {
			t.Errorf("fired twice: %v after %v", again, story)
		}
		w.verify()
	})
}

func TestOfTwoOfficersAtOnceOneWins(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		task := w.review(got.Case)
		seen := w.state(got.Case).Version
		decider := w.holder(task.Post)
		answers := make(chan error, 2)
		for _, grant := range []bool{true, false} {
			go func(who auth.Actor) {
				_, err := w.s.Decide(t.Context(), who, On{Case: got.Case, Version: seen}, Decision{
					Task: task.ID, Grant: grant, Reason: "现场条件不符合规定", Basis: "食品安全法第三十五条",
				})
				answers <- err
			}(decider)
		}
		var won, stale int
		for range 2 {
			switch err := <-answers; {
			case err == nil:
				won++
			case fault.Is(err, fault.Stale) && fault.Code(err) == "cases.stale":
				stale++
			default:
				t.Errorf("got %v", err)
			}
		}
		if won != 1 || stale != 1 {
			t.Errorf("%d won, %d were told that the case had moved on", won, stale)
		}
		w.verify()
	})
}
