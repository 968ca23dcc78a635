package auth

import (
	"context"
	"embed"
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
	ID      int64
	Kind    Kind
	Login   string
	Subject int64
}

// Accounts keeps accounts and checks passwords.
type Accounts struct {
	DB      *db.DB
	hashing hashing
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

// Find returns an active account.
func Find(tx *db.Tx, id int64) (a Account, err error) {
	err = tx.One(`SELECT id, kind, login, subject FROM auth_account WHERE id = $1 AND active`, []any{id},
		&a.ID, &a.Kind, &a.Login, &a.Subject)
	return a, err
}

// Check returns the account of login if the password is right. After five wrong
// passwords the account rests for 15 minutes. Whether the login or the password
// was wrong is not told: auth.refused; a resting account is auth.locked.
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
		known, err = tx.Maybe(`SELECT id, kind, login, subject, password, locked_until FROM auth_account
			WHERE login = $1 AND active`, []any{tidy(login)},
			&found.ID, &found.Kind, &found.Login, &found.Subject, &hash, &locked)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	if known && now.Before(locked) {
		return Account{}, resting(locked.Sub(now))
	}
	right, err := a.hashing.matches(ctx, hash, password)
	if err != nil {
		return Account{}, err
	}
	if known {
		if err := a.count(ctx, found.ID, right); err != nil {
			return Account{}, err
		}
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
		var failed int
		var locked time.Time
		if err := tx.One(`SELECT failed, locked_until FROM auth_account WHERE id = $1`+tx.ForUpdate(), []any{id},
			&failed, &locked); err != nil {
			return err
		}
		switch {
		case tx.Now().Before(locked):
			return resting(locked.Sub(tx.Now()))
		case right && failed == 0:
			return nil
		case right:
			failed, locked = 0, time.Time{}
		case failed+1 < maxFailed:
			failed++
		default:
			failed, locked = 0, tx.Now().Add(lockFor)
		}
		return tx.Exec(`UPDATE auth_account SET failed = $1, locked_until = $2 WHERE id = $3`, failed, locked, id)
	})
}

// resting tells for how many minutes, rounded up, an account is closed.
func resting(left time.Duration) error {
	return fault.New(fault.TooMany, "auth.locked", "minutes", int((left+time.Minute-1)/time.Minute))
}

func tidy(login string) string { return strings.ToLower(strings.TrimSpace(login)) }
