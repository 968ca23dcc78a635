package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

var errOvertaken = errors.New("catalog: items changed while they were staged")

// enforceImport is the moment at which an import happens. Where somebody changed an item since it was staged nothing has
// happened, it is no longer staged, and the error is errOvertaken; where a department has another code, errUnits; where something
// that the dry run rests on has changed, errMoved.
func (s *Service) enforceImport(ctx context.Context, who auth.Actor, i Imported, in *incoming, sum *summary, report Report, problems string) error {
	var overtaken []string
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := i.hold(tx); err != nil {
			return err
		}
		moved, err := changeImport(tx, i.ID, StateStaging, StateIndexing, report.Added+report.Changed)
		if err != nil || !moved {
			return err
		}
		if overtaken, err = listOvertaken(tx, i.ID); err != nil {
			return err
		}
		if err := s.moved(tx, i.ID); err != nil {
			return err
		}
		if len(overtaken) > 0 {
			return errOvertaken
		}
		if err := s.makeUnits(tx, who, i, in, sum.departments); err != nil {
			return err
		}
		if report.Beside, err = s.bring(tx, who, i, in.brought); err != nil {
			return err
		}
		return s.enforceStaged(tx, who, i, in.origin, report.named(i.Report), problems)
	})
	if !errors.Is(err, errOvertaken) {
		return err
	}
	if err := s.DB.Write(ctx, func(tx *db.Tx) error {
		return errors.Join(i.hold(tx), dropStaged(tx, i.ID, overtaken))
	}); err != nil {
		return err
	}
	return errOvertaken
}

// enforceStaged makes what is staged the versions in force, and keeps what happened as evidence.
func (s *Service) enforceStaged(tx *db.Tx, who auth.Actor, i Imported, origin string, report Report, problems string) error {
	versions, err := listStagedHashes(tx, i.ID)
	if err != nil {
		return err
	}
	if err := enforce(tx, i.ID, origin, who.ID); err != nil {
		return err
	}
	if err := s.overtakeStaged(tx, i.ID); err != nil {
		return err
	}
	if err := saveReport(tx, i.ID, report, problems); err != nil {
		return err
	}
	facts := i.facts(report, doerOf(who))
	facts.Versions, facts.Origin = digestOf(versions), origin
	if err := saveVersions(tx, i.ID, facts.Versions); err != nil || s.Log == nil {
		return err
	}
	return s.Log(tx, who, "catalog.imported", importChain(i.ID), facts)
}

// importFacts are what is kept of an import as evidence.
type importFacts struct {
	Name      string `json:"name"`
	File      string `json:"file"` // SHA-256; of a folder that of its files
	Brought   Doer   `json:"brought"`
	By        Doer   `json:"by"` // who let it be applied
	Added     int    `json:"added"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"`
	Beside    Beside `json:"beside,omitzero"`
	Versions  string `json:"versions,omitempty"` // VersionsDigest
	Origin    string `json:"origin,omitempty"`   // of the versions
}

func (i Imported) facts(r Report, by Doer) importFacts {
	return importFacts{
		Name: i.Name, File: i.File, Brought: i.Author, By: by,
		Added: r.Added, Changed: r.Changed, Unchanged: r.Unchanged, Refused: r.LeftOut(), Beside: r.Beside,
	}
}

const importsOfAll = "catalog.import:"

func importChain(id int64) string { return importsOfAll + strconv.FormatInt(id, 10) }

// digestOf is the SHA-256 over the versions, one a line, by their codes.
func digestOf(list []VersionHash) string {
	slices.SortFunc(list, func(a, b VersionHash) int { return strings.Compare(a.Code, b.Code) })
	sum := sha256.New()
	for _, v := range list {
		fmt.Fprintf(sum, "%s\t%d\t%s\n", v.Code, v.Number, v.Hash)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ImportedVersions lists the versions that an import brought in force, by their codes.
func (s *Service) ImportedVersions(tx *db.Tx, id int64) (all []VersionHash, err error) {
	for after := ""; ; {
		list, err := listImported(tx, id, after, 5000)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			slices.SortFunc(all, func(a, b VersionHash) int { return strings.Compare(a.Code, b.Code) })
			return all, nil
		}
		all, after = append(all, list...), list[len(list)-1].Code
	}
}

// VersionsDigest is the digest over the versions that an import brought in force, as they are kept: the SHA-256 of the lines
// code, number and hash, with tabs between, in the order of their codes. It is the one in the evidence of the import.
func (s *Service) VersionsDigest(tx *db.Tx, id int64) (string, error) {
	list, err := s.ImportedVersions(tx, id)
	return digestOf(list), err
}
