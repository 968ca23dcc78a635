-- +goose Up
-- The certificate that an application is about, 0 for none: renewal, change, reissue,
-- cancellation.
ALTER TABLE cases_draft ADD COLUMN certificate BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN certificate BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_certificate ON cases (certificate) WHERE certificate <> 0;
