package paper

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPaginateLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		head := strip{height: 3}
		var strips []strip
		for range rapid.IntRange(0, 40).Draw(t, "strips") {
			s := strip{height: float64(rapid.IntRange(1, 25).Draw(t, "height")), keep: rapid.Bool().Draw(t, "keep")}
			if rapid.Bool().Draw(t, "headed") {
				s.head = &head
			}
			strips = append(strips, s)
		}
		first, others := float64(rapid.IntRange(10, 60).Draw(t, "first")), float64(rapid.IntRange(20, 60).Draw(t, "others"))
		next := 0
		for i, leaf := range paginate(strips, first, others) {
			room := others
			if i == 0 {
				room = first
			}
			if len(leaf) > 0 && strips[next].head != nil {
				if leaf[0].height != head.height {
					t.Fatalf("leaf %d has no heading", i)
				}
				room -= head.height
				leaf = leaf[1:]
			}
			if total(leaf) > room && len(leaf) > 1 {
				t.Fatalf("leaf %d holds %v, has room for %v", i, total(leaf), room)
			}
			for _, s := range leaf {
				if s.height != strips[next].height {
					t.Fatalf("strip %d is lost or out of place", next)
				}
				next++
			}
		}
		if next != len(strips) {
			t.Fatalf("%d strips dealt, want %d", next, len(strips))
		}
	})
}

func TestKeptStripsStayTogether(t *testing.T) {
	t.Parallel()
	leaves := paginate([]strip{{height: 10}, {height: 10, keep: true}, {height: 10, keep: true}, {height: 10}}, 35, 35)
	if len(leaves) != 2 || len(leaves[0]) != 1 || len(leaves[1]) != 3 {
		t.Errorf("got leaves of %d and more strips, want 1 and 3", len(leaves[0]))
	}
}
