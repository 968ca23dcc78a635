package party

import (
	"math"
	"time"

	"onedoor.app/infra/db"
)

const mandateColumns = `m.id, m.agent, m.principal, m.items, m.from_on, m.to_on, m.document`

func mandateInto(m *Mandate) []any {
	return []any{&m.ID, &m.Agent, &m.Principal, db.JSON(&m.Items), &m.From, &m.To, &m.Document}
}

func insertMandate(tx *db.Tx, m Mandate) error {
	return tx.Exec(`INSERT INTO party_mandate (id, agent, principal, items, from_on, to_on, document)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.Agent, m.Principal, db.JSON(m.Items), m.From, m.To, m.Document)
}

// findMandate takes tx.ForUpdate() as lock when the mandate will change.
func findMandate(tx *db.Tx, id int64, lock string) (m Mandate, err error) {
	var revoked time.Time
	err = tx.One(`SELECT `+mandateColumns+`, m.revoked_at FROM party_mandate m WHERE m.id = $1`+lock,
		[]any{id}, append(mandateInto(&m), &revoked)...)
	m.Revoked = !revoked.IsZero()
	return m, err
}

func changeRevoked(tx *db.Tx, id int64) error {
	return tx.ExecOne(`UPDATE party_mandate SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL`, tx.Now(), id)
}

// listMandates returns up to limit of those that a party gave or holds, the newest on top, below an id.
func listMandates(tx *db.Tx, party, before int64, limit int) ([]Mandate, error) {
	type row struct {
		Mandate
		revoked time.Time
	}
	rows, err := db.All(tx, func(r *row) []any { return append(mandateInto(&r.Mandate), &r.revoked) },
		`SELECT `+mandateColumns+`, m.revoked_at FROM party_mandate m
		WHERE (m.principal = $1 OR m.agent = $1) AND m.id < $2 ORDER BY m.id DESC LIMIT $3`, party, before, limit)
	list := make([]Mandate, len(rows))
	for i, r := range rows {
		r.Revoked = !r.revoked.IsZero()
		list[i] = r.Mandate
	}
	return list, err
}

// walkMandates goes through all that a party gave or holds, the newest first.
func walkMandates(tx *db.Tx, party int64, do func(Mandate) error) error {
	for before := int64(math.MaxInt64); ; {
		list, err := listMandates(tx, party, before, maxShown)
		if err != nil {
			return err
		}
		for _, m := range list {
			before = m.ID
			if err := do(m); err != nil {
				return err
			}
		}
		if len(list) < maxShown {
			return nil
		}
	}
}

// listMandated returns the first of those whose mandates are in force for an agent on a day.
func listMandated(tx *db.Tx, agent int64, day string) ([]Principal, error) {
	return mandated(tx, `ORDER BY m.id LIMIT $3`, agent, day, maxShown)
}

// listMandatedBy returns the mandates of one principal that are in force for an agent on a day: all of them, for together
// they say what the agent may do.
func listMandatedBy(tx *db.Tx, agent, principal int64, day string) ([]Principal, error) {
	return mandated(tx, `AND m.principal = $3 ORDER BY m.id`, agent, day, principal)
}

func mandated(tx *db.Tx, end string, args ...any) ([]Principal, error) {
	list, err := db.All(tx, func(p *Principal) []any {
		return append(mandateInto(&p.Mandate), &p.ID, &p.Name, &p.Kind)
	}, `SELECT `+mandateColumns+`, p.id, p.name, p.kind FROM party_mandate m JOIN party_party p ON p.id = m.principal
		WHERE m.agent = $1 AND m.revoked_at IS NULL AND m.from_on <= $2 AND m.to_on >= $2 `+end, args...)
	for i := range list {
		list[i].How = ByMandate
	}
	return list, err
}

// listRepresented returns the first organisations whose legal representative a person is.
func listRepresented(tx *db.Tx, person int64) ([]Principal, error) {
	return represented(tx, `ORDER BY id LIMIT $2`, person, maxShown)
}

// findRepresented returns one organisation if the person is its legal representative.
func findRepresented(tx *db.Tx, person, principal int64) ([]Principal, error) {
	return represented(tx, `AND id = $2`, person, principal)
}

func represented(tx *db.Tx, end string, args ...any) ([]Principal, error) {
	list, err := db.All(tx, func(p *Principal) []any { return []any{&p.ID, &p.Name, &p.Kind} },
		`SELECT id, name, kind FROM party_party WHERE legal = $1 `+end, args...)
	for i := range list {
		list[i].How = ByLaw
	}
	return list, err
}
