package cases

import (
	"context"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Division is a place to choose, with the names of what is around it.
type Division struct{ Code, Name string }

// Townships lists the counties of the served city and what is right below them,
// each after the name of its county: for choices of one field.
func (s *Service) Townships(tx *db.Tx) (list []Division, err error) {
	regions, err := s.Office.RegionsUnder(tx, s.Region, 3, 4)
	above := map[string]string{}
	for _, r := range regions { // a county comes before what is in it
		above[r.Code] = r.Name
		list = append(list, Division{r.Code, above[r.Parent] + r.Name})
	}
	return list, err
}

// Township reports whether a division is one of those that Townships lists.
func (s *Service) Township(tx *db.Tx, division string) (bool, error) {
	r, err := s.Office.Region(tx, division)
	if fault.Is(err, fault.Unknown) {
		return false, nil
	}
	return err == nil && (r.Level == 3 || r.Level == 4) && office.Within(division, s.Region), err
}

// Place is a division chosen step by step, from the served city down.
type Place struct {
	Code   string // of the smallest division that was chosen, "" for none
	Name   string // of all that were chosen, widest first
	Levels []PlaceLevel
	Whole  bool // there is nothing smaller to choose
}

// PlaceLevel is one step of the choice.
type PlaceLevel struct {
	Level   int // as office.Region says
	Options []office.Region
	Chosen  string // "" while open
}

// Place follows the codes that were picked down from the served city, whatever
// their order: a code that is not below the one before it is passed over, and
// the choice ends there, as it does at a city whose divisions are not known.
func (s *Service) Place(tx *db.Tx, picked ...string) (Place, error) {
	var p Place
	at := s.Region + strings.Repeat("0", max(0, 12-len(s.Region)))
	for {
		options, err := s.Office.Regions(tx, at)
		if err != nil {
			return Place{}, err
		}
		if len(options) == 0 {
			p.Whole = true
			return p, nil
		}
		level := PlaceLevel{Level: options[0].Level, Options: options}
		for _, o := range options {
			for _, code := range picked {
				if o.Code == code {
					level.Chosen, p.Code = code, code
					p.Name += o.Name
				}
			}
		}
		p.Levels = append(p.Levels, level)
		if level.Chosen == "" {
			return p, nil
		}
		at = level.Chosen
	}
}

// PlaceOf is the choice that a division stands for.
func (s *Service) PlaceOf(tx *db.Tx, division string) (Place, error) {
	path, err := s.Office.RegionPath(tx, division)
	if err != nil {
		return Place{}, err
	}
	var picked []string
	for _, r := range path {
		picked = append(picked, r.Code)
	}
	return s.Place(tx, picked...)
}

// Located reports whether some step of an application belongs to the township
// where the applicant lives, so that it has to be known.
func Located(it *catalog.Item, need catalog.Need) bool {
	for _, st := range it.Steps {
		post := st.Post
		if given, ok := need.Posts[st.ID]; ok {
			post = given
		}
		if runs, optional := need.Steps[st.ID]; strings.HasPrefix(post, "@") && (!optional || runs) {
			return true
		}
	}
	return false
}

// actPlace corrects where the applicant lives. It is none of the law's acts: it
// says to which township the case goes.
const actPlace = "place"

// placed is what the ledger keeps of it: a keyed digest, see Service.keyed.
type placed struct {
	Place string `json:"place"`
}

// Locate corrects at the window where the applicant lives, while nothing is
// accepted yet: later, steps wait at the township already. Faults:
// cases.place_fixed, and party.division for what is no division of the city.
func (s *Service) Locate(ctx context.Context, who auth.Actor, on On, division string) (Done, error) {
	return s.change(ctx, who, "place", on, division, func(ch *change) error {
		if err := s.may(ch.tx, who, mayAccept, ch.c, ""); err != nil {
			return err
		}
		if st := ch.c.State(); st != StateReceived && st != StateCorrecting {
			return fault.New(fault.Conflict, "cases.place_fixed")
		}
		place, err := s.PlaceOf(ch.tx, division)
		if err != nil {
			return err
		}
		if place.Code != division || division == "" {
			return fault.Fields{"place": "party.division"}.Err()
		}
		if ch.c.Division == division {
			return nil
		}
		ch.c.Division = division
		return ch.do(move{act: actPlace, facts: placed{ch.keyed("place", division)}})
	})
}

// checkPlace says what keeps a draft from going to a township, "" if nothing
// does. Where the divisions of the city are not known, none is asked for.
func (s *Service) checkPlace(tx *db.Tx, d Draft) (code string, err error) {
	place, err := s.PlaceOf(tx, d.Division)
	switch {
	case err != nil || len(place.Levels) == 0 || place.Whole:
		return "", err
	case place.Code == "":
		return "cases.place_missing", nil
	default:
		return "cases.place_more", nil
	}
}
