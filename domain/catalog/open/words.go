package open

import (
	"context"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
)

// words says what a column holds, in the language of the reader.
type words struct {
	ctx   context.Context
	names map[string]string // of units, by code
}

// units asks for the names of units while the database is read; what is no code of a unit names itself.
func (p *Pages) units(tx *db.Tx, names map[string]string, codes ...string) {
	for _, code := range codes {
		if code == "" || names[code] != "" {
			continue
		}
		names[code] = code
		if p.Catalog.UnitName != nil {
			names[code] = p.Catalog.UnitName(tx, code)
		}
	}
}

func (w words) unit(code string) string {
	if name := w.names[code]; name != "" {
		return name
	}
	return code
}

// lines are the words of a value, one for each part of it.
func (w words) lines(v any) (all []string) {
	switch v := v.(type) {
	case []string:
		return v
	case []catalog.UnitCode:
		for _, code := range v {
			all = append(all, w.unit(string(code)))
		}
	case []catalog.LevelCode:
		for _, code := range v {
			if code != "" {
				all = append(all, say(w.ctx, "level."+string(code)))
			}
		}
	case []catalog.Basis:
		for _, b := range v {
			all = append(all, w.basis(b))
		}
	case []catalog.Duty:
		for _, d := range v {
			all = append(all, d.Stage+say(w.ctx, "colon")+d.Text+w.inBrackets(d.Basis))
		}
	default:
		if text := w.text(v); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// text is a value in one piece.
func (w words) text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case *int:
		if v == nil {
			return ""
		}
		return strconv.Itoa(*v)
	case bool:
		if v {
			return say(w.ctx, "yes")
		}
		return say(w.ctx, "no")
	case catalog.TypeCode:
		return say(w.ctx, "type."+string(v))
	case catalog.UnitCode:
		return w.unit(string(v))
	case catalog.DepthCode:
		if v == "" {
			return ""
		}
		return say(w.ctx, "depth."+string(v))
	case catalog.Payer:
		if v == "" {
			return ""
		}
		return say(w.ctx, "payer."+string(v))
	case catalog.ReformKind:
		return say(w.ctx, "reform."+string(v))
	case catalog.SealState:
		return say(w.ctx, "seal."+string(v))
	case catalog.Limit:
		return w.limit(v)
	}
	return strings.Join(w.lines(v), "\n")
}

func (w words) limit(l catalog.Limit) string {
	switch {
	case l.OnSpot:
		return say(w.ctx, "limit.spot")
	case l.Value == 0:
		return say(w.ctx, "limit.none")
	}
	text := count(w.ctx, "limit."+l.Unit, l.Value)
	if !l.Checked() {
		text += say(w.ctx, "unchecked")
	}
	return text
}

// basis names a legal ground, and marks what nobody has compared with the text of the law.
func (w words) basis(b catalog.Basis) string {
	text := strings.TrimSpace(b.Law + " " + b.Article)
	if !b.Checked() {
		text += say(w.ctx, "unchecked")
	}
	return text
}

func (w words) inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return say(w.ctx, "brackets", "text", text)
}

// plain is a value for programs: codes as codes, and units with their names.
func (w words) plain(v any) any {
	type unit struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}
	switch v := v.(type) {
	case []catalog.UnitCode:
		list := []unit{}
		for _, code := range v {
			list = append(list, unit{string(code), w.unit(string(code))})
		}
		return list
	case catalog.UnitCode:
		if v == "" {
			return nil
		}
		return unit{string(v), w.unit(string(v))}
	case catalog.Limit:
		if v.Value == 0 {
			return nil
		}
		return struct {
			Value  int    `json:"value"`
			Unit   string `json:"unit"`
			OnSpot bool   `json:"on_spot"`
			Check  bool   `json:"to_check,omitempty"` // nobody has compared it with the text of the law
		}{v.Value, v.Unit, v.OnSpot, !v.Checked()}
	case []catalog.Basis:
		if v == nil {
			return []catalog.Basis{}
		}
	case []catalog.Duty:
		if v == nil {
			return []catalog.Duty{}
		}
	case []string:
		if v == nil {
			return []string{}
		}
	}
	return v
}
