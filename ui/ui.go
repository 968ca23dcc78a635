// Package ui draws the pages: the frame around every page, the parts that pages are made of, and the
// words, icons and style sheets that belong to them.
//
// It knows no government and no machinery: whatever it shows it is told, already in the reader's language.
// A page is a layout (Public, Staff, Bare, Paper) around components; both are templ functions with plain
// structs. Nothing here writes a style attribute, an inline script or an event attribute, so that the
// strictest content security policy holds, and every component works without scripts.
package ui

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"unicode"

	"github.com/a-h/templ"
)

// Page is what every full page needs, whoever draws its middle.
type Page struct {
	Lang  string // "zh" or "en"; anything else is taken as "zh"
	Title string // the document's title, without personal data; the product's name is added
	Wrong bool   // the page reports input errors: the title then begins with 错误：

	// T gives the words for a key in the page's language. Nil takes the words of this package only.
	T func(key string, args ...any) string

	Path     string      // path and query of this page: aria-current and the language switch use it
	User     *User       // nil: nobody is signed in
	SignIn   string      // where to sign in; empty hides the link
	Elder    bool        // large type 长辈版
	City     string      // the place that the centre serves, 云川市
	Nav      []Link      // public: the links at the top, six at most
	Foot     []Link      // public: the links at the foot
	FootNote string      // public: who runs the site, where and when the counters are open
	Hotline  string      // public: the number for questions and complaints
	Rail     []RailGroup // staff: the list at the left
	Keys     []Key       // staff: what "?" lists for this page, after the keys that work everywhere

	Demo      bool   // show the strip that says that all data are samples
	Flash     string // good news after a redirect, shown for six seconds
	FlashLink *Link  // the way back that the good news may carry, 撤回

	Shape Shape           // public: how wide the middle is
	Fit   bool            // staff: the window does not scroll, its panes do
	After templ.Component // public: below the middle, above the foot, such as PhoneBar
}

// Shape says how wide the middle of a public page is.
type Shape int

const (
	ShapePage Shape = iota // 72rem, parts one below the other
	ShapeRead              // 46rem, for forms and text
	ShapeFull              // edge to edge; the page brings its own wraps
)

// User is the person who is signed in, as the frame shows them.
type User struct {
	Name    string
	Post    string // staff: unit and post, "餐饮许可科　A 岗"; applicants: for whom they act, or empty
	For     string // applicants: for whom they act, which the head of a wide page shows instead of their own name; or empty
	Home    string // where their own things are
	Links   []Link // further entries of their menu
	SignOut string // the address that ends the session, by POST; empty hides the button
}

// shown is who the head of a wide page says is at work: whoever is acted for, else the user.
func (u *User) shown() string { return cmp.Or(u.For, u.Name) }

// Link is a text that leads somewhere.
type Link struct {
	Text    string
	Href    string
	Icon    string // optional
	Count   string // optional, already formatted: "23"
	Current bool   // this is where the reader is
	Lang    string // the language of the text, where it differs from the page's
}

// RailGroup is a headed part of the staff's list at the left.
type RailGroup struct {
	Head  string
	Items []Link
}

// Key is one line of the list of keys.
type Key struct {
	Key  string // as printed on the cap: "F8", "J", "Ctrl ↵"
	Text string // what it does
}

type pageKey struct{}

// carry hands the page to the components inside it, which take their few fixed words from it.
func carry(ctx context.Context, p Page) context.Context { return context.WithValue(ctx, pageKey{}, p) }

func page(ctx context.Context) Page {
	p, _ := ctx.Value(pageKey{}).(Page)
	return p
}

// say is one of this package's own words in the language of the page around.
func say(ctx context.Context, key string) string {
	p := page(ctx)
	if p.T != nil {
		return p.T(key)
	}
	return Words(p.Lang)(key)
}

func (p Page) english() bool { return p.Lang == "en" }

// Tongue marks a text in Chinese on a page in English, such as a name that is a record: readers aloud then know its
// language.
func Tongue(ctx context.Context, text string) templ.Attributes {
	if page(ctx).english() && strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		return templ.Attributes{"lang": "zh-CN"}
	}
	return nil
}

func (p Page) htmlLang() string {
	if p.english() {
		return "en"
	}
	return "zh-CN"
}

// with is this page's address with one value of its query set.
func (p Page) with(key, value string) templ.SafeURL {
	u, err := url.Parse(p.Path)
	if err != nil || !strings.HasPrefix(p.Path, "/") || strings.HasPrefix(p.Path, "//") {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return templ.SafeURL(u.RequestURI())
}

func (p Page) mainClass() string {
	switch p.Shape {
	case ShapeRead:
		return "wrap wrap--read main stack stack--l"
	case ShapeFull:
		return "grow"
	default:
		return "wrap main stack stack--l"
	}
}
