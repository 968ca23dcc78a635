package rule

import (
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Literal is a text that a rule compares with a variable: in q1 == "a" it is "a" of q1.
type Literal struct{ Name, Value string }

// Literals lists the texts that the rule compares with variables by ==, != or in, as
// they stand in it, so that whoever knows the values of a variable can tell a rule that
// asks for one that it never has.
func (r *Rule) Literals() []Literal {
	var list []Literal
	ast.PostOrderVisit(r.tree, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.Equals, operators.NotEquals:
			for i := range args {
				if value, ok := text(args[1-i]); ok && args[i].Kind() == ast.IdentKind {
					list = append(list, Literal{args[i].AsIdent(), value})
				}
			}
		case operators.In:
			if args[0].Kind() != ast.IdentKind || args[1].Kind() != ast.ListKind {
				return
			}
			for _, one := range args[1].AsList().Elements() {
				if value, ok := text(one); ok {
					list = append(list, Literal{args[0].AsIdent(), value})
				}
			}
		}
	}))
	return list
}

func text(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	value, ok := e.AsLiteral().Value().(string)
	return value, ok
}

var anyNames = sync.OnceValues(func() (*Env, error) { return NewEnv(nil) })

// Names lists the variables that a rule names, each once and sorted, whether or not
// somebody declares them. The error is an *[Error]: the text cannot be read.
func Names(text string) ([]string, error) {
	e, err := anyNames()
	if err != nil {
		return nil, err
	}
	parsed, issues := e.env.Parse(text)
	if issues.Err() != nil {
		return nil, firstIssue(issues)
	}
	return namesIn(parsed), nil
}

func namesIn(parsed *cel.Ast) []string {
	var names, bound []string
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			names = append(names, e.AsIdent())
		case ast.ComprehensionKind:
			c := e.AsComprehension()
			bound = append(bound, c.IterVar(), c.IterVar2(), c.AccuVar())
		}
	}))
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(bound, n) })
	slices.Sort(names)
	return slices.Compact(names)
}
