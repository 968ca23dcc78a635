package rule

import (
	"slices"

	"cel.dev/cel-go/common/ast"
)

// free reads texts before it is known what they may name.
var free = mustEnv(nil)

func mustEnv(vars map[string]Type) *Env {
	e, err := NewEnv(vars)
	if err != nil {
		panic(err) // the variables are constants
	}
	return e
}

// Names lists the variables that a rule asks for, in alphabetical order, without those that it
// introduces itself. The error is an *[Error].
func Names(text string) ([]string, error) {
	parsed, issues := free.env.Parse(text)
	if issues.Err() != nil {
		return nil, firstIssue(issues)
	}
	var names []string
	collect(parsed.NativeRep().Expr(), nil, &names)
	slices.Sort(names)
	return slices.Compact(names), nil
}

func collect(e ast.Expr, bound []string, names *[]string) {
	each := func(list ...ast.Expr) {
		for _, k := range list {
			collect(k, bound, names)
		}
	}
	switch e.Kind() {
	case ast.IdentKind:
		if !slices.Contains(bound, e.AsIdent()) {
			*names = append(*names, e.AsIdent())
		}
	case ast.SelectKind:
		each(e.AsSelect().Operand())
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			each(e.AsCall().Target())
		}
		each(e.AsCall().Args()...)
	case ast.ListKind:
		each(e.AsList().Elements()...)
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			each(entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
	case ast.StructKind:
		for _, field := range e.AsStruct().Fields() {
			each(field.AsStructField().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		each(c.IterRange(), c.AccuInit())
		inner := append(slices.Clone(bound), c.IterVar(), c.AccuVar())
		for _, k := range []ast.Expr{c.LoopCondition(), c.LoopStep(), c.Result()} {
			collect(k, inner, names)
		}
	}
}

// Open declares whatever the rules name, each of any type; what is not given reads as null. It is
// for files that declare nothing. Names that cannot be read are left to [Compile] to complain of.
func Open(texts ...string) *Env {
	vars := map[string]Type{}
	for _, text := range texts {
		names, _ := Names(text)
		for _, n := range names {
			vars[n] = Dyn
		}
	}
	e, err := NewEnv(vars)
	if err != nil {
		return free
	}
	return e
}
