// Package once makes a write happen once, however often it is sent.
//
// A form or an API client gives each intended write a key. The first unit of
// work with that key keeps its result; later ones are handed that result and do
// nothing. The key belongs to the actor and the use case, so that nobody can
// read another's result by guessing.
package once

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Do runs fn unless this actor already did what (a use case) under key; then it
// fills result with the earlier outcome. An empty key always runs fn. request is
// what was asked for: the same key with another request is a Conflict fault.
func Do[T any](tx *db.Tx, who auth.Actor, what, key string, request any, result *T, fn func() error) error {
	if key == "" {
		return fn()
	}
	if len(key) > 200 {
		return fault.New(fault.Invalid, "once.key_too_long")
	}
	id := digest([]byte(what + "\x00" + strconv.FormatInt(who.ID, 10) + "\x00" + key))
	asked, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("once: %w", err)
	}
	asking := digest(asked)
	if tx.Alone() { // a refused fn has then changed nothing, which is cheaper to undo
		if found, err := earlier(tx, id, asking, result); found || err != nil {
			return err
		}
		if err := fn(); err != nil {
			return err
		}
		err := tx.Exec(insertKey, id, asking, db.JSON(result), tx.Now())
		if db.IsUnique(err) { // fn itself has used the key
			return fault.New(fault.Conflict, "once.key_reused")
		}
		return err
	}
	// Claiming the key first makes a second writer, on another server too, wait
	// for this one's commit and then read its outcome instead of doing it again.
	claimed, err := tx.Change(insertKey+` ON CONFLICT (id) DO NOTHING`, id, asking, "null", tx.Now())
	if err != nil {
		return err
	}
	if claimed == 0 {
		found, err := earlier(tx, id, asking, result)
		if !found && err == nil {
			err = fault.New(fault.Stale, "row.stale") // forgotten in between: to be sent again
		}
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return tx.Queue(`UPDATE once_key SET outcome = $1 WHERE id = $2`, db.JSON(result), id)
}

const insertKey = `INSERT INTO once_key (id, request, outcome, at) VALUES ($1, $2, $3, $4)`

// Sweep forgets the keys that are older than kept: the same key then runs again.
func Sweep(ctx context.Context, d *db.DB, kept time.Duration) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		return tx.Exec(`DELETE FROM once_key WHERE at < $1`, tx.Now().Add(-kept))
	})
}

// earlier fills result with what the first unit of work under the key kept, if
// there was one.
func earlier(tx *db.Tx, id, asked string, result any) (found bool, err error) {
	var before, outcome string
	found, err = tx.Maybe(`SELECT request, outcome FROM once_key WHERE id = $1`, []any{id}, &before, &outcome)
	if err != nil || !found {
		return false, err
	}
	if before != asked {
		return true, fault.New(fault.Conflict, "once.key_reused")
	}
	return true, json.Unmarshal([]byte(outcome), result)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
