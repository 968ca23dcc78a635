package work

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// The parts of the left pane.
const (
	tabMaterials = "materials"
	tabStory     = "story"
	tabTime      = "time"
	tabSimilar   = "similar"
)

// The forms of the right pane.
const (
	formOpinion = "opinion"
	formSpecial = "special"
	formDecide  = "decide"
)

// typed is what the person had filled in, kept when the page is shown again.
type typed struct {
	Asking     bool // for an extension
	Conclusion string
	Text       string
	Inspectors []string
	Visited    string // the day of a site check
	Planned    string
	Basis      string
	Days       string
	Reason     string
	Purpose    string
	Own        string // a ground that is not on the item's list
	False      bool   // refused for false materials
	Standard   string
	Unmet      []string // conditions of the item
	Approval   string   // of the government
	Next       string   // who signs after
}

// caseView is the page of one case.
type caseView struct {
	ui.Page
	V         *cases.View
	Who       auth.Actor
	Head      ui.Head
	Tab       string
	Tabs      []ui.Link
	Materials []ui.Check
	Story     []ui.Moment
	Reasons   []show.Reason
	Days      ui.ClockDays
	AllDays   ui.ClockDays
	DayNotes  string
	Similar   []similar
	Doc       document
	Fields    []ui.Fact
	Opinions  []opinion
	Waits     []waits
	Overseen  []ui.Fact // by regulator

	Task       *cases.Task // the one at hand; nil: nothing here waits for the actor
	TaskLinks  []ui.Link   // where several wait for the actor
	Form       string
	Stop       *cases.Stop // the special procedure that the task waits for
	Choice     map[cases.Act]string
	Decides    string // who decides, for those who recommend
	Inspectors ui.Choices
	Others     string // numbers that were typed
	Bases      []ui.Option
	Extend     *extend
	Ask        *extend      // for those who may ask the head for it
	Asked      *cases.Trail // the request that waits for the head
	Now, Later []show.More  // procedures outside the steps

	together

	Typed   typed
	Trouble string
	Wrong   map[string]string
	Stale   bool
	Shown   string // key of the sensitive value that is open
	Token   string // makes each form's act happen once
}

// document is what the middle pane shows.
type document struct {
	ID     int64
	Name   string
	Title  string
	Note   string
	Href   string
	Kind   string // "image", "pdf" or "" for what browsers cannot show
	Others []ui.Link
}

// opinion is what was found at an earlier step.
type opinion struct{ Step, Conclusion, Text, By, When, Undone string }

// waits is an open step and who may act at it.
type waits struct{ Step, Who string }

// similar is another case of the same item.
type similar struct{ Title, Href, Words, When string }

// extend is the lengthening of the limit, for whoever may approve it.
type extend struct {
	Most  int
	Unit  cases.Unit // of Most
	Joint bool       // the government approves (Art. 42¶2)
	Why   string
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	return p.casePage(w, r, http.StatusOK, &caseView{})
}

func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}

// casePage shows the case as it is now, with whatever v already holds: what was
// typed and what is wrong with it.
func (p *Pages) casePage(w http.ResponseWriter, r *http.Request, code int, v *caseView) error {
	ctx := r.Context()
	v.Who, v.Token = auth.From(ctx), newKey()
	if v.Tab = r.FormValue("tab"); !slices.Contains([]string{tabStory, tabTime, tabSimilar}, v.Tab) {
		v.Tab = tabMaterials
	}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.V, err = p.Cases.View(tx, v.Who, pathID(r)); err != nil {
			return err
		}
		v.Page = p.Frame(r, i18n.T(ctx, "work.case.title", "item", v.V.ItemName))
		v.Page.Path, v.Page.Fit, v.Page.Wrong = v.link("", ""), true, v.Trouble != "" && !v.Stale
		v.Page.Keys = v.keys(ctx)
		if err := p.fillCase(ctx, tx, v, r); err != nil {
			return err
		}
		if err := p.fillForm(ctx, tx, v, r); err != nil {
			return err
		}
		if err := p.fillTogether(ctx, tx, v); err != nil {
			return err
		}
		if p.Overseen != nil {
			if v.Overseen, err = p.Overseen(tx, v.V.ID); err != nil {
				return err
			}
		}
		return p.rail(ctx, tx, &v.Page, v.Who, 0)
	})
	if err != nil {
		return err
	}
	if t := v.Task; t != nil && t.Seen == 0 && !v.Other && r.Method == http.MethodGet {
		if err := p.Cases.Seen(ctx, v.Who, t.ID); err != nil {
			return err
		}
	}
	return web.Show(w, r, code, casePage(*v))
}

func (v *caseView) keys(ctx context.Context) []ui.Key {
	return []ui.Key{
		{Key: "1 2 3 4", Text: i18n.T(ctx, "work.key.tabs")}, {Key: i18n.T(ctx, "work.key.space"), Text: i18n.T(ctx, "work.key.large")},
		{Key: "O", Text: i18n.T(ctx, "work.key.opinion")}, {Key: "Ctrl ↵", Text: i18n.T(ctx, "work.key.send")},
	}
}

// link is the address of this page with a part and a file chosen; "" keeps what
// is chosen now.
func (v *caseView) link(tab, file string) string {
	if tab == "" {
		tab = v.Tab
	}
	q := "?tab=" + tab
	if v.Task != nil {
		q += "&task=" + strconv.FormatInt(v.Task.ID, 10)
	}
	if file == "" && v.Doc.ID != 0 {
		file = strconv.FormatInt(v.Doc.ID, 10)
	}
	if file != "" {
		q += "&file=" + file
	}
	return casePath(v.V.ID) + q
}

// fillCase gathers what everybody sees who may see the case.
func (p *Pages) fillCase(ctx context.Context, tx *db.Tx, v *caseView, r *http.Request) error {
	holders, err := p.holders(ctx, tx, v)
	if err != nil {
		return err
	}
	v.chooseTask(ctx, r.FormValue("task"))
	units, err := p.unitNames(tx)
	if err != nil {
		return err
	}
	v.chooseDocument(ctx, r.FormValue("file"))
	v.Materials = show.Materials(ctx, v.V, v.Doc.ID, func(f cases.File) string {
		return v.link(tabMaterials, strconv.FormatInt(f.ID, 10))
	})
	v.Story = show.Story(ctx, v.V, holders, units, v.paperPath)
	v.Reasons, v.DayNotes = show.Reasons(ctx, v.V), show.Notes(ctx, v.V)
	v.Days, v.AllDays = show.Days(ctx, v.V, true), show.Days(ctx, v.V, false)
	v.Fields = fields(ctx, v)
	for _, o := range v.V.Opinions {
		v.Opinions = append(v.Opinions, opinion{
			Step: show.StepOf(ctx, v.V, o.Node, o.Step), Conclusion: o.Conclusion, Text: o.Text, When: show.When(ctx, o.At, v.V.Now), Undone: o.Undone,
			By: strings.TrimSpace(units[o.Unit] + " " + o.StaffName),
		})
	}
	if err := p.fillSimilar(ctx, tx, v); err != nil {
		return err
	}
	if err := p.fillHead(ctx, tx, v); err != nil {
		return err
	}
	v.Tabs = []ui.Link{
		{Text: i18n.T(ctx, "work.tab.materials"), Count: strconv.Itoa(len(v.Materials))},
		{Text: i18n.T(ctx, "work.tab.story"), Count: strconv.Itoa(len(v.V.Trail))},
		{Text: i18n.T(ctx, "work.tab.time")},
		{Text: i18n.T(ctx, "work.tab.similar"), Count: count(len(v.Similar))},
	}
	for i, tab := range []string{tabMaterials, tabStory, tabTime, tabSimilar} {
		v.Tabs[i].Href, v.Tabs[i].Current = v.link(tab, ""), v.Tab == tab
	}
	return nil
}

// paperPath is where a paper of a case is shown.
func (v *caseView) paperPath(id int64) string { return show.PaperPath(id, casePath(v.V.ID)) }

// holders names who may act at each open step.
func (p *Pages) holders(ctx context.Context, tx *db.Tx, v *caseView) (map[int64]string, error) {
	out := map[int64]string{}
	for _, t := range v.V.Open() {
		names, err := p.holderNames(tx, t.Post)
		if err != nil {
			return nil, err
		}
		if t.Holder != 0 {
			one, err := p.Cases.Office.Names(tx, t.Holder)
			if err != nil {
				return nil, err
			}
			names = []string{one[t.Holder]}
		}
		post, err := p.Cases.Office.Post(tx, t.Post)
		if err != nil {
			return nil, err
		}
		unit, err := p.Cases.Office.Unit(tx, t.Unit)
		if err != nil {
			return nil, err
		}
		who := unit.Name + " " + post.Name
		if len(names) > 0 {
			who += "（" + strings.Join(names, "、") + "）"
		}
		out[t.ID] = who
		v.Waits = append(v.Waits, waits{Step: show.Step(ctx, t), Who: who})
	}
	return out, nil
}

// holderNames are the names of those appointed to a post.
func (p *Pages) holderNames(tx *db.Tx, post string) (names []string, err error) {
	list, err := p.Cases.Office.Holders(tx, post)
	for _, h := range list {
		if !h.Deputy {
			names = append(names, h.Name)
		}
	}
	return names, err
}

func (p *Pages) unitNames(tx *db.Tx) (map[string]string, error) {
	list, err := p.Cases.Office.Units(tx)
	names := make(map[string]string, len(list))
	for _, u := range list {
		names[u.Code] = u.Name
	}
	return names, err
}

// fillHead says who, what and until when.
func (p *Pages) fillHead(ctx context.Context, tx *db.Tx, v *caseView) error {
	c := v.V
	h := ui.Head{Title: c.Title + "　" + c.ItemName, No: c.No, Meter: show.Meter(ctx, c)}
	h.Lamp, h.Words = show.Pill(ctx, c)
	step := show.State(ctx, c.State())
	if v.Task != nil {
		step = show.Step(ctx, *v.Task)
	}
	h.Tags = append([]ui.Badge{{Text: step}}, show.Tags(ctx, c.Matter.Showing(), 0)...)
	h.Facts = []ui.Fact{{Label: i18n.T(ctx, "work.head.applicant"), Value: c.PartyName}}
	if len(c.Receivers) > 0 {
		names, err := p.Cases.Office.Names(tx, c.Receivers...)
		if err != nil {
			return err
		}
		var list []string
		for _, id := range c.Receivers {
			list = append(list, names[id])
		}
		h.Facts = append(h.Facts, ui.Fact{
			Label: i18n.T(ctx, "work.head.receiver"), Value: strings.Join(list, "、"), Note: i18n.T(ctx, "work.head.apart"),
		})
	}
	if step := c.Item.Step("decide"); step != nil {
		post := step.Post
		if other := c.Need.Posts[step.ID]; other != "" {
			post = other
		}
		found, err := p.Cases.Office.Resolve(tx, post, c.Division)
		if err == nil {
			var names []string
			if names, err = p.holderNames(tx, found.Code); err == nil && len(names) > 0 {
				v.Decides = strings.Join(names, "、")
				h.Facts = append(h.Facts, ui.Fact{Label: i18n.T(ctx, "work.head.decider"), Value: v.Decides})
			}
		}
		if err != nil && fault.Code(err) == "internal" {
			return err
		}
	}
	v.Head = h
	return nil
}

// chooseDocument takes the file that was asked for, else the first there is.
func (v *caseView) chooseDocument(ctx context.Context, asked string) {
	id, _ := strconv.ParseInt(asked, 10, 64)
	var material cases.Material
	var file cases.File
	for _, m := range v.V.Materials {
		for _, f := range m.Files {
			if !f.Handed() { // the applicant's until they hand it in
				continue
			}
			if f.ID == id || file.ID == 0 && !f.Replaced {
				material, file = m, f
			}
		}
	}
	if file.ID == 0 {
		return
	}
	v.Doc = document{
		ID: file.ID, Name: file.Name, Title: material.Name, Href: "/files/" + strconv.FormatInt(file.ID, 10),
		Note: show.Size(file.Size),
	}
	switch {
	case file.Media == "application/pdf":
		v.Doc.Kind = "pdf"
	case strings.HasPrefix(file.Media, "image/"):
		v.Doc.Kind = "image"
	}
	if len(material.Files) < 2 {
		return
	}
	for i, f := range material.Files {
		if !f.Handed() {
			continue
		}
		text := i18n.T(ctx, "work.doc.nth", "n", i+1)
		if f.Replaced {
			text = i18n.T(ctx, "work.doc.replaced", "n", i+1)
		}
		v.Doc.Others = append(v.Doc.Others, ui.Link{Text: text, Href: v.link("", strconv.FormatInt(f.ID, 10)), Current: f.ID == file.ID})
	}
}

// fields lists what was applied for; sensitive values are masked until asked for.
func fields(ctx context.Context, v *caseView) (all []ui.Fact) {
	for _, x := range v.V.Form {
		f := ui.Fact{Label: x.Label, Value: show.Value(ctx, x)}
		switch {
		case x.Sensitive && v.Shown == x.Key:
			f.Body = fullValue(x.Text)
		case x.Sensitive:
			f.Body = maskedValue(f.Value, casePath(v.V.ID)+"/reveal?field="+x.Key)
		}
		all = append(all, f)
	}
	return all
}

// shortLabels reports whether two fields fit into one line.
func (v *caseView) shortLabels() bool {
	return !slices.ContainsFunc(v.Fields, func(f ui.Fact) bool { return len([]rune(f.Label)) > 5 })
}

const mostSimilar = 10

// fillSimilar lists the latest other cases of the same item that the actor may see.
func (p *Pages) fillSimilar(ctx context.Context, tx *db.Tx, v *caseView) error {
	rows, _, err := p.Cases.Recent(tx, v.Who, cases.Filter{Item: v.V.Case.Item}, cases.Key{}, mostSimilar+1)
	for _, r := range rows {
		if r.ID == v.V.ID || len(v.Similar) == mostSimilar {
			continue
		}
		v.Similar = append(v.Similar, similar{
			Title: r.Title, Href: casePath(r.ID), Words: show.State(ctx, r.State), When: show.When(ctx, r.Received, v.V.Now),
		})
	}
	return err
}
