package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectLibrary = `SELECT body, version, retired, place, at FROM catalog_material`

func libraryColumns(m *LibraryMaterial) []any {
	return []any{db.JSON(m), &m.Version, &m.Retired, &m.Place, &m.Changed}
}

func findLibrary(tx *db.Tx, code string) (m LibraryMaterial, err error) {
	found, err := tx.Maybe(selectLibrary+` WHERE code = $1`, []any{code}, libraryColumns(&m)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.library.none")
	}
	return m, err
}

func saveLibraryWriter(tx *db.Tx, code string, by Person) error {
	return tx.ExecOne(`UPDATE catalog_material SET staff = $1, staff_name = $2 WHERE code = $3`, by.Staff, by.Name, code)
}

// findLibraryWriter is who wrote the words of an entry last; nobody where a package brought them.
func findLibraryWriter(tx *db.Tx, code string) (by Person, err error) {
	_, err = tx.Maybe(`SELECT staff, staff_name FROM catalog_material WHERE code = $1`, []any{code}, &by.Staff, &by.Name)
	return by, err
}

// broughtMaterial is an entry with the hash of what was brought of it last.
type broughtMaterial struct {
	LibraryMaterial
	brought string
}

// mostLibrary is how many entries a library has at most.
const mostLibrary = 20_000

// listWholeLibrary returns all entries in the order of their codes.
func listWholeLibrary(tx *db.Tx) ([]broughtMaterial, error) {
	return db.All(tx, func(m *broughtMaterial) []any {
		return []any{db.JSON(&m.LibraryMaterial), &m.Version, &m.Retired, &m.Place, &m.Changed, &m.brought}
	}, `SELECT body, version, retired, place, at, brought FROM catalog_material ORDER BY code LIMIT $1`, mostLibrary)
}

// lockLibrary reads an entry and makes others who change it wait.
func lockLibrary(tx *db.Tx, code string) (m LibraryMaterial, err error) {
	found, err := tx.Maybe(selectLibrary+` WHERE code = $1`+tx.ForUpdate(), []any{code}, libraryColumns(&m)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.library.none")
	}
	return m, err
}

// listLibrary returns up to limit entries after a place whose name or code holds the text.
func listLibrary(tx *db.Tx, text, after string, limit int) ([]LibraryMaterial, error) {
	return db.All(tx, libraryColumns, selectLibrary+` WHERE place > $1 AND (`+like(`name`, `$2`)+` OR `+like(`code`, `$2`)+`)
		ORDER BY place LIMIT $3`, after, containing(text), limit)
}

// saveLibrary writes an entry. brought is the hash of what a package brought, "" where a person
// wrote it: what the package brought last is then remembered.
func saveLibrary(tx *db.Tx, m LibraryMaterial, brought string) error {
	return tx.Exec(`INSERT INTO catalog_material (code, name, place, body, version, retired, brought, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, place = excluded.place, body = excluded.body, version = excluded.version,
		retired = excluded.retired, at = excluded.at, brought = CASE WHEN excluded.brought = '' THEN catalog_material.brought ELSE excluded.brought END`,
		m.Code, m.Name, libraryPlace(m), db.JSON(m), m.Version, m.Retired, brought, tx.Now())
}

// libraryPlace sorts entries by the initials of their names, on every database alike.
func libraryPlace(m LibraryMaterial) string { return plainInitials(m.Name) + "0" + m.Code }

// bringLibrary takes in what a package says of an entry, unless it said the same before: what
// was changed on the page since then stays.
func bringLibrary(tx *db.Tx, m LibraryMaterial, hash string) error {
	var there broughtMaterial
	found, err := tx.Maybe(`SELECT body, version, retired, brought FROM catalog_material WHERE code = $1`, []any{m.Code},
		db.JSON(&there.LibraryMaterial), &there.Version, &there.Retired, &there.brought)
	if err != nil || found && there.brought == hash {
		return err
	}
	is, err := hashOf(there.LibraryMaterial)
	if err != nil {
		return err
	}
	m.Former = there.formerFor(m.Name)
	if m.Version = there.Version + 1; is == hash && there.Retired == m.Retired {
		m.Version = there.Version // nothing but who says it is new
	}
	return saveLibrary(tx, m, hash)
}
