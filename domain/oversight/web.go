package oversight

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	root     = "/oversight"
	few      = 20
	soonDays = 2 // working days before its last day on which a task turns yellow
)

// Path is the page of a task.
func Path(id int64) string { return root + "/" + strconv.FormatInt(id, 10) }

// listView is what regulators were told.
type listView struct {
	ui.Page
	Done   bool
	Tabs   []ui.Link
	Groups []ui.Group
	More   ui.More
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	ctx, who, q := r.Context(), auth.From(r.Context()), r.URL.Query()
	v := listView{Page: s.Frame(r, i18n.T(ctx, "oversight.title")), Done: q.Get("list") == "done"}
	for _, name := range []string{"open", "done"} {
		v.Tabs = append(v.Tabs, ui.Link{Text: i18n.T(ctx, "oversight.list."+name), Href: root + "?list=" + name, Current: (name == "done") == v.Done})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		var units []string
		if !all(who) {
			var err error
			if units, err = s.units(tx, who); err != nil {
				return err
			}
			units = slices.Concat([]string{}, units) // nobody's is not everybody's
		}
		list, err := listed(tx, units, v.Done, q.Get("after"))
		if err != nil {
			return err
		}
		if len(list) > few {
			list = list[:few]
			end := list[few-1]
			v.More.Text = i18n.T(ctx, "oversight.more", "n", few)
			v.More.Href = root + "?" + url.Values{"list": {nameOf(v.Done)}, "after": {fmt.Sprintf("%s.%d", last(end.Due), end.ID)}}.Encode()
		}
		if q.Get("after") != "" {
			v.More.First, v.More.FirstHref = i18n.T(ctx, "oversight.first"), root+"?list="+nameOf(v.Done)
		}
		cal, err := s.Calendar(tx)
		if err == nil {
			v.Groups = s.groups(ctx, tx, cal, list)
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func nameOf(done bool) string {
	if done {
		return "done"
	}
	return "open"
}

// listed reads one page of a list; after is the day and id of the last row seen, nonsense the beginning.
func listed(tx *db.Tx, units []string, done bool, after string) ([]Task, error) {
	due, number, _ := strings.Cut(after, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if _, wrong := calendar.ParseDate(due); wrong != nil || err != nil {
		due, id = "", 0
	}
	if !done {
		return listOpen(tx, units, due, id, few+1)
	}
	if id == 0 {
		id = 1<<63 - 1
	}
	return listDone(tx, units, id, few+1)
}

// groups sorts tasks by their light.
func (s *Service) groups(ctx context.Context, tx *db.Tx, cal *calendar.Calendar, list []Task) (groups []ui.Group) {
	today := calendar.DateOf(tx.Now())
	for _, lamp := range []ui.Lamp{ui.Red, ui.Yellow, ui.Blue, ui.Stop} {
		g := ui.Group{Lamp: lamp, Words: i18n.T(ctx, "oversight.lamp."+string(lamp))}
		for _, t := range list {
			if on, words := t.light(ctx, cal, today); on == lamp {
				g.Rows = append(g.Rows, ui.Row{
					Lamp: lamp, Words: words, Title: t.Holder + "　" + t.ItemName, Href: Path(t.ID), No: t.No, Who: t.words(ctx),
					Step: i18n.T(ctx, "oversight.state."+string(t.State)), From: s.UnitName(tx, t.Unit), Due: t.due(ctx, today),
				})
			}
		}
		if len(g.Rows) > 0 {
			g.Note = i18n.T(ctx, "oversight.count", "n", len(g.Rows))
			groups = append(groups, g)
		}
	}
	return groups
}

// light is the lamp of a task, and in words how much time is left.
func (t Task) light(ctx context.Context, cal *calendar.Calendar, today calendar.Date) (ui.Lamp, string) {
	left := cal.Workdays(today, t.Due)
	switch {
	case t.State == Done:
		return ui.Stop, i18n.T(ctx, "oversight.state.done")
	case t.Due == 0:
		return ui.Blue, i18n.T(ctx, "oversight.undated")
	case today > t.Due && left < 0:
		return ui.Red, i18n.T(ctx, "oversight.late", "n", -left)
	case today > t.Due: // on a rest day after it
		return ui.Red, i18n.T(ctx, "oversight.late.rest")
	case left == 0:
		return ui.Yellow, i18n.T(ctx, "oversight.left.today")
	case left <= soonDays:
		return ui.Yellow, i18n.T(ctx, "oversight.left", "n", left)
	}
	return ui.Blue, i18n.T(ctx, "oversight.left", "n", left)
}

// words is what is to be done.
func (t Task) words(ctx context.Context) string {
	if t.Task == "" {
		return i18n.T(ctx, "oversight.note")
	}
	return t.Task
}

func (t Task) due(ctx context.Context, today calendar.Date) string {
	if t.Due == 0 {
		return ""
	}
	return t.Due.Near(ctx, today)
}

// taskView is one task.
type taskView struct {
	ui.Page
	Task
	Lamp    ui.Lamp
	Words   string
	Facts   []ui.Fact
	Case    string // where the case is read, "" if nowhere
	Mine    bool   // they may receive and report it
	Key     string
	Typed   string
	Wrong   map[string]string
	Summary []ui.Wrong
	Story   []ui.Moment
}

func (s *Service) showTask(w http.ResponseWriter, r *http.Request) error {
	return s.taskPage(w, r, "", nil)
}

func (s *Service) taskPage(w http.ResponseWriter, r *http.Request, typed string, wrong error) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := taskView{Key: rand.Text(), Typed: typed}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Task, err = s.Find(tx, who, idOf(r)); err != nil {
			return err
		}
		units, err := s.units(tx, who)
		if err != nil {
			return err
		}
		v.Mine = slices.Contains(units, v.Unit)
		cal, err := s.Calendar(tx)
		if err != nil {
			return err
		}
		v.Lamp, v.Words = v.light(ctx, cal, calendar.DateOf(tx.Now()))
		return s.tellOf(tx, &v)
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, i18n.T(ctx, "oversight.task.title"))
	v.Page.Path = Path(v.ID)
	if s.CaseHref != nil {
		v.Case = s.CaseHref(who, v.Task.Case)
	}
	code := http.StatusOK
	if wrong != nil {
		code, v.Page.Wrong = web.Status(wrong), true
		v.Wrong = web.FieldWords(ctx, wrong)
		v.Summary = []ui.Wrong{{Text: web.Words(ctx, wrong)}}
		if words := v.Wrong["what"]; words != "" {
			v.Summary = []ui.Wrong{{Field: "what", Text: words}}
		}
	}
	return web.Show(w, r, code, taskPage(v))
}

// tellOf fills in what was granted and what has happened since.
func (s *Service) tellOf(tx *db.Tx, v *taskView) error {
	ctx, t := tx.Context(), v.Task
	today := calendar.DateOf(tx.Now())
	fact := func(name, value string) {
		if value != "" {
			v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "oversight."+name), Value: value})
		}
	}
	fact("holder", t.Holder)
	fact("item", t.ItemName)
	fact("no", t.No)
	if s.Certificate != nil {
		name, number, err := s.Certificate(tx, t.Case)
		if err != nil {
			return err
		}
		fact("certificate", strings.TrimSpace(name+" "+number))
	}
	fact("granted", calendar.DateOf(t.Granted).Near(ctx, today))
	fact("unit", s.UnitName(tx, t.Unit))
	fact("task", t.words(ctx))
	fact("basis", t.Basis)
	fact("due", t.due(ctx, today))
	if t.State == Done {
		v.Story = append(v.Story, ui.Moment{Title: i18n.T(ctx, "oversight.done.by", "name", t.DoneName), When: calendar.DateOf(t.DoneAt).Near(ctx, today), Text: t.What})
	}
	if t.State != Told {
		v.Story = append(v.Story, ui.Moment{Title: i18n.T(ctx, "oversight.received.by", "name", t.ReceivedName), When: calendar.DateOf(t.ReceivedAt).Near(ctx, today)})
	}
	v.Story = append(v.Story, ui.Moment{Title: i18n.T(ctx, "oversight.told"), When: calendar.DateOf(t.Granted).Near(ctx, today)})
	return nil
}

func (s *Service) postReceive(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	t, err := s.Receive(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), idOf(r))
	if err != nil {
		return err
	}
	s.Flash(r.Context(), i18n.T(r.Context(), "oversight.received.said", "no", t.No))
	return web.SeeOther(w, r, Path(t.ID))
}

func (s *Service) postReport(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	what := r.PostForm.Get("what")
	t, err := s.Report(r.Context(), auth.From(r.Context()), r.PostForm.Get("_key"), idOf(r), what)
	if fault.Is(err, fault.Invalid) || fault.Code(err) == "oversight.done" {
		return s.taskPage(w, r, what, err) // nothing typed is lost
	}
	if err != nil {
		return err
	}
	s.Flash(r.Context(), i18n.T(r.Context(), "oversight.done.said", "no", t.No))
	return web.SeeOther(w, r, root)
}

func idOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}

// Shown is what the page of a case tells of the tasks it gave.
func (s *Service) Shown(tx *db.Tx, caseID int64) (facts []ui.Fact, err error) {
	ctx := tx.Context()
	list, err := s.Of(tx, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	cal, err := s.Calendar(tx)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(tx.Now())
	for _, t := range list {
		_, words := t.light(ctx, cal, today)
		note := i18n.T(ctx, "oversight.state."+string(t.State))
		if t.State != Done {
			note += i18n.T(ctx, "oversight.and") + words
		} else {
			note = i18n.T(ctx, "oversight.done.by", "name", t.DoneName) + i18n.T(ctx, "oversight.colon") + t.What
		}
		facts = append(facts, ui.Fact{Label: s.UnitName(tx, t.Unit), Value: t.words(ctx), Note: note})
	}
	return facts, nil
}
