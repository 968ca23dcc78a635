package cases

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// tasks keeps the rows of cases_task and cases_wait in step with the flow. It returns what the ledger has to know of the
// tasks that opened otherwise than the drawing says.
func (ch *change) tasks(effects []workflow.Effect, mv move) (work []worked, err error) {
	for _, fx := range effects {
		token := int64(fx.Token)
		switch fx.Kind {
		case workflow.TaskOpened:
			var w []worked
			w, err = ch.openTask(fx, mv.again)
			work = append(work, w...)
		case workflow.TaskClosed:
			if err = closeTask(ch.tx, ch.c.ID, token, ch.who.Staff, mv.act); err == nil {
				err = closeAsides(ch.tx, ch.c.ID, token)
			}
		case workflow.TaskWithdrawn:
			err = ch.withdraw(token, mv)
		case workflow.WaitBegun:
			err = ch.await(fx)
		case workflow.WaitEnded, workflow.WaitWithdrawn:
			err = endWait(ch.tx, ch.c.ID, token)
		case workflow.Ordered:
			err = ch.order(fx, mv.act)
		case workflow.Incident, workflow.Ended, workflow.Finished, workflow.Decided:
			// The matter carries the incident's flag; the others have no rows.
		default:
			err = fmt.Errorf("cases: nobody carries out %s of %s", fx.Kind, fx.Node.ID)
		}
		if err != nil {
			return nil, err
		}
	}
	return work, nil
}

// withdraw closes a task that the flow took away. The one that somebody gave back is theirs.
func (ch *change) withdraw(token int64, mv move) error {
	staff, outcome := int64(0), "withdrawn"
	if mv.event != nil && mv.event.Kind == workflow.EventReturn && int64(mv.event.Task) == token {
		staff, outcome = ch.who.Staff, mv.act
	}
	if err := closeTask(ch.tx, ch.c.ID, token, staff, outcome); err != nil {
		return err
	}
	return closeAsides(ch.tx, ch.c.ID, token)
}

// Carries reports whether cases can run on a drawing: what it waits for happens in cases.
func Carries(d *workflow.Def) bool {
	return !slices.ContainsFunc(d.Nodes(), func(n *workflow.Node) bool {
		switch {
		case n.Kind == workflow.Start && n.Trigger != "":
			return true
		case n.Trigger == workflow.OnMessage:
			return !slices.Contains(Messages, n.Message)
		case n.Trigger == workflow.OnTimer:
			return !dated(n)
		}
		return false
	})
}

// openTask opens a step at the post of its drawing, or as again stood if it opens once more.
func (ch *change) openTask(fx workflow.Effect, again *Task) ([]worked, error) {
	n := fx.Node
	t := Task{
		ID: ch.tx.NewID(), Case: ch.c.ID, Token: int64(fx.Token), Node: n.ID, Name: n.Name, Slot: n.Slot(),
		Opened: ch.tx.Now(), Instance: fx.Index,
	}
	if again != nil && again.Node == t.Node && again.Instance == t.Instance {
		t.Unit, t.Post, t.Holder, t.Handed, t.Due = again.Unit, again.Post, again.Holder, again.Handed, again.Due
		return []worked{t.worked()}, insertTask(ch.tx, t)
	}
	item, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil {
		return nil, err
	}
	post := n.Post()
	if p, ok := item.Resolve(ch.c.Answers).Posts[ch.c.Vars.step(n.ID)]; ok { // the answers gave the step to another post
		post = p
	}
	found, err := ch.s.Office.Resolve(ch.tx, post, ch.c.Division)
	if err != nil {
		return nil, fmt.Errorf("cases: the post of step %s: %w", n.ID, err)
	}
	t.Unit, t.Post = found.Unit, found.Code
	if n.Limit() > 0 {
		t.Due = ch.law.Cal.AddWorkdays(today(ch.tx), n.Limit()).String()
	}
	return nil, insertTask(ch.tx, t)
}

// begin is the event that starts the flow of an accepted case.
func (ch *change) begin() *workflow.Event {
	return &workflow.Event{Kind: workflow.EventStart, Vars: ch.c.Vars.workflow()}
}

// cancel is the event that ends the flow of a case that ends, nil if none runs.
func (ch *change) cancel() *workflow.Event {
	if ch.c.Flow.Seq == 0 || ch.c.Flow.Done {
		return nil
	}
	return &workflow.Event{Kind: workflow.EventCancel}
}

// fire counts the open clocks by the calendar in force and runs the timers of the
// law that are due, an entry each.
func (ch *change) fire() error {
	who := ch.who
	defer func() { ch.who = who }()
	ch.who = auth.Actor{Kind: auth.System}
	if err := ch.recount(); err != nil {
		return err
	}
	for {
		at, act, ok := ch.law.Due(ch.c.Matter)
		wait, err := ch.nextTimer()
		if err != nil {
			return err
		}
		if wait != nil && !wait.at.After(ch.tx.Now()) && (!ok || wait.at.Before(at)) {
			if err := ch.fireDrawn(*wait); err != nil {
				return err
			}
			continue
		}
		if !ok || at.After(ch.tx.Now()) {
			return nil
		}
		if err := ch.fireOne(at, act); err != nil {
			return err
		}
		if again, same, ok := ch.law.Due(ch.c.Matter); ok && same == act && again.Equal(at) {
			return fmt.Errorf("cases: %s: the timer %s of %s stays due after it fired", ch.c.No, act, at)
		}
	}
}

// fireOne does one timer. What follows from an act follows only if the law did
// it: a timer on a provisional date waits, and says so.
func (ch *change) fireOne(at time.Time, act Act) error {
	was := ch.c.State()
	after, fired := ch.law.Fire(ch.c.Matter, at)
	accepted := ch.c.State() == StateReceived && after.State == StateAccepted
	mv := move{act: string(act), timer: at, hidden: act == ActMarkOverdue}
	if slices.ContainsFunc(fired, func(f Fired) bool { return f.Waits }) {
		mv.act, mv.hidden = "timer_waits", true
	}
	if accepted {
		list, err := listMaterials(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		if err := ch.silent(list, after); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers("", judges(list)...) // who had looked at it has received it
		mv.event, mv.document, mv.found = ch.begin(), ch.deemedDocument(at, list), list
	} else if after.State != ch.c.State() {
		mv.document = ch.lapsed(after)
	}
	if err := ch.do(mv); err != nil {
		return err
	}
	if accepted {
		if err := ch.tell(EventAccepted, ""); err != nil {
			return err
		}
	}
	switch {
	case was != StateGranted && ch.c.State() == StateGranted:
		return ch.renewedByLaw()
	case !ch.c.State().Ended():
		return nil
	}
	if err := ch.closeFlow(); err != nil {
		return err
	}
	return ch.tell(EventEnded, "")
}

// renewedByLaw follows a renewal that silence has granted (Art. 50¶2): nobody reviews it any longer, it is published as
// other grants are (40), and the certificate runs on.
func (ch *change) renewedByLaw() error {
	if err := ch.closeFlow(); err != nil {
		return err
	}
	if err := ch.do(move{act: string(ActPublish), legal: &Input{Role: RoleSystem}, hidden: true}); err != nil {
		return err
	}
	if err := ch.conclude(); err != nil {
		return err
	}
	return ch.tell(EventGranted, "")
}

// closeFlow ends the flow of a case that is decided otherwise than at its step.
func (ch *change) closeFlow() error {
	if ev := ch.cancel(); ev != nil {
		return ch.do(move{act: "close_flow", event: ev, hidden: true})
	}
	return nil
}

// defCache keeps compiled drawings: they never change under their hash.
type defCache struct {
	mu   sync.Mutex
	defs map[string]*workflow.Def
}

func (c *defCache) find(hash string) (*workflow.Def, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	def, ok := c.defs[hash]
	return def, ok
}

// flow returns the drawing of a hash.
func (s *Service) flow(tx *db.Tx, hash string) (*workflow.Def, error) {
	def, ok := s.defs.find(hash)
	if ok {
		return def, nil
	}
	src, err := s.Catalog.Flow(tx, hash)
	if err != nil {
		return nil, err
	}
	if def, err = workflow.Compile(src); err != nil {
		return nil, err
	}
	s.defs.mu.Lock()
	defer s.defs.mu.Unlock()
	if s.defs.defs == nil {
		s.defs.defs = map[string]*workflow.Def{}
	}
	s.defs.defs[hash] = def
	return def, nil
}
