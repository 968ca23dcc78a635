package party

import (
	"errors"
	"strconv"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/secret"
)

// sealed names the sealed value of a party, so that it opens nowhere else.
func sealed(party int64, what string) string { return Chain(party) + ":" + what }

func seal(box *secret.Box, text string, about string) []byte {
	if text == "" {
		return nil
	}
	return box.Seal([]byte(text), about)
}

func open(box *secret.Box, value []byte, about string, err *error) string {
	plain, bad := box.Open(value, about)
	*err = errors.Join(*err, bad)
	return string(plain)
}

// insert adds a party and reports false when its number is known already.
func insert(tx *db.Tx, s *Service, p Party, pack string) (bool, error) {
	n, err := tx.Change(`INSERT INTO party_party (id, pack, kind, name, id_type, number, number_index, mobile, mobile_index,
			address, division, assurance, org_kind, capital, scope, status, legal, legal_name, legal_number,
			override_reason, override_by, override_at, registered, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		ON CONFLICT (kind, number_index) DO NOTHING`,
		p.ID, db.Null(pack), p.Kind, p.Name, p.IDType,
		seal(s.Box, p.Number, sealed(p.ID, "number")), s.numberIndex(p.Number),
		seal(s.Box, p.Mobile, sealed(p.ID, "mobile")), s.mobileIndex(p.Mobile),
		seal(s.Box, p.Address, sealed(p.ID, "address")), p.Division, p.Assurance,
		p.OrgKind, p.Capital, p.Scope, p.Status, db.Null(p.Legal), p.LegalName,
		seal(s.Box, p.LegalNumber, sealed(p.ID, "legal")),
		p.Override.Reason, db.Null(p.Override.By), p.Override.At, p.Registered, tx.Now())
	return n == 1, err
}

// find returns the party for which a condition holds, or nil.
func find(tx *db.Tx, box *secret.Box, where string, args ...any) (*Party, error) {
	var (
		p                              Party
		number, mobile, address, legal []byte
	)
	found, err := tx.Maybe(`SELECT id, kind, name, id_type, number, mobile, address, division, assurance, org_kind, capital,
			scope, status, legal, legal_name, legal_number, override_reason, override_by, override_at, registered
		FROM party_party WHERE `+where, args,
		&p.ID, &p.Kind, &p.Name, &p.IDType, &number, &mobile, &address, &p.Division, &p.Assurance, &p.OrgKind, &p.Capital,
		&p.Scope, &p.Status, db.OrZero(&p.Legal), &p.LegalName, &legal, &p.Override.Reason, db.OrZero(&p.Override.By), &p.Override.At, &p.Registered)
	if err != nil || !found {
		return nil, err
	}
	p.Number = open(box, number, sealed(p.ID, "number"), &err)
	p.Mobile = open(box, mobile, sealed(p.ID, "mobile"), &err)
	p.Address = open(box, address, sealed(p.ID, "address"), &err)
	p.LegalNumber = open(box, legal, sealed(p.ID, "legal"), &err)
	return &p, err
}

func listNames(tx *db.Tx, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	args, places := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], places[i] = id, "$"+strconv.Itoa(i+1)
	}
	rows, err := db.All(tx, func(p *Party) []any { return []any{&p.ID, &p.Name} },
		`SELECT id, name FROM party_party WHERE id IN (`+strings.Join(places, ", ")+`)`, args...)
	for _, p := range rows {
		names[p.ID] = p.Name
	}
	return names, err
}

// mobileTaken reports whether a person signs in by a mobile number already.
func mobileTaken(tx *db.Tx, index string) (bool, error) {
	return tx.Maybe(`SELECT id FROM party_party WHERE mobile_index = $1 AND kind = $2 AND registered`, []any{index, Person}, new(int64))
}

func changeRegistered(tx *db.Tx, party int64) error {
	return tx.ExecOne(`UPDATE party_party SET registered = $1 WHERE id = $2 AND NOT registered`, true, party)
}

// changeIdentified keeps what a window has seen of a party that was declared.
func changeIdentified(tx *db.Tx, s *Service, p Party) error {
	return tx.ExecOne(`UPDATE party_party SET name = $1, assurance = $2, registered = $3, mobile = $4, mobile_index = $5,
			division = $6, legal = $7, legal_name = $8, legal_number = $9
		WHERE id = $10`, p.Name, p.Assurance, p.Registered,
		seal(s.Box, p.Mobile, sealed(p.ID, "mobile")), s.mobileIndex(p.Mobile),
		p.Division, db.Null(p.Legal), p.LegalName, seal(s.Box, p.LegalNumber, sealed(p.ID, "legal")), p.ID)
}

func changeLegal(tx *db.Tx, party, legal int64) error {
	return tx.ExecOne(`UPDATE party_party SET legal = $1 WHERE id = $2`, legal, party)
}

// listPack returns the ids of the parties that came with a package, by their id
// in it.
func listPack(tx *db.Tx) (map[string]int64, error) {
	type row struct {
		pack string
		id   int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.pack, &r.id} },
		`SELECT pack, id FROM party_party WHERE pack > ''`)
	ids := make(map[string]int64, len(rows))
	for _, r := range rows {
		ids[r.pack] = r.id
	}
	return ids, err
}
