package change

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

var (
	writes  = auth.Actor{ID: 71, Staff: 7, Name: "李事", Kind: auth.Staff, Rights: []string{catalog.Keep, Write, See}}
	reviews = auth.Actor{ID: 81, Staff: 8, Name: "邵核", Kind: auth.Staff, Rights: []string{catalog.Keep, catalog.Review, See}}
)

// desk serves the pages of proposals over a library of one entry.
type desk struct {
	t     *testing.T
	s     *catalog.Service
	mux   *http.ServeMux
	words *i18n.Bundle
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	k := &desk{t, &catalog.Service{DB: d, Blobs: blob.Folder{Dir: t.TempDir()}}, http.NewServeMux(), &i18n.Bundle{}}
	frame := func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: i18n.Lang(r.Context()), Title: title}
	}
	m := (&Pages{Catalog: k.s, Frame: frame, Flash: func(context.Context, string) {}}).Module()
	for _, texts := range []fs.FS{catalog.Texts, m.Texts, ui.Texts} {
		if err := k.words.Add(texts); err != nil {
			t.Fatal(err)
		}
	}
	for _, rt := range m.Routes {
		k.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	entry := catalog.LibraryMaterial{Code: "test-form", Name: "测试申请表", Kind: "1", Source: "10", Trust: "A", Form: "3", Points: []string{"已签字"}}
	id, err := k.s.ProposeForLibrary(t.Context(), writes, "", 0, entry, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.s.Agree(t.Context(), reviews, id); err != nil {
		t.Fatal(err)
	}
	return k
}

// send sends a request of somebody and returns the answer.
func (k *desk) send(who auth.Actor, method, path string) *httptest.ResponseRecorder {
	k.t.Helper()
	r := httptest.NewRequestWithContext(k.t.Context(), method, path, strings.NewReader(""))
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	k.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), who), k.words, i18n.Chinese)))
	return w
}

var schemas = []dbtest.Schema{{Module: "search", Files: search.Schema}, {Module: "catalog", Files: catalog.Schema}}

// Whoever agrees reads the very form that is proposed, to be saved and not shown in the site's name; a proposal without one
// has none to give.
func TestTheProposedFileIsRead(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		const content = "%PDF-1.7 新表"
		f, err := k.s.KeepFile(t.Context(), writes, "申请表.pdf", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		id, err := k.s.ProposeForm(t.Context(), writes, "", 1, "test-form", catalog.BlankForm, &f, "启用新表格")
		if err != nil {
			t.Fatal(err)
		}
		w := k.send(reviews, http.MethodGet, catalog.ProposalPath(id)+"/file")
		if w.Code != http.StatusOK || w.Body.String() != content || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") {
			t.Errorf("the form: %d %q %v", w.Code, w.Body, w.Header())
		}
		if w := k.send(auth.Actor{}, http.MethodGet, catalog.ProposalPath(id)+"/file"); w.Code == http.StatusOK {
			t.Error("anybody reads it")
		}
		if err := k.s.TakeBack(t.Context(), writes, id); err != nil {
			t.Fatal(err)
		}
		if id, err = k.s.ProposeRetirement(t.Context(), writes, "", 1, "test-form", true, "不再使用"); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{catalog.ProposalPath(id), catalog.ProposalPath(1), "/catalog/proposals/x"} {
			if w := k.send(reviews, http.MethodGet, path+"/file"); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	})
}

// Nobody agrees to a proposal of which the page has no line to show: it can only be sent back.
func TestWhatIsNotShownIsNotAgreedTo(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		id, err := k.s.ProposeRetirement(t.Context(), writes, "", 1, "test-form", true, "不再使用")
		if err != nil {
			t.Fatal(err)
		}
		path := catalog.ProposalPath(id)
		if page := k.send(reviews, http.MethodGet, path).Body.String(); !strings.Contains(page, path+"/agree") {
			t.Fatal("what is shown cannot be agreed to")
		}
		var body string
		if err := d.Write(t.Context(), func(tx *db.Tx) error { // a form that is none, in the place of none: no line differs
			if err := tx.One(`SELECT body FROM catalog_proposal WHERE id = $1`, []any{id}, &body); err != nil {
				return err
			}
			return tx.ExecOne(`UPDATE catalog_proposal SET kind = 'form', body = '{"which":"blank","was":{"code":"test-form"}}' WHERE id = $1`, id)
		}); err != nil {
			t.Fatal(err)
		}
		if page := k.send(reviews, http.MethodGet, path).Body.String(); strings.Contains(page, path+"/agree") {
			t.Error("the page has a button to agree to nothing")
		}
		w := k.send(reviews, http.MethodPost, path+"/agree")
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), k.words.Text(i18n.Chinese, "catalog.proposal.unseen")) {
			t.Errorf("agreed: %d", w.Code)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			p, err := k.s.Proposal(tx, id)
			if err != nil || p.State != catalog.ProposalWaits {
				t.Errorf("it is %+v, %v", p, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
