-- +goose Up
-- The library of materials that items share. body is the whole entry as JSON; version grows
-- with each change and is what a form was filled in on. place is the order of lists: by the
-- initials of the name. brought is the content that a package brought last.
CREATE TABLE catalog_material (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    place   TEXT NOT NULL,
    body    TEXT NOT NULL,
    version INTEGER NOT NULL,
    retired BOOLEAN NOT NULL,
    brought TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX catalog_material_place ON catalog_material (place);
