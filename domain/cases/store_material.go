package cases

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

const selectMaterial = `SELECT key, position, name, need, source, proof, verdict, reason, due, judge, at, found, fit_by, fit_at, points
	FROM cases_material`

func materialColumns(m *Material) []any {
	return []any{&m.Key, &m.Position, &m.Name, &m.Need, &m.Source, &m.Proof, &m.Verdict, &m.Reason, &m.Due, &m.Judge, &m.At, &m.Found,
		&m.FitBy, &m.FitAt, db.JSON(&m.Points)}
}

// firstEntry is the entry of a case's ledger that says how its materials came.
const firstEntry = 1

func insertMaterial(tx *db.Tx, caseID int64, m Material) error {
	return tx.Queue(`INSERT INTO cases_material (case_id, key, position, name, need, source, proof, verdict, reason, due, judge, at, found, points)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, caseID, m.Key, m.Position, m.Name, string(m.Need),
		m.Source, m.Proof, string(m.Verdict), m.Reason, m.Due, m.Judge, m.At, firstEntry, db.JSON(m.Points))
}

func changeMaterial(tx *db.Tx, caseID int64, m Material) error {
	return tx.ExecOne(`UPDATE cases_material SET source = $1, proof = $2, verdict = $3, reason = $4, due = $5, judge = $6, at = $7,
		found = $8, fit_by = $9, fit_at = $10, points = $11 WHERE case_id = $12 AND key = $13`, m.Source, m.Proof, string(m.Verdict), m.Reason, m.Due,
		m.Judge, m.At, m.Found, m.FitBy, m.FitAt, db.JSON(m.Points), caseID, m.Key)
}

func findMaterial(tx *db.Tx, caseID int64, key string) (m Material, err error) {
	if err = tx.One(selectMaterial+` WHERE case_id = $1 AND key = $2`, []any{caseID, key}, materialColumns(&m)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.material_unknown")
	}
	return m, err
}

// listMaterials returns the materials of a case with the files in force.
func listMaterials(tx *db.Tx, caseID int64) ([]Material, error) {
	list, err := db.All(tx, materialColumns, selectMaterial+` WHERE case_id = $1 ORDER BY position`, caseID)
	if err != nil {
		return nil, err
	}
	files, err := listFiles(tx, "case_id", caseID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, f := range files {
			if f.Material == list[i].Key {
				list[i].Files = append(list[i].Files, f)
			}
		}
	}
	return list, nil
}

const selectFile = `SELECT id, case_id, draft_id, material, name, media, size, blob, giver, at, round, replaced, pending, promises,
	pending AND EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = cases_file.case_id AND t.actor = cases_file.giver AND t.unit <> '')
	FROM cases_file`

func fileColumns(f *File) []any {
	return []any{
		&f.ID, &f.Case, &f.Draft, &f.Material, &f.Name, &f.Media, &f.Size, &f.Blob, &f.Giver, &f.At, &f.Round, &f.Replaced,
		&f.Pending, db.JSON(&f.Promises), &f.Scanned,
	}
}

func insertFile(tx *db.Tx, f File) error {
	return tx.Exec(`INSERT INTO cases_file (id, case_id, draft_id, material, name, media, size, blob, giver, at, round, replaced,
		pending, promises) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, f.ID, f.Case, f.Draft, f.Material, f.Name, f.Media,
		f.Size, f.Blob, f.Giver, f.At, f.Round, f.Replaced, f.Pending, db.JSON(f.Promises))
}

// listFiles returns the files of a draft or case; column is draft_id or case_id.
func listFiles(tx *db.Tx, column string, id int64) ([]File, error) {
	return db.All(tx, fileColumns, selectFile+` WHERE `+column+` = $1 AND `+column+` <> 0 ORDER BY id`, id)
}

func findFile(tx *db.Tx, id int64) (f File, err error) {
	if err = tx.One(selectFile+` WHERE id = $1`, []any{id}, fileColumns(&f)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.file_unknown")
	}
	return f, err
}

// listBlobs lists all files by id, for verify.
func listBlobs(tx *db.Tx, after int64, limit int) ([]module.File, error) {
	return db.All(tx, func(f *module.File) []any { return []any{&f.ID, &f.Blob} },
		`SELECT id, blob FROM cases_file WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func removeFile(tx *db.Tx, id int64) error {
	return tx.Exec(`DELETE FROM cases_file WHERE id = $1`, id)
}

// dropFile puts a file that was not handed in out of force.
func dropFile(tx *db.Tx, id int64) error {
	return tx.ExecOne(`UPDATE cases_file SET replaced = $1 WHERE id = $2 AND pending`, true, id)
}

// replaceFiles marks the files of earlier rounds as replaced.
func replaceFiles(tx *db.Tx, caseID int64, material string, round int) error {
	return tx.Queue(`UPDATE cases_file SET replaced = $1 WHERE case_id = $2 AND case_id <> 0 AND material = $3 AND round < $4`,
		true, caseID, material, round)
}

// handFiles marks files that were uploaded for a material as handed in. What else was uploaded for it is out of force:
// the material has come without it.
func handFiles(tx *db.Tx, caseID int64, material string, files []File) error {
	for _, f := range files {
		if !f.Pending {
			continue
		}
		if err := tx.Queue(`UPDATE cases_file SET pending = $1 WHERE id = $2`, false, f.ID); err != nil {
			return err
		}
	}
	return tx.Queue(`UPDATE cases_file SET replaced = $1 WHERE case_id = $2 AND case_id <> 0 AND material = $3 AND pending`,
		true, caseID, material)
}

func moveFiles(tx *db.Tx, draft, caseID int64) error {
	return tx.Queue(`UPDATE cases_file SET case_id = $1, draft_id = 0 WHERE draft_id = $2 AND draft_id <> 0`, caseID, draft)
}
