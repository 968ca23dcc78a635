package supervision

import (
	"context"
	"net/http"
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

// caseView is one case, all of it, to read.
type caseView struct {
	ui.Page
	V         *cases.View
	Head      ui.Head
	Act       string
	Reasons   []show.Reason
	Days      ui.ClockDays
	DayNotes  string
	Waits     []ui.Fact
	Entries   []ui.Line
	Looks     []ui.Line
	Materials []ui.Check
	Fields    []ui.Fact
	Opinions  []ui.Moment
	Raised    []ui.Moment
	Again     []ui.Line // the notices after the first
	Overseen  []ui.Fact // by regulator
	Stuck     bool      // its flow can move no further
	Mend      string    // where the actor mends that, "" somebody else does
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	var v caseView
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.V, err = p.Cases.View(tx, who, pathID(r)); err != nil {
			return err
		}
		v.Page = p.Frame(r, i18n.T(ctx, "supervision.case.title", "item", v.V.ItemName))
		units, err := p.unitNames(tx)
		if err != nil {
			return err
		}
		if err := p.people(ctx, tx, &v, units); err != nil {
			return err
		}
		if err := p.evidence(ctx, tx, who, &v, units); err != nil {
			return err
		}
		if v.Again, err = p.againLines(ctx, tx, v.V.Again); err != nil {
			return err
		}
		v.fill(ctx, units)
		if v.Stuck, err = p.Cases.Stuck(tx, v.V.Case); err != nil {
			return err
		}
		if v.Stuck && p.Cases.MayHandOut(tx, who, v.V.Case) {
			v.Mend = "/work/" + strconv.FormatInt(v.V.ID, 10) + "/step/mend"
		}
		if p.Overseen != nil {
			if v.Overseen, err = p.Overseen(tx, v.V.ID); err != nil {
				return err
			}
		}
		return p.act(tx, who, &v)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, casePage(v))
}

// act finds where the actor may act on the case, if there is anything to do: a
// task at their post, or the limit to extend.
func (p *Pages) act(tx *db.Tx, who auth.Actor, v *caseView) error {
	if p.Act == nil {
		return nil
	}
	_, err := p.Cases.ExplainExtend(tx, who, v.V.Case)
	may := err == nil
	for _, t := range v.V.Open() {
		_, mine := who.Holds(t.Post)
		may = may || mine
	}
	if may {
		v.Act = p.Act(who, v.V.ID)
	}
	if fault.Code(err) == "internal" {
		return err
	}
	return nil
}

// people says who received the case and who holds it now.
func (p *Pages) people(ctx context.Context, tx *db.Tx, v *caseView, units map[string]string) error {
	names, err := p.Cases.Office.Names(tx, v.V.Receivers...)
	if err != nil {
		return err
	}
	var received []string
	for _, id := range v.V.Receivers {
		received = append(received, names[id])
	}
	v.Head.Facts = []ui.Fact{
		{Label: i18n.T(ctx, "supervision.head.applicant"), Value: v.V.PartyName}, {Label: i18n.T(ctx, "supervision.head.unit"), Value: v.V.UnitName},
	}
	if len(received) > 0 {
		v.Head.Facts = append(v.Head.Facts, ui.Fact{Label: i18n.T(ctx, "supervision.head.receiver"), Value: strings.Join(received, "、")})
	}
	for _, t := range v.V.Open() {
		list, err := p.Cases.Office.Holders(tx, t.Post)
		if err != nil {
			return err
		}
		var holders []string
		for _, h := range list {
			if !h.Deputy {
				holders = append(holders, h.Name)
			}
		}
		v.Waits = append(v.Waits, ui.Fact{
			Label: show.Step(ctx, t), Value: units[t.Unit] + " " + strings.Join(holders, "、"),
			Note: i18n.T(ctx, "show.story.since", "day", show.When(ctx, t.Opened, v.V.Now)),
		})
	}
	return nil
}

// evidence lists every entry of the ledger with its hash, hidden ones too, and
// who looked at what others see masked.
func (p *Pages) evidence(ctx context.Context, tx *db.Tx, who auth.Actor, v *caseView, units map[string]string) error {
	hashes, err := p.Cases.Hashes(tx, who, v.V.ID)
	if err != nil {
		return err
	}
	for _, t := range v.V.Trail {
		act := ui.Cell{Text: show.Act(ctx, t.Act)}
		if !t.Shown {
			act = ui.Cell{Body: hiddenAct(show.Act(ctx, t.Act), i18n.T(ctx, "supervision.hidden"))}
		}
		v.Entries = append(v.Entries, ui.Line{Cells: []ui.Cell{
			{Text: strconv.FormatInt(t.Seq, 10)}, act, {Text: show.By(ctx, t, units)}, {Text: show.Moment(ctx, t.At, v.V.Now)},
			{Text: v.note(ctx, t)}, {Text: short(hashes[t.Seq]), Code: true},
		}})
	}
	looks, err := p.Cases.Looks(tx, who, v.V.ID)
	if err != nil || len(looks) == 0 {
		return err
	}
	var ids []int64
	for _, l := range looks {
		ids = append(ids, l.Staff)
	}
	names, err := p.Cases.Office.Names(tx, ids...)
	if err != nil {
		return err
	}
	labels := map[string]string{}
	for _, x := range v.V.Form {
		labels[x.Key] = x.Label
	}
	for _, l := range looks {
		what, purpose := labels[l.Field], string(l.Purpose)
		if l.Sight != "" {
			what, purpose = i18n.T(ctx, "supervision.sight."+string(l.Sight)), "work"
		}
		v.Looks = append(v.Looks, ui.Line{Cells: []ui.Cell{
			{Text: names[l.Staff]}, {Text: what}, {Text: i18n.T(ctx, "supervision.purpose."+purpose)},
			{Text: show.Moment(ctx, l.At, v.V.Now)}, {Text: short(l.Hash), Code: true},
		}})
	}
	return nil
}

// note is what was said with an entry, and which systems were told of it.
func (v *caseView) note(ctx context.Context, t cases.Trail) string {
	parts := []string{}
	if t.Note != "" {
		parts = append(parts, t.Note)
	}
	for _, o := range v.V.Ordered {
		if o.Entry == t.Seq {
			title, text := show.Ordered(ctx, o)
			parts = append(parts, title+"　"+text)
		}
	}
	return strings.Join(parts, "　")
}

// short is the beginning of a hash, enough to compare by eye.
func short(hash string) string { return hash[:min(len(hash), 12)] }

func (v *caseView) fill(ctx context.Context, units map[string]string) {
	c := v.V
	v.Head.Title, v.Head.No, v.Head.Meter = c.Title+"　"+c.ItemName, c.No, show.Meter(ctx, c)
	v.Head.Lamp, v.Head.Words = show.Pill(ctx, c)
	v.Head.Tags = append([]ui.Badge{{Text: show.State(ctx, c.State())}}, show.Tags(ctx, c.Matter.Showing(), 0)...)
	v.Reasons, v.Days, v.DayNotes = show.Reasons(ctx, c), show.Days(ctx, c, false), show.Notes(ctx, c)
	v.Materials = show.Materials(ctx, c, 0, func(f cases.File) string { return "/files/" + strconv.FormatInt(f.ID, 10) })
	for _, x := range c.Form {
		v.Fields = append(v.Fields, ui.Fact{Label: x.Label, Value: show.Value(ctx, x), Code: x.Sensitive})
	}
	for _, e := range c.Escalated {
		v.Raised = append(v.Raised, ui.Moment{
			Title: show.LevelName(ctx, e.Level), When: show.Moment(ctx, e.At, c.Now), At: show.Machine(e.At),
			Text: i18n.T(ctx, "supervision.raised.text", "clock", show.ClockName(ctx, e.Clock), "due", show.Date(ctx, e.Due, c.Now)),
		})
	}
	for _, o := range c.Opinions {
		v.Opinions = append(v.Opinions, ui.Moment{
			Title: show.StepOf(ctx, c, o.Node, o.Step) + "　" + i18n.T(ctx, "cases.conclusion."+o.Conclusion), When: show.Moment(ctx, o.At, c.Now), At: show.Machine(o.At),
			Text: strings.TrimSpace(o.Text + "　" + units[o.Unit] + " " + o.StaffName),
		})
	}
}

// entryColumns are the heads of the ledger.
func entryColumns(ctx context.Context) []ui.Col {
	return []ui.Col{
		{Text: i18n.T(ctx, "supervision.entry.no")}, {Text: i18n.T(ctx, "supervision.entry.act"), Row: true}, {Text: i18n.T(ctx, "supervision.entry.who")},
		{Text: i18n.T(ctx, "supervision.entry.when")}, {Text: i18n.T(ctx, "supervision.entry.note")}, {Text: i18n.T(ctx, "supervision.entry.hash")},
	}
}

// lookColumns are the heads of the looks at masked values.
func lookColumns(ctx context.Context) []ui.Col {
	return []ui.Col{
		{Text: i18n.T(ctx, "supervision.entry.who"), Row: true}, {Text: i18n.T(ctx, "supervision.look.field")}, {Text: i18n.T(ctx, "supervision.look.purpose")},
		{Text: i18n.T(ctx, "supervision.entry.when")}, {Text: i18n.T(ctx, "supervision.entry.hash")},
	}
}
