package app

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"onedoor.app/domain/flow"
	"onedoor.app/domain/flow/migration"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// migrationChild names the data folder of a child process that carries cases over until it is killed, and the plan.
const migrationChild = "ONEDOOR_MIGRATION_CHILD"

const crashCases = 40

// TestKillingAMigrationCarriesEachCaseOverOnce kills a process in the middle of a migration, again and again: every case follows
// one version or the other, what the ledger tells of it holds, and in the end each was carried over once.
func TestKillingAMigrationCarriesEachCaseOverOnce(t *testing.T) {
	each(t, theCity, func(t *testing.T, url string) {
		cfg := testConfig(t, url)
		if err := os.CopyFS(cfg.Data, os.DirFS(theCity.folder(cfg.Database()))); err != nil {
			t.Fatal(err)
		}
		first, err := New(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		h := &hall{t: t, a: first}
		ids, plan := h.planned(t.Context())
		if err := h.a.Close(); err != nil {
			t.Fatal(err)
		}
		kills := 0
		for at := 1 + rand.IntN(8); at < crashCases; at += 3 + rand.IntN(12) {
			if killMigration(t, cfg.Data, url, plan, at) {
				kills++
			}
		}
		if kills == 0 {
			t.Fatal("nothing was killed")
		}
		t.Logf("killed %d times", kills)
		cfg2, err := configAt(cfg.Data, url)
		if err != nil {
			t.Fatal(err)
		}
		if h.a, err = New(t.Context(), cfg2); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.a.Close() })
		if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
			t.Fatal(err)
		}
		if err := h.a.runner.TakeBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.finished(plan)
		if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) error {
			p, err := h.a.services.migration.Plan(tx, movedFlow, plan)
			if err != nil {
				return err
			}
			for _, id := range ids {
				c, err := h.a.services.cases.Find(tx, id)
				if err != nil {
					return err
				}
				var told int
				if err := tx.One(`SELECT COUNT(*) FROM cases_trail WHERE case_id = $1 AND act = 'carry'`, []any{id}, &told); err != nil {
					return err
				}
				if c.FlowHash != p.NowHash || told != 1 {
					t.Errorf("case %s follows %s and was carried over %d times", c.No, c.FlowHash, told)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
			t.Error(err)
		}
	})
}

// planned files cases of one version and has a plan approved by which they go on in another.
func (h *hall) planned(ctx context.Context) (ids []int64, plan int64) {
	h.t.Helper()
	s := h.a.services.migration
	var officer, second auth.Actor
	do := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	do(h.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if officer, err = h.a.staffOf(tx, "yc1038"); err == nil {
			second, err = h.a.staffOf(tx, "yc1102")
		}
		return err
	}))
	food, decide := drawnStep("t2", "食品安全审查", "review", "SPJ-SY.rev", false), drawnStep("t1", "决定", flow.KindDecide, "SPJ-SY.chief", false)
	was := h.drawVersion(ctx, officer, second, food, decide)
	h.drawVersion(ctx, officer, second, food, drawnStep("t6", "合法性审查", "consult", "SPJ-FG.legal", false), decide)
	ids = h.filed(ctx, crashCases)
	do(h.a.DB.Write(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if err := tx.ExecOne(`UPDATE cases SET flow_hash = $1 WHERE id = $2`, was, id); err != nil {
				return err
			}
		}
		return nil
	}))
	plan, err := s.Begin(ctx, officer, "", movedFlow, 1, 2)
	do(err)
	do(s.Save(ctx, officer, "", plan, 1, workflow.Map{}, "并联审查", calendar.DateOf(time.Now())))
	h.works()
	do(s.Submit(ctx, officer, "", plan, 2))
	do(s.ApprovePlan(ctx, second, "", plan, 3))
	return ids, plan
}

// finished works jobs off until the plan is done.
func (h *hall) finished(plan int64) {
	h.t.Helper()
	for range 1200 { // the lease of a killed worker may have to run out
		if _, err := h.a.runner.Once(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
		var p *migration.Plan
		if err := h.a.DB.Read(h.t.Context(), func(tx *db.Tx) (err error) {
			p, err = h.a.services.migration.Plan(tx, movedFlow, plan)
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
		if p.State == migration.Done {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.t.Fatal("the plan does not come to its end")
}

// killMigration starts a child and kills it once so many cases were carried over; false means that it was done before.
func killMigration(t *testing.T, dir, url string, plan int64, after int) (killed bool) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), migrationChild+"="+dir, "ONEDOOR_DB="+url, "ONEDOOR_PLAN="+strconv.FormatInt(plan, 10))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "carried %d", &n); err == nil && n >= after {
			killed = n < crashCases
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait() // it was killed
	return killed
}

// migrating is the process that is killed: it carries the cases of a plan over, beside whatever job of it a process before it left,
// and says how far it is.
func migrating(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should nobody kill it
	defer cancel()
	cfg, err := configAt(dir, os.Getenv("ONEDOOR_DB"))
	if err != nil {
		return err
	}
	a, err := New(ctx, cfg)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(os.Getenv("ONEDOOR_PLAN"), 10, 64)
	if err != nil {
		return err
	}
	said := make(chan error, 1)
	kind := a.services.migration.Module().Jobs[0] // as the runner calls it
	go func() { said <- kind.Do(ctx, fmt.Appendf(nil, `{"plan":%d}`, id)) }()
	for last := -1; ctx.Err() == nil; time.Sleep(time.Millisecond) {
		var n migration.Sums
		if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) { n, err = a.services.migration.Sums(tx, id); return err }); err != nil {
			return err
		}
		if n.Carried != last {
			last = n.Carried
			fmt.Printf("carried %d\n", last) //nolint:forbidigo // the parent reads it
		}
		select {
		case err := <-said:
			fmt.Printf("carried %d\n", crashCases) //nolint:forbidigo // the parent reads it
			if err != nil {
				return err
			}
			<-ctx.Done()
		default:
		}
	}
	return ctx.Err()
}
