package catalog

import (
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// ChangeState is where a change stands.
type ChangeState string

// The states of a change.
const (
	ChangeDrafted   ChangeState = "drafted"   // 草稿
	ChangeSubmitted ChangeState = "submitted" // 待审核
	ChangeReturned  ChangeState = "returned"  // 已退回
	ChangeApproved  ChangeState = "approved"  // 已批准，待生效
	ChangeInForce   ChangeState = "in_force"  // 已生效
	ChangeWithdrawn ChangeState = "withdrawn" // 已撤回
)

// ChangeStates lists every state in the order of a change's life.
var ChangeStates = []ChangeState{ChangeDrafted, ChangeSubmitted, ChangeReturned, ChangeApproved, ChangeInForce, ChangeWithdrawn}

// Ended reports whether nothing may follow.
func (s ChangeState) Ended() bool { return s == ChangeInForce || s == ChangeWithdrawn }

// ChangeAct is something that is done with a change.
type ChangeAct string

// The acts.
const (
	ActPropose  ChangeAct = "propose"
	ActEdit     ChangeAct = "edit"
	ActRebase   ChangeAct = "rebase" // begin anew from the version in force
	ActSubmit   ChangeAct = "submit"
	ActReturn   ChangeAct = "return"
	ActApprove  ChangeAct = "approve"
	ActWithdraw ChangeAct = "withdraw"
	ActEnforce  ChangeAct = "enforce"  // its day has come
	ActOvertake ChangeAct = "overtake" // another version came in force before its day
)

// changeRow is one row of the table of what may be done.
type changeRow struct {
	From ChangeState
	Act  ChangeAct
	To   ChangeState
}

// changeRows is the whole table: what does not stand here cannot be done.
var changeRows = []changeRow{
	{ChangeDrafted, ActEdit, ChangeDrafted},
	{ChangeDrafted, ActRebase, ChangeDrafted},
	{ChangeDrafted, ActSubmit, ChangeSubmitted},
	{ChangeDrafted, ActWithdraw, ChangeWithdrawn},
	{ChangeSubmitted, ActReturn, ChangeReturned},
	{ChangeSubmitted, ActApprove, ChangeApproved},
	{ChangeSubmitted, ActWithdraw, ChangeWithdrawn},
	{ChangeReturned, ActEdit, ChangeReturned},
	{ChangeReturned, ActRebase, ChangeReturned},
	{ChangeReturned, ActSubmit, ChangeSubmitted},
	{ChangeReturned, ActWithdraw, ChangeWithdrawn},
	{ChangeApproved, ActEnforce, ChangeInForce},
	{ChangeApproved, ActOvertake, ChangeReturned},
	{ChangeApproved, ActWithdraw, ChangeWithdrawn},
}

// after is the state to which an act leads; where it cannot be done that is the Conflict
// fault catalog.change.state.
func (s ChangeState) after(a ChangeAct) (ChangeState, error) {
	for _, r := range changeRows {
		if r.From == s && r.Act == a {
			return r.To, nil
		}
	}
	return s, fault.New(fault.Conflict, "catalog.change.state."+string(s))
}

// Bar is why somebody cannot do something with a change; nil: they can. Pages show
// it beside the act, and the use case refuses with it. overtaken says that another
// version of the item came in force since the change began.
func (c *Change) Bar(who auth.Actor, a ChangeAct, overtaken bool) error {
	if _, err := c.State.after(a); err != nil {
		return err
	}
	switch right := map[bool]string{true: Review, false: Keep}[a == ActReturn || a == ActApprove]; {
	case !who.May(right):
		return fault.New(fault.Forbidden, "catalog.change.right."+string(a))
	case (a == ActApprove || a == ActReturn) && (!inScope(who, c.Item.Unit) || c.held != "" && !inScope(who, c.held)):
		return fault.New(fault.Forbidden, "catalog.change.unit")
	case a == ActApprove && c.EditedBy(who.Staff):
		return fault.New(fault.Forbidden, "catalog.change.own")
	case overtaken && (a == ActApprove || a == ActSubmit):
		return fault.New(fault.Conflict, "catalog.change.overtaken")
	case a == ActRebase && !overtaken:
		return fault.New(fault.Conflict, "catalog.change.newest")
	}
	return nil
}

// move brings a change to where an act leads and saves it. The caller has held the act
// against its bars.
func (s *Service) move(tx *db.Tx, who auth.Actor, c *Change, a ChangeAct) error {
	next, err := c.State.after(a)
	if err != nil {
		return err
	}
	c.State, c.act, c.actor, c.Moved = next, a, who.Staff, tx.Now()
	c.Lock++
	return saveChange(tx, c)
}

// done reports whether somebody did the very act already on the change that they looked
// at, as when a form is sent twice.
func (c *Change) done(who auth.Actor, lock int, a ChangeAct) bool {
	if a == ActApprove && c.act == ActEnforce { // it was in force at once
		return c.Lock == lock+2 && c.Reviewer.Staff == who.Staff
	}
	return c.Lock == lock+1 && c.act == a && c.actor == who.Staff
}

// scopeOf is the unit whose items somebody may review: heads review those of their own
// unit, officers and leaders all ("").
func scopeOf(who auth.Actor) string {
	if who.May(Keep) || who.Has("leader") {
		return ""
	}
	return who.Unit
}

func inScope(who auth.Actor, unit string) bool { return scopeOf(who) == "" || scopeOf(who) == unit }
