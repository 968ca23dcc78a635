package cases

import (
	"testing"
	"time"

	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// accepted is a case of the sample city that waits for its first review.
func (w *world) accepted(item string) Done {
	w.t.Helper()
	window := w.staff(clerk)
	got := w.submit(w.person(firm), item)
	w.pass(window, got.Case)
	if _, err := w.s.Accept(w.t.Context(), window, On{Case: got.Case}); err != nil {
		w.t.Fatal(err)
	}
	return got
}

func TestStandingsAgreeWithTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := w.accepted("food-operation-new")
		task, _ := w.open(got.Case)
		who := w.holder(task.Post)
		w.now = w.now.AddDate(0, 0, 3)
		w.read(func(tx *db.Tx) error {
			rows, _, err := w.s.Inbox(tx, who, Filter{}, Key{}, 20)
			if err != nil || len(rows) != 1 {
				t.Fatalf("inbox: %d rows, %v", len(rows), err)
			}
			standings, err := w.s.Standings(tx, rows)
			if err != nil {
				return err
			}
			v, err := w.s.View(tx, who, got.Case)
			if err != nil {
				return err
			}
			if got := standings[got.Case]; got.Light != v.Light || got.Stopped != 0 {
				t.Errorf("got %+v, want the light %+v", got, v.Light)
			}
			return nil
		})
	})
}

func TestExtensionIsExplained(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		leader := w.staff("yc1001")
		received := w.submit(w.person(firm), "food-operation-new")
		explain := func(who auth.Actor, id int64) (most int, err error) {
			w.read(func(tx *db.Tx) error {
				c, e := findCase(tx, id)
				if e == nil {
					most, err = w.s.ExplainExtend(tx, who, c)
				}
				return e
			})
			return most, err
		}
		if _, err := explain(leader, received.Case); !fault.Is(err, fault.Unknown) {
			t.Errorf("before acceptance: %v", err)
		}
		id := w.accepted("food-operation-new").Case
		if _, err := explain(w.staff("yc1021"), id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reviewer: %v", err)
		}
		most, err := explain(leader, id)
		if err != nil || most != 10 {
			t.Errorf("the head: %d, %v", most, err)
		}
		if _, err := w.s.Extend(w.t.Context(), leader, On{Case: id}, Longer{Days: 5, Reason: "情况复杂，需要补充论证"}); err != nil {
			t.Fatal(err)
		}
		if _, err := explain(leader, id); fault.Code(err) != "cases.law.extension_used" {
			t.Errorf("a second time: %v", err)
		}
	})
}

// XKF 42¶2: what departments handle jointly is lengthened with the approval of the government, whose number the notice names.
func TestXKF42TheGovernmentApprovesAJointExtension(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.taken(func(x *Terms) { x.Joint, x.Limit, x.Extension = true, 45, 15 })
		head, long := w.staff(bureauHead), Longer{Days: 15, Reason: "部门意见不一致，需要协调"}
		if _, err := w.s.Extend(t.Context(), head, On{Case: id}, long); fieldsOf(err)["approval"] != "cases.law.approver_rank" {
			t.Errorf("without the government's approval: %v", err)
		}
		long.Approval = "云政批〔2026〕7号"
		if _, err := w.s.Extend(t.Context(), head, On{Case: id}, long); err != nil {
			t.Fatal(err)
		}
		w.says(id, PaperExtension, "本级人民政府负责人", "云政批〔2026〕7号", "延长15个工作日")
		w.verify()
	})
}

// XKF 55¶3, 78: a refusal on test results names the standard; one for false materials bars the applicant where safety is
// at stake.
func TestXKF55AndXKF78ARefusalNamesItsStandardAndItsGround(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.taken(func(x *Terms) { x.TestResult, x.Safety = true, true })
		task := w.review(id)
		d := Decision{Task: task.ID, Reason: "检测报告系伪造", Basis: "行政许可法第七十八条", FalseMaterials: true}
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: id}, d); fieldsOf(err)["standard"] != "cases.standard_missing" {
			t.Errorf("without a standard: %v", err)
		}
		d.Standard = "GB 31654-2021"
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: id}, d); err != nil {
			t.Fatal(err)
		}
		w.says(id, PaperRefusal, "GB 31654-2021", "检测报告系伪造")
		year := w.s.Law.Cal.AddMonths(calendar.DateOf(w.now), 12)
		if c, ok := w.state(id).Matter.Clock(ClockBan); !ok || c.Due != year {
			t.Errorf("the ban: %+v, want one until %s", c, year)
		}
		w.verify()
	})
}

func TestALookAtANumberIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := w.t.Context(), w.accepted("food-operation-new").Case
		who := w.staff("yc1021")
		var field, want string
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, who, id)
			for _, x := range v.Form {
				if x.Sensitive {
					field, want = x.Key, x.Text
				}
			}
			return err
		})
		if field == "" {
			t.Fatal("the form has no sensitive field")
		}
		if _, err := w.s.Reveal(ctx, who, id, field, "nosy"); fieldsOf(err)["purpose"] != "cases.purpose_missing" {
			t.Errorf("without a purpose: %v", err)
		}
		if _, err := w.s.Reveal(ctx, w.staff("yc1025"), id, field, party.PurposeContact); fault.Code(err) != "cases.unknown" {
			t.Errorf("another section: %v", err)
		}
		if _, err := w.s.Reveal(ctx, w.person(firm), id, field, party.PurposeContact); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an applicant: %v", err)
		}
		got, err := w.s.Reveal(ctx, who, id, field, party.PurposeContact)
		if err != nil || got.Text != want {
			t.Errorf("got %v, %v", got.Key, err)
		}
		w.read(func(tx *db.Tx) error {
			list, err := w.s.Looks(tx, who, id)
			if err != nil {
				return err
			}
			if len(list) != 1 || list[0].Staff != who.Staff || list[0].Field != field || list[0].Purpose != party.PurposeContact || len(list[0].Hash) != 64 {
				t.Errorf("looks: %+v", list)
			}
			hashes, err := w.s.Hashes(tx, who, id)
			if c, e := findCase(tx, id); e != nil || hashes[c.Version] != c.Head {
				t.Errorf("the last entry's hash differs from the head of the case (%v)", e)
			}
			return err
		})
		w.verify()
	})
}

// TestWhoSawAFileIsKept: the ledger knows which member of staff has seen the
// files of a case on which day, each once however often; the applicant's own looks are
// nobody's business.
func TestWhoSawAFileIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := w.t.Context(), w.submit(w.person(firm), "food-operation-new").Case
		var files []int64
		w.read(func(tx *db.Tx) error {
			list, err := listFiles(tx, "case_id", id)
			for _, f := range list {
				files = append(files, f.ID)
			}
			return err
		})
		open := func(who auth.Actor) error {
			for _, file := range files {
				_, body, err := w.s.Fetch(ctx, who, file)
				if err != nil {
					return err
				}
				body.Close()
			}
			return nil
		}
		seen := func(want ...string) {
			t.Helper()
			w.read(func(tx *db.Tx) error {
				list, err := w.s.Looks(tx, w.staff(clerk), id)
				if len(list) != len(want)*len(files) {
					t.Fatalf("looks: %+v, want %v at each of %d files", list, want, len(files))
				}
				for i := range list {
					no, file := want[i/len(files)], files[len(files)-1-i%len(files)]
					if list[i].File != file || list[i].Staff != w.staff(no).Staff || list[i].Sight != SightFile || !list[i].At.Equal(tx.Now()) && i == 0 {
						t.Errorf("look %d: %+v, want %s", i, list[i], no)
					}
				}
				return err
			})
		}
		if err := open(w.person(firm)); err != nil || len(files) < 2 {
			t.Fatalf("%d files: %v", len(files), err)
		}
		seen()
		for range 2 {
			if err := open(w.staff(clerk)); err != nil {
				t.Fatal(err)
			}
		}
		seen(clerk)
		if err := open(w.staff("yc1013")); err != nil {
			t.Fatal(err)
		}
		seen("yc1013", clerk)
		if err := open(w.staff("yc1034")); fault.Code(err) != "cases.unknown" {
			t.Errorf("a deliverer, before anything is granted: %v", err)
		}
		seen("yc1013", clerk)
		w.now = w.now.Add(24 * time.Hour)
		if err := open(w.staff(clerk)); err != nil {
			t.Fatal(err)
		}
		seen(clerk, "yc1013", clerk)
		w.verify()
	})
}

func TestDailyCountsWhatItsListsShow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.now = time.Date(2026, 3, 2, 23, 30, 0, 0, w.now.Location())
		w.submit(w.person(firm), "food-operation-new")
		w.now = w.now.Add(time.Hour) // the next day in China, the same in London
		second := w.submit(w.person(firm), "food-operation-new")
		if _, err := w.s.Withdraw(w.t.Context(), w.person(firm), On{Case: second.Case}, "不办了"); err != nil {
			t.Fatal(err)
		}
		who := w.staff("yc1036")
		w.read(func(tx *db.Tx) error {
			day := today(tx)
			list, err := w.s.Daily(tx, who, day-10, day)
			if err != nil {
				return err
			}
			want := []Daily{{Day: day - 1, Received: 1, Online: 1}, {Day: day, Received: 1, Online: 1, Ended: 1}}
			if len(list) != 2 || list[0] != want[0] || list[1] != want[1] {
				t.Errorf("got %+v, want %+v", list, want)
			}
			for _, d := range list {
				in, _, err := w.s.Occurred(tx, who, OnReceipt, d.Day, Filter{}, Key{}, 20)
				if err != nil || len(in) != d.Received {
					t.Errorf("%s: %d received, %v", d.Day, len(in), err)
				}
				out, _, err := w.s.Occurred(tx, who, OnEnd, d.Day, Filter{}, Key{}, 20)
				if err != nil || len(out) != d.Ended {
					t.Errorf("%s: %d ended, %v", d.Day, len(out), err)
				}
			}
			other, err := w.s.Daily(tx, w.staff("yc1025"), day-10, day)
			if len(other) != 0 {
				t.Errorf("another section counts %+v", other)
			}
			return err
		})
	})
}

// TestTheBoardCountsWhatItsListsShow holds every tile against its list, with a
// stopped clock and a case without one.
func TestTheBoardCountsWhatItsListsShow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := w.t.Context()
		w.accepted("food-operation-new")
		granted := w.accepted("social-insurance-open").Case // no delivery limit: no clock after the decision
		task := w.review(granted)
		if _, err := w.s.Decide(ctx, w.holder(task.Post), On{Case: granted}, Decision{Task: task.ID, Grant: true}); err != nil {
			t.Fatal(err)
		}
		stopped := w.stopped()
		who := w.staff("yc1036")
		w.read(func(tx *db.Tx) error {
			lights, err := w.s.Lights(tx, who)
			if err != nil {
				return err
			}
			sum := map[Colour]int{}
			for _, u := range lights {
				for c, n := range u.Count {
					sum[c] += n
				}
			}
			if sum[LightStopped] != 1 || sum[LightNone] != 1 {
				t.Errorf("counts %v, want one stopped and one without a clock", sum)
			}
			for _, c := range []Colour{LightRed, LightYellow, LightBlue, LightStopped} {
				rows, _, err := w.s.Board(tx, who, Filter{Light: c, Live: true}, Key{}, 20)
				if err != nil || len(rows) != sum[c] {
					t.Errorf("%s: counted %d, listed %d, %v", c, sum[c], len(rows), err)
				}
				if c == LightStopped && len(rows) == 1 && rows[0].ID != stopped {
					t.Errorf("the stopped case is %d, want %d", rows[0].ID, stopped)
				}
			}
			return nil
		})
		w.verify()
	})
}

// stopped is a case whose clock stands still for a test.
func (w *world) stopped() int64 {
	w.t.Helper()
	id := w.accepted("drainage-permit").Case
	for range 10 {
		task, ok := w.open(id)
		if !ok {
			break
		}
		who := w.holder(task.Post)
		if StopsClock(task.Slot) {
			if _, err := w.s.Special(w.t.Context(), who, On{Case: id}, task.ID, 10, ""); err != nil {
				w.t.Fatal(err)
			}
			return id
		}
		if _, err := w.s.Opine(w.t.Context(), who, On{Case: id}, Review{
			Task: task.ID, Conclusion: Agree, Text: "符合条件。", Inspectors: []string{"YC1031", "YC1032"},
		}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatal("no step of the item stops the clock")
	return 0
}
