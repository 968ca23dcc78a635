package catalog

import (
	linked "container/list"
	"sync"
)

// memory keeps values that never change under their keys, until their costs together come to
// more than whoever puts one in allows; what was not asked for longest goes first. The zero memory
// is empty. It is safe for use by many goroutines.
type memory[K comparable, V any] struct {
	mu    sync.Mutex
	cost  int
	order linked.List // of kept[K, V], the one asked for last in front
	at    map[K]*linked.Element
}

type kept[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

func (m *memory[K, V]) get(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.at[key]
	if !ok {
		return value, false
	}
	m.order.MoveToFront(e)
	return e.Value.(kept[K, V]).value, true
}

// put keeps a value at a cost of 1 or more, with others that cost most together; one that costs
// more by itself is not kept.
func (m *memory[K, V]) put(key K, value V, cost, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.at[key]; ok || cost > most {
		return
	}
	if m.at == nil {
		m.at = map[K]*linked.Element{}
	}
	m.at[key] = m.order.PushFront(kept[K, V]{key, value, cost})
	for m.cost += cost; m.cost > most; {
		last := m.order.Back()
		gone := m.order.Remove(last).(kept[K, V])
		delete(m.at, gone.key)
		m.cost -= gone.cost
	}
}
