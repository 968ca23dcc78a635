package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/sample"
)

// world is the sample city on a fresh database, with a clock that tests move.
type world struct {
	t   *testing.T
	s   *Service
	now time.Time
}

var worldSchemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema},
	{Module: "once", Files: once.Schema},
	{Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema},
	{Module: "search", Files: search.Schema},
	{Module: "office", Files: office.Schema},
	{Module: "party", Files: party.Schema},
	{Module: "catalog", Files: catalog.Schema},
	{Module: "cases", Files: Schema},
}

// TestMain drops what the worlds were copied from.
func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// city is the database of a world whose first moment has come. It is filled once; each world has a copy.
var city = dbtest.Template{Fill: fillCity}

// each runs fn in a fresh sample city on every engine.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	city.Each(t, func(t *testing.T, d *db.DB) {
		t.Helper()
		w := &world{t: t, now: worldBegins}
		s, err := newService(d.WithClock(func() time.Time { return w.now }), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		w.s = s
		fn(t, w)
	})
}

var worldBegins = time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone)

func newService(d *db.DB, blobs string) (*Service, error) {
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		return nil, err
	}
	rules, err := NewPolicy()
	if err != nil {
		return nil, err
	}
	return &Service{
		DB: d, Box: box, Blobs: blob.Folder{Dir: blobs}, Law: &Law{Cal: calendar.Official()}, Policy: rules, Events: &event.Bus{},
		Catalog: &catalog.Service{DB: d}, Office: &office.Service{DB: d, Box: box, Calendar: calendar.Compiled},
		Party: &party.Service{DB: d, Box: box}, Region: "379900",
		Remedies: Remedies{Reviewer: "云川市人民政府", Site: "https://example.cn", Court: "云川市望湖区人民法院", Supervisor: "督查考核科", Phone: "12345"},
	}, nil
}

func fillCity(ctx context.Context, url string) (err error) {
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for _, s := range worldSchemas {
		if err := d.Migrate(ctx, s.Module, s.Files); err != nil {
			return err
		}
	}
	s, err := newService(d.WithClock(func() time.Time { return worldBegins }), "") // a package brings no files
	if err != nil {
		return err
	}
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		return err
	}
	if err := s.Office.LoadPackage(ctx, pack, "x"); err != nil {
		return err
	}
	if err := s.Party.LoadPackage(ctx, pack, "x"); err != nil {
		return err
	}
	_, err = s.Catalog.LoadPackage(ctx, pack)
	return err
}

func (w *world) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.s.DB.Read(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// staff is the actor behind a staff number.
func (w *world) staff(no string) (a auth.Actor) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.s.Office.StaffByNo(tx, no)
		if err != nil {
			return err
		}
		a, err = w.s.Office.Actor(tx, p.ID)
		a.ID, a.Staff = p.ID+1, p.ID // an account has an id of its own
		return err
	})
	return a
}

// person is the actor behind an identity number or a credit code.
func (w *world) person(number string) (a auth.Actor) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.s.Party.FindByNumber(tx, number)
		if err != nil {
			return err
		}
		a, err = w.s.Party.Actor(tx, p.ID)
		return err
	})
	return a
}

// holder is an actor who holds a post in their own right.
func (w *world) holder(post string) (a auth.Actor) {
	w.t.Helper()
	var no string
	w.read(func(tx *db.Tx) error {
		list, err := w.s.Office.Holders(tx, post)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("nobody holds %s (%w)", post, err)
		}
		p, err := w.s.Office.Staff(tx, list[0].Staff)
		no = p.No
		return err
	})
	return w.staff(no)
}

var pdf = []byte("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")

// fill makes a draft of an item complete: first answers, valid fields, a file for
// every material.
func (w *world) fill(who auth.Actor, item string, answers map[string]string) Draft {
	w.t.Helper()
	ctx := w.t.Context()
	d, err := w.s.Begin(ctx, who, item, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.complete(ctx, who, d, answers)
}

func (w *world) complete(ctx context.Context, who auth.Actor, d Draft, answers map[string]string) Draft {
	w.t.Helper()
	var it *catalog.Item
	w.read(func(tx *db.Tx) (err error) {
		it, err = w.s.Catalog.Version(tx, d.ItemVersion)
		return err
	})
	if answers == nil {
		answers = map[string]string{}
		for _, q := range it.Situations {
			answers[q.ID] = q.Options[0].Value
		}
	}
	need := it.Resolve(answers)
	form := map[string]string{}
	for _, f := range need.Fields {
		if d.Form[f.Key] == "" || f.Check(f.Clean(d.Form[f.Key])) != "" {
			form[f.Key] = f.Example()
		}
	}
	pledged := true
	if _, err := w.s.Save(ctx, who, d.ID, Filling{Answers: answers, Form: form, Pledged: &pledged}); err != nil {
		w.t.Fatal(err)
	}
	for _, m := range need.Materials {
		if _, err := w.s.Attach(ctx, who, To{Draft: d.ID, Material: m.ID}, m.Name+".pdf", bytes.NewReader(pdf)); err != nil {
			w.t.Fatal(err)
		}
	}
	return d
}

func (w *world) submit(who auth.Actor, item string) Done {
	w.t.Helper()
	d := w.fill(who, item, nil)
	out, err := w.s.Submit(w.t.Context(), who, d.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// pass finds every material fit.
func (w *world) pass(who auth.Actor, id int64) {
	w.t.Helper()
	var list []Material
	w.read(func(tx *db.Tx) (err error) {
		list, err = listMaterials(tx, id)
		return err
	})
	for _, m := range list {
		if m.Verdict == Pass {
			continue
		}
		if _, err := w.s.Judge(w.t.Context(), who, On{Case: id}, Judgement{Material: m.Key, Verdict: Pass}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// open returns the first open task of a case.
func (w *world) open(id int64) (t Task, ok bool) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		list, err := listTasks(tx, id)
		for _, x := range list {
			if x.Closed.IsZero() && !ok {
				t, ok = x, true
			}
		}
		return err
	})
	return t, ok
}

// review works the open steps off up to the decision.
func (w *world) review(id int64) Task {
	w.t.Helper()
	for range 20 {
		t, ok := w.open(id)
		if !ok {
			w.t.Fatal("no open step before the decision")
		}
		if t.Slot == "decide" {
			return t
		}
		who := w.holder(t.Post)
		if kind := stopKind(t.Slot); kind != "" {
			if _, err := w.s.Special(w.t.Context(), who, On{Case: id}, t.ID, 5, "有关法律规定"); err != nil {
				w.t.Fatalf("special %s: %v", t.Slot, err)
			}
		}
		if _, err := w.s.Opine(w.t.Context(), who, On{Case: id}, Review{
			Task: t.ID, Conclusion: Agree, Text: "符合条件。", Inspectors: []string{"YC1030", "YC1031"},
		}); err != nil {
			w.t.Fatalf("step %s at %s: %v", t.Name, t.Post, err)
		}
	}
	w.t.Fatal("the flow does not come to a decision")
	return Task{}
}

func (w *world) verify() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		_, _, err := ledger.Verify(tx, nil)
		return errors.Join(err, w.s.Verify(tx, func(string, int) {}))
	})
}

func (w *world) state(id int64) (c *Case) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		c, err = findCase(tx, id)
		return err
	})
	return c
}

func join(list []string) string { return strings.Join(list, " ") }

func newFile() *bytes.Reader { return bytes.NewReader(pdf) }

func fieldsOf(err error) map[string]string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

// route finds answers that lead to an application of an item.
func (w *world) route(code string) (map[string]string, bool) {
	var it *catalog.Item
	w.read(func(tx *db.Tx) (err error) {
		it, err = w.s.Catalog.Current(tx, code)
		return err
	})
	answers := map[string]string{}
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(it.Situations) {
			return it.Resolve(answers).Complete()
		}
		for _, o := range it.Situations[i].Options {
			answers[it.Situations[i].ID] = o.Value
			if try(i + 1) {
				return true
			}
		}
		return false
	}
	return answers, try(0)
}

// item is the current version of an item.
func (w *world) item(code string) (it *catalog.Item) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		it, err = w.s.Catalog.Current(tx, code)
		return err
	})
	return it
}

// compareScope holds the predicate of lists against the policy, case by case.
func (w *world) compareScope(t *testing.T, name string, who auth.Actor, all []int64) {
	t.Helper()
	w.read(func(tx *db.Tx) error {
		cond, args := scope(who, 1)
		listed, err := db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT c.id FROM cases c WHERE `+cond, args...)
		if err != nil {
			return err
		}
		for _, id := range all {
			c, err := findCase(tx, id)
			if err != nil {
				return err
			}
			err = w.s.may(tx, who, maySee, c, "")
			if err != nil && fault.Code(err) != "cases.unknown" {
				return err
			}
			if got := slices.Contains(listed, id); got != (err == nil) {
				t.Errorf("%s, roles %v: listed %v, policy %v", name, who.Roles, got, err == nil)
			}
		}
		return nil
	})
}

// answersOf are the first answers to the questions of an item.
func (w *world) answersOf(item string) map[string]string {
	first := map[string]string{}
	for _, q := range w.item(item).Situations {
		first[q.ID] = q.Options[0].Value
	}
	return first
}
