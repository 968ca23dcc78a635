// Package directory is the pages of the base catalogue (基本目录): what every item is wherever it is carried out, who
// carries it out at which level, and where an implementation leaves it (四级十同). What is kept, and the rules, belong to
// catalog.
package directory

import (
	"context"
	"embed"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

const (
	basePath      = "/catalog/base"
	newPath       = "/catalog/base/new"
	deviationPath = "/catalog/deviations"
	locksPath     = "/catalog/locks"
)

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "directory",
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /catalog/base", Right: Keep, Handle: p.showBases},
			{Pattern: "GET /catalog/base/new", Right: Keep, Handle: p.askNew},
			{Pattern: "POST /catalog/base", Right: Keep, Handle: p.postNew},
			{Pattern: "GET /catalog/base/{code}", Right: Keep, Handle: p.showBase},
			{Pattern: "GET /catalog/base/{code}/edit", Right: Keep, Handle: p.askEdit},
			{Pattern: "POST /catalog/base/{code}/edit", Right: Keep, Handle: p.postEdit},
			{Pattern: "GET /catalog/locks/{source}", Right: Keep, Handle: p.askLocks},
			{Pattern: "POST /catalog/locks/{source}", Right: Keep, Handle: p.postLocks},
			{Pattern: "GET /catalog/deviations", Right: Keep, Handle: p.showDeviations},
			{Pattern: "POST /catalog/deviations/{item}/{element}", Right: Keep, Handle: p.postFix},
		},
		Menu: []module.Item{
			{Group: "catalog.menu", Text: "directory.title", Icon: "file", Path: basePath, Right: Keep},
			{Group: "catalog.menu", Text: "directory.deviations", Icon: "branch", Path: deviationPath, Right: Keep},
		},
	}
}

// Keep is the right to the pages; what they do needs catalog.keep as well.
const Keep = "directory.keep"

func codePath(code string) string { return basePath + "/" + url.PathEscape(code) }

func itemPath(code string) string { return "/catalog/items/" + url.PathEscape(code) }

// asked is one value of the query, without what is no text.
func asked(q url.Values, key string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(q.Get(key), ""), "\x00", ""))
}

// withQuery is an address with the parts of its query that say something.
func withQuery(path string, parts map[string]string) string {
	q := url.Values{}
	for k, v := range parts {
		if v != "" {
			q.Set(k, v)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// unitNames gives the names of units; every one is asked for while the database is read.
type unitNames map[string]string

// of is the name of a unit that was asked for.
func (n unitNames) of(unit string) string { return n[unit] }

func (p *Pages) name(tx *db.Tx, n unitNames, unit string) {
	if unit != "" && n[unit] == "" {
		n[unit] = unit
		if p.Catalog.UnitName != nil {
			n[unit] = p.Catalog.UnitName(tx, unit)
		}
	}
}

// coded is a value of a list of codes in the words of the page.
func coded(ctx context.Context, list, value string) string {
	return catalog.Codes(list).Words(value, i18n.Lang(ctx))
}

// codedAll are several, joined.
func codedAll(ctx context.Context, list string, values []string) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = coded(ctx, list, v)
	}
	return strings.Join(words, i18n.T(ctx, "directory.and"))
}

func limitWords(ctx context.Context, l catalog.Limit) string {
	if l.Value == 0 {
		return i18n.T(ctx, "directory.limit.none")
	}
	key := "directory.limit." + l.Unit
	if l.Value == 1 {
		key += ".one"
	}
	return i18n.T(ctx, key, "n", l.Value)
}

// slotNames are the slots in words; a slot of a place's own shows itself.
func slotName(ctx context.Context, slot string) string {
	for _, known := range catalog.Slots() {
		if known == slot {
			return i18n.T(ctx, "directory.slot."+slot)
		}
	}
	return slot
}

// levelName is a level in a word or two, for the heads of columns.
func levelName(ctx context.Context, level string) string {
	if !catalog.Codes(catalog.CodesUseLevel).Has(level) {
		return i18n.T(ctx, "directory.level.none")
	}
	return i18n.T(ctx, "directory.level."+level)
}

// ElementName is what people call an element that implementations have in common with their base item.
func ElementName(ctx context.Context, e catalog.Element) string {
	return i18n.T(ctx, "directory.element."+string(e))
}

// sourceName says who keeps the base items of a source.
func sourceName(ctx context.Context, source string) string {
	if source == "00" {
		return i18n.T(ctx, "directory.source.nation")
	}
	return i18n.T(ctx, "directory.source.province", "code", source)
}

// told are the parts of one side of a deviation in words.
func told(ctx context.Context, e catalog.Element, parts []string) []string {
	list := make([]string, len(parts))
	for i, x := range parts {
		switch e {
		case catalog.ElementLimit, catalog.ElementPromise:
			list[i] = limitWords(ctx, catalog.ParseLimit(x))
		case catalog.ElementType:
			list[i] = coded(ctx, catalog.CodesTaskType, x)
		case catalog.ElementAudience:
			list[i] = coded(ctx, catalog.CodesAudience, x)
		case catalog.ElementLevel:
			list[i] = coded(ctx, catalog.CodesUseLevel, x)
		case catalog.ElementProcedure:
			list[i] = slotName(ctx, x)
		default:
			list[i] = x
		}
	}
	return list
}

// Named is a deviation that calls bodies by their names instead of their codes, to be said.
func Named(d catalog.Deviation, name func(unit string) string) catalog.Deviation {
	if d.Element != catalog.ElementBody {
		return d
	}
	all := func(units []string) []string {
		names := make([]string, len(units))
		for i, unit := range units {
			names[i] = name(unit)
		}
		return names
	}
	d.Base, d.Item = all(d.Base), all(d.Item)
	return d
}

// Saying puts a deviation into one sentence: see Named for those of bodies.
func Saying(ctx context.Context, d catalog.Deviation) string {
	base, item := strings.Join(told(ctx, d.Element, d.Base), i18n.T(ctx, "directory.and")), strings.Join(told(ctx, d.Element, d.Item), i18n.T(ctx, "directory.and"))
	key := "directory.says." + string(d.Kind)
	if d.Element == catalog.ElementCode {
		key = "directory.says.code"
	}
	return i18n.T(ctx, key, "base", base, "item", item)
}

func number(n int) string { return strconv.Itoa(n) }
