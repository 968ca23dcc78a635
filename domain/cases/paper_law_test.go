package cases

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onedoor.app/engine/paper"
	"onedoor.app/infra/db"
)

// TestEveryPaperOfTheLawIsMadeAndCanBeRead: a use case makes each paper that a rule of the law names, under a title and
// a number mark of its own, and its file gives back every character.
func TestEveryPaperOfTheLawIsMadeAndCanBeRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range slices.Sorted(maps.Keys(lives)) {
			lives[name](w)
		}
		w.livePlain()
		made := map[Paper]Document{}
		w.read(func(tx *db.Tx) error {
			list, err := db.All(tx, documentColumns, selectDocument+` ORDER BY id`)
			for _, d := range list {
				made[d.Kind] = d
			}
			return err
		})
		elsewhere := []Paper{
			PaperCertificate,   // made where certificates are
			PaperDeemedRenewal, // see TestXKF50TheDecisionByLawIsWritten
		}
		seen := map[string]Paper{}
		for _, r := range slices.Concat(Rules(), rulesOfProcedures()) {
			if r.Paper == "" || slices.Contains(elsewhere, r.Paper) {
				continue
			}
			d, ok := made[r.Paper]
			if !ok {
				t.Errorf("no use case made the paper %s of %s", r.Paper, r.Act)
				continue
			}
			if d.Content.Title == "" || d.Content.Issuer == "" || d.Content.Date == "" {
				t.Errorf("%s has no title, issuer or date: %+v", r.Paper, d.Content)
			}
			if other, twice := seen[marks[r.Paper]]; marks[r.Paper] == "" || twice && other != r.Paper {
				t.Errorf("%s: the mark %q is that of %q", r.Paper, marks[r.Paper], other)
			}
			seen[marks[r.Paper]] = r.Paper
		}
		for kind, d := range made {
			readable(t, string(kind), d)
		}
	})
}

func rulesOfProcedures() (list []Rule) {
	for _, p := range Procedures() {
		list = append(list, p.Rule())
	}
	return list
}

// livePlain makes the papers of the main path.
func (w *world) livePlain() {
	ctx, window := w.t.Context(), w.staff(clerk)
	id := w.correcting(nil)
	if _, err := w.s.Correction(ctx, window, On{Case: id}, []string{"m4"}); err != nil {
		w.t.Fatal(err)
	}
	w.pass(window, id)
	if _, err := w.s.Accept(ctx, window, On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Extend(ctx, w.staff(bureauHead), On{Case: id}, Longer{Days: 3, Reason: "情况复杂"}); err != nil {
		w.t.Fatal(err)
	}
	w.decide(id, true)
	if err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := w.s.Certify(tx, w.holder("SPJ-ZZ.issue"), On{Case: id}, "JY1", 0); err != nil {
			return err
		}
		_, err := w.s.Deliver(tx, w.holder("SPJ-ZZ.issue"), On{Case: id}, "窗口领取")
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	for _, ground := range []Ground{"", GroundFalseMaterials} {
		if _, err := w.s.NotAccept(ctx, window, On{Case: w.received(nil)}, ground, "理由在此写明", "", ""); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.s.Withdraw(ctx, w.person(firm), On{Case: w.received(nil)}, "不办了"); err != nil {
		w.t.Fatal(err)
	}
	w.received(nil)
	w.pass1(7)
	w.tick()
	w.verify()
}

// TestXKF50TheDecisionByLawIsWritten: what silence renews has its paper too.
func TestXKF50TheDecisionByLawIsWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.received(nil)
		c := w.state(id)
		after := c.Matter.clone()
		after.State, after.Certificate = StateGranted, &Certificate{State: CertificateValid, Expires: date("2029-06-30")}
		var d *Document
		w.read(func(tx *db.Tx) error {
			d = (&change{s: w.s, tx: tx, c: c, law: w.s.Law}).lapsed(after)
			return nil
		})
		if text := strings.Join(d.words(), ""); d.Kind != PaperDeemedRenewal || marks[d.Kind] == "" ||
			!strings.Contains(text, "第五十条第二款") || !strings.Contains(text, "2029年6月30日") {
			t.Errorf("got %s %s", d.Kind, text)
		}
		readable(t, "deemed renewal", *d)
	})
}

// readable draws a paper and reads it back.
func readable(t *testing.T, name string, d Document) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("ONEDOOR_CI") == "1" {
			t.Fatal("pdftotext (poppler-utils) is needed")
		}
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	c := d.Content
	var pdf bytes.Buffer
	if err := paper.Open().Sheet(&pdf, paper.Sheet{
		Title: c.Title, Number: d.No, Addressee: c.Addressee, Paragraphs: c.Paragraphs, Items: c.Items, Table: c.Table,
		After: c.After, Issuer: c.Issuer, Date: c.Date, Sign: c.Sign, Created: d.At,
	}); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := characters(string(out))
	for r, want := range characters(strings.Join(d.words(), "")) {
		if got[r] < want {
			t.Errorf("%s: %q found %d times, want at least %d", name, r, got[r], want)
		}
	}
}

func characters(text string) map[rune]int {
	n := map[rune]int{}
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n[r]++
		}
	}
	return n
}
