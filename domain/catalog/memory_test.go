package catalog

import (
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// What was asked for longest goes first, and what is too large for all is not kept.
func TestMemoryForgetsWhatNobodyAsksFor(t *testing.T) {
	t.Parallel()
	var m memory[int, string]
	if _, ok := m.get(1); ok {
		t.Error("an empty memory remembers")
	}
	m.put(1, "one", 4, 10)
	m.put(2, "two", 4, 10)
	m.put(1, "again", 4, 10) // it never changes
	m.get(1)
	m.put(3, "three", 4, 10)
	m.put(4, "four", 11, 10)
	for key, want := range map[int]string{1: "one", 2: "", 3: "three", 4: ""} {
		if got, ok := m.get(key); got != want || ok != (want != "") {
			t.Errorf("%d: %q %v, want %q", key, got, ok, want)
		}
	}
}

// However it is used, it never holds more than it may, and what it gives is what was put in.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const most = 50
		var m memory[int, int]
		for _, key := range rapid.SliceOf(rapid.IntRange(0, 40)).Draw(t, "keys") {
			if v, ok := m.get(key); ok && v != -key {
				t.Fatalf("%d gives %d", key, v)
			}
			m.put(key, -key, 1+key%17, most)
			sum := 0
			for _, e := range m.at {
				sum += e.Value.(kept[int, int]).cost
			}
			if sum > most || sum != m.cost || len(m.at) != m.order.Len() {
				t.Fatalf("it holds %d of %d, says %d, in %d of %d", sum, most, m.cost, m.order.Len(), len(m.at))
			}
		}
	})
}

func TestMemoryIsSafe(t *testing.T) {
	t.Parallel()
	var m memory[int, int]
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for k := range 2000 {
				m.put(k%100, k%100, 1, 30)
				if v, ok := m.get((k + i) % 100); ok && v != (k+i)%100 {
					t.Errorf("%d gives %d", (k+i)%100, v)
				}
			}
		})
	}
	all.Wait()
}
