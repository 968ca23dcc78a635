package office

import (
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

func regionInto(r *Region) []any { return []any{&r.Code, &r.Level, &r.Name, &r.Parent} }

func findRegion(tx *db.Tx, code string) (r Region, err error) {
	err = tx.One(`SELECT code, level, name, parent FROM office_region WHERE code = $1`, []any{code}, regionInto(&r)...)
	return r, err
}

func listRegions(tx *db.Tx, parent string) ([]Region, error) {
	return db.All(tx, regionInto, `SELECT code, level, name, parent FROM office_region WHERE parent = $1 ORDER BY code`, parent)
}

// listRegionsUnder finds by the index of codes. Both ends are of digits only, which
// every collation sorts alike.
func listRegionsUnder(tx *db.Tx, stem string, from, to int) ([]Region, error) {
	return db.All(tx, regionInto, `SELECT code, level, name, parent FROM office_region
		WHERE code >= $1 AND code <= $2 AND level >= $3 AND level <= $4 ORDER BY code`, stem, stem+strings.Repeat("9", digits[5]-len(stem)), from, to)
}

func listAllRegions(tx *db.Tx) ([]Region, error) {
	return db.All(tx, regionInto, `SELECT code, level, name, parent FROM office_region`)
}

func listRegionsByCode(tx *db.Tx, codes []string) ([]Region, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	args := make([]any, len(codes))
	for i, c := range codes {
		args[i] = c
	}
	return db.All(tx, regionInto, `SELECT code, level, name, parent FROM office_region
		WHERE code IN (`+places(1, len(codes))+`) ORDER BY level`, args...)
}

// regionsAtOnce is how many regions one statement carries.
const regionsAtOnce = 100

// putRegions adds or changes regions.
func putRegions(tx *db.Tx, list []Region) error {
	for part := range slices.Chunk(list, regionsAtOnce) {
		rows := make([]string, len(part))
		args := make([]any, 0, 4*len(part))
		for i, r := range part {
			rows[i] = "(" + places(4*i+1, 4) + ")"
			args = append(args, r.Code, r.Level, r.Name, r.Parent)
		}
		err := tx.Queue(`INSERT INTO office_region (code, level, name, parent) VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (code) DO UPDATE SET level = excluded.level, name = excluded.name, parent = excluded.parent`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
