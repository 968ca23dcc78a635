package cases

import (
	"fmt"
	"slices"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
)

// work is what a ledger tells of how a case was worked on: who has which task, what was asked beside steps, what the drawing
// waits for, which opinions stand no longer.
type work struct {
	tasks  map[int64]worked
	waits  map[int64]drawnWait
	ended  map[string]drawnWait // the last of each node
	undone []int64
	before workflow.State // where the flow stood before the last event
}

// repeat follows one entry that led from a state of the flow to what came of it.
func (w *work) repeat(law *Law, from workflow.State, b entry, e ledger.Entry, effects []workflow.Effect) error {
	if w.tasks == nil {
		w.tasks, w.waits, w.ended = map[int64]worked{}, map[int64]drawnWait{}, map[string]drawnWait{}
	}
	if b.Carried != nil {
		w.carry(b.Carried)
	}
	recall := b.Event != nil && b.Event.Kind == workflow.EventRecall
	if recall && (b.Event.Back == nil || digestState(Matter{}, *b.Event.Back) != digestState(Matter{}, w.before)) {
		return fmt.Errorf("it goes back to a state in which the case was not before")
	}
	if b.Event != nil {
		w.before = from
	}
	for _, fx := range effects {
		token := int64(fx.Token)
		switch fx.Kind {
		case workflow.TaskClosed, workflow.TaskWithdrawn:
			delete(w.tasks, token)
			for t, x := range w.tasks {
				if x.Kind != "" && x.Parent == token {
					delete(w.tasks, t)
				}
			}
		case workflow.WaitBegun:
			begun := drawnWait{token: token, node: fx.Node.ID, message: fx.Node.Message}
			if fx.Node.Trigger == workflow.OnTimer {
				begun.at = law.comes(fx.Node, e.At)
				if last, ok := w.ended[begun.node]; ok && recall {
					begun.at = last.at
				}
			}
			w.waits[token] = begun
		case workflow.WaitEnded, workflow.WaitWithdrawn:
			if x := w.waits[token]; fx.Kind == workflow.WaitEnded && e.At.Before(x.at) {
				return fmt.Errorf("the timer %s came before its time", x.node)
			}
			w.ended[fx.Node.ID] = w.waits[token]
			delete(w.waits, token)
		default:
		}
	}
	for _, x := range b.Work {
		if x.Over {
			delete(w.tasks, x.Token)
		} else {
			w.tasks[x.Token] = x
		}
	}
	w.undone = append(w.undone, b.Undone...)
	return nil
}

// carry follows a case to another drawing: what it waits for goes on under the names of that one, and
// nobody takes back what was done before.
func (w *work) carry(c *carried) {
	for token, x := range w.waits {
		x.node = c.node(x.node)
		w.waits[token] = x
	}
	ended := map[string]drawnWait{}
	for node, x := range w.ended {
		ended[c.node(node)] = x
	}
	w.ended, w.before = ended, workflow.State{}
}

// compare holds the rows of a case against what its ledger tells.
func (w *work) compare(row *storedCase) error {
	for _, t := range row.tasks {
		told, known := w.tasks[t.Token]
		switch {
		case t.Token < 0 && !known:
			return fmt.Errorf("task %d was asked for by nobody", t.ID)
		case known && (told.Post != t.Post || told.Holder != t.Holder || told.Kind != t.Kind || told.Parent != t.Parent):
			return fmt.Errorf("task %d stands otherwise than the ledger tells", t.ID)
		case !known && (t.Holder != 0 || t.Handed):
			return fmt.Errorf("task %d has a holder of whom the ledger knows nothing", t.ID)
		}
	}
	for token := range w.tasks {
		if !slices.ContainsFunc(row.tasks, func(t Task) bool { return t.Token == token }) {
			return fmt.Errorf("what was asked or handed over with token %d is not open", token)
		}
	}
	if len(row.waits) != len(w.waits) {
		return fmt.Errorf("the case waits for %d timers and messages, the ledger for %d", len(row.waits), len(w.waits))
	}
	for _, x := range row.waits {
		if told := w.waits[x.token]; told.node != x.node || told.message != x.message || !told.at.Truncate(time.Millisecond).Equal(x.at) {
			return fmt.Errorf("it waits at %s otherwise than the ledger tells", x.node)
		}
	}
	slices.Sort(w.undone)
	if !slices.Equal(w.undone, row.undone) {
		return fmt.Errorf("%d opinions stand no longer, the ledger knows %d", len(row.undone), len(w.undone))
	}
	return nil
}

// timed reports whether a timer of the drawing is waited for.
func (w *work) timed() bool {
	for _, x := range w.waits {
		if x.message == "" {
			return true
		}
	}
	return false
}
