package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
)

var schemas = []dbtest.Schema{
	{Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema}, {Module: "ledger", Files: ledger.Schema}, {Module: "exchange", Files: Schema},
}

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const key16 = "0123456789abcdef"

var keeper = auth.Actor{ID: 1, Kind: auth.Staff, Staff: 1, Name: "甲", Rights: []string{Keep}}

// got is a request as the other system saw it.
type got struct {
	Key, At, Signature string
	Body               []byte
}

// other is another system that answers as it is told.
type other struct {
	*httptest.Server
	mu     sync.Mutex
	got    []got
	answer func(n int, w http.ResponseWriter, r *http.Request) // n counts from 1
}

func (o *other) seen() []got {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.got)
}

func newOther(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *other {
	t.Helper()
	o := &other{answer: answer}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		o.got = append(o.got, got{r.Header.Get(HeaderKey), r.Header.Get(HeaderTime), r.Header.Get(HeaderSignature), body})
		n := len(o.got)
		o.mu.Unlock()
		o.answer(n, w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func status(codes ...int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(codes[min(n, len(codes))-1]) }
}

// world is the module on a database with a clock that tests move.
type world struct {
	t  *testing.T
	s  *Service
	ms *atomic.Int64
	r  *job.Runner
}

func (w *world) now() time.Time       { return time.UnixMilli(w.ms.Load()) }
func (w *world) pass(d time.Duration) { w.ms.Add(d.Milliseconds()) }

func (w *world) runner() *job.Runner {
	r := &job.Runner{DB: w.s.DB}
	r.Register(w.s.Jobs()...)
	return r
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := &world{t: t, ms: &atomic.Int64{}}
		w.ms.Store(1_772_416_800_000)
		box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		w.s = &Service{DB: d.WithClock(w.now), Box: box, Log: func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}}
		w.r = w.runner()
		fn(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) code(err error, want string) {
	w.t.Helper()
	if fault.Code(err) != want {
		w.t.Errorf("got %v, want %s", err, want)
	}
}

func (w *world) system(code, address string) {
	w.t.Helper()
	w.must(w.s.Add(w.t.Context(), keeper, "add-"+code, code, Draft{Name: "税务系统", Address: address, Secret: key16, Used: true}))
}

// send gives orders about a case.
func (w *world) send(about int64, n int) {
	w.t.Helper()
	for range n {
		w.must(w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
			return w.s.Send(tx, Order{System: "tax", What: WhatStep, About: about, No: "A1", Entry: 3, Step: "tell", Name: "告知税务", Body: map[string]string{"secret": "机密"}})
		}))
	}
}

// work has all jobs done that are due.
func (w *world) work() {
	w.t.Helper()
	for range 50 {
		n, err := w.r.Once(w.t.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
	w.t.Fatal("the jobs have no end")
}

func (w *world) orders() (list []Stored) {
	w.t.Helper()
	w.must(w.s.DB.Read(w.t.Context(), func(tx *db.Tx) (err error) { list, err = listEvery(tx, 0, 100); return err }))
	return list
}

// states are those of all orders in the order in which they were given.
func (w *world) states() string {
	w.t.Helper()
	var all []string
	for _, o := range w.orders() {
		all = append(all, string(o.State))
	}
	return strings.Join(all, " ")
}

func (w *world) check() {
	w.t.Helper()
	w.must(w.s.DB.Read(w.t.Context(), func(tx *db.Tx) error { return w.s.Check(tx, func(string, int) {}) }))
}

func TestAnOrderArrivesSigned(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, status(200))
		w.system("tax", o.URL+"/in")
		w.send(9, 1)
		w.check()
		w.pass(3 * time.Second)
		w.work()
		all, list := o.seen(), w.orders()
		if len(all) != 1 || len(list) != 1 || list[0].State != Sent || list[0].Status != 200 || list[0].Tries != 1 {
			t.Fatalf("%d requests, %+v", len(all), list)
		}
		g := all[0]
		var l struct {
			Order, What, At string
			Data            map[string]string
		}
		w.must(json.Unmarshal(g.Body, &l))
		if g.Key != strconv.FormatInt(list[0].ID, 10) || l.Order != g.Key || l.What != WhatStep || l.Data["secret"] != "机密" {
			t.Errorf("%+v, %s", g, g.Body)
		}
		if g.At != w.now().UTC().Format(timeLayout) || !Signed([]byte(key16), g.At, g.Signature, g.Body, w.now(), time.Minute) {
			t.Errorf("it is dated %s and signed %s", g.At, g.Signature)
		}
		w.check()
		// At rest neither body nor secret can be read.
		var body, sealed []byte
		w.must(w.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			return errors.Join(tx.One(`SELECT body FROM exchange_order`, nil, &body), tx.One(`SELECT secret FROM exchange_system`, nil, &sealed))
		}))
		if bytes.Contains(body, []byte("机密")) || bytes.Contains(sealed, []byte(key16)) {
			t.Error("what is kept can be read")
		}
	})
}

// TestWhatAnAnswerDoes: by answer how often it is tried, and what the order is then.
func TestWhatAnAnswerDoes(t *testing.T) {
	t.Parallel()
	large := func(_ int, w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 64 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	for _, tt := range []struct {
		name   string
		answer func(int, http.ResponseWriter, *http.Request)
		state  State
		tries  int
		status int
		cause  string
	}{
		{"taken", status(204), Sent, 1, 204, ""},
		{"a repetition", status(409), Sent, 1, 409, ""},
		{"not there", status(404), Failed, 1, 404, CauseRefused},
		{"not allowed", status(401), Failed, 1, 401, CauseRefused},
		{"broken, then mended", status(500, 503, 200), Sent, 3, 200, ""},
		{"too many", status(429, 408, 425, 201), Sent, 4, 201, ""},
		{"led elsewhere", func(n int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/in" {
				panic("a redirect was followed")
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, Failed, 10, 307, CauseAnswer},
		{"much to say", large, Sent, 1, 200, ""},
		{"cut off", func(n int, w http.ResponseWriter, _ *http.Request) {
			if n > 1 {
				return
			}
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		}, Sent, 2, 200, ""},
		{"always broken", status(500), Failed, 10, 500, CauseAnswer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w *world) {
				o := newOther(t, tt.answer)
				w.system("tax", o.URL+"/in")
				w.send(9, 1)
				for range 12 {
					w.work()
					w.check()
					w.pass(2 * time.Hour)
				}
				got := w.orders()[0]
				if got.State != tt.state || got.Tries != tt.tries || got.Status != tt.status || got.Cause != tt.cause {
					t.Errorf("got %s after %d tries, status %d, cause %q", got.State, got.Tries, got.Status, got.Cause)
				}
				all := o.seen()
				for _, g := range all {
					if g.Key != all[0].Key || !bytes.Equal(g.Body, all[0].Body) {
						t.Errorf("a repetition differs: %+v", g)
					}
				}
				if _, failed, err := job.Count(t.Context(), w.s.DB); err != nil || failed != 0 {
					t.Errorf("%d jobs failed (%v): the order tells of it", failed, err)
				}
			})
		})
	}
}

func TestWhoIsSlowOrAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		release := make(chan struct{})
		o := newOther(t, func(n int, _ http.ResponseWriter, r *http.Request) {
			if n == 1 {
				select {
				case <-release:
				case <-r.Context().Done():
				}
			}
		})
		defer close(release)
		w.s.Patience = 100 * time.Millisecond
		w.system("tax", o.URL)
		w.send(9, 1)
		w.work()
		if got := w.orders()[0]; got.State != Waiting || got.Cause != CauseTimeout {
			t.Fatalf("after no answer: %s, %q", got.State, got.Cause)
		}
		address := o.URL
		w.must(w.s.Change(t.Context(), keeper, "", "tax", 1, Draft{Name: "税务", Address: "http://127.0.0.1:1/", Used: true}))
		w.pass(time.Hour)
		w.work()
		if got := w.orders()[0]; got.State != Waiting || got.Cause != CauseAway || got.Tries != 2 {
			t.Fatalf("after nobody was there: %s, %q, %d", got.State, got.Cause, got.Tries)
		}
		w.must(w.s.Change(t.Context(), keeper, "", "tax", 2, Draft{Name: "税务", Address: address, Used: true}))
		w.pass(time.Hour)
		w.work()
		if got := w.orders()[0]; got.State != Sent || got.Cause != "" {
			t.Errorf("at last: %s, %q", got.State, got.Cause)
		}
		w.check()
	})
}

func TestWhatWasUndoneIsNeverSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, status(200))
		w.system("tax", o.URL)
		gone := errors.New("the act is refused")
		err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return errors.Join(w.s.Send(tx, Order{System: "tax", What: WhatStep, About: 9}), gone)
		})
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		w.work()
		if len(o.seen()) != 0 || w.states() != "" {
			t.Errorf("%d were sent, the orders are %s", len(o.seen()), w.states())
		}
	})
}

// TestAProgramThatDiesBetweenSendingAndKeeping sends the order again under the same key, and the other side tells it is one.
func TestAProgramThatDiesBetweenSendingAndKeeping(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, status(200, 409))
		w.system("tax", o.URL)
		w.send(9, 1)
		// The killed program: it claims, it posts, it keeps nothing.
		var kind, body string
		w.must(w.s.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT kind, body FROM job`, nil, &kind, &body) }))
		e, err := job.Decode[errand]([]byte(body))
		w.must(err)
		var p *parcel
		w.must(w.s.DB.Write(t.Context(), func(tx *db.Tx) (err error) { p, err = w.s.claim(tx, e); return err }))
		if status, cause := w.s.deliver(t.Context(), p); kind != jobPost || status != 200 || cause != "" {
			t.Fatal(kind, status, cause)
		}
		w.check()
		w.work()
		all := o.seen()
		if len(all) != 2 || all[0].Key != all[1].Key || w.states() != "sent" {
			t.Errorf("%d requests %+v, %s", len(all), all, w.states())
		}
		w.check()
	})
}

func TestOrdersAboutOneCaseGoInTheirOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		broken := atomic.Bool{}
		broken.Store(true)
		o := newOther(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			if broken.Load() {
				w.WriteHeader(http.StatusNotFound)
			}
		})
		w.system("tax", o.URL)
		w.send(9, 4)
		w.send(8, 1)
		w.work()
		if got := w.states(); got != "failed waiting waiting waiting failed" {
			t.Fatalf("the states are %s", got)
		}
		w.check()
		broken.Store(false)
		all := w.orders()
		first := all[0]
		w.code(w.s.Again(ctx, auth.Actor{}, "", first.ID, first.Lock), "right.missing")
		w.code(w.s.Again(ctx, keeper, "", first.ID, first.Lock-1), "exchange.stale")
		w.code(w.s.Again(ctx, keeper, "", all[1].ID, all[1].Lock), "exchange.not_failed")
		w.code(w.s.GiveUp(ctx, keeper, "", first.ID, first.Lock, " "), "input.invalid")
		w.must(w.s.Again(ctx, keeper, "k", first.ID, first.Lock))
		w.must(w.s.Again(ctx, keeper, "k", first.ID, first.Lock)) // pressed twice, done once
		w.check()
		w.work()
		if got := w.states(); got != "sent sent sent sent failed" {
			t.Fatalf("the states are %s", got)
		}
		var ids []string
		for _, o := range all[:4] {
			ids = append(ids, strconv.FormatInt(o.ID, 10))
		}
		var keys []string
		for _, g := range o.seen()[2:] {
			keys = append(keys, g.Key)
		}
		if !slices.Equal(ids, keys) {
			t.Errorf("sent were %v, want %v", keys, ids)
		}
		w.check()

		// What is given up lets the next one go.
		broken.Store(true)
		w.send(7, 1)
		w.work()
		w.send(7, 2)
		w.work()
		broken.Store(false)
		last := w.orders()
		if got := w.states(); got != "sent sent sent sent failed failed waiting waiting" {
			t.Fatalf("the states are %s", got)
		}
		w.must(w.s.GiveUp(ctx, keeper, "g", last[5].ID, last[5].Lock, "对方系统已停"))
		w.must(w.s.GiveUp(ctx, keeper, "g", last[5].ID, last[5].Lock, "对方系统已停"))
		w.work()
		if got := w.states(); got != "sent sent sent sent failed given_up sent sent" {
			t.Errorf("the states are %s", got)
		}
		w.check()
	})
}

// TestManyWorkers: several programs send each order once and in its case's order.
func TestManyWorkers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n%5 == 0 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		w.system("tax", o.URL)
		for about := range int64(6) {
			w.send(about+1, 5)
		}
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 3 {
			r := w.runner()
			wg.Go(func() {
				for !stop.Load() {
					if _, err := r.Once(context.Background()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for until := time.Now().Add(30 * time.Second); strings.Contains(w.states(), "waiting"); { //nolint:forbidigo // bounds a test
			w.pass(500 * time.Millisecond)
			time.Sleep(10 * time.Millisecond) // else the leases run out before anybody can work
			if time.Now().After(until) {      //nolint:forbidigo // as above
				break
			}
		}
		stop.Store(true)
		wg.Wait()
		place := map[string]int64{}
		about := map[string]int64{}
		for _, o := range w.orders() {
			if o.State != Sent {
				t.Errorf("order %d of case %d is %s", o.Place, o.About, o.State)
			}
			key := strconv.FormatInt(o.ID, 10)
			place[key], about[key] = o.Place, o.About
		}
		last := map[int64]int64{}
		for _, g := range o.seen() {
			if p := place[g.Key]; p < last[about[g.Key]] {
				t.Errorf("order %d of case %d came after order %d", p, about[g.Key], last[about[g.Key]])
			} else {
				last[about[g.Key]] = p
			}
		}
		w.check()
	})
}

func TestSystems(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		good := Draft{Name: "税务", Address: "https://tax.example/in?x=1", Secret: key16, Used: true}
		w.code(w.s.Add(ctx, auth.Actor{}, "", "tax", good), "right.missing")
		for name, d := range map[string]Draft{
			"name": {Address: good.Address, Secret: key16}, "secret": {Name: "x", Address: good.Address, Secret: "short"},
			"address": {Name: "x", Address: "ftp://tax.example", Secret: key16},
		} {
			err := w.s.Add(ctx, keeper, "", "tax", d)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || len(f.Fields) != 1 || f.Fields[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.code(w.s.Add(ctx, keeper, "", "1tax", good), "input.invalid")
		w.must(w.s.Add(ctx, keeper, "a", "tax", good))
		w.must(w.s.Add(ctx, keeper, "a", "tax", good))
		w.code(w.s.Add(ctx, keeper, "b", "tax", good), "exchange.taken")
		w.must(w.s.Change(ctx, keeper, "c", "tax", 1, Draft{Name: "税务局", Address: "http://localhost:8080/", Used: false}))
		w.code(w.s.Change(ctx, keeper, "d", "tax", 1, good), "exchange.stale")
		w.code(w.s.Change(ctx, keeper, "d", "none", 1, good), "exchange.none")
		_, err := w.s.Try(ctx, keeper, "", "tax")
		w.code(err, "exchange.unused")
		w.check()
		// Orders to who is not in use, or not there, fail where people see it.
		w.send(9, 1)
		w.must(w.s.DB.Write(ctx, func(tx *db.Tx) error { return w.s.Send(tx, Order{System: "", What: WhatStep, About: 8}) }))
		w.work()
		all := w.orders()
		if all[0].Cause != CauseUnused || all[1].Cause != CauseUnknown || w.states() != "failed failed" {
			t.Errorf("%s: %q, %q", w.states(), all[0].Cause, all[1].Cause)
		}
		var failed int
		w.must(w.s.DB.Read(ctx, func(tx *db.Tx) (err error) { failed, err = countFailed(tx); return err }))
		if failed != 2 {
			t.Errorf("%d failed", failed)
		}
		w.check()
	})
}

func TestATestIsTriedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, status(503, 200))
		w.system("tax", o.URL)
		for i, want := range []State{Failed, Sent} {
			key := fmt.Sprint("try", i)
			id, err := w.s.Try(t.Context(), keeper, key, "tax")
			w.must(err)
			if again, err := w.s.Try(t.Context(), keeper, key, "tax"); err != nil || again != id {
				t.Errorf("pressed twice: %d, %v", again, err)
			}
			w.pass(time.Hour)
			w.work()
			got := w.orders()[i]
			if got.ID != id || got.State != want || got.Tries != 1 || got.What != WhatTest {
				t.Errorf("%+v", got)
			}
		}
		w.check()
	})
}

// TestListsArePagedByKey and narrowed by state and system.
func TestListsArePagedByKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.system("tax", "http://127.0.0.1:1/")
		w.must(w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			for i := range listLength + 10 {
				system := "tax"
				if i%10 == 0 {
					system = "other"
				}
				if err := w.s.Send(tx, Order{System: system, What: WhatStep, About: int64(i + 1)}); err != nil {
					return err
				}
			}
			return nil
		}))
		w.must(w.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			one, next, err := w.s.Orders(tx, Filter{}, 0)
			if err != nil {
				return err
			}
			two, end, err := w.s.Orders(tx, Filter{}, next)
			if len(one) != listLength || len(two) != 10 || end != 0 || two[0].ID >= one[listLength-1].ID {
				t.Errorf("%d and %d, then %d", len(one), len(two), end)
			}
			if err != nil {
				return err
			}
			some, _, err := w.s.Orders(tx, Filter{State: Waiting, System: "other"}, 0)
			if len(some) != 6 {
				t.Errorf("%d of the other system", len(some))
			}
			return err
		}))
	})
}

// TestTamperingShows: each change behind the program's back is found.
func TestTamperingShows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		o := newOther(t, status(404, 200))
		w.system("tax", o.URL)
		w.send(9, 1)
		w.work()
		w.send(9, 1)
		w.work()
		first := w.orders()[0]
		w.must(w.s.GiveUp(t.Context(), keeper, "", first.ID, first.Lock, "不用了"))
		w.send(7, 1)
		w.check()
		for _, change := range []string{
			`UPDATE exchange_system SET address = 'http://elsewhere/'`,
			`UPDATE exchange_system SET used = FALSE`,
			`DELETE FROM exchange_system`,
			`UPDATE exchange_order SET reason = 'x' WHERE state = 'given_up'`,
			`UPDATE exchange_order SET state = 'sent', reason = '' WHERE state = 'given_up'`,
			`UPDATE exchange_order SET round = round + 1 WHERE place = 1 AND about = 7`,
			`DELETE FROM exchange_order WHERE state = 'given_up'`,
			`DELETE FROM job WHERE kind = 'exchange.post'`,
			`UPDATE exchange_order SET place = 3 WHERE place = 2`,
			`UPDATE exchange_order SET parked = TRUE WHERE about = 7`,
			`UPDATE exchange_order SET state = 'odd' WHERE about = 7`,
		} {
			undo := errors.New("undone")
			err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Change(change); err != nil || n == 0 {
					return fmt.Errorf("%s changed %d rows: %w", change, n, err)
				}
				if w.s.Check(tx, func(string, int) {}) == nil {
					t.Errorf("nobody sees %s", change)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Error(err)
			}
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://a.example/in": true, "http://127.0.0.1:8080": true, "http://localhost/x?y=1": true, "http://[::1]:9/": true,
		"": false, "a.example": false, "ftp://a.example": false, "https://": false, "https:///in": false, "https://me:pw@a.example/": false,
		"https://a.example/#x": false, "https://a.example/ x": false, "http://a\n.example": false, "javascript:alert(1)": false,
		"https://a.example/" + strings.Repeat("x", mostAddress): false,
	} {
		if got := goodAddress(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
