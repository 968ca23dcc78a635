package app

import (
	"slices"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/certificate"
)

// TestXKF50ARenewalChangesNoWordsOfTheCertificate: its form comes with what the certificate says, another address is refused,
// and the next version says what the one before said, but for its days.
func TestXKF50ARenewalChangesNoWordsOfTheCertificate(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	was := h.current(h.certificate(h.first.Case).Root)
	words := was.Words()
	for _, key := range []string{"site_address", "food_format", "food_items"} {
		if words[key] == "" {
			t.Fatalf("the certificate says nothing of %s: %v", key, words)
		}
	}
	at := (was.Until - 80).Start().Add(10 * time.Hour)
	h.d.clock = at
	d, err := h.s.cases.Begin(t.Context(), h.owner, "food-operation-renew", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Form["site_address"]; got != words["site_address"] {
		t.Errorf("the draft begins with %q, the certificate says %q", got, words["site_address"])
	}
	if _, err := h.s.cases.Save(t.Context(), h.owner, d.ID, cases.Filling{Form: map[string]string{"site_address": "云川市别处路1号", "condition_changed": "false"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.cases.Submit(t.Context(), h.owner, d.ID, ""); fieldOf(err, "form.site_address") != "cases.renewal_changes" {
		t.Errorf("another address on a renewal: %v", err)
	}
	if err := h.s.cases.Discard(t.Context(), h.owner, d.ID); err != nil {
		t.Fatal(err)
	}
	r := h.apply("food-operation-renew", at.Add(time.Hour), was.Root)
	r.desk = r.cast.clerks[0]
	h.accepts(r)
	if now := h.current(was.Root); now.Until != was.Until {
		t.Errorf("before the decision it is valid until %s", now.Until)
	}
	h.grants(r)
	if err := r.hand(); err != nil {
		t.Fatal(err)
	}
	now := h.current(was.Root)
	if now.Version != was.Version+1 || now.Until <= was.Until {
		t.Errorf("the next version is %d until %s", now.Version, now.Until)
	}
	for _, row := range was.Face.Rows {
		if slices.Contains([]string{"validity", "from", "until", "basis", "decided"}, row.Key) {
			continue
		}
		i := slices.IndexFunc(now.Face.Rows, func(r certificate.FaceRow) bool { return r.Label == row.Label })
		if i < 0 || now.Face.Rows[i].Value != row.Value {
			t.Errorf("%s was %q, and is not any more: %v", row.Label, row.Value, now.Face.Rows)
		}
	}
	h.sound()
}
