package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// accept lets phones offer their camera beside their files.
const accept = "image/jpeg,image/png,application/pdf,.pdf,.jpg,.jpeg,.png,.ofd"

// refused is a file that was not taken, with its name, so that its row can say so.
type refused struct {
	Material string
	Name     string
	Err      error
}

func (p *Pages) showMaterials(w http.ResponseWriter, r *http.Request) error {
	return p.materialsPage(w, r, http.StatusOK, ask(r), refused{})
}

func (p *Pages) materialsPage(w http.ResponseWriter, r *http.Request, code int, check bool, bad refused) error {
	ctx := r.Context()
	return p.step(w, r, stepMaterials, code, check, func(tx *db.Tx, v *draftView) (err error) {
		v.Rows, err = p.rows(ctx, tx, v.filled, v.Check, bad)
		return err
	}, func(v draftView) web.Component {
		if bad.Err != nil {
			v.Page.Wrong = true
			v.Errors = append([]ui.Wrong{{Field: "material." + bad.Material, Text: bad.words(ctx)}}, v.Errors...)
		}
		return materialsPage(v)
	})
}

// words names the file and says what is wrong with it.
func (b refused) words(ctx context.Context) string {
	text := fileWords(ctx, b.Err)
	if b.Name == "" {
		return text
	}
	return b.Name + i18n.T(ctx, "apply.mark.colon") + text
}

func fileWords(ctx context.Context, err error) string {
	if fault.Is(err, fault.TooLarge) || errors.As(err, new(*http.MaxBytesError)) {
		return i18n.T(ctx, "apply.file_large", "megabytes", cases.MaxFile>>20)
	}
	return web.Words(ctx, err)
}

// rows is the materials of a draft, each with its files and its own upload form.
func (p *Pages) rows(ctx context.Context, tx *db.Tx, f filled, check bool, bad refused) ([]ui.Material, error) {
	files, err := p.Cases.DraftFiles(tx, f.Draft.ID)
	if err != nil {
		return nil, err
	}
	var all []ui.Material
	for _, m := range f.Need.Materials {
		proof, held, err := p.Cases.Proof(tx, f.Draft.Party, m)
		if err != nil {
			return nil, err
		}
		row := ui.Material{ID: "material." + m.ID, Name: m.Name, Hint: strings.Join(m.Points, i18n.T(ctx, "apply.mark.semicolon"))}
		n := 0
		for _, x := range files {
			if x.Material == m.ID {
				n++
				row.Files = append(row.Files, fileLine(x))
				row.Acts = append(row.Acts, removal(ctx, m, x, n))
			}
		}
		onlyRemoval(ctx, &row)
		row.Tags = []ui.Badge{needTag(ctx, m, held && n == 0)}
		switch {
		case bad.Err != nil && bad.Material == m.ID:
			row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: bad.words(ctx), Icon: "alert"}
		case n > 0:
			row.Verdict = &ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "apply.file.got", "n", n)}
		case held:
			row.Verdict = &ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "apply.file.held", "proof", proof), Icon: "link"}
		case check && f.Faults[row.ID] != "":
			row.Bad, row.Verdict = true, &ui.Mark{Tone: ui.ToneBad, Text: f.words(ctx, row.ID, f.Faults[row.ID]), Icon: "alert"}
		case m.Need == catalog.Deferrable:
			row.Verdict = &ui.Mark{Text: i18n.T(ctx, "apply.file.later", "days", m.DeferDays)}
		}
		if !held || n > 0 {
			row.Upload = upload(ctx, draftPath(f.Draft.ID, "/materials/"+m.ID), n > 0)
		}
		all = append(all, row)
	}
	return all, nil
}

func fileLine(f cases.File) ui.File {
	return ui.File{Name: f.Name, Note: sizeWords(f.Size), Href: filePath(f.ID)}
}

// removal takes a file away; the form that it submits stands once on the page.
func removal(ctx context.Context, m catalog.Material, f cases.File, n int) ui.Act {
	return ui.Act{
		Text: i18n.T(ctx, "apply.file.remove_nth", "n", n), Weight: ui.Quiet, Form: "remove", Name: "file",
		Value: m.ID + "." + strconv.FormatInt(f.ID, 10),
	}
}

func needTag(ctx context.Context, m catalog.Material, held bool) ui.Badge {
	switch {
	case held:
		return ui.Badge{Text: i18n.T(ctx, "apply.need.held"), Tone: ui.ToneGood}
	case m.Need == catalog.Deferrable:
		return ui.Badge{Text: i18n.T(ctx, "apply.need.deferrable"), Tone: ui.ToneWarn}
	}
	return ui.Badge{Text: i18n.T(ctx, "apply.need."+string(m.Need))}
}

// upload is the form of one row.
func upload(ctx context.Context, action string, more bool) *ui.Upload {
	u := &ui.Upload{
		Action: action, Accept: accept, Limit: cases.MaxFile, Text: i18n.T(ctx, "apply.upload"),
		TooBig: i18n.T(ctx, "apply.file_large", "megabytes", cases.MaxFile>>20),
	}
	if more {
		u.Text, u.Quiet = i18n.T(ctx, "apply.upload.more"), true
	}
	return u
}

func sizeWords(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	default:
		return strconv.FormatInt(max(bytes>>10, 1), 10) + " KB"
	}
}

// take hands the file of a posted form to keep and returns its name and what went
// wrong with it.
func take(w http.ResponseWriter, r *http.Request, keep func(name string, body io.Reader) error) (name string, err error) {
	missing := fault.New(fault.Invalid, "apply.file_missing")
	parts, err := r.MultipartReader()
	if err != nil {
		return "", missing
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return name, missing
		}
		if err != nil {
			return name, torn(err)
		}
		if part.FormName() != "file" {
			continue
		}
		if part.FileName() == "" {
			return "", missing
		}
		name = fileName(part)
		err = keep(name, part)
		if err != nil {
			_, _ = io.Copy(io.Discard, part) // a browser that still sends would not hear the answer
		}
		return name, err
	}
}

// torn makes a broken upload the person's to mend: choose the file again.
func torn(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return err
	}
	return fault.New(fault.Invalid, "apply.file_torn")
}

func fileName(part *multipart.Part) string {
	// FileName drops what browsers put before a path's last slash already.
	return strings.TrimSpace(part.FileName())
}

func (p *Pages) postFile(w http.ResponseWriter, r *http.Request) error {
	ctx, id, material := r.Context(), pathID(r, "id"), r.PathValue("material")
	name, err := take(w, r, func(name string, body io.Reader) error {
		_, err := p.Cases.Attach(ctx, auth.From(ctx), cases.To{Draft: id, Material: material}, name, body)
		return err
	})
	if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) && !errors.As(err, new(*http.MaxBytesError)) {
		return p.handedIn(w, r, err)
	}
	return p.answerFile(w, r, refused{material, name, err})
}

// answerFile answers an upload or a removal: with the row alone to a script, with
// the whole page otherwise.
func (p *Pages) answerFile(w http.ResponseWriter, r *http.Request, bad refused) error {
	if bad.Err == nil {
		if !fromScript(r) {
			return web.SeeOther(w, r, draftPath(pathID(r, "id"), "/materials#material."+bad.Material))
		}
	} else if !fromScript(r) {
		return p.materialsPage(w, r, fileStatus(bad.Err), false, bad)
	}
	var rows []ui.Material
	err := p.read(r, func(tx *db.Tx, who auth.Actor) error {
		f, err := p.load(tx, who, pathID(r, "id"))
		if err != nil {
			return err
		}
		rows, err = p.rows(r.Context(), tx, f, false, bad)
		return err
	})
	if err != nil {
		return err
	}
	return p.showRow(w, r, rows, bad)
}

// showRow answers with one row of the list.
func (p *Pages) showRow(w http.ResponseWriter, r *http.Request, rows []ui.Material, bad refused) error {
	for _, row := range rows {
		if row.ID == "material."+bad.Material {
			return web.Show(w, r, fileStatus(bad.Err), p.fragment(r, ui.FileRow(row)))
		}
	}
	return fault.New(fault.Unknown, "cases.material_unknown")
}

// showCaseRow is showRow on the page of a case: the upload is an entry of its own, and
// the form beside it learns of that.
func (p *Pages) showCaseRow(w http.ResponseWriter, r *http.Request, rows []ui.Material, s stamp, bad refused) error {
	for _, row := range rows {
		if row.ID == "material."+bad.Material {
			return web.Show(w, r, fileStatus(bad.Err), p.fragment(r, caseRow(row, s)))
		}
	}
	return fault.New(fault.Unknown, "cases.material_unknown")
}

func fileStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return web.Status(err)
}

func fromScript(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

func (p *Pages) postRemoveFile(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	material, text, _ := strings.Cut(r.PostForm.Get("file"), ".")
	id, _ := strconv.ParseInt(text, 10, 64)
	if err := p.Cases.Detach(r.Context(), auth.From(r.Context()), id); err != nil && !fault.Is(err, fault.Unknown) {
		return err // gone already is what was asked for
	}
	return web.SeeOther(w, r, draftPath(pathID(r, "id"), "/materials#material."+material))
}

// postMaterials goes on, if nothing that is needed is missing.
func (p *Pages) postMaterials(w http.ResponseWriter, r *http.Request) error {
	f, err := p.keep(r, stepMaterials)
	if err != nil {
		return p.handedIn(w, r, err)
	}
	switch {
	case r.PostForm.Has("later"):
		return p.say(w, r, "apply.kept", "/my")
	case len(f.wrongIn(stepMaterials)) > 0:
		return p.materialsPage(w, r, http.StatusUnprocessableEntity, true, refused{})
	}
	return web.SeeOther(w, r, draftPath(f.Draft.ID, "/"+f.after(stepMaterials)))
}

// filePolicy keeps an uploaded file from doing anything: no script, no form, no
// request. Browsers' viewers of PDF do not start in a sandbox, and need none.
const (
	filePolicy = "default-src 'none'; frame-ancestors 'self'; sandbox"
	pdfPolicy  = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

// sendFile shows an uploaded file to whoever may see its draft or case.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	f, body, err := p.Cases.Fetch(r.Context(), auth.From(r.Context()), pathID(r, "id"))
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": f.Name}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", filePolicy)
	if f.Media == "application/pdf" {
		h.Set("Content-Security-Policy", pdfPolicy)
	}
	http.ServeContent(w, r, "", f.At, body)
	return nil
}
