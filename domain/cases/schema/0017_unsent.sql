-- +goose Up
-- What was uploaded to a case, and neither handed in nor put aside since.
DROP INDEX cases_file_pending;
CREATE INDEX cases_file_unsent ON cases_file (case_id, pending, replaced) WHERE pending AND NOT replaced;
