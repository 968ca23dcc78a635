package party

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
)

func insertContact(tx *db.Tx, box *secret.Box, party int64, c Contact) error {
	return tx.Exec(`INSERT INTO party_contact (id, party, name, tie, mobile) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, party, c.Name, c.Tie, seal(box, c.Mobile, sealedContact(c.ID)))
}

func listContacts(tx *db.Tx, box *secret.Box, party int64) ([]Contact, error) {
	type row struct {
		Contact
		sealed []byte
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.ID, &r.Name, &r.Tie, &r.sealed} },
		`SELECT id, name, tie, mobile FROM party_contact WHERE party = $1 ORDER BY id LIMIT $2`, party, maxContacts)
	list := make([]Contact, len(rows))
	for i, r := range rows {
		r.Mobile = open(box, r.sealed, sealedContact(r.ID), &err)
		list[i] = r.Contact
	}
	return list, err
}

func removeContact(tx *db.Tx, party, id int64) error {
	var owner int64
	found, err := tx.Maybe(`SELECT party FROM party_contact WHERE id = $1`, []any{id}, &owner)
	switch {
	case err != nil || !found:
		return err
	case owner != party:
		return fault.New(fault.Unknown, "row.unknown")
	}
	return tx.Exec(`DELETE FROM party_contact WHERE id = $1`, id)
}

func sealedContact(id int64) string { return sealed(id, "contact") }
