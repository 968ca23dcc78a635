-- +goose Up
-- The paper certificate that an application declares, as a keyed digest of its type and number: from the receipt, and for
-- good once it was granted, since one paper leads to one certificate. '' where none is declared, where the case ended
-- without a grant, and in cases from before it was kept.
ALTER TABLE cases ADD COLUMN declared TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX cases_declared ON cases (declared) WHERE declared <> '';
-- The number that the window read on the original, sealed, where it is not the one that was declared.
ALTER TABLE cases ADD COLUMN original BYTEA;
-- Who applies, or decides, about a certificate waits for whoever does so at the same time.
CREATE TABLE cases_about (
    certificate BIGINT PRIMARY KEY
);
