package catalog

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http/httptest"
	"os"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// picture is a picture of so many pixels a side.
func picture(t *testing.T, side int, encode func(w *bytes.Buffer, m image.Image) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(w *bytes.Buffer, m image.Image) error  { return png.Encode(w, m) }
func asJPEG(w *bytes.Buffer, m image.Image) error { return jpeg.Encode(w, m, nil) }
func asGIF(w *bytes.Buffer, m image.Image) error  { return gif.Encode(w, m, nil) }

func TestWhatMayBeAnImpression(t *testing.T) {
	t.Parallel()
	whole := picture(t, 200, asPNG)
	for name, c := range map[string]struct {
		content []byte
		kind    string
		code    string
	}{
		"png":        {content: whole, kind: "image/png"},
		"jpeg":       {content: picture(t, 200, asJPEG), kind: "image/jpeg"},
		"gif":        {content: picture(t, 200, asGIF), code: "catalog.seal.picture"},
		"nothing":    {code: "catalog.seal.picture"},
		"half":       {content: whole[:len(whole)/2], code: "catalog.seal.picture"},
		"a page":     {content: []byte("<html><script>"), code: "catalog.seal.picture"},
		"too small":  {content: picture(t, leastSide-1, asPNG), code: "catalog.seal.picture"},
		"too wide":   {content: picture(t, mostSide+1, asPNG), code: "catalog.seal.picture"},
		"least":      {content: picture(t, leastSide, asPNG), kind: "image/png"},
		"many bytes": {content: append(bytes.Clone(whole), make([]byte, MaxImpression)...), code: "catalog.seal.picture_large"},
	} {
		got, err := impressionOf(c.content)
		if fault.Code(err) != c.code || got.Type != c.kind || c.code == "" && got.Size != int64(len(c.content)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// The picture of a seal is kept once under a key, shown to who keeps the catalogue, proved by its digest, and gives its place
// to a later one.
func TestImpressionOfASeal(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := &Service{DB: d, Blobs: blob.Folder{Dir: dir}, Log: func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}}
		ctx := t.Context()
		id, err := s.EnterSeal(ctx, officer, "", Seal{Name: "专用章", Unit: "A"})
		if err != nil {
			t.Fatal(err)
		}
		send := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			if err := s.SendImpression(w, httptest.NewRequestWithContext(ctx, "GET", "/", nil), officer, id); err != nil {
				w.Header().Set("Fault", fault.Code(err))
			}
			return w
		}
		if got := send().Header().Get("Fault"); got != "catalog.seal.no_picture" {
			t.Errorf("before there is one: %s", got)
		}
		if err := s.AddImpression(ctx, auth.Actor{ID: 9, Kind: auth.Staff}, "", id, bytes.NewReader(picture(t, 100, asPNG))); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		if err := s.AddImpression(ctx, officer, "", 1, bytes.NewReader(picture(t, 100, asPNG))); fault.Code(err) != "catalog.seal.none" {
			t.Errorf("of no seal: %v", err)
		}
		for range 2 { // the double click
			if err := s.AddImpression(ctx, officer, "k1", id, bytes.NewReader(picture(t, 100, asPNG))); err != nil {
				t.Fatal(err)
			}
		}
		later := picture(t, 120, asJPEG)
		if err := s.AddImpression(ctx, officer, "k2", id, bytes.NewReader(later)); err != nil {
			t.Fatal(err)
		}
		if w := send(); !bytes.Equal(w.Body.Bytes(), later) || w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("sent %d bytes, %v", w.Body.Len(), w.Header())
		}
		check := func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) }
		if err := d.Read(ctx, func(tx *db.Tx) error {
			files, err := listImpressionFiles(tx, 0, 10)
			if err != nil || len(files) != 2 {
				t.Errorf("files: %v, %v", files, err)
			}
			return check(tx)
		}); err != nil {
			t.Error(err)
		}
		undo := errors.New("undo")
		for _, query := range []string{
			`UPDATE catalog_seal_picture SET file = 'x' WHERE type = 'image/png'`, `UPDATE catalog_seal_picture SET staff = 7 WHERE type = 'image/png'`,
			`UPDATE catalog_seal_picture SET seal = 7 WHERE type = 'image/png'`, `DELETE FROM catalog_seal_picture WHERE type = 'image/jpeg'`,
		} {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				if err := tx.Exec(query); err != nil {
					return err
				}
				if check(tx) == nil {
					t.Errorf("%s: not found", query)
				}
				return undo
			}); !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
		var seal Seal
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { seal, err = s.Seal(tx, id); return err }); err != nil {
			t.Fatal(err)
		}
		path := dir + "/" + seal.Picture.File[:2] + "/" + seal.Picture.File
		if err := os.WriteFile(path, []byte("another"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := send().Header().Get("Fault"); got != "blob.spoiled" {
			t.Errorf("a file that was changed: %s", got)
		}
	})
}
