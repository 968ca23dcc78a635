package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed asset
var assetFiles embed.FS

// Texts holds the words of this package, text/zh.json and text/en.json: flat maps from key to text.
//
//go:embed text
var Texts embed.FS

// assetRoot is the address below which Handler serves, and AssetPath points.
const assetRoot = "/assets/"

type packed struct {
	name, kind string
	plain, gz  []byte
}

var assets = sync.OnceValue(func() (all struct {
	hash  string
	files map[string]packed
}) {
	all.files = map[string]packed{}
	sum := sha256.New()
	err := fs.WalkDir(assetFiles, "asset", func(file string, e fs.DirEntry, err error) error { // in order, so the hash is stable
		if err != nil || e.IsDir() {
			return err
		}
		plain, err := assetFiles.ReadFile(file)
		name := strings.TrimPrefix(file, "asset/")
		sum.Write([]byte(name))
		sum.Write(plain)
		all.files[name] = packed{name, kindOf(name), plain, squeeze(plain)}
		return err
	})
	if err != nil {
		panic(err) // embedded at build time: cannot happen
	}
	all.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return all
})

func squeeze(plain []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a constant that gzip knows
	_, _ = z.Write(plain)                                   // a bytes.Buffer does not fail
	_ = z.Close()
	return out.Bytes()
}

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return "text/plain; charset=utf-8"
	}
}

// Assets is the folder of style sheets, scripts and icons, its files at the root.
func Assets() http.FileSystem {
	sub, err := fs.Sub(assetFiles, "asset")
	if err != nil {
		panic(err) // the folder is embedded: cannot happen
	}
	return http.FS(sub)
}

// AssetPath is the address of an asset, such as "components.css". It changes when any asset changes, so
// that browsers may keep what they have for ever.
func AssetPath(name string) string { return assetRoot + assets().hash + "/" + name }

// Handler serves the assets. Mount it at "GET /assets/". A file asked for by the present hash may be kept
// for a year; by an older one, as while servers are being replaced, it is served but not kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, assetRoot), "/")
		f, found := assets().files[name]
		if !found {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		if hash == assets().hash {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		body := f.plain
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.gz
		}
		_, _ = w.Write(body) // the reader may have gone: nothing to mend
	})
}

var ownWords = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		raw, err := Texts.ReadFile("text/" + lang + ".json")
		if err != nil {
			panic(err) // embedded at build time: cannot happen
		}
		words := map[string]string{}
		if err := json.Unmarshal(raw, &words); err != nil {
			panic(err) // a test reads both files
		}
		all[lang] = words
	}
	return all
})

// Words gives this package's own words in "zh" or "en"; a key that it does not know comes back as it is.
func Words(lang string) func(key string, args ...any) string {
	words := ownWords()["zh"]
	if lang == "en" {
		words = ownWords()["en"]
	}
	return func(key string, _ ...any) string {
		if text, found := words[key]; found {
			return text
		}
		return key
	}
}

func iconHref(name string) string { return AssetPath("icons.svg") + "#i-" + name }
