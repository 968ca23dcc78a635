package cases

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/policy"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

//go:embed policy.cedar
var policyText []byte

// NewPolicy parses the rules of policy.cedar.
func NewPolicy() (*policy.Set, error) { return policy.Parse("domain/cases/policy.cedar", policyText) }

// The actions that the policy knows.
const (
	maySee       = "see"
	mayReceive   = "receive"
	mayAccept    = "accept"
	maySupply    = "supply"
	mayCorrect   = "correct"
	mayWithdraw  = "withdraw"
	mayReview    = "review"
	mayDecide    = "decide"
	mayExtend    = "extend"
	mayTerminate = "terminate"
	mayCertify   = "certify"
	mayDeliver   = "deliver"
	mayConduct   = "conduct" // a procedure of the review
	mayChair     = "chair"
	mayCommand   = "command" // what only the head orders
	mayBeHeard   = "be_heard"
	mayUrge      = "urge"
	mayHandOut   = "hand_out" // a step that somebody else has
	mayHasten    = "hasten"
	// mayAllowAgain is for a superior of the receiving section.
	mayAllowAgain = "allow_again"
)

// asksPosts are the actions whose rules look at every post that a case ever had.
var asksPosts = []string{maySee, mayConduct, mayChair}

// nobody is an id that no party has.
const nobody = -1

func principal(who auth.Actor) policy.Entity {
	posts, units := []string{}, []string{who.Unit}
	for _, p := range who.Posts {
		posts, units = append(posts, p.Code), append(units, p.Unit)
	}
	own, actsFor := int64(nobody), int64(nobody)
	if who.Kind == auth.Applicant {
		own = who.Party
		if who.For != 0 {
			actsFor = who.For
		}
	}
	roles := who.Roles
	if roles == nil {
		roles = []string{}
	}
	people := []int64{}
	if who.Kind == auth.Staff {
		people = persons(who)
	}
	return policy.Entity{Type: "Actor", ID: policy.ID(who.ID), Attrs: map[string]any{
		"roles": roles, "posts": posts, "units": slices.Compact(units), "persons": people,
		"party": own, "actsFor": actsFor, "everyItem": len(who.Items) == 0, "items": noNil(who.Items),
	}}
}

// may asks the policy about a case and, where an action is about one, the post
// of the task at hand.
func (s *Service) may(tx *db.Tx, who auth.Actor, action string, c *Case, taskPost string) error {
	about := map[string]any{
		"party": c.Party, "item": c.Item, "unit": c.Unit, "body": c.Body, "receivers": noNil(c.Receivers),
		"state": string(c.State()), "taskPost": taskPost,
	}
	var err error
	if slices.Contains(asksPosts, action) { // the others' rules would say so if they missed it
		if about["everPosts"], err = postsOf(tx, c.ID); err != nil {
			return err
		}
	}
	if about["receivedBy"], err = receivedBy(tx, who, c); err != nil {
		return err
	}
	if action == mayChair {
		if about["reviewers"], err = reviewersOf(tx, c); err != nil {
			return err
		}
	}
	d, err := s.Policy.Decide(principal(who), action, policy.Entity{Type: "Case", ID: policy.ID(c.ID), Attrs: about})
	if err != nil {
		return err
	}
	if !d.Allowed {
		if slices.Contains(d.By, "receiver-never-decides") {
			return fault.New(fault.Forbidden, "cases.same_person")
		}
		if slices.Contains(d.By, "reviewer-never-chairs") && slices.ContainsFunc(chairs, who.Has) {
			return fault.New(fault.Forbidden, "cases.law.chair_is_reviewer")
		}
		if slices.Contains(d.By, "asker-never-allows") && (who.Has(sectionChief) || who.Has("leader")) {
			return fault.New(fault.Forbidden, "cases.asker_never_allows")
		}
		if action == maySee { // who may not see a case is not told that it exists
			return fault.New(fault.Unknown, "cases.unknown")
		}
		return fault.New(fault.Forbidden, "cases.not_yours")
	}
	return nil
}

// sectionChief is the role that the rules section-chief-sees-what-the-section-received
// and superior-allows-again name.
const sectionChief = "section_chief"

// atTheWindow are the entries that the work of a window leaves.
const atTheWindow = "'receive', 'judge', 'notify_correction', 'notify_again', 'accept'"

// receivedBy are the units whose people worked on a case at the window; only the rules
// for chiefs of sections ask for them.
func receivedBy(tx *db.Tx, who auth.Actor, c *Case) ([]string, error) {
	if !who.Has(sectionChief) {
		return []string{}, nil
	}
	list, err := db.All(tx, func(u *string) []any { return []any{u} },
		`SELECT DISTINCT unit FROM cases_trail WHERE case_id = $1 AND act IN (`+atTheWindow+`) AND unit <> ''`, c.ID)
	return noNil(list), err
}

// reviewersOf are those who have reviewed a case, with whom deputies stood in for.
func reviewersOf(tx *db.Tx, c *Case) ([]int64, error) {
	list := slices.Clone(c.Matter.Reviewers)
	opinions, err := listOpinions(tx, c.ID)
	for _, o := range opinions {
		list = with(with(list, o.Staff), o.DeputyFor)
	}
	return noNil(list), err
}

func noNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// seesAll are the roles that the rules window-sees-all and supervision-sees-all name.
var seesAll = []string{"clerk", "supervisor", "legal_supervisor", "leader", "audit_admin"}

// seesStep are the states in which a role sees every case, as the rules
// guide-sees-what-is-at-the-window and issue-and-delivery-see-what-is-granted say.
var seesStep = map[string]string{
	"guide":     "'received', 'correcting'",
	"issuer":    "'granted', 'certified', 'delivered'",
	"deliverer": "'granted', 'certified', 'delivered'",
}

// chairs are the roles that rule legal-section-or-head-chairs names.
var chairs = []string{"legal_supervisor", "leader"}

// scope is the policy's rules for seeing, as a condition on cases c: the same
// predicate for a list, its count, its search and its export. from numbers its
// first placeholder. TestScopeAgreesWithThePolicy holds the two together.
func scope(who auth.Actor, from int) (cond string, args []any) {
	if slices.ContainsFunc(who.Roles, func(r string) bool { return slices.Contains(seesAll, r) }) {
		return "1 = 1", nil
	}
	place := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", from+len(args)-1)
	}
	var grants []string
	if who.Kind == auth.Applicant {
		grants = append(grants, "c.party = "+place(who.Party))
		if who.For != 0 {
			cond := "c.party = " + place(who.For)
			if len(who.Items) > 0 {
				var items []string
				for _, item := range who.Items {
					items = append(items, place(item))
				}
				cond = "(" + cond + " AND c.item IN (" + strings.Join(items, ", ") + "))"
			}
			grants = append(grants, cond)
		}
	}
	if who.Kind == auth.Staff {
		posts, units := []string{}, []string{place(who.Unit)}
		for _, p := range who.Posts {
			posts, units = append(posts, place(p.Code)), append(units, place(p.Unit))
		}
		grants = append(grants, "c.unit IN ("+strings.Join(units, ", ")+")")
		if len(posts) > 0 {
			grants = append(grants, "EXISTS (SELECT 1 FROM cases_task s WHERE s.case_id = c.id AND s.post IN ("+strings.Join(posts, ", ")+"))")
		}
		if who.Has(sectionChief) {
			grants = append(grants, "EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = c.id AND t.act IN ("+atTheWindow+") AND t.unit IN ("+strings.Join(units, ", ")+"))")
		}
		for _, role := range who.Roles {
			if states := seesStep[role]; states != "" {
				grants = append(grants, "c.state IN ("+states+")")
			}
		}
		for _, id := range persons(who) {
			grants = append(grants, "c.receivers LIKE "+place(fmt.Sprintf("%%,%d,%%", id)))
		}
	}
	if len(grants) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(grants, " OR ") + ")", args
}
