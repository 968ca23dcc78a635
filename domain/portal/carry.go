package portal

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// A form that was posted after its session had expired loses nothing: its text
// travels as hidden fields through the pages for signing in and registering and is offered to be posted
// again. Files do not travel; passwords must not.
const (
	carryField = "carry."
	carryTo    = "carry_to"
	carryKind  = "carry_kind"
	carryFrom  = "carry_from"
	carryMost  = 1 << 20 // bytes of text
)

// carried is what a posted form held.
type carried struct {
	To     string // where it was posted: a path of this site
	From   string // the page that it stood on, or ""
	Upload bool   // it is posted as multipart/form-data
	Files  bool   // it held files, which are gone
	Lost   bool   // it was too much, or unreadable: the text is gone too
	Fields url.Values
}

// some reports whether anything is carried.
func (c carried) some() bool { return c.To != "" }

// carryFromPost reads what the request holds. The request may have been read by
// its handler already.
func carryFromPost(r *http.Request) carried {
	c := carried{To: web.Local(r.URL.RequestURI()), Fields: url.Values{}}
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
		c.From = web.Local(from.RequestURI())
	}
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	c.Upload = media == "multipart/form-data"
	switch {
	case r.MultipartForm != nil:
		c.Fields, c.Files = r.MultipartForm.Value, len(r.MultipartForm.File) > 0
	case r.PostForm != nil:
		c.Fields = r.PostForm
	case c.Upload:
		c.readParts(multipart.NewReader(r.Body, params["boundary"]))
	default:
		if err := r.ParseForm(); err != nil {
			c.Lost = true
		}
		c.Fields = r.PostForm
	}
	c.tidy()
	return c
}

// readParts takes the text of a multipart form and passes over its files.
func (c *carried) readParts(parts *multipart.Reader) {
	room := int64(carryMost)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			c.Lost = true
			return
		}
		if part.FileName() != "" {
			c.Files = true
			continue // NextPart reads past it
		}
		text, err := io.ReadAll(io.LimitReader(part, room+1))
		room -= int64(len(text))
		if err != nil || room < 0 {
			c.Lost = true
			return
		}
		c.Fields.Add(part.FormName(), string(text))
	}
}

// tidy drops passwords, and everything when it is too much to carry.
func (c *carried) tidy() {
	size := 0
	for name, values := range c.Fields {
		if secretField(name) {
			delete(c.Fields, name)
			continue
		}
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > carryMost {
		c.Lost = true
	}
	if c.Lost {
		c.Fields = nil
	}
}

func secretField(name string) bool { return strings.Contains(strings.ToLower(name), "password") }

// hidden is the carried form as fields of the sign-in form.
func (c carried) hidden() []ui.Hidden {
	if !c.some() {
		return nil
	}
	all := []ui.Hidden{{Name: carryTo, Value: c.To}, {Name: carryFrom, Value: c.From}, {Name: carryKind, Value: c.kind()}}
	for _, f := range c.again() {
		all = append(all, ui.Hidden{Name: carryField + f.Name, Value: f.Value})
	}
	return all
}

// again is the carried form as it was posted first.
func (c carried) again() (all []ui.Hidden) {
	names := make([]string, 0, len(c.Fields))
	for name := range c.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range c.Fields[name] {
			all = append(all, ui.Hidden{Name: name, Value: v})
		}
	}
	return all
}

func (c carried) kind() string {
	kind := "text"
	if c.Upload {
		kind = "upload"
	}
	if c.Files {
		kind = "files"
	}
	if c.Lost {
		kind = "lost"
	}
	return kind
}

// Carrying are the fields of a posted form in which another one travels.
func Carrying(form url.Values) []ui.Hidden { return carryThrough(form).hidden() }

// carryThrough reads back what hidden put into the sign-in form.
func carryThrough(form url.Values) carried {
	c := carried{Fields: url.Values{}}
	if form.Get(carryTo) == "" {
		return c
	}
	c.To = web.Local(form.Get(carryTo))
	if from := form.Get(carryFrom); from != "" {
		c.From = web.Local(from)
	}
	switch form.Get(carryKind) {
	case "upload":
		c.Upload = true
	case "files":
		c.Upload, c.Files = true, true
	case "lost":
		c.Lost = true
	}
	for name, values := range form {
		if own, ok := strings.CutPrefix(name, carryField); ok && !secretField(own) {
			c.Fields[own] = values
		}
	}
	return c
}
