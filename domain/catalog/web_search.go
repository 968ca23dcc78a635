package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// noteMissed counts a search that people were not served by. Pages further on and narrowed
// lists do not count: there it was the filter that left nothing. Nor does what members of staff try, and what is no word.
func (s *Service) noteMissed(r *http.Request, v itemsView) {
	if auth.From(r.Context()).Kind == auth.Staff || !strings.ContainsFunc(v.Query, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		return
	}
	if v.Query == "" || len(v.Off) > 0 || v.After != "" || v.Filter != (Filter{}) || v.Total == 0 || v.Indexing {
		return
	}
	if v.Found == 0 || v.Reading.How == search.Part {
		s.NoteMissed(r.Context(), web.Client(r), v.Query, v.Found > 0)
	}
}

// readAs says how the words were read, "" where the items hold them as they are.
func (v itemsView) readAs(ctx context.Context) string {
	if v.Query == "" || v.Found == 0 {
		return ""
	}
	quoted := func(list []string) string {
		var words []string
		for _, w := range list {
			for _, l := range v.Lines {
				if l.Code == w {
					w = l.Name
				}
			}
			if strings.Contains(strings.Join(words, " "), w) {
				continue // said by a longer one
			}
			if strings.IndexFunc(w, func(r rune) bool { return r >= 0x2E80 }) >= 0 || v.Reading.How == search.Near {
				words = append(words, i18n.T(ctx, "catalog.quoted", "words", w))
			}
		}
		return strings.Join(words, i18n.T(ctx, "catalog.list"))
	}
	switch v.Reading.How {
	case search.Said:
		if as := quoted(v.Reading.As); as != "" {
			return i18n.T(ctx, "catalog.read.said", "words", as)
		}
	case search.Near:
		if as := quoted(v.Reading.As); as != "" {
			return i18n.T(ctx, "catalog.read.meant", "words", as)
		}
		return i18n.T(ctx, "catalog.read.near")
	case search.Sound:
		return i18n.T(ctx, "catalog.read.sound")
	case search.Part:
		return i18n.T(ctx, "catalog.read.part")
	default:
	}
	return ""
}

// fewThemes is how many themes a page without hits offers.
const fewThemes = 12

func (v itemsView) themeLinks(ctx context.Context) (list []ui.Link) {
	for _, f := range v.Themes[:min(len(v.Themes), fewThemes)] {
		list = append(list, ui.Link{Text: v.theme(ctx, f.Value), Href: itemsPath + "?theme=" + url.QueryEscape(f.Value)})
	}
	return list
}

// Theme is the name of a theme (主题) in the reader's language, or as items have it.
func (s *Service) Theme(ctx context.Context, name string) string {
	if s.ThemeName == nil {
		return name
	}
	return s.ThemeName(ctx, name)
}

// pathValue is a value as one part of an address.
func pathValue(value string) string { return url.PathEscape(value) }
