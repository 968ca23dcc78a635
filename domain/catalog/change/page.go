package change

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// view is one change.
type view struct {
	ui.Page
	Change    *catalog.Change
	Now       int  // number of the version in force, 0: none
	Overtaken bool // it is not the one from which the change began
	Today     calendar.Date
	Title     string
	Facts     []ui.Fact
	Lead      string
	Diff      []ui.Line
	Against   string
	Problems  []Trouble
	Left      []ui.Line // where it leaves its base item
	Guide     string    // the guide as it will be, "" once it is in force
	Conflicts []ui.Line
	Rehearsal *catalog.Rehearsal
	Trial     string // the rehearsal in a line
	OldTrial  bool   // its words have changed since
	Edit      string
	Judged    *judged // of a change that has not ended
	Slower    string  // the promised limits, old and new, where the new one is longer
	Who       auth.Actor

	Typed   url.Values
	Trouble string
	Wrong   map[string]string
	Act     catalog.ChangeAct // that was refused
}

func idOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is no change
	return id
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, http.StatusOK, view{Typed: url.Values{}})
}

func (p *Pages) page(w http.ResponseWriter, r *http.Request, code int, v view) error {
	ctx := r.Context()
	v.Who = auth.From(ctx)
	if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error { return p.fill(ctx, tx, idOf(r), &v) }); err != nil {
		return err
	}
	v.Page = p.Frame(r, v.Title)
	v.Page.Path, v.Page.Wrong = catalog.ChangePath(v.Change.ID), v.Trouble != ""
	return web.Show(w, r, code, changePage(v))
}

func (p *Pages) fill(ctx context.Context, tx *db.Tx, id int64, v *view) (err error) {
	if v.Change, err = p.Catalog.ChangeFor(tx, v.Who, id); err != nil {
		return err
	}
	c := v.Change
	if v.Title = c.Item.Name; v.Title == "" {
		v.Title = c.Code
	}
	v.Today = calendar.DateOf(tx.Now())
	base, now, err := p.bases(tx, c)
	if err != nil {
		return err
	}
	v.Now = now
	v.Overtaken = !c.State.Ended() && now != c.Began
	words := p.words(tx, base, c.Item)
	diff := catalog.Diff(base, c.Item)
	v.differences(ctx, words, diff)
	v.facts(ctx, len(diff))
	made, err := p.Catalog.SpreadOfChange(tx, c.ID)
	if err != nil {
		return err
	}
	if made != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "change.fact.spread"), Value: i18n.T(ctx, "change.spread.open"), Href: catalog.SpreadPath(made.ID)})
	}
	if !c.State.Ended() { // of one that waits, too: rules and what it refers to may be others than when it was submitted
		all, err := Troubles(ctx, tx, p.Catalog, c)
		if err != nil {
			return err
		}
		v.Problems = slices.DeleteFunc(all, func(t Trouble) bool { return t.Advice })
	}
	if v.drafted() {
		conflicts, err := p.Catalog.Conflicts(tx, c)
		if err != nil {
			return err
		}
		for _, d := range conflicts {
			v.Conflicts = append(v.Conflicts, row(ctx, words, d))
		}
		if p.Edit != nil && v.Who.May(catalog.Keep) {
			v.Edit = p.Edit(c.ID)
		}
	}
	p.judge(ctx, tx, v, base)
	if previewed(c) {
		v.Guide = v.path("guide")
	}
	if err := p.leaves(ctx, tx, v); err != nil {
		return err
	}
	return p.rehearsed(ctx, tx, v)
}

// drafted reports whether the words of the change may still be mended.
func (v view) drafted() bool {
	return v.Change.State == catalog.ChangeDrafted || v.Change.State == catalog.ChangeReturned
}

// leaves lists where the change leaves its base item; what was so before says so.
func (p *Pages) leaves(ctx context.Context, tx *db.Tx, v *view) error {
	if v.Change.State.Ended() {
		return nil // what counts now is what is in force
	}
	left, err := p.Catalog.Leaves(tx, v.Change)
	for _, d := range left {
		mark := ui.Badge{Text: i18n.T(ctx, "change.left.new"), Tone: ui.ToneBad}
		if d.Inherited {
			mark = ui.Badge{Text: i18n.T(ctx, "change.left.inherited"), Tone: ui.ToneLine}
		}
		v.Left = append(v.Left, ui.Line{Cells: []ui.Cell{{Text: directory.ElementName(ctx, d.Element)}, {Text: directory.Saying(ctx, directory.Named(d.Deviation, unitsOf(tx, p.Catalog)))}, {Tag: &mark}}})
	}
	return err
}

// bases are the version that a change is compared with and the number of the one in force.
func (p *Pages) bases(tx *db.Tx, c *catalog.Change) (base *catalog.Item, number int, err error) {
	now, err := p.Catalog.Current(tx, c.Code)
	switch {
	case err == nil:
		number = now.Version
	case !fault.Is(err, fault.Unknown):
		return nil, 0, err
	}
	if c.New() {
		return &catalog.Item{Code: c.Code}, number, nil
	}
	base, err = p.Catalog.Numbered(tx, c.Code, c.Began)
	return base, number, err
}

// fewSaid is how many differences the lead says in sentences.
const fewSaid = 3

func (v *view) differences(ctx context.Context, words Words, diff []catalog.Difference) {
	if !v.Change.New() {
		v.Against = i18n.T(ctx, "change.diff.against", "n", v.Change.Began)
	}
	var said []string
	for _, d := range diff {
		v.Diff = append(v.Diff, row(ctx, words, d))
		if len(said) < fewSaid {
			said = append(said, words.Sentence(ctx, d))
		}
	}
	if len(diff) > fewSaid {
		said = append(said, i18n.T(ctx, "change.say.more", "n", len(diff)))
	}
	if len(said) > 0 && !v.Change.New() {
		v.Lead = i18n.T(ctx, "change.diff.lead", "list", capital(strings.Join(said, i18n.T(ctx, "change.and"))))
	}
}

// capital begins a line as English lines begin.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// row is a difference as a line of the table: the element, what is in force, what would be.
func row(ctx context.Context, words Words, d catalog.Difference) ui.Line {
	t := func(key string) string { return i18n.T(ctx, "change.diff."+key) }
	cell := func(v any) ui.Cell {
		text := words.Value(ctx, d.Path, v)
		if text == "" {
			text = t("nothing")
		}
		if lines := words.Lines(ctx, d.Path, v); len(lines) > 1 {
			return ui.Cell{Body: entryLines(lines)}
		}
		return ui.Cell{Text: text}
	}
	label := capital(words.Label(ctx, d))
	line := ui.Line{Cells: []ui.Cell{{Body: what(label, "")}, cell(d.Old), cell(d.New)}}
	switch d.Kind {
	case catalog.DiffAdded:
		line.Cells[0].Body = what(label, t("added"))
	case catalog.DiffRemoved:
		line.Cells[0].Body = what(label, t("removed"))
	case catalog.DiffOrder:
		line.Cells[0].Body = what(label, t("order"))
	case catalog.DiffSet:
	}
	return line
}

func (v *view) facts(ctx context.Context, n int) {
	c := v.Change
	add := func(key, value, note string) {
		if value != "" {
			v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "change.fact."+key), Value: value, Note: note})
		}
	}
	from := i18n.T(ctx, "change.fact.from.new")
	if !c.New() {
		from = i18n.T(ctx, "change.fact.from.version", "n", c.Began)
	}
	add("from", from, "")
	effective := i18n.T(ctx, "change.fact.effective.none")
	if c.Effective != 0 {
		effective = c.Effective.Words(ctx)
	}
	add("effective", effective, "")
	add("count", i18n.T(ctx, "change.fact.count.n", "n", n), "")
	add("author", c.Author.Name, calendar.Minute(c.Begun))
	var names []string
	for _, e := range c.Editors {
		names = append(names, e.Name)
	}
	add("editors", strings.Join(names, i18n.T(ctx, "catalog.list")), "")
	add("reviewer", c.Reviewer.Name, "")
	add("reason", c.Reason, "")
	add("remark", c.Remark, "")
}

// why says why somebody cannot do something now, "" where they can.
func (v view) why(ctx context.Context, a catalog.ChangeAct) string {
	err := v.Change.Bar(v.Who, a, v.Overtaken)
	switch {
	case err == nil && a == catalog.ActSubmit && len(v.Problems) > 0:
		return i18n.T(ctx, "catalog.change.problems", "n", len(v.Problems))
	case err == nil && a == catalog.ActApprove && len(v.Problems) > 0:
		return i18n.T(ctx, "change.problems.waits.why", "n", len(v.Problems))
	case err == nil && a == catalog.ActSubmit && len(v.Diff) == 0:
		return i18n.T(ctx, "catalog.change.same")
	case err == nil:
		return ""
	}
	return web.Words(ctx, err)
}

// act is a button of the page, with why it cannot be pressed.
func (v view) act(ctx context.Context, a catalog.ChangeAct, weight ui.Weight) ui.Act {
	return ui.Act{Text: i18n.T(ctx, "change."+string(a)), Weight: weight, Why: v.why(ctx, a), WhyID: "why-" + string(a)}
}

// fits reports whether an act belongs on the page in this state of the change.
func (v view) fits(a catalog.ChangeAct) bool {
	switch a {
	case catalog.ActApprove, catalog.ActReturn:
		return v.Change.State == catalog.ChangeSubmitted
	case catalog.ActSubmit:
		return v.Who.May(catalog.Keep) && (v.Change.State == catalog.ChangeDrafted || v.Change.State == catalog.ChangeReturned)
	case catalog.ActRebase:
		return v.Who.May(catalog.Keep) && v.Overtaken && (v.Change.State == catalog.ChangeDrafted || v.Change.State == catalog.ChangeReturned)
	case catalog.ActWithdraw:
		return v.Who.May(catalog.Keep) && !v.Change.State.Ended()
	default:
		return false
	}
}

func (v view) path(end string) string { return catalog.ChangePath(v.Change.ID) + "/" + end }

// typed is what was typed into a form that was refused, else what stands.
func (v view) typed(name, stands string) string {
	if v.Typed.Has(name) {
		return v.Typed.Get(name)
	}
	return stands
}

func (v view) withdrawal(ctx context.Context) ui.Ask {
	return ui.Ask{
		ID: "withdraw", Title: i18n.T(ctx, "change.withdraw.ask"), Text: i18n.T(ctx, "change.withdraw.text"), Action: v.path("withdraw"),
		Yes: i18n.T(ctx, "change.withdraw"), No: i18n.T(ctx, "change.withdraw.no"), Danger: true, Back: catalog.ChangePath(v.Change.ID),
		Hidden: []ui.Hidden{{Name: "lock", Value: strconv.Itoa(v.Change.Lock)}},
	}
}

// summary lists what kept an act from being done.
func (v view) summary() []ui.Wrong {
	field := map[catalog.ChangeAct]string{catalog.ActSubmit: "reason", catalog.ActReturn: "remark", catalog.ActApprove: "effective"}[v.Act]
	if field == "" {
		field = "diff"
	}
	return summary(v.Trouble, v.Wrong, field)
}

// stateBadge says where a change stands.
func stateBadge(ctx context.Context, s catalog.ChangeState) ui.Badge {
	tone := map[catalog.ChangeState]ui.Tone{
		catalog.ChangeSubmitted: ui.ToneWarn, catalog.ChangeReturned: ui.ToneBad, catalog.ChangeApproved: ui.ToneGood,
		catalog.ChangeInForce: ui.ToneGood, catalog.ChangeWithdrawn: ui.ToneLine,
	}[s]
	return ui.Badge{Text: i18n.T(ctx, "change.state."+string(s)), Tone: tone}
}
