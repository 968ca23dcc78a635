package app

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// crashChild names the data folder of a child process that is to be killed.
const crashChild = "ONEDOOR_CRASH_CHILD"

// TestKillingTheProcessLosesNoAcknowledgedAct kills a loaded process three times
// at a moment of chance, opens what it left and looks for every act that it had
// acknowledged. It proves the death of the process, not the loss of power.
func TestKillingTheProcessLosesNoAcknowledgedAct(t *testing.T) {
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			dir := t.TempDir()
			acked := map[string]int64{} // chain to the highest acknowledged entry
			total := 0
			for range 3 {
				total += killLoaded(t, dir, url, acked)
			}
			if total == 0 {
				t.Fatal("nothing was acknowledged before the kills")
			}
			a := openApp(t, dir, url)
			if err := a.Verify(t.Context(), func(Verified) {}); err != nil {
				t.Error(err)
			}
			err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
				for chain, seq := range acked {
					list, err := ledger.Chain(tx, chain)
					if err != nil {
						return err
					}
					if int64(len(list)) < seq {
						t.Errorf("%s: entry %d was acknowledged, %d are there", chain, seq, len(list))
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d acknowledged acts on %d cases survived three kills", total, len(acked))
		})
	}
}

// TestALeftDraftIsNotPartOfTheNextCase: a child that dies between two uploads leaves a
// draft with files. The next case of the same applicant and item once took it over,
// and the window then could not find that what had come may come later.
func TestALeftDraftIsNotPartOfTheNextCase(t *testing.T) {
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			ctx, a := t.Context(), openApp(t, t.TempDir(), url)
			if err := a.loadCity(ctx); err != nil {
				t.Fatal(err)
			}
			d := a.director(a.DB.Now())
			c, err := d.castOf(ctx)
			if err != nil {
				t.Fatal(err)
			}
			d.cast = c
			if d.files, err = sampleFiles(); err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(c.items, func(it *catalog.Item) bool { return it.Code == "food-operation-new" })
			for seed := range uint64(6) { // online and at the window
				cal := calendar.Official()
				day := cal.AddWorkdays(calendar.DateOf(d.now), -4)
				d.begin(seed)
				d.at(day, 9)
				r := &run{
					director: d, ctx: ctx, it: c.items[i], f: fate{end: "accept", how: "tolerate"}, day: day, cal: cal, who: c.bodies[0], desk: c.clerks[0],
				}
				for filler, party := range map[*auth.Actor]int64{&r.who: 0, &r.desk: r.who.Party} {
					left, err := d.s.cases.Begin(ctx, *filler, r.it.Code, party)
					if err != nil {
						t.Fatal(err)
					}
					for _, m := range r.it.Resolve(c.routes[r.it.Code]).Materials {
						if err := r.attach(*filler, cases.To{Draft: left.ID, Material: m.ID}, m); err != nil {
							t.Fatal(err)
						}
					}
				}
				if err := r.apply(); err != nil {
					t.Fatal(err)
				}
				if err := r.window(); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

// killLoaded starts a child, reads what it acknowledges and kills it.
func killLoaded(t *testing.T, dir, url string, acked map[string]int64) (n int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashChild+"="+dir, "ONEDOOR_DB="+url)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var chain string
		var seq int64
		if _, err := fmt.Sscanf(lines.Text(), "ack %s %d", &chain, &seq); err != nil {
			continue
		}
		acked[chain] = max(acked[chain], seq)
		n++
		once.Do(func() {
			time.AfterFunc(time.Duration(300+rand.IntN(900))*time.Millisecond, func() { _ = child.Process.Kill() })
		})
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return n
}

// crash is the process that is killed: it plays cases until it dies and says
// what has been committed.
func crash(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should nobody kill it
	defer cancel()
	a, err := open(ctx, dir, os.Getenv("ONEDOOR_DB"))
	if err != nil {
		return err
	}
	if err := a.loadCity(ctx); err != nil {
		return err
	}
	for _, name := range []string{
		cases.EventReceived, cases.EventCorrected, cases.EventAccepted, cases.EventGranted, cases.EventRefused, cases.EventEnded,
	} {
		a.base.Bus.Add(acknowledge(name))
	}
	c, err := a.director(a.DB.Now()).castOf(ctx)
	if err != nil {
		return err
	}
	samples, err := sampleFiles()
	if err != nil {
		return err
	}
	failed := make(chan error, 8)
	for w := range 8 {
		go func() {
			d := a.director(a.DB.Now())
			d.cast, d.files = c, samples
			for n := w; ; n++ {
				d.begin(rand.Uint64())
				f := fates[3+n%(len(fates)-3)]
				if err := d.play(ctx, f); err != nil {
					failed <- fmt.Errorf("%s %s: %w", f.end, f.how, err)
					return
				}
			}
		}()
	}
	return <-failed
}

// acknowledge tells the parent of an act once it is durable.
func acknowledge(name string) event.Handler {
	return event.Handler{On: name, Do: func(tx *db.Tx, e event.Event) error {
		c := e.Body.(cases.Happened).Case
		tx.After(func() { fmt.Printf("ack cases:%d %d\n", c.ID, c.Version) }) //nolint:forbidigo // the parent reads it
		return nil
	}}
}

func openApp(t *testing.T, dir, url string) *App {
	t.Helper()
	a, err := open(t.Context(), dir, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func open(ctx context.Context, dir, url string) (*App, error) {
	cfg, err := ReadConfig(func(name string) (string, bool) {
		v := map[string]string{"ONEDOOR_DATA": dir, "ONEDOOR_DB": url}[name]
		return v, v != ""
	})
	if err != nil {
		return nil, err
	}
	return New(ctx, cfg)
}
