// Package booklet is what people take home and what hangs on the walls: booklets of guides
// (一本通) for a theme, a unit or a zone of the hall, posters (海报) and walls of codes (码墙).
// Every file is made of the items in force when somebody asks for it, is kept under the hash
// of what it says, and comes out the same, byte for byte, as long as that does not change.
package booklet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

const listPath = "/booklets"

// Pages serves the pages and files. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Fonts   *paper.Fonts
	Blobs   blob.Shelf // for booklets alone
	Public  string     // address under which people reach the site

	setting chan struct{} // who sets a file holds a place
	callers web.Callers
}

// atOnce is how many files are set at the same time: each takes a processor. pace is how
// often one visitor may ask for one.
const atOnce = 2

var pace = web.Pace{Burst: 20, Every: 3 * time.Second}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	p.setting = make(chan struct{}, atOnce)
	return module.Module{
		Name:  "booklet",
		Texts: texts,
		Routes: []web.Route{
			{Pattern: "GET /booklets", Right: web.Public, Handle: p.showList},
			{Pattern: "GET /booklets/{kind}/{value}", Right: web.Public, Handle: p.showVolume},
			{Pattern: "GET /booklets/{kind}/{value}/book.pdf", Right: web.Public, Handle: p.sendBook},
			{Pattern: "GET /booklets/{kind}/{value}/wall.pdf", Right: web.Public, Handle: p.sendWall},
			{Pattern: "GET /booklets/chosen.pdf", Right: web.Public, Handle: p.sendChosen},
			{Pattern: "GET /items/{code}/poster", Right: web.Public, Handle: p.showPoster},
			{Pattern: "GET /items/{code}/poster.pdf", Right: web.Public, Handle: p.sendPoster},
		},
	}
}

// file is something to set: what it says, and how it is set.
type file struct {
	id   string // under which it is kept; "" for one that is not kept
	name string // for whoever saves it
	says any    // all that it is made of
	set  func(w io.Writer) (pages int, err error)
}

func volumePath(of catalog.BookletOf) string {
	return listPath + "/" + of.Kind + "/" + url.PathEscape(of.Value)
}

func withAfter(path, after string) string {
	if after == "" {
		return path
	}
	return path + "?after=" + url.QueryEscape(after)
}

// bookID names a volume in a language, "" for what is no volume by number: as many booklets are kept
// as there are volumes, whatever addresses visitors make up.
func bookID(of catalog.BookletOf, volume int, lang string) string {
	if volume == 0 {
		return ""
	}
	return strings.Join([]string{of.Kind, of.Value, strconv.Itoa(volume), lang}, "\x1f")
}

func (p *Pages) sendBook(w http.ResponseWriter, r *http.Request) error {
	of := catalog.BookletOf{Kind: r.PathValue("kind"), Value: r.PathValue("value")}
	var book paper.Book
	volume := 0
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		b, err := p.Catalog.Booklet(tx, of, r.URL.Query().Get("after"))
		if err == nil {
			volume = b.Volume
			book = b.Book(r.Context(), p.Public)
		}
		return err
	})
	if err != nil {
		return err
	}
	id := bookID(of, volume, i18n.Lang(r.Context()))
	return p.send(w, r, p.book(id, book))
}

func (p *Pages) book(id string, book paper.Book) file {
	return file{id: id, name: oneLine(book.Title) + ".pdf", says: book, set: func(w io.Writer) (int, error) { return p.Fonts.Book(w, book) }}
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "") }

func (p *Pages) sendChosen(w http.ResponseWriter, r *http.Request) error {
	var book paper.Book
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		b, err := p.Catalog.Chosen(tx, r.URL.Query()["item"])
		if err == nil {
			book = b.Book(r.Context(), p.Public)
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.send(w, r, p.book("", book))
}

func (p *Pages) sendWall(w http.ResponseWriter, r *http.Request) error {
	var wall paper.Wall
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		b, err := p.Catalog.Booklet(tx, catalog.BookletOf{Kind: r.PathValue("kind"), Value: r.PathValue("value")}, r.URL.Query().Get("after"))
		if err == nil {
			wall = b.Wall(r.Context(), p.Public, r.URL.Query().Get("size") == "a3")
		}
		return err
	})
	if err != nil {
		return err
	}
	name := wall.Title + "-" + i18n.T(r.Context(), "booklet.wall.file") + ".pdf"
	return p.send(w, r, file{name: name, says: wall, set: func(w io.Writer) (int, error) { return 0, p.Fonts.Wall(w, wall) }})
}

func (p *Pages) sendPoster(w http.ResponseWriter, r *http.Request) error {
	poster, err := p.poster(r)
	if err != nil {
		return err
	}
	return p.send(w, r, file{name: poster.Title + ".pdf", says: poster, set: func(w io.Writer) (int, error) { return 0, p.Fonts.Poster(w, poster) }})
}

func (p *Pages) poster(r *http.Request) (poster paper.Poster, err error) {
	err = p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		it, err := p.Catalog.Current(tx, r.PathValue("code"))
		if err == nil {
			poster, err = p.Catalog.Poster(tx, it, p.Public)
		}
		return err
	})
	return poster, err
}

// hash names what a file says.
func (f file) hash() (string, error) {
	says, err := json.Marshal(f.says)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(layout), says...))
	return hex.EncodeToString(sum[:]), nil
}

// layout is to be raised with every change of how files are set: kept ones are then made anew.
const layout = "1 "

// send answers with the file: with that of the browser where it is the same, with the kept
// one, or with one that is set now.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, f file) error {
	hash, err := f.hash()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", `"`+hash+`"`)
	h.Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == `"`+hash+`"` {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(f.name))
	content, err := p.kept(r.Context(), f.id, hash)
	if err != nil {
		return err
	}
	if content == nil {
		if content, err = p.make(r, f, hash); err != nil {
			h.Del("Content-Disposition")
			return err
		}
	}
	defer func() { _ = content.Close() }()
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// kept opens the file that was kept under an id, if it says the same; nil if there is none.
func (p *Pages) kept(ctx context.Context, id, hash string) (io.ReadSeekCloser, error) {
	if id == "" {
		return nil, nil
	}
	var was catalog.Printed
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		was, err = p.Catalog.Printed(tx, id)
		return err
	})
	if err != nil || was.Hash != hash {
		return nil, err
	}
	content, err := p.Blobs.Open(ctx, was.Blob)
	if fault.Is(err, fault.Unknown) { // whoever restores a backup without files loses nothing
		return nil, nil
	}
	return content, err
}

// maxBooklet is how large a file may be.
const maxBooklet = 64 << 20

// inMemory is a file that was just set.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// make sets the file, one of few at a time, and keeps it where it has an id.
func (p *Pages) make(r *http.Request, f file, hash string) (io.ReadSeekCloser, error) {
	ctx := r.Context()
	if !p.callers.May(web.Client(r), pace, p.Catalog.DB.Now()) {
		return nil, fault.New(fault.TooMany, "booklet.too_many")
	}
	select {
	case p.setting <- struct{}{}:
		defer func() { <-p.setting }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var out bytes.Buffer
	pages, err := f.set(&out)
	if err != nil {
		return nil, err
	}
	if f.id != "" {
		if err := p.keep(ctx, f.id, hash, pages, out.Bytes()); err != nil { // it was made all the same
			slog.WarnContext(ctx, "a booklet was not kept", "err", err)
		}
	}
	return inMemory{bytes.NewReader(out.Bytes())}, nil
}

// Sweep removes the files of booklets that were printed anew.
func (p *Pages) Sweep(ctx context.Context) error { return p.Catalog.SweepPrinted(ctx, p.Blobs) }

func (p *Pages) keep(ctx context.Context, id, hash string, pages int, content []byte) error {
	key, size, err := p.Blobs.Put(ctx, bytes.NewReader(content), maxBooklet)
	if err != nil {
		return err
	}
	return p.Catalog.DB.Write(ctx, func(tx *db.Tx) error {
		return p.Catalog.KeepPrinted(tx, catalog.Printed{ID: id, Hash: hash, Blob: key, Size: size, Pages: pages})
	})
}
