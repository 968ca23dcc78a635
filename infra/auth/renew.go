package auth

import (
	"context"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Issue gives every active account of a subject the password of hash, which is to
// be changed at the next signing in. Their sessions and their rests are over.
// Without an active account it is the fault row.unknown.
func Issue(tx *db.Tx, kind Kind, subject int64, hash string) error {
	return renew(tx, kind, subject, hash, true)
}

func renew(tx *db.Tx, kind Kind, subject int64, hash string, mustChange bool) error {
	n, err := tx.Change(`UPDATE auth_account SET password = $1, must_change = $2, renewed = renewed + 1, failed = 0, locked_until = NULL
		WHERE kind = $3 AND subject = $4 AND active`, hash, mustChange, kind, subject)
	if err == nil && n == 0 {
		return fault.New(fault.Unknown, "row.unknown")
	}
	return err
}

// Waits reports whether a subject has an account whose issued password has not
// been changed yet, and how often its password had been changed then.
func Waits(tx *db.Tx, kind Kind, subject int64) (renewed int64, waits bool, err error) {
	waits, err = tx.Maybe(`SELECT renewed FROM auth_account WHERE kind = $1 AND subject = $2 AND active AND must_change`,
		[]any{kind, subject}, &renewed)
	return renewed, waits, err
}

// Change gives whoever an account belongs to a password of their own, for each of
// their accounts, and returns the account as it is then: every session is over but
// the one that is begun with it. now is the password so far; it is not asked for
// while the account must change it. own are the person's numbers, see Weak. Input faults: "password_now" auth.old_wrong; "password"
// auth.password_same and those of Weak. Wrong passwords count as at signing in:
// auth.locked.
func (a *Accounts) Change(ctx context.Context, id int64, now, password string, own ...string) (Account, error) {
	var (
		found Account
		hash  string
	)
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.One(`SELECT `+accountColumns+`, password FROM auth_account WHERE id = $1 AND active`, []any{id},
			append(accountInto(&found), &hash)...)
	})
	if err != nil {
		return Account{}, err
	}
	bad := fault.Fields{}
	if why := Weak(found.Kind, password, append(own, found.Login)...); why != "" {
		bad.Need(false, "password", why)
		return Account{}, bad.Err()
	}
	if !found.MustChange {
		if _, err := a.Check(ctx, found.Login, now); fault.Is(err, fault.Invalid) {
			bad.Need(false, "password_now", "auth.old_wrong")
			return Account{}, bad.Err()
		} else if err != nil {
			return Account{}, err
		}
	}
	same, err := a.hashing.matches(ctx, hash, password)
	if err != nil {
		return Account{}, err
	}
	bad.Need(!same, "password", "auth.password_same")
	if err := bad.Err(); err != nil {
		return Account{}, err
	}
	leave, err := a.hashing.enter(ctx)
	if err != nil {
		return Account{}, err
	}
	fresh := Hash(password)
	leave()
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		var renewed int64
		if err := tx.One(`SELECT renewed FROM auth_account WHERE id = $1 AND active`+tx.ForUpdate(), []any{id}, &renewed); err != nil {
			return err
		}
		if renewed != found.Renewed { // reset while the form was open
			return fault.New(fault.Stale, "row.stale")
		}
		if err := renew(tx, found.Kind, found.Subject, fresh, false); err != nil || a.Changed == nil {
			return err
		}
		return a.Changed(tx, found)
	})
	if err != nil {
		return Account{}, err
	}
	found.MustChange, found.Renewed = false, found.Renewed+1
	return found, nil
}
