// Package event tells other capabilities what happened, in the same
// transaction: either the act and everything that follows from it happen, or
// nothing does.
package event

import (
	"fmt"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Event is something that happened, named in the past tense ("cases.granted").
type Event struct {
	Name  string
	About int64 // the id of what it happened to
	Who   auth.Actor
	At    time.Time // set by Emit
	Body  any       // a struct that the emitting capability documents
}

// Handler reacts to events of one name. It must be quick: insert a row or a
// job. Its error undoes the act.
type Handler struct {
	On string
	Do func(tx *db.Tx, e Event) error
}

// Bus carries events to handlers in the order in which they were added. It is
// filled at start and read only afterwards.
type Bus struct {
	handlers map[string][]func(*db.Tx, Event) error
}

// Add registers handlers.
func (b *Bus) Add(handlers ...Handler) {
	if b.handlers == nil {
		b.handlers = map[string][]func(*db.Tx, Event) error{}
	}
	for _, h := range handlers {
		b.handlers[h.On] = append(b.handlers[h.On], h.Do)
	}
}

// Emit hands e to its handlers inside tx. A nil Bus has no handlers.
func (b *Bus) Emit(tx *db.Tx, e Event) error {
	if b == nil {
		return nil
	}
	e.At = tx.Now()
	for _, do := range b.handlers[e.Name] {
		if err := do(tx, e); err != nil {
			return fmt.Errorf("event %s: %w", e.Name, err)
		}
	}
	return nil
}
