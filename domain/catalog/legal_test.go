package catalog_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

func number(n int) *int { return &n }

// withLegal is the sample item of food with legal elements of its own.
func withLegal(legal string) fstest.MapFS {
	return fstest.MapFS{"items/x-licence.yaml": {Data: []byte(`
id: x-licence
name: 某项许可
type: '01'
unit: SPJ-SY
implementing_unit: SPJ
audience: ['1']
project_type: '2'
statutory_limit: {value: 20, unit: '1'}
promised_limit: {value: 10, unit: '1'}
modes: {joint_review: true}
legal_basis: [{law: 某法, article: 第一条, confidence: high}]
conditions: [有固定的场所]
` + legal + `
flow: standard
steps:
  - {id: s1, slot: accept, name: 受理, unit: SPJ-ZH, post: SPJ-ZH.clerk, days: 1, clock: none}
  - {id: s2, slot: review, name: 审查, unit: SPJ-SY, post: SPJ-SY.rev, days: 3, clock: statutory}
  - {id: s3, slot: decide, name: 决定, unit: SPJ-SY, post: SPJ-SY.chief, days: 1, clock: statutory}
`)}}
}

func TestPackageCarriesLegalElements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		r, err := s.LoadPackage(t.Context(), withLegal(`
legal:
  safety: true
  quota: 3
  third_party: true
  hearing_required: true
  inspection_item: true
  test_result: true
  review_first: true
  units: [SPJ-SY]
  notice: 2
  extension: 0`))
		if err != nil || r.Added != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		read(t, d, func(tx *db.Tx) error {
			// A service that has not seen it reads it from the version.
			it, err := (&catalog.Service{DB: d}).Current(tx, "x-licence")
			if err != nil {
				return err
			}
			l := it.Legal
			if !l.Safety || l.Quota != 3 || l.FirstReview || !l.ThirdParty || !l.Hearing || !l.InspectionItem || !l.TestResult ||
				!l.ReviewFirst || len(l.Units) != 1 || l.Notice == nil || *l.Notice != 2 || l.Extension == nil || *l.Extension != 0 {
				t.Errorf("the version keeps %+v", l)
			}
			return nil
		})
	})
}

// What the law does not allow is refused with the reason, in a package as on the page.
func TestLegalElementsStayInsideTheLaw(t *testing.T) {
	for legal, code := range map[string]string{
		"{quota: -1}":                       "catalog.item.legal.quota",
		"{quota: 1, first_review: true}":    "catalog.item.legal.first_review",
		"{notice: 6}":                       "catalog.item.legal.notice",
		"{notice: -1}":                      "catalog.item.legal.notice",
		"{extension: 16}":                   "catalog.item.legal.extension",
		"{units: [SPJ-XX]}":                 "catalog.item.legal.units",
		"{units: [SPJ-ZH]}":                 "catalog.item.legal.units", // the window owes none
		"{units: [SPJ-SY, SPJ-SY]}":         "catalog.item.legal.units",
		"{safety: true, no_such_thing: no}": "catalog.package.unreadable",
	} {
		p, err := catalog.ReadPackage(withLegal("legal: " + legal))
		if err != nil || len(p.Refused) != 1 || p.Refused[0].Code != code {
			t.Errorf("%s: %+v, %v; want %s", legal, p.Refused, err, code)
		}
	}
	p, err := catalog.ReadPackage(withLegal("legal: {extension: 15, notice: 5, units: [SPJ-SY]}"))
	if err != nil || len(p.Items) != 1 {
		t.Errorf("at the law's own bounds: %+v, %v", p.Refused, err)
	}
	it := *p.Items[0]
	for _, kind := range []struct{ kind, code string }{
		{catalog.TypeOther, "catalog.item.legal.quota"}, {catalog.TypePublic, "catalog.item.legal.extension"},
		{catalog.TypeReward, "catalog.item.legal.extension"},
	} {
		it.Type, it.Legal = kind.kind, catalog.Legal{Extension: number(5)}
		if kind.code == "catalog.item.legal.quota" {
			it.Legal = catalog.Legal{Quota: 5}
		}
		if w := it.Wrong(); len(w) != 1 || w[0].Code != kind.code {
			t.Errorf("kind %s: %+v, want %s", kind.kind, w, kind.code)
		}
	}
	it.Type, it.Modes.Joint, it.Legal = catalog.TypeLicence, false, catalog.Legal{Extension: number(11)}
	if w := it.Wrong(); len(w) != 1 || w[0].Code != "catalog.item.legal.extension" {
		t.Errorf("eleven days more for an item of one agency: %+v", w)
	}
}

// A change on the officer's page is a draft that another person approves, then a version
// of its own: the drawing stays, a running case keeps its version, and the package that is
// loaded again does not undo it.
func TestLegalElementsMakeAVersion(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var logged []string
		s.Log = func(_ *db.Tx, who auth.Actor, act, about string, _ any) error {
			logged = append(logged, act+" "+about+" "+who.Name)
			return nil
		}
		const code = "outdoor-advertising"
		was := current(t, s, code)
		set := catalog.Legal{Quota: 12, ThirdParty: true}
		var c *catalog.Change
		for range 2 { // the double click
			again, err := s.ProposeLegal(t.Context(), officer, code, was.Version, set)
			if err != nil || c != nil && (again.ID != c.ID || again.Lock != c.Lock) {
				t.Fatalf("%+v, %v", again, err)
			}
			c = again
		}
		if now := current(t, s, code); now.Version != was.Version || now.Legal.Any() {
			t.Fatalf("in force without review: version %d of %+v", now.Version, now.Legal)
		}
		approved(t, s, c)
		now := current(t, s, code)
		if now.Version != was.Version+1 || now.Legal.Quota != 12 || !now.Legal.ThirdParty || now.FlowHash != was.FlowHash || was.Legal.Any() {
			t.Errorf("version %d of %+v", now.Version, now.Legal)
		}
		if len(logged) < 2 || logged[0] != "catalog.change_proposed catalog:"+code+" 李事" || logged[1] != "catalog.change_edited catalog:"+code+" 李事" {
			t.Errorf("the ledger was told %v", logged)
		}
		if _, err := s.ProposeLegal(t.Context(), officer, code, was.Version, catalog.Legal{Quota: 1}); fault.Code(err) != "catalog.stale" {
			t.Errorf("on a version that has gone: %v", err)
		}
		if c, err := s.ProposeLegal(t.Context(), officer, code, now.Version, now.Legal); err != nil || c != nil {
			t.Errorf("what it has already made a draft: %+v, %v", c, err)
		}
		if _, err := s.ProposeLegal(t.Context(), officer, code, now.Version, catalog.Legal{Quota: -1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a negative number: %v", err)
		}
		if _, err := s.ProposeLegal(t.Context(), officer, "nothing", 1, set); !fault.Is(err, fault.Unknown) {
			t.Errorf("an item that is not there: %v", err)
		}
		if r, err := s.LoadPackage(t.Context(), yunchuan(t)); err != nil || r.Changed != 0 || current(t, s, code).Legal.Quota != 12 {
			t.Errorf("the package undid the change: %+v, %v, %+v", r, err, current(t, s, code).Legal)
		}
	})
}

func TestLegalElementsOnTheirPage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		s.Left = func(*db.Tx, *catalog.Item) (int, error) { return 2, nil }
		for _, lang := range []string{"zh", "en"} {
			st := open(t, s, lang)
			const path = "/catalog/items/outdoor-advertising"
			if code, page := st.get(path + "/legal"); code != http.StatusOK || !strings.Contains(page, `name="quota"`) {
				t.Fatalf("the form: %d", code)
			}
			var it *catalog.Item
			read(t, d, func(tx *db.Tx) (err error) { it, err = s.Current(tx, "outdoor-advertising"); return err })
			send := func(quota string) (int, string) {
				form := url.Values{"on": {strconv.Itoa(it.Version)}, "elements": {"safety", "third_party"}, "quota": {quota}, "extension": {"0"}}
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path+"/legal", strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				code, page, _ := st.send(r)
				return code, page
			}
			if code, page := send("many"); code != http.StatusUnprocessableEntity || !strings.Contains(page, `value="many"`) {
				t.Errorf("a number that is none: %d", code)
			}
			if code, _ := send("3"); code != http.StatusSeeOther {
				t.Errorf("into a draft: %d", code)
			}
			if _, page := st.get("/items/outdoor-advertising"); it.Legal.Quota != 3 && strings.Contains(page, map[string]string{"zh": "共 3 个", "en": "3 in all"}[lang]) {
				t.Error("the guide tells a draft")
			}
			var open []catalog.ChangeLine
			read(t, d, func(tx *db.Tx) (err error) { open, err = s.OpenChanges(tx, officer, "outdoor-advertising"); return err })
			for _, l := range open {
				approved(t, s, change(t, s, l.ID))
			}
			_, page := st.get("/items/outdoor-advertising")
			for _, want := range map[string][]string{"zh": {"共 3 个，现在还剩 2 个", "一年内不能再申请"}, "en": {"3 in all, 2 left now", "for one year"}}[lang] {
				if !strings.Contains(page, want) {
					t.Errorf("the guide does not say %q", want)
				}
			}
			if _, page := st.get(path); !strings.Contains(page, `id="legal"`) {
				t.Error("the officer's page does not list them")
			}
		}
	})
}
