-- +goose Up
-- The base catalogue: what is in force. version is that of
-- catalog_base_version.
CREATE TABLE catalog_base (
    code    TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    type    TEXT NOT NULL,
    main    TEXT NOT NULL
);
CREATE INDEX catalog_base_type ON catalog_base (type, code);
CREATE INDEX catalog_base_main ON catalog_base (main, code);

-- Every change of a base item, with its reason; body is the whole of it as JSON.
CREATE TABLE catalog_base_version (
    id     BIGINT PRIMARY KEY,
    code   TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL,
    body   TEXT NOT NULL,
    origin TEXT NOT NULL,
    why    TEXT NOT NULL,
    staff  BIGINT NOT NULL,
    name   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    UNIQUE (code, number)
);

-- How far implementations may leave the base items of a source; none: our own reading. Every change is kept.
CREATE TABLE catalog_lock (
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    body   TEXT NOT NULL,
    why    TEXT NOT NULL,
    staff  BIGINT NOT NULL,
    name   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (source, number)
);

-- Which base code each item in force names, at which level and in whose name. item is that of catalog_item; off is in how
-- many elements it leaves the base item, -1 where there is none of that code.
CREATE TABLE catalog_carried (
    item      BIGINT PRIMARY KEY,
    base      TEXT NOT NULL,
    level     TEXT NOT NULL,
    unit      TEXT NOT NULL,
    implement TEXT NOT NULL,
    handle    TEXT NOT NULL,
    off       INTEGER NOT NULL
);
CREATE INDEX catalog_carried_base ON catalog_carried (base, level, item);
CREATE INDEX catalog_carried_implement ON catalog_carried (implement, handle);

-- One row for each element in which an item in force leaves its base item.
CREATE TABLE catalog_deviation (
    item    BIGINT NOT NULL,
    element TEXT NOT NULL,
    base    TEXT NOT NULL,
    level   TEXT NOT NULL,
    unit    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (item, element)
);
CREATE INDEX catalog_deviation_base ON catalog_deviation (base, level, element);
CREATE INDEX catalog_deviation_element ON catalog_deviation (element, base);
CREATE INDEX catalog_deviation_level ON catalog_deviation (level, base);
CREATE INDEX catalog_deviation_unit ON catalog_deviation (unit, base);
