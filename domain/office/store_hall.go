package office

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

func findHall(tx *db.Tx) (h Hall, err error) {
	err = tx.One(`SELECT name, address, division, hours, zones FROM office_hall WHERE id = 1`, nil,
		&h.Name, &h.Address, &h.Division, db.JSON(&h.Hours), db.JSON(&h.Zones))
	return h, err
}

// maybeHall reports whether there is a hall yet.
func maybeHall(tx *db.Tx) (Hall, bool, error) {
	h, err := findHall(tx)
	if fault.Is(err, fault.Unknown) {
		return Hall{}, false, nil
	}
	return h, err == nil, err
}

func putHall(tx *db.Tx, h Hall) error {
	return tx.Queue(`INSERT INTO office_hall (id, name, address, division, hours, zones) VALUES (1, $1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address,
		division = excluded.division, hours = excluded.hours, zones = excluded.zones`,
		h.Name, h.Address, h.Division, db.JSON(h.Hours), db.JSON(h.Zones))
}

func listWindows(tx *db.Tx) ([]Window, error) {
	return db.All(tx, func(w *Window) []any {
		return []any{&w.Code, &w.Name, &w.Kind, &w.Zone, &w.Post, db.OrZero(&w.Staff), &w.Scope}
	}, `SELECT code, name, kind, zone, post, staff, scope FROM office_window ORDER BY place`)
}

func putWindow(tx *db.Tx, w Window, place int) error {
	return tx.Queue(`INSERT INTO office_window (code, name, kind, zone, post, staff, scope, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, zone = excluded.zone,
		post = excluded.post, staff = excluded.staff, scope = excluded.scope, place = excluded.place`,
		w.Code, w.Name, w.Kind, w.Zone, w.Post, db.Null(w.Staff), w.Scope, place)
}

// insertWindow adds a window; a code that is taken is the input fault
// office.window_taken.
func insertWindow(tx *db.Tx, w Window, place int) error {
	err := tx.Exec(`INSERT INTO office_window (code, name, kind, zone, post, staff, scope, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, w.Code, w.Name, w.Kind, w.Zone, w.Post, db.Null(w.Staff), w.Scope, place)
	return codeTaken(err, "office.window_taken")
}

func listPoints(tx *db.Tx) ([]Point, error) {
	return db.All(tx, func(p *Point) []any {
		return []any{&p.Code, &p.Name, &p.Division, &p.Level, &p.Unit, &p.Hours, &p.Counters, &p.Mode, db.JSON(&p.Items)}
	}, `SELECT code, name, division, level, unit, hours, counters, mode, items FROM office_point ORDER BY place`)
}

func putPoint(tx *db.Tx, p Point, place int) error {
	return tx.Queue(`INSERT INTO office_point (code, name, division, level, unit, hours, counters, mode, items, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, division = excluded.division, level = excluded.level,
		unit = excluded.unit, hours = excluded.hours, counters = excluded.counters, mode = excluded.mode,
		items = excluded.items, place = excluded.place`,
		p.Code, p.Name, p.Division, p.Level, p.Unit, p.Hours, p.Counters, p.Mode, db.JSON(p.Items), place)
}
