package catalog_test

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestADryRunNamesWhatItWouldDo: what is added, what is changed and how, the departments, and what an old file would undo.
func TestADryRunNamesWhatItWouldDo(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, another(d))
		s.Say = func(_ *db.Tx, lang string, old, next *catalog.Item) string {
			return lang + ": " + old.Name + " → " + next.Name
		}
		const head = "事项名称,事项类型,部门,事项编码\n"
		first := head + "甲事,20,民政局,A-1\n乙事,20,民政局,A-2\n"
		importing(t, s, "a.csv", []byte(first))
		importing(t, s, "b.csv", []byte(head+"甲事（新）,20,民政局,A-1\n"))
		r, err := s.CheckFile(t.Context(), keeper, "c.csv", strings.NewReader(head+"丙事,20,新来的局,A-3\n甲事,20,民政局,A-1\n乙事（新）,20,民政局,A-2\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Named) != 3 || r.Older != 1 || fmt.Sprint(r.UnitNames) != "[新来的局]" {
			t.Fatalf("%+v", r)
		}
		for i, want := range []catalog.News{{Code: "A-1", Older: 1}, {Code: "A-2"}, {Code: "A-3", New: true}} {
			got := r.Named[i]
			if got.Kind != catalog.NewsItem || got.Code != want.Code || got.Older != want.Older || got.New != want.New || got.Name == "" {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		if w := r.Named[1].Words["en"]; w != "en: 乙事 → 乙事（新）" {
			t.Errorf("it differs by %q", w)
		}
		id, err := s.Receive(t.Context(), keeper, "k", "a.csv", strings.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		i := received(t, s, id)
		if i.Report.NamedAll != 1 || i.Report.Older != 1 {
			t.Fatalf("%+v", i.Report)
		}
		if err := s.Consent(t.Context(), second, id, i.File, "c"); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if i = received(t, s, id); i.State != catalog.StateDone || len(i.Report.Named) != 1 {
			t.Errorf("after it: %s, %+v", i.State, i.Report.Named)
		}
	})
}

// TestALongListOfChangesIsKeptWhole, though a report holds the first of it.
func TestALongListOfChangesIsKeptWhole(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, another(d))
		list := func(end string, n int) string {
			var b strings.Builder
			b.WriteString("事项名称,事项类型,部门,事项编码\n")
			for i := range n {
				fmt.Fprintf(&b, "事项%d%s,20,民政局,K-%03d\n", i, end, i)
			}
			return b.String()
		}
		importing(t, s, "a.csv", []byte(list("", 130)))
		id, err := s.Receive(t.Context(), keeper, "k", "b.csv", strings.NewReader(list("（新）", 250)))
		if err != nil {
			t.Fatal(err)
		}
		i := received(t, s, id)
		if len(i.Report.Named) != 200 || i.Report.NamedAll != 250 || i.Report.NamedNew != 120 {
			t.Fatalf("%d of %d, %d new", len(i.Report.Named), i.Report.NamedAll, i.Report.NamedNew)
		}
		var all []catalog.News
		if err := s.ImportNews(t.Context(), i, func(n catalog.News) error { all = append(all, n); return nil }); err != nil || len(all) != 250 || all[0].New || !all[249].New {
			t.Errorf("%d in all, %v", len(all), err)
		}
		enough, told := errors.New("enough"), 0
		if err := s.ImportNews(t.Context(), i, func(catalog.News) error { told++; return enough }); !errors.Is(err, enough) || told != 1 {
			t.Errorf("%d told to who wants one, %v", told, err)
		}
	})
}

// TestALoadedPackageIsKeptAsEvidence like an import, holds to the same rules, and leaves nothing the second time.
func TestALoadedPackageIsKeptAsEvidence(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		pack := fstest.MapFS{}
		if err := fs.WalkDir(yunchuan(t), ".", func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				var text []byte
				text, err = fs.ReadFile(yunchuan(t), name)
				pack[name] = &fstest.MapFile{Data: text}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		const bad = "items/public-place-hygiene.yaml"
		text, off := regexp.MustCompile(`(?s)\nlegal_basis:.*?\n(\w)`).ReplaceAllString(string(pack[bad].Data), "\n$1"), len(pack[bad].Data)
		if len(text) == off {
			t.Fatal("the item has no legal basis to take away")
		}
		pack[bad] = &fstest.MapFile{Data: []byte(text)}
		s := &catalog.Service{DB: d}
		evidence := listening(s)
		r, err := s.LoadPackage(t.Context(), pack)
		if err != nil {
			t.Fatal(err)
		}
		if r.Added != len(items(t))-1 || len(r.Refused) != 1 || r.Refused[0].Code != "catalog.rule.no_basis" || r.Refused[0].File != bad {
			t.Fatalf("%d added, %+v", r.Added, r.Refused)
		}
		acts := map[string]int{}
		for _, e := range *evidence {
			acts[e.act]++
		}
		if acts["catalog.imported"] != 1 || acts["catalog.import_brought"] != r.Beside.Total() || r.Beside.Bases == 0 {
			t.Errorf("%v for %+v", acts, r.Beside)
		}
		read(t, d, func(tx *db.Tx) error {
			list, err := s.Imports(tx, 5)
			if len(list) != 1 || list[0].State != catalog.StateDone {
				t.Fatalf("%+v", list)
			}
			sum, _ := s.VersionsDigest(tx, list[0].ID)
			versions, _ := s.ImportedVersions(tx, list[0].ID)
			if sum != list[0].Versions || len(versions) != r.Added || !strings.Contains((*evidence)[len(*evidence)-1].facts, sum) {
				t.Errorf("%d versions under %s, kept %s", len(versions), sum, list[0].Versions)
			}
			return err
		})
		before := len(*evidence)
		if again, err := s.LoadPackage(t.Context(), pack); err != nil || again.News() != 0 || len(*evidence) != before {
			t.Errorf("again: %+v, %d entries, %v", again, len(*evidence)-before, err)
		}
	})
}
