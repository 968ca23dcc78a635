package app

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/portal"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// popular are items that people often ask for, until figures of use say better;
// those that are not on offer are left out.
var popular = []string{"food-operation-new", "individual-business-register", "residence-permit", "social-card-apply", "elder-allowance"}

// mostThemes is how many subjects the home page shows.
const mostThemes = 12

// themeIcons are the pictures of the subjects that the national list names.
var themeIcons = map[string]string{
	"准营准办": "pass", "设立变更": "store", "社会保障": "card", "投资审批": "chart", "交通出行": "car", "交通运输": "car",
	"医疗卫生": "med", "农林牧渔": "leaf", "国土和规划建设": "crane", "优待抚恤": "heart", "人力资源": "job",
	"户籍办理": "home", "证件办理": "card", "住房保障": "home", "离职退休": "elder", "生育收养": "baby",
	"文体教育": "school", "教育科研": "school", "环保绿化": "leaf", "安全防护": "alert", "应急管理": "alert",
	"税收财务": "scale", "质量技术": "gear", "公用事业": "building", "水务气象": "leaf", "消防": "alert",
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
		h.Hours = []string{openingHours(place.Hours)}
		for _, more := range []string{place.Hours.Noon, place.Hours.Evening, place.Hours.SelfHelp} {
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
	themes, err := s.catalog.Facets(tx, catalog.FacetTheme)
	if err != nil {
		return err
	}
	for _, t := range themes[:min(len(themes), mostThemes)] {
		icon := cmp.Or(themeIcons[t.Value], "list")
		h.Themes = append(h.Themes, ui.Theme{
			Text: t.Value, Icon: icon, Href: "/items?theme=" + url.QueryEscape(t.Value),
			Note: i18n.T(tx.Context(), "app.theme.items", "count", t.Items),
		})
	}
	for _, code := range popular {
		item, err := s.catalog.Current(tx, code)
		if fault.Is(err, fault.Unknown) {
			continue
		}
		if err != nil {
			return err
		}
		h.Popular = append(h.Popular, ui.Link{Text: item.Name, Href: "/items/" + code})
	}
	return nil
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

// openingHours is the hall's hours in a line: "周一至周五 09:00-12:00、13:00-17:00".
func openingHours(h office.Hours) string {
	day := func(name string, spans []office.Span) string {
		if len(spans) == 0 {
			return ""
		}
		times := make([]string, len(spans))
		for i, span := range spans {
			times[i] = span.String()
		}
		return name + " " + strings.Join(times, "、")
	}
	var days []string
	for _, d := range []string{day("周一至周五", h.Weekday), day("周六", h.Saturday), day("周日", h.Sunday)} {
		if d != "" {
			days = append(days, d)
		}
	}
	return strings.Join(days, "，")
}

// footNote is the line at the foot of public pages: who runs the site, where and
// when. It is read once; a page is never refused for want of it.
func (s *services) footNote(ctx context.Context) string {
	if known := s.note.Load(); known != nil {
		return *known
	}
	var line string
	err := s.base.DB.Read(ctx, func(tx *db.Tx) error {
		place, err := s.office.Hall(tx)
		if err != nil {
			return err
		}
		line = strings.Join([]string{place.Name, place.Address, openingHours(place.Hours)}, "　")
		return nil
	})
	if err != nil {
		return ""
	}
	s.note.Store(&line)
	return line
}
