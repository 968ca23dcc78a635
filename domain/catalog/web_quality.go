package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const qualityPath = "/catalog/quality"

// qualityView is how good the list is: by body, by rule, and item by item, the worst first.
type qualityView struct {
	ui.Page
	All   Standing
	By    []Standing
	Count map[string]int // of items, by rule
	Rule  string
	Body  string
	After string
	Next  string
	Lines []Judged
	names names
}

const qualityLines = 50

func (s *Service) showQuality(w http.ResponseWriter, r *http.Request) error {
	v := qualityView{Page: s.Frame(r, i18n.T(r.Context(), "catalog.quality.title")), Rule: asked(r, "rule"), Body: asked(r, "body"), After: asked(r, "after")}
	if v.rule() == nil {
		v.Rule = ""
	}
	after, ok := readJudged(v.After)
	if !ok {
		v.After = ""
	}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.names = s.namesIn(tx)
		if v.By, err = listStandings(tx); err != nil {
			return err
		}
		if v.Count, err = countFlaws(tx); err != nil {
			return err
		}
		v.Lines, err = listJudged(tx, v.Rule, v.Body, after, qualityLines+1)
		for _, b := range v.By {
			v.names.of(b.Body)
			v.All.Items, v.All.Perfect, v.All.Points = v.All.Items+b.Items, v.All.Perfect+b.Perfect, v.All.Points+b.Points
		}
		for _, j := range v.Lines {
			v.names.of(j.Body)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(v.Lines) > qualityLines {
		v.Lines = v.Lines[:qualityLines]
		v.Next = v.Lines[qualityLines-1].key()
	}
	return web.Show(w, r, http.StatusOK, qualityPage(v))
}

// readJudged reads the key of a line; what is no key is the beginning.
func readJudged(key string) (at judgedAfter, ok bool) {
	score, item, ok := strings.Cut(key, "-")
	if !ok {
		return judgedAfter{score: -1}, key == ""
	}
	n, err := strconv.Atoi(score)
	id, wrong := strconv.ParseInt(item, 10, 64)
	if err != nil || wrong != nil {
		return judgedAfter{score: -1}, false
	}
	return judgedAfter{n, id}, true
}

// rule is the one that the list is narrowed to, nil if to none.
func (v qualityView) rule() *QualityRule {
	for i := range qualityRules {
		if qualityRules[i].Code == v.Rule {
			return &qualityRules[i]
		}
	}
	return nil
}

func qualityAt(rule, body, after string) string {
	q := url.Values{}
	for k, x := range map[string]string{"rule": rule, "body": body, "after": after} {
		if x != "" {
			q.Set(k, x)
		}
	}
	if len(q) == 0 {
		return qualityPath
	}
	return qualityPath + "?" + q.Encode()
}

func (v qualityView) tiles(ctx context.Context) []ui.Tile {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	return []ui.Tile{
		{Label: t("catalog.quality.average"), Value: strconv.Itoa(v.All.Average()), Unit: t("catalog.quality.of"), Note: t("catalog.quality.average.note")},
		{Label: t("catalog.quality.perfect"), Value: strconv.Itoa(v.All.Perfect), Unit: t("catalog.quality.items"), Note: t("catalog.quality.perfect.note", "count", v.All.Items)},
		{Label: t("catalog.quality.flawed"), Value: strconv.Itoa(v.All.Items - v.All.Perfect), Unit: t("catalog.quality.items"), Note: t("catalog.quality.flawed.note")},
	}
}

func (v qualityView) bodies(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.quality.bodies"), Hover: true, Cols: []ui.Col{
		{Text: t("catalog.body"), Row: true}, {Text: t("catalog.quality.score"), Num: true}, {Text: t("catalog.quality.count"), Num: true}, {Text: t("catalog.quality.perfect"), Num: true},
	}}
	for _, b := range v.By {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.names.of(b.Body), Href: qualityAt("", b.Body, "")}, {Text: strconv.Itoa(b.Average())}, {Text: strconv.Itoa(b.Items)}, {Text: strconv.Itoa(b.Perfect)},
		}})
	}
	return g
}

// rules are those that some item breaks, or those that none does.
func (v qualityView) rules(ctx context.Context, broken bool) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.quality.rules"), Hover: true, Cols: []ui.Col{
		{Text: t("catalog.quality.rule"), Row: true}, {Text: t("catalog.quality.source")}, {Text: t("catalog.quality.weight"), Num: true}, {Text: t("catalog.quality.broken"), Num: true},
	}}
	for _, r := range qualityRules {
		if v.Count[r.Code] > 0 != broken {
			continue
		}
		name := ui.Cell{Text: t("catalog.rule." + r.Code)}
		if broken {
			name.Href = qualityAt(r.Code, "", "")
		}
		source := r.Source
		if source == "" {
			source = t("catalog.quality.own")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{name, {Text: source}, {Text: strconv.Itoa(r.Weight)}, {Text: strconv.Itoa(v.Count[r.Code])}}})
	}
	return g
}

func (v qualityView) lines(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.quality.list"), Hover: true, Cols: []ui.Col{
		{Text: t("catalog.item"), Row: true}, {Text: t("catalog.body")}, {Text: t("catalog.quality.score"), Num: true},
	}}
	if v.Rule != "" {
		g.Cols = append(g.Cols, ui.Col{Text: t("catalog.quality.where")})
	}
	for _, j := range v.Lines {
		cells := []ui.Cell{{Text: j.Name, Href: keepItemPath(j.Code) + "#quality"}, {Text: v.names.of(j.Body)}, {Text: strconv.Itoa(j.Score)}}
		if v.Rule != "" {
			cells = append(cells, ui.Cell{Text: strings.Join(j.Places, t("catalog.quality.and"))})
		}
		g.Rows = append(g.Rows, ui.Line{Cells: cells})
	}
	return g
}

func (v qualityView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "catalog.quality.order")}
	if v.Next != "" {
		more.Text, more.Href = i18n.T(ctx, "catalog.more", "count", qualityLines), qualityAt(v.Rule, v.Body, v.Next)
	}
	if v.After != "" {
		more.First, more.FirstHref = i18n.T(ctx, "catalog.first"), qualityAt(v.Rule, v.Body, "")
	}
	return more
}

// flawed is what the rules say of one item, a rule a line.
func (it *Item) flawed(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.quality.flaws"), Cols: []ui.Col{
		{Text: t("catalog.quality.rule"), Row: true}, {Text: t("catalog.quality.where")}, {Text: t("catalog.quality.mend")}, {Text: t("catalog.quality.weight"), Num: true},
	}}
	flaws := it.Flaws()
	for _, r := range qualityRules {
		var where []string
		broken := false
		for _, f := range flaws {
			if f.Rule == r.Code {
				broken = true
				if f.Where != "" {
					where = append(where, f.Where)
				}
			}
		}
		if broken {
			g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
				{Text: t("catalog.rule." + r.Code)}, {Text: strings.Join(where, t("catalog.quality.and"))}, {Text: t("catalog.rule." + r.Code + ".mend")}, {Text: strconv.Itoa(r.Weight)},
			}})
		}
	}
	return g
}
