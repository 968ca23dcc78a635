package flow

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Submit hands the draft to approval with the reason for it. Findings are the Invalid fault
// flow.findings, a draft that says what the latest version says is the Conflict fault flow.same.
func (s *Service) Submit(ctx context.Context, who auth.Actor, key, id string, on int, reason string) error {
	reason, err := words(reason, "reason")
	if err != nil {
		return err
	}
	return s.act(ctx, who, Keep, "flow.submit", key, id, on, func(tx *db.Tx, d *Definition) (map[string]any, error) {
		if !d.State.Editable() {
			return nil, fault.New(fault.Conflict, "flow.submitted")
		}
		if err := s.ready(tx, d); err != nil {
			return nil, err
		}
		d.State, d.Reason, d.Remark = Submitted, reason, ""
		return map[string]any{"reason": reason}, insertEditor(tx, id, who.Staff)
	}, reason)
}

// ready refuses a draft that cannot be a version.
func (s *Service) ready(tx *db.Tx, d *Definition) error {
	_, wrong, err := s.Judge(tx, d)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, "flow.findings", "n", len(wrong))
	}
	versions, err := listVersions(tx, d.ID, 1)
	if err == nil && len(versions) > 0 && !versions[0].Withdrawn && versions[0].Hash == hashOf(d.Source) {
		err = fault.New(fault.Conflict, "flow.same")
	}
	return err
}

// Retract takes a submitted draft back, for whoever holds flow.keep.
func (s *Service) Retract(ctx context.Context, who auth.Actor, key, id string, on int) error {
	return s.act(ctx, who, Keep, "flow.retract", key, id, on, func(_ *db.Tx, d *Definition) (map[string]any, error) {
		if d.State != Submitted {
			return nil, fault.New(fault.Conflict, "flow.not_submitted")
		}
		d.State = Drafted
		return map[string]any{}, nil
	})
}

// Return sends a submitted draft back with words, for whoever holds flow.approve.
func (s *Service) Return(ctx context.Context, who auth.Actor, key, id string, on int, remark string) error {
	remark, err := words(remark, "remark")
	if err != nil {
		return err
	}
	return s.act(ctx, who, Approve, "flow.return", key, id, on, func(_ *db.Tx, d *Definition) (map[string]any, error) {
		if d.State != Submitted {
			return nil, fault.New(fault.Conflict, "flow.not_submitted")
		}
		d.State, d.Remark = Returned, remark
		return map[string]any{"remark": remark}, nil
	}, remark)
}

// ApproveDraft makes the submitted draft a version that is in force from a day, today or later, for
// whoever holds flow.approve and had no hand in it: else it is the Forbidden fault flow.own. What
// has become wrong since is the Invalid fault flow.findings.
func (s *Service) ApproveDraft(ctx context.Context, who auth.Actor, key, id string, on int, since calendar.Date) error {
	return s.act(ctx, who, Approve, "flow.approve", key, id, on, func(tx *db.Tx, d *Definition) (map[string]any, error) {
		if d.State != Submitted {
			return nil, fault.New(fault.Conflict, "flow.not_submitted")
		}
		own, err := isEditor(tx, id, who.Staff)
		if err != nil {
			return nil, err
		}
		if own {
			return nil, fault.New(fault.Forbidden, "flow.own")
		}
		today := calendar.DateOf(tx.Now())
		bad := fault.Fields{}
		bad.Need(since >= today && since <= today+mostAhead, "since", "flow.wrong.since")
		if err := bad.Err(); err != nil {
			return nil, err
		}
		if err := s.ready(tx, d); err != nil {
			return nil, err
		}
		v := Version{
			Definition: id, Number: d.Number + 1, Hash: hashOf(d.Source), Name: d.Name, Plan: d.Plan, Source: d.Source, Since: since,
			Reason: d.Reason, Author: d.Author, Approver: personOf(who), At: tx.Now(),
		}
		if err := insertVersion(tx, v); err != nil {
			return nil, err
		}
		d.State, d.Number = Approved, v.Number
		plan, err := json.Marshal(v.Plan)
		if err != nil {
			return nil, err
		}
		words := approvedWords{Name: v.Name, Plan: digestOf(string(plan)), Reason: v.Reason, Author: v.Author, Approver: v.Approver.Name, At: v.At.UnixMilli()}
		return map[string]any{"number": v.Number, "hash": v.Hash, "since": since.String(), "approver": who.Staff, "words": words}, removeEditors(tx, id)
	}, since)
}

// Withdraw lets no item take a version any more, with the reason, for whoever holds flow.keep:
// items that have it keep it until they are changed.
func (s *Service) Withdraw(ctx context.Context, who auth.Actor, key, id string, on, number int, why string) error {
	why, err := words(why, "why")
	if err != nil {
		return err
	}
	return s.act(ctx, who, Keep, "flow.withdraw", key, id, on, func(tx *db.Tx, _ *Definition) (map[string]any, error) {
		v, err := findVersion(tx, id, number)
		if err != nil {
			return nil, err
		}
		if v.Withdrawn {
			return nil, fault.New(fault.Conflict, "flow.withdrawn")
		}
		return map[string]any{"number": number, "why": why}, withdrawVersion(tx, id, number, why)
	}, number, why)
}

func words(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	bad := fault.Fields{}
	bad.Need(text != "" && utf8.RuneCountInString(text) <= mostWords, field, "flow.wrong.words")
	return text, bad.Err()
}

// MayApprove reports whether somebody may approve the draft of a definition as it stands.
func (s *Service) MayApprove(tx *db.Tx, who auth.Actor, d *Definition) (bool, error) {
	if !who.May(Approve) || d.State != Submitted {
		return false, nil
	}
	own, err := isEditor(tx, d.ID, who.Staff)
	return !own, err
}
