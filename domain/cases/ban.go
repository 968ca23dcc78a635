package cases

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Bar is a ban that keeps a party from a licence, with the case that began it.
type Bar struct {
	Ban
	Case    int64
	No      string
	Article string // 78 or 79
}

// ban is the ban that the case began, if any.
func (m Matter) ban() (b Ban, article string, ok bool) {
	c := m.clock(ClockBan)
	if c == nil {
		return b, "", false
	}
	article = "78"
	if c.Begun == ActAnnul {
		article = "79"
	}
	return Ban{From: c.From, Until: c.Due}, article, true
}

// bannedUntil is the last day of the ban that the case began, as its row keeps it, "" for none.
func (m Matter) bannedUntil() string {
	if b, _, ok := m.ban(); ok {
		return b.Until.String()
	}
	return ""
}

// bars lists the bans on the case's party and licence that run today, begun by other cases, whichever item they were about
// (行政许可法 Art. 78, 79). A refusal that a ruling has set aside, so that the case was done again, bars nobody any more.
func (s *Service) bars(tx *db.Tx, c *Case) ([]Bar, error) {
	it, err := s.Catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	q, err := s.ofLicence(tx, it)
	if err != nil {
		return nil, err
	}
	q.and("c.party = " + q.place(c.Party))
	q.and("c.ban_until <> '' AND c.ban_until >= " + q.place(today(tx).String()))
	q.and("c.id <> " + q.place(c.ID))
	q.and("NOT EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = c.id AND t.act = '" + actContinued + "')")
	ids, err := db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT c.id FROM cases c WHERE `+q.text()+` ORDER BY c.ban_until DESC LIMIT 20`, q.args...)
	if err != nil {
		return nil, err
	}
	var all []Bar
	for _, id := range ids {
		other, err := findCase(tx, id)
		if err != nil {
			return nil, err
		}
		if b, article, ok := other.Matter.ban(); ok {
			all = append(all, Bar{Ban: b, Case: other.ID, No: other.No, Article: article})
		}
	}
	return all, nil
}

// bans are the bars as the law is told of them.
func bans(bars []Bar) (all []Ban) {
	for _, b := range bars {
		all = append(all, b.Ban)
	}
	return all
}

// known tells the law what it has to know besides the answers: of accepting, whether a ban runs (78, 79); of granting,
// what is left of a limited number and who is first (57). What it was told stays in the ledger, so that a replay hears the
// same. No certificate is issued again while its next version is being made. lock keeps others from deciding on the item until the unit of work ends.
func (s *Service) known(tx *db.Tx, c *Case, act Act, in *Input, lock bool) error {
	if act == ActAccept || act == ActNotAccept || act == ActGrantOnSpot {
		bars, err := s.bars(tx, c)
		if err != nil {
			return err
		}
		in.Bans = bans(bars)
	}
	if act == ActReissue {
		return s.noneComing(tx, c, lock)
	}
	if act == ActGrant || act == ActGrantOnSpot {
		if lock {
			if err := lockAbout(tx, c.Certificate); err != nil {
				return err
			}
		}
		return s.knownQuota(tx, c, in, lock)
	}
	return nil
}

// words puts what a refusal of the law rests on into its words, where the case alone does not show it.
func (s *Service) words(tx *db.Tx, c *Case, err error) error {
	switch fault.Code(err) {
	case "cases.law." + string(ReasonBanned):
		bars, wrong := s.bars(tx, c)
		if wrong != nil || len(bars) == 0 {
			return err
		}
		b := bars[0] // that which lasts longest
		return fault.New(fault.Conflict, "cases.banned."+b.Article, "no", b.No, "from", b.From.String(), "until", b.Until.String())
	case "cases.law." + string(ReasonMissingInput):
		if c.Matter.Terms.Kind == KindAward && !c.Matter.Publicised {
			return fault.New(fault.Conflict, "cases.publicity_owed")
		}
	case "cases.law." + string(ReasonNotCompetent):
		if c.Matter.Terms.FirstReview {
			return fault.New(fault.Conflict, "cases.first_review")
		}
	case "cases.law." + string(ReasonQuotaEmpty), "cases.law." + string(ReasonEarlierApplicant):
		l, wrong := s.limited(tx, c)
		if wrong != nil || l == nil {
			return err
		}
		if l.Left < 1 {
			return fault.New(fault.Conflict, "cases.quota_empty", "n", l.Number)
		}
		if first := l.first(); first != nil {
			return fault.New(fault.Conflict, "cases.earlier_applicant", "no", first.No, "left", l.Left)
		}
	}
	return err
}
