package onedoor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const own = "onedoor.app/"

// rule is one line of arch.txt.
type rule struct {
	verb string // allow, tests, only or file
	of   string
	what []string
	why  string
	line int
	used bool
}

// readRules reads arch.txt or says which line it cannot read.
func readRules(t *testing.T, name string) (rules []*rule) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		line, why, _ := strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		sign := ":"
		if words[0] == "file" {
			sign = "!"
		}
		if len(words) < 4 || words[2] != sign || !slices.Contains([]string{"allow", "tests", "only", "file"}, words[0]) {
			t.Fatalf("%s:%d: cannot read %q", name, i+1, line)
		}
		rules = append(rules, &rule{verb: words[0], of: words[1], what: words[3:], why: strings.TrimSpace(why), line: i + 1})
	}
	return rules
}

// covers reports whether a pattern of arch.txt takes in a package.
func covers(pattern, pkg string) bool {
	if tree, whole := strings.CutSuffix(pattern, "/..."); whole {
		return pkg == tree || strings.HasPrefix(pkg, tree+"/")
	}
	return pkg == pattern
}

func anyCovers(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, pkg) })
}

// sideways reports whether the rule lets one capability import another.
func (r *rule) sideways() bool {
	return r.verb == "allow" && strings.HasPrefix(r.of, "domain/") && r.of != "domain/..." &&
		slices.ContainsFunc(r.what, func(p string) bool { return strings.HasPrefix(p, "domain/") })
}

// judge says what is wrong with a file importing a package, "" if nothing is,
// and marks the rules that it needed.
func judge(rules []*rule, file, imported string) string {
	from := path.Dir(file)
	target, ours := strings.CutPrefix(imported, own)
	fine := !ours || target == from // a test in package x_test imports x
	for _, r := range rules {
		switch {
		case r.verb == "allow" && ours && covers(r.of, from) && anyCovers(r.what, target),
			r.verb == "tests" && ours && strings.HasSuffix(file, "_test.go") && covers(r.of, from) && anyCovers(r.what, target):
			r.used, fine = true, true
		case r.verb == "only" && covers(r.of, target):
			r.used = true
			if !anyCovers(r.what, from) {
				return "only " + strings.Join(r.what, ", ") + " may (line " + strconv.Itoa(r.line) + ")"
			}
		case r.verb == "file":
			glob := strings.ReplaceAll(r.of, "$pkg", path.Base(from))
			if match, _ := path.Match(glob, file); !match {
				continue
			}
			r.used = true
			if anyCovers(r.what, target) {
				return r.of + " must not (line " + strconv.Itoa(r.line) + ")"
			}
		}
	}
	if !fine {
		return "no line of arch.txt allows it"
	}
	return ""
}

// goFiles calls do for each Go file of the repository below the root.
func goFiles(t *testing.T, do func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(name) == ".go" && filepath.Dir(name) != ".":
			do(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestArchitecture(t *testing.T) {
	rules := readRules(t, "arch.txt")
	goFiles(t, func(name string) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if wrong := judge(rules, name, imported); wrong != "" {
				t.Errorf("%s imports %s: %s", name, imported, wrong)
			}
		}
	})
	for _, r := range rules {
		if !r.used {
			t.Errorf("arch.txt:%d: nothing needs %q any more: delete it", r.line, r.verb+" "+r.of)
		}
		if r.sideways() && r.why == "" {
			t.Errorf("arch.txt:%d: say why one capability imports another", r.line)
		}
	}
}

// TestJudge makes sure that the judge can say no.
func TestJudge(t *testing.T) {
	rules := readRules(t, "arch.txt")
	for _, tt := range []struct {
		file, imported string
		fine           bool
	}{
		{"domain/cases/act.go", own + "infra/db", true},
		{"domain/cases/act.go", own + "domain/catalog", true},
		{"domain/cases/act_test.go", own + "sample", true},
		{"domain/cases/act.go", own + "sample", false},                    // tests only
		{"domain/catalog/catalog.go", own + "domain/cases", false},        // sideways, not written
		{"engine/ledger/ledger.go", own + "domain/cases", false},          // machinery knows no government
		{"infra/db/db.go", own + "engine/job", false},                     // upwards
		{"engine/job/job.go", own + "module", false},                      // a cycle in waiting
		{"cmd/onedoor/main.go", own + "domain/cases", false},              // past app
		{"domain/cases/cases.go", "net/http", false},                      // rules know no HTTP
		{"domain/cases/store.go", "net/http", false},                      //
		{"domain/cases/web.go", "net/http", true},                         //
		{"domain/cases/store.go", "database/sql", false},                  // one door to the database
		{"infra/db/postgres.go", "github.com/jackc/pgx/v5", true},         //
		{"domain/cases/act.go", "github.com/jackc/pgx/v5", false},         //
		{"domain/unheard/of.go", own + "app", false},                      // a new folder inherits the rules
		{"newtree/x.go", own + "infra/db", false},                         // or has none
		{"domain/party/party_test.go", own + "domain/party", true},        // external test of itself
		{"domain/party/party.go", "golang.org/x/text/unicode/norm", true}, // unruled libraries are free
	} {
		if got := judge(rules, tt.file, tt.imported); (got == "") != tt.fine {
			t.Errorf("%s imports %s: %q, want fine=%t", tt.file, tt.imported, got, tt.fine)
		}
	}
}

var (
	// Keywords are written in capitals and names in small letters, which tells SQL
	// from prose and a table from "UPDATE SET" or "FOR UPDATE SKIP LOCKED".
	tableRE = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW|TABLE IF NOT EXISTS|INDEX [a-z_]+ ON)\s+([a-z][a-z_0-9]*)`)
	withRE  = regexp.MustCompile(`(?:\bWITH|,)\s+(?:RECURSIVE\s+)?([a-z_]+)(?:\s*\([a-z_, ]*\))?\s+AS\s+\(`)
)

// strays are the tables in a piece of SQL that are neither the module's own
// ("rating", "rating_…") nor a published view ("…_public").
func strays(module, sql string) (names []string) {
	local := map[string]bool{}
	for _, m := range withRE.FindAllStringSubmatch(sql, -1) {
		local[m[1]] = true
	}
	for _, m := range tableRE.FindAllStringSubmatch(sql, -1) {
		name := m[1]
		if name != module && !strings.HasPrefix(name, module+"_") && !strings.HasSuffix(name, "_public") && !local[name] {
			names = append(names, name)
		}
	}
	return names
}

func TestTablesStayHome(t *testing.T) {
	checked := 0
	goFiles(t, func(name string) {
		tree, _, _ := strings.Cut(name, "/")
		if !slices.Contains([]string{"domain", "engine", "app", "cmd"}, tree) && !strings.HasPrefix(name, "infra/auth/") ||
			strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Error(err)
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				checked++
				for _, table := range strays(path.Base(path.Dir(name)), lit.Value) {
					t.Errorf("%s: SQL names table %q, which is not its own", name, table)
				}
			}
			return true
		})
	})
	for _, pattern := range []string{"domain/*/schema/*.sql", "engine/*/schema/*.sql", "infra/*/schema/*.sql"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Errorf("%s: no migrations (%v)", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Error(err)
			}
			checked++
			for _, table := range strays(filepath.Base(filepath.Dir(filepath.Dir(name))), string(text)) {
				t.Errorf("%s names table %q, which is not its own", name, table)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d texts were looked at: the test looks in the wrong place", checked)
	}
}

// TestStrays makes sure that a stray table is seen and its own is not.
func TestStrays(t *testing.T) {
	for _, tt := range []struct {
		sql  string
		want []string
	}{
		{`SELECT 1 FROM rating r JOIN rating_answer a ON a.r = r.id`, nil},
		{`SELECT 1 FROM rating JOIN cases_public c ON c.id = rating.id`, nil},
		{`SELECT 1 FROM cases`, []string{"cases"}},
		{`INSERT INTO ledger_entry (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = 1`, []string{"ledger_entry"}},
		{`DELETE FROM ratings WHERE id = $1`, []string{"ratings"}},
		{"CREATE TABLE office_unit (code TEXT)", []string{"office_unit"}},
		{"CREATE UNIQUE INDEX rating_x ON office_unit (code)", []string{"office_unit"}},
		{`WITH top AS (SELECT 1 FROM rating) SELECT 1 FROM top`, nil},
		{`SELECT id FROM rating FOR UPDATE SKIP LOCKED`, nil},
		{`words that come from the office`, nil},
	} {
		if got := strays("rating", tt.sql); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.sql, got, tt.want)
		}
	}
}
