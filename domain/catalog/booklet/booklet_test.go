package booklet_test

import (
	"flag"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/booklet"
	"onedoor.app/engine/paper"
	"onedoor.app/engine/search"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

var keep = flag.String("keep", "", "directory in which to leave the papers, to look at them")

var (
	schemas = []dbtest.Schema{{Module: "search", Files: search.Schema}, {Module: "catalog", Files: catalog.Schema}}
	fonts   = paper.Open()
)

// site serves the pages over the sample city in a language.
type site struct {
	t    *testing.T
	d    *db.DB
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	s := &catalog.Service{
		DB: d, Hall: func(*db.Tx) (catalog.Hall, error) {
			return catalog.Hall{Name: "云川市政务服务中心", Address: "听荷路1号", Hours: "周一至周五 09:00-17:00", Phone: "12345"}, nil
		},
	}
	if r, err := s.LoadPackage(t.Context(), pack); err != nil || len(r.Refused) > 0 {
		t.Fatal(err, r.Refused)
	}
	p := &booklet.Pages{
		Catalog: s, Fonts: fonts, Blobs: blob.Folder{Dir: t.TempDir()}, Public: "https://onedoor.example",
		Frame: func(r *http.Request, title string) ui.Page {
			return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI()}
		},
	}
	st := &site{t: t, d: d, mux: http.NewServeMux(), text: &i18n.Bundle{}, lang: i18n.Chinese}
	m := p.Module()
	for _, texts := range []fs.FS{m.Texts, s.Module().Texts} {
		if err := st.text.Add(texts); err != nil {
			t.Fatal(err)
		}
	}
	for _, rt := range m.Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

var rawKey = regexp.MustCompile(`(booklet|catalog)\.[a-z_]+(\.[a-z_0-9]+)*\s*<`)

func (st *site) get(path string, header ...string) *httptest.ResponseRecorder {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	st.mux.ServeHTTP(w, r.WithContext(i18n.With(r.Context(), st.text, st.lang)))
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/pdf") {
		if k := rawKey.FindString(html.UnescapeString(w.Body.String())); k != "" {
			st.t.Errorf("%s: no words for %s", path, k)
		}
	}
	return w
}

var theme = "/booklets/theme/" + url.PathEscape("准营准办")

// TestPages opens every kind of page in both languages.
func TestPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		for _, st.lang = range i18n.Languages() {
			for path, want := range map[string]string{
				"/booklets": "准营准办", theme: "食品经营许可（新办）", "/booklets/body/SPJ": "SPJ",
				"/booklets/zone/" + url.PathEscape("A区 企业与投资"): "企业设立登记（公司）", "/items/food-operation-new/poster": "开饭馆",
			} {
				if w := st.get(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
					t.Errorf("%s %s: %d", st.lang, path, w.Code)
				}
			}
		}
		for _, path := range []string{"/booklets/colour/red", "/booklets/theme/none", "/booklets/theme/none/book.pdf", "/items/none/poster", "/booklets/chosen.pdf", "/booklets/chosen.pdf?item=none"} {
			if w := st.get(path); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d, want not found", path, w.Code)
			}
		}
	})
}

// TestFiles makes every kind of file: the same comes out twice, a browser that has it is told
// so, and a booklet is kept until an item changes.
func TestFiles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		for name, path := range map[string]string{
			"book": theme + "/book.pdf", "unit": "/booklets/body/SPJ/book.pdf", "wall": theme + "/wall.pdf", "wall-a3": theme + "/wall.pdf?size=a3",
			"poster": "/items/food-operation-new/poster.pdf", "chosen": "/booklets/chosen.pdf?item=elder-card&item=free-bus-card",
		} {
			first, second := st.get(path), st.get(path)
			if first.Code != http.StatusOK || !strings.HasPrefix(first.Body.String(), "%PDF-") {
				t.Fatalf("%s: %d", path, first.Code)
			}
			if first.Body.String() != second.Body.String() {
				t.Errorf("%s: two files of the same differ", path)
			}
			if again := st.get(path, "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified {
				t.Errorf("%s: %d for a browser that has it", path, again.Code)
			}
			if *keep != "" {
				if err := os.WriteFile(filepath.Join(*keep, name+".pdf"), first.Body.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		page := st.get("/booklets").Body.String()
		if !strings.Contains(page, " 页，") || !strings.Contains(page, " 生成</td>") {
			t.Error("the list does not say how large the booklet is and when it was made")
		}
		if n := strings.Count(page, `<details class="fold"`); n != 3 {
			t.Errorf("%d parts of the list fold, not those by theme, unit and zone", n)
		}
	})
}

// TestABookletSaysAllOfItsItems: names, plain words, conditions, papers and grounds stand in the
// book; that all of a book stands in the file is for engine/paper to prove.
func TestABookletSaysAllOfItsItems(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	st := open(t, d)
	if err := d.Read(i18n.With(t.Context(), st.text, st.lang), func(tx *db.Tx) error {
		b, err := (&catalog.Service{DB: d}).Booklet(tx, catalog.BookletOf{Kind: catalog.FacetTheme, Value: "准营准办"}, "")
		if err != nil {
			return err
		}
		book := b.Book(tx.Context(), "https://onedoor.example")
		for i, it := range b.Items {
			c := book.Chapters[i]
			var says []string
			for _, s := range c.Sections {
				says = slices.Concat(says, s.Paragraphs, s.Items)
				for _, row := range s.Table {
					says = append(says, row...)
				}
			}
			text := strings.Join(says, "\n")
			want := append([]string{it.Plain.What, it.Plain.How, it.Plain.Tip, it.Offer.Zone, it.Result.Name}, it.Conditions...)
			for _, m := range it.Materials {
				want = append(append(want, m.Name), m.Points...)
			}
			for _, ground := range it.Basis {
				want = append(want, ground.Law, ground.Gist)
			}
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s: %q is not in the booklet", it.Code, w)
				}
			}
			if c.Title != it.Name || c.QR != "https://onedoor.example/items/"+it.Code {
				t.Errorf("%s: chapter %q with the code %q", it.Code, c.Title, c.QR)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestFiftyItemsTakeASecond holds the promise that nobody waits for a booklet.
func TestFiftyItemsTakeASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	st := open(t, d)
	st.get("/items/elder-card/poster.pdf") // the fonts are unpacked with the first file
	begin := time.Now()
	w := st.get("/booklets/zone/" + url.PathEscape("A区 企业与投资") + "/book.pdf")
	took := time.Since(begin)
	t.Logf("35 items: %s, %d bytes", took, w.Body.Len())
	if w.Code != http.StatusOK || took > 5*time.Second {
		t.Errorf("%d after %s", w.Code, took)
	}
}

// Whatever visitors put into an address, no more booklets are kept than there are volumes.
func TestMadeUpAddressesKeepNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		kept := func() (n int) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT COUNT(*) FROM catalog_booklet`, nil, &n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, after := range []string{"", "0", "00", "0000", "%00", "0a", "0ab"} {
			if w := st.get(theme + "/book.pdf?after=" + after); w.Code != http.StatusOK && w.Code != http.StatusUnprocessableEntity {
				t.Errorf("after %q: %d", after, w.Code)
			}
		}
		if n := kept(); n != 1 {
			t.Errorf("%d booklets are kept of one volume", n)
		}
	})
}
