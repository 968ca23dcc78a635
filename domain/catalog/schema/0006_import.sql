-- +goose Up
-- A file that is read in goes through states: reading, checked or unreadable; after the
-- consent of who brought it staging, indexing, done. Imports from before were done at once.
ALTER TABLE catalog_import ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
ALTER TABLE catalog_import ADD COLUMN file TEXT NOT NULL DEFAULT '';     -- SHA-256 of the file, its name among the blobs
ALTER TABLE catalog_import ADD COLUMN problems TEXT NOT NULL DEFAULT ''; -- of the blob that lists all of them
ALTER TABLE catalog_import ADD COLUMN done INTEGER NOT NULL DEFAULT 0;   -- of the entries, in this state
ALTER TABLE catalog_import ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE catalog_import ADD COLUMN since BIGINT NOT NULL DEFAULT 0;   -- when it last went on
CREATE INDEX catalog_import_state ON catalog_import (state, since);

-- The versions of an import that nobody sees yet. One short transaction makes them those in
-- force; a row then stays until its item can be searched for. base is the version that was
-- in force when the row was made, 0 for none.
CREATE TABLE catalog_staged (
    import       BIGINT NOT NULL,
    code         TEXT NOT NULL,
    item         BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    base         BIGINT NOT NULL,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    project_type TEXT NOT NULL,
    unit         TEXT NOT NULL,
    body_unit    TEXT NOT NULL,
    hash         TEXT NOT NULL,
    place        TEXT NOT NULL,
    body         TEXT NOT NULL,
    -- figures as of catalog_measure; since_day is '' where the version plans no day of its own
    since_day    TEXT NOT NULL,
    until_day    TEXT NOT NULL,
    bare         BOOLEAN NOT NULL,
    statutory    INTEGER NOT NULL,
    promised     INTEGER NOT NULL,
    materials    INTEGER NOT NULL,
    steps        INTEGER NOT NULL,
    online       BOOLEAN NOT NULL,
    whole        BOOLEAN NOT NULL,
    spot         BOOLEAN NOT NULL,
    once         BOOLEAN NOT NULL,
    PRIMARY KEY (import, code)
);

CREATE TABLE catalog_staged_facet (
    import BIGINT NOT NULL,
    item   BIGINT NOT NULL,
    kind   TEXT NOT NULL,
    value  TEXT NOT NULL,
    place  TEXT NOT NULL,
    PRIMARY KEY (import, item, kind, value)
);
