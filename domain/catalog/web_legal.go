package catalog

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func legalPath(code string) string { return keepItemPath(code) + "/legal" }

// legalView is the form for the legal elements of an item.
type legalView struct {
	ui.Page
	Item    *Item
	On      int // the version that is being changed
	Legal   Legal
	Typed   map[string]string // the numbers, as they were typed
	Trouble string
	Wrong   map[string]string
	names   names
}

// elements are the yes-or-no elements by the name of their field, in the order of the
// form.
var elements = []struct {
	name string
	of   func(*Legal) *bool
}{
	{"safety", func(l *Legal) *bool { return &l.Safety }},
	{"first_review", func(l *Legal) *bool { return &l.FirstReview }},
	{"third_party", func(l *Legal) *bool { return &l.ThirdParty }},
	{"hearing_required", func(l *Legal) *bool { return &l.Hearing }},
	{"inspection_item", func(l *Legal) *bool { return &l.InspectionItem }},
	{"test_result", func(l *Legal) *bool { return &l.TestResult }},
	{"review_first", func(l *Legal) *bool { return &l.ReviewFirst }},
	{"deem", func(l *Legal) *bool { return &l.Deem }},
}

func (s *Service) showLegal(w http.ResponseWriter, r *http.Request) error {
	v := legalView{Typed: map[string]string{}}
	if err := s.readLegal(r, &v); err != nil {
		return err
	}
	v.On, v.Legal = v.Item.Version, v.Item.Legal
	v.Typed["notice"], v.Typed["extension"] = numberOf(v.Legal.Notice), numberOf(v.Legal.Extension)
	if v.Legal.Quota > 0 {
		v.Typed["quota"] = strconv.Itoa(v.Legal.Quota)
	}
	if v.Legal.Delivery > 0 {
		v.Typed["delivery"] = strconv.Itoa(v.Legal.Delivery)
	}
	v.Typed["renew_from"] = v.Legal.RenewFrom.number()
	return s.legalForm(w, r, http.StatusOK, v)
}

func (s *Service) readLegal(r *http.Request, v *legalView) error {
	return s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.names = s.namesIn(tx)
		if v.Item, err = s.Current(tx, r.PathValue("code")); err == nil {
			v.names.all(v.Item)
		}
		return err
	})
}

func (s *Service) legalForm(w http.ResponseWriter, r *http.Request, code int, v legalView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "catalog.legal.change"))
	v.Page.Path, v.Page.Wrong = legalPath(v.Item.Code), v.Trouble != ""
	return web.Show(w, r, code, legalPage(v))
}

func (s *Service) postLegal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := legalView{Typed: map[string]string{}}
	if err := s.readLegal(r, &v); err != nil {
		return err
	}
	bad := fault.Fields{}
	number := func(name string) *int {
		v.Typed[name] = strings.TrimSpace(r.PostForm.Get(name))
		if v.Typed[name] == "" {
			return nil
		}
		n, err := strconv.Atoi(v.Typed[name])
		bad.Need(err == nil, name, "catalog.item.legal."+name)
		return &n
	}
	for _, e := range elements {
		*e.of(&v.Legal) = slices.Contains(r.PostForm["elements"], e.name)
	}
	v.Legal.Units = r.PostForm["units"]
	v.Legal.Opens, v.Legal.Closes = strings.TrimSpace(r.PostForm.Get("opens")), strings.TrimSpace(r.PostForm.Get("closes"))
	v.Legal.Notice, v.Legal.Extension = number("notice"), number("extension")
	if n := number("quota"); n != nil {
		v.Legal.Quota = *n
	}
	if n := number("delivery"); n != nil {
		v.Legal.Delivery = *n
	}
	v.Legal.RenewFrom = v.renewFrom(r.PostForm, number("renew_from"))
	v.On, _ = strconv.Atoi(r.PostForm.Get("on"))
	err := bad.Err()
	var c *Change
	if err == nil {
		c, err = s.ProposeLegal(ctx, auth.From(ctx), v.Item.Code, v.On, v.Legal)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Stale) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		v.On = v.Item.Version // what stands by now is said; sending again means it
		return s.legalForm(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if c == nil {
		return web.SeeOther(w, r, keepItemPath(v.Item.Code))
	}
	if s.Flash != nil {
		s.Flash(ctx, i18n.T(ctx, "catalog.legal.done"))
	}
	return web.SeeOther(w, r, ChangePath(c.ID))
}

// renewFrom is what was typed about how early a renewal may be asked for. What stays as it was keeps its mark of confidence;
// what an officer enters anew they have compared.
func (v legalView) renewFrom(form url.Values, days *int) Ahead {
	if days == nil {
		return Ahead{}
	}
	a := Ahead{Days: *days, Unit: form.Get("renew_unit"), Basis: strings.TrimSpace(form.Get("renew_basis"))}
	if a.Unit != Day {
		a.Unit = Workday
	}
	was := v.Item.Legal.RenewFrom
	if a.Confidence = was.Confidence; a != was {
		a.Confidence = ""
	}
	return a
}

// renewUnit asks in what the days before the last one are counted.
func (v legalView) renewUnit(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "renew_unit", Legend: i18n.T(ctx, "catalog.legal.renew_unit"), Columns: 2, Optional: true}
	for _, unit := range []string{Workday, Day} {
		c.Options = append(c.Options, ui.Option{
			Value: unit, Text: i18n.T(ctx, "catalog.legal.renew_unit."+unit), On: (v.Legal.RenewFrom.Unit == Day) == (unit == Day),
		})
	}
	return c
}

// elements asks for the yes-or-no elements.
func (v legalView) elements(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "elements", Legend: i18n.T(ctx, "catalog.legal.elements"), Multi: true, Columns: 2, Optional: true}
	for _, e := range elements {
		c.Options = append(c.Options, ui.Option{
			Value: e.name, Text: i18n.T(ctx, "catalog.legal."+e.name), Note: i18n.T(ctx, "catalog.legal."+e.name+".note"), On: *e.of(&v.Legal),
		})
		if words := v.Wrong[e.name]; words != "" && c.Error == "" {
			c.Error = words
		}
	}
	return c
}

// units asks who owes an opinion on a joint item.
func (v legalView) units(ctx context.Context) ui.Choices {
	c := ui.Choices{
		Name: "units", Legend: i18n.T(ctx, "catalog.legal.units"), Hint: i18n.T(ctx, "catalog.legal.units.note"), Multi: true, Columns: 2,
		Optional: true, Error: v.Wrong["units"],
	}
	for _, unit := range v.Item.Opiners() {
		c.Options = append(c.Options, ui.Option{Value: unit, Text: v.names.of(unit), On: slices.Contains(v.Legal.Units, unit)})
	}
	return c
}

func (v legalView) number(ctx context.Context, name string) ui.Input {
	return ui.Input{
		Name: name, Label: i18n.T(ctx, "catalog.legal."+name), Hint: i18n.T(ctx, "catalog.legal."+name+".note", "most", v.Item.MostExtension()),
		Kind: "number", Size: "s", Optional: true, Value: v.Typed[name], Error: v.Wrong[name],
	}
}

// summary lists what is wrong, in the order of the form.
func (v legalView) summary() (all []ui.Wrong) {
	for _, e := range elements {
		if words := v.Wrong[e.name]; words != "" {
			all = append(all, ui.Wrong{Field: "elements", Text: words})
		}
	}
	for _, name := range []string{"quota", "units", "opens", "notice", "extension", "delivery", "renew_from"} {
		if words := v.Wrong[name]; words != "" {
			all = append(all, ui.Wrong{Field: name, Text: words})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: "elements", Text: v.Trouble})
	}
	return all
}

// legalLines say each element of an item in words, for those who keep it.
func (it *Item) legalLines(ctx context.Context, name func(string) string) (all []string) {
	l := it.Legal
	for _, e := range elements {
		if *e.of(&l) {
			all = append(all, i18n.T(ctx, "catalog.legal."+e.name)+i18n.T(ctx, "catalog.legal.colon")+i18n.T(ctx, "catalog.legal."+e.name+".note"))
		}
	}
	say := func(key string, args ...any) { all = append(all, i18n.T(ctx, "catalog.legal."+key, args...)) }
	if l.Quota > 0 {
		say("quota.line", "n", l.Quota)
	}
	if len(l.Units) > 0 {
		var units []string
		for _, u := range l.Units {
			units = append(units, name(u))
		}
		say("units.line", "units", strings.Join(units, i18n.T(ctx, "catalog.list")))
	}
	if l.Opens != "" {
		say("opens.line", "from", l.Opens, "until", l.Closes)
	}
	if l.Notice != nil {
		say("notice.line", "n", *l.Notice)
	}
	if l.Extension != nil {
		say("extension.line", "n", *l.Extension)
	}
	if l.Delivery > 0 {
		say("delivery.line", "n", l.Delivery)
	}
	if l.RenewFrom.Days > 0 {
		say("renew_from.line", "ahead", l.RenewFrom.Words(ctx), "basis", l.RenewFrom.Basis)
		all[len(all)-1] = marked(ctx, all[len(all)-1], l.RenewFrom.Checked())
	}
	return all
}

// legal says what an applicant has to know of the legal elements.
func (v guideView) legal(ctx context.Context) (all []string) {
	l := v.Item.Legal
	say := func(on bool, key string, args ...any) {
		if on {
			all = append(all, i18n.T(ctx, "catalog.legal.tell."+key, args...))
		}
	}
	say(l.Quota > 0 && v.Left == nil, "quota", "n", l.Quota)
	if l.Quota > 0 && v.Left != nil {
		say(true, "left", "n", l.Quota, "left", *v.Left)
	}
	say(l.Opens != "", "opens", "from", l.Opens, "until", l.Closes)
	say(l.FirstReview, "first_review")
	say(len(l.Units) > 0, "joint", "n", len(l.Units))
	say(l.Hearing, "hearing_required")
	say(l.ThirdParty, "third_party")
	say(l.InspectionItem || l.TestResult, "test")
	say(l.Safety, "safety")
	say(l.ReviewFirst, "review_first")
	say(l.Extension != nil && *l.Extension == 0, "no_extension")
	if l.RenewFrom.Days > 0 {
		say(true, "renew_from", "ahead", l.RenewFrom.Words(ctx))
		all[len(all)-1] = marked(ctx, all[len(all)-1], l.RenewFrom.Checked())
	}
	return all
}
