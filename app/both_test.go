package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/certificate"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// interleavings are all orders of a renewal's and a change's own steps.
func interleavings(a, b []string) (all [][]string) {
	if len(a) == 0 || len(b) == 0 {
		return [][]string{slices.Concat(a, b)}
	}
	for _, rest := range interleavings(a[1:], b) {
		all = append(all, slices.Concat(a[:1], rest))
	}
	for _, rest := range interleavings(a, b[1:]) {
		all = append(all, slices.Concat(b[:1], rest))
	}
	return all
}

// TestXKF49And50ARenewalAndAChangeOfOneCertificateEndInBoth: in whichever order both are accepted, granted and made, and if
// silence renews it, there is one certificate in the end, with the new address and the new last day.
func TestXKF49And50ARenewalAndAChangeOfOneCertificateEndInBoth(t *testing.T) {
	t.Parallel()
	change := []string{"accept change", "grant change", "make change"}
	orders := slices.Concat(
		interleavings([]string{"accept renewal", "grant renewal", "make renewal"}, change),
		interleavings([]string{"silence", "make renewal"}, change),
	)
	for engine, url := range theHouse.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			h := openHouseOn(t, url)
			for i, order := range orders {
				t.Run(strings.Join(order, ", "), func(t *testing.T) { h.with(t).both(order, i) })
			}
			h.sound()
		})
	}
}

// with is the house in a test of its own.
func (h *house) with(t *testing.T) *house {
	other := *h
	other.T = t
	return &other
}

// both plays one order on the one certificate that is there, eighty days before it ends.
func (h *house) both(order []string, n int) {
	h.Helper()
	was := h.current(h.certificate(h.first.Case).Root)
	at := (was.Until - 80).Start().Add(10 * time.Hour)
	address := fmt.Sprintf("云川市望湖区新址大道%d号", n+1)
	runs := map[string]*run{"renewal": h.apply("food-operation-renew", at, was.Root)}
	runs["change"] = h.moves(at.Add(time.Hour), was.Root, address)
	for _, step := range order {
		h.d.clock = h.d.clock.Add(time.Hour)
		verb, what, _ := strings.Cut(step, " ")
		r := runs[what]
		if r != nil {
			r.desk = r.cast.clerks[0]
		}
		switch verb {
		case "accept":
			h.accepts(r)
		case "grant":
			h.grants(r)
		case "make":
			if err := r.certify(); err != nil {
				h.Fatalf("%s: %v", step, err)
			}
		case "silence":
			h.d.clock = (was.Until + 1).Start().Add(time.Minute)
			for range 4 {
				if _, err := h.s.cases.Tick(h.Context(), 100); err != nil {
					h.Fatal(err)
				}
			}
			h.d.clock = h.d.clock.Add(10 * time.Hour)
		}
	}
	now := h.current(was.Root)
	var decided calendar.Date // what silence renews runs on from the day after the last one
	h.read(func(tx *db.Tx) error {
		c, err := h.s.cases.Find(tx, runs["renewal"].on.Case)
		decided = calendar.DateOf(c.DecidedAt)
		return err
	})
	if want := runs["renewal"].cal.AddMonths(decided, 60) - 1; now.Until != want || now.Status != certificate.Valid || now.Version != was.Version+2 {
		h.Errorf("version %d is %s until %s, want version %d until %s", now.Version, now.Status, now.Until, was.Version+2, want)
	}
	for _, row := range now.Face.Rows {
		if row.Key == "site_address" && row.Value != address {
			h.Errorf("the certificate says %s, granted was %s", row.Value, address)
		}
	}
	if list := h.valid(h.owner.Party, was.Type); len(list) != 1 {
		h.Errorf("%d certificates are in force", len(list))
	}
	carriers := 0
	for _, r := range runs {
		h.read(func(tx *db.Tx) error {
			c, err := h.s.cases.Find(tx, r.on.Case)
			if held := c.Matter.Certificate; held.State == cases.CertificateValid {
				carriers++
				if held.Expires != now.Until {
					h.Errorf("the case in which it lives has it until %s", held.Expires)
				}
			}
			return err
		})
		if err := r.deliver(); err != nil && !strings.Contains(err.Error(), "delivery.withdrawn") {
			h.Logf("deliver: %v", err)
		}
	}
	if carriers != 1 {
		h.Errorf("it lives in %d cases", carriers)
	}
	h.sound()
}

// moves hands in a change of the owner's certificate to another address.
func (h *house) moves(at time.Time, about int64, address string) *run {
	h.Helper()
	r := h.run("food-operation-change", at)
	d, err := h.s.cases.Begin(h.Context(), h.owner, "food-operation-change", 0)
	if err != nil {
		h.Fatal(err)
	}
	answers, form, agreed := r.cast.routes["food-operation-change"], map[string]string{}, true
	need := r.it.Resolve(answers)
	for _, f := range need.Fields {
		if v := d.Form[f.Key]; v == "" || f.Check(f.Clean(v)) != "" {
			form[f.Key] = f.Example()
		}
	}
	form["site_address"] = address
	if _, err := h.s.cases.Save(h.Context(), h.owner, d.ID, cases.Filling{
		Answers: answers, Form: form, Pledged: &agreed, Promised: &agreed, Delivery: &cases.Delivery{Way: cases.DeliverWindow}, Certificate: &about,
	}); err != nil {
		h.Fatal(err)
	}
	for _, m := range need.Materials {
		if err := r.attach(h.owner, cases.To{Draft: d.ID, Material: m.ID}, m); err != nil {
			h.Fatal(err)
		}
	}
	out, err := h.s.cases.Submit(h.Context(), h.owner, d.ID, "")
	if err != nil {
		h.Fatal(err)
	}
	r.on = cases.On{Case: out.Case}
	return r
}

func (h *house) accepts(r *run) {
	h.Helper()
	if err := r.window(); err != nil {
		h.Fatal(err)
	}
}

func (h *house) grants(r *run) {
	h.Helper()
	if decided, err := r.review(); err != nil || !decided {
		h.Fatal(decided, err)
	}
}

// valid lists the certificates of a type that a party has.
func (h *house) valid(party int64, typ string) (list []certificate.Certificate) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) {
		list, err = h.s.certificate.InForce(tx, party, typ)
		return err
	})
	return list
}
