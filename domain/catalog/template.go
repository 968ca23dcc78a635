package catalog

import (
	"onedoor.app/infra/db"
)

// Slots lists the tasks of the flow in order.
func (t Template) Slots() []string { return t.Root.slots() }

// Templates lists the flows that items may be given, by id: those of the packages that
// were read in and the one that the program brings along.
func (s *Service) Templates(tx *db.Tx) (map[string]Template, error) {
	list, err := listTemplates(tx)
	known := map[string]Template{FlowStandard: standard()}
	for _, t := range list {
		known[t.ID] = t
	}
	return known, err
}
