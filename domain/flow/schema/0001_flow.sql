-- +goose Up
-- One row for each definition, with its draft. plan is the step list as JSON, null for a drawing from elsewhere; source
-- is the drawing, as text; number is that of the latest version, 0 while there is none.
CREATE TABLE flow_definition (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    item        TEXT NOT NULL,
    plan        TEXT NOT NULL,
    source      TEXT NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    remark      TEXT NOT NULL,
    author      BIGINT NOT NULL,
    author_name TEXT NOT NULL,
    number      INTEGER NOT NULL,
    lock        INTEGER NOT NULL,
    moved       BIGINT NOT NULL
);
CREATE INDEX flow_definition_state ON flow_definition (state, id);

-- Everybody who had a hand in a draft since the last version: none of them may approve it.
CREATE TABLE flow_editor (
    definition TEXT NOT NULL,
    staff      BIGINT NOT NULL,
    PRIMARY KEY (definition, staff)
);

-- The versions. A row changes in its last two columns only, once.
CREATE TABLE flow_version (
    definition    TEXT NOT NULL,
    number        INTEGER NOT NULL,
    hash          TEXT NOT NULL,
    name          TEXT NOT NULL,
    plan          TEXT NOT NULL,
    source        TEXT NOT NULL,
    since         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    author        BIGINT NOT NULL,
    author_name   TEXT NOT NULL,
    approver      BIGINT NOT NULL,
    approver_name TEXT NOT NULL,
    at            BIGINT NOT NULL,
    withdrawn     BOOLEAN NOT NULL,
    why           TEXT NOT NULL,
    PRIMARY KEY (definition, number)
);
CREATE INDEX flow_version_hash ON flow_version (hash);
