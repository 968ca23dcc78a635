package catalog

import "testing"

// The table of seals is sound: every state is reached from the first, ends have no ways out, and no act leads two ways.
func TestSealTable(t *testing.T) {
	t.Parallel()
	reached := map[SealState]bool{SealInUse: true}
	for range sealMoves {
		for _, m := range sealMoves {
			if reached[m.from] {
				reached[m.to] = true
			}
		}
	}
	type way struct {
		from SealState
		act  SealAct
	}
	seen := map[way]bool{}
	for _, m := range sealMoves {
		if seen[way{m.from, m.act}] {
			t.Errorf("%s of a seal that is %s leads two ways", m.act, m.from)
		}
		seen[way{m.from, m.act}] = true
	}
	for _, s := range SealStates() {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
		if end := s == SealHandedOn || s == SealDestroyed; end != (len(s.Acts()) == 0) {
			t.Errorf("%s: %v", s, s.Acts())
		}
	}
	if len(reached) != len(SealStates()) {
		t.Errorf("%d states are reached, %d are listed", len(reached), len(SealStates()))
	}
}
