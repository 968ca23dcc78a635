package apply

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// maxReceipt is what the file of a receipt may weigh.
const maxReceipt = 1 << 20

const receiptCheckPath = "/verify-receipt"

// proofView is the receipt that proves itself, for the applicant.
type proofView struct {
	caseView
	At    string
	QR    string
	Facts []ui.Fact
	Files []ui.Fact // name and digest of each file
	File  string
}

// showProof shows the receipt that proves when a case was handed in.
func (p *Pages) showProof(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.look(r, refused{})
	if err != nil {
		return err
	}
	got, err := p.receipt(w, r, c.ID)
	if err != nil {
		return err
	}
	v := proofView{caseView: c, At: second(got.Entry.Time()), File: casePath(c.ID, "/proof.json")}
	short, err := got.Compact(p.Cases.Tree.Key.Verifier())
	if err != nil {
		return err
	}
	if v.QR, err = paper.QRSVG(strings.TrimSuffix(p.Cases.Public, "/")+receiptCheckPath+"?r="+short, i18n.T(ctx, "apply.proof.code")); err != nil {
		return err
	}
	v.Facts = append([]ui.Fact{
		{Label: i18n.T(ctx, "apply.proof.no"), Value: c.No, Code: true},
		{Label: i18n.T(ctx, "apply.proof.item"), Value: c.ItemName},
	}, recordFacts(r, got)...)
	said, _ := cases.ReadReceipt(got)
	for _, f := range said.Files {
		v.Files = append(v.Files, ui.Fact{Label: c.fileName(f), Value: f.SHA256, Code: true})
	}
	v.Page = p.page(r, i18n.T(ctx, "apply.proof")+" - "+v.ItemName, ui.ShapeRead)
	return web.Show(w, r, http.StatusOK, proofPage(v))
}

// receipt reads the receipt of a case. While its record is being sealed the page
// that says so asks again by itself.
func (p *Pages) receipt(w http.ResponseWriter, r *http.Request, id int64) (ledger.Receipt, error) {
	got, err := p.Cases.Receipt(r.Context(), auth.From(r.Context()), id)
	if fault.Code(err) == "ledger.waits" {
		w.Header().Set("Refresh", "1")
	}
	return got, err
}

// fileName is the name under which the applicant handed a file in.
func (v caseView) fileName(f cases.Proof) string {
	for _, m := range v.Materials {
		for _, have := range m.Files {
			if have.ID == f.File {
				return have.Name
			}
		}
	}
	return f.Material
}

// recordFacts say which record a receipt proves.
func recordFacts(r *http.Request, got ledger.Receipt) []ui.Fact {
	ctx := r.Context()
	return []ui.Fact{
		{Label: i18n.T(ctx, "apply.proof.at"), Value: second(got.Entry.Time())},
		{Label: i18n.T(ctx, "apply.proof.record"), Value: got.Entry.Chain + " / " + got.Entry.Digest, Code: true},
	}
}

func second(at time.Time) string { return at.In(calendar.Zone).Format("2006-01-02 15:04:05") }

// sendProof sends the receipt as a file.
func (p *Pages) sendProof(w http.ResponseWriter, r *http.Request) error {
	c, err := p.look(r, refused{})
	if err != nil {
		return err
	}
	got, err := p.receipt(w, r, c.ID)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="receipt-`+c.No+`.json"`)
	h.Set("Cache-Control", "private, no-store")
	_, err = w.Write(append(text, '\n'))
	return err
}

// checkView is the answer about a receipt.
type checkView struct {
	ui.Page
	Finding *ui.Finding
	Today   *ui.Finding // does the ledger still hold it?
	Facts   []ui.Fact
	Files   []ui.Fact
	Key     string
	Trouble string
}

// askReceipt is where the code on a receipt leads, and where the file is chosen.
func (p *Pages) askReceipt(w http.ResponseWriter, r *http.Request) error {
	text := r.URL.Query().Get("r")
	if text == "" {
		return p.checkPage(w, r, http.StatusOK, checkView{})
	}
	got, err := ledger.ExpandReceipt(text, p.Cases.Tree.Key.Verifier())
	return p.judge(w, r, got, err)
}

// checkReceipt checks the file of a receipt.
func (p *Pages) checkReceipt(w http.ResponseWriter, r *http.Request) error {
	text, err := receiptFile(r)
	if err != nil {
		return err
	}
	if len(text) > maxReceipt {
		return p.checkPage(w, r, http.StatusRequestEntityTooLarge, checkView{Trouble: i18n.T(r.Context(), "apply.proof.too_large", "kb", maxReceipt>>10)})
	}
	if len(text) == 0 {
		return p.checkPage(w, r, http.StatusUnprocessableEntity, checkView{Trouble: i18n.T(r.Context(), "apply.proof.no_file")})
	}
	got, err := ledger.ParseReceipt(text)
	return p.judge(w, r, got, err)
}

// receiptFile is the part "file" of a posted form, up to what ParseReceipt refuses.
func receiptFile(r *http.Request) ([]byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "request.malformed")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() == "file" {
			return io.ReadAll(io.LimitReader(part, maxReceipt+1))
		}
	}
}

// judge says what a receipt proves. The first answer needs the public key alone;
// the second looks into the ledger of today.
func (p *Pages) judge(w http.ResponseWriter, r *http.Request, got ledger.Receipt, err error) error {
	ctx := r.Context()
	say := func(tone ui.Tone, key string, args ...any) *ui.Finding {
		return &ui.Finding{Tone: tone, Title: i18n.T(ctx, key), Text: i18n.T(ctx, key+".text", args...)}
	}
	if err == nil {
		err = got.Check(p.Cases.Tree.Key.Verifier())
	}
	switch {
	case errors.Is(err, ledger.ErrReceipt):
		return p.checkPage(w, r, http.StatusUnprocessableEntity, checkView{Finding: say(ui.ToneWarn, "apply.proof.unread")})
	case errors.Is(err, ledger.ErrForeign):
		return p.checkPage(w, r, http.StatusOK, checkView{Finding: say(ui.ToneBad, "apply.proof.foreign")})
	case errors.Is(err, ledger.ErrBody), errors.Is(err, ledger.ErrInclusion):
		return p.checkPage(w, r, http.StatusOK, checkView{Finding: say(ui.ToneBad, "apply.proof.changed")})
	case err != nil:
		return err
	}
	v := checkView{Facts: recordFacts(r, got)}
	v.Finding = say(ui.ToneGood, "apply.proof.genuine", "at", second(got.Entry.Time()))
	said, _ := cases.ReadReceipt(got)
	for i, f := range said.Files {
		v.Files = append(v.Files, ui.Fact{Label: i18n.T(ctx, "apply.proof.nth", "n", i+1), Value: f.SHA256, Code: true})
	}
	err = p.read(r, func(tx *db.Tx, _ auth.Actor) error {
		no, stands, err := p.Cases.StandsToday(tx, got)
		if err != nil {
			return err
		}
		v.Today = say(ui.ToneGood, "apply.proof.stands")
		if !stands {
			v.Today = say(ui.ToneBad, "apply.proof.gone")
		}
		if no != "" {
			v.Facts = append([]ui.Fact{{Label: i18n.T(ctx, "apply.proof.no"), Value: no, Code: true}}, v.Facts...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.checkPage(w, r, http.StatusOK, v)
}

func (p *Pages) checkPage(w http.ResponseWriter, r *http.Request, code int, v checkView) error {
	v.Page = p.page(r, i18n.T(r.Context(), "apply.proof.check"), ui.ShapeRead)
	v.Page.Wrong = v.Trouble != ""
	v.Key = p.Cases.Tree.Key.Verifier()
	return web.Show(w, r, code, receiptCheckPage(v))
}

// sendCheckpoint publishes the newest checkpoint, so that anybody may keep it.
func (p *Pages) sendCheckpoint(w http.ResponseWriter, r *http.Request) error {
	var c ledger.Checkpoint
	err := p.read(r, func(tx *db.Tx, _ auth.Actor) (err error) {
		c, err = p.Cases.Tree.Latest(tx)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, c.Note)
	return err
}
