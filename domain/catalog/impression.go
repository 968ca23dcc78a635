package catalog

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // what a picture may be
	_ "image/png"  // the same
	"io"
	"net/http"
	"time"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Impression is the picture of what a seal prints (印模), by which a paper of old is compared with it.
type Impression struct {
	ID   int64
	File string // key of the content among the blobs
	Type string // media type
	Size int64  // bytes
	At   time.Time
}

// MaxImpression is the most that a picture of an impression may hold, in bytes.
const MaxImpression = 2 << 20

// Sides of a picture, in pixels: enough to tell a seal, and no more than a page can show.
const (
	leastSide = 64
	mostSide  = 3000
)

const actImpression = "catalog.seal_impression"

// facts are what the ledger keeps of a picture.
func (i Impression) facts() map[string]any {
	return map[string]any{"file": i.File, "type": i.Type, "size": i.Size}
}

// impressionOf says what a picture is. One that is no PNG or JPEG, or cannot be drawn whole, is the Invalid fault
// catalog.seal.picture; one too large in bytes the TooLarge fault catalog.seal.picture_large.
func impressionOf(content []byte) (i Impression, err error) {
	if len(content) > MaxImpression {
		return i, fault.New(fault.TooLarge, "catalog.seal.picture_large", "megabytes", MaxImpression>>20)
	}
	bad := fault.New(fault.Invalid, "catalog.seal.picture", "least", leastSide, "most", mostSide)
	about, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || kind != "png" && kind != "jpeg" || min(about.Width, about.Height) < leastSide || max(about.Width, about.Height) > mostSide {
		return i, bad
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil { // half a picture has a whole head
		return i, bad
	}
	return Impression{Type: "image/" + kind, Size: int64(len(content))}, nil
}

// AddImpression gives a seal the picture of its impression, for whoever holds catalog.keep; sent twice under one key it is
// added once. A later picture is shown in the place of an earlier one, which stays. It is kept as evidence by its digest.
// Faults: catalog.seal.picture, catalog.seal.picture_large, catalog.seal.none.
func (s *Service) AddImpression(ctx context.Context, who auth.Actor, key string, seal int64, body io.Reader) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	content, err := io.ReadAll(io.LimitReader(body, MaxImpression+1))
	if err != nil {
		return err
	}
	picture, err := impressionOf(content)
	if err != nil {
		return err
	}
	if picture.File, picture.Size, err = s.Blobs.Put(ctx, bytes.NewReader(content), MaxImpression); err != nil {
		return err
	}
	var done bool
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.seal_impression", key, map[string]any{"seal": seal, "file": picture.File}, &done, func() error {
			if _, err := findSeal(tx, seal, tx.ForUpdate()); err != nil {
				return err
			}
			done = true
			picture.ID, picture.At = tx.NewID(), tx.Now()
			if err := insertImpression(tx, seal, picture, who.ID); err != nil {
				return err
			}
			return s.prove(tx, who, actImpression, sealChain(seal), picture.facts())
		})
	})
}

// SendImpression answers with the picture of a seal, to be shown in its page; whoever keeps the catalogue may see it, and nobody
// else, lest it be copied. A seal without one is the Unknown fault catalog.seal.no_picture, one whose file somebody has
// changed blob.spoiled.
func (s *Service) SendImpression(w http.ResponseWriter, r *http.Request, who auth.Actor, seal int64) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	var picture *Impression
	if err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { picture, err = findImpression(tx, seal); return err }); err != nil {
		return err
	}
	if picture == nil {
		return fault.New(fault.Unknown, "catalog.seal.no_picture")
	}
	body, err := blob.Whole(r.Context(), s.Blobs, picture.File)
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", picture.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+picture.File+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}
