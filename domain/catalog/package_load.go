package catalog

import (
	"context"
	"io/fs"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// LoaderName is how the program is called where it brings its own package, and LoadedName that package: pages say both in words.
const (
	LoaderName = "package loaded at the start"
	LoadedName = "package"
)

// loader is who brings a package that is loaded as the program starts.
var loader = auth.Actor{Kind: auth.System, Name: LoaderName}

// LoadPackage publishes the items of a package folder: items/*.yaml with flows.yaml,
// standards.yaml and materials.yaml beside them. What did not change makes no new version; an item
// that is not right, or that breaks a rule that keeps a draft from being published, is refused and the others are published
// all the same. What is brought is kept as evidence, as that of an import is; a package that brings nothing new leaves none.
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS) (Report, error) {
	in, err := readFolder(fsys)
	if err != nil {
		return Report{}, err
	}
	in.reforms = reformsFile{} // LoadReforms enters them
	if err := s.keepFiles(ctx, in.files); err != nil {
		return Report{}, err
	}
	i := Imported{Name: LoadedName, Author: doerOf(loader), Consenter: doerOf(loader), State: StateDone}
	if i.File, err = in.pack.digest(fsys); err != nil {
		return Report{}, err
	}
	var report Report
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		i.ID, report = tx.NewID(), Report{Refused: slices.Clone(in.pack.Refused)}
		var err error
		if report.Beside, err = s.bring(tx, loader, i, in.brought); err != nil {
			return err
		}
		versions, err := s.publishAll(tx, loader, in, &report)
		if err != nil || report.News() == 0 {
			return err
		}
		return s.proveLoaded(tx, i, report, versions)
	})
	return report, err
}

// proveLoaded keeps what a package brought as an import that is done, with its evidence.
func (s *Service) proveLoaded(tx *db.Tx, i Imported, report Report, versions []VersionHash) error {
	i.Total, i.Report = report.Added+report.Changed, report
	if err := insertImport(tx, i); err != nil {
		return err
	}
	if err := saveReport(tx, i.ID, report, ""); err != nil {
		return err
	}
	if err := markImported(tx, i.ID, versions); err != nil {
		return err
	}
	facts := i.facts(report, doerOf(loader))
	facts.Versions, facts.Origin = digestOf(versions), originPackage
	if err := saveVersions(tx, i.ID, facts.Versions); err != nil || s.Log == nil {
		return err
	}
	return s.Log(tx, loader, "catalog.imported", importChain(i.ID), facts)
}

// publishAll makes each item of a package the current version unless it already is, and gives those that came in force. What
// a package brought before and brings again is no news: a change made on the page since then stays.
func (s *Service) publishAll(tx *db.Tx, who auth.Actor, in *incoming, report *Report) (versions []VersionHash, err error) {
	items := in.pack.Items
	codes := in.codes(0, len(items))
	if err := lockItems(tx, codes); err != nil {
		return nil, err
	}
	before, err := listStanding(tx, codes, in.origin)
	if err != nil {
		return nil, err
	}
	drawn := map[string]map[string][]byte{}
	var moved []string
	for i, it := range items {
		sources, err := draw(it, in.pack.Templates, drawn)
		if err != nil {
			return nil, err
		}
		old, had := before[it.Code]
		hash, err := it.hash()
		if err != nil {
			return nil, err
		}
		if had && (old.hash == hash || old.brought == hash && old.origin == originPage) {
			report.Unchanged++
			continue
		}
		wrong := in.broken(i, it, s.FlawsOf)
		if len(wrong) == 0 {
			if wrong, err = s.strays(tx, in, i, it, old); err != nil {
				return nil, err
			}
		}
		switch {
		case len(wrong) > 0:
			report.Refused = append(report.Refused, wrong...)
			continue
		case had:
			report.Changed++
		default:
			report.Added++
		}
		if err := s.publish(tx, who, in.origin, it, hash, old, sources); err != nil {
			return nil, err
		}
		moved = append(moved, it.Code)
		versions = append(versions, VersionHash{it.Code, it.Version, hash})
	}
	return versions, s.overtakeAll(tx, moved)
}
