package app

import (
	"onedoor.app/domain/oversight"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// findings are what regulators of the sample city report.
var findings = []string{
	"已列入监管名录，明确监管责任人。", "已现场核查，经营条件与许可内容一致。", "已约谈负责人并告知监管要求，列入下季度抽查计划。",
}

// oversee lets the regulators answer what they were told of a grant: most receive it within days, and of those most report.
func (r *run) oversee() error {
	var tasks []oversight.Task
	if err := r.a.DB.Read(r.ctx, func(tx *db.Tx) (err error) { tasks, err = r.s.oversight.Of(tx, r.on.Case); return err }); err != nil {
		return err
	}
	for _, t := range tasks {
		who, ok := r.regulator(t.Unit)
		if !ok || r.rng.IntN(4) == 0 {
			continue
		}
		r.next(1+r.rng.IntN(3), 10)
		if _, err := r.s.oversight.Receive(r.ctx, who, "", t.ID); err != nil {
			return err
		}
		if r.rng.IntN(3) == 0 {
			continue
		}
		r.next(1+r.rng.IntN(5), 15)
		if _, err := r.s.oversight.Report(r.ctx, who, "", t.ID, pick(r.rng, findings)); err != nil {
			return err
		}
	}
	return nil
}

// regulator is somebody who works for a unit: whoever reviews there, else its chief.
func (r *run) regulator(unit string) (auth.Actor, bool) {
	for _, post := range []string{".rev", ".chief"} {
		if list := r.cast.holders[unit+post]; len(list) > 0 {
			return list[0], true
		}
	}
	return auth.Actor{}, false
}
