package inout

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/i18n"
)

// shownNews is how many of each of changed and added the page names; the file to take away has all.
const shownNews = 50

// newsPart is what the page names of what is changed, or of what is new.
type newsPart struct {
	Key  string
	List []catalog.News
	More int
}

// named are the parts of the list; what the report counts and does not hold is in More.
func (v importView) named() []newsPart {
	parts := []newsPart{{Key: "changed", More: v.Report.NamedAll - v.Report.NamedNew}, {Key: "added", More: v.Report.NamedNew}}
	for _, n := range v.Report.Named {
		p := &parts[0]
		if n.New {
			p = &parts[1]
		}
		if len(p.List) < shownNews {
			p.List = append(p.List, n)
			p.More--
		}
	}
	var list []newsPart
	for _, p := range parts {
		if len(p.List) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// differs is how an item is changed, in the reader's language.
func differs(ctx context.Context, n catalog.News) string {
	return cmp.Or(n.Words[i18n.Lang(ctx)], i18n.T(ctx, "inout.news.differs"))
}

// units are the departments that would be added, by name.
func units(ctx context.Context, r catalog.Report) string {
	words := strings.Join(r.UnitNames[:min(len(r.UnitNames), shownNews)], i18n.T(ctx, "inout.comma"))
	if more := r.Units - min(len(r.UnitNames), shownNews); more > 0 {
		words += i18n.T(ctx, "inout.comma") + i18n.T(ctx, "inout.news.units.more", "n", more)
	}
	return words
}

// news sends all that an import would change and add, or did, as a table.
func (p *Pages) news(w http.ResponseWriter, r *http.Request) error {
	i, err := p.find(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	heads := []exchange.Heading{
		{Text: i18n.T(ctx, "inout.news.kind")}, {Text: i18n.T(ctx, "inout.code")}, {Text: i18n.T(ctx, "inout.item"), Wide: true},
		{Text: i18n.T(ctx, "inout.state")}, {Text: i18n.T(ctx, "inout.news.what"), Wide: true}, {Text: i18n.T(ctx, "inout.news.older"), Number: true},
	}
	return send(w, "changes", exchange.XLSX, func(w io.Writer) error {
		b, err := exchange.NewWorkbook(w)
		if err != nil {
			return err
		}
		if err := b.Sheet(i18n.T(ctx, "inout.news.what"), heads, false); err != nil {
			return err
		}
		if err := p.Catalog.ImportNews(ctx, i, func(n catalog.News) error {
			state, words, older := "inout.news.change", n.Words[i18n.Lang(ctx)], ""
			if n.New {
				state = "inout.news.new"
			}
			if n.Older > 0 {
				older = strconv.Itoa(n.Older)
			}
			return b.Write([]string{i18n.T(ctx, "inout.kind."+n.Kind), n.Code, n.Name, i18n.T(ctx, state), words, older})
		}); err != nil {
			return err
		}
		return b.Close()
	})
}
