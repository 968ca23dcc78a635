package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/infra/i18n"
)

// TestEveryTextIsSaid finds texts that nothing can show: no code names their key,
// and none puts it together from parts that it names.
func TestEveryTextIsSaid(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), testConfig(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	n := namedIn(t, "..")
	for _, key := range a.words.Keys(i18n.English) {
		if !n.reach(key) {
			t.Errorf("nothing says %s", key)
		}
	}
	if n.reach("cases.no_such_text") || n.reach("portal.trouble.no_such.title") {
		t.Error("any text at all would do: the test looks at too little of a key")
	}
}

// named is what the program names of keys.
type named struct {
	whole map[string]bool // "desk.title"
	front map[string]bool // what something is added to: "cases.state." + state
	back  map[string]bool // what is added to something: kind + ".title"
}

func (n named) reach(key string) bool {
	if n.whole[key] {
		return true
	}
	for i := 1; i < len(key); i++ {
		front, rest := key[:i], key[i:]
		switch {
		case n.front[front] && (strings.Count(front, ".") > 1 || n.reach(rest)): // a module's name alone says nothing
			return true
		case n.back[rest] && n.reach(strings.TrimSuffix(strings.TrimRight(front, "0123456789"), ".")): // key.1.head, key.2.head
			return true
		}
	}
	return false
}

// namedIn collects the texts in the code of the program, and of additions their
// first and last parts where these can be parts of a key.
func namedIn(t *testing.T, root string) named {
	t.Helper()
	n := named{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.BasicLit:
				n.whole[literal(node)] = true
			case *ast.KeyValueExpr: // words: "editor.payer.", the front of the words of several values
				if name, ok := node.Key.(*ast.Ident); ok && name.Name == "words" && strings.HasSuffix(literal(node.Value), ".") {
					n.front[literal(node.Value)] = true
				}
			case *ast.BinaryExpr:
				if node.Op != token.ADD {
					break
				}
				if front := literal(node.X); strings.Contains(front, ".") {
					n.front[front] = true
				}
				if back := literal(node.Y); strings.HasPrefix(back, ".") && back != "." {
					n.back[back] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n.script(t, filepath.Join(root, "ui", "asset", "designer*.js"), "flow.")
	return n
}

// inScript is a text of a script that may be a key, or with a plus behind it the first part of one.
var inScript = regexp.MustCompile("[\"`]([a-z_]+\\.[a-z_.-]*)(?:[\"`](\\s*\\+)?|(\\$\\{))")

// script collects the texts in scripts, which know the words of one module without its name.
func (n named) script(t *testing.T, pattern, module string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inScript.FindAllStringSubmatch(string(text), -1) {
			if key := module + m[1]; m[2]+m[3] == "" {
				n.whole[key] = true
			} else {
				n.front[key] = true
			}
		}
	}
}

// literal is a text in the code, "" for anything else.
func literal(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ := strconv.Unquote(lit.Value)
		return text
	}
	return ""
}
