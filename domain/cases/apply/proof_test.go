package apply

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestTheReceiptProvesItself: the applicant saves it, anybody checks it, and what
// was changed is told, in the receipt as in the ledger behind it.
func TestTheReceiptProvesItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, visitor := w.person(qixia), auth.Actor{}
		id := w.submit(who, clinic)
		w.get(w.person(zhou), casePath(id, "/proof")).want(t, http.StatusNotFound)
		if a := w.get(who, casePath(id, "/proof")); a.Code != http.StatusConflict || a.Get("Refresh") != "1" {
			t.Errorf("before it is sealed: %d, asks again after %q", a.Code, a.Get("Refresh"))
		}
		if err := w.s.Tree.CatchUp(t.Context(), w.s.DB); err != nil {
			t.Fatal(err)
		}
		w.get(who, casePath(id, "/proof")).want(t, http.StatusOK, "存证回执", "2026-03-02 10:00:00", `class="qr"`)
		file := w.get(who, casePath(id, "/proof.json")).want(t, http.StatusOK)
		r, err := ledger.ParseReceipt([]byte(file.Body))
		if err != nil {
			t.Fatal(err)
		}
		no := regexp.MustCompile(`receipt-(\w+)\.json`).FindStringSubmatch(file.Get("Content-Disposition"))[1]
		key := w.s.Tree.Key.Verifier()

		w.get(visitor, "/verify-receipt").want(t, http.StatusOK, "核对存证回执", key)
		w.upload(visitor, "/verify-receipt", "r.json", []byte(file.Body), false).
			want(t, http.StatusOK, "回执真实", "今天的账本里还有它", no, r.Entry.Digest)
		short, err := r.Compact(key)
		if err != nil {
			t.Fatal(err)
		}
		w.get(visitor, "/verify-receipt?r="+short).want(t, http.StatusOK, "回执真实", no)

		w.upload(visitor, "/verify-receipt", "r.json", []byte(strings.Replace(file.Body, no, "379900202001010000018", 1)), false).
			want(t, http.StatusOK, "回执被改过")
		w.upload(visitor, "/verify-receipt", "r.json", []byte(`{"format":"onedoor-receipt/1"}`), false).
			want(t, http.StatusOK, "不是本中心的回执")
		w.upload(visitor, "/verify-receipt", "r.json", []byte("%PDF"), false).want(t, http.StatusUnprocessableEntity, "看不懂这个文件")
		w.upload(visitor, "/verify-receipt", "r.json", make([]byte, maxReceipt+1), false).want(t, http.StatusRequestEntityTooLarge, "文件太大，不是存证回执")
		w.upload(visitor, "/verify-receipt", "r.json", nil, false).want(t, http.StatusUnprocessableEntity, "还没有选文件")
		w.get(visitor, "/verify-receipt?r=AQ").want(t, http.StatusUnprocessableEntity, "看不懂这个文件")
		w.get(visitor, "/ledger/checkpoint").want(t, http.StatusOK, "onedoor.test\n")

		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`UPDATE ledger_entry SET hash = $1 WHERE chain = $2`, strings.Repeat("0", 64), r.Entry.Chain)
		}); err != nil {
			t.Fatal(err)
		}
		w.get(visitor, "/verify-receipt?r="+short).want(t, http.StatusOK, "回执真实", "今天的账本里找不到它")
	})
}
