-- +goose Up
-- What people say and what items are called. said and meant are lists as JSON; an entry
-- that means nothing lists words that say nothing about what is looked for.
CREATE TABLE catalog_synonym (
    id      BIGINT PRIMARY KEY,
    said    TEXT NOT NULL,
    meant   TEXT NOT NULL,
    retired BOOLEAN NOT NULL,
    lock    INTEGER NOT NULL,
    staff   BIGINT NOT NULL,
    at      BIGINT NOT NULL
);

-- One row; version grows with every change of an entry, so that each process knows
-- whether the words that it has read are still those in force.
CREATE TABLE catalog_thesaurus (
    id      INTEGER PRIMARY KEY,
    version BIGINT NOT NULL
);

-- What was looked for and not found, by day. words holds no personal data: see missed.go.
-- asked counts every time; poor is how many of them found something that only came near.
CREATE TABLE catalog_missed (
    day   TEXT NOT NULL,
    words TEXT NOT NULL,
    asked INTEGER NOT NULL,
    poor  INTEGER NOT NULL,
    PRIMARY KEY (day, words)
);

-- Booklets that were made: of what, in which language, under the hash of what they say.
CREATE TABLE catalog_booklet (
    id    TEXT PRIMARY KEY,
    hash  TEXT NOT NULL,
    blob  TEXT NOT NULL,
    size  BIGINT NOT NULL,
    pages INTEGER NOT NULL,
    at    BIGINT NOT NULL
);
