package certificate_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/certificate"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var decider = auth.Actor{ID: 9, Staff: 9, Kind: auth.Staff, Roles: []string{"approver"}}

func (w *world) follow(t *testing.T, d certificate.Done) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *db.Tx) error { return w.Follow(tx, decider, d) }); err != nil {
		t.Fatal(err)
	}
	if err := w.check(t); err != nil {
		t.Fatal(err)
	}
}

func (w *world) now1(t *testing.T, root int64) (c certificate.Certificate) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { c, err = w.Current(tx, root); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) holds(t *testing.T) bool {
	t.Helper()
	held := false
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { _, held, err = w.Holds(tx, owner.Party, []string{"CT-FOOD"}); return err }); err != nil {
		t.Fatal(err)
	}
	return held
}

// Art. 69, 70, 80: what the law does to a certificate, everybody who asks is told, with the day since when.
func TestXKF69And70TheRegisterFollowsTheLaw(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		for _, step := range []struct {
			act   certificate.Act
			want  certificate.Status
			holds bool
		}{
			{certificate.ActSuspend, certificate.Suspended, false}, {certificate.ActLift, certificate.Valid, true},
			{certificate.ActAnnul, certificate.Annulled, false}, {certificate.ActCancel, certificate.Cancelled, false},
		} {
			w.now = w.now.Add(48 * time.Hour)
			w.follow(t, certificate.Done{Act: step.act, Case: 1, Ground: "penalty", Paper: "379900202610150000427-扣"})
			v, err := w.VerifyToken(t.Context(), c.Token)
			if err != nil || v.Status != step.want || !v.Genuine || !v.Since.Equal(w.now) {
				t.Errorf("%s: %s since %s, genuine %v, %v", step.act, v.Status, v.Since, v.Genuine, err)
			}
			if got := w.holds(t); got != step.holds {
				t.Errorf("%s: it counts %v", step.act, got)
			}
		}
		_, changes := w.history(t, c.Root)
		if len(changes) != 4 || changes[0].Act != certificate.ActCancel || changes[3].Paper == "" || changes[3].By != decider.ID {
			t.Errorf("history %+v", changes)
		}
		w.exec(t, `UPDATE certificate SET status = 'valid'`)
		if err := w.check(t); err == nil {
			t.Error("a status that the ledger does not lead to was not found")
		}
		if v, err := w.VerifyToken(t.Context(), c.Token); err != nil || v.Genuine {
			t.Errorf("a revived certificate is genuine: %v", err)
		}
	})
}

func (w *world) history(t *testing.T, root int64) (versions []certificate.Certificate, changes []certificate.Change) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { versions, changes, err = w.History(tx, root); return err }); err != nil {
		t.Fatal(err)
	}
	return versions, changes
}

func TestAReissueIsTheNextVersionOfTheSameNumber(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		old := w.file(t, c.ID)
		var made []certificate.Made
		w.made.Add(event.Handler{On: certificate.EventMade, Do: func(_ *db.Tx, e event.Event) error {
			made = append(made, e.Body.(certificate.Made))
			return nil
		}})
		w.follow(t, certificate.Done{Act: certificate.ActReissue, Case: 1, Ground: "lost"})
		if len(made) != 1 || made[0].Replaced == nil || made[0].Replaced.ID != c.ID || made[0].Certificate.Version != 2 || made[0].Certificate.Case != 1 {
			t.Errorf("others are told %+v", made)
		}
		w.follow(t, certificate.Done{Act: certificate.ActReissue, Case: 1, Ground: "damaged"})
		next := w.now1(t, c.Root)
		id, err := certificate.ParseIdentifier(next.Identifier)
		if err != nil || id.Version != "003" || next.Number != c.Number || next.ID == c.ID || next.Version != 3 || next.Until != c.Until {
			t.Errorf("the next version is %+v, %v", next, err)
		}
		if next.Face.Identifier != next.Identifier || next.Face.Holder != "云川栖霞餐饮管理有限公司" {
			t.Errorf("its face shows %+v", next.Face)
		}
		if file := w.file(t, next.ID); string(file) == string(old) {
			t.Error("its file is the old one")
		}
		if v, err := w.VerifyToken(t.Context(), c.Token); err != nil || v.Status != certificate.Replaced {
			t.Errorf("the code of the old one leads to %s, %v", v.Status, err)
		}
		if v, err := w.VerifyNumber(t.Context(), c.Number); err != nil || v.Status != certificate.Valid || !v.Genuine {
			t.Errorf("the number leads to %s, %v", v.Status, err)
		}
		if err := w.check(t); err != nil {
			t.Error(err)
		}
	})
}

// Art. 49: a change is decided in a case of its own, and the certificate of that case is the next version.
func TestXKF49AChangeReplacesTheCertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		first := w.make(t, 1)
		w.granted(t, 2, "CT-FOOD", "有效期限不变", "云川栖霞餐饮连锁有限公司")
		plain := w.Grant
		w.Grant = func(tx *db.Tx, who auth.Actor, id int64) (certificate.Grant, error) {
			g, err := plain(tx, who, id)
			g.Replaces = first.Root
			return g, err
		}
		c, err := w.Make(t.Context(), issuer, 2, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		if c.Number != first.Number || c.Version != 2 || c.Until != first.Until || c.Case != 2 || c.Face.Holder != "云川栖霞餐饮连锁有限公司" {
			t.Errorf("the changed certificate is %+v", c)
		}
		versions, _ := w.history(t, first.Root)
		if len(versions) != 2 || versions[1].Status != certificate.Replaced {
			t.Errorf("versions %+v", versions)
		}
		if err := w.check(t); err != nil {
			t.Error(err)
		}
		w.follow(t, certificate.Done{Act: certificate.ActRevoke, Case: 2})
		w.granted(t, 3, "CT-FOOD", "有效期限不变", "云川栖霞餐饮连锁有限公司")
		if _, err := w.Make(t.Context(), issuer, 3, 1, ""); fault.Code(err) != "certificate.ended" {
			t.Errorf("a revoked certificate gave way to another: %v", err)
		}
	})
}

// Art. 50¶2: a renewal by law moves the last day at once; the next version follows.
func TestXKF50ARenewalMovesTheLastDay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		until, _ := calendar.ParseDate("2036-10-15")
		w.now = (c.Until + 1).Start()
		if got := w.now1(t, c.Root).StatusOn(calendar.DateOf(w.now)); got != certificate.Expired {
			t.Errorf("after its last day it is %s", got)
		}
		w.follow(t, certificate.Done{Act: certificate.ActRenew, Root: c.Root, Until: until, Paper: "X-视延"})
		now := w.now1(t, c.Root)
		if now.Until != until || now.StatusOn(calendar.DateOf(w.now)) != certificate.Valid || !w.holds(t) {
			t.Errorf("renewed: %+v", now)
		}
		if v, err := w.VerifyToken(t.Context(), c.Token); err != nil || !v.Genuine || v.Status != certificate.Valid || v.Until != until {
			t.Errorf("anybody who asks is told %s until %s, %v", v.Status, v.Until, err)
		}
	})
}

// The holder is told ninety days before, once however often the job runs, and not of a day that is none any more.
func TestHoldersAreToldBeforeTheEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		runner := &job.Runner{DB: w.DB}
		runner.Register(w.Module().Jobs...)
		for {
			if n, err := runner.Once(t.Context()); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				break
			}
		}
		told := func() int { return w.count(t, `SELECT COUNT(*) FROM certificate_reminder`) }
		if n := told(); n != 0 {
			t.Errorf("told %d times at the beginning", n)
		}
		w.now = (c.Until - 90).Start()
		for {
			if n, err := runner.Once(t.Context()); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				break
			}
		}
		for range 2 {
			if err := w.Remind(t.Context(), c.Root, c.Until); err != nil {
				t.Fatal(err)
			}
		}
		if n := told(); n != 1 {
			t.Errorf("told %d times", n)
		}
		w.follow(t, certificate.Done{Act: certificate.ActRevoke, Case: 1})
		if err := w.Remind(t.Context(), c.Root, c.Until+1); err != nil || told() != 1 {
			t.Errorf("told of another day: %v", err)
		}
	})
}

// The holder finds where the certificate stands, what ends when and what to apply for; staff what may be done and why not.
func TestThePagesOfOneCertificate(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.make(t, 1)
	s.Offers = func(_ *db.Tx, c certificate.Certificate) ([]certificate.Offer, error) {
		return []certificate.Offer{{Effect: "renew", Name: "食品经营许可（延续）", Href: fmt.Sprintf("/apply/food-operation-renew?certificate=%d", c.Root)}}, nil
	}
	s.Deeds = func(context.Context, *db.Tx, auth.Actor, int64) (now, later []certificate.Deed, err error) {
		return []certificate.Deed{{Name: "暂扣证件", Href: "/work/1/acts/suspend_cert", Law: "行政处罚法"}}, []certificate.Deed{{Name: "解除暂扣", Why: "证件暂扣期间可以解除"}}, nil
	}
	owner, decider := rights(owner, certificate.RightMine, certificate.RightOpen), rights(decider, certificate.RightOpen)
	own, staff := fmt.Sprintf("/my/certificates/%d", c.Root), fmt.Sprintf("/certificates/%d/standing", c.ID)
	see := func(who auth.Actor, path string, code int, want ...string) {
		t.Helper()
		got, page := s.get(t, who, path)
		if got != code {
			t.Errorf("%s: %d, want %d", path, got, code)
		}
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
	}
	see(owner, own, http.StatusOK, "申请延续", "food-operation-renew?certificate=", "第 1 版制证", "有效")
	see(decider, staff, http.StatusOK, "暂扣证件", "/work/1/acts/suspend_cert", "证件暂扣期间可以解除", c.Number)
	see(owner, staff, http.StatusNotFound)
	stranger, elsewhere := owner, decider
	stranger.Party, elsewhere.Unit = 555, "elsewhere"
	see(stranger, own, http.StatusNotFound)
	see(elsewhere, staff, http.StatusNotFound)

	s.Coming = func(*db.Tx, int64) (*certificate.Coming, error) {
		return &certificate.Coming{Effect: "renew", Case: 2, CaseNo: "379900202610150000999", Day: c.From}, nil
	}
	see(owner, own, http.StatusOK, "新版正在制证", "延续已于"+c.From.Chinese()+"准予", "379900202610150000999", "照样有效")
	see(decider, staff, http.StatusOK, "新版正在制证", "对正在制的新版同样有效")
	s.Coming = nil

	s.now = (c.Until - 60).Start()
	if err := s.Remind(t.Context(), c.Root, c.Until); err != nil {
		t.Fatal(err)
	}
	see(owner, own, http.StatusOK, "以前申请延续")
	see(owner, "/my/certificates", http.StatusOK, "以前申请延续", own)
	s.now = (c.Until - 10).Start()
	see(owner, own, http.StatusOK, "不视为准予延续", "最后一日"+(c.Until-30).Chinese())
	s.lateToo = true
	see(owner, own, http.StatusOK, "仍视为准予延续")

	s.follow(t, certificate.Done{Act: certificate.ActReissue, Case: 1, Ground: "lost"})
	see(owner, own, http.StatusOK, "第 2 版制证", "换发，本版失效")
	s.follow(t, certificate.Done{Act: certificate.ActCancel, Case: 1, Ground: "holder_asks", Paper: "379900202610150000427-注"})
	see(owner, own, http.StatusOK, "已注销", "379900202610150000427-注", "没有可以在这里申请的事")
	_, page := s.get(t, owner, own)
	if strings.Contains(page, "快到期了") {
		t.Error("the holder of a cancelled certificate is told to renew it")
	}
	_, page = s.get(t, auth.Actor{}, "/verify?number="+c.Number)
	if !strings.Contains(page, "起已注销") {
		t.Error("anybody who asks is not told since when it is cancelled")
	}
}
