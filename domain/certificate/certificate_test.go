package certificate_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/domain/certificate"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/sample"
)

// A table stands in for the cases: one row each, locked and changed as the real
// ones are.
var schemas = []dbtest.Schema{
	{Module: "once", Files: once.Schema},
	{Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema},
	{Module: "certificate", Files: certificate.Schema},
	{Module: "certificate_try", Files: fstest.MapFS{"schema/0001_try.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE certificate_try (id BIGINT PRIMARY KEY, state TEXT NOT NULL, version BIGINT NOT NULL, type TEXT NOT NULL, rule TEXT NOT NULL, holder TEXT NOT NULL, until BIGINT NOT NULL DEFAULT 0);\n")}}},
}

var (
	fonts  = paper.Open()
	issuer = auth.Actor{ID: 7, Staff: 7, Kind: auth.Staff, Roles: []string{"issuer"}}
	owner  = auth.Actor{ID: 21, Party: 100, Kind: auth.Applicant}
	moment = time.Date(2026, 10, 16, 7, 32, 8, 0, time.UTC)
)

const holderNumber = "91379900MA7YC0014Q"

// world is the service on a database with cases to certify.
type world struct {
	*certificate.Service
	files string // folder of the blobs
	made  *event.Bus
	now   time.Time
	saw   []auth.Kind // by whom what is printed was seen

	lateToo bool // silence renews what was asked for late too
}

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{files: t.TempDir(), made: &event.Bus{}, now: moment}
	w.Service = &certificate.Service{
		DB: d.WithClock(func() time.Time { return w.now }), Box: box, Blobs: blob.Folder{Dir: w.files}, Fonts: fonts,
		Calendar: calendar.Compiled, Events: w.made, Public: "https://onedoor.example", Region: "379900",
		Grant: grant, Certify: certify,
		Granted: func(tx *db.Tx, _ auth.Actor, after int64, limit int) ([]certificate.Waiting, error) {
			return db.All(tx, func(w *certificate.Waiting) []any { return []any{&w.Case, &w.Holder} },
				`SELECT id, holder FROM certificate_try WHERE state = 'granted' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
		},
		Party:  func(_ *db.Tx, number string) (int64, bool, error) { return parties[number], parties[number] != 0, nil },
		Saw:    func(_ context.Context, who auth.Actor, _ int64) error { w.saw = append(w.saw, who.Kind); return nil },
		MaySee: func(_ *db.Tx, who auth.Actor, _ int64) (bool, error) { return who.Unit != "elsewhere", nil },
		RenewBy: func(_ *db.Tx, until calendar.Date) (certificate.Renewal, error) {
			return certificate.Renewal{By: until - 30, Late: w.lateToo}, nil
		},
	}
	load(t, w)
	return w
}

// parties are those of the sample city that have an account here.
var parties = map[string]int64{"379900198706120117": 101, holderNumber: 100}

func load(t *testing.T, w *world) {
	t.Helper()
	files, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.LoadPackage(t.Context(), files); err != nil {
		t.Fatal(err)
	}
}

func grant(tx *db.Tx, _ auth.Actor, id int64) (g certificate.Grant, err error) {
	state := ""
	g = certificate.Grant{
		Case: id, CaseNo: "379900202610150000427", Item: "food-operation-new", ItemName: "食品经营许可（新办）",
		Result: "食品经营许可证", Unit: "SPJ-SY", Decided: moment, Basis: "379900202610150000427-准",
		Body: certificate.Body{Code: "SPJ", Name: "云川市行政审批服务局", USCC: "113799009901Y1710E"},
		Rows: []certificate.Row{
			{Key: "legal_name", Label: "法定代表人（负责人）", Value: "周叙白", Kind: "text"},
			{Key: "site_address", Label: "经营场所地址", Value: "云川市望湖区柳荫路36号", Kind: "address"},
			{Key: "food_format", Label: "主体业态", Value: "餐饮服务经营者", Kind: "choice"},
			{Key: "contact_mobile", Label: "联系人手机号码", Value: "15400020001", Kind: "mobile"},
		},
		Holder: certificate.Holder{Party: 100, Kind: certificate.Organization, Number: holderNumber},
	}
	err = tx.One(`SELECT state, version, type, rule, holder FROM certificate_try WHERE id = $1`, []any{id},
		&state, &g.Version, &g.Type, &g.Validity, &g.Holder.Name)
	if err == nil && state != "granted" {
		err = fault.New(fault.Conflict, "try.not_granted")
	}
	return g, err
}

func certify(tx *db.Tx, _ auth.Actor, on certificate.On, number string, until calendar.Date) error {
	var version int64
	if err := tx.One(`SELECT version FROM certificate_try WHERE id = $1`+tx.ForUpdate(), []any{on.Case}, &version); err != nil {
		return err
	}
	if on.Version != 0 && on.Version != version || number == "" {
		return fault.New(fault.Stale, "try.stale")
	}
	return tx.Exec(`UPDATE certificate_try SET state = 'certified', version = version + 1, until = $1 WHERE id = $2`, int64(until), on.Case)
}

// granted adds a granted case.
func (w *world) granted(t *testing.T, id int64, typ, rule, holder string) {
	t.Helper()
	err := w.DB.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO certificate_try (id, state, version, type, rule, holder) VALUES ($1, 'granted', 1, $2, $3, $4)`,
			id, typ, rule, holder)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) make(t *testing.T, id int64) certificate.Certificate {
	t.Helper()
	w.granted(t, id, "CT-FOOD", "5年", "云川栖霞餐饮管理有限公司")
	c, err := w.Make(t.Context(), issuer, id, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) check(t *testing.T) error {
	t.Helper()
	return w.DB.Read(t.Context(), func(tx *db.Tx) error { return w.Check(tx, func(string, int) {}) })
}

func (w *world) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(query, args...) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(query, nil, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMakingACertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		var told []certificate.Made
		w.made.Add(event.Handler{On: certificate.EventMade, Do: func(_ *db.Tx, e event.Event) error {
			told = append(told, e.Body.(certificate.Made))
			return nil
		}})
		c := w.make(t, 1)
		if c.From.String() != "2026-10-16" || c.Until.String() != "2031-10-15" || c.Status != certificate.Valid {
			t.Errorf("valid from %s until %s, %s", c.From, c.Until, c.Status)
		}
		if !certificate.ValidNumber(c.Number) || !strings.HasPrefix(c.Number, "JY37990026") {
			t.Errorf("number %s", c.Number)
		}
		id, err := certificate.ParseIdentifier(c.Identifier)
		if err != nil || id.Issuer != "113799009901Y1710E" || !strings.HasPrefix(id.Type, "113799009901Y1710E0") || id.Version != "001" {
			t.Errorf("identifier %v, %v", id, err)
		}
		if w.count(t, `SELECT COUNT(*) FROM certificate_try WHERE state = 'certified'`) != 1 {
			t.Error("the legal act was not done")
		}
		if until := calendar.Date(w.count(t, `SELECT until FROM certificate_try`)); until != c.Until {
			t.Errorf("the law knows %s as the last day, the certificate says %s", until, c.Until)
		}
		if len(told) != 1 || told[0].Certificate.ID != c.ID {
			t.Errorf("told %v", told)
		}
		if err := w.check(t); err != nil {
			t.Error(err)
		}
	})
}

// A name is no reason to keep a certificate back: the issuer is told which characters to see to by hand.
func TestACertificateIsMadeWithWhatTheFontsLack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.granted(t, 1, "CT-FOOD", "5年", "丁\U00020BB7")
		if p, err := w.Preview(t.Context(), issuer, 1); err != nil || string(p.Lacking) != "\U00020BB7" {
			t.Errorf("the issuer is told of %q: %v", string(p.Lacking), err)
		}
		if _, err := w.Make(t.Context(), issuer, 1, 1, "k"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatMakesNoCertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.granted(t, 1, "", "", "甲")
		w.granted(t, 2, "CT-FOOD", "5年", "乙")
		w.granted(t, 3, "CT-UNHEARD", "5年", "丙")
		w.exec(t, `INSERT INTO certificate_try (id, state, version, type, rule, holder) VALUES (5, 'reviewing', 1, 'CT-FOOD', '', '戊')`)
		clerk := issuer
		clerk.Roles = []string{"clerk"}
		for _, c := range []struct {
			who         auth.Actor
			id, version int64
			want        string
		}{
			{issuer, 1, 1, "certificate.none"}, {clerk, 2, 1, "certificate.not_issuer"}, {owner, 2, 1, "certificate.not_issuer"},
			{issuer, 2, 9, "try.stale"}, {issuer, 3, 1, "certificate.type_unknown"},
			{issuer, 5, 1, "try.not_granted"}, {issuer, 6, 1, "row.unknown"},
		} {
			if _, err := w.Make(t.Context(), c.who, c.id, c.version, "k"); fault.Code(err) != c.want {
				t.Errorf("case %d: %v, want %s", c.id, err, c.want)
			}
		}
		if _, err := w.MakeUntil(t.Context(), issuer, 2, 1, calendar.DateOf(moment)-1, "k"); fault.Code(err) != "input.invalid" {
			t.Errorf("a day that has passed: %v", err)
		}
		for _, table := range []string{"certificate WHERE origin = 'made'", "ledger_entry", "job", "once_key", "certificate_try WHERE state = 'certified'"} {
			if n := w.count(t, `SELECT COUNT(*) FROM `+table); n != 0 {
				t.Errorf("a refusal left %d rows in %s", n, table)
			}
		}
	})
}

func TestTwoIssuersAtOnceMakeOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.granted(t, 1, "CT-FOOD", "5年", "甲")
		var wg sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			wg.Go(func() {
				who := issuer
				who.ID = int64(i + 1)
				_, errs[i] = w.Make(t.Context(), who, 1, 1, "same key")
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if code := fault.Code(err); code != "certificate.twice" && code != "try.not_granted" {
				t.Errorf("%v", err)
			}
		}
		if n := w.count(t, `SELECT COUNT(*) FROM certificate WHERE case_id = 1`); done != 1 || n != 1 {
			t.Errorf("%d issuers succeeded, %d certificates", done, n)
		}
		if err := w.check(t); err != nil {
			t.Error(err)
		}
	})
}

func TestPressingTwiceGivesTheSameCertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.granted(t, 1, "CT-FOOD", "5年", "甲")
		first, err := w.Make(t.Context(), issuer, 1, 1, "key")
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Make(t.Context(), issuer, 1, 1, "key")
		if err != nil || again.ID != first.ID || again.Face.Holder != "甲" {
			t.Errorf("%v, %v", again.ID, err)
		}
		if _, err := w.Make(t.Context(), issuer, 1, 0, "other"); fault.Code(err) != "certificate.twice" {
			t.Errorf("again under another key: %v", err)
		}
	})
}

// file returns the bytes of a certificate's file.
func (w *world) file(t *testing.T, id int64) []byte {
	t.Helper()
	_, body, err := w.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheFileIsTheSameWhoeverMakesItFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		asked := w.file(t, c.ID) // before the job has run
		runner := &job.Runner{DB: w.DB}
		runner.Register(w.Module().Jobs...)
		if n, err := runner.Once(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d jobs, %v", n, err)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM job WHERE kind = 'certificate.render'`); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
		if err := os.RemoveAll(w.files); err != nil {
			t.Fatal(err)
		}
		if again := w.file(t, c.ID); !bytes.Equal(asked, again) || !bytes.HasPrefix(asked, []byte("%PDF-")) {
			t.Error("a lost file did not come back the same")
		}
		if bytes.Contains(asked, []byte("15400020001")) {
			t.Error("the file carries a telephone number")
		}
		sum := sha256.Sum256(asked)
		if got := w.count(t, `SELECT COUNT(*) FROM certificate WHERE file = '`+hex.EncodeToString(sum[:])+`' AND LENGTH(sm3) = 64`); got != 1 {
			t.Error("the digests were not recorded")
		}
		if n := w.count(t, `SELECT COUNT(*) FROM ledger_entry WHERE act = 'certificate.rendered'`); n != 1 {
			t.Errorf("%d entries about the file", n)
		}
	})
}

func TestVerifying(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		pdf := w.file(t, c.ID)
		ask := map[string]func() (certificate.Verdict, error){
			"token":      func() (certificate.Verdict, error) { return w.VerifyToken(t.Context(), c.Token) },
			"number":     func() (certificate.Verdict, error) { return w.VerifyNumber(t.Context(), c.Number) },
			"small":      func() (certificate.Verdict, error) { return w.VerifyNumber(t.Context(), " "+strings.ToLower(c.Number)) },
			"identifier": func() (certificate.Verdict, error) { return w.VerifyNumber(t.Context(), c.Identifier) },
			"file":       func() (certificate.Verdict, error) { return w.VerifyFile(t.Context(), bytes.NewReader(pdf)) },
		}
		for name, fn := range ask {
			v, err := fn()
			if err != nil || !v.Genuine || v.Status != certificate.Valid || v.Number != c.Number {
				t.Errorf("by %s: %+v, %v", name, v, err)
				continue
			}
			for _, test := range v.Tests {
				if !test.OK {
					t.Errorf("by %s: %s fails", name, test.Test)
				}
			}
			if shown := v.Face; strings.Contains(flat(shown), "周叙白") || !strings.Contains(flat(shown), "周*白") {
				t.Errorf("by %s the public sees %s", name, flat(shown))
			}
		}
		pdf[len(pdf)/2] ^= 1
		for want, fn := range map[string]func() (certificate.Verdict, error){
			"certificate.not_found":    func() (certificate.Verdict, error) { return w.VerifyToken(t.Context(), "") },
			"certificate.number_wrong": func() (certificate.Verdict, error) { return w.VerifyNumber(t.Context(), mistyped(c.Number)) },
			"certificate.file_unknown": func() (certificate.Verdict, error) { return w.VerifyFile(t.Context(), bytes.NewReader(pdf)) },
			"certificate.file_missing": func() (certificate.Verdict, error) { return w.VerifyFile(t.Context(), strings.NewReader("")) },
		} {
			if _, err := fn(); fault.Code(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

// mistyped changes the last character of a number.
func mistyped(number string) string {
	last := byte('0')
	if number[len(number)-1] == last {
		last = '1'
	}
	return number[:len(number)-1] + string(last)
}

func flat(f certificate.Face) string {
	var b strings.Builder
	for _, r := range f.Rows {
		b.WriteString(r.Label + "：" + r.Value + "；")
	}
	return b.String()
}

func TestACertificateExpiresByItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		on := func(day string) certificate.Status {
			then, err := calendar.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			w.now = then.Start().Add(9 * time.Hour)
			v, err := w.VerifyToken(t.Context(), c.Token)
			if err != nil {
				t.Fatal(err)
			}
			return v.Status
		}
		if got := on("2031-10-15"); got != certificate.Valid {
			t.Errorf("on its last day: %s", got)
		}
		if got := on("2031-10-16"); got != certificate.Expired {
			t.Errorf("on the day after: %s", got)
		}
	})
}

// Whatever is changed behind the program's back, somebody notices.
func TestTampering(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for i, harm := range []struct {
			name   string
			do     func(c certificate.Certificate)
			caught bool // by Check as well
		}{
			{"the stored file", func(c certificate.Certificate) { w.spoil(t, c.File) }, false},
			{"the last day", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET valid_until = '2099-12-31' WHERE id = $1`, c.ID)
			}, true},
			{"the holder", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET party = 5 WHERE id = $1`, c.ID)
			}, true},
			{"the name", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET name = '特种设备许可证' WHERE id = $1`, c.ID)
			}, true},
			{"the issuer", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET issuer = '别处审批局' WHERE id = $1`, c.ID)
			}, true},
			{"the item", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET item_name = '别的事项' WHERE id = $1`, c.ID)
			}, true},
			{"the case's number", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET case_no = '379900202610150000001' WHERE id = $1`, c.ID)
			}, true},
			{"the digest", func(c certificate.Certificate) {
				w.exec(t, `UPDATE certificate SET sm3 = $1 WHERE id = $2`, strings.Repeat("0", 64), c.ID)
			}, true},
			{"the ledger", func(c certificate.Certificate) {
				w.exec(t, `DELETE FROM ledger_entry WHERE act = 'certificate.rendered' AND chain = $1`, fmt.Sprint("certificate:", c.ID))
			}, true},
		} {
			c := w.make(t, int64(i+1))
			if err := w.Render(t.Context(), c.ID); err != nil {
				t.Fatal(err)
			}
			v, err := w.VerifyToken(t.Context(), c.Token)
			if err != nil || !v.Genuine {
				t.Fatalf("%s: not genuine before, %v", harm.name, err)
			}
			c = w.again(t, c.Party, c.ID)
			harm.do(c)
			v, err = w.VerifyToken(t.Context(), c.Token)
			if err != nil || v.Genuine {
				t.Errorf("%s was changed and nobody noticed (%v)", harm.name, err)
			}
			if err := w.check(t); (err != nil) != harm.caught {
				t.Errorf("%s: Check says %v", harm.name, err)
			}
			w.exec(t, `DELETE FROM certificate WHERE id = $1`, c.ID)
			if err := w.check(t); err == nil {
				t.Errorf("%s: a removed certificate is not missed", harm.name)
			}
			w.exec(t, `DELETE FROM ledger_entry WHERE chain = $1`, fmt.Sprint("certificate:", c.ID))
		}
		c := w.make(t, 99)
		w.exec(t, `UPDATE certificate SET token = 'elsewhere' WHERE id = $1`, c.ID)
		if v, err := w.VerifyToken(t.Context(), "elsewhere"); err != nil || v.Genuine {
			t.Errorf("another token leads to a genuine certificate (%v)", err)
		}
		if err := w.check(t); err == nil {
			t.Error("another token: Check says nothing")
		}
	})
}

// again loads a certificate as it is now.
func (w *world) again(t *testing.T, party, id int64) (found certificate.Certificate) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *db.Tx) error {
		list, err := w.Of(tx, party, "")
		for _, c := range list {
			if c.ID == id {
				found = c
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// spoil changes one byte of a stored file.
func (w *world) spoil(t *testing.T, key string) {
	t.Helper()
	path := filepath.Join(w.files, key[:2], key)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestASpoiledFileIsNotHandedOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		w.file(t, c.ID)
		w.spoil(t, w.again(t, c.Party, c.ID).File)
		if _, _, err := w.Open(t.Context(), c.ID); fault.Code(err) != "certificate.damaged" {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoMayHaveTheFile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.make(t, 1)
		for name, who := range map[string]auth.Actor{
			"yes: holder": owner, "yes: for the holder": {Kind: auth.Applicant, Party: 5, For: 100},
			"yes: staff": {Kind: auth.Staff}, "no: somebody": {Kind: auth.Applicant, Party: 5},
			"no: staff elsewhere": {Kind: auth.Staff, Unit: "elsewhere"}, "no: visitor": {}, "no: a nobody for nobody": {Kind: auth.Applicant},
		} {
			err := w.DB.Read(t.Context(), func(tx *db.Tx) error { return w.MayOpen(tx, who, c.ID) })
			if want := strings.HasPrefix(name, "yes"); (err == nil) != want || err != nil && !fault.Is(err, fault.Unknown) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestCertificatesOfThePackage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		var types []certificate.Type
		var mine []certificate.Certificate
		read := func() {
			if err := w.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
				if types, err = w.Types(tx); err != nil {
					return err
				}
				mine, err = w.Of(tx, 101, "")
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		read()
		first := types
		load(t, w)
		read()
		if !reflect.DeepEqual(first, types) || len(types) < 50 {
			t.Errorf("%d types, %d after loading again", len(first), len(types))
		}
		if len(mine) != 1 || mine[0].Number != "379900198706120117" || mine[0].Origin != certificate.Imported {
			t.Errorf("the sample person holds %v", mine)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM certificate WHERE number <> '' OR token <> ''`); n != 0 {
			t.Error("a number of a person lies open in the database")
		}
		if _, err := w.VerifyNumber(t.Context(), "379900198706120117"); err == nil {
			t.Error("a person's number was verified in public")
		}
		if _, _, err := w.Open(t.Context(), mine[0].ID); fault.Code(err) != "certificate.no_file" {
			t.Errorf("the file of an imported one: %v", err)
		}
		if err := w.check(t); err != nil {
			t.Error(err)
		}
		w.follow(t, certificate.Done{Act: certificate.ActRenew, Root: mine[0].Root, Until: calendar.DateOf(w.now) + 365})
		w.exec(t, `UPDATE certificate SET valid_until = '2099-12-31' WHERE id = $1`, mine[0].ID)
		if err := w.check(t); err == nil {
			t.Error("a last day that the ledger does not lead to was not found")
		}
	})
}

func TestAHeldCertificateStandsInForAPaper(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.make(t, 1)
		holds := func(at time.Time, types ...string) (proof string, ok bool) {
			err := w.DB.WithClock(func() time.Time { return at }).Read(t.Context(), func(tx *db.Tx) (err error) {
				proof, ok, err = w.Holds(tx, 100, types)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return proof, ok
		}
		if proof, ok := holds(moment, "CT-ID", "CT-BL"); !ok || proof != "营业执照（尾号 014Q）" {
			t.Errorf("%q %v", proof, ok)
		}
		if _, ok := holds(moment, "CT-FOOD"); !ok {
			t.Error("the certificate made here does not count")
		}
		if _, ok := holds(moment.AddDate(6, 0, 0), "CT-FOOD"); ok {
			t.Error("an expired one counts")
		}
		if _, ok := holds(moment, "CT-ID"); ok {
			t.Error("a type that the party does not hold counts")
		}
	})
}

func TestAChangedCertificateKeepsTheTermOfTheOldOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		old := w.make(t, 1)
		w.granted(t, 2, "CT-FOOD", "有效期限不变", "甲")
		c, err := w.Make(t.Context(), issuer, 2, 1, "")
		if err != nil || c.Until != old.Until {
			t.Errorf("until %s, want %s (%v)", c.Until, old.Until, err)
		}
	})
}

func TestThePreviewIsWhatIsMade(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.granted(t, 1, "CT-FOOD", "5年", "甲")
		before, err := w.Preview(t.Context(), issuer, 1)
		if err != nil || before.Made != nil || before.AsksUntil {
			t.Fatalf("%+v, %v", before, err)
		}
		c, err := w.Make(t.Context(), issuer, 1, before.Grant.Version, "")
		if err != nil {
			t.Fatal(err)
		}
		after, err := w.Preview(t.Context(), issuer, 1)
		if err != nil || after.Made == nil || after.Made.ID != c.ID {
			t.Fatalf("%+v, %v", after, err)
		}
		shown, made := flat(before.Face), flat(after.Face)
		if got := strings.Replace(shown, "制证时生成", c.Number, 1); got != made {
			t.Errorf("shown %s, made %s", shown, made)
		}
		if got := before.Face.Title + before.Face.Issuer + before.Face.Date; got != after.Face.Title+after.Face.Issuer+after.Face.Date {
			t.Errorf("shown %s", got)
		}
	})
}
