package delivery_test

import (
	"testing"
	"testing/fstest"

	"onedoor.app/domain/delivery"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestParcelsOfCasesBecomeParcelsOfVersions: what was kept while a parcel was a case's is there afterwards, and a second
// version of the same case finds room beside what was handed over.
func TestParcelsOfCasesBecomeParcelsOfVersions(t *testing.T) {
	first, err := delivery.Schema.ReadFile("schema/0001_delivery.sql")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, []dbtest.Schema{{Module: "delivery", Files: fstest.MapFS{"schema/0001_delivery.sql": {Data: first}}}}, func(t *testing.T, d *db.DB) {
		const row = `INSERT INTO delivery (id, case_id, case_no, item_name, result, number, party, party_name, way, state, wish, shelf,
			since, due, collector, relation, company, waybill, done_at, done_by, done_name, received_at) VALUES `
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(row+`(1, 11, 'no-1', '甲', '证', 'JY1', 5, '某店', 'courier', 'sent', $1, 'A-1', 100, '2026-03-10', $1, '', '邮政', 'EA1', 200, 7, '金小满', NULL)`, []byte{1, 2}); err != nil {
				return err
			}
			return tx.Exec(row+`(2, 12, 'no-2', '乙', '决定书', '', 5, '某店', 'window', 'waiting', $1, '', 100, '2026-03-10', NULL, '', '', '', NULL, 0, '', NULL)`, []byte{})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), "delivery", delivery.Schema); err != nil {
			t.Fatal(err)
		}
		const after = `INSERT INTO delivery (id, case_id, version, case_no, item_name, result, number, party, party_name, way, state, wish, shelf,
			since, due, collector, relation, company, waybill, done_at, done_by, done_name, received_at) VALUES
			($1, $2, $3, 'no', '甲', '证', 'JY1', 5, '某店', 'window', 'waiting', $4, '', 300, '2026-09-10', NULL, '', '', '', NULL, 0, '', NULL)`
		put := func(id, of, version int64) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(after, id, of, version, []byte{}) })
		}
		if err := put(3, 11, 900); err != nil {
			t.Errorf("the second version of what was sent: %v", err)
		}
		if err := put(4, 12, 901); !db.IsUnique(err) {
			t.Errorf("two parcels of a case wait: %v", err)
		}
		read := func(tx *db.Tx) error {
			var version, done int64
			var wish []byte
			var state, waybill string
			if err := tx.One(`SELECT version, state, waybill, wish, done_at FROM delivery WHERE id = 1`, nil, &version, &state, &waybill, &wish, &done); err != nil {
				return err
			}
			if version != 0 || state != "sent" || waybill != "EA1" || string(wish) != "\x01\x02" || done != 200 {
				t.Errorf("the parcel became %d %s %s %v %d", version, state, waybill, wish, done)
			}
			return nil
		}
		if err := d.Read(t.Context(), read); err != nil {
			t.Fatal(err)
		}
	})
}
