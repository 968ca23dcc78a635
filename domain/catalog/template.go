package catalog

import (
	"onedoor.app/infra/db"
)

// Slots lists the tasks of the flow in order.
func (t Template) Slots() []string { return t.Root.slots() }

// Templates lists the flows that items may be given, by id: those of the packages that
// were read in, the one that the program brings along, and those that officials have drawn and that
// are in force.
func (s *Service) Templates(tx *db.Tx) (map[string]Template, error) {
	list, err := listTemplates(tx)
	known := map[string]Template{FlowStandard: standard()}
	if err != nil {
		return nil, err
	}
	if s.Drawings != nil {
		err = s.Drawings(tx, func(d Drawn) error {
			known[d.ID], err = d.template()
			return err
		})
	}
	for _, t := range list { // what a package has given items stays theirs
		known[t.ID] = t
	}
	return known, err
}
