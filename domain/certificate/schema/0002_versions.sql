-- +goose Up
-- Versions of one certificate share its number and are told apart by version; root is
-- the id of the first.
ALTER TABLE certificate ADD COLUMN root BIGINT NOT NULL DEFAULT 0;
UPDATE certificate SET root = id;
DROP INDEX certificate_number;
DROP INDEX certificate_case;
CREATE UNIQUE INDEX certificate_number ON certificate (number, version) WHERE number <> '';
CREATE UNIQUE INDEX certificate_case ON certificate (case_id, version) WHERE case_id <> 0;
CREATE UNIQUE INDEX certificate_version ON certificate (root, version);

-- What an act did to the certificate: which act, until when it is valid since, and the
-- number of the paper that says so.
ALTER TABLE certificate_change ADD COLUMN act TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate_change ADD COLUMN valid_until TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate_change ADD COLUMN paper TEXT NOT NULL DEFAULT '';

-- Holders who were told that a certificate ends: once for each last day.
CREATE TABLE certificate_reminder (
    certificate BIGINT NOT NULL,
    valid_until TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (certificate, valid_until)
);
