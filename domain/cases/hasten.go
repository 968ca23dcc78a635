package cases

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Hasten urges whoever has an open step (催办): the window for the applicant, supervision, the head. They see it in their
// list and beside the step until it is done; one person urges a step once a day. Unlike a 督办单 it makes no paper. Faults:
// Forbidden for everybody else; cases.urged_today.
func (s *Service) Hasten(ctx context.Context, who auth.Actor, on On, task int64, words string) (Done, error) {
	words = strings.TrimSpace(words)
	return s.change(ctx, who, "hasten", on, []any{task, words}, func(ch *change) error {
		t, err := ch.task(task)
		if err != nil {
			return err
		}
		if err := s.may(ch.tx, who, mayHasten, ch.c, t.Post); err != nil {
			return err
		}
		if err := spoken(words).Err(); err != nil {
			return err
		}
		list, err := listUrgings(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		u := Urging{Token: t.Token, Staff: who.Staff, Day: today(ch.tx).String(), Name: who.Name, Unit: who.Unit, Words: words, At: ch.tx.Now()}
		if slices.ContainsFunc(list, func(o Urging) bool { return o.Token == u.Token && o.Staff == u.Staff && o.Day == u.Day }) {
			return fault.New(fault.Conflict, "cases.urged_today")
		}
		if err := insertUrging(ch.tx, ch.c.ID, u); err != nil {
			return err
		}
		return ch.do(move{
			act: "hasten", note: clip(t.Name + "：" + words), hidden: true,
			facts: map[string]any{"task": t.ID, "post": t.Post, "words": digestText(words)},
		})
	})
}

// MayHasten reports whether the actor may urge the steps of a case.
func (s *Service) MayHasten(tx *db.Tx, who auth.Actor, c *Case) bool {
	return s.may(tx, who, mayHasten, c, "") == nil
}

// MayHandOut reports whether the actor, as head, shares out steps that others have and mends what is stuck.
func (s *Service) MayHandOut(tx *db.Tx, who auth.Actor, c *Case) bool {
	return s.may(tx, who, mayHandOut, c, "") == nil
}
