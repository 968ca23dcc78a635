package catalog

import (
	"context"
	"io/fs"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// reformsFile is the ledger of reform as a package has it: reforms.yaml.
type reformsFile struct {
	Reforms []reformEntry `yaml:"reforms"`
	Seals   []sealEntry   `yaml:"seals"`
}

type reformEntry struct {
	ID     string `yaml:"id"`
	Reform `yaml:",inline"`
}

type sealEntry struct {
	ID     string     `yaml:"id"`
	Name   string     `yaml:"name"`
	Number string     `yaml:"number"`
	Unit   string     `yaml:"unit"`
	Reform string     `yaml:"reform"` // id of the entry in this file
	Acts   []SealStep `yaml:"acts"`
}

// LoadReforms enters the ledger of reform of a package folder, reforms.yaml, and its seals. What was entered before stays as
// it is: reading a package twice changes nothing, and what has been corrected since is not brought back. A file that is not
// right is an error, and nothing of it is entered.
func (s *Service) LoadReforms(ctx context.Context, fsys fs.FS) error {
	var f reformsFile
	if err := readYAML(fsys, "reforms.yaml", &f, false); err != nil {
		return err
	}
	system := auth.Actor{Kind: auth.System}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		ids := map[string]int64{}
		for _, e := range f.Reforms {
			id, err := findSource(tx, "catalog_reform", e.ID)
			if err == nil && id == 0 {
				e.tidy()
				id, err = s.enter(tx, system, e.Reform, e.ID)
			}
			if err != nil {
				return err
			}
			ids[e.ID] = id
		}
		for _, e := range f.Seals {
			if err := s.loadSeal(tx, system, e, ids[e.Reform]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) loadSeal(tx *db.Tx, who auth.Actor, e sealEntry, reform int64) error {
	id, err := findSource(tx, "catalog_seal", e.ID)
	if err != nil || id != 0 {
		return err
	}
	if id, err = s.enterSeal(tx, who, Seal{Name: e.Name, Number: e.Number, Unit: e.Unit, Reform: reform}, e.ID); err != nil {
		return err
	}
	for _, step := range e.Acts {
		seal, err := findSeal(tx, id, "")
		if err != nil {
			return err
		}
		if err := s.actOnSeal(tx, who, seal, step); err != nil {
			return err
		}
	}
	return nil
}
