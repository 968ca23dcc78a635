package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/module"
)

// copied is a centre that is filled once; tests begin with copies of its database
// and of its folder, in which the key to the database lies.
type copied struct {
	dbtest.Template
	name string
}

// The centres that tests begin with.
var (
	theCity  = copyOf("city", (*App).loadCity)    // the sample city, in which nobody has applied for anything
	theLived = copyOf("lived", (*App).LoadSample) // the same with its cases
	theHouse = copyOf("house", (*App).loadHouse)  // the city whose list is in force before the first case of a house
)

// copiesIn is the folder of the filled centres; TestMain makes and removes it.
var copiesIn string

func copyOf(name string, fill func(a *App, ctx context.Context) error) *copied {
	c := &copied{name: name}
	c.Fill = func(ctx context.Context, url string) error {
		cfg, err := configAt(c.folder(url), url)
		if err != nil {
			return err
		}
		a, err := New(ctx, cfg)
		if err != nil {
			return err
		}
		return errors.Join(fill(a, ctx), a.Close())
	}
	return c
}

func (c *copied) folder(url string) string {
	engine := "sqlite"
	if db.IsPostgres(url) {
		engine = "postgres"
	}
	return filepath.Join(copiesIn, c.name+"-"+engine)
}

// open starts a centre on a copy that URLs or File made.
func (c *copied) open(t *testing.T, cfg Config, more ...func(Base) module.Module) *App {
	t.Helper()
	if err := os.CopyFS(cfg.Data, os.DirFS(c.folder(cfg.Database()))); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// houseBegins is the moment of the first case of a house.
var houseBegins = time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.Zone)
