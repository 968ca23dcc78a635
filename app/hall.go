package app

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/portal"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// mostPopular is how many items the home page offers beside the search box, and
// popularKept how long what people apply for is not asked again.
const (
	mostPopular = 5
	popularKept = time.Minute
)

// asked is what people apply for lately, as it was at a moment.
type asked struct {
	codes []string
	at    time.Time
}

// mostThemes is how many subjects the home page shows.
const mostThemes = 12

// theme is how a subject of the national list is shown: its picture, and the key
// of its name in the reader's language.
type theme struct{ icon, text string }

var themes = map[string]theme{
	"准营准办":    {"pass", "app.theme.licences"},
	"设立变更":    {"store", "app.theme.companies"},
	"社会保障":    {"card", "app.theme.insurance"},
	"投资审批":    {"chart", "app.theme.investment"},
	"交通出行":    {"car", "app.theme.travel"},
	"交通运输":    {"car", "app.theme.transport"},
	"医疗卫生":    {"med", "app.theme.health"},
	"农林牧渔":    {"leaf", "app.theme.farming"},
	"国土和规划建设": {"crane", "app.theme.building"},
	"优待抚恤":    {"heart", "app.theme.benefits"},
	"人力资源":    {"job", "app.theme.work"},
	"户籍办理":    {"home", "app.theme.registration"},
	"证件办理":    {"card", "app.theme.papers"},
	"住房保障":    {"home", "app.theme.housing"},
	"离职退休":    {"elder", "app.theme.retirement"},
	"生育收养":    {"baby", "app.theme.birth"},
	"文体教育":    {"school", "app.theme.culture"},
	"教育科研":    {"school", "app.theme.education"},
	"环保绿化":    {"leaf", "app.theme.environment"},
	"安全防护":    {"alert", "app.theme.safety"},
	"应急管理":    {"alert", "app.theme.emergency"},
	"税收财务":    {"scale", "app.theme.tax"},
	"质量技术":    {"gear", "app.theme.quality"},
	"公用事业":    {"building", "app.theme.utilities"},
	"水务气象":    {"leaf", "app.theme.water"},
	"消防":      {"alert", "app.theme.fire"},
	"其他":      {"list", "app.theme.other"},
}

// themeOf shows a subject that the list does not have by its own name.
func themeOf(ctx context.Context, name string) (icon, text string) {
	if t, known := themes[name]; known {
		return t.icon, i18n.T(ctx, t.text)
	}
	return "list", name
}

// themeName is the name of a subject in the reader's language.
func themeName(ctx context.Context, name string) string {
	if i18n.Lang(ctx) == "zh" {
		return name // as the national list writes it
	}
	_, text := themeOf(ctx, name)
	return text
}

// hall gathers what the home page shows. A database without a hall or a
// catalogue shows the parts that there are.
func (s *services) hall(ctx context.Context) (h portal.Hall, err error) {
	err = s.base.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.fillOffer(tx, &h); err != nil {
			return err
		}
		place, err := s.office.Hall(tx)
		if fault.Is(err, fault.Unknown) {
			return nil
		}
		if err != nil {
			return err
		}
		h.Open, err = s.office.Open(tx)
		h.Address = place.Address
		h.Windows = zones(place.Windows)
		for _, more := range []string{openingHours(tx.Context(), place.Hours), place.Hours.Noon, place.Hours.Evening, place.Hours.SelfHelp} {
			if more != "" {
				h.Hours = append(h.Hours, more)
			}
		}
		return err
	})
	return h, err
}

// fillOffer adds what the catalogue has on offer.
func (s *services) fillOffer(tx *db.Tx, h *portal.Hall) error {
	var err error
	if h.Total, err = s.catalog.Count(tx); err != nil {
		return err
	}
	offered, err := s.catalog.Facets(tx, catalog.FacetTheme)
	if err != nil {
		return err
	}
	for _, t := range offered[:min(len(offered), mostThemes)] {
		icon, text := themeOf(tx.Context(), t.Value)
		h.Themes = append(h.Themes, ui.Theme{
			Text: text, Icon: icon, Href: "/items?theme=" + url.QueryEscape(t.Value),
			Note: i18n.T(tx.Context(), themeItems(t.Items), "count", t.Items),
		})
	}
	h.Popular, h.Asked, err = s.popular(tx)
	return err
}

// themeItems is the key of the words for how many items a theme has.
func themeItems(n int) string {
	if n == 1 {
		return "app.theme.items.one"
	}
	return "app.theme.items"
}

// popular are the items that most people apply for lately, those that are not on
// offer any more left out; then, in a centre that has hardly begun, those that
// the catalogue lists first. asked says that people have applied for at least one.
func (s *services) popular(tx *db.Tx) (all []ui.Link, asked bool, err error) {
	codes, err := s.applied(tx)
	if err != nil {
		return nil, false, err
	}
	add := func(code, name string) {
		l := ui.Link{Text: name, Href: "/items/" + code}
		if len(all) < mostPopular && !slices.ContainsFunc(all, func(x ui.Link) bool { return x.Href == l.Href }) {
			all = append(all, l)
		}
	}
	for _, code := range codes {
		item, err := s.catalog.Current(tx, code)
		if err == nil {
			add(code, item.Name)
		} else if !fault.Is(err, fault.Unknown) {
			return nil, false, err
		}
	}
	asked = len(all) > 0
	if len(all) == mostPopular {
		return all, asked, nil
	}
	first, _, err := s.catalog.Browse(tx, catalog.Filter{}, "", mostPopular)
	for _, item := range first {
		add(item.Code, item.Name)
	}
	return all, asked, err
}

// applied is what people apply for lately. While there are no cases it is asked
// each time, which costs nothing then.
func (s *services) applied(tx *db.Tx) ([]string, error) {
	if known := s.asked.Load(); known != nil && tx.Now().Sub(known.at) < popularKept {
		return known.codes, nil
	}
	codes, err := s.cases.Popular(tx, mostPopular+3) // some may not be on offer any more
	if err == nil && len(codes) > 0 {
		s.asked.Store(&asked{codes, tx.Now()})
	}
	return codes, err
}

// zones puts together the windows of a zone that do the same.
func zones(windows []office.Window) (all []portal.Windows) {
	for _, w := range windows {
		i := slices.IndexFunc(all, func(z portal.Windows) bool { return z.Zone == w.Zone && z.Does == w.Scope })
		if i < 0 {
			i = len(all)
			all = append(all, portal.Windows{Zone: w.Zone, Does: w.Scope})
		}
		all[i].Many++
	}
	return all
}

// openingHours is the hall's hours in a line of the reader's language: "周一至周五
// 09:00-12:00、13:00-17:00".
func openingHours(ctx context.Context, h office.Hours) string {
	var days []string
	for _, day := range []struct {
		key   string
		spans []office.Span
	}{{"app.hours.weekday", h.Weekday}, {"app.hours.saturday", h.Saturday}, {"app.hours.sunday", h.Sunday}} {
		if len(day.spans) == 0 {
			continue
		}
		times := make([]string, len(day.spans))
		for i, span := range day.spans {
			times[i] = span.String()
		}
		days = append(days, i18n.T(ctx, day.key)+" "+strings.Join(times, i18n.T(ctx, "app.hours.and")))
	}
	return strings.Join(days, i18n.T(ctx, "app.hours.then"))
}

// centreKept is how long the foot of pages may show the hall as it was: another
// server may have changed it.
const centreKept = time.Minute

// centre is the hall as it was read at a moment.
type centre struct {
	office.Hall
	at time.Time
}

// footNote is the line at the foot of public pages: who runs the site, where and
// when. A page is never refused for want of it.
func (s *services) footNote(ctx context.Context) string {
	place := s.centre.Load()
	if now := s.base.DB.Now(); place == nil || now.Sub(place.at) > centreKept {
		read := centre{at: now}
		err := s.base.DB.Read(ctx, func(tx *db.Tx) (err error) {
			read.Hall, err = s.office.Hall(tx)
			return err
		})
		if err != nil {
			return ""
		}
		place = &read
		s.centre.Store(place)
	}
	var parts []string
	for _, part := range []string{place.Name, place.Address, openingHours(ctx, place.Hours)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "　")
}
