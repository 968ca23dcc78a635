package cases

import (
	"context"
	"maps"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Form is a procedure as a page asks for it.
type Form struct {
	*View
	Procedure Procedure
	Basis     string              // of the law's rule
	Options   map[string][]Option // of the answers that are chosen
	Values    map[string]string   // what can be filled in ahead
	Staff     []Candidate         // of the answers that name staff: whom to offer
	Why       error               // why it is not possible now; nil: it is
}

// FormOf prepares a procedure for whoever may do it. Faults: cases.act_unknown; cases.unknown for who may not see the
// case; Forbidden for whose business the procedure is not.
func (s *Service) FormOf(tx *db.Tx, who auth.Actor, id int64, act Act) (*Form, error) {
	p, ok := ProcedureOf(act)
	if !ok {
		return nil, fault.New(fault.Unknown, "cases.act_unknown")
	}
	v, err := s.View(tx, who, id)
	if err != nil {
		return nil, err
	}
	p = p.asking(v.Matter)
	f := &Form{View: v, Procedure: p, Basis: p.Rule().BasisOf(v.Matter.Terms.Kind), Options: map[string][]Option{}, Values: map[string]string{}}
	role, err := s.capacity(p, who, s.asks(tx, who, v.Case))
	if err != nil {
		if fault.Code(err) == "cases.not_yours" || !fault.Is(err, fault.Forbidden) {
			return nil, err
		}
		f.Why = err
		return f, nil
	}
	if f.Why = s.called(tx, who, v.Case, p, role); f.Why != nil && fault.Code(f.Why) == "internal" {
		return nil, f.Why
	}
	for _, a := range p.Asks {
		if a.Kind == AskStaff {
			f.Staff, err = s.Candidates(tx, v.Unit)
		} else {
			f.Options[a.Name], err = s.options(tx, who, v.Case, a)
		}
		if err != nil {
			return nil, err
		}
	}
	f.fillAhead(calendar.DateOf(tx.Now()))
	return f, nil
}

// fillAhead puts in what the case itself answers.
func (f *Form) fillAhead(today calendar.Date) {
	for _, a := range f.Procedure.Asks {
		switch {
		case a.Kind == AskNames && a.Name == "parties":
			f.Values[a.Name] = f.PartyName
		case a.Name == "receiver":
			f.Values[a.Name] = f.PartyName
		case a.chosen() && len(f.Options[a.Name]) == 1:
			f.Values[a.Name] = f.Options[a.Name][0].Value
		case a.Name == "notified":
			for _, t := range f.Trail { // newest first
				if t.Act == string(ActNotifyHearing) {
					f.Values[a.Name] = calendar.DateOf(t.At).String()
					break
				}
			}
		case a.Name == "day" && (f.Procedure.Act == ActServe || f.Procedure.Act == ActRemedyFiled):
			f.Values[a.Name] = today.String()
		}
	}
}

// Try says whether a procedure would be done with these answers, and why not, as Perform would. It changes nothing: a
// page asks "are you sure" only about what can be sent.
func (s *Service) Try(ctx context.Context, who auth.Actor, on On, act Act, values map[string]string) error {
	p, ok := ProcedureOf(act)
	if !ok {
		return fault.New(fault.Unknown, "cases.act_unknown")
	}
	return s.DB.Try(ctx, func(tx *db.Tx) error {
		ch, err := s.open(tx, who, on.Case)
		if err != nil {
			return err
		}
		if on.Version != 0 && on.Version != ch.c.Version {
			return fault.New(fault.Stale, "cases.stale")
		}
		if err := ch.fire(); err != nil {
			return err
		}
		return ch.perform(p, maps.Clone(values))
	})
}
