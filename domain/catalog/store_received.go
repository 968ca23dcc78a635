package catalog

import (
	"fmt"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// listImportFiles lists what is kept of imports, for verify: the file that a person brought, and what lists all problems and
// all changes. What the operator of the machine reads in is not kept.
func listImportFiles(tx *db.Tx, after int64, limit int) (files []module.File, err error) {
	for {
		rows, err := listKeptImports(tx, after, limit)
		if err != nil {
			return nil, err
		}
		for _, i := range rows {
			after = i.ID
			add := func(what, blob string) {
				if blob != "" {
					files = append(files, module.File{ID: i.ID, Blob: blob, Of: fmt.Sprintf("import %d, %s", i.ID, what)})
				}
			}
			if i.Author.Kind == auth.Staff {
				add("file", i.File)
			}
			add("list of problems", i.Problems)
			add("list of changes", i.Report.NamedFile)
		}
		if len(files) > 0 || len(rows) < limit {
			return files, nil
		}
	}
}

// listFormsOfProposals lists the forms of proposals that wait, for verify.
func listFormsOfProposals(tx *db.Tx, after int64, limit int) (files []module.File, err error) {
	for {
		rows, err := listDecided(tx, after, limit)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			if after = p.ID; p.State == ProposalWaits && p.File != nil {
				files = append(files, module.File{ID: p.ID, Blob: p.File.Hash, Of: fmt.Sprintf("proposal %d, %s form %q", p.ID, p.Which, p.File.Name)})
			}
		}
		if len(files) > 0 || len(rows) < limit {
			return files, nil
		}
	}
}
