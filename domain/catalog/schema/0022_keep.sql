-- +goose Up
-- By what officials narrow their list of all items: as the version in force has it, also of what is taken from the list.
ALTER TABLE catalog_item ADD COLUMN body_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE catalog_item ADD COLUMN type TEXT NOT NULL DEFAULT '';
UPDATE catalog_item SET body_unit = COALESCE((SELECT v.body_unit FROM catalog_version v WHERE v.id = catalog_item.version), ''),
    type = COALESCE((SELECT v.type FROM catalog_version v WHERE v.id = catalog_item.version), '');
CREATE INDEX catalog_item_body ON catalog_item (body_unit, place);
CREATE INDEX catalog_item_type ON catalog_item (type, place);
CREATE INDEX catalog_item_suspended ON catalog_item (place) WHERE suspended;
