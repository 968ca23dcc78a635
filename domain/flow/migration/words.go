package migration

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

func stateBadge(ctx context.Context, s State) ui.Badge {
	tone := map[State]ui.Tone{
		Drafted: ui.ToneLine, Submitted: ui.ToneWarn, Returned: ui.ToneBad, Approved: ui.ToneGood, Done: ui.ToneGood, Stopped: ui.ToneLine,
	}[s]
	return ui.Badge{Text: i18n.T(ctx, "migration.state."+string(s)), Tone: tone}
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "migration.col."+key), Row: i == 0, Num: key == "cases"})
	}
	return all
}

func list(ctx context.Context, names []string) string {
	return strings.Join(names, i18n.T(ctx, "catalog.list"))
}

// plans is the table of the plans of a definition.
func (v listView) plans(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "migration.plans"), Hover: true, Cols: columns(ctx, "plan", "reason", "since", "author", "state")}
	for _, p := range v.Plans {
		badge := stateBadge(ctx, p.State)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: i18n.T(ctx, "migration.from_to", "was", p.Was, "now", p.Now), Href: path(&p)}, {Text: p.Reason}, {Text: p.Since.String()}, {Text: p.Author.Name}, {Tag: &badge},
		}})
	}
	return g
}

func (v listView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "migration.order")}
	if v.Next != 0 {
		more.Text, more.Href = i18n.T(ctx, "migration.more", "n", mostPlans), root(v.D.ID)+"?before="+strconv.FormatInt(v.Next, 10)
	}
	if v.Before != 0 {
		more.First, more.FirstHref = i18n.T(ctx, "migration.first"), root(v.D.ID)
	}
	return more
}

// choose offers the versions of the definition: the older ones that have cases under way, and those that are not withdrawn.
func (v listView) choose(ctx context.Context, name string) ui.Input {
	i := ui.Input{Name: name, Kind: "select", Label: i18n.T(ctx, "migration."+name), Hint: i18n.T(ctx, "migration."+name+".hint"), Value: v.Typed.Get(name), Error: v.Wrong[name], Wide: true}
	versions := slices.Clone(v.Versions)
	if name == "was" { // the oldest first, as the newest are for the other
		slices.Reverse(versions)
	}
	for _, one := range versions {
		n := strconv.Itoa(one.Number)
		switch {
		case name == "was" && v.Running[one.Number] > 0:
			i.Options = append(i.Options, ui.Option{Value: n, Text: i18n.T(ctx, "migration.was.option", "n", one.Number, "cases", v.Running[one.Number])})
		case name == "now" && !one.Withdrawn:
			i.Options = append(i.Options, ui.Option{Value: n, Text: i18n.T(ctx, "flow.version.n", "n", one.Number)})
		}
	}
	return i
}

// possible reports whether there is anything to plan.
func (v listView) possible() bool {
	running := slices.ContainsFunc(v.Versions, func(one flow.Version) bool { return v.Running[one.Number] > 0 })
	return running && len(v.Versions) > 1
}

// matched is the value of a control that leaves it to the map to find what stands for a gateway.
const matched = "?"

// mostRows is up to how many steps each has a control; of more, those have one that do not simply go on.
const mostRows = 120

// row is one element of the older version, with the control that says as what it goes on.
type row struct {
	Node  *workflow.Node
	Name  string
	About string
	To    string // id of what it goes on as, "" for nothing
	Field ui.Input
}

// rests reports whether a case may stand at an element.
func rests(n *workflow.Node) bool {
	switch n.Kind {
	case workflow.UserTask, workflow.RuleTask, workflow.ServiceTask, workflow.Subprocess, workflow.Call, workflow.Catch, workflow.Boundary:
		return true
	}
	return false
}

// halts reports whether a case may stand before a gateway: where branches come together, and where a choice could not be made.
func halts(n *workflow.Node) bool {
	joins := (n.Kind == workflow.Parallel || n.Kind == workflow.Inclusive) && len(n.In) > 1
	return joins || (n.Kind == workflow.Exclusive || n.Kind == workflow.Inclusive) && len(n.Out) > 1
}

// rows are the elements at which cases may stand, those that are work or the gateways between it.
func (v oneView) rows(ctx context.Context, which func(*workflow.Node) bool) (all []row) {
	for i, n := range v.From.Nodes() {
		if which(n) {
			all = append(all, v.row(ctx, i, n))
		}
	}
	if len(all) > mostRows {
		all = slices.DeleteFunc(all, func(r row) bool { return r.To == r.Node.ID })
	}
	return all
}

func (v oneView) row(ctx context.Context, i int, n *workflow.Node) row {
	r := row{Node: n, Name: called(ctx, n), About: v.about(ctx, n), To: v.P.Nodes[n.ID]}
	r.Field = ui.Input{Name: mapField + n.ID, ID: "n-" + strconv.Itoa(i), Kind: "select", Label: i18n.T(ctx, "migration.goes_on", "step", r.Name), HideLabel: true, Wide: true, Value: r.To}
	if !rests(n) {
		r.Field.Options = []ui.Option{{Value: matched, Text: i18n.T(ctx, "migration.matched", "step", v.target(ctx, v.found[n.ID]))}}
		if r.To == v.found[n.ID] {
			r.Field.Value = matched
		}
	}
	if typed, ok := v.Typed[mapField+n.ID]; ok {
		r.To, r.Field.Value = typed[0], typed[0]
	}
	r.Field.Options = append(r.Field.Options, ui.Option{Value: "", Text: i18n.T(ctx, "migration.gone")})
	for _, o := range v.To.Nodes() {
		if o.Kind == n.Kind && which(n)(o) {
			r.Field.Options = append(r.Field.Options, ui.Option{Value: o.ID, Text: called(ctx, o)})
		}
	}
	return r
}

// target is how an element of the newer version is called.
func (v oneView) target(ctx context.Context, id string) string {
	if at := v.To.Node(id); at != nil {
		return called(ctx, at)
	}
	return i18n.T(ctx, "migration.gone")
}

// byWork is the map as it would be worked out from that of the steps alone.
func (v oneView) byWork() workflow.Map {
	known := workflow.Map{}
	for _, n := range v.From.Nodes() {
		if to, ok := v.P.Nodes[n.ID]; ok && rests(n) {
			known[n.ID] = to
		}
	}
	return workflow.Match(v.From, v.To, known)
}

func which(n *workflow.Node) func(*workflow.Node) bool {
	if rests(n) {
		return rests
	}
	return halts
}

// called is how people know an element: by its name, else by what is around it.
func called(ctx context.Context, n *workflow.Node) string {
	if n.Name != "" {
		return n.Name
	}
	names := func(nodes []*workflow.Node) string {
		var all []string
		for _, o := range nodes {
			if o.Name != "" {
				all = append(all, o.Name)
			}
		}
		if len(all) == 0 {
			return i18n.T(ctx, "migration.edge")
		}
		return list(ctx, all)
	}
	switch {
	case n.Kind == workflow.Boundary:
		return i18n.T(ctx, "migration.node.boundary", "step", called(ctx, n.Host))
	case rests(n):
		return i18n.T(ctx, "migration.node."+string(n.Kind))
	}
	before, behind := n.Beside()
	return i18n.T(ctx, "migration.node.between", "before", names(before), "behind", names(behind))
}

// about says who does a step and how long.
func (v oneView) about(ctx context.Context, n *workflow.Node) string {
	if n.Kind != workflow.UserTask {
		return i18n.T(ctx, "migration.kind."+string(n.Kind))
	}
	parts := []string{}
	if name := v.posts[n.Post()]; name != "" {
		parts = append(parts, name)
	}
	if n.Limit() > 0 {
		parts = append(parts, i18n.T(ctx, "flow.days", "n", n.Limit()))
	}
	return list(ctx, parts)
}

// facts are how many cases the plan concerns.
func (v oneView) facts(ctx context.Context) (all []ui.Fact) {
	add := func(key string, n int) {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "migration.sum."+key), Big: strconv.Itoa(n), Value: i18n.T(ctx, "migration.cases")})
	}
	add("fit", v.Sums.Fit)
	add("unfit", v.Sums.Unfit)
	if v.P.Hash != "" {
		add("carried", v.Sums.Carried)
		add("left", v.Sums.Left)
	}
	return all
}

func (v oneView) busy(ctx context.Context) ui.Work {
	w := ui.Work{Title: i18n.T(ctx, "migration.run."+string(v.P.Run)), Done: v.P.Seen, Total: max(v.P.Total, 1), Note: i18n.T(ctx, "migration.leave")}
	if v.P.Run == Running {
		w.Done = min(v.Sums.Carried+v.Sums.Left, w.Total)
	}
	w.Words = i18n.T(ctx, "migration.progress", "done", w.Done, "total", v.P.Total)
	return w
}

// report is what the dry run found, place by place.
func (v oneView) report(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "migration.report"), Cols: columns(ctx, "stands", "cases", "verdict", "why")}
	for _, p := range v.Places {
		badge := ui.Badge{Text: i18n.T(ctx, "migration.fit"), Tone: ui.ToneGood}
		if !p.Prospect.Good() {
			badge = ui.Badge{Text: i18n.T(ctx, "migration.unfit"), Tone: ui.ToneBad}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: stands(ctx, p.Stands)}, {Text: strconv.Itoa(p.Cases)}, {Tag: &badge}, {Body: reasons(v.remarks(ctx, p))},
		}})
	}
	return g
}

// remarks are the reasons of a place; cases that have not begun begin in the newer version.
func (v oneView) remarks(ctx context.Context, p Place) []string {
	if len(p.Stands) == 0 && p.Prospect.Good() {
		return []string{i18n.T(ctx, "migration.fresh")}
	}
	return v.reasons(ctx, p.Prospect)
}

// hint is a text of the map: with what is to be done about it, or as it is.
func (v oneView) hint(ctx context.Context, key string, args ...any) string {
	if !v.editing() {
		key += ".is"
	}
	return i18n.T(ctx, key, args...)
}

// gone are the names of the steps that nothing in the newer version stands for.
func (v oneView) gone(rows []row) (names []string) {
	for _, r := range rows {
		if r.To == "" {
			names = append(names, r.Name)
		}
	}
	return names
}

func stands(ctx context.Context, names []string) string {
	if len(names) == 0 {
		return i18n.T(ctx, "migration.not_begun")
	}
	return list(ctx, names)
}

// reasons says why cases stay, or what becomes of them.
func (v oneView) reasons(ctx context.Context, p cases.Prospect) (all []string) {
	for _, o := range p.Obstacles {
		name := o.Name
		if n := v.From.Node(o.Node); n != nil {
			name = called(ctx, n)
		}
		all = append(all, i18n.T(ctx, "migration.why."+string(o.Kind), "step", name))
	}
	for _, f := range p.Findings {
		all = append(all, flow.Finding{Code: "flow.finding." + string(f.Kind), Step: f.Node, Name: f.Name, Trace: f.Trace}.Words(ctx))
	}
	if p.TooLarge {
		all = append(all, i18n.T(ctx, "migration.why.large"))
	}
	if len(all) > 0 {
		return all
	}
	for _, c := range p.Changes {
		all = append(all, v.changed(ctx, c))
	}
	if len(p.Again) > 0 {
		all = append(all, i18n.T(ctx, "migration.again", "steps", list(ctx, p.Again)))
	}
	if len(p.Never) > 0 {
		all = append(all, i18n.T(ctx, "migration.never", "steps", list(ctx, p.Never)))
	}
	if len(all) == 0 {
		all = append(all, i18n.T(ctx, "migration.plain"))
	}
	return all
}

// changed says what the newer version has otherwise of a step that is open: it stays as it is.
func (v oneView) changed(ctx context.Context, c cases.Changed) string {
	var parts []string
	if c.Now != "" {
		parts = append(parts, i18n.T(ctx, "migration.change.name", "name", c.Now))
	}
	if c.Post != "" {
		name := c.Post
		if v.posts[c.Post] != "" {
			name = v.posts[c.Post]
		}
		parts = append(parts, i18n.T(ctx, "migration.change.post", "post", name))
	}
	if c.Days != 0 {
		parts = append(parts, i18n.T(ctx, "migration.change.days", "n", c.Days))
	}
	return i18n.T(ctx, "migration.change", "step", c.Step, "parts", strings.Join(parts, i18n.T(ctx, "migration.comma")))
}

// left is the table of the cases that stay.
func (v leftView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "migration.left"), Cols: columns(ctx, "no", "stands", "why", "at")}
	for _, l := range v.Left {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: l.No, Code: true}, {Text: stands(ctx, l.Stands)}, {Body: reasons(v.reasons(ctx, l.Prospect))}, {Text: calendar.Minute(l.At)},
		}})
	}
	return g
}

func (v leftView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "migration.left.order")}
	if v.Next != 0 {
		more.Text, more.Href = i18n.T(ctx, "migration.left.more", "n", leftLength), path(v.P)+"/left?after="+strconv.FormatInt(v.Next, 10)
	}
	if v.After != 0 {
		more.First, more.FirstHref = i18n.T(ctx, "migration.first"), path(v.P)+"/left"
	}
	return more
}

// summary leads to what is wrong with a form.
func summary(wrong map[string]string, field, trouble string, order ...string) (all []ui.Wrong) {
	for _, f := range order {
		if wrong[f] != "" {
			all = append(all, ui.Wrong{Field: f, Text: wrong[f]})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: field, Text: trouble})
	}
	return all
}

func (v oneView) typed(field, kept string) string {
	if values, ok := v.Typed[field]; ok {
		return values[0]
	}
	return kept
}

// editing reports whether the map is to be filled in.
func (v oneView) editing() bool { return v.Keeps && v.P.State.editable() && v.P.Run != Trying }

// saving is the button that has the dry run done: the main one of the page until it was.
func (v oneView) saving(ctx context.Context) ui.Act {
	a := ui.Act{Text: i18n.T(ctx, "migration.save"), ID: "save"}
	if v.P.Run != Tried || v.Sums.Fit == 0 {
		a.Weight = ui.Primary
	}
	return a
}

// wrongIn is what is wrong with the words of one of two forms that ask for some.
func (v oneView) wrongIn(form string) string {
	if v.Field == form {
		return v.Wrong["remark"]
	}
	return ""
}

func (v oneView) mapGrid(ctx context.Context, rows []row) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "migration.map"), Cols: columns(ctx, "old", "new"), Flush: true}
	for _, r := range rows {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Body: stepCell(r)}, {Body: toCell(r, v.editing(), v.target(ctx, r.To))}}})
	}
	return g
}
