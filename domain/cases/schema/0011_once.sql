-- +goose Up
-- The entry of the case's ledger that last said something about a material: a
-- finding made on an older one is told instead of overwriting it.
ALTER TABLE cases_material ADD COLUMN found BIGINT NOT NULL DEFAULT 1;
-- A file that was uploaded to a case and not handed in yet, and what a signed
-- promise names: the keys of materials, as JSON.
ALTER TABLE cases_file ADD COLUMN pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases_file ADD COLUMN promises TEXT NOT NULL DEFAULT 'null';
CREATE INDEX cases_file_pending ON cases_file (case_id, pending) WHERE pending;
-- What applicants sent later includes what lacks since silence accepted.
DROP INDEX cases_material_came;
CREATE INDEX cases_material_came ON cases_material (case_id, verdict, source) WHERE verdict IN ('tolerate', 'missing') AND source = 'upload';
-- Notices after the first, counted against the item and whoever asked.
CREATE TABLE cases_again (
    case_id  BIGINT NOT NULL,
    seq      BIGINT NOT NULL,           -- the entry of the notice
    item     TEXT NOT NULL,
    unit     TEXT NOT NULL,             -- of whoever asked
    staff    BIGINT NOT NULL,
    named    BIGINT NOT NULL,           -- materials
    fresh    BIGINT NOT NULL,           -- those of them that the first notice could have named
    approver BIGINT NOT NULL,           -- who gave leave for those, 0: nobody had to
    reason   TEXT NOT NULL,             -- the superior's
    at       BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE INDEX cases_again_item ON cases_again (item, case_id, seq);
CREATE INDEX cases_again_staff ON cases_again (unit, staff, case_id, seq);
