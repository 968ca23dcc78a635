package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// samplePage fills everything that a frame can show.
func samplePage(lang string) Page {
	links := []Link{{Text: "one", Href: "/one", Icon: "list", Count: "3", Current: true}, {Text: "two", Href: "/two", Lang: "en"}}
	return Page{
		Lang: lang, Title: "sample", Wrong: true, Path: "/x?q=1", SignIn: "/sign-in", City: "云川市",
		User: &User{Name: "沈佳宁", Post: "B03", Home: "/inbox", Links: links, SignOut: "/sign-out"},
		Nav:  links, Foot: links, FootNote: "note", Hotline: "12345",
		Rail: []RailGroup{{Head: "head", Items: links}}, Keys: []Key{{"F8", "notice"}},
		Demo: true, Flash: "done", FlashLink: &links[0],
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// middle is something to put into a frame.
func middle(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, c := range parts {
			if err := c.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// everything draws each frame and each component, in both languages. The living page holds most of them.
func everything(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		p := samplePage(lang)
		out := p
		out.User, out.Demo, out.Elder = nil, false, true
		desk := middle(
			Bar("title", "note"), Body(), Desk("case"), Pane("pane", "note"),
			Card("card"), Section("s", "section"), IconLarge("store"), Hero("q"),
			Search(SearchBox{Action: "/", Label: "find", Hidden: []Hidden{{"a", "b"}}}),
			ErrorSummary("2", []Wrong{{"f", "one"}, {"", "two"}}),
			AskPage(Ask{ID: "a", Title: "t", Text: "x", Yes: "yes", No: "no", Back: "/", Hidden: []Hidden{{"v", "1"}}}),
			TroublePage(Trouble{Title: "t", Text: "x", Safe: "safe", Ref: "1", Acts: []Act{{Text: "home", Href: "/"}}}),
			Answer(Finding{ToneGood, "t", "x"}), PhoneBar("acts", []Act{{Text: "go", Href: "/"}}),
			Acts([]Act{{Text: "a", Key: "Ctrl ↵"}, {Text: "b", Why: "c"}}, "remark"),
			Table(Grid{Caption: "c", Label: "l", Cols: []Col{{Text: "x", Bare: true}}, Rows: []Line{{ID: "r", Cells: []Cell{{Tag: &Badge{"t", ToneLine}}, {Href: "/", Text: "a"}, {Code: true, Text: "b"}}}}, Scroll: true}),
		)
		for name, page := range map[string]templ.Component{
			"living": Living(p), "living signed out": Living(out), "staff": Staff(p), "bare": Bare(p),
			"paper": Paper(p, Link{Text: "back", Href: "/"}), "fragment": Fragment(p), "public": Public(p),
		} {
			all[lang+" "+name] = render(t, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				return page.Render(templ.WithChildren(ctx, desk), w)
			}))
		}
	}
	return all
}

var (
	styleAttr        = regexp.MustCompile(`<[^>]*\sstyle\s*=`)
	handlerAttr      = regexp.MustCompile(`<[^>]*\son[a-z]+\s*=`)
	inlineCode       = regexp.MustCompile(`(?s)<script(?:\s[^>]*)?>.*?</script>`)
	scriptWithSource = regexp.MustCompile(`^<script src="/assets/[^"]+" defer></script>$`)
	iconUse          = regexp.MustCompile(`icons\.svg#i-([a-z-]+)"`)
	idAttr           = regexp.MustCompile(`\sid="([^"]*)"`)
	frameWords       = regexp.MustCompile(`"(ui\.[a-z.]+)"`)
)

func TestPagesKeepTheContentPolicy(t *testing.T) {
	t.Parallel()
	for name, html := range everything(t) {
		if found := styleAttr.FindString(html); found != "" {
			t.Errorf("%s: style attribute: %s", name, found)
		}
		if found := handlerAttr.FindString(html); found != "" {
			t.Errorf("%s: event attribute: %s", name, found)
		}
		for _, script := range inlineCode.FindAllString(html, -1) {
			if !scriptWithSource.MatchString(script) {
				t.Errorf("%s: inline script: %s", name, script)
			}
		}
		if strings.Contains(html, "<style") || strings.Contains(html, "javascript:") {
			t.Errorf("%s: a style element or a javascript: address", name)
		}
	}
}

func TestIconsExist(t *testing.T) {
	t.Parallel()
	known := append([]string{"mark", "light-blue", "light-yellow", "light-red", "light-stop"}, iconNames()...)
	used := map[string]bool{}
	for name, html := range everything(t) {
		for _, m := range iconUse.FindAllStringSubmatch(html, -1) {
			used[m[1]] = true
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: icon %q is not in icons.svg", name, m[1])
			}
		}
	}
	if len(used) < len(known) {
		t.Errorf("%d icons used of %d: the living page should show all", len(used), len(known))
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()
	for name, html := range everything(t) {
		if !strings.Contains(name, "living") {
			continue
		}
		seen := map[string]bool{}
		for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
			if seen[m[1]] {
				t.Errorf("%s: id %q twice", name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	zh, en := ownWords()["zh"], ownWords()["en"]
	for key := range en {
		if zh[key] == "" {
			t.Errorf("zh.json lacks %s", key)
		}
	}
	used := map[string]bool{}
	files, err := filepath.Glob("*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range frameWords.FindAllStringSubmatch(string(raw), -1) {
			used[m[1]] = true
			if zh[m[1]] == "" || en[m[1]] == "" {
				t.Errorf("%s uses %s, which lacks words", name, m[1])
			}
		}
	}
	for key := range zh {
		if en[key] == "" {
			t.Errorf("en.json lacks %s", key)
		}
		if !used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

func TestEnglishPagesHaveNoChineseOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := samplePage("en")
	p.City, p.User.Name = "Yunchuan", "Shen Jianing"
	html := render(t, Staff(p)) + render(t, Public(p))
	html = strings.ReplaceAll(html, "中文", "") // the way back, named in its own language
	if found := regexp.MustCompile(`\p{Han}+`).FindString(html); found != "" {
		t.Errorf("an English page says %q", found)
	}
}

func TestAssetsNameNothingOutside(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]{2,}|url\(["']?(data:|https?:|//)|@import`)
	for _, name := range []string{"tokens.css", "components.css", "app.js", "icons.svg"} {
		text := strings.ReplaceAll(string(assets().files[name].plain), "http://www.w3.org/", "")
		if found := address.FindString(text); found != "" {
			t.Errorf("%s names %q", name, found)
		}
	}
	for _, m := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(string(assets().files["components.css"].plain), -1) {
		if _, found := assets().files[m[1]]; !found {
			t.Errorf("components.css wants %q, which is not an asset", m[1])
		}
	}
}

// TestVendoredFilesAreThosePinned holds what others have written to the sums under which it was taken in.
func TestVendoredFilesAreThosePinned(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("vendored.txt")
	if err != nil {
		t.Fatal(err)
	}
	pinned := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 4 && f[0] == "file" {
			pinned[f[3]] = f[1]
		}
	}
	for name, f := range assets().files {
		if !strings.Contains(name, "/") {
			continue
		}
		if sum := sha256.Sum256(f.plain); pinned[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not what vendored.txt pins", name)
		}
		delete(pinned, name)
	}
	for name := range pinned {
		t.Errorf("%s is pinned and not there", name)
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w
	}
	fresh := get(AssetPath("components.css"), "gzip, br")
	if fresh.Code != http.StatusOK || fresh.Header().Get("Content-Encoding") != "gzip" ||
		!strings.Contains(fresh.Header().Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(fresh.Header().Get("Content-Type"), "text/css") {
		t.Errorf("current asset: %d %v", fresh.Code, fresh.Header())
	}
	old := get("/assets/0123456789ab/app.js", "")
	if old.Code != http.StatusOK || strings.Contains(old.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("asset by an old hash: %d %v", old.Code, old.Header())
	}
	if got, err := fs.ReadFile(assetFiles, "asset/app.js"); err != nil || old.Body.String() != string(got) {
		t.Errorf("an old hash should serve the present file: %v", err)
	}
	for _, path := range []string{"/assets/", "/assets/x/none.css", "/assets/x/../ui.go"} {
		if w := get(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	f, err := Assets().Open("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

func TestPageWithKeepsTheQueryAndTheSite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, want string }{
		{"/items?q=a+b", "/items?lang=en&q=a+b"},
		{"/items?lang=zh", "/items?lang=en"},
		{"", "/?lang=en"},
		{"//elsewhere.example/x", "/?lang=en"},
		{"https://elsewhere.example/", "/?lang=en"},
	} {
		if got := string(Page{Path: c.path}.with("lang", "en")); got != c.want {
			t.Errorf("with(%q) = %q, want %q", c.path, got, c.want)
		}
	}
}

// TestChineseOnEnglishPagesIsMarked: names that are records keep their language, and say which it is.
func TestChineseOnEnglishPagesIsMarked(t *testing.T) {
	for lang, want := range map[string]string{"en": `<b lang="zh-CN">审查</b>`, "zh": `<b>审查</b>`} {
		html := render(t, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return Flow([]Leg{{Name: "审查"}, {Name: "Review"}}).Render(carry(ctx, Page{Lang: lang}), w)
		}))
		if !strings.Contains(html, want) || !strings.Contains(html, "<b>Review</b>") {
			t.Errorf("%s: %s", lang, html)
		}
	}
}
