package catalog

import (
	"fmt"
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

// findBase returns the base item in force, nil where there is none of that code. lock is what ForUpdate gives, or "".
func findBase(tx *db.Tx, code, lock string) (*Base, int, error) {
	var version int64
	var number int
	found, err := tx.Maybe(`SELECT version, number FROM catalog_base WHERE code = $1`+lock, []any{code}, &version, &number)
	if err != nil || !found {
		return nil, 0, err
	}
	var b Base
	err = tx.One(`SELECT body FROM catalog_base_version WHERE id = $1`, []any{version}, db.JSON(&b))
	return &b, number, err
}

// listBaseBodies returns up to limit base items in force after a code.
func listBaseBodies(tx *db.Tx, after string, limit int) ([]Base, error) {
	return db.All(tx, func(b *Base) []any { return []any{db.JSON(b)} }, `SELECT v.body FROM catalog_base b
		JOIN catalog_base_version v ON v.id = b.version WHERE b.code > $1 ORDER BY b.code LIMIT $2`, after, limit)
}

// wasBrought reports whether the last version of this origin had this content: what a package brings again is no news,
// and a change made on the page since then stays.
func wasBrought(tx *db.Tx, code, hash, origin string) (bool, error) {
	if origin == originPage {
		return false, nil
	}
	var last string
	found, err := tx.Maybe(`SELECT hash FROM catalog_base_version WHERE code = $1 AND origin = $2 ORDER BY number DESC LIMIT 1`,
		[]any{code, origin}, &last)
	return found && last == hash, err
}

func insertBase(tx *db.Tx, v BaseVersion, hash, origin string, staff int64) error {
	b := v.Base
	if err := tx.Exec(`INSERT INTO catalog_base_version (id, code, number, hash, body, origin, why, staff, name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, v.ID, b.Code, v.Number, hash, db.JSON(b), origin, v.Why, staff, v.Who, v.At); err != nil {
		return err
	}
	if err := tx.Exec(`INSERT INTO catalog_base (code, version, number, name, type, main) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, number = excluded.number, name = excluded.name,
		type = excluded.type, main = excluded.main`, b.Code, v.ID, v.Number, b.Name, b.Type, b.Main); err != nil {
		return err
	}
	return replacePowers(tx, b.Code, b.Bodies)
}

func replacePowers(tx *db.Tx, base string, units []string) error {
	if err := tx.Queue(`DELETE FROM catalog_power WHERE base = $1`, base); err != nil {
		return err
	}
	for _, unit := range units {
		if err := tx.Queue(`INSERT INTO catalog_power (base, unit) VALUES ($1, $2) ON CONFLICT (base, unit) DO NOTHING`, base, unit); err != nil {
			return err
		}
	}
	return nil
}

// idlePowers are the powers that somebody holds here and no item carries out, such as penalties and inspections. Its own
// arguments come after those before it.
func idlePowers(f ListFilter, args ...any) (where string, all []any) {
	where, all = `NOT EXISTS (SELECT 1 FROM catalog_carried c WHERE c.base = b.code)`, args
	held := ``
	if f.Body != "" {
		all = append(all, f.Body)
		held = fmt.Sprintf(` AND p.unit = $%d`, len(all))
	}
	where += ` AND EXISTS (SELECT 1 FROM catalog_power p WHERE p.base = b.code` + held + `)`
	if f.Type != "" {
		all = append(all, f.Type)
		where += fmt.Sprintf(` AND b.type = $%d`, len(all))
	}
	return where, all
}

// listPowers returns up to limit idle powers whose code is after a code, by code.
func listPowers(tx *db.Tx, f ListFilter, after string, limit int) ([]*Base, error) {
	where, args := idlePowers(f, after, limit)
	return db.All(tx, func(b **Base) []any { *b = &Base{}; return []any{db.JSON(*b)} }, `SELECT v.body FROM catalog_base b
		JOIN catalog_base_version v ON v.id = b.version WHERE b.code > $1 AND `+where+` ORDER BY b.code LIMIT $2`, args...)
}

// countPowers counts the idle powers of a filter.
func countPowers(tx *db.Tx, f ListFilter) (n int, err error) {
	where, args := idlePowers(f)
	err = tx.One(`SELECT COUNT(*) FROM catalog_base b WHERE `+where, args, &n)
	return n, err
}

func countBases(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_base`, nil, &n)
	return n, err
}

// listBases counts beside each base item who carries it out; the page is short, and both counts walk one index.
func listBases(tx *db.Tx, f BaseFilter, after string, limit int) ([]BaseEntry, error) {
	where, args := `b.code > $1`, []any{after, limit}
	if f.Type != "" {
		args = append(args, f.Type)
		where += fmt.Sprintf(` AND b.type = $%d`, len(args))
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		k := len(args)
		args = append(args, containing(text), beginning(text))
		where += ` AND (` + like(`b.name`, fmt.Sprintf(`$%d`, k+1)) + ` OR ` + like(`b.code`, fmt.Sprintf(`$%d`, k+2)) + `)`
	}
	return db.All(tx, func(e *BaseEntry) []any {
		return []any{&e.Code, &e.Number, &e.Name, &e.Type, &e.Main, &e.Items, &e.Off}
	}, `SELECT b.code, b.number, b.name, b.type, b.main,
			(SELECT COUNT(*) FROM catalog_carried c WHERE c.base = b.code),
			(SELECT COUNT(*) FROM catalog_carried c WHERE c.base = b.code AND c.off > 0)
		FROM catalog_base b WHERE `+where+` ORDER BY b.code LIMIT $2`, args...)
}

// agreedBy is who agreed to the proposal that made v what it is; about is what it was about.
func agreedBy(about string) string {
	return `(SELECT p.decider FROM catalog_proposal p WHERE p.about = ` + about + ` AND p.made_on = v.number - 1 AND p.state = 'agreed')`
}

func listBaseVersions(tx *db.Tx, code string, before, limit int) ([]BaseVersion, error) {
	if before <= 0 {
		before = 1 << 30
	}
	return db.All(tx, func(v *BaseVersion) []any {
		return []any{&v.ID, &v.Number, db.JSON(&v.Base), &v.Why, &v.Who, db.JSON(&v.Agreed), &v.At}
	}, `SELECT id, number, body, why, name, `+agreedBy(`'base:' || v.code`)+`, at FROM catalog_base_version v WHERE code = $1 AND number < $2 ORDER BY number DESC LIMIT $3`,
		code, before, limit)
}

// lastBase is the highest code between two, of base items in force and of those that are proposed; "" for none.
func lastBase(tx *db.Tx, low, high string) (code string, err error) {
	if _, err = tx.Maybe(`SELECT code FROM catalog_base WHERE code >= $1 AND code <= $2 ORDER BY code DESC LIMIT 1`, []any{low, high}, &code); err != nil {
		return "", err
	}
	var about string
	_, err = tx.Maybe(`SELECT about FROM catalog_proposal WHERE state = $1 AND about >= $2 AND about <= $3 ORDER BY about DESC LIMIT 1`,
		[]any{string(ProposalWaits), AboutBase(low), AboutBase(high)}, &about)
	return max(code, strings.TrimPrefix(about, AboutBase(""))), err
}

// findBaseWriter is who wrote the version of a base item in force; nobody where a package brought it.
func findBaseWriter(tx *db.Tx, code string) (by Person, err error) {
	_, err = tx.Maybe(`SELECT v.staff, v.name FROM catalog_base b JOIN catalog_base_version v ON v.id = b.version WHERE b.code = $1`,
		[]any{code}, &by.Staff, &by.Name)
	return by, err
}

// lastHandle is the greatest code under an implementation, of items in force and of drafts; "" for none.
func lastHandle(tx *db.Tx, implement string) (handle string, err error) {
	if _, err = tx.Maybe(`SELECT handle FROM catalog_carried WHERE implement = $1 ORDER BY handle DESC LIMIT 1`, []any{implement}, &handle); err != nil {
		return "", err
	}
	drafts, err := db.All(tx, func(it *Item) []any { return []any{db.JSON(it)} }, `SELECT body FROM catalog_change
		WHERE state IN ($1, $2, $3, $4) AND body LIKE $5 LIMIT 100`, string(ChangeDrafted), string(ChangeSubmitted),
		string(ChangeReturned), string(ChangeApproved), `%"`+implement+`"%`)
	for _, it := range drafts {
		if it.ImplementCode == implement {
			handle = max(handle, it.HandleCode)
		}
	}
	return handle, err
}

// handleTaken reports whether another item in force has the handling code of this one.
func handleTaken(tx *db.Tx, it *Item) (taken bool, err error) {
	if it.HandleCode == "" {
		return false, nil
	}
	err = tx.One(`SELECT EXISTS (SELECT 1 FROM catalog_carried c JOIN catalog_item i ON i.id = c.item
		WHERE c.implement = $1 AND c.handle = $2 AND i.code <> $3)`, []any{it.ImplementCode, it.HandleCode, it.Code}, &taken)
	return taken, err
}

// lockSource keeps others from the locks and the base items of a source until the unit of work ends.
func lockSource(tx *db.Tx, source string) error {
	if err := tx.Exec(`INSERT INTO catalog_source (source) VALUES ($1) ON CONFLICT (source) DO NOTHING`, source); err != nil {
		return err
	}
	var held string
	return tx.One(`SELECT source FROM catalog_source WHERE source = $1`+tx.ForUpdate(), []any{source}, &held)
}

// findLocks returns what a source has set last, and the number of that change, 0 for none.
func findLocks(tx *db.Tx, source string) (l Locks, number int, err error) {
	_, err = tx.Maybe(`SELECT body, number FROM catalog_lock WHERE source = $1 ORDER BY number DESC LIMIT 1`, []any{source}, db.JSON(&l), &number)
	return l, number, err
}

func insertLocks(tx *db.Tx, c LockChange, staff int64) error {
	return tx.Exec(`INSERT INTO catalog_lock (source, number, body, why, staff, name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.Source, c.Number, db.JSON(c.Locks), c.Why, staff, c.Who, c.At)
}

func listLocks(tx *db.Tx, source string, before, limit int) ([]LockChange, error) {
	if before <= 0 {
		before = 1 << 30
	}
	return db.All(tx, func(c *LockChange) []any {
		return []any{&c.Source, &c.Number, db.JSON(&c.Locks), &c.Why, &c.Who, db.JSON(&c.Agreed), &c.At}
	}, `SELECT source, number, body, why, name, `+agreedBy(`'locks:' || v.source`)+`, at FROM catalog_lock v WHERE source = $1 AND number < $2 ORDER BY number DESC LIMIT $3`, source, before, limit)
}

// listSources are the sources that have base items.
func listSources(tx *db.Tx) (list []string, err error) {
	return db.All(tx, func(s *string) []any { return []any{s} }, `SELECT DISTINCT SUBSTR(code, 1, 2) FROM catalog_base ORDER BY 1`)
}

// saveCarried replaces what is known of an item as one that carries out a base item.
func saveCarried(tx *db.Tx, item int64, it *Item, off int, list []Deviation) error {
	if err := tx.Queue(`DELETE FROM catalog_deviation WHERE item = $1`, item); err != nil {
		return err
	}
	if it.BaseCode == "" {
		return tx.Queue(`DELETE FROM catalog_carried WHERE item = $1`, item)
	}
	if err := tx.Queue(`INSERT INTO catalog_carried (item, base, level, unit, implement, handle, off, rules) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (item) DO UPDATE SET base = excluded.base, level = excluded.level, unit = excluded.unit,
		implement = excluded.implement, handle = excluded.handle, off = excluded.off, rules = excluded.rules`,
		item, it.BaseCode, it.UseLevel, it.Body, it.ImplementCode, it.HandleCode, off, inheritNumber); err != nil {
		return err
	}
	for _, d := range list {
		if err := tx.Queue(`INSERT INTO catalog_deviation (item, element, base, level, unit, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			item, d.Element, it.BaseCode, it.UseLevel, it.Body, d.Kind, db.JSON(d)); err != nil {
			return err
		}
	}
	return nil
}

// carried is an item that names a base code.
type carried struct {
	item, version int64
	base          string
	rules         int // by which it was compared
}

func (c *carried) columns() []any { return []any{&c.item, &c.version, &c.base, &c.rules} }

// listUncompared returns up to limit items that were compared by other rules than those of today.
func listUncompared(tx *db.Tx, limit int) ([]carried, error) {
	return db.All(tx, (*carried).columns, `SELECT c.item, i.version, c.base, c.rules FROM catalog_carried c
		JOIN catalog_item i ON i.id = c.item WHERE c.rules < $1 ORDER BY c.rules, c.base, c.item LIMIT $2`+tx.ForUpdate(), inheritNumber, limit)
}

// listCarried returns up to limit items that name base codes from low to high, after one of them.
func listCarried(tx *db.Tx, r reach, limit int) ([]carried, error) {
	return db.All(tx, (*carried).columns,
		`SELECT c.item, i.version, c.base, c.rules FROM catalog_carried c JOIN catalog_item i ON i.id = c.item
		WHERE c.base >= $1 AND c.base <= $2 AND (c.base > $3 OR c.base = $3 AND c.item > $4) ORDER BY c.base, c.item LIMIT $5`,
		r.Low, r.High, r.AfterBase, r.AfterItem, limit)
}

const implementationColumns = entryColumns + `, c.base, c.level, c.off, c.implement, c.handle`

func (x *Implementation) columns() []any {
	return append(entry(&x.Entry), &x.Base, &x.Level, &x.Off, &x.ImplementCode, &x.HandleCode)
}

// listImplementations returns up to limit items that carry out a base item, after one, by level.
func listImplementations(tx *db.Tx, base string, after implementationKey, limit int) ([]Implementation, error) {
	return db.All(tx, (*Implementation).columns, `SELECT `+implementationColumns+` FROM catalog_carried c
		JOIN catalog_item i ON i.id = c.item JOIN catalog_version v ON v.id = i.version
		WHERE c.base = $1 AND (c.level > $2 OR c.level = $2 AND c.item > $3) ORDER BY c.level, c.item LIMIT $4`,
		base, after.level, after.item, limit)
}

// listDeviationsOf returns what is kept of some items, in the order of the elements.
func listDeviationsOf(tx *db.Tx, items []int64) (map[int64][]Deviation, error) {
	type row struct {
		item    int64
		element Element
		kind    DeviationKind
		d       Deviation
	}
	found := map[int64][]Deviation{}
	for chunk := range slices.Chunk(items, 200) {
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.item, &r.element, &r.kind, db.JSON(&r.d)} },
			`SELECT item, element, kind, body FROM catalog_deviation WHERE item IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			r.d.Element, r.d.Kind = r.element, r.kind // by which lists are narrowed
			found[r.item] = append(found[r.item], r.d)
		}
	}
	order := Elements()
	for _, list := range found {
		slices.SortFunc(list, func(a, b Deviation) int { return slices.Index(order, a.Element) - slices.Index(order, b.Element) })
	}
	return found, nil
}

// where is the condition of a filter over the table of deviations, from placeholder $first on.
func (f DeviationFilter) where(first int) (where string, args []any) {
	where = `1 = 1`
	for _, c := range [][2]string{{"element", string(f.Element)}, {"level", f.Level}, {"unit", f.Unit}} {
		if c[1] != "" {
			where += fmt.Sprintf(` AND %s = $%d`, c[0], first+len(args))
			args = append(args, c[1])
		}
	}
	return where, args
}

// listOffBases returns up to limit base codes after one that some item leaves as the filter says, or all that are carried
// out.
func listOffBases(tx *db.Tx, f DeviationFilter, after string, limit int) ([]string, error) {
	column := func(s *string) []any { return []any{s} }
	if f.All {
		f.Element = ""
		where, args := f.where(3)
		return db.All(tx, column, `SELECT DISTINCT base FROM catalog_carried WHERE base > $1 AND off >= 0 AND `+where+` ORDER BY base LIMIT $2`,
			append([]any{after, limit}, args...)...)
	}
	where, args := f.where(3)
	return db.All(tx, column, `SELECT DISTINCT base FROM catalog_deviation WHERE base > $1 AND `+where+` ORDER BY base LIMIT $2`,
		append([]any{after, limit}, args...)...)
}

// cellRow is how the items of one base at one level stand.
type cellRow struct {
	base, level string
	items, off  int
}

func listCells(tx *db.Tx, bases []string) ([]cellRow, error) {
	return db.All(tx, func(c *cellRow) []any { return []any{&c.base, &c.level, &c.items, &c.off} },
		`SELECT base, level, COUNT(*), SUM(CASE WHEN off > 0 THEN 1 ELSE 0 END) FROM catalog_carried
		WHERE base IN (`+marks(1, len(bases))+`) GROUP BY base, level`, anys(bases)...)
}

// offRow counts the items of one base at one level that leave it in one element.
type offRow struct {
	base, level string
	element     Element
	items       int
}

func listOff(tx *db.Tx, bases []string) ([]offRow, error) {
	return db.All(tx, func(r *offRow) []any { return []any{&r.base, &r.level, &r.element, &r.items} },
		`SELECT base, level, element, COUNT(*) FROM catalog_deviation WHERE base IN (`+marks(1, len(bases))+`) GROUP BY base, level, element`,
		anys(bases)...)
}

func listBaseNames(tx *db.Tx, bases []string) (map[string]string, error) {
	type row struct{ code, name string }
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.code, &r.name} },
		`SELECT code, name FROM catalog_base WHERE code IN (`+marks(1, len(bases))+`)`, anys(bases)...)
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.code] = r.name
	}
	return names, err
}

// countOff is in how many elements items leave their base items, how many items do, and how many carry one out.
func countOff(tx *db.Tx) (c Conformity, err error) {
	if err = tx.One(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN off > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN off > 0 THEN off ELSE 0 END), 0)
		FROM catalog_carried WHERE off >= 0`, nil, &c.Items, &c.Off, &c.Deviations); err != nil {
		return c, err
	}
	err = tx.One(`SELECT COUNT(*) FROM catalog_carried WHERE off < 0`, nil, &c.Loose)
	return c, err
}

// listOffUnits are the units in whose name items leave their base items, with how many deviations.
func listOffUnits(tx *db.Tx) ([]Facet, error) {
	return db.All(tx, func(f *Facet) []any { return []any{&f.Value, &f.Items} },
		`SELECT unit, COUNT(*) FROM catalog_deviation GROUP BY unit ORDER BY COUNT(*) DESC, unit LIMIT 200`)
}
