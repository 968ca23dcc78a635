package catalog

import (
	"slices"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// insertFile writes down that a form is kept.
func insertFile(tx *db.Tx, f File) error {
	return tx.Queue(`INSERT INTO catalog_file (hash, name, type, size, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING`,
		f.Hash, f.Name, f.Type, f.Size, tx.Now())
}

// listFiles returns which of the hashes are forms that are kept.
func listFiles(tx *db.Tx, hashes []string) (map[string]File, error) {
	found := make(map[string]File, len(hashes))
	for chunk := range slices.Chunk(hashes, 200) {
		list, err := db.All(tx, func(f *File) []any { return []any{&f.Hash, &f.Name, &f.Type, &f.Size} },
			`SELECT hash, name, type, size FROM catalog_file WHERE hash IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			found[f.Hash] = f
		}
	}
	return found, nil
}

// unfiled is a row that named forms before they were written down.
type unfiled struct{ source, id string }

func listUnfiled(tx *db.Tx, limit int) ([]unfiled, error) {
	return db.All(tx, func(u *unfiled) []any { return []any{&u.source, &u.id} },
		`SELECT source, id FROM catalog_unfiled ORDER BY source, id LIMIT $1`, limit)
}

func removeUnfiled(tx *db.Tx, u unfiled) error {
	return tx.Queue(`DELETE FROM catalog_unfiled WHERE source = $1 AND id = $2`, u.source, u.id)
}

// findUnfiled returns the forms that such a row names; none where the row is gone.
func findUnfiled(tx *db.Tx, u unfiled) ([]*File, error) {
	var it Item
	var m LibraryMaterial
	var err error
	switch u.source {
	case "version":
		_, err = tx.Maybe(`SELECT body FROM catalog_version WHERE CAST(id AS TEXT) = $1`, []any{u.id}, db.JSON(&it))
	case "change":
		_, err = tx.Maybe(`SELECT body FROM catalog_change WHERE CAST(id AS TEXT) = $1`, []any{u.id}, db.JSON(&it))
	default:
		_, err = tx.Maybe(`SELECT body FROM catalog_material WHERE code = $1`, []any{u.id}, db.JSON(&m))
	}
	if fault.Is(err, fault.Unknown) {
		err = nil
	}
	list := append(it.files(), m.Blank, m.Sample)
	return slices.DeleteFunc(list, func(f *File) bool { return f == nil || f.Hash == "" }), err
}
