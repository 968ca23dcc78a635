package auth

import (
	"context"

	"onedoor.app/infra/db"
)

// Known returns the first of logins that an active account has, else the first
// of them: what somebody types may be kept in more than one form.
func (a *Accounts) Known(ctx context.Context, logins ...string) (login string, err error) {
	if len(logins) > 0 {
		login = logins[0]
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		for _, l := range logins {
			one := 0
			found, err := tx.Maybe(`SELECT 1 FROM auth_account WHERE login = $1 AND active`, []any{tidy(l)}, &one)
			if found {
				login = l
			}
			if found || err != nil {
				return err
			}
		}
		return nil
	})
	return login, err
}

// None reports whether there is no account at all.
func None(tx *db.Tx) (bool, error) {
	one := 0
	found, err := tx.Maybe(`SELECT 1 FROM auth_account LIMIT 1`, nil, &one)
	return !found, err
}

// FindLogin returns the id of the active account with a login; none is the fault
// row.unknown.
func FindLogin(tx *db.Tx, login string) (id int64, err error) {
	err = tx.One(`SELECT id FROM auth_account WHERE login = $1 AND active`, []any{tidy(login)}, &id)
	return id, err
}
