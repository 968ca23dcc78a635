package editor

import (
	"testing"

	"onedoor.app/domain/catalog"
)

// TestStepsOfADrawnFlowAreNotPutTogetherHere offers no buttons for what would be refused.
func TestStepsOfADrawnFlowAreNotPutTogetherHere(t *testing.T) {
	t.Parallel()
	for drawn, want := range map[string]bool{"": false, "hash": true} {
		v := view{}
		v.Item = &catalog.Item{Drawn: drawn}
		for _, s := range sections {
			for _, l := range s.paged {
				if v.fixed(l) != (want && s.key == "steps") {
					t.Errorf("drawn %q: %s is fixed: %v", drawn, l.path, v.fixed(l))
				}
			}
		}
	}
}
