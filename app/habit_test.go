package app

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/sample"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTexts holds every text to what readers need: both languages, the same
// values mentioned, English in English, and no shouting.
func TestTexts(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), testConfig(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	value := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, key := range slices.Concat(a.words.Keys(i18n.Chinese), a.words.Keys(i18n.English)) {
		for _, lang := range i18n.Languages() {
			text := a.words.Text(lang, key)
			switch {
			case lang == i18n.Chinese && strings.HasSuffix(key, ".one"): // Chinese has no plural
			case !a.words.Has(lang, key):
				t.Errorf("%s has no text in %s", key, lang)
			case a.words.Text(i18n.Chinese, key)+a.words.Text(i18n.English, key) == "":
				t.Errorf("%s is empty", key)
			case strings.ContainsAny(text, "!！"):
				t.Errorf("%s shouts in %s: %s", key, lang, text)
			case lang == i18n.English && mostlyHan(text) && !strings.HasPrefix(key, "work.phrase."): // opinions are written in Chinese
				t.Errorf("%s is Chinese in English: %s", key, text)
			}
		}
		zh, en := value.FindAllString(a.words.Text(i18n.Chinese, key), -1), value.FindAllString(a.words.Text(i18n.English, key), -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !strings.HasSuffix(key, ".one") && !slices.Equal(slices.Compact(zh), slices.Compact(en)) {
			t.Errorf("%s mentions %v in Chinese and %v in English", key, zh, en)
		}
	}
	spoken := wordsAskedFor(t, a)
	if len(spoken) < 100 {
		t.Fatalf("found only %d texts in the code: the test looks in the wrong place", len(spoken))
	}
	for key, where := range spoken {
		if !a.words.Has(i18n.Chinese, key) {
			t.Errorf("%s: there are no words for %q", where, key)
		}
	}
}

func mostlyHan(text string) bool {
	han, all := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			all++
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
	}
	return all > 0 && han*2 > all
}

// wordsAskedFor finds the literal text keys and fault codes in the program:
// fault.New(kind, "…"), Need(ok, field, "…"), fault.Error{Code: "…"} and
// i18n.T(ctx, "…"). A capability that is not listed yet is not asked.
func wordsAskedFor(t *testing.T, a *App) map[string]string {
	t.Helper()
	keys := map[string]string{}
	listed := map[string]bool{}
	for _, m := range a.Modules {
		listed[m.Name] = true
	}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if dir := filepath.ToSlash(filepath.Dir(name)); strings.HasPrefix(dir, "../domain/") && !listed[filepath.Base(dir)] {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		found := func(e ast.Expr) {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				key, _ := strconv.Unquote(lit.Value)
				keys[key] = set.Position(lit.Pos()).String()
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				switch called, args := calledName(n), n.Args; {
				case (called == "fault.New" || called == "i18n.T") && len(args) >= 2:
					found(args[1])
				case strings.HasSuffix(called, ".Need") && len(args) == 3:
					found(args[2])
				}
			case *ast.CompositeLit:
				if sel, ok := n.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Error" {
					return true
				}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && fmt.Sprint(kv.Key) == "Code" {
						found(kv.Value)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func calledName(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if pkg, ok := sel.X.(*ast.Ident); ok {
		return pkg.Name + "." + sel.Sel.Name
	}
	return "." + sel.Sel.Name
}

// sampleRoles are the role codes of the sample city.
func sampleRoles(t *testing.T) (codes []string) {
	t.Helper()
	raw, err := sample.Yunchuan.ReadFile("yunchuan/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var office struct {
		Roles []struct{ Code string }
	}
	if err := yaml.Unmarshal(raw, &office); err != nil {
		t.Fatal(err)
	}
	for _, r := range office.Roles {
		codes = append(codes, r.Code)
	}
	return codes
}

// TestRights holds every right to be given to somebody, and to roles that there
// are.
func TestRights(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), testConfig(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	known := append(sampleRoles(t), module.Applicant)
	for _, m := range a.Modules {
		for _, r := range m.Rights {
			if len(r.Roles) == 0 {
				t.Errorf("nobody has the right %s", r.Name)
			}
			for _, role := range r.Roles {
				if !slices.Contains(known, role) {
					t.Errorf("the right %s is given to the role %q, which there is not", r.Name, role)
				}
			}
		}
	}
}

// TestMatrix tries every route as every role, through the same check that
// serves it, and compares who gets in with testdata/matrix.golden: a change of
// rights shows in review as a change of that file.
func TestMatrix(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), testConfig(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	roles := append([]string{"visitor", module.Applicant}, sampleRoles(t)...)
	var table strings.Builder
	for _, m := range a.Modules {
		for _, rt := range m.Routes {
			var in []string
			for _, role := range roles {
				if admits(a, rt, role) {
					in = append(in, role)
				}
			}
			who := strings.Join(in, " ")
			if len(in) == len(roles) {
				who = "everybody"
			}
			fmt.Fprintf(&table, "%s | %s | %s\n", rt.Pattern, rt.Right, who)
		}
	}
	const golden = "testdata/matrix.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || table.String() != string(want) {
		t.Errorf("the authorisation matrix differs from %s (%v); look at it, then go test ./app -update:\n%s", golden, err, table.String())
	}
}

// admits asks the real check whether a role may use a route.
func admits(a *App, rt web.Route, role string) bool {
	who := auth.Actor{ID: 1, Kind: auth.Staff, Roles: []string{role}}
	switch role {
	case "visitor":
		who = auth.Actor{}
	case module.Applicant:
		who.Kind, who.Roles = auth.Applicant, nil
	}
	who.Rights = a.rights.of(who)
	reached := false
	rt.Handle = func(http.ResponseWriter, *http.Request) error { reached = true; return nil }
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	(&web.Server{}).Serve(rt).ServeHTTP(httptest.NewRecorder(), r.WithContext(auth.With(r.Context(), who)))
	return reached
}

var wildcard = regexp.MustCompile(`\{[a-zA-Z_]+(\.\.\.)?\}`)

// TestNoPageFails opens every page as a visitor, and every page that staff and
// applicants may open as them, with ids that do not exist: an answer may refuse,
// never fail.
func TestNoPageFails(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	stranger, applicant := visit(t, a), visit(t, a)
	applicant.signIn(nil)
	pages := 0
	for _, m := range a.Modules {
		for _, rt := range m.Routes {
			method, path, _ := strings.Cut(rt.Pattern, " ")
			if method != http.MethodGet || m.Name == "trial" {
				continue
			}
			pages++
			path = strings.ReplaceAll(path, "{$}", "")
			for _, fill := range []string{"1", "no-such-thing", "%E4%B8%80"} {
				for name, v := range map[string]*visitor{"visitor": stranger, "applicant": applicant} {
					if answer, page := v.get(wildcard.ReplaceAllString(path, fill)); answer.StatusCode >= http.StatusInternalServerError {
						t.Errorf("%s as %s with %s: %d\n%.300s", rt.Pattern, name, fill, answer.StatusCode, page)
					}
				}
			}
		}
	}
	if pages < 8 {
		t.Errorf("only %d pages were opened", pages)
	}
}

// TestTablesCarryTheirModule looks at the real database: each table belongs to a
// module or to the machinery by its name.
func TestTablesCarryTheirModule(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	prefixes := []string{"goose_", "db_", "sqlite_"}
	for _, m := range append(ground(), a.Modules...) {
		prefixes = append(prefixes, m.Name)
	}
	for _, table := range tables(t, a) {
		if !slices.ContainsFunc(prefixes, func(p string) bool {
			rest, ok := strings.CutPrefix(table, p)
			return ok && (rest == "" || rest[0] == '_' || strings.HasSuffix(p, "_"))
		}) {
			t.Errorf("the table %s belongs to nobody", table)
		}
	}
}

func tables(t *testing.T, a *App) (names []string) {
	t.Helper()
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		names, err = db.All(tx, func(name *string) []any { return []any{name} },
			`SELECT name FROM sqlite_master WHERE type = 'table'`)
		return err
	})
	if err != nil || len(names) < 10 {
		t.Fatalf("%d tables (%v)", len(names), err)
	}
	return names
}
