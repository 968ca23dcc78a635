package catalog

import (
	"context"
	"errors"
	"strconv"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// errMoved says that something that an import was compared with is not what it was: what would come in force is not what
// somebody consented to.
var errMoved = errors.New("catalog: what an import was compared with has changed")

// kindLocks is the kind of compared that is how far items may leave the base items of a source.
const kindLocks = "locks"

// compared is what a line of a file was held against, or goes by, in the dry run.
type compared struct {
	kind, code string // as of News, or kindLocks and a source
	version    int64  // of an item in force, 0 for none
	digest     string // of the rest, "" for none
	known      bool   // the digest was read
}

// compare notes what a verdict rests on: the item, and of one that is news its base item, the locks of that and the library.
func (sum *summary) compare(v verdict) {
	sum.rests(NewsItem, v.code, v.was)
	it := v.staged.Item
	if it == nil || v.news != newsAdded && v.news != newsChanged {
		return
	}
	for _, m := range it.Materials {
		if m.Library != "" {
			sum.rests("material", m.Library, 0)
		}
	}
	if it.BaseCode != "" {
		sum.rests("base", it.BaseCode, 0)
		sum.rests(kindLocks, sourceOf(it.BaseCode), 0)
	}
}

func (sum *summary) rests(kind, code string, version int64) {
	key := kind + "\x00" + code
	if code == "" || sum.rested[key] {
		return
	}
	sum.rested[key] = true
	sum.r.compared = append(sum.r.compared, compared{kind: kind, code: code, version: version})
}

// digestNow tells what is in force of the things other than items.
func (s *Service) digestNow(tx *db.Tx) func(kind, code string) (string, error) {
	var types map[string]string
	var flows map[string]Template
	return func(kind, code string) (_ string, err error) {
		switch kind {
		case "base":
			b, _, err := findBase(tx, code, "")
			if err != nil || b == nil {
				return "", err
			}
			return b.hash()
		case kindLocks:
			_, number, err := s.LocksOf(tx, code)
			return strconv.Itoa(number), err
		case "material":
			m, err := findLibrary(tx, code)
			if fault.Is(err, fault.Unknown) {
				return "", nil
			}
			return contentHash(m) + strconv.FormatBool(m.Retired), err
		case "flow":
			if flows == nil {
				if flows, err = s.Templates(tx); err != nil {
					return "", err
				}
			}
			if t, there := flows[code]; there {
				return contentHash(t), nil
			}
		case "certificate":
			if types == nil {
				list, err := listCertificateTypes(tx, mostTypes)
				if err != nil {
					return "", err
				}
				types = map[string]string{}
				for _, c := range list {
					types[c.Code] = contentHash(c)
				}
			}
			return types[code], nil
		case "reform", "seal":
			id, err := findSource(tx, "catalog_"+kind, code)
			return strconv.FormatInt(id, 10), err
		}
		return "", nil
	}
}

// digests fills in what the things other than items are, as soon as they are gone by.
func (s *Service) digests(tx *db.Tx, list []compared) error {
	now := s.digestNow(tx)
	for i := range list {
		if c := &list[i]; c.kind != NewsItem && !c.known {
			var err error
			if c.digest, err = now(c.kind, c.code); err != nil {
				return err
			}
			c.known = true
		}
	}
	return nil
}

// moved gives errMoved where an item of an import, or what its lines go by, is not what it was in the dry run. An import
// without a dry run was compared with nothing.
func (s *Service) moved(tx *db.Tx, id int64) error {
	items, err := anyMoved(tx, id)
	if err != nil {
		return err
	}
	if items {
		return errMoved
	}
	list, err := listCompared(tx, id)
	if err != nil {
		return err
	}
	now := s.digestNow(tx)
	for _, c := range list {
		digest, err := now(c.kind, c.code)
		if err != nil {
			return err
		}
		if digest != c.digest {
			return errMoved
		}
	}
	return nil
}

// lookAgain sends an import back to its dry run: whoever consents is to see what it would do now.
func (s *Service) lookAgain(ctx context.Context, i Imported, from string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if from == StateStaging {
			if err := i.hold(tx); err != nil {
				return err
			}
		}
		moved, err := changeImport(tx, i.ID, from, StateReading, 0)
		if err != nil || !moved {
			return err
		}
		if s.Log != nil { // of who had consented, too: they are asked anew
			if err := s.Log(tx, auth.Actor{Kind: auth.System}, actImportAgain, importChain(i.ID), i.facts(i.Report, i.Consenter)); err != nil {
				return err
			}
		}
		i.Report.Again = true
		if err := saveReport(tx, i.ID, i.Report, i.Problems); err != nil {
			return err
		}
		if err := saveConsent(tx, i.ID, Doer{}); err != nil {
			return err
		}
		if err := endStaged(tx, i.ID); err != nil {
			return err
		}
		return job.Add(tx, jobCheck, time.Time{}, importJob{i.ID})
	})
}
