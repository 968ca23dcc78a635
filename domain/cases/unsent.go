package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Remind0 begins the names of the entries that tell how an applicant was reminded to hand in what they uploaded. They
// are none of the law's acts: nothing follows from them but that the applicant can read them.
const Remind0 = "remind_"

// RemindWays is how the window may remind: by telephone, in person, or by a word on the applicant's page of the case.
var RemindWays = []string{"phone", "person", "page"}

// RemindUnsent keeps that the window reminded the applicant of what was uploaded and not handed in (提醒提交). Faults:
// Forbidden for who is not at the window; cases.nothing_unsent where nothing waits; cases.ask_choice for an unknown way.
func (s *Service) RemindUnsent(ctx context.Context, who auth.Actor, on On, way, note string) (Done, error) {
	note = strings.TrimSpace(note)
	return s.change(ctx, who, "remind", on, []any{way, note}, func(ch *change) error {
		if err := s.may(ch.tx, who, maySupply, ch.c, ""); err != nil {
			return err
		}
		if who.Kind != auth.Staff {
			return fault.New(fault.Forbidden, "cases.not_yours")
		}
		bad := fault.Fields{}
		bad.Need(slices.Contains(RemindWays, way), "way", "cases.ask_choice")
		bad.Need(len([]rune(note)) <= 200, "note", "cases.ask_long")
		if err := bad.Err(); err != nil {
			return err
		}
		list, err := listMaterials(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, Material.Unsent) {
			return fault.New(fault.Conflict, "cases.nothing_unsent")
		}
		return ch.do(move{act: Remind0 + way, note: note})
	})
}

// Unsent reports whether the applicant uploaded a file for the material and has not handed it in.
func (m Material) Unsent() bool {
	return slices.ContainsFunc(m.Files, func(f File) bool { return !f.Handed() && !f.Replaced })
}

// Handed reports whether a file of the material that counts was handed in, or scanned at the window.
func (m Material) Handed() bool {
	return len(m.InForce()) > 0
}

// InForce are the files of the material that were handed in, or scanned at the window, and that nothing has replaced:
// those by which it is judged.
func (m Material) InForce() (list []File) {
	for _, f := range m.Files {
		if f.Handed() && !f.Replaced {
			list = append(list, f)
		}
	}
	return list
}

// Handed reports whether the file left the hands of the applicant; the window's own scans were never in them.
func (f File) Handed() bool { return !f.Pending || f.Scanned }

// handedBy are the files from a round on with which a material comes in when who hands it in: the window takes in what
// it scanned itself, and never what the applicant has uploaded and not handed in.
func (m Material) handedBy(who auth.Actor, round int) []File {
	return slices.DeleteFunc(filesOf([]Material{m}, round), func(f File) bool {
		return who.Kind == auth.Staff && !f.Handed()
	})
}

// Unsent lists the materials of which the applicant uploaded a file and has not handed it in.
func (v *View) Unsent() (list []Material) {
	for _, m := range v.Materials {
		if m.Unsent() {
			list = append(list, m)
		}
	}
	return list
}

// Reminded is the newest reminder since the last file was uploaded, nil if there was none.
func (v *View) Reminded() *Trail {
	var last time.Time
	for _, m := range v.Unsent() {
		for _, f := range m.Files {
			if f.Pending && f.At.After(last) {
				last = f.At
			}
		}
	}
	for i, t := range v.Trail { // newest first
		if strings.HasPrefix(t.Act, Remind0) && !t.At.Before(last) {
			return &v.Trail[i]
		}
	}
	return nil
}

// Unsent is what was uploaded to a case and not handed in.
type Unsent struct {
	Files    int       // of the applicant
	Scans    int       // made at the window, which may take them in
	Last     time.Time // when the last of them came
	Reminded time.Time // when the applicant was reminded since; zero: not yet
}

// Unsent says of each row what was uploaded and not handed in.
func (s *Service) Unsent(tx *db.Tx, rows []Row) (map[int64]Unsent, error) {
	out := map[int64]Unsent{}
	if len(rows) == 0 {
		return out, nil
	}
	q, ids := &query{}, make([]string, len(rows))
	for i, r := range rows {
		ids[i] = q.place(r.ID)
	}
	var acts []string
	for _, way := range RemindWays {
		acts = append(acts, q.place(Remind0+way))
	}
	type row struct {
		id, files int64
		Unsent
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.files, &r.Last, &r.Scans, &r.Reminded} },
		`SELECT f.case_id, COUNT(*), MAX(f.at), SUM(CASE WHEN EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = f.case_id
			AND t.actor = f.giver AND t.unit <> '') THEN 1 ELSE 0 END),
		COALESCE((SELECT MAX(t.at) FROM cases_trail t WHERE t.case_id = f.case_id AND t.act IN (`+strings.Join(acts, ", ")+`)), 0)
		FROM cases_file f WHERE f.pending AND NOT f.replaced AND f.case_id IN (`+strings.Join(ids, ", ")+`) GROUP BY f.case_id`, q.args...)
	for _, r := range list {
		w := r.Unsent
		w.Files = int(r.files) - w.Scans
		if w.Reminded.Before(w.Last) {
			w.Reminded = time.Time{}
		}
		out[r.id] = w
	}
	return out, err
}
