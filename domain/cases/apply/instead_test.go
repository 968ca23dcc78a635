package apply

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

const foodChange = "food-operation-change"

// twoLicences gives the party two certificates of the type that the item is about.
func (w *world) twoLicences() {
	held := []cases.Held{
		{ID: 901, Current: 901, Type: "CT-FOOD", Name: "食品经营许可证", Number: "…0001", State: cases.CertificateValid},
		{ID: 902, Current: 902, Type: "CT-FOOD", Name: "食品经营许可证", Number: "…0002", State: cases.CertificateValid},
	}
	w.s.Register = cases.Register{
		Of: func(*db.Tx, int64, string) ([]cases.Held, error) { return held, nil },
	}
}

// TestALinkToAnotherCertificateAsksBeforeTheDraftChanges: the draft keeps what was typed; the certificate is the one that
// the person says.
func TestALinkToAnotherCertificateAsksBeforeTheDraftChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		w.twoLicences()
		first := "/apply/" + foodChange + "?certificate=901"
		w.get(who, first).want(t, http.StatusOK, `name="certificate" value="901"`)
		draft := w.post(who, "/apply/"+foodChange, url.Values{"certificate": {"901"}}).want(t, http.StatusSeeOther).To
		typed := url.Values{"later": {"1"}, "form.site_address": {"柳荫路 36 号"}, "certificate": {"901"}}
		w.post(who, draft+"/form", typed).want(t, http.StatusSeeOther)
		if to := w.get(who, first).want(t, http.StatusSeeOther).To; to != draft {
			t.Errorf("the same certificate leads to %s", to)
		}
		ask := w.get(who, "/apply/"+foodChange+"?certificate=902").want(t, http.StatusOK, "草稿里是另一张证", "…0001", "…0002", "改办刚才点的这张")
		if strings.Contains(ask.Body, "柳荫路") {
			t.Error("what was typed stands on the page that asks")
		}
		named := func() (id int64, form map[string]string) {
			w.read(func(tx *db.Tx) error {
				list, err := w.s.Drafts(tx, who)
				id, form = list[0].Certificate, list[0].Form
				return err
			})
			return id, form
		}
		w.post(who, "/apply/"+foodChange, url.Values{"certificate": {"902"}}).want(t, http.StatusOK, "草稿里是另一张证")
		if id, _ := named(); id != 901 {
			t.Errorf("unasked it names %d", id)
		}
		w.post(who, "/apply/"+foodChange, url.Values{"certificate": {"902"}, "instead": {"1"}}).want(t, http.StatusSeeOther)
		if id, form := named(); id != 902 || form["site_address"] != "柳荫路 36 号" {
			t.Errorf("it names %d with %v", id, form)
		}
	})
}

// TestAnItemOffTheListIsToldOnItsPage: before anybody presses anything.
func TestAnItemOffTheListIsToldOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keeper := auth.Actor{ID: 7, Kind: auth.Staff, Staff: 7, Rights: []string{catalog.Review}}
		if err := w.s.Catalog.Suspend(t.Context(), keeper, clinic, "系统升级，九月恢复"); err != nil {
			t.Fatal(err)
		}
		page := w.get(w.person(qixia), "/apply/"+clinic).want(t, http.StatusOK, "已下架，现在不能申请", "系统升级，九月恢复")
		if strings.Contains(page.Body, "<form method=\"post\" action=\"/apply/"+clinic) {
			t.Error("the page offers to begin")
		}
	})
}
