package apply

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"rsc.io/qr"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// sealMark tells the drawn seals from real ones: what proves a paper is the record
// behind its code.
const sealMark = "测试"

// paperPath is a paper of a case, for the applicant.
func paperPath(caseID, id int64) string {
	return casePath(caseID, "/papers/"+strconv.FormatInt(id, 10))
}

func verifyPath(token string) string { return "/verify-document/" + url.PathEscape(token) }

// checkURL is what the code on a paper says.
func (p *Pages) checkURL(d cases.Document) string {
	return strings.TrimSuffix(p.Cases.Public, "/") + verifyPath(d.Token)
}

func (p *Pages) code(ctx context.Context, d cases.Document) (string, error) {
	return paper.QRSVG(p.checkURL(d), i18n.T(ctx, "apply.code"))
}

// sheetView is one paper as a sheet.
type sheetView struct {
	ui.Page
	Notice ui.Notice
	Table  [][]string
	Back   ui.Link
	Case   string // the page of the case, "" where Back leads there
	PDF    string
}

// showPaper shows a paper to whoever may see its case: as a sheet, or as a file
// where the address ends in .pdf.
func (p *Pages) showPaper(w http.ResponseWriter, r *http.Request) error {
	text, isPDF := strings.CutSuffix(r.PathValue("paper"), ".pdf")
	id, _ := strconv.ParseInt(text, 10, 64)
	var d cases.Document
	var c *cases.Case
	err := p.read(r, func(tx *db.Tx, who auth.Actor) (err error) {
		d, c, err = p.Cases.DocumentOf(tx, who, id)
		return err
	})
	if err != nil {
		return err
	}
	if own := pathID(r, "id"); own != 0 && own != c.ID {
		return fault.New(fault.Unknown, "cases.document_unknown")
	}
	if isPDF {
		return p.sendPaper(w, d)
	}
	return p.sheetPage(w, r, d, c)
}

func (p *Pages) sheetPage(w http.ResponseWriter, r *http.Request, d cases.Document, c *cases.Case) error {
	ctx := r.Context()
	code, err := qr.Encode(p.checkURL(d), qr.M)
	if err != nil {
		return err
	}
	v := sheetView{Page: p.page(r, d.Content.Title, ui.ShapePage), PDF: r.URL.Path + ".pdf", Table: d.Content.Table}
	v.Back = ui.Link{Text: i18n.T(ctx, "apply.paper.back"), Href: casePath(c.ID, "")}
	if who := auth.From(ctx); who.Kind == auth.Staff {
		home := "/"
		if p.Home != nil {
			home = p.Home(who, c.ID)
		}
		v.Back.Href = cameFrom(r, home)
		if home != "/" && backTo(v.Back.Href) != caseBack {
			v.Case = home
		}
	}
	if where := backTo(v.Back.Href); where != "" {
		v.Back.Text = i18n.T(ctx, where)
	}
	v.Notice = ui.Notice{
		Title: d.Content.Title, No: d.No, To: addressee(d), Paras: d.Content.Paragraphs, List: d.Content.Items, After: d.Content.After,
		Unit: d.Content.Issuer, Date: legalDay(d.Content.Date),
		Seal:  &ui.Stamped{ID: "arc", Unit: d.Content.Issuer, Purpose: d.Content.Seal, Mark: sealMark},
		Code:  &ui.Code{Bits: code, Size: code.Size, Label: i18n.T(ctx, "apply.code")},
		Check: p.checkNote(d), Slots: d.Content.Sign, Page: true,
	}
	if d.Content.Plain {
		v.Notice.Seal = nil
	}
	return web.Show(w, r, http.StatusOK, sheetPage(v))
}

// cameFrom is the page of this site that led here, home where none did: a paper that was opened anew, in another
// language or from a letter has no page before it.
func cameFrom(r *http.Request, home string) string {
	if back := web.Local(r.URL.Query().Get("back")); back != "/" {
		return back
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Path == "/sign-in" || from.Path == r.URL.Path {
		return home
	}
	if back := web.Local(from.RequestURI()); back != "/" {
		return back
	}
	return home
}

var casePages = regexp.MustCompile(`^/(work|desk|watch|issue|my/cases)/[0-9]+($|\?)`)

// caseBack is the key of the words for the way back to a case.
const caseBack = "apply.paper.back.case"

// backTo is the key of the words for the way back, "" for the plain ones.
func backTo(path string) string {
	switch {
	case casePages.MatchString(path):
		return caseBack
	case strings.HasPrefix(path, "/clocks/"):
		return "apply.paper.back.clocks"
	default:
		return ""
	}
}

// checkNote stands beside the code on paper, in the language of the law: what the
// code is good for, and what to type without a camera.
func (p *Pages) checkNote(d cases.Document) []string {
	at := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(p.Cases.Public, "/"), "https://"), "http://")
	return []string{
		"扫描二维码，或者在 " + at + "/verify-document 输入查验码，核对这份文书的编号、日期和机关。",
		"查验码 " + d.Code(),
	}
}

func addressee(d cases.Document) string {
	if d.Content.Addressee == "" {
		return ""
	}
	return d.Content.Addressee + "："
}

// legalDay writes a day as papers do: 2026年10月16日.
func legalDay(text string) string {
	day, err := calendar.ParseDate(text)
	if err != nil {
		return text
	}
	y, m, n := day.Date()
	return strconv.Itoa(y) + "年" + strconv.Itoa(int(m)) + "月" + strconv.Itoa(n) + "日"
}

// sendPaper sends the paper as a PDF. The same paper gives the same bytes.
func (p *Pages) sendPaper(w http.ResponseWriter, d cases.Document) error {
	var file bytes.Buffer
	seal := paper.Seal{Name: d.Content.Issuer, Foot: d.Content.Seal, Mark: sealMark}
	if d.Content.Plain {
		seal = paper.Seal{}
	}
	err := p.Fonts.Sheet(&file, paper.Sheet{
		Title: d.Content.Title, Number: d.No, Addressee: addressee(d), Paragraphs: d.Content.Paragraphs, Items: d.Content.Items,
		Table: d.Content.Table, After: d.Content.After, Issuer: d.Content.Issuer, Date: legalDay(d.Content.Date),
		Seal: seal,
		QR:   p.checkURL(d), QRNote: strings.Join(p.checkNote(d), "\n"), Sign: d.Content.Sign, Created: d.At,
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(file.Len()))
	h.Set("Content-Disposition", `inline; filename="`+strconv.FormatInt(d.ID, 10)+`.pdf"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", pdfPolicy)
	_, err = file.WriteTo(w)
	return err
}

// verifyView is the answer about a paper.
type verifyView struct {
	ui.Page
	Finding ui.Finding
	Facts   []ui.Fact
	Sheet   string // the paper itself, for whoever may see it
}

// askVerify says where to find the code of a paper.
func (p *Pages) askVerify(w http.ResponseWriter, r *http.Request) error {
	if token := cases.TidyCode(r.URL.Query().Get("token")); token != "" && len(token) < 100 {
		return web.SeeOther(w, r, verifyPath(token))
	}
	return p.verifyPage(w, r, http.StatusOK, verifyView{})
}

// showVerify is where the code on a paper leads: is it genuine, and which is it?
// Nobody's full name is told.
func (p *Pages) showVerify(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v verifyView // at any pace: nobody guesses a token
	err := p.read(r, func(tx *db.Tx, who auth.Actor) error {
		d, c, err := p.Cases.DocumentByToken(tx, r.PathValue("token"))
		if err != nil {
			return err
		}
		applicant, err := p.Cases.Party.Find(tx, c.Party)
		if err != nil {
			return err
		}
		v.Facts = []ui.Fact{
			{Label: i18n.T(ctx, "apply.verify.kind"), Value: d.Content.Title},
			{Label: i18n.T(ctx, "apply.verify.no"), Value: d.No, Code: true},
			{Label: i18n.T(ctx, "apply.verify.date"), Value: legalDay(d.Content.Date)},
			{Label: i18n.T(ctx, "apply.verify.issuer"), Value: d.Content.Issuer},
			{Label: i18n.T(ctx, "apply.verify.to"), Value: applicant.MaskedName()},
			{Label: i18n.T(ctx, "apply.verify.item"), Value: c.ItemName},
		}
		if _, _, err := p.Cases.DocumentOf(tx, who, d.ID); err == nil && who.Kind == auth.Applicant {
			v.Sheet = paperPath(c.ID, d.ID)
		}
		return nil
	})
	switch {
	case fault.Is(err, fault.Unknown):
		v.Finding = ui.Finding{Tone: ui.ToneBad, Title: i18n.T(ctx, "apply.verify.none"), Text: i18n.T(ctx, "apply.verify.none.text")}
		return p.verifyPage(w, r, http.StatusNotFound, v)
	case err != nil:
		return err
	}
	v.Finding = ui.Finding{Tone: ui.ToneGood, Title: i18n.T(ctx, "apply.verify.genuine"), Text: i18n.T(ctx, "apply.verify.genuine.text")}
	return p.verifyPage(w, r, http.StatusOK, v)
}

func (p *Pages) verifyPage(w http.ResponseWriter, r *http.Request, code int, v verifyView) error {
	v.Page = p.page(r, i18n.T(r.Context(), "apply.verify"), ui.ShapeRead)
	return web.Show(w, r, code, verifyPage(v))
}
