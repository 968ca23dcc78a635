package flow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// SaveDrawing keeps the draft as it was drawn, whatever is wrong with it, with its diagram; on is
// the lock of what was looked at, and another one is the Stale fault flow.stale. A drawing that a
// list of steps can say stays one, see PlanOf. What is no drawing is the Invalid fault
// flow.draw.unreadable.file, a process under another id flow.draw.id, and a draft that is with the
// approver the Conflict fault flow.submitted. What it returns is how the draft stood when it was
// kept, the same each time under one key. Needs flow.keep.
func (s *Service) SaveDrawing(ctx context.Context, who auth.Actor, key, id string, on int, source []byte) (Kept, error) {
	def, err := readDrawn(source)
	if err != nil {
		return Kept{}, err
	}
	return s.write(ctx, who, "flow.draw", key, id, on, func(_ *db.Tx, d *Definition) error {
		return d.take(def, source)
	}, string(source))
}

// readDrawn compiles what was drawn; nil where it cannot be executed as it stands.
func readDrawn(source []byte) (*workflow.Def, error) {
	if len(source) > mostSource {
		return nil, fault.New(fault.TooLarge, "flow.import.large")
	}
	if !utf8.Valid(source) || strings.Contains(string(source), "\x00") {
		return nil, fault.New(fault.Invalid, "flow.draw.unreadable.file")
	}
	def, err := workflow.Compile(source)
	refused, ok := errors.AsType[*workflow.CompileError](err)
	if ok && slices.ContainsFunc(refused.Problems, func(p workflow.Problem) bool { return p.Fault == workflow.FaultFile }) {
		return nil, fault.New(fault.Invalid, "flow.draw.unreadable.file")
	}
	return def, nil
}

// take makes a drawing the draft, as a list of steps too where it is one.
func (d *Definition) take(def *workflow.Def, source []byte) error {
	d.Source, d.Plan = source, nil
	if def == nil {
		return nil
	}
	if def.ID() != d.ID {
		return fault.New(fault.Invalid, "flow.draw.id")
	}
	if name := strings.TrimSpace(def.Name()); name != "" && utf8.RuneCountInString(name) <= mostName {
		d.Name = name
	}
	if plan, ok := PlanOf(def); ok {
		d.Plan = plan
	}
	return nil
}

// JudgeDrawing says what is wrong with a drawing as Judge would if it were the draft of a
// definition, and whether a list of steps could say it. It changes nothing.
func (s *Service) JudgeDrawing(tx *db.Tx, id string, source []byte) (all []Finding, listed bool, err error) {
	d, err := find(tx, id, "")
	if err != nil {
		return nil, false, err
	}
	def, err := readDrawn(source)
	if err != nil {
		return nil, false, err
	}
	if def != nil && def.ID() != d.ID {
		return []Finding{{Code: "flow.finding.id"}}, false, nil
	}
	if err := d.take(def, source); err != nil {
		return nil, false, err
	}
	_, all, err = s.Judge(tx, d)
	return all, d.Plan != nil, err
}
