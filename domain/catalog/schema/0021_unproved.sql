-- +goose Up
-- What packages brought before evidence of it was kept. Once these rows are written down in the ledger as they were found,
-- nothing stands here; a database that is made anew has none, so that nothing is ever found in it.
CREATE TABLE catalog_unproved (
    source TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (source, id)
);
INSERT INTO catalog_unproved (source, id) SELECT 'reform', CAST(id AS TEXT) FROM catalog_reform WHERE source IS NOT NULL;
INSERT INTO catalog_unproved (source, id) SELECT 'seal', CAST(id AS TEXT) FROM catalog_seal WHERE source IS NOT NULL;
INSERT INTO catalog_unproved (source, id) SELECT 'version', CAST(id AS TEXT) FROM catalog_version
    WHERE import = 0 AND id NOT IN (SELECT version FROM catalog_change);
INSERT INTO catalog_unproved (source, id) SELECT 'base', CAST(id AS TEXT) FROM catalog_base_version WHERE origin <> 'page';
INSERT INTO catalog_unproved (source, id) SELECT 'material', code FROM catalog_material WHERE brought <> '';
INSERT INTO catalog_unproved (source, id) SELECT 'import', CAST(id AS TEXT) FROM catalog_import WHERE versions = '' AND state IN ('done', 'indexing');
