package onedoor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGlossary checks that the names in docs/glossary.md are those of the code
// and that no term is explained twice.
func TestGlossary(t *testing.T) {
	text, err := os.ReadFile("docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	names := declared(t)
	row := regexp.MustCompile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| `([^`]+)` \\| ([^|]+) \\|$")
	seen := map[string]bool{}
	rows := row.FindAllStringSubmatch(string(text), -1)
	for _, r := range rows {
		if seen[r[1]] {
			t.Errorf("%s is explained twice", r[1])
		}
		seen[r[1]] = true
		if !names[r[3]] {
			t.Errorf("%s: there is no %s in the code", r[1], r[3])
		}
	}
	if len(rows) < 60 {
		t.Errorf("only %d terms were read", len(rows))
	}
}

// declared are the exported names at the top of every package: "cases.Case".
func declared(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	goFiles(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		add := func(id *ast.Ident) { names[file.Name.Name+"."+id.Name] = true }
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add(d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add(s.Name)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							add(id)
						}
					}
				}
			}
		}
	})
	return names
}
