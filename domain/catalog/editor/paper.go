package editor

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// files are the blank and the sample form of a material, each with a form of its own.
func (v view) files(ctx context.Context, m *catalog.Material) (rows []ui.Material) {
	for _, which := range []string{catalog.BlankForm, catalog.SampleForm} {
		at := sectionPath(v.Change.ID, "materials") + "/" + url.PathEscape(m.ID) + "/" + which
		rows = append(rows, v.fileRow(ctx, which, labelOf(ctx, "materials."+which), at, sectionPath(v.Change.ID, "materials"), *fileOf(m, which)))
	}
	return rows
}

// fileRow is one file of the draft: what it is, with the way to bring, change and remove it. at is where it is kept,
// section the page on which it is taken away.
func (v view) fileRow(ctx context.Context, which, name, at, section string, f *catalog.File) ui.Material {
	row := ui.Material{ID: "file-" + which, Name: name}
	row.Upload = &ui.Upload{
		Action: at, Text: i18n.T(ctx, "editor.file.add"), Accept: strings.Join(catalog.FileEnds(), ","), Limit: catalog.MaxFile,
		TooBig: i18n.T(ctx, "catalog.file.large", "megabytes", catalog.MaxFile>>20),
	}
	if v.File == which {
		row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: v.Trouble}
	}
	if f != nil {
		kind := strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))
		row.Files = []ui.File{{Name: f.Name, Note: kind + " " + strconv.FormatInt(max(f.Size>>10, 1), 10) + " KB", Href: at}}
		row.Upload.Text, row.Upload.Quiet = i18n.T(ctx, "editor.file.other"), true
		row.Remove = &ui.Ask{
			Action: section, Yes: i18n.T(ctx, "editor.remove"), Name: "act", Value: "bare." + which,
			Hidden: []ui.Hidden{{Name: "row", Value: v.Row}},
		}
	}
	return row
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
func counted(all []change.Trouble, advice bool) (n int) {
	for _, t := range all {
		if t.Advice == advice {
			n++
		}
	}
	return n
}
