package flow

import (
	"context"

	"onedoor.app/infra/db"
)

// Words says a finding: what is wrong, and the shortest way there.
func (f Finding) Words(ctx context.Context) string { return f.words(ctx) }

// PostNames are the posts that steps may be given to by code, each with its unit.
func (s *Service) PostNames(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	return s.postNames(ctx, tx)
}
