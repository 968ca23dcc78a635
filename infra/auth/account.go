package auth

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

const (
	maxFailed = 5
	lockFor   = 15 * time.Minute
)

// Account is what somebody signs in to. Subject is the id of the party
// (applicants) or of the staff member that it belongs to.
type Account struct {
	ID         int64
	Kind       Kind
	Login      string
	Subject    int64
	MustChange bool  // the password was given by somebody else and is to be changed
	Renewed    int64 // how often the password was changed; sessions of earlier ones are over
}

const accountColumns = `id, kind, login, subject, must_change, renewed`

func accountInto(a *Account) []any {
	return []any{&a.ID, &a.Kind, &a.Login, &a.Subject, &a.MustChange, &a.Renewed}
}

// Accounts keeps accounts and checks passwords.
type Accounts struct {
	DB *db.DB
	// Changed records that somebody has changed their password, in the same
	// transaction; nil records nothing.
	Changed func(tx *db.Tx, a Account) error

	hashing   hashing
	strangers strangers
}

// NewAccounts returns the accounts of a database.
func NewAccounts(d *db.DB) *Accounts { return &Accounts{DB: d, hashing: newHashing()} }

// Open makes an account with a password hash (see Hash) inside tx. A login that
// exists is the Conflict fault auth.login_taken.
func Open(tx *db.Tx, kind Kind, login string, subject int64, hash string) (int64, error) {
	id := tx.NewID()
	err := tx.Exec(`INSERT INTO auth_account (id, kind, login, subject, password, failed, active)
		VALUES ($1, $2, $3, $4, $5, 0, $6)`, id, kind, tidy(login), subject, hash, true)
	if db.IsUnique(err) {
		return 0, fault.New(fault.Conflict, "auth.login_taken")
	}
	return id, err
}

// CloseAll closes the active accounts of a subject, which end their sessions with
// the next request, frees their logins for somebody else, and returns how many
// they were.
func CloseAll(tx *db.Tx, kind Kind, subject int64) (int, error) {
	ids, err := db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT id FROM auth_account WHERE kind = $1 AND subject = $2 AND active`+tx.ForUpdate(), kind, subject)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		// A blank never stands in a login that somebody can type: tidy takes it away.
		err := tx.ExecOne(`UPDATE auth_account SET active = $1, login = $2 WHERE id = $3`, false, fmt.Sprintf("%d closed ", id), id)
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// Find returns an active account.
func Find(tx *db.Tx, id int64) (a Account, err error) {
	err = tx.One(`SELECT `+accountColumns+` FROM auth_account WHERE id = $1 AND active`, []any{id}, accountInto(&a)...)
	return a, err
}

// Check returns the account of login if the password is right. After five wrong
// passwords the login rests for 15 minutes, whether there is an account or not.
// Whether the login or the password was wrong is not told: auth.refused; a
// resting login is auth.locked.
func (a *Accounts) Check(ctx context.Context, login, password string) (Account, error) {
	var (
		found  Account
		hash   string
		locked time.Time
		known  bool
		now    time.Time
	)
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		known, err = tx.Maybe(`SELECT `+accountColumns+`, password, locked_until FROM auth_account
			WHERE login = $1 AND active`, []any{tidy(login)}, append(accountInto(&found), &hash, &locked)...)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	left := locked.Sub(now)
	if !known {
		left = a.strangers.rests(tidy(login), now)
	}
	if left > 0 {
		return Account{}, resting(left)
	}
	right, err := a.hashing.matches(ctx, hash, password)
	if err != nil {
		return Account{}, err
	}
	if known {
		err = a.count(ctx, found.ID, right)
	} else {
		err = a.strangers.count(tidy(login), now)
	}
	if err != nil {
		return Account{}, err
	}
	if !known || !right {
		return Account{}, fault.New(fault.Invalid, "auth.refused")
	}
	return found, nil
}

// count records a wrong password, or forgets earlier ones after a right one. It
// looks at the account again: of many guesses sent at once only the first five
// may learn anything. The rest of an account begins and ends with no failures.
func (a *Accounts) count(ctx context.Context, id int64, right bool) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		var t tries
		if err := tx.One(`SELECT failed, locked_until FROM auth_account WHERE id = $1`+tx.ForUpdate(), []any{id},
			&t.failed, &t.locked); err != nil {
			return err
		}
		if tx.Now().Before(t.locked) {
			return resting(t.locked.Sub(tx.Now()))
		}
		if right && t.failed == 0 {
			return nil
		}
		t = t.after(right, tx.Now())
		return tx.Exec(`UPDATE auth_account SET failed = $1, locked_until = $2 WHERE id = $3`, t.failed, t.locked, id)
	})
}

// resting tells for how many minutes, rounded up, an account is closed.
func resting(left time.Duration) error {
	return fault.New(fault.TooMany, "auth.locked", "minutes", int((left+time.Minute-1)/time.Minute))
}

func tidy(login string) string { return strings.ToLower(strings.TrimSpace(login)) }
