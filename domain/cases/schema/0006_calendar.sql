-- +goose Up
-- The version of the calendar by which the open clocks of a case were counted, '' for the notices compiled in, and
-- whether it has any: those are looked at when a notice is published.
ALTER TABLE cases ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN counting BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX cases_counting ON cases (id) WHERE counting;
CREATE INDEX cases_calendar ON cases (calendar) WHERE counting;
-- When the last entry of its ledger was made: none is dated before it.
ALTER TABLE cases ADD COLUMN moved_at BIGINT;
