package cases

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

type answers = map[string]string

// settle changes the legal terms of what is applied for from now on.
func (w *world) settle(change func(*Terms)) {
	w.s.Local = func(_ *catalog.Item, t *Terms) {
		if change != nil {
			change(t)
		}
	}
}

// ahead is the n-th working day after today, as it is typed.
func (w *world) ahead(n int) string {
	return w.s.Law.Cal.AddWorkdays(calendar.DateOf(w.now), n).String()
}

func (w *world) pass1(n int) { w.now = date(w.ahead(n)).Start().Add(10 * time.Hour) }

// received is an application on food at the window.
func (w *world) received(change func(*Terms)) int64 {
	w.t.Helper()
	w.settle(change)
	return w.submit(w.person(firm), food).Case
}

func (w *world) taken(change func(*Terms)) int64 {
	w.t.Helper()
	id := w.received(change)
	w.pass(w.staff(clerk), id)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// owing is accepted with one promised material.
func (w *world) owing(change func(*Terms)) (id int64, material string) {
	w.t.Helper()
	w.settle(func(t *Terms) {
		for m := range t.Materials {
			t.Materials[m] = MaterialTolerable
		}
		if change != nil {
			change(t)
		}
	})
	ctx, window := w.t.Context(), w.staff(clerk)
	d, err := w.s.Begin(ctx, window, owingItem, w.person(firm).Party)
	if err != nil {
		w.t.Fatal(err)
	}
	w.complete(ctx, window, d, nil)
	var files []File
	w.read(func(tx *db.Tx) (err error) { files, err = w.s.DraftFiles(tx, d.ID); return err })
	first := map[string]string{}
	for _, q := range w.item(owingItem).Situations {
		first[q.ID] = q.Options[0].Value
	}
	for _, m := range w.item(owingItem).Resolve(first).Materials {
		if m.Need == catalog.Deferrable {
			material = m.ID
		}
	}
	for _, f := range files {
		if f.Material == material {
			if err := w.s.Detach(ctx, window, f.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	out, err := w.s.Submit(ctx, window, d.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	var list []Material
	w.read(func(tx *db.Tx) (err error) { list, err = listMaterials(tx, out.Case); return err })
	for _, m := range list {
		verdict := Pass
		if m.Key == material {
			verdict = Tolerate
		}
		if m.Verdict == Pass {
			continue
		}
		if _, err := w.s.Judge(ctx, window, On{Case: out.Case}, Judgement{Material: m.Key, Verdict: verdict}); err != nil {
			w.t.Fatalf("%s: %v %v", m.Key, err, fieldsOf(err))
		}
	}
	// What was signed on paper is scanned.
	if _, err := w.s.Attach(ctx, window, To{Case: out.Case, Material: ScanPromise, Promises: []string{material}}, "承诺书.pdf", bytes.NewReader(pdf)); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Accept(ctx, window, On{Case: out.Case}); err != nil {
		w.t.Fatal(err)
	}
	return out.Case, material
}

// correcting is a case whose applicant was asked for a correction.
func (w *world) correcting(change func(*Terms)) int64 {
	w.t.Helper()
	id, window, ctx := w.received(change), w.staff(clerk), w.t.Context()
	w.pass(window, id)
	if _, err := w.s.Judge(ctx, window, On{Case: id}, Judgement{Material: "m4", Verdict: Correct, Reason: "没有标出洗手池"}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Notify(ctx, window, On{Case: id}, 0); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// decided is a case with its decision.
func (w *world) decided(grant bool, change func(*Terms)) int64 {
	w.t.Helper()
	id := w.taken(change)
	w.decide(id, grant)
	return id
}

func (w *world) decide(id int64, grant bool) {
	w.t.Helper()
	task := w.review(id)
	if _, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: id}, Decision{
		Task: task.ID, Grant: grant, Reason: "现场条件不符合规定", Basis: "食品安全法第三十五条",
	}); err != nil {
		w.t.Fatal(err)
	}
}

// perform does a procedure that must succeed, and looks whether the ledger repeats it.
func (w *world) perform(who auth.Actor, id int64, act Act, v answers) Done {
	w.t.Helper()
	out, err := w.s.Perform(w.t.Context(), who, On{Case: id}, act, v)
	if err != nil {
		w.t.Fatalf("%s: %v %v", act, err, fieldsOf(err))
	}
	w.verify()
	return out
}

// wont tries a procedure that must be refused with a code, at field where one is given, and leave no trace.
func (w *world) wont(who auth.Actor, id int64, act Act, v answers, field, code string) {
	w.t.Helper()
	before := w.trace(id)
	_, err := w.s.Perform(w.t.Context(), who, On{Case: id}, act, v)
	got := fault.Code(err)
	if field != "" {
		got = fieldsOf(err)[field]
	}
	if got != code {
		w.t.Errorf("%s: got %v %v, want %s %s", act, err, fieldsOf(err), field, code)
	}
	if after := w.trace(id); after != before {
		w.t.Errorf("%s was refused and left a trace: %s, then %s", act, before, after)
	}
}

// trace is everything that an act may leave behind.
func (w *world) trace(id int64) string {
	w.t.Helper()
	var b strings.Builder
	w.read(func(tx *db.Tx) error {
		for _, table := range []string{"cases", "cases_paper", "cases_trail", "cases_opinion", "cases_file", "cases_again", "ledger_entry"} {
			var n int
			if err := tx.One(`SELECT COUNT(*) FROM `+table, nil, &n); err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s %d, ", table, n)
		}
		return nil
	})
	c := w.state(id)
	return b.String() + digestState(c.Matter, c.Flow) + c.Head
}

// papers are the kinds of papers that a case has.
func (w *world) papers(id int64) map[Paper]Document {
	w.t.Helper()
	out := map[Paper]Document{}
	w.read(func(tx *db.Tx) error {
		list, err := listDocuments(tx, id)
		for _, d := range list {
			out[d.Kind] = d
		}
		return err
	})
	return out
}

// says looks for words in the paper that an act made.
func (w *world) says(id int64, kind Paper, texts ...string) {
	w.t.Helper()
	d, ok := w.papers(id)[kind]
	if !ok {
		w.t.Errorf("there is no paper %s", kind)
		return
	}
	all := strings.Join(d.words(), "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			w.t.Errorf("%s does not say %q:\n%s", kind, text, all)
		}
	}
}

// words is every text of a paper.
func (d Document) words() []string {
	c := d.Content
	list := append([]string{c.Title, d.No, c.Addressee, c.Issuer}, c.Paragraphs...)
	list = append(append(append(list, c.Items...), c.After...), c.Sign...)
	for _, row := range c.Table {
		list = append(list, row...)
	}
	return list
}

func (w *world) stands(id int64, want State) {
	w.t.Helper()
	if got := w.state(id).State(); got != want {
		w.t.Errorf("the case is %s, want %s", got, want)
	}
}

func (w *world) owes(id int64, name ClockName, want string) {
	w.t.Helper()
	c, ok := w.state(id).Matter.Clock(name)
	if got := c.Due.String(); !ok || got != want {
		w.t.Errorf("%s: due %s, want %s", name, got, want)
	}
}
