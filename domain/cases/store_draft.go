package cases

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectDraft = `SELECT id, party, agent, staff, item, item_version, answers, form, delivery, pledged, version, changed,
	case_id, division, promised, certificate FROM cases_draft`

type draftRow struct {
	Draft
	form, delivery []byte
}

func (d *draftRow) columns() []any {
	return []any{
		&d.ID, &d.Party, &d.Agent, &d.Staff, &d.Item, &d.ItemVersion, db.JSON(&d.Answers), &d.form, &d.delivery,
		&d.Pledged, &d.Version, &d.Changed, &d.Case, &d.Division, &d.Promised, &d.Certificate,
	}
}

func (s *Service) findDraft(tx *db.Tx, id int64, lock bool) (Draft, error) {
	var row draftRow
	query := selectDraft + ` WHERE id = $1`
	if lock {
		query += tx.ForUpdate()
	}
	if err := tx.One(query, []any{id}, row.columns()...); err != nil {
		if fault.Is(err, fault.Unknown) {
			return Draft{}, fault.New(fault.Unknown, "cases.draft_unknown")
		}
		return Draft{}, err
	}
	return row.Draft, s.unsealDraft(&row.Draft, row.form, row.delivery)
}

// openDraft finds the draft of an item that these people have not handed in.
func (s *Service) openDraft(tx *db.Tx, party, agent, staff int64, item string) (Draft, bool, error) {
	var row draftRow
	found, err := tx.Maybe(selectDraft+` WHERE party = $1 AND agent = $2 AND staff = $3 AND item = $4 AND case_id = 0
		ORDER BY id DESC LIMIT 1`, []any{party, agent, staff, item}, row.columns()...)
	if err != nil || !found {
		return Draft{}, false, err
	}
	return row.Draft, true, s.unsealDraft(&row.Draft, row.form, row.delivery)
}

func (s *Service) insertDraft(tx *db.Tx, d Draft) error {
	form, delivery, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO cases_draft (id, party, agent, staff, item, item_version, answers, form, delivery, pledged,
		version, changed, case_id, division, promised, certificate)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $15)`,
		d.ID, d.Party, d.Agent, d.Staff, d.Item, d.ItemVersion, db.JSON(d.Answers), form, delivery, d.Pledged, d.Version,
		d.Changed, d.Division, d.Promised, d.Certificate)
}

func (s *Service) changeDraft(tx *db.Tx, d Draft) error {
	form, delivery, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	return tx.ExecOne(`UPDATE cases_draft SET item_version = $1, answers = $2, form = $3, delivery = $4, pledged = $5,
		version = $6, changed = $7, case_id = $8, division = $9, promised = $10, certificate = $11 WHERE id = $12`,
		d.ItemVersion, db.JSON(d.Answers), form, delivery, d.Pledged, d.Version, d.Changed, d.Case,
		d.Division, d.Promised, d.Certificate, d.ID)
}

func removeDraft(tx *db.Tx, id int64) error {
	if err := tx.Exec(`DELETE FROM cases_file WHERE draft_id = $1 AND draft_id <> 0`, id); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM cases_draft WHERE id = $1`, id)
}

func (s *Service) listDrafts(tx *db.Tx, column string, id int64) ([]Draft, error) {
	rows, err := db.All(tx, (*draftRow).columns, selectDraft+` WHERE `+column+` = $1 AND `+column+` <> 0 AND case_id = 0 ORDER BY id DESC LIMIT 50`, id)
	if err != nil {
		return nil, err
	}
	list := make([]Draft, len(rows))
	for i := range rows {
		if err := s.unsealDraft(&rows[i].Draft, rows[i].form, rows[i].delivery); err != nil {
			return nil, err
		}
		list[i] = rows[i].Draft
	}
	return list, nil
}
