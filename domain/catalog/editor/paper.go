package editor

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// files are the blank and the sample form of a material, each with a form of its own.
func (v view) files(ctx context.Context, m *catalog.Material) (rows []ui.Material) {
	for _, which := range []string{catalog.BlankForm, catalog.SampleForm} {
		at := sectionPath(v.Change.ID, "materials") + "/" + url.PathEscape(m.ID) + "/" + which
		row := ui.Material{ID: "file-" + which, Name: labelOf(ctx, "materials."+which)}
		up := &ui.Upload{
			Action: at, Text: i18n.T(ctx, "editor.file.add"), Accept: strings.Join(catalog.FileEnds(), ","), Limit: catalog.MaxFile,
			TooBig: i18n.T(ctx, "catalog.file.large", "megabytes", catalog.MaxFile>>20),
		}
		if v.File == which {
			row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: v.Trouble}
		}
		if f := *fileOf(m, which); f != nil {
			kind := strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))
			row.Files = []ui.File{{Name: f.Name, Note: kind + " " + strconv.FormatInt(max(f.Size>>10, 1), 10) + " KB", Href: at}}
			up.Text, up.Quiet = i18n.T(ctx, "editor.file.other"), true
			row.Remove = &ui.Ask{
				Action: sectionPath(v.Change.ID, "materials"), Yes: i18n.T(ctx, "editor.remove"), Name: "act", Value: "bare." + which,
				Hidden: []ui.Hidden{{Name: "row", Value: v.Row}},
			}
		}
		row.Upload = up
		rows = append(rows, row)
	}
	return rows
}

// librarySays is what the library decides about a material.
func (v view) librarySays(ctx context.Context, m *catalog.Material) (facts []ui.Fact) {
	add := func(path, value string) {
		if value != "" {
			facts = append(facts, ui.Fact{Label: labelOf(ctx, "materials."+path), Value: value})
		}
	}
	add("kind", catalog.Codes(catalog.CodesMaterial).Words(m.Kind, i18n.Lang(ctx)))
	add("form", catalog.Codes(catalog.CodesForm).Words(m.Form, i18n.Lang(ctx)))
	add("source", catalog.Codes(catalog.CodesSource).Words(m.Source, i18n.Lang(ctx)))
	add("source_note", m.SourceNote)
	add("points", strings.Join(m.Points, i18n.T(ctx, "change.and")))
	var names []string
	for _, code := range m.ReplacedBy {
		if i := slices.IndexFunc(v.certificates, func(o ui.Option) bool { return o.Value == code }); i >= 0 {
			code = v.certificates[i].Text
		}
		names = append(names, code)
	}
	add("replaced_by", strings.Join(names, i18n.T(ctx, "catalog.list")))
	add("basis", m.Basis)
	add("plain", m.Plain)
	return facts
}

// counted is how many troubles there are that must be put right, or that could be.
func counted(all []trouble, advice bool) (n int) {
	for _, t := range all {
		if t.Advice == advice {
			n++
		}
	}
	return n
}
