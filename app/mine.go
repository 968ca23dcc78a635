package app

import (
	"context"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/portal"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// mostMine is how many of the visitor's cases the home page shows.
const mostMine = 3

// mine are the applicant's newest live cases, as the home page shows them.
func (s *services) mine(ctx context.Context, who auth.Actor) (all []portal.Mine, err error) {
	err = s.base.DB.Read(ctx, func(tx *db.Tx) error {
		rows, _, err := s.cases.Recent(tx, who, cases.Filter{Live: true}, cases.Key{}, mostMine)
		if err != nil {
			return err
		}
		standings, err := s.cases.Standings(tx, rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			all = append(all, mineOf(ctx, row, standings[row.ID], calendar.DateOf(tx.Now())))
		}
		return nil
	})
	return all, err
}

func mineOf(ctx context.Context, row cases.Row, st cases.Standing, today calendar.Date) portal.Mine {
	m := portal.Mine{Title: row.ItemName, Href: "/my/cases/" + strconv.FormatInt(row.ID, 10), Note: show.State(ctx, row.State)}
	if row.State == cases.StateCorrecting {
		m.Tag = ui.Badge{Text: i18n.T(ctx, "app.mine.correct"), Tone: ui.ToneWarn}
	}
	if colour := row.Shown.LightOn(today); colour != cases.LightNone {
		m.Lamp, m.Light = show.Lamp(colour), show.Left(ctx, st.Light, true)
	}
	return m
}

// decisionsPage is how many grants a page shows.
const decisionsPage = 30

// decisions lists grants for everybody.
func (s *services) decisions(ctx context.Context, after string) (list []portal.Decision, next string, err error) {
	err = s.base.DB.Read(ctx, func(tx *db.Tx) error {
		rows, key, err := s.cases.Decisions(tx, cases.ParseKey(after), decisionsPage)
		if err != nil {
			return err
		}
		for _, g := range rows {
			list = append(list, portal.Decision{
				No: g.No, Item: g.ItemName, Holder: g.Holder, Body: g.Body, Day: calendar.DateOf(g.At).String(),
			})
		}
		next = key.String()
		return nil
	})
	return list, next, err
}
