package cases

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const (
	windowChief = "yc1004" // of the section that receives
	otherChief  = "yc1014"
	otherClerk  = "yc1006"
)

// TestXKF32ASecondNoticeTakesASuperiorsLeave, in the law itself.
func TestXKF32ASecondNoticeTakesASuperiorsLeave(t *testing.T) {
	w := live(t, nil)
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.refused("2026-03-02 10:00", ActAllowAgain, Input{By: 7, List: []string{"m1"}, Reason: "理由"}, ReasonIllegalPair)
	w.do("2026-03-03 09:00", ActNotifyCorrection, Input{By: 1, List: []string{"m2"}})
	w.do("2026-03-05 09:00", ActCorrect, Input{Fixes: []string{"m2"}})
	w.refused("2026-03-05 10:00", ActNotifyAgain, Input{By: 1, List: []string{"m1"}}, ReasonNotSubset)
	w.refused("2026-03-05 10:00", ActAllowAgain, Input{By: 7, Reason: "理由"}, ReasonMissingInput)
	w.refused("2026-03-05 10:00", ActAllowAgain, Input{By: 7, List: []string{"m1"}}, ReasonNoReason)
	w.refused("2026-03-05 10:00", ActAllowAgain, Input{By: 1, List: []string{"m1"}, Reason: "理由"}, ReasonSamePerson)
	w.do("2026-03-05 10:00", ActAllowAgain, Input{By: 7, List: []string{"m1"}, Reason: "理由"})
	w.due(ClockNotice, "2026-03-12") // leave moves no limit
	w.refused("2026-03-05 11:00", ActNotifyAgain, Input{By: 7, List: []string{"m1"}}, ReasonSamePerson)
	w.refused("2026-03-05 11:00", ActNotifyAgain, Input{By: 1, List: []string{"m1", "m3"}}, ReasonNotSubset)
	w.do("2026-03-05 11:00", ActNotifyAgain, Input{By: 1, List: []string{"m1"}})
	w.state(StateCorrecting)
	w.do("2026-03-06 09:00", ActCorrect, Input{Fixes: []string{"m1"}})
	if w.m.Again != nil {
		t.Errorf("the leave is not used up: %+v", w.m.Again)
	}
	// What the second notice named may be told again like what the first one named.
	w.refused("2026-03-06 10:00", ActNotifyAgain, Input{By: 1, List: []string{"m1"}}, ReasonNotSubset)
	w.do("2026-03-06 10:00", ActNotifyAgain, Input{By: 1, List: []string{"m1"}, Faulty: []string{"m1"}})
}

// TestXKF32WhatIsLackingStillMayBeToldAgain: part of a correction came.
func TestXKF32WhatIsLackingStillMayBeToldAgain(t *testing.T) {
	w := live(t, nil)
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.do("2026-03-03 09:00", ActNotifyCorrection, Input{By: 1, List: []string{"m1", "m2"}})
	w.do("2026-03-05 09:00", ActCorrect, Input{Fixes: []string{"m2"}})
	w.refused("2026-03-05 10:00", ActAccept, Input{By: 1}, ReasonIncomplete)
	w.do("2026-03-05 10:00", ActNotifyAgain, Input{By: 1, List: []string{"m1"}})
	w.do("2026-03-06 09:00", ActCorrect, Input{Fixes: []string{"m1"}})
	w.do("2026-03-06 10:00", ActAccept, Input{By: 1})
}

func TestYS36NothingIsAskedTwiceWithoutLeave(t *testing.T)   { liveOut(t, "again") }
func TestXKF32WhatSilenceAcceptedCanBeSupplied(t *testing.T) { liveOut(t, "supply") }

// correct hands materials in on paper, at the window.
func (w *world) correct(id int64, materials ...string) {
	w.t.Helper()
	if _, err := w.s.Correction(w.t.Context(), w.staff(clerk), On{Case: id}, materials); err != nil {
		w.t.Fatalf("%v %v", err, fieldsOf(err))
	}
}

// wanting finds everything fit but some materials.
func (w *world) wanting(who auth.Actor, id int64, materials ...string) {
	w.t.Helper()
	w.pass(who, id)
	for _, m := range materials {
		if _, err := w.s.Judge(w.t.Context(), who, On{Case: id}, Judgement{Material: m, Verdict: Correct, Reason: "还要改" + m}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) notify(who auth.Actor, id int64, code string) {
	w.t.Helper()
	before := w.trace(id)
	_, err := w.s.Notify(w.t.Context(), who, On{Case: id}, 0)
	if fault.Code(err) != code {
		w.t.Errorf("notifying: %v, want %q", err, code)
	}
	if err != nil && w.trace(id) != before {
		w.t.Error("a refused notice left a trace")
	}
}

func (w *world) seconds(who auth.Actor, f AgainFilter) (list []SecondNotice) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		list, _, err = w.s.SecondNotices(tx, who, f, Key{}, 50)
		return err
	})
	return list
}

func (w *world) liveAgain() {
	id, window, chief := w.correcting(nil), w.staff(clerk), w.staff(windowChief)
	v := answers{"materials": "m1", "reason": "补正的图上才看出主体名称不一致"}
	w.wont(chief, id, ActAllowAgain, v, "", "cases.when.allow_again")
	w.correct(id, "m4")
	w.wanting(window, id, "m1")
	w.notify(window, id, "cases.law.not_subset")
	w.wont(w.staff(otherClerk), id, ActAllowAgain, v, "", "cases.not_yours")
	w.wont(w.staff(otherChief), id, ActAllowAgain, v, "", "cases.not_yours")
	own := window // a clerk who stands in for the chief gives themselves nothing
	own.Roles = append(slices.Clone(own.Roles), "section_chief")
	w.wont(own, id, ActAllowAgain, v, "", "cases.asker_never_allows")
	w.wont(chief, id, ActAllowAgain, answers{"materials": "m1", "reason": "x"}, "reason", "cases.ask_short")
	w.wont(chief, id, ActAllowAgain, answers{"materials": "m1\nm2", "reason": "理由在此"}, "materials", "cases.ask_choice")
	w.compareScope(w.t, windowChief, chief, []int64{id})
	w.compareScope(w.t, otherChief, w.staff(otherChief), []int64{id})
	w.perform(chief, id, ActAllowAgain, v)
	w.says(id, PaperAgainAllowed, "第一次告知时没有提出", "主体名称不一致")
	w.read(func(tx *db.Tx) error {
		seen, err := w.s.View(tx, w.person(firm), id)
		if err == nil && slices.ContainsFunc(seen.Documents, func(d Document) bool { return d.Kind == PaperAgainAllowed }) {
			w.t.Error("the applicant sees a paper of the house")
		}
		return err
	})
	w.wanting(window, id, "m1", "m2")
	w.notify(window, id, "cases.law.not_subset")
	w.wanting(window, id, "m1")
	w.notify(window, id, "")
	w.says(id, PaperCorrectionNotice, "这是再次告知", "第一次告知时没有提出的", "吕念慈", "主体名称不一致")
	w.correct(id, "m1")
	w.wanting(window, id, "m1", "m4") // both came and do not do: nothing new is asked
	w.notify(window, id, "")
	w.says(id, PaperCorrectionNotice, "这是再次告知", "补正的材料不符合要求")
	w.correct(id, "m1", "m4")
	w.wanting(window, id, "m2")
	w.notify(window, id, "cases.law.not_subset") // the leave was for one notice
	w.verify()

	all := w.seconds(w.staff(supervisor), AgainFilter{Item: food, Unit: window.Unit, Staff: window.Staff})
	if len(all) < 2 || all[0].Case != id || all[0].Named != 2 || all[0].Approver != 0 || all[1].Fresh != 1 || all[1].Approver != chief.Staff {
		w.t.Errorf("counted: %+v", all)
	}
	if list := w.seconds(w.person(zhou), AgainFilter{}); len(list) > 0 {
		w.t.Errorf("a stranger sees %+v", list)
	}
	w.read(func(tx *db.Tx) error {
		items, _, err := w.s.SecondByItem(tx, w.staff(supervisor), Key{}, 9)
		if err != nil || len(items) != 1 || items[0].N != len(all) || items[0].Fresh != 1 {
			w.t.Errorf("by item: %+v %v", items, err)
		}
		people, next, err := w.s.SecondByPerson(tx, w.staff(supervisor), Key{}, 1)
		if err != nil || len(people) != 1 || people[0].Staff != window.Staff || next != (Key{}) {
			w.t.Errorf("by person: %+v %v %v", people, next, err)
		}
		first, next, err := w.s.SecondNotices(tx, w.staff(supervisor), AgainFilter{}, Key{}, 1)
		if err != nil || len(first) != 1 {
			return err
		}
		second, _, err := w.s.SecondNotices(tx, w.staff(supervisor), AgainFilter{}, ParseKey(next.String()), 1)
		if err != nil || len(second) != 1 || second[0].Seq == first[0].Seq {
			w.t.Errorf("the next page: %+v %v", second, err)
		}
		return nil
	})
}

// TestXKF32WhatWasFoundFitIsNotAskedForAgain: a correction that was found fit stays so, but for a slip of the same clerk on
// the same day.
func TestXKF32WhatWasFoundFitIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, window := w.correcting(nil), w.staff(clerk)
		w.correct(id, "m4")
		w.wanting(window, id, "m4") // found fit by a slip, and mended at once
		w.pass(window, id)
		again := Judgement{Material: "m4", Verdict: Correct, Reason: "又觉得不合适"}
		if _, err := w.s.Judge(t.Context(), w.staff(otherClerk), On{Case: id}, again); fault.Code(err) != "cases.found_fit" {
			t.Errorf("another clerk: %v", err)
		}
		w.pass1(1)
		if _, err := w.s.Judge(t.Context(), window, On{Case: id}, again); fault.Code(err) != "cases.found_fit" {
			t.Errorf("the next day: %v", err)
		}
		for _, way := range []Judgement{{Material: "m4"}, {Material: "m4", Verdict: Unneeded}} { // no way around by two clicks
			if _, err := w.s.Judge(t.Context(), w.staff(otherClerk), On{Case: id}, way); fault.Code(err) != "cases.found_fit" {
				t.Errorf("%q: %v", way.Verdict, err)
			}
		}
		if _, err := w.s.Judge(t.Context(), w.staff(otherClerk), On{Case: id}, Judgement{Material: "m4", Verdict: Pass, Paper: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Judge(t.Context(), w.staff(otherClerk), On{Case: id}, again); fault.Code(err) != "cases.found_fit" {
			t.Errorf("after finding it fit on paper: %v", err)
		}
		w.verify()
	})
}

// TestXKF32ACorrectionComesInPart: the applicant hands in what they have; what is
// missing stays wanting and may be told once more.
func TestXKF32ACorrectionComesInPart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, applicant, window := t.Context(), w.person(firm), w.staff(clerk)
		id := w.received(nil)
		w.wanting(window, id, "m1", "m4")
		w.notify(window, id, "")
		if _, err := w.s.CorrectInPart(ctx, applicant, On{Case: id}, nil); len(fieldsOf(err)) != 2 {
			t.Errorf("nothing came: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.Attach(ctx, applicant, To{Case: id, Material: "m4"}, "布局图.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Correction(ctx, applicant, On{Case: id}, nil); fieldsOf(err)["material.m1"] != "cases.material_missing" || len(fieldsOf(err)) != 1 {
			t.Errorf("part of it: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.CorrectInPart(ctx, applicant, On{Case: id}, nil); err != nil {
			t.Fatal(err)
		}
		w.stands(id, StateReceived)
		w.says(id, PaperCorrectionReceipt, "还没有补正")
		if lacks := w.state(id).Matter.Lacking; !slices.Equal(lacks, []string{"m1"}) {
			t.Errorf("lacking %v", lacks)
		}
		w.notify(window, id, "cases.not_all_judged")
		if _, err := w.s.Judge(ctx, window, On{Case: id}, Judgement{Material: "m4", Verdict: Pass}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Accept(ctx, window, On{Case: id}); fault.Code(err) != "cases.still_to_correct" {
			t.Errorf("accepted without what was asked for: %v", err)
		}
		w.notify(window, id, "")
		w.correct(id, "m1")
		w.pass(window, id)
		if _, err := w.s.Accept(ctx, window, On{Case: id}); err != nil {
			t.Fatal(err)
		}
		w.verify()
	})
}

// TestYS36WhatTheCentreHoldsIsNotAskedFor: a valid certificate, or a decision of ours
// that waits for its certificate; once it has lapsed the paper may be asked for.
func TestYS36WhatTheCentreHoldsIsNotAskedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window := t.Context(), w.staff(clerk)
		valid := true
		w.s.Holds = func(_ *db.Tx, party int64, types []string) (string, bool, error) {
			return "营业执照（尾号 014Q）", valid && slices.Contains(types, "CT-BL") && party == w.person(firm).Party, nil
		}
		id := w.received(nil)
		w.pass(window, id)
		for _, verdict := range []Verdict{Correct, Tolerate} {
			_, err := w.s.Judge(ctx, window, On{Case: id}, Judgement{Material: "m2", Verdict: verdict, Reason: "看不清"})
			if f, ok := err.(*fault.Error); !ok || f.Code != "cases.held" || f.Args["proof"] != "营业执照（尾号 014Q）" {
				t.Errorf("%s: %v", verdict, err)
			}
		}
		valid = false
		w.wanting(window, id, "m2")
		valid = true // it was renewed before the notice went out
		w.notify(window, id, "cases.held")
		valid = false
		w.notify(window, id, "")

		// A draft without the paper is complete while the certificate stands in.
		valid = true
		d := w.fill(w.person(firm), food, nil)
		w.dropFiles(d, "m2")
		out, err := w.s.Submit(ctx, w.person(firm), d.ID, "")
		if err != nil {
			t.Fatalf("%v %v", err, fieldsOf(err))
		}
		w.wantSource(out.Case, "m2", SourceCertificate, "尾号 014Q")
		w.verify()

		// So does what was granted and has no certificate yet.
		w.s.Holds = nil
		granted := w.accepted("individual-business-register").Case
		w.decide(granted, true)
		d = w.fill(w.person(firm), food, nil)
		w.dropFiles(d, "m2")
		if out, err = w.s.Submit(ctx, w.person(firm), d.ID, ""); err != nil {
			t.Fatalf("%v %v", err, fieldsOf(err))
		}
		w.wantSource(out.Case, "m2", SourceCertificate, "决定书")
		if _, err := w.s.Judge(ctx, window, On{Case: out.Case}, Judgement{Material: "m2", Verdict: Correct, Reason: "请提交"}); fault.Code(err) != "cases.held" {
			t.Errorf("asked for our own decision: %v", err)
		}
	})
}

func (w *world) dropFiles(d Draft, material string) {
	w.t.Helper()
	var files []File
	w.read(func(tx *db.Tx) (err error) { files, err = w.s.DraftFiles(tx, d.ID); return err })
	for _, f := range files {
		if f.Material == material {
			if err := w.s.Detach(w.t.Context(), w.person(firm), f.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (w *world) material(id int64, key string) (m Material) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { m, err = findMaterial(tx, id, key); return err })
	return m
}

func (w *world) wantSource(id int64, key, source, proof string) {
	w.t.Helper()
	if m := w.material(id, key); m.Source != source || !strings.Contains(m.Proof, proof) {
		w.t.Errorf("%s came by %s, %q", key, m.Source, m.Proof)
	}
}

// TestTwoClerksDoNotOverwriteEachOther: the first finding stands, the second clerk is
// told and may then decide; each finding is an entry of who found what when.
func TestTwoClerksDoNotOverwriteEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, one, two := t.Context(), w.staff(clerk), w.staff(otherClerk)
		id := w.received(nil)
		seen := w.material(id, "m1").Found
		judge := func(who auth.Actor, verdict Verdict, reason string, seen int64) error {
			_, err := w.s.Judge(ctx, who, On{Case: id}, Judgement{Material: "m1", Verdict: verdict, Reason: reason, Seen: seen})
			return err
		}
		if err := judge(one, Correct, "没有盖章", seen); err != nil {
			t.Fatal(err)
		}
		before := w.trace(id)
		if err := judge(two, Pass, "", seen); fault.Code(err) != "cases.judged_meanwhile" || !fault.Is(err, fault.Stale) {
			t.Errorf("the second clerk: %v", err)
		}
		if w.trace(id) != before || w.material(id, "m1").Judge != one.Staff {
			t.Error("the second finding left a trace")
		}
		if err := judge(one, Correct, "没有盖章", 0); err != nil || w.trace(id) != before {
			t.Errorf("the same finding again is another entry: %v", err)
		}
		if err := judge(two, Pass, "", w.material(id, "m1").Found); err != nil {
			t.Errorf("who has read the other's finding: %v", err)
		}
		if story := join(w.story(id)); story != "receive judge judge" {
			t.Errorf("the story: %s", story)
		}
		if c := w.state(id); !slices.Contains(c.Receivers, one.Staff) || !slices.Contains(c.Receivers, two.Staff) {
			t.Errorf("the receivers are %v", c.Receivers)
		}
		w.verify()
		if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE cases_material SET verdict = 'correct' WHERE case_id = $1 AND key = 'm1'`, id)
		}); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			if err := w.s.Verify(tx, func(string, int) {}); err == nil || !strings.Contains(err.Error(), "m1 is not as it was found") {
				t.Errorf("a finding changed behind the ledger: %v", err)
			}
			return nil
		})
	})
}

// TestWhatIsUploadedAndNotHandedInIsOnAList, with who uploaded it in the ledger.
func TestWhatIsUploadedAndNotHandedInIsOnAList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, applicant := t.Context(), w.person(firm)
		id := w.correcting(nil)
		count := func(want int) {
			t.Helper()
			w.read(func(tx *db.Tx) error {
				n, err := w.s.Count(tx, w.staff(clerk), Filter{Unsent: true})
				if n != want {
					t.Errorf("%d cases have something uploaded and not handed in, want %d", n, want)
				}
				return err
			})
		}
		count(0)
		f, err := w.s.Attach(ctx, applicant, To{Case: id, Material: "m4"}, "布局图.pdf", newFile())
		if err != nil {
			t.Fatal(err)
		}
		count(1)
		w.verify()
		w.read(func(tx *db.Tx) error {
			e := w.entryOf(id, "cases."+actUpload)
			if len(e.Files) != 1 || e.Files[0].File != f.ID || e.Files[0].SHA256 != f.Blob {
				t.Errorf("the entry says %+v", e.Files)
			}
			return nil
		})
		if _, err := w.s.Correction(ctx, applicant, On{Case: id}, nil); err != nil {
			t.Fatal(err)
		}
		count(0)
		w.verify()
	})
}

// liveSupply: the window took in what lacks a core material and kept silent.
func (w *world) liveSupply() {
	w.settle(nil)
	ctx, window, applicant := w.t.Context(), w.staff(clerk), w.person(firm)
	d, err := w.s.Begin(ctx, window, food, applicant.Party)
	if err != nil {
		w.t.Fatal(err)
	}
	w.complete(ctx, window, d, nil)
	var files []File
	w.read(func(tx *db.Tx) (err error) { files, err = w.s.DraftFiles(tx, d.ID); return err })
	for _, f := range files {
		if f.Material == "m1" {
			if err := w.s.Detach(ctx, window, f.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	out, err := w.s.Submit(ctx, window, d.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	id, on := out.Case, On{Case: out.Case}
	w.pass1(7)
	w.tick()
	w.stands(id, StateAccepted)
	if m := w.material(id, "m1"); m.Verdict != Missing {
		w.t.Errorf("what lacks is %q", m.Verdict)
	}
	task := w.review(id)
	grant := func(code string) {
		w.t.Helper()
		_, err := w.s.Decide(ctx, w.holder(task.Post), on, Decision{Task: task.ID, Grant: true})
		if fault.Code(err) != code {
			w.t.Errorf("granting: %v, want %q", err, code)
		}
	}
	grant("cases.law.incomplete")
	send := func() {
		w.t.Helper()
		if _, err := w.s.Attach(ctx, applicant, To{Case: id, Material: "m1"}, "申请表.pdf", newFile()); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.s.Supply(ctx, applicant, on, "m1", false); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.s.SendBack(ctx, window, on, "m1", "没有签字"); fault.Code(err) != "cases.nothing_sent" {
		w.t.Errorf("sent back what did not come: %v", err)
	}
	send()
	w.read(func(tx *db.Tx) error {
		n, err := w.s.Count(tx, window, Filter{Came: true})
		if n != 1 {
			w.t.Errorf("%d cases wait for the window to look at what came", n)
		}
		return err
	})
	grant("cases.law.incomplete")
	if _, err := w.s.SendBack(ctx, applicant, on, "m1", "没有签字"); fault.Code(err) != "cases.not_yours" {
		w.t.Errorf("the applicant sent it back: %v", err)
	}
	if _, err := w.s.SendBack(ctx, window, on, "m1", "x"); fieldsOf(err)["why.m1"] != "cases.reason_missing" {
		w.t.Errorf("sent back without a reason: %v", err)
	}
	if _, err := w.s.SendBack(ctx, window, on, "m1", "没有签字"); err != nil {
		w.t.Fatal(err)
	}
	w.says(id, PaperSentBack, "没有签字", "重新补交")
	if _, err := w.s.Supply(ctx, applicant, on, "m1", false); fieldsOf(err)["material.m1"] != "cases.material_missing" {
		w.t.Errorf("the file that was sent back was handed in again: %v", err)
	}
	send()
	if _, err := w.s.Supply(ctx, window, on, "m1", false); err != nil {
		w.t.Fatal(err)
	}
	w.says(id, PaperDebtReceipt, "符合要求")
	grant("")
	w.verify()
}

// TestWhatIsSentBackStaysOwedByItsDay (容缺).
func TestWhatIsSentBackStaysOwedByItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window, applicant := t.Context(), w.staff(clerk), w.person(firm)
		id, material := w.owing(nil)
		due := w.state(id).Matter.OpenDebts()[0].Due
		if _, err := w.s.Attach(ctx, applicant, To{Case: id, Material: material}, "制度.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Supply(ctx, applicant, On{Case: id}, material, false); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.AddDate(0, 0, 1)
		if _, err := w.s.SendBack(ctx, window, On{Case: id}, material, "缺少从业人员名单"); err != nil {
			t.Fatal(err)
		}
		open := w.state(id).Matter.OpenDebts()
		if len(open) != 1 || open[0].Due != due {
			t.Errorf("owed %+v, want it by %s", open, due)
		}
		w.says(id, PaperSentBack, "缺少从业人员名单", day(due))
		if m := w.material(id, material); m.Came() || m.Reason != "缺少从业人员名单" || m.Due != due.String() {
			t.Errorf("the material: %+v", m)
		}
		w.verify()
	})
}

// TestASignedPromiseNamesWhatItCovers: a material that the slip does not name is not
// accepted without.
func TestASignedPromiseNamesWhatItCovers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window := t.Context(), w.staff(clerk)
		id := w.received(nil)
		var later []string
		w.read(func(tx *db.Tx) error {
			list, err := listMaterials(tx, id)
			for _, m := range list {
				if m.Need == "deferrable" {
					later = append(later, m.Key)
				}
			}
			return err
		})
		if len(later) < 2 {
			t.Fatalf("the item lets only %v come later", later)
		}
		scan := func(names ...string) error {
			_, err := w.s.Attach(ctx, window, To{Case: id, Material: ScanPromise, Promises: names}, "承诺书.pdf", newFile())
			return err
		}
		for _, names := range [][]string{nil, {"m1"}, {later[0], "m99"}} {
			if err := scan(names...); fieldsOf(err)["promised"] != "cases.promise_names" {
				t.Errorf("a promise of %v: %v", names, err)
			}
		}
		owed := []Owed{{Material: later[0], Name: "甲", Days: 5}, {Material: later[1], Name: "乙", Days: 5}}
		number := func(want string) {
			t.Helper()
			no := ""
			err := w.s.DB.Try(ctx, func(tx *db.Tx) (err error) {
				ch, err := w.s.open(tx, window, id)
				if err != nil {
					return err
				}
				no, err = ch.promiseNo(owed)
				return err
			})
			if got := fieldsOf(err)["promised"]; got != want || want == "" && no == "" {
				t.Errorf("the promise: %v %v %q, want %q", err, got, no, want)
			}
		}
		number("cases.promise_missing")
		if err := scan(later[0]); err != nil {
			t.Fatal(err)
		}
		number("cases.promise_uncovered")
		if err := scan(later[1]); err != nil {
			t.Fatal(err)
		}
		number("")
		w.verify()
	})
}

// TestADayIsAgreedOnWithinTheLimit: what comes later comes after today and before the case must be decided; another day
// than was signed for needs another signature.
func TestADayIsAgreedOnWithinTheLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		window, ctx := w.staff(clerk), t.Context()
		w.settle(func(x *Terms) { x.Promised = 10 })
		d, err := w.s.Begin(ctx, window, owingItem, w.person(firm).Party)
		if err != nil {
			t.Fatal(err)
		}
		w.complete(ctx, window, d, nil)
		var material string
		for _, m := range w.item(owingItem).Resolve(w.answersOf(owingItem)).Materials {
			if m.Need == catalog.Deferrable {
				material = m.ID
			}
		}
		var files []File
		w.read(func(tx *db.Tx) (err error) { files, err = w.s.DraftFiles(tx, d.ID); return err })
		for _, f := range files {
			if f.Material == material {
				if err := w.s.Detach(ctx, window, f.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		out, err := w.s.Submit(ctx, window, d.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		on := On{Case: out.Case}
		agree := func(day string) error {
			_, err := w.s.Judge(ctx, window, on, Judgement{Material: material, Verdict: Tolerate, Due: day})
			return err
		}
		for _, day := range []string{w.ahead(0), w.ahead(11)} {
			if err := agree(day); fault.Code(err) != "cases.due_day" {
				t.Errorf("%s: %v", day, err)
			}
		}
		if err := agree(w.ahead(6)); err != nil {
			t.Fatal(err)
		}
		sign := To{Case: out.Case, Material: ScanPromise, Promises: []string{material}}
		if _, err := w.s.Attach(ctx, window, sign, "承诺书.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		var list []Material
		w.read(func(tx *db.Tx) (err error) { list, err = listMaterials(tx, out.Case); return err })
		for _, m := range list {
			if m.Key == material {
				continue
			}
			if _, err := w.s.Judge(ctx, window, on, Judgement{Material: m.Key, Verdict: Pass}); err != nil {
				t.Fatal(err)
			}
		}
		if err := agree(w.ahead(8)); err != nil { // the paper says another day
			t.Fatal(err)
		}
		if _, err := w.s.Accept(ctx, window, on); fieldsOf(err)["promised"] != "cases.promise_missing" {
			t.Errorf("accepted by a promise of another day: %v", err)
		}
		if _, err := w.s.Attach(ctx, window, sign, "承诺书.pdf", newFile()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Accept(ctx, window, on); err != nil {
			t.Fatal(err)
		}
		if c, _ := w.state(out.Case).Matter.Clock(DebtClock(material)); c.Due.String() != w.ahead(8) {
			t.Errorf("due %s, want %s", c.Due, w.ahead(8))
		}
		w.verify()
	})
}

// TestWhatWasNotHandedInIsNoneOfTheReviewers: the file that the applicant keeps back is neither in force nor opened to
// those who review; the window, which reminds, may look at it.
func TestWhatWasNotHandedInIsNoneOfTheReviewers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, material := w.owing(nil)
		f, err := w.s.Attach(ctx, w.person(firm), To{Case: id, Material: material}, "草稿.pdf", newFile())
		if err != nil {
			t.Fatal(err)
		}
		inForce := func() (n int) {
			w.read(func(tx *db.Tx) error {
				list, err := listMaterials(tx, id)
				for _, m := range list {
					if m.Key == material {
						n = len(m.InForce())
					}
				}
				return err
			})
			return n
		}
		if _, _, err := w.s.Fetch(ctx, w.staff(bureauHead), f.ID); fault.Code(err) != "cases.file_unknown" || inForce() != 0 {
			t.Errorf("the head opens it: %v, %d in force", err, inForce())
		}
		if _, _, err := w.s.Fetch(ctx, w.staff(clerk), f.ID); err != nil {
			t.Errorf("the window: %v", err)
		}
		if _, err := w.s.Supply(ctx, w.person(firm), On{Case: id}, material, false); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.s.Fetch(ctx, w.staff(bureauHead), f.ID); err != nil || inForce() != 1 {
			t.Errorf("handed in, the head: %v, %d in force", err, inForce())
		}
		w.verify()
	})
}

// TestTheWindowTakesInPaperAndNotWhatTheApplicantKeepsBack: what they uploaded and have not handed in proves nothing and
// is owed by nobody once the paper has come.
func TestTheWindowTakesInPaperAndNotWhatTheApplicantKeepsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, material := w.owing(nil)
		f, err := w.s.Attach(ctx, w.person(firm), To{Case: id, Material: material}, "草稿.pdf", newFile())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Supply(ctx, w.staff(clerk), On{Case: id}, material, true); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			for _, x := range w.entryOf(id, "cases."+string(ActSettleDebt)).Files {
				if x.File == f.ID {
					t.Error("the ledger says that the debt was settled with it")
				}
			}
			n, err := w.s.Count(tx, w.staff(clerk), Filter{Unsent: true})
			if n != 0 {
				t.Errorf("%d cases wait for what was uploaded", n)
			}
			return err
		})
		w.verify()
	})
}
