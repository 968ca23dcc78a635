package cases

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
)

// idList is a list of ids as text, ",1,2,": LIKE finds one in it on both engines.
// The column cases.receivers holds one, whatever the remark beside it in the first
// migration says: an applied file never changes, its remarks included.
type idList []int64

func (l idList) text() string {
	var b strings.Builder
	b.WriteByte(',')
	for _, id := range l {
		fmt.Fprintf(&b, "%d,", id)
	}
	return b.String()
}

func parseIDs(text string) (list []int64) {
	for part := range strings.SplitSeq(strings.Trim(text, ","), ",") {
		var id int64
		if _, err := fmt.Sscan(part, &id); err == nil {
			list = append(list, id)
		}
	}
	return list
}

const selectCase = `SELECT c.id, c.no, c.item, c.item_version, c.item_name, c.unit, c.body, c.division, c.channel, c.party,
	c.party_name, c.agent, c.title, c.version, c.head, c.matter, c.flow_hash, c.flow, c.vars, c.answers, c.form, c.delivery,
	c.receivers, c.received_at, c.accepted_at, c.decided_at, c.ended_at, c.light_clock, c.light_yellow, c.light_due,
	c.stopped, c.live, c.moved_at, c.calendar, c.counting, c.certificate, c.licence, c.declared, c.original FROM cases c`

// caseRow scans a row of selectCase.
type caseRow struct {
	Case
	receivers string
}

func (c *caseRow) columns() []any {
	return []any{
		&c.ID, &c.No, &c.Item, &c.ItemVersion, &c.ItemName, &c.Unit, &c.Body, &c.Division, &c.Channel, &c.Party,
		&c.PartyName, &c.Agent, &c.Title, &c.Version, &c.Head, db.JSON(&c.Matter), &c.FlowHash, db.JSON(&c.Flow),
		db.JSON(&c.Vars), db.JSON(&c.Answers), &c.sealedForm, &c.sealedDelivery, &c.receivers, &c.ReceivedAt,
		&c.AcceptedAt, &c.DecidedAt, &c.EndedAt, &c.shown.Clock, &c.shown.Yellow, &c.shown.Due, &c.shown.Stopped,
		&c.shown.Live, &c.MovedAt, &c.Calendar, &c.counting, &c.Certificate, &c.licence,
		&c.declared, &c.sealedOriginal,
	}
}

func oneCase(tx *db.Tx, where string, args ...any) (*Case, error) {
	var row caseRow
	if err := tx.One(selectCase+where, args, row.columns()...); err != nil {
		if fault.Is(err, fault.Unknown) {
			return nil, fault.New(fault.Unknown, "cases.unknown")
		}
		return nil, err
	}
	row.Receivers = parseIDs(row.receivers)
	return &row.Case, nil
}

func findCase(tx *db.Tx, id int64) (*Case, error) { return oneCase(tx, ` WHERE c.id = $1`, id) }

func lockCase(tx *db.Tx, id int64) (*Case, error) {
	return oneCase(tx, ` WHERE c.id = $1`+tx.ForUpdate(), id)
}

func findCaseByNo(tx *db.Tx, no string) (*Case, error) { return oneCase(tx, ` WHERE c.no = $1`, no) }

// listUnkept lists the cases under way of a party on an item that are about no certificate of the register and keep no
// digest of one that was declared: those from before it was kept.
func listUnkept(tx *db.Tx, party int64, item string) ([]Case, error) {
	rows, err := db.All(tx, (*caseRow).columns, selectCase+` WHERE c.party = $1 AND c.item = $2 AND c.certificate = 0 AND c.declared = '' AND c.live ORDER BY c.id`, party, item)
	if err != nil {
		return nil, err
	}
	list := make([]Case, len(rows))
	for i := range rows {
		list[i] = rows[i].Case
	}
	return list, nil
}

// listAbout lists the cases under way that are about a certificate.
func listAbout(tx *db.Tx, certificate int64) ([]Case, error) {
	rows, err := db.All(tx, (*caseRow).columns, selectCase+` WHERE c.certificate = $1 AND c.certificate <> 0 AND c.live ORDER BY c.id`, certificate)
	list := make([]Case, len(rows))
	for i := range rows {
		list[i] = rows[i].Case
	}
	return list, err
}

func insertCase(tx *db.Tx, c *Case) error {
	return tx.Exec(`INSERT INTO cases (id, no, item, item_version, item_name, unit, body, division, channel, party,
		party_name, agent, title, state, version, head, matter, flow_hash, flow, vars, answers, form, delivery, receivers,
		received_at, light_due, light_yellow, light_clock, stopped, live, certificate, licence, declared, original)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
		$24, $25, '', '', '', $26, $27, $28, $29, $30, $31)`,
		c.ID, c.No, c.Item, c.ItemVersion, c.ItemName, c.Unit, c.Body, c.Division, string(c.Channel), c.Party,
		c.PartyName, c.Agent, c.Title, string(c.State()), c.Version, c.Head, db.JSON(c.Matter), c.FlowHash,
		db.JSON(c.Flow), db.JSON(c.Vars), db.JSON(c.Answers), c.sealedForm, c.sealedDelivery,
		idList(c.Receivers).text(), c.ReceivedAt, false, false, c.Certificate, c.licence, c.declared, c.sealedOriginal)
}

// lockAbout keeps others from applying or deciding about a certificate until the unit of work ends.
func lockAbout(tx *db.Tx, certificate int64) error {
	if certificate <= 0 {
		return nil
	}
	if err := tx.Exec(`INSERT INTO cases_about (certificate) VALUES ($1) ON CONFLICT (certificate) DO NOTHING`, certificate); err != nil {
		return err
	}
	var id int64
	return tx.One(`SELECT certificate FROM cases_about WHERE certificate = $1`+tx.ForUpdate(), []any{certificate}, &id)
}

// column is a column with its value.
type column struct {
	name  string
	value any
}

// seldom are the columns that most acts leave as they are. Nearly all of them
// stand in indexes, which an update must only touch where it must.
func (c *Case) seldom() []column {
	return []column{
		{"state", string(c.State())}, {"receivers", idList(c.Receivers).text()}, {"received_at", c.ReceivedAt},
		{"accepted_at", c.AcceptedAt}, {"decided_at", c.DecidedAt}, {"ended_at", c.EndedAt}, {"light_due", c.shown.Due},
		{"light_yellow", c.shown.Yellow}, {"light_clock", string(c.shown.Clock)}, {"stopped", c.shown.Stopped},
		{"live", c.shown.Live}, {"delivery", c.sealedDelivery}, {"division", c.Division}, {"calendar", c.Calendar},
		{"counting", c.counting}, {"ban_until", c.Matter.bannedUntil()}, {"holds", c.Matter.holds()}, {"queued", c.Matter.queued()},
		{"declared", c.claim()}, {"original", c.sealedOriginal}, {"flow_hash", c.FlowHash},
	}
}

// changeCase writes c, whose seldom columns were before; nil: nobody knows.
func changeCase(tx *db.Tx, c *Case, before []column) error {
	args := []any{c.ID, c.Version, c.Head, db.JSON(c.Matter), db.JSON(c.Flow), db.JSON(c.Vars), c.MovedAt}
	query := `UPDATE cases SET version = $2, head = $3, matter = $4, flow = $5, vars = $6, moved_at = $7`
	for i, now := range c.seldom() {
		if before != nil && reflect.DeepEqual(now, before[i]) {
			continue
		}
		args = append(args, now.value)
		query += fmt.Sprintf(", %s = $%d", now.name, len(args))
	}
	return tx.Queue(query+` WHERE id = $1`, args...)
}

// openJSON opens two sealed JSON texts of one row.
func openJSON(box *secret.Box, about string, a []byte, intoA any, b []byte, intoB any) error {
	for _, p := range []struct {
		sealed []byte
		into   any
	}{{a, intoA}, {b, intoB}} {
		plain, err := box.Open(p.sealed, about)
		if err != nil {
			return err
		}
		if len(plain) == 0 {
			continue
		}
		if err := json.Unmarshal(plain, p.into); err != nil {
			return err
		}
	}
	return nil
}
