-- +goose Up
-- The number of the worker that goes on with an import, of all that took it up the last: the others change nothing of it.
ALTER TABLE catalog_import ADD COLUMN worker BIGINT NOT NULL DEFAULT 0;

-- What an import that waits for consent was compared with, or goes by: an item by its version, 0 where there was none; the rest
-- by a digest, '' where there was none.
CREATE TABLE catalog_compared (
    import  BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    code    TEXT NOT NULL,
    version BIGINT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (import, kind, code)
);

-- Two workers at one import left places of items that there are not.
DELETE FROM catalog_facet WHERE item NOT IN (SELECT id FROM catalog_item);
DELETE FROM catalog_staged_facet WHERE NOT EXISTS (SELECT 1 FROM catalog_staged s
    WHERE s.import = catalog_staged_facet.import AND s.item = catalog_staged_facet.item);
