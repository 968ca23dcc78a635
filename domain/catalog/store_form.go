package catalog

import (
	"fmt"

	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// namesForms picks what names a blank or sample form somewhere.
const namesForms = `(body LIKE '%"blank":{%' OR body LIKE '%"sample":{%')`

// owner is a row that names forms.
type owner struct {
	id     int64
	number int
	it     Item
}

// listFormsOfVersions lists the forms that versions give out, for verify.
func listFormsOfVersions(tx *db.Tx, after int64, limit int) ([]module.File, error) {
	return listForms(tx, `SELECT id, number, body FROM catalog_version WHERE id > $1 AND `+namesForms+` ORDER BY id LIMIT $2`,
		func(o owner) string { return fmt.Sprintf("item %s, version %d", o.it.Code, o.number) }, after, limit)
}

// listFormsOfChanges lists the forms of changes that may still come in force, for verify.
func listFormsOfChanges(tx *db.Tx, after int64, limit int) ([]module.File, error) {
	return listForms(tx, `SELECT id, 0, body FROM catalog_change WHERE id > $1 AND `+namesForms+` AND state IN ($3, $4, $5, $6) ORDER BY id LIMIT $2`,
		func(o owner) string { return fmt.Sprintf("item %s, change %d", o.it.Code, o.id) }, after, limit,
		string(ChangeDrafted), string(ChangeSubmitted), string(ChangeReturned), string(ChangeApproved))
}

// listForms lists the forms of the next rows that have some.
func listForms(tx *db.Tx, query string, called func(owner) string, after int64, limit int, states ...any) (files []module.File, err error) {
	for {
		rows, err := db.All(tx, func(o *owner) []any { return []any{&o.id, &o.number, db.JSON(&o.it)} }, query, append([]any{after, limit}, states...)...)
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			after = o.id
			for _, m := range o.it.Materials {
				files = appendForms(files, o.id, fmt.Sprintf("%s, material %s %s", called(o), m.ID, m.Name), m.Blank, m.Sample)
			}
			files = appendForms(files, o.id, called(o)+", result", nil, o.it.Result.Sample)
		}
		if len(files) > 0 || len(rows) < limit {
			return files, nil
		}
	}
}

// appendForms adds the forms that are there, each with its name.
func appendForms(files []module.File, id int64, of string, blank, sample *File) []module.File {
	for _, x := range []struct {
		which string
		file  *File
	}{{"blank form", blank}, {"sample form", sample}} {
		if x.file != nil && x.file.Hash != "" {
			files = append(files, module.File{ID: id, Blob: x.file.Hash, Of: fmt.Sprintf("%s, %s %q", of, x.which, x.file.Name)})
		}
	}
	return files
}

// listFormsOfLibrary lists the forms of the entries of the library, for verify: id is the place of an entry by its code.
func listFormsOfLibrary(tx *db.Tx, after int64, _ int) (files []module.File, err error) {
	if after > 0 {
		return nil, nil
	}
	all, err := listWholeLibrary(tx)
	for i, m := range all {
		files = appendForms(files, int64(i)+1, fmt.Sprintf("library %s %s", m.Code, m.Name), m.Blank, m.Sample)
	}
	return files, err
}
