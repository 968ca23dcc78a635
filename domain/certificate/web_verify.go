package certificate

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// askView is the page that asks for a number or a file; Found is the calm answer
// when there is nothing to show.
type askView struct {
	ui.Page
	Number string
	Found  *ui.Finding
	Error  string // of the number
	NoFile string // of the file
}

// answerView is what was found about a certificate.
type answerView struct {
	ui.Page
	Verdict
	Finding ui.Finding
	Picture ui.Certificate
	File    bool   // a file was compared
	Own     string // the file, for whoever holds it
	Newer   string // where its holder finds the version that took its place
}

// ask shows the form, or answers for ?number=.
func (s *Service) ask(w http.ResponseWriter, r *http.Request) error {
	number := strings.TrimSpace(r.URL.Query().Get("number"))
	if number == "" {
		return s.askPage(w, r, http.StatusOK, askView{})
	}
	if len(number) > 200 {
		number = number[:200]
	}
	if err := s.slowDown(r); err != nil {
		return err
	}
	v, err := s.VerifyNumber(r.Context(), number)
	switch {
	case fault.Is(err, fault.Invalid):
		return s.askPage(w, r, http.StatusUnprocessableEntity, askView{Number: number, Error: web.Words(r.Context(), err)})
	case fault.Is(err, fault.Unknown):
		return s.askPage(w, r, http.StatusNotFound, askView{Number: number, Found: nothing(r, err)})
	case err != nil:
		return err
	}
	return s.answerPage(w, r, v, false)
}

// answer is where the code on a certificate leads.
func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	v, err := s.VerifyToken(r.Context(), r.PathValue("token"))
	if fault.Is(err, fault.Unknown) {
		return s.askPage(w, r, http.StatusNotFound, askView{Found: nothing(r, err)})
	}
	if err != nil {
		return err
	}
	return s.answerPage(w, r, v, false)
}

// compare tells whether an uploaded file is one that was made here.
func (s *Service) compare(w http.ResponseWriter, r *http.Request) error {
	if err := s.slowDown(r); err != nil {
		return err
	}
	file, err := uploaded(r)
	if err != nil {
		return s.compareFailed(w, r, err)
	}
	v, err := s.VerifyFile(r.Context(), file)
	if err != nil {
		return s.compareFailed(w, r, err)
	}
	return s.answerPage(w, r, v, true)
}

func (s *Service) compareFailed(w http.ResponseWriter, r *http.Request, err error) error {
	switch {
	case fault.Is(err, fault.Invalid):
		return s.askPage(w, r, http.StatusUnprocessableEntity, askView{NoFile: web.Words(r.Context(), err)})
	case fault.Is(err, fault.Unknown):
		return s.askPage(w, r, http.StatusNotFound, askView{Found: nothing(r, err)})
	}
	return err
}

// uploaded returns the part "file" of a posted form, unread.
func uploaded(r *http.Request) (*multipart.Part, error) {
	missing := fault.New(fault.Invalid, "certificate.file_missing")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, missing
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, missing
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() == "file" {
			return part, nil
		}
	}
}

// nothing is the answer for what is not in the register.
func nothing(r *http.Request, err error) *ui.Finding {
	f := ui.Finding{Tone: ui.ToneWarn, Title: i18n.T(r.Context(), "certificate.nothing.title"), Text: web.Words(r.Context(), err)}
	if fault.Code(err) == "certificate.file_unknown" {
		f.Tone, f.Title = ui.ToneBad, i18n.T(r.Context(), "certificate.doubt.title")
	}
	return &f
}

func (s *Service) askPage(w http.ResponseWriter, r *http.Request, code int, v askView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "certificate.verify.title"))
	v.Wrong = v.Error != "" || v.NoFile != ""
	return web.Show(w, r, code, askPage(v))
}

func (s *Service) answerPage(w http.ResponseWriter, r *http.Request, found Verdict, file bool) error {
	ctx := r.Context()
	v := answerView{Verdict: found, Finding: found.finding(r), Picture: picture(r, found.Face), File: file}
	v.Page = s.Frame(r, v.Finding.Title)
	who := auth.From(ctx)
	if c := found.certificate; who.Kind == auth.Applicant && (c.Party == who.Party || c.Party == who.For && len(who.Items) == 0) {
		v.Own = filePath(c.ID)
		if c.Status == Replaced {
			v.Newer = ownPath(c.Root)
		}
	}
	return web.Show(w, r, http.StatusOK, answerPage(v))
}

// finding says the answer before anything else.
func (v Verdict) finding(r *http.Request) ui.Finding {
	ctx := r.Context()
	switch {
	case !v.Genuine:
		return ui.Finding{Tone: ui.ToneBad, Title: i18n.T(ctx, "certificate.doubt.title"), Text: i18n.T(ctx, "certificate.doubt.text")}
	case v.Status == Valid:
		return ui.Finding{Tone: ui.ToneGood, Title: i18n.T(ctx, "certificate.genuine.title"),
			Text: i18n.T(ctx, "certificate.genuine.text", "name", v.Name, "issuer", v.Issuer, "valid", validWords(ctx, v.Until))}
	case v.Status == Expired:
		return ui.Finding{Tone: ui.ToneWarn, Title: i18n.T(ctx, "certificate.expired.title"),
			Text: i18n.T(ctx, "certificate.expired.text", "name", v.Name, "issuer", v.Issuer, "day", v.Until.Words(ctx))}
	}
	status := statusWords(ctx, v.Status)
	if !v.Since.IsZero() {
		return ui.Finding{Tone: ui.ToneWarn, Title: i18n.T(ctx, "certificate.ended.title", "status", status),
			Text: i18n.T(ctx, "certificate.ended.since", "name", v.Name, "issuer", v.Issuer, "status", status, "day", calendar.DateOf(v.Since).Words(ctx))}
	}
	return ui.Finding{Tone: ui.ToneWarn, Title: i18n.T(ctx, "certificate.ended.title", "status", status),
		Text: i18n.T(ctx, "certificate.ended.text", "name", v.Name, "issuer", v.Issuer, "status", status)}
}

// askPace is how often one address may ask about numbers and files: enough for a
// hall that checks papers behind one address, too slow to try numbers out. The
// code on a certificate cannot be guessed and may be followed at any pace.
var askPace = web.Pace{Burst: 40, Every: 2 * time.Second}

// slowDown turns away an address that asks too often.
func (s *Service) slowDown(r *http.Request) error {
	if !s.callers.May(web.Client(r), askPace, s.DB.Now()) {
		return fault.New(fault.TooMany, "certificate.too_often")
	}
	return nil
}
