package catalog_test

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/sample"
)

var schemas = []dbtest.Schema{
	{Module: "search", Files: search.Schema}, {Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema}, {Module: "catalog", Files: catalog.Schema},
}

func yunchuan(t *testing.T) fs.FS {
	t.Helper()
	sub, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// loaded returns a service with the sample city in it.
func loaded(t *testing.T, d *db.DB) *catalog.Service {
	t.Helper()
	s := &catalog.Service{DB: d}
	r, err := s.LoadPackage(t.Context(), yunchuan(t))
	if err != nil || len(r.Refused) > 0 {
		t.Fatalf("load: %v, refused %+v", err, r.Refused)
	}
	return s
}

func read(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestLoadPackage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		first, err := s.LoadPackage(t.Context(), yunchuan(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range first.Refused {
			t.Errorf("refused %s: %s %s", r.File, r.Code, r.Where)
		}
		if first.Added != 70 || first.Changed+first.Unchanged != 0 {
			t.Errorf("first load: %+v", first)
		}
		again, err := s.LoadPackage(t.Context(), yunchuan(t))
		if err != nil || again.Unchanged != 70 || again.Added+again.Changed != 0 {
			t.Errorf("second load: %+v, %v", again, err)
		}
	})
}

func TestChangedItemMakesVersion(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var old *catalog.Item
		read(t, d, func(tx *db.Tx) (err error) { old, err = s.Current(tx, "food-operation-new"); return err })

		changed := fstest.MapFS{}
		_ = fs.WalkDir(yunchuan(t), ".", func(p string, e fs.DirEntry, _ error) error {
			if !e.IsDir() {
				text, _ := fs.ReadFile(yunchuan(t), p)
				changed[p] = &fstest.MapFile{Data: text}
			}
			return nil
		})
		f := changed["items/food-operation-new.yaml"]
		f.Data = append([]byte(nil), f.Data...)
		f.Data = []byte(replaceOnce(string(f.Data), "name: 食品经营许可（新办）", "name: 食品经营许可（首次申请）"))
		r, err := s.LoadPackage(t.Context(), changed)
		if err != nil || r.Changed != 1 || r.Unchanged != 69 {
			t.Fatalf("changed load: %+v, %v", r, err)
		}
		read(t, d, func(tx *db.Tx) error {
			now, err := s.Current(tx, "food-operation-new")
			if err != nil {
				return err
			}
			if now.Version != 2 || now.Name != "食品经营许可（首次申请）" || now.ID == old.ID {
				t.Errorf("current is version %d %q", now.Version, now.Name)
			}
			// A running case keeps its version, also for a service that has not seen it.
			kept, err := (&catalog.Service{DB: d}).Version(tx, old.ID)
			if err != nil || kept.Version != 1 || kept.Name != "食品经营许可（新办）" {
				t.Errorf("old version: %+v, %v", kept, err)
			}
			if kept.FlowHash != now.FlowHash {
				t.Errorf("a new name made a new drawing")
			}
			versions, err := s.Versions(tx, "food-operation-new")
			if err != nil || len(versions) != 2 || versions[0].Version != 2 {
				t.Errorf("versions: %+v, %v", versions, err)
			}
			return nil
		})
	})
}

func TestUnknownItem(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		read(t, d, func(tx *db.Tx) error {
			if _, err := s.Current(tx, "nothing"); !fault.Is(err, fault.Unknown) {
				t.Errorf("Current: %v", err)
			}
			if _, err := s.Version(tx, 1); !fault.Is(err, fault.Unknown) {
				t.Errorf("Version: %v", err)
			}
			if _, err := s.Flow(tx, "nothing"); !fault.Is(err, fault.Unknown) {
				t.Errorf("Flow: %v", err)
			}
			return nil
		})
	})
}

func TestFlows(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Browse(tx, catalog.Filter{}, "", 100)
			if err != nil {
				return err
			}
			for _, e := range list {
				it, err := s.Current(tx, e.Code)
				if err != nil {
					return err
				}
				for id, hash := range it.FlowHashes {
					source, err := s.Flow(tx, hash)
					if err != nil {
						t.Errorf("%s %s: %v", e.Code, id, err)
						continue
					}
					def, err := workflow.Compile(source)
					if err != nil {
						t.Errorf("%s %s: %v", e.Code, id, err)
						continue
					}
					checkDrawing(t, it, id, def)
				}
			}
			return nil
		})
	})
}

// checkDrawing checks that a drawing holds the item's steps between acceptance and
// decision, with unit, post and acts.
func checkDrawing(t *testing.T, it *catalog.Item, flow string, def *workflow.Def) {
	t.Helper()
	decides := 0
	for _, n := range def.Tasks() {
		switch n.Slot() {
		case "accept", "issue", "print", "pay", "postcheck":
			t.Errorf("%s %s: slot %s is drawn", it.Code, flow, n.Slot())
		case "decide":
			decides++
			if got := n.Attr["act"]; got != "grant|refuse" {
				t.Errorf("%s %s: decide does %q", it.Code, flow, got)
			}
			if len(n.Out) != 1 || n.Out[0].To.Kind != workflow.End {
				t.Errorf("%s %s: the decision is not the last task", it.Code, flow)
			}
		}
		if n.Unit() == "" || n.Post() == "" || n.LimitUnit() != catalog.Workday {
			t.Errorf("%s %s: task %s lacks unit, post or limit", it.Code, flow, n.ID)
		}
		if (n.Clock() == workflow.ClockStopped) != (n.StopsClock() != "") {
			t.Errorf("%s %s: task %s stops the clock for %q", it.Code, flow, n.ID, n.StopsClock())
		}
	}
	if decides != 1 {
		t.Errorf("%s %s: %d decisions", it.Code, flow, decides)
	}
}

func replaceOnce(s, old, with string) string {
	for i := 0; i+len(old) <= len(s); i++ {
		if s[i:i+len(old)] == old {
			return s[:i] + with + s[i+len(old):]
		}
	}
	return s
}

// TestGroupedStepsStayTogether: an item's parallel steps run beside each other also
// where an answer leads to a flow that would take one after the other, else the
// longest way would be longer than what is promised.
func TestGroupedStepsStayTogether(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	read(t, d, func(tx *db.Tx) error {
		it, err := s.Current(tx, "eia-form-approval")
		if err != nil {
			return err
		}
		for id, hash := range it.FlowHashes {
			source, err := s.Flow(tx, hash)
			if err != nil {
				return err
			}
			def, err := workflow.Compile(source)
			if err != nil {
				return err
			}
			for _, step := range []string{"s2", "s3"} {
				if from := def.Node(step).In[0].From; from.Kind != workflow.Parallel {
					t.Errorf("flow %s: %s follows %s", id, step, from.ID)
				}
			}
		}
		if len(it.FlowHashes) != 2 {
			t.Errorf("flows: %v", it.FlowHashes)
		}
		return nil
	})
}

// TestPackageFitsOffice checks that units, posts and holders that items name are in
// the office of the same package, and that nobody who receives also decides.
func TestPackageFitsOffice(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(yunchuan(t), "office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var office struct {
		Units []struct{ Code string }
		Posts []struct{ Code, Unit string }
		Staff []struct {
			ID    string
			Posts []string
		}
	}
	if err := yaml.Unmarshal(text, &office); err != nil {
		t.Fatal(err)
	}
	units, posts, holders := map[string]bool{}, map[string]string{}, map[string][]string{}
	for _, u := range office.Units {
		units[u.Code] = true
	}
	for _, p := range office.Posts {
		posts[p.Code] = p.Unit
	}
	for _, s := range office.Staff {
		for _, p := range s.Posts {
			holders[p] = append(holders[p], s.ID)
		}
	}
	for _, it := range items(t) {
		for _, code := range []string{it.Unit, it.Body, it.Regulator} {
			if !units[code] {
				t.Errorf("%s: no unit %s", it.Code, code)
			}
		}
		for _, s := range it.Steps {
			if s.Post[0] == '@' {
				continue
			}
			if posts[s.Post] != s.Unit || len(holders[s.Post]) == 0 {
				t.Errorf("%s %s: post %s of %s has holders %v", it.Code, s.ID, s.Post, posts[s.Post], holders[s.Post])
			}
		}
		receive, decide := it.Step("accept"), it.Step("decide")
		if receive == nil {
			continue
		}
		for _, who := range holders[receive.Post] {
			if slices.Contains(holders[decide.Post], who) {
				t.Errorf("%s: %s receives and decides", it.Code, who)
			}
		}
	}
}
