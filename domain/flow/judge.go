package flow

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Finding is one thing that keeps a draft from being submitted.
type Finding struct {
	Code  string // of its words: "flow.finding." and what it is
	Step  string // id of the step or element it is about, "" for the whole
	Name  string // of that step
	Line  int    // in a file, 0 where none is meant
	Attr  string // the attribute that is missing, where one is
	Days  int    // working days along the longest way, where that is too long
	Trace []workflow.Hop
}

func found(what string, s Step) Finding {
	return Finding{Code: "flow.finding." + what, Step: s.ID, Name: s.Name}
}

// Judge says what is wrong with a draft, with the shortest way to each fault; nothing wrong is
// nothing. def is its drawing, nil where there is none.
func (s *Service) Judge(tx *db.Tx, d *Definition) (def *workflow.Def, all []Finding, err error) {
	if _, err := s.subjects(tx, d.Item); fault.Is(err, fault.Unknown) { // nothing can be asked of it any more
		without := *d
		without.Item = ""
		def, all, err = s.Judge(tx, &without)
		return def, append([]Finding{{Code: "flow.finding.item"}}, all...), err
	} else if err != nil {
		return nil, nil, err
	}
	if d.Plan != nil {
		if all, err = s.judgePlan(tx, d); err != nil {
			return nil, nil, err
		}
	}
	if len(d.Source) == 0 {
		return nil, append(all, Finding{Code: "flow.finding.empty"}), nil
	}
	days, err := s.promised(tx, d.Item)
	if err != nil {
		return nil, nil, err
	}
	def, wrong := s.read(d.Source, days)
	if def == nil {
		return nil, append(all, wrong...), nil
	}
	if def.ID() != d.ID {
		all = append(all, Finding{Code: "flow.finding.id"})
	}
	told, err := s.judgeServices(tx, def)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, told...)
	if d.Plan == nil {
		posts, err := s.posts(tx)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range def.Tasks() {
			all = append(all, s.judgeTask(n, posts)...)
		}
	}
	said := all
	for _, f := range wrong {
		if !slices.ContainsFunc(said, func(o Finding) bool { return o.Step != "" && o.Step == f.Step }) { // the plainer words are enough
			all = append(all, f)
		}
	}
	return def, all, nil
}

// judgeTask says what a task of a drawing lacks that is not made of steps.
func (s *Service) judgeTask(n *workflow.Node, posts []Post) (all []Finding) {
	add := func(bad bool, what string) {
		if bad {
			all = append(all, Finding{Code: "flow.finding." + what, Step: n.ID, Name: n.Name})
		}
	}
	r := n.StopsClock()
	add(n.Name == "", "name")
	add(!known(posts, n.Post()), "post")
	add(n.Limit() == 0 || n.LimitUnit() != "workday", "days")
	add(r != "" && s.StopOf(n.Slot()) != r, "stops")
	add(r == "statutory_halt" && n.Attr["basis"] == "", "basis")
	add(!slices.Contains(Kinds, n.Slot()), "kind")
	add(n.Slot() == KindCheck && number0or(n.Attr["inspectors"]) < fewestInspectors, "inspectors")
	return all
}

// Read compiles a drawing and explores every way through it under the law.
func (s *Service) Read(source []byte) (*workflow.Def, []Finding) { return s.read(source, 0) }

// read is Read for an item that promises so many working days.
func (s *Service) read(source []byte, days int) (*workflow.Def, []Finding) {
	def, err := workflow.Compile(source)
	if err != nil {
		return nil, problems(err)
	}
	var all []Finding
	if !s.Carries(def) {
		all = append(all, Finding{Code: "flow.finding.carries"})
	}
	report := s.Check(def, days)
	if report.TooLarge {
		all = append(all, Finding{Code: "flow.finding.large"})
	}
	for _, f := range report.Findings {
		all = append(all, Finding{Code: "flow.finding." + string(f.Kind), Step: f.Node, Name: f.Name, Attr: f.Attr, Days: f.Days, Trace: f.Trace})
	}
	return def, all
}

// problems are the reasons why a drawing is not executed.
func problems(err error) []Finding {
	var refused *workflow.CompileError
	if !errors.As(err, &refused) {
		return []Finding{{Code: "flow.finding.fault.file"}}
	}
	var all []Finding
	for _, p := range refused.Problems {
		name := p.Name
		if name == "" {
			name = strings.TrimSpace(p.Tag + " " + p.Element)
		}
		all = append(all, Finding{Code: "flow.finding.fault." + string(p.Fault), Step: p.Element, Name: name, Line: p.Line})
	}
	return all
}

// Bounds of a plan.
const (
	mostSteps  = 60
	mostName   = 40
	mostWords  = 300
	mostDays   = 365
	mostWhen   = 8
	mostPeople = 20
)

// judgePlan says what the steps lack, in the words of whoever writes them.
func (s *Service) judgePlan(tx *db.Tx, d *Definition) (all []Finding, err error) {
	posts, err := s.posts(tx)
	if err != nil {
		return nil, err
	}
	subjects, err := s.subjects(tx, d.Item)
	if err != nil {
		return nil, err
	}
	decides := 0
	for i, step := range d.Plan.Steps {
		if step.Kind == KindNotify {
			all = append(all, judgeNotify(step, subjects)...)
			continue
		}
		add := func(bad bool, what string) {
			if bad {
				all = append(all, found(what, step))
			}
		}
		if step.Kind == KindDecide {
			decides++
		}
		add(step.Name == "", "name")
		add(!known(posts, step.Post), "post")
		add(step.Days < 1, "days")
		add(step.Stops != "" && s.StopOf(step.Kind) != step.Stops, "stops")
		add(step.Stops == "statutory_halt" && step.Basis == "", "basis")
		add(step.Kind == KindDecide && step.Stops != "", "decide_stops")
		add(step.Kind == KindDecide && step.Runs != RunsAlways, "decide_runs")
		add(step.Kind == KindDecide && (step.With || !d.Plan.last(i)), "decide_last")
		add(step.Kind == KindCheck && step.Inspectors < fewestInspectors, "inspectors")
		add(step.Runs == RunsWhen && len(step.When) == 0, "when")
		add(step.strange(subjects), "subject")
	}
	if decides != 1 && len(d.Plan.Steps) > 0 {
		all = append(all, Finding{Code: "flow.finding.decides"})
	}
	return all, nil
}

// judgeNotify says what a step that notifies a system lacks; whether there is the system is asked of the drawing.
func judgeNotify(step Step, subjects []Subject) (all []Finding) {
	for what, bad := range map[string]bool{
		"name": step.Name == "", "notify_runs": step.Runs == RunsItem, "when": step.Runs == RunsWhen && len(step.When) == 0, "subject": step.strange(subjects),
	} {
		if bad {
			all = append(all, found(what, step))
		}
	}
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// strange reports whether a condition asks about what cannot be asked about.
func (s Step) strange(subjects []Subject) bool {
	return slices.ContainsFunc(s.When, func(c Compare) bool {
		return !slices.ContainsFunc(subjects, func(s Subject) bool { return s.Path == c.Subject })
	})
}

// sendPath begins the paths of what may go along with an order.
const sendPath = "form."

// judgeServices looks that each service task of a drawing names a system in use, and sends fields of the form alone.
func (s *Service) judgeServices(tx *db.Tx, def *workflow.Def) (all []Finding, err error) {
	systems, err := s.systems(tx)
	if err != nil {
		return nil, err
	}
	for _, n := range def.Nodes() {
		if n.Kind != workflow.ServiceTask {
			continue
		}
		if !slices.ContainsFunc(systems, func(sys System) bool { return sys.Code == n.Service() }) {
			all = append(all, Finding{Code: "flow.finding.service", Step: n.ID, Name: n.Name})
		}
		if slices.ContainsFunc(n.Send(), func(p string) bool { return len(p) <= len(sendPath) || !strings.HasPrefix(p, sendPath) }) {
			all = append(all, Finding{Code: "flow.finding.send", Step: n.ID, Name: n.Name})
		}
	}
	return all, nil
}

func (s *Service) systems(tx *db.Tx) ([]System, error) {
	if s.Systems == nil {
		return nil, nil
	}
	return s.Systems(tx)
}

// wrong holds a plan to what may be kept at all: a draft may be incomplete, not unbounded.
func (p Plan) wrong() bool {
	if len(p.Steps) > mostSteps {
		return true
	}
	for i, s := range p.Steps {
		long := utf8.RuneCountInString(s.Name) > mostName || utf8.RuneCountInString(s.Standard) > mostWords || utf8.RuneCountInString(s.Basis) > mostWords
		if long || s.Days < 0 || s.Days > mostDays || s.Inspectors < 0 || s.Inspectors > mostPeople || len(s.When) > mostWhen || !slices.Contains(StepKinds, s.Kind) || s.wrongSend() ||
			!slices.Contains([]string{RunsAlways, RunsItem, RunsWhen}, s.Runs) || p.Step(s.ID) != &p.Steps[i] || slices.ContainsFunc(s.When, Compare.wrong) {
			return true
		}
	}
	return false
}

// mostSent bounds what goes along with an order.
const mostSent = 60

func (s Step) wrongSend() bool {
	return len(s.System) > mostName || len(s.Send) > mostSent || slices.ContainsFunc(s.Send, func(p string) bool {
		return !strings.HasPrefix(p, sendPath) || utf8.RuneCountInString(p) > 2*mostName || strings.ContainsAny(p, " ,\t\r\n")
	})
}

func (c Compare) wrong() bool {
	if c.Number {
		if _, err := strconv.ParseFloat(c.Value, 64); err != nil || strings.ContainsAny(c.Value, "eExXnNiI_") {
			return true
		}
	}
	return !slices.Contains(ops, c.Op) || utf8.RuneCountInString(c.Value) > mostName ||
		!strings.HasPrefix(c.Subject, "answer.") && !strings.HasPrefix(c.Subject, "form.")
}

func known(posts []Post, code string) bool {
	return slices.ContainsFunc(posts, func(p Post) bool { return p.Code == code })
}

func (s *Service) posts(tx *db.Tx) ([]Post, error) {
	list, err := s.Posts(tx)
	for _, end := range []string{"township.clerk", "township.chief"} {
		list = append(list, Post{Code: "@" + end})
	}
	return list, err
}

func (s *Service) subjects(tx *db.Tx, item string) ([]Subject, error) {
	if item == "" {
		return nil, nil
	}
	_, list, err := s.Subjects(tx, item)
	return list, err
}

func (s *Service) promised(tx *db.Tx, item string) (int, error) {
	if item == "" || s.Promised == nil {
		return 0, nil
	}
	return s.Promised(tx, item)
}
