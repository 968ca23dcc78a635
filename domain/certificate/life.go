package certificate

import (
	"context"
	"net/http"
	"strconv"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// lifeView is the page of one certificate: its face, its versions, what was done to it and what may be done.
type lifeView struct {
	ui.Page
	Certificate
	Picture  ui.Certificate
	Today    calendar.Date
	Versions []Certificate
	Changes  []Change
	Offers   []Offer
	Now      []Deed
	Later    []Deed
	Case     string // address of its case, "" without one
	Renewal  Renewal
	Coming   *Coming
	Next     string // address of the case that makes the next version, "" without one
}

func lifePath(id int64) string  { return "/certificates/" + strconv.FormatInt(id, 10) + "/standing" }
func ownPath(root int64) string { return "/my/certificates/" + strconv.FormatInt(root, 10) }

// life loads the page of the version that counts of the certificate that id is a version of.
func (s *Service) life(tx *db.Tx, who auth.Actor, id int64, v *lifeView) error {
	one, err := find(tx, id)
	if err != nil {
		return err
	}
	if v.Certificate, err = s.current(tx, one.Root); err != nil {
		return err
	}
	if err := s.MayOpen(tx, who, v.ID); err != nil {
		return err
	}
	v.Today = calendar.DateOf(tx.Now())
	if s.Coming != nil {
		if v.Coming, err = s.Coming(tx, v.Root); err != nil {
			return err
		}
	}
	if v.Renewal, err = s.renewal(tx, v.Certificate); err != nil {
		return err
	}
	v.Versions, v.Changes, err = s.History(tx, v.Root)
	return err
}

// showLife is the page of a certificate for staff who may see its case.
func (s *Service) showLife(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	id, err := pathID(r, "file")
	if err != nil {
		return err
	}
	if who.Kind != auth.Staff {
		return fault.New(fault.Unknown, "certificate.unknown")
	}
	var v lifeView
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if err := s.life(tx, who, id, &v); err != nil || s.Deeds == nil {
			return err
		}
		v.Now, v.Later, err = s.Deeds(ctx, tx, who, v.Root)
		return err
	})
	if err != nil {
		return err
	}
	if v.Coming != nil && s.CaseHref != nil {
		v.Next = s.CaseHref(who, v.Coming.Case)
	}
	if v.Certificate.Case != 0 {
		if err := s.Saw(ctx, who, v.Certificate.Case); err != nil {
			return err
		}
		if s.CaseHref != nil {
			v.Case = s.CaseHref(who, v.Certificate.Case)
		}
	}
	v.Page, v.Picture = s.Frame(r, i18n.T(ctx, "certificate.life.title")), picture(r, v.Face)
	return web.Show(w, r, http.StatusOK, lifePage(v))
}

// showOwn is the page of a certificate for its holder, with what may be applied for.
func (s *Service) showOwn(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	var v lifeView
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if err := s.life(tx, who, id, &v); err != nil || s.Offers == nil || v.Status != Valid {
			return err
		}
		v.Offers, err = s.Offers(tx, v.Certificate)
		return err
	})
	if err != nil {
		return err
	}
	v.Page, v.Picture = s.Frame(r, i18n.T(ctx, "certificate.life.title")), picture(r, v.Face)
	return web.Show(w, r, http.StatusOK, ownPage(v))
}

// coming says which next version was granted and is being made, "" if none is.
func (v lifeView) coming(ctx context.Context) string {
	if v.Coming == nil {
		return ""
	}
	return i18n.T(ctx, "certificate.coming."+v.Coming.Effect, "day", v.Coming.Day.Words(ctx), "no", v.Coming.CaseNo)
}

// ending says by which day a renewal is to be asked for, "" where that is not near or there is none.
func (v lifeView) ending(ctx context.Context) string {
	if v.Coming != nil {
		return ""
	}
	return endingWords(ctx, v.Certificate, v.Renewal, v.Today)
}

// renewal is what the holder is told of the certificate's last day, the zero value before they are.
func (s *Service) renewal(tx *db.Tx, c Certificate) (Renewal, error) {
	if told, err := reminded(tx, c.Root, c.Until); err != nil || !told {
		return Renewal{}, err
	}
	return s.RenewBy(tx, c.Until)
}

func endingWords(ctx context.Context, c Certificate, r Renewal, today calendar.Date) string {
	text := "certificate.ending.text"
	switch {
	case r.By == 0 || c.StatusOn(today) != Valid:
		return ""
	case today > r.By && r.Late:
		text = "certificate.ending.late_deemed"
	case today > r.By:
		text = "certificate.ending.late"
	}
	return i18n.T(ctx, text, "day", c.Until.Words(ctx), "apply", r.By.Words(ctx))
}

// facts are what stands beside the face.
func (v lifeView) facts(ctx context.Context) []ui.Fact {
	facts := []ui.Fact{{Label: i18n.T(ctx, "certificate.number"), Value: v.ShownNumber(), Code: true}}
	if v.Identifier != "" {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.identifier"), Value: v.Identifier, Code: true})
	}
	facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.issuer"), Value: v.Certificate.Issuer})
	if v.Origin == MadeHere {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.validity"), Value: validWords(ctx, v.Until)})
	}
	if v.CaseNo != "" {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.case"), Value: v.CaseNo, Code: true, Href: v.Case})
	}
	return facts
}

// later says from when on something may be applied for that may not be yet.
func (o Offer) later(ctx context.Context) string {
	return i18n.T(ctx, "certificate.offer.from", "day", o.From.Words(ctx), "act", i18n.T(ctx, "certificate.offer."+o.Effect))
}

// history tells what was done, the newest first, down to the making of each version.
func (v lifeView) history(ctx context.Context) (all []ui.Moment) {
	changes := v.Changes
	for _, c := range v.Versions {
		for len(changes) > 0 && !changes[0].At.Before(c.MadeAt) {
			all = append(all, changes[0].moment(ctx))
			changes = changes[1:]
		}
		m := ui.Moment{Title: i18n.T(ctx, "certificate.version", "n", c.Version), When: calendar.Minute(c.MadeAt), Text: c.ItemName + "　" + c.CaseNo}
		if c.Origin == Imported {
			m.Title, m.Text = i18n.T(ctx, "certificate.version.imported"), ""
		} else {
			m.Links = []ui.Link{{Text: i18n.T(ctx, "certificate.pdf"), Href: filePath(c.ID)}}
		}
		all = append(all, m)
	}
	for _, x := range changes {
		all = append(all, x.moment(ctx))
	}
	return all
}

func (x Change) moment(ctx context.Context) ui.Moment {
	m := ui.Moment{Title: i18n.T(ctx, "certificate.act."+string(x.Act)), When: calendar.Minute(x.At), Text: x.Paper}
	if x.Until != 0 {
		m.Text = i18n.T(ctx, "certificate.act.until", "day", x.Until.Words(ctx)) + "　" + x.Paper
	}
	return m
}
