package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// finding is what the clerk put in for one material.
type finding struct {
	Verdict cases.Verdict
	Reason  string
	Paper   bool
	Due     string   // agreed for what comes later
	Seen    int64    // the finding that the clerk knew of
	Points  []string // the points ticked; nil: the page showed none
	Fill    bool     // take the points that are not ticked for the reason
}

// caseView is one application at the window, whatever its state.
type caseView struct {
	ui.Page
	Case    *cases.View
	Agent   string            // who acts for the applicant
	ByLaw   bool              // as its legal representative, not by a mandate
	Units   map[string]string // names of units by code
	Holders map[int64]string  // who may act at each open step
	Judges  map[int64]string  // who found something, and who gave leave to ask again
	Rows    []paper
	Chosen  *paper // whose original is shown
	File    *cases.File
	Seen    int
	Acts    []ui.Act
	Whys    []why
	Remark  string

	Key      string
	By       string // last day to correct, as typed
	ByUsual  string // what is taken if none is typed
	Wrong    map[string]string
	Summary  []ui.Wrong
	Stale    bool
	Lost     []string // findings that were typed and no longer fit the state
	Paper    []string // ticked as come on paper, correcting only
	Typed    string   // why something is sent back
	Fresh    *cases.Document
	Place    placeView
	Compare  *cases.Comparison // of the certificate that the applicant declared, nil where nothing is to be compared here
	Original reading           // what the window read on it, as typed
	Moved    bool              // what was kept of a row is more than was sent: it is drawn again
	Reveal   string            // where the applicant's numbers are shown in full, "" without the right
}

// reading is what the window typed about a certificate that the applicant declared.
type reading struct {
	Seen   bool
	Number string
	Until  string
}

// declared is what the applicant declared, to be held against the original.
func (v *caseView) declared(ctx context.Context) []ui.Fact {
	until := i18n.T(ctx, "desk.seen.undeclared")
	if v.Compare.Until != 0 {
		until = v.Compare.Until.Words(ctx)
	}
	number := ui.Fact{Label: i18n.T(ctx, "desk.seen.number"), Value: v.Compare.Number, Code: true}
	if v.Compare.Number == "" {
		number = ui.Fact{Label: number.Label, Value: i18n.T(ctx, "desk.seen.undeclared")}
	}
	return []ui.Fact{number, {Label: i18n.T(ctx, "desk.seen.declared.until"), Value: until}}
}

// paper is one material on the list.
type paper struct {
	cases.Material
	No     string
	Href   string
	Tags   []ui.Badge
	Note   string
	Looked []cases.Looked // its points, as ticked
	Say    string         // what the server has to say about it
	Bad    bool
	On     bool
	Ticked bool // typed: it came on paper
}

// why is the reason for which one or more acts are not possible.
type why struct{ ID, Text string }

// Receiving reports whether the window still checks the papers.
func (v *caseView) Receiving() bool { return v.Case.State() == cases.StateReceived }

// Correcting reports whether the applicant has to bring something.
func (v *caseView) Correcting() bool { return v.Case.State() == cases.StateCorrecting }

// load fills v from the database for whoever looks; typed overlays what is
// stored with what was posted.
func (p *Pages) load(ctx context.Context, tx *db.Tx, who auth.Actor, v *caseView, caseID int64, chosen string, typed map[string]finding) (err error) {
	if v.Case, err = p.Cases.View(tx, who, caseID); err != nil {
		return err
	}
	if v.Case.Agent != 0 {
		names, err := p.Cases.Party.Names(tx, v.Case.Agent)
		if err != nil {
			return err
		}
		v.Agent = names[v.Case.Agent]
		applicant, err := p.Cases.Party.Find(tx, v.Case.Party)
		if err != nil {
			return err
		}
		v.ByLaw = applicant.Legal == v.Case.Agent
	}
	if err := p.people(tx, v); err != nil {
		return err
	}
	settings := v.Case.Matter.Terms.Settings
	cal, err := p.Cases.Cal(tx)
	if err != nil {
		return err
	}
	v.ByUsual = day(ctx, cal.AddWorkdays(cases.Today(tx), settings.CorrectionDays), tx.Now())
	if v.Place, err = p.place(tx, ctx, cases.Located(v.Case.Item, v.Case.Need), v.Case.Division); err != nil {
		return err
	}
	if who.May(party.Unmask) {
		v.Reveal = "/parties/" + id(v.Case.Party)
	}
	v.rows(ctx, chosen, typed)
	if who.May(Receive) {
		choices, err := p.Cases.Explain(tx, who, v.Case.Case)
		if err != nil {
			return err
		}
		p.acts(ctx, who, v, choices)
	}
	return nil
}

// people looks up whom the story of the case names.
func (p *Pages) people(tx *db.Tx, v *caseView) error {
	v.Units, v.Holders = map[string]string{}, map[int64]string{}
	var staff []int64
	for _, m := range v.Case.Materials {
		staff = append(staff, m.Judge)
	}
	if leave := v.Case.Matter.Again; leave != nil {
		staff = append(staff, leave.By)
	}
	var err error
	if v.Judges, err = p.Cases.Office.Names(tx, staff...); err != nil {
		return err
	}
	for _, t := range v.Case.Trail {
		if _, known := v.Units[t.Unit]; known || t.Unit == "" {
			continue
		}
		if unit, err := p.Cases.Office.Unit(tx, t.Unit); err == nil {
			v.Units[t.Unit] = unit.Name
		}
	}
	for _, t := range v.Case.Open() {
		holders, err := p.Cases.Office.Holders(tx, t.Post)
		if err != nil {
			return err
		}
		var names []string
		for _, h := range holders {
			names = append(names, h.Name)
		}
		v.Holders[t.ID] = strings.Join(names, "、")
	}
	return nil
}

// rows lists the materials. The one to look at next is shown unless another was
// chosen.
func (v *caseView) rows(ctx context.Context, chosen string, typed map[string]finding) {
	for i, m := range v.Case.Materials {
		r := paper{Material: m, No: id(int64(i + 1)), Href: casePath(v.Case.ID) + "?m=" + m.Key, Note: noteOf(ctx, m), Tags: tagsOf(ctx, m)}
		r.Looked = v.Case.Looked(m)
		if m.Verdict != cases.Unjudged {
			v.Seen++
		}
		if t, ok := typed[m.Key]; ok && v.Receiving() {
			r.Verdict, r.Reason, r.Due, r.Ticked = t.Verdict, t.Reason, t.Due, t.Paper && m.Source == cases.SourceNone
			r.Looked = ticked(r.Looked, t.Points)
		} else if ok && t.Verdict == cases.Correct && strings.TrimSpace(t.Reason) != "" && t.Reason != m.Reason {
			v.Lost = append(v.Lost, m.Name+i18n.T(ctx, "desk.colon")+t.Reason)
		}
		if m.Verdict == cases.Missing {
			r.Say = i18n.T(ctx, "desk.missing")
		}
		if m.Verdict == cases.Tolerate {
			r.Say = i18n.T(ctx, "desk.due", "day", show.DateText(ctx, m.Due, v.Case.Now))
			for _, o := range v.Case.Owes() {
				if o.Material == m.Key && v.Receiving() {
					r.Say = owedWords(ctx, o, v.Case.Now)
				}
			}
		}
		v.Rows = append(v.Rows, r)
	}
	at := slices.IndexFunc(v.Rows, func(r paper) bool { return r.Key == chosen })
	if at < 0 {
		next := cases.Unjudged // what the clerk looks at next
		if v.Correcting() {
			next = cases.Correct
		}
		at = slices.IndexFunc(v.Rows, func(r paper) bool { return r.Material.Verdict == next })
	}
	if at = max(at, 0); at < len(v.Rows) {
		v.Rows[at].On = true
		v.Chosen = &v.Rows[at]
		if list := show.Current(v.Chosen.Material); len(list) > 0 {
			v.File = &list[len(list)-1]
		}
	}
}

// noteOf says how a material came.
func noteOf(ctx context.Context, m cases.Material) string {
	switch {
	case m.Source == cases.SourceCertificate:
		return m.Proof
	case m.Source == cases.SourcePaper:
		return i18n.T(ctx, "desk.source.paper")
	case len(show.Current(m)) > 0:
		var names []string
		for _, f := range show.Current(m) {
			name := f.Name + "　" + show.Size(f.Size)
			if f.Pending {
				name += pendingNote(ctx, f)
			}
			names = append(names, name)
		}
		return strings.Join(names, i18n.T(ctx, "desk.and"))
	default:
		return i18n.T(ctx, "desk.source.none")
	}
}

func tagsOf(ctx context.Context, m cases.Material) []ui.Badge {
	if m.Source == cases.SourceCertificate {
		return []ui.Badge{{Text: i18n.T(ctx, "desk.need.spared"), Tone: ui.ToneGood}}
	}
	if m.Need == catalog.Optional && m.Verdict == cases.Unneeded {
		return nil
	}
	return []ui.Badge{needTag(ctx, m.Need)}
}

// wanting are the materials of the notice as it would go out now.
func (v *caseView) wanting() (list []paper) {
	for _, r := range v.Rows {
		if r.Verdict == cases.Correct && r.Reason != "" {
			list = append(list, r)
		}
	}
	return list
}

func (v *caseView) count(verdict cases.Verdict) (n int) {
	for _, m := range v.Case.Materials {
		if m.Verdict == verdict {
			n++
		}
	}
	return n
}

// unexplained is how many materials the window has marked to be corrected and not said why: they are not found wanting yet.
func (v *caseView) unexplained() (n int) {
	for _, r := range v.Rows {
		if r.Verdict == cases.Correct && strings.TrimSpace(r.Reason) == "" {
			n++
		}
	}
	return n
}

// because puts into the window's words why an act is not possible.
func (v *caseView) because(ctx context.Context, err error) string {
	switch code := web.Words(ctx, err); code {
	case i18n.T(ctx, "cases.still_to_correct"):
		return i18n.T(ctx, "desk.why.correct", "n", v.count(cases.Correct))
	case i18n.T(ctx, "cases.not_all_judged"):
		if n := v.unexplained(); n > 0 {
			return i18n.T(ctx, "desk.why.reason", "n", n)
		}
		return i18n.T(ctx, "desk.why.unseen", "n", v.count(cases.Unjudged))
	default:
		return code
	}
}

// acts builds the bar at the bottom from what cases says is possible.
func (p *Pages) acts(ctx context.Context, who auth.Actor, v *caseView, choices []cases.Choice) {
	path := casePath(v.Case.ID)
	one := func(c cases.Choice, a ui.Act) ui.Act {
		if c.Why != nil {
			a.Why = v.because(ctx, c.Why)
			at := slices.IndexFunc(v.Whys, func(w why) bool { return w.Text == a.Why })
			if at < 0 {
				at = len(v.Whys)
				v.Whys = append(v.Whys, why{"why-" + id(int64(at+1)), a.Why})
			}
			a.WhyID, a.Weight = v.Whys[at].ID, ui.Secondary
		}
		return a
	}
	var notice, accept, refuse []ui.Act
	primary := ui.Primary
	for _, c := range choices {
		switch c.Act {
		case cases.ActNotifyCorrection, cases.ActNotifyAgain:
			if c.Act == cases.ActNotifyAgain && c.Why != nil {
				if v.count(cases.Correct) > 0 {
					one(c, ui.Act{}) // why not is said all the same
				}
				continue // only what came and is still lacking may be told again
			}
			notice = append(notice, one(c, ui.Act{
				Text: i18n.T(ctx, "desk.act."+string(c.Act)), Key: "F8", Form: "check", Action: path + "/notify", Weight: primary, ID: "act-notify",
			}))
		case cases.ActAccept:
			weight := primary
			if v.count(cases.Correct) > 0 {
				weight = ui.Secondary
			}
			accept = append(accept, one(c, ui.Act{
				Text: i18n.T(ctx, "desk.act.accept"), Key: "F9", Form: "check", Action: path + "/accept", Weight: weight, ID: "act-accept",
			}))
		case cases.ActNotAccept:
			refuse = append(refuse, one(c, ui.Act{Text: i18n.T(ctx, "desk.act.refuse"), Href: path + "/refuse", Weight: ui.Quiet, ID: "act-refuse"}))
		}
	}
	v.Acts = append(v.Acts, notice...)
	if v.Correcting() {
		v.Acts = append(v.Acts, ui.Act{Text: i18n.T(ctx, "desk.act.correct"), Weight: ui.Primary, Form: "correct", Key: "F9"})
	}
	v.Acts = append(v.Acts, v.print(ctx)...)
	v.Acts = append(append(v.Acts, accept...), refuse...)
	held := v.Case.Matter.Certificate // a version made since may be owed
	if p.Delivery != nil && (v.Case.State() == cases.StateGranted || v.Case.State() == cases.StateCertified || held != nil && held.Owed) {
		if to := p.Delivery(who, v.Case.ID); to != "" {
			v.Acts = append(v.Acts, ui.Act{Text: i18n.T(ctx, "desk.act.deliver"), Href: to, Weight: ui.Primary})
		}
	}
	if slices.ContainsFunc(choices, func(c cases.Choice) bool { return c.Procedure }) {
		v.Acts = append(v.Acts, ui.Act{Text: i18n.T(ctx, "desk.act.further"), Href: "/work/" + id(v.Case.ID) + "/acts", Weight: ui.Quiet})
	}
	in := cases.Input{Role: cases.RoleApplicant, Signed: true}
	if _, _, no := (&cases.Law{Cal: v.Case.Cal}).Apply(v.Case.Matter, cases.ActWithdraw, in, v.Case.Now); no == nil {
		v.Acts = append(v.Acts, ui.Act{Text: i18n.T(ctx, "desk.act.withdraw"), Href: path + "/withdraw", Weight: ui.Quiet})
	}
}

// print leads to the newest paper that the applicant signs for.
func (v *caseView) print(ctx context.Context) []ui.Act {
	d := v.newest()
	if d == nil {
		return nil
	}
	a := ui.Act{Text: i18n.T(ctx, "desk.act.print", "paper", show.Title(ctx, *d)), Href: paperPath(v.Case.ID, d.ID), Icon: "print"}
	if d.Kind == cases.PaperCorrectionNotice && !v.online() {
		a.Text = i18n.T(ctx, "desk.act.sign")
	}
	return []ui.Act{a}
}

// newest is the paper made last.
func (v *caseView) newest() *cases.Document {
	var last *cases.Document
	for i := range v.Case.Documents {
		if d := &v.Case.Documents[i]; last == nil || d.At.After(last.At) || d.At.Equal(last.At) && d.ID > last.ID {
			last = d
		}
	}
	return last
}

// head is the top of the page, the same on every case.
func (v *caseView) head(ctx context.Context) ui.Head {
	c := v.Case
	h := ui.Head{Title: c.ItemName, No: c.No}
	if c.Title != c.PartyName {
		h.Facts = append(h.Facts, ui.Fact{Label: c.Title, Value: c.PartyName})
	} else {
		h.Facts = append(h.Facts, ui.Fact{Label: i18n.T(ctx, "desk.applicant"), Value: c.PartyName})
	}
	if v.Agent != "" {
		as := "desk.agent"
		if v.ByLaw {
			as = "show.legal"
		}
		h.Facts = append(h.Facts, ui.Fact{Label: i18n.T(ctx, as), Value: v.Agent})
	}
	h.Facts = append(h.Facts, ui.Fact{
		Label: i18n.T(ctx, "desk.received", "time", moment(ctx, c.ReceivedAt, c.Now), "channel", i18n.T(ctx, "cases.channel."+string(c.Channel))),
	})
	tag := ui.Badge{Text: show.State(ctx, c.State()), Tone: toneOf(c.State())}
	if c.State() == cases.StateReceived && c.Matter.Has(cases.FlagCorrected) {
		tag = ui.Badge{Text: i18n.T(ctx, "desk.tag.corrected"), Tone: ui.ToneGood}
	}
	h.Tags = []ui.Badge{tag}
	h.Tags = append(h.Tags, show.Tags(ctx, c.Matter.Showing(), show.Stopped(c))...)
	if c.Light.Colour != cases.LightNone && c.Light.Clock != "" {
		h.Lamp, h.Words, h.Meter = show.Lamp(c.Light.Colour), show.ColourName(ctx, c.Light.Colour), v.meter(ctx)
	}
	return h
}

// meter is how much of the notice clock is used up; of other clocks what every
// case page shows.
func (v *caseView) meter(ctx context.Context) *ui.Meter {
	l := v.Case.Light
	m := show.Meter(ctx, v.Case)
	if m == nil || l.Clock != cases.ClockNotice {
		return m
	}
	m.Head, m.HeadSide = i18n.T(ctx, "cases.clock."+string(l.Clock)), show.Left(ctx, l, true)
	m.Foot = i18n.T(ctx, "desk.meter.due", "day", day(ctx, l.Due, v.Case.Now))
	m.Percent = max(m.Percent, 2) // the day of receipt is no day of the limit, but not nothing
	return m
}

// facts is the form as it was filled in; numbers of people are masked.
func (v *caseView) facts(ctx context.Context) (list []ui.Fact) {
	for _, f := range v.Case.Form {
		list = append(list, ui.Fact{Label: f.Label, Value: show.Value(ctx, f)})
	}
	return list
}

// debts are the materials that are still to come after the acceptance.
func (v *caseView) debts() (list []paper) {
	for _, m := range v.Case.Owing() {
		for _, r := range v.Rows {
			if r.Key == m.Key {
				list = append(list, r)
			}
		}
	}
	return list
}

// leave is what a superior has allowed to be asked again, in words; "" if nothing.
func (v *caseView) leave(ctx context.Context) string {
	leave := v.Case.Matter.Again
	if leave == nil {
		return ""
	}
	var names []string
	for _, r := range v.Rows {
		if slices.Contains(leave.Materials, r.Key) {
			names = append(names, r.Name)
		}
	}
	return i18n.T(ctx, "desk.leave.text", "name", v.Judges[leave.By], "list", strings.Join(names, i18n.T(ctx, "desk.and")), "reason", leave.Reason)
}

// fresh are the files that came for the correction under way.
func (v *caseView) fresh(material string) (list []cases.File) {
	for _, r := range v.Rows {
		for _, f := range r.Files {
			if r.Key == material && f.Round == v.Case.Matter.Corrections+1 && !f.Replaced {
				list = append(list, f)
			}
		}
	}
	return list
}

// moments is what happened, newest first.
func (v *caseView) moments(ctx context.Context) []ui.Moment {
	return show.Story(ctx, v.Case, v.Holders, v.Units, func(id int64) string { return paperPath(v.Case.ID, id) })
}

// fresher leads to the paper just made; what is read on the web nobody signs for.
func (v *caseView) fresher() string {
	if v.online() {
		return "desk.fresh.online"
	}
	return "desk.fresh"
}

// scanWords names what was signed on paper and scanned.
func scanWords(ctx context.Context, f cases.File) string {
	switch f.Material {
	case cases.ScanPromise:
		return i18n.T(ctx, "desk.scan.promise")
	case cases.ScanOriginal:
		return i18n.T(ctx, "desk.scan.original")
	}
	return i18n.T(ctx, "desk.scan.withdrawal")
}

// owedWords is by when a promised material comes: on the day agreed on, or within the item's days.
func owedWords(ctx context.Context, o cases.Owed, now time.Time) string {
	if o.Until != "" {
		return i18n.T(ctx, "desk.due", "day", show.DateText(ctx, o.Until, now))
	}
	return i18n.T(ctx, "desk.owed", "n", o.Days)
}
