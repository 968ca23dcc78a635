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

// What is done with a step besides finishing it, as addresses name it.
const (
	doHand  = "hand"  // 转办
	doBack  = "back"  // 退回
	doAsk   = "ask"   // 加签、征求意见
	doHurry = "hurry" // 催办
	doMend  = "mend"  // 流程卡住
)

// together is how people share the step at hand, on the page of the case.
type together struct {
	Holder  string // who has it, "" nobody
	Mine    bool   // the actor has it
	Other   bool   // somebody else has it, and the actor leaves it alone
	Several bool   // several hold its post, so that claiming it says something
	Urged   []urged
	Asks    []asked      // what was asked at it and is awaited
	Answers *cases.Task  // it is itself an answer that somebody asked for
	Asker   string       // who did
	Links   []ui.Link    // hand on, give back, ask
	Recall  bool         // the actor's last opinion can be taken back
	Next    []ui.Option  // who may sign after the actor
	Stuck   bool         // the case can move no further
	Mend    string       // where the actor mends that, "" they may not
	Backs   []cases.Back // of the step at hand
}

type urged struct{ By, When, Words string }

// asked is one opinion that is awaited.
type asked struct {
	ID                    int64
	Kind, Who, Due, Words string
	Mine                  bool // the actor may call it off
}

func stepPath(id int64, do string) string { return casePath(id) + "/step/" + do }

// fillTogether says how the step at hand is shared and what may be done with it.
func (p *Pages) fillTogether(ctx context.Context, tx *db.Tx, v *caseView) (err error) {
	c, now := v.V, v.V.Now
	if v.Stuck, err = p.Cases.Stuck(tx, c.Case); err != nil {
		return err
	}
	if v.Stuck && p.Cases.MayHandOut(tx, v.Who, c.Case) {
		v.Mend = stepPath(c.ID, doMend)
	}
	switch err := p.Cases.ExplainRecall(tx, v.Who, c.Case); {
	case err == nil:
		v.Recall = true
	case fault.Code(err) == "internal":
		return err
	}
	if v.Task == nil {
		return nil
	}
	t := *v.Task
	ids := []int64{t.Holder, t.Asker}
	names, err := p.Cases.Office.Names(tx, ids...)
	if err != nil {
		return err
	}
	if v.Other, err = p.Cases.HeldByOther(tx, v.Who, t); err != nil {
		return err
	}
	v.Holder, v.Mine = names[t.Holder], t.Holder == v.Who.Staff
	holders, err := p.Cases.Office.Holders(tx, t.Post)
	if err != nil {
		return err
	}
	v.Several = len(holders) > 1
	urgings, err := p.Cases.Urgings(tx, c.ID)
	if err != nil {
		return err
	}
	units, err := p.unitNames(tx)
	if err != nil {
		return err
	}
	for _, u := range urgings {
		if u.Token == t.Token {
			v.Urged = append(v.Urged, urged{By: strings.TrimSpace(units[u.Unit] + " " + u.Name), When: show.When(ctx, u.At, now), Words: u.Words})
		}
	}
	for _, o := range c.Open() {
		if o.Kind == "" || o.Parent != t.Token {
			continue
		}
		who, err := p.whoHas(tx, o, units)
		if err != nil {
			return err
		}
		v.Asks = append(v.Asks, asked{ID: o.ID, Kind: i18n.T(ctx, "cases.aside."+string(o.Kind)), Who: who, Due: show.DateText(ctx, o.Due, now), Words: o.Asked, Mine: !v.Other})
	}
	if t.Kind != "" {
		v.Answers, v.Asker = &t, names[t.Asker]
		return nil
	}
	if v.Other {
		return nil
	}
	if v.Backs, err = p.Cases.Backs(tx, c.Case, t); err != nil {
		return err
	}
	v.links(ctx, t)
	if v.Form == formOpinion && t.Slot != "check" && !cases.StopsClock(t.Slot) && t.Instance == 0 {
		v.Next, err = p.takers(ctx, tx, v.Who, t, false, v.Typed.Next)
	}
	return err
}

func (v *caseView) links(ctx context.Context, t cases.Task) {
	q := "?task=" + strconv.FormatInt(t.ID, 10)
	v.Links = []ui.Link{
		{Text: i18n.T(ctx, "work.do.ask"), Href: stepPath(v.V.ID, doAsk) + q},
		{Text: i18n.T(ctx, "work.do.hand"), Href: stepPath(v.V.ID, doHand) + q},
	}
	if len(v.Backs) > 0 {
		v.Links = append(v.Links, ui.Link{Text: i18n.T(ctx, "work.do.back"), Href: stepPath(v.V.ID, doBack) + q})
	}
}

// whoHas says at which post a task waits, and who has it.
func (p *Pages) whoHas(tx *db.Tx, t cases.Task, units map[string]string) (string, error) {
	post, err := p.Cases.Office.Post(tx, t.Post)
	if err != nil {
		return "", err
	}
	who := units[t.Unit] + " " + post.Name
	if t.Holder == 0 {
		return who, nil
	}
	names, err := p.Cases.Office.Names(tx, t.Holder)
	return who + "（" + names[t.Holder] + "）", err
}

// takers are those to whom a step may go, to choose one.
func (p *Pages) takers(ctx context.Context, tx *db.Tx, who auth.Actor, t cases.Task, within bool, chosen string) ([]ui.Option, error) {
	list, err := p.Cases.Takers(tx, who, t, within)
	options := []ui.Option{{Text: i18n.T(ctx, "work.taker.choose")}}
	for _, k := range list {
		text := k.UnitName + " " + k.Post
		if k.Name != "" {
			text += "：" + k.Name
		}
		if k.Decides {
			text = i18n.T(ctx, "work.taker.decides", "who", text)
		}
		options = append(options, ui.Option{Value: k.To, Text: text, On: k.To == chosen})
	}
	return options, err
}

// stepView is the page of one thing done with a step.
type stepView struct {
	ui.Page
	V        *cases.View
	Do       string
	Task     cases.Task
	Step     string
	Typed    map[string]string
	Chosen   []string // of those who are asked
	Wrong    map[string]string
	Trouble  string
	Stale    bool
	Takers   []ui.Option
	Backs    []cases.Back
	Kinds    []ui.Option
	Open     []ui.Option // steps to urge
	Question []ui.Input  // of a case that is stuck
	Home     string
	Version  string
	Token    string
}

func (p *Pages) askStep(w http.ResponseWriter, r *http.Request) error {
	return p.stepPage(w, r, http.StatusOK, stepView{Typed: map[string]string{}})
}

func (p *Pages) stepPage(w http.ResponseWriter, r *http.Request, code int, v stepView) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v.Do, v.Token = r.PathValue("do"), newKey()
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.V, err = p.Cases.View(tx, who, pathID(r)); err != nil {
			return err
		}
		v.Home, v.Version = Home(who, v.V.ID), strconv.FormatInt(v.V.Version, 10)
		if i := slices.IndexFunc(v.V.Open(), func(t cases.Task) bool { return strconv.FormatInt(t.ID, 10) == r.FormValue("task") }); i >= 0 {
			v.Task = v.V.Open()[i]
			v.Step = show.Step(ctx, v.Task)
			if who.May(Review) && v.Do != doHurry {
				v.Home = casePath(v.V.ID) + "?task=" + strconv.FormatInt(v.Task.ID, 10)
			}
		}
		if err := p.fillStep(ctx, tx, &v, who); err != nil {
			return err
		}
		v.Page = p.Frame(r, i18n.T(ctx, "work.do."+v.Do)+" "+v.V.ItemName)
		v.Page.Path, v.Page.Wrong = stepPath(v.V.ID, v.Do), v.Trouble != "" && !v.Stale
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, code, stepPage(v))
}

// fillStep gathers what the form offers. What is not at hand for the actor has no page.
func (p *Pages) fillStep(ctx context.Context, tx *db.Tx, v *stepView, who auth.Actor) (err error) {
	unknown := fault.New(fault.Unknown, "cases.task_unknown")
	head := p.Cases.MayHandOut(tx, who, v.V.Case)
	_, mine := who.Holds(v.Task.Post)
	switch v.Do {
	case doHand, doAsk:
		if v.Task.ID == 0 && !v.Stale || v.Task.ID != 0 && !mine && (v.Do == doAsk || !head) {
			return unknown
		}
		v.Takers, err = p.takers(ctx, tx, who, v.Task, v.Do == doHand && !head, v.Typed["to"])
		for _, k := range cases.Asides {
			v.Kinds = append(v.Kinds, ui.Option{
				Value: string(k), Text: i18n.T(ctx, "cases.aside."+string(k)), Note: i18n.T(ctx, "work.aside."+string(k)), On: v.Typed["kind"] == string(k),
				Disabled: k == cases.AsideSign && !v.V.Matter.Inspected,
			})
		}
	case doBack:
		if v.Task.ID == 0 && !v.Stale || v.Task.ID != 0 && !mine {
			return unknown
		}
		v.Backs, err = p.Cases.Backs(tx, v.V.Case, v.Task)
	case doHurry:
		if !p.Cases.MayHasten(tx, who, v.V.Case) {
			return fault.New(fault.Forbidden, "cases.not_yours")
		}
		units, err := p.unitNames(tx)
		if err != nil {
			return err
		}
		open := v.V.Open()
		for _, t := range open {
			note, err := p.whoHas(tx, t, units)
			if err != nil {
				return err
			}
			v.Open = append(v.Open, ui.Option{Value: strconv.FormatInt(t.ID, 10), Text: show.Step(ctx, t), Note: note, On: t.ID == v.Task.ID || len(open) == 1})
		}
	case doMend:
		if !head {
			return fault.New(fault.Forbidden, "cases.not_yours")
		}
		v.questions(ctx)
	default:
		return unknown
	}
	return err
}

// questions are those of the item, with what the conditions of the drawing were told.
func (v *stepView) questions(ctx context.Context) {
	for _, q := range v.V.Item.Situations {
		name := "answer." + q.ID
		value := v.V.Vars.Answer[q.ID]
		if typed, ok := v.Typed[name]; ok {
			value = typed
		}
		in := ui.Input{Name: name, Kind: "select", Label: q.Question, Value: value, Error: v.Wrong[name], Wide: true}
		in.Options = append(in.Options, ui.Option{Text: i18n.T(ctx, "work.mend.none")})
		for _, o := range q.Options {
			in.Options = append(in.Options, ui.Option{Value: o.Value, Text: o.Label, On: o.Value == value})
		}
		v.Question = append(v.Question, in)
	}
}

// postStep does one thing with a step.
func (p *Pages) postStep(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, who, f := r.Context(), auth.From(r.Context()), r.PostForm
	v := stepView{Typed: map[string]string{}, Chosen: f["to"]}
	for name := range f {
		v.Typed[name] = strings.TrimSpace(f.Get(name))
	}
	do, task := r.PathValue("do"), number(f.Get("task"))
	var err error
	switch do {
	case doHand:
		_, err = p.Cases.HandOn(ctx, who, on(r), cases.Handing{Task: task, To: to(f["to"]), Words: v.Typed["words"]})
	case doBack:
		_, err = p.Cases.GiveBack(ctx, who, on(r), task, v.Typed["node"], v.Typed["words"])
	case doAsk:
		var asked []string
		for _, x := range f["to"] {
			asked = append(asked, strings.Fields(strings.NewReplacer("，", " ", ",", " ", "、", " ").Replace(x))...)
		}
		_, err = p.Cases.Ask(ctx, who, on(r), cases.Asking{
			Task: task, Kind: cases.Aside(v.Typed["kind"]), To: asked, Days: int(number(v.Typed["days"])), Words: v.Typed["words"],
		})
	case doHurry:
		_, err = p.Cases.Hasten(ctx, who, on(r), task, v.Typed["words"])
	case doMend:
		err = p.mend(r, v.Typed)
	default:
		return fault.New(fault.Unknown, "cases.task_unknown")
	}
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict), fault.Is(err, fault.Stale):
		v.Stale = fault.Is(err, fault.Stale)
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.stepPage(w, r, web.Status(err), v)
	case err != nil:
		return err
	}
	p.flash(ctx, i18n.T(ctx, "work.did."+do))
	switch do {
	case doHand, doBack:
		return web.SeeOther(w, r, inboxPath)
	case doHurry:
		return web.SeeOther(w, r, Home(who, pathID(r)))
	}
	return web.SeeOther(w, r, casePath(pathID(r)))
}

// to is the one who is named: chosen from the list, or else by their staff number.
func to(list []string) string {
	for _, x := range slices.Backward(list) {
		if x = strings.TrimSpace(x); x != "" {
			return x
		}
	}
	return ""
}

func (p *Pages) mend(r *http.Request, typed map[string]string) error {
	ctx, who := r.Context(), auth.From(r.Context())
	if typed["how"] == "back" {
		_, err := p.Cases.Unstick(ctx, who, on(r), typed["words"])
		return err
	}
	answers := map[string]string{}
	for name, value := range typed {
		if q, ok := strings.CutPrefix(name, "answer."); ok && value != "" {
			answers[q] = value
		}
	}
	_, err := p.Cases.Retry(ctx, who, on(r), answers, typed["words"])
	return err
}

// postSimple does what needs no form: claim, release, recall, call off.
func (p *Pages) postSimple(key string, do func(ctx context.Context, who auth.Actor, on cases.On, task int64) (cases.Done, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := web.Form(r); err != nil {
			return err
		}
		ctx := r.Context()
		if _, err := do(ctx, auth.From(ctx), on(r), number(r.PostForm.Get("task"))); err != nil {
			return p.again(w, r, &caseView{}, err)
		}
		p.flash(ctx, i18n.T(ctx, key))
		return web.SeeOther(w, r, casePath(pathID(r)))
	}
}

func (p *Pages) claim(ctx context.Context, who auth.Actor, on cases.On, task int64) (cases.Done, error) {
	return p.Cases.Claim(ctx, who, on, task)
}

func (p *Pages) release(ctx context.Context, who auth.Actor, on cases.On, task int64) (cases.Done, error) {
	return p.Cases.Release(ctx, who, on, task)
}

func (p *Pages) callOff(ctx context.Context, who auth.Actor, on cases.On, task int64) (cases.Done, error) {
	return p.Cases.CallOff(ctx, who, on, task)
}

func (p *Pages) recall(ctx context.Context, who auth.Actor, on cases.On, _ int64) (cases.Done, error) {
	return p.Cases.Recall(ctx, who, on)
}

// wrongs lists what is wrong with the form, in its order.
func (v *stepView) wrongs() (all []ui.Wrong) {
	for _, f := range []string{"node", "kind", "task", "to", "days", "words"} {
		if words := v.Wrong[f]; words != "" {
			all = append(all, ui.Wrong{Field: f, Text: words})
		}
	}
	for _, q := range v.Question {
		if q.Error != "" {
			all = append(all, ui.Wrong{Field: q.Name, Text: q.Error})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Text: v.Trouble})
	}
	return all
}

// backs are the steps to which the case may go back, each with what ends by it.
func (v *stepView) backs(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "node", Legend: i18n.T(ctx, "work.back.to"), Error: v.Wrong["node"]}
	for i, b := range v.Backs {
		o := ui.Option{Value: b.Node, Text: show.StepOf(ctx, v.V, b.Node, b.Name), On: v.Typed["node"] == b.Node || len(v.Backs) == 1}
		if i == 0 {
			o.Note = i18n.T(ctx, "work.back.nearest")
		}
		if len(b.Withdraws) > 0 {
			o.Note = i18n.T(ctx, "work.back.withdraws", "steps", strings.Join(b.Withdraws, i18n.T(ctx, "show.comma")))
		}
		c.Options = append(c.Options, o)
	}
	return c
}

// ways are what can be done with a case that is stuck.
func (v *stepView) ways(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "how", Legend: i18n.T(ctx, "work.mend.how")}
	for _, how := range []string{"back", "retry"} {
		c.Options = append(c.Options, ui.Option{
			Value: how, Text: i18n.T(ctx, "work.mend."+how), Note: i18n.T(ctx, "work.mend."+how+".note"),
			On: v.Typed["how"] == how || v.Typed["how"] == "" && how == "back",
		})
	}
	return c
}

// chosen is the one chosen from the list, number who was named otherwise.
func (v *stepView) chosen() string {
	if len(v.Chosen) > 0 {
		return v.Chosen[0]
	}
	return ""
}

func (v *stepView) number() string {
	if len(v.Chosen) > 1 {
		return v.Chosen[1]
	}
	return ""
}

func (v *stepView) plural() string {
	if v.Do == doAsk {
		return ".several"
	}
	return ""
}
