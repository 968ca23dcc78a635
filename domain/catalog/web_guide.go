package catalog

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// guideView is what one item takes, for the answers given so far.
type guideView struct {
	ui.Page
	Item    *Item
	Answers map[string]string
	Need    Need
	Hall    Hall
	Others  map[string]string // code to name of the items that answers point to
	Left    *int              // of a limited number, nil: not known or none
	Public  string            // address of the site
	Off     *Suspension       // nil: it is on the list
	Closed  bool              // its days do not allow it today
	Today   calendar.Date
	Back    string // of a preview: where it came from
	Theme   string // the first one, in the reader's language

	names        names
	certificates map[string]string // code to name
}

// showGuide answers GET /items/{code}. The answers stand in the query by the id of
// their question, so that a guide for one's own case can be kept and sent on.
func (s *Service) showGuide(w http.ResponseWriter, r *http.Request) error {
	var v guideView
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v, err = s.guideOf(tx, r)
		return err
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, v.Item.Name)
	v.Page.After = ui.PhoneBar(i18n.T(r.Context(), "catalog.apply"), []ui.Act{v.apply(r.Context())})
	return web.Show(w, r, http.StatusOK, guidePage(v))
}

// guideOf reads the item and what the answers in the address ask for.
func (s *Service) guideOf(tx *db.Tx, r *http.Request) (v guideView, err error) {
	v = guideView{Public: s.Public, Others: map[string]string{}, certificates: map[string]string{}}
	if v.Item, err = s.Current(tx, r.PathValue("code")); err != nil {
		return v, err
	}
	v.Need = v.Item.Resolve(readAnswers(v.Item, r.URL.Query()))
	v.Answers = v.Need.Answers
	if v.Off, err = s.Suspended(tx, v.Item.Code); err != nil {
		return v, err
	}
	v.Today = calendar.DateOf(tx.Now())
	v.Closed = !v.Item.OfferedOn(v.Today)
	return v, s.fillGuide(tx, &v)
}

// fillGuide looks up the names that the guide mentions.
func (s *Service) fillGuide(tx *db.Tx, v *guideView) (err error) {
	if len(v.Item.Themes) > 0 {
		v.Theme = s.Theme(tx.Context(), v.Item.Themes[0])
	}
	v.names = s.namesIn(tx)
	for _, code := range []string{v.Item.Body, v.Item.Unit, v.Item.Regulator} {
		v.names.of(code)
	}
	for _, o := range v.Item.Regulators() {
		v.names.of(o.Unit)
	}
	v.names.all(v.Item)
	if v.Item.Legal.Quota > 0 && s.Left != nil {
		left, err := s.Left(tx, v.Item)
		if err != nil {
			return err
		}
		v.Left = &left
	}
	for _, post := range v.Need.Posts {
		v.names.of(postUnit(post))
	}
	for _, m := range v.Need.Materials {
		for _, code := range m.ReplacedBy {
			if c, err := s.CertificateType(tx, code); err == nil {
				v.certificates[code] = c.Name
			} else if !fault.Is(err, fault.Unknown) {
				return err
			}
		}
	}
	for _, code := range append(slices.Clone(v.Need.Suggest), v.Need.Redirect) {
		if it, err := s.Current(tx, code); err == nil {
			v.Others[code] = it.Name
		} else if !fault.Is(err, fault.Unknown) {
			return err
		}
	}
	if s.Hall != nil {
		v.Hall, err = s.Hall(tx)
	}
	return err
}

// query is the answers given so far as the end of an address.
func (v guideView) query() string {
	q := url.Values{}
	for id, value := range v.Answers {
		q.Set(id, value)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// apply is the act of the page.
func (v guideView) apply(ctx context.Context) ui.Act {
	a := ui.Act{Text: i18n.T(ctx, "catalog.apply"), Weight: ui.Primary, Large: true, Wide: true, Href: "/apply/" + url.PathEscape(v.Item.Code) + v.query()}
	switch {
	case v.Back != "":
		a.Why, a.WhyID, a.Href = i18n.T(ctx, "catalog.preview.text"), "why-apply", ""
	case v.Off != nil:
		a.Why, a.WhyID, a.Href = i18n.T(ctx, "catalog.item.suspended"), "why-apply", ""
	case v.Closed:
		a.Why, a.WhyID, a.Href = v.whenOpen(ctx), "why-apply", ""
	case v.Need.Redirect != "":
		a.Text, a.Href = i18n.T(ctx, "catalog.other"), guidePath(v.Need.Redirect)
	case v.Need.NotNeeded:
		a.Why, a.WhyID, a.Href = i18n.T(ctx, "catalog.not_needed.why"), "why-apply", ""
	}
	return a
}

// whenOpen says when the item may be applied for, where its days do not allow it today.
func (v guideView) whenOpen(ctx context.Context) string {
	first, err := calendar.ParseDate(v.Item.From)
	opens := err == nil && v.Today < first
	last, err := calendar.ParseDate(v.Item.Until)
	switch {
	case opens && err == nil:
		return i18n.T(ctx, "catalog.opens.until", "day", first.Words(ctx), "last", last.Words(ctx))
	case opens:
		return i18n.T(ctx, "catalog.opens", "day", first.Words(ctx))
	case err == nil && last < v.Today:
		return i18n.T(ctx, "catalog.ended", "day", last.Words(ctx))
	}
	return i18n.T(ctx, "catalog.item.not_today")
}

// crumbs lead back to the theme.
func (v guideView) crumbs(ctx context.Context) []ui.Link {
	list := []ui.Link{{Text: i18n.T(ctx, "catalog.home"), Href: "/"}, {Text: i18n.T(ctx, "catalog.items"), Href: itemsPath}}
	if len(v.Item.Themes) > 0 {
		list = append(list, ui.Link{Text: v.Theme, Href: itemsPath + "?theme=" + url.QueryEscape(v.Item.Themes[0])})
	}
	return append(list, ui.Link{Text: v.Item.Name, Current: true})
}

// band is the answer that is said first: days, trips, cost, result.
func (v guideView) band(ctx context.Context) []ui.Fact {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	it := v.Item
	promise := v.Need.Limit
	days := ui.Fact{Label: t("catalog.promised"), Value: limitWords(ctx, promise)}
	if !promise.OnSpot {
		days.Big, days.Value = strconv.Itoa(promise.Value), t(plural("catalog.unit."+promise.Unit, promise.Value))
	}
	if it.StatutoryLimit.Value > 0 {
		days.Note = t("catalog.by_law", "limit", limitWords(ctx, it.StatutoryLimit))
		if !it.StatutoryLimit.Checked() {
			days.Note += " · " + t("catalog.unchecked")
		}
	}
	trips := ui.Fact{Label: t("catalog.visits"), Big: strconv.Itoa(it.Visits), Value: t(plural("catalog.visits.unit", it.Visits))}
	if it.Visits == 0 && it.Offer.Online {
		trips.Note = t("catalog.visits.none")
	}
	cost := ui.Fact{Label: t("catalog.fee"), Value: t("catalog.fee.none")}
	if v.Need.Free(it.Fee) {
		cost.Note = t("catalog.fee.none.here")
	} else if it.Fee.Charged {
		cost.Value = t("catalog.fee.some")
		if low, high := span(v.Need.Fees); high > 0 {
			cost.Big, cost.Value = Yuan(low), t("catalog.yuan")
			if low != high {
				cost.Big += "–" + Yuan(high)
			}
		}
	}
	if it.Bare {
		cost.Value = t("catalog.unregistered")
	}
	result := ui.Fact{Label: t("catalog.result"), Value: it.Result.Name}
	if it.Result.Validity != "" {
		result.Note = validWords(ctx, it.Result.Validity)
	}
	facts := []ui.Fact{days}
	if it.SaysVisits() {
		facts = append(facts, trips)
	}
	if it.SaysFee() || it.Bare { // of a bare item it is said that the list does not tell
		facts = append(facts, cost)
	}
	if it.Result.Name != "" {
		facts = append(facts, result)
	}
	if f := it.Result.Sample; f != nil {
		facts = append(facts, ui.Fact{Label: t("catalog.result.sample"), Value: f.Name, Note: fileWords(f), Href: filePath(it.Code, f)})
	}
	return facts
}

// span is the least and the most that is charged, in fen.
func span(fees []FeeItem) (low, high int64) {
	for i, x := range fees {
		if i == 0 || x.Amount < low {
			low = x.Amount
		}
		high = max(high, x.Amount)
	}
	return low, high
}

// questions are those that are asked after the answers so far.
func (v guideView) questions() (list []Situation) {
	for _, q := range v.Item.Situations {
		if v.Need.Asks(q.ID) {
			list = append(list, q)
		}
	}
	return list
}

// along are the parts of the page that change with an answer, besides the list itself.
func (v guideView) along() string {
	parts := "#band,#apply,#phone-bar"
	if v.Item.Depends() {
		parts += ",#questions"
	}
	return parts
}

// choices is one question as cards.
func (v guideView) choices(q Situation) ui.Choices {
	c := ui.Choices{Name: q.ID, Legend: q.Question, Columns: min(len(q.Options), 3)}
	for _, o := range q.Options {
		c.Options = append(c.Options, ui.Option{Value: o.Value, Text: o.Label, On: v.Answers[q.ID] == o.Value})
	}
	return c
}

// count says in one line what has to be prepared: all papers of the table, as the
// application counts them, then how many of them bear each of its marks.
func (v guideView) count(ctx context.Context) string {
	var later, known, perhaps int
	for _, m := range v.Need.Materials {
		switch {
		case m.Need == Optional:
			perhaps++
		case m.Need == Deferrable:
			later++
		case len(m.ReplacedBy) > 0:
			known++
		}
	}
	parts := []string{i18n.T(ctx, plural("catalog.count.all", len(v.Need.Materials)), "n", len(v.Need.Materials))}
	for _, p := range []struct {
		n   int
		key string
	}{{later, "later"}, {known, "known"}, {perhaps, "perhaps"}} {
		if p.n > 0 {
			parts = append(parts, i18n.T(ctx, "catalog.count."+p.key, "n", p.n))
		}
	}
	return strings.Join(parts, i18n.T(ctx, "catalog.comma"))
}

func (v guideView) materials(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{
		Label: t("catalog.materials"), Flush: true,
		Cols: []ui.Col{{Text: t("catalog.material"), Row: true}, {Text: t("catalog.source")}, {Text: t("catalog.form")}, {Text: t("catalog.need")}},
	}
	for _, m := range v.Need.Materials {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Body: materialCell(v.Item.Code, m)}, {Text: v.source(ctx, m)}, {Text: copies(ctx, m)}, {Body: needCell(m)},
		}})
	}
	return g
}

// source says where a material comes from, and what makes it unnecessary.
func (v guideView) source(ctx context.Context, m Material) string {
	var from []string
	for _, code := range m.ReplacedBy {
		if name := v.certificates[code]; name != "" {
			from = append(from, name)
		}
	}
	if len(from) > 0 {
		return i18n.T(ctx, "catalog.source.known", "names", strings.Join(from, i18n.T(ctx, "catalog.or")))
	}
	return i18n.T(ctx, "catalog.source."+m.Source)
}

// copies says in which form and how often a material is handed in.
func copies(ctx context.Context, m Material) string {
	parts := []string{i18n.T(ctx, "catalog.form."+m.Form)}
	if m.Originals > 0 {
		parts = append(parts, i18n.T(ctx, "catalog.originals", "n", m.Originals))
	}
	if m.Copies > 0 {
		parts = append(parts, i18n.T(ctx, "catalog.copies", "n", m.Copies))
	}
	return strings.Join(parts, i18n.T(ctx, "catalog.comma"))
}

// legs are the steps of the road for these answers.
func (v guideView) legs(ctx context.Context) []ui.Leg {
	var list []ui.Leg
	for _, s := range v.Item.Steps {
		if s.Slot == "postcheck" {
			continue
		}
		runs, asked := v.Need.Steps[s.ID]
		if asked && !runs && len(v.Need.Missing) == 0 {
			continue
		}
		unit := v.names.of(s.Unit)
		if post := v.Need.Posts[s.ID]; post != "" {
			unit = v.names.of(postUnit(post))
		}
		if unit == "" {
			unit = i18n.T(ctx, "catalog.township")
		}
		leg := ui.Leg{Name: s.Called(i18n.Lang(ctx)), Note: []string{stepDays(ctx, s), unit}}
		if asked && !runs {
			leg.Note = append(leg.Note, i18n.T(ctx, "catalog.step.perhaps"))
		}
		list = append(list, leg)
	}
	return list
}

func stepDays(ctx context.Context, s Step) string {
	words := timeWords(ctx, s.Days, Workday)
	switch {
	case s.Days == 0:
		return i18n.T(ctx, "catalog.step.at_once")
	case s.Clock == "stopped":
		return i18n.T(ctx, "catalog.step.stopped", "limit", words)
	case s.Slot == "accept":
		return i18n.T(ctx, "catalog.step.within", "limit", words)
	}
	return words
}

func (v guideView) fees(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{
		Label: t("catalog.fee"), Flush: true,
		Cols: []ui.Col{{Text: t("catalog.fee.name"), Row: true}, {Text: t("catalog.fee.amount"), Num: true}, {Text: t("catalog.fee.standard")}, {Text: t("catalog.fee.basis")}},
	}
	for _, f := range v.Need.Fees {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: f.Name}, {Text: Yuan(f.Amount)}, {Text: f.Standard}, {Body: basisCell(f.Basis, f.Confidence == confirmedLaw)}}})
	}
	return g
}

func (v guideView) specials(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{
		Label: t("catalog.special"), Flush: true,
		Cols: []ui.Col{{Text: t("catalog.special.kind"), Row: true}, {Text: t("catalog.special.days")}, {Text: t("catalog.special.counts")}, {Text: t("catalog.special.basis")}},
	}
	for _, p := range v.Item.Special {
		counts := t("catalog.special.runs")
		if p.Stops {
			counts = t("catalog.special.stops")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: p.Kind}, {Text: timeWords(ctx, p.Days, Workday)}, {Text: counts}, {Text: strings.Trim(p.Basis+"。"+p.Remark, "。")}}})
	}
	return g
}

// visitFacts is where and when to come.
func (v guideView) visitFacts(ctx context.Context) []ui.Fact {
	var list []ui.Fact
	add := func(key, value, href string) {
		if value != "" {
			list = append(list, ui.Fact{Label: i18n.T(ctx, key), Value: value, Href: href})
		}
	}
	place := strings.TrimSpace(v.Hall.Name + " " + v.Hall.Address)
	add("catalog.where", cmp.Or(v.Item.Address, place), "")
	add("catalog.windows", strings.Join(v.Item.Offer.Windows, "、"), "")
	add("catalog.when", cmp.Or(v.Item.Hours, v.Hall.Hours), "")
	if phone := cmp.Or(v.Item.Phone, v.Hall.Phone); phone != "" {
		add("catalog.phone", phone, "tel:"+strings.ReplaceAll(phone, "-", ""))
	}
	return list
}

// who lists who may apply.
func (v guideView) who(ctx context.Context) string {
	var list []string
	for _, a := range v.Item.Audience {
		list = append(list, i18n.T(ctx, "catalog.applicant."+a))
	}
	return strings.Join(list, i18n.T(ctx, "catalog.list"))
}

// notices are what the answers tell, without the one that leads away: it is said above.
func (v guideView) notices() []string {
	return slices.DeleteFunc(slices.Clone(v.Need.Notices), func(n string) bool { return n == v.Need.Because })
}

func notNeededTitle(n Need) string {
	if n.Redirect != "" {
		return "catalog.redirect"
	}
	return "catalog.not_needed"
}

// box is a box to tick on paper.
func box(ticked bool) string {
	if ticked {
		return "☑"
	}
	return "□"
}

// leadsAway reports whether the answers say that this is not the right item.
func (v guideView) leadsAway() bool { return v.Need.NotNeeded || v.Need.Redirect != "" }

// defers reports whether some paper may come later.
func (v guideView) defers() bool {
	return slices.ContainsFunc(v.Need.Materials, func(m Material) bool { return m.Need == Deferrable })
}

// someYears is a time that a result is valid which says no more than a number of years: 5年.
var someYears = regexp.MustCompile(`^([1-9][0-9]?)\s*年$`)

// validWords says how long a result is valid. What the record says in other words stands as it is.
func validWords(ctx context.Context, text string) string {
	if years := someYears.FindStringSubmatch(strings.TrimSpace(text)); years != nil {
		n, _ := strconv.Atoi(years[1]) // two digits
		return i18n.T(ctx, plural("catalog.valid.years", n), "n", n)
	}
	return i18n.T(ctx, "catalog.valid", "time", text)
}
