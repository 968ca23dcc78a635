-- +goose Up
-- Changes of an entry of the library that were proposed for the items that have it, at one act. lib_version is the version
-- of the entry that is proposed; chosen lists codes as JSON, empty for all items; reached is the place of the last item
-- that was looked at.
CREATE TABLE catalog_spread (
    id          BIGINT PRIMARY KEY,
    material    TEXT NOT NULL,
    lib_version INTEGER NOT NULL,
    chosen      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL,
    reached     TEXT NOT NULL,
    account     BIGINT NOT NULL,
    staff       BIGINT NOT NULL,
    staff_name  TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX catalog_spread_material ON catalog_spread (material, id);

-- What became of each item: the change that was made for it, or the open one of somebody else that was left alone.
CREATE TABLE catalog_spread_item (
    spread    BIGINT NOT NULL,
    code      TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    change_id BIGINT NOT NULL,
    PRIMARY KEY (spread, code)
);
CREATE INDEX catalog_spread_item_change ON catalog_spread_item (change_id, spread);

-- The number of the rules by which an item was made findable, 0 before there were such numbers.
ALTER TABLE catalog_item ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX catalog_item_indexed ON catalog_item (indexed, id);
