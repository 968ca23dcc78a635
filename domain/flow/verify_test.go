package flow

import (
	"errors"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Each column of a version, and what an approved draft says, changed behind the program's back, is found and named.
func TestVerifyFindsEveryColumn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		for _, err := range []error{
			s.Create(ctx, drawer, "c", "shops", "开店", "shop"), s.Save(ctx, drawer, "s", "shops", 1, "开店", "shop", plan()),
			s.Submit(ctx, drawer, "u", "shops", 2, "要用"), s.ApproveDraft(ctx, approver, "a", "shops", 3, today(t, s)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		verify := func(tx *db.Tx) error { return s.Verify(tx, func(string, int) {}) }
		if err := s.DB.Read(ctx, verify); err != nil {
			t.Fatal(err)
		}
		undo := errors.New("undo")
		for query, code := range map[string]string{
			`UPDATE flow_version SET definition = 'x'`:               "flow.differs.version",
			`UPDATE flow_version SET number = 2`:                     "flow.differs.version",
			`UPDATE flow_version SET hash = 'x'`:                     "flow.differs.version",
			`UPDATE flow_version SET name = 'x'`:                     "flow.differs.version",
			`UPDATE flow_version SET plan = 'null'`:                  "flow.differs.version",
			`UPDATE flow_version SET source = source || ' '`:         "flow.differs.version",
			`UPDATE flow_version SET since = '2020-01-01'`:           "flow.differs.version",
			`UPDATE flow_version SET reason = 'x'`:                   "flow.differs.version",
			`UPDATE flow_version SET author = 9`:                     "flow.differs.version",
			`UPDATE flow_version SET author_name = 'x'`:              "flow.differs.version",
			`UPDATE flow_version SET approver = 9`:                   "flow.differs.version",
			`UPDATE flow_version SET approver_name = 'x'`:            "flow.differs.version",
			`UPDATE flow_version SET at = at + 1`:                    "flow.differs.version",
			`UPDATE flow_version SET withdrawn = TRUE`:               "flow.differs.version",
			`UPDATE flow_version SET why = 'x'`:                      "flow.differs.version",
			`DELETE FROM flow_version`:                               "flow.differs.draft",
			`UPDATE flow_definition SET source = source || ' '`:      "flow.differs.draft",
			`UPDATE flow_definition SET name = 'x'`:                  "flow.differs.draft",
			`UPDATE flow_definition SET number = 0, state = 'draft'`: "flow.differs.draft",
		} {
			if err := s.DB.Write(ctx, func(tx *db.Tx) error {
				if n, err := tx.Change(query + ` WHERE 1 = 1`); err != nil || n != 1 {
					t.Errorf("%s: %d rows, %v", query, n, err)
				} else if err := verify(tx); fault.Code(err) != code {
					t.Errorf("%s: told %v, want %s", query, err, code)
				}
				return undo
			}); !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
	})
}
