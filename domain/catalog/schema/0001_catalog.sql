-- +goose Up
-- One row for each published version; body is the whole item as JSON. The columns
-- beside it are those that lists show or sort by.
CREATE TABLE catalog_version (
    id           BIGINT PRIMARY KEY,
    code         TEXT NOT NULL,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    project_type TEXT NOT NULL,
    unit         TEXT NOT NULL,
    body_unit    TEXT NOT NULL,
    hash         TEXT NOT NULL,
    body         TEXT NOT NULL,
    origin       TEXT NOT NULL,
    staff        BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    UNIQUE (code, number)
);

-- The version that new cases take. id names the item for good; place is the order
-- of lists: complete items before bare ones, then by the initials of the name.
CREATE TABLE catalog_item (
    id      BIGINT PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    place   TEXT NOT NULL
);
CREATE UNIQUE INDEX catalog_item_place ON catalog_item (place);

-- What items are browsed by: kind is theme, unit, type or who; who is person or body.
CREATE TABLE catalog_facet (
    kind  TEXT NOT NULL,
    value TEXT NOT NULL,
    place TEXT NOT NULL,
    item  BIGINT NOT NULL,
    PRIMARY KEY (kind, value, place)
);
CREATE INDEX catalog_facet_item ON catalog_facet (item);

-- Drawings by the hash of their content; versions share them.
CREATE TABLE catalog_flow (
    hash   TEXT PRIMARY KEY,
    source TEXT NOT NULL
);

CREATE TABLE catalog_certificate_type (
    code     TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    issuer   TEXT NOT NULL,
    holder   TEXT NOT NULL,
    validity TEXT NOT NULL
);

-- Files that were read in, with what came of them.
CREATE TABLE catalog_import (
    id     BIGINT PRIMARY KEY,
    name   TEXT NOT NULL,
    staff  BIGINT NOT NULL,
    report TEXT NOT NULL,
    at     BIGINT NOT NULL
);
