// Package fault names the ways a use case may fail.
//
// A fault carries a code, never prose: the code is the machine-readable problem
// type for API clients and the key of the words shown to people. Any other
// error is a defect or an outage: its text is for the log, never for a citizen.
package fault

import (
	"errors"
	"maps"
)

// Kind groups faults by what the caller can do about them.
type Kind string

// The kinds. The web layer maps each to one HTTP status.
const (
	Invalid         Kind = "invalid"         // correct the input
	Unauthenticated Kind = "unauthenticated" // sign in
	Forbidden       Kind = "forbidden"       // ask for the right
	Unknown         Kind = "unknown"         // there is no such thing
	Conflict        Kind = "conflict"        // the state does not allow it
	Stale           Kind = "stale"           // somebody changed it first: reload
	TooLarge        Kind = "too_large"       // send less
	TooMany         Kind = "too_many"        // wait a moment
	Unavailable     Kind = "unavailable"     // nothing was done: try again
)

// Error is a failure that may be shown to whoever caused it.
type Error struct {
	Kind   Kind
	Code   string            // for example "cases.twice"
	Fields map[string]string // input field to code, for Invalid
	Args   map[string]any    // what the words of Code mention; never personal data
}

// Error implements error. It names the code only.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Code }

// New returns a fault of kind k. args are pairs of a name and a value that the
// words of the code mention; they must not be personal.
func New(k Kind, code string, args ...any) error {
	e := &Error{Kind: k, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]any{}
		}
		name, _ := args[i].(string)
		e.Args[name] = args[i+1]
	}
	return e
}

// Code returns the code of err: "" for nil and "internal" for what is no fault.
func Code(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Code
	}
	return "internal"
}

// Is reports whether err is a fault of kind k.
func Is(err error, k Kind) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Kind == k
}

// Fields collects the field errors of one input.
type Fields map[string]string

// Need records code against field unless ok holds; the first code wins.
func (f Fields) Need(ok bool, field, code string) {
	if _, seen := f[field]; !ok && !seen {
		f[field] = code
	}
}

// Err returns nil when every need was met, else an Invalid fault.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "input.invalid", Fields: maps.Clone(f)}
}
