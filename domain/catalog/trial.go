package catalog

import (
	"context"

	"onedoor.app/infra/db"
)

// keptTrials is how many trials are remembered: more than an import judges in one unit of work.
const keptTrials = 1000

// trying is it.try with a memory, so that what was tried before a unit of work is not tried in it
// again while others wait. Two items that a trial cannot tell apart share it.
func (s *Service) trying(it *Item) func() trial {
	return func() trial {
		key, err := hashOf([]any{it.Code, it.Situations, it.Rules, it.Modes.Pledge, it.PromisedLimit, it.Steps, it.FlowID})
		if err != nil {
			return it.try()
		}
		if t, ok := s.trials.get(key); ok {
			return t
		}
		t := it.try()
		s.trials.put(key, t, 1, keptTrials)
		return t
	}
}

// FlawsOf is Flaws with a memory, for pages that ask again and again.
func (s *Service) FlawsOf(it *Item) []Flaw { return it.flaws(s.trying(it)) }

// tryChange tries the item of a change before the unit of work that needs to know.
func (s *Service) tryChange(ctx context.Context, id int64) error {
	var c *Change
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = findChange(tx, id, "")
		return err
	})
	if err == nil {
		s.trying(c.Item)()
	}
	return err
}
