package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"onedoor.app/infra/db"
)

// SessionStore keeps sessions in the database, by the digest of their token, so
// that reading the table does not open anybody's session. It implements the
// store that alexedwards/scs asks for.
type SessionStore struct{ DB *db.DB }

// FindCtx returns the data of an unexpired session.
func (s SessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = tx.Maybe(`SELECT data FROM auth_session WHERE token = $1 AND expires > $2`,
			[]any{digest(token), tx.Now()}, &data)
		return err
	})
	return data, found, err
}

// CommitCtx keeps a session until expiry.
func (s SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO auth_session (token, data, expires) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires = excluded.expires`,
			digest(token), data, expiry)
	})
}

// DeleteCtx forgets a session.
func (s SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Exec(`DELETE FROM auth_session WHERE token = $1`, digest(token))
	})
}

// Sweep forgets expired sessions.
func (s SessionStore) Sweep(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Exec(`DELETE FROM auth_session WHERE expires <= $1`, tx.Now())
	})
}

// Find, Commit and Delete complete the interface for stores without a context.
func (s SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
