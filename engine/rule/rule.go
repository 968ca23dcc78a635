// Package rule answers small written questions about a form or a file, such as
// "is the shop larger than 300 square metres?", always the same way for the
// same answers.
//
// A rule is one CEL expression (https://cel.dev) over declared variables. It is
// compiled and type-checked once, then evaluated any number of times, from any
// number of goroutines. Invariants:
//
//   - pure: no clock, no I/O, no randomness; a value given in is never changed;
//   - bounded: the length of the text, the depth of the expression and the work
//     of one evaluation are limited, so no rule can stop the program;
//   - forgiving about what has not been filled in: a key that nobody set reads
//     as false in [Flags], as "" in [Words] and as null in [Map] and in the maps
//     inside it; has(form.area) and "area" in form still tell whether it is set.
//     Comparing null with == is false; ordering it with < is a run-time error.
package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Bounds of one rule.
const (
	// MaxText is the longest rule, in characters.
	MaxText = 4096
	// MaxCost is the work one evaluation may do, in CEL cost units: about one
	// for each operator or element touched; some milliseconds in all.
	MaxCost = 100_000

	maxDepth  = 64
	maxNodes  = 2000
	maxRegexp = 1000
	maxCached = 1024
)

// Type is the type of a variable.
type Type string

// The types a variable may have. Int and Double compare with each other. Numbers
// inside List, Map and Dyn are doubles, as in JSON: they compare with 5 and with
// 5.0, but arithmetic with them is written 5.0.
const (
	Bool   Type = "bool"
	Int    Type = "int"
	Double Type = "double"
	String Type = "string"
	List   Type = "list"  // of anything
	Map    Type = "map"   // string to anything; an unset key reads as null
	Flags  Type = "flags" // string to bool; an unset key reads as false
	Words  Type = "words" // string to string; an unset key reads as ""
	Dyn    Type = "dyn"   // anything, checked when evaluated
)

func (t Type) cel() (*cel.Type, bool) {
	switch t {
	case Bool:
		return cel.BoolType, true
	case Int:
		return cel.IntType, true
	case Double:
		return cel.DoubleType, true
	case String:
		return cel.StringType, true
	case List:
		return cel.ListType(cel.DynType), true
	case Map:
		return cel.MapType(cel.StringType, cel.DynType), true
	case Flags:
		return cel.MapType(cel.StringType, cel.BoolType), true
	case Words:
		return cel.MapType(cel.StringType, cel.StringType), true
	case Dyn:
		return cel.DynType, true
	}
	return nil, false
}

// Error says where and why a rule is not accepted. Line and Column count from
// one, in characters; both are zero when the whole rule is meant.
type Error struct {
	Line, Column int
	Text         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return "rule: " + e.Text
	}
	return fmt.Sprintf("rule: line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// ErrCost is wrapped by the error of an evaluation that went over [MaxCost].
var ErrCost = errors.New("rule: too much work")

// Env is the set of variables that rules may name. It is safe for use by many
// goroutines and remembers what it compiled.
type Env struct {
	vars map[string]Type
	env  *cel.Env
	base types.Adapter // turns Go values into CEL values by their Go types

	mu   sync.Mutex
	memo map[memoKey]*Rule
}

type memoKey struct {
	text string
	bool bool
}

var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// NewEnv declares variables. It costs about a millisecond: make one and keep it.
func NewEnv(vars map[string]Type) (*Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("rule: %w", err)
	}
	opts := []cel.EnvOption{
		cel.CustomTypeAdapter(adapter{registry}),
		cel.ClearMacros(),
		cel.Macros(hasMacro, cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro,
			cel.MapMacro, cel.MapFilterMacro, cel.FilterMacro),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(MaxText),
		cel.ParserRecursionLimit(maxDepth),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxRegexp),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
	}
	e := &Env{vars: map[string]Type{}, base: registry, memo: map[memoKey]*Rule{}}
	for name, typ := range vars {
		if !namePattern.MatchString(name) {
			return nil, &Error{Text: fmt.Sprintf("%q cannot be the name of a variable", name)}
		}
		t, ok := typ.cel()
		if !ok {
			return nil, &Error{Text: fmt.Sprintf("variable %s has the unknown type %q", name, typ)}
		}
		opts = append(opts, cel.Variable(name, t))
		e.vars[name] = typ
	}
	if e.env, err = cel.NewEnv(opts...); err != nil {
		return nil, &Error{Text: err.Error()}
	}
	return e, nil
}

// hasMacro makes has(a.b) mean "b" in a, because reading an unset key is not an
// error here and so cannot tell.
var hasMacro = cel.GlobalMacro(operators.Has, 1, func(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	if args[0].Kind() != ast.SelectKind {
		return nil, eh.NewError(args[0].ID(), "has() takes a field, as in has(form.area)")
	}
	s := args[0].AsSelect()
	return eh.NewCall(operators.In, eh.NewLiteral(types.String(s.FieldName())), s.Operand()), nil
})

// Rule is a compiled expression; it is immutable.
type Rule struct {
	text string
	env  *Env
	prog cel.Program
}

// Text returns the rule as it was written.
func (r *Rule) Text() string { return r.text }

// Compile checks a rule whose result may be of any type. The error is an *[Error].
func Compile(env *Env, text string) (*Rule, error) { return env.compile(text, false) }

// CompileBool checks a rule that must answer yes or no. The error is an *[Error].
func CompileBool(env *Env, text string) (*Rule, error) { return env.compile(text, true) }

func (e *Env) compile(text string, wantBool bool) (*Rule, error) {
	key := memoKey{text, wantBool}
	e.mu.Lock()
	r := e.memo[key]
	e.mu.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := e.build(text, wantBool)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.memo) >= maxCached {
		clear(e.memo)
	}
	e.memo[key] = r
	return r, nil
}

func (e *Env) build(text string, wantBool bool) (*Rule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, &Error{Text: "the rule is empty"}
	}
	checked, issues := e.env.Compile(text)
	if err := issues.Err(); err != nil {
		return nil, firstIssue(issues)
	}
	if out := checked.OutputType(); wantBool && !out.IsEquivalentType(cel.BoolType) && !out.IsEquivalentType(cel.DynType) {
		return nil, &Error{Line: 1, Column: 1, Text: fmt.Sprintf("the rule must answer true or false, this one gives %s", cel.FormatCELType(out))}
	}
	prog, err := e.env.Program(checked, cel.CostLimit(MaxCost), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, &Error{Text: err.Error()}
	}
	return &Rule{text: text, env: e, prog: prog}, nil
}

func firstIssue(issues *cel.Issues) *Error {
	all := slices.Clone(issues.Errors())
	slices.SortStableFunc(all, func(a, b *cel.Error) int {
		if d := a.Location.Line() - b.Location.Line(); d != 0 {
			return d
		}
		return a.Location.Column() - b.Location.Column()
	})
	if len(all) == 0 {
		return &Error{Text: issues.Err().Error()}
	}
	first := all[0]
	return &Error{Line: max(1, first.Location.Line()), Column: max(1, first.Location.Column()+1), Text: first.Message}
}

// Eval works the rule out. Values may be bool, numbers, string, nil, slices and
// maps with string keys of these (what encoding/json gives). A declared map or
// list that is not given counts as empty; a missing Bool, Int, Double or String
// is an error when the rule comes to need it. The result is nil, bool, int64,
// uint64, float64, string, []any, map[string]any or, rarely, a CEL value.
func (r *Rule) Eval(vars map[string]any) (any, error) {
	out, _, err := r.prog.Eval(r.env.bind(vars))
	if err != nil {
		if strings.Contains(err.Error(), "cost limit exceeded") {
			return nil, fmt.Errorf("%w: %s", ErrCost, r.text)
		}
		return nil, fmt.Errorf("rule: %s: %w", r.text, err)
	}
	return native(out), nil
}

// Bool works the rule out and wants yes or no.
func (r *Rule) Bool(vars map[string]any) (bool, error) {
	v, err := r.Eval(vars)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("rule: %s: wants true or false, got %T", r.text, v)
	}
	return b, nil
}
