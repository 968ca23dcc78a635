package portal

import (
	"net/http"

	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Decision is one grant as everybody may read it (行政许可法 Art. 40). The name of
// a natural person is masked.
type Decision struct{ No, Item, Holder, Body, Day string }

// decisions lists grants, newest first.
func (s *Service) decisions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, next, err := s.Decisions(ctx, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	say := func(key string) string { return i18n.T(ctx, "portal.decisions."+key) }
	grid := ui.Grid{Label: say("title"), Cols: []ui.Col{
		{Text: say("item")}, {Text: say("holder")}, {Text: say("body")}, {Text: say("no")}, {Text: say("day")},
	}}
	for _, d := range list {
		grid.Rows = append(grid.Rows, ui.Line{Cells: []ui.Cell{
			{Text: d.Item}, {Text: d.Holder}, {Text: d.Body}, {Text: d.No, Code: true}, {Text: d.Day},
		}})
	}
	more := ui.More{Note: say("order")}
	if next != "" {
		more.Text, more.Href = say("more"), "/decisions?after="+next
	}
	return web.Show(w, r, http.StatusOK, decisionsPage(s.Frame(r, say("title")), grid, more))
}
