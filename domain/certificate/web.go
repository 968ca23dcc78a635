package certificate

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rsc.io/qr"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// queueView is the list of cases that wait for a certificate.
type queueView struct {
	ui.Page
	Groups []ui.Group
	Next   string // address of the following cases, "" at the end
	Paged  bool
	Count  int
}

func (s *Service) queue(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // nonsense means the beginning
	list, today, next, err := s.waits(ctx, auth.From(ctx), after)
	if err != nil {
		return err
	}
	v := queueView{Page: s.Frame(r, i18n.T(ctx, "certificate.queue.title")), Paged: after != 0, Count: len(list)}
	for _, lamp := range []ui.Lamp{ui.Red, ui.Yellow, ui.Blue} {
		g := ui.Group{Lamp: lamp, Words: i18n.T(ctx, "certificate.lamp."+string(lamp))}
		for _, c := range list {
			if lampOf(c.Left, today > c.Due) == lamp {
				g.Rows = append(g.Rows, ui.Row{
					Lamp: lamp, Words: leftWords(r, c.Left, today > c.Due), Title: c.Holder + "　" + c.ItemName, No: c.CaseNo,
					Href: issuePath(c.Case), Step: c.Result, Due: c.Due.Near(ctx, today),
					From: i18n.T(ctx, "certificate.decided.on", "day", calendar.DateOf(c.Decided).Near(ctx, today)),
				})
			}
		}
		if len(g.Rows) > 0 {
			g.Note = i18n.T(ctx, "certificate.queue.count", "n", len(g.Rows))
			v.Groups = append(v.Groups, g)
		}
	}
	if next != 0 {
		v.Next = "/issue?after=" + strconv.FormatInt(next, 10)
	}
	return web.Show(w, r, http.StatusOK, queuePage(v))
}

// lampOf is the light for the working days left; past says that the last day has
// passed, which on a rest day after it they do not tell.
func lampOf(left int, past bool) ui.Lamp {
	switch {
	case past:
		return ui.Red
	case left <= soonDays:
		return ui.Yellow
	}
	return ui.Blue
}

func leftWords(r *http.Request, left int, past bool) string {
	switch {
	case left < 0:
		return i18n.T(r.Context(), "certificate.late", "n", -left)
	case past:
		return i18n.T(r.Context(), "certificate.late.rest")
	case left == 0:
		return i18n.T(r.Context(), "certificate.left.today")
	}
	return i18n.T(r.Context(), "certificate.left", "n", left)
}

func issuePath(caseID int64) string  { return "/issue/" + strconv.FormatInt(caseID, 10) }
func filePath(id int64) string       { return "/certificates/" + strconv.FormatInt(id, 10) + ".pdf" }
func verifyPath(token string) string { return "/verify/" + url.PathEscape(token) }
func pathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.Unknown, "certificate.unknown")
	}
	return id, nil
}

// issueView is the page of one granted case.
type issueView struct {
	ui.Page
	Preview
	Picture ui.Certificate
	Case    string // address of the case's own page
	Key     string
	Until   string
	Errors  map[string]string
	Problem string
}

// letters are the characters that the fonts lack, each with its code point.
func (v issueView) letters() string {
	var list []string
	for _, r := range v.Lacking {
		list = append(list, fmt.Sprintf("%c（%U）", r, r))
	}
	return strings.Join(list, " ")
}

func (s *Service) showGranted(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "case")
	if err != nil {
		return err
	}
	return s.issuePage(w, r, id, rand.Text(), "", nil)
}

// issuePage shows a granted case; failed is what kept the certificate from being
// made, nil at first.
func (s *Service) issuePage(w http.ResponseWriter, r *http.Request, id int64, key, until string, failed error) error {
	ctx := r.Context()
	p, err := s.Preview(ctx, auth.From(ctx), id)
	if err != nil {
		return err
	}
	if err := s.Saw(ctx, auth.From(ctx), id); err != nil {
		return err
	}
	v := issueView{Page: s.Frame(r, i18n.T(ctx, "certificate.issue.title")), Preview: p, Key: key, Until: until}
	v.Picture = picture(r, p.Face)
	if s.CaseHref != nil {
		v.Case = s.CaseHref(auth.From(r.Context()), id)
	}
	code := http.StatusOK
	if failed != nil {
		code = web.Status(failed)
		v.Wrong = true
		if v.Errors = web.FieldWords(ctx, failed); len(v.Errors) == 0 {
			v.Problem = web.Words(ctx, failed)
		}
	}
	return web.Show(w, r, code, issuePage(v))
}

// postMake makes the certificate and shows it.
func (s *Service) postMake(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "case")
	if err != nil {
		return err
	}
	if err := web.Form(r); err != nil {
		return err
	}
	ctx := r.Context()
	version, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	typed := strings.TrimSpace(r.PostForm.Get("until"))
	var until calendar.Date
	if typed != "" {
		if until, err = calendar.ParseDate(typed); err != nil {
			err = &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"until": "certificate.until_form"}}
		}
	}
	var c Certificate
	if err == nil {
		c, err = s.MakeUntil(ctx, auth.From(ctx), id, version, until, r.PostForm.Get("_key"))
	}
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
			return s.issuePage(w, r, id, rand.Text(), typed, err)
		}
		return err
	}
	if s.Flash != nil {
		s.Flash(ctx, i18n.T(ctx, "certificate.made.flash", "number", c.Number))
	}
	return web.SeeOther(w, r, issuePath(id))
}

// picture is a face as the page draws it.
func picture(r *http.Request, f Face) ui.Certificate {
	c := ui.Certificate{
		Title: f.Title, Unit: f.Issuer, Date: f.Date,
		Seal: ui.Stamped{ID: "arc", Unit: f.Seal, Purpose: sealFoot, Mark: sealMark},
	}
	for _, row := range f.Rows {
		c.Rows = append(c.Rows, ui.Fact{Label: row.Label, Value: row.Value, Code: row.Key == "number" || row.Key == "holder_number"})
	}
	if f.URL != "" {
		if code, err := qr.Encode(f.URL, qr.M); err == nil {
			c.Code = &ui.Code{Bits: code, Size: code.Size, Label: i18n.T(r.Context(), "certificate.code")}
		}
	}
	return c
}

// mineView is an applicant's certificates.
type mineView struct {
	ui.Page
	Groups []mineGroup
	Today  calendar.Date
	Pager  ui.More
}

// mineGroup is the certificates that stand alike, the newest first.
type mineGroup struct {
	Key  string // ending, valid, suspended or over
	List []mine
}

// mine is one certificate of an applicant, with what may be done about it.
type mine struct {
	Certificate
	Renewal Renewal // of one that ends soon
	Offers  []Offer
}

// soonEnds is how many days before its last one a certificate counts as one that ends soon.
const soonEnds = 60

// standing is the group of a certificate.
func (m mine) standing(today calendar.Date) string {
	switch status := m.StatusOn(today); {
	case status == Suspended:
		return "suspended"
	case status != Valid:
		return "over"
	case m.Renewal.By != 0, m.Until != 0 && m.Until-today <= soonEnds:
		return "ending"
	default:
		return "valid"
	}
}

// next says what the holder can do where nothing can be applied for here.
func (m mine) next(ctx context.Context, today calendar.Date) string {
	switch status := m.StatusOn(today); {
	case status == Suspended, status != Valid:
		return i18n.T(ctx, "certificate.mine.next."+string(status))
	case m.Origin == Imported:
		return i18n.T(ctx, "certificate.imported")
	case len(m.Offers) == 0:
		return i18n.T(ctx, "certificate.offers.none")
	default:
		return ""
	}
}

// again leads to applying anew for what has ended, "" for what has not.
func (m mine) again(today calendar.Date) string {
	if s := m.StatusOn(today); s == Valid || s == Suspended || m.ItemName == "" {
		return ""
	}
	return "/items?q=" + url.QueryEscape(m.ItemName)
}

// grouped puts the certificates into their groups: what asks for something first.
func grouped(all []mine, today calendar.Date) (groups []mineGroup) {
	slices.SortStableFunc(all, func(a, b mine) int { return b.MadeAt.Compare(a.MadeAt) })
	for _, key := range []string{"ending", "valid", "suspended", "over"} {
		g := mineGroup{Key: key}
		for _, m := range all {
			if m.standing(today) == key {
				g.List = append(g.List, m)
			}
		}
		if len(g.List) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (s *Service) mine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := mineView{Page: s.Frame(r, i18n.T(ctx, "certificate.mine.title"))}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Today = calendar.DateOf(tx.Now())
		who := auth.From(ctx)
		all, next, err := s.own(tx, who, v.Today, placeOf(r.URL.Query().Get("after")))
		if err != nil {
			return err
		}
		if r.URL.Query().Get("after") != "" {
			v.Pager.First, v.Pager.FirstHref = i18n.T(ctx, "certificate.mine.first"), "/my/certificates"
		}
		if next != (place{}) {
			v.Pager.Text = i18n.T(ctx, "certificate.mine.more", "n", ownPerPage)
			v.Pager.Href = "/my/certificates?" + url.Values{"after": {next.text()}}.Encode()
		}
		var own []mine
		for _, c := range all {
			m := mine{Certificate: c}
			if m.Renewal, err = s.renewal(tx, c); err != nil {
				return err
			}
			if s.Offers != nil && c.StatusOn(v.Today) == Valid && c.Origin == MadeHere {
				if m.Offers, err = s.Offers(tx, c); err != nil {
					return err
				}
			}
			own = append(own, m)
		}
		v.Groups = grouped(own, v.Today)
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, minePage(v))
}

// ownPerPage is how many certificates a holder sees at once.
const ownPerPage = 20

// own is one page of what concerns an applicant, after a place, and the place after which the next begins, if there is one.
// Of an agent for some items others are passed over.
func (s *Service) own(tx *db.Tx, who auth.Actor, today calendar.Date, after place) (list []Certificate, next place, err error) {
	last := place{}
	for {
		found, places, err := listOwn(tx, who.Principal(), today, after, ownPerPage+1)
		if err != nil {
			return nil, next, err
		}
		for i, c := range found {
			after = places[i]
			if err := s.unseal(&c); err != nil {
				return nil, next, err
			}
			ours, err := s.concerns(tx, who, c)
			switch {
			case err != nil:
				return nil, next, err
			case !ours:
				continue
			case len(list) == ownPerPage: // there is one more
				return list, last, nil
			}
			list, last = append(list, c), after
		}
		if len(found) <= ownPerPage {
			return list, next, nil
		}
	}
}

// text is a place as an address carries it; placeOf reads it, nonsense as the beginning.
func (p place) text() string { return p.Standing + "." + strconv.FormatInt(-p.ID, 10) }

func placeOf(text string) place {
	standing, number, _ := strings.Cut(text, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return place{}
	}
	return place{standing, -id}
}

// download sends the file of a certificate: /certificates/123.pdf.
func (s *Service) download(w http.ResponseWriter, r *http.Request) error {
	text, isPDF := strings.CutSuffix(r.PathValue("file"), ".pdf")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isPDF {
		return fault.New(fault.Unknown, "certificate.unknown")
	}
	ctx := r.Context()
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.MayOpen(tx, auth.From(ctx), id) }); err != nil {
		return err
	}
	c, body, err := s.Open(ctx, id)
	if err != nil {
		return err
	}
	defer body.Close()
	if c.Case != 0 {
		if err := s.Saw(ctx, auth.From(ctx), c.Case); err != nil {
			return err
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.FormatInt(c.Size, 10))
	h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s.pdf"`, c.Number))
	h.Set("Cache-Control", "private, no-store")
	_, err = io.Copy(w, body)
	return err
}
