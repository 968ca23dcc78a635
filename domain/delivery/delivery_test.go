package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/domain/delivery"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
)

// A table stands in for the cases: what was delivered, and how.
var schemas = []dbtest.Schema{
	{Module: "once", Files: once.Schema},
	{Module: "ledger", Files: ledger.Schema},
	{Module: "delivery", Files: delivery.Schema},
	{Module: "delivery_try", Files: fstest.MapFS{"schema/0001_try.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE delivery_try (id BIGINT NOT NULL, proof TEXT NOT NULL);\n")}}},
}

var (
	desk   = auth.Actor{ID: 7, Staff: 7, Kind: auth.Staff, Name: "金小满", Roles: []string{"deliverer"}}
	moment = time.Date(2026, 10, 16, 7, 32, 8, 0, time.UTC)
)

const (
	holderID = "379900198706120117"
	agentID  = "379900199303050024"
	otherID  = "379900196605180031"
)

type world struct {
	*delivery.Service
	saw map[int64]int // how often addresses were shown, by case
	now *time.Time
}

func open(t *testing.T, d *db.DB) world {
	t.Helper()
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	saw, now := map[int64]int{}, moment
	return world{saw: saw, now: &now, Service: &delivery.Service{
		Saw: func(_ context.Context, _ auth.Actor, id int64) error { saw[id]++; return nil },
		DB:  d.WithClock(func() time.Time { return now }), Box: box, Calendar: calendar.Compiled,
		Collectors: func(*db.Tx, int64) ([]delivery.Collector, error) {
			return []delivery.Collector{
				{Relation: delivery.Self, Name: "周叙白", Number: holderID}, {Relation: delivery.Agent, Name: "陈念真", Number: agentID},
				{Relation: delivery.Legal, Name: "不知道号码的人"},
			}, nil
		},
		CheckNumber: func(typed string) (string, error) {
			typed = strings.TrimSpace(typed)
			if len(typed) != 18 {
				return "", fault.New(fault.Invalid, "party.id_length")
			}
			return typed, nil
		},
		Licence: func(_ *db.Tx, id int64) (bool, error) { return id == 1, nil },
		Deliver: func(tx *db.Tx, _ auth.Actor, on delivery.On, proof string) error {
			if on.Version > 1 {
				return fault.New(fault.Stale, "try.stale")
			}
			return tx.Exec(`INSERT INTO delivery_try (id, proof) VALUES ($1, $2)`, on.Case, proof)
		},
	}}
}

func (w world) await(t *testing.T, id int64, way delivery.Way) {
	t.Helper()
	r := delivery.Result{
		Case: id, CaseNo: fmt.Sprintf("3799002026101500%04dX", id), ItemName: "食品经营许可（新办）", Name: "食品经营许可证", Number: "JY1",
		Party: 100, PartyName: "周叙白", Way: way, Decided: moment,
	}
	if way == delivery.Courier {
		r.Wish = delivery.Wish{Name: "周叙白", Phone: "15400020001", Address: "云川市望湖区样例路1号"}
	}
	if err := w.DB.Write(t.Context(), func(tx *db.Tx) error { return w.Await(tx, auth.Actor{Kind: auth.System}, r) }); err != nil {
		t.Fatal(err)
	}
}

func (w world) find(t *testing.T, id int64) (p delivery.Parcel) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { p, err = w.Find(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return p
}

func (w world) texts(t *testing.T, query string) (list []string) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		list, err = db.All(tx, func(s *string) []any { return []any{s} }, query)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func (w world) checked(tx *db.Tx) error { return w.Check(tx, func(string, int) {}) }

func (w world) check(t *testing.T) {
	t.Helper()
	if err := w.DB.Read(t.Context(), w.checked); err != nil {
		t.Error(err)
	}
}

func TestCollectingAtTheWindow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for i, c := range []struct {
			name, number, mandate string
			want                  string // "" or field=code
			relation              delivery.Relation
		}{
			{"周叙白", holderID, "", "", delivery.Self},
			{"周 叙白", " " + holderID, "", "", delivery.Self},
			{"陈念真", agentID, "", "", delivery.Agent},
			{"罗启山", otherID, "2026年10月15日授权委托书", "", delivery.ByMandate},
			{"罗启山", otherID, "", "mandate=delivery.mandate_missing", ""},
			{"罗启山", otherID, "　  ", "mandate=delivery.mandate_missing", ""},
			{"罗启山", holderID, "", "name=delivery.name_differs", ""},
			{"周叙白", "379900", "", "number=party.id_length", ""},
			{"周叙白", "", "", "number=party.id_length", ""},
			{"", holderID, "", "name=delivery.name_missing", ""},
			{"周叙白", holderID, strings.Repeat("长", 201), "mandate=delivery.too_long", ""},
		} {
			id := int64(i + 1)
			w.await(t, id, delivery.Window)
			err := w.Hand(t.Context(), desk, delivery.Handover{On: delivery.On{Case: id, Version: 1}, Name: c.name, Number: c.number, Mandate: c.mandate, Key: fmt.Sprint(id)})
			p := w.find(t, id)
			if c.want == "" {
				if err != nil || p.State != delivery.Handed || p.Collector.Relation != c.relation || p.DoneName != desk.Name {
					t.Errorf("%v: %v, %v by %v", c, err, p.State, p.Collector.Relation)
				}
				continue
			}
			if got := field(err); got != c.want || p.State != delivery.Waiting {
				t.Errorf("%v: %s, %s", c, got, p.State)
			}
		}
		if n := len(w.texts(t, `SELECT proof FROM delivery_try`)); n != 4 {
			t.Errorf("%d legal acts, want 4", n)
		}
		for _, text := range append(w.texts(t, `SELECT proof FROM delivery_try`), w.texts(t, `SELECT body FROM ledger_entry`)...) {
			for _, never := range []string{holderID, agentID, otherID, "周叙白", "陈念真", "罗启山"} {
				if strings.Contains(text, never) {
					t.Errorf("the evidence names %s: %s", never, text)
				}
			}
		}
		w.check(t)
	})
}

// field renders the first field fault of err.
func field(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return fault.Code(err)
	}
	for name, code := range f.Fields {
		return name + "=" + code
	}
	return ""
}

func TestSendingByCourier(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Courier)
		w.await(t, 2, delivery.Courier)
		w.await(t, 3, delivery.Window)
		send := func(id int64, company, waybill string) error {
			return w.Send(t.Context(), desk, delivery.Dispatch{On: delivery.On{Case: id}, Company: company, Waybill: waybill})
		}
		for want, err := range map[string]error{
			"company=delivery.company_missing": send(1, "", "EB123456789CN"), "waybill=delivery.waybill_wrong": send(1, "中国邮政 EMS", "12-单"),
			"delivery.no_address": send(3, "中国邮政 EMS", "EB123456789CN"), "delivery.unknown": send(9, "中国邮政 EMS", "EB123456789CN"),
		} {
			if got := field(err); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		if err := w.Receive(t.Context(), desk, delivery.Signed{On: delivery.On{Case: 1}}); fault.Code(err) != "delivery.not_sent" {
			t.Errorf("received before it was sent: %v", err)
		}
		if err := send(1, "中国邮政 EMS", "eb 1234 56789 cn"); err != nil {
			t.Fatal(err)
		}
		if p := w.find(t, 1); p.State != delivery.Sent || p.Waybill != "EB123456789CN" || p.Result.Wish.Address == "" {
			t.Errorf("%+v", p)
		}
		if got := w.texts(t, `SELECT proof FROM delivery_try`); len(got) != 1 || got[0] != "寄递：中国邮政 EMS EB123456789CN" {
			t.Errorf("proof %v", got)
		}
		if err := send(2, "中国邮政 EMS", "EB123456789CN"); fault.Code(err) != "delivery.waybill_taken" {
			t.Errorf("the same waybill again: %v", err)
		}
		if err := send(1, "中国邮政 EMS", "EB999999999CN"); fault.Code(err) != "delivery.done" {
			t.Errorf("sent again: %v", err)
		}
		sent := calendar.DateOf(w.find(t, 1).DoneAt)
		for _, x := range []struct {
			day      calendar.Date
			by, want string
		}{
			{0, "self", "day=delivery.received_day"}, {sent - 1, "self", "day=delivery.received_early"},
			{calendar.DateOf(*w.now) + 1, "self", "day=delivery.received_late"}, {sent, "周叙白", "by=delivery.received_by_missing"},
		} {
			if got := field(w.Receive(t.Context(), desk, delivery.Signed{On: delivery.On{Case: 1}, Day: x.day, By: x.by})); got != x.want {
				t.Errorf("signed for on %s by %q: %s, want %s", x.day, x.by, got, x.want)
			}
		}
		*w.now = w.now.AddDate(0, 0, 3)
		if err := w.Receive(t.Context(), desk, delivery.Signed{On: delivery.On{Case: 1}, Day: sent + 2, By: "family"}); err != nil {
			t.Fatal(err)
		}
		if p := w.find(t, 1); p.State != delivery.Received || p.ReceivedOn != sent+2 || p.ReceivedBy != "family" || !p.ReceivedAt.Equal(*w.now) {
			t.Errorf("received: %+v", p)
		}
		w.check(t)
	})
}

// issued has the next version of a certificate wait, as when it was issued again.
func (w world) issued(t *testing.T, id int64, version int) {
	t.Helper()
	r := w.find(t, id).Result
	r.Version, r.Due = version, 0
	if err := w.DB.Write(t.Context(), func(tx *db.Tx) error { return w.Await(tx, auth.Actor{Kind: auth.System}, r) }); err != nil {
		t.Fatal(err)
	}
}

func (w world) shown(t *testing.T, id int64) (all []delivery.Shown) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = w.Results(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsIssuedAgainIsHandedOverAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Courier)
		if err := w.Send(t.Context(), desk, delivery.Dispatch{On: delivery.On{Case: 1}, Company: "顺丰速运", Waybill: "SF0000000001"}); err != nil {
			t.Fatal(err)
		}
		first := w.find(t, 1)
		w.issued(t, 1, 2)
		p := w.find(t, 1)
		if p.ID == first.ID || p.State != delivery.Waiting || p.Result.Version != 2 || p.Result.Way != delivery.Courier || p.Result.Wish.Address == "" {
			t.Fatalf("what waits is %+v", p)
		}
		if err := w.Receive(t.Context(), desk, delivery.Signed{On: delivery.On{Case: 1, Parcel: first.ID}, Day: calendar.DateOf(*w.now), By: "self"}); err != nil { // the first one comes through late
			t.Error(err)
		}
		h := delivery.Handover{On: delivery.On{Case: 1}, Name: "周叙白", Number: holderID, Key: "k"}
		if err := w.Hand(t.Context(), desk, h); err != nil {
			t.Fatal(err)
		}
		h.Key = "another"
		if err := w.Hand(t.Context(), desk, h); fault.Code(err) != "delivery.done" {
			t.Errorf("the second version again: %v", err)
		}
		if n := len(w.texts(t, `SELECT proof FROM delivery_try`)); n != 2 {
			t.Errorf("%d legal acts, want one for each version", n)
		}
		if shown := w.shown(t, 1); len(shown) != 2 || shown[1].Number != "SF0000000001" {
			t.Errorf("the case shows %+v", shown)
		}
		w.check(t)
	})
}

func TestAVersionThatNeverLeftTheHouseGivesWay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		if err := w.Shelve(t.Context(), desk, 1, "B 柜"); err != nil {
			t.Fatal(err)
		}
		before := w.find(t, 1)
		w.issued(t, 1, 2)
		seen := delivery.Handover{On: delivery.On{Case: 1, Parcel: before.ID}, Name: "周叙白", Number: holderID, Key: "k"}
		if err := w.Hand(t.Context(), desk, seen); fault.Code(err) != "delivery.withdrawn" {
			t.Errorf("the version that the clerk saw was handed over after another had come: %v", err)
		}
		if p := w.find(t, 1); p.ID == before.ID || p.State != delivery.Waiting || p.Result.Version != 2 || p.Shelf != "" || p.Result.Due != before.Result.Due {
			t.Errorf("what waits is %+v", p)
		}
		w.check(t)
	})
}

func TestWhatIsTakenBackIsNotHandedOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		for range 2 { // told twice, and of a case that has nothing waiting
			if err := w.DB.Write(t.Context(), func(tx *db.Tx) error {
				return errors.Join(w.Withdraw(tx, desk, 1), w.Withdraw(tx, desk, 2))
			}); err != nil {
				t.Fatal(err)
			}
		}
		h := delivery.Handover{On: delivery.On{Case: 1}, Name: "周叙白", Number: holderID, Key: "k"}
		if err := w.Hand(t.Context(), desk, h); fault.Code(err) != "delivery.withdrawn" {
			t.Errorf("handed over all the same: %v", err)
		}
		if shown := w.shown(t, 1); len(shown) != 0 {
			t.Errorf("the case shows %+v", shown)
		}
		w.check(t)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM ledger_entry`) }); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), w.checked); err == nil {
			t.Error("nobody noticed that the ledger does not know of it")
		}
	})
}

func TestARefusedDeliveryLeavesNoTrace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		clerk := desk
		clerk.Roles = []string{"clerk"}
		h := delivery.Handover{On: delivery.On{Case: 1, Version: 2}, Name: "周叙白", Number: holderID, Key: "k"}
		if err := w.Hand(t.Context(), clerk, h); fault.Code(err) != "delivery.not_desk" {
			t.Errorf("a clerk: %v", err)
		}
		if err := w.Hand(t.Context(), desk, h); fault.Code(err) != "try.stale" {
			t.Errorf("a stale page: %v", err)
		}
		for _, table := range []string{"SELECT proof FROM delivery_try", "SELECT act FROM ledger_entry", "SELECT id FROM once_key"} {
			if got := w.texts(t, table); len(got) != 0 {
				t.Errorf("%s: %v", table, got)
			}
		}
		if w.find(t, 1).State != delivery.Waiting {
			t.Error("the parcel was handed over")
		}
	})
}

func TestTwoWindowsAtOnceHandOverOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Courier)
		var wg sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			who := desk
			who.ID = int64(i + 1)
			wg.Go(func() {
				if i%2 == 0 {
					errs[i] = w.Hand(t.Context(), who, delivery.Handover{On: delivery.On{Case: 1}, Name: "周叙白", Number: holderID, Key: "k"})
					return
				}
				errs[i] = w.Send(t.Context(), who, delivery.Dispatch{On: delivery.On{Case: 1}, Company: "顺丰速运", Waybill: fmt.Sprintf("SF%010d", i), Key: "k"})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if fault.Code(err) != "delivery.done" {
				t.Error(err)
			}
		}
		if n := len(w.texts(t, `SELECT proof FROM delivery_try`)); done != 1 || n != 1 {
			t.Errorf("handed over %d times, %d legal acts", done, n)
		}
		w.check(t)
	})
}

func TestPressingTwiceIsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		w.await(t, 1, delivery.Courier) // told twice: the first stays
		h := delivery.Handover{On: delivery.On{Case: 1}, Name: "周叙白", Number: holderID, Key: "k"}
		for range 2 {
			if err := w.Hand(t.Context(), desk, h); err != nil {
				t.Fatal(err)
			}
		}
		h.Key = "another"
		if err := w.Hand(t.Context(), desk, h); fault.Code(err) != "delivery.done" {
			t.Errorf("under another key: %v", err)
		}
	})
}

func TestNothingPersonalLiesOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Courier)
		if err := w.Hand(t.Context(), desk, delivery.Handover{On: delivery.On{Case: 1}, Name: "陈念真", Number: agentID, Key: "k"}); err != nil {
			t.Fatal(err)
		}
		var wish, collector []byte
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT wish, collector FROM delivery`, nil, &wish, &collector) }); err != nil {
			t.Fatal(err)
		}
		for _, open := range []string{"15400020001", "样例路1号", agentID, "陈念真"} {
			if strings.Contains(string(wish)+string(collector), open) {
				t.Errorf("%s lies open", open)
			}
		}
		if p := w.find(t, 1); p.Result.Wish.Phone != "15400020001" || p.Collector.Number != agentID || p.Result.Way != delivery.Window {
			t.Errorf("%+v", p)
		}
		var shown []delivery.Shown
		if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { shown, err = w.Results(tx, 1); return err }); err != nil || len(shown) != 1 || shown[0].Kind != "parcel" {
			t.Errorf("%v, %v", shown, err)
		}
		if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) { shown, err = w.Results(tx, 2); return err }); err != nil || len(shown) != 0 {
			t.Errorf("a case without a parcel shows %v, %v", shown, err)
		}
	})
}

func TestShelves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		if err := w.Shelve(t.Context(), desk, 1, " B 柜 3 层 "); err != nil || w.find(t, 1).Shelf != "B 柜 3 层" {
			t.Errorf("%v, %q", err, w.find(t, 1).Shelf)
		}
		if err := w.Shelve(t.Context(), desk, 1, strings.Repeat("层", 21)); field(err) != "shelf=delivery.too_long" {
			t.Error(err)
		}
		if err := w.Shelve(t.Context(), desk, 2, "B"); fault.Code(err) != "delivery.unknown" {
			t.Error(err)
		}
	})
}

// Whatever is changed behind the program's back, Check says so.
func TestTampering(t *testing.T) {
	t.Parallel()
	for _, harm := range []string{
		`UPDATE delivery SET relation = 'agent'`,
		`UPDATE delivery SET done_by = 99`,
		`UPDATE delivery SET done_at = done_at + 1`,
		`UPDATE delivery SET state = 'sent', collector = NULL, relation = '', company = '顺丰速运', waybill = 'SF0000000001'`,
		`UPDATE delivery SET state = 'waiting', collector = NULL, relation = '', done_at = NULL, done_by = 0`,
		`DELETE FROM delivery`,
		`DELETE FROM ledger_entry`,
	} {
		dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
			w := open(t, d)
			w.await(t, 1, delivery.Window)
			if err := w.Hand(t.Context(), desk, delivery.Handover{On: delivery.On{Case: 1}, Name: "周叙白", Number: holderID, Key: "k"}); err != nil {
				t.Fatal(err)
			}
			w.check(t)
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(harm) }); err != nil {
				t.Fatal(err)
			}
			if err := d.Read(t.Context(), w.checked); err == nil {
				t.Errorf("%s: nobody noticed", harm)
			}
		})
	}
}

// An older version that is made to wait again is found, with nothing in the ledger against it.
func TestOnlyTheNewestVersionWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.await(t, 1, delivery.Window)
		w.issued(t, 1, 2)
		w.check(t)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`UPDATE delivery SET version = 3 WHERE state = 'withdrawn'`)
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), w.checked); err == nil || !strings.Contains(err.Error(), "not the newest") {
			t.Errorf("an older version waits and the check says %v", err)
		}
	})
}
