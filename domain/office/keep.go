package office

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// keep runs what somebody does who keeps the office, once for each key, in one
// unit of work and one after another. Whoever lacks the right office.keep gets the Forbidden fault
// right.missing. What was asked for is remembered as a keyed digest: a plain one
// of a name or a number could be guessed back.
func keep[T any](ctx context.Context, s *Service, who auth.Actor, what, key string, asked any, out *T, fn func(tx *db.Tx) error) error {
	if !who.May(Keep) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	raw, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("office: %w", err)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, what, key, s.Box.Index(string(raw)), out, func() error {
			if err := takeTurn(tx); err != nil {
				return err
			}
			return fn(tx)
		})
	})
}

// isLine takes one line of from least to most characters without marks of a
// page's source.
func isLine(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '<' || r == '>' })
}

// isCode takes capitals, digits and hyphens.
func isCode(text string) bool {
	return len(text) >= 2 && len(text) <= 20 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" && text[0] != '-'
}
