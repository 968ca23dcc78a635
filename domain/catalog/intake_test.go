package catalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// second may consent to what keeper brought.
var second = auth.Actor{ID: 8, Staff: 8, Kind: auth.Staff, Name: "第二人", Rights: []string{catalog.Keep, catalog.Review}}

// entry is what a test keeps of evidence.
type entry struct {
	who        auth.Actor
	act, about string
	facts      string
}

func listening(s *catalog.Service) *[]entry {
	var all []entry
	s.Log = func(_ *db.Tx, who auth.Actor, act, about string, facts any) error {
		body, err := json.Marshal(facts)
		all = append(all, entry{who, act, about, string(body)})
		return err
	}
	return &all
}

func withBlobs(t *testing.T, s *catalog.Service) *catalog.Service {
	t.Helper()
	s.Blobs = blob.Folder{Dir: t.TempDir()}
	return s
}

// changedBook exports the items, lets fn change the workbook and gives it back.
func changedBook(t *testing.T, s *catalog.Service, fn func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(export(t, s, exchange.XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fn(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// setCells writes into a column of a sheet, in the rows that pick takes; it returns the cells.
func setCells(t *testing.T, f *excelize.File, sheet, head, value string, pick func(row []string) bool) (cells []string) {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(rows[0], func(h string) bool { return strings.TrimSuffix(h, "*") == head })
	for i, r := range rows[1:] {
		if pick(r) {
			cell, _ := excelize.CoordinatesToCellName(at+1, i+2)
			if err := f.SetCellStr(sheet, cell, value); err != nil {
				t.Fatal(err)
			}
			cells = append(cells, cell)
		}
	}
	return cells
}

func one(code string) func([]string) bool { return func(r []string) bool { return r[0] == code } }

func received(t *testing.T, s *catalog.Service, id int64) (i catalog.Imported) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) (err error) { i, err = s.Received(tx, id); return err })
	return i
}

const twoItems = "事项名称,事项类型,部门,事项编码\n甲事,20,虚构局,K-1\n乙事,20,虚构局,K-2\n"

// TestAnotherPersonConsents: neither who brought the file nor who reviews a part of the items.
func TestAnotherPersonConsents(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, another(d))
		evidence := listening(s)
		author := auth.Actor{ID: 9, Staff: 9, Kind: auth.Staff, Name: "导入人", Rights: []string{catalog.Keep, catalog.Review}}
		id, err := s.Receive(t.Context(), author, "k", "a.csv", strings.NewReader(twoItems))
		if err != nil {
			t.Fatal(err)
		}
		i := received(t, s, id)
		other := author
		other.ID = 10 // another account of the same person
		for _, tt := range []struct {
			who  auth.Actor
			want string
		}{
			{author, "catalog.import.own"}, {other, "catalog.import.own"},
			{keeper, "catalog.import.right"},
			{auth.Actor{ID: 11, Staff: 11, Kind: auth.Staff, Unit: "D001", Roles: []string{"section_chief"}, Rights: []string{catalog.Review}}, "catalog.import.right"},
		} {
			if err := s.Consent(t.Context(), tt.who, id, i.File, ""); fault.Code(err) != tt.want {
				t.Errorf("%s: %v, want %s", tt.who.Name, err, tt.want)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			mine, err := s.Awaiting(tx, second)
			own, _ := s.Awaiting(tx, author)
			if len(mine) != 1 || len(own) != 0 {
				t.Errorf("waits for the second person %d, for the author %d", len(mine), len(own))
			}
			return err
		})
		if err := s.Consent(t.Context(), second, id, i.File, "c"); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		i = received(t, s, id)
		if i.State != catalog.StateDone || i.Author.Name != "导入人" || i.Consenter.Name != "第二人" || i.Consenter.Staff != 8 {
			t.Errorf("%s by %+v and %+v", i.State, i.Author, i.Consenter)
		}
		read(t, d, func(tx *db.Tx) error {
			list, err := s.ImportedVersions(tx, id)
			sum, _ := s.VersionsDigest(tx, id)
			if len(list) != 2 || list[0].Code != "K-1" || list[0].Hash == "" || sum != i.Versions {
				t.Errorf("%+v under %s, kept %s", list, sum, i.Versions)
			}
			return err
		})
		var acts []string
		for _, e := range *evidence {
			acts = append(acts, e.act)
			if e.who.ID != second.ID || e.who.Name != second.Name {
				t.Errorf("%s is said to be by %q", e.act, e.who.Name)
			}
		}
		last := (*evidence)[len(*evidence)-1].facts
		if !slices.Equal(acts, []string{"catalog.import_consented", "catalog.imported"}) || !strings.Contains(last, i.Versions) || !strings.Contains(last, i.File) || !strings.Contains(last, "导入人") {
			t.Errorf("%v: %s", acts, last)
		}
	})
}

// TestRefusingRulesHoldForFiles, at the command line as in the browser, each with its cell.
func TestRefusingRulesHoldForFiles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var cells []string
		text := changedBook(t, s, func(f *excelize.File) {
			at := 0
			cells = setCells(t, f, "材料", "材料名称", "法律法规规定的其他材料", func(r []string) bool {
				if r[0] == foodItem {
					at++
				}
				return r[0] == foodItem && at == 2
			})
			setCells(t, f, "材料", "材料库编号", "", one(foodItem))
			setCells(t, f, "事项", "受理条件", "", one("barber-hygiene"))
		})
		r, err := s.Import(t.Context(), auth.Actor{Kind: auth.System}, "a.xlsx", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Refused, func(x catalog.Refusal) bool { return x.Code == "catalog.rule.vague_material" })
		if i < 0 {
			t.Fatalf("%+v", r)
		}
		x := r.Refused[i]
		if x.Sheet != "材料" || x.Heading != "材料名称" || x.Where != "法律法规规定的其他材料" || len(cells) != 1 || !strings.HasPrefix(cells[0], x.Column) || x.Line == 0 {
			t.Errorf("%v is refused as %+v", cells, x)
		}
		if current(t, s, foodItem).Version != 1 {
			t.Error("it is in force")
		}
	})
}

// TestWhoeverImportsAtTheMachineIsNamed, and each thing that a package brings besides items has evidence of its own.
func TestWhatComesBesideItemsIsKeptAsEvidence(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, &catalog.Service{DB: d})
		if _, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil {
			t.Fatal(err)
		}
		text := zipped(t, map[string]string{
			"items/none.yaml": "id: nothing\n",
			"standards.yaml":  "certificate_types:\n  - {code: CT-X, name: 新证, issuer: 某局, holder: person, validity: 长期}\n",
			"base.yaml":       "bases:\n  - {code: \"000199999000\", name: 新许可, type: \"01\", basis: [{law: 某法, article: 第一条, confidence: high}], use_levels: [\"4\"]}\n",
		})
		check, err := s.CheckFile(t.Context(), keeper, "p.zip", bytes.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		evidence := listening(s)
		r, err := s.Import(t.Context(), auth.Actor{Kind: auth.System}, "p.zip", bytes.NewReader(text))
		if err != nil || r.Beside != check.Beside || r.Beside.Certificates != 1 || r.News() != r.Beside.Total() {
			t.Fatalf("%+v, checked %+v, %v, %+v", r.Beside, check.Beside, err, r.Refused)
		}
		n := 0
		for _, e := range *evidence {
			if e.act == "catalog.import_brought" {
				n++
				if !strings.Contains(e.facts, "operator at the command line") || !strings.Contains(e.facts, `"after":"`) {
					t.Errorf("%s: %s", e.about, e.facts)
				}
			}
		}
		if n != r.Beside.Total() {
			t.Errorf("%d entries for %+v", n, r.Beside)
		}
		if again, err := s.CheckFile(t.Context(), keeper, "p.zip", bytes.NewReader(text), nil); err != nil || again.News() != 0 {
			t.Errorf("again it is news: %+v, %v", again.Beside, err)
		}
	})
}

// TestAFileOfACaseIsNoForm, though its hash is known.
func TestAFileOfACaseIsNoForm(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, &catalog.Service{DB: d})
		if _, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil {
			t.Fatal(err)
		}
		foreign, _, err := s.Blobs.Put(t.Context(), strings.NewReader("%PDF-1.7 somebody's papers"), 1000)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := s.KeepFile(t.Context(), keeper, "空白.pdf", strings.NewReader("%PDF-1.7 empty form"))
		if err != nil {
			t.Fatal(err)
		}
		with := func(hash string) []byte {
			return changedBook(t, s, func(f *excelize.File) {
				setCells(t, f, "事项", "结果样本", "x.html\ntext/html\n5\n"+hash, one(foodItem))
			})
		}
		if r := importing(t, s, "a.xlsx", with(foreign)); !slices.ContainsFunc(r.Refused, func(x catalog.Refusal) bool { return x.Code == "catalog.import.no_form" }) || r.Changed != 0 {
			t.Errorf("a foreign file: %+v", r)
		}
		if r := importing(t, s, "a.xlsx", with(kept.Hash)); r.Changed != 1 {
			t.Fatalf("a form: %+v", r)
		}
		if f := current(t, s, foodItem).Result.Sample; f == nil || *f != kept {
			t.Errorf("it is %+v, kept as %+v", f, kept)
		}
		w := httptest.NewRecorder()
		err = s.SendFile(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), catalog.File{Name: "x.pdf", Type: "application/pdf", Hash: foreign})
		if !fault.Is(err, fault.Unknown) || w.Body.Len() > 0 {
			t.Errorf("the foreign file was sent: %v, %d bytes", err, w.Body.Len())
		}
	})
}

// TestAnImportLeavesNewerVersionsFound: what came in force while it was being made findable keeps its index.
func TestAnImportLeavesNewerVersionsFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		const head = "事项名称,事项类型,部门,事项编码\n"
		var list strings.Builder
		list.WriteString(head)
		for i := range 60 { // more than become findable at a time
			fmt.Fprintf(&list, "斑马登记第%d类,20,虚构局,K-%03d\n", i, i)
		}
		did := false
		_, err := s.ImportTelling(t.Context(), keeper, "b.csv", strings.NewReader(list.String()), func(state string, done, total int) {
			if state == catalog.StateIndexing && !did && done < total {
				did = true
				importing(t, s, "c.csv", []byte(head+"犀牛登记,20,虚构局,K-059\n"))
			}
		})
		if err != nil || !did {
			t.Fatalf("%v, nothing in between", err)
		}
		read(t, d, func(tx *db.Tx) error {
			hits, _, err := s.Search(tx, "犀牛", catalog.Filter{}, "", 5)
			it, _ := s.Current(tx, "K-059")
			if len(hits) != 1 || it.Name != "犀牛登记" {
				t.Errorf("%s is in force, %d found by its name", it.Name, len(hits))
			}
			if hits, _, _ = s.Search(tx, "斑马", catalog.Filter{}, "", 100); len(hits) != 59 {
				t.Errorf("%d of the others are found", len(hits))
			}
			return err
		})
	})
}

// TestTheJobChecksWhatTheRequestDidNot: the browser was closed while the file was checked.
func TestTheJobChecksWhatTheRequestDidNot(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := time.UnixMilli(1_760_000_000_000)
		d = d.WithClock(func() time.Time { return now })
		s := withBlobs(t, another(d))
		find := s.FindUnit
		ctx, cancel := context.WithCancel(t.Context())
		s.FindUnit = func(*db.Tx, string, string) (string, error) { cancel(); return "", ctx.Err() }
		id, _ := s.Receive(ctx, keeper, "k", "a.csv", strings.NewReader(twoItems))
		s.FindUnit = find
		if i := received(t, s, id); i.State != catalog.StateReading {
			t.Fatalf("it is %s", i.State)
		}
		now = now.Add(time.Minute)
		run := &job.Runner{DB: d}
		run.Register(s.Module().Jobs...)
		if _, err := run.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i := received(t, s, id); i.State != catalog.StateChecked || i.Report.Added != 2 {
			t.Errorf("after the job it is %s: %+v", i.State, i.Report)
		}
	})
}

// TestSettleGoesByTheJob: an import at the command line that broke off is dropped, though the same file was kept.
func TestSettleGoesByTheJob(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := time.UnixMilli(1_760_000_000_000)
		d = d.WithClock(func() time.Time { return now })
		s := withBlobs(t, another(d))
		if _, err := s.Receive(t.Context(), keeper, "k", "a.csv", strings.NewReader(twoItems)); err != nil {
			t.Fatal(err)
		}
		broke := errors.New("the machine stopped")
		s.Log = func(*db.Tx, auth.Actor, string, string, any) error { return broke }
		if _, err := s.Import(t.Context(), auth.Actor{Kind: auth.System}, "a.csv", strings.NewReader(twoItems)); !errors.Is(err, broke) {
			t.Fatal(err)
		}
		s.Log = nil
		now = now.Add(time.Hour)
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			list, err := s.Imports(tx, 5)
			if len(list) != 2 || list[0].State != catalog.StateDropped || list[1].State != catalog.StateChecked {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

// TestDepartmentsAreMadeForRowsThatAreTaken, as whoever consented, and as many as the dry run said.
func TestDepartmentsAreMadeForRowsThatAreTaken(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		var made []string
		unit := s.Unit
		s.Unit = func(tx *db.Tx, who auth.Actor, name, uscc string) (string, error) {
			if who.ID != keeper.ID {
				t.Errorf("%s is made by %+v", name, who)
			}
			if !slices.Contains(made, name) {
				made = append(made, name)
			}
			return unit(tx, who, name, uscc)
		}
		text := "事项名称,事项类型,部门,事项编码,法定办结时限,承诺办结时限\n甲事,20,虚构局,K-1,5,20\n乙事,20,真实局,K-2,20,5\n丙事,20,真实局,K-3,20,5\n"
		check, err := s.CheckFile(t.Context(), keeper, "a.csv", strings.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		r := importing(t, s, "a.csv", []byte(text))
		if check.Units != 1 || r.Units != 1 || r.Added != 2 || !slices.Equal(made, []string{"真实局"}) {
			t.Errorf("the dry run says %d, the import %d; made are %v: %+v", check.Units, r.Units, made, r)
		}
		if it := current(t, s, "K-2"); it.Unit != "D001" {
			t.Errorf("its unit is %s", it.Unit)
		}
	})
}

// TestBareItemsClaimNothing on lists, nor ask for papers that nobody can name.
func TestBareItemsClaimNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := another(d)
		importing(t, s, "a.csv", []byte("事项名称,事项类型,部门,事项编码,办件类型\n甲事,01,虚构局,K-1,即办件\n"))
		it := current(t, s, "K-1")
		read(t, d, func(tx *db.Tx) error {
			for list, want := range map[string]int{
				catalog.ListSpot: 0, catalog.ListOnce: 0, catalog.ListOnline: 0, catalog.ListPledge: 0, catalog.ListTolerance: 0, catalog.ListApprovals: 1,
			} {
				p, err := s.ListRows(tx, list, catalog.ListFilter{}, "", 10)
				if err != nil || p.Items != want {
					t.Errorf("%s: %d, %v", list, p.Items, err)
				}
			}
			return nil
		})
		for _, f := range it.Flaws() {
			if f.Rule == "vague_material" {
				t.Errorf("it asks for %s", f.Where)
			}
		}
		if it.StatutoryLimit.Checked() {
			t.Error("its limit counts as checked")
		}
	})
}

// TestAnImportLeadsNoItemAwayFromItsBase: what a draft may not do, a file may not either.
func TestAnImportLeadsNoItemAwayFromItsBase(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		text := changedBook(t, s, func(f *excelize.File) { setCells(t, f, "事项", "法定办结时限", "19", one(foodItem)) })
		r, err := s.Import(t.Context(), auth.Actor{Kind: auth.System}, "a.xlsx", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(r.Refused, func(x catalog.Refusal) bool { return x.Code == "catalog.deviates.limit" }) {
			t.Errorf("%+v", r)
		}
		if it := current(t, s, foodItem); it.Version != 1 {
			t.Errorf("version %d is in force", it.Version)
		}
	})
}
