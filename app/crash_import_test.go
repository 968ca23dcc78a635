package app

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// importChild names the data folder of a child process that imports until it is killed.
const importChild = "ONEDOOR_IMPORT_CHILD"

const crashItems = 1500

// crashList is a list of items that everybody makes the same.
func crashList() string {
	var b strings.Builder
	b.WriteString("事项名称,事项类型,部门,事项编码\n")
	for i := range crashItems {
		fmt.Fprintf(&b, "断电事项第%d类,20,断电局,K-%05d\n", i, i)
	}
	return b.String()
}

// TestKillingAnImportLeavesAllOrNothing kills a process in the middle of an import, at moments
// of chance before and after it comes into force: what it left has all of the items or none,
// and going on ends with all of them, each found.
func TestKillingAnImportLeavesAllOrNothing(t *testing.T) {
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			dir := t.TempDir()
			id, kills := int64(0), 0
			for range 4 {
				said, last := killImport(t, dir, url, 2+rand.IntN(40))
				if id = max(id, said); last == catalog.StateDone {
					break
				}
				kills++
				a, err := open(t.Context(), dir, url)
				if err != nil {
					t.Fatal(err)
				}
				if n := items(t, a); n != 0 && n != crashItems {
					t.Fatalf("killed while %s, %d of %d items are there", last, n, crashItems)
				}
				if err := a.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if kills == 0 {
				t.Fatal("nothing was killed")
			}
			a := openApp(t, dir, url)
			if err := a.services.catalog.Apply(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if n := items(t, a); n != crashItems {
				t.Errorf("%d of %d items are there in the end", n, crashItems)
			}
			err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
				i, err := a.services.catalog.Received(tx, id)
				hits, _, err2 := a.services.catalog.Search(tx, fmt.Sprintf("K-%05d", crashItems-1), catalog.Filter{}, "", 5)
				if i.State != catalog.StateDone || i.Report.Added != crashItems || len(hits) == 0 || err2 != nil {
					t.Errorf("the import is %s with %d items, %d found, %v", i.State, i.Report.Added, len(hits), err2)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func items(t *testing.T, a *App) (n int) {
	t.Helper()
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) { n, err = a.services.catalog.Count(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

// killImport starts a child and kills it after so many things that it said.
func killImport(t *testing.T, dir, url string, after int) (id int64, state string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), importChild+"="+dir, "ONEDOOR_DB="+url)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		var done int
		if _, err := fmt.Sscanf(lines.Text(), "import %d %s %d", &id, &state, &done); err != nil {
			continue
		}
		if state == catalog.StateDone || n == after {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait() // it was killed
	return id, state
}

// importing is the process that is killed: it takes a list through all steps, or goes on with
// the import that a process before it left, and says how far it is.
func importing(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should nobody kill it
	defer cancel()
	a, err := open(ctx, dir, os.Getenv("ONEDOOR_DB"))
	if err != nil {
		return err
	}
	s, who := a.services.catalog, auth.Actor{ID: 1, Kind: auth.System}
	id, err := s.Receive(ctx, who, "the key", "list.csv", strings.NewReader(crashList()))
	if err != nil {
		return err
	}
	i, err := received(ctx, a, id)
	if err != nil {
		return err
	}
	if i.State == catalog.StateChecked {
		if err := s.Consent(ctx, who, id, i.File, "another key"); err != nil {
			return err
		}
	}
	go func() {
		for ctx.Err() == nil {
			if i, err := received(ctx, a, id); err == nil {
				fmt.Printf("import %d %s %d\n", id, i.State, i.Done) //nolint:forbidigo // the parent reads it
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := s.Apply(ctx, id); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

func received(ctx context.Context, a *App, id int64) (i catalog.Imported, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) { i, err = a.services.catalog.Received(tx, id); return err })
	return i, err
}
