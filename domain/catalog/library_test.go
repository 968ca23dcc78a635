package catalog_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

func entryOf(code, name string) catalog.LibraryMaterial {
	return catalog.LibraryMaterial{Code: code, Name: name, Kind: "1", Source: "20", Trust: "A", Form: "3", Points: []string{"在有效期内"}, ReplacedBy: []string{"CT-BL"}}
}

// An entry is added, changed and retired once for each key, on what was looked at, and each act
// is kept as evidence.
func TestKeepLibrary(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		s.Blobs = blob.Folder{Dir: t.TempDir()}
		var log []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, about string, _ any) error {
			log = append(log, act+" "+about)
			return nil
		}
		ctx, m := t.Context(), entryOf("test-paper", "测试材料")
		for range 2 { // the double click
			if err := s.AddMaterial(ctx, keeper, "k1", m); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AddMaterial(ctx, keeper, "k2", m); fault.Code(err) != "catalog.library.taken" {
			t.Errorf("taken: %v", err)
		}
		m.Plain, m.Points = "测试用的纸", []string{"看得清"}
		if err := s.ChangeMaterial(ctx, keeper, "k3", 1, m); err != nil {
			t.Fatal(err)
		}
		if err := s.ChangeMaterial(ctx, keeper, "k4", 1, m); !fault.Is(err, fault.Stale) {
			t.Errorf("on what is no longer there: %v", err)
		}
		f, err := s.KeepFile(ctx, keeper, "空白.pdf", strings.NewReader("%PDF-1.7 样例"))
		if err != nil || f.Type != "application/pdf" || f.Size == 0 {
			t.Fatalf("%+v %v", f, err)
		}
		if err := s.AttachForm(ctx, keeper, "k5", 2, m.Code, catalog.BlankForm, &f); err != nil {
			t.Fatal(err)
		}
		if err := s.AttachForm(ctx, keeper, "k6", 3, m.Code, "other", &f); !fault.Is(err, fault.Unknown) {
			t.Errorf("a form that is none: %v", err)
		}
		if err := s.RetireMaterial(ctx, keeper, "k7", 3, m.Code, true, " "); fault.Code(err) == "" {
			t.Error("retired without a reason")
		}
		if err := s.RetireMaterial(ctx, keeper, "k8", 3, m.Code, true, "不再要求"); err != nil {
			t.Fatal(err)
		}
		if want := []string{"catalog.material_added", "catalog.material_changed", "catalog.material_changed", "catalog.material_retired"}; len(log) != len(want) ||
			!slices.EqualFunc(log, want, func(got, act string) bool { return got == act+" catalog-material:test-paper" }) {
			t.Errorf("evidence: %v", log)
		}
		read(t, d, func(tx *db.Tx) error {
			got, err := s.LibraryMaterial(tx, m.Code)
			if err != nil || got.Version != 4 || !got.Retired || got.Plain != m.Plain || got.Blank == nil || got.Blank.Hash != f.Hash {
				t.Errorf("%+v %v", got, err)
			}
			if _, err := s.LibraryMaterial(tx, "none"); fault.Code(err) != "catalog.library.none" {
				t.Errorf("none: %v", err)
			}
			for text, want := range map[string]int{"": 11, "测试": 1, "test-paper": 1, "委托": 1, "%": 0, "_": 0} {
				if list, next, err := s.Library(tx, text, ""); err != nil || len(list) != want || next != "" {
					t.Errorf("%q: %d entries, then %q, %v", text, len(list), next, err)
				}
			}
			return nil
		})
	})
}

func fieldsOf(err error) fault.Fields {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

func TestWrongLibraryEntries(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		for name, tt := range map[string]struct {
			how   func(*catalog.LibraryMaterial)
			field string
		}{
			"a code in capitals":  {func(m *catalog.LibraryMaterial) { m.Code = "Test" }, "code"},
			"no name":             {func(m *catalog.LibraryMaterial) { m.Name = "" }, "name"},
			"whatever is needed":  {func(m *catalog.LibraryMaterial) { m.Name = "其他材料" }, "name"},
			"no such kind":        {func(m *catalog.LibraryMaterial) { m.Kind = "9" }, "kind"},
			"no such grade":       {func(m *catalog.LibraryMaterial) { m.Trust = "E" }, "trust"},
			"no points":           {func(m *catalog.LibraryMaterial) { m.Points = nil }, "points"},
			"an empty point":      {func(m *catalog.LibraryMaterial) { m.Points = []string{""} }, "points"},
			"a negative number":   {func(m *catalog.LibraryMaterial) { m.DeferDays = -1 }, "defer_days"},
			"an unknown type":     {func(m *catalog.LibraryMaterial) { m.ReplacedBy = []string{"CT-NONE"} }, "replaced_by"},
			"too much to explain": {func(m *catalog.LibraryMaterial) { m.Plain = strings.Repeat("长", 301) }, "plain"},
		} {
			m := entryOf("test-paper", "测试材料")
			tt.how(&m)
			err := s.AddMaterial(t.Context(), keeper, "", m)
			if fields := fieldsOf(err); fields[tt.field] == "" || len(fields) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Library(tx, "测试", "")
			if len(list) != 0 {
				t.Errorf("refused and kept: %+v", list)
			}
			return err
		})
	})
}

// A version keeps the words with which it was published; the entry knows which items carry older
// ones, and Refresh gives them today's without touching what is the item's own.
func TestItemsKeepTheirWords(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var lib catalog.LibraryMaterial
		uses := func() (older, all int) {
			read(t, d, func(tx *db.Tx) (err error) {
				if lib, err = s.LibraryMaterial(tx, "power-of-attorney"); err != nil {
					return err
				}
				for after := ""; ; {
					list, next, err := s.Uses(tx, lib, after)
					if err != nil {
						return err
					}
					for _, u := range list {
						all++
						if u.Older {
							older++
						}
						if len(u.Materials) == 0 {
							t.Errorf("%s has it and does not name it", u.Code)
						}
					}
					if after = next; next == "" {
						return nil
					}
				}
			})
			return older, all
		}
		if older, all := uses(); older != 0 || all != 29 {
			t.Fatalf("%d of %d carry older words", older, all)
		}
		lib.Points = append(slices.Clone(lib.Points), "附受托人身份证号码")
		if err := s.ChangeMaterial(t.Context(), keeper, "k", lib.Version, lib); err != nil {
			t.Fatal(err)
		}
		if older, all := uses(); older != 29 || all != 29 {
			t.Errorf("%d of %d carry older words", older, all)
		}
		read(t, d, func(tx *db.Tx) error {
			it, err := s.Current(tx, "food-operation-new")
			if err != nil {
				return err
			}
			before := it.Resolve(nil).Material("m9")
			next, err := s.Inherit(tx, it)
			if err != nil || next == it {
				t.Fatalf("nothing was taken over: %v", err)
			}
			after, own := next.Resolve(nil).Material("m9"), next.Resolve(nil).Material("m3")
			if len(after.Points) != len(before.Points)+1 || after.DeferDays != before.DeferDays || after.Originals != before.Originals {
				t.Errorf("was %+v, is %+v", before, after)
			}
			if own.Name != "法定代表人（负责人）居民身份证" || !slices.Contains(own.Points, "与营业执照或者登记证书所载法定代表人一致") {
				t.Errorf("the item's own words are gone: %+v", own)
			}
			if again := catalog.Refresh(next, lib); again != next {
				t.Error("what is the same is made anew")
			}
			if len(it.Resolve(nil).Material("m9").Points) != len(before.Points) {
				t.Error("the version itself was changed")
			}
			stray := *it
			stray.Materials = []catalog.Material{{ID: "m1", Library: "none"}}
			if _, err := s.Inherit(tx, &stray); fault.Code(err) != "catalog.item.library" {
				t.Errorf("an entry that is none: %v", err)
			}
			return nil
		})
	})
}

// What was changed on the page stays when the same package is read again.
func TestPackageSparesTheLibrary(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var lib catalog.LibraryMaterial
		find := func() {
			read(t, d, func(tx *db.Tx) (err error) {
				lib, err = s.LibraryMaterial(tx, "photo")
				return err
			})
		}
		find()
		lib.Plain = "窗口可以免费拍"
		if err := s.ChangeMaterial(t.Context(), keeper, "k", lib.Version, lib); err != nil {
			t.Fatal(err)
		}
		if r, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil || r.Changed != 0 || len(r.Refused) > 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if find(); lib.Plain != "窗口可以免费拍" || lib.Version != 2 {
			t.Errorf("%+v", lib)
		}
	})
}

// A package whose library is not right is refused entry by entry, and with it what needs it.
func TestWrongLibraryOfAPackage(t *testing.T) {
	t.Parallel()
	pack := fstest.MapFS{}
	err := fs.WalkDir(yunchuan(t), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			text, bad := fs.ReadFile(yunchuan(t), path)
			pack[path], err = &fstest.MapFile{Data: text}, bad
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pack["forms/pledge-letter.docx"] = &fstest.MapFile{Data: []byte("no archive")}
	p, err := catalog.ReadPackage(pack)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range p.Refused {
		got[strings.TrimSuffix(path.Base(r.File), ".yaml")] = r.Code + " " + r.Where
	}
	if got["materials"] != "catalog.file.kind pledge-letter blank" || got["public-place-hygiene"] != "catalog.item.library m8 pledge-letter" || len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func archive(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestKeepFile(t *testing.T) {
	t.Parallel()
	s := &catalog.Service{DB: dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas), Blobs: blob.Folder{Dir: t.TempDir()}}
	word := "word/document.xml"
	for _, tt := range []struct {
		name    string
		content []byte
		code    string
	}{
		{"空白表.docx", archive(t, "[Content_Types].xml", word), ""},
		{`C:\表\空白表.DOCX`, archive(t, word), ""},
		{"表.xlsx", archive(t, "xl/workbook.xml"), ""},
		{"表.ofd", archive(t, "OFD.xml"), ""},
		{"图.png", []byte("\x89PNG\r\n\x1a\n…"), ""},
		{"图.jpg", []byte("\xff\xd8\xff…"), ""},
		{"表.pdf", archive(t, word), "catalog.file.kind"},
		{"页.html", []byte("<script>"), "catalog.file.kind"},
		{"图.svg", []byte("<svg/>"), "catalog.file.kind"},
		{"表.docx", archive(t, "xl/workbook.xml"), "catalog.file.kind"},
		{"宏.docx", archive(t, word, "word/vbaProject.bin"), "catalog.file.kind"},
		{"空.pdf", nil, "catalog.file.kind"},
		{"a\x00b.pdf", []byte("%PDF-"), "catalog.file.kind"},
		{"大.pdf", append([]byte("%PDF-"), make([]byte, catalog.MaxFile)...), "catalog.file.large"},
	} {
		f, err := s.KeepFile(t.Context(), keeper, tt.name, bytes.NewReader(tt.content))
		if fault.Code(err) != tt.code {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
		if err != nil {
			continue
		}
		body, err := s.Blobs.Open(context.Background(), f.Hash)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := io.ReadAll(body)
		_ = body.Close()
		if err != nil || !bytes.Equal(kept, tt.content) || strings.ContainsAny(f.Name, `\/`) || filepath.Ext(f.Name) == "" {
			t.Errorf("%s: %+v, %v", tt.name, f, err)
		}
	}
}

// The public gets what the version in force refers to, to be saved, and nothing else.
func TestGiveFilesOut(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d, Blobs: blob.Folder{Dir: t.TempDir()}}
		if r, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil || len(r.Refused) > 0 {
			t.Fatalf("%+v %v", r, err)
		}
		var blank *catalog.File
		read(t, d, func(tx *db.Tx) error {
			it, err := s.Current(tx, "food-operation-new")
			if err == nil {
				blank = it.Resolve(nil).Material("m9").Blank
			}
			return err
		})
		secret, err := s.KeepFile(t.Context(), keeper, "别人的.pdf", strings.NewReader("%PDF-"))
		if err != nil {
			t.Fatal(err)
		}
		get := func(code, hash, name string) (*httptest.ResponseRecorder, error) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			for key, value := range map[string]string{"code": code, "hash": hash, "name": name} {
				r.SetPathValue(key, value)
			}
			w := httptest.NewRecorder()
			for _, route := range s.Module().Routes {
				if route.Pattern == "GET /items/{code}/files/{hash}/{name}" {
					return w, route.Handle(w, r)
				}
			}
			t.Fatal("no route")
			return nil, nil
		}
		w, err := get("food-operation-new", blank.Hash, blank.Name)
		if err != nil || w.Code != http.StatusOK || int64(w.Body.Len()) != blank.Size {
			t.Fatalf("%d %v, %d bytes", w.Code, err, w.Body.Len())
		}
		for header, want := range map[string]string{"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"} {
			if !strings.HasPrefix(w.Header().Get(header), want) {
				t.Errorf("%s: %q", header, w.Header().Get(header))
			}
		}
		for _, x := range [][3]string{
			{"food-operation-new", secret.Hash, secret.Name}, {"food-operation-new", blank.Hash, "other.docx"},
			{"birth-certificate", blank.Hash, blank.Name}, {"none", blank.Hash, blank.Name}, {"food-operation-new", "../../etc/passwd", blank.Name},
		} {
			if w, err := get(x[0], x[1], x[2]); !fault.Is(err, fault.Unknown) || w.Body.Len() > 0 {
				t.Errorf("%v: %v", x, err)
			}
		}
	})
}
