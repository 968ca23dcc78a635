-- +goose Up
-- held is the unit of the version in force when the change was last acted on, '' for an item that there was not yet:
-- whoever reviews for one unit answers for both.
ALTER TABLE catalog_change ADD COLUMN held TEXT NOT NULL DEFAULT '';
UPDATE catalog_change SET held = COALESCE((SELECT v.unit FROM catalog_item i JOIN catalog_version v ON v.id = i.version
    WHERE i.code = catalog_change.code), '');

-- Sources of base items, so that whoever changes what they lock and whoever brings an item in force wait for each other.
CREATE TABLE catalog_source (source TEXT PRIMARY KEY);

-- Who wrote the words of an entry last: whoever takes them over into a draft takes over their hand too.
ALTER TABLE catalog_material ADD COLUMN staff BIGINT NOT NULL DEFAULT 0;
ALTER TABLE catalog_material ADD COLUMN staff_name TEXT NOT NULL DEFAULT '';
