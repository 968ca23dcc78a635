package oversight

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

var (
	decider = auth.Actor{ID: 1, Kind: auth.Staff, Staff: 1, Name: "金春梅", Unit: "SPJ-SY", Roles: []string{"approver"}, Rights: []string{Oversee}}
	market  = auth.Actor{ID: 2, Kind: auth.Staff, Staff: 2, Name: "皮安然", Unit: "SCJ-1", Roles: []string{"reviewer"}, Rights: []string{Oversee}}
	health  = auth.Actor{ID: 3, Kind: auth.Staff, Staff: 3, Name: "倪采薇", Unit: "WJW", Roles: []string{"reviewer"}, Rights: []string{Oversee}}
	watcher = auth.Actor{ID: 4, Kind: auth.Staff, Staff: 4, Name: "吕朝晖", Unit: "SPJ-DC", Roles: []string{"supervisor"}, Rights: []string{Oversee}}
)

// house is the service with a clock that tests move.
type house struct {
	t   *testing.T
	s   *Service
	now time.Time
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, []dbtest.Schema{
		{Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema}, {Module: "ledger", Files: ledger.Schema}, {Module: "oversight", Files: Schema},
	}, func(t *testing.T, d *db.DB) {
		h := &house{t: t, now: time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone)}
		h.s = &Service{
			DB: d.WithClock(func() time.Time { return h.now }), Calendar: calendar.Compiled,
			Flash:    func(context.Context, string) {},
			UnitName: func(_ *db.Tx, code string) string { return "单位" + code },
			Above: func(_ *db.Tx, code string) ([]string, error) {
				if code == "SCJ-1" {
					return []string{"SCJ"}, nil
				}
				return nil, nil
			},
			Frame: func(r *http.Request, title string) ui.Page {
				return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.Path}
			},
		}
		fn(t, h)
	})
}

func (h *house) grant(id int64, duties ...Duty) {
	h.t.Helper()
	if err := h.s.DB.Write(h.t.Context(), func(tx *db.Tx) error {
		return h.s.Tell(tx, decider, Grant{
			Case: id, No: fmt.Sprintf("3799%04d", id), ItemName: "食品经营许可", Holder: "云川栖霞餐饮", At: tx.Now(), Duties: duties,
		})
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) of(id int64) (list []Task) {
	h.t.Helper()
	h.read(func(tx *db.Tx) (err error) { list, err = h.s.Of(tx, id); return err })
	return list
}

func (h *house) read(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.s.DB.Read(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// sound holds every row against the ledger.
func (h *house) sound() error {
	return h.s.DB.Read(h.t.Context(), func(tx *db.Tx) error { return h.s.Check(tx, func(string, int) {}) })
}

var inspect = Duty{Unit: "SCJ", Task: "列入监管名录", Basis: "行政许可法 第六十一条", Days: 20}

func TestARegulatorIsToldOnceAndAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.grant(7, inspect, Duty{Unit: "WJW"})
		h.grant(7, inspect, Duty{Unit: "WJW"}) // granted again after a remand: nothing is told twice
		list := h.of(7)
		if len(list) != 2 || list[0].Unit != "SCJ" || list[1].Unit != "WJW" || list[1].Due != 0 {
			t.Fatalf("told %+v", list)
		}
		cal := calendar.Official()
		if want := cal.AddWorkdays(calendar.DateOf(h.now), 20); list[0].Due != want {
			t.Errorf("due %s, want %s", list[0].Due, want)
		}
		id := list[0].ID
		for who, want := range map[*auth.Actor]string{&health: "oversight.unknown", &decider: "oversight.unknown", &watcher: "oversight.not_yours"} {
			if _, err := h.s.Receive(ctx, *who, "", id); fault.Code(err) != want {
				t.Errorf("%s receives another's task: %v", who.Name, err)
			}
			if _, err := h.s.Report(ctx, *who, "", id, "已经列入名录"); fault.Code(err) != want {
				t.Errorf("%s reports another's task: %v", who.Name, err)
			}
		}
		if got := h.of(7)[0]; got.State != Told {
			t.Errorf("what was refused left a trace: %+v", got)
		}
		for range 2 { // the double click
			if _, err := h.s.Receive(ctx, market, "k1", id); err != nil {
				t.Fatal(err)
			}
		}
		h.now = h.now.Add(24 * time.Hour)
		if _, err := h.s.Receive(ctx, market, "k2", id); err != nil || !h.of(7)[0].ReceivedAt.Equal(h.now.Add(-24*time.Hour)) {
			t.Errorf("received again: %v", err)
		}
		for text, want := range map[string]string{" 好 ": "oversight.what_missing", strings.Repeat("长", 501): "oversight.what_long"} {
			_, err := h.s.Report(ctx, market, "", id, text)
			if f, ok := err.(*fault.Error); !ok || f.Fields["what"] != want { //nolint:errorlint // it is made here
				t.Errorf("a report of %d bytes: %v", len(text), err)
			}
		}
		for range 2 {
			if _, err := h.s.Report(ctx, market, "k3", id, "已列入名录，现场检查合格"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.s.Report(ctx, market, "k4", id, "又报告一次"); fault.Code(err) != "oversight.done" {
			t.Errorf("reported twice: %v", err)
		}
		if got := h.of(7)[0]; got.State != Done || got.DoneName != "皮安然" || got.What != "已列入名录，现场检查合格" {
			t.Errorf("it stands at %+v", got)
		}
		if _, err := h.s.Report(ctx, health, "", h.of(7)[1].ID, "已经知悉"); err != nil || h.of(7)[1].ReceivedAt.IsZero() {
			t.Errorf("reported at once: %v", err)
		}
		if err := h.sound(); err != nil {
			t.Error(err)
		}
		if err := h.s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE oversight_task SET what = '没有检查' WHERE id = $1`, id)
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.sound(); err == nil {
			t.Error("a report that was changed is not noticed")
		}
	})
}

// TestTheListTurnsByKey: every task is on one page of its list and no other, and on nobody's but its regulator's and the
// supervisors'.
func TestTheListTurnsByKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		const n = 2*few + 3
		for i := range n {
			d := inspect
			d.Days = i % 3 // many are due on one day, some on none
			h.grant(int64(i+1), d)
		}
		for who, want := range map[*auth.Actor]int{&market: n, &watcher: n, &health: 0} {
			for _, done := range []bool{false, true} {
				seen := map[string]bool{}
				path := root + "?list=" + nameOf(done)
				for pages := 0; path != "" && pages < 9; pages++ {
					page := h.get(*who, path)
					for _, part := range strings.Split(page, `class="inbox__t" href="`)[1:] {
						href, _, _ := strings.Cut(part, `"`)
						if seen[href] {
							t.Fatalf("%s stands twice", href)
						}
						seen[href] = true
					}
					path = next(page)
				}
				if done && len(seen) != 0 || !done && len(seen) != want {
					t.Errorf("%s sees %d of %d (done: %t)", who.Name, len(seen), want, done)
				}
			}
		}
		for _, task := range h.of(1) {
			if code := h.code(health, "GET", Path(task.ID), nil); code != http.StatusNotFound {
				t.Errorf("another's task: %d", code)
			}
		}
	})
}

// TestLights: late is red, two working days before is yellow, and a rest day after the last is late already.
func TestLights(t *testing.T) {
	t.Parallel()
	cal := calendar.Official()
	day := func(text string) calendar.Date {
		d, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		due, today string
		state      State
		want       ui.Lamp
	}{
		{"2026-03-20", "2026-03-02", Told, ui.Blue},
		{"2026-03-20", "2026-03-18", Told, ui.Yellow},
		{"2026-03-20", "2026-03-20", Received, ui.Yellow},
		{"2026-03-20", "2026-03-21", Received, ui.Red}, // a Saturday
		{"2026-03-20", "2026-03-24", Told, ui.Red},
		{"2026-03-20", "2026-03-24", Done, ui.Stop},
		{"", "2026-03-24", Told, ui.Blue},
	} {
		task := Task{State: tt.state}
		if tt.due != "" {
			task.Due = day(tt.due)
		}
		if got, _ := task.light(t.Context(), cal, day(tt.today)); got != tt.want {
			t.Errorf("due %s on %s (%s): %s, want %s", tt.due, tt.today, tt.state, got, tt.want)
		}
	}
}

// TestATaskIsWorkedOnItsPage: what was typed is not lost, and whoever only watches has no form.
func TestATaskIsWorkedOnItsPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.grant(7, inspect)
		id := h.of(7)[0].ID
		if page := h.get(watcher, Path(id)); strings.Contains(page, "/receive") || strings.Contains(page, "/report") || !strings.Contains(page, "列入监管名录") {
			t.Error("a supervisor is offered what is not theirs")
		}
		if page := h.get(market, Path(id)); !strings.Contains(page, "/receive") || !strings.Contains(page, "/report") {
			t.Error("the regulator cannot receive")
		}
		if code := h.code(market, "POST", Path(id)+"/receive", url.Values{"_key": {"a"}}); code != http.StatusSeeOther {
			t.Errorf("receiving: %d", code)
		}
		if page := h.get(market, Path(id)); strings.Contains(page, "/receive") || !strings.Contains(page, "皮安然") {
			t.Error("what is received is to be received again")
		}
		if code := h.code(market, "POST", Path(id)+"/report", url.Values{"_key": {"b"}, "what": {"短"}}); code != http.StatusUnprocessableEntity {
			t.Errorf("too short: %d", code)
		}
		if page := h.send(market, "POST", Path(id)+"/report", url.Values{"what": {"短"}}); !strings.Contains(page.Body.String(), ">短</textarea>") {
			t.Error("what was typed is lost")
		}
		if code := h.code(market, "POST", Path(id)+"/report", url.Values{"_key": {"c"}, "what": {"已列入名录"}}); code != http.StatusSeeOther {
			t.Errorf("reporting: %d", code)
		}
		if page := h.get(market, root+"?list=done"); !strings.Contains(page, Path(id)) {
			t.Error("it is not on the list of what is done")
		}
		h.read(func(tx *db.Tx) error {
			facts, err := h.s.Shown(tx, 7)
			if err == nil && (len(facts) != 1 || !strings.Contains(facts[0].Note, "已列入名录")) {
				t.Errorf("the case shows %+v", facts)
			}
			return err
		})
	})
}

func next(page string) string {
	_, rest, found := strings.Cut(page, "after=")
	if !found {
		return ""
	}
	head := page[:len(page)-len(rest)]
	from := strings.LastIndex(head, `"`) + 1
	href, _, _ := strings.Cut(page[from:], `"`)
	return strings.ReplaceAll(href, "&amp;", "&")
}

func (h *house) get(who auth.Actor, path string) string {
	h.t.Helper()
	return h.send(who, "GET", path, nil).Body.String()
}

func (h *house) code(who auth.Actor, method, path string, form url.Values) int {
	h.t.Helper()
	return h.send(who, method, path, form).Code
}

func (h *house) send(who auth.Actor, method, path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	words := &i18n.Bundle{}
	for _, err := range []error{words.Add(texts), words.Add(ui.Texts)} {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	for _, rt := range h.s.Module().Routes {
		mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	r := httptest.NewRequestWithContext(i18n.With(auth.With(h.t.Context(), who), words, i18n.Chinese), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r)
	return rec
}
