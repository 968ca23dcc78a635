// Package casestest is a city for the tests of pages on cases: a fresh database
// of every kind with a package loaded, people who act in it, and a site that
// answers requests in their name.
package casestest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/ledger/ledgertest"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/secret"
)

// City is a package on a fresh database, with a clock that tests move.
type City struct {
	t     *testing.T
	Cases *cases.Service
	Now   time.Time
}

var schemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema},
	{Module: "once", Files: once.Schema},
	{Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema},
	{Module: "search", Files: search.Schema},
	{Module: "office", Files: office.Schema},
	{Module: "party", Files: party.Schema},
	{Module: "catalog", Files: catalog.Schema},
	{Module: "cases", Files: cases.Schema},
}

// Each runs fn in a fresh city of the package in pack on every engine. It is the
// morning of 2 March 2026, a Monday. more are the tables of the capability that is
// tried on it.
func Each(t *testing.T, pack fs.FS, fn func(t *testing.T, c *City), more ...dbtest.Schema) {
	t.Helper()
	dbtest.Each(t, slices.Concat(schemas, more), func(t *testing.T, d *db.DB) { fn(t, newCity(t, d, pack)) })
}

func newCity(t *testing.T, d *db.DB, pack fs.FS) *City {
	t.Helper()
	c := &City{t: t, Now: time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone)}
	d = d.WithClock(func() time.Time { return c.Now })
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	rules, err := cases.NewPolicy()
	must(t, err)
	cal := calendar.Official()
	c.Cases = &cases.Service{
		Tree: ledgertest.Tree(t),
		DB:   d, Box: box, Blobs: blob.Folder{Dir: t.TempDir()}, Law: &cases.Law{Cal: cal}, Policy: rules, Events: &event.Bus{},
		Catalog: &catalog.Service{DB: d}, Office: &office.Service{DB: d, Box: box, Calendar: calendar.Compiled},
		Party: &party.Service{DB: d, Box: box}, Region: "379900",
		Remedies: cases.Remedies{Reviewer: "市人民政府", Site: "https://example.cn", Court: "区人民法院", Supervisor: "督查考核科", Phone: "12345"},
	}
	must(t, c.Cases.Office.LoadPackage(t.Context(), pack, "x"))
	must(t, c.Cases.Party.LoadPackage(t.Context(), pack, "x"))
	_, err = c.Cases.Catalog.LoadPackage(t.Context(), pack)
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *City) read(fn func(tx *db.Tx) error) {
	c.t.Helper()
	must(c.t, c.Cases.DB.Read(context.Background(), fn))
}

// Staff is the actor behind a staff number, as of now, without rights.
func (c *City) Staff(no string) (a auth.Actor) {
	c.t.Helper()
	c.read(func(tx *db.Tx) error {
		p, err := c.Cases.Office.StaffByNo(tx, no)
		if err != nil {
			return err
		}
		a, err = c.Cases.Office.Actor(tx, p.ID)
		return err
	})
	return a
}

// Holder is an actor who holds a post in their own right.
func (c *City) Holder(post string) auth.Actor {
	c.t.Helper()
	var no string
	c.read(func(tx *db.Tx) error {
		list, err := c.Cases.Office.Holders(tx, post)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("nobody holds %s (%w)", post, err)
		}
		p, err := c.Cases.Office.Staff(tx, list[0].Staff)
		no = p.No
		return err
	})
	return c.Staff(no)
}

// Person is the actor behind an identity number or a credit code.
func (c *City) Person(number string) (a auth.Actor) {
	c.t.Helper()
	c.read(func(tx *db.Tx) error {
		p, err := c.Cases.Party.FindByNumber(tx, number)
		if err != nil {
			return err
		}
		a, err = c.Cases.Party.Actor(tx, p.ID)
		return err
	})
	return a
}

// Case is a case as who sees it.
func (c *City) Case(who auth.Actor, id int64) (v *cases.View) {
	c.t.Helper()
	c.read(func(tx *db.Tx) (err error) {
		v, err = c.Cases.View(tx, who, id)
		return err
	})
	return v
}

var pdf = []byte("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")

// Submit hands in an application on an item: the first answer to every question,
// a fitting value in every field, a file for every material.
func (c *City) Submit(who auth.Actor, item string) cases.Done {
	c.t.Helper()
	ctx := c.t.Context()
	d, err := c.Cases.Begin(ctx, who, item, 0)
	must(c.t, err)
	var it *catalog.Item
	c.read(func(tx *db.Tx) (err error) {
		it, err = c.Cases.Catalog.Version(tx, d.ItemVersion)
		return err
	})
	answers, form := map[string]string{}, map[string]string{}
	for _, q := range it.Situations {
		answers[q.ID] = q.Options[0].Value
	}
	need := it.Resolve(answers)
	for _, f := range need.Fields {
		if d.Form[f.Key] == "" || f.Check(f.Clean(d.Form[f.Key])) != "" {
			form[f.Key] = f.Example()
		}
	}
	pledged := true
	_, err = c.Cases.Save(ctx, who, d.ID, cases.Filling{Answers: answers, Form: form, Pledged: &pledged})
	must(c.t, err)
	for _, m := range need.Materials {
		_, err := c.Cases.Attach(ctx, who, cases.To{Draft: d.ID, Material: m.ID}, m.Name+".pdf", bytes.NewReader(pdf))
		must(c.t, err)
	}
	done, err := c.Cases.Submit(ctx, who, d.ID, "")
	must(c.t, err)
	return done
}

// Accept finds every material of a case fit and accepts it at the window.
func (c *City) Accept(clerk auth.Actor, id int64) {
	c.t.Helper()
	for _, m := range c.Case(clerk, id).Materials {
		_, err := c.Cases.Judge(c.t.Context(), clerk, cases.On{Case: id}, cases.Judgement{Material: m.Key, Verdict: cases.Pass})
		must(c.t, err)
	}
	_, err := c.Cases.Accept(c.t.Context(), clerk, cases.On{Case: id})
	must(c.t, err)
}

// Open returns the first open task of a case, as who sees it.
func (c *City) Open(who auth.Actor, id int64) cases.Task {
	c.t.Helper()
	open := c.Case(who, id).Open()
	if len(open) == 0 {
		c.t.Fatal("no step of the case is open")
	}
	return open[0]
}

// ToSlot works the steps of a case off until one of the slot is open. who sees
// the case.
func (c *City) ToSlot(who auth.Actor, id int64, slot string, inspectors ...string) cases.Task {
	c.t.Helper()
	for range 20 {
		t := c.Open(who, id)
		if t.Slot == slot {
			return t
		}
		_, err := c.Cases.Opine(c.t.Context(), c.Holder(t.Post), cases.On{Case: id}, cases.Review{
			Task: t.ID, Conclusion: cases.Agree, Text: "符合条件。", Inspectors: inspectors,
		})
		must(c.t, err)
	}
	c.t.Fatalf("the flow does not come to %s", slot)
	return cases.Task{}
}

// Verify replays every case.
func (c *City) Verify() {
	c.t.Helper()
	c.read(func(tx *db.Tx) error { return c.Cases.Verify(tx, func(string, int) {}) })
}

// AskAgain hands an application in, asks for the correction of first, takes it in on
// paper and finds others wanting that the notice did not name.
func (c *City) AskAgain(who, clerk auth.Actor, item, first string, others ...string) int64 {
	c.t.Helper()
	id := c.Submit(who, item).Case
	on := cases.On{Case: id}
	find := func(wanting ...string) {
		for _, m := range c.Case(clerk, id).Materials {
			j := cases.Judgement{Material: m.Key, Verdict: cases.Pass}
			if slices.Contains(wanting, m.Key) {
				j.Verdict, j.Reason = cases.Correct, "请改好"
			}
			_, err := c.Cases.Judge(c.t.Context(), clerk, on, j)
			must(c.t, err)
		}
	}
	find(first)
	_, err := c.Cases.Notify(c.t.Context(), clerk, on, 0)
	must(c.t, err)
	_, err = c.Cases.Correction(c.t.Context(), clerk, on, []string{first})
	must(c.t, err)
	find(others...)
	return id
}
