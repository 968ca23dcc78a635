package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Migration is a plan to carry the cases of one drawing over to a newer version of it, as far as cases need it.
type Migration struct {
	Plan     string // hash of what was approved, "" while it is tried
	From, To string // hashes of the drawings
	Number   int    // of the newer version
	Nodes    workflow.Map
	Reason   string
	Approver int64
}

// OtherWork says that what stands for a step that is open, or was done, is other work: of another kind, with other acts, or with another effect on
// the clocks. Whoever has it would find themselves with a task that was never theirs.
const OtherWork workflow.ObstacleKind = "work"

// Damaged says that a case could not be read or kept: it stays as it is.
const Damaged workflow.ObstacleKind = "damaged"

// Prospect is whether cases that stand at one place can be carried over. Where there are neither obstacles nor findings, nor
// more ways than could be followed, they can.
type Prospect struct {
	Obstacles []workflow.Obstacle `json:"obstacles,omitempty"`
	Findings  []workflow.Finding  `json:"findings,omitempty"` // what may go wrong from there
	TooLarge  bool                `json:"too_large,omitempty"`
	Never     []string            `json:"never,omitempty"` // names of steps that these cases do not come to
	Again     []string            `json:"again,omitempty"` // names of steps that come once more
	Changes   []Changed           `json:"changes,omitempty"`
}

// Changed is what becomes of an open step: it stays where it is, with its holder and limit.
type Changed struct {
	Step string `json:"step"`
	Now  string `json:"now,omitempty"`  // its name from now on, "": the same
	Post string `json:"post,omitempty"` // which the newer drawing gives such steps to, "": the same
	Days int    `json:"days,omitempty"` // which it gives them, 0: the same
}

// Good reports whether the cases can be carried over.
func (v Prospect) Good() bool { return len(v.Obstacles) == 0 && len(v.Findings) == 0 && !v.TooLarge }

// mostProof bounds the states that the proof of one marking follows.
const mostProof = 50_000

// Mover carries cases over by one plan. It proves each marking once, and is safe for use by many goroutines.
type Mover struct {
	s        *Service
	m        Migration
	from, to *workflow.Def
	g        *workflow.Migration

	mu     sync.Mutex
	proofs map[string]Prospect
}

// Mover reads the drawings of a plan.
func (s *Service) Mover(tx *db.Tx, m Migration) (*Mover, error) {
	v := &Mover{s: s, m: m, proofs: map[string]Prospect{}}
	var err error
	if v.from, err = s.flow(tx, m.From); err != nil {
		return nil, err
	}
	if v.to, err = s.flow(tx, m.To); err != nil {
		return nil, err
	}
	v.g = workflow.NewMigration(v.from, v.to, m.Nodes)
	return v, nil
}

// judge says whether a case can be carried over; past are the elements at which something was done in it.
func (v *Mover) judge(flow workflow.State, past []string) (marking string, verdict Prospect) {
	marking = flow.Marking(v.from)
	v.mu.Lock()
	verdict, known := v.proofs[marking]
	v.mu.Unlock()
	if !known {
		verdict = v.prove(flow)
		v.mu.Lock()
		v.proofs[marking] = verdict
		v.mu.Unlock()
	}
	if more := append(v.g.Past(past...), v.mistaken(past)...); len(more) > 0 {
		verdict.Obstacles = append(slices.Clip(verdict.Obstacles), more...)
	}
	return marking, verdict
}

// prove carries a state over and follows every way from there under the law.
func (v *Mover) prove(flow workflow.State) (verdict Prospect) {
	next, _, obstacles := v.g.Apply(flow)
	verdict.Obstacles = obstacles
	for _, o := range flow.Open(v.from) {
		v.compare(o.Node, v.g.Image(o.Node.ID), &verdict)
	}
	if len(verdict.Obstacles) > 0 {
		return verdict
	}
	c := workflow.Checker{Law: v.s.Review, MaxStates: mostProof}
	law := ""
	if c.Law != nil {
		law = c.Law.Start() // what is drawn ends with the decision
	}
	report := c.From(v.to, next, law)
	verdict.Findings, verdict.TooLarge = report.Findings, report.TooLarge
	never, again := v.g.Outlook(flow, next)
	verdict.Never, verdict.Again = names(never), names(again)
	return verdict
}

// mistaken says at which elements something was done that would pass for other work: an opinion for a decision, say.
func (v *Mover) mistaken(past []string) (all []workflow.Obstacle) {
	for _, id := range past {
		n, to := v.from.Node(id), v.g.Image(id)
		if n != nil && to != nil && (n.Kind != to.Kind || !sameWork(n, to)) {
			all = append(all, workflow.Obstacle{Kind: OtherWork, Node: id, Name: n.Name, To: to.ID})
		}
	}
	return all
}

// sameWork reports whether two steps are the same by law.
func sameWork(n, to *workflow.Node) bool {
	return n.Slot() == to.Slot() && slices.Equal(n.Acts(), to.Acts())
}

// compare holds an open step against what stands for it.
func (v *Mover) compare(n, to *workflow.Node, verdict *Prospect) {
	if to == nil {
		return
	}
	if !sameWork(n, to) || n.StopsClock() != to.StopsClock() || n.Clock() != to.Clock() {
		o := workflow.Obstacle{Kind: OtherWork, Node: n.ID, Name: n.Name, To: to.ID}
		if !slices.Contains(verdict.Obstacles, o) {
			verdict.Obstacles = append(verdict.Obstacles, o)
		}
		return
	}
	c := Changed{Step: n.Name}
	if to.Name != n.Name {
		c.Now = to.Name
	}
	if to.Post() != n.Post() {
		c.Post = to.Post()
	}
	if to.Limit() != n.Limit() {
		c.Days = to.Limit()
	}
	if c != (Changed{Step: n.Name}) && !slices.Contains(verdict.Changes, c) {
		verdict.Changes = append(verdict.Changes, c)
	}
}

func names(nodes []*workflow.Node) (all []string) {
	for _, n := range nodes {
		all = append(all, n.Name)
	}
	return all
}

// Examined is what would become of one case under way.
type Examined struct {
	Case     int64
	No       string
	Marking  string
	Stands   []string // names of the steps that are open, or what else it waits at
	Prospect Prospect
}

// Look says what would become of the cases under way that follow the older drawing, up to limit of them after one; fewer than
// that are the last. It changes nothing.
func (v *Mover) Look(tx *db.Tx, after int64, limit int) ([]Examined, error) {
	list, err := listPinned(tx, v.m.From, after, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	past, err := listDone(tx, list[0].id, list[len(list)-1].id, v.m.From)
	if err != nil {
		return nil, err
	}
	all := make([]Examined, len(list))
	for i, p := range list {
		if p.bad {
			all[i] = Examined{Case: p.id, No: p.no, Prospect: Prospect{Obstacles: []workflow.Obstacle{{Kind: Damaged}}}}
			continue
		}
		all[i] = Examined{Case: p.id, No: p.no, Stands: placesOf(v.from, p.flow)}
		all[i].Marking, all[i].Prospect = v.judge(p.flow, p.past(past[p.id]))
	}
	return all, nil
}

// Pinned counts the cases under way that follow a drawing, and the largest id among them.
func (s *Service) Pinned(tx *db.Tx, hash string) (n int, last int64, err error) {
	return countPinned(tx, hash)
}

// placesOf names where a case stands: its open steps, else what it waits for; nothing where it has not begun.
func placesOf(d *workflow.Def, f workflow.State) (all []string) {
	add := func(n *workflow.Node) {
		if n.Name != "" && !slices.Contains(all, n.Name) {
			all = append(all, n.Name)
		}
	}
	for _, o := range f.Open(d) {
		add(o.Node)
	}
	if len(all) > 0 {
		return all
	}
	for _, t := range f.Tokens {
		if n := d.Node(t.Node); n != nil {
			add(n)
		}
	}
	return all
}

// Carried is what became of a case that was to be carried over.
type Carried struct {
	Examined
	Moved bool // else it stays in the older drawing, for the reasons in Prospect
}

// Migrate carries one case over to the newer drawing, or finds that it cannot be, in a unit of work of its own; note is told in
// that unit of work what became of it. A case that does not follow the older drawing any more, or is not under way, is left
// alone and note is not told. What its timers owe is done before. Whoever acts on the case at the same time comes before or
// after it as a whole. It bears repetition.
func (v *Mover) Migrate(ctx context.Context, id int64, note func(*db.Tx, Carried) error) error {
	if err := v.warm(ctx, id); err != nil {
		return err
	}
	return v.s.DB.Write(ctx, func(tx *db.Tx) error {
		ch, err := v.s.open(tx, auth.Actor{Kind: auth.System}, id)
		if err != nil {
			return err
		}
		if !v.follows(ch.c) {
			return nil
		}
		if err := ch.fire(); err != nil {
			return err
		}
		if !v.follows(ch.c) {
			return ch.keep()
		}
		out, err := ch.carry(v)
		if err != nil {
			return err
		}
		if err := ch.keep(); err != nil {
			return err
		}
		return note(tx, out)
	})
}

// follows reports whether a case is under way in the older drawing.
func (v *Mover) follows(c *Case) bool {
	return c.FlowHash == v.m.From && !c.State().Ended() && !c.Flow.Done
}

// warm proves where a case stands before anybody has to wait for it.
func (v *Mover) warm(ctx context.Context, id int64) error {
	return v.s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := findCase(tx, id)
		if err == nil && v.follows(c) {
			v.judge(c.Flow, nil)
		}
		return err
	})
}

// carry makes the entry.
func (ch *change) carry(v *Mover) (out Carried, err error) {
	c := ch.c
	out.Examined = Examined{Case: c.ID, No: c.No, Stands: placesOf(v.from, c.Flow)}
	done, err := listDone(ch.tx, c.ID, c.ID, v.m.From)
	if err != nil {
		return out, err
	}
	p := pinned{id: c.ID, flow: c.Flow, vars: c.Vars}
	if out.Marking, out.Prospect = v.judge(c.Flow, p.past(done[c.ID])); !out.Prospect.Good() {
		return out, nil
	}
	e := &carried{Plan: v.m.Plan, From: v.m.From, Nodes: v.m.Nodes.Short(), Marking: out.Marking}
	if err := renameNodes(ch.tx, c.ID, e.Nodes); err != nil {
		return out, err
	}
	c.Vars = c.Vars.carry(e)
	err = ch.do(move{
		act: string(actCarried), carried: e, to: v.to, hidden: true, note: CarriedNote(v.m.Number, v.m.Reason),
		facts: map[string]any{"version": v.m.Number, "approver": v.m.Approver},
	})
	if err != nil {
		return out, err
	}
	for _, o := range c.Flow.Open(v.to) {
		if err := nameTask(ch.tx, c.ID, int64(o.Task), o.Node.Name); err != nil {
			return out, err
		}
	}
	out.Moved = true
	return out, nil
}

// CarriedNote is what the timeline says of a case that was carried over.
func CarriedNote(number int, reason string) string {
	return clip(fmt.Sprintf("流程已改为第 %d 版：%s", number, reason))
}

// Following lists cases under way that follow a drawing, in the order of their ids after one. Those whose flow is over are
// among them.
func (s *Service) Following(tx *db.Tx, hash string, after int64, limit int) ([]int64, error) {
	return listFollowing(tx, hash, after, limit)
}

// NumberOf is the number of a case, of a damaged one too; an unknown one is the Unknown fault cases.unknown.
func (s *Service) NumberOf(tx *db.Tx, id int64) (string, error) { return numberOf(tx, id) }

// CarriedBy lists the hashes of the plans by which a case was carried over, as its ledger tells.
func (s *Service) CarriedBy(tx *db.Tx, id int64) (plans []string, err error) {
	entries, err := ledger.Chain(tx, Chain(id))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Act != "cases."+string(actCarried) {
			continue
		}
		var b entry
		if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
			return nil, err
		}
		if b.Carried != nil {
			plans = append(plans, b.Carried.Plan)
		}
	}
	return plans, nil
}

// CarriedOver lists cases that were ever carried over, in the order of their ids after one.
func (s *Service) CarriedOver(tx *db.Tx, after int64, limit int) ([]int64, error) {
	return listCarriedOver(tx, after, limit)
}
