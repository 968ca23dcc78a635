-- +goose Up
-- A job that somebody works on is told from one that waits for its moment: due is when the lease runs out, or when it begins.
ALTER TABLE job ADD COLUMN leased BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX job_leased ON job (id) WHERE leased;
