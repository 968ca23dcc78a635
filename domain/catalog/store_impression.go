package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

const impressionColumns = `id, file, type, size, at`

func impressionInto(i *Impression) []any { return []any{&i.ID, &i.File, &i.Type, &i.Size, &i.At} }

func insertImpression(tx *db.Tx, seal int64, i Impression, staff int64) error {
	return tx.Exec(`INSERT INTO catalog_seal_picture (`+impressionColumns+`, seal, staff) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		i.ID, i.File, i.Type, i.Size, i.At, seal, staff)
}

// findImpression returns the latest picture of a seal, nil if there is none.
func findImpression(tx *db.Tx, seal int64) (*Impression, error) {
	var i Impression
	found, err := tx.Maybe(`SELECT `+impressionColumns+` FROM catalog_seal_picture WHERE seal = $1 ORDER BY id DESC LIMIT 1`, []any{seal}, impressionInto(&i)...)
	if err != nil || !found {
		return nil, err
	}
	return &i, nil
}

// provedImpression is a picture with who added it.
type provedImpression struct {
	Impression
	staff int64
}

func listImpressions(tx *db.Tx, seal int64) ([]provedImpression, error) {
	return db.All(tx, func(p *provedImpression) []any { return append(impressionInto(&p.Impression), &p.staff) },
		`SELECT `+impressionColumns+`, staff FROM catalog_seal_picture WHERE seal = $1 ORDER BY id`, seal)
}

// listImpressionFiles lists the pictures as files, for verify.
func listImpressionFiles(tx *db.Tx, after int64, limit int) ([]module.File, error) {
	return db.All(tx, func(f *module.File) []any { return []any{&f.ID, &f.Blob} },
		`SELECT id, file FROM catalog_seal_picture WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}
