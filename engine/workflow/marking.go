package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// alike is how many instances that stand alike are told apart from more of them: two are enough to
// see what one does to another.
const alike = 2

// Marking names where a case stands, whatever the ids in its state: what may still come is the same
// for two cases of one drawing with one marking. It is 64 hexadecimal digits.
func (s State) Marking(d *Def) string {
	text := "new"
	switch {
	case s.Done:
		text = "done"
	case s.Seq > 0:
		text = strings.Join(s.standing(d, 0), "\n")
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// standing lists what stands in a scope, in a fixed order.
func (s State) standing(d *Def, scope uint32) (all []string) {
	for _, t := range s.Tokens {
		if t.Scope == scope {
			all = append(all, t.standing(d))
		}
	}
	for _, sc := range s.Scopes {
		if sc.Parent == scope {
			all = append(all, s.scopeStanding(d, sc))
		}
	}
	slices.Sort(all)
	return all
}

func (t Token) standing(d *Def) string {
	n := d.byID[t.Node]
	switch {
	case n != nil && waitsAtJoin(n, t):
		return t.Node + "<" + t.Flow
	case n != nil && n.halts(t):
		return t.Node + "!"
	}
	return t.Node
}

func (s State) scopeStanding(d *Def, sc Scope) string {
	inner := s.standing(d, sc.ID)
	if sc.Total == 0 {
		return sc.Node + "(" + strings.Join(inner, ",") + ")"
	}
	var some []string
	for i, one := range inner {
		if i < alike || inner[i-alike] != one {
			some = append(some, one)
		}
	}
	if sc.Begun < sc.Total {
		some = append(some, "more")
	}
	return sc.Node + "[" + strings.Join(some, ",") + "]"
}

// sketch leaves out, of instances that stand alike, all but two, and of those to come all but one.
// What may come of the state stays the same.
func (s State) sketch(d *Def) State {
	out := State{Seq: s.Seq, Next: s.Next, Decided: s.Decided}
	s.sketchScope(d, 0, false, &out)
	return out
}

// sketchScope adds what is kept of a scope, which is a set of instances or not. Instances are
// numbered anew.
func (s State) sketchScope(d *Def, scope uint32, set bool, out *State) {
	kept := map[string]int{}
	number := 0
	keep := func(standing string) (index int, ok bool) {
		if !set {
			return 0, true
		}
		if kept[standing]++; kept[standing] > alike {
			return 0, false
		}
		number++
		return number, true
	}
	for _, t := range s.Tokens {
		if t.Scope != scope {
			continue
		}
		if index, ok := keep(t.standing(d)); ok {
			t.Index = index
			out.Tokens = append(out.Tokens, t)
		}
	}
	for _, sc := range s.Scopes {
		if sc.Parent != scope {
			continue
		}
		index, ok := keep(s.scopeStanding(d, sc))
		if !ok {
			continue
		}
		sc.Index = index
		at := len(out.Scopes)
		out.Scopes = append(out.Scopes, sc)
		s.sketchScope(d, sc.ID, sc.Total > 0, out)
		if sc.Total > 0 {
			begun := out.within(sc.ID)
			out.Scopes[at] = Scope{ID: sc.ID, Parent: sc.Parent, Node: sc.Node, Begun: begun, Total: begun + min(1, sc.Total-sc.Begun)}
		}
	}
}

// within counts what lies in a scope itself.
func (s State) within(scope uint32) (n int) {
	for _, t := range s.Tokens {
		if t.Scope == scope {
			n++
		}
	}
	for _, sc := range s.Scopes {
		if sc.Parent == scope {
			n++
		}
	}
	return n
}
