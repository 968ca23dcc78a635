package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"rsc.io/qr"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func listPath(code string) string { return guidePath(code) + "/list" }

// address is where this guide with these answers stands, for others to open.
func (v guideView) address() string {
	return strings.TrimSuffix(v.Public, "/") + guidePath(v.Item.Code) + v.query()
}

// code draws the address, "" where nothing can be drawn.
func (v guideView) code(ctx context.Context) string {
	svg, err := paper.QRSVG(v.address(), i18n.T(ctx, "catalog.share.code"))
	if err != nil {
		return ""
	}
	return svg
}

// readAnswers takes the answers to the item's questions out of an address.
func readAnswers(it *Item, q url.Values) map[string]string {
	answers := map[string]string{}
	for _, s := range it.Situations {
		if o := s.Option(q.Get(s.ID)); o != nil {
			answers[s.ID] = o.Value
		}
	}
	return answers
}

// said is the answers in words, a question a line.
func (v guideView) said() (list []ui.Fact) {
	for _, q := range v.Item.Situations {
		if o := q.Option(v.Need.Answers[q.ID]); o != nil {
			list = append(list, ui.Fact{Label: q.Question, Value: o.Label})
		}
	}
	return list
}

// listView is what one set of answers asks for, as one sheet to print.
type listView struct {
	guideView
	Day  string
	Code *ui.Code
}

// showList answers GET /items/{code}/list: only what applies after the answers in the
// query, to print and take along.
func (s *Service) showList(w http.ResponseWriter, r *http.Request) error {
	v := listView{}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Day = calendar.DateOf(tx.Now()).String()
		v.guideView, err = s.guideOf(tx, r)
		return err
	})
	if err != nil {
		return err
	}
	code, err := qr.Encode(v.address(), qr.M)
	if err != nil {
		return err
	}
	v.Code = &ui.Code{Bits: code, Size: code.Size, Label: i18n.T(r.Context(), "catalog.share.code")}
	v.Page = s.Frame(r, v.Item.Name+" "+i18n.T(r.Context(), "catalog.list.title"))
	return web.Show(w, r, http.StatusOK, listPage(v))
}

// notice is the sheet around the list.
func (v listView) notice(ctx context.Context) ui.Notice {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	return ui.Notice{
		Title: t("catalog.list.title"), No: t("catalog.list.no", "code", v.Item.Code, "version", v.Item.Version), Page: true,
		Code: v.Code, Check: []string{t("catalog.list.check"), v.address(), t("catalog.list.day", "day", v.Day)},
	}
}

// facts are days, charge and result in one line each.
func (v listView) facts(ctx context.Context) (list []ui.Fact) {
	for _, f := range v.band(ctx) {
		value := strings.TrimSpace(f.Big + " " + f.Value)
		if f.Note != "" {
			value += i18n.T(ctx, "catalog.note.open") + f.Note + i18n.T(ctx, "catalog.note.close")
		}
		list = append(list, ui.Fact{Label: f.Label, Value: value})
	}
	return list
}

// need says whether a paper must be handed in.
func (v listView) need(ctx context.Context, m Material) string {
	switch {
	case m.Need == Optional:
		return i18n.T(ctx, "catalog.need.optional")
	case m.Need == Deferrable:
		return i18n.T(ctx, "catalog.need.deferrable", "n", m.DeferDays)
	case len(m.ReplacedBy) > 0:
		return i18n.T(ctx, "catalog.need.known")
	}
	return i18n.T(ctx, "catalog.need.required")
}
