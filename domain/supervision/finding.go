package supervision

import (
	"net/http"
	"net/url"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// findingView is what the law left standing and somebody should look into (监察提醒): silence that became an acceptance,
// a refusal that was not told at once, a timer that waits.
type findingView struct {
	ui.Page
	Cols []ui.Col
	Rows []ui.Line
	More ui.More
}

func (p *Pages) showFindings(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := findingView{Page: p.Frame(r, i18n.T(ctx, "supervision.finding"))}
	for i, key := range []string{"no", "what", "item", "unit", "when"} {
		v.Cols = append(v.Cols, ui.Col{Text: i18n.T(ctx, "supervision.finding."+key), Row: i == 0})
	}
	after := cases.ParseKey(r.URL.Query().Get("after"))
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		list, next, err := p.Cases.Noticed(tx, auth.From(ctx), after, few)
		if err != nil {
			return err
		}
		units, err := p.unitNames(tx)
		for _, n := range list {
			v.Rows = append(v.Rows, ui.Line{Cells: []ui.Cell{
				{Text: n.No, Href: casePath(n.Case), Code: true}, {Text: i18n.T(ctx, "supervision.finding.is."+string(n.Finding))},
				{Text: n.ItemName}, {Text: units[n.Unit]}, {Text: show.Moment(ctx, n.At, tx.Now())},
			}})
		}
		v.More.Note = i18n.T(ctx, "supervision.finding.sorted")
		if after != (cases.Key{}) {
			v.More.First, v.More.FirstHref = i18n.T(ctx, "supervision.first"), findingPath
		}
		if next != (cases.Key{}) {
			v.More.Text = i18n.T(ctx, "supervision.again.more", "n", few)
			v.More.Href = findingPath + "?" + url.Values{"after": {next.String()}}.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, findingPage(v))
}
