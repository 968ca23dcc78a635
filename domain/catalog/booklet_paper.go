package catalog

import (
	"context"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// Book sets the volume as a booklet; public is the address under which people reach the site.
// The same items give the same book.
func (b *Booklet) Book(ctx context.Context, public string) paper.Book {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	book := paper.Book{
		Title: b.Title(ctx), Subtitle: t("catalog.book.subtitle", "n", len(b.Items)),
		Lines: []string{b.Hall.Name, t("catalog.book.as_of", "day", calendar.DateOf(b.At).String())},
		QR:    public + "/booklets", QRNote: t("catalog.book.newest"), Contents: t("catalog.book.contents"),
		Footer: t("catalog.book.footer"), Created: b.At,
	}
	for _, it := range b.Items {
		book.Chapters = append(book.Chapters, b.chapter(ctx, it, public))
	}
	return book
}

// Title is what the booklet is called.
func (b *Booklet) Title(ctx context.Context) string {
	if b.Name == "" {
		return i18n.T(ctx, "catalog.book.chosen")
	}
	return i18n.T(ctx, "catalog.book.title", "name", b.Name)
}

// GuideURL is the address of the guide of an item for codes and papers.
func GuideURL(public, code string) string { return public + guidePath(code) }

func (b *Booklet) chapter(ctx context.Context, it *Item, public string) paper.Chapter {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	v := guideView{Item: it, Need: it.Resolve(nil), Hall: b.Hall, names: b.names}
	c := paper.Chapter{
		Title: it.Name, Note: t("catalog.guide.lead", "body", b.names.of(it.Body), "type", t("catalog.type."+it.Type)),
		QR: GuideURL(public, it.Code), QRNote: t("catalog.book.scan"),
	}
	add := func(key string, s paper.Section) {
		if len(s.Paragraphs)+len(s.Items) > 0 || len(s.Table) > 1 {
			s.Heading = t(key)
			c.Sections = append(c.Sections, s)
		}
	}
	add("catalog.plain", paper.Section{Paragraphs: it.Plain.lines()})
	add("catalog.book.facts", paper.Section{Paragraphs: v.factLines(ctx)})
	add("catalog.who", paper.Section{Paragraphs: []string{v.who(ctx)}, Items: it.Conditions})
	add("catalog.materials", paper.Section{Table: v.materialRows(ctx)})
	add("catalog.road", paper.Section{Table: v.stepRows(ctx)})
	add("catalog.fee", paper.Section{Table: v.feeRows(ctx)})
	add("catalog.visit", paper.Section{Paragraphs: v.placeLines(ctx)})
	add("catalog.basis", paper.Section{Paragraphs: it.basisLines(ctx)})
	return c
}

// lines are the plain words, those that there are.
func (p Plain) lines() (list []string) {
	for _, text := range []string{p.What, p.How, p.Tip} {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}

// factLines are the facts of the band as lines of text.
func (v guideView) factLines(ctx context.Context) (list []string) {
	for _, f := range v.band(ctx) {
		line := strings.TrimSpace(f.Big + " " + f.Value)
		if f.Note != "" {
			line += i18n.T(ctx, "catalog.book.note", "text", f.Note)
		}
		list = append(list, i18n.T(ctx, "catalog.book.fact", "label", f.Label, "value", line))
	}
	return list
}

func (v guideView) materialRows(ctx context.Context) [][]string {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	rows := [][]string{{t("catalog.material"), t("catalog.form"), t("catalog.points")}}
	for _, m := range v.Need.Materials {
		name := m.Name
		switch {
		case m.Need == Optional:
			name += "\n" + t("catalog.need.optional")
		case m.Need == Deferrable:
			name += "\n" + t("catalog.need.deferrable", "n", m.DeferDays)
		case len(m.ReplacedBy) > 0:
			name += "\n" + t("catalog.need.known")
		}
		points := m.Points
		if m.Plain != "" {
			points = append([]string{m.Plain}, points...)
		}
		rows = append(rows, []string{name, copies(ctx, m), strings.Join(points, "\n")})
	}
	return rows
}

func (v guideView) stepRows(ctx context.Context) [][]string {
	t := func(key string) string { return i18n.T(ctx, key) }
	rows := [][]string{{t("catalog.step"), t("catalog.unit"), t("catalog.step.days")}}
	for _, leg := range v.legs(ctx) {
		rows = append(rows, []string{leg.Name, strings.Join(leg.Note[1:], "\n"), leg.Note[0]})
	}
	return rows
}

func (v guideView) feeRows(ctx context.Context) [][]string {
	t := func(key string) string { return i18n.T(ctx, key) }
	rows := [][]string{{t("catalog.fee.name"), t("catalog.fee.amount"), t("catalog.fee.standard"), t("catalog.fee.basis")}}
	if !v.Item.Fee.Charged {
		return rows
	}
	for _, f := range v.Item.Fee.Items {
		rows = append(rows, []string{f.Name, Yuan(f.Amount), f.Standard, marked(ctx, f.Basis, f.Confidence == confirmedLaw)})
	}
	return rows
}

// placeLines is where and when to come.
func (v guideView) placeLines(ctx context.Context) (list []string) {
	for _, f := range v.visitFacts(ctx) {
		list = append(list, i18n.T(ctx, "catalog.book.fact", "label", f.Label, "value", f.Value))
	}
	if v.Item.Offer.Zone != "" {
		list = append(list, i18n.T(ctx, "catalog.book.fact", "label", i18n.T(ctx, "catalog.zone"), "value", v.Item.Offer.Zone))
	}
	return list
}

func (it *Item) basisLines(ctx context.Context) (list []string) {
	for _, b := range it.Basis {
		list = append(list, marked(ctx, i18n.T(ctx, "catalog.book.basis", "law", b.Law, "article", b.Article, "gist", b.Gist), b.Checked()))
	}
	return list
}

// marked says of a legal fact that was not compared with the text of the law that it was not.
func marked(ctx context.Context, text string, checked bool) string {
	if checked || text == "" {
		return text
	}
	return text + i18n.T(ctx, "catalog.book.note", "text", i18n.T(ctx, "catalog.unchecked"))
}

// Wall sets the codes of the volume for hanging up.
func (b *Booklet) Wall(ctx context.Context, public string, a3 bool) paper.Wall {
	w := paper.Wall{Title: b.Name, Note: i18n.T(ctx, "catalog.wall.note"), A3: a3, Footer: b.Hall.Name, Created: b.At}
	if b.Name == "" {
		w.Title = i18n.T(ctx, "catalog.book.chosen")
	}
	for _, it := range b.Items {
		w.Cards = append(w.Cards, paper.Card{Title: it.Name, Note: limitWords(ctx, it.PromisedLimit), QR: GuideURL(public, it.Code)})
	}
	return w
}

// posterMaterials is how many papers a poster names.
const posterMaterials = 7

// Poster sets one item for hanging up.
func (s *Service) Poster(tx *db.Tx, it *Item, public string) (p paper.Poster, err error) {
	ctx := tx.Context()
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	v := guideView{Item: it, Need: it.Resolve(nil), names: s.namesIn(tx)}
	if s.Hall != nil {
		if v.Hall, err = s.Hall(tx); err != nil {
			return p, err
		}
	}
	e, err := findEntry(tx, it.Code)
	if err != nil {
		return p, err
	}
	p = paper.Poster{Head: v.Hall.Name, Title: it.Name, Lead: it.Plain.What, QR: GuideURL(public, it.Code), QRNote: t("catalog.poster.scan"), Created: e.At}
	if p.Lead == "" {
		p.Lead = t("catalog.guide.lead", "body", v.names.of(it.Body), "type", t("catalog.type."+it.Type))
	}
	var bring []string
	for _, m := range v.Need.Materials {
		if m.Need != Optional {
			bring = append(bring, m.Name)
		}
	}
	if more := len(bring) - posterMaterials; more > 0 {
		bring = append(bring[:posterMaterials], t("catalog.poster.more", "n", more))
	}
	p.Parts = []paper.PosterPart{
		{Label: t("catalog.poster.who"), Lines: []string{v.who(ctx)}},
		{Label: t("catalog.promised"), Lines: []string{limitWords(ctx, it.PromisedLimit)}},
		{Label: t("catalog.poster.bring"), Lines: bring},
	}
	for _, f := range [][2]string{{"catalog.zone", it.Offer.Zone}, {"catalog.when", v.Hall.Hours}, {"catalog.phone", v.Hall.Phone}} {
		if f[1] != "" {
			p.Foot = append(p.Foot, t(f[0]), f[1])
		}
	}
	return p, nil
}
