package catalog

import (
	"fmt"
	"slices"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

func insertChange(tx *db.Tx, c *Change) error {
	return tx.Exec(`INSERT INTO catalog_change (id, code, name, unit, began, state, body, older, reason, author, author_name, reviewer,
		reviewer_name, remark, effective, overtaken, version, lock, act, actor, begun, moved, held)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, 0, '', '', '', FALSE, 0, $10, $11, $12, $13, $14, `+heldNow+`)`,
		c.ID, c.Code, c.Item.Name, c.Item.Unit, c.Began, string(c.State), db.JSON(c.Item), c.Author.Staff, c.Author.Name,
		c.Lock, string(c.act), c.actor, c.Begun, c.Moved)
}

// heldNow is the unit of the version in force of the change that is written; $2 is its code.
const heldNow = `COALESCE((SELECT v.unit FROM catalog_item i JOIN catalog_version v ON v.id = i.version WHERE i.code = $2), '')`

// saveChange keeps a change of which the Lock has just grown by one.
func saveChange(tx *db.Tx, c *Change) error {
	var was any = ""
	if c.older != nil {
		was = db.JSON(c.older)
	}
	effective := ""
	if c.Effective != 0 {
		effective = c.Effective.String()
	}
	return tx.ExecOne(`UPDATE catalog_change SET name = $1, held = `+heldNow+`, began = $3, state = $4, body = $5, older = $6, reason = $7, reviewer = $8,
		reviewer_name = $9, remark = $10, effective = $11, overtaken = $12, version = $13, lock = $14, act = $15, actor = $16, moved = $17, unit = $18
		WHERE id = $19 AND lock = $20`,
		c.Item.Name, c.Code, c.Began, string(c.State), db.JSON(c.Item), was, c.Reason, c.Reviewer.Staff, c.Reviewer.Name, c.Remark,
		effective, c.Overtaken, c.Version, c.Lock, string(c.act), c.actor, c.Moved, c.Item.Unit, c.ID, c.Lock-1)
}

// addEditor notes that somebody had a hand in a change.
func addEditor(tx *db.Tx, c *Change, who auth.Actor) error { return addHand(tx, c, personOf(who)) }

// addHand is addEditor for whoever wrote what the change takes over; nobody has none.
func addHand(tx *db.Tx, c *Change, p Person) error {
	if p.Staff == 0 || c.EditedBy(p.Staff) {
		return nil
	}
	c.Editors = append(c.Editors, p)
	return tx.Exec(`INSERT INTO catalog_change_editor (change, staff, name) VALUES ($1, $2, $3) ON CONFLICT (change, staff) DO NOTHING`,
		c.ID, p.Staff, p.Name)
}

// lockChange reads a change that is about to be acted on.
func lockChange(tx *db.Tx, id int64) (*Change, error) { return findChange(tx, id, tx.ForUpdate()) }

func findChange(tx *db.Tx, id int64, lock string) (*Change, error) {
	c := &Change{Item: &Item{}, older: &older{}}
	var state, act, effective string
	found, err := tx.Maybe(`SELECT id, code, began, state, body, older, reason, author, author_name, reviewer, reviewer_name, remark,
		effective, overtaken, version, lock, act, actor, begun, moved, held FROM catalog_change WHERE id = $1`+lock, []any{id},
		&c.ID, &c.Code, &c.Began, &state, db.JSON(c.Item), db.JSON(c.older), &c.Reason, &c.Author.Staff, &c.Author.Name,
		&c.Reviewer.Staff, &c.Reviewer.Name, &c.Remark, &effective, &c.Overtaken, &c.Version, &c.Lock, &act, &c.actor, &c.Begun, &c.Moved, &c.held)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fault.New(fault.Unknown, "catalog.change.none")
	}
	c.State, c.act = ChangeState(state), ChangeAct(act)
	if c.older.Item == nil {
		c.older = nil
	}
	if effective != "" {
		if err := c.Effective.UnmarshalText([]byte(effective)); err != nil {
			return nil, fmt.Errorf("catalog: change %d: %w", id, err)
		}
	}
	c.Editors, err = db.All(tx, func(p *Person) []any { return []any{&p.Staff, &p.Name} },
		`SELECT staff, name FROM catalog_change_editor WHERE change = $1 ORDER BY staff`, id)
	return c, err
}

// findNumber returns a version of an item by its number, for the caller alone.
func findNumber(tx *db.Tx, code string, number int) (*Item, error) {
	var id int64
	found, err := tx.Maybe(`SELECT id FROM catalog_version WHERE code = $1 AND number = $2`, []any{code, number}, &id)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.version.none")
	}
	if err != nil {
		return nil, err
	}
	return findVersion(tx, `WHERE v.id = $1`, id)
}

// findCurrentNumber is the number of the version in force, 0 where there is none.
func findCurrentNumber(tx *db.Tx, code string) (n int, err error) {
	_, err = tx.Maybe(`SELECT v.number FROM catalog_item i JOIN catalog_version v ON v.id = i.version WHERE i.code = $1`, []any{code}, &n)
	return n, err
}

// ChangeLine is a change as lists show it.
type ChangeLine struct {
	ID        int64
	Code      string
	Name      string
	Began     int
	State     ChangeState
	Author    string
	Effective string // YYYY-MM-DD, "" while nobody has said
	Overtaken bool
	Moved     time.Time
}

// changeColumns are scanned by changeLine.
const changeColumns = `c.id, c.code, c.name, c.began, c.state, c.author_name, c.effective, c.overtaken, c.moved`

func changeLine(l *ChangeLine) []any {
	return []any{&l.ID, &l.Code, &l.Name, &l.Began, (*string)(&l.State), &l.Author, &l.Effective, &l.Overtaken, &l.Moved}
}

// visible is the one condition under which somebody may look at a change c: they review the items
// of every unit, or of the unit that has the item or is to have it, or had a hand in the change.
// Its arguments are the unit to whose items they are bound, "" for none, and who.
func visible(first int) string {
	return fmt.Sprintf(`($%[1]d = '' OR c.unit = $%[1]d
		OR EXISTS (SELECT 1 FROM catalog_item i JOIN catalog_version v ON v.id = i.version WHERE i.code = c.code AND v.unit = $%[1]d)
		OR EXISTS (SELECT 1 FROM catalog_change_editor h WHERE h.change = c.id AND h.staff = $%[2]d))`, first, first+1)
}

// findVisible reports whether there is a change that somebody may look at.
func findVisible(tx *db.Tx, id, staff int64, scope string) (bool, error) {
	return tx.Maybe(`SELECT c.id FROM catalog_change c WHERE c.id = $1 AND `+visible(2), []any{id, scope, staff}, &id)
}

func listChanges(tx *db.Tx, f ChangeFilter, staff int64, scope string, before int64, limit int) ([]ChangeLine, error) {
	const end = ` ORDER BY c.id DESC LIMIT $2`
	switch {
	case f.Code != "":
		return db.All(tx, changeLine, `SELECT `+changeColumns+` FROM catalog_change c WHERE c.id < $1 AND c.code = $3 AND `+visible(4)+end, before, limit, f.Code, scope, staff)
	case f.Mine:
		return db.All(tx, changeLine, `SELECT `+changeColumns+` FROM catalog_change_editor e JOIN catalog_change c ON c.id = e.change
			WHERE e.change < $1 AND e.staff = $3`+end, before, limit, staff)
	case f.ToReview:
		return db.All(tx, changeLine, `SELECT `+changeColumns+` FROM catalog_change c WHERE c.id < $1 AND `+waiting(3)+end,
			before, limit, string(ChangeSubmitted), staff, scope)
	default:
		return db.All(tx, changeLine, `SELECT `+changeColumns+` FROM catalog_change c WHERE c.id < $1 AND c.state = $3 AND `+visible(4)+end, before, limit, string(f.State), scope, staff)
	}
}

// waiting is what waits for the review of somebody; its arguments are the state, who, and
// the unit to whose items they are bound, "" for none.
func waiting(first int) string {
	return fmt.Sprintf(`c.state = $%d AND NOT EXISTS (SELECT 1 FROM catalog_change_editor e WHERE e.change = c.id AND e.staff = $%d)
		AND ($%[3]d = '' OR c.unit = $%[3]d AND c.held IN ('', $%[3]d))`, first, first+1, first+2)
}

func countToReview(tx *db.Tx, staff int64, scope string) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_change c WHERE `+waiting(1), []any{string(ChangeSubmitted), staff, scope}, &n)
	return n, err
}

// listOpenChanges returns the changes of an item that have not ended and that somebody may look at, newest first.
func listOpenChanges(tx *db.Tx, code string, staff int64, scope string, limit int) ([]ChangeLine, error) {
	return db.All(tx, changeLine, `SELECT `+changeColumns+` FROM catalog_change c
		WHERE c.code = $1 AND c.state NOT IN ($2, $3) AND `+visible(5)+` ORDER BY c.id DESC LIMIT $4`,
		code, string(ChangeInForce), string(ChangeWithdrawn), limit, scope, staff)
}

// listApproved returns the changes of items that wait for their day.
func listApproved(tx *db.Tx, codes []string) (all []int64, err error) {
	for chunk := range slices.Chunk(codes, 200) {
		list, err := db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT id FROM catalog_change
			WHERE state = $1 AND code IN (`+marks(2, len(chunk))+`) ORDER BY id`, append([]any{string(ChangeApproved)}, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// listApprovedOf returns the changes of items of an import that wait for their day.
func listApprovedOf(tx *db.Tx, id int64) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT c.id FROM catalog_change c JOIN catalog_staged s ON s.code = c.code
		WHERE s.import = $1 AND c.state = $2 ORDER BY c.id`, id, string(ChangeApproved))
}

func saveTemplate(tx *db.Tx, t Template) error {
	return tx.Queue(`INSERT INTO catalog_template (id, name, body) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body`, t.ID, t.Name, db.JSON(t.Root))
}

func listTemplates(tx *db.Tx) ([]Template, error) {
	return db.All(tx, func(t *Template) []any { return []any{&t.ID, &t.Name, db.JSON(&t.Root)} },
		`SELECT id, name, body FROM catalog_template ORDER BY id LIMIT 1000`)
}

// listKnown returns which of the codes are items or types of certificates.
func listKnown(tx *db.Tx, codes []string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, table := range []string{"catalog_item", "catalog_certificate_type"} {
		for chunk := range slices.Chunk(codes, 200) {
			list, err := db.All(tx, func(code *string) []any { return []any{code} },
				`SELECT code FROM `+table+` WHERE code IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
			if err != nil {
				return nil, err
			}
			for _, code := range list {
				known[code] = true
			}
		}
	}
	return known, nil
}

func listChangeIDs(tx *db.Tx, after int64, limit int) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT id FROM catalog_change WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}
