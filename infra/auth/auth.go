// Package auth says who is acting and what they may do.
package auth

import (
	"context"
	"slices"
)

// Kind tells the sorts of actors apart.
type Kind string

// The kinds of actors. The zero Kind is an anonymous visitor.
const (
	Visitor   Kind = ""
	Applicant Kind = "applicant" // a person, or somebody acting for an organisation
	Staff     Kind = "staff"     // somebody who holds a post
	System    Kind = "system"    // timers and imports; never signs in
)

// Post is a post held today (岗位). Deputy is the staff member who is stood in
// for under an A/B arrangement, 0 when the actor is the holder.
type Post struct {
	Code   string
	Unit   string
	Deputy int64
}

// Actor is whoever a request acts for. The zero Actor is an anonymous visitor.
type Actor struct {
	ID     int64    // the account; 0 for a visitor
	Kind   Kind     //
	Name   string   // shown on pages, never logged
	Staff  int64    // staff: their id in office
	Party  int64    // applicants: the person who acts (自然人 or 法人 account)
	For    int64    // applicants: the party in whose name, when it is not Party
	Items  []string // applicants acting for another: the items of their mandate; none means every item
	Unit   string   // staff: the unit they belong to
	Posts  []Post   // staff: held today, own ones first
	Roles  []string // staff: role codes
	Rights []string // sorted
}

// May reports whether the actor holds a right.
func (a Actor) May(right string) bool {
	_, ok := slices.BinarySearch(a.Rights, right)
	return ok
}

// Holds reports whether the actor holds a post today, and for whom (0: their own).
func (a Actor) Holds(post string) (deputyFor int64, ok bool) {
	for _, p := range a.Posts {
		if p.Code == post {
			return p.Deputy, true
		}
	}
	return 0, false
}

// Has reports whether the actor has a role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Principal is the party in whose name an applicant acts.
func (a Actor) Principal() int64 {
	if a.For != 0 {
		return a.For
	}
	return a.Party
}

// Covers reports whether an applicant may act on an item in the name of the
// party: their own affairs, or those of somebody whose mandate covers the item.
func (a Actor) Covers(party int64, item string) bool {
	switch party {
	case 0:
		return false
	case a.Party:
		return true
	case a.For:
		return len(a.Items) == 0 || slices.Contains(a.Items, item)
	}
	return false
}

type key struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns the actor of ctx.
func From(ctx context.Context) Actor { a, _ := ctx.Value(key{}).(Actor); return a }
