package catalog

import (
	"cmp"
	"context"
	"io/fs"
	"strconv"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// reformsName is the file of a package that holds the ledger of reform.
const reformsName = "reforms.yaml"

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
	if err := readYAML(fsys, reformsName, &f, false); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return s.loadReforms(tx, auth.Actor{Kind: auth.System}, f) })
}

func (s *Service) loadReforms(tx *db.Tx, who auth.Actor, f reformsFile) error {
	ids := map[string]int64{}
	for _, e := range f.Reforms {
		id, err := findSource(tx, "catalog_reform", e.ID)
		if err == nil && id == 0 {
			e.tidy()
			id, err = s.enter(tx, who, e.Reform, e.ID)
		}
		if err != nil {
			return err
		}
		ids[e.ID] = id
	}
	for _, e := range f.Seals {
		if err := s.loadSeal(tx, who, e, ids[e.Reform]); err != nil {
			return err
		}
	}
	return nil
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

// reformsOf is what holds of the ledger, as a package has it. An entry that came from a package keeps the name that it had
// there; one that was typed in has its own number for a name.
func reformsOf(tx *db.Tx) (f reformsFile, err error) {
	ids := map[int64]string{}
	for after := int64(0); ; {
		list, err := listStandingReforms(tx, after, exported)
		if err != nil {
			return f, err
		}
		for _, e := range list {
			after = e.Reform.ID
			e.ID = cmp.Or(e.ID, strconv.FormatInt(after, 10))
			ids[after] = e.ID
			f.Reforms = append(f.Reforms, e)
		}
		if len(list) < exported {
			break
		}
	}
	for after := int64(0); ; {
		list, err := listSealEntries(tx, after, exported)
		if err != nil {
			return f, err
		}
		for _, k := range list {
			after = k.seal.ID
			e := sealEntry{ID: cmp.Or(k.source, strconv.FormatInt(after, 10)), Name: k.seal.Name, Number: k.seal.Number, Unit: k.seal.Unit}
			if e.Reform, err = standingFor(tx, ids, k.seal.Reform); err != nil {
				return f, err
			}
			if e.Acts, err = listSealSteps(tx, after); err != nil {
				return f, err
			}
			f.Seals = append(f.Seals, e)
		}
		if len(list) < exported {
			return f, nil
		}
	}
}

// standingFor names the entry that stands in place of one of the ledger, "" for none.
func standingFor(tx *db.Tx, ids map[int64]string, id int64) (string, error) {
	for id != 0 && ids[id] == "" {
		r, err := findReform(tx, id, "")
		if err != nil {
			return "", err
		}
		id = r.CorrectedBy
	}
	return ids[id], nil
}
