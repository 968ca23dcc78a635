package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"onedoor.app/domain/portal"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const (
	sessionLife  = 12 * time.Hour
	sweepEvery   = 10 * time.Minute
	sessionName  = "onedoor"
	accountInKey = "account" // the signed-in account's id
	renewedInKey = "renewed" // how often its password had been changed when the session began
	forInKey     = "for"     // the party that an applicant acts for, when it is another
	flashInKey   = "flash"   // text key of good news for the next page
)

// newSessions keeps sessions in the database. A session is written when
// somebody signs in or out and when good news is left for the next page; other
// requests only read it, and requests without its cookie not even that.
func newSessions(d *db.DB, secure bool, fail func(http.ResponseWriter, *http.Request, error)) *scs.SessionManager {
	s := scs.New()
	s.Store = auth.SessionStore{DB: d}
	s.Lifetime = sessionLife
	s.Cookie.Name = sessionName
	s.Cookie.HttpOnly = true
	s.Cookie.SameSite = http.SameSiteLaxMode
	s.Cookie.Secure = secure
	s.Cookie.Persist = false // a shared computer forgets when the browser closes
	s.ErrorFunc = fail
	return s
}

// signIn begins the session of an account under a fresh token, so that a token
// known to somebody else beforehand is worth nothing.
func (a *App) signIn(ctx context.Context, account auth.Account) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.sessions.Remove(ctx, forInKey)
	a.sessions.Put(ctx, accountInKey, account.ID)
	a.sessions.Put(ctx, renewedInKey, account.Renewed)
	return nil
}

// actFor keeps for whom the person acts from now on, 0 for themselves.
func (a *App) actFor(ctx context.Context, principal int64) error {
	if principal == 0 {
		a.sessions.Remove(ctx, forInKey)
	} else {
		a.sessions.Put(ctx, forInKey, principal)
	}
	return nil
}

// signOut ends the session.
func (a *App) signOut(ctx context.Context) error { return a.sessions.Destroy(ctx) }

// person is who a request acts for, and the line that pages show below the name.
type person struct {
	actor      auth.Actor
	line       string
	mustChange bool // the password, before anything else
	renewed    int64
	waits      map[string]int // how much waits, by the path of the menu's entry
}

// whoIs loads the person of an account as of this moment, acting for principal
// where that is not 0: posts, deputies and mandates change with the date, so
// nothing of it is kept in the session. An account that is closed or unknown is
// a visitor. counted adds how much waits for them, for the menu.
func (a *App) whoIs(ctx context.Context, account, principal int64, counted bool) (p person, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := auth.Find(tx, account)
		if fault.Is(err, fault.Unknown) {
			return nil
		}
		if err != nil {
			return err
		}
		if p, err = a.services.person(tx, found, principal); err != nil {
			return err
		}
		p.actor.ID, p.actor.Kind = found.ID, found.Kind
		p.mustChange, p.renewed = found.MustChange, found.Renewed
		p.actor.Rights = a.rights.of(p.actor)
		if counted && p.actor.Kind == auth.Staff {
			p.waits, err = a.waits(tx, p.actor)
		}
		return err
	})
	if fault.Is(err, fault.Unknown) {
		return person{}, nil // the person behind the account is gone
	}
	return p, err
}

type personKey struct{}

// identify puts the session's person into the context of the request.
func (a *App) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account := a.sessions.GetInt64(r.Context(), accountInKey)
		if account == 0 {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), personKey{}, person{})))
			return
		}
		p, err := a.whoIs(r.Context(), account, a.sessions.GetInt64(r.Context(), forInKey), showsMenu(r))
		if err != nil {
			a.server.Fail(w, r, err)
			return
		}
		if p.renewed != a.sessions.GetInt64(r.Context(), renewedInKey) {
			p = person{} // the password has been changed since
		}
		if p.mustChange && !mayBefore(r.URL.Path) {
			note(r.Context(), "password first", http.StatusSeeOther, 0)
			http.Redirect(w, r, portal.PasswordPath, http.StatusSeeOther)
			return
		}
		ctx := context.WithValue(auth.With(r.Context(), p.actor), personKey{}, p)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// mayBefore reports whether a page may be asked for by somebody who must change
// their password first.
func mayBefore(path string) bool {
	return path == portal.PasswordPath || path == "/sign-out" || path == "/language"
}

// mustChange reports whether the request's person has to change the password.
func mustChange(ctx context.Context) bool {
	p, _ := ctx.Value(personKey{}).(person)
	return p.mustChange
}

// onceKept is how long a form or a program may repeat a write and be told the
// first outcome.
const onceKept = 7 * 24 * time.Hour

// sweep forgets expired sessions, old keys of writes and former booklets until ctx ends.
func (a *App) sweep(ctx context.Context, tell func(error)) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		err := errors.Join(auth.SessionStore{DB: a.DB}.Sweep(ctx), once.Sweep(ctx, a.DB, onceKept), a.services.booklet.Sweep(ctx))
		if err != nil && ctx.Err() == nil {
			tell(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
