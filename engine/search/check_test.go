package search

import (
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestCheck: whatever is changed in the index of a document, and what finds a document that there is not, is told.
func TestCheck(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		docs := make([]Document, 401) // more than are read at once
		for i := range docs {
			docs[i] = Document{ID: int64(i + 1), Fields: []Field{{Text: "食品经营许可", Weight: 60, Title: true}}}
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return Index(tx, "item", docs...) }); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]struct{ other, stray int64 }{
			`SELECT 1`: {},
			`UPDATE search_posting SET weight = weight + 1 WHERE doc = 3`:                                                      {other: 3},
			`DELETE FROM search_posting WHERE doc = 401 AND gram = '食品'`:                                                       {other: 401},
			`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('item', '免费', 7, 5999)`:                              {other: 7},
			`UPDATE search_document SET grams = '["食品"]' WHERE doc = 9`:                                                        {other: 9},
			`DELETE FROM search_document WHERE doc = 2`:                                                                        {other: 2, stray: 2},
			`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('item', '免费', 999, 5999)`:                            {stray: 999},
			`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('another', '免费', 1, 1)`:                              {},
			`INSERT INTO search_posting (kind, gram, doc, weight) SELECT 'item', '食品', 8, MAX(weight) + 1 FROM search_posting`: {other: 8},
		} {
			err := d.Try(t.Context(), func(tx *db.Tx) error {
				if err := tx.Exec(query); err != nil {
					return err
				}
				other, err := Check(tx, "item", docs...)
				if err != nil {
					return err
				}
				stray, err := Stray(tx, "item")
				if other != want.other || stray != want.stray {
					t.Errorf("%s: other %d, stray %d, want %+v", query, other, stray, want)
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", query, err)
			}
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := Count(tx, "item")
			if n != len(docs) {
				t.Errorf("%d documents", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
